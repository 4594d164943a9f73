//! The point of a geometry in well-known binary: of either byte order, with or without height and
//! measure, ISO's and PostGIS's (EWKB).

use crate::locate::batch::reason::Reason;

/// The numbers of a point; `None` for the empty point.
///
/// # Errors
/// When the bytes are another geometry, or none.
pub fn point(bytes: &[u8]) -> Result<Option<[f64; 2]>, Reason> {
    let (order, rest) = bytes.split_first().ok_or(Reason::NotWkb)?;
    let is_little = match order {
        0 => false,
        1 => true,
        _ => return Err(Reason::NotWkb),
    };
    let (kind, mut rest) = rest.split_first_chunk::<4>().ok_or(Reason::NotWkb)?;
    let kind = if is_little { u32::from_le_bytes(*kind) } else { u32::from_be_bytes(*kind) };
    const HAS_SRID: u32 = 0x2000_0000;
    const EWKB_FLAGS: u32 = 0xe000_0000;
    if kind & HAS_SRID != 0 {
        rest = rest.get(4..).ok_or(Reason::NotWkb)?;
    }
    match (kind & !EWKB_FLAGS) % 1000 {
        1 => {}
        other => return Err(name(other).map_or(Reason::NotWkb, Reason::NotAPoint)),
    }
    let number = |at: usize| {
        let bytes = rest.get(at..at + 8)?.first_chunk::<8>()?;
        Some(if is_little { f64::from_le_bytes(*bytes) } else { f64::from_be_bytes(*bytes) })
    };
    let [x, y] = [number(0).ok_or(Reason::NotWkb)?, number(8).ok_or(Reason::NotWkb)?];
    Ok(if x.is_nan() && y.is_nan() { None } else { Some([x, y]) })
}

fn name(kind: u32) -> Option<&'static str> {
    Some(match kind {
        2 => "LineString",
        3 => "Polygon",
        4 => "MultiPoint",
        5 => "MultiLineString",
        6 => "MultiPolygon",
        7 => "GeometryCollection",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wkb(kind: u32, tail: &[u8]) -> Vec<u8> {
        let mut bytes = vec![1];
        bytes.extend(kind.to_le_bytes());
        bytes.extend(tail);
        bytes
    }

    #[test]
    fn points_of_all_dialects() {
        let xy: Vec<u8> = [120.5_f64, 36.25].iter().flat_map(|x| x.to_le_bytes()).collect();
        let srid: Vec<u8> = [4326_u32.to_le_bytes().to_vec(), xy.clone()].concat();
        let mut big = vec![0, 0, 0, 0, 1];
        big.extend([120.5_f64, 36.25].iter().flat_map(|x| x.to_be_bytes()));
        for bytes in
            [wkb(1, &xy), wkb(1001, &xy), wkb(0x8000_0001, &xy), wkb(0x2000_0001, &srid), big]
        {
            assert_eq!(point(&bytes), Ok(Some([120.5, 36.25])), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_no_point() {
        let empty: Vec<u8> = [f64::NAN; 2].iter().flat_map(|x| x.to_le_bytes()).collect();
        assert_eq!(point(&wkb(1, &empty)), Ok(None));
        assert_eq!(point(&wkb(3, &[])), Err(Reason::NotAPoint("Polygon")));
        for bytes in
            [&[][..], &[7], &[1, 1], &wkb(1, &[0; 15]), &wkb(0x2000_0001, &[]), &wkb(77, &[])]
        {
            assert_eq!(point(bytes), Err(Reason::NotWkb), "{bytes:?}");
        }
    }
}

//! Areas in requests: GeoJSON polygons that have passed the same gate as those of files.

use crate::domain::{LonLat, MultiPolygon, Polygon, Ring};
use serde_json::Value;

/// The area of a GeoJSON Polygon or MultiPolygon.
///
/// # Errors
/// What is wrong with it, in words.
pub fn read(geometry: &Value) -> Result<MultiPolygon, String> {
    let kind = geometry.get("type").and_then(Value::as_str);
    let coordinates = list(geometry.get("coordinates"), "`coordinates`")?;
    let polygons = match kind {
        Some("Polygon") => vec![polygon(coordinates)?],
        Some("MultiPolygon") => coordinates
            .iter()
            .map(|part| polygon(list(Some(part), "a polygon")?))
            .collect::<Result<_, _>>()?,
        Some(other) => {
            return Err(format!("it is a {other}; it should be a Polygon or MultiPolygon"));
        }
        None => return Err("it has no `type`; it should be a Polygon or MultiPolygon".into()),
    };
    MultiPolygon::new(polygons).map_err(|error| error.to_string())
}

fn list<'v>(value: Option<&'v Value>, what: &str) -> Result<&'v [Value], String> {
    let list = value.and_then(Value::as_array).map(Vec::as_slice);
    list.ok_or_else(|| format!("{what} should be a list"))
}

fn polygon(rings: &[Value]) -> Result<Polygon, String> {
    let mut rings = rings.iter().map(|one| ring(list(Some(one), "a ring")?));
    let exterior = rings.next().ok_or("a polygon has no ring")??;
    Ok(Polygon::new(exterior, rings.collect::<Result<_, _>>()?))
}

fn ring(positions: &[Value]) -> Result<Ring, String> {
    let places = positions.iter().map(|position| {
        let numbers = list(Some(position), "a position")?;
        let number = |n: usize| numbers.get(n).and_then(Value::as_f64);
        let (Some(lon), Some(lat)) = (number(0), number(1)) else {
            return Err(format!("the position {position} should be [longitude, latitude]"));
        };
        LonLat::new(lon, lat).map_err(|error| error.to_string())
    });
    Ring::new(places.collect::<Result<_, _>>()?).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn polygons_are_read_with_holes_parts_and_heights() {
        let ring = json!([[120.0, 36.0, 7.5], [120.1, 36.0], [120.1, 36.1], [120.0, 36.0]]);
        let one = read(&json!({ "type": "Polygon", "coordinates": [ring, ring] })).unwrap();
        assert_eq!((one.polygons().len(), one.polygons()[0].holes().len()), (1, 1));
        let two = json!({ "type": "MultiPolygon", "coordinates": [[ring], [ring]] });
        assert_eq!(read(&two).unwrap().polygons().len(), 2);
    }

    #[test]
    fn what_is_no_area_is_refused_in_words() {
        for (geometry, fault) in [
            (json!(null), "`coordinates` should be a list"),
            (json!({ "type": "Point", "coordinates": [1, 2] }), "Point"),
            (json!({ "coordinates": [] }), "no `type`"),
            (json!({ "type": "Polygon", "coordinates": [] }), "no ring"),
            (json!({ "type": "MultiPolygon", "coordinates": [] }), "empty"),
            (json!({ "type": "Polygon", "coordinates": [[[1, "2"]]] }), "[longitude, latitude]"),
            (json!({ "type": "Polygon", "coordinates": [[1, 2]] }), "a position should be a list"),
            (
                json!({ "type": "Polygon", "coordinates": [[[1, 2], [3, 4]]] }),
                "2 different corners",
            ),
            (json!({ "type": "Polygon", "coordinates": [[[1, 200], [3, 4], [5, 6]]] }), "latitude"),
        ] {
            let words = read(&geometry).unwrap_err();
            assert!(words.contains(fault), "{words}");
        }
    }
}

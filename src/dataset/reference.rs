//! The reference system of a whole layer: what was declared, held against the numbers.

use super::crs::{AxisOrder, CRS_NAMES, Crs, GaussKruger};
use super::error::LoadError;
use super::gate::Projection;
use super::record::{Position, Record};
use super::source::LayerSource;
use crate::domain::{Finding, Severity};

/// How the numbers of a layer are to be read, with a finding where something was decided.
///
/// # Errors
/// When most of the positions cannot be places of the declared system: then the declaration is
/// wrong, not the features.
pub(super) fn resolve(
    source: &LayerSource,
    records: &[Record],
    in_file: Option<Crs>,
) -> Result<(Projection, Option<Finding>), LoadError> {
    // The manifest is the user's own word and stands above what a program wrote into the file.
    let crs = source.crs.or(in_file).unwrap_or_default();
    match crs {
        Crs::GaussKruger(zone) => resolve_zone(source, records, zone),
        _ => {
            expect_degrees(source, records, crs)?;
            Ok((Projection { crs, axes: AxisOrder::EastingFirst }, None))
        }
    }
}

fn resolve_zone(
    source: &LayerSource,
    records: &[Record],
    zone: GaussKruger,
) -> Result<(Projection, Option<Finding>), LoadError> {
    let crs = Crs::GaussKruger(zone);
    let mut positions = Vec::new();
    for record in records {
        record.geometry.each_position(&mut |p| positions.push(p));
    }
    let Some(&[a, b]) = positions.first() else {
        return Ok((Projection { crs, axes: AxisOrder::EastingFirst }, None));
    };
    let Some(axes) = zone.axis_order(positions) else {
        let other = likely_system([a, b]).map_or_else(String::new, |s| format!(" ({s})"));
        return Err(LoadError::Crs {
            file: source.path.clone(),
            detail: format!("declared as {crs}, but no position can be one, for example {a}, {b}"),
            remedy: format!("Set `crs` of the layer in wangge.toml to what it is{other}"),
        });
    };
    let (order, order_zh) = match axes {
        AxisOrder::EastingFirst => ("easting, northing", "横坐标（东）在前"),
        AxisOrder::NorthingFirst => ("northing, easting", "纵坐标（北）在前"),
    };
    let finding = Finding::new(
        "crs.axis_order",
        Severity::Info,
        &source.name,
        format!("{}: read as {crs} in the order {order}, decided by range", source.file),
        format!("{}：按 {crs} 读取，{order_zh}（由数值范围判定）", source.file),
    );
    Ok((Projection { crs, axes }, Some(finding.with_file(&*source.file))))
}

/// Refuses a layer of degrees most of whose positions are metres, or latitude before longitude.
fn expect_degrees(source: &LayerSource, records: &[Record], crs: Crs) -> Result<(), LoadError> {
    let (mut all, mut outside, mut swapped) = (0_usize, 0_usize, 0_usize);
    let mut example = None;
    for record in records {
        record.geometry.each_position(&mut |[a, b]: Position| {
            all += 1;
            let is_swapped = a.abs() <= 90.0 && (90.0..=180.0).contains(&b.abs());
            // Numbers a little out of range are slips of single features, not metres.
            if is_swapped || a.abs() > 1000.0 || b.abs() > 1000.0 {
                outside += 1;
                swapped += usize::from(is_swapped);
                example.get_or_insert([a, b]);
            }
        });
    }
    let Some(example) = example.filter(|_| outside * 2 > all) else { return Ok(()) };
    let [a, b] = example;
    let file = source.path.clone();
    if swapped * 2 > outside {
        return Err(LoadError::Crs {
            file,
            detail: format!(
                "the numbers stand in the order latitude, longitude (for example {a}, {b})"
            ),
            remedy:
                "GeoJSON has longitude first: export the file again with the axes in that order"
                    .to_owned(),
        });
    }
    let likely = likely_system(example)
        .map_or_else(|| format!("one of {CRS_NAMES}"), |system| format!("for example {system}"));
    Err(LoadError::Crs {
        file,
        detail: format!(
            "declared as {crs}, that is in degrees, but holds metres (for example {a}, {b})"
        ),
        remedy: format!("Set `crs` of the layer in wangge.toml: {likely}"),
    })
}

/// What the size of projected numbers suggests.
fn likely_system([a, b]: Position) -> Option<String> {
    let plausible = |easting: f64, northing: f64| {
        let northing_in_china = (300_000.0..6_200_000.0).contains(&northing);
        let zone = (easting / 1e6).floor();
        let local = easting - zone * 1e6;
        if !northing_in_china || !(100_000.0..900_000.0).contains(&local) {
            return None;
        }
        match zone {
            0.0 => Some(
                "crs = \"EPSG:4549\" (CGCS2000 / 3-degree Gauss-Krüger, central meridian 120°E; \
                 EPSG:4534 to 4554 are those of 75°E to 135°E)"
                    .to_owned(),
            ),
            25.0..=45.0 => {
                let code = 4513 + (zone as u32) - 25;
                Some(format!(
                    "crs = \"EPSG:{code}\" (CGCS2000 / 3-degree Gauss-Krüger zone {zone})"
                ))
            }
            _ => None,
        }
    };
    plausible(a, b).or_else(|| plausible(b, a))
}

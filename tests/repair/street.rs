//! A street office's data made in memory: grids, outline, compounds and nets from polygons.

use crate::common::{place, polygon};
use std::collections::BTreeSet;
use wangge::check::{self, CheckOptions, Report};
use wangge::dataset::{Boundary, Dataset};
use wangge::domain::{
    Compound, Correspondence, Grid, GridKind, MultiPolygon, Net, NetFeature, Origin, Place,
    ValidityPeriod,
};
use wangge::repair::{self, Repair, RepairOptions};

/// The dataset of some grids, with codes A, B, C, … in their order.
pub fn of_grids(grids: Vec<MultiPolygon>) -> Dataset {
    let origin = |feature| Origin { file: "grids.geojson".into(), feature };
    let grid = |(i, geometry)| Grid {
        code: code(i),
        name: String::new(),
        community_code: None,
        kind: GridKind::Base,
        validity: ValidityPeriod::default(),
        geometry,
        origin: origin(i),
    };
    Dataset {
        name: "street".into(),
        grids: grids.into_iter().enumerate().map(grid).collect(),
        ..Dataset::default()
    }
}

/// The code of a grid by its position.
pub fn code(i: usize) -> String {
    if i < 26 { char::from(b'A' + i as u8).to_string() } else { format!("Z{i:05}") }
}

/// Grids from lists of corners in metres.
pub fn grids(corners: &[&[(f64, f64)]]) -> Dataset {
    of_grids(corners.iter().map(|one| polygon(one)).collect())
}

pub fn with_outline(mut dataset: Dataset, outline: MultiPolygon) -> Dataset {
    let origin = Origin { file: "subdistrict.geojson".into(), feature: 0 };
    dataset.subdistrict = Some(Boundary { geometry: outline, origin });
    dataset
}

/// Adds a compound with an outline or a point.
pub fn with_compound(mut dataset: Dataset, households: u32, place: Place) -> Dataset {
    let number = dataset.compounds.len();
    dataset.compounds.push(Compound {
        id: format!("C{number}"),
        name: format!("小区{number}"),
        aliases: Vec::new(),
        address: None,
        community_code: None,
        households: Some(households),
        residents: None,
        party_members: None,
        buildings: None,
        kind: None,
        synthetic: true,
        place,
        origin: Origin { file: "compounds.geojson".into(), feature: number },
    });
    dataset
}

/// A compound's outline: a square around a place, in metres.
pub fn square(x: f64, y: f64, half: f64) -> Place {
    Place::Area(polygon(&[
        (x - half, y - half),
        (x + half, y - half),
        (x + half, y + half),
        (x - half, y + half),
    ]))
}

pub fn point(x: f64, y: f64) -> Place {
    Place::Point(place(x, y))
}

/// Adds a net; features are (id, grid codes, area).
pub fn with_net(
    mut dataset: Dataset,
    correspondence: Correspondence,
    features: Vec<(&str, &[&str], MultiPolygon)>,
) -> Dataset {
    let feature = |(i, (id, codes, geometry)): (usize, (&str, &[&str], MultiPolygon))| NetFeature {
        id: id.into(),
        name: format!("{id}支部"),
        grid_codes: codes.iter().map(|c| (*c).to_owned()).collect(),
        geometry,
        origin: Origin { file: "branches.geojson".into(), feature: i },
    };
    let features = features.into_iter().enumerate().map(feature).collect();
    dataset.nets.push(Net { name: "branches".into(), correspondence, features });
    dataset
}

/// Options under which size is no reason to refuse.
pub fn forced() -> RepairOptions {
    RepairOptions { force: true, ..RepairOptions::default() }
}

pub fn locking(codes: &[&str]) -> RepairOptions {
    let locked: BTreeSet<String> = codes.iter().map(|c| (*c).to_owned()).collect();
    RepairOptions { locked, ..forced() }
}

/// A repair, held against what every repair must keep: a second one finds nothing to do.
pub fn repair(dataset: &Dataset, options: &RepairOptions) -> Repair {
    let repair = repair::run(dataset, options).unwrap();
    let again = repair::run(&repair.dataset, options).unwrap();
    let left: Vec<&String> = again.plan.actions.iter().map(|action| &action.message).collect();
    assert!(again.edits.is_empty() && left.is_empty(), "a second repair finds {left:?}");
    repair
}

pub fn report(dataset: &Dataset) -> Report {
    check::run(dataset, &CheckOptions::default())
}

/// The rules about geometry and nets that a dataset breaks.
pub fn broken(dataset: &Dataset) -> Vec<String> {
    let about_places = |rule: &str| {
        ["coverage.", "geometry.", "net."].iter().any(|family| rule.starts_with(family))
    };
    let rules: BTreeSet<String> = report(dataset).findings.into_iter().map(|f| f.rule).collect();
    rules.into_iter().filter(|rule| about_places(rule)).collect()
}

/// The area of a grid by its code, in m².
pub fn area(dataset: &Dataset, code: &str) -> f64 {
    let grid = dataset.grids.iter().find(|grid| grid.code == code).unwrap();
    wangge::geometry::measure::area_m2(&grid.geometry)
}

/// The kinds of a repair's actions, in order.
pub fn kinds(repair: &Repair) -> Vec<&'static str> {
    repair.plan.actions.iter().map(|action| action.kind.name()).collect()
}

/// The reasons of a repair's refusals, in order.
pub fn reasons(repair: &Repair) -> Vec<repair::Reason> {
    repair.plan.refusals.iter().map(|refusal| refusal.reason).collect()
}

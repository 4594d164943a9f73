//! Datasets that tests make in memory.
#![allow(dead_code)] // each test binary uses a part of it

use wangge::dataset::{Boundary, Dataset, LayerInfo, LayerShape};
use wangge::domain::{
    Compound, Correspondence, Grid, GridKind, LonLat, MultiPolygon, Net, NetFeature, Origin, Place,
    ValidityPeriod,
};

fn origin(layer: &str, feature: usize) -> Origin {
    Origin { file: format!("{layer}.geojson").into(), feature }
}

/// A dataset with these grids, coded g0000, g0001, …
pub fn with_grids(shapes: &[MultiPolygon]) -> Dataset {
    let grid = |(number, geometry): (usize, &MultiPolygon)| Grid {
        code: format!("g{number:04}"),
        name: format!("第{number}网格"),
        community_code: None,
        kind: GridKind::Base,
        validity: ValidityPeriod::default(),
        geometry: geometry.clone(),
        origin: origin("grids", number),
    };
    let mut dataset = Dataset {
        name: "made".into(),
        title: "Made".into(),
        title_zh: "试验街道".into(),
        grids: shapes.iter().enumerate().map(grid).collect(),
        ..Dataset::default()
    };
    let layer = |id: &str, title: &str, title_zh: &str, net| LayerInfo {
        id: id.into(),
        title: title.into(),
        title_zh: title_zh.into(),
        geometry: LayerShape::Polygon,
        features: shapes.len(),
        net,
        file: format!("{id}.geojson"),
    };
    dataset.layers.push(layer("grids", "Governance grids", "治理网格", false));
    dataset.layers.push(layer("branches", "Grid Party branches", "网格党支部", true));
    dataset.layers.push(layer("compounds", "Residential compounds", "小区", false));
    dataset
}

/// Gives a dataset an outline.
pub fn outlined(mut dataset: Dataset, outline: MultiPolygon) -> Dataset {
    dataset.subdistrict = Some(Boundary { geometry: outline, origin: origin("subdistrict", 0) });
    dataset
}

/// Adds a net of branches, the n-th for the n-th grid.
pub fn with_branches(mut dataset: Dataset, shapes: &[MultiPolygon]) -> Dataset {
    let feature = |(number, geometry): (usize, &MultiPolygon)| NetFeature {
        id: format!("b{number:04}"),
        name: format!("第{number}支部"),
        grid_codes: vec![format!("g{number:04}")],
        geometry: geometry.clone(),
        origin: origin("branches", number),
    };
    let features = shapes.iter().enumerate().map(feature).collect();
    let correspondence = Correspondence::OneToOne;
    dataset.nets.push(Net { name: "branches".into(), correspondence, features });
    dataset
}

/// Adds a compound of 100 households and some.
pub fn add_compound(dataset: &mut Dataset, place: Place) {
    let number = dataset.compounds.len();
    dataset.compounds.push(Compound {
        id: format!("c{number:04}"),
        name: format!("{number}号小区"),
        aliases: Vec::new(),
        address: None,
        community_code: None,
        households: Some(100 + number as u32 % 7),
        residents: None,
        party_members: None,
        buildings: None,
        kind: None,
        synthetic: true,
        place,
        origin: origin("compounds", number),
    });
}

/// Adds a compound at a point.
pub fn add_point(dataset: &mut Dataset, place: LonLat) {
    add_compound(dataset, Place::Point(place));
}

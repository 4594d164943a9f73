//! Datasets made in memory: grids, a net, compounds.

use crate::common::{frame, place};
use std::sync::Arc;
use wangge::check::{self, CheckOptions, MatchClass, NetMatch, NetReport, Report};
use wangge::dataset::Dataset;
use wangge::domain::{
    Compound, Correspondence, Finding, Grid, GridKind, LonLat, MultiPolygon, Net, NetFeature,
    Origin, Place, Polygon, Ring, Unit, ValidityPeriod,
};
use wangge::geometry::{Coverage, GridPoint};

fn origin(feature: usize) -> Origin {
    Origin { file: Arc::from("test.geojson"), feature }
}

/// Code of a grid by its position.
pub fn code(grid: usize) -> String {
    format!("G{grid:03}")
}

pub fn grid(number: usize, geometry: MultiPolygon) -> Grid {
    Grid {
        code: code(number),
        name: format!("第{number}网格"),
        community_code: None,
        kind: GridKind::Base,
        validity: ValidityPeriod::default(),
        geometry,
        origin: origin(number),
    }
}

/// A feature `B…` that names the grid of its number.
pub fn feature(number: usize, geometry: MultiPolygon) -> NetFeature {
    NetFeature {
        id: format!("B{number:03}"),
        name: format!("支部{number}"),
        grid_codes: vec![code(number)],
        geometry,
        origin: origin(number),
    }
}

pub fn compound(number: usize, households: u32, place: Place) -> Compound {
    Compound {
        id: format!("C{number:03}"),
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
        origin: origin(number),
    }
}

pub fn unit(number: usize, households: u32, geometry: MultiPolygon) -> Unit {
    Unit {
        id: format!("U{number:03}"),
        name: None,
        households: Some(households),
        community_code: None,
        geometry,
        origin: origin(number),
    }
}

/// Grids of the shapes, and a net of the features.
pub fn dataset(grids: &[MultiPolygon], features: Vec<NetFeature>) -> Dataset {
    let net = Net { name: "branches".into(), correspondence: Correspondence::OneToOne, features };
    Dataset {
        name: "test".into(),
        grids: grids.iter().cloned().enumerate().map(|(g, shape)| grid(g, shape)).collect(),
        nets: vec![net],
        ..Dataset::default()
    }
}

/// A feature for each shape, numbered from 0.
pub fn features(shapes: &[MultiPolygon]) -> Vec<NetFeature> {
    shapes.iter().cloned().enumerate().map(|(f, shape)| feature(f, shape)).collect()
}

pub fn run(dataset: &Dataset) -> Report {
    check::run(dataset, &CheckOptions::default())
}

/// The findings of the net against the grids.
pub fn findings(report: &Report) -> Vec<&Finding> {
    let of_net = |f: &&Finding| f.layer == "branches" && !f.rule.starts_with("geometry.");
    report.findings.iter().filter(of_net).collect()
}

/// The class of each grid, then those of extra features.
pub fn classes(report: &NetReport) -> Vec<MatchClass> {
    report.matches.iter().map(|m| m.class).collect()
}

/// The row of a grid.
pub fn row(report: &NetReport, grid: usize) -> &NetMatch {
    report.matches.iter().find(|m| m.grid.as_deref() == Some(code(grid).as_str())).unwrap()
}

/// A rectangle in metres.
pub fn rectangle(west: f64, south: f64, east: f64, north: f64) -> MultiPolygon {
    crate::common::polygon(&[(west, south), (east, south), (east, north), (west, north)])
}

/// Columns × rows of squares of 200 m, row by row from the south-west.
pub fn squares(columns: usize, rows: usize) -> Vec<MultiPolygon> {
    let square = |i: usize| {
        let (x, y) = ((i % columns) as f64 * 200.0, (i / columns) as f64 * 200.0);
        rectangle(x, y, x + 200.0, y + 200.0)
    };
    (0..columns * rows).map(square).collect()
}

/// Each corner of a shape through a map.
pub fn mapped(shape: &MultiPolygon, map: impl Fn(LonLat) -> LonLat) -> MultiPolygon {
    let ring = |r: &Ring| Ring::new(r.corners().iter().map(|&p| map(p)).collect()).unwrap();
    let part = |p: &Polygon| Polygon::new(ring(p.exterior()), p.holes().iter().map(ring).collect());
    MultiPolygon::new(shape.polygons().iter().map(part).collect()).unwrap()
}

/// A shape moved by metres east and north.
pub fn moved(shape: &MultiPolygon, east: f64, north: f64) -> MultiPolygon {
    mapped(shape, |p| {
        let at = frame().to_grid(p);
        let step = |metres: f64| (metres * 1000.0).round() as i64;
        frame().to_lonlat(GridPoint { x: at.x + step(east), y: at.y + step(north) })
    })
}

/// Shapes united by group.
pub fn united(shapes: &[MultiPolygon], group: &[usize]) -> Vec<MultiPolygon> {
    let groups = group.iter().max().map_or(0, |g| g + 1);
    let coverage = Coverage::build(&frame(), &shapes.iter().collect::<Vec<_>>());
    let group: Vec<Option<usize>> = group.iter().copied().map(Some).collect();
    coverage.dissolve(&group, groups).into_iter().flatten().collect()
}

/// A compound's place in metres.
pub fn point(x: f64, y: f64) -> Place {
    Place::Point(place(x, y))
}

/// A net with every message, for a failing test.
pub fn told(report: &Report) -> String {
    let line = |f: &Finding| format!("{} {} | {}\n", f.rule, f.message, f.message_zh);
    report.findings.iter().map(line).collect()
}

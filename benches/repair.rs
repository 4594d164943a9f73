//! Repair: 100 × 100 grids with 24 vertices an edge, 1.01 million coordinates, of which 0.5 % are
//! moved by 5 cm in one polygon only; beside it the coverage cleaner of GEOS on the same polygons.

#[path = "../tests/common/mod.rs"]
mod common;
mod support;

use common::{Dice, frame, shaken_cells};
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use wangge::dataset::Dataset;
use wangge::domain::{Grid, GridKind, MultiPolygon, Origin, Polygon, Ring, ValidityPeriod};
use wangge::geometry::GridPoint;
use wangge::repair::{RepairOptions, mend};

/// Share of the vertices that are moved.
const MOVED: f64 = 0.005;
/// How far, in whole millimetres.
const BY_MM: f64 = 50.0;

/// The cells with some vertices moved in one polygon only.
fn torn(cells: &[MultiPolygon]) -> Vec<MultiPolygon> {
    let mut dice = Dice::new(7);
    let frame = frame();
    let mut moved = |p: &wangge::domain::LonLat| {
        if dice.roll() >= MOVED {
            return *p;
        }
        let (point, turn) = (frame.to_grid(*p), dice.roll() * std::f64::consts::TAU);
        let off = |part: f64| (part * BY_MM).round() as i64;
        frame.to_lonlat(GridPoint { x: point.x + off(turn.cos()), y: point.y + off(turn.sin()) })
    };
    let mut tear = |cell: &MultiPolygon| {
        let corners = cell.polygons()[0].exterior().corners().iter().map(&mut moved).collect();
        let ring = Ring::new(corners).expect("as many corners as before");
        MultiPolygon::new(vec![Polygon::new(ring, Vec::new())]).expect("a part")
    };
    cells.iter().map(&mut tear).collect()
}

fn street(cells: Vec<MultiPolygon>) -> Dataset {
    let grid = |(number, geometry)| Grid {
        code: format!("{number:05}"),
        name: String::new(),
        community_code: None,
        kind: GridKind::Base,
        validity: ValidityPeriod::default(),
        geometry,
        origin: Origin { file: "grids.geojson".into(), feature: number },
    };
    let grids = cells.into_iter().enumerate().map(grid).collect();
    Dataset { name: "cells".into(), grids, ..Dataset::default() }
}

fn repair(criterion: &mut Criterion) {
    let cells = shaken_cells(100, 100, 3, 24);
    let clean = street(cells.clone());
    let torn = street(torn(&cells));
    let mut group = criterion.benchmark_group("repair, 10,000 grids of 1.01 million vertices");
    group.sample_size(10);
    let options = RepairOptions::default();
    group.bench_function("clean", |b| b.iter(|| mend(black_box(&clean), &options)));
    group.bench_function("0.5 % moved by 5 cm", |b| b.iter(|| mend(black_box(&torn), &options)));
    group.finish();
}

criterion_group!(benches, repair);
criterion_main!(benches);

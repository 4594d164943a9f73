//! The arrangement of a synthetic city: 10,000 grids, about a million corners.

#[path = "../tests/common/mod.rs"]
mod common;

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use wangge::domain::MultiPolygon;
use wangge::geometry::{Arrangement, Coverage};

fn city(c: &mut Criterion) {
    let cells = common::shaken_cells(100, 100, 7, 24);
    let shapes: Vec<&MultiPolygon> = cells.iter().collect();
    let corners: usize = cells.iter().map(|cell| cell.corners().count()).sum();
    println!("{} grids, {corners} corners", cells.len());
    let mut group = c.benchmark_group("city");
    group.sample_size(10);
    group.bench_function("arrangement", |b| {
        b.iter(|| Arrangement::build(&common::frame(), black_box(&shapes)));
    });
    group.bench_function("coverage", |b| {
        b.iter(|| Coverage::build(&common::frame(), black_box(&shapes)));
    });
    group.finish();
}

criterion_group!(benches, city);
criterion_main!(benches);

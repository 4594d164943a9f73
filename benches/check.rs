//! Checking: every rule and net, on the demo data and on a city of 10,000 grids and 1 million
//! vertices whose branches coincide; and what it stands on, arrangement and coverage.

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use wangge::check::{CheckOptions, run};
use wangge::domain::MultiPolygon;
use wangge::geometry::{Arrangement, Coverage, Frame};

fn demo(criterion: &mut Criterion) {
    let demo = support::demo();
    criterion.bench_function("check/demo data, three nets", |b| {
        b.iter(|| run(black_box(&demo), &CheckOptions::default()));
    });
}

fn city(criterion: &mut Criterion) {
    let city = support::city();
    let mut group = criterion.benchmark_group("check, city of 10,000 grids");
    group.sample_size(10);
    group.bench_function("report, one net", |b| {
        b.iter(|| run(black_box(&city), &CheckOptions::default()));
    });
    let shapes: Vec<&MultiPolygon> = city.grids.iter().map(|grid| &grid.geometry).collect();
    let Some(window) = city.bbox() else { return };
    let frame = Frame::for_bbox(window);
    group.bench_function("arrangement", |b| {
        b.iter(|| Arrangement::build(&frame, black_box(&shapes)));
    });
    group.bench_function("coverage", |b| b.iter(|| Coverage::build(&frame, black_box(&shapes))));
    group.finish();
}

criterion_group!(benches, demo, city);
criterion_main!(benches);

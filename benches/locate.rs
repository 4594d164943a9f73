//! Look-ups: points and addresses a second, on the demo data and on a synthetic city of 10,000
//! grids and 1 million vertices.

mod support;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::hint::black_box;
use std::sync::Arc;
use support::place;
use wangge::dataset::Dataset;
use wangge::domain::{BBox, LonLat};
use wangge::index::SpatialIndex;
use wangge::locate::Locator;

/// Questions a run.
const QUESTIONS: usize = 10_000;

fn points(window: BBox) -> Vec<LonLat> {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let lon = |random: &mut ChaCha8Rng| random.random_range(window.west..window.east);
    let lat = |random: &mut ChaCha8Rng| random.random_range(window.south..window.north);
    (0..QUESTIONS).map(|_| place(lon(&mut random), lat(&mut random))).collect()
}

fn look_ups(criterion: &mut Criterion, label: &str, dataset: Dataset) {
    let Some(window) = dataset.bbox() else { return };
    let places = points(window);
    let locator = Locator::new(Arc::new(dataset.clone()));
    locator.prepare();
    let mut group = criterion.benchmark_group(label);
    group.throughput(Throughput::Elements(QUESTIONS as u64));
    group.bench_function("owner", |b| {
        let grids = locator.index().grids();
        b.iter(|| {
            places.iter().filter(|p| grids.owner(black_box(**p), |_| true).is_some()).count()
        });
    });
    group.bench_function("at", |b| {
        b.iter(|| places.iter().filter(|p| locator.at(black_box(**p), None).score > 0.0).count());
    });
    let names = dataset.compounds.iter().map(|c| format!("青岛市市北区双山街道{}三号楼", c.name));
    let addresses: Vec<String> = names.cycle().take(QUESTIONS / 10).collect();
    group.throughput(Throughput::Elements(addresses.len() as u64));
    group.bench_function("address", |b| {
        b.iter(|| addresses.iter().filter(|a| locator.address(a, None).score > 0.0).count());
    });
    group.bench_function("suggest", |b| {
        let typed: Vec<String> =
            dataset.compounds.iter().map(|c| c.name.chars().take(2).collect()).collect();
        let typed: Vec<&String> = typed.iter().cycle().take(addresses.len()).collect();
        b.iter(|| typed.iter().map(|t| locator.suggest(black_box(t), 8).len()).sum::<usize>());
    });
    group.throughput(Throughput::Elements(1));
    group.sample_size(10);
    group.bench_function("build index", |b| {
        b.iter_batched(|| &dataset, SpatialIndex::build, BatchSize::PerIteration);
    });
    group.finish();
}

fn demo(criterion: &mut Criterion) {
    look_ups(criterion, "locate, demo data", support::demo());
}

fn synthetic_city(criterion: &mut Criterion) {
    look_ups(criterion, "locate, city of 10,000 grids", support::city());
}

criterion_group!(benches, demo, synthetic_city);
criterion_main!(benches);

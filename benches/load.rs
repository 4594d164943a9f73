//! Loading: from a folder of files to a dataset, on the demo data and on a city of 10,000 grids
//! and 1 million vertices (with as many of branches).

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::path::Path;
use wangge::dataset::load;

fn folder(criterion: &mut Criterion, label: &str, folder: &Path) {
    let mut group = criterion.benchmark_group("load");
    group.sample_size(10);
    group.bench_function(label, |b| {
        b.iter(|| load(black_box(folder)).expect("the folder holds a dataset"));
    });
    group.finish();
}

fn demo(criterion: &mut Criterion) {
    folder(criterion, "demo data", &support::demo_folder());
}

fn city(criterion: &mut Criterion) {
    let made = tempfile::tempdir().expect("a folder can be made");
    support::write(&support::city(), made.path());
    folder(criterion, "city of 10,000 grids", made.path());
}

criterion_group!(benches, demo, city);
criterion_main!(benches);

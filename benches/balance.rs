//! Balancing: plans within ±10 % on the demo data, and 10,000 units of a city into 400 grids.
//!
//! With the environment variable `WANGGE_INSTANCES`, a folder of dual graphs with their bounds, a
//! table of those too (`bars`): time to the best known plan over seeds, and to the proof.

mod bars;
mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};
use wangge::balance::{Options, Problem, Solution, solve};

fn plans(problem: &Problem, options: &Options) -> Solution {
    solve(black_box(problem), options, &|_| ControlFlow::Continue(()))
}

fn demo(criterion: &mut Criterion) {
    let problem = Problem::from_dataset(&support::demo(), None).expect("the demo data have units");
    let options = Options { max_deviation: 0.1, ..Options::default() };
    let mut group = criterion.benchmark_group("balance");
    group.sample_size(10);
    group.bench_function("demo data, ±10 %", |b| b.iter(|| plans(&problem, &options)));
    group.finish();
}

fn city(criterion: &mut Criterion) {
    let city = support::city_units();
    let mut group = criterion.benchmark_group("balance, city of 10,000 units");
    group.sample_size(10);
    group.bench_function("problem", |b| {
        b.iter(|| Problem::from_dataset(black_box(&city), Some(400)).expect("the city has units"));
    });
    group.finish();
    let problem = Problem::from_dataset(&city, Some(400)).expect("the city has units");
    let limit = Duration::from_secs(20);
    let options = Options { max_deviation: 0.1, time_limit: Some(limit), ..Options::default() };
    let begin = Instant::now();
    let solution = plans(&problem, &options);
    let cut = solution.plans.first().map(|plan| plan.score.cut_edges);
    println!(
        "balance/city, 400 grids, 20 s: cut edges {cut:?}, {:.1} s",
        begin.elapsed().as_secs_f64()
    );
}

fn instances(_: &mut Criterion) {
    bars::moves::print();
    bars::print();
    bars::growth::print();
}

criterion_group!(benches, demo, city, instances);
criterion_main!(benches);

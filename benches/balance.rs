//! Balancing: plans within ±10 % on the demo data, and 10,000 units of a city into 400 grids.
//!
//! With the environment variable `WANGGE_INSTANCES`, a folder of dual graphs with their bounds and
//! best known results, a table of those too: cut edges found and the time taken.

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::ops::ControlFlow;
use std::path::Path;
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
    report("city, 400 grids, 20 s", &solution, begin.elapsed());
}

fn instances(_: &mut Criterion) {
    let Some(folder) = std::env::var_os("WANGGE_INSTANCES") else {
        println!("balance, public instances: skipped, WANGGE_INSTANCES is not set");
        return;
    };
    let entries = std::fs::read_dir(&folder).expect("WANGGE_INSTANCES is a folder");
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "json"));
    files.sort();
    for file in files {
        if let Some((problem, options)) = instance(&file) {
            let begin = Instant::now();
            let solution = plans(&problem, &options);
            let name = file.file_stem().unwrap_or_default().to_string_lossy();
            report(&name, &solution, begin.elapsed());
        }
    }
}

/// A dual graph whose `graph` says `grids` and the bounds `lower` and `upper`.
fn instance(file: &Path) -> Option<(Problem, Options)> {
    let text = std::fs::read_to_string(file).ok()?;
    let value: serde_json::Value = serde_json::from_str(&text).ok()?;
    let about = value.get("graph")?;
    let number = |key: &str| {
        let direct = about.get(key);
        let pair = || about.as_array()?.iter().find(|pair| pair[0] == key)?.get(1);
        direct.or_else(pair)?.as_f64()
    };
    let problem = Problem::from_graph_json(&text, "TOTPOP", number("grids")? as usize).ok()?;
    let mean = problem.mean_households();
    let off = (number("upper")? / mean - 1.0).max(1.0 - number("lower")? / mean);
    let options = Options {
        max_deviation: off,
        time_limit: Some(Duration::from_secs(20)),
        ..Options::default()
    };
    Some((problem, options))
}

fn report(name: &str, solution: &Solution, took: Duration) {
    let plan = solution.plans.first();
    let cut = plan.map_or("none".to_owned(), |plan| plan.score.cut_edges.to_string());
    let bound = plan.and_then(|plan| plan.bound).map_or("—".to_owned(), |b| format!("{b:.0}"));
    println!(
        "balance/{name}: {:?}, cut edges {cut}, bound {bound}, {:.1} s",
        solution.status,
        took.as_secs_f64()
    );
}

criterion_group!(benches, demo, city, instances);
criterion_main!(benches);

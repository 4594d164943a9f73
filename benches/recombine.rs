//! Steps a second of reversible recombination, the chain behind ensembles.
//!
//! One thread and two, on a city of 900 square blocks and, with `WANGGE_INSTANCES` naming a folder
//! of dual graphs, on Iowa's counties and Pennsylvania's tracts. `WANGGE_FRCW` names the program
//! `frcw` (github.com/mggg/frcw.rs), which then makes the same chain in turns with ours: variant
//! `reversible`, the same graph, plan at the start and bounds, and the least M that can be proven
//! for all plans as ours is for each pair. A step is a pair of two different grids drawn, whether
//! or not they touch and whether or not the plan changes; frcw also draws a grid with itself,
//! which makes nothing and is not counted.

mod support;

use serde_json::{Value, json};
use std::cell::Cell;
use std::ffi::OsString;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Barrier;
use std::time::{Duration, Instant};
use support::timing::thread_ms;
use wangge::balance::ensemble::{EnsembleOptions, draw};
use wangge::balance::{Options, Problem, solve};

/// Measurements of each kind, in turns; the best counts.
const ROUNDS: usize = 4;
/// A measurement takes at least as many seconds of a processor.
const LEAST_S: f64 = 0.7;
/// Steps that frcw makes between two looks at the other threads: its best is taken.
const BATCHES: [&str; 3] = ["1", "8", "32"];

/// A graph, a plan of it and what plans must keep.
struct Case {
    name: &'static str,
    graph: Value,
    problem: Problem,
    max_deviation: f64,
    start: Vec<u32>,
}

/// Steps a second, by the clock and by the processor, and those of them that changed the plan.
#[derive(Clone, Copy, Default)]
struct Rate {
    wall: f64,
    cpu: f64,
    accepted: f64,
}

impl Rate {
    fn of(steps: f64, accepted: f64, wall_s: f64, cpu_s: f64) -> Self {
        Self { wall: steps / wall_s, cpu: steps / cpu_s, accepted: accepted / cpu_s }
    }

    fn best(&mut self, other: Self) {
        self.wall = self.wall.max(other.wall);
        if other.cpu > self.cpu {
            (self.cpu, self.accepted) = (other.cpu, other.accepted);
        }
    }
}

fn main() {
    let frcw = std::env::var_os("WANGGE_FRCW");
    if frcw.is_none() {
        println!("skipped: the peer, WANGGE_FRCW does not name the program frcw");
    }
    println!("| graph | what | steps/s, clock | steps/s, processor | changes/s, processor |");
    println!("|---|---|---|---|---|");
    measure(&city(), frcw.as_ref());
    let Some(folder) = std::env::var_os("WANGGE_INSTANCES") else {
        println!("skipped: IA and PA, WANGGE_INSTANCES is not set");
        return;
    };
    for name in ["IA_county", "PA_tract"] {
        match instance(name, &Path::new(&folder).join(format!("{name}.json"))) {
            Some(case) => measure(&case, frcw.as_ref()),
            None => println!("skipped: {name}, not in the folder or no plan found"),
        }
    }
}

fn measure(case: &Case, frcw: Option<&OsString>) {
    let folder = tempfile::tempdir().expect("a folder for the graph can be made");
    let file = folder.path().join("graph.json");
    std::fs::write(&file, with_start(case).to_string()).expect("the graph can be written");
    let steps = enough(|steps| on_threads(case, 1, steps).1);
    let peers: Vec<(&str, u64)> = frcw
        .iter()
        .flat_map(|program| BATCHES.map(|batch| (program, batch)))
        .map(|(program, batch)| (batch, enough(|steps| peer(case, program, &file, batch, steps).1)))
        .collect();
    let [mut one, mut two, mut other] = [Rate::default(); 3];
    for _ in 0..ROUNDS {
        one.best(on_threads(case, 1, steps).0);
        two.best(on_threads(case, 2, steps).0);
        for (program, &(batch, steps)) in
            frcw.iter().flat_map(|f| peers.iter().map(move |p| (f, p)))
        {
            other.best(peer(case, program, &file, batch, steps).0);
        }
    }
    let row = |what: &str, rate: Rate| {
        let Rate { wall, cpu, accepted } = rate;
        println!("| {} | {what} | {wall:.0} | {cpu:.0} | {accepted:.0} |", case.name);
    };
    let ratio = |what: &str, a: Rate, b: Rate| {
        let [wall, cpu, accepted] =
            [a.wall / b.wall, a.cpu / b.cpu, a.accepted / b.accepted].map(|r| format!("{r:.2}"));
        println!("| {} | {what} | {wall} | {cpu} | {accepted} |", case.name);
    };
    row("one thread", one);
    row("two threads", two);
    ratio("two threads to one", two, one);
    if frcw.is_some() {
        row("frcw, one worker", other);
        ratio("one thread to frcw", one, other);
    }
}

/// As many steps as take [`LEAST_S`].
fn enough(seconds: impl Fn(u64) -> f64) -> u64 {
    let mut steps = 1_000;
    while seconds(steps) < LEAST_S {
        steps *= 2;
    }
    steps
}

/// Independent chains of `steps` steps on each thread: the rate of all together, and the most
/// processor seconds of a thread.
fn on_threads(case: &Case, threads: u64, steps: u64) -> (Rate, f64) {
    let barrier = Barrier::new(threads as usize);
    let chain = |seed: u64| {
        let options = EnsembleOptions {
            plans: 1,
            burn_in: Some(steps - 1),
            thinning: Some(1),
            max_deviation: case.max_deviation,
            seed,
            ..EnsembleOptions::default()
        };
        barrier.wait();
        let (begin, before) = (Instant::now(), thread_ms());
        let go = |_| ControlFlow::Continue(());
        let drawn =
            draw(&case.problem, &case.start, &options, &mut |_| ControlFlow::Continue(()), &mut {
                go
            });
        let wall = begin.elapsed().as_secs_f64();
        let cpu = before.zip(thread_ms()).map_or(wall, |(from, to)| (to - from) / 1000.0);
        (drawn.expect("the start keeps the bounds").accepted, wall, cpu)
    };
    let runs: Vec<(u64, f64, f64)> = std::thread::scope(|scope| {
        let all: Vec<_> = (1..=threads).map(|seed| scope.spawn(move || chain(seed))).collect();
        all.into_iter().map(|run| run.join().expect("a chain ends")).collect()
    });
    let accepted: u64 = runs.iter().map(|run| run.0).sum();
    let most = |part: fn(&(u64, f64, f64)) -> f64| runs.iter().map(part).fold(0.0, f64::max);
    let (wall, cpu) = (most(|run| run.1), most(|run| run.2));
    (Rate::of((threads * steps) as f64, accepted as f64, wall, cpu), cpu)
}

/// The same chain by frcw, less what it takes to begin; all its threads count.
fn peer(case: &Case, program: &OsString, file: &Path, batch: &str, steps: u64) -> (Rate, f64) {
    let run = |steps: u64| {
        let mut command = Command::new(program);
        command.arg("--graph-json").arg(file).args(["--n-steps", &steps.to_string()]);
        command.args(["--tol", &case.max_deviation.to_string(), "--pop-col", "TOTPOP"]);
        command.args(["--assignment-col", "start", "--rng-seed", "1", "--n-threads", "1"]);
        command.args(["--batch-size", batch, "--variant", "reversible"]);
        command.args(["--balance-ub", &most_cuts(case).to_string(), "--writer", "jsonl"]);
        let (begin, before) = (Instant::now(), children_s());
        let done = command.stderr(Stdio::inherit()).output().expect("WANGGE_FRCW is a program");
        let wall = begin.elapsed().as_secs_f64();
        assert!(done.status.success(), "frcw failed");
        let cpu = before.zip(children_s()).map_or(wall, |(from, to)| to - from);
        // A line of what was asked, a line of the start, a line a change.
        let changes = done.stdout.split(|&byte| byte == b'\n').count().saturating_sub(3);
        (changes as f64, wall, cpu)
    };
    let ((changes, wall, cpu), (_, wall_1, cpu_1)) = (run(steps), run(1));
    let (wall, cpu) = ((wall - wall_1).max(1e-3), (cpu - cpu_1).max(1e-3));
    let different = 1.0 - 1.0 / case.problem.number_of_grids() as f64;
    (Rate::of(steps as f64 * different, changes, wall, cpu), cpu)
}

/// Seconds of a processor that the ended children of this process had (Linux).
fn children_s() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // After the name in brackets; user and system time, in ticks of 10 ms.
    let fields: Vec<&str> = text.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(13)? + ticks(14)?) / 100.0)
}

/// The most balanced cuts that a tree of any two grids can have: along a path of such cuts one
/// side grows by a unit at least, from the lower bound to the upper.
fn most_cuts(case: &Case) -> usize {
    let (lower, upper) = case.problem.bounds(case.max_deviation);
    let mut weights: Vec<i64> =
        case.problem.units().iter().map(|unit| unit.households as i64).collect();
    weights.sort_unstable();
    let mut room = upper - lower;
    1 + weights
        .iter()
        .take_while(|&&weight| {
            room -= weight;
            room >= 0
        })
        .count()
}

/// The graph with the grid of each unit, from 1.
fn with_start(case: &Case) -> Value {
    let mut graph = case.graph.clone();
    let nodes = graph["nodes"].as_array_mut().expect("a graph has nodes");
    for (node, &grid) in nodes.iter_mut().zip(&case.start) {
        node["start"] = json!(grid + 1);
    }
    graph
}

/// A city of 30 × 30 square blocks with 50 to 150 households each, in 9 grids within ±5 %.
fn city() -> Case {
    const SIDE: usize = 30;
    let mut random = 11u64;
    let mut households = || {
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        50 + (random >> 33) % 101
    };
    let nodes: Vec<Value> =
        (0..SIDE * SIDE).map(|id| json!({"id": id, "TOTPOP": households()})).collect();
    let near = |unit: usize| {
        let (x, y) = (unit % SIDE, unit / SIDE);
        let all = [
            (x > 0).then(|| unit - 1),
            (x + 1 < SIDE).then_some(unit + 1),
            (y > 0).then(|| unit - SIDE),
            (y + 1 < SIDE).then_some(unit + SIDE),
        ];
        all.into_iter().flatten().map(|id| json!({ "id": id })).collect::<Vec<_>>()
    };
    let adjacency: Vec<Vec<Value>> = (0..SIDE * SIDE).map(near).collect();
    let graph = json!({
        "directed": false, "multigraph": false, "graph": [],
        "nodes": nodes, "adjacency": adjacency,
    });
    case("blocks, 900", graph, 9, |_| 0.05).expect("the city can be divided")
}

/// A dual graph whose `graph` says `grids` and the bounds `lower` and `upper`.
fn instance(name: &'static str, file: &Path) -> Option<Case> {
    let text = std::fs::read_to_string(file).ok()?;
    let graph: Value = serde_json::from_str(&text).ok()?;
    let about = graph.get("graph")?.as_array()?.clone();
    let number = |key: &str| about.iter().find(|pair| pair[0] == key)?.get(1)?.as_f64();
    let (grids, lower, upper) = (number("grids")?, number("lower")?, number("upper")?);
    case(name, graph, grids as usize, |mean| (upper / mean - 1.0).max(1.0 - lower / mean))
}

/// The first plan that a search tells of is the start.
fn case(
    name: &'static str,
    graph: Value,
    grids: usize,
    deviation: impl Fn(f64) -> f64,
) -> Option<Case> {
    let problem = Problem::from_graph_json(&graph.to_string(), "TOTPOP", grids).ok()?;
    let max_deviation = deviation(problem.mean_households());
    let time_limit = Some(Duration::from_secs(60));
    let options = Options { max_deviation, time_limit, ..Options::default() };
    let told = Cell::new(false);
    let solution = solve(&problem, &options, &|progress| {
        told.set(told.get() || progress.best.is_some());
        if told.get() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let start = solution.plans.into_iter().next()?.owner;
    Some(Case { name, graph, problem, max_deviation, start })
}

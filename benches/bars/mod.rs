//! The table of the public instances: how soon the best known plan is found, over seeds, and how
//! soon it is proven.
//!
//! `WANGGE_INSTANCES` is the folder of dual graphs; without it the table is skipped. `WANGGE_SEEDS`
//! is the number of seeds (10), `WANGGE_ONLY` takes only the instances whose names contain it, and
//! `WANGGE_PROOF=0` leaves the proofs out.

pub mod growth;
pub mod moves;

use std::cell::Cell;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;
use wangge::balance::{Options, Problem, Solution, Status, solve};

/// An instance and what is asked of it.
struct Bar {
    name: &'static str,
    /// Cut edges to be reached, `None` when there is no plan.
    cut: Option<usize>,
    /// Seconds to reach them in.
    within: f64,
    /// Seconds for the proof, when one is asked for.
    proven: Option<f64>,
}

const fn bar(name: &'static str, cut: usize, within: f64, proven: Option<f64>) -> Bar {
    Bar { name, cut: Some(cut), within, proven }
}

const BARS: [Bar; 15] = [
    bar("IA_county", 33, 1.0, Some(120.0)),
    bar("OK_county", 40, 1.0, Some(120.0)),
    bar("KS_county", 32, 1.0, Some(120.0)),
    bar("AL_county", 55, 1.0, None),
    bar("LA_county", 49, 3.0, None),
    bar("NC_county16", 84, 0.3, Some(2.0)),
    Bar { name: "SYN60", cut: None, within: 0.2, proven: Some(0.2) },
    bar("SYN80", 108, 5.0, Some(5.0)),
    bar("SYN120", 126, 3.0, Some(60.0)),
    bar("SYN300", 185, 1.0, None),
    bar("NH_tract", 26, 60.0, None),
    bar("WV_tract", 43, 60.0, None),
    bar("NE_tract", 44, 60.0, None),
    bar("UT_tract", 77, 60.0, None),
    bar("PA_tract", 483, 20.0, None),
];

/// Prints the table.
pub fn print() {
    let Some(folder) = std::env::var_os("WANGGE_INSTANCES") else {
        println!("balance, public instances: skipped, WANGGE_INSTANCES is not set");
        return;
    };
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = number("WANGGE_SEEDS").unwrap_or(10);
    let proofs = number("WANGGE_PROOF") != Some(0);
    let only = std::env::var("WANGGE_ONLY").unwrap_or_default();
    println!("| instance | to reach | seeds | median s | worst s | cut edges | proof |");
    println!("|---|---|---|---|---|---|---|");
    for bar in BARS.iter().filter(|bar| bar.name.contains(&only)) {
        let file = Path::new(&folder).join(format!("{}.json", bar.name));
        match instance(&file) {
            Some((problem, options)) => row(bar, &problem, &options, seeds, proofs),
            None => println!("| {} | not in the folder, or not a graph with bounds |", bar.name),
        }
    }
}

fn row(bar: &Bar, problem: &Problem, options: &Options, seeds: u64, proofs: bool) {
    let aim = match bar.cut {
        Some(cut) => format!("{cut} in {} s", bar.within),
        None => format!("no plan in {} s", bar.within),
    };
    let mut times = Vec::new();
    let mut found = Vec::new();
    if let Some(cut) = bar.cut {
        for seed in 1..=seeds {
            // Twice the time asked for: how far a seed falls short is of interest, too.
            let limit = Some(Duration::from_secs_f64(2.0 * bar.within));
            let run = reach(problem, &Options { seed, time_limit: limit, ..options.clone() }, cut);
            found.push(run.best);
            times.push(run.seconds);
        }
    }
    times.sort_by(f64::total_cmp);
    let in_time = times.iter().filter(|&&seconds| seconds <= bar.within).count();
    let shown = |seconds: Option<&f64>| match seconds {
        Some(seconds) if seconds.is_finite() => format!("{seconds:.2}"),
        Some(_) => "—".to_owned(),
        None => String::new(),
    };
    let cuts = match (found.iter().min(), found.iter().max()) {
        (Some(least), Some(most)) if least != most => format!("{least} to {most}"),
        (Some(least), _) => least.to_string(),
        _ => "none".to_owned(),
    };
    let proof = match bar.proven.filter(|_| proofs) {
        Some(within) => proof(bar, problem, options, within),
        None => String::new(),
    };
    println!(
        "| {} | {aim} | {in_time} of {} | {} | {} | {cuts} | {proof} |",
        bar.name,
        times.len(),
        shown(times.get(times.len() / 2)),
        shown(times.last()),
    );
}

/// How a search for so few cut edges went.
struct Run {
    seconds: f64,
    best: usize,
}

/// Searches until a plan with at most `cut` cut edges is told of.
fn reach(problem: &Problem, options: &Options, cut: usize) -> Run {
    let run = Cell::new((f64::INFINITY, usize::MAX));
    let solution = solve(problem, options, &|progress| {
        let Some(best) = progress.best else { return ControlFlow::Continue(()) };
        let (_, least) = run.get();
        if best.cut_edges <= cut {
            run.set((progress.elapsed_s, best.cut_edges));
            return ControlFlow::Break(());
        }
        run.set((f64::INFINITY, least.min(best.cut_edges)));
        ControlFlow::Continue(())
    });
    let (seconds, mut best) = run.get();
    if let Some(plan) = solution.plans.first() {
        best = best.min(plan.score.cut_edges);
    }
    let seconds = if best <= cut { seconds.min(solution.elapsed_s) } else { seconds };
    Run { seconds, best }
}

fn proof(bar: &Bar, problem: &Problem, options: &Options, within: f64) -> String {
    // What follows a proof (other plans to choose from) is not part of it: the end is when nothing
    // is left to be proven, a fifth of the limit being kept for the rest.
    let limit = Some(Duration::from_secs_f64(2.0 * within));
    let options = Options { time_limit: limit, ..options.clone() };
    let Solution { status, plans, elapsed_s, nearest, .. } =
        solve(problem, &options, &|_| ControlFlow::Continue(()));
    let bound = plans.first().and_then(|plan| plan.bound);
    let whole = format!("whole answer {elapsed_s:.2} s, {within} asked");
    match status {
        Status::Optimal => format!("proven; {whole}"),
        Status::Infeasible => {
            let off = nearest.map_or(f64::NAN, |plan| plan.score.max_deviation);
            format!("infeasible{}; nearest ±{:.2} %; {whole}", wrong(bar), 100.0 * off)
        }
        _ => format!("bound {}; {whole}", bound.map_or("—".to_owned(), |b| format!("{b:.0}"))),
    }
}

fn wrong(bar: &Bar) -> &'static str {
    if bar.cut.is_some() { ", which is false" } else { "" }
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
    Some((problem, Options { max_deviation: off, ..Options::default() }))
}

//! How the time to a first plan grows with the number of units.

use std::cell::Cell;
use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};
use wangge::balance::{Options, Problem, solve};

/// Units of a grid.
const PER_GRID: usize = 100;

/// A city of square blocks with 50 to 150 households each, as a dual graph.
fn blocks(side: usize, units: usize) -> String {
    let mut random = 11u64;
    let mut households = || {
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        50 + (random >> 33) % 101
    };
    let (mut nodes, mut adjacency) = (String::new(), String::new());
    for unit in 0..units {
        let comma = if unit > 0 { "," } else { "" };
        let _ = write!(nodes, "{comma}{{\"id\":{unit},\"TOTPOP\":{}}}", households());
        let near = [
            (unit % side > 0).then(|| unit - 1),
            ((unit + 1) % side > 0).then_some(unit + 1),
            unit.checked_sub(side),
            Some(unit + side),
        ];
        let near: Vec<String> = near
            .into_iter()
            .flatten()
            .filter(|&other| other < units)
            .map(|other| format!("{{\"id\":{other}}}"))
            .collect();
        let _ = write!(adjacency, "{comma}[{}]", near.join(","));
    }
    format!(
        "{{\"directed\":false,\"multigraph\":false,\"graph\":[],\"nodes\":[{nodes}],\"adjacency\":[{adjacency}]}}"
    )
}

/// Prints the time to a first plan within ±5 % for 1,000 to 100,000 units, and whether it grows
/// faster than n log n.
pub fn print() {
    let mut seen: Vec<(f64, f64)> = Vec::new();
    for (side, units) in [(40, 1_000), (100, 10_000), (320, 100_000)] {
        let text = blocks(side, units);
        let begun = Instant::now();
        let problem =
            Problem::from_graph_json(&text, "TOTPOP", units / PER_GRID).expect("a graph of blocks");
        let read = begun.elapsed().as_secs_f64();
        let options = Options {
            max_deviation: 0.05,
            time_limit: Some(Duration::from_secs(60)),
            ..Options::default()
        };
        let first = Cell::new(None);
        let begun = Instant::now();
        solve(&problem, &options, &|progress| {
            let Some(best) = progress.best else { return ControlFlow::Continue(()) };
            first.set(first.get().or(Some(best)));
            ControlFlow::Break(())
        });
        let seconds = begun.elapsed().as_secs_f64();
        let best = first.get().map_or("no plan within 60 s".to_owned(), |best| {
            format!("±{:.2} %, {} cut edges", 100.0 * best.max_deviation, best.cut_edges)
        });
        println!(
            "balance/{units} blocks, {} grids: first plan in {seconds:.2} s ({best}), graph read in {read:.2} s, {}",
            units / PER_GRID,
            memory()
        );
        if first.get().is_some() {
            seen.push((units as f64, seconds));
        }
    }
    // Without a plan there is no time to a plan.
    if let [(few, short), .., (many, long)] = seen[..] {
        let slope = (long / short).ln() / (many / few).ln();
        let n_log_n = ((many * many.ln()) / (few * few.ln())).ln() / (many / few).ln();
        println!("balance/growth: n^{slope:.2}; n log n is n^{n_log_n:.2} over the same range");
    }
}

/// The most memory that this process has held, where the system says.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or("peak memory unknown".to_owned(), |peak| format!("peak memory {}", peak.trim()))
}

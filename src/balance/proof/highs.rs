//! The integer program over the listed grids by HiGHS (Huangfu & Hall, *Parallelizing the dual
//! revised simplex method*, 2018), in place of the program's own exact cover: feature `highs`.
//!
//! Known weakness: HiGHS is not asked in between whether to stop; its time limit is what bounds
//! the wait.

use super::SLACK;
use super::columns::{Column, Ground, units};
use highs::{ColProblem, HighsModelStatus, Sense};

/// What HiGHS says of the grids listed.
pub(super) enum Answer {
    /// A division within the goal, by column numbers.
    Division(Vec<u32>),
    /// There is none.
    None,
    /// Its time was over, or it failed.
    Unknown,
}

/// The best division by columns that costs at most `goal`.
pub(super) fn choose(ground: &Ground, columns: &[Column], goal: f64, seconds: f64) -> Answer {
    let region = ground.region;
    let mut problem = ColProblem::new();
    let unit_rows: Vec<_> = (0..region.units()).map(|_| problem.add_row(1..=1)).collect();
    let count = problem.add_row(region.grids as f64..=region.grids as f64);
    let budget = problem.add_row(..=goal + SLACK);
    let labels: Vec<_> = (0..region.grids).map(|_| problem.add_row(..=1)).collect();
    for column in columns {
        let mut entries: Vec<_> = units(column.set).map(|u| (unit_rows[u], 1.0)).collect();
        entries.push((count, 1.0));
        entries.push((budget, column.cost));
        entries.extend(labels.get(column.label as usize).map(|&row| (row, 1.0)));
        problem.add_integer_column(column.cost, 0..=1, entries);
    }
    let Ok(mut model) = problem.try_optimise(Sense::Minimise) else { return Answer::Unknown };
    model.make_quiet();
    let options = [("time_limit", seconds), ("mip_rel_gap", 0.0), ("mip_abs_gap", SLACK / 10.0)];
    for (name, value) in options {
        if model.try_set_option(name, value).is_err() {
            return Answer::Unknown;
        }
    }
    let Ok(solved) = model.try_solve() else { return Answer::Unknown };
    match solved.status() {
        HighsModelStatus::Optimal => {
            let solution = solved.get_solution();
            let taken = solution.columns().iter().zip(0u32..).filter(|(x, _)| **x > 0.5);
            Answer::Division(taken.map(|(_, id)| id).collect())
        }
        HighsModelStatus::Infeasible => Answer::None,
        _ => Answer::Unknown,
    }
}

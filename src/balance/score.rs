//! The figures of a plan, worked out from the problem alone.

use super::matching::best_matching;
use super::problem::Problem;
use serde::Serialize;
use std::f64::consts::PI;
use utoipa::ToSchema;

/// The figures of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Score {
    /// Greatest share by which a grid's households lie off the mean.
    pub max_deviation: f64,
    /// Neighbouring pairs of units in different grids.
    pub cut_edges: usize,
    /// Metres of border between grids; `None` for a graph without lengths.
    pub border_length_m: Option<f64>,
    /// Mean over grids of 4π area / perimeter² (Polsby and Popper, 1991); `None` without
    /// geometry.
    pub mean_polsby_popper: Option<f64>,
    /// Households of units that are not in their present grid; `None` without a present plan.
    pub households_moved: Option<u64>,
    /// Communities of which some grid also holds units of another community.
    pub communities_split: usize,
    /// Whether every grid is one piece (an empty grid is none).
    pub contiguous: bool,
    /// The grids, in the order of [`Problem::grids`].
    pub grids: Vec<GridScore>,
}

/// The figures of one grid of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct GridScore {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Households.
    pub households: u64,
    /// Share by which the households lie off the mean: −0.12 for 12 % below.
    pub deviation: f64,
    /// Households of the present grid of this code; `None` for a new grid.
    pub present_households: Option<u64>,
    /// Number of units.
    pub units: usize,
    /// Whether it is one piece.
    pub contiguous: bool,
    /// Area in square metres.
    pub area_m2: Option<f64>,
    /// 4π area / perimeter².
    pub polsby_popper: Option<f64>,
}

/// Sums over the units of one grid.
#[derive(Clone, Default)]
struct Sums {
    households: u64,
    units: usize,
    area_m2: Option<f64>,
    perimeter_m: Option<f64>,
    pieces: usize,
}

/// The figures of the plan that gives unit `u` to grid `assignment[u]`. A unit whose entry is
/// missing or names no grid counts as unassigned: it is in no grid, and cut off from all
/// neighbours. O(units + edges).
pub fn score(problem: &Problem, assignment: &[u32]) -> Score {
    let k = problem.number_of_grids();
    let owner: Vec<u32> = (0..problem.units().len())
        .map(|u| assignment.get(u).copied().filter(|&g| (g as usize) < k).unwrap_or(u32::MAX))
        .collect();
    let sums = sum_up(problem, &owner);
    let mean = problem.mean_households();
    let mut present = vec![0u64; k];
    for unit in problem.units() {
        if let Some(grid) = unit.present {
            present[grid as usize] += unit.households;
        }
    }
    let labels = problem.labels_of(&owner);
    let grids: Vec<GridScore> = (sums.iter().zip(labels).zip(&present).enumerate())
        .map(|(index, ((sum, label), &present))| GridScore {
            code: label.code,
            name: label.name,
            households: sum.households,
            deviation: sum.households as f64 / mean - 1.0,
            present_households: (index < problem.existing).then_some(present),
            units: sum.units,
            contiguous: sum.pieces == 1,
            area_m2: sum.area_m2,
            polsby_popper: polsby_popper(sum),
        })
        .collect();
    let cut = problem.graph().edges().iter().filter(|e| is_cut(&owner, e.a, e.b));
    let moved = problem.units().iter().zip(&owner);
    let moved = moved.filter(|(unit, grid)| unit.present.is_some_and(|home| home != **grid));
    let shapes: Option<Vec<f64>> = grids.iter().map(|grid| grid.polsby_popper).collect();
    Score {
        max_deviation: grids.iter().map(|grid| grid.deviation.abs()).fold(0.0, f64::max),
        cut_edges: cut.clone().count(),
        border_length_m: problem.has_lengths().then(|| cut.filter_map(|e| e.length_m).sum()),
        mean_polsby_popper: shapes.map(|all| all.iter().sum::<f64>() / k as f64),
        households_moved: problem.has_present().then(|| moved.map(|(u, _)| u.households).sum()),
        communities_split: communities_split(problem, &owner),
        contiguous: grids.iter().all(|grid| grid.contiguous),
        grids,
    }
}

/// Whether an edge lies between grids.
fn is_cut(owner: &[u32], a: u32, b: u32) -> bool {
    let (a, b) = (owner[a as usize], owner[b as usize]);
    a != b || a == u32::MAX
}

fn sum_up(problem: &Problem, owner: &[u32]) -> Vec<Sums> {
    let start = Sums { area_m2: Some(0.0), perimeter_m: Some(0.0), ..Sums::default() };
    let mut sums = vec![start; problem.number_of_grids()];
    for (unit, &grid) in problem.units().iter().zip(owner) {
        let Some(sum) = sums.get_mut(grid as usize) else { continue };
        sum.households += unit.households;
        sum.units += 1;
        sum.area_m2 = sum.area_m2.zip(unit.area_m2).map(|(a, b)| a + b);
        sum.perimeter_m = sum.perimeter_m.zip(unit.outer_border_m).map(|(a, b)| a + b);
    }
    for edge in problem.graph().edges().iter().filter(|e| is_cut(owner, e.a, e.b)) {
        for end in [edge.a, edge.b] {
            if let Some(sum) = sums.get_mut(owner[end as usize] as usize) {
                sum.perimeter_m = sum.perimeter_m.zip(edge.length_m).map(|(a, b)| a + b);
            }
        }
    }
    let (piece, pieces) = problem.graph().pieces(|u| owner[u]);
    let mut counted = vec![false; pieces];
    for (u, &p) in piece.iter().enumerate() {
        if !std::mem::replace(&mut counted[p as usize], true)
            && let Some(sum) = sums.get_mut(owner[u] as usize)
        {
            sum.pieces += 1;
        }
    }
    sums
}

fn polsby_popper(sum: &Sums) -> Option<f64> {
    let (area, perimeter) = (sum.area_m2?, sum.perimeter_m?);
    (perimeter > 0.0).then(|| 4.0 * PI * area / (perimeter * perimeter))
}

/// Of each grid, whether it lies in more than one community.
pub(super) fn mixed_grids(problem: &Problem, owner: &[u32]) -> Vec<bool> {
    let mut first: Vec<Option<u32>> = vec![None; problem.number_of_grids()];
    let mut mixed = vec![false; problem.number_of_grids()];
    for (unit, &grid) in problem.units().iter().zip(owner) {
        if let (Some(community), Some(seen)) = (unit.community, first.get_mut(grid as usize)) {
            mixed[grid as usize] |= *seen.get_or_insert(community) != community;
        }
    }
    mixed
}

fn communities_split(problem: &Problem, owner: &[u32]) -> usize {
    let mixed = mixed_grids(problem, owner);
    let mut split = vec![false; problem.communities().len()];
    for (unit, &grid) in problem.units().iter().zip(owner) {
        if let Some(community) = unit.community {
            split[community as usize] |= mixed.get(grid as usize).copied().unwrap_or(false);
        }
    }
    split.iter().filter(|&&is| is).count()
}

/// Renames the grids of a plan so that as many households as possible keep their present grid:
/// an assignment problem between the plan's grids and the present ones.
pub(super) fn match_to_present(problem: &Problem, owner: &mut [u32]) {
    let k = problem.number_of_grids();
    if problem.existing == 0 {
        return;
    }
    let mut kept = vec![vec![0i64; k]; k];
    for (unit, &grid) in problem.units().iter().zip(owner.iter()) {
        if let Some(home) = unit.present {
            // A unit without households still prefers its present grid, when nothing else says.
            kept[grid as usize][home as usize] += unit.households as i64 * 1024 + 1;
        }
    }
    // A grid that holds a locked unit keeps its code, whatever all else says.
    let all: i64 = kept.iter().flatten().sum::<i64>() + 1;
    let mut held = vec![vec![false; k]; k];
    for (unit, &grid) in owner.iter().enumerate() {
        let fixed = problem.rules.fixed(unit) as usize;
        if fixed < k && !std::mem::replace(&mut held[grid as usize][fixed], true) {
            kept[grid as usize][fixed] += all;
        }
    }
    let place = best_matching(&kept);
    for grid in owner.iter_mut() {
        *grid = place[*grid as usize] as u32;
    }
}

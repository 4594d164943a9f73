//! Proofs: the best division of a region, and that there is no better one.
//!
//! 1. [`columns`]: enumerate every feasible grid, a connected set of units within the bounds
//!    that leaves something divisible over.
//! 2. [`master`]: the linear relaxation of choosing K of them that hold each unit once; columns
//!    are brought in by reduced cost.
//! 3. Reduced-cost fixing: a column that cannot be in a plan better than the best one known is
//!    dropped. Often nothing is left, or a few hundred.
//! 4. [`cover`]: an exact-cover search over what is left; where too much is left, [`branch`]
//!    splits on whether two neighbours share a grid (Ryan and Foster, 1981).
//!
//! Cut edges, border length, inertia and households moved are all costs of a column, so one
//! method proves them all.
//!
//! ## Known weaknesses
//! Regions of more than 128 units are not proven, nor those with more feasible grids than the
//! limit; a grid of 25 units has too many forms to list.

mod branch;
mod columns;
mod cover;
mod master;
mod sweep;

use super::search::region::Region;
use super::search::restart::Found;
use branch::Branch;
use columns::{Column, Ground};

/// How much work a proof may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Feasible grids listed.
    pub columns: usize,
    /// Connected sets visited on the way.
    pub visits: u64,
    /// Pivots of the simplex method.
    pub pivots: u64,
    /// Nodes of the search.
    pub nodes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { columns: 2_000_000, visits: 12_000_000, pivots: 200_000, nodes: 20_000_000 }
    }
}

/// What was proven of a region.
#[derive(Clone, Debug)]
pub struct Proof {
    /// No division of the region costs less; infinite when there is none at all.
    pub bound: f64,
    /// Whether the best division known, or `better`, is optimal (or that there is none).
    pub complete: bool,
    /// A division that is better than the one known before.
    pub better: Option<Found>,
}

/// Tries to prove the best division of a region, `known` being the best found so far. `None`
/// when the region is too large to begin, or the work ran out before any bound was there.
pub(super) fn prove(
    region: &Region,
    known: Option<&Found>,
    limits: &Limits,
    stop: &dyn Fn() -> bool,
) -> Option<Proof> {
    // The number of connected sets of m units grows about like 4.5 to the m: a guess that saves
    // the listing of what cannot be listed.
    let (n, per_grid) = (region.units() as f64, region.units() as f64 / region.grids as f64);
    if (n * 4.5f64.powf(per_grid)).min(2f64.powf(n)) > 10.0 * limits.visits as f64 {
        return None;
    }
    let ground = Ground::new(region)?;
    let columns = list_columns(&ground, limits, stop)?;
    let mut branch = Branch::new(&ground, columns, known, *limits);
    Some(branch.run(stop))
}

/// Every column of the region; `None` when there are more than the limits allow, or it is time
/// to stop.
fn list_columns(ground: &Ground, limits: &Limits, stop: &dyn Fn() -> bool) -> Option<Vec<Column>> {
    let mut columns = Vec::new();
    let mut visits = limits.visits;
    for root in 0..ground.region.units() {
        let mut met = 0u32;
        let whole = ground.each_from(root, &mut visits, &mut |set, cut| {
            ground.columns(set, cut, |column| columns.push(column));
            met = met.wrapping_add(1);
            columns.len() <= limits.columns && (met & 0xfff != 0 || !stop())
        });
        if !whole {
            return None;
        }
    }
    Some(columns)
}

pub fn sweep_prove(region: &Region, known: Option<&Found>) -> Option<Proof> {
    sweep::prove(region, known, &sweep::SweepLimits { states: 100_000_000, arcs: 60_000_000, units: 1000 }, &|| false)
}

//! Proofs: the best division of a region, and that there is no better one.
//!
//! Two methods, each strong where the other is weak; both settle cut edges, border length and
//! households moved:
//!
//! - Many small grids: a set-partition problem, K connected sets within the bounds that hold each
//!   unit once.
//!   1. [`root`]: its linear relaxation ([`master`]) over all feasible grids, which are never
//!      listed: [`price`] grows those of least reduced cost and gives up what cannot become one.
//!   2. Reduced-cost fixing: only the grids that can be in a division better than the best one
//!      known are listed. Of fifty million there may be eight hundred left.
//!   3. [`cover`]: an exact-cover search over these; where they are too many, [`branch`] splits
//!      on whether two neighbours share a grid (Ryan and Foster, 1981). With the feature `highs`
//!      the HiGHS solver does this step.
//! - Few large grids: [`sweep`], a search over what the front between the units met and those
//!   still to be met must remember.
//!
//! ## Known weaknesses
//! The first method takes regions of up to 128 units; above about ten units a grid, the sets that
//! must be grown are too many. The second takes a front of up to 32 units, and in practice of
//! about twenty where few edges are cut. Inertia and the cost of grids in more than one community
//! are proven by the first only; of the latter the second gives a bound.

mod branch;
mod columns;
mod cover;
#[cfg(feature = "highs")]
mod highs;
mod master;
mod price;
mod root;
mod sweep;

use super::search::partition::Partition;
use super::search::region::Region;
use super::search::restart::Found;
use branch::Branch;
use columns::Ground;

/// Slack for rounding in comparisons of costs.
const SLACK: f64 = 1e-6;
/// Units a grid up to which the set-partition method is tried first.
const SMALL: usize = 9;
/// Units a grid up to which it is tried at all.
const LARGE: usize = 12;

/// How much work a proof may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Grids listed after reduced-cost fixing.
    pub columns: usize,
    /// Connected sets grown.
    pub visits: u64,
    /// Pivots of the simplex method.
    pub pivots: u64,
    /// Nodes of the search.
    pub nodes: u64,
    /// States of sweeps.
    pub states: u64,
    /// Arcs that a sweep keeps at a time, 12 bytes each.
    pub arcs: usize,
    /// Threads for pricing; the result does not depend on it.
    pub threads: usize,
}

impl Limits {
    /// The limits of an attempt: each level has four times the work of the one before.
    pub fn level(level: u32, threads: usize) -> Self {
        let times = 4u64.saturating_pow(level);
        Self {
            columns: 1_500_000,
            visits: 16_000_000u64.saturating_mul(times),
            pivots: 30_000u64.saturating_mul(times),
            nodes: 2_000_000u64.saturating_mul(times),
            states: 1_500_000u64.saturating_mul(times),
            arcs: 60_000_000,
            threads,
        }
    }
}

/// What was proven of a region.
#[derive(Clone, Debug)]
pub(super) struct Proof {
    /// No division of the region costs less; infinite when there is none at all.
    pub bound: f64,
    /// Whether the best division known, or `better`, is optimal (or that there is none).
    pub complete: bool,
    /// A division that is better than the one known before.
    pub better: Option<Found>,
}

/// Tries to prove the best division of a region. `found` are the best known, best first; `bound`
/// is proven already. `None` when the region suits no method.
pub(super) fn prove(
    region: &Region,
    found: &[Found],
    bound: f64,
    mut limits: Limits,
    stop: &(dyn Fn() -> bool + Sync),
) -> Option<Proof> {
    let per_grid = region.units().div_ceil(region.grids.max(1));
    let small = per_grid <= SMALL && !region.has_homes;
    let mut best: Option<Proof> = None;
    for by_partition in [small, !small] {
        let bound = best.as_ref().map_or(bound, |proof| proof.bound.max(bound));
        let proof = if by_partition {
            let only = region.moments.is_some() || region.side.is_some();
            if per_grid > LARGE && !only && region.communities.is_none() {
                continue;
            }
            partition(region, found, &mut limits, stop)
        } else {
            by_sweep(region, found.first(), bound, &limits, stop)
        };
        if proof.as_ref().is_some_and(|proof| proof.complete) {
            return proof;
        }
        // Where the set-partition method is strong and yet too slow, sweeps are hopeless.
        if by_partition && small && proof.is_some() {
            return proof;
        }
        let better = |proof: &Proof| best.as_ref().is_none_or(|best| proof.bound > best.bound);
        if let Some(proof) = proof.filter(better) {
            best = Some(proof);
        }
    }
    best
}

/// The method of sweeps. What grids in more than one community cost is no sum over edges: there
/// the sweep goes without, and its optimum is a bound.
fn by_sweep(
    region: &Region,
    known: Option<&Found>,
    bound: f64,
    limits: &Limits,
    stop: &dyn Fn() -> bool,
) -> Option<Proof> {
    if region.communities.is_none() {
        return sweep::prove(region, known, bound, limits, stop);
    }
    let free = Region { communities: None, ..region.clone() };
    let priced = |region: &Region, owner: &[u32]| {
        let cost = Partition::new(region, owner.to_vec()).cost;
        Found { owner: owner.to_vec(), cost }
    };
    let known = known.map(|known| priced(&free, &known.owner));
    let mut proof = sweep::prove(&free, known.as_ref(), 0.0, limits, stop)?;
    proof.complete &= proof.bound.is_infinite();
    proof.better = proof.better.map(|better| priced(region, &better.owner));
    Some(proof)
}

/// The set-partition method.
fn partition(
    region: &Region,
    found: &[Found],
    limits: &mut Limits,
    stop: &(dyn Fn() -> bool + Sync),
) -> Option<Proof> {
    let ground = Ground::new(region)?;
    let mut branch = Branch::new(&ground, found.first(), limits);
    let root = root::relax(&ground, found, branch.goal(), limits, stop);
    match root.columns {
        Some(columns) => Some(branch.run(columns, limits, stop)),
        None => {
            let bound = if branch.is_whole() { (root.bound - SLACK).ceil() } else { root.bound };
            Some(Proof { bound: bound.max(0.0), complete: false, better: None })
        }
    }
}

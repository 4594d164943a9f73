//! The proof for few large grids: sweeps over the units that keep only what the front must know.
//!
//! A division is made unit by unit, in an order in which few units have neighbours still to be
//! met (the *front*; the dual graph of a hundred counties can be swept with a front of nine).
//! What matters of the units behind is small: which units on the front hang together, which
//! pieces were cut apart, the households of each piece, the number of complete grids. This is
//! frontier-based search (Kawahara, Inoue, Iwashita and Minato, *Frontier-based search for
//! enumerating all constrained subgraphs with compressed representation*, 2017; for balanced
//! partitions Kawahara, Horiyama, Hotta and Minato, *Generating all patterns of graph partitions
//! within a disparity bound*, WALCOM 2017), with two changes:
//!
//! - States whose households differ by less than a *bucket* are merged into one that allows the
//!   span from the least to the most: a relaxed decision diagram (Andersen, Hadzic, Hooker and
//!   Tiedemann, 2007), whose cheapest way bounds every division from below. Sweeps are repeated
//!   with ever finer buckets ([`WIDTHS`]), and each leaves out what the one before has shown to
//!   end above the goal. The last has whole households, so what is left are divisions.
//! - The goal rises from well below the best division known, since the number of states grows by
//!   about a half with every cut edge: each goal that is excluded is a bound, and the last costs
//!   about as much as all before.
//!
//! Side conditions are not carried along: divisions that break one are among those swept, so that
//! what is excluded stays excluded, and the cheapest is a division or a bound.
//!
//! With homes, states carry the present grid that each piece continues instead of what was cut
//! apart.

mod decode;
mod expand;
mod order;
mod pass;
mod state;
mod steps;

use super::{Limits, Proof};
use crate::balance::search::partition::Partition;
use crate::balance::search::region::Region;
use crate::balance::search::restart::Found;
use order::order;
use pass::{NEVER, Purse, sweep};
use steps::{Course, SLOTS};

/// Widths of the buckets of successive sweeps, as shares of the most households of a grid; after
/// these, single households.
const WIDTHS: [f64; 8] = [2.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001];
/// The first goal, as a share of the best cost known.
const FIRST_GOAL: f64 = 0.3;
/// Units beyond which no order is sought.
const UNITS: usize = 1000;
/// How much a goal is above the one before.
const RISE: f64 = 1.2;

/// How the search for divisions within a goal ended.
enum Ended {
    /// There is none; whether nothing was left out for its cost, so that there is none at all.
    Excluded(bool),
    /// The cheapest.
    Found(Vec<u32>),
    /// The purse was empty.
    Exhausted,
}

/// Tries to prove the best division of a region, `known` being the best found so far and `bound`
/// what is proven already. `None` when the region is not suited.
pub(super) fn prove(
    region: &Region,
    known: Option<&Found>,
    bound: f64,
    limits: &Limits,
    stop: &dyn Fn() -> bool,
) -> Option<Proof> {
    if region.units() > UNITS {
        return None;
    }
    let course = Course::new(region, &order(region, SLOTS)?)?;
    let mut purse = Purse { states: limits.states, arcs: limits.arcs };
    let known_cost = known.map(|known| course.cost(&known.owner));
    // Nothing that costs as much as what is known is of use.
    let last = known_cost.map_or(course.dearest, |cost| cost.saturating_sub(1));
    let first =
        known_cost.map_or(course.dearest / 10, |cost| (f64::from(cost) * FIRST_GOAL) as u32);
    let mut bound = (bound / course.tick).min(f64::from(last)) as u32;
    let rise = |goal: u32| {
        let next = ((f64::from(goal) * RISE) as u32).max(goal + 1);
        if f64::from(next) * RISE.sqrt() > f64::from(last) { last } else { next }
    };
    let mut goal = if bound > first { rise(bound - 1) } else { first };
    let proof = |bound: u32, complete, better| {
        let bound = if complete {
            known.map_or(f64::INFINITY, |known| known.cost)
        } else {
            f64::from(bound) * course.tick
        };
        Some(Proof { bound, complete, better })
    };
    if known_cost == Some(0) {
        return proof(0, true, None);
    }
    loop {
        goal = goal.min(last);
        match course.within(goal, &mut purse, stop) {
            Ended::Exhausted => return proof(bound, false, None),
            Ended::Found(owner) => {
                let better = course.found(owner);
                // The cheapest of all divisions breaks a side condition: only a bound.
                if Partition::new(region, better.owner.clone()).excess != 0 {
                    let bound = f64::from(bound).max(f64::from(course.cost(&better.owner)));
                    return Some(Proof {
                        bound: bound * course.tick,
                        complete: false,
                        better: None,
                    });
                }
                return Some(Proof { bound: better.cost, complete: true, better: Some(better) });
            }
            Ended::Excluded(all) if all || goal == last => return proof(goal + 1, true, None),
            Ended::Excluded(_) => bound = goal + 1,
        }
        goal = rise(goal);
    }
}

impl Course<'_> {
    /// The cheapest division within `goal` ticks.
    fn within(&self, goal: u32, purse: &mut Purse, stop: &dyn Fn() -> bool) -> Ended {
        let (mut coarse, mut all) = (None, true);
        let widths = WIDTHS.iter().map(|width| (width * f64::from(self.upper)) as u32);
        for bucket in widths.chain([1]) {
            let bucket = bucket.max(1);
            let Some(pass) = sweep(self, bucket, goal, coarse.as_ref(), purse, stop) else {
                return Ended::Exhausted;
            };
            all &= !pass.cut_off;
            if pass.least() == NEVER {
                return Ended::Excluded(all);
            }
            // The cheapest way of a relaxed diagram that happens to be a division is the
            // cheapest division.
            if let Some(owner) = self.decode(&pass) {
                return Ended::Found(owner);
            }
            coarse = Some(pass);
        }
        Ended::Exhausted
    }
}

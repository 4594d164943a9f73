//! Pricing in process: the feasible grids of small reduced cost, without a list of all.
//!
//! Connected sets are grown from each lowest unit as [`Ground::each_from`] does, but a set is
//! given up when nothing that it can still become is cheap enough. Units added later save at most
//! their duals, bounded by a knapsack of the households that are left over the units in reach,
//! and at most half the cost of the edges that now leave the set for units not passed over.

use super::columns::{Column, Ground, NO_LABEL, Set, Whole, units};
use super::master::Duals;
use crate::balance::search::region::NOWHERE;
use std::sync::atomic::{AtomicU64, Ordering};

/// Steps of the table of a knapsack.
const STEPS: usize = 64;

/// Prices one lowest unit and one label at a time.
pub(super) struct Pricer<'g> {
    ground: &'g Ground<'g>,
    duals: &'g Duals,
    /// Only columns of at most this reduced cost are wanted.
    threshold: f64,
    effort: &'g Effort<'g>,
    /// Connected sets met since the effort was last told.
    untold: u64,
}

/// The connected sets that several threads may meet together. Whether they suffice does not
/// depend on the threads: it is the sum that counts.
pub(super) struct Effort<'g> {
    spent: AtomicU64,
    most: u64,
    stop: &'g (dyn Fn() -> bool + Sync),
}

impl<'g> Effort<'g> {
    /// An effort of at most so many sets.
    pub fn new(most: u64, stop: &'g (dyn Fn() -> bool + Sync)) -> Self {
        Self { spent: AtomicU64::new(0), most, stop }
    }

    /// Sets met so far.
    pub fn spent(&self) -> u64 {
        self.spent.load(Ordering::Relaxed)
    }

    /// Adds to what was spent; whether to go on.
    fn tell(&self, sets: u64) -> bool {
        self.spent.fetch_add(sets, Ordering::Relaxed) + sets <= self.most && !(self.stop)()
    }
}

/// Connected sets met between two looks at what others have spent.
const TELL: u64 = 4096;

/// A set on its way, with what is known of its reduced cost.
#[derive(Clone, Copy)]
struct Growing {
    set: Set,
    weight: i64,
    /// Cost of the cut edges.
    cut: f64,
    /// Cost of the edges to units passed over: cut for good.
    lost: f64,
    /// Duals of its units, less what standing away from home costs.
    gain: f64,
    whole: Whole,
}

/// What is the same for all sets of one lowest unit and label.
struct Frame<'f> {
    label: u32,
    /// What each unit brings: its dual, less the cost of its standing away from home.
    value: &'f [f64],
    /// Duals of the number of grids and of the label.
    constant: f64,
    /// The most that units in reach can bring within so many steps of households.
    knapsack: &'f [f64; STEPS + 2],
    /// Steps in a household.
    per_step: f64,
}

impl<'g> Pricer<'g> {
    /// A pricer of columns whose reduced cost is at most `threshold`.
    pub fn new(
        ground: &'g Ground<'g>,
        duals: &'g Duals,
        threshold: f64,
        effort: &'g Effort<'g>,
    ) -> Self {
        Self { ground, duals, threshold, effort, untold: 0 }
    }

    /// Calls `visit` with every wanted column whose lowest unit is `root`, and its reduced cost;
    /// `visit` may lower the threshold by what it answers. Whether the visits sufficed.
    pub fn each_from(&mut self, root: usize, visit: &mut impl FnMut(Column, f64) -> f64) -> bool {
        let region = self.ground.region;
        if region.weight[root] > region.upper {
            return true;
        }
        let reach = self.reach(root);
        let labels = if self.ground.homes { region.grids as u32 } else { 0 };
        for label in (0..labels).chain([NO_LABEL]) {
            let value: Vec<f64> = (0..region.units())
                .map(|u| {
                    let home = region.home[u];
                    let away = self.ground.homes && home != NOWHERE && home != label;
                    self.duals.unit[u] - if away { region.home_cost[u] } else { 0.0 }
                })
                .collect();
            let mut constant = self.duals.count;
            if label != NO_LABEL {
                constant += self.duals.label[label as usize];
            }
            let below: Set = (1 << root) - 1;
            let knapsack = self.knapsack(reach & !(below | 1 << root), below | !reach, &value);
            let per_step = STEPS as f64 / region.upper.max(1) as f64;
            let frame = Frame { label, value: &value, constant, knapsack: &knapsack, per_step };
            let set: Set = 1 << root;
            let passed: Set = set - 1;
            let mut whole = Whole::default();
            whole.add(self.ground, root);
            let start = Growing {
                set,
                weight: region.weight[root],
                cut: self.ground.edge_cost(root, Set::MAX),
                lost: self.ground.edge_cost(root, passed),
                gain: value[root],
                whole,
            };
            let open = self.ground.near[root] & !passed & reach;
            if !self.grow(&frame, start, open, passed | !reach, visit) {
                return false;
            }
        }
        let untold = std::mem::take(&mut self.untold);
        self.effort.tell(untold)
    }

    fn grow(
        &mut self,
        frame: &Frame,
        grown: Growing,
        mut open: Set,
        mut passed: Set,
        visit: &mut impl FnMut(Column, f64) -> f64,
    ) -> bool {
        self.untold += 1;
        if self.untold == TELL {
            self.untold = 0;
            if !self.effort.tell(TELL) {
                return false;
            }
        }
        let region = self.ground.region;
        let whole = grown.whole.cost(self.ground);
        let reduced = grown.cut / 2.0 + whole - grown.gain - frame.constant;
        if grown.weight >= region.lower
            && reduced <= self.threshold
            && self.ground.allows(grown.set, frame.label)
            && self.ground.leaves_shares(grown.set)
        {
            let cost = reduced + self.duals_of(grown.set, frame);
            let column = Column { set: grown.set, cost, label: frame.label };
            self.threshold = visit(column, reduced);
        }
        let left = region.upper - grown.weight;
        let most = frame.knapsack[(left as f64 * frame.per_step) as usize + 1];
        let fixed = whole - grown.gain - frame.constant - most;
        let mut lost = grown.lost;
        while open != 0 {
            // Whatever the set becomes: edges to units passed over stay cut.
            if fixed + lost / 2.0 > self.threshold {
                return true;
            }
            let unit = open.trailing_zeros() as usize;
            let bit: Set = 1 << unit;
            open &= !bit;
            let weight = grown.weight + region.weight[unit];
            let inside = self.ground.edge_cost(unit, grown.set);
            if weight <= region.upper {
                let near = self.ground.near[unit];
                let mut whole = grown.whole;
                whole.add(self.ground, unit);
                let next = Growing {
                    set: grown.set | bit,
                    weight,
                    cut: grown.cut + self.ground.degree_cost(unit) - 2.0 * inside,
                    lost: lost + self.ground.edge_cost(unit, passed),
                    gain: grown.gain + frame.value[unit],
                    whole,
                };
                let wider = open | (near & !passed & !grown.set & !bit);
                if !self.grow(frame, next, wider, passed, visit) {
                    return false;
                }
            }
            passed |= bit;
            lost += inside;
        }
        true
    }

    /// The part of a column's cost that its duals pay.
    fn duals_of(&self, set: Set, frame: &Frame) -> f64 {
        let label =
            if frame.label == NO_LABEL { 0.0 } else { self.duals.label[frame.label as usize] };
        units(set).map(|u| self.duals.unit[u]).sum::<f64>() + self.duals.count + label
    }

    /// The units that a grid with the lowest unit `root` can hold: those that a way of few enough
    /// households leads to.
    fn reach(&self, root: usize) -> Set {
        let region = self.ground.region;
        let mut distance = vec![i64::MAX; region.units()];
        distance[root] = region.weight[root];
        let mut todo = std::collections::BTreeSet::from([(distance[root], root)]);
        let mut reach: Set = 0;
        while let Some((far, u)) = todo.pop_first() {
            reach |= 1 << u;
            for &v in region.neighbours(u) {
                let v = v as usize;
                let further = far + region.weight[v];
                if v > root && further <= region.upper && further < distance[v] {
                    todo.remove(&(distance[v], v));
                    distance[v] = further;
                    todo.insert((further, v));
                }
            }
        }
        reach
    }

    /// The most that `members` can bring within 0, 1, 2, … steps of households, by taking
    /// fractions of units; their edges to units in `passed` are cut.
    fn knapsack(&self, members: Set, passed: Set, value: &[f64]) -> [f64; STEPS + 2] {
        let region = self.ground.region;
        let mut items: Vec<(f64, f64)> = units(members)
            .map(|u| (value[u] - self.ground.edge_cost(u, passed) / 2.0, region.weight[u] as f64))
            .filter(|item| item.0 > 0.0)
            .collect();
        items.sort_by(|a, b| (b.0 * a.1).total_cmp(&(a.0 * b.1)));
        let step = (region.upper.max(1) as f64) / STEPS as f64;
        let mut table = [0.0; STEPS + 2];
        for (index, most) in table.iter_mut().enumerate() {
            let mut left = index as f64 * step;
            for &(value, weight) in &items {
                if weight <= left {
                    *most += value;
                    left -= weight;
                } else {
                    *most += value * left / weight;
                    break;
                }
            }
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::balance::examples::ladder;

    fn duals(region: &crate::balance::search::region::Region, seed: u64) -> Duals {
        let mut rng = crate::balance::search::rng::Rng::new(seed, 0);
        let unit = (0..region.units()).map(|_| 3.0 * rng.unit() - 0.5).collect();
        Duals { unit, count: -1.0, label: Vec::new() }
    }

    #[test]
    fn exactly_the_grids_of_small_reduced_cost_are_met_each_once() {
        let region = ladder(5, 3, 0.5);
        let ground = Ground::new(&region).expect("few units");
        for (seed, threshold) in [(1, f64::INFINITY), (2, 0.0), (3, -1.0), (4, 0.7)] {
            let duals = duals(&region, seed);
            let mut met = Vec::new();
            let effort = Effort::new(u64::MAX, &|| false);
            let mut pricer = Pricer::new(&ground, &duals, threshold, &effort);
            for root in 0..region.units() {
                assert!(pricer.each_from(root, &mut |column, reduced| {
                    met.push((column.set, column.cost, reduced));
                    threshold
                }));
            }
            met.sort_unstable_by_key(|m| m.0);
            let mut expected = Vec::new();
            for set in 1..1u128 << region.units() {
                let weight = ground.weight(set);
                let within = weight >= region.lower && weight <= region.upper;
                if within && ground.connected(set) && ground.leaves_shares(set) {
                    let column = Column { set, cost: ground.cut(set) / 2.0, label: NO_LABEL };
                    let reduced = duals.reduced_cost(&column);
                    if reduced <= threshold {
                        expected.push((set, column.cost, reduced));
                    }
                }
            }
            assert!(!expected.is_empty());
            assert_eq!(met.len(), expected.len(), "threshold {threshold}");
            for (a, b) in met.iter().zip(&expected) {
                assert!(a.0 == b.0 && (a.1 - b.1).abs() < 1e-9 && (a.2 - b.2).abs() < 1e-9);
            }
        }
    }
}

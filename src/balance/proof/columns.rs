//! Every feasible grid of a region: connected sets of units within the bounds.

use crate::balance::search::region::{NOWHERE, Region};

/// Units of a region as bits.
pub(super) type Set = u128;

/// Most units of a region that can be proven.
const MOST_UNITS: usize = Set::BITS as usize;

/// No present grid: the label of a column that keeps nobody at home.
pub(super) const NO_LABEL: u32 = NOWHERE;

/// A grid that a plan could have: the column of a set-partition problem.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    /// Its units.
    pub set: Set,
    /// Its share of the objective: half the cost of its cut edges, its inertia, its units away
    /// from home.
    pub cost: f64,
    /// The present grid that it continues, or [`NO_LABEL`].
    pub label: u32,
}

/// A region in bits.
#[derive(Debug)]
pub(super) struct Ground<'r> {
    /// The region.
    pub region: &'r Region,
    /// All units.
    pub all: Set,
    /// Neighbours of each unit.
    pub near: Vec<Set>,
    /// Cost of all edges of each unit.
    degree_cost: Vec<f64>,
    /// Whether every edge costs 1.
    unit_costs: bool,
    /// Whether any unit's home counts.
    pub homes: bool,
}

/// The units of a set.
pub(super) fn units(mut set: Set) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (set != 0).then(|| {
            let unit = set.trailing_zeros() as usize;
            set &= set - 1;
            unit
        })
    })
}

impl<'r> Ground<'r> {
    /// The region in bits; `None` for one of too many units.
    pub fn new(region: &'r Region) -> Option<Self> {
        let n = region.units();
        if n > MOST_UNITS {
            return None;
        }
        let bits = |u: usize| region.neighbours(u).iter().fold(0, |set, &v| set | (1 << v));
        Some(Self {
            region,
            all: if n == MOST_UNITS { Set::MAX } else { (1 << n) - 1 },
            near: (0..n).map(bits).collect(),
            degree_cost: (0..n).map(|u| region.costs[region.slots(u)].iter().sum()).collect(),
            unit_costs: region.costs.iter().all(|&cost| cost == 1.0),
            homes: region
                .home_cost
                .iter()
                .zip(&region.home)
                .any(|(&c, &h)| c > 0.0 && h != NOWHERE),
        })
    }

    /// Change of the cut cost of `set` when `unit` joins it.
    fn joining(&self, set: Set, unit: usize) -> f64 {
        if self.unit_costs {
            return self.degree_cost[unit] - 2.0 * f64::from((self.near[unit] & set).count_ones());
        }
        let slots = self.region.slots(unit);
        let inside = slots.filter(|&slot| set >> self.region.targets[slot] & 1 == 1);
        self.degree_cost[unit] - 2.0 * inside.map(|slot| self.region.costs[slot]).sum::<f64>()
    }

    /// The columns of a set whose cut edges cost `cut`: one, or one for each present grid that it
    /// could continue.
    pub fn columns(&self, set: Set, cut: f64, mut emit: impl FnMut(Column)) {
        let region = self.region;
        let allowed = |label| region.side.as_ref().is_none_or(|side| side.allows(set, label));
        let mut emit = |column: Column| {
            if allowed(column.label) {
                emit(column);
            }
        };
        let mut cost = cut / 2.0;
        if let Some(moments) = &region.moments {
            let sum = units(set)
                .fold([0.0; 4], |sum, u| std::array::from_fn(|i| sum[i] + moments.unit[u][i]));
            if sum[0] > 0.0 {
                cost += sum[3] - (sum[1] * sum[1] + sum[2] * sum[2]) / sum[0];
            }
        }
        if !self.homes {
            return emit(Column { set, cost, label: NO_LABEL });
        }
        let mut kept: Vec<(u32, f64)> = Vec::new();
        for u in units(set).filter(|&u| region.home[u] != NOWHERE) {
            cost += region.home_cost[u];
            match kept.iter_mut().find(|(label, _)| *label == region.home[u]) {
                Some((_, saved)) => *saved += region.home_cost[u],
                None => kept.push((region.home[u], region.home_cost[u])),
            }
        }
        emit(Column { set, cost, label: NO_LABEL });
        for (label, saved) in kept {
            emit(Column { set, cost: cost - saved, label });
        }
    }

    /// The part of `inside` that is connected with `start`, a subset of it.
    fn flood(&self, start: Set, inside: Set) -> Set {
        let (mut reached, mut frontier) = (start, start);
        while frontier != 0 {
            let next = units(frontier).fold(0, |next, u| next | self.near[u]) & inside & !reached;
            reached |= next;
            frontier = next;
        }
        reached
    }

    /// Households of a set.
    pub fn weight(&self, set: Set) -> i64 {
        units(set).map(|u| self.region.weight[u]).sum()
    }

    /// Whether what a grid leaves over can still be divided, by arithmetic: each piece has
    /// households and units for some number of grids, and the numbers can add up.
    pub fn leaves_shares(&self, set: Set) -> bool {
        let region = self.region;
        let mut left = self.all & !set;
        let (mut least, mut most) = (0, 0);
        while left != 0 {
            let piece = self.flood(left & left.wrapping_neg(), left);
            left &= !piece;
            let (weight, count) = (self.weight(piece), i64::from(piece.count_ones()));
            let low = if region.upper > 0 { (weight + region.upper - 1) / region.upper } else { 1 };
            let high = if region.lower > 0 { weight / region.lower } else { count };
            let (low, high) = (low.max(1), high.min(count));
            if low > high {
                return false;
            }
            least += low;
            most += high;
        }
        (least..=most).contains(&(region.grids as i64 - 1))
    }

    /// Whether a set is connected.
    #[cfg(test)]
    pub fn connected(&self, set: Set) -> bool {
        self.flood(set & set.wrapping_neg(), set) == set
    }

    /// Cost of the cut edges of a set.
    #[cfg(test)]
    pub fn cut(&self, set: Set) -> f64 {
        units(set).fold((0, 0.0), |(s, cut), u| (s | 1 << u, cut + self.joining(s, u))).1
    }

    /// Calls `visit` with every feasible grid whose lowest unit is `root`, and the cost of its
    /// cut edges. `visit` answers whether to go on; the result is whether it always did and
    /// `visits` sufficed for the connected sets met on the way.
    ///
    /// Each connected set is met once: a unit next to the set is either taken, or passed over
    /// for good (Wernicke's scheme, *Efficient detection of network motifs*, 2006).
    pub fn each_from(
        &self,
        root: usize,
        visits: &mut u64,
        visit: &mut impl FnMut(Set, f64) -> bool,
    ) -> bool {
        let region = self.region;
        if region.weight[root] > region.upper {
            return true;
        }
        let set: Set = 1 << root;
        let passed: Set = set - 1;
        let open = self.near[root] & !passed & !set;
        let start = Grown { set, weight: region.weight[root], cut: self.degree_cost[root] };
        self.grow(start, open, passed, visits, visit)
    }

    fn grow(
        &self,
        grown: Grown,
        open: Set,
        mut passed: Set,
        visits: &mut u64,
        visit: &mut impl FnMut(Set, f64) -> bool,
    ) -> bool {
        let Grown { set, weight, cut } = grown;
        if *visits == 0 {
            return false;
        }
        *visits -= 1;
        if weight >= self.region.lower && self.leaves_shares(set) && !visit(set, cut) {
            return false;
        }
        let mut left = open;
        while left != 0 {
            let unit = left.trailing_zeros() as usize;
            let bit: Set = 1 << unit;
            left &= !bit;
            let heavier = weight + self.region.weight[unit];
            if heavier <= self.region.upper {
                let next = left | (self.near[unit] & !passed & !set & !bit);
                let cut = cut + self.joining(set, unit);
                let grown = Grown { set: set | bit, weight: heavier, cut };
                if !self.grow(grown, next, passed, visits, visit) {
                    return false;
                }
            }
            passed |= bit;
        }
        true
    }
}

/// A connected set on its way to being a grid.
#[derive(Clone, Copy)]
struct Grown {
    set: Set,
    weight: i64,
    cut: f64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::balance::{CommunityRule, Options, Problem};

    /// The region of a ladder of two by `length` units with households 1, 2, 3, …
    fn ladder(length: usize, grids: usize, max_deviation: f64) -> Region {
        let at = |x: usize, y: usize| 2 * x + y;
        let near = |x: usize, y: usize| {
            let mut near = vec![at(x, 1 - y)];
            near.extend((x > 0).then(|| at(x - 1, y)));
            near.extend((x + 1 < length).then(|| at(x + 1, y)));
            near
        };
        let cells = || (0..length).flat_map(|x| [(x, 0), (x, 1)]);
        let nodes: Vec<_> =
            cells().map(|(x, y)| serde_json::json!({"id": at(x, y), "H": at(x, y) + 1})).collect();
        let rows: Vec<Vec<_>> = cells()
            .map(|(x, y)| near(x, y).iter().map(|v| serde_json::json!({"id": v})).collect())
            .collect();
        let text = serde_json::json!({"nodes": nodes, "adjacency": rows}).to_string();
        let problem = Problem::from_graph_json(&text, "H", grids).expect("a problem");
        let options = Options { max_deviation, ..Options::default() };
        let parts = crate::balance::parts::parts(&problem, CommunityRule::Whole);
        let measure = crate::balance::parts::Measure::new(&problem, &options);
        measure.region(&problem, &parts[0], grids, problem.bounds(max_deviation))
    }

    #[test]
    fn every_connected_set_within_the_bounds_is_met_once() {
        let region = ladder(5, 3, 0.5);
        let ground = Ground::new(&region).expect("few units");
        let mut met = Vec::new();
        for root in 0..region.units() {
            assert!(ground.each_from(root, &mut u64::MAX.clone(), &mut |set, cut| {
                met.push((set, cut));
                true
            }));
        }
        met.sort_unstable_by_key(|m| m.0);
        let mut expected = Vec::new();
        for set in 1..1u128 << region.units() {
            let weight = ground.weight(set);
            let within = weight >= region.lower && weight <= region.upper;
            if within && ground.connected(set) && ground.leaves_shares(set) {
                expected.push((set, ground.cut(set)));
            }
        }
        assert!(expected.len() > 20);
        assert_eq!(met, expected);
    }
}

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
    /// Its share of the objective: half the cost of its cut edges, its inertia, its lying in more
    /// than one community, its units away from home.
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
    pub unit_costs: bool,
    /// Whether any unit's home counts.
    pub homes: bool,
    /// The communities of each unit, where a grid in more than one costs something.
    communities: Vec<Set>,
}

/// What the cost of a grid as a whole comes from: its inertia, and its communities. It does not
/// fall when a unit joins.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Whole {
    moments: [f64; 4],
    communities: Set,
}

impl Whole {
    /// Takes a unit in.
    #[inline]
    pub fn add(&mut self, ground: &Ground, unit: usize) {
        if let Some(moments) = &ground.region.moments {
            self.moments.iter_mut().zip(moments.unit[unit]).for_each(|(sum, m)| *sum += m);
        }
        self.communities |= ground.communities[unit];
    }

    /// What it costs.
    #[inline]
    pub fn cost(&self, ground: &Ground) -> f64 {
        let m = &self.moments;
        let inertia = if m[0] > 0.0 { m[3] - (m[1] * m[1] + m[2] * m[2]) / m[0] } else { 0.0 };
        let is_mixed = self.communities & self.communities.wrapping_sub(1) != 0;
        let communities = ground.region.communities.as_ref().filter(|_| is_mixed);
        inertia + communities.map_or(0.0, |communities| communities.cost)
    }
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

/// More than any division costs.
pub(super) fn large(ground: &Ground) -> f64 {
    let region = ground.region;
    let edges: f64 = region.costs.iter().sum::<f64>() / 2.0;
    let homes: f64 = region.home_cost.iter().sum();
    let inertia = region.moments.as_ref().map_or(0.0, |m| m.unit.iter().map(|m| m[3]).sum());
    let communities = region.communities.as_ref().map_or(0.0, |communities| communities.cost);
    edges + homes + inertia + communities * region.grids as f64 + 1.0
}

impl<'r> Ground<'r> {
    /// The region in bits; `None` for one of too many units.
    pub fn new(region: &'r Region) -> Option<Self> {
        let n = region.units();
        let kinds = region.communities.as_ref().map_or(0, |communities| communities.count);
        if n.max(kinds) > MOST_UNITS {
            return None;
        }
        let communities = |u: usize| {
            let of = region.communities.as_ref().map_or(&[][..], |communities| communities.of(u));
            of.iter().fold(0, |set, &community| set | (1 << community))
        };
        let bits = |u: usize| region.neighbours(u).iter().fold(0, |set, &v| set | (1 << v));
        Some(Self {
            region,
            all: if n == MOST_UNITS { Set::MAX } else { (1 << n) - 1 },
            near: (0..n).map(bits).collect(),
            degree_cost: (0..n).map(|u| region.costs[region.slots(u)].iter().sum()).collect(),
            unit_costs: region.unit_costs,
            homes: region.has_homes,
            communities: (0..n).map(communities).collect(),
        })
    }

    /// Cost of all edges of `unit`.
    pub fn degree_cost(&self, unit: usize) -> f64 {
        self.degree_cost[unit]
    }

    /// Cost of the edges between `unit` and `set`.
    #[inline]
    pub fn edge_cost(&self, unit: usize, set: Set) -> f64 {
        if self.unit_costs {
            return f64::from((self.near[unit] & set).count_ones());
        }
        let slots = self.region.slots(unit);
        let inside = slots.filter(|&slot| set >> self.region.targets[slot] & 1 == 1);
        inside.map(|slot| self.region.costs[slot]).sum()
    }

    /// The columns of a set whose cut edges cost `cut`: one, or one for each present grid that it
    /// could continue.
    pub fn columns(&self, set: Set, cut: f64, mut emit: impl FnMut(Column)) {
        let region = self.region;
        let mut emit = |column: Column| {
            if self.allows(column.set, column.label) {
                emit(column);
            }
        };
        let mut whole = Whole::default();
        units(set).for_each(|u| whole.add(self, u));
        let mut cost = cut / 2.0 + whole.cost(self);
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

    /// Whether a grid of exactly these units with this label keeps the side conditions.
    pub fn allows(&self, set: Set, label: u32) -> bool {
        self.region.side.as_ref().is_none_or(|side| side.allows(set, label))
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
        units(set).map(|u| self.edge_cost(u, self.all & !set)).sum()
    }
}

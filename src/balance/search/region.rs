//! A region: the part of a problem that is searched by itself.
//!
//! When communities are hard borders, no grid spans two of them, and the borders between them
//! are cut in every plan: the objective is then a sum over communities, and each is searched
//! (and proven) alone. Likewise for the components of an unconnected graph.

use super::side::Side;

/// "No present grid here": the home of a unit that may go anywhere at no cost.
pub const NOWHERE: u32 = u32::MAX;

/// A connected graph of units to be divided into `grids` connected grids.
#[derive(Clone, Debug)]
pub struct Region {
    /// The problem's index of each unit of the part, ascending.
    pub units: Vec<u32>,
    /// For each of those the unit of the region that holds it: the same, unless units that must
    /// stay together were made one.
    pub node_of: Vec<u32>,
    /// Neighbours of unit `u` are `targets[offsets[u]..offsets[u + 1]]`.
    pub offsets: Vec<u32>,
    /// Neighbours, by local index.
    pub targets: Vec<u32>,
    /// The unit at the other end of each entry of `targets`.
    pub sources: Vec<u32>,
    /// Cost of cutting the edge of each entry of `targets`.
    pub costs: Vec<f64>,
    /// For each entry of `targets`, which other neighbours of the same unit (by position, the
    /// first 64) it touches: the local test of contiguity.
    pub touching: Vec<u64>,
    /// Households of each unit.
    pub weight: Vec<i64>,
    /// Number of grids.
    pub grids: usize,
    /// Fewest households a grid may hold.
    pub lower: i64,
    /// Most households a grid may hold.
    pub upper: i64,
    /// Households of a grid at the mean of the whole problem.
    pub mean: f64,
    /// Present grid of each unit, by local label, or [`NOWHERE`].
    pub home: Vec<u32>,
    /// Cost of each unit's leaving its home.
    pub home_cost: Vec<f64>,
    /// Moment of inertia, when it is the objective.
    pub moments: Option<Moments>,
    /// Side conditions, when there are any.
    pub side: Option<Side>,
}

/// First and second moments of each unit, for the objective `inertia`.
#[derive(Clone, Debug)]
pub struct Moments {
    /// Of each unit: mass m, m x, m y, m (x² + y²), scaled so that the objective is of the order
    /// of the number of edges.
    pub unit: Vec<[f64; 4]>,
}

impl Region {
    /// Number of units.
    pub fn units(&self) -> usize {
        self.weight.len()
    }

    /// The entries of `targets` and `costs` of unit `u`.
    #[inline]
    pub fn slots(&self, u: usize) -> std::ops::Range<usize> {
        self.offsets[u] as usize..self.offsets[u + 1] as usize
    }

    /// Neighbours of unit `u`.
    #[inline]
    pub fn neighbours(&self, u: usize) -> &[u32] {
        &self.targets[self.slots(u)]
    }

    /// By how many households a grid of `weight` households lies outside the bounds.
    #[inline]
    pub fn excess(&self, weight: i64) -> i64 {
        (self.lower - weight).max(weight - self.upper).max(0)
    }

    /// Fills in `sources` and `touching` from the rest.
    pub fn complete(&mut self) {
        let n = self.units();
        self.sources = Vec::with_capacity(self.targets.len());
        self.touching = vec![0; self.targets.len()];
        let mut place = vec![u32::MAX; n];
        for u in 0..n {
            let slots = self.slots(u);
            self.sources.extend(std::iter::repeat_n(u as u32, slots.len()));
            for (position, slot) in slots.clone().enumerate().take(64) {
                place[self.targets[slot] as usize] = position as u32;
            }
            for slot in slots.clone().take(64) {
                let neighbour = self.targets[slot] as usize;
                let others = self.neighbours(neighbour).iter().map(|&v| place[v as usize]);
                self.touching[slot] =
                    others.filter(|&p| p != u32::MAX).fold(0, |mask, p| mask | 1 << p);
            }
            for slot in slots {
                place[self.targets[slot] as usize] = u32::MAX;
            }
        }
    }
}

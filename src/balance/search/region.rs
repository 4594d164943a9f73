//! A region: the part of a problem that is searched by itself.
//!
//! When communities are hard borders, no grid spans two of them, and the borders between them
//! are cut in every plan: the objective is then a sum over communities, and each is searched
//! (and proven) alone. Likewise for the components of an unconnected graph.

use super::communities::Communities;
use super::side::Side;

/// "No present grid here": the home of a unit that may go anywhere at no cost.
pub const NOWHERE: u32 = u32::MAX;

/// A connected graph of units to be divided into `grids` connected grids.
#[derive(Clone, Debug, Default)]
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
    /// The edge of each entry of `targets`: an index of `edges`.
    pub edge_of: Vec<u32>,
    /// The two units of each edge, the lower first.
    pub edges: Vec<[u32; 2]>,
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
    /// Whether every edge costs 1.
    pub unit_costs: bool,
    /// Whether any unit's leaving its home costs anything.
    pub has_homes: bool,
    /// Moment of inertia, when it is the objective.
    pub moments: Option<Moments>,
    /// The communities, when a grid in more than one costs something.
    pub communities: Option<Communities>,
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

    /// The entries of `targets` and `costs`, each edge once.
    pub fn edge_slots(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.targets.len()).filter(|&slot| self.sources[slot] < self.targets[slot])
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

    /// Fills in `sources`, `edges`, `edge_of` and `touching` from the rest.
    pub fn complete(&mut self) {
        let n = self.units();
        self.sources = Vec::with_capacity(self.targets.len());
        self.touching = vec![0; self.targets.len()];
        self.number_edges();
        self.unit_costs = self.costs.iter().all(|&cost| cost == 1.0);
        let homes = self.home.iter().zip(&self.home_cost);
        self.has_homes = homes.into_iter().any(|(&home, &cost)| home != NOWHERE && cost != 0.0);
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

    /// Numbers the edges in the order of their lower units.
    fn number_edges(&mut self) {
        self.edges = Vec::with_capacity(self.targets.len() / 2);
        self.edge_of = vec![u32::MAX; self.targets.len()];
        // The next entry of each unit that leads to a lower one: rows are sorted, so the edges
        // from below come in order.
        let mut next: Vec<u32> = self.offsets.clone();
        for u in 0..self.units() {
            for slot in self.slots(u) {
                let v = self.targets[slot] as usize;
                if v > u {
                    let edge = self.edges.len() as u32;
                    self.edges.push([u as u32, v as u32]);
                    self.edge_of[slot] = edge;
                    self.edge_of[next[v] as usize] = edge;
                    next[v] += 1;
                }
            }
        }
    }
}

//! A Markov chain of recombinations: two neighbouring grids are merged, a uniform spanning tree
//! of their units is drawn and cut at random where both sides lie within the bounds; when there
//! is no such place, another pair is tried (DeFord, Duchin and Solomon, *Recombination: a family
//! of Markov chains for redistricting*, 2021).

use super::partition::Partition;
use super::region::Region;
use super::rng::Rng;
use super::tree::{Cut, TreeSampler};

/// A chain and where it stands.
pub struct Chain<'r> {
    partition: Partition<'r>,
    /// Units of each grid.
    members: Vec<Vec<u32>>,
    trees: TreeSampler,
    rng: Rng,
    /// Units of the two grids being recombined, and their new owners.
    merged: Vec<u32>,
    owners: Vec<u32>,
    /// Trees drawn so far.
    pub trees_drawn: u64,
}

impl<'r> Chain<'r> {
    /// A chain that begins at a partition within the bounds.
    pub fn new(region: &'r Region, owner: Vec<u32>, rng: Rng) -> Self {
        let mut members = vec![Vec::new(); region.grids];
        for (u, &grid) in owner.iter().enumerate() {
            members[grid as usize].push(u as u32);
        }
        Self {
            partition: Partition::new(region, owner),
            members,
            trees: TreeSampler::new(region.units()),
            rng,
            merged: Vec::new(),
            owners: Vec::new(),
            trees_drawn: 0,
        }
    }

    /// The grid of each unit.
    pub fn owner(&self) -> &[u32] {
        &self.partition.owner
    }

    /// Edges between grids.
    pub fn cut_edges(&self) -> usize {
        self.partition.cut_edges().len()
    }

    /// One step: the next partition, after at most `trees` trees. Whether one was found; never
    /// with a single grid.
    pub fn step(&mut self, trees: u64) -> bool {
        for _ in 0..trees {
            let cut = self.partition.cut_edges();
            if cut.is_empty() {
                return false;
            }
            let edge = cut[self.rng.below(cut.len())] as usize;
            let [u, v] = self.partition.region.edges[edge];
            let owner = &self.partition.owner;
            let (a, b) = (owner[u as usize], owner[v as usize]);
            self.merged.clear();
            self.merged.extend_from_slice(&self.members[a as usize]);
            self.merged.extend_from_slice(&self.members[b as usize]);
            self.trees_drawn += 1;
            self.trees.draw(self.partition.region, &self.merged, &mut self.rng);
            if let Some(cut) = self.balanced_cut() {
                self.divide(a, b, cut);
                return true;
            }
        }
        false
    }

    /// A uniform choice among the cuts of the tree that leave both sides within the bounds.
    fn balanced_cut(&mut self) -> Option<Cut> {
        let region = self.partition.region;
        let total = self.trees.weight();
        // One of two sides within bounds puts the other there, too, when both are cut off these.
        let least = region.lower.max(total - region.upper);
        let most = region.upper.min(total - region.lower);
        let (mut chosen, mut ties) = (None, 0);
        for cut in self.trees.cuts() {
            if cut.weight >= least && cut.weight <= most {
                ties += 1;
                if ties == 1 || self.rng.below(ties) == 0 {
                    chosen = Some(cut);
                }
            }
        }
        chosen
    }

    fn divide(&mut self, a: u32, b: u32, cut: Cut) {
        self.merged.clear();
        self.owners.clear();
        self.members[a as usize].clear();
        self.members[b as usize].clear();
        for (u, inside) in self.trees.sides(cut.unit) {
            let grid = if inside { a } else { b };
            self.merged.push(u);
            self.owners.push(grid);
            self.members[grid as usize].push(u);
        }
        self.partition.regroup(a, b, &self.merged, &self.owners, 0.0);
    }
}

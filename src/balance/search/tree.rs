//! Uniform random spanning trees and their balance cuts.
//!
//! A recombination (DeFord, Duchin and Solomon, *Recombination: a family of Markov chains for
//! redistricting*, 2021) merges two grids, draws a spanning tree of the merged units and removes
//! the edge of the tree that leaves both sides within the bounds. Trees are drawn uniformly by
//! Wilson's loop-erased walks (*Generating random spanning trees more quickly than the cover
//! time*, 1996).

use super::region::Region;
use super::rng::Rng;

/// Not to be in the tree.
const OUTSIDE: u8 = 0;
/// To be put into the tree.
const WAITING: u8 = 1;
/// In the tree.
const PLACED: u8 = 2;

/// Buffers for drawing trees of subsets of a region's units.
#[derive(Clone, Debug)]
pub struct TreeSampler {
    /// Parent of each unit of the tree; the root is its own parent.
    parent: Vec<u32>,
    /// Units of the tree, every parent before its children.
    order: Vec<u32>,
    /// Where each unit stands while a tree is drawn.
    mark: Vec<u8>,
    walk: Vec<u32>,
    below_weight: Vec<i64>,
    below_count: Vec<u32>,
    inside: Vec<bool>,
}

/// A place to cut the tree: the units at and below `unit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The upper end of the part cut off.
    pub unit: u32,
    /// Its households.
    pub weight: i64,
    /// Its units.
    pub count: u32,
}

impl TreeSampler {
    /// Buffers for a region of `n` units.
    pub fn new(n: usize) -> Self {
        Self {
            parent: vec![0; n],
            order: Vec::with_capacity(n),
            mark: vec![OUTSIDE; n],
            walk: Vec::new(),
            below_weight: vec![0; n],
            below_count: vec![0; n],
            inside: vec![false; n],
        }
    }

    /// Draws a uniform spanning tree of the units `members`, which are connected. Expected time:
    /// the mean hitting time of a random walk.
    pub fn draw(&mut self, region: &Region, members: &[u32], rng: &mut Rng) {
        self.order.clear();
        for &u in members {
            self.mark[u as usize] = WAITING;
        }
        // Any root does, since trees have no direction; walks find one of many edges sooner.
        let degree = |&&u: &&u32| region.slots(u as usize).len();
        let root = *members.iter().max_by_key(degree).unwrap_or(&members[0]);
        self.mark[root as usize] = PLACED;
        self.parent[root as usize] = root;
        self.order.push(root);
        for &start in members {
            let mut u = start as usize;
            // Walk until the tree is met; the parent last written at a unit is the one by which
            // the walk left it for good, so loops erase themselves.
            while self.mark[u] != PLACED {
                let near = region.neighbours(u);
                let next = loop {
                    let v = near[rng.below(near.len())];
                    if self.mark[v as usize] != OUTSIDE {
                        break v;
                    }
                };
                self.parent[u] = next;
                u = next as usize;
            }
            self.walk.clear();
            let mut u = start as usize;
            while self.mark[u] != PLACED {
                self.mark[u] = PLACED;
                self.walk.push(u as u32);
                u = self.parent[u] as usize;
            }
            self.order.extend(self.walk.iter().rev());
        }
        for &u in members {
            self.mark[u as usize] = OUTSIDE;
        }
        self.weigh(region);
    }

    /// Sums households and units below each unit of the tree.
    fn weigh(&mut self, region: &Region) {
        for &u in &self.order {
            self.below_weight[u as usize] = region.weight[u as usize];
            self.below_count[u as usize] = 1;
        }
        for &u in self.order[1..].iter().rev() {
            let parent = self.parent[u as usize] as usize;
            self.below_weight[parent] += self.below_weight[u as usize];
            self.below_count[parent] += self.below_count[u as usize];
        }
    }

    /// Every place to cut the tree drawn last: each unit but the root.
    pub fn cuts(&self) -> impl Iterator<Item = Cut> + '_ {
        self.order[1..].iter().map(|&unit| Cut {
            unit,
            weight: self.below_weight[unit as usize],
            count: self.below_count[unit as usize],
        })
    }

    /// Households of the whole tree drawn last.
    pub fn weight(&self) -> i64 {
        self.below_weight[self.order[0] as usize]
    }

    /// The units of the tree, and for each whether it lies in the part cut off at `unit`.
    pub fn sides(&mut self, unit: u32) -> impl Iterator<Item = (u32, bool)> + '_ {
        let root = self.order[0];
        self.inside[root as usize] = false;
        for &u in &self.order[1..] {
            self.inside[u as usize] = u == unit || self.inside[self.parent[u as usize] as usize];
        }
        self.order.iter().map(|&u| (u, self.inside[u as usize]))
    }
}

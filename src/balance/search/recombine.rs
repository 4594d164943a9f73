//! One recombination step on a partition, as a priced proposal.

use super::partition::Partition;
use super::region::Region;
use super::rng::Rng;
use super::tree::{Cut, TreeSampler};

/// A proposed regrouping of two neighbouring grids.
#[derive(Clone, Debug, Default)]
pub struct Proposal {
    /// One grid.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// Units of both.
    pub members: Vec<u32>,
    /// New owner of each member: `a` or `b`.
    pub owners: Vec<u32>,
    /// Change of the objective without what grids cost as a whole.
    pub edge_cost: f64,
    /// Change of the objective.
    pub cost: f64,
    /// Change of the households outside the bounds.
    pub excess: i64,
}

/// Buffers of the step.
#[derive(Clone, Debug)]
pub struct Recombiner {
    trees: TreeSampler,
    proposal: Proposal,
    collected: Vec<bool>,
}

impl Recombiner {
    /// Buffers for a region of `n` units.
    pub fn new(n: usize) -> Self {
        let proposal = Proposal::default();
        Self { trees: TreeSampler::new(n), proposal, collected: vec![false; n] }
    }

    /// The tree sampler, to share its buffers.
    pub fn trees(&mut self) -> &mut TreeSampler {
        &mut self.trees
    }

    /// Merges the two grids at a random cut edge, draws a tree, and cuts it at random among the
    /// edges that leave both sides within the bounds, or at the best-balanced edge when there is
    /// none. `None` when the region is one grid.
    pub fn propose(&mut self, partition: &Partition, rng: &mut Rng) -> Option<&Proposal> {
        let region = partition.region;
        let cut = partition.cut_edges();
        if cut.is_empty() {
            return None;
        }
        let [start, other] = region.edges[cut[rng.below(cut.len())] as usize];
        let a = partition.owner[start as usize];
        let b = partition.owner[other as usize];
        self.collect(partition, start, a, b);
        self.trees.draw(region, &self.proposal.members, rng);
        let cut = choose_cut(region, &self.trees, rng)?;
        self.price(partition, cut, a, b);
        Some(&self.proposal)
    }

    /// Merges the grid of `unit` and a random neighbour, draws a tree, and cuts it where the two
    /// sides differ least. `false` when that is not evener than what is, or further out of bounds.
    pub fn propose_even(&mut self, partition: &Partition, unit: u32, rng: &mut Rng) -> bool {
        let region = partition.region;
        let a = partition.owner[unit as usize];
        self.collect(partition, unit, a, a);
        let (mut other, mut borders) = (None, 0);
        for &u in &self.proposal.members {
            for &v in region.neighbours(u as usize) {
                let grid = partition.owner[v as usize];
                if grid != a {
                    borders += 1;
                    if rng.below(borders) == 0 {
                        other = Some(grid);
                    }
                }
            }
        }
        let Some(b) = other else { return false };
        self.collect(partition, unit, a, b);
        self.trees.draw(region, &self.proposal.members, rng);
        let total = self.trees.weight();
        let apart = |weight: i64| (total - 2 * weight).abs();
        let Some(cut) = self.trees.cuts().min_by_key(|cut| apart(cut.weight)) else { return false };
        if apart(cut.weight) >= apart(partition.weight[a as usize]) {
            return false;
        }
        self.price(partition, cut, a, b);
        self.proposal.excess <= 0
    }

    /// Collects the units of the two grids, from one of them outwards.
    fn collect(&mut self, partition: &Partition, start: u32, a: u32, b: u32) {
        let members = &mut self.proposal.members;
        members.clear();
        members.push(start);
        self.collected[start as usize] = true;
        let mut head = 0;
        while head < members.len() {
            for &v in partition.region.neighbours(members[head] as usize) {
                let grid = partition.owner[v as usize];
                if (grid == a || grid == b) && !self.collected[v as usize] {
                    self.collected[v as usize] = true;
                    members.push(v);
                }
            }
            head += 1;
        }
        for &u in members.iter() {
            self.collected[u as usize] = false;
        }
    }

    /// Labels the two sides so that fewer households leave home, and prices the change.
    fn price(&mut self, partition: &Partition, cut: Cut, a: u32, b: u32) {
        let region = partition.region;
        let Proposal { members, owners, .. } = &mut self.proposal;
        members.clear();
        owners.clear();
        // Cost of homes: as they are, with `a` inside the cut, with `b` inside the cut.
        let (mut now, mut straight, mut crossed) = (0.0, 0.0, 0.0);
        for (u, inside) in self.trees.sides(cut.unit) {
            let unit = u as usize;
            let (near, far) = if inside { (a, b) } else { (b, a) };
            now += partition.away_cost(unit, partition.owner[unit]);
            straight += partition.away_cost(unit, near);
            crossed += partition.away_cost(unit, far);
            members.push(u);
            owners.push(near);
        }
        if crossed < straight {
            owners.iter_mut().for_each(|grid| *grid = if *grid == a { b } else { a });
        }
        let mut change = straight.min(crossed) - now;
        for (&u, &grid) in members.iter().zip(owners.iter()) {
            self.collected[u as usize] = grid == a;
        }
        for (&u, &grid) in members.iter().zip(owners.iter()) {
            let old = partition.owner[u as usize];
            for slot in region.slots(u as usize) {
                let v = region.targets[slot];
                let other = partition.owner[v as usize];
                if v < u && (other == a || other == b) {
                    let cut_before = old != other;
                    let cut_after = (grid == a) != self.collected[v as usize];
                    match (cut_before, cut_after) {
                        (false, true) => change += region.costs[slot],
                        (true, false) => change -= region.costs[slot],
                        _ => {}
                    }
                }
            }
        }
        for &u in members.iter() {
            self.collected[u as usize] = false;
        }
        let total = self.trees.weight();
        let e = |w| region.excess(w);
        let proposal = &mut self.proposal;
        proposal.excess = e(cut.weight) + e(total - cut.weight)
            - e(partition.weight[a as usize])
            - e(partition.weight[b as usize])
            + partition.regroup_side(&proposal.members, &proposal.owners);
        proposal.edge_cost = change;
        proposal.cost = change + partition.regroup_grids(a, b, &proposal.members, &proposal.owners);
        (proposal.a, proposal.b) = (a, b);
    }

    /// Carries the last proposal out.
    pub fn accept(&self, partition: &mut Partition) {
        let p = &self.proposal;
        partition.regroup(p.a, p.b, &p.members, &p.owners, p.edge_cost);
    }
}

/// A uniform choice among the cuts of least excess.
fn choose_cut(region: &Region, trees: &TreeSampler, rng: &mut Rng) -> Option<Cut> {
    let total = trees.weight();
    let (mut chosen, mut least, mut ties) = (None, i64::MAX, 0);
    for cut in trees.cuts() {
        let excess = region.excess(cut.weight) + region.excess(total - cut.weight);
        if excess < least {
            (chosen, least, ties) = (Some(cut), excess, 1);
        } else if excess == least {
            ties += 1;
            if rng.below(ties) == 0 {
                chosen = Some(cut);
            }
        }
    }
    chosen
}

//! The chain: reversible recombination on the parts of a problem.

use crate::balance::search::region::Region;
use crate::balance::search::rng::Rng;
use crate::balance::search::tree::{Cut, TreeSampler};

/// A part of the problem that no grid leaves, divided into grids.
#[derive(Clone, Debug)]
struct PartChain {
    region: Region,
    /// Grid of each unit of the part, from 0.
    owner: Vec<u32>,
    /// Units of each grid.
    members: Vec<Vec<u32>>,
    /// The problem's grid of each grid of the part.
    label: Vec<u32>,
    trees: TreeSampler,
}

/// A plan that is recombined step by step.
///
/// One step (Cannon, Duchin, Randall and Rule, *Spanning tree methods for sampling graph
/// partitions*, 2022, RevReCom):
/// 1. a pair of grids, drawn evenly from all pairs in one part; if the two do not touch, the plan
///    stays;
/// 2. a spanning tree of their units, drawn evenly from all spanning trees;
/// 3. of the n edges of the tree that leave both sides within the bounds, each with probability
///    1 / M; with the rest, 1 − n / M, the plan stays;
/// 4. the new plan is taken with probability 1 / s, where s is the number of edges between its two
///    new grids; else the plan stays.
///
/// A plan P moves to P′ with a probability proportional to τ(A′) τ(B′) / (τ(A ∪ B) M), τ being
/// the number of spanning trees: a split of A ∪ B into A′ and B′ comes from τ(A′) τ(B′) s pairs of
/// a tree and an edge of it, and step 4 takes s out. So the weight of a plan that does not change
/// in the long run is the product of τ over its grids. The paper takes one M for the whole
/// chain, found by trial; the proof only needs an M that is the same there and back, so here M
/// is proven for each pair from the units of A ∪ B ([`most_cuts`]).
#[derive(Clone, Debug)]
pub(super) struct Chain {
    parts: Vec<PartChain>,
    /// Pairs of grids in the parts up to and with each.
    pairs: Vec<usize>,
    rng: Rng,
    members: Vec<u32>,
    weights: Vec<i64>,
    cuts: Vec<Cut>,
}

impl Chain {
    /// A chain on `regions`; `owner` is the grid of each unit of the problem, every grid being
    /// connected and inside one region.
    pub fn new(regions: Vec<Region>, owner: &[u32], seed: u64) -> Self {
        let mut pairs = Vec::with_capacity(regions.len());
        let mut parts = Vec::with_capacity(regions.len());
        let mut sum = 0;
        for region in regions {
            let mut label: Vec<u32> = region.units.iter().map(|&u| owner[u as usize]).collect();
            let grids = label.clone();
            label.sort_unstable();
            label.dedup();
            let mut members = vec![Vec::new(); label.len()];
            let place = |grid: &u32| label.partition_point(|l| l < grid) as u32;
            let owner: Vec<u32> = grids.iter().map(place).collect();
            for (unit, &grid) in owner.iter().enumerate() {
                members[grid as usize].push(unit as u32);
            }
            sum += label.len() * label.len().saturating_sub(1) / 2;
            pairs.push(sum);
            let trees = TreeSampler::new(region.units());
            parts.push(PartChain { region, owner, members, label, trees });
        }
        let rng = Rng::new(seed, 0x656e_7365_6d62_6c65);
        Self { parts, pairs, rng, members: Vec::new(), weights: Vec::new(), cuts: Vec::new() }
    }

    /// Number of pairs of grids that can be recombined at all.
    pub fn pairs(&self) -> usize {
        self.pairs.last().copied().unwrap_or(0)
    }

    /// Writes the grid of each unit of the problem.
    pub fn write(&self, owner: &mut [u32]) {
        for part in &self.parts {
            for (&unit, &grid) in part.region.units.iter().zip(&part.owner) {
                owner[unit as usize] = part.label[grid as usize];
            }
        }
    }

    /// One step; whether the plan moved to another (or by chance to the same) division.
    pub fn step(&mut self) -> bool {
        if self.pairs() == 0 {
            return false;
        }
        let pair = self.rng.below(self.pairs());
        let number = self.pairs.partition_point(|&up_to| up_to <= pair);
        let part = &mut self.parts[number];
        // The other pairs of the part are as likely: draw two different grids of it.
        let a = self.rng.below(part.members.len());
        let b = (a + 1 + self.rng.below(part.members.len() - 1)) % part.members.len();
        if !part.touch(a, b) {
            return false;
        }
        self.members.clear();
        self.members.extend(part.members[a].iter().chain(&part.members[b]));
        let rng = &mut self.rng;
        part.trees.draw(&part.region, &self.members, rng);
        let total = part.trees.weight();
        let (lower, upper) = (part.region.lower, part.region.upper);
        let fits = |weight: i64| (lower..=upper).contains(&weight);
        self.cuts.clear();
        self.cuts.extend(part.trees.cuts().filter(|c| fits(c.weight) && fits(total - c.weight)));
        if self.cuts.is_empty() {
            return false;
        }
        self.weights.clear();
        self.weights.extend(self.members.iter().map(|&u| part.region.weight[u as usize]));
        let most = most_cuts(&mut self.weights, lower, upper);
        debug_assert!(self.cuts.len() <= most, "{} cuts, at most {most}", self.cuts.len());
        let Some(&cut) = self.cuts.get(rng.below(most.max(1))) else { return false };
        let seam = part.seam(cut.unit, a as u32, b as u32);
        if rng.below(seam.max(1)) != 0 {
            return false;
        }
        part.take(cut.unit, a, b);
        true
    }
}

impl PartChain {
    /// Whether two grids have a common border.
    fn touch(&self, a: usize, b: usize) -> bool {
        let (few, many) =
            if self.members[a].len() <= self.members[b].len() { (a, b) } else { (b, a) };
        let touches = |&u: &u32| {
            let near = self.region.neighbours(u as usize).iter();
            near.copied().any(|v| self.owner[v as usize] == many as u32)
        };
        self.members[few].iter().any(touches)
    }

    /// Edges between the two sides of the tree cut at `unit`.
    fn seam(&mut self, unit: u32, a: u32, b: u32) -> usize {
        let sides: Vec<(u32, bool)> = self.trees.sides(unit).collect();
        // The labels are put in place already: they are the same two, and put back when refused.
        let before: Vec<u32> = sides.iter().map(|&(u, _)| self.owner[u as usize]).collect();
        for &(u, inside) in &sides {
            self.owner[u as usize] = if inside { a } else { b };
        }
        let inner = sides.iter().filter(|(_, inside)| *inside);
        let seam = inner
            .flat_map(|&(u, _)| self.region.neighbours(u as usize))
            .filter(|&&v| self.owner[v as usize] == b)
            .count();
        for (&(u, _), grid) in sides.iter().zip(before) {
            self.owner[u as usize] = grid;
        }
        seam
    }

    /// Divides the two grids as the tree cut at `unit` says.
    fn take(&mut self, unit: u32, a: usize, b: usize) {
        self.members[a].clear();
        self.members[b].clear();
        for (u, inside) in self.trees.sides(unit) {
            let grid = if inside { a } else { b };
            self.members[grid].push(u);
            self.owner[u as usize] = grid as u32;
        }
    }
}

/// The greatest number of edges of any spanning tree of units with these weights that leave both
/// sides within the bounds.
///
/// Let l be the least weight of a side, with W − l the greatest. Unless W ≥ 3 l such edges lie on
/// one path, since three that do not would cut off three separate sides of l or more. Along the
/// path one side grows, by a unit at least from edge to edge, and from l to W − l at most: so there
/// is one edge more than the most units that weigh W − 2 l together. (Sorts the weights.)
fn most_cuts(weights: &mut [i64], lower: i64, upper: i64) -> usize {
    let total: i64 = weights.iter().sum();
    let least = lower.max(total - upper);
    let edges = weights.len().saturating_sub(1);
    if least <= 0 || total >= 3 * least {
        return edges;
    }
    weights.sort_unstable();
    let mut room = total - 2 * least;
    let fitting = weights.iter().take_while(|&&weight| {
        room -= weight;
        room >= 0
    });
    (fitting.count() + 1).min(edges)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_on_cuts_holds_for_paths_and_stars() {
        // A path of ones within 4..=6 of 10: cuts after 4, 5 and 6.
        assert_eq!(most_cuts(&mut [1; 10], 4, 6), 3);
        // Units without households between two halves: every edge of the path.
        assert_eq!(most_cuts(&mut [5, 0, 0, 0, 5], 5, 5), 4);
        // Wide bounds: a star has as many cuts as rays.
        assert_eq!(most_cuts(&mut [1, 1, 1, 1], 1, 3), 3);
        assert_eq!(most_cuts(&mut [1, 0], 0, 9), 1);
    }
}

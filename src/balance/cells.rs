//! Cells: parts with a number of grids, searched and proven alone.

use super::parts::Measure;
use super::proof::Proof;
use super::search::region::Region;
use super::search::restart::Found;
use super::shares::cheapest_division;
use super::solve::Solver;
use std::sync::Arc;

/// A region is settled when so many of its searches end at its best cost.
const AGREE: usize = 3;
/// Partitions that a cell remembers.
const REMEMBERED: usize = 64;

/// A part with a number of grids: what is searched alone.
#[derive(Clone)]
pub(super) struct Cell {
    pub part: usize,
    pub grids: usize,
    pub region: Arc<Region>,
    /// Best first.
    pub found: Vec<Found>,
    /// What is proven of it.
    pub proof: Option<Proof>,
}

impl Cell {
    /// Whether its best division is proven, or that it has none.
    pub fn is_proven(&self) -> bool {
        self.proof.as_ref().is_some_and(|proof| {
            let met = |found: &Found| found.cost <= proof.bound + 1e-9 * proof.bound.abs();
            proof.complete || self.found.first().is_some_and(met)
        })
    }

    /// Takes what an attempt at a proof brought: the better of it and what is known.
    pub fn learn(&mut self, proof: Option<Proof>) {
        let Some(mut proof) = proof else { return };
        self.remember(proof.better.take());
        let better = proof.bound > self.bound() + 1e-9;
        if proof.complete || better {
            self.proof = Some(proof);
        }
    }

    /// No division of the cell costs less; proven. Without a proof: the grids hang together by
    /// one edge less than there are grids at least.
    pub fn bound(&self) -> f64 {
        let proven = self.proof.as_ref().map_or(0.0, |proof| proof.bound);
        let region = &self.region;
        let mut costs: Vec<f64> = region.edge_slots().map(|s| region.costs[s]).collect();
        costs.sort_by(f64::total_cmp);
        proven.max(costs.iter().take(self.grids - 1).sum())
    }

    /// Whether more searching is hardly of use: the best is proven, or searches agree on it.
    pub fn is_settled(&self) -> bool {
        self.is_proven() || self.agreed() >= if self.grids == 1 { 1 } else { AGREE }
    }

    /// How many searches ended at the best cost.
    pub fn agreed(&self) -> usize {
        self.found.iter().filter(|f| f.cost <= self.found[0].cost + 1e-9).count()
    }

    /// Adds partitions; of equal costs the earlier stays first.
    pub fn remember(&mut self, found: impl IntoIterator<Item = Found>) {
        self.found.extend(found);
        self.found.sort_by(|a, b| a.cost.total_cmp(&b.cost));
        self.found.truncate(REMEMBERED);
    }
}

/// The number of the random stream of a search: part, grids, what it is for, which one.
pub(super) fn stream(cell: &Cell, purpose: u64, number: usize) -> u64 {
    ((cell.part as u64) << 44) ^ ((cell.grids as u64) << 28) ^ (purpose << 24) ^ number as u64
}

impl Solver<'_> {
    /// The cells of shares of the parts, with bounds around the mean.
    pub fn cells(&self, measure: &Measure, shares: &[Vec<usize>], max_deviation: f64) -> Vec<Cell> {
        let bounds = self.problem.bounds(max_deviation);
        let pairs = shares.iter().enumerate().flat_map(|(p, s)| s.iter().map(move |&g| (p, g)));
        pairs
            .map(|(part, grids)| {
                let region = measure.region(self.problem, &self.parts[part], grids, bounds);
                Cell { part, grids, region: Arc::new(region), found: Vec::new(), proof: None }
            })
            .collect()
    }

    /// The cell of each part such that the shares add up and the costs are least.
    pub fn choose(&self, cells: &[Cell]) -> Option<Vec<usize>> {
        let mut options = vec![Vec::new(); self.parts.len()];
        let mut index = vec![Vec::new(); self.parts.len()];
        for (i, cell) in cells.iter().enumerate() {
            if let Some(best) = cell.found.first() {
                options[cell.part].push((cell.grids, best.cost));
                index[cell.part].push(i);
            }
        }
        let chosen = cheapest_division(&options, self.problem.grids_to_make())?;
        Some(chosen.iter().enumerate().map(|(part, &c)| index[part][c]).collect())
    }

    /// The least cost, in units, that the cells' proofs leave open for any division of all grids
    /// with `shares`; `None` when they leave nothing open, so that no plan exists.
    pub fn open_cost(&self, cells: &[Cell], shares: &[Vec<usize>]) -> Option<f64> {
        let mut options: Vec<Vec<(usize, f64)>> =
            shares.iter().map(|all| all.iter().map(|&share| (share, 0.0)).collect()).collect();
        for cell in cells {
            let option = options[cell.part].iter_mut().find(|(share, _)| *share == cell.grids);
            if let Some((_, bound)) = option {
                *bound = cell.bound();
            }
        }
        options.iter_mut().for_each(|all| all.retain(|(_, bound)| bound.is_finite()));
        let chosen = cheapest_division(&options, self.problem.grids_to_make())?;
        Some(chosen.iter().zip(&options).map(|(&c, options)| options[c].1).sum())
    }
}

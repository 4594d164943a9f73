//! Cells: parts with a number of grids, searched and proven alone.

use super::parts::Measure;
use super::proof::{Limits, Proof, prove};
use super::search::region::Region;
use super::search::restart::{Found, restart, schedule};
use super::shares::cheapest_division;
use super::solve::Solver;

/// Searches of each region in one wave.
const WAVE: usize = 4;
/// A region is settled when so many of its searches end at its best cost.
const AGREE: usize = 3;
/// Flips of one wave over a region, beyond which no more waves are begun.
const WORK: u64 = 50_000_000;
/// Partitions that a cell remembers.
const REMEMBERED: usize = 64;

/// A part with a number of grids: what is searched alone.
pub(super) struct Cell {
    pub part: usize,
    pub grids: usize,
    pub region: Region,
    /// Best first.
    pub found: Vec<Found>,
    /// What is proven of it.
    pub proof: Option<Proof>,
}

/// How the cells are to be searched.
#[derive(Clone, Copy, Debug)]
pub(super) struct Job {
    /// Waves at most without a time limit, each with twice the work of the one before.
    pub waves: usize,
    /// Whether half of the searches begin with the present plan.
    pub from_home: bool,
    /// Share of the time limit that is over when the job must be.
    pub time_share: f64,
    /// Number of the job, for the random streams.
    pub purpose: u64,
    /// Whether a proof is tried.
    pub prove: bool,
}

impl Cell {
    /// Whether its best division is proven, or that it has none.
    pub fn is_proven(&self) -> bool {
        self.proof.as_ref().is_some_and(|proof| proof.complete)
    }

    /// No division of the cell costs less; proven. Without a proof: the grids hang together by
    /// one edge less than there are grids at least.
    pub fn bound(&self) -> f64 {
        let proven = self.proof.as_ref().map_or(0.0, |proof| proof.bound);
        let region = &self.region;
        let slots = (0..region.targets.len()).filter(|&s| region.sources[s] < region.targets[s]);
        let mut costs: Vec<f64> = slots.map(|s| region.costs[s]).collect();
        costs.sort_by(f64::total_cmp);
        proven.max(costs.iter().take(self.grids - 1).sum())
    }

    /// Whether more searching is of use.
    fn is_settled(&self) -> bool {
        let agreed = self.found.iter().filter(|f| f.cost <= self.found[0].cost + 1e-9).count();
        self.is_proven() || agreed >= if self.grids == 1 { 1 } else { AGREE }
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
                Cell { part, grids, region, found: Vec::new(), proof: None }
            })
            .collect()
    }

    /// Searches every cell in waves, each with twice the work of the one before, until it is
    /// proven or most searches agree on the best; while a time limit lasts, on and on.
    pub fn fill(&self, cells: &mut [Cell], job: Job) {
        let (seed, run) = (self.options.seed, &self.run);
        let stop = &run.stop;
        for wave in 0.. {
            let tasks = tasks(cells, wave, run.is_timed());
            let over = stop.after(job.time_share) || (!run.is_timed() && wave >= job.waves);
            if tasks.is_empty() || over {
                break;
            }
            let shared = &*cells;
            let work = |&(cell, number, effort): &(usize, usize, f64)| {
                let cell: &Cell = &shared[cell];
                let schedule = schedule(&cell.region, number, effort);
                let home = job.from_home && number % 2 == 0;
                let stream = stream(cell, job.purpose, number);
                let over = || stop.after(job.time_share);
                restart(&cell.region, seed, stream, &schedule, home, over)
            };
            let mut done = 0;
            let results = run.each(&tasks, work, |result| {
                done += usize::from(result.is_some());
                let wave = wave as f64 + done as f64 / tasks.len() as f64;
                (0.9 * wave / job.waves.max(wave.ceil() as usize) as f64, self.best_of(shared))
            });
            for (&(cell, ..), found) in tasks.iter().zip(results) {
                cells[cell].remember(found.flatten());
            }
            if wave == 0 && job.prove {
                self.prove(cells, job.time_share, |_| true);
            }
        }
    }

    /// Tries to prove the best division of every cell that `tried` names by its index.
    pub fn prove(&self, cells: &mut [Cell], time_share: f64, tried: impl Fn(usize) -> bool) {
        let (run, stop, shared) = (&self.run, &self.run.stop, &*cells);
        let tried: Vec<usize> = (0..cells.len()).filter(|&index| tried(index)).collect();
        let best = self.best_of(shared);
        let work = |&index: &usize| {
            let cell: &Cell = &shared[index];
            let over = || stop.after(time_share);
            prove(&cell.region, cell.found.first(), &Limits::default(), &over)
        };
        let proofs = run.each(&tried, work, |_| (0.3, best));
        for (index, proof) in tried.into_iter().zip(proofs) {
            let cell = &mut cells[index];
            cell.proof = proof.flatten();
            let better = cell.proof.as_mut().and_then(|proof| proof.better.take());
            cell.remember(better);
        }
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

/// The searches of a wave: cell, number, effort. Settled cells have none.
fn tasks(cells: &[Cell], wave: usize, timed: bool) -> Vec<(usize, usize, f64)> {
    let effort = f64::powi(2.0, wave.min(30) as i32);
    let due = |cell: &Cell| {
        let steps = schedule(&cell.region, 0, effort).steps;
        let affordable = wave == 0 || steps * WAVE as u64 <= WORK;
        if !cell.is_settled() && (timed || affordable) { WAVE } else { 0 }
    };
    let due: Vec<usize> = cells.iter().map(due).collect();
    // All cells once, then all again: an early stop leaves every part with something.
    (0..WAVE)
        .flat_map(|round| {
            let due = due.iter().enumerate().filter(move |(_, due)| round < **due);
            due.map(move |(index, _)| (index, wave * WAVE + round, effort))
        })
        .collect()
}

//! A choice of plans: what each is good at.

use super::cells::Cell;
use super::fill::Job;
use super::parts::Measure;
use super::search::partition::Partition;
use super::search::region::Region;
use super::search::restart::Found;
use super::solution::{Plan, Strength};
use super::solve::Solver;
use std::sync::Arc;

/// Pull towards the present plan in the search for the fewest moves.
const STRONG_PULL: f64 = 60.0;
/// Cost of cut edges in that search, as a share of their own.
const LIGHT: f64 = 0.1;

/// A plan for the choice: what it was made for, and whether it is proven to be the best at that.
pub(super) struct Candidate {
    pub strength: Strength,
    pub owner: Vec<u32>,
    pub proven: bool,
}

impl Solver<'_> {
    /// The plan that moves the fewest households from the present one; of those, one of the
    /// least cost by the objective.
    pub fn fewest_moves(&self, measure: &Measure, shares: &[Vec<usize>]) -> Option<Candidate> {
        let strong = measure.with_pull(STRONG_PULL);
        let step = STRONG_PULL / self.problem.mean_households();
        self.fewest(&strong, step, Strength::FewestMoves, shares)
    }

    /// The plan that moves the fewest units, whatever they hold; of those, the fewest households.
    pub fn fewest_units(&self, measure: &Measure, shares: &[Vec<usize>]) -> Option<Candidate> {
        // The search for few moves proves what has too many grids to list.
        if let Some(owner) = super::moves::fewest_units(self.problem, self.options) {
            return Some(Candidate { strength: Strength::FewestUnits, owner, proven: true });
        }
        let strong = measure.with_unit_pull(STRONG_PULL);
        let step = strong.least_step(self.problem);
        self.fewest(&strong, step, Strength::FewestUnits, shares)
    }

    /// The plan of the least pull towards the present one by a measure whose pull has steps of
    /// `step` at least.
    fn fewest(
        &self,
        strong: &Measure,
        step: f64,
        strength: Strength,
        shares: &[Vec<usize>],
    ) -> Option<Candidate> {
        if !self.problem.has_present() || self.run.stop.now() {
            return None;
        }
        let mut cells = self.cells(strong, shares, self.options.max_deviation);
        let mut exact = self.cells(strong, shares, self.options.max_deviation);
        for (cell, exact) in cells.iter_mut().zip(&mut exact) {
            let region = Arc::make_mut(&mut cell.region);
            region.costs.iter_mut().for_each(|cost| *cost *= LIGHT);
            // All borders together cost less than half of one household's move.
            let all: f64 = exact.region.costs.iter().sum::<f64>() / 2.0;
            let light = 0.5 * step / all.max(1e-9);
            let region = Arc::make_mut(&mut exact.region);
            region.costs.iter_mut().for_each(|cost| *cost *= light);
        }
        let job = Job {
            waves: 3,
            on_and_on: false,
            from_home: true,
            time_share: 0.9,
            purpose: 1,
            prove: false,
        };
        self.fill(&mut cells, job);
        for (cell, exact) in cells.iter().zip(&mut exact) {
            let cost = |owner: &Vec<u32>| Partition::new(&exact.region, owner.clone()).cost;
            let found = cell.found.iter().map(|f| Found { cost: cost(&f.owner), ..f.clone() });
            let found: Vec<Found> = found.collect();
            exact.remember(found);
        }
        self.prove(&mut exact, Job { time_share: 0.95, ..job }, |_| true);
        let chosen = self.choose(&exact)?;
        let owner = self.join(&exact, &chosen, |cell| &cell.found[0].owner);
        // Every share of every part was tried, so the bounds of the cells bound the whole.
        let cost: f64 = chosen.iter().map(|&c| exact[c].found[0].cost).sum();
        let open = self.open_cost(&exact, shares).unwrap_or(0.0);
        let proven = !self.shares_cut_short && cost <= open + 1e-6 * cost.max(1.0);
        Some(Candidate { strength, owner, proven })
    }

    /// The best plan by the objective among those as even as the search can make them.
    pub fn evenest(
        &self,
        measure: &Measure,
        cells: &[Cell],
        chosen: &[usize],
    ) -> Option<Candidate> {
        if self.run.stop.now() {
            return None;
        }
        let evens = self.even_cells(cells, chosen, true);
        let off = evens.iter().map(|even| even.off).fold(0.0, f64::max);
        let shares: Vec<Vec<usize>> = chosen.iter().map(|&c| vec![cells[c].grids]).collect();
        let mean = self.problem.mean_households();
        let mut tight = self.cells(measure, &shares, off / mean);
        for (cell, even) in tight.iter_mut().zip(&evens) {
            let cost = Partition::new(&cell.region, even.owner.clone()).cost;
            cell.remember([Found { owner: even.owner.clone(), cost }]);
        }
        let job = Job {
            waves: 2,
            on_and_on: false,
            from_home: false,
            time_share: 1.0,
            purpose: 2,
            prove: false,
        };
        self.fill(&mut tight, job);
        let all: Vec<usize> = (0..tight.len()).collect();
        let owner = self.join(&tight, &all, |cell| &cell.found[0].owner);
        // Proven only for these shares; other shares may be evener.
        Some(Candidate { strength: Strength::Balance, owner, proven: false })
    }

    /// A plan within a few per cent of the best that differs from it the most.
    pub fn alternative(&self, cells: &[Cell], chosen: &[usize]) -> Option<Candidate> {
        let differs = |cell: &Cell, other: &Found| {
            let best = &cell.found[0];
            if other.cost > best.cost * 1.05 + 1.0 {
                return 0;
            }
            difference(&cell.region, &best.owner, &other.owner)
        };
        let pick = |cell: &Cell| {
            let order = |&i: &usize| (differs(cell, &cell.found[i]), std::cmp::Reverse(i));
            (0..cell.found.len()).max_by_key(order).unwrap_or(0)
        };
        if chosen.iter().all(|&c| pick(&cells[c]) == 0) {
            return None;
        }
        let owner = self.join(cells, chosen, |cell| &cell.found[pick(cell)].owner);
        Some(Candidate { strength: Strength::Alternative, owner, proven: false })
    }

    /// Number of units that leave their present grid.
    pub fn units_moved(&self, owner: &[u32]) -> usize {
        let units = self.problem.units().iter().zip(owner);
        units.filter(|(unit, grid)| unit.present.is_some_and(|home| home != **grid)).count()
    }

    /// Plans that differ, with all that each is good at, the best by the objective first.
    pub fn distinct(
        &self,
        measure: &Measure,
        candidates: Vec<Candidate>,
        bound: Option<f64>,
    ) -> Vec<Plan> {
        let mut kept: Vec<Plan> = Vec::new();
        for Candidate { strength, owner, proven } in candidates {
            let same = kept.iter().position(|plan| same_division(&plan.owner, &owner));
            let place = same.unwrap_or_else(|| {
                kept.push(self.plan(measure, owner, Vec::new(), bound));
                kept.len() - 1
            });
            kept[place].good_for.push(strength);
            if proven {
                kept[place].proven_for.push(strength);
            }
        }
        // Names follow the figures: the evenest plan is the evenest of these.
        rename(&mut kept, Strength::Balance, |plan| plan.score.max_deviation);
        if self.problem.has_present() {
            rename(&mut kept, Strength::FewestMoves, |plan| {
                plan.score.households_moved.unwrap_or(0) as f64
            });
        }
        if kept.iter().any(|plan| plan.good_for.contains(&Strength::FewestUnits)) {
            rename(&mut kept, Strength::FewestUnits, |plan| self.units_moved(&plan.owner) as f64);
        }
        rename(&mut kept, Strength::Objective, |plan| plan.objective);
        for plan in &mut kept {
            if plan.good_for.len() > 1 {
                plan.good_for.retain(|&s| s != Strength::Alternative);
            }
            let good_for = plan.good_for.clone();
            plan.proven_for.retain(|s| good_for.contains(s));
        }
        kept.retain(|plan| !plan.good_for.is_empty());
        kept.sort_by(|a, b| a.objective.total_cmp(&b.objective));
        kept
    }
}

/// Gives a strength to the plan with the least figure (the first of equals, but rather one that
/// was made for it), and takes it from the others.
pub(super) fn rename(plans: &mut [Plan], strength: Strength, figure: impl Fn(&Plan) -> f64) {
    let best = plans.iter().map(&figure).fold(f64::INFINITY, f64::min);
    let is_best = |plan: &Plan| figure(plan) <= best + 1e-12;
    let made_for = plans.iter().position(|plan| is_best(plan) && plan.good_for.contains(&strength));
    let winner = made_for.or_else(|| plans.iter().position(is_best));
    for (index, plan) in plans.iter_mut().enumerate() {
        plan.good_for.retain(|&s| s != strength);
        if Some(index) == winner {
            plan.good_for.push(strength);
            plan.good_for.sort_unstable();
        }
    }
}

/// Whether two plans have the same grids, whatever they are called.
fn same_division(a: &[u32], b: &[u32]) -> bool {
    let labels = a.iter().chain(b).max().map_or(0, |&most| most as usize + 1);
    let (mut to, mut back) = (vec![u32::MAX; labels], vec![u32::MAX; labels]);
    a.iter().zip(b).all(|(&a, &b)| {
        let (to, back) = (&mut to[a as usize], &mut back[b as usize]);
        if *to == u32::MAX && *back == u32::MAX {
            (*to, *back) = (b, a);
        }
        *to == b && *back == a
    })
}

/// Edges that are cut in one partition and not in the other.
fn difference(region: &Region, a: &[u32], b: &[u32]) -> usize {
    let cut = |owner: &[u32], slot: usize| {
        owner[region.sources[slot] as usize] != owner[region.targets[slot] as usize]
    };
    (0..region.targets.len()).filter(|&slot| cut(a, slot) != cut(b, slot)).count() / 2
}

//! From a problem to plans: parts, shares, searches, and what each plan is good at.

use super::cells::{Cell, stream};
use super::choices::Candidate;
use super::fill::Job;
use super::options::{BestSoFar, CommunityRule, Mix, Options, Progress};
use super::parts::{Measure, Part, parts};
use super::problem::Problem;
use super::refine::{Terms, refine};
use super::run::Run;
use super::score::{Score, match_to_present, score};
use super::search::even::{Even, even_out};
use super::search::restart::Found;
use super::shares::{Shares, evenest_division, least_deviation, shares};
use super::solution::{Assignment, Plan, Reason, Solution, Status, Strength};
use std::ops::ControlFlow;

/// Waves of searches without a time limit.
const WAVES: usize = 6;
/// Share of the time limit for the objective; the rest is for the other plans.
const MAIN_SHARE: f64 = 0.8;

/// A search in all its settings.
pub(super) struct Solver<'a> {
    pub problem: &'a Problem,
    pub options: &'a Options,
    pub parts: Vec<Part>,
    pub run: Run<'a>,
    /// Whether only some of the numbers of grids that a part could have are tried.
    pub shares_cut_short: bool,
}

/// Searches for plans. Without a time limit the answer depends on the problem and the options
/// only; `progress` is called on this thread every few hundredths of a second and can end the
/// search, which then returns what it has.
pub fn solve(
    problem: &Problem,
    options: &Options,
    progress: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Solution {
    let run = Run::new(options.time_limit, options.threads, progress);
    let parts = parts(problem, options.communities);
    let mut solver = Solver { problem, options, parts, run, shares_cut_short: false };
    let mut solution = Solution {
        status: Status::Infeasible,
        seed: options.seed,
        elapsed_s: 0.0,
        max_deviation: options.max_deviation,
        objective: options.objective,
        mix: options.mix.clone(),
        plans: Vec::new(),
        reason: None,
        nearest: None,
    };
    if let Err(error) = options.check(problem) {
        solution.reason = Some(Reason::option(&error));
        return solution;
    }
    if let Some(reason) = problem.broken_rule(&solver.parts, options) {
        solution.reason = Some(reason);
        return solution;
    }
    match shares(problem, &solver.parts, options.max_deviation) {
        Shares::Possible { tried, all } => {
            solver.shares_cut_short = tried != all;
            solver.search(&tried, &all, &mut solution);
        }
        Shares::Impossible(reason) => {
            solution.reason = Some(reason);
            solution.nearest = solver.nearest();
        }
    }
    solver.refine(&mut solution);
    solution.elapsed_s = solver.run.started.elapsed().as_secs_f64();
    solver.run.tell(1.0, solution.plans.first().map(|plan| best_so_far(&plan.score)));
    solution
}

fn best_so_far(score: &Score) -> BestSoFar {
    BestSoFar { max_deviation: score.max_deviation, cut_edges: score.cut_edges }
}

impl Solver<'_> {
    /// The whole search for plans within the bounds.
    fn search(&self, tried: &[Vec<usize>], all: &[Vec<usize>], solution: &mut Solution) {
        let measure = Measure::new(self.problem, self.options);
        let mut cells = self.cells(&measure, tried, self.options.max_deviation);
        let from_home = measure.keep > 0.0 || self.problem.is_constrained();
        let time_share = MAIN_SHARE;
        let job =
            Job { waves: WAVES, on_and_on: true, from_home, time_share, purpose: 0, prove: true };
        self.fill(&mut cells, job);
        let open = self.open_cost(&cells, all);
        let Some(chosen) = self.choose(&cells) else {
            let (max_deviation, parts) = (self.options.max_deviation, &self.parts);
            let proven = open.is_none();
            solution.status = if proven { Status::Infeasible } else { Status::Unknown };
            let blocked = cells.iter().find(|cell| cell.is_proven() && cell.found.is_empty());
            let reason = match blocked {
                Some(cell) if proven => {
                    Reason::contiguity(self.problem, parts, cell, max_deviation)
                }
                _ => Reason::not_found(self.problem, parts, max_deviation),
            };
            solution.nearest = self.nearest();
            solution.reason = Some(reason.with_nearest(solution.nearest.as_ref()));
            return;
        };
        let bound = open.map(|open| self.bound(&measure, open));
        let main = self.join(&cells, &chosen, |cell| &cell.found[0].owner);
        let value = measure.value(self.problem, &main);
        let proven = bound.is_some_and(|bound| value <= bound + 1e-9 * bound.abs());
        let mut plans = vec![Candidate { strength: Strength::Objective, owner: main, proven }];
        plans.extend(self.fewest_moves(&measure, tried));
        if self.options.front {
            plans.extend(self.fewest_units(&measure, tried));
        }
        plans.extend(self.evenest(&measure, &cells, &chosen));
        plans.extend(self.alternative(&cells, &chosen));
        solution.plans = self.distinct(&measure, plans, bound);
        if self.options.front {
            self.front(&measure, &mut solution.plans);
        }
        solution.status = if proven { Status::Optimal } else { Status::Feasible };
    }

    /// Improves the plans by what the search of the regions does not price; the best comes first.
    fn refine(&self, solution: &mut Solution) {
        let Some(mix) = self.options.whole_mix().filter(Mix::needs_refining) else { return };
        let mut starts: Vec<Vec<u32>> =
            solution.plans.iter().map(|plan| plan.owner.clone()).collect();
        let soft = self.options.communities == CommunityRule::Soft;
        if soft && self.problem.communities().len() > 1 {
            // Plans that split no community are good beginnings, where there are any.
            let communities = CommunityRule::Whole;
            let options = Options { communities, mix: None, ..self.options.clone() };
            let whole = solve(self.problem, &options, &|_| {
                if self.run.stop.now() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            starts.extend(whole.plans.into_iter().map(|plan| plan.owner));
        }
        let stop = || self.run.stop.now();
        let Some(refined) = refine(self.problem, self.options, &mix, &starts, &stop) else {
            return;
        };
        let measure = Measure::new(self.problem, self.options);
        // The bound is that of the linear terms; of terms one after the other, of the first.
        let bound = solution.plans.first().and_then(|plan| plan.bound);
        let bound = bound.map(|bound| mix.bound_of(bound, self.problem.graph().edges().len()));
        let mut plan = self.plan(&measure, refined.owner, vec![Strength::Objective], None);
        plan.objective = refined.total;
        plan.bound = bound;
        plan.gap = bound.map(|bound| (plan.objective - bound) / plan.objective.max(1e-9));
        let is_proven = !mix.lexicographic && plan.gap.is_some_and(|gap| gap <= 1e-9);
        solution.status = if is_proven { Status::Optimal } else { Status::Feasible };
        solution.reason = None;
        solution.nearest = None;
        let terms = Terms::new(self.problem, &mix);
        for old in &mut solution.plans {
            old.good_for.retain(|&strength| strength != Strength::Objective);
            old.proven_for.retain(|&strength| strength != Strength::Objective);
            old.objective = terms.total(&terms.values(&old.owner));
            old.bound = bound;
            old.gap = bound.map(|bound| (old.objective - bound) / old.objective.max(1e-9));
        }
        solution.plans.retain(|old| !old.good_for.is_empty() && old.owner != plan.owner);
        solution.plans.insert(0, plan);
    }

    /// The bound on the objective of a whole plan: `open` for the parts, in units of one cut
    /// edge, and all edges between parts, which every plan cuts.
    fn bound(&self, measure: &Measure, open: f64) -> f64 {
        let locked = |u| self.parts.len() + self.problem.rules.fixed(u) as usize;
        let mut part_of: Vec<usize> = (0..self.problem.units().len()).map(locked).collect();
        for (index, part) in self.parts.iter().enumerate() {
            part.units.iter().for_each(|&u| part_of[u as usize] = index);
        }
        let edges = self.problem.graph().edges().iter();
        let between = edges.filter(|e| part_of[e.a as usize] != part_of[e.b as usize]);
        let between = between.map(|e| measure.edge_cost(e)).sum::<f64>();
        let bound = measure.unit * (open + between + measure.constant(self.problem));
        if measure.is_whole() { (bound - 1e-6).ceil() } else { bound }
    }

    /// Figures of the best plan that the cells hold so far.
    pub fn best_of(&self, cells: &[Cell]) -> Option<BestSoFar> {
        let chosen = self.choose(cells)?;
        let owner = self.join(cells, &chosen, |cell| &cell.found[0].owner);
        Some(best_so_far(&score(self.problem, &owner)))
    }

    /// The plan made of one partition of each part, its grids matched to the present ones.
    pub fn join<'c>(
        &self,
        cells: &'c [Cell],
        chosen: &[usize],
        pick: impl Fn(&'c Cell) -> &'c [u32],
    ) -> Vec<u32> {
        let mut owner = vec![0; self.problem.units().len()];
        let mut first = 0;
        for &index in chosen {
            let cell = &cells[index];
            let labels = pick(cell);
            for (&u, &node) in cell.region.units.iter().zip(&cell.region.node_of) {
                owner[u as usize] = first + labels[node as usize];
            }
            first += cell.grids as u32;
        }
        for grid in self.problem.rules.kept() {
            for (u, owner) in owner.iter_mut().enumerate() {
                if self.problem.rules.fixed(u) == grid {
                    *owner = first;
                }
            }
            first += 1;
        }
        match_to_present(self.problem, &mut owner);
        owner
    }

    /// The evenest partition found of each chosen cell.
    pub fn even_cells(&self, cells: &[Cell], chosen: &[usize], warm: bool) -> Vec<Even> {
        let (seed, stop) = (self.options.seed, &self.run.stop);
        let from = |cell: &Cell| cell.found.first().filter(|_| warm).map(|f| f.owner.clone());
        let work = |&index: &usize| {
            let cell: &Cell = &cells[index];
            even_out(&cell.region, from(cell), seed, stream(cell, 3, 0), &|| stop.now())
        };
        let best = if warm { self.best_of(cells) } else { None };
        let evens = self.run.each(chosen, work, |_| (0.9, best));
        let fallback = |(even, &index): (Option<Even>, &usize)| {
            // Stopped before it began: what there is, or any partition at all.
            let cell: &Cell = &cells[index];
            let any = || even_out(&cell.region, from(cell), seed, stream(cell, 3, 0), &|| true);
            even.unwrap_or_else(any)
        };
        evens.into_iter().zip(chosen).map(fallback).collect()
    }

    /// Where no plan keeps the bounds: the evenest that the search finds.
    fn nearest(&self) -> Option<Plan> {
        let least = least_deviation(self.problem, &self.parts);
        if !least.is_finite() {
            return None;
        }
        // A touch more than the least, so that rounding does not exclude what arithmetic allows.
        let wide = (least + 1e-9).max(self.options.max_deviation);
        let measure = Measure::new(self.problem, self.options);
        let Shares::Possible { tried, .. } = shares(self.problem, &self.parts, wide) else {
            return None;
        };
        let mut cells = self.cells(&measure, &tried, wide);
        let all: Vec<usize> = (0..cells.len()).collect();
        let evens = self.even_cells(&cells, &all, false);
        let mut options = vec![Vec::new(); self.parts.len()];
        let mut index = vec![Vec::new(); self.parts.len()];
        for (i, (cell, even)) in cells.iter_mut().zip(evens).enumerate() {
            options[cell.part].push((cell.grids, even.off));
            index[cell.part].push(i);
            cell.remember([Found { owner: even.owner, cost: even.off }]);
        }
        let chosen = evenest_division(&options, self.problem.grids_to_make())?;
        let chosen: Vec<usize> = chosen.iter().enumerate().map(|(p, &c)| index[p][c]).collect();
        let owner = self.join(&cells, &chosen, |cell| &cell.found[0].owner);
        let keeps_rules = self.problem.rules.hold(&owner, true);
        keeps_rules.then(|| self.plan(&measure, owner, vec![Strength::Balance], None))
    }

    /// A plan with its figures.
    pub fn plan(
        &self,
        measure: &Measure,
        owner: Vec<u32>,
        good_for: Vec<Strength>,
        bound: Option<f64>,
    ) -> Plan {
        let score = score(self.problem, &owner);
        let objective = measure.value(self.problem, &owner);
        let units = self.problem.units().iter().zip(&owner);
        let mut assignment: Vec<(String, String)> = units
            .map(|(unit, &grid)| (unit.id.clone(), score.grids[grid as usize].code.clone()))
            .collect();
        assignment.extend(self.problem.left_out().iter().cloned());
        let gap =
            bound.map(|bound| if objective > 0.0 { (objective - bound) / objective } else { 0.0 });
        Plan {
            assignment: Assignment(assignment),
            owner,
            good_for,
            proven_for: Vec::new(),
            score,
            objective,
            bound,
            gap,
        }
    }
}

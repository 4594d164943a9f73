//! The choice between balance, few moves and short borders: plans none of which is beaten in all
//! three by another (the Pareto front, as far as the search finds it).
//!
//! The front is searched by scalarisation: the objective with a pull towards the present plan of
//! several strengths, within bounds of several widths. Of what is not dominated, the plans that
//! lie farthest apart are kept, so that the choice is small and real.

use super::choices::rename;
use super::fill::Job;
use super::parts::Measure;
use super::shares::{Shares, shares};
use super::solution::{Plan, Strength};
use super::solve::Solver;

/// Pulls towards the present plan, in cut edges for a mean grid's households.
const PULLS: [f64; 4] = [1.0, 4.0, 12.0, 30.0];
/// Bounds, as shares of the one that is asked for.
const WIDTHS: [f64; 3] = [1.0, 0.6, 0.35];
/// Most plans in the whole choice.
const MOST: usize = 9;
/// Plans nearer than this, each figure being a share of its range, count as one.
const NEAR: f64 = 0.04;

/// The figures of a plan that a planner weighs: less is better.
fn figures(plan: &Plan) -> [f64; 3] {
    let score = &plan.score;
    [
        score.max_deviation,
        score.households_moved.unwrap_or(0) as f64,
        score.border_length_m.unwrap_or(score.cut_edges as f64),
    ]
}

/// Whether the first is at least as good in everything, and better in something.
fn dominates(a: [f64; 3], b: [f64; 3]) -> bool {
    let at_least = a.iter().zip(&b).all(|(a, b)| *a <= b + 1e-9);
    at_least && a.iter().zip(&b).any(|(a, b)| *a < b - 1e-9)
}

impl Solver<'_> {
    /// Adds to the plans those between them; what each is good at is said by its figures.
    pub(super) fn front(&self, measure: &Measure, plans: &mut Vec<Plan>) {
        let bound = plans.first().and_then(|plan| plan.bound);
        let mut found: Vec<Plan> = Vec::new();
        let mut purpose = 16;
        for width in WIDTHS {
            let deviation = self.options.max_deviation * width;
            let Shares::Possible { tried, .. } = shares(self.problem, &self.parts, deviation)
            else {
                continue;
            };
            for pull in PULLS.iter().take(if self.problem.has_present() { PULLS.len() } else { 1 })
            {
                if self.run.stop.now() {
                    break;
                }
                let strong = measure.with_pull(measure.keep + pull);
                let mut cells = self.cells(&strong, &tried, deviation);
                let job = Job {
                    waves: 1,
                    on_and_on: false,
                    from_home: true,
                    time_share: 1.0,
                    purpose,
                    prove: false,
                };
                purpose += 1;
                self.fill(&mut cells, job);
                let Some(chosen) = self.choose(&cells) else { continue };
                let owner = self.join(&cells, &chosen, |cell| &cell.found[0].owner);
                found.push(self.plan(measure, owner, Vec::new(), bound));
            }
        }
        merge(plans, found);
        // Names follow the figures again.
        rename(plans, Strength::Balance, |plan| plan.score.max_deviation);
        if self.problem.has_present() {
            let households = |plan: &Plan| plan.score.households_moved.unwrap_or(0) as f64;
            rename(plans, Strength::FewestMoves, households);
            rename(plans, Strength::FewestUnits, |plan| self.units_moved(&plan.owner) as f64);
        }
        rename(plans, Strength::Border, |plan| figures(plan)[2]);
        rename(plans, Strength::Objective, |plan| plan.objective);
        let all: Vec<[f64; 3]> = plans.iter().map(figures).collect();
        for plan in plans.iter_mut() {
            let beaten = all.iter().any(|other| dominates(*other, figures(plan)));
            if plan.good_for.len() > 1 || beaten {
                plan.good_for.retain(|&strength| strength != Strength::Compromise);
            } else if plan.good_for.is_empty() {
                plan.good_for.push(Strength::Compromise);
            }
            let good_for = plan.good_for.clone();
            plan.proven_for.retain(|strength| good_for.contains(strength));
        }
        plans.retain(|plan| !plan.good_for.is_empty());
        plans.sort_by(|a, b| a.objective.total_cmp(&b.objective));
    }
}

/// Adds the plans found that no other dominates, the farthest from all kept first.
fn merge(plans: &mut Vec<Plan>, found: Vec<Plan>) {
    let all: Vec<[f64; 3]> = plans.iter().chain(&found).map(figures).collect();
    let range: [f64; 3] = std::array::from_fn(|axis| {
        let of = || all.iter().map(|figures| figures[axis]);
        (of().fold(f64::NEG_INFINITY, f64::max) - of().fold(f64::INFINITY, f64::min)).max(1e-9)
    });
    let apart = |a: [f64; 3], b: [f64; 3]| {
        (0..3).map(|axis| ((a[axis] - b[axis]) / range[axis]).abs()).fold(0.0, f64::max)
    };
    let mut open: Vec<Plan> = found
        .into_iter()
        .filter(|plan| !all.iter().any(|other| dominates(*other, figures(plan))))
        .collect();
    while plans.len() < MOST {
        let distance = |plan: &Plan| {
            let others = plans.iter().map(|kept| apart(figures(kept), figures(plan)));
            others.fold(f64::INFINITY, f64::min)
        };
        let farthest = (0..open.len())
            .max_by(|&a, &b| distance(&open[a]).total_cmp(&distance(&open[b])).then(b.cmp(&a)));
        let Some(index) = farthest.filter(|&index| distance(&open[index]) > NEAR) else { break };
        let mut plan = open.swap_remove(index);
        plan.good_for.push(Strength::Compromise);
        plans.push(plan);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_dominated_by_one_that_is_nowhere_worse_and_somewhere_better() {
        assert!(dominates([0.1, 5.0, 2.0], [0.1, 6.0, 2.0]));
        assert!(!dominates([0.1, 5.0, 2.0], [0.1, 5.0, 2.0]));
        assert!(!dominates([0.1, 5.0, 3.0], [0.2, 6.0, 2.0]));
    }
}

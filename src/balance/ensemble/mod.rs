//! Ensembles: many plans drawn from a stated distribution, to see where one plan stands.
//!
//! Every plan of an ensemble keeps the bounds and, unless told otherwise, the communities; a plan
//! is as likely as the product, over its grids, of the number of spanning trees of the grid's
//! graph. That favours compact grids: a round grid has many spanning trees, a winding one few.
//! [`chain`] says how it is drawn, and from which paper.
//!
//! The number of grids of each community (of each part that no grid leaves) stays that of the
//! plan at the start: the distribution is over the plans with these numbers.

mod chain;
mod figures;

use super::options::{CommunityRule, Options};
use super::parts::{Measure, parts};
use super::problem::Problem;
use super::score::{Score, match_to_present, score};
use chain::Chain;
pub use figures::{Figure, Figures, Quantiles, Standing};
use serde::Serialize;
use std::ops::ControlFlow;

/// Steps between two looks at the clock.
const TELL: u64 = 1024;
/// Default of [`EnsembleOptions::thinning`], for each pair of grids.
const STEPS_A_PAIR: u64 = 150;
/// Default of [`EnsembleOptions::burn_in`], in plans.
const PLANS_OF_BURN_IN: u64 = 100;

/// What is to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct EnsembleOptions {
    /// Number of plans.
    pub plans: usize,
    /// Steps before the first plan; by default 100 times the thinning.
    pub burn_in: Option<u64>,
    /// Steps from plan to plan; by default 150 for each pair of grids of one community.
    pub thinning: Option<u64>,
    /// Greatest share by which a grid's households may lie off the mean.
    pub max_deviation: f64,
    /// How communities bind the grids.
    pub communities: CommunityRule,
    /// Seed; the same seed draws the same plans.
    pub seed: u64,
}

impl Default for EnsembleOptions {
    fn default() -> Self {
        let Options { max_deviation, communities, seed, .. } = Options::default();
        Self { plans: 1000, burn_in: None, thinning: None, max_deviation, communities, seed }
    }
}

/// Why nothing can be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnsembleError {
    /// The plan at the start breaks a rule that all plans drawn keep.
    #[error(
        "an ensemble must start from a plan that keeps its rules, but {problem}; start from a plan of `wangge balance`, or allow more with --max-deviation"
    )]
    Start {
        /// What is wrong with it.
        problem: String,
    },
    /// The problem has locks or other side conditions.
    #[error(
        "an ensemble is drawn from all plans within the bounds and communities: locks, units kept together or apart and further weights cannot be asked for; leave them out"
    )]
    Constraints,
}

/// A plan drawn.
#[derive(Clone, Debug)]
pub struct Drawn<'a> {
    /// Steps of the chain up to this plan.
    pub step: u64,
    /// Steps among them that changed the plan.
    pub accepted: u64,
    /// The grid of each unit, matched to the present grids.
    pub owner: &'a [u32],
    /// Its figures.
    pub score: &'a Score,
}

/// What was drawn, in figures.
#[derive(Clone, Debug, Serialize)]
pub struct Ensemble {
    /// The distribution, in words.
    pub distribution: &'static str,
    /// Seed.
    pub seed: u64,
    /// Plans drawn.
    pub plans: usize,
    /// Steps before the first plan.
    pub burn_in: u64,
    /// Steps from plan to plan.
    pub thinning: u64,
    /// Steps made.
    pub steps: u64,
    /// Steps that changed the plan.
    pub accepted: u64,
    /// Greatest deviation allowed.
    pub max_deviation: f64,
    /// As many independent plans say as much about the mean of the cut edges (by Geyer's initial
    /// positive sequence, 1992): far fewer than `plans` calls for more thinning.
    pub effective_plans: f64,
    /// The figures of the plans, and where the present plan stands among them.
    pub figures: Figures,
}

/// Draws plans, beginning at `start` (the grid of each unit). `seen` gets every plan; `progress`
/// the share of the steps done, now and then; either can end the drawing, which then returns what
/// there is.
///
/// # Errors
/// When the plan at the start is not one that could be drawn, or the problem is constrained.
pub fn draw(
    problem: &Problem,
    start: &[u32],
    options: &EnsembleOptions,
    seen: &mut dyn FnMut(&Drawn<'_>) -> ControlFlow<()>,
    progress: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Result<Ensemble, EnsembleError> {
    let mut chain = chain_from(problem, start, options)?;
    let per_plan = STEPS_A_PAIR.saturating_mul(chain.pairs().max(1) as u64);
    let thinning = options.thinning.unwrap_or(per_plan).max(1);
    let burn_in = options.burn_in.unwrap_or(thinning.saturating_mul(PLANS_OF_BURN_IN));
    let all = burn_in.saturating_add(thinning.saturating_mul(options.plans as u64)).max(1);
    let mut ensemble = Ensemble {
        distribution: "reversible recombination: a plan is as likely as the product of the numbers of spanning trees of its grids",
        seed: options.seed,
        plans: 0,
        burn_in,
        thinning,
        steps: 0,
        accepted: 0,
        max_deviation: options.max_deviation,
        effective_plans: 0.0,
        figures: Figures::new(problem),
    };
    let mut owner = start.to_vec();
    'plans: while ensemble.plans < options.plans {
        let steps = if ensemble.plans == 0 { burn_in.saturating_add(thinning) } else { thinning };
        for _ in 0..steps {
            ensemble.accepted += u64::from(chain.step());
            ensemble.steps += 1;
            if ensemble.steps.is_multiple_of(TELL)
                && progress(ensemble.steps as f64 / all as f64).is_break()
            {
                break 'plans;
            }
        }
        chain.write(&mut owner);
        match_to_present(problem, &mut owner);
        let score = score(problem, &owner);
        ensemble.figures.add(&score);
        ensemble.plans += 1;
        let (step, accepted) = (ensemble.steps, ensemble.accepted);
        if seen(&Drawn { step, accepted, owner: &owner, score: &score }).is_break() {
            break;
        }
    }
    ensemble.effective_plans = ensemble.figures.effective_plans();
    ensemble.figures.finish();
    Ok(ensemble)
}

/// The chain at its start, after the rules have been checked.
fn chain_from(
    problem: &Problem,
    start: &[u32],
    options: &EnsembleOptions,
) -> Result<Chain, EnsembleError> {
    let error = |problem: String| EnsembleError::Start { problem };
    if problem.is_constrained() {
        return Err(EnsembleError::Constraints);
    }
    if let Some(problem) = fault(problem, start, options) {
        return Err(error(problem));
    }
    let settings = Options {
        max_deviation: options.max_deviation,
        communities: options.communities,
        ..Options::default()
    };
    let measure = Measure::new(problem, &settings);
    let bounds = problem.bounds(options.max_deviation);
    let mut part_of_grid = vec![None; problem.number_of_grids()];
    let mut regions = Vec::new();
    for (number, part) in parts(problem, options.communities).iter().enumerate() {
        let mut grids = 0;
        for &unit in &part.units {
            let grid = start[unit as usize] as usize;
            match part_of_grid[grid] {
                None => {
                    part_of_grid[grid] = Some(number);
                    grids += 1;
                }
                Some(other) if other != number => {
                    let unit = &problem.units()[unit as usize].id;
                    return Err(error(format!("the grid of unit {unit} crosses communities")));
                }
                Some(_) => {}
            }
        }
        regions.push(measure.region(problem, part, grids, bounds));
    }
    Ok(Chain::new(regions, start, options.seed))
}

/// What is wrong with the plan at the start, but for communities.
fn fault(problem: &Problem, start: &[u32], options: &EnsembleOptions) -> Option<String> {
    let is_whole = start.len() == problem.units().len()
        && start.iter().all(|&grid| (grid as usize) < problem.number_of_grids());
    if !is_whole {
        return Some("a unit has no grid".to_owned());
    }
    let (lower, upper) = problem.bounds(options.max_deviation);
    score(problem, start).grids.iter().find_map(|grid| {
        let (code, households) = (&grid.code, grid.households);
        if !grid.contiguous {
            Some(format!("grid {code} is not in one piece"))
        } else if !(lower..=upper).contains(&(households as i64)) {
            Some(format!("grid {code} has {households} households, not {lower} to {upper}"))
        } else {
            None
        }
    })
}

/// The present plan, when it could be drawn itself: a start that needs no search.
pub fn present_start(problem: &Problem, options: &EnsembleOptions) -> Option<Vec<u32>> {
    let present = problem.present_assignment()?;
    chain_from(problem, &present, options).is_ok().then_some(present)
}

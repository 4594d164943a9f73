//! What a search is asked for, and what it tells on the way.

use super::error::BalanceError;
use super::problem::Problem;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a plan is made to minimise. `docs/balance.md` has the formulas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Objective {
    /// Number of neighbouring pairs of units in different grids.
    #[default]
    CutEdges,
    /// Metres of border between grids; a metre along a road or a barrier counts a quarter.
    BorderLength,
    /// Moment of inertia: households times squared metres from their grid's centre.
    Inertia,
}

/// How communities bind the grids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CommunityRule {
    /// Every grid lies whole in one community (rule 3).
    #[default]
    Whole,
    /// Grids may cross the borders of communities.
    Ignore,
}

/// The settings of a search.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Greatest share by which a grid's households may lie off the mean.
    pub max_deviation: f64,
    /// What to minimise.
    pub objective: Objective,
    /// Pull towards the present plan: moving the households of one mean grid to other grids
    /// costs as much as this many cut edges (of mean length, with [`Objective::BorderLength`]).
    pub keep: f64,
    /// Wall-clock limit. Without one the search ends by work, and a seed gives the same plan
    /// every time.
    pub time_limit: Option<Duration>,
    /// Seed of the random numbers.
    pub seed: u64,
    /// Threads; 0 for as many as the machine has. Plans do not depend on it.
    pub threads: usize,
    /// How communities bind the grids.
    pub communities: CommunityRule,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_deviation: 0.1,
            objective: Objective::CutEdges,
            keep: 0.0,
            time_limit: None,
            seed: 1,
            threads: 0,
            communities: CommunityRule::Whole,
        }
    }
}

impl Options {
    /// Whether the settings make sense, and the problem has what they need.
    ///
    /// # Errors
    /// For a deviation or a pull that is negative or not a number, and for an objective that
    /// needs lengths or places when the problem has none.
    pub fn check(&self, problem: &Problem) -> Result<(), BalanceError> {
        let error = |option: &str, problem: String| {
            Err(BalanceError::Option { option: option.to_owned(), problem })
        };
        if !self.max_deviation.is_finite() || self.max_deviation < 0.0 {
            let value = self.max_deviation;
            return error("max-deviation", format!("{value} is not a share of 0 or more"));
        }
        if !self.keep.is_finite() || self.keep < 0.0 {
            return error("keep", format!("{} is not a weight of 0 or more", self.keep));
        }
        match self.objective {
            Objective::BorderLength
                if problem.graph().edges().iter().any(|e| e.length_m.is_none()) =>
            {
                let problem = "border-length needs the length of every common border (edge \
                               attribute shared_perim of a graph); use cut-edges";
                error("objective", problem.to_owned())
            }
            Objective::Inertia if problem.units().iter().any(|u| u.centroid.is_none()) => {
                let problem = "inertia needs the centre of every unit (node attributes C_X, C_Y \
                               of a graph); use cut-edges";
                error("objective", problem.to_owned())
            }
            _ => Ok(()),
        }
    }
}

/// Where a search stands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Progress {
    /// Share of the work (or of the time limit) done.
    pub fraction: f64,
    /// Seconds since the start.
    pub elapsed_s: f64,
    /// The best plan so far.
    pub best: Option<BestSoFar>,
}

/// Figures of the best plan so far.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BestSoFar {
    /// Greatest share by which a grid lies off the mean.
    pub max_deviation: f64,
    /// Edges between grids.
    pub cut_edges: usize,
}

//! The figures of an ensemble, and where the present plan stands among them.

use crate::balance::problem::Problem;
use crate::balance::score::{Score, score};
use serde::Serialize;

/// A figure of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// Greatest share by which a grid lies off the mean.
    MaxDeviation,
    /// Pairs of neighbouring units in different grids.
    CutEdges,
    /// Metres of border between grids.
    BorderLengthM,
    /// Communities split.
    CommunitiesSplit,
    /// Households not in their present grid.
    HouseholdsMoved,
}

impl Figure {
    /// All figures, in the order of the columns.
    pub const ALL: [Self; 5] = [
        Self::MaxDeviation,
        Self::CutEdges,
        Self::BorderLengthM,
        Self::CommunitiesSplit,
        Self::HouseholdsMoved,
    ];

    /// Its name as a column and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::MaxDeviation => "max_deviation",
            Self::CutEdges => "cut_edges",
            Self::BorderLengthM => "border_length_m",
            Self::CommunitiesSplit => "communities_split",
            Self::HouseholdsMoved => "households_moved",
        }
    }

    /// Its value for a plan; `None` where the problem has no lengths or no present plan.
    pub fn of(self, score: &Score) -> Option<f64> {
        match self {
            Self::MaxDeviation => Some(score.max_deviation),
            Self::CutEdges => Some(score.cut_edges as f64),
            Self::BorderLengthM => score.border_length_m,
            Self::CommunitiesSplit => Some(score.communities_split as f64),
            Self::HouseholdsMoved => score.households_moved.map(|count| count as f64),
        }
    }
}

/// The spread of a figure over the plans.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Quantiles {
    /// Least.
    pub min: f64,
    /// 5 % of the plans lie below.
    pub q05: f64,
    /// Half of the plans lie below.
    pub median: f64,
    /// 95 % of the plans lie below.
    pub q95: f64,
    /// Greatest.
    pub max: f64,
}

/// Where the present plan stands in one figure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Standing {
    /// Which figure.
    pub figure: Figure,
    /// Its spread over the plans drawn; `None` without a plan.
    pub plans: Option<Quantiles>,
    /// The present plan's value; `None` when some unit is in no present grid.
    pub present: Option<f64>,
    /// Share of the plans with a lower value than the present plan, in percent, those with the
    /// same value counting half.
    pub percentile: Option<f64>,
}

/// All figures of an ensemble.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Figures {
    standings: Vec<Standing>,
    #[serde(skip)]
    values: Vec<Vec<f64>>,
}

impl Figures {
    /// No plan yet.
    pub(super) fn new(problem: &Problem) -> Self {
        let present = problem.present_assignment().map(|owner| score(problem, &owner));
        let standing = |figure: Figure| Standing {
            figure,
            plans: None,
            present: present.as_ref().and_then(|score| figure.of(score)),
            percentile: None,
        };
        Self {
            standings: Figure::ALL.map(standing).to_vec(),
            values: vec![Vec::new(); Figure::ALL.len()],
        }
    }

    /// Counts a plan.
    pub(super) fn add(&mut self, score: &Score) {
        for (figure, values) in Figure::ALL.iter().zip(&mut self.values) {
            values.extend(figure.of(score));
        }
    }

    /// Works out quantiles and percentiles.
    pub(super) fn finish(&mut self) {
        for (standing, values) in self.standings.iter_mut().zip(&mut self.values) {
            values.sort_unstable_by(f64::total_cmp);
            let Some(last) = values.len().checked_sub(1) else { continue };
            let at = |share: f64| values[(share * last as f64).round() as usize];
            standing.plans = Some(Quantiles {
                min: values[0],
                q05: at(0.05),
                median: at(0.5),
                q95: at(0.95),
                max: values[last],
            });
            standing.percentile = standing.present.map(|present| {
                // The same sum in another order may differ in its last digits.
                let slack = present.abs() * 1e-9;
                let below = values.partition_point(|&v| v < present - slack);
                let up_to = values.partition_point(|&v| v <= present + slack);
                50.0 * (below + up_to) as f64 / values.len() as f64
            });
        }
    }

    /// Where the present plan stands, figure by figure.
    pub fn standings(&self) -> &[Standing] {
        &self.standings
    }

    /// The number of independent plans that say as much about the mean of the cut edges. Before
    /// [`Figures::finish`], which sorts.
    pub(super) fn effective_plans(&self) -> f64 {
        let values = &self.values[1];
        let n = values.len();
        let mean = values.iter().sum::<f64>() / n.max(1) as f64;
        let covariance = |lag: usize| {
            let pairs = values.iter().zip(values.iter().skip(lag));
            pairs.map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>() / n as f64
        };
        let variance = covariance(0);
        if n < 4 || variance <= 0.0 {
            return n as f64;
        }
        // Sums of two neighbouring lags are positive for a reversible chain: stop at the first
        // that noise makes negative.
        let mut sum = -variance;
        for lag in (0..n / 2).step_by(2) {
            let pair = covariance(lag) + covariance(lag + 1);
            if pair <= 0.0 {
                break;
            }
            sum += 2.0 * pair;
        }
        (n as f64 * variance / sum.max(variance / n as f64)).min(n as f64)
    }
}

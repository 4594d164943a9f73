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
    /// Grids may cross the borders of communities, at a cost for each grid that does.
    Soft,
    /// Grids may cross the borders of communities.
    Ignore,
}

/// A term of a mixed objective; the value of each is to be small. `docs/balance-model.md` has the
/// formulas and their sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Term {
    /// The worst grid's deviation, in hundredths of the mean.
    Deviation,
    /// Number of neighbouring pairs of units in different grids.
    CutEdges,
    /// Kilometres of border between grids; along a road or a barrier a quarter counts.
    BorderLength,
    /// Moment of inertia, as a share of the whole area's for each grid and common border.
    Inertia,
    /// Sum over the grids of 1 − 4π area / perimeter².
    PolsbyPopper,
    /// Households that leave their present grid, in mean grids.
    Moved,
    /// Number of grids that lie in more than one community.
    CommunitiesSplit,
}

impl Term {
    /// Every term.
    pub const ALL: [Self; 7] = [
        Self::Deviation,
        Self::CutEdges,
        Self::BorderLength,
        Self::Inertia,
        Self::PolsbyPopper,
        Self::Moved,
        Self::CommunitiesSplit,
    ];

    /// Its name, as users write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deviation => "deviation",
            Self::CutEdges => "cut-edges",
            Self::BorderLength => "border-length",
            Self::Inertia => "inertia",
            Self::PolsbyPopper => "polsby-popper",
            Self::Moved => "moved",
            Self::CommunitiesSplit => "communities-split",
        }
    }

    /// Whether it adds up over edges, units and grids in a way that the search and the proof of
    /// the regions work with.
    fn is_linear(self) -> bool {
        !matches!(self, Self::Deviation | Self::PolsbyPopper)
    }
}

/// Several objectives at once.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mix {
    /// The terms, each with its weight above 0.
    pub terms: Vec<(Term, f64)>,
    /// Whether the terms count one after the other, weights aside: of the plans that are best by
    /// the first, the best by the second, and so on.
    pub lexicographic: bool,
}

impl Mix {
    /// Reads `cut-edges=1,moved=0.5` (a weighted sum) or `deviation,cut-edges` (one after the
    /// other).
    ///
    /// # Errors
    /// For an unknown or repeated term, a weight that is none, and weights for some terms only.
    pub fn parse(text: &str) -> Result<Self, BalanceError> {
        let wrong = |problem: String| BalanceError::Option { option: "objective".into(), problem };
        let mut terms: Vec<(Term, f64)> = Vec::new();
        let mut weighted = 0;
        for entry in text.split([',', '，']).map(str::trim) {
            let (name, weight) = match entry.split_once('=') {
                Some((name, weight)) => {
                    weighted += 1;
                    let weight = weight.trim().parse::<f64>().ok();
                    let weight = weight.filter(|w| *w > 0.0 && w.is_finite());
                    (
                        name.trim(),
                        weight.ok_or_else(|| {
                            wrong(format!("`{entry}`: the weight should be a number above 0"))
                        })?,
                    )
                }
                None => (entry, 1.0),
            };
            let term = Term::ALL.into_iter().find(|term| term.name() == name).ok_or_else(|| {
                let known = Term::ALL.map(Term::name).join(", ");
                wrong(format!("there is no objective `{name}`; there are {known}"))
            })?;
            if terms.iter().any(|(known, _)| *known == term) {
                return Err(wrong(format!("`{name}` is named twice")));
            }
            terms.push((term, weight));
        }
        if weighted != 0 && weighted != terms.len() {
            let problem = "give every term a weight (a=1,b=2), or none (a,b: one after the other)";
            return Err(wrong(problem.to_owned()));
        }
        let lexicographic = weighted == 0 && terms.len() > 1;
        Ok(Self { terms, lexicographic })
    }

    /// The weight of a linear term in the search: of a lexicographic mix only the first counts.
    pub(super) fn linear_weight(&self, term: Term) -> f64 {
        let counted = if self.lexicographic { 1 } else { self.terms.len() };
        let found = self.terms.iter().take(counted).find(|(known, _)| *known == term);
        found.filter(|(term, _)| term.is_linear()).map_or(0.0, |(_, weight)| *weight)
    }

    /// Whether the search for the linear terms alone is not the whole of it.
    pub(super) fn needs_refining(&self) -> bool {
        self.lexicographic || self.terms.iter().any(|(term, _)| !term.is_linear())
    }

    /// The bound on the mix that a bound on its linear part gives.
    pub(super) fn bound_of(&self, bound: f64, edges: usize) -> f64 {
        let edge_weights =
            self.linear_weight(Term::CutEdges) + self.linear_weight(Term::BorderLength);
        // Where edges do not count, the search still prefers few: that part of the bound is no
        // part of the mix.
        let bound = if edge_weights == 0.0 {
            bound - super::parts::TIE_BREAK * edges as f64
        } else {
            bound
        };
        if self.lexicographic && !self.terms[0].0.is_linear() { 0.0 } else { bound.max(0.0) }
    }

    fn has(&self, term: Term) -> bool {
        self.terms.iter().any(|(known, _)| *known == term)
    }
}

/// The settings of a search.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Greatest share by which a grid's households may lie off the mean.
    pub max_deviation: f64,
    /// What to minimise.
    pub objective: Objective,
    /// Several things to minimise, instead of `objective`.
    pub mix: Option<Mix>,
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
    /// With [`CommunityRule::Soft`], what each grid in more than one community costs, in units of
    /// the objective (cut edges, kilometres of border).
    pub community_cost: f64,
    /// Whether to add plans between the best ones: the choice of balance against households moved
    /// against border.
    pub front: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_deviation: 0.1,
            objective: Objective::CutEdges,
            mix: None,
            keep: 0.0,
            time_limit: None,
            seed: 1,
            threads: 0,
            communities: CommunityRule::Whole,
            community_cost: 5.0,
            front: false,
        }
    }
}

impl Options {
    /// The mix that is minimised, with the cost of grids in more than one community where
    /// communities are soft borders.
    pub(super) fn whole_mix(&self) -> Option<Mix> {
        let mut mix = self.mix.clone()?;
        if self.communities == CommunityRule::Soft && !mix.has(Term::CommunitiesSplit) {
            mix.terms.push((Term::CommunitiesSplit, self.community_cost));
        }
        Some(mix)
    }

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
        if !self.community_cost.is_finite() || self.community_cost < 0.0 {
            let value = self.community_cost;
            return error("community-cost", format!("{value} is not a cost of 0 or more"));
        }
        if self.mix.is_some() && self.keep > 0.0 {
            let problem = "with several objectives say moved=W among them instead";
            return error("keep", problem.to_owned());
        }
        let has = |term| self.mix.as_ref().is_some_and(|mix| mix.has(term));
        if has(Term::PolsbyPopper)
            && problem.units().iter().any(|u| u.area_m2.is_none() || u.outer_border_m.is_none())
        {
            let problem = "polsby-popper needs the area and the outer border of every unit (node \
                           attributes area, boundary_perim of a graph); use cut-edges";
            return error("objective", problem.to_owned());
        }
        if has(Term::Moved) && !problem.has_present() {
            let problem = "moved needs present grids, and there are none".to_owned();
            return error("objective", problem);
        }
        let mix = self.mix.is_some();
        let objective = match self.objective {
            _ if has(Term::BorderLength) || has(Term::PolsbyPopper) => Objective::BorderLength,
            _ if has(Term::Inertia) => Objective::Inertia,
            _ if mix => Objective::CutEdges,
            objective => objective,
        };
        match objective {
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

//! What is to be balanced: planning units, their graph, the grids, the present plan.

use super::compounds::CompoundUnits;
use super::constraints::Rules;
use super::error::BalanceError;
use super::graph::{Edge, Graph};
use crate::domain::LonLat;

/// Most households a unit may hold: more is taken for a mistake in the data.
pub(super) const ABSURD_HOUSEHOLDS: u64 = 1_000_000_000;

/// A planning unit of a problem.
#[derive(Clone, Debug)]
pub struct ProblemUnit {
    /// Key.
    pub id: String,
    /// Households (or whatever the named attribute counts).
    pub households: u64,
    /// Index of its community in [`Problem::communities`].
    pub community: Option<u32>,
    /// Index of its present grid in [`Problem::grids`].
    pub present: Option<u32>,
    /// Centre.
    pub centroid: Option<LonLat>,
    /// Area in square metres.
    pub area_m2: Option<f64>,
    /// Length in metres of its border that no other unit shares.
    pub outer_border_m: Option<f64>,
}

/// Code and name of a grid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GridLabel {
    /// Code; the key.
    pub code: String,
    /// Name.
    pub name: String,
    /// Code of its community, where it has one.
    pub community_code: Option<String>,
}

/// Code and name of a community.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommunityLabel {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// A balancing problem: divide the units among the grids.
///
/// Invariants: at least one grid and not more grids than units; `communities` and `grids` hold
/// every index that a unit names; the households of all units together are not zero.
#[derive(Clone, Debug)]
pub struct Problem {
    pub(super) units: Vec<ProblemUnit>,
    pub(super) graph: Graph,
    pub(super) communities: Vec<CommunityLabel>,
    pub(super) grids: Vec<GridLabel>,
    /// Grids with an index below this exist today; the others are new, and get code and name by
    /// rule 8 when a plan is made.
    pub(super) existing: usize,
    /// Whether new grids are simply coded "1" to "K" (a graph without communities).
    pub(super) plain_codes: bool,
    /// Units of dedicated grids, which are outside the balance, with the code of their grid.
    pub(super) left_out: Vec<(String, String)>,
    /// Compounds and their units, when [`Problem::with_compounds`] has read them.
    pub(super) compounds: Vec<CompoundUnits>,
    /// Further weights of the units, by name.
    pub(super) attributes: Vec<(String, Vec<u64>)>,
    /// What every plan must keep.
    pub(super) rules: Rules,
}

impl Problem {
    /// Checks the invariants and puts the parts together.
    pub(super) fn assemble(
        units: Vec<ProblemUnit>,
        graph: Graph,
        communities: Vec<CommunityLabel>,
        existing: Vec<GridLabel>,
        grids: usize,
    ) -> Result<Self, BalanceError> {
        if grids == 0 || grids > units.len() {
            return Err(BalanceError::GridsOutOfRange { grids, units: units.len() });
        }
        let count = existing.len();
        let mut labels = existing;
        labels.resize(grids.max(count), GridLabel::default());
        let problem = Self {
            units,
            graph,
            communities,
            grids: labels,
            existing: count,
            plain_codes: false,
            left_out: Vec::new(),
            compounds: Vec::new(),
            attributes: Vec::new(),
            rules: Rules::default(),
        };
        Ok(problem.with_grids(grids))
    }

    /// A problem from its parts: units, the borders between them by the units' indices, and
    /// communities; `existing` grids have their code and name, the others up to `grids` get theirs
    /// by rule 8.
    ///
    /// # Errors
    /// When there are no grids, or more than units.
    pub fn from_units(
        units: Vec<ProblemUnit>,
        borders: impl IntoIterator<Item = Edge>,
        communities: Vec<CommunityLabel>,
        existing: Vec<GridLabel>,
        grids: usize,
    ) -> Result<Self, BalanceError> {
        let graph = Graph::new(units.len(), borders);
        Self::assemble(units, graph, communities, existing, grids)
    }

    /// Keeps the `grids` existing grids of most households when there are more.
    fn with_grids(mut self, grids: usize) -> Self {
        if self.existing <= grids {
            return self;
        }
        let mut households = vec![0u64; self.existing];
        for unit in &self.units {
            if let Some(grid) = unit.present {
                households[grid as usize] += unit.households;
            }
        }
        let mut kept: Vec<usize> = (0..self.existing).collect();
        kept.sort_by_key(|&g| (std::cmp::Reverse(households[g]), g));
        kept.truncate(grids);
        kept.sort_unstable();
        let place = |g: u32| kept.iter().position(|&k| k == g as usize).map(|p| p as u32);
        for unit in &mut self.units {
            unit.present = unit.present.and_then(place);
        }
        self.grids = kept.iter().map(|&g| self.grids[g].clone()).collect();
        self.existing = grids;
        self
    }

    /// The same problem with another present plan, from which the households moved are counted
    /// and to which the units are pulled: `present[u]` is the grid of unit `u`. An entry that is
    /// missing or names no grid leaves the unit without one. Constraints are lifted, since locks
    /// refer to the present plan.
    #[must_use]
    pub fn with_present(mut self, present: &[Option<u32>]) -> Self {
        let grids = self.grids.len();
        for (index, unit) in self.units.iter_mut().enumerate() {
            let grid = present.get(index).copied().flatten();
            unit.present = grid.filter(|&grid| (grid as usize) < grids);
        }
        self.rules = Rules::default();
        self
    }

    /// The same problem with grids of other codes and names, in the same order.
    #[must_use]
    pub fn with_labels(mut self, labels: Vec<GridLabel>) -> Self {
        if labels.len() == self.grids.len() {
            self.existing = labels.len();
            self.grids = labels;
        }
        self
    }

    /// The planning units.
    pub fn units(&self) -> &[ProblemUnit] {
        &self.units
    }

    /// Their graph, by the units' indices.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Number of grids to be made.
    pub fn number_of_grids(&self) -> usize {
        self.grids.len()
    }

    /// The communities.
    pub fn communities(&self) -> &[CommunityLabel] {
        &self.communities
    }

    /// Units of dedicated grids, which are outside the balance: id and code of the grid.
    pub fn left_out(&self) -> &[(String, String)] {
        &self.left_out
    }

    /// The index of the unit with this id. O(units).
    pub fn unit(&self, id: &str) -> Option<usize> {
        self.units.iter().position(|unit| unit.id == id)
    }

    /// Households of all units together.
    pub fn households(&self) -> u64 {
        self.units.iter().map(|unit| unit.households).sum()
    }

    /// Households of a grid at the mean.
    pub fn mean_households(&self) -> f64 {
        self.households() as f64 / self.grids.len() as f64
    }

    /// Fewest and most households that a grid may hold: every whole number within
    /// (1 ± `max_deviation`) of the mean.
    pub fn bounds(&self, max_deviation: f64) -> (i64, i64) {
        let mean = self.mean_households();
        let slack = mean * 1e-12;
        let lower = ((1.0 - max_deviation) * mean - slack).ceil().max(0.0);
        let upper = ((1.0 + max_deviation) * mean + slack).floor();
        (lower as i64, upper as i64)
    }

    /// The present plan, if every unit has a present grid.
    pub fn present_assignment(&self) -> Option<Vec<u32>> {
        self.units.iter().map(|unit| unit.present).collect()
    }

    /// Whether the length of every common border is known.
    pub fn has_lengths(&self) -> bool {
        self.graph.edges().iter().all(|edge| edge.length_m.is_some())
            && (!self.graph.edges().is_empty() || self.units.iter().all(|u| u.area_m2.is_some()))
    }

    /// Whether any unit has a present grid.
    pub fn has_present(&self) -> bool {
        self.units.iter().any(|unit| unit.present.is_some())
    }
}

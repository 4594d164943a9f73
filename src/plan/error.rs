//! Why an assignment or an edit does not fit.

use super::draft::Breach;

/// Most grids that a message lists.
const LISTED: usize = 6;

/// Why an assignment or an edit does not fit the data or the plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A unit that neither the dataset nor the plan has.
    #[error("{field}: the dataset has no planning unit `{unit}`")]
    UnknownUnit {
        /// Where in the request.
        field: String,
        /// The unit.
        unit: String,
    },
    /// A grid that the plan does not have.
    #[error("{field}: the plan has no grid `{grid}`; its grids are {known}")]
    UnknownGrid {
        /// Where in the request.
        field: String,
        /// The grid.
        grid: String,
        /// The first grids that it has.
        known: String,
    },
    /// A unit of a dedicated grid given to another grid, or another unit to a dedicated grid.
    #[error(
        "{field}: the dedicated grid `{grid}` is outside the balance; its units stay in it and no \
         other unit joins them, so `{unit}` cannot be moved there or away"
    )]
    Dedicated {
        /// Where in the request.
        field: String,
        /// The unit.
        unit: String,
        /// The dedicated grid.
        grid: String,
    },
    /// A grid that cannot be added or removed.
    #[error("{field}: grid `{grid}`: {problem}")]
    Grid {
        /// Where in the request.
        field: String,
        /// The grid.
        grid: String,
        /// What is wrong.
        problem: String,
    },
    /// An edit that names no unit.
    #[error("{field}: names no unit; name the units to move")]
    NoUnits {
        /// Where in the request.
        field: String,
    },
    /// An edit that cannot be done.
    #[error("{field}: {problem}")]
    Invalid {
        /// Where in the request.
        field: String,
        /// The unit or grid concerned.
        feature: Option<String>,
        /// What is wrong and what to do.
        problem: String,
    },
    /// An edit that a rule refuses.
    #[error("{field}: {}", breach.message)]
    Refused {
        /// Where in the request.
        field: String,
        /// Rule, units, grid, and what to do.
        breach: Box<Breach>,
    },
}

impl PlanError {
    /// An edit that cannot be done.
    pub(super) fn invalid(
        field: impl Into<String>,
        feature: Option<&str>,
        problem: impl Into<String>,
    ) -> Self {
        let (field, feature) = (field.into(), feature.map(str::to_owned));
        Self::Invalid { field, feature, problem: problem.into() }
    }

    /// A grid that the plan does not have, with some that it has.
    pub(super) fn unknown_grid<'a>(
        field: String,
        grid: &str,
        known: impl Iterator<Item = &'a str>,
    ) -> Self {
        let mut known: Vec<&str> = known.collect();
        known.sort_unstable();
        if known.len() > LISTED {
            known.truncate(LISTED);
            known.push("…");
        }
        Self::UnknownGrid { field, grid: grid.into(), known: known.join(", ") }
    }

    /// The member of the request concerned, as a path: `edits[0].grid`.
    pub fn field(&self) -> &str {
        match self {
            Self::UnknownUnit { field, .. }
            | Self::UnknownGrid { field, .. }
            | Self::Dedicated { field, .. }
            | Self::Grid { field, .. }
            | Self::NoUnits { field }
            | Self::Invalid { field, .. }
            | Self::Refused { field, .. } => field,
        }
    }

    /// The unit or grid concerned.
    pub fn feature(&self) -> Option<&str> {
        match self {
            Self::UnknownUnit { unit, .. } | Self::Dedicated { unit, .. } => Some(unit),
            Self::UnknownGrid { grid, .. } | Self::Grid { grid, .. } => Some(grid),
            Self::NoUnits { .. } => None,
            Self::Invalid { feature, .. } => feature.as_deref(),
            Self::Refused { breach, .. } => {
                breach.units.first().or(breach.grid.as_ref()).map(String::as_str)
            }
        }
    }

    /// The rule that refused, with all that it names.
    pub fn breach(&self) -> Option<&Breach> {
        match self {
            Self::Refused { breach, .. } => Some(breach),
            _ => None,
        }
    }
}

//! Plans: who gets which unit. A plan is a map from planning units to grids; its polygons come
//! from dissolving the coverage of the units, so that every net made from it coincides with it
//! vertex for vertex.
//!
//! - [`Basis`]: what plans stand on: units, grids, their graph and coverage
//! - [`edit`]: changes to a plan, checked
//! - [`Score`]: the figures of a plan, as the search has them
//! - [`Difference`]: what two plans give to different grids
//! - [`store`]: where plans are kept

mod basis;
mod diff;
pub mod edit;
mod export;
pub mod store;

pub use crate::balance::{GridScore, Score};
pub use basis::Basis;
pub use diff::{Difference, MovedUnit};
pub use edit::Edit;
pub use export::{PlanFeature, PlanFeatureProperties, features};

use crate::balance::GridLabel;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Which grid each unit belongs to: unit id → grid code. A unit that is not in it has no grid
/// (yet).
pub type Assignment = BTreeMap<String, String>;

/// The id of the plan that holds the present grids. It is computed from the dataset, so it
/// cannot be changed or deleted.
pub const PRESENT: &str = "present";

/// How a plan came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PlanOrigin {
    /// By hand, or as the present grids are.
    Manual,
    /// By a search.
    Balance,
}

/// A grid of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanGrid {
    /// Code; the key.
    pub code: String,
    /// Name.
    pub name: String,
    /// Code of the community that holds it.
    pub community_code: Option<String>,
}

impl From<GridLabel> for PlanGrid {
    fn from(label: GridLabel) -> Self {
        let GridLabel { code, name, community_code } = label;
        Self { code, name, community_code }
    }
}

/// A plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Key.
    pub id: String,
    /// Name, for people.
    pub name: String,
    /// When it was made.
    pub created: jiff::Timestamp,
    /// Counts the changes, from 1.
    pub version: u64,
    /// How it came to be.
    pub origin: PlanOrigin,
    /// The balanced grids, when they are others than the dataset's (a search for K grids).
    pub grids: Option<Vec<PlanGrid>>,
    /// The units' grids.
    pub assignment: Assignment,
}

/// What is needed to make a plan; the store adds key, time and version.
#[derive(Clone, Debug)]
pub struct NewPlan {
    /// Name, for people.
    pub name: String,
    /// How it came to be.
    pub origin: PlanOrigin,
    /// The balanced grids, when they are others than the dataset's.
    pub grids: Option<Vec<PlanGrid>>,
    /// The units' grids.
    pub assignment: Assignment,
}

/// Why an assignment or an edit does not fit the data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A unit that the dataset does not have.
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
}

impl PlanError {
    /// The member of the request concerned, as a path: `edits[0].grid`.
    pub fn field(&self) -> &str {
        match self {
            Self::UnknownUnit { field, .. }
            | Self::UnknownGrid { field, .. }
            | Self::Dedicated { field, .. }
            | Self::Grid { field, .. }
            | Self::NoUnits { field } => field,
        }
    }

    /// The unit or grid concerned.
    pub fn feature(&self) -> Option<&str> {
        match self {
            Self::UnknownUnit { unit, .. } | Self::Dedicated { unit, .. } => Some(unit),
            Self::UnknownGrid { grid, .. } | Self::Grid { grid, .. } => Some(grid),
            Self::NoUnits { .. } => None,
        }
    }
}

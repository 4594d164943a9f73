//! Plans: who gets which unit. A plan is a map from planning units to grids; its polygons come
//! from dissolving the coverage of the units, so that every net made from it coincides with it
//! vertex for vertex.
//!
//! - [`Basis`]: what plans stand on: units, grids, their graph and coverage
//! - [`PlanState`]: a plan as it is stored; [`Delta`]: what edits changed in it, both ways
//! - [`Edit`], [`apply`], [`Draft`]: changes to a plan, checked, with the figures that change
//! - [`Score`]: the figures of a plan, as the search has them
//! - [`Difference`], [`compare()`]: what two plans give to different grids
//! - [`rebase()`]: a plan carried over to changed data
//! - [`store`]: where plans are kept

mod basis;
mod compare;
mod delta;
mod diff;
mod draft;
mod edit;
mod edits;
mod error;
mod export;
mod ground;
mod nets;
mod rebase;
mod shape_json;
mod state;
pub mod store;

pub use crate::balance::{GridScore, Score};
pub use basis::Basis;
pub use compare::{
    Flow, FlowFeature, FlowProperties, MovedCompound, MovedPiece, PlanDiff, compare,
};
pub use delta::{Change, Changes, Delta};
pub use diff::{Difference, MovedUnit};
pub use draft::{
    Breach, Draft, EditOptions, EditReport, Edited, GridReport, NetStep, Rule, RuleMode, Totals,
};
pub use edit::{Applied, Edit, apply};
pub use error::PlanError;
pub use export::{PlanFeature, PlanFeatureProperties, features, state_features};
pub use rebase::{CarriedUnit, RebaseReport, rebase};
pub use state::{GridInfo, LONGEST_NOTES, OwnUnit, PlanState};

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
    /// Version that the change gave the plan that would be undone next.
    pub undo: Option<u64>,
    /// The same for what would be redone next.
    pub redo: Option<u64>,
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

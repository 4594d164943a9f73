//! Changes to a plan, and their application to a state.

use super::basis::Basis;
use super::delta::Delta;
use super::draft::{Draft, EditOptions, EditReport};
use super::error::PlanError;
use super::state::PlanState;
use crate::domain::{GridKind, LonLat};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Edit {
    /// Gives units to a grid.
    Assign {
        /// The units.
        units: Vec<String>,
        /// The code of the grid.
        grid: String,
    },
    /// Takes units out of their grids; they have none then.
    Erase {
        /// The units.
        units: Vec<String>,
    },
    /// Pushes the border of a grid over into another grid: unit by unit at the common border, so
    /// that both stay whole, the best balance first.
    Grow {
        /// The code of the grid that grows.
        grid: String,
        /// The code of the grid that gives.
        from: String,
        /// How many units to take.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        units: Option<usize>,
        /// Households that `grid` is to come near to, instead of a number of units.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        households: Option<u64>,
    },
    /// Draws the border of a grid back from another grid, which gets the units.
    Shrink {
        /// The code of the grid that shrinks.
        grid: String,
        /// The code of the grid that gets the units.
        to: String,
        /// How many units to give.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        units: Option<usize>,
        /// Households that `grid` is to come near to, instead of a number of units.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        households: Option<u64>,
    },
    /// Moves a vertex of a common border of units, in all units that have it.
    MoveVertex {
        /// Where it is: longitude, latitude.
        #[schema(value_type = [f64; 2])]
        from: LonLat,
        /// Where it is to be.
        #[schema(value_type = [f64; 2])]
        to: LonLat,
    },
    /// Divides a unit in two along a line from border to border.
    SplitUnit {
        /// The unit.
        unit: String,
        /// The line: places of longitude, latitude.
        #[schema(value_type = Vec<[f64; 2]>)]
        line: Vec<LonLat>,
    },
    /// Makes one unit of adjacent ones of one grid and community.
    MergeUnits {
        /// The units.
        units: Vec<String>,
    },
    /// Brings units of the plan's own back to the dataset's units that they were made of.
    RestoreUnits {
        /// Units of the plan's own, or units of the dataset that they replace.
        units: Vec<String>,
    },
    /// Adds a grid without units.
    AddGrid {
        /// Its code, which no grid of the plan has.
        grid: String,
        /// Its name; the code when not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// Code of its community.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        community_code: Option<String>,
        /// base, dedicated or micro; the kind that is balanced when not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        kind: Option<GridKind>,
    },
    /// Takes a grid that has no units out of the plan.
    RemoveGrid {
        /// Its code.
        grid: String,
    },
    /// Makes one grid of several.
    MergeGrids {
        /// Their codes.
        grids: Vec<String>,
        /// The code of the one that stays; the one with most households when not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        into: Option<String>,
    },
    /// Divides a grid in two.
    SplitGrid {
        /// Its code.
        grid: String,
        /// The units that leave it; two balanced halves are sought when not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        units: Option<Vec<String>>,
        /// The code of the new grid; the next free one of the community when not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// The name of the new grid.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// Changes what a grid is called and how it is shown; what is not given stays.
    SetGrid {
        /// Its code.
        grid: String,
        /// Name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// base, dedicated or micro.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        kind: Option<GridKind>,
        /// Colour, `#rrggbb`; empty for the viewer's choice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        colour: Option<String>,
        /// Code of its community; empty for none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        community_code: Option<String>,
    },
    /// Locks grids and units: they stay as they are until they are unlocked.
    Lock {
        /// Codes of grids.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        grids: Vec<String>,
        /// Units.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        units: Vec<String>,
    },
    /// Unlocks grids and units.
    Unlock {
        /// Codes of grids.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        grids: Vec<String>,
        /// Units.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        units: Vec<String>,
    },
    /// Numbers grids anew: 12 digits of the community and 3 of the sequence, west to east, then
    /// north to south.
    Recode {
        /// Only the grids of this community; all when not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        community_code: Option<String>,
    },
    /// Changes the notes.
    SetNotes {
        /// The notes.
        notes: String,
    },
}

/// A plan after edits.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    /// The state.
    pub state: PlanState,
    /// What changed in it.
    pub delta: Delta,
    /// The figures that changed.
    pub report: EditReport,
}

/// The plan after the edits, made in order, all or none. O(units); keep a [`Draft`] where many
/// edits follow each other.
///
/// # Errors
/// When the state does not fit the data, on the first edit that cannot be done, and when a rule
/// refuses what the edits make together.
pub fn apply(
    basis: &Basis,
    state: &PlanState,
    edits: &[Edit],
    options: &EditOptions,
) -> Result<Applied, PlanError> {
    let mut draft = Draft::open(basis, state.clone())?;
    let edited = draft.apply(edits, options)?;
    Ok(Applied { state: draft.into_state(), delta: edited.delta, report: edited.report })
}

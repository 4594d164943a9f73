//! Changes to a plan. An edit is checked whole before anything changes; whether the grids stay in
//! one piece is for the score to say, since a plan passes through broken states while it is drawn.

use super::basis::unknown_grid;
use super::{Assignment, Basis, PlanError, PlanGrid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Edit {
    /// Gives units to a grid.
    Assign {
        /// The units.
        units: Vec<String>,
        /// The code of the grid.
        grid: String,
    },
}

/// The assignment after the edits, applied in order. `grids` are the plan's.
///
/// # Errors
/// On the first edit that names an unknown unit or grid or no unit, or moves a unit into or out of
/// a dedicated grid.
pub fn apply(
    basis: &Basis,
    grids: &[PlanGrid],
    assignment: &Assignment,
    edits: &[Edit],
) -> Result<Assignment, PlanError> {
    let mut edited = assignment.clone();
    for (position, edit) in edits.iter().enumerate() {
        let Edit::Assign { units, grid } = edit;
        if !grids.iter().any(|known| known.code == *grid) {
            return Err(unknown_grid(grids, format!("edits[{position}].grid"), grid));
        }
        if units.is_empty() {
            return Err(PlanError::NoUnits { field: format!("edits[{position}].units") });
        }
        for (i, unit) in units.iter().enumerate() {
            basis.unit(unit, || format!("edits[{position}].units[{i}]"))?;
            edited.insert(unit.clone(), grid.clone());
        }
    }
    basis.numbers(grids, &edited)?;
    Ok(edited)
}

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
    /// Adds a grid without units.
    AddGrid {
        /// Its code, which no grid of the plan has.
        grid: String,
        /// Its name; the code when not given.
        name: Option<String>,
        /// Code of its community.
        community_code: Option<String>,
    },
    /// Takes a grid that has no units out of the plan.
    RemoveGrid {
        /// Its code.
        grid: String,
    },
}

/// A plan after edits.
#[derive(Clone, Debug, PartialEq)]
pub struct Edited {
    /// The units' grids.
    pub assignment: Assignment,
    /// The balanced grids, when they are others than before.
    pub grids: Option<Vec<PlanGrid>>,
}

/// The plan after the edits, applied in order. `grids` are the plan's, the balanced ones first.
///
/// # Errors
/// On the first edit that names an unknown unit or grid or no unit, or moves a unit into or out of
/// a dedicated grid, and on one that adds a grid that is there or removes one that has units.
pub fn apply(
    basis: &Basis,
    grids: &[PlanGrid],
    assignment: &Assignment,
    edits: &[Edit],
) -> Result<Edited, PlanError> {
    let mut edited = assignment.clone();
    let (balanced, dedicated) = grids.split_at(basis.balanced_grids().min(grids.len()));
    let mut balanced = balanced.to_vec();
    for (position, edit) in edits.iter().enumerate() {
        let all = || balanced.iter().chain(dedicated);
        let wrong = |grid: &str, problem: &str| PlanError::Grid {
            field: format!("edits[{position}].grid"),
            grid: grid.into(),
            problem: problem.into(),
        };
        let (units, grid) = match edit {
            Edit::Assign { units, grid } => (units, grid),
            Edit::AddGrid { grid, name, community_code } => {
                if grid.trim().is_empty() || all().any(|known| known.code == *grid) {
                    return Err(wrong(grid, "the plan has it already; give another code"));
                }
                let name = name.clone().unwrap_or_else(|| grid.clone());
                let community_code = community_code.clone();
                balanced.push(PlanGrid { code: grid.clone(), name, community_code });
                continue;
            }
            Edit::RemoveGrid { grid } => {
                if edited.values().any(|code| code == grid) {
                    return Err(wrong(grid, "it has units; give them to other grids first"));
                }
                let before = balanced.len();
                balanced.retain(|known| known.code != *grid);
                if balanced.len() == before || balanced.is_empty() {
                    return Err(unknown_grid(&balanced, format!("edits[{position}].grid"), grid));
                }
                continue;
            }
        };
        let grids: Vec<PlanGrid> = all().cloned().collect();
        if !grids.iter().any(|known| known.code == *grid) {
            return Err(unknown_grid(&grids, format!("edits[{position}].grid"), grid));
        }
        if units.is_empty() {
            return Err(PlanError::NoUnits { field: format!("edits[{position}].units") });
        }
        for (i, unit) in units.iter().enumerate() {
            basis.unit(unit, || format!("edits[{position}].units[{i}]"))?;
            edited.insert(unit.clone(), grid.clone());
        }
    }
    let is_same = balanced[..] == grids[..balanced.len().min(grids.len())]
        && balanced.len() == basis.balanced_grids();
    if is_same {
        basis.numbers(grids, &edited)?;
    }
    Ok(Edited { assignment: edited, grids: (!is_same).then_some(balanced) })
}

//! What each edit changes in a state. An edit is worked out as a [`Delta`] without touching the
//! draft; rules are asked elsewhere ([`super::draft`]).
//!
//! - [`units`]: give, take, restore
//! - [`border`]: grow and shrink
//! - [`vertex`], [`cut`]: move a vertex; split and merge units
//! - [`grids`], [`split`], [`recode`]: grids made, changed, merged, divided, numbered

mod border;
mod cut;
mod grids;
mod recode;
mod split;
mod units;
mod vertex;

use super::delta::{Change, Delta};
use super::draft::{Breach, Draft, EditOptions};
use super::edit::Edit;
use super::error::PlanError;
use super::ground::NONE;
use super::state::{LONGEST_NOTES, OwnUnit};

/// An edit worked out.
pub(super) struct Made {
    pub delta: Delta,
    /// What the edit could not do in full.
    pub warning: Option<Breach>,
    /// Whether grids only get other codes, so that no unit leaves its grid.
    pub renames: bool,
}

impl From<Delta> for Made {
    fn from(delta: Delta) -> Self {
        Self { delta, warning: None, renames: false }
    }
}

/// Where in the request an edit is.
#[derive(Clone, Copy)]
pub(super) struct At(usize);

impl At {
    /// The path of a member of the edit.
    fn field(self, member: &str) -> String {
        format!("edits[{}].{member}", self.0)
    }

    /// The path of an entry of a list.
    fn entry(self, member: &str, position: usize) -> String {
        format!("edits[{}].{member}[{position}]", self.0)
    }
}

/// Works out an edit.
///
/// # Errors
/// When it names what is not there, or cannot be done.
pub(super) fn make(
    draft: &mut Draft,
    edit: &Edit,
    position: usize,
    options: &EditOptions,
) -> Result<Made, PlanError> {
    let at = At(position);
    match edit {
        Edit::Assign { units, grid } => draft.assign(at, units, grid).map(Made::from),
        Edit::Erase { units } => draft.erase(at, units).map(Made::from),
        Edit::Grow { grid, from, units, households } => {
            let pair = border::Pair { grid, other: from, member: "from", grows: true };
            draft.push_border(at, &pair, *units, *households, options)
        }
        Edit::Shrink { grid, to, units, households } => {
            let pair = border::Pair { grid, other: to, member: "to", grows: false };
            draft.push_border(at, &pair, *units, *households, options)
        }
        Edit::MoveVertex { from, to } => draft.move_vertex(at, *from, *to).map(Made::from),
        Edit::SplitUnit { unit, line } => draft.split_unit(at, unit, line).map(Made::from),
        Edit::MergeUnits { units } => draft.merge_units(at, units).map(Made::from),
        Edit::RestoreUnits { units } => draft.restore(at, units).map(Made::from),
        Edit::AddGrid { grid, name, community_code, kind } => {
            draft.add_grid(at, grid, name.as_deref(), community_code.as_deref(), *kind)
        }
        Edit::RemoveGrid { grid } => draft.remove_grid(at, grid).map(Made::from),
        Edit::MergeGrids { grids, into } => draft.merge_grids(at, grids, into.as_deref()),
        Edit::SplitGrid { grid, units, code, name } => {
            let new = split::NewGrid { code: code.as_deref(), name: name.as_deref() };
            draft.split_grid(at, grid, units.as_deref(), new).map(Made::from)
        }
        Edit::SetGrid { grid, name, kind, colour, community_code } => {
            let looks = grids::Looks {
                name: name.as_deref(),
                kind: *kind,
                colour: colour.as_deref(),
                community_code: community_code.as_deref(),
            };
            draft.set_grid(at, grid, &looks).map(Made::from)
        }
        Edit::Lock { grids, units } => draft.lock(at, grids, units, true).map(Made::from),
        Edit::Unlock { grids, units } => draft.lock(at, grids, units, false).map(Made::from),
        Edit::Recode { community_code } => draft.recode(at, community_code.as_deref()),
        Edit::SetNotes { notes } => set_notes(draft, at, notes).map(Made::from),
    }
}

fn set_notes(draft: &Draft, at: At, notes: &str) -> Result<Delta, PlanError> {
    let length = notes.chars().count();
    if length > LONGEST_NOTES {
        let problem = format!("has {length} characters; at most {LONGEST_NOTES} are kept");
        return Err(PlanError::invalid(at.field("notes"), None, problem));
    }
    let before = draft.state.notes.clone();
    let change = (before != notes).then(|| Change { before, after: notes.to_owned() });
    Ok(Delta { notes: change, ..Delta::default() })
}

impl Draft {
    /// The numbers of the units that an edit names, each once.
    fn named_units(&self, at: At, units: &[String]) -> Result<Vec<u32>, PlanError> {
        if units.is_empty() {
            return Err(PlanError::NoUnits { field: at.field("units") });
        }
        let number = |(position, unit): (usize, &String)| {
            self.unit_number(at.entry("units", position), unit)
        };
        let mut slots: Vec<u32> = units.iter().enumerate().map(number).collect::<Result<_, _>>()?;
        slots.sort_unstable();
        slots.dedup();
        Ok(slots)
    }

    /// The number of a unit that an edit names.
    fn unit_number(&self, field: String, unit: &str) -> Result<u32, PlanError> {
        if let Some(slot) = self.slot(unit) {
            return Ok(slot);
        }
        let mut own = self.state.own_units.iter();
        let replaced = own.find(|(_, own)| own.from.contains_key(unit));
        Err(match replaced {
            Some((id, _)) => {
                let problem = format!(
                    "in this plan the unit `{unit}` is replaced by others (`{id}`); name those, \
                     or restore it"
                );
                PlanError::invalid(field, Some(unit), problem)
            }
            None => PlanError::UnknownUnit { field, unit: unit.into() },
        })
    }

    /// The number of a grid that an edit names.
    fn grid_number(&self, field: String, grid: &str) -> Result<u32, PlanError> {
        self.grid(grid).ok_or_else(|| self.unknown_grid(field, grid))
    }

    /// The code of a unit's grid.
    fn code_of(&self, slot: u32) -> Option<&String> {
        self.state.assignment.get(self.id(slot))
    }

    /// The change that gives units to a grid, or to none.
    fn given(&self, slots: &[u32], grid: Option<&str>) -> Delta {
        let mut delta = Delta::default();
        for &slot in slots {
            let before = self.code_of(slot).cloned();
            if before.as_deref() != grid {
                let change = Change { before, after: grid.map(str::to_owned) };
                delta.assignment.insert(self.id(slot).to_owned(), change);
            }
        }
        delta
    }

    /// The unit as one of the plan's own: as it is there already, or made of the dataset's.
    fn as_own(&self, slot: u32) -> OwnUnit {
        let id = self.id(slot);
        self.state.own_units.get(id).cloned().unwrap_or_else(|| OwnUnit {
            geometry: self.shape(slot).clone(),
            community_code: self
                .ground
                .community_code(self.slots.community[slot as usize])
                .map(str::to_owned),
            from: [(id.to_owned(), self.slots.households[slot as usize])].into(),
        })
    }

    /// The change that puts units in place of others: all of `new` get the grid.
    fn replaced(&self, old: &[u32], new: Vec<(String, OwnUnit)>, grid: Option<&str>) -> Delta {
        let mut delta = Delta::default();
        for &slot in old {
            let id = self.id(slot).to_owned();
            if let Some(own) = self.state.own_units.get(&id) {
                let change = Change { before: Some(own.clone()), after: None };
                delta.own_units.insert(id.clone(), change);
            }
            if let Some(code) = self.state.assignment.get(&id) {
                delta.assignment.insert(id, Change { before: Some(code.clone()), after: None });
            }
        }
        for (id, own) in new {
            let before = delta.own_units.remove(&id).and_then(|change| change.before);
            if before.as_ref() != Some(&own) {
                delta.own_units.insert(id.clone(), Change { before, after: Some(own) });
            }
            let before = delta.assignment.remove(&id).and_then(|change| change.before);
            let after = grid.map(str::to_owned);
            if before != after {
                delta.assignment.insert(id, Change { before, after });
            }
        }
        delta
    }

    /// Whether an id is free: no unit of the plan has it, nor does the dataset.
    fn is_free(&self, id: &str) -> bool {
        !self.ground.numbers.contains_key(id) && !self.state.own_units.contains_key(id)
    }

    /// The numbers of a grid's units in the order of their ids.
    fn members_of(&self, grid: u32) -> Vec<u32> {
        let mut members = self.grids[grid as usize].members.clone();
        members.sort_by(|&a, &b| self.id(a).cmp(self.id(b)));
        members
    }

    /// The grid of a unit.
    fn owner_of(&self, slot: u32) -> Option<u32> {
        Some(self.slots.owner[slot as usize]).filter(|&grid| grid != NONE)
    }
}

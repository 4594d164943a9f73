//! A plan at work: its state, and beside it in numbers all that follows from it, kept up to date
//! by what an edit touches.
//!
//! - [`slots`]: units by number, the plan's own among them
//! - [`figures`]: giving a unit to a grid, and the sums that this changes
//! - [`shapes`]: units that come, go and change their shape
//! - [`net_counts`]: which grids are out of step with which nets
//! - [`rules`]: what an edit must not break
//! - [`breaches`]: the same in words
//! - [`report`]: the figures that an edit changed

mod breaches;
mod figures;
mod net_counts;
mod report;
mod rules;
mod shapes;
mod slots;

pub use report::{EditReport, GridReport, NetStep, Totals};
pub use rules::{Breach, EditOptions, Rule, RuleMode};

use super::basis::Basis;
use super::delta::Delta;
use super::edit::Edit;
use super::edits;
use super::error::PlanError;
use super::ground::{Ground, NONE};
use super::state::PlanState;
use figures::{GridWork, Sums};
use net_counts::NetCounts;
use rules::Before;
use rustc_hash::FxHashMap;
use slots::Slots;
use std::sync::Arc;

/// A plan that is being edited. [`Draft::open`] takes O(units), each edit about as long as the
/// grids that it touches are large.
///
/// Units and grids are numbered: a dataset's unit as in the dataset, the plan's own after them;
/// grids in the order in which they came.
pub struct Draft {
    pub(super) ground: Arc<Ground>,
    pub(super) state: PlanState,
    pub(super) slots: Slots,
    pub(super) grids: Vec<GridWork>,
    numbers: FxHashMap<String, u32>,
    /// The grid of the plan that continues each present grid, or none.
    home: Vec<u32>,
    pub(super) sums: Sums,
    nets: Vec<NetCounts>,
    /// For walks: the walk that came to each unit last.
    visited: Vec<u32>,
    walk: u32,
}

/// What edits made of a draft.
#[derive(Clone, Debug, PartialEq)]
pub struct Edited {
    /// What they changed in the state.
    pub delta: Delta,
    /// The figures that changed.
    pub report: EditReport,
}

impl Draft {
    /// Takes up a plan. O(units).
    ///
    /// # Errors
    /// When the state names units, grids or sources that are not there, or gives a unit that a
    /// unit of the plan's own has replaced.
    pub fn open(basis: &Basis, state: PlanState) -> Result<Self, PlanError> {
        let ground = Arc::clone(basis.ground());
        let mut draft = Self {
            slots: Slots::of(&ground),
            sums: Sums::of(&ground),
            nets: ground.nets.iter().map(|net| NetCounts::of(net, ground.ids.len())).collect(),
            home: vec![NONE; ground.present_grids.len()],
            visited: vec![0; ground.ids.len()],
            walk: 0,
            grids: Vec::new(),
            numbers: FxHashMap::default(),
            state: PlanState::default(),
            ground,
        };
        draft.fill(state)?;
        Ok(draft)
    }

    /// Brings an empty draft to a state.
    fn fill(&mut self, state: PlanState) -> Result<(), PlanError> {
        self.require_known(&state)?;
        let whole = Delta::between(&self.state, &state);
        self.make_grids(&whole.grids, true);
        self.reshape(&whole.own_units, true);
        for (unit, grid) in &state.assignment {
            let field = || format!("assignment.{unit}");
            let Some(slot) = self.slot(unit) else {
                return Err(PlanError::UnknownUnit { field: field(), unit: unit.clone() });
            };
            let Some(&number) = self.numbers.get(grid) else {
                return Err(self.unknown_grid(field(), grid));
            };
            self.slots.owner[slot as usize] = number;
        }
        for (position, unit) in state.locked_units.iter().enumerate() {
            let field = format!("locked_units[{position}]");
            if self.slot(unit).is_none() {
                return Err(PlanError::UnknownUnit { field, unit: unit.clone() });
            }
        }
        self.state = state;
        self.count_all();
        Ok(())
    }

    /// Whether the plan's own units are made of units that there are.
    fn require_known(&self, state: &PlanState) -> Result<(), PlanError> {
        for (id, own) in &state.own_units {
            let field = format!("own_units.{id}.from");
            let unknown = own.from.keys().find(|from| !self.ground.numbers.contains_key(*from));
            if let Some(unit) = unknown {
                return Err(PlanError::UnknownUnit { field, unit: unit.clone() });
            }
            if self.ground.numbers.contains_key(id) && !own.from.contains_key(id) {
                let problem = "has the id of a unit of the dataset that it is not made of";
                return Err(PlanError::invalid(field, Some(id), problem));
            }
            if own.from.is_empty() {
                let problem = "is made of no unit of the dataset; name those it came from";
                return Err(PlanError::invalid(field, Some(id), problem));
            }
        }
        Ok(())
    }

    /// The state.
    pub fn state(&self) -> &PlanState {
        &self.state
    }

    /// The state, when the work is done.
    pub fn into_state(self) -> PlanState {
        self.state
    }

    /// Makes edits, all or none, and answers with what they changed.
    ///
    /// # Errors
    /// On the first edit that cannot be done, or when a rule refuses what they make together; the
    /// draft is as before then.
    pub fn apply(&mut self, edits: &[Edit], options: &EditOptions) -> Result<Edited, PlanError> {
        let mut before = Before::of(self);
        let mut delta = Delta::default();
        let mut notes = Vec::new();
        for (position, edit) in edits.iter().enumerate() {
            let made = edits::make(self, edit, position, options).and_then(|made| {
                self.require_allowed(&made, position, options, &mut before)?;
                Ok(made)
            });
            match made {
                Ok(edits::Made { delta: step, warning, .. }) => {
                    before.note(self, &step, position);
                    self.change(&step, true);
                    delta = delta.then(step);
                    notes.extend(warning);
                }
                Err(error) => {
                    self.change(&delta, false);
                    return Err(error);
                }
            }
        }
        self.refresh();
        match self.judge(&before, options) {
            Ok(warnings) => notes.extend(warnings),
            Err(error) => {
                self.change(&delta, false);
                self.refresh();
                return Err(error);
            }
        }
        let report = self.report(&before, &delta, notes);
        Ok(Edited { delta, report })
    }

    /// Plays a change that was made before: forward (redo) from the state before it, or backward
    /// (undo) from the state after it. No rule is asked: both states were there already.
    pub fn play(&mut self, delta: &Delta, forward: bool) -> EditReport {
        let mut before = Before::of(self);
        before.note(self, delta, 0);
        self.change(delta, forward);
        self.refresh();
        self.report(&before, delta, Vec::new())
    }

    /// The figures of all grids, as if everything had changed.
    pub fn whole_report(&mut self) -> EditReport {
        let mut before = Before::of(self);
        let all = 0..self.grids.len() as u32;
        all.for_each(|grid| before.note_grid(self, grid, 0));
        self.refresh();
        self.report(&before, &Delta::default(), Vec::new())
    }

    /// Changes the state and all that follows from it.
    pub(super) fn change(&mut self, delta: &Delta, forward: bool) {
        for unit in delta.assignment.keys() {
            if let Some(slot) = self.slot(unit) {
                self.give(slot, NONE);
            }
        }
        self.make_grids(&delta.grids, forward);
        if !delta.own_units.is_empty() {
            self.reshape(&delta.own_units, forward);
        }
        delta.go(&mut self.state, forward);
        for (unit, change) in &delta.assignment {
            let Some(code) = change.side(forward) else { continue };
            if let (Some(slot), Some(&grid)) = (self.slot(unit), self.numbers.get(code)) {
                self.give(slot, grid);
            }
        }
        if !delta.grids.is_empty() {
            self.drop_grids(&delta.grids, forward);
            self.find_homes();
        }
    }

    /// The number of a unit that the plan has.
    pub(super) fn slot(&self, unit: &str) -> Option<u32> {
        let number = self.ground.numbers.get(unit).or_else(|| self.slots.extra.get(unit)).copied();
        number.filter(|&slot| self.slots.alive[slot as usize])
    }

    /// The id of a unit.
    pub(super) fn id(&self, slot: u32) -> &str {
        let own = || &self.slots.extra_ids[slot as usize - self.ground.ids.len()];
        self.ground.ids.get(slot as usize).unwrap_or_else(own)
    }

    /// The number of a grid that the plan has.
    pub(super) fn grid(&self, code: &str) -> Option<u32> {
        self.numbers.get(code).copied()
    }

    /// The area of a unit.
    pub(super) fn shape(&self, slot: u32) -> &crate::domain::MultiPolygon {
        match self.state.own_units.get(self.id(slot)) {
            Some(own) => &own.geometry,
            // Only the dataset's units can be without a shape of their own.
            None => &self.ground.dataset.units[slot as usize].geometry,
        }
    }

    /// Whether a grid's units are outside the balance.
    pub(super) fn is_out(&self, grid: u32) -> bool {
        self.grids
            .get(grid as usize)
            .is_some_and(|grid| grid.info.kind != self.ground.balanced_kind)
    }

    pub(super) fn unknown_grid(&self, field: String, grid: &str) -> PlanError {
        PlanError::unknown_grid(field, grid, self.numbers.keys().map(String::as_str))
    }

    /// The units that the plan has.
    pub(super) fn alive(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.slots.alive.len() as u32).filter(|&slot| self.slots.alive[slot as usize])
    }
}

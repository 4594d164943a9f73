//! What edits changed in a plan's state, before and after: small, and usable both ways.

use super::state::{GridInfo, OwnUnit, PlanState};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A value before and after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change<T> {
    /// Before.
    pub before: T,
    /// After.
    pub after: T,
}

impl<T> Change<T> {
    /// The value on one side.
    pub(super) fn side(&self, forward: bool) -> &T {
        if forward { &self.after } else { &self.before }
    }
}

/// Changes of single entries of a map: `None` where there is no entry.
pub type Changes<T> = BTreeMap<String, Change<Option<T>>>;

/// What edits changed in a state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Delta {
    /// Grids by code.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub grids: Changes<GridInfo>,
    /// The grids of units, by unit.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub assignment: Changes<String>,
    /// Whether units are locked.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub locked_units: BTreeMap<String, Change<bool>>,
    /// The notes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Change<String>>,
    /// The plan's own units.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub own_units: Changes<OwnUnit>,
}

impl Delta {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Makes the change in a state that is as it was before. O(changed × log n).
    pub fn forward(&self, state: &mut PlanState) {
        self.go(state, true);
    }

    /// Takes the change back in a state that is as it was after.
    pub fn backward(&self, state: &mut PlanState) {
        self.go(state, false);
    }

    /// One of both.
    pub(super) fn go(&self, state: &mut PlanState, forward: bool) {
        fn set<T: Clone>(map: &mut BTreeMap<String, T>, changes: &Changes<T>, forward: bool) {
            for (key, change) in changes {
                match change.side(forward) {
                    Some(value) => map.insert(key.clone(), value.clone()),
                    None => map.remove(key),
                };
            }
        }
        set(&mut state.grids, &self.grids, forward);
        set(&mut state.assignment, &self.assignment, forward);
        set(&mut state.own_units, &self.own_units, forward);
        for (unit, change) in &self.locked_units {
            if *change.side(forward) {
                state.locked_units.insert(unit.clone());
            } else {
                state.locked_units.remove(unit);
            }
        }
        if let Some(notes) = &self.notes {
            state.notes.clone_from(notes.side(forward));
        }
    }

    /// This change and `next` after it as one. What comes back to where it began is left out.
    #[must_use]
    pub fn then(mut self, next: Self) -> Self {
        fn join<T: PartialEq>(
            first: &mut BTreeMap<String, Change<T>>,
            next: BTreeMap<String, Change<T>>,
        ) {
            for (key, change) in next {
                let before = match first.remove(&key) {
                    Some(earlier) => earlier.before,
                    None => change.before,
                };
                if before != change.after {
                    first.insert(key, Change { before, after: change.after });
                }
            }
        }
        join(&mut self.grids, next.grids);
        join(&mut self.assignment, next.assignment);
        join(&mut self.locked_units, next.locked_units);
        join(&mut self.own_units, next.own_units);
        if let Some(change) = next.notes {
            let before = self.notes.take().map_or(change.before, |earlier| earlier.before);
            let is_news = before != change.after;
            self.notes = is_news.then_some(Change { before, after: change.after });
        }
        self
    }

    /// What leads from one state to another. O(n).
    pub fn between(from: &PlanState, to: &PlanState) -> Self {
        fn changes<T: Clone + PartialEq>(
            from: &BTreeMap<String, T>,
            to: &BTreeMap<String, T>,
        ) -> Changes<T> {
            let gone = from.keys().filter(|key| !to.contains_key(*key));
            let keys: BTreeSet<&String> = to.keys().chain(gone).collect();
            let change = |key: &String| {
                let (before, after) = (from.get(key), to.get(key));
                let change = || Change { before: before.cloned(), after: after.cloned() };
                (before != after).then(|| (key.clone(), change()))
            };
            keys.into_iter().filter_map(change).collect()
        }
        let locks = from.locked_units.symmetric_difference(&to.locked_units);
        let lock = |unit: &String| {
            let after = to.locked_units.contains(unit);
            (unit.clone(), Change { before: !after, after })
        };
        let notes = || Change { before: from.notes.clone(), after: to.notes.clone() };
        Self {
            grids: changes(&from.grids, &to.grids),
            assignment: changes(&from.assignment, &to.assignment),
            locked_units: locks.map(lock).collect(),
            notes: (from.notes != to.notes).then(notes),
            own_units: changes(&from.own_units, &to.own_units),
        }
    }
}

//! Plans in a store: each a document `plan`, each change an entry of the log with what it changed,
//! both ways, so that all of it can be undone and redone, however long ago and across restarts.

use super::{Assignment, Delta, Edit, NewPlan, Plan, PlanGrid, PlanOrigin};
use crate::store::{Document, Entry, Expect, Range, Store, StoreError, Write};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;

/// The kind of the documents.
const KIND: &str = "plan";

/// Why plans could not be kept or had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlansError {
    /// No plan of that id.
    #[error("there is no plan `{0}`")]
    NotFound(String),
    /// Somebody changed the plan in between.
    #[error("the plan `{id}` is at version {version} now; read it again")]
    Stale {
        /// The plan.
        id: String,
        /// Its version now.
        version: u64,
    },
    /// No room.
    #[error("the store holds {0} plans, the most it can; delete some that are not needed")]
    TooMany(usize),
    /// What is kept of a plan cannot be understood.
    #[error("plan `{id}`: what is kept of it cannot be read ({detail}); restore a backup")]
    Unreadable {
        /// The plan.
        id: String,
        /// What is wrong.
        detail: String,
    },
    /// The store did not do it.
    #[error(transparent)]
    Store(StoreError),
}

/// What a plan is in the store.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    name: String,
    origin: PlanOrigin,
    created: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grids: Option<Vec<PlanGrid>>,
    assignment: Assignment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    undo: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    redo: Option<u64>,
}

/// What changed a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Somebody's edits.
    Edit,
    /// The newest change that was not undone yet was taken back.
    Undo,
    /// The newest change that was undone was made again.
    Redo,
}

impl Action {
    fn name(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Undo => "undo",
            Self::Redo => "redo",
        }
    }
}

/// A change of a plan, as the log has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Step {
    /// What was asked for; empty where a change was undone or redone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<Edit>,
    /// What it changed.
    pub delta: Delta,
    /// Version that the change below it on its pile (to undo, or to redo) gave the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    below: Option<u64>,
}

/// A plan as it shall be.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The units' grids.
    pub assignment: Assignment,
    /// The balanced grids, when they are others than before.
    pub grids: Option<Vec<PlanGrid>>,
    /// What came to it.
    pub action: Action,
    /// What was asked for.
    pub edits: Vec<Edit>,
    /// What that changes.
    pub delta: Delta,
}

/// The plans of a store. Every change names the version that it was made on, so that two editors
/// cannot overwrite each other unseen.
pub struct Plans {
    store: Arc<dyn Store>,
    most: usize,
}

impl Plans {
    /// The plans of a store, of which it may hold `most`.
    pub fn new(store: Arc<dyn Store>, most: usize) -> Self {
        Self { store, most }
    }

    /// All plans, the oldest first. One that cannot be read is told to the log and left out, so
    /// that it does not hide the others.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn list(&self) -> Result<Vec<Arc<Plan>>, PlansError> {
        let kept = self.store.list(KIND, &Range::default()).map_err(PlansError::Store)?;
        let readable = |kept: Document| match read(&kept.id, kept.version, kept.body) {
            Ok(plan) => Some(plan),
            Err(error) => {
                tracing::error!(%error, "a plan is left out");
                None
            }
        };
        let mut plans: Vec<Arc<Plan>> = kept.into_iter().filter_map(readable).collect();
        plans.sort_by(|a, b| a.created.cmp(&b.created).then_with(|| a.id.cmp(&b.id)));
        Ok(plans)
    }

    /// One plan.
    ///
    /// # Errors
    /// [`PlansError::NotFound`], or when the store cannot be read.
    pub fn get(&self, id: &str) -> Result<Arc<Plan>, PlansError> {
        let kept = self.store.read(KIND, id).map_err(PlansError::Store)?;
        let kept = kept.ok_or_else(|| PlansError::NotFound(id.into()))?;
        read(id, kept.version, kept.body)
    }

    /// Adds a plan.
    ///
    /// # Errors
    /// [`PlansError::TooMany`], or when the store cannot be written.
    pub fn create(&self, by: &str, new: NewPlan) -> Result<Arc<Plan>, PlansError> {
        if self.store.heads(KIND, &Range::default()).map_err(PlansError::Store)?.len() >= self.most
        {
            return Err(PlansError::TooMany(self.most));
        }
        let NewPlan { name, origin, grids, assignment } = new;
        let (id, created) = (random_key(), now());
        let kept = Kept { name, origin, created, grids, assignment, undo: None, redo: None };
        let particulars = json!({ "name": kept.name, "origin": kept.origin });
        let write = Write::put(KIND, &id, Expect::Absent, body(&id, &kept)?);
        self.commit(by, &id, write.logged("create", particulars))?;
        read(&id, 1, body(&id, &kept)?)
    }

    /// Changes a plan; its version grows by one.
    ///
    /// # Errors
    /// [`PlansError::NotFound`], [`PlansError::Stale`] when `plan` is not what is there now, or when
    /// the store cannot be written.
    pub fn change(&self, by: &str, plan: &Plan, changed: Changed) -> Result<Arc<Plan>, PlansError> {
        let Changed { assignment, grids, action, edits, delta } = changed;
        let (top, version) = (self.top(plan, action)?, plan.version + 1);
        let (undo, redo, below) = match action {
            Action::Edit => (Some(version), None, plan.undo),
            Action::Undo => (top, Some(version), plan.redo),
            Action::Redo => (Some(version), top, plan.undo),
        };
        let kept = Kept {
            name: plan.name.clone(),
            origin: plan.origin,
            created: plan.created,
            grids: grids.or_else(|| plan.grids.clone()),
            assignment,
            undo,
            redo,
        };
        let step = body(&plan.id, &Step { edits, delta, below })?;
        let write =
            Write::put(KIND, &plan.id, Expect::Version(plan.version), body(&plan.id, &kept)?);
        self.commit(by, &plan.id, write.logged(action.name(), step))?;
        read(&plan.id, version, body(&plan.id, &kept)?)
    }

    /// Removes a plan.
    ///
    /// # Errors
    /// As [`Plans::change`].
    pub fn delete(&self, by: &str, id: &str, version: u64) -> Result<(), PlansError> {
        let write = Write::delete(KIND, id, Expect::Version(version));
        self.commit(by, id, write.logged("delete", Value::Null))
    }

    /// The change that would be undone or redone next; `None` when there is none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn next(&self, plan: &Plan, action: Action) -> Result<Option<Step>, PlansError> {
        let version = match action {
            Action::Edit => None,
            Action::Undo => plan.undo,
            Action::Redo => plan.redo,
        };
        let Some(version) = version else { return Ok(None) };
        let entry = self.store.entry(KIND, &plan.id, version).map_err(PlansError::Store)?;
        let unreadable = |detail: String| PlansError::Unreadable { id: plan.id.clone(), detail };
        let entry = entry.ok_or_else(|| unreadable(format!("change {version} is not there")))?;
        serde_json::from_value(entry.body).map(Some).map_err(|error| unreadable(error.to_string()))
    }

    /// What lies under the change that is undone or redone.
    fn top(&self, plan: &Plan, action: Action) -> Result<Option<u64>, PlansError> {
        Ok(self.next(plan, action)?.and_then(|step| step.below))
    }

    /// What was done to a plan behind a version (0: from the beginning), the oldest first, at most
    /// `limit` entries.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn history(&self, id: &str, after: u64, limit: usize) -> Result<Vec<Entry>, PlansError> {
        self.store.log(KIND, id, after, limit).map_err(PlansError::Store)
    }

    fn commit(&self, by: &str, id: &str, write: Write) -> Result<(), PlansError> {
        let done = self.store.commit(by, &[write]);
        done.map(drop).map_err(|error| match error {
            StoreError::Stale { version: Some(version), .. } => {
                PlansError::Stale { id: id.into(), version }
            }
            StoreError::Stale { version: None, .. } | StoreError::NotFound { .. } => {
                PlansError::NotFound(id.into())
            }
            other => PlansError::Store(other),
        })
    }
}

fn body(id: &str, value: &impl Serialize) -> Result<Value, PlansError> {
    let unreadable = |detail: String| PlansError::Unreadable { id: id.into(), detail };
    serde_json::to_value(value).map_err(|error| unreadable(error.to_string()))
}

fn read(id: &str, version: u64, body: Value) -> Result<Arc<Plan>, PlansError> {
    let unreadable = |detail: String| PlansError::Unreadable { id: id.into(), detail };
    let kept: Kept = serde_json::from_value(body).map_err(|error| unreadable(error.to_string()))?;
    let Kept { name, origin, created, grids, assignment, undo, redo } = kept;
    let id = id.to_owned();
    Ok(Arc::new(Plan { id, name, created, version, origin, grids, assignment, undo, redo }))
}

/// A key that nobody can guess by counting: 64 random bits, so that a link to a plan that is gone
/// never shows another.
pub fn random_key() -> String {
    // Each RandomState is seeded from the system's entropy.
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

/// The time now, to the millisecond: what a browser can read.
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    // Without the rounding the time is as right.
    now.round(jiff::Unit::Millisecond).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Change;
    use crate::store::{self, IN_MEMORY};

    fn plans(most: usize) -> Plans {
        Plans::new(store::open(IN_MEMORY).unwrap(), most)
    }

    fn new_plan(name: &str) -> NewPlan {
        let assignment = Assignment::from([("u1".into(), "g0".into())]);
        NewPlan { name: name.into(), origin: PlanOrigin::Manual, grids: None, assignment }
    }

    /// Gives `u1` to a grid.
    fn changed(plan: &Plan, grid: &str, action: Action) -> Changed {
        let (before, after) = (plan.assignment.get("u1").cloned(), Some(grid.to_owned()));
        let change = Change { before, after };
        Changed {
            assignment: Assignment::from([("u1".into(), grid.into())]),
            grids: None,
            action,
            edits: Vec::new(),
            delta: Delta { assignment: [("u1".into(), change)].into(), ..Delta::default() },
        }
    }

    /// Undoes or redoes, and gives the grid of `u1`.
    fn turn(plans: &Plans, id: &str, action: Action) -> Option<String> {
        let plan = plans.get(id).unwrap();
        let step = plans.next(&plan, action).unwrap()?;
        let grid = step.delta.assignment["u1"].before.clone().unwrap();
        plans.change("me", &plan, changed(&plan, &grid, action)).unwrap();
        Some(grid)
    }

    #[test]
    fn a_change_of_an_old_version_changes_nothing() {
        let plans = plans(10);
        let first = plans.create("me", new_plan("a")).unwrap();
        let second = plans.change("me", &first, changed(&first, "g1", Action::Edit)).unwrap();
        assert_eq!((second.version, &second.assignment["u1"][..]), (2, "g1"));
        let stale = plans.change("you", &first, changed(&first, "g2", Action::Edit)).unwrap_err();
        assert_eq!(stale, PlansError::Stale { id: first.id.clone(), version: 2 });
        assert_eq!(plans.get(&first.id), Ok(second));
        assert!(plans.delete("me", &first.id, 1).is_err());
        plans.delete("me", &first.id, 2).unwrap();
        assert_eq!(plans.get(&first.id), Err(PlansError::NotFound(first.id.clone())));
    }

    #[test]
    fn a_full_store_says_so_and_takes_a_plan_again_after_a_delete() {
        let plans = plans(1);
        let plan = plans.create("me", new_plan("a")).unwrap();
        assert_eq!(plans.create("me", new_plan("b")), Err(PlansError::TooMany(1)));
        plans.delete("me", &plan.id, 1).unwrap();
        let next = plans.create("me", new_plan("b")).unwrap();
        assert_ne!(next.id, plan.id);
        assert_eq!(plans.list(), Ok(vec![next]));
    }

    #[test]
    fn changes_are_undone_and_redone_in_turn_and_an_edit_ends_the_redoing() {
        let plans = plans(1);
        let id = plans.create("me", new_plan("a")).unwrap().id.clone();
        for grid in ["g1", "g2", "g3"] {
            let plan = plans.get(&id).unwrap();
            plans.change("me", &plan, changed(&plan, grid, Action::Edit)).unwrap();
        }
        let turns = |action| turn(&plans, &id, action);
        let (undo, redo) = (Action::Undo, Action::Redo);
        assert_eq!(turns(redo), None);
        for (action, grid) in [
            (undo, "g2"),
            (undo, "g1"),
            (redo, "g2"),
            (redo, "g3"),
            (undo, "g2"),
            (undo, "g1"),
            (undo, "g0"),
        ] {
            assert_eq!(turns(action).as_deref(), Some(grid));
        }
        assert_eq!(turns(undo), None);
        assert_eq!(turns(redo).as_deref(), Some("g1"));
        let plan = plans.get(&id).unwrap();
        plans.change("me", &plan, changed(&plan, "g9", Action::Edit)).unwrap();
        assert_eq!(turn(&plans, &id, redo), None);
        assert_eq!(turn(&plans, &id, undo).as_deref(), Some("g1"));
        assert_eq!(turn(&plans, &id, undo).as_deref(), Some("g0"));
        let actions: Vec<String> =
            plans.history(&id, 0, 3).unwrap().into_iter().map(|entry| entry.action).collect();
        assert_eq!(actions, ["create", "edit", "edit"]);
        assert_eq!(plans.history(&id, 3, 100).unwrap().len(), 12);
    }
}

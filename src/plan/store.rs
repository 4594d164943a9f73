//! Where plans are kept: a trait, and the store in memory.

use super::{Assignment, NewPlan, Plan, PlanGrid};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Why a store did not do something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
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
    Full(usize),
}

/// Keeps plans. Every change names the version that it was made on, so that two editors cannot
/// overwrite each other unseen.
pub trait PlanStore: Send + Sync {
    /// All plans, the oldest first.
    fn list(&self) -> Vec<Arc<Plan>>;

    /// One plan.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    fn get(&self, id: &str) -> Result<Arc<Plan>, StoreError>;

    /// Adds a plan.
    ///
    /// # Errors
    /// [`StoreError::Full`].
    fn create(&self, plan: NewPlan) -> Result<Arc<Plan>, StoreError>;

    /// Gives a plan another assignment, and other grids when there are any; its version grows by
    /// one.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or [`StoreError::Stale`] when `version` is not the present one.
    fn update(
        &self,
        id: &str,
        version: u64,
        assignment: Assignment,
        grids: Option<Vec<PlanGrid>>,
    ) -> Result<Arc<Plan>, StoreError>;

    /// Removes a plan.
    ///
    /// # Errors
    /// As [`PlanStore::update`].
    fn delete(&self, id: &str, version: u64) -> Result<(), StoreError>;
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

/// Plans in memory: gone when the program ends.
pub struct MemoryStore {
    most: usize,
    plans: RwLock<BTreeMap<String, Arc<Plan>>>,
}

impl MemoryStore {
    /// An empty store for `most` plans.
    pub fn new(most: usize) -> Self {
        Self { most, plans: RwLock::default() }
    }

    // A panic while the lock is held cannot leave the map half changed: every change is one
    // insert or remove. So a poisoned lock is as good as another.
    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<String, Arc<Plan>>> {
        self.plans.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<String, Arc<Plan>>> {
        self.plans.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The plan of a map, when it is at `version`.
fn at_version<'m>(
    plans: &'m BTreeMap<String, Arc<Plan>>,
    id: &str,
    version: u64,
) -> Result<&'m Arc<Plan>, StoreError> {
    let plan = plans.get(id).ok_or_else(|| StoreError::NotFound(id.into()))?;
    if plan.version == version {
        Ok(plan)
    } else {
        Err(StoreError::Stale { id: id.into(), version: plan.version })
    }
}

impl PlanStore for MemoryStore {
    fn list(&self) -> Vec<Arc<Plan>> {
        let mut plans: Vec<Arc<Plan>> = self.read().values().cloned().collect();
        plans.sort_by(|a, b| a.created.cmp(&b.created).then_with(|| a.id.cmp(&b.id)));
        plans
    }

    fn get(&self, id: &str) -> Result<Arc<Plan>, StoreError> {
        self.read().get(id).cloned().ok_or_else(|| StoreError::NotFound(id.into()))
    }

    fn create(&self, new: NewPlan) -> Result<Arc<Plan>, StoreError> {
        let mut plans = self.write();
        if plans.len() >= self.most {
            return Err(StoreError::Full(self.most));
        }
        let NewPlan { name, origin, grids, assignment } = new;
        let plan = Arc::new(Plan {
            id: random_key(),
            name,
            created: now(),
            version: 1,
            origin,
            grids,
            assignment,
        });
        plans.insert(plan.id.clone(), Arc::clone(&plan));
        Ok(plan)
    }

    fn update(
        &self,
        id: &str,
        version: u64,
        assignment: Assignment,
        grids: Option<Vec<PlanGrid>>,
    ) -> Result<Arc<Plan>, StoreError> {
        let mut plans = self.write();
        let old = at_version(&plans, id, version)?;
        let grids = grids.or_else(|| old.grids.clone());
        let plan = Arc::new(Plan { version: version + 1, assignment, grids, ..Plan::clone(old) });
        plans.insert(id.into(), Arc::clone(&plan));
        Ok(plan)
    }

    fn delete(&self, id: &str, version: u64) -> Result<(), StoreError> {
        let mut plans = self.write();
        at_version(&plans, id, version)?;
        plans.remove(id);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::PlanOrigin;

    fn new_plan(name: &str) -> NewPlan {
        let assignment = Assignment::from([("u1".into(), "g1".into())]);
        NewPlan { name: name.into(), origin: PlanOrigin::Manual, grids: None, assignment }
    }

    #[test]
    fn an_update_on_an_old_version_changes_nothing() {
        let store = MemoryStore::new(10);
        let first = store.create(new_plan("a")).unwrap();
        let moved = Assignment::from([("u1".into(), "g2".into())]);
        let second = store.update(&first.id, 1, moved.clone(), None).unwrap();
        assert_eq!((second.version, &second.assignment), (2, &moved));
        let stale = store.update(&first.id, 1, Assignment::new(), None).unwrap_err();
        assert_eq!(stale, StoreError::Stale { id: first.id.clone(), version: 2 });
        assert_eq!(store.get(&first.id).unwrap().assignment, moved);
        assert!(store.delete(&first.id, 1).is_err());
        store.delete(&first.id, 2).unwrap();
        assert_eq!(store.get(&first.id), Err(StoreError::NotFound(first.id.clone())));
    }

    #[test]
    fn a_full_store_says_so_and_takes_a_plan_again_after_a_delete() {
        let store = MemoryStore::new(1);
        let plan = store.create(new_plan("a")).unwrap();
        assert_eq!(store.create(new_plan("b")).unwrap_err(), StoreError::Full(1));
        store.delete(&plan.id, 1).unwrap();
        let next = store.create(new_plan("b")).unwrap();
        assert_ne!(next.id, plan.id);
        assert_eq!(store.list(), vec![next]);
    }
}

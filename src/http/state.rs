//! What all requests share: the present snapshot, the plans and the searches.

use super::jobs::Jobs;
use super::name_proposals::NameProposals;
use super::picks::Picks;
use super::snapshot::Snapshot;
use crate::plan::store::Plans;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tokio::sync::{Semaphore, watch};

/// Who did it, while there are no accounts.
pub const SOMEBODY: &str = "local";

/// The state as handlers get it.
pub type SharedState = Arc<AppState>;

/// What all requests share.
pub struct AppState {
    snapshot: RwLock<Arc<Snapshot>>,
    /// Where plans are kept.
    pub plans: Arc<Plans>,
    /// Searches, running and done.
    pub jobs: Jobs,
    /// What people choose from the type-ahead.
    pub picks: Picks,
    /// Turns of ledgers that are looked up.
    pub batches: Arc<Semaphore>,
    /// Names that people propose for places.
    pub names: NameProposals,
    /// Held while a snapshot is put in the place of another.
    swapping: Mutex<()>,
    /// Holds true once the server is ending: streams of events end with it.
    pub stopping: watch::Receiver<bool>,
}

/// Searches that may run at once. Each takes all the threads that it is given, so more would only
/// slow each other down.
const JOBS_AT_ONCE: usize = 2;
/// Finished searches whose reports are kept.
const JOBS_KEPT: usize = 50;

/// Ledgers that are looked up at once; each takes a thread, and memory for a slow client's answer.
const BATCHES_AT_ONCE: usize = 4;

impl AppState {
    /// The state of a server that begins with `snapshot`.
    pub fn new(
        snapshot: Snapshot,
        plans: Arc<Plans>,
        stopping: watch::Receiver<bool>,
    ) -> SharedState {
        let jobs = Jobs::new(JOBS_AT_ONCE, JOBS_KEPT);
        let picks = Picks::default();
        Arc::new(Self {
            snapshot: RwLock::new(Arc::new(snapshot)),
            plans,
            jobs,
            picks,
            batches: Arc::new(Semaphore::new(BATCHES_AT_ONCE)),
            names: NameProposals::default(),
            swapping: Mutex::default(),
            stopping,
        })
    }

    /// The present snapshot. A handler takes it once and works on it to its end, whatever is
    /// loaded meanwhile.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts a newly loaded snapshot, with the names that were accepted, in the place of the present
    /// one. The load itself happens elsewhere; no request waits for it.
    pub fn swap(&self, snapshot: Snapshot) {
        let _turn = self.swapping.lock().unwrap_or_else(PoisonError::into_inner);
        let accepted = self.names.accepted();
        let named = if accepted.is_empty() { snapshot } else { snapshot.with_names(&accepted) };
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(named);
    }

    /// Lets places be found by the names that are accepted now, and by no others that were. Takes
    /// the time of building the gazetteer; requests go on with the old one meanwhile.
    pub fn use_accepted_names(&self) {
        let _turn = self.swapping.lock().unwrap_or_else(PoisonError::into_inner);
        let named = self.snapshot().with_names(&self.names.accepted());
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(named);
    }
}

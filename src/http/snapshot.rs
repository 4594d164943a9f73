//! A loaded dataset with everything that is computed from it, swapped whole on a reload.

use super::layers::GridFigures;
use super::problem::Problem;
use crate::balance::BalanceError;
use crate::check::{self, CheckOptions, LiveCheck, Report};
use crate::dataset::Dataset;
use crate::index::{CompiledIndex, IndexFileError};
use crate::locate::{AddedName, Locator};
use crate::plan::store::{now, random_key};
use crate::plan::{Basis, PRESENT, Plan, PlanOrigin};
use axum::body::Bytes;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Most numbers of grids, besides the dataset's, whose bases are kept.
const MOST_BASES: usize = 8;

/// Previews of edits that run at once; each takes a thread for its time.
const PREVIEWS_AT_ONCE: usize = 2;

/// A loaded dataset and what is computed from it; a clone shares all of it. Everything but the report of the check is ready
/// when the snapshot is.
#[derive(Clone)]
pub struct Snapshot {
    /// The dataset.
    pub dataset: Arc<Dataset>,
    /// Answers for places and addresses.
    pub locator: Arc<Locator>,
    /// Names this state of the data in entity tags; another for each load.
    pub stamp: String,
    figures: Arc<[GridFigures]>,
    /// What plans stand on, and the present plan.
    ground: Result<(Arc<Basis>, Arc<Plan>), BalanceError>,
    /// Bases for other numbers of grids, as searches have asked for them.
    other_bases: Arc<Mutex<BTreeMap<usize, Arc<Basis>>>>,
    checked: watch::Receiver<Option<Arc<Checked>>>,
    /// What previews of edits stand on, made when the first is asked for.
    live: Arc<OnceLock<LiveCheck>>,
    previews: Arc<Semaphore>,
}

/// The outcome of the check.
pub struct Checked {
    /// The report.
    pub report: Report,
    /// The same as JSON.
    pub json: Bytes,
}

impl Snapshot {
    /// Computes what requests need, and starts the check on a thread of its own. Takes time: call
    /// it away from the threads that serve.
    pub fn new(dataset: Dataset) -> Self {
        let dataset = Arc::new(dataset);
        let locator = Locator::new(Arc::clone(&dataset));
        Self::over(dataset, locator)
    }

    /// The same with the grids compiled before.
    ///
    /// # Errors
    /// When the index was made from other grids.
    pub fn with_index(dataset: Dataset, compiled: CompiledIndex) -> Result<Self, IndexFileError> {
        let dataset = Arc::new(dataset);
        let locator = Locator::with_index(Arc::clone(&dataset), compiled)?;
        Ok(Self::over(dataset, locator))
    }

    fn over(dataset: Arc<Dataset>, locator: Locator) -> Self {
        locator.prepare();
        let checked = start_check(Arc::clone(&dataset));
        let ground = Basis::new(&dataset, None).map(|basis| {
            let present = Plan {
                id: PRESENT.into(),
                name: "现状 Present".into(),
                created: now(),
                version: 1,
                origin: PlanOrigin::Manual,
                grids: None,
                assignment: basis.present(),
                undo: None,
                redo: None,
            };
            (Arc::new(basis), Arc::new(present))
        });
        Self {
            locator: Arc::new(locator),
            stamp: random_key(),
            figures: GridFigures::of(&dataset).into(),
            ground,
            other_bases: Arc::default(),
            checked,
            live: Arc::default(),
            previews: Arc::new(Semaphore::new(PREVIEWS_AT_ONCE)),
            dataset,
        }
    }

    /// The same data, with places found by these names too.
    pub fn with_names(&self, added: &[AddedName]) -> Self {
        let locator = self.locator.with_names(added);
        locator.prepare();
        Self { locator: Arc::new(locator), ..self.clone() }
    }

    /// The figures of each grid, in the order of the dataset's grids.
    pub fn figures(&self) -> &[GridFigures] {
        &self.figures
    }

    /// Households inside the balance, and of a grid there at the mean.
    pub fn totals(&self) -> (u64, f64) {
        let balanced = self.figures.iter().filter(|figures| figures.deviation.is_some());
        let (count, households) =
            balanced.fold((0u32, 0), |(n, sum), grid| (n + 1, sum + grid.households));
        (households, if count == 0 { 0.0 } else { households as f64 / f64::from(count) })
    }

    /// The report of the check; waits for its end.
    ///
    /// # Errors
    /// 500 when the check panicked.
    pub async fn checked(&self) -> Result<Arc<Checked>, Problem> {
        let mut checked = self.checked.clone();
        let made = checked.wait_for(Option::is_some).await.map_err(Problem::internal)?;
        made.clone().ok_or_else(|| Problem::internal("the check ended without a report"))
    }

    /// The check that previews of edits stand on. The first call takes as long as the whole check.
    pub fn live_check(&self) -> &LiveCheck {
        self.live
            .get_or_init(|| LiveCheck::new(Arc::clone(&self.dataset), &CheckOptions::default()))
    }

    /// Waits for the turn of one more preview; it lasts until it is dropped.
    ///
    /// # Errors
    /// 500 when no turn can come any more.
    pub async fn preview_turn(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.previews).acquire_owned().await.map_err(Problem::internal)
    }

    /// The plan that holds the present grids.
    ///
    /// # Errors
    /// 409 when the dataset has no planning units.
    pub fn present(&self) -> Result<Arc<Plan>, Problem> {
        match &self.ground {
            Ok((_, present)) => Ok(Arc::clone(present)),
            Err(error) => Err(no_plans(error)),
        }
    }

    /// What plans of a number of grids stand on; the dataset's number when `None`.
    ///
    /// # Errors
    /// 409 when the dataset has no planning units, 422 when they are too few.
    pub fn basis(&self, grids: Option<usize>) -> Result<Arc<Basis>, Problem> {
        let grids = match (grids, &self.ground) {
            (Some(grids), Ok((basis, _))) if grids != basis.balanced_grids() => grids,
            // Without present grids there are plans all the same, of as many as are asked for.
            (Some(grids), Err(BalanceError::NumberOfGridsUnknown { .. })) => grids,
            (_, Ok((basis, _))) => return Ok(Arc::clone(basis)),
            (_, Err(error)) => return Err(no_plans(error)),
        };
        // A panic under the lock leaves the map as it was.
        let lock = || self.other_bases.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&grids) {
            return Ok(Arc::clone(known));
        }
        // Made without the lock: readers of other bases need not wait.
        let made = match &self.ground {
            Ok((basis, _)) => basis.with_grids(grids),
            Err(_) => Basis::new(&self.dataset, Some(grids)),
        };
        let made = made.map_err(|error| Problem::unprocessable(error.to_string()))?;
        let made = Arc::new(made);
        let mut bases = lock();
        if bases.len() >= MOST_BASES {
            bases.pop_first();
        }
        bases.insert(grids, Arc::clone(&made));
        Ok(made)
    }
}

/// The answer to whoever asks for plans of a dataset that can have none.
fn no_plans(error: &BalanceError) -> Problem {
    Problem::new(axum::http::StatusCode::CONFLICT, format!("this dataset has no plans: {error}"))
}

/// Runs the check and hands its report to all who wait for it.
fn start_check(dataset: Arc<Dataset>) -> watch::Receiver<Option<Arc<Checked>>> {
    let (sender, receiver) = watch::channel(None);
    tokio::task::spawn_blocking(move || {
        let report = check::run(&dataset, &CheckOptions::default());
        match serde_json::to_vec(&report) {
            // Nobody waiting (any more) is no fault.
            Ok(json) => drop(sender.send(Some(Arc::new(Checked { report, json: json.into() })))),
            Err(error) => tracing::error!(%error, "the report cannot be written"),
        }
    });
    receiver
}

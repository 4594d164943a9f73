//! Searches that run on: started by one request, watched and cancelled by others.
//!
//! A job's state is a value that changes ([`watch`]): readers always see the newest and are woken
//! by a change, however many there are, and a search never waits for a slow reader.

use super::problem::Problem;
use crate::plan::store::random_key;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Semaphore, watch};
use utoipa::ToSchema;

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum JobStatus {
    /// At work.
    Running,
    /// Ended with a report.
    Done,
    /// Ended with an error.
    Failed,
    /// Stopped by a request or by the end of the server.
    Cancelled,
}

impl JobStatus {
    /// Name of the event that tells of this status.
    pub fn event(self) -> &'static str {
        match self {
            Self::Running => "progress",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The best plan that a search has seen so far.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Best {
    /// Greatest share by which a grid's households lie off the mean.
    pub max_deviation: f64,
    /// Pairs of neighbouring units in different grids.
    pub cut_edges: usize,
}

/// A job, as its resource shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Job {
    /// Key.
    pub id: String,
    /// Where it stands.
    pub status: JobStatus,
    /// Share of the work that is done, 0..1.
    pub progress: f64,
    /// The best plan so far.
    pub best: Option<Best>,
    /// The report of the search, once it is done.
    #[schema(value_type = Option<Object>)]
    pub report: Option<Arc<RawValue>>,
    /// The plans that were stored from the report, best first.
    pub plans: Vec<String>,
    /// Why it failed.
    pub error: Option<Problem>,
}

/// What a job gives when it ends well.
pub struct Outcome {
    /// The report as JSON.
    pub report: Arc<RawValue>,
    /// The plans stored from it.
    pub plans: Vec<String>,
}

/// A job's own end: where the work tells how far it is and learns that it should stop.
pub struct Control(watch::Sender<Job>);

impl Control {
    /// Tells how far the work is; `Break` when nobody wants it any more.
    pub fn progress(&self, share: f64, best: Option<Best>) -> ControlFlow<()> {
        if self.is_cancelled() {
            return ControlFlow::Break(());
        }
        self.0.send_if_modified(|job| {
            // A thousandth is the least that a bar can show.
            let is_news = share - job.progress >= 0.001 || best != job.best;
            if is_news && job.status == JobStatus::Running {
                job.progress = share.clamp(job.progress, 1.0);
                job.best = best;
            }
            is_news
        });
        ControlFlow::Continue(())
    }

    /// Whether the job was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.borrow().status != JobStatus::Running
    }

    /// Sets the end of the job, unless it has ended before (was cancelled).
    fn end(&self, change: impl FnOnce(&mut Job)) {
        end(&self.0, change);
    }
}

fn end(job: &watch::Sender<Job>, change: impl FnOnce(&mut Job)) {
    job.send_if_modified(|job| {
        let is_running = job.status == JobStatus::Running;
        if is_running {
            change(job);
        }
        is_running
    });
}

/// All jobs of a server.
pub struct Jobs {
    places: Arc<Semaphore>,
    kept: usize,
    jobs: Mutex<VecDeque<watch::Sender<Job>>>,
}

impl Jobs {
    /// At most `at_once` jobs run; the last `kept` that ended are remembered.
    pub fn new(at_once: usize, kept: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(at_once)), kept, jobs: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<watch::Sender<Job>>> {
        // Changes under the lock are single pushes and removals: a panic leaves nothing half done.
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts `work` on a thread of its own.
    ///
    /// # Errors
    /// 429 when as many jobs run as may.
    pub fn start(
        &self,
        work: impl FnOnce(&Control) -> Result<Outcome, Problem> + Send + 'static,
    ) -> Result<Job, Problem> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| {
            Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "as many searches run as may at once; cancel one or wait for its end",
            )
        })?;
        let job = Job {
            id: random_key(),
            status: JobStatus::Running,
            progress: 0.0,
            best: None,
            report: None,
            plans: Vec::new(),
            error: None,
        };
        let sender = watch::Sender::new(job.clone());
        let mut jobs = self.lock();
        jobs.push_back(sender.clone());
        self.forget(&mut jobs);
        drop(jobs);
        let control = Control(sender.clone());
        let task = tokio::task::spawn_blocking(move || {
            // The place is given back when the work ends, not when its cancel is asked for.
            let _place = place;
            match work(&control) {
                Ok(Outcome { report, plans }) => control.end(|job| {
                    job.status = JobStatus::Done;
                    job.progress = 1.0;
                    job.report = Some(report);
                    job.plans = plans;
                }),
                Err(problem) => control.end(|job| {
                    job.status = JobStatus::Failed;
                    job.error = Some(problem);
                }),
            }
        });
        tokio::spawn(async move {
            if let Err(error) = task.await {
                let problem = Problem::internal(error);
                end(&sender, |job| {
                    job.status = JobStatus::Failed;
                    job.error = Some(problem);
                });
            }
        });
        Ok(job)
    }

    /// Forgets the oldest jobs that ended, beyond the number to keep.
    fn forget(&self, jobs: &mut VecDeque<watch::Sender<Job>>) {
        let is_over = |job: &watch::Sender<Job>| job.borrow().status != JobStatus::Running;
        let mut surplus = jobs.iter().filter(|job| is_over(job)).count().saturating_sub(self.kept);
        jobs.retain(|job| {
            let goes = surplus > 0 && is_over(job);
            surplus -= usize::from(goes);
            !goes
        });
    }

    fn find(&self, id: &str) -> Result<watch::Sender<Job>, Problem> {
        let jobs = self.lock();
        let job = jobs.iter().find(|job| job.borrow().id == id).cloned();
        job.ok_or_else(|| Problem::not_found(format!("job `{id}`")))
    }

    /// A job as it stands.
    ///
    /// # Errors
    /// 404.
    pub fn get(&self, id: &str) -> Result<Job, Problem> {
        Ok(self.find(id)?.borrow().clone())
    }

    /// A job to be watched.
    ///
    /// # Errors
    /// 404.
    pub fn watch(&self, id: &str) -> Result<watch::Receiver<Job>, Problem> {
        Ok(self.find(id)?.subscribe())
    }

    /// Stops a job; one that has ended stays as it is.
    ///
    /// # Errors
    /// 404.
    pub fn cancel(&self, id: &str) -> Result<Job, Problem> {
        let job = self.find(id)?;
        end(&job, |job| job.status = JobStatus::Cancelled);
        Ok(job.borrow().clone())
    }

    /// Stops all jobs, at the end of the server.
    pub fn cancel_all(&self) {
        for job in self.lock().iter() {
            end(job, |job| job.status = JobStatus::Cancelled);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    async fn ended(jobs: &Jobs, id: &str) -> Job {
        let mut job = jobs.watch(id).unwrap();
        job.wait_for(|job| job.status != JobStatus::Running).await.unwrap().clone()
    }

    fn outcome() -> Outcome {
        let report = RawValue::from_string("{}".into()).unwrap().into();
        Outcome { report, plans: vec!["p".into()] }
    }

    /// Runs until it is cancelled.
    fn endless(control: &Control) -> Result<Outcome, Problem> {
        while control.progress(0.5, None).is_continue() {
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(outcome())
    }

    #[tokio::test]
    async fn a_job_ends_with_its_report_or_its_error_or_its_panic() {
        let jobs = Jobs::new(3, 10);
        let good = jobs.start(|_| Ok(outcome())).unwrap();
        let bad = jobs.start(|_| Err(Problem::unprocessable("no"))).unwrap();
        let ugly = jobs.start(|_| panic!("a test's panic")).unwrap();
        let good = ended(&jobs, &good.id).await;
        assert_eq!((good.status, good.progress, good.plans.len()), (JobStatus::Done, 1.0, 1));
        assert_eq!(ended(&jobs, &bad.id).await.error.unwrap().status, 422);
        assert_eq!(ended(&jobs, &ugly.id).await.error.unwrap().status, 500);
    }

    #[tokio::test]
    async fn no_more_jobs_run_than_may_and_a_cancel_makes_room() {
        let jobs = Jobs::new(1, 10);
        let first = jobs.start(endless).unwrap();
        assert_eq!(jobs.start(endless).unwrap_err().status, 429);
        assert_eq!(jobs.cancel(&first.id).unwrap().status, JobStatus::Cancelled);
        // The place comes back when the thread has seen the cancel.
        let place = jobs.places.acquire().await.unwrap();
        drop(place);
        let second = jobs.start(|_| Ok(outcome())).unwrap();
        assert_eq!(ended(&jobs, &second.id).await.status, JobStatus::Done);
        assert_eq!(jobs.get(&first.id).unwrap().status, JobStatus::Cancelled, "stays cancelled");
    }

    #[tokio::test]
    async fn old_jobs_are_forgotten_but_never_a_running_one() {
        let jobs = Jobs::new(2, 1);
        let running = jobs.start(endless).unwrap();
        let mut ids = Vec::new();
        for _ in 0..3 {
            let job = loop {
                match jobs.start(|_| Ok(outcome())) {
                    Ok(job) => break job,
                    Err(_) => tokio::task::yield_now().await,
                }
            };
            ended(&jobs, &job.id).await;
            ids.push(job.id);
        }
        assert!(jobs.get(&running.id).is_ok());
        assert_eq!(jobs.get(&ids[0]).unwrap_err().status, 404);
        assert!(jobs.get(&ids[2]).is_ok());
        jobs.cancel_all();
        assert_eq!(ended(&jobs, &running.id).await.status, JobStatus::Cancelled);
    }
}

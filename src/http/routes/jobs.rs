//! `/api/plans/{id}/balance` and `/api/jobs`: searches for better plans.

use super::Failure;
use super::plans::Opened;
use crate::balance::{
    self, BalanceError, CommunityRule, Constraints, Mix, Objective, Options, Progress, Solution,
};
use crate::http::extract::Body;
use crate::http::jobs::{Best, Control, Job, JobStatus, Outcome};
use crate::http::problem::Problem;
use crate::http::state::{AppState, SOMEBODY, SharedState};
use crate::http::{blocking, etag};
use crate::plan::store::Plans;
use crate::plan::{Assignment, Basis, NewPlan, PRESENT, PlanOrigin};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use utoipa::ToSchema;

/// Longest time limit of a search, in seconds.
const LONGEST_SEARCH_S: f64 = 600.0;
/// Least time between two events of a job.
const EVENT_PAUSE: Duration = Duration::from_millis(100);

/// What to search for; everything has a default.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BalanceRequest {
    /// Greatest share off the mean, 0 to 1; the dataset's rule when not given.
    max_deviation: Option<f64>,
    /// `cut-edges` (default), `border-length` or `inertia`; several with weights
    /// (`cut-edges=1,moved=0.5`), or one after the other (`deviation,cut-edges`).
    objective: String,
    /// Seed of the search.
    seed: u64,
    /// Weight of keeping units where they are, from 0.
    keep: f64,
    /// Time limit in seconds, at most 600; when not given, the search ends by work.
    time_limit_s: Option<f64>,
    /// Number of grids; the plan's when not given.
    grids: Option<usize>,
    /// How communities bind the grids: `whole` (default), `soft` or `ignore`.
    #[schema(value_type = String)]
    communities: CommunityRule,
    /// With `soft`, cost of each grid in several communities, in units of the objective.
    community_cost: f64,
    /// Whether to propose the whole choice between balance, few moves and short borders.
    front: bool,
    /// What is balanced instead of households: weight → factor.
    weight: BTreeMap<String, f64>,
    /// What a plan must keep.
    constraints: Constraints,
}

impl Default for BalanceRequest {
    fn default() -> Self {
        let options = Options::default();
        Self {
            max_deviation: None,
            objective: "cut-edges".into(),
            seed: 1,
            keep: 0.0,
            time_limit_s: None,
            grids: None,
            communities: options.communities,
            community_cost: options.community_cost,
            front: false,
            weight: BTreeMap::new(),
            constraints: Constraints::default(),
        }
    }
}

impl BalanceRequest {
    /// The options of the search, each number held against its range.
    fn options(&self, default_deviation: f64) -> Result<Options, Problem> {
        let wrong = |field: &str, value: f64, should_be: &str| {
            let detail = format!("`{field}` is {value}; it should be {should_be}");
            Problem::unprocessable(detail).with_field(field)
        };
        let max_deviation = self.max_deviation.unwrap_or(default_deviation);
        if !(0.0..=1.0).contains(&max_deviation) {
            return Err(wrong("max_deviation", max_deviation, "a share from 0 to 1"));
        }
        if !(self.keep >= 0.0 && self.keep.is_finite()) {
            return Err(wrong("keep", self.keep, "a number from 0"));
        }
        let time_limit = self.time_limit_s.filter(|s| !(*s > 0.0 && *s <= LONGEST_SEARCH_S));
        if let Some(seconds) = time_limit {
            return Err(wrong("time_limit_s", seconds, "above 0 and at most 600 seconds"));
        }
        let alone = serde_json::from_value::<Objective>(self.objective.as_str().into());
        let (objective, mix) = match alone {
            Ok(objective) => (objective, None),
            Err(_) => (Objective::CutEdges, Some(Mix::parse(&self.objective)?)),
        };
        Ok(Options {
            max_deviation,
            objective,
            mix,
            communities: self.communities,
            community_cost: self.community_cost,
            front: self.front,
            keep: self.keep,
            time_limit: self.time_limit_s.map(Duration::from_secs_f64),
            seed: self.seed,
            ..Options::default()
        })
    }
}

impl BalanceRequest {
    /// The problem with the weight and the constraints that are asked for.
    fn constrained(
        &self,
        problem: balance::Problem,
        state: &AppState,
    ) -> Result<balance::Problem, Problem> {
        let dataset = &state.snapshot().dataset;
        let mut problem = problem;
        if self.constraints.whole_compounds {
            problem = problem.with_whole_compounds(dataset);
        } else if !self.weight.is_empty() || !self.constraints.also.is_empty() {
            problem = problem.with_compounds(dataset);
        }
        if !self.weight.is_empty() {
            let terms: Vec<(String, f64)> = self.weight.clone().into_iter().collect();
            problem = problem.weighed_by(&terms)?;
        }
        Ok(problem.with_constraints(&self.constraints)?)
    }
}

impl From<BalanceError> for Problem {
    fn from(error: BalanceError) -> Self {
        let problem = Self::unprocessable(error.to_string());
        match &error {
            BalanceError::Option { option, .. } => problem.with_field(member(option)),
            _ => problem,
        }
    }
}

/// The member of a request that an option of the command line is.
fn member(option: &str) -> String {
    match option {
        "lock-unit" | "lock-grid" | "office" => {
            format!("constraints.{}s", option.replace('-', "_"))
        }
        "together" | "apart" | "also" => format!("constraints.{option}"),
        other => other.replace('-', "_"),
    }
}

/// Starts a search for plans that are better balanced than this one.
#[utoipa::path(post, path = "/api/plans/{id}/balance", tag = "jobs",
    request_body = BalanceRequest,
    params(("id" = String, Path, description = "Plan, or `present`")),
    responses((status = ACCEPTED, description = "Started; Location names the job", body = Job),
        (status = NOT_FOUND, body = Failure), (status = UNPROCESSABLE_ENTITY, body = Failure),
        (status = TOO_MANY_REQUESTS, body = Failure)))]
pub async fn balance(
    State(state): State<SharedState>,
    Path(id): Path<String>,
    Body(request): Body<BalanceRequest>,
) -> Result<Response, Failure> {
    let rules = state.snapshot().dataset.rules.clone();
    let options = request.options(rules.max_deviation)?;
    let prepared = state.clone();
    let (basis, search, options) = blocking(move || {
        let (basis, start) = start(&prepared, &id, request.grids)?;
        let problem = basis.problem_from(&start);
        let problem = request.constrained(problem, &prepared)?;
        options.check(&problem)?;
        Ok::<_, Problem>((basis, problem, options))
    })
    .await??;
    let plans = Arc::clone(&state.plans);
    let job = state.jobs.start(move |control| {
        let solution = balance::solve(&search, &options, &|progress| tell(control, &progress));
        if control.is_cancelled() {
            return Err(Problem::unprocessable("the search was cancelled"));
        }
        outcome(&basis, &plans, &solution)
    })?;
    let location = HeaderValue::from_str(&format!("/api/jobs/{}", job.id));
    let mut response = (StatusCode::ACCEPTED, Json(job)).into_response();
    if let Ok(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// What a search stands on and the assignment that it begins at. Where there are no present grids,
/// a search for a given number of them begins at nothing.
fn start(
    state: &AppState,
    id: &str,
    grids: Option<usize>,
) -> Result<(Arc<Basis>, Assignment), Problem> {
    let basis = |grids| state.snapshot().basis(grids).map_err(|p| p.with_field("grids"));
    match (Opened::open(state, id), grids) {
        (Ok(opened), None) => Ok((opened.basis, opened.plan.assignment.clone())),
        (Ok(opened), grids) => Ok((basis(grids)?, opened.plan.assignment.clone())),
        (Err(_), Some(grids)) if id == PRESENT => Ok((basis(Some(grids))?, Assignment::new())),
        (Err(problem), _) => Err(problem),
    }
}

/// Hands what the search tells to the job.
fn tell(control: &Control, progress: &Progress) -> ControlFlow<()> {
    let best = progress
        .best
        .map(|best| Best { max_deviation: best.max_deviation, cut_edges: best.cut_edges });
    control.progress(progress.fraction, best)
}

/// Stores the plans of a search.
fn outcome(basis: &Basis, store: &Plans, solution: &Solution) -> Result<Outcome, Problem> {
    let report = serde_json::value::to_raw_value(solution).map_err(Problem::internal)?;
    let mut plans = Vec::new();
    for (number, plan) in solution.plans.iter().enumerate() {
        let off = plan.score.max_deviation * 100.0;
        plans.push(store.create(
            SOMEBODY,
            NewPlan {
                name: format!("均衡方案 {} Balanced (±{off:.1} %)", number + 1),
                origin: PlanOrigin::Balance,
                grids: basis.own_grids(&plan.owner),
                assignment: plan.assignment.0.iter().cloned().collect(),
            },
        )?);
    }
    let plans = plans.iter().map(|plan| plan.id.clone()).collect();
    Ok(Outcome { report: report.into(), plans })
}

/// A job as it stands.
#[utoipa::path(get, path = "/api/jobs/{id}", tag = "jobs",
    params(("id" = String, Path, description = "Job")),
    responses((status = OK, body = Job), (status = NOT_FOUND, body = Failure)))]
pub async fn read(
    State(state): State<SharedState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    Ok(etag::json(&headers, "application/json", &state.jobs.get(&id)?))
}

/// Stops a job. One that has ended stays as it is.
#[utoipa::path(delete, path = "/api/jobs/{id}", tag = "jobs",
    params(("id" = String, Path, description = "Job")),
    responses((status = OK, body = Job), (status = NOT_FOUND, body = Failure)))]
pub async fn cancel(
    State(state): State<SharedState>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    Ok(Json(state.jobs.cancel(&id)?).into_response())
}

/// The job each time that it changes, as server-sent events `progress`, `done`, `failed`,
/// `cancelled`; the stream ends with the job.
#[utoipa::path(get, path = "/api/jobs/{id}/events", tag = "jobs",
    params(("id" = String, Path, description = "Job")),
    responses((status = OK, description = "Events with a Job each", content_type = "text/event-stream", body = Job),
        (status = NOT_FOUND, body = Failure)))]
pub async fn events(
    State(state): State<SharedState>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let job = state.jobs.watch(&id)?;
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(follow(job, state.stopping.clone(), sender));
    let stream = Sse::new(ReceiverStream::new(receiver));
    Ok(stream.keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response())
}

type Events = mpsc::Sender<Result<Event, Infallible>>;

/// Sends the job as it changes until it ends, the reader leaves or the server ends.
async fn follow(mut job: watch::Receiver<Job>, mut stopping: watch::Receiver<bool>, to: Events) {
    loop {
        let (event, is_over) = {
            let job = job.borrow_and_update();
            (
                Event::default().event(job.status.event()).json_data(&*job),
                job.status != JobStatus::Running,
            )
        };
        let Ok(event) = event else { return };
        if to.send(Ok(event)).await.is_err() || is_over {
            return;
        }
        tokio::select! {
            // Changes that come meanwhile are seen as one.
            changed = async {
                tokio::time::sleep(EVENT_PAUSE).await;
                job.changed().await
            } => if changed.is_err() { return },
            _ = stopping.wait_for(|stop| *stop) => return,
            () = to.closed() => return,
        }
    }
}

//! `/api/plans`: plans to list, make, read, change and delete. The plan `present` is computed from
//! the dataset and read-only.

use super::Failure;
use crate::http::blocking;
use crate::http::etag::ETag;
use crate::http::extract::Body;
use crate::http::problem::Problem;
use crate::http::snapshot::Snapshot;
use crate::http::state::{AppState, SOMEBODY, SharedState};
use crate::plan::store::{Action, Changed, PlansError};
use crate::plan::{
    self, Assignment, Basis, Delta, Edit, EditOptions, EditReport, NewPlan, PRESENT, Plan,
    PlanError, PlanOrigin, PlanState, Score,
};
use crate::store::StoreError;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Most characters of a plan's name.
const LONGEST_NAME: usize = 200;

/// A plan without its assignment.
#[derive(Serialize, ToSchema)]
pub struct PlanSummary {
    /// Key.
    id: String,
    /// Name, for people.
    name: String,
    /// When it was made (RFC 3339); for `present`, when the dataset was loaded.
    #[schema(value_type = String, format = DateTime)]
    created: jiff::Timestamp,
    /// Counts the changes.
    version: u64,
    /// How it came to be.
    origin: PlanOrigin,
    /// Whether there is a change to undo.
    can_undo: bool,
    /// Whether there is one to redo.
    can_redo: bool,
    /// Its figures; null when the plan does not fit the dataset that is loaded now.
    score: Option<Score>,
}

/// A plan with its assignment: unit id → grid code.
#[derive(Serialize, ToSchema)]
pub struct PlanDetail {
    #[serde(flatten)]
    summary: PlanSummary,
    /// The units' grids.
    assignment: Assignment,
    /// What the edits of this request changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) changes: Option<EditReport>,
}

#[derive(Serialize, ToSchema)]
struct PlanList {
    /// All plans, `present` first.
    plans: Vec<PlanSummary>,
}

/// What a new plan is made from.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlanRequest {
    /// Name, for people.
    name: String,
    /// `present` (default) or the id of a plan to copy.
    from: Option<String>,
    /// The units' grids, instead of `from`.
    assignment: Option<Assignment>,
}

/// Edits: `{"edits": […]}` or the bare list.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum EditsRequest {
    /// In an object.
    Wrapped {
        /// The edits, applied in order.
        edits: Vec<Edit>,
        /// How strict the rules are.
        #[serde(default)]
        options: EditOptions,
    },
    /// Bare.
    Bare(Vec<Edit>),
}

/// A plan and the data that it stands on.
pub(super) struct Opened {
    pub(super) plan: Arc<Plan>,
    pub(super) basis: Arc<Basis>,
    /// Names the state of the data, for entity tags.
    pub(super) stamp: String,
}

impl Opened {
    /// The plan `id` (also `present`) on the present snapshot.
    pub(super) fn open(state: &AppState, id: &str) -> Result<Self, Problem> {
        let snapshot = state.snapshot();
        let plan = if id == PRESENT { snapshot.present()? } else { state.plans.get(id)? };
        Self::over(&snapshot, plan)
    }

    /// A plan that has been read.
    pub(super) fn over(snapshot: &Snapshot, plan: Arc<Plan>) -> Result<Self, Problem> {
        let grids = plan.grids.as_ref().map(Vec::len);
        Ok(Self { basis: snapshot.basis(grids)?, stamp: snapshot.stamp.clone(), plan })
    }

    /// The plan `id`, to be changed.
    pub(super) fn open_to_change(
        state: &AppState,
        id: &str,
        headers: &HeaderMap,
    ) -> Result<Self, Problem> {
        if id == PRESENT {
            let detail = "the plan `present` is what the dataset says and cannot be changed; \
                make a plan from it (POST /api/plans) and change that";
            return Err(Problem::new(StatusCode::CONFLICT, detail));
        }
        let opened = Self::open(state, id)?;
        opened.tag().require_match(headers)?;
        Ok(opened)
    }

    /// The plan as it shall be in the store.
    pub(super) fn changed(
        &self,
        state: &AppState,
        after: &PlanState,
        (action, edits): (Action, Vec<Edit>),
        delta: Delta,
    ) -> Result<Changed, Problem> {
        let Some((assignment, grids)) = self.basis.parts(self.plan.grids.as_deref(), after) else {
            let detail = "this version keeps which unit belongs to which grid and the grids' \
                names; it cannot keep locks, colours, notes, other codes and kinds, or units of \
                a plan's own";
            return Err(Problem::unprocessable(detail).with_field("edits"));
        };
        // Against the grids that there are then; and what is undone may name units and grids that
        // the dataset no longer has.
        let own = grids.as_deref().or(self.plan.grids.as_deref());
        let basis = state.snapshot().basis(own.map(<[_]>::len))?;
        basis.numbers(&basis.grids(own), &assignment)?;
        Ok(Changed { assignment, grids, action, edits, delta })
    }

    pub(super) fn tag(&self) -> ETag {
        ETag::of_version(self.plan.version, &self.stamp)
    }

    pub(super) fn score(&self) -> Result<Score, Problem> {
        Ok(self.basis.score(self.plan.grids.as_deref(), &self.plan.assignment)?)
    }

    pub(super) fn detail(&self) -> Result<PlanDetail, Problem> {
        let summary = summary(&self.plan, Some(self.score()?));
        let assignment = self.plan.assignment.clone();
        Ok(PlanDetail { summary, assignment, changes: None })
    }
}

fn summary(plan: &Plan, score: Option<Score>) -> PlanSummary {
    PlanSummary {
        id: plan.id.clone(),
        name: plan.name.clone(),
        created: plan.created,
        version: plan.version,
        origin: plan.origin,
        can_undo: plan.undo.is_some(),
        can_redo: plan.redo.is_some(),
        score,
    }
}

fn score_if_it_fits(snapshot: &Snapshot, plan: &Plan) -> Option<Score> {
    let basis = snapshot.basis(plan.grids.as_ref().map(Vec::len)).ok()?;
    basis.score(plan.grids.as_deref(), &plan.assignment).ok()
}

/// All plans with their figures.
#[utoipa::path(get, path = "/api/plans", tag = "plans", responses((status = OK, body = PlanList)))]
pub async fn list(
    State(state): State<SharedState>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    blocking(move || {
        let snapshot = state.snapshot();
        // A dataset without planning units has no plans.
        let present = snapshot.present().ok();
        let plans = present.into_iter().chain(state.plans.list()?);
        let plans = plans.map(|plan| summary(&plan, score_if_it_fits(&snapshot, &plan))).collect();
        Ok(crate::http::etag::json(&headers, "application/json", &PlanList { plans }))
    })
    .await?
}

/// Makes a plan from another or from an assignment.
#[utoipa::path(post, path = "/api/plans", tag = "plans", request_body = NewPlanRequest,
    responses((status = CREATED, description = "Made; Location names it", body = PlanDetail),
        (status = NOT_FOUND, body = Failure), (status = UNPROCESSABLE_ENTITY, body = Failure)))]
pub async fn create(
    State(state): State<SharedState>,
    Body(request): Body<NewPlanRequest>,
) -> Result<Response, Failure> {
    let name = request.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        let detail = format!("`name` should have 1 to {LONGEST_NAME} characters");
        return Err(Problem::unprocessable(detail).with_field("name"));
    }
    if request.from.is_some() && request.assignment.is_some() {
        let detail = "give either `from` or `assignment`, not both";
        return Err(Problem::unprocessable(detail).with_field("from"));
    }
    blocking(move || {
        let (assignment, grids) = match request.assignment {
            Some(given) => {
                let basis = state.snapshot().basis(None)?;
                basis.numbers(&basis.grids(None), &given)?;
                (given, None)
            }
            None => {
                let from = request.from.as_deref().unwrap_or(PRESENT);
                let opened = Opened::open(&state, from).map_err(|p| p.with_field("from"))?;
                (opened.plan.assignment.clone(), opened.plan.grids.clone())
            }
        };
        let new = NewPlan { name, origin: PlanOrigin::Manual, grids, assignment };
        let plan = state.plans.create(SOMEBODY, new)?;
        let location = format!("/api/plans/{}", plan.id);
        let opened = Opened::over(&state.snapshot(), plan)?;
        let mut response = (StatusCode::CREATED, Json(opened.detail()?)).into_response();
        if let Ok(location) = HeaderValue::from_str(&location) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        Ok(opened.tag().on(response))
    })
    .await?
}

/// One plan.
#[utoipa::path(get, path = "/api/plans/{id}", tag = "plans",
    params(("id" = String, Path, description = "Plan, or `present`")),
    responses((status = OK, body = PlanDetail), (status = NOT_FOUND, body = Failure)))]
pub async fn read(
    State(state): State<SharedState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    blocking(move || {
        let opened = Opened::open(&state, &id)?;
        if opened.tag().is_held(&headers) {
            return Ok(opened.tag().on(StatusCode::NOT_MODIFIED.into_response()));
        }
        Ok(opened.tag().on(Json(opened.detail()?).into_response()))
    })
    .await?
}

/// Changes a plan; all edits or none.
#[utoipa::path(patch, path = "/api/plans/{id}", tag = "plans", request_body = EditsRequest,
    params(("id" = String, Path, description = "Plan"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    responses((status = OK, body = PlanDetail), (status = CONFLICT, body = Failure),
        (status = PRECONDITION_FAILED, body = Failure),
        (status = PRECONDITION_REQUIRED, body = Failure),
        (status = UNPROCESSABLE_ENTITY, body = Failure)))]
pub async fn edit(
    State(state): State<SharedState>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(request): Body<EditsRequest>,
) -> Result<Response, Failure> {
    let (edits, options) = match request {
        EditsRequest::Wrapped { edits, options } => (edits, options),
        EditsRequest::Bare(edits) => (edits, EditOptions::default()),
    };
    blocking(move || {
        let opened = Opened::open_to_change(&state, &id, &headers)?;
        let own = opened.plan.grids.as_deref();
        let before = opened.basis.state(own, &opened.plan.assignment)?;
        let applied = plan::apply(&opened.basis, &before, &edits, &options)?;
        let plan::Applied { state: after, delta, report } = applied;
        // What changes nothing is no change that somebody would want to undo.
        let plan = if delta.is_empty() {
            opened.plan
        } else {
            let changed = opened.changed(&state, &after, (Action::Edit, edits), delta)?;
            state.plans.change(SOMEBODY, &opened.plan, changed)?
        };
        let opened = Opened::over(&state.snapshot(), plan)?;
        let detail = PlanDetail { changes: Some(report), ..opened.detail()? };
        Ok(opened.tag().on(Json(detail).into_response()))
    })
    .await?
}

/// Deletes a plan.
#[utoipa::path(delete, path = "/api/plans/{id}", tag = "plans",
    params(("id" = String, Path, description = "Plan"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    responses((status = NO_CONTENT), (status = CONFLICT, body = Failure),
        (status = PRECONDITION_FAILED, body = Failure),
        (status = PRECONDITION_REQUIRED, body = Failure)))]
pub async fn delete(
    State(state): State<SharedState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Failure> {
    blocking(move || {
        let opened = Opened::open_to_change(&state, &id, &headers)?;
        state.plans.delete(SOMEBODY, &id, opened.plan.version)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await?
}

impl From<PlansError> for Problem {
    fn from(error: PlansError) -> Self {
        let status = match &error {
            PlansError::NotFound(_) => StatusCode::NOT_FOUND,
            PlansError::Stale { .. } => StatusCode::PRECONDITION_FAILED,
            PlansError::TooMany(_) => StatusCode::INSUFFICIENT_STORAGE,
            PlansError::Unreadable { .. } => StatusCode::INTERNAL_SERVER_ERROR,
            PlansError::Store(error) => return Self::from(error),
        };
        if status.is_server_error() {
            tracing::warn!(%error, "a plan cannot be kept or read");
        }
        Self::new(status, error.to_string())
    }
}

impl From<&StoreError> for Problem {
    fn from(error: &StoreError) -> Self {
        let status = match error {
            StoreError::Stale { .. } | StoreError::Exists { .. } => StatusCode::PRECONDITION_FAILED,
            StoreError::NotFound { .. } => StatusCode::NOT_FOUND,
            StoreError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            StoreError::Full { .. } => StatusCode::INSUFFICIENT_STORAGE,
            StoreError::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
            StoreError::Newer { .. } | StoreError::Damaged { .. } | StoreError::Other { .. } => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        if status.is_server_error() {
            tracing::warn!(%error, "the store did not do it");
        }
        Self::new(status, error.to_string())
    }
}

impl From<PlanError> for Problem {
    fn from(error: PlanError) -> Self {
        let problem = Self::unprocessable(error.to_string()).with_field(error.field());
        match error.feature() {
            Some(feature) => problem.with_feature(feature),
            None => problem,
        }
    }
}

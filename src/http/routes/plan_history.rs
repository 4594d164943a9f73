//! What was done to a plan, and the way back and forth in it.

use super::Failure;
use super::plans::{Opened, PlanDetail};
use crate::http::extract::Params;
use crate::http::problem::Problem;
use crate::http::state::{AppState, SOMEBODY, SharedState};
use crate::http::{blocking, etag};
use crate::plan::store::{Action, Step};
use crate::plan::{Delta, Draft, Edit};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// Entries of a page, when no number is asked for, and at most.
const PAGE: usize = 100;
const LONGEST_PAGE: usize = 1000;

/// What was done to a plan.
#[derive(Serialize, ToSchema)]
pub struct HistoryEntry {
    /// The version that it gave the plan.
    version: u64,
    /// When (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    at: jiff::Timestamp,
    /// Who.
    by: String,
    /// `create`, `edit`, `undo` or `redo`.
    action: String,
    /// What was asked for.
    edits: Vec<Edit>,
    /// Units that came to another grid.
    units: Vec<String>,
    /// Grids that came, went or changed.
    grids: Vec<String>,
}

#[derive(Serialize, ToSchema)]
struct History {
    /// The entries, the oldest first.
    entries: Vec<HistoryEntry>,
}

/// What was done to a plan, the oldest first.
#[utoipa::path(get, path = "/api/plans/{id}/history", tag = "plans",
    params(("id" = String, Path, description = "Plan"),
        ("after" = Option<u64>, Query, description = "Only what came behind this version"),
        ("limit" = Option<usize>, Query, description = "At most so many entries: 1 to 1000, 100 when not given")),
    responses((status = OK, body = History), (status = BAD_REQUEST, body = Failure),
        (status = NOT_FOUND, body = Failure)))]
pub async fn history(
    State(state): State<SharedState>,
    Path(id): Path<String>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let params = params.only(&["after", "limit"])?;
    let number = |name: &'static str, default: u64| match params.text(name) {
        None => Ok(default),
        Some(text) => text.parse::<u64>().map_err(|_| {
            Problem::bad_field(name, format!("`{name}` is `{text}`; it should be a whole number"))
        }),
    };
    let (after, limit) = (number("after", 0)?, number("limit", PAGE as u64)?);
    if !(1..=LONGEST_PAGE as u64).contains(&limit) {
        let detail = format!("`limit` should be 1 to {LONGEST_PAGE}");
        return Err(Problem::bad_field("limit", detail));
    }
    blocking(move || {
        // A plan that is gone has no history to show, though the store still has it.
        state.plans.get(&id)?;
        let entries = state.plans.history(&id, after, limit as usize)?;
        let entries = entries.into_iter().map(|entry| {
            // Making a plan is no step.
            let Step { edits, delta, .. } = serde_json::from_value(entry.body).unwrap_or_default();
            HistoryEntry {
                version: entry.version,
                at: entry.at,
                by: entry.by,
                action: entry.action,
                edits,
                units: delta.assignment.into_keys().collect(),
                grids: delta.grids.into_keys().collect(),
            }
        });
        let history = History { entries: entries.collect() };
        Ok(etag::json(&headers, "application/json", &history))
    })
    .await?
}

/// Takes back the newest change that was not taken back yet, whoever made it.
#[utoipa::path(post, path = "/api/plans/{id}/undo", tag = "plans",
    params(("id" = String, Path, description = "Plan"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    responses((status = OK, body = PlanDetail),
        (status = CONFLICT, description = "There is nothing to undo", body = Failure),
        (status = PRECONDITION_FAILED, body = Failure),
        (status = PRECONDITION_REQUIRED, body = Failure)))]
pub async fn undo(
    State(state): State<SharedState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    blocking(move || turn(&state, &id, &headers, Action::Undo)).await?
}

/// Makes the change again that was undone last. An edit since then ends that.
#[utoipa::path(post, path = "/api/plans/{id}/redo", tag = "plans",
    params(("id" = String, Path, description = "Plan"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    responses((status = OK, body = PlanDetail),
        (status = CONFLICT, description = "There is nothing to redo", body = Failure),
        (status = PRECONDITION_FAILED, body = Failure),
        (status = PRECONDITION_REQUIRED, body = Failure)))]
pub async fn redo(
    State(state): State<SharedState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    blocking(move || turn(&state, &id, &headers, Action::Redo)).await?
}

fn turn(
    state: &AppState,
    id: &str,
    headers: &HeaderMap,
    action: Action,
) -> Result<Response, Failure> {
    let opened = Opened::open_to_change(state, id, headers)?;
    let Some(step) = state.plans.next(&opened.plan, action)? else {
        let what = if action == Action::Undo { "undo" } else { "redo" };
        return Err(Problem::new(StatusCode::CONFLICT, format!("there is nothing to {what}")));
    };
    let own = opened.plan.grids.as_deref();
    let before = opened.basis.state(own, &opened.plan.assignment)?;
    let mut draft = Draft::open(&opened.basis, before.clone())?;
    let report = draft.play(&step.delta, false);
    let after = draft.into_state();
    let delta = Delta::between(&before, &after);
    let changed = opened.changed(state, &after, (action, Vec::new()), delta)?;
    let plan = state.plans.change(SOMEBODY, &opened.plan, changed)?;
    let opened = Opened::over(&state.snapshot(), plan)?;
    let mut detail = opened.detail()?;
    detail.changes = Some(report);
    Ok(opened.tag().on(Json(detail).into_response()))
}

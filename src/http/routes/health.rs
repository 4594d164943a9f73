//! `/healthz` and `/readyz`, for whoever keeps the server running.

use crate::http::state::SharedState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Whether the process answers.
#[utoipa::path(get, path = "/healthz", tag = "operations",
    responses((status = OK, description = "It does", body = Object)))]
pub async fn healthz() -> Response {
    Json(json!({ "status": "ok" })).into_response()
}

/// Whether it should be sent requests: a dataset is loaded and the server is not ending.
#[utoipa::path(get, path = "/readyz", tag = "operations",
    responses((status = OK, description = "It should", body = Object),
        (status = SERVICE_UNAVAILABLE, description = "It is ending", body = super::Failure)))]
pub async fn readyz(State(state): State<SharedState>) -> Response {
    if *state.stopping.borrow() {
        return super::Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the server is ending")
            .into_response();
    }
    Json(json!({ "status": "ready", "dataset": state.snapshot().dataset.name })).into_response()
}

//! `/api/check`: the report of `wangge check`.

use super::Failure;
use crate::http::etag;
use crate::http::state::SharedState;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

/// The report of every rule and net. It is made once, when the dataset is loaded.
#[utoipa::path(get, path = "/api/check", tag = "check",
    responses((status = OK, description = "The report", body = Object),
        (status = SERVICE_UNAVAILABLE, description = "Still at work", body = Failure)))]
pub async fn check(
    State(state): State<SharedState>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let report: Bytes = state.snapshot().report().await?;
    Ok(etag::bytes_of(&headers, "application/json", report))
}

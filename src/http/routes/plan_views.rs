//! What can be read from a plan: its score, its difference to another, its polygons.

use super::Failure;
use super::plans::Opened;
use crate::http::extract::Params;
use crate::http::problem::Problem;
use crate::http::state::SharedState;
use crate::http::{blocking, etag};
use crate::plan::{self, Difference, PRESENT, PlanFeature, Score};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

/// The figures of a plan.
#[utoipa::path(get, path = "/api/plans/{id}/score", tag = "plans",
    params(("id" = String, Path, description = "Plan, or `present`")),
    responses((status = OK, body = Score), (status = NOT_FOUND, body = Failure)))]
pub async fn score(
    State(state): State<SharedState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    blocking(move || {
        let score = Opened::open(&state, &id)?.score()?;
        Ok(etag::json(&headers, "application/json", &score))
    })
    .await?
}

/// The units that a plan gives to other grids than another plan.
#[utoipa::path(get, path = "/api/plans/{id}/diff", tag = "plans",
    params(("id" = String, Path, description = "Plan, or `present`"),
        ("against" = Option<String>, Query, description = "The other plan; `present` when not given")),
    responses((status = OK, body = Difference), (status = NOT_FOUND, body = Failure)))]
pub async fn diff(
    State(state): State<SharedState>,
    Path(id): Path<String>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let params = params.only(&["against"])?;
    let against = params.text("against").unwrap_or(PRESENT).to_owned();
    blocking(move || {
        let plan = Opened::open(&state, &id)?;
        let against = Opened::open(&state, &against).map_err(|p| p.with_field("against"))?;
        let (from, to) = (&against.plan.assignment, &plan.plan.assignment);
        let difference = Difference::between(&plan.basis, from, to);
        Ok(etag::json(&headers, "application/json", &difference))
    })
    .await?
}

/// The grids of a plan as GeoJSON.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type")]
struct FeatureCollection {
    /// One feature a grid.
    features: Vec<PlanFeature>,
}

/// The polygons of a plan, to download.
#[utoipa::path(get, path = "/api/plans/{id}/export", tag = "plans",
    params(("id" = String, Path, description = "Plan, or `present`"),
        ("format" = Option<String>, Query, description = "geojson")),
    responses((status = OK, description = "GeoJSON", body = FeatureCollection),
        (status = BAD_REQUEST, body = Failure), (status = NOT_FOUND, body = Failure)))]
pub async fn export(
    State(state): State<SharedState>,
    Path(id): Path<String>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let params = params.only(&["format"])?;
    if let Some(format) = params.text("format").filter(|format| *format != "geojson") {
        let detail = format!("`format` is `{format}`; this version exports `geojson`");
        return Err(Problem::bad_field("format", detail));
    }
    blocking(move || {
        let opened = Opened::open(&state, &id)?;
        let features =
            plan::features(&opened.basis, opened.plan.grids.as_deref(), &opened.plan.assignment)?;
        let collection = FeatureCollection { features };
        let mut response = etag::json(&headers, "application/geo+json", &collection);
        // Keys are hexadecimal or `present`, so they are safe in a header.
        let name = format!("attachment; filename=\"plan-{}.geojson\"", opened.plan.id);
        if let Ok(name) = HeaderValue::from_str(&name) {
            response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
        }
        Ok(response)
    })
    .await?
}

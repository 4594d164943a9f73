//! `/api/check/preview`: what an edit of grids would break and mend, while it is still dragged.

use super::Failure;
use crate::check::GridEdit;
use crate::dataset::Dataset;
use crate::domain::{BBox, Finding, MultiPolygon};
use crate::geometry::metres_per_degree;
use crate::http::extract::Body;
use crate::http::problem::Problem;
use crate::http::state::SharedState;
use crate::http::{area, blocking};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Instant;
use utoipa::ToSchema;

/// Most grids of a request.
const MOST_FEATURES: usize = 200;
/// Most corners of a request: more than any street's grids have together.
const MOST_CORNERS: usize = 200_000;
/// Most times that a border may be expected to cross itself: (length)² over area, which is about
/// 25 for a winding border of 10,000 corners.
const MOST_TANGLED: f64 = 2e3;

/// An edit that is looked at and not kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewRequest {
    /// The layer: `grids`.
    layer: String,
    /// The features that are drawn otherwise; all others are as loaded.
    features: Vec<PreviewFeature>,
}

/// A grid that is drawn otherwise.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewFeature {
    /// Code of the grid.
    code: String,
    /// Its area: a GeoJSON Polygon or MultiPolygon.
    #[schema(value_type = Object)]
    geometry: Value,
}

/// What an edit would do.
#[derive(Serialize, ToSchema)]
pub struct Preview {
    /// Findings that would be no more.
    #[schema(value_type = Vec<Object>)]
    resolved: Vec<Finding>,
    /// Findings that are not there now and would be.
    #[schema(value_type = Vec<Object>)]
    findings: Vec<Finding>,
    /// Findings at the same borders that would stay as they are.
    #[schema(value_type = Vec<Object>)]
    unchanged: Vec<Finding>,
    /// Milliseconds that the check of the edit took.
    elapsed_ms: f64,
}

/// Checks an edit of grids against the loaded dataset: coverage, rings, pieces and compounds
/// around the borders that differ. Nothing is stored.
#[utoipa::path(post, path = "/api/check/preview", tag = "check", request_body = PreviewRequest,
    responses((status = OK, body = Preview), (status = BAD_REQUEST, body = Failure),
        (status = UNPROCESSABLE_ENTITY, body = Failure)))]
pub async fn preview(
    State(state): State<SharedState>,
    Body(request): Body<PreviewRequest>,
) -> Result<Json<Preview>, Failure> {
    let snapshot = state.snapshot();
    let edits = edits(&snapshot.dataset, request)?;
    // One after the other: a planner sends many while dragging.
    let turn = snapshot.preview_turn().await?;
    blocking(move || {
        let live = snapshot.live_check();
        let start = Instant::now();
        let outcome = live.preview(&edits);
        let elapsed_ms = start.elapsed().as_secs_f64() * 1000.0;
        drop(turn);
        Json(Preview {
            resolved: outcome.resolved,
            findings: outcome.found,
            unchanged: outcome.unchanged,
            elapsed_ms,
        })
    })
    .await
}

/// The edits of a request.
fn edits(dataset: &Dataset, request: PreviewRequest) -> Result<Vec<GridEdit>, Problem> {
    if request.layer != "grids" {
        let detail = format!("`layer` is `{}`; only `grids` can be edited", request.layer);
        return Err(Problem::unprocessable(detail).with_field("layer"));
    }
    if request.features.len() > MOST_FEATURES {
        let detail = format!("at most {MOST_FEATURES} grids can be looked at together");
        return Err(Problem::unprocessable(detail).with_field("features"));
    }
    let mut edits: Vec<GridEdit> = Vec::with_capacity(request.features.len());
    let mut corners = 0;
    for feature in request.features {
        let fault = |problem: Problem, field: &str| {
            problem.with_feature(feature.code.as_str()).with_field(field)
        };
        let known = dataset.grids.iter().position(|grid| grid.code == feature.code);
        let grid = known.ok_or_else(|| {
            let detail = format!("there is no grid with the code `{}`", feature.code);
            fault(Problem::unprocessable(detail), "code")
        })?;
        if edits.iter().any(|edit| edit.grid == grid) {
            let detail = format!("the grid `{}` is given twice", feature.code);
            return Err(fault(Problem::unprocessable(detail), "code"));
        }
        let geometry = area::read(&feature.geometry).map_err(|detail| {
            let detail = format!("the geometry of `{}` cannot be read: {detail}", feature.code);
            fault(Problem::bad_field("geometry", detail), "geometry")
        })?;
        corners += geometry.corners().count();
        if corners > MOST_CORNERS || tangle(&geometry) > MOST_TANGLED {
            let detail = format!("the border of `{}` is too long for its area", feature.code);
            return Err(fault(Problem::unprocessable(detail), "geometry"));
        }
        edits.push(GridEdit { grid, geometry });
    }
    Ok(edits)
}

/// About how often the border would cross itself if it were drawn at random in its window.
fn tangle(shape: &MultiPolygon) -> f64 {
    let Some(window) = BBox::around(shape.corners()) else { return 0.0 };
    let (per_lon, per_lat) = metres_per_degree((window.south + window.north) / 2.0);
    let rings = shape.polygons().iter().flat_map(|polygon| polygon.rings());
    let length: f64 = rings
        .map(|ring| {
            let corners = ring.corners();
            let next = corners.iter().cycle().skip(1);
            let metres = |(a, b): (&crate::domain::LonLat, &crate::domain::LonLat)| {
                ((a.lon() - b.lon()) * per_lon).hypot((a.lat() - b.lat()) * per_lat)
            };
            corners.iter().zip(next).map(metres).sum::<f64>()
        })
        .sum();
    let (width, height) =
        ((window.east - window.west) * per_lon, (window.north - window.south) * per_lat);
    length * length / (width * height).max(1.0)
}

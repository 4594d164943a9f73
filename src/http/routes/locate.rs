//! `/api/locate` and `/api/suggest`: which grid owns a place or an address.

use super::Failure;
use crate::dataset::crs::Crs;
use crate::domain::LonLat;
use crate::http::extract::{Body, Params};
use crate::http::problem::Problem;
use crate::http::state::SharedState;
use crate::http::{blocking, etag};
use crate::locate::SuggestionKind;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

const JSON: &str = "application/json";
/// Most characters of a query; an address has less than a hundred.
const LONGEST_QUERY: usize = 500;
/// Most suggestions at once.
const MOST_SUGGESTIONS: usize = 50;

/// The grid of a place (`lon`, `lat`) or of an address (`q`).
#[utoipa::path(get, path = "/api/locate", tag = "locate",
    params(("lon" = Option<f64>, Query, description = "Longitude in degrees"),
        ("lat" = Option<f64>, Query, description = "Latitude in degrees"),
        ("crs" = Option<String>, Query, description = "wgs84 (default), gcj02 or bd09"),
        ("q" = Option<String>, Query, description = "An address or a name, instead of lon and lat"),
        ("on" = Option<String>, Query, description = "Count only grids that are valid on this day, YYYY-MM-DD; today when not given")),
    responses((status = OK, description = "One answer; match is `none` where nothing is", body = Object),
        (status = BAD_REQUEST, body = Failure)))]
pub async fn locate(
    State(state): State<SharedState>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let params = params.only(&["lon", "lat", "crs", "q", "on"])?;
    let on: Option<Date> = params.parsed("on", "a day like 2024-05-31")?;
    let on = Some(on.unwrap_or_else(|| jiff::ZonedDateTime::now().date()));
    let has_point = params.text("lon").is_some() || params.text("lat").is_some();
    match (query(&params, "q")?, has_point) {
        (Some(_), true) => {
            let detail = "give either `lon` and `lat` or `q`, not both";
            Err(Problem::new(StatusCode::BAD_REQUEST, detail).with_field("q"))
        }
        (Some(text), false) => {
            let snapshot = state.snapshot();
            let location = blocking(move || snapshot.locator.address(&text, on)).await?;
            Ok(etag::json(&headers, JSON, &location))
        }
        (None, _) => {
            let place = place(&params)?;
            Ok(etag::json(&headers, JSON, &state.snapshot().locator.at(place, on)))
        }
    }
}

/// A place that was chosen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PickRequest {
    /// What the suggestion points to.
    kind: SuggestionKind,
    /// A compound's id, a grid's or a community's code, the name of a landmark or a road.
    key: String,
}

/// How often the place has been chosen.
#[derive(Serialize, ToSchema)]
pub struct PickCounted {
    /// Since the server began; halved when too many places are counted.
    count: u32,
}

/// Counts that a suggestion was chosen, so that it comes first another time. No user is kept.
#[utoipa::path(post, path = "/api/suggest/picks", tag = "locate", request_body = PickRequest,
    responses((status = OK, body = PickCounted), (status = BAD_REQUEST, body = Failure),
        (status = UNPROCESSABLE_ENTITY, description = "The dataset has no such place", body = Failure)))]
pub async fn pick(
    State(state): State<SharedState>,
    Body(request): Body<PickRequest>,
) -> Result<Json<PickCounted>, Failure> {
    if !state.snapshot().locator.has_place(request.kind, &request.key) {
        let detail =
            format!("the dataset has no place of this kind with the key `{}`", request.key);
        return Err(Problem::unprocessable(detail).with_field("key"));
    }
    Ok(Json(PickCounted { count: state.picks.add(request.kind, &request.key) }))
}

/// What people might mean while they type.
#[utoipa::path(get, path = "/api/suggest", tag = "locate",
    params(("q" = String, Query, description = "What was typed so far"),
        ("limit" = Option<usize>, Query, description = "Most suggestions, 1 to 50; 8 when not given")),
    responses((status = OK, body = Object), (status = BAD_REQUEST, body = Failure)))]
pub async fn suggest(
    State(state): State<SharedState>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let params = params.only(&["q", "limit"])?;
    let text = query(&params, "q")?.unwrap_or_default();
    let whole = "a whole number from 1 to 50";
    let limit = params.parsed("limit", whole)?.unwrap_or(8);
    if !(1..=MOST_SUGGESTIONS).contains(&limit) {
        let detail = format!("`limit` is {limit}; it should be {whole}");
        return Err(Problem::bad_field("limit", detail));
    }
    let snapshot = state.snapshot();
    blocking(move || {
        let picks = |kind, key: &str| state.picks.count(kind, key);
        let suggestions = snapshot.locator.suggest_picked(&text, limit, &picks);
        etag::json(&headers, JSON, &json!({ "query": text, "suggestions": suggestions }))
    })
    .await
}

/// The text of a query, if it is given and not longer than any address.
fn query(params: &Params, name: &str) -> Result<Option<String>, Problem> {
    let text = params.text(name);
    if text.is_some_and(|text| text.chars().count() > LONGEST_QUERY) {
        let detail = format!("`{name}` is longer than {LONGEST_QUERY} characters");
        return Err(Problem::bad_field(name, detail));
    }
    Ok(text.map(str::to_owned))
}

/// The place of `lon`, `lat` and `crs`, in WGS 84.
fn place(params: &Params) -> Result<LonLat, Problem> {
    let lon = params.number("lon", "a longitude from -180 to 180 degrees")?;
    let lat = params.number("lat", "a latitude from -90 to 90 degrees")?;
    let name = params.text("crs").unwrap_or("wgs84");
    // Projected systems have no longitude and latitude.
    let crs = Crs::parse(name).filter(|crs| !matches!(crs, Crs::GaussKruger(_)));
    let crs = crs.ok_or_else(|| {
        let detail = format!("`crs` is `{name}`; it should be wgs84, gcj02 or bd09");
        Problem::bad_field("crs", detail)
    })?;
    crs.to_degrees(lon, lat).map_err(|error| {
        let field = if (-180.0..=180.0).contains(&lon) { "lat" } else { "lon" };
        Problem::bad_field(field, error.to_string())
    })
}

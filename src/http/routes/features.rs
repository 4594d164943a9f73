//! OGC API – Features: the layers as GeoJSON.

use super::Failure;
use super::dataset::drawn;
use crate::dataset::LayerInfo;
use crate::domain::BBox;
use crate::http::extract::Params;
use crate::http::layers::{self, Feature};
use crate::http::problem::Problem;
use crate::http::state::SharedState;
use crate::http::{blocking, etag};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};

const JSON: &str = "application/json";
const GEOJSON: &str = "application/geo+json";
/// Most features of one answer.
const MOST: usize = 100_000;
/// The coordinate reference system of every answer: longitude, latitude.
const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

fn link(rel: &str, media_type: &str, href: impl Into<String>) -> Value {
    json!({ "rel": rel, "type": media_type, "href": href.into() })
}

/// Where to begin.
#[utoipa::path(get, path = "/ogc", tag = "features", responses((status = OK, body = Object)))]
pub async fn landing(State(state): State<SharedState>, headers: HeaderMap) -> Response {
    let snapshot = state.snapshot();
    let page = json!({
        "title": snapshot.dataset.title_zh,
        "description": snapshot.dataset.title,
        "links": [
            link("self", JSON, "/ogc"),
            link("service-desc", "application/vnd.oai.openapi+json;version=3.1", "/openapi.json"),
            link("conformance", JSON, "/ogc/conformance"),
            link("data", JSON, "/ogc/collections"),
        ],
    });
    etag::json(&headers, JSON, &page)
}

/// The requirement classes that the server was written to.
#[utoipa::path(get, path = "/ogc/conformance", tag = "features",
    responses((status = OK, body = Object)))]
pub async fn conformance(headers: HeaderMap) -> Response {
    let class =
        |name: &str| format!("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}");
    let page = json!({ "conformsTo": [class("core"), class("geojson"), class("oas30")] });
    etag::json(&headers, JSON, &page)
}

fn describe(layer: &LayerInfo, window: Option<BBox>) -> Value {
    let id = &layer.id;
    json!({
        "id": id,
        "title": layer.title_zh,
        "description": layer.title,
        "itemType": "feature",
        "crs": [CRS84],
        "extent": window.map(|b| json!({ "spatial": { "bbox": [b], "crs": CRS84 } })),
        "links": [
            link("self", JSON, format!("/ogc/collections/{id}")),
            link("items", GEOJSON, format!("/ogc/collections/{id}/items")),
        ],
    })
}

/// The layers.
#[utoipa::path(get, path = "/ogc/collections", tag = "features",
    responses((status = OK, body = Object)))]
pub async fn collections(State(state): State<SharedState>, headers: HeaderMap) -> Response {
    let snapshot = state.snapshot();
    let dataset = &snapshot.dataset;
    let window = dataset.bbox();
    let all: Vec<Value> = drawn(dataset).map(|layer| describe(layer, window)).collect();
    let links = [link("self", JSON, "/ogc/collections")];
    etag::json(&headers, JSON, &json!({ "links": links, "collections": all }))
}

/// One layer.
#[utoipa::path(get, path = "/ogc/collections/{id}", tag = "features",
    params(("id" = String, Path, description = "Layer, e.g. grids")),
    responses((status = OK, body = Object), (status = NOT_FOUND, body = Failure)))]
pub async fn collection(
    State(state): State<SharedState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let snapshot = state.snapshot();
    let layer = drawn(&snapshot.dataset).find(|layer| layer.id == id);
    let layer = layer.ok_or_else(|| Problem::not_found(format!("layer `{id}`")))?;
    Ok(etag::json(&headers, JSON, &describe(layer, snapshot.dataset.bbox())))
}

/// Which features of a layer are asked for.
struct Page {
    limit: usize,
    offset: usize,
    window: Option<BBox>,
    /// The window as it was given, for links.
    window_text: Option<String>,
}

impl Page {
    fn read(params: Params) -> Result<Self, Problem> {
        let params = params.only(&["limit", "offset", "bbox", "f"])?;
        let whole = "a whole number from 1";
        let limit = params.parsed("limit", whole)?.unwrap_or(MOST);
        if limit == 0 {
            return Err(Problem::bad_field("limit", format!("`limit` is 0; it should be {whole}")));
        }
        let offset = params.parsed("offset", "a whole number from 0")?.unwrap_or(0);
        if let Some(format) = params.text("f").filter(|f| !matches!(*f, "json" | "geojson")) {
            let detail = format!("`f` is `{format}`; features are sent as `json` only");
            return Err(Problem::bad_field("f", detail));
        }
        let window_text = params.text("bbox").map(str::to_owned);
        let window = window_text.as_deref().map(window).transpose()?;
        // The standard lets a server cut a limit that is too large; links lead on.
        Ok(Self { limit: limit.min(MOST), offset, window, window_text })
    }

    fn path(&self, id: &str, offset: usize) -> String {
        let window = self.window_text.as_deref().map(|w| format!("&bbox={w}")).unwrap_or_default();
        format!("/ogc/collections/{id}/items?limit={}&offset={offset}{window}", self.limit)
    }
}

/// Reads `west,south,east,north` in degrees. A window over the antimeridian (west > east) is
/// refused rather than misread.
fn window(text: &str) -> Result<BBox, Problem> {
    let wrong = |why: &str| {
        let detail =
            format!("`bbox` is `{text}`; {why}: it should be west,south,east,north in degrees");
        Problem::bad_field("bbox", detail)
    };
    let numbers: Result<Vec<f64>, _> = text.split(',').map(|n| n.trim().parse::<f64>()).collect();
    let numbers = numbers.map_err(|_| wrong("it holds what is not a number"))?;
    let [west, south, east, north] = numbers[..] else {
        return Err(wrong("it does not hold four numbers"));
    };
    let in_range = |value: f64, most: f64| (-most..=most).contains(&value);
    if !(in_range(west, 180.0)
        && in_range(east, 180.0)
        && in_range(south, 90.0)
        && in_range(north, 90.0))
    {
        return Err(wrong("a number is out of range"));
    }
    if west > east || south > north {
        return Err(wrong("its corners are the wrong way round"));
    }
    Ok(BBox { west, south, east, north })
}

/// A page of features.
#[derive(Serialize)]
#[serde(tag = "type")]
struct FeatureCollection {
    #[serde(rename = "numberMatched")]
    number_matched: usize,
    #[serde(rename = "numberReturned")]
    number_returned: usize,
    links: Vec<Value>,
    features: Vec<Feature>,
}

/// The features of a layer, in the order of its file.
#[utoipa::path(get, path = "/ogc/collections/{id}/items", tag = "features",
    params(("id" = String, Path, description = "Layer, e.g. grids"),
        ("limit" = Option<usize>, Query, description = "Most features to send, from 1"),
        ("offset" = Option<usize>, Query, description = "Features to skip"),
        ("bbox" = Option<String>, Query, description = "west,south,east,north in degrees"),
        ("f" = Option<String>, Query, description = "Format: json")),
    responses((status = OK, description = "GeoJSON", body = Object),
        (status = BAD_REQUEST, body = Failure), (status = NOT_FOUND, body = Failure)))]
pub async fn items(
    State(state): State<SharedState>,
    Path(id): Path<String>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let page = Page::read(params)?;
    let snapshot = state.snapshot();
    blocking(move || {
        let features = layers::features(&snapshot.dataset, snapshot.figures(), &id)
            .ok_or_else(|| Problem::not_found(format!("layer `{id}`")))?;
        let matched = |feature: &Feature| page.window.is_none_or(|window| feature.meets(window));
        let features: Vec<Feature> = features.into_iter().filter(matched).collect();
        Ok(etag::json(&headers, GEOJSON, &collect(&id, &page, features)))
    })
    .await?
}

fn collect(id: &str, page: &Page, features: Vec<Feature>) -> FeatureCollection {
    let number_matched = features.len();
    let sent: Vec<Feature> = features.into_iter().skip(page.offset).take(page.limit).collect();
    let mut links = vec![link("self", GEOJSON, page.path(id, page.offset))];
    let next = page.offset.saturating_add(sent.len());
    if !sent.is_empty() && next < number_matched {
        links.push(link("next", GEOJSON, page.path(id, next)));
    }
    FeatureCollection { number_matched, number_returned: sent.len(), links, features: sent }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_four_numbers_in_order_and_in_range() {
        let good = BBox { west: 120.0, south: 36.0, east: 121.0, north: 37.5 };
        assert_eq!(window("120, 36,121,37.5").unwrap(), good);
        for bad in
            ["", "1,2,3", "1,2,3,x", "1,2,3,NaN", "3,2,1,4", "1,4,3,2", "0,0,0,91", "1,2,3,4,5,6"]
        {
            assert_eq!(window(bad).unwrap_err().field.as_deref(), Some("bbox"), "{bad}");
        }
    }
}

//! `/api/dataset`: what is loaded.

use crate::dataset::{Dataset, LayerInfo, LayerShape};
use crate::domain::{BBox, RuleSettings};
use crate::http::etag;
use crate::http::state::SharedState;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

/// The loaded dataset in short.
#[derive(Serialize, ToSchema)]
struct DatasetSummary {
    /// Name: the folder's.
    name: String,
    /// Title in English.
    title: String,
    /// Title in Chinese.
    title_zh: String,
    /// Whether the data are invented.
    synthetic: bool,
    /// West, south, east, north in degrees.
    #[schema(value_type = Option<[f64; 4]>)]
    bbox: Option<BBox>,
    /// The layers that can be drawn.
    #[schema(value_type = Vec<Object>)]
    layers: Vec<LayerInfo>,
    /// Households of all grids inside the balance.
    households: u64,
    /// Number of grids.
    grids: usize,
    /// Households of a grid at the mean, over the grids inside the balance.
    mean_households: f64,
    /// Numbers of the rules.
    #[schema(value_type = Object)]
    rules: RuleSettings,
}

/// The layers that can be drawn: door numbers have no place.
pub(super) fn drawn(dataset: &Dataset) -> impl Iterator<Item = &LayerInfo> {
    dataset.layers.iter().filter(|layer| layer.geometry != LayerShape::Table)
}

/// What is loaded: name, window, layers, totals, rules.
#[utoipa::path(get, path = "/api/dataset", tag = "dataset",
    responses((status = OK, body = DatasetSummary)))]
pub async fn dataset(State(state): State<SharedState>, headers: HeaderMap) -> Response {
    let snapshot = state.snapshot();
    let dataset = &snapshot.dataset;
    let (households, mean_households) = snapshot.totals();
    let summary = DatasetSummary {
        name: dataset.name.clone(),
        title: dataset.title.clone(),
        title_zh: dataset.title_zh.clone(),
        synthetic: dataset.synthetic,
        bbox: dataset.bbox(),
        layers: drawn(dataset).cloned().collect(),
        households,
        grids: dataset.grids.len(),
        mean_households,
        rules: dataset.rules.clone(),
    };
    etag::json(&headers, "application/json", &summary)
}

//! `/api/repair`: what `wangge repair` would do. Nothing is written.

use super::Failure;
use crate::http::blocking;
use crate::http::extract::OptionalBody;
use crate::http::layers::{self, Feature};
use crate::http::problem::Problem;
use crate::http::state::SharedState;
use crate::repair::{self, Plan, RepairError, RepairOptions};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What may be chosen for a repair. Everything may be left out, and the body, too.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RepairRequest {
    /// The layers that may change: `grids`, names of nets, the layer of the outline; all by
    /// default.
    pub layers: Option<Vec<String>>,
    /// Codes of grids that stay as they are.
    pub lock: Vec<String>,
    /// Borders closer than this, in metres, are meant to be the same; the dataset's by default.
    pub tolerance_m: Option<f64>,
    /// The greatest share of a grid's area that one mend may move; 0.05 by default.
    pub max_share: Option<f64>,
    /// The most households whose grid one mend may decide; 50 by default.
    pub max_households: Option<u64>,
    /// Whether the two limits are set aside.
    pub force: bool,
}

/// A plan, and the layers as it would make them.
#[derive(Debug, Serialize, ToSchema)]
pub struct RepairAnswer {
    /// What is done, what is left to people and why, each grid before and after, the findings of
    /// the check before and after: the report of `wangge repair --format json`.
    #[schema(value_type = Object)]
    pub plan: Plan,
    /// The layers that change, by name, as GeoJSON with the columns that the program knows.
    #[schema(value_type = Object)]
    pub layers: BTreeMap<String, Collection>,
}

/// The features of a layer.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename = "FeatureCollection")]
pub struct Collection {
    features: Vec<Feature>,
}

impl RepairRequest {
    fn options(self) -> Result<RepairOptions, Problem> {
        let in_range = |name: &str, value: Option<f64>, most: f64| match value {
            Some(number) if !(0.0..=most).contains(&number) => {
                let detail = format!("`{name}` is {number}; it should be from 0 to {most}");
                Err(Problem::bad_field(name, detail))
            }
            other => Ok(other),
        };
        let tolerance_m = in_range("tolerance_m", self.tolerance_m, 1000.0)?;
        let max_share = in_range("max_share", self.max_share, 1.0)?;
        let usual = RepairOptions::default();
        Ok(RepairOptions {
            layers: self.layers.map(|layers| layers.into_iter().collect()),
            locked: self.lock.into_iter().collect(),
            tolerance_m,
            max_share: max_share.unwrap_or(usual.max_share),
            max_households: self.max_households.unwrap_or(usual.max_households),
            force: self.force,
        })
    }
}

/// The error as a problem with the member of the body that it is about.
fn refused(error: RepairError) -> Problem {
    let field = match &error {
        RepairError::UnknownLayer { .. } => Some("layers"),
        RepairError::UnknownGrid { .. } => Some("lock"),
        _ => None,
    };
    let problem = Problem::unprocessable(error.to_string());
    match field {
        Some(field) => problem.with_field(field),
        None => problem,
    }
}

/// Plans a repair of the dataset: what would be mended, what is left to people, each grid before
/// and after, and the layers as they would be. The dataset itself stays as it is.
#[utoipa::path(post, path = "/api/repair", tag = "check", request_body = Option<RepairRequest>,
    responses((status = OK, description = "The plan", body = RepairAnswer),
        (status = BAD_REQUEST, body = Failure),
        (status = UNPROCESSABLE_ENTITY, description = "No such layer or grid", body = Failure)))]
pub async fn repair(
    State(state): State<SharedState>,
    OptionalBody(request): OptionalBody<RepairRequest>,
) -> Result<Json<RepairAnswer>, Failure> {
    let options = request.options()?;
    let snapshot = state.snapshot();
    let answer = blocking(move || {
        let repair = repair::run(&snapshot.dataset, &options).map_err(refused)?;
        let layer = |change: &repair::LayerChange| {
            let features = layers::columns(&repair.dataset, &change.layer);
            (change.layer.clone(), Collection { features })
        };
        let layers = repair.plan.layers.iter().map(layer).collect();
        Ok::<_, Problem>(RepairAnswer { plan: repair.plan, layers })
    });
    Ok(Json(answer.await??))
}

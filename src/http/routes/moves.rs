//! `/api/plans/{id}/moves`: a planner's questions to a plan.

use super::Failure;
use super::plans::Opened;
use crate::balance::moves::{self, Answer, Move, MoveOptions};
use crate::balance::{CommunityRule, Constraints};
use crate::http::blocking;
use crate::http::extract::Body;
use crate::http::problem::Problem;
use crate::http::state::SharedState;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Members of a question that are no part of the move itself.
const RULES: [&str; 3] = ["max_deviation", "communities", "constraints"];

/// Under what rules a question is answered; everything has a default.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Under {
    max_deviation: Option<f64>,
    communities: CommunityRule,
    constraints: Constraints,
}

/// Answers a question to a plan by edits that PATCH takes, with the figures before and after and
/// words. Nothing is changed. Beside the move, `max_deviation` (the dataset's rule when not
/// given), `communities` (`whole` or `ignore`) and `constraints` (as of a search; locks keep what
/// the plan has) may be given.
#[utoipa::path(post, path = "/api/plans/{id}/moves", tag = "plans", request_body = Move,
    params(("id" = String, Path, description = "Plan, or `present`")),
    responses((status = OK, body = Answer), (status = BAD_REQUEST, body = Failure),
        (status = NOT_FOUND, body = Failure), (status = UNPROCESSABLE_ENTITY, body = Failure)))]
pub async fn moves(
    State(state): State<SharedState>,
    Path(id): Path<String>,
    Body(mut question): Body<Map<String, Value>>,
) -> Result<Response, Failure> {
    let rules = RULES.iter().filter_map(|name| question.remove_entry(*name)).collect();
    let under: Under = read(rules)?;
    let question: Move = read(question)?;
    blocking(move || {
        let opened = Opened::open(&state, &id)?;
        let dataset = &state.snapshot().dataset;
        let max_deviation = under.max_deviation.unwrap_or(dataset.rules.max_deviation);
        if !(0.0..=1.0).contains(&max_deviation) {
            let detail = format!("`max_deviation` is {max_deviation}; it should be 0 to 1");
            return Err(Problem::unprocessable(detail).with_field("max_deviation"));
        }
        let plan = &opened.plan;
        let (mut problem, owner) =
            opened.basis.question(plan.grids.as_deref(), &plan.assignment)?;
        if under.constraints.whole_compounds {
            problem = problem.with_whole_compounds(dataset);
        } else if matches!(question, Move::Grow { .. }) || !under.constraints.also.is_empty() {
            problem = problem.with_compounds(dataset);
        }
        let problem = problem.with_constraints_on(&owner, &under.constraints)?;
        let options = MoveOptions { max_deviation, communities: under.communities };
        Ok(Json(moves::answer(&problem, &owner, &options, &question)?).into_response())
    })
    .await?
}

/// Reads some members of the body.
fn read<T: DeserializeOwned>(members: Map<String, Value>) -> Result<T, Problem> {
    serde_json::from_value(Value::Object(members)).map_err(|error| {
        let text = error.to_string();
        let field = text.split('`').nth(1).unwrap_or("move").to_owned();
        Problem::bad_field(field, format!("the body cannot be read: {text}"))
    })
}

//! `/api/suggest/proposals`: names for places, proposed by a clerk, accepted or refused by a planner.

use super::Failure;
use crate::http::blocking;
use crate::http::etag::{self, ETag};
use crate::http::extract::{Body, Params};
use crate::http::name_proposals::{
    IsNew, NameChange, NameProposal, NewNameProposal, ProposalStatus,
};
use crate::http::problem::Problem;
use crate::http::state::SharedState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const JSON: &str = "application/json";

#[derive(Serialize, ToSchema)]
struct NameProposalList {
    /// In the order in which they came.
    proposals: Vec<NameProposal>,
}

/// A planner's decision.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// `accepted`, `refused`, or `open` to think again.
    status: ProposalStatus,
}

/// Proposed names, as JSON or, to put into the dataset's sheet, as CSV.
#[utoipa::path(get, path = "/api/suggest/proposals", tag = "locate",
    params(("status" = Option<ProposalStatus>, Query, description = "Only those that are open, accepted or refused"),
        ("format" = Option<String>, Query, description = "json (default), or csv with the columns id, name, alias, correction")),
    responses((status = OK, body = NameProposalList), (status = BAD_REQUEST, body = Failure)))]
pub async fn list(
    State(state): State<SharedState>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let params = params.only(&["status", "format"])?;
    let wanted = match params.text("status") {
        None => None,
        Some("open") => Some(ProposalStatus::Open),
        Some("accepted") => Some(ProposalStatus::Accepted),
        Some("refused") => Some(ProposalStatus::Refused),
        Some(other) => {
            let detail = format!("`status` is `{other}`; it should be open, accepted or refused");
            return Err(Problem::bad_field("status", detail));
        }
    };
    let mut proposals = state.names.list();
    proposals.retain(|proposal| wanted.is_none_or(|wanted| proposal.status == wanted));
    match params.text("format").unwrap_or("json") {
        "json" => Ok(etag::json(&headers, JSON, &NameProposalList { proposals })),
        "csv" => {
            let table = csv_of(&proposals).map_err(Problem::internal)?;
            let mut response = etag::bytes_of(&headers, "text/csv; charset=utf-8", table);
            let name = HeaderValue::from_static("attachment; filename=\"names.csv\"");
            response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
            Ok(response)
        }
        other => {
            let detail = format!("`format` is `{other}`; it should be json or csv");
            Err(Problem::bad_field("format", detail))
        }
    }
}

/// With a mark at the beginning, by which Excel knows UTF-8.
fn csv_of(proposals: &[NameProposal]) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(["id", "name", "alias", "correction"])?;
    for proposal in proposals {
        let (alias, correction) = match proposal.change {
            NameChange::Alias => (proposal.name.as_str(), ""),
            NameChange::Correction => ("", proposal.name.as_str()),
        };
        writer.write_record([&proposal.key, &proposal.place, alias, correction])?;
    }
    Ok(writer.into_inner().map_err(|error| error.into_error())?)
}

/// Proposes a name for a place. Nothing is kept of who proposes. The same proposal twice is one.
#[utoipa::path(post, path = "/api/suggest/proposals", tag = "locate", request_body = NewNameProposal,
    responses((status = CREATED, description = "Kept; Location names it", body = NameProposal),
        (status = OK, description = "It was there already", body = NameProposal),
        (status = UNPROCESSABLE_ENTITY, description = "No such place, or no such name can be", body = Failure),
        (status = INSUFFICIENT_STORAGE, description = "Too many proposals", body = Failure)))]
pub async fn propose(
    State(state): State<SharedState>,
    Body(request): Body<NewNameProposal>,
) -> Result<Response, Failure> {
    let name = request.checked_name()?;
    let locator = &state.snapshot().locator;
    let Some(place) = locator.place_to_name(request.kind, &request.key) else {
        let detail = format!(
            "the dataset has no compound or landmark with the key `{}`; other places take their \
             names from their layers only",
            request.key
        );
        return Err(Problem::unprocessable(detail).with_field("key"));
    };
    let named = locator.places_named(name);
    if named.iter().any(|(kind, key, _)| (*kind, key.as_str()) == (request.kind, &request.key)) {
        let detail = format!("`{name}` is a name of this place already");
        return Err(Problem::unprocessable(detail).with_field("name"));
    }
    let others = named.into_iter().map(|(_, _, shown)| shown).collect();
    let (proposal, IsNew(is_new)) = state.names.add(&request, name, place, others)?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let location = format!("/api/suggest/proposals/{}", proposal.id);
    let mut response = (status, Json(&proposal)).into_response();
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(tag(&proposal).on(response))
}

/// One proposed name.
#[utoipa::path(get, path = "/api/suggest/proposals/{id}", tag = "locate",
    params(("id" = String, Path, description = "Proposal")),
    responses((status = OK, body = NameProposal), (status = NOT_FOUND, body = Failure)))]
pub async fn read(
    State(state): State<SharedState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let proposal = state.names.get(&id)?;
    Ok(tag(&proposal).answer(&headers, || Json(&proposal).into_response()))
}

/// Accepts or refuses a name. The place is found by an accepted one at once.
#[utoipa::path(patch, path = "/api/suggest/proposals/{id}", tag = "locate", request_body = Decision,
    params(("id" = String, Path, description = "Proposal"),
        ("If-Match" = String, Header, description = "The ETag that was read")),
    responses((status = OK, body = NameProposal), (status = NOT_FOUND, body = Failure),
        (status = PRECONDITION_FAILED, body = Failure),
        (status = PRECONDITION_REQUIRED, body = Failure)))]
pub async fn decide(
    State(state): State<SharedState>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(Decision { status }): Body<Decision>,
) -> Result<Response, Failure> {
    blocking(move || {
        let seen = state.names.get(&id)?;
        tag(&seen).require_match(&headers)?;
        let decided = state.names.decide(&id, seen.version, status)?;
        state.use_accepted_names();
        Ok(tag(&decided).on(Json(&decided).into_response()))
    })
    .await?
}

fn tag(proposal: &NameProposal) -> ETag {
    ETag::of_version(proposal.version, &proposal.id)
}

//! The routes, by resource. Each handler reads its request, calls one function of the library and
//! answers; the OpenAPI document is made from the same list, so it cannot fall behind.

mod check;
mod dataset;
mod features;
mod health;
mod jobs;
mod locate;
mod locate_batch;
mod moves;
mod names;
mod plan_history;
mod plan_views;
mod plans;
mod preview;
mod repair;

use super::middleware::{self, Limits};
use super::problem::Problem;
use super::state::SharedState;
use super::{etag, viewer};
use axum::Router;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use tower_http::limit::RequestBodyLimitLayer;
use utoipa::openapi::{Info, OpenApi, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes whose bodies pass through as streams.
fn streamed() -> OpenApiRouter<SharedState> {
    OpenApiRouter::new().routes(routes!(locate_batch::locate_batch))
}

/// Every other documented route.
fn documented() -> OpenApiRouter<SharedState> {
    let info = Info::builder()
        .title("wangge")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Governance grids (治理网格) of a subdistrict: layers, checks, answers for places and \
             addresses, plans and searches. Errors are problem details (RFC 9457); every resource \
             has an ETag; a change to an existing plan needs If-Match.",
        ))
        .build();
    OpenApiRouter::with_openapi(OpenApiBuilder::new().info(info).build())
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(dataset::dataset))
        .routes(routes!(check::check))
        .routes(routes!(preview::preview))
        .routes(routes!(repair::repair))
        .routes(routes!(locate::locate))
        .routes(routes!(locate::suggest))
        .routes(routes!(locate::pick))
        .routes(routes!(names::list, names::propose))
        .routes(routes!(names::read, names::decide))
        .routes(routes!(plans::list, plans::create))
        .routes(routes!(plans::read, plans::edit, plans::delete))
        .routes(routes!(plan_history::history))
        .routes(routes!(plan_history::undo))
        .routes(routes!(plan_history::redo))
        .routes(routes!(plan_views::score))
        .routes(routes!(plan_views::diff))
        .routes(routes!(plan_views::export))
        .routes(routes!(moves::moves))
        .routes(routes!(jobs::balance))
        .routes(routes!(jobs::read, jobs::cancel))
        .routes(routes!(jobs::events))
        .routes(routes!(features::landing))
        .routes(routes!(features::conformance))
        .routes(routes!(features::collections))
        .routes(routes!(features::collection))
        .routes(routes!(features::items))
}

/// The OpenAPI document.
pub fn openapi() -> OpenApi {
    documented().merge(streamed()).into_openapi()
}

/// The whole server as a service: API, viewer, middleware.
pub fn router(state: SharedState, limits: Limits) -> Router {
    let whole = documented().layer(RequestBodyLimitLayer::new(limits.body_bytes));
    let streamed = streamed().layer(RequestBodyLimitLayer::new(limits.ledger_bytes));
    let (routes, document) = whole.merge(streamed).split_for_parts();
    let document = async move |headers: HeaderMap| -> Response {
        etag::json(&headers, "application/json", &document)
    };
    let routes =
        routes.route("/openapi.json", get(document)).fallback(viewer::fallback).with_state(state);
    middleware::wrap(routes, limits)
}

/// What the documentation says about every error.
type Failure = Problem;

//! Everything that stands between the wire and a handler, on one screen.
//!
//! From the outside in, and why in this order:
//! 1. log: sees every answer, also those of the layers below; reads that succeed are told at the
//!    level `debug` only, since look-ups come by the thousand;
//! 2. security headers: no answer goes without them;
//! 3. problems: what a layer or the router answers by itself (405, 413, a time-out) becomes a
//!    problem detail, so it stands outside of them all;
//! 4. panics: become a problem; outside of the time-out and compression, which may panic too;
//! 5. compression: outside of the time-out, so that the clock runs for the work, not for packing;
//! 6. time-out for an answer to begin; a stream of events may go on after it has begun;
//! 7. the body's pace, and its size, which is the routes' own: nearest to the handlers, which alone
//!    read bodies.

use super::problem::{MEDIA_TYPE, Problem};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::time::{Duration, Instant};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate, SizeAbove};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};
use tracing::Instrument;

/// Bounds on what one request may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Time for an answer to begin.
    pub answer: Duration,
    /// Longest pause while a body arrives.
    pub body_pause: Duration,
    /// Greatest body in bytes: a plan of 100,000 units takes about 4 MB.
    pub body_bytes: usize,
    /// Greatest ledger in bytes. It passes through and is never held whole.
    pub ledger_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(30),
            body_pause: Duration::from_secs(10),
            body_bytes: 16 << 20,
            ledger_bytes: 2 << 30,
        }
    }
}

/// What the page may load: itself only. MapLibre starts its worker from a blob and sets styles on
/// elements; images may come from a canvas.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; worker-src 'self' blob:; \
    style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

/// Wraps the routes.
pub fn wrap(routes: Router, limits: Limits) -> Router {
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    routes.layer(
        ServiceBuilder::new()
            .layer(axum::middleware::from_fn(log))
            .layer(header(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
            .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .layer(header(header::REFERRER_POLICY, "no-referrer"))
            .map_response(as_problem)
            .layer(CatchPanicLayer::custom(panicked))
            .layer(CompressionLayer::new().compress_when(
                // Less fits one packet as it is: a single answer is not worth the packing.
                DefaultPredicate::new().and(SizeAbove::new(1024)),
            ))
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, limits.answer))
            .layer(RequestBodyTimeoutLayer::new(limits.body_pause))
            // axum's own limit of 2 MB gives way to ours.
            .layer(DefaultBodyLimit::disable()),
    )
}

/// Tells of the answer to a request, and names the request in whatever else is told meanwhile.
async fn log(request: Request, next: Next) -> Response {
    let (method, uri, begin) = (request.method().clone(), request.uri().clone(), Instant::now());
    let span = tracing::info_span!("request", %method, path = uri.path());
    let response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    let (code, ms) = (status.as_u16(), begin.elapsed().as_secs_f64() * 1000.0);
    span.in_scope(|| {
        if status.is_server_error() {
            tracing::error!(status = code, ms, "answered");
        } else if status.is_client_error() || !method.is_safe() {
            tracing::info!(status = code, ms, "answered");
        } else {
            tracing::debug!(status = code, ms, "answered");
        }
    });
    response
}

/// Gives an error without a problem detail one; other answers pass.
fn as_problem(response: impl IntoResponse) -> Response {
    let response = response.into_response();
    let status = response.status();
    let is_problem = response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v == MEDIA_TYPE);
    if is_problem || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let allow = response.headers().get(header::ALLOW).cloned();
    let detail = match status {
        StatusCode::METHOD_NOT_ALLOWED => "this path does not take that method; see Allow",
        StatusCode::PAYLOAD_TOO_LARGE => "the body is too large; send less at once",
        StatusCode::SERVICE_UNAVAILABLE => "the answer takes too long; ask again in a while",
        _ => "the request could not be served",
    };
    let mut problem = Problem::new(status, detail).into_response();
    if let Some(allow) = allow {
        problem.headers_mut().insert(header::ALLOW, allow);
    }
    problem
}

/// A handler that panicked: the cause to the log, a plain sentence to the reader.
fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let text = (cause.downcast_ref::<&str>().copied())
        .or_else(|| cause.downcast_ref::<String>().map(String::as_str));
    Problem::internal(text.unwrap_or("a handler panicked")).into_response()
}

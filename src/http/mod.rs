//! The server: the viewer and the API of a dataset.
//!
//! A request walks: [`server`] (connection, time-outs) → [`middleware`] → a route of [`routes`] →
//! one function of the library on the present [`Snapshot`] → JSON with an entity tag
//! ([`etag`]), or a problem detail ([`problem`]).
//!
//! Handlers read the request, call the library and answer; what takes more than a millisecond
//! runs in [`blocking`], away from the threads that serve connections.

mod area;
mod etag;
mod extract;
mod jobs;
mod layers;
pub mod middleware;
mod name_proposals;
mod picks;
pub mod problem;
mod routes;
pub mod server;
mod snapshot;
mod state;
mod stream;
mod viewer;

pub use routes::{openapi, router};
pub use snapshot::Snapshot;
pub use state::{AppState, SharedState};

use problem::Problem;

/// Runs work that takes more than a millisecond on a thread of its own.
///
/// # Errors
/// 500 when the work panicked; the panic's text is in the log.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    // The span goes along, so that the log of the work names the request.
    let span = tracing::Span::current();
    let task = tokio::task::spawn_blocking(move || span.in_scope(work));
    task.await.map_err(Problem::internal)
}

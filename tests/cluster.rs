//! The look-up in a query engine: embedded, and on a cluster of real processes on loopback.

#![allow(clippy::unwrap_used)] // a test may fail by panicking

mod common;
#[path = "common/dataset.rs"]
mod dataset;
mod program;

#[path = "cluster/embedded.rs"]
mod embedded;
#[path = "cluster/failures.rs"]
mod failures;
#[path = "cluster/points.rs"]
mod points;
#[path = "cluster/processes.rs"]
mod processes;
#[path = "cluster/work.rs"]
mod work;

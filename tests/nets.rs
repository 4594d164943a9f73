//! The nets against the grids: every class by construction, offsets, figures against oracles.

#![allow(clippy::unwrap_used)] // a test may fail by panicking

mod common;

#[path = "nets/cases.rs"]
mod cases;
#[path = "nets/offsets.rs"]
mod offsets;
#[path = "nets/places.rs"]
mod places;
#[path = "nets/properties.rs"]
mod properties;
#[path = "nets/support.rs"]
mod support;

//! The planner's balance: every plan is held against a verifier that shares nothing with the
//! search, and small problems against all partitions there are.

#![allow(clippy::unwrap_used)] // a test may fail by panicking

#[path = "balance/brute.rs"]
mod brute;
#[path = "balance/cases.rs"]
mod cases;
#[path = "balance/dataset.rs"]
mod dataset;
#[path = "balance/plans.rs"]
mod plans;
#[path = "balance/verifier.rs"]
mod verifier;

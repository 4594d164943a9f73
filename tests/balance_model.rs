//! What a plan must keep, and what it is made to minimise: plans are held against all partitions
//! of small graphs, by code that shares nothing with the search.

#![allow(clippy::unwrap_used)] // a test may fail by panicking

#[path = "balance_model/choice.rs"]
mod choice;
#[path = "balance_model/constraints.rs"]
mod constraints;
#[path = "balance_model/objectives.rs"]
mod objectives;
#[path = "balance_model/small.rs"]
mod small;
#[path = "balance_model/town.rs"]
mod town;

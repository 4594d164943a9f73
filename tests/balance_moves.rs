//! A planner's moves: each answer is held against the definition of what was asked, over all
//! plans of small problems.

#![allow(clippy::unwrap_used)] // a test may fail by panicking

#[path = "balance_moves/demo.rs"]
mod demo;
#[path = "balance_moves/mending.rs"]
mod mending;
#[path = "balance_moves/shapes.rs"]
mod shapes;
#[path = "balance_model/small.rs"]
mod small;
#[path = "balance_moves/why_not.rs"]
mod why_not;

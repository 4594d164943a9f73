//! Plans: edits, their figures, undo, units of a plan's own, comparison, rebase.

#![allow(clippy::unwrap_used)] // a test may fail by panicking

#[path = "plan/compared.rs"]
mod compared;
#[path = "plan/demo.rs"]
mod demo;
#[path = "plan/grids.rs"]
mod grids;
#[path = "plan/hostile.rs"]
mod hostile;
#[path = "plan/moves.rs"]
mod moves;
#[path = "plan/properties.rs"]
mod properties;
#[path = "plan/rebased.rs"]
mod rebased;
#[path = "plan/shapes.rs"]
mod shapes;
#[path = "plan/town.rs"]
mod town;

//! Planning units made of compounds, streets and the boundary: on random towns, on hostile ones
//! and on the demo data.

#![allow(clippy::unwrap_used)] // a test may fail by panicking

mod common;

#[path = "units/hostile.rs"]
mod hostile;
#[path = "units/random.rs"]
mod random;
#[path = "units/town.rs"]
mod town;
#[path = "units/use_of_units.rs"]
mod use_of_units;

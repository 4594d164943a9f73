//! The search of one region: everything below works on small integers and knows nothing of
//! codes, communities or files.
//!
//! [`start`] divides a region by cutting spanning trees ([`tree`]); [`level`] brings the grids
//! within the bounds; [`anneal`] improves the [`partition`] by flips and by recombinations
//! ([`recombine`]); [`restart`] is one such search from a seed; [`even`] looks for the evenest
//! partition; [`side`] holds what else a grid must keep.

pub mod anneal;
pub mod even;
pub mod level;
pub mod partition;
pub mod recombine;
pub mod region;
pub mod restart;
pub mod rng;
pub mod side;
pub mod start;
pub mod tree;

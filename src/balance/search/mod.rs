//! The search of one region: everything below works on small integers and knows nothing of
//! codes, communities or files.
//!
//! [`start`] divides a region by cutting spanning trees ([`tree`]); [`level`] brings the grids
//! within the bounds; [`anneal`] improves the [`partition`] by flips and by recombinations
//! ([`recombine`]); [`restart`] is one such search from a seed, or from
//! between two good divisions ([`relink`]); [`even`] looks for the evenest
//! partition; [`side`] holds what else a grid must keep, and
//! [`communities`] what it costs to cross their borders.

pub mod anneal;
pub mod communities;
pub mod even;
pub mod level;
pub mod partition;
pub mod recombine;
pub mod region;
pub mod relink;
pub mod restart;
pub mod rng;
pub mod side;
pub mod start;
pub mod tree;

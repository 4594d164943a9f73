//! Balanced plans: graph, score, search.
//!
//! The way of a problem:
//!
//! 1. [`Problem::from_dataset`] or [`Problem::from_graph_json`]: planning units with their
//!    households, the graph of their common borders, the grids and the present plan.
//! 2. [`solve`] splits it into parts that no grid leaves (communities, components), and works
//!    out by arithmetic how many grids each part can have, or why no plan can exist.
//! 3. Each part with each number of grids is searched alone, many times, on all threads: a
//!    random spanning tree is cut into a first partition, which is then improved by simulated
//!    annealing over flips and recombinations with a soft balance term.
//! 4. The numbers of grids are chosen by dynamic programming over the parts, by the objective.
//! 5. Grids are matched to the present ones so that the fewest households move; grids that did
//!    not exist are numbered and named by rule 8.
//! 6. [`score`] works every figure out again from the problem alone; a [`Solution`] holds
//!    distinct plans, each with what it is good at, or the reason why there is none.
//!
//! Beside this way: [`units`] makes planning units where a dataset has none; [`ensemble`] draws
//! random plans, to see where one stands.

mod cells;
mod choices;
mod compounds;
mod constraints;
pub mod ensemble;
mod error;
#[cfg(test)]
mod examples;
mod fill;
mod from_dataset;
mod from_graph;
mod front;
mod graph;
mod matching;
pub mod moves;
mod numbering;
mod options;
mod parts;
mod present;
mod problem;
mod proof;
mod refine;
mod run;
mod score;
mod search;
mod shares;
mod solution;
mod solve;
pub mod units;

pub use constraints::Constraints;
pub use error::BalanceError;
pub use graph::{Edge, Graph};
pub use options::{BestSoFar, CommunityRule, Mix, Objective, Options, Progress, Term};
pub use problem::{CommunityLabel, GridLabel, Problem, ProblemUnit};
pub use score::{GridScore, Score, score};
pub use solution::{Assignment, Plan, Reason, Solution, Status, Strength};
pub use solve::solve;

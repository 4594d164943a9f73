//! The parts of a problem that are searched alone, and the regions made of them.

mod measure;
mod nodes;

pub(super) use measure::{Measure, TIE_BREAK, border_cost, places};

use super::options::CommunityRule;
use super::problem::Problem;

/// A connected set of units that no grid leaves: a community, or a piece of one, or a component
/// of the graph.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Indices of the units, ascending.
    pub units: Vec<u32>,
    /// Number of units when those that must stay together and touch are one.
    pub nodes: usize,
    /// Its community, when communities are kept whole.
    pub community: Option<u32>,
    /// Number of parts that its community falls into.
    pub siblings: usize,
    /// Households of all its units.
    pub households: i64,
}

/// The parts, in the order of their first units.
pub(super) fn parts(problem: &Problem, rule: CommunityRule) -> Vec<Part> {
    let class = |u: usize| match rule {
        CommunityRule::Whole => problem.units()[u].community,
        CommunityRule::Soft | CommunityRule::Ignore => None,
    };
    // Locked grids are outside.
    let rules = &problem.rules;
    let (piece, count) = problem.graph().pieces(|u| (rules.is_out(u), class(u)));
    let empty = Part { units: Vec::new(), nodes: 0, community: None, siblings: 1, households: 0 };
    let mut parts = vec![empty; count];
    let mut seen = vec![false; problem.units().len()];
    for (u, &p) in piece.iter().enumerate().filter(|(u, _)| !rules.is_out(*u)) {
        let part = &mut parts[p as usize];
        part.units.push(u as u32);
        part.community = class(u);
        part.households += problem.units()[u].households as i64;
        let is_new = !std::mem::replace(&mut seen[rules.node(u) as usize], true);
        part.nodes += usize::from(is_new);
    }
    parts.retain(|part| !part.units.is_empty());
    let communities: Vec<Option<u32>> = parts.iter().map(|part| part.community).collect();
    for part in &mut parts {
        part.siblings = communities.iter().filter(|&&c| c == part.community).count();
    }
    parts
}

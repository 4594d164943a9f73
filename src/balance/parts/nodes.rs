//! The nodes of a part, where they are at home, and what binds them.

use super::Part;
use crate::balance::constraints::FREE;
use crate::balance::problem::Problem;
use crate::balance::search::region::{NOWHERE, Region};
use crate::balance::search::side::{Side, SideWeight};
use std::collections::BTreeMap;

/// Adds what a unit costs away from its present grid.
pub(super) fn add_home(homes: &mut Vec<(u32, f64)>, present: Option<u32>, cost: f64) {
    let Some(grid) = present else { return };
    match homes.iter_mut().find(|(known, _)| *known == grid) {
        Some((_, sum)) => *sum += cost,
        None => homes.push((grid, cost)),
    }
}

/// The present grid of a node, what leaving it costs at least, and what the node costs even
/// there. A node of units with several present grids has the one that it would be dearest to
/// leave (or must not leave); leaving it for the second dearest is the cheapest.
pub(super) fn main_home(homes: &[(u32, f64)], fixed: u32) -> Option<(u32, f64, f64)> {
    let all: f64 = homes.iter().map(|home| home.1).sum();
    if fixed != FREE {
        let here = homes.iter().find(|home| home.0 == fixed).map_or(0.0, |home| home.1);
        return Some((fixed, here, all - here));
    }
    let order = |a: &&(u32, f64), b: &&(u32, f64)| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0));
    let best = homes.iter().max_by(order)?;
    let others = homes.iter().filter(|home| home.0 != best.0);
    let second = others.map(|home| home.1).fold(0.0, f64::max);
    Some((best.0, best.1 - second, all - best.1))
}

/// The nodes of a part: its units, those that must stay together and touch being one.
pub(super) struct Nodes {
    /// Units of each node.
    pub members: Vec<Vec<u32>>,
    /// Node of each unit of the part, in the part's order.
    pub of_unit: Vec<u32>,
    /// Node of each unit of the problem.
    local: Vec<u32>,
}

impl Nodes {
    pub fn of(problem: &Problem, part: &Part) -> Self {
        let n = problem.units().len();
        let (mut place, mut local) = (vec![NOWHERE; n], vec![NOWHERE; n]);
        let mut members: Vec<Vec<u32>> = Vec::new();
        let mut of_unit = Vec::with_capacity(part.units.len());
        for &u in &part.units {
            let node = &mut place[problem.rules.node(u as usize) as usize];
            if *node == NOWHERE {
                *node = members.len() as u32;
                members.push(Vec::new());
            }
            members[*node as usize].push(u);
            local[u as usize] = *node;
            of_unit.push(*node);
        }
        Self { members, of_unit, local }
    }

    pub fn node(&self, unit: u32) -> Option<u32> {
        Some(self.local[unit as usize]).filter(|&node| node != NOWHERE)
    }

    /// The side conditions of the part's region.
    pub fn side(
        &self,
        problem: &Problem,
        region: &Region,
        label_of: impl Fn(u32) -> Option<u32>,
    ) -> Option<Side> {
        let rules = &problem.rules;
        if !problem.is_constrained() {
            return None;
        }
        // The nodes of each class.
        let mut nodes: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (node, members) in self.members.iter().enumerate() {
            nodes.entry(rules.class(members[0] as usize)).or_default().push(node as u32);
        }
        let mut pairs: Vec<(u32, u32, bool)> = Vec::new();
        for pieces in nodes.values() {
            pairs.extend(pieces.windows(2).map(|pair| (pair[0], pair[1], true)));
        }
        for (a, b) in rules.apart() {
            if let (Some(a), Some(b)) = (nodes.get(a), nodes.get(b)) {
                pairs.push((a[0], b[0], false));
            }
        }
        // Labels matter only to a search that counts who leaves home.
        let homes =
            region.home_cost.iter().zip(&region.home).any(|(&c, &h)| c > 0.0 && h != NOWHERE);
        let fixed = |members: &Vec<u32>| {
            let grid = rules.fixed(members[0] as usize);
            if homes && grid != FREE { label_of(grid).unwrap_or(NOWHERE) } else { NOWHERE }
        };
        let fixed = self.members.iter().map(fixed).collect();
        let weights = rules.also.iter().map(|also| {
            let sum = |members: &Vec<u32>| members.iter().map(|&u| also.of[u as usize]).sum();
            SideWeight {
                of: self.members.iter().map(sum).collect(),
                lower: also.bounds.0,
                upper: also.bounds.1,
                scale: region.mean / also.mean,
            }
        });
        Side::new(self.members.len(), &pairs, fixed, weights.collect(), region.mean)
    }
}

/// The present grids that the labels of a part stand for: those that a unit must keep, then those
/// with most households in it.
pub(super) fn home_labels(problem: &Problem, part: &Part, grids: usize) -> Vec<Option<u32>> {
    let mut households = vec![0u64; problem.number_of_grids()];
    for &u in &part.units {
        let unit = &problem.units()[u as usize];
        if let Some(home) = unit.present {
            households[home as usize] += unit.households + 1;
        }
    }
    let mut held = vec![false; households.len()];
    for &u in &part.units {
        if let Some(held) = held.get_mut(problem.rules.fixed(u as usize) as usize) {
            *held = true;
        }
    }
    let mut present: Vec<u32> = (0..households.len() as u32)
        .filter(|&g| (households[g as usize] > 0 || held[g as usize]) && !problem.rules.is_kept(g))
        .collect();
    present.sort_by_key(|&g| (std::cmp::Reverse((held[g as usize], households[g as usize])), g));
    present.truncate(grids);
    present.sort_unstable();
    let mut labels: Vec<Option<u32>> = present.into_iter().map(Some).collect();
    labels.resize(grids, None);
    labels
}

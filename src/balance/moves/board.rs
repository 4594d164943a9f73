//! A plan as a board: nodes (units that stay together) in grids, and what a move may do.

use super::MoveOptions;
use crate::balance::constraints::FREE;
use crate::balance::options::CommunityRule;
use crate::balance::problem::Problem;
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// In no grid.
pub(super) const NONE: u32 = u32::MAX;

/// A weight with bounds: the households, and each further weight.
pub(super) struct Load {
    /// Its name; none for the households.
    pub name: Option<String>,
    /// Weight of each node.
    pub of: Vec<i64>,
    /// Weight of each grid as the plan stands.
    pub sums: Vec<i64>,
    /// Least and greatest weight of a grid.
    pub bounds: (i64, i64),
    /// Households that one of it counts as.
    pub scale: f64,
}

impl Load {
    /// What a grid may come to: within the bounds, or as near to them as it is.
    pub fn range(&self, grid: usize) -> (i64, i64) {
        let (now, (lower, upper)) = (self.sums[grid], self.bounds);
        (lower.min(now), upper.max(now))
    }
}

/// A plan to be changed.
pub(super) struct Board<'a> {
    pub problem: &'a Problem,
    rule: CommunityRule,
    /// Units of each node.
    pub nodes: Vec<Vec<u32>>,
    /// Node of each unit.
    pub node_of: Vec<u32>,
    /// Neighbours of each node.
    pub near: Vec<Vec<u32>>,
    /// Grid of each node as the plan stands.
    pub start: Vec<u32>,
    /// Whether a node must stay where it is.
    pub is_held: Vec<bool>,
    community: Vec<Option<u32>>,
    /// Nodes of each grid as the plan stands.
    pub members: Vec<Vec<u32>>,
    /// Community of most households of each grid.
    grid_community: Vec<Option<u32>>,
    /// The households, then the further weights.
    pub loads: Vec<Load>,
    /// Whether the plan keeps the constraints now: then it must go on to.
    keeps_rules: bool,
    distance: Vec<OnceCell<Vec<u32>>>,
}

impl<'a> Board<'a> {
    pub fn new(problem: &'a Problem, owner: &[u32], options: &MoveOptions) -> Self {
        let rules = &problem.rules;
        let (mut nodes, mut node_of) = (Vec::<Vec<u32>>::new(), Vec::with_capacity(owner.len()));
        // Units that should be together but are not yet are nodes of their own.
        let mut place: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        for (u, &grid) in owner.iter().enumerate() {
            let node = *place.entry((rules.node(u), grid)).or_insert(nodes.len() as u32);
            if node as usize == nodes.len() {
                nodes.push(Vec::new());
            }
            nodes[node as usize].push(u as u32);
            node_of.push(node);
        }
        let units = problem.units();
        let start: Vec<u32> = nodes.iter().map(|node| owner[node[0] as usize]).collect();
        let held = |node: &Vec<u32>| {
            let (fixed, grid) = (rules.fixed(node[0] as usize), owner[node[0] as usize]);
            (fixed != FREE && fixed == grid) || rules.is_kept(grid)
        };
        let grids = problem.grids.len();
        let mut members = vec![Vec::new(); grids];
        for (node, &grid) in start.iter().enumerate().filter(|(_, grid)| **grid != NONE) {
            members[grid as usize].push(node as u32);
        }
        let mut board = Self {
            problem,
            rule: options.communities,
            near: near(problem, &nodes, &node_of),
            is_held: nodes.iter().map(held).collect(),
            community: nodes.iter().map(|node| units[node[0] as usize].community).collect(),
            loads: loads(problem, &nodes, &members, options),
            nodes,
            node_of,
            start,
            members,
            grid_community: Vec::new(),
            keeps_rules: rules.hold(owner, false),
            distance: (0..grids).map(|_| OnceCell::new()).collect(),
        };
        board.grid_community = (0..grids).map(|grid| board.main_community(grid)).collect();
        board
    }

    pub fn grids(&self) -> usize {
        self.members.len()
    }

    /// Households of a node.
    pub fn weight(&self, node: u32) -> i64 {
        self.loads[0].of[node as usize]
    }

    /// Households of a grid as the plan stands.
    pub fn households(&self, grid: u32) -> i64 {
        self.loads[0].sums[grid as usize]
    }

    fn main_community(&self, grid: usize) -> Option<u32> {
        let mut households: BTreeMap<u32, i64> = BTreeMap::new();
        for &node in &self.members[grid] {
            if let Some(community) = self.community[node as usize] {
                *households.entry(community).or_default() += self.weight(node) + 1;
            }
        }
        let most = households.into_iter().max_by_key(|&(c, sum)| (sum, std::cmp::Reverse(c)));
        most.map(|(community, _)| community)
    }

    /// The communities of a node and of a grid, when they keep the node out of it.
    pub fn community_conflict(&self, node: u32, grid: u32) -> Option<(u32, u32)> {
        let pair = self.community[node as usize].zip(self.grid_community[grid as usize]);
        pair.filter(|(node, grid)| self.rule == CommunityRule::Whole && node != grid)
    }

    /// Whether a node may join a grid, contiguity and balance aside.
    pub fn may_join(&self, node: u32, grid: u32) -> bool {
        !self.is_held[node as usize]
            && !self.problem.rules.is_kept(grid)
            && self.community_conflict(node, grid).is_none()
    }

    /// Adds a node `times` times to the sums of a grid, load by load.
    pub fn shift(&self, sums: &mut [Vec<i64>], node: u32, grid: u32, times: i64) {
        for (load, sums) in self.loads.iter().zip(sums) {
            sums[grid as usize] += times * load.of[node as usize];
        }
    }

    /// Steps from each node to the nearest that the plan has in a grid.
    pub fn distance(&self, grid: u32) -> &[u32] {
        self.distance[grid as usize].get_or_init(|| {
            let mut steps = vec![u32::MAX; self.nodes.len()];
            let mut queue: Vec<u32> = self.members[grid as usize].clone();
            queue.iter().for_each(|&node| steps[node as usize] = 0);
            let mut head = 0;
            while head < queue.len() {
                let node = queue[head] as usize;
                head += 1;
                for &next in &self.near[node] {
                    if steps[next as usize] == u32::MAX {
                        steps[next as usize] = steps[node] + 1;
                        queue.push(next);
                    }
                }
            }
            steps
        })
    }

    /// The pieces of a grid when `owner` has the grid of each node, without one of its nodes.
    pub fn pieces(&self, owner: &[u32], grid: u32, without: Option<u32>) -> Vec<Vec<u32>> {
        let mut left: Vec<u32> = (0..owner.len() as u32)
            .filter(|&node| owner[node as usize] == grid && Some(node) != without)
            .collect();
        let mut pieces = Vec::new();
        while let Some(first) = left.pop() {
            let mut piece = vec![first];
            let mut head = 0;
            while head < piece.len() && !left.is_empty() {
                let near = &self.near[piece[head] as usize];
                head += 1;
                left.retain(|node| {
                    let reached = near.contains(node);
                    if reached {
                        piece.push(*node);
                    }
                    !reached
                });
            }
            pieces.push(piece);
        }
        pieces
    }

    /// Whether a node leaves its grid in one piece.
    pub fn can_leave(&self, owner: &[u32], node: u32) -> bool {
        let grid = owner[node as usize];
        let near = self.near[node as usize].iter().filter(|&&v| owner[v as usize] == grid);
        match near.count() {
            0 => false,
            // Whatever is joined to the rest by the node alone would have a second neighbour.
            1 => true,
            _ => self.pieces(owner, grid, Some(node)).len() == 1,
        }
    }

    /// Whether a grid is one piece (or has been in as many before).
    pub fn is_one_piece(&self, owner: &[u32], grid: u32) -> bool {
        self.pieces(owner, grid, None).len() == 1
    }

    /// The grid of each unit.
    pub fn unfold(&self, owner: &[u32]) -> Vec<u32> {
        self.node_of.iter().map(|&node| owner[node as usize]).collect()
    }

    /// Whether a plan keeps the constraints, if the present one does.
    pub fn keeps_rules(&self, owner: &[u32]) -> bool {
        !self.problem.is_constrained()
            || !self.keeps_rules
            || self.problem.rules.hold(&self.unfold(owner), false)
    }
}

/// The households and the further weights of nodes and grids.
fn loads(
    problem: &Problem,
    nodes: &[Vec<u32>],
    members: &[Vec<u32>],
    options: &MoveOptions,
) -> Vec<Load> {
    let load = |name, weigh: &dyn Fn(usize) -> i64, bounds, scale| {
        let sum = |node: &Vec<u32>| node.iter().map(|&u| weigh(u as usize)).sum();
        let of: Vec<i64> = nodes.iter().map(sum).collect();
        let sum = |grid: &Vec<u32>| grid.iter().map(|&node| of[node as usize]).sum();
        Load { name, sums: members.iter().map(sum).collect(), of, bounds, scale }
    };
    let households = |u: usize| problem.units()[u].households as i64;
    let mut loads = vec![load(None, &households, problem.bounds(options.max_deviation), 1.0)];
    loads.extend(problem.rules.also.iter().map(|also| {
        let scale = problem.mean_households() / also.mean;
        load(Some(also.name.clone()), &|u| also.of[u], also.bounds, scale)
    }));
    loads
}

fn near(problem: &Problem, nodes: &[Vec<u32>], node_of: &[u32]) -> Vec<Vec<u32>> {
    let of = |(index, node): (usize, &Vec<u32>)| {
        let units = node.iter().flat_map(|&u| problem.graph().neighbours(u as usize));
        let mut near: Vec<u32> = units.map(|&(v, _)| node_of[v as usize]).collect();
        near.sort_unstable();
        near.dedup();
        near.retain(|&other| other as usize != index);
        near
    };
    nodes.iter().enumerate().map(of).collect()
}

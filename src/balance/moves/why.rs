//! Why not: the constraints that hold a unit back from a grid.

use super::board::{Load, NONE};
use super::{Answer, Asked, words, wrong};
use crate::balance::constraints::FREE;
use crate::balance::error::BalanceError;
use serde::Serialize;
use utoipa::ToSchema;

/// A constraint that holds a unit back.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(tag = "constraint", rename_all = "kebab-case")]
pub enum Obstacle {
    /// It is there already.
    Already {
        /// The grid.
        grid: String,
    },
    /// The unit or the grid is outside the balance.
    Dedicated {
        /// The dedicated grid.
        grid: String,
    },
    /// The unit is locked to its grid, or holds its office.
    LockedUnit {
        /// The grid that keeps it.
        grid: String,
    },
    /// A grid is locked.
    LockedGrid {
        /// The grid.
        grid: String,
    },
    /// It must not share a grid with units there.
    Apart {
        /// Those units.
        units: Vec<String>,
    },
    /// Units that must share its grid cannot come along.
    Together {
        /// Those units.
        units: Vec<String>,
    },
    /// Unit and grid belong to different communities.
    Community {
        /// Community of the unit.
        unit_community: String,
        /// Community of the grid.
        grid_community: String,
    },
    /// The unit has no common border with the grid.
    NotNeighbouring {
        /// The grids that it has one with.
        neighbours: Vec<String>,
    },
    /// Without it its grid would fall apart.
    Contiguity {
        /// The grid.
        grid: String,
        /// The units that would be cut off, piece by piece, the largest piece left out.
        cut_off: Vec<Vec<String>>,
    },
    /// It is the only unit of its grid.
    LastUnit {
        /// The grid.
        grid: String,
    },
    /// A grid would leave the bounds (or get farther from them).
    Balance {
        /// The grid.
        grid: String,
        /// Its households then.
        households: i64,
        /// The bound that is broken.
        bound: i64,
        /// By how many households.
        by: i64,
    },
    /// A grid would leave the bounds of a further weight.
    FurtherWeight {
        /// The grid.
        grid: String,
        /// The name of the weight: `residents`, say.
        weight: String,
        /// What the grid would have of it.
        sum: i64,
        /// The bound that is broken.
        bound: i64,
        /// By how much.
        by: i64,
    },
}

impl Asked<'_> {
    pub(super) fn why_not(&self, unit: &str, code: &str) -> Result<Answer, BalanceError> {
        let problem = self.problem;
        let outside = |id: &str| problem.left_out().iter().find(|(unit, _)| unit == id);
        let dedicated = problem.left_out().iter().find(|(_, grid)| grid == code);
        let place = problem.unit(unit);
        if place.is_none() && outside(unit).is_none() {
            return wrong("unit", format!("there is no planning unit `{unit}`"));
        }
        let grid = if dedicated.is_some() { NONE } else { self.grid("grid", code)? };
        let mut obstacles = Vec::new();
        if let Some((_, grid)) = outside(unit).or(dedicated) {
            obstacles.push(Obstacle::Dedicated { grid: grid.clone() });
        }
        let Some(place) = place.filter(|_| obstacles.is_empty()) else {
            let mut answer = self.answer(self.owner, false, true);
            answer.obstacles = obstacles;
            return Ok(words::why_not(self, unit, code, answer));
        };
        let obstacles = self.obstacles(place, grid);
        let mut owner = self.owner.to_vec();
        if obstacles.is_empty() {
            let board = self.board();
            let node = board.node_of[place] as usize;
            board.nodes[node].iter().for_each(|&u| owner[u as usize] = grid);
        }
        let mut answer = self.answer(&owner, obstacles.is_empty(), true);
        answer.obstacles = obstacles;
        Ok(words::why_not(self, unit, code, answer))
    }

    /// Everything that holds a unit of the balance back from a balanced grid.
    fn obstacles(&self, unit: usize, grid: u32) -> Vec<Obstacle> {
        let (problem, board) = (self.problem, self.board());
        let rules = &problem.rules;
        let code = |grid: u32| problem.grids[grid as usize].code.clone();
        let ids = |units: &[u32]| -> Vec<String> {
            units.iter().map(|&u| problem.units()[u as usize].id.clone()).collect()
        };
        let from = self.owner[unit];
        if from == grid {
            return vec![Obstacle::Already { grid: code(grid) }];
        }
        let mut found = Vec::new();
        let fixed = rules.fixed(unit);
        if fixed != FREE && fixed != grid && !rules.is_kept(fixed) {
            found.push(Obstacle::LockedUnit { grid: code(fixed) });
        }
        let locked = [from, grid].into_iter().filter(|&g| rules.is_kept(g));
        found.extend(locked.map(|g| Obstacle::LockedGrid { grid: code(g) }));
        let node = board.node_of[unit];
        self.company(&board.nodes[node as usize], grid, &mut found);
        if let Some((own, other)) = board.community_conflict(node, grid) {
            let community = |c: u32| problem.communities()[c as usize].name.clone();
            found.push(Obstacle::Community {
                unit_community: community(own),
                grid_community: community(other),
            });
        }
        let mut near: Vec<u32> =
            board.near[node as usize].iter().map(|&v| board.start[v as usize]).collect();
        near.sort_unstable();
        near.dedup();
        if !near.contains(&grid) && !board.members[grid as usize].is_empty() {
            let others = near.into_iter().filter(|&g| g != from && g != NONE);
            found.push(Obstacle::NotNeighbouring { neighbours: others.map(code).collect() });
        }
        if from != NONE {
            let mut pieces = board.pieces(&board.start, from, Some(node));
            let before = board.pieces(&board.start, from, None).len();
            if pieces.is_empty() {
                found.push(Obstacle::LastUnit { grid: code(from) });
            } else if pieces.len() > before {
                pieces.sort_by_key(|piece| std::cmp::Reverse(self.size(&board.nodes, piece)));
                let units = |piece: &Vec<u32>| {
                    let mut units: Vec<u32> =
                        piece.iter().flat_map(|&n| board.nodes[n as usize].clone()).collect();
                    units.sort_unstable();
                    ids(&units)
                };
                let cut_off = pieces[1..].iter().map(units).collect();
                found.push(Obstacle::Contiguity { grid: code(from), cut_off });
            }
        }
        for load in &board.loads {
            let (weight, (lower, upper)) = (load.of[node as usize], load.bounds);
            let then = |grid: u32, change: i64| load.sums[grid as usize] + change;
            if from != NONE && weight > 0 && then(from, -weight) < lower {
                found.push(balance(load, code(from), then(from, -weight), lower));
            }
            if weight > 0 && then(grid, weight) > upper {
                found.push(balance(load, code(grid), then(grid, weight), upper));
            }
        }
        found
    }

    fn size(&self, nodes: &[Vec<u32>], piece: &[u32]) -> (u64, usize) {
        let units = || piece.iter().flat_map(|&node| &nodes[node as usize]);
        let households = units().map(|&u| self.problem.units()[u as usize].households).sum();
        (households, units().count())
    }

    /// Units that must not be met in the grid, and units that would have to come along.
    fn company(&self, moved: &[u32], grid: u32, found: &mut Vec<Obstacle>) {
        let rules = &self.problem.rules;
        let class = rules.class(moved[0] as usize);
        let with = |wanted: &dyn Fn(usize) -> bool| -> Vec<String> {
            let units = (0..self.owner.len()).filter(|&u| wanted(u));
            units.map(|u| self.problem.units()[u].id.clone()).collect()
        };
        let foe = |u: usize| {
            let pair = (class.min(rules.class(u)), class.max(rules.class(u)));
            self.owner[u] == grid && rules.apart().contains(&pair)
        };
        let units = with(&foe);
        if !units.is_empty() {
            found.push(Obstacle::Apart { units });
        }
        let friend = |u: usize| {
            self.problem.is_constrained()
                && rules.class(u) == class
                && self.owner[u] != grid
                && !moved.contains(&(u as u32))
        };
        let units = with(&friend);
        if !units.is_empty() {
            found.push(Obstacle::Together { units });
        }
    }
}

fn balance(load: &Load, grid: String, sum: i64, bound: i64) -> Obstacle {
    let by = (sum - bound).abs();
    match &load.name {
        None => Obstacle::Balance { grid, households: sum, bound, by },
        Some(weight) => Obstacle::FurtherWeight { grid, weight: weight.clone(), sum, bound, by },
    }
}

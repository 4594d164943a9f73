//! A planner's moves: questions to a plan that stands, each answered by few edits, the figures
//! before and after, and words.
//!
//! - [`board`]: the plan as grids of nodes, and what a move may do
//! - [`mend`]: the fewest units to move until grids keep their bounds (fix, fewest moves, growth)
//! - [`shape`]: split a grid, merge grids, smooth a border
//! - [`why`]: what holds a unit where it is
//! - [`words`]: the answers in Chinese and English
//!
//! An answer says whether it is `proven`: that no answer moves fewer units, or (of a split and a
//! border) that none is better, or that there is none at all.

mod board;
mod mend;
mod shape;
mod why;
mod words;

pub(super) use mend::fewest_units;
pub use why::Obstacle;

use super::error::BalanceError;
use super::options::CommunityRule;
use super::problem::Problem;
use super::score::{Score, score};
use board::{Board, NONE};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A question to a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "move", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Move {
    /// Bring a grid within the bounds by moving as few units as possible; no other grid leaves
    /// the bounds, or gets farther from them than it is.
    Fix {
        /// Code of the grid.
        grid: String,
    },
    /// Divide a grid in two pieces as even as can be.
    Split {
        /// Code of the grid.
        grid: String,
    },
    /// Make one grid of several that touch.
    Merge {
        /// Codes of the grids.
        grids: Vec<String>,
    },
    /// Shorten the border between two grids, both staying within the bounds.
    Smooth {
        /// Codes of the two grids.
        grids: Vec<String>,
    },
    /// Bring every grid within the bounds by moving as few units as possible.
    Fewest {},
    /// What if a compound (or a unit) grows: the figures, and the fewest moves that mend them.
    Grow {
        /// Id or name of the compound, or id of the unit.
        compound: String,
        /// Households more (or less than 0: fewer).
        households: i64,
    },
    /// What holds a unit back from a grid.
    WhyNot {
        /// Id of the unit.
        unit: String,
        /// Code of the grid.
        grid: String,
    },
}

/// Under what rules moves are answered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MoveOptions {
    /// Greatest share by which a grid's households may lie off the mean.
    pub max_deviation: f64,
    /// How communities bind the grids; [`CommunityRule::Soft`] counts as no bond.
    pub communities: CommunityRule,
}

/// A change as `PATCH /api/plans/{id}` takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum MoveEdit {
    /// Adds an empty grid to the plan.
    AddGrid {
        /// Its code.
        grid: String,
        /// Its name.
        name: String,
        /// Code of its community.
        #[serde(skip_serializing_if = "Option::is_none")]
        community_code: Option<String>,
    },
    /// Gives units to a grid.
    Assign {
        /// The units.
        units: Vec<String>,
        /// The code of the grid.
        grid: String,
    },
    /// Takes a grid without units out of the plan.
    RemoveGrid {
        /// Its code.
        grid: String,
    },
}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Answer {
    /// Whether what was asked for is reached (of `why-not`: whether the unit may move).
    pub possible: bool,
    /// Whether it is proven that no answer is better, or that there is none.
    pub proven: bool,
    /// Number of units that the edits move.
    pub units_moved: usize,
    /// Their households.
    pub households_moved: u64,
    /// The edits, in order; none when nothing is to be done or nothing helps.
    pub edits: Vec<MoveEdit>,
    /// The figures as the plan stands.
    pub before: Score,
    /// The figures after growth, before any edit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grown: Option<Score>,
    /// The figures after the edits.
    pub after: Score,
    /// What holds a unit back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub obstacles: Vec<Obstacle>,
    /// The answer in words.
    pub message: String,
    /// The same in Chinese.
    pub message_zh: String,
}

/// An error that names the member of the question.
fn wrong<T>(option: &str, problem: String) -> Result<T, BalanceError> {
    Err(BalanceError::Option { option: option.to_owned(), problem })
}

/// Answers a question to the plan that gives unit `u` of the problem to grid `owner[u]` (any
/// other number: to none). Locks and the like are the problem's; a constraint that the plan
/// breaks already does not count.
///
/// # Errors
/// When the question names a grid, unit or compound that the problem does not have, or too few
/// or too many of them.
pub fn answer(
    problem: &Problem,
    owner: &[u32],
    options: &MoveOptions,
    question: &Move,
) -> Result<Answer, BalanceError> {
    let owner = cleaned(problem, owner);
    let asked = Asked { problem, owner: &owner, options };
    match question {
        Move::Fix { grid } => Ok(asked.fix(asked.grid("grid", grid)?)),
        Move::Split { grid } => asked.split(asked.grid("grid", grid)?),
        Move::Merge { grids } => asked.merge(&asked.grids(grids, 2)?),
        Move::Smooth { grids } => {
            if grids.len() != 2 {
                return wrong("grids", format!("names {} grids; name two", grids.len()));
            }
            asked.smooth(&asked.grids(grids, 2)?)
        }
        Move::Fewest {} => Ok(asked.fewest()),
        Move::Grow { compound, households } => asked.grow(compound, *households),
        Move::WhyNot { unit, grid } => asked.why_not(unit, grid),
    }
}

/// The owners, with [`NONE`] for units without a grid.
fn cleaned(problem: &Problem, owner: &[u32]) -> Vec<u32> {
    let known = |u: usize| owner.get(u).copied().filter(|&g| (g as usize) < problem.grids.len());
    (0..problem.units().len()).map(|u| known(u).unwrap_or(NONE)).collect()
}

/// A plan that a question is asked of.
struct Asked<'a> {
    problem: &'a Problem,
    owner: &'a [u32],
    options: &'a MoveOptions,
}

impl Asked<'_> {
    fn board(&self) -> Board<'_> {
        Board::new(self.problem, self.owner, self.options)
    }

    /// The index of a grid.
    fn grid(&self, option: &str, code: &str) -> Result<u32, BalanceError> {
        let grids = &self.problem.grids;
        if let Some(grid) = grids.iter().position(|grid| grid.code == code) {
            return Ok(grid as u32);
        }
        if self.problem.left_out().iter().any(|(_, grid)| grid == code) {
            return wrong(option, format!("grid `{code}` is dedicated, outside the balance"));
        }
        let known: Vec<&str> = grids.iter().take(6).map(|grid| grid.code.as_str()).collect();
        wrong(option, format!("the plan has no grid `{code}`; its grids are {}", known.join(", ")))
    }

    fn grids(&self, codes: &[String], least: usize) -> Result<Vec<u32>, BalanceError> {
        let mut grids = Vec::with_capacity(codes.len());
        for code in codes {
            let grid = self.grid("grids", code)?;
            if grids.contains(&grid) {
                return wrong("grids", format!("names grid `{code}` twice"));
            }
            grids.push(grid);
        }
        if grids.len() < least {
            return wrong("grids", format!("names {} grids; name {least} or more", grids.len()));
        }
        Ok(grids)
    }

    /// The edits that lead from the plan to `after`, grid by grid.
    fn edits(&self, after: &[u32]) -> Vec<MoveEdit> {
        let mut edits = Vec::new();
        for (index, grid) in self.problem.grids.iter().enumerate() {
            let moved =
                (0..after.len()).filter(|&u| after[u] == index as u32 && self.owner[u] != after[u]);
            let units: Vec<String> = moved.map(|u| self.problem.units()[u].id.clone()).collect();
            if !units.is_empty() {
                edits.push(MoveEdit::Assign { units, grid: grid.code.clone() });
            }
        }
        edits
    }

    /// An answer that leads from the plan to `after` on the same grids.
    fn answer(&self, after: &[u32], possible: bool, proven: bool) -> Answer {
        let moved = || (0..after.len()).filter(|&u| after[u] != self.owner[u]);
        Answer {
            possible,
            proven,
            units_moved: moved().count(),
            households_moved: moved().map(|u| self.problem.units()[u].households).sum(),
            edits: self.edits(after),
            before: score(self.problem, self.owner),
            grown: None,
            after: score(self.problem, after),
            obstacles: Vec::new(),
            message: String::new(),
            message_zh: String::new(),
        }
    }

    /// The name of a grid for messages.
    fn name(&self, grid: u32) -> String {
        let grid = &self.problem.grids[grid as usize];
        if grid.name.is_empty() { grid.code.clone() } else { grid.name.clone() }
    }
}

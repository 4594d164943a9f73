//! The fewest units to move until some grids keep their bounds.
//!
//! A *fault* of a grid is that its households lie outside its range, or that it is not one piece.
//! The search deepens by one unit at a time. At each node it takes a faulty grid: any way to mend
//! the plan has another move into or out of that grid, so it tries each, and forbids it in those
//! tried after it, since sets of moves have no order. The ends are tested for one piece a grid. A
//! unit farther from a grid than there are moves left cannot join it; and as each move touches
//! two grids and shifts at most the heaviest unit, too many faults end a branch early. What is
//! tried is thus every smallest set of moves: the answer is exact, unless the work runs out, and
//! then it is the best of an annealing, and says so.

mod anneal;
mod search;

use super::board::{Board, Load, NONE};
use super::{Answer, Asked, MoveOptions, words, wrong};
use crate::balance::error::BalanceError;
use crate::balance::options::Options;
use crate::balance::problem::Problem;
use crate::balance::score::score;
use anneal::anneal;
use search::Search;

/// Branches that a search may take.
const WORK: u64 = 200_000;

/// By how much a sum lies outside a range.
fn outside((lower, upper): (i64, i64), sum: i64) -> i64 {
    (lower - sum).max(sum - upper).max(0)
}

/// What mending came to.
pub(super) struct Mended {
    /// Grid of each node.
    pub owner: Vec<u32>,
    /// Whether every grid keeps its range.
    pub possible: bool,
    /// Whether no way moves fewer units, or none exists.
    pub proven: bool,
}

/// A task: the ranges of households, and of further weights, that the grids must keep.
pub(super) struct Mend<'b> {
    board: &'b Board<'b>,
    /// Of each load, the range of each grid.
    ranges: Vec<Vec<(i64, i64)>>,
    /// Grids whose faults count, by number and as a list.
    within: Vec<bool>,
    grids: Vec<usize>,
    /// Nodes that may move among them.
    nodes: Vec<u32>,
    work: u64,
}

impl<'b> Mend<'b> {
    /// The task to bring the grids `targets` within the bounds, the others staying within them
    /// or as near as they are.
    pub fn new(board: &'b Board<'b>, targets: &[u32]) -> Self {
        let range = |load: &Load, grid: usize| {
            if board.problem.rules.is_kept(grid as u32) {
                (0, i64::MAX)
            } else if targets.contains(&(grid as u32)) {
                load.bounds
            } else {
                load.range(grid)
            }
        };
        let ranges = board.loads.iter();
        let ranges =
            ranges.map(|load| (0..board.grids()).map(|grid| range(load, grid)).collect()).collect();
        Self { board, ranges, within: Vec::new(), grids: Vec::new(), nodes: Vec::new(), work: WORK }
    }

    /// By how much the grids' sums of each load lie outside one grid's range, in households.
    fn off(&self, sums: &[Vec<i64>], grid: usize) -> i64 {
        let mut off = outside(self.ranges[0][grid], sums[0][grid]);
        for (index, load) in self.board.loads.iter().enumerate().skip(1) {
            let further = outside(self.ranges[index][grid], sums[index][grid]);
            off += (further as f64 * load.scale).ceil() as i64;
        }
        off
    }

    /// Mends every group of grids that can exchange units by itself.
    pub fn run(mut self, targets: &[u32]) -> Mended {
        let mut mended = Mended { owner: self.board.start.clone(), possible: true, proven: true };
        for group in self.groups() {
            if !group.iter().any(|grid| targets.contains(grid)) {
                continue;
            }
            self.within = (0..self.board.grids() as u32).map(|g| group.contains(&g)).collect();
            self.grids = group.iter().map(|&grid| grid as usize).collect();
            let moves = |&node: &u32| {
                let (u, grid) = (node as usize, self.board.start[node as usize]);
                !self.board.is_held[u] && (grid == NONE || self.within[grid as usize])
            };
            self.nodes = (0..self.board.nodes.len() as u32).filter(moves).collect();
            let Mended { owner, possible, proven } = self.group(&group);
            for (now, then) in mended.owner.iter_mut().zip(&owner) {
                if self.within.get(*then as usize).copied().unwrap_or(false) {
                    *now = *then;
                }
            }
            mended.possible &= possible;
            mended.proven &= proven;
        }
        mended
    }

    /// Grids that can exchange units, directly or by others.
    fn groups(&self) -> Vec<Vec<u32>> {
        let board = self.board;
        let mut group: Vec<u32> = (0..board.grids() as u32).collect();
        let find = |group: &[u32], mut grid: u32| {
            while group[grid as usize] != grid {
                grid = group[grid as usize];
            }
            grid
        };
        for grid in 0..board.grids() as u32 {
            for node in (0..board.nodes.len() as u32).filter(|&node| board.may_join(node, grid)) {
                let other = board.start[node as usize];
                let reaches = board.distance(grid)[node as usize] != u32::MAX
                    || board.members[grid as usize].is_empty();
                if other != NONE && reaches {
                    let (a, b) = (find(&group, grid), find(&group, other));
                    group[a.max(b) as usize] = a.min(b);
                }
            }
        }
        let mut groups: std::collections::BTreeMap<u32, Vec<u32>> = Default::default();
        for grid in 0..board.grids() as u32 {
            groups.entry(find(&group, grid)).or_default().push(grid);
        }
        groups.into_values().collect()
    }

    fn group(&mut self, group: &[u32]) -> Mended {
        let board = self.board;
        let unchanged = |possible, proven| Mended { owner: board.start.clone(), possible, proven };
        let mut search = Search::new(self);
        if search.fault(&search.owner).is_none() {
            return unchanged(true, true);
        }
        // What the group has of a weight, and what its grids could have.
        let suffices = |(load, ranges): (&Load, &Vec<(i64, i64)>)| {
            let grids = || group.iter().map(|&grid| grid as usize);
            let total: i64 = grids().map(|grid| load.sums[grid]).sum();
            let least: i64 = grids().map(|grid| ranges[grid].0).sum();
            let most = grids().fold(0i64, |sum, grid| sum.saturating_add(ranges[grid].1));
            (least..=most).contains(&total)
        };
        let free = board.start.contains(&NONE);
        if !free && !board.loads.iter().zip(&self.ranges).all(suffices) {
            let nearest = anneal(self, u64::MAX);
            return Mended { owner: nearest.1, possible: false, proven: true };
        }
        let (faults, found) = anneal(self, 0);
        let moved = |owner: &[u32]| -> usize {
            let nodes = (0..owner.len()).filter(|&node| owner[node] != board.start[node]);
            nodes.map(|node| board.nodes[node].len()).sum()
        };
        let known = (faults == 0).then(|| moved(&found));
        let all: usize = board.nodes.iter().map(Vec::len).sum();
        for depth in 1..=known.unwrap_or(all) {
            if search.needed() > depth {
                continue;
            }
            search.best = None;
            let whole = search.descend(depth);
            if let Some((_, owner)) = search.best.take() {
                return Mended { owner, possible: true, proven: !search.skipped };
            }
            if !whole {
                break;
            }
            if depth == all {
                return Mended { owner: found, possible: false, proven: !search.skipped };
            }
        }
        Mended { owner: found, possible: known.is_some(), proven: false }
    }
}

/// The plan that brings every grid within the bounds by moving the fewest units from the present
/// one, when that is proven; of those, the fewest households.
pub(in crate::balance) fn fewest_units(problem: &Problem, options: &Options) -> Option<Vec<u32>> {
    let present = problem.present_assignment()?;
    let (max_deviation, communities) = (options.max_deviation, options.communities);
    let options = MoveOptions { max_deviation, communities };
    let board = Board::new(problem, &present, &options);
    let grids = 0..problem.grids.len() as u32;
    let all: Vec<u32> = grids.filter(|&grid| !problem.rules.is_kept(grid)).collect();
    let mended = Mend::new(&board, &all).run(&all);
    let owner = board.unfold(&mended.owner);
    // A present plan that is in pieces, or breaks a constraint, bends the question.
    let is_plan = score(problem, &owner).contiguous && problem.rules.hold(&owner, true);
    (mended.possible && mended.proven && is_plan && problem.rules.also.is_empty()).then_some(owner)
}

impl Asked<'_> {
    /// Brings grids within the bounds by the fewest moves.
    fn mend(&self, targets: &[u32]) -> Answer {
        let board = self.board();
        let mended = Mend::new(&board, targets).run(targets);
        self.answer(&board.unfold(&mended.owner), mended.possible, mended.proven)
    }

    pub(super) fn fix(&self, grid: u32) -> Answer {
        words::fix(self, grid, self.mend(&[grid]))
    }

    pub(super) fn fewest(&self) -> Answer {
        let rules = &self.problem.rules;
        let grids = 0..self.problem.grids.len() as u32;
        let all: Vec<u32> = grids.filter(|&grid| !rules.is_kept(grid)).collect();
        words::fewest(self, self.mend(&all))
    }

    pub(super) fn grow(&self, compound: &str, households: i64) -> Result<Answer, BalanceError> {
        let unit = self.grown_unit(compound)?;
        let now = self.problem.units()[unit].households as i64;
        let most = crate::balance::problem::ABSURD_HOUSEHOLDS as i64;
        let Some(then) = now.checked_add(households).filter(|then| (0..=most).contains(then))
        else {
            let problem = format!("{households} more than the {now} there are cannot be meant");
            return wrong("households", problem);
        };
        let mut grown = self.problem.clone();
        grown.units[unit].households = then as u64;
        if grown.households() == 0 {
            return wrong("households", "nobody would be left".to_owned());
        }
        let asked = Asked { problem: &grown, ..*self };
        let (before, figures) = (score(self.problem, self.owner), score(&grown, self.owner));
        let limit = self.options.max_deviation + 1e-12;
        // What growth has pushed out of the bounds, and the grown grid itself.
        let own = self.owner[unit];
        let is_target = |grid: usize| {
            let (was, is) =
                (before.grids[grid].deviation.abs(), figures.grids[grid].deviation.abs());
            is > limit && (was <= limit || grid as u32 == own)
        };
        let targets: Vec<u32> = (0..figures.grids.len())
            .filter(|&grid| is_target(grid) && !grown.rules.is_kept(grid as u32))
            .map(|grid| grid as u32)
            .collect();
        let mut answer = asked.mend(&targets);
        answer.before = before;
        answer.grown = Some(figures);
        Ok(words::grow(&asked, unit, households, &targets, answer))
    }

    /// The unit of a compound, by the compound's id or name or by its own id.
    fn grown_unit(&self, compound: &str) -> Result<usize, BalanceError> {
        let known = &self.problem.compounds;
        let by_id = known.iter().find(|c| c.id == compound);
        let found = by_id.or_else(|| known.iter().find(|c| c.name == compound));
        if let Some(found) = found {
            return found.main.map(|unit| unit as usize).map_or_else(
                || wrong("compound", format!("`{compound}` lies in no unit of the balance")),
                Ok,
            );
        }
        let unit = self.problem.unit(compound);
        unit.map_or_else(
            || wrong("compound", format!("there is no compound or planning unit `{compound}`")),
            Ok,
        )
    }
}

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

use super::board::{Board, NONE};
use super::{Answer, Asked, MoveOptions, words, wrong};
use crate::balance::error::BalanceError;
use crate::balance::options::Options;
use crate::balance::problem::Problem;
use crate::balance::score::score;
use crate::balance::search::rng::Rng;

/// Branches that a search may take.
const WORK: u64 = 400_000;
/// Flips of an annealing, and how often one is begun.
const FLIPS: u64 = 6_000;
const TRIES: u64 = 3;

/// What mending came to.
pub(super) struct Mended {
    /// Grid of each node.
    pub owner: Vec<u32>,
    /// Whether every grid keeps its range.
    pub possible: bool,
    /// Whether no way moves fewer units, or none exists.
    pub proven: bool,
}

/// A task: the ranges of households that the grids must keep.
pub(super) struct Mend<'b> {
    board: &'b Board<'b>,
    ranges: Vec<(i64, i64)>,
    /// Grids whose faults count, by number and as a list.
    within: Vec<bool>,
    grids: Vec<usize>,
    /// Nodes that may move among them.
    nodes: Vec<u32>,
    work: u64,
}

/// How good a way is, of those that move as few units: households, then the worst deviation.
type Worth = (i64, i64);

struct Search<'s> {
    mend: &'s Mend<'s>,
    owner: Vec<u32>,
    households: Vec<i64>,
    touched: Vec<u32>,
    joined: Vec<u32>,
    moved: Vec<bool>,
    forbidden: Vec<bool>,
    heaviest: i64,
    work: u64,
    /// Whether a way was given up because it broke a constraint.
    skipped: bool,
    best: Option<(Worth, Vec<u32>)>,
}

impl<'b> Mend<'b> {
    /// The task to bring the grids `targets` within the bounds, the others staying within them
    /// or as near as they are.
    pub fn new(board: &'b Board<'b>, targets: &[u32]) -> Self {
        let (lower, upper) = board.bounds;
        let range = |grid: usize| {
            let now = board.households[grid];
            if targets.contains(&(grid as u32)) {
                (lower, upper)
            } else {
                (lower.min(now), upper.max(now))
            }
        };
        let kept = |grid: usize| board.problem.rules.is_kept(grid as u32);
        let ranges = (0..board.grids())
            .map(|grid| if kept(grid) { (0, i64::MAX) } else { range(grid) })
            .collect();
        Self { board, ranges, within: Vec::new(), grids: Vec::new(), nodes: Vec::new(), work: WORK }
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
        // Households that the group has, and that its grids could have.
        let free = board.start.contains(&NONE);
        let total: i64 = group.iter().map(|&g| board.households[g as usize]).sum();
        let least: i64 = group.iter().map(|&g| self.ranges[g as usize].0).sum();
        let most = group.iter().fold(0i64, |sum, &g| sum.saturating_add(self.ranges[g as usize].1));
        if !free && !(least..=most).contains(&total) {
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

impl<'s> Search<'s> {
    fn new(mend: &'s Mend<'s>) -> Self {
        let board = mend.board;
        let grids = board.grids();
        let free = (0..board.nodes.len()).filter(|&node| !board.is_held[node]);
        Self {
            mend,
            owner: board.start.clone(),
            households: board.households.clone(),
            touched: vec![0; grids],
            joined: vec![0; grids],
            moved: vec![false; board.nodes.len()],
            forbidden: vec![false; board.nodes.len() * grids],
            heaviest: free.map(|node| board.weight[node]).max().unwrap_or(0).max(1),
            work: mend.work,
            skipped: false,
            best: None,
        }
    }

    /// Households by which a grid lies outside its range.
    fn off(&self, grid: usize) -> i64 {
        let (lower, upper) = self.mend.ranges[grid];
        (lower - self.households[grid]).max(self.households[grid] - upper).max(0)
    }

    /// The faultiest grid: by households, else one that was touched (or must be whole) and is not
    /// one piece.
    fn fault(&self, owner: &[u32]) -> Option<u32> {
        let grids = || self.mend.grids.iter().copied();
        let worst = grids().max_by_key(|&grid| (self.off(grid), std::cmp::Reverse(grid)))?;
        if self.off(worst) > 0 {
            return Some(worst as u32);
        }
        grids()
            .filter(|&grid| self.touched[grid] > 0)
            .find(|&grid| !self.mend.board.is_one_piece(owner, grid as u32))
            .map(|grid| grid as u32)
    }

    /// Moves needed at least, by what lies outside.
    fn needed(&self) -> usize {
        let grids = self.mend.grids.iter().copied();
        let (mut sum, mut most) = (0, 0);
        for grid in grids {
            let moves = self.off(grid).div_euclid(self.heaviest)
                + i64::from(self.off(grid) % self.heaviest != 0);
            sum += moves;
            most = most.max(moves);
        }
        most.max((sum + 1) / 2) as usize
    }

    /// Tries every set of moves of at most `left` units more; whether the work sufficed.
    fn descend(&mut self, left: usize) -> bool {
        let owner = std::mem::take(&mut self.owner);
        let fault = self.fault(&owner);
        self.owner = owner;
        let Some(grid) = fault else {
            if self.mend.board.keeps_rules(&self.owner) {
                self.keep();
            } else {
                // More moves might mend the constraints, too: not tried.
                self.skipped = true;
            }
            return true;
        };
        if left == 0 {
            return true;
        }
        let moves = self.moves(grid, left);
        let grids = self.households.len();
        let mut whole = true;
        let mut forbidden = Vec::with_capacity(moves.len());
        for (node, to) in moves {
            if self.work == 0 {
                whole = false;
                break;
            }
            self.work -= 1;
            let count = self.mend.board.nodes[node as usize].len();
            let from = self.shift(node, to);
            if self.needed() <= left - count {
                whole &= self.descend(left - count);
            }
            self.unshift(node, from, to);
            let place = node as usize * grids + to as usize;
            self.forbidden[place] = true;
            forbidden.push(place);
        }
        forbidden.into_iter().for_each(|place| self.forbidden[place] = false);
        whole
    }

    /// The moves into and out of a grid, of at most `left` units.
    fn moves(&self, grid: u32, left: usize) -> Vec<(u32, u32)> {
        let board = self.mend.board;
        let grids = self.households.len();
        let mut moves = Vec::new();
        for &node in &self.mend.nodes {
            let u = node as usize;
            if self.moved[u] || board.nodes[u].len() > left {
                continue;
            }
            let from = self.owner[u];
            let mut consider = |to: u32| {
                let near =
                    board.distance(to)[u] as usize <= left + self.joined[to as usize] as usize;
                // A grid that could lose all its units may stand elsewhere afterwards.
                let mobile = board.members[to as usize].len() < left + self.moved_units();
                let last = left == board.nodes[u].len() && !mobile;
                let touches = || board.near[u].iter().any(|&v| self.owner[v as usize] == to);
                if !self.forbidden[u * grids + to as usize]
                    && (near || mobile)
                    && (!last || touches())
                    && board.may_join(node, to)
                {
                    moves.push((node, to));
                }
            };
            if from == grid {
                let others =
                    (0..grids as u32).filter(|&g| g != grid && self.mend.within[g as usize]);
                others.for_each(&mut consider);
            } else if from == NONE || self.mend.within[from as usize] {
                consider(grid);
            }
        }
        moves
    }

    fn moved_units(&self) -> usize {
        self.joined.iter().map(|&count| count as usize).sum()
    }

    fn shift(&mut self, node: u32, to: u32) -> u32 {
        let u = node as usize;
        let from = std::mem::replace(&mut self.owner[u], to);
        let weight = self.mend.board.weight[u];
        if from != NONE {
            self.households[from as usize] -= weight;
            self.touched[from as usize] += 1;
        }
        self.households[to as usize] += weight;
        self.touched[to as usize] += 1;
        self.joined[to as usize] += self.mend.board.nodes[u].len() as u32;
        self.moved[u] = true;
        from
    }

    fn unshift(&mut self, node: u32, from: u32, to: u32) {
        let u = node as usize;
        self.owner[u] = from;
        let weight = self.mend.board.weight[u];
        if from != NONE {
            self.households[from as usize] += weight;
            self.touched[from as usize] -= 1;
        }
        self.households[to as usize] -= weight;
        self.touched[to as usize] -= 1;
        self.joined[to as usize] -= self.mend.board.nodes[u].len() as u32;
        self.moved[u] = false;
    }

    /// Remembers a way without faults, if it is the best so far.
    fn keep(&mut self) {
        let board = self.mend.board;
        let moved = (0..self.owner.len()).filter(|&node| self.moved[node]);
        let households: i64 = moved.map(|node| board.weight[node]).sum();
        let mean = board.problem.mean_households();
        let off = |grid: usize| (self.households[grid] as f64 - mean).abs() as i64;
        let grids = self.mend.grids.iter().copied();
        let worth = (households, grids.map(off).max().unwrap_or(0));
        if self.best.as_ref().is_none_or(|(best, _)| worth < *best) {
            self.best = Some((worth, self.owner.clone()));
        }
    }
}

/// The way that an annealing finds: what it leaves outside the ranges, in households, and the
/// grid of each node. `only` is what a unit's move costs nothing against, when all that counts is
/// to come as near as can be.
fn anneal(mend: &Mend, only: u64) -> (i64, Vec<u32>) {
    let board = mend.board;
    let edges: Vec<(u32, u32)> = (mend.nodes.iter())
        .flat_map(|&u| board.near[u as usize].iter().map(move |&v| (u, v)))
        .collect();
    let outside = |households: &[i64]| -> i64 {
        let grids = mend.grids.iter().copied();
        grids
            .map(|grid| {
                let (lower, upper) = mend.ranges[grid];
                (lower - households[grid]).max(households[grid] - upper).max(0)
            })
            .sum()
    };
    let mut best = (outside(&board.households), 0usize, board.start.clone());
    if edges.is_empty() {
        return (best.0, best.2);
    }
    let mean = board.problem.mean_households().max(1.0);
    let per_unit = if only == 0 { 1.0 } else { 0.02 };
    for number in 0..TRIES {
        let mut rng = Rng::new(1, 0x6d65_6e64 ^ number);
        let (mut owner, mut households) = (board.start.clone(), board.households.clone());
        let mut off = outside(&households);
        let mut moved = 0usize;
        for step in 0..FLIPS {
            let done = step as f64 / FLIPS as f64;
            let temperature = 2.0 * 0.05f64.powf(done);
            let penalty = 30.0 * 10f64.powf(done) / mean;
            let (u, v) = edges[rng.below(edges.len())];
            let (from, to) = (owner[u as usize], owner[v as usize]);
            let inside = |grid: u32| mend.within.get(grid as usize).copied().unwrap_or(false);
            if from == to
                || !inside(to)
                || !(from == NONE || inside(from))
                || !board.may_join(u, to)
            {
                continue;
            }
            let weight = board.weight[u as usize];
            let count = board.nodes[u as usize].len();
            let home = board.start[u as usize];
            let next =
                moved + if from == home { count } else { 0 } - if to == home { count } else { 0 };
            if from != NONE {
                households[from as usize] -= weight;
            }
            households[to as usize] += weight;
            let then = outside(&households);
            let change = (next as f64 - moved as f64) * per_unit + (then - off) as f64 * penalty;
            let wanted = change <= 0.0 || change < temperature * rng.exponential();
            if wanted && (from == NONE || board.can_leave(&owner, u)) {
                owner[u as usize] = to;
                (off, moved) = (then, next);
                if (off, moved) < (best.0, best.1)
                    && is_whole(mend, &owner)
                    && board.keeps_rules(&owner)
                {
                    best = (off, moved, owner.clone());
                }
            } else {
                if from != NONE {
                    households[from as usize] += weight;
                }
                households[to as usize] -= weight;
            }
        }
    }
    (best.0, best.2)
}

/// Whether every grid that changed is one piece.
fn is_whole(mend: &Mend, owner: &[u32]) -> bool {
    let board = mend.board;
    let moved = |&&node: &&u32| owner[node as usize] != board.start[node as usize];
    let both = |&node: &u32| [owner[node as usize], board.start[node as usize]];
    let mut touched: Vec<u32> = mend.nodes.iter().filter(moved).flat_map(both).collect();
    touched.sort_unstable();
    touched.dedup();
    touched.into_iter().filter(|&grid| grid != NONE).all(|grid| board.is_one_piece(owner, grid))
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

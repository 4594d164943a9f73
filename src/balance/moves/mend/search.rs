//! The search for the smallest sets of moves; see [`super`].

use super::{Mend, outside};
use crate::balance::moves::board::{Load, NONE};

/// How good a way is, of those that move as few units: households, then the worst deviation.
pub(super) type Worth = (i64, i64);

pub(super) struct Search<'s> {
    mend: &'s Mend<'s>,
    pub owner: Vec<u32>,
    /// Of each load, the sum of each grid.
    sums: Vec<Vec<i64>>,
    touched: Vec<u32>,
    joined: Vec<u32>,
    moved: Vec<bool>,
    forbidden: Vec<bool>,
    /// Of each load, the most that one node has.
    heaviest: Vec<i64>,
    work: u64,
    /// Whether a way was given up because it broke a constraint.
    pub skipped: bool,
    pub best: Option<(Worth, Vec<u32>)>,
}

impl<'s> Search<'s> {
    pub fn new(mend: &'s Mend<'s>) -> Self {
        let board = mend.board;
        let grids = board.grids();
        let heaviest = |load: &Load| {
            let free = (0..board.nodes.len()).filter(|&node| !board.is_held[node]);
            free.map(|node| load.of[node]).max().unwrap_or(0).max(1)
        };
        Self {
            mend,
            owner: board.start.clone(),
            sums: board.loads.iter().map(|load| load.sums.clone()).collect(),
            touched: vec![0; grids],
            joined: vec![0; grids],
            moved: vec![false; board.nodes.len()],
            forbidden: vec![false; board.nodes.len() * grids],
            heaviest: board.loads.iter().map(heaviest).collect(),
            work: mend.work,
            skipped: false,
            best: None,
        }
    }

    /// The faultiest grid: by households, else one that was touched (or must be whole) and is not
    /// one piece.
    pub fn fault(&self, owner: &[u32]) -> Option<u32> {
        let grids = || self.mend.grids.iter().copied();
        let off = |grid: usize| (self.mend.off(&self.sums, grid), std::cmp::Reverse(grid));
        let (most, worst) = grids().map(off).max()?;
        if most > 0 {
            return Some(worst.0 as u32);
        }
        grids()
            .filter(|&grid| self.touched[grid] > 0)
            .find(|&grid| !self.mend.board.is_one_piece(owner, grid as u32))
            .map(|grid| grid as u32)
    }

    /// Moves needed at least, by what lies outside.
    pub fn needed(&self) -> usize {
        let loads = self.mend.ranges.iter().zip(&self.sums).zip(&self.heaviest);
        let needed = loads.map(|((ranges, sums), &heaviest)| {
            let (mut sum, mut most) = (0, 0);
            for &grid in &self.mend.grids {
                let off = outside(ranges[grid], sums[grid]);
                // Most grids are within their range: no division for those.
                if off > 0 {
                    let moves = (off + heaviest - 1) / heaviest;
                    sum += moves;
                    most = most.max(moves);
                }
            }
            most.max((sum + 1) / 2) as usize
        });
        needed.max().unwrap_or(0)
    }

    /// Tries every set of moves of at most `left` units more; whether the work sufficed.
    pub fn descend(&mut self, left: usize) -> bool {
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
        let grids = self.mend.board.grids();
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
        let (grids, moved) = (board.grids(), self.moved_units());
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
                let mobile = board.members[to as usize].len() < left + moved;
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
        if from != NONE {
            self.mend.board.shift(&mut self.sums, node, from, -1);
            self.touched[from as usize] += 1;
        }
        self.mend.board.shift(&mut self.sums, node, to, 1);
        self.touched[to as usize] += 1;
        self.joined[to as usize] += self.mend.board.nodes[u].len() as u32;
        self.moved[u] = true;
        from
    }

    fn unshift(&mut self, node: u32, from: u32, to: u32) {
        let u = node as usize;
        self.owner[u] = from;
        if from != NONE {
            self.mend.board.shift(&mut self.sums, node, from, 1);
            self.touched[from as usize] -= 1;
        }
        self.mend.board.shift(&mut self.sums, node, to, -1);
        self.touched[to as usize] -= 1;
        self.joined[to as usize] -= self.mend.board.nodes[u].len() as u32;
        self.moved[u] = false;
    }

    /// Remembers a way without faults, if it is the best so far.
    fn keep(&mut self) {
        let board = self.mend.board;
        let moved = (0..self.owner.len()).filter(|&node| self.moved[node]);
        let households: i64 = moved.map(|node| board.weight(node as u32)).sum();
        let mean = board.problem.mean_households();
        let off = |grid: usize| (self.sums[0][grid] as f64 - mean).abs() as i64;
        let grids = self.mend.grids.iter().copied();
        let worth = (households, grids.map(off).max().unwrap_or(0));
        if self.best.as_ref().is_none_or(|(best, _)| worth < *best) {
            self.best = Some((worth, self.owner.clone()));
        }
    }
}

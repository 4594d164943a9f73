//! A good way found by annealing, for want of a proven one.

use super::Mend;
use crate::balance::moves::board::NONE;
use crate::balance::search::rng::Rng;

/// Flips of an annealing, and how often one is begun.
const FLIPS: u64 = 6_000;
const TRIES: u64 = 3;

/// The way that an annealing finds: what it leaves outside the ranges, in households, and the
/// grid of each node. `only` is what a unit's move costs nothing against, when all that counts is
/// to come as near as can be.
pub(super) fn anneal(mend: &Mend, only: u64) -> (i64, Vec<u32>) {
    let board = mend.board;
    let edges: Vec<(u32, u32)> = (mend.nodes.iter())
        .flat_map(|&u| board.near[u as usize].iter().map(move |&v| (u, v)))
        .collect();
    let outside =
        |sums: &[Vec<i64>]| mend.grids.iter().map(|&grid| mend.off(sums, grid)).sum::<i64>();
    let sums: Vec<Vec<i64>> = board.loads.iter().map(|load| load.sums.clone()).collect();
    let mut best = (outside(&sums), 0usize, board.start.clone());
    if edges.is_empty() {
        return (best.0, best.2);
    }
    let mean = board.problem.mean_households().max(1.0);
    let per_unit = if only == 0 { 1.0 } else { 0.02 };
    for number in 0..TRIES {
        let mut rng = Rng::new(1, 0x6d65_6e64 ^ number);
        let (mut owner, mut sums) = (board.start.clone(), sums.clone());
        let mut off = outside(&sums);
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
            let count = board.nodes[u as usize].len();
            let home = board.start[u as usize];
            let next =
                moved + if from == home { count } else { 0 } - if to == home { count } else { 0 };
            if from != NONE {
                board.shift(&mut sums, u, from, -1);
            }
            board.shift(&mut sums, u, to, 1);
            let then = outside(&sums);
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
                    board.shift(&mut sums, u, from, 1);
                }
                board.shift(&mut sums, u, to, -1);
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

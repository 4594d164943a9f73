//! Path relinking: a beginning from between two good divisions.
//!
//! Good divisions have much in common. The way from one to the other changes only what they
//! differ in, one unit at a time; halfway it has something of both that neither search has met,
//! and keeps what they agree on. Glover, Laguna and Martí, *Fundamentals of scatter search and
//! path relinking*, Control and Cybernetics 29 (2000); the steps are chosen greedily among a few
//! drawn at random, as in Resende and Ribeiro, *GRASP with path-relinking* (2005).

use super::partition::Partition;
use super::region::Region;
use super::rng::Rng;
use std::collections::BTreeMap;

/// Units drawn for each step.
const DRAWN: usize = 24;
/// Draws without a step after which the way ends.
const STUCK: usize = 8;

/// The division halfway from `from` to `to`, connected all along. `penalty` is what a household
/// outside the bounds costs. `None` when the two are one division.
pub fn halfway<'r>(
    region: &'r Region,
    from: &[u32],
    to: &[u32],
    penalty: f64,
    rng: &mut Rng,
) -> Option<Partition<'r>> {
    // Where homes count a label is a grid of today, and cannot be renamed.
    let to = if region.has_homes { to.to_vec() } else { aligned(region, from, to) };
    let mut differ: Vec<usize> = (0..region.units()).filter(|&u| from[u] != to[u]).collect();
    let end = differ.len() / 2;
    if end == 0 {
        return None;
    }
    let mut partition = Partition::new(region, from.to_vec());
    let mut stuck = 0;
    while differ.len() > end && stuck < STUCK {
        let mut best: Option<(f64, usize)> = None;
        for _ in 0..DRAWN {
            let place = rng.below(differ.len());
            let unit = differ[place];
            let grid = to[unit];
            let touches =
                region.neighbours(unit).iter().any(|&v| partition.owner[v as usize] == grid);
            if !touches {
                continue;
            }
            let excess = partition.flip_excess(unit, grid) as f64;
            let change = partition.flip_cost(unit, grid) + excess * penalty;
            if best.is_none_or(|(least, _)| change < least) && partition.can_leave(unit) {
                best = Some((change, place));
            }
        }
        let Some((_, place)) = best else {
            stuck += 1;
            continue;
        };
        stuck = 0;
        let unit = differ.swap_remove(place);
        let grid = to[unit];
        let (cost, excess) = (partition.flip_cost(unit, grid), partition.flip_excess(unit, grid));
        partition.flip(unit, grid, cost, excess);
    }
    Some(partition)
}

/// The division `to` with the labels of the grids of `from` that share most with its own:
/// greedily, from the pair that shares most.
fn aligned(region: &Region, from: &[u32], to: &[u32]) -> Vec<u32> {
    let mut shared: BTreeMap<(u32, u32), i64> = BTreeMap::new();
    for (u, pair) in from.iter().zip(to).enumerate() {
        *shared.entry((*pair.0, *pair.1)).or_default() += region.weight[u] + 1;
    }
    let mut pairs: Vec<((u32, u32), i64)> = shared.into_iter().collect();
    pairs.sort_by_key(|&(pair, weight)| (std::cmp::Reverse(weight), pair));
    let mut label = vec![None; region.grids];
    let mut is_taken = vec![false; region.grids];
    for ((a, b), _) in pairs {
        if label[b as usize].is_none() && !is_taken[a as usize] {
            label[b as usize] = Some(a);
            is_taken[a as usize] = true;
        }
    }
    let mut free = (0..region.grids as u32).filter(|&grid| !is_taken[grid as usize]);
    for label in label.iter_mut().filter(|label| label.is_none()) {
        *label = free.next();
    }
    // As many labels as grids: each has one by now.
    to.iter().map(|&b| label[b as usize].unwrap_or(b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::balance::examples::ladder;
    use crate::balance::search::restart::{Beginning, restart, schedule};

    fn is_one_piece(region: &Region, owner: &[u32], grid: u32) -> bool {
        let all: Vec<u32> =
            (0..region.units() as u32).filter(|&u| owner[u as usize] == grid).collect();
        let mut piece: Vec<u32> = all.first().copied().into_iter().collect();
        let mut head = 0;
        while head < piece.len() {
            for &v in region.neighbours(piece[head] as usize) {
                if owner[v as usize] == grid && !piece.contains(&v) {
                    piece.push(v);
                }
            }
            head += 1;
        }
        !all.is_empty() && piece.len() == all.len()
    }

    #[test]
    fn halfway_lies_between_in_one_piece_a_grid() {
        let region = ladder(30, 5, 0.4);
        let find = |stream| {
            let schedule = schedule(&region, 0, 1.0);
            restart(&region, 1, stream, &schedule, Beginning::Random, || false).expect("a division")
        };
        let mut different = 0;
        for stream in 0..20 {
            let (a, b) = (find(2 * stream).owner, find(2 * stream + 1).owner);
            let renamed = aligned(&region, &a, &b);
            let apart = |x: &[u32], y: &[u32]| x.iter().zip(y).filter(|(x, y)| x != y).count();
            let Some(mid) = halfway(&region, &a, &b, 1.0, &mut Rng::new(stream, 0)) else {
                assert!(apart(&a, &renamed) < 2);
                continue;
            };
            different += 1;
            // Each step leads from the one to the other.
            let (whole, first) = (apart(&a, &renamed), apart(&a, &mid.owner));
            assert_eq!(first + apart(&mid.owner, &renamed), whole);
            assert!(first <= whole.div_ceil(2));
            let again = Partition::new(&region, mid.owner.clone());
            assert!((again.cost - mid.cost).abs() < 1e-9 && again.excess == mid.excess);
            assert!((0..5).all(|grid| is_one_piece(&region, &mid.owner, grid)));
        }
        assert!(different > 5, "{different}");
    }

    #[test]
    fn a_renamed_division_is_the_same_division() {
        let region = ladder(6, 3, 0.5);
        let from: Vec<u32> = (0..region.units() as u32).map(|u| u * 3 / 12).collect();
        let to: Vec<u32> = from.iter().map(|grid| (grid + 1) % 3).collect();
        assert_eq!(aligned(&region, &from, &to), from);
        assert!(halfway(&region, &from, &to, 1.0, &mut Rng::new(1, 1)).is_none());
    }
}

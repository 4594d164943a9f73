//! A first partition: cut a random spanning tree again and again.

use super::region::Region;
use super::rng::Rng;
use super::tree::{Cut, TreeSampler};

/// Trees tried for each cut before the least bad one is taken.
const TREES: usize = 8;

/// Divides the region into connected grids whose households lie within the bounds where the
/// trees drawn allow it, and near them elsewhere. The region is connected and has at least as
/// many units as grids.
///
/// Once `stop` says so, the first tree is taken as it comes.
pub fn divide(
    region: &Region,
    trees: &mut TreeSampler,
    rng: &mut Rng,
    mut stop: impl FnMut() -> bool,
) -> Vec<u32> {
    let mut part = vec![0u32; region.units()];
    // Parts still to be divided: label, units, and the labels that they share out.
    let mut todo =
        vec![(0u32, (0..region.units() as u32).collect::<Vec<_>>(), region.grids as u32)];
    while let Some((label, members, grids)) = todo.pop() {
        if grids < 2 {
            continue;
        }
        let (inside, outside, first) = split(region, trees, rng, &members, grids, &mut stop);
        let next = label + first;
        for &u in &outside {
            part[u as usize] = next;
        }
        todo.push((label, inside, first));
        todo.push((next, outside, grids - first));
    }
    part
}

/// Splits a part for `grids` grids in two, and says how many grids the first gets.
fn split(
    region: &Region,
    trees: &mut TreeSampler,
    rng: &mut Rng,
    members: &[u32],
    grids: u32,
    stop: &mut impl FnMut() -> bool,
) -> (Vec<u32>, Vec<u32>, u32) {
    let mut best: Option<(i64, Vec<u32>, Vec<u32>, u32)> = None;
    for _ in 0..TREES {
        trees.draw(region, members, rng);
        let total = trees.weight();
        let mut found: Option<(i64, Cut, u32)> = None;
        let mut ties = 0;
        for cut in trees.cuts() {
            let rest = members.len() as u32 - cut.count;
            let Some(share) = share(region, cut, rest, total, grids) else { continue };
            let excess = band_excess(region, cut.weight, share)
                + band_excess(region, total - cut.weight, grids - share);
            let better = found.is_none_or(|(least, ..)| excess < least);
            let tie = found.is_some_and(|(least, ..)| excess == least);
            if better {
                ties = 1;
            } else if tie {
                ties += 1;
            }
            if better || (tie && rng.below(ties) == 0) {
                found = Some((excess, cut, share));
            }
        }
        let Some((excess, cut, share)) = found else { continue };
        if best.as_ref().is_none_or(|(least, ..)| excess < *least) {
            let (inside, outside) = trees.sides(cut.unit).partition::<Vec<_>, _>(|&(_, i)| i);
            let units = |side: Vec<(u32, bool)>| side.into_iter().map(|(u, _)| u).collect();
            best = Some((excess, units(inside), units(outside), share));
        }
        if excess == 0 || stop() {
            break;
        }
    }
    // A tree of n units always has a leaf, which one grid can take: some cut was found.
    best.map_or_else(
        || (members[..1].to_vec(), members[1..].to_vec(), 1),
        |(_, inside, outside, share)| (inside, outside, share),
    )
}

/// How many of `grids` grids suit the part cut off: nearest to its households, at least one
/// grid and one unit a grid on both sides.
fn share(region: &Region, cut: Cut, rest: u32, total: i64, grids: u32) -> Option<u32> {
    let least = 1.max(grids.saturating_sub(rest));
    let most = (grids - 1).min(cut.count);
    if least > most {
        return None;
    }
    let per_grid = if total > 0 { total as f64 / f64::from(grids) } else { region.mean.max(1.0) };
    let fair = (cut.weight as f64 / per_grid).round();
    Some((fair.max(0.0) as u32).clamp(least, most))
}

/// Households by which a part lies outside the bounds of `grids` grids.
fn band_excess(region: &Region, weight: i64, grids: u32) -> i64 {
    let grids = i64::from(grids);
    (region.lower * grids - weight).max(weight - region.upper * grids).max(0)
}

//! One independent search of a region: a first partition, cooled once.

use super::anneal::{Schedule, anneal};
use super::level::level;
use super::partition::Partition;
use super::recombine::Recombiner;
use super::region::{NOWHERE, Region};
use super::relink::halfway;
use super::rng::Rng;
use super::start::divide;

/// Flips of units on borders tried for each unit of a region in one cooling.
const STEPS_PER_UNIT: u64 = 1_000;
/// First temperature of a search from between two divisions, as a share of the usual one.
const BETWEEN: f64 = 0.4;
/// Flips tried in one cooling, at least and at most.
const STEPS: (u64, u64) = (20_000, 20_000_000);

/// The best partition of a search that lies within the bounds.
#[derive(Clone, Debug)]
pub struct Found {
    /// Grid of each unit, by local labels.
    pub owner: Vec<u32>,
    /// Its cost.
    pub cost: f64,
}

/// The schedule of the `number`-th search. What a household outside the bounds costs goes by how
/// wide the bounds are: an excess of half their width costs about half a cut edge at first and
/// several at the end. The numbers differ a little from one search to the next, since regions
/// differ in what they like.
pub fn schedule(region: &Region, number: usize, effort: f64) -> Schedule {
    const WEIGHTS: [(f64, f64); 4] = [(0.5, 3.5), (0.3, 3.0), (0.5, 5.0), (1.0, 10.0)];
    const HOT: [f64; 2] = [2.0, 1.2];
    let (soft, hard) = WEIGHTS[number % WEIGHTS.len()];
    let steps = (region.units() as u64 * STEPS_PER_UNIT).clamp(STEPS.0, STEPS.1);
    let pair = 2 * region.units() as u64 / region.grids.max(1) as u64;
    // Bounds much narrower than a unit can be met by chance only.
    let unit = region.mean * region.grids as f64 / region.units() as f64;
    let width = ((region.upper - region.lower) as f64 / 2.0).max(unit / 25.0).max(1e-9);
    Schedule {
        steps: ((steps as f64 * effort) as u64).max(1),
        hot: HOT[number / 3 % HOT.len()],
        cold: if region.unit_costs { 0.2 } else { 0.05 },
        soft: soft / width,
        hard: hard / width,
        flips_per_recombination: (pair * 6 / 10).max(256),
    }
}

/// Where a search begins.
#[derive(Clone, Copy, Debug)]
pub enum Beginning<'f> {
    /// With a random division.
    Random,
    /// With the present plan, where that gives every grid a unit.
    Home,
    /// Halfway between two divisions that were found.
    Between(&'f Found, &'f Found),
}

/// Searches a region once. The result depends on the region, the seed and the numbers only (unless stopped).
pub fn restart(
    region: &Region,
    seed: u64,
    stream: u64,
    schedule: &Schedule,
    beginning: Beginning,
    mut stop: impl FnMut() -> bool,
) -> Option<Found> {
    let mut rng = Rng::new(seed, stream);
    let mut recombiner = Recombiner::new(region.units());
    let mut schedule = *schedule;
    let begun = match beginning {
        Beginning::Random => None,
        Beginning::Home => home_partition(region).map(|owner| Partition::new(region, owner)),
        Beginning::Between(a, b) => {
            let between = halfway(region, &a.owner, &b.owner, schedule.hard, &mut rng);
            // What the two agree on would melt at the usual heat.
            schedule.hot *= if between.is_some() { BETWEEN } else { 1.0 };
            between
        }
    };
    let mut partition = begun.unwrap_or_else(|| {
        let owner = divide(region, recombiner.trees(), &mut rng, &mut stop);
        let mut partition = Partition::new(region, owner);
        level(&mut partition, &mut recombiner, &mut rng, &mut stop);
        partition
    });
    let mut best: Option<Found> = None;
    let mut found = |p: &Partition| match &mut best {
        Some(best) => {
            best.owner.copy_from_slice(&p.owner);
            best.cost = p.cost;
        }
        None => best = Some(Found { owner: p.owner.clone(), cost: p.cost }),
    };
    anneal(&mut partition, &mut recombiner, &mut rng, &schedule, &mut found, &mut stop);
    // Of many grids a few may be left out of bounds in the end.
    if partition.excess > 0 {
        level(&mut partition, &mut recombiner, &mut rng, &mut stop);
        if partition.excess == 0 && best.as_ref().is_none_or(|best| partition.cost < best.cost) {
            best = Some(Found { cost: partition.cost, owner: partition.owner });
        }
    }
    best
}

/// The present plan made connected: of each present grid the largest piece, and every other unit
/// with a neighbouring piece. `None` when a label has no unit today.
pub fn home_partition(region: &Region) -> Option<Vec<u32>> {
    let n = region.units();
    let mut owner = vec![NOWHERE; n];
    let mut largest = vec![(0i64, Vec::new()); region.grids];
    let mut seen = vec![false; n];
    for start in 0..n {
        let label = region.home[start];
        if label == NOWHERE || std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let mut piece = vec![start as u32];
        let mut head = 0;
        while head < piece.len() {
            for &v in region.neighbours(piece[head] as usize) {
                if region.home[v as usize] == label
                    && !std::mem::replace(&mut seen[v as usize], true)
                {
                    piece.push(v);
                }
            }
            head += 1;
        }
        let weight = piece.iter().map(|&u| region.weight[u as usize] + 1).sum();
        if weight > largest[label as usize].0 {
            largest[label as usize] = (weight, piece);
        }
    }
    let mut queue = Vec::with_capacity(n);
    for (label, (weight, piece)) in largest.iter().enumerate() {
        if *weight == 0 {
            return None;
        }
        piece.iter().for_each(|&u| owner[u as usize] = label as u32);
        queue.extend_from_slice(piece);
    }
    let mut head = 0;
    while head < queue.len() {
        let u = queue[head] as usize;
        for &v in region.neighbours(u) {
            if owner[v as usize] == NOWHERE {
                owner[v as usize] = owner[u];
                queue.push(v);
            }
        }
        head += 1;
    }
    Some(owner)
}

//! Simulated annealing over flips and recombinations, with a soft balance term.

use super::partition::Partition;
use super::recombine::Recombiner;
use super::rng::Rng;
use std::sync::LazyLock;

/// How one annealing run cools and what it weighs.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// Flips tried.
    pub steps: u64,
    /// First temperature, in cut edges.
    pub hot: f64,
    /// Last temperature, in cut edges.
    pub cold: f64,
    /// Cost of a household outside the bounds, at the start.
    pub soft: f64,
    /// The same at the end.
    pub hard: f64,
    /// Flips for each recombination tried.
    pub flips_per_recombination: u64,
}

/// Flips between two looks at the temperature and at the caller's wish to stop.
const BLOCK: u64 = 256;

/// Exponentially distributed numbers of mean 1, evenly spaced by probability: a change for the
/// worse is accepted when it is below the temperature times one of these.
static HURDLES: LazyLock<[f64; 4096]> =
    LazyLock::new(|| std::array::from_fn(|i| -((i as f64 + 0.5) / 4096.0).ln()));

/// Cools `partition` once. `found` sees each partition within the bounds that is better than
/// those before it in this run; `stop` is asked every few hundred flips.
pub fn anneal(
    partition: &mut Partition,
    recombiner: &mut Recombiner,
    rng: &mut Rng,
    schedule: &Schedule,
    mut found: impl FnMut(&Partition),
    mut stop: impl FnMut() -> bool,
) {
    let region = partition.region;
    if region.grids < 2 || region.targets.is_empty() {
        if partition.excess == 0 {
            found(partition);
        }
        return;
    }
    let mut best = f64::INFINITY;
    let mut keep = |partition: &Partition| {
        if partition.excess == 0 && partition.cost < best - 1e-9 {
            best = partition.cost;
            found(partition);
        }
    };
    keep(partition);
    let hurdles = &*HURDLES;
    let blocks = schedule.steps.div_ceil(BLOCK);
    let mut until_recombination = schedule.flips_per_recombination;
    for block in 0..blocks {
        if stop() {
            return;
        }
        let done = block as f64 / blocks as f64;
        let temperature = schedule.hot * (schedule.cold / schedule.hot).powf(done);
        let penalty = schedule.soft * (schedule.hard / schedule.soft).powf(done);
        for _ in 0..BLOCK {
            // A cut edge is drawn, and one of its ends goes over.
            let bits = rng.bits();
            let cut = partition.cut_edges();
            let edge = cut[(((bits >> 32) * cut.len() as u64) >> 32) as usize];
            let ends = region.edges[edge as usize];
            let (u, v) = if bits & 1 == 0 { (ends[0], ends[1]) } else { (ends[1], ends[0]) };
            let (u, to) = (u as usize, partition.owner[v as usize]);
            let cost = partition.flip_cost(u, to);
            let excess = partition.flip_excess(u, to);
            let change = cost + excess as f64 * penalty;
            // 12 further bits of the same number choose the hurdle.
            let hurdle = temperature * hurdles[(bits >> 1) as usize & (hurdles.len() - 1)];
            if change <= hurdle && partition.can_leave(u) {
                partition.flip(u, to, cost, excess);
                keep(partition);
            }
        }
        if until_recombination > BLOCK {
            until_recombination -= BLOCK;
            continue;
        }
        until_recombination = schedule.flips_per_recombination;
        if let Some(p) = recombiner.propose(partition, rng) {
            let change = p.cost + p.excess as f64 * penalty;
            if change <= 0.0 || change < temperature * rng.exponential() {
                recombiner.accept(partition);
                keep(partition);
            }
        }
    }
}

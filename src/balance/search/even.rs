//! The evenest partition that a search can find: bisection of the bounds.

use super::anneal::anneal;
use super::partition::Partition;
use super::recombine::Recombiner;
use super::region::Region;
use super::restart::schedule;
use super::rng::Rng;
use super::start::divide;
use std::cell::RefCell;

/// Coolings tried at each step of the bisection.
const TRIES: usize = 2;
/// Work of one cooling, as a share of that of a search for the objective.
const EFFORT: f64 = 1.0;
/// Share of the mean below which evening out further is not worth the work.
const FINE: f64 = 1e-3;

/// A partition and how far its worst grid lies off the mean, in households.
#[derive(Clone, Debug)]
pub struct Even {
    /// Grid of each unit, by local labels.
    pub owner: Vec<u32>,
    /// Households by which the worst grid lies off the mean of the whole problem.
    pub off: f64,
}

/// Households by which the worst grid lies off the mean.
fn worst(region: &Region, weight: &[i64]) -> f64 {
    weight.iter().map(|&w| (w as f64 - region.mean).abs()).fold(0.0, f64::max)
}

/// Looks for the partition whose worst grid lies least off the mean, beginning with `from` or a
/// random partition.
pub fn even_out(
    region: &Region,
    from: Option<Vec<u32>>,
    seed: u64,
    stream: u64,
    stop: &dyn Fn() -> bool,
) -> Even {
    let mut rng = Rng::new(seed, stream);
    let mut recombiner = Recombiner::new(region.units());
    let owner = from.unwrap_or_else(|| divide(region, recombiner.trees(), &mut rng, stop));
    let off = worst(region, &Partition::new(region, owner.clone()).weight);
    let mut best = Even { owner, off };
    let mut low = least_off(region);
    while best.off - low >= 0.5 && best.off - low > FINE * region.mean && !stop() {
        let target = (low + best.off) / 2.0;
        let bounded = Region {
            lower: (region.mean - target).ceil().max(0.0) as i64,
            upper: (region.mean + target).floor() as i64,
            ..region.clone()
        };
        let mut found = None;
        for try_number in 0..TRIES {
            let owner = if try_number == 0 {
                best.owner.clone()
            } else {
                divide(&bounded, recombiner.trees(), &mut rng, stop)
            };
            found = first_within(&bounded, owner, &mut recombiner, &mut rng, try_number, stop);
            if found.is_some() {
                break;
            }
        }
        match found {
            Some(even) => best = even,
            None => low = target,
        }
    }
    best
}

/// Cools until the first partition within the bounds.
fn first_within(
    region: &Region,
    owner: Vec<u32>,
    recombiner: &mut Recombiner,
    rng: &mut Rng,
    number: usize,
    stop: &dyn Fn() -> bool,
) -> Option<Even> {
    let mut partition = Partition::new(region, owner);
    let found: RefCell<Option<Even>> = RefCell::new(None);
    let keep = |p: &Partition| {
        if found.borrow().is_none() {
            *found.borrow_mut() =
                Some(Even { owner: p.owner.clone(), off: worst(region, &p.weight) });
        }
    };
    let stop = || found.borrow().is_some() || stop();
    anneal(&mut partition, recombiner, rng, &schedule(region, number + 1, EFFORT), keep, stop);
    found.into_inner()
}

/// Households by which the worst grid lies off the mean at least, by arithmetic.
pub fn least_off(region: &Region) -> f64 {
    let (total, grids) = (region.weight.iter().sum::<i64>(), region.grids as i64);
    let most = (total + grids - 1).div_euclid(grids) as f64;
    let least = total.div_euclid(grids) as f64;
    let heaviest = region.weight.iter().copied().max().unwrap_or(0) as f64;
    (most - region.mean).max(region.mean - least).max(heaviest - region.mean).max(0.0)
}

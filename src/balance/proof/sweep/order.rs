//! The order in which a sweep meets the units: such that few of them lie on its front at a time.

use crate::balance::search::region::Region;
use rustc_hash::FxHashSet;

/// Orders kept side by side.
const BEAM: usize = 96;
/// How much each unit on the front multiplies the number of states.
const GROWTH: f64 = 2.0;

/// An order and how wide its front becomes.
#[derive(Clone, Debug)]
pub(super) struct Order {
    /// All units.
    pub units: Vec<u32>,
    /// Most units on the front at a time.
    pub width: usize,
}

/// A beginning of an order.
#[derive(Clone)]
struct Begun {
    /// Units met so far, as bits.
    met: Vec<u64>,
    /// Those that have neighbours still to be met.
    front: Vec<u32>,
    width: usize,
    /// Estimate of the states so far.
    states: f64,
    hash: u64,
    /// The last unit in the list of all steps, which leads back to the first.
    step: u32,
}

/// A way to go on: the estimate, the beginning, the unit, the hash of the units met.
struct Next {
    states: f64,
    begun: u32,
    unit: u32,
    hash: u64,
    front: u32,
}

/// A good order by beam search over all first units: of all orders that begin with the same
/// units the one with the fewest states, by the size of its fronts, is kept. `None` when every
/// order found has more than `most` units on its front.
pub(super) fn order(region: &Region, most: usize) -> Option<Order> {
    let n = region.units();
    let mut steps: Vec<(u32, u32)> = Vec::new();
    let mut beam: Vec<Begun> = (0..n).map(|u| begin(region, u, &mut steps)).collect();
    for _ in 1..n {
        let mut next = Vec::new();
        for (index, begun) in beam.iter().enumerate() {
            extend(region, begun, index as u32, most, &mut next);
        }
        next.sort_by(|a, b| a.states.total_cmp(&b.states).then(a.hash.cmp(&b.hash)));
        let mut seen = FxHashSet::default();
        next.retain(|next| seen.len() < BEAM && seen.insert(next.hash));
        beam = next.iter().map(|next| follow(region, &beam, next, &mut steps)).collect();
    }
    let best = beam.into_iter().next()?;
    let mut units = Vec::with_capacity(n);
    let mut step = best.step;
    while let Some(&(unit, before)) = steps.get(step as usize) {
        units.push(unit);
        step = before;
    }
    units.reverse();
    Some(Order { units, width: best.width })
}

/// A random-looking number for each unit: the exclusive or of those met names a set.
fn mark(unit: u32) -> u64 {
    let x = (u64::from(unit) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (x ^ (x >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

fn begin(region: &Region, u: usize, steps: &mut Vec<(u32, u32)>) -> Begun {
    let mut met = vec![0; region.units().div_ceil(64)];
    met[u / 64] |= 1 << (u % 64);
    let front = if region.slots(u).is_empty() { Vec::new() } else { vec![u as u32] };
    steps.push((u as u32, u32::MAX));
    let (width, step) = (front.len(), steps.len() as u32 - 1);
    Begun { met, front, width, states: GROWTH, hash: mark(u as u32), step }
}

fn is_met(met: &[u64], unit: u32) -> bool {
    met[unit as usize / 64] >> (unit % 64) & 1 == 1
}

/// Neighbours of `unit` still to be met.
fn unmet(region: &Region, met: &[u64], unit: u32) -> usize {
    region.neighbours(unit as usize).iter().filter(|&&v| !is_met(met, v)).count()
}

/// Lists the ways on from a beginning: the units next to its front (of a connected region).
fn extend(region: &Region, begun: &Begun, index: u32, most: usize, next: &mut Vec<Next>) {
    let first = next.len();
    for &u in &begun.front {
        for &v in region.neighbours(u as usize) {
            if is_met(&begun.met, v) || next[first..].iter().any(|next| next.unit == v) {
                continue;
            }
            let done = |&&x: &&u32| is_met(&begun.met, x) && unmet(region, &begun.met, x) == 1;
            let done = region.neighbours(v as usize).iter().filter(done).count();
            let stays = usize::from(unmet(region, &begun.met, v) > 0);
            let front = begun.front.len() - done + stays;
            if front <= most {
                next.push(Next {
                    states: begun.states + GROWTH.powi(front as i32),
                    begun: index,
                    unit: v,
                    hash: begun.hash ^ mark(v),
                    front: front as u32,
                });
            }
        }
    }
}

fn follow(region: &Region, beam: &[Begun], next: &Next, steps: &mut Vec<(u32, u32)>) -> Begun {
    let from = &beam[next.begun as usize];
    let mut met = from.met.clone();
    met[next.unit as usize / 64] |= 1 << (next.unit % 64);
    let mut front = from.front.clone();
    front.push(next.unit);
    front.retain(|&u| unmet(region, &met, u) > 0);
    steps.push((next.unit, from.step));
    let step = steps.len() as u32 - 1;
    let width = from.width.max(next.front as usize);
    Begun { met, front, width, states: next.states, hash: next.hash, step }
}

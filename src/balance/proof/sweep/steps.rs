//! What happens at each unit of a sweep, worked out once.

use super::order::Order;
use crate::balance::search::region::{NOWHERE, Region};

/// Most units on the front: four bits each in a state.
pub(super) const SLOTS: usize = 32;
/// Most blocks on the front.
pub(super) const BLOCKS: usize = 16;
/// Marks the unit itself among the slots that stay.
pub(super) const OWN: u8 = u8::MAX;
/// The sum of all costs in ticks, where costs are not whole numbers.
const FINE: f64 = (1u64 << 31) as f64;

/// A unit of the sweep. The front before it is a list of slots, each a unit that has neighbours
/// still to be met.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// The unit.
    pub unit: u32,
    /// Its households.
    pub weight: u32,
    /// The slots of its neighbours on the front, with the cost of each edge.
    pub near: Vec<(u8, u32)>,
    /// The slots of the front after it: slots of the front before, or [`OWN`].
    pub keep: Vec<u8>,
    /// Of each unit still to be met with two or more neighbours on the front after this step:
    /// their slots, with the cost of each edge.
    pub ahead: Vec<Vec<(u8, u32)>>,
    /// Households still to be met after this unit.
    pub rest: u64,
    /// Units still to be met after this one.
    pub rest_units: u32,
    /// Its home, or [`NOWHERE`].
    pub home: u32,
    /// Cost of its standing elsewhere.
    pub home_cost: u32,
}

/// A region laid out for sweeping. Costs are whole numbers of ticks, rounded down, so that they
/// bound the true ones from below.
#[derive(Clone, Debug)]
pub(super) struct Course<'r> {
    /// The region.
    pub region: &'r Region,
    /// Its units in the order of the sweep.
    pub steps: Vec<Step>,
    /// Cost of one tick.
    pub tick: f64,
    /// Sum of all costs in ticks: more than any division costs.
    pub dearest: u32,
    /// Fewest and most households of a grid.
    pub lower: u32,
    /// Most households of a grid.
    pub upper: u32,
    /// Number of grids.
    pub grids: u32,
    /// Of each label, whether some unit has its home there; empty when homes do not matter.
    pub labels: Vec<bool>,
}

impl<'r> Course<'r> {
    /// Whether states carry the labels of their blocks, since homes matter.
    pub fn is_labelled(&self) -> bool {
        !self.labels.is_empty()
    }

    /// Lays a region out; `None` when its households exceed what a state can hold, when inertia
    /// is counted (which is no sum over edges), or when homes matter in more grids than a state
    /// can name.
    pub fn new(region: &'r Region, order: &Order) -> Option<Self> {
        let total = u32::try_from(region.weight.iter().sum::<i64>()).ok()?;
        let labelled = region.has_homes;
        if region.moments.is_some() || (labelled && region.grids > BLOCKS) || order.width > SLOTS {
            return None;
        }
        let tick = tick(region);
        let whole = |cost: f64| (cost / tick + 1e-9).floor() as u32;
        let mut met = vec![u32::MAX; region.units()];
        order.units.iter().enumerate().for_each(|(at, &u)| met[u as usize] = at as u32);
        let (mut rest, mut slots, mut steps) = (u64::from(total), Vec::new(), Vec::new());
        for (at, &unit) in order.units.iter().enumerate() {
            let unmet =
                |u: u32| region.neighbours(u as usize).iter().any(|&v| met[v as usize] > at as u32);
            let near = slots_of(region, &slots, unit, whole);
            let mut keep: Vec<u8> =
                (0..slots.len()).filter(|&s| unmet(slots[s])).map(|s| s as u8).collect();
            let mut front: Vec<u32> = keep.iter().map(|&s| slots[s as usize]).collect();
            if unmet(unit) {
                keep.push(OWN);
                front.push(unit);
            }
            let mut ahead: Vec<u32> = (front.iter())
                .flat_map(|&u| region.neighbours(u as usize))
                .copied()
                .filter(|&v| met[v as usize] > at as u32)
                .collect();
            ahead.sort_unstable();
            ahead.dedup();
            let ahead = ahead.into_iter().map(|v| slots_of(region, &front, v, whole));
            let weight = region.weight[unit as usize] as u32;
            rest -= u64::from(weight);
            steps.push(Step {
                unit,
                weight,
                near,
                keep,
                ahead: ahead.filter(|near| near.len() > 1).collect(),
                rest,
                rest_units: (order.units.len() - at - 1) as u32,
                home: if labelled { region.home[unit as usize] } else { NOWHERE },
                home_cost: whole(region.home_cost[unit as usize]),
            });
            slots = front;
        }
        let edges: f64 = region.edge_slots().map(|slot| f64::from(whole(region.costs[slot]))).sum();
        let homes: f64 = steps.iter().map(|step| f64::from(step.home_cost)).sum();
        let mut labels = vec![false; if labelled { region.grids } else { 0 }];
        for step in steps.iter().filter(|step| step.home != NOWHERE) {
            labels[step.home as usize] = true;
        }
        Some(Self {
            region,
            steps,
            tick,
            dearest: (edges + homes) as u32,
            lower: u32::try_from(region.lower.max(0)).ok()?,
            upper: region.upper.clamp(0, i64::from(total)) as u32,
            grids: region.grids as u32,
            labels,
        })
    }
}

/// 1 where all costs are whole numbers, else a small share of all costs together.
fn tick(region: &Region) -> f64 {
    let mut costs = region.costs.iter().chain(&region.home_cost);
    if costs.all(|cost| cost.fract() == 0.0 && *cost < 1e5) {
        return 1.0;
    }
    let all: f64 = region.costs.iter().sum::<f64>() / 2.0 + region.home_cost.iter().sum::<f64>();
    all.max(1e-9) / FINE
}

/// The slots in `front` of the neighbours of `unit`, with the costs of the edges.
fn slots_of(
    region: &Region,
    front: &[u32],
    unit: u32,
    whole: impl Fn(f64) -> u32,
) -> Vec<(u8, u32)> {
    let slots = region.slots(unit as usize);
    let near = slots.filter_map(|slot| {
        let place = front.iter().position(|&u| u == region.targets[slot])?;
        Some((place as u8, whole(region.costs[slot])))
    });
    near.collect()
}

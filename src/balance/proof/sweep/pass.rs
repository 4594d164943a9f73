//! One sweep over all units, at one width of buckets.

use super::expand::{Expansion, Way, look_ahead};
use super::state::{Front, Head};
use super::steps::Course;
use std::cell::Cell;

/// No way to a division.
pub(super) const NEVER: u32 = u32::MAX;

/// A way from a state to one of the next front.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arc {
    /// What was decided ([`super::expand::Way::decision`]).
    pub decision: u16,
    /// The state that it leads to.
    pub to: u32,
    /// Its cost in ticks.
    pub cost: u32,
}

/// The states of one front, as far as later sweeps need them.
#[derive(Clone, Debug, Default)]
struct Layer {
    /// Where the arcs of each state begin.
    starts: Vec<u32>,
    arcs: Vec<Arc>,
    /// The least cost from each state to a division, or [`NEVER`].
    rest: Vec<u32>,
}

/// What may be spent on sweeps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Purse {
    /// States that may still be made.
    pub states: u64,
    /// Arcs that one sweep may keep.
    pub arcs: usize,
}

/// A sweep that came to its end: all states from which a division within the goal might follow.
#[derive(Clone, Debug)]
pub(super) struct Pass {
    layers: Vec<Layer>,
    /// Whether some way was left out because it costs more than the goal.
    pub cut_off: bool,
}

/// Sweeps over all units. Ways that cannot end within `goal` ticks are left out: by what they
/// cost so far, what is sure to come, and what the `coarse` sweep before this one says. `None`
/// when the purse is empty or it is time to stop.
pub(super) fn sweep(
    course: &Course,
    bucket: u32,
    goal: u32,
    coarse: Option<&Pass>,
    purse: &mut Purse,
    stop: &dyn Fn() -> bool,
) -> Option<Pass> {
    let mut front = Front::start(bucket);
    let mut pass = Pass { layers: Vec::with_capacity(course.steps.len() + 1), cut_off: false };
    let (mut arcs, mut slots, mut way) = (0, 0, Way::new());
    for (at, step) in course.steps.iter().enumerate() {
        let mut next = Front::new(bucket);
        let mut layer = Layer { starts: vec![0], ..Layer::default() };
        for (index, head) in front.heads.iter().enumerate() {
            if index & 0x3ff == 0x3ff && stop() {
                return None;
            }
            let expansion = Expansion::new(course, step, slots, head, front.spans(head));
            let (to_coarse, dear) = (Cell::new(0), Cell::new(false));
            let wanted = |decision, cost: u32| {
                let mut rest = 0;
                if let Some(coarse) = coarse {
                    let Some(to) = coarse.follow(at, head.coarse, decision) else { return false };
                    to_coarse.set(to);
                    rest = coarse.rest(at + 1, to);
                }
                let within = head.cost.saturating_add(cost).saturating_add(rest) <= goal;
                dear.set(dear.get() || (!within && rest != NEVER));
                within
            };
            expansion.each(&mut way, wanted, |way| {
                let head = Head { coarse: to_coarse.get(), ..way.head };
                let to = next.merge(head, way.spans(), |new| {
                    let ahead = look_ahead(course, step, way);
                    let sure = ahead.map(|ahead| new.cost.saturating_add(ahead) <= goal);
                    dear.set(dear.get() || sure == Some(false));
                    sure == Some(true)
                });
                if let Some(to) = to {
                    layer.arcs.push(Arc { decision: way.decision, to, cost: way.cost });
                }
            });
            pass.cut_off |= dear.get();
            if expansion.overflow.get() {
                return None;
            }
            layer.starts.push(layer.arcs.len() as u32);
        }
        arcs += layer.arcs.len();
        let made = next.heads.len() as u64;
        if made > purse.states || arcs > purse.arcs {
            purse.states = purse.states.saturating_sub(made);
            return None;
        }
        purse.states -= made;
        layer.rest = vec![NEVER; front.heads.len()];
        pass.layers.push(layer);
        front = next;
        slots = step.keep.len();
    }
    let ended = |done: u16| if u32::from(done) == course.grids { 0 } else { NEVER };
    let rest = front.heads.iter().map(|head| ended(head.done)).collect();
    pass.layers.push(Layer { rest, ..Layer::default() });
    pass.look_back();
    Some(pass)
}

impl Pass {
    /// Works out the least cost from each state to a division, from the end backwards.
    fn look_back(&mut self) {
        for at in (0..self.layers.len() - 1).rev() {
            let (before, after) = self.layers.split_at_mut(at + 1);
            let (layer, next) = (&mut before[at], &after[0]);
            for (rest, range) in layer.rest.iter_mut().zip(layer.starts.windows(2)) {
                for arc in &layer.arcs[range[0] as usize..range[1] as usize] {
                    *rest = (*rest).min(next.rest[arc.to as usize].saturating_add(arc.cost));
                }
            }
        }
    }

    /// The ways on from a state before step `at`.
    pub fn arcs(&self, at: usize, state: u32) -> &[Arc] {
        let layer = &self.layers[at];
        let (from, to) = (layer.starts[state as usize], layer.starts[state as usize + 1]);
        &layer.arcs[from as usize..to as usize]
    }

    /// Where a decision leads.
    fn follow(&self, at: usize, state: u32, decision: u16) -> Option<u32> {
        self.arcs(at, state).iter().find(|arc| arc.decision == decision).map(|arc| arc.to)
    }

    /// The least cost from a state before step `at` to a division; [`NEVER`] when none follows.
    pub fn rest(&self, at: usize, state: u32) -> u32 {
        self.layers[at].rest[state as usize]
    }

    /// No division within the goal costs less than this; [`NEVER`] when there is none.
    pub fn least(&self) -> u32 {
        self.rest(0, 0)
    }
}

//! The ways on from a state: which of the neighbouring blocks the next unit joins.

use super::state::{Blocks, Head, Span, pair};
use super::steps::{BLOCKS, Course, OWN, SLOTS, Step};
use crate::balance::search::region::NOWHERE;
use std::cell::Cell;

/// A way on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    /// What was decided: without labels, the blocks that the unit joins, as bits; with labels,
    /// the label that it takes.
    pub decision: u16,
    /// What it costs, in ticks.
    pub cost: u32,
    /// The state that it leads to.
    pub head: Head,
    /// The spans of that state's blocks.
    pub spans: [Span; BLOCKS],
    /// Its block of each slot.
    of_slot: [u8; SLOTS],
    /// For each of its blocks, those that it must stay apart from.
    apart: [u16; BLOCKS],
}

impl Way {
    /// Room for a way.
    pub fn new() -> Self {
        Self {
            decision: 0,
            cost: 0,
            head: Head::default(),
            spans: [[0; 2]; BLOCKS],
            of_slot: [0; SLOTS],
            apart: [0; BLOCKS],
        }
    }

    /// The spans of the state's blocks.
    pub fn spans(&self) -> &[Span] {
        &self.spans[..usize::from(self.head.blocks)]
    }
}

/// A state that is being expanded at a step.
pub(super) struct Expansion<'c> {
    course: &'c Course<'c>,
    step: &'c Step,
    head: &'c Head,
    spans: &'c [Span],
    blocks: Blocks,
    /// Cost of the edges to each block.
    costs: [u32; BLOCKS],
    /// Blocks with an edge to the unit.
    near: u16,
    /// Set when a way on has more blocks than a state can hold and was left out.
    pub overflow: Cell<bool>,
}

/// The bits of a set of blocks, one by one.
pub(super) fn each(mut set: u16) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (set != 0).then(|| {
            let block = set.trailing_zeros() as usize;
            set &= set - 1;
            block
        })
    })
}

/// Whether a set of blocks holds this one.
fn holds(set: u16, block: usize) -> bool {
    block < BLOCKS && set >> block & 1 == 1
}

impl<'c> Expansion<'c> {
    /// Unpacks a state on a front of `slots` slots.
    pub fn new(
        course: &'c Course<'c>,
        step: &'c Step,
        slots: usize,
        head: &'c Head,
        spans: &'c [Span],
    ) -> Self {
        let blocks = Blocks::of(head, slots, course.is_labelled());
        let (mut costs, mut near) = ([0; BLOCKS], 0);
        for &(slot, cost) in &step.near {
            let block = blocks.of_slot[slot as usize];
            costs[block as usize] += cost;
            near |= 1 << block;
        }
        Self { course, step, head, spans, blocks, costs, near, overflow: Cell::new(false) }
    }

    /// Calls `visit` with every way on that is `wanted`, by its decision and cost. `way` is room
    /// for them.
    pub fn each(
        &self,
        way: &mut Way,
        mut wanted: impl FnMut(u16, u32) -> bool,
        mut visit: impl FnMut(&Way),
    ) {
        if self.course.is_labelled() {
            return self.each_label(way, wanted, visit);
        }
        let all: u32 = self.costs.iter().sum();
        let mut joined = 0u16;
        loop {
            let free = each(joined).all(|block| self.blocks.apart[block] & joined == 0);
            if free {
                let cost = all - each(joined).map(|block| self.costs[block]).sum::<u32>();
                (way.decision, way.cost) = (joined, cost);
                if wanted(joined, cost) && self.follow(way, joined, 0) {
                    visit(way);
                }
            }
            joined = joined.wrapping_sub(self.near) & self.near;
            if joined == 0 {
                return;
            }
        }
    }

    fn each_label(
        &self,
        way: &mut Way,
        mut wanted: impl FnMut(u16, u32) -> bool,
        mut visit: impl FnMut(&Way),
    ) {
        let open = &self.blocks.label[..usize::from(self.head.blocks)];
        let mut fresh = false;
        for label in 0..self.course.grids as u8 {
            if self.blocks.complete >> label & 1 == 1 {
                continue;
            }
            // Labels that are nobody's home are alike: the first stands for all.
            let unused = !self.course.labels[label as usize] && !open.contains(&label);
            if unused && std::mem::replace(&mut fresh, true) {
                continue;
            }
            let same = |&block: &usize| self.blocks.label[block] == label;
            let joined = each(self.near).filter(same).fold(0, |set, block| set | 1 << block);
            let mut cost: u32 = each(self.near & !joined).map(|block| self.costs[block]).sum();
            if self.step.home != NOWHERE && self.step.home != u32::from(label) {
                cost += self.step.home_cost;
            }
            (way.decision, way.cost) = (u16::from(label), cost);
            if wanted(way.decision, cost) && self.follow(way, joined, label) {
                visit(way);
            }
        }
    }

    /// Fills in the state after the unit joined some blocks; whether a division can follow.
    fn follow(&self, way: &mut Way, joined: u16, label: u8) -> bool {
        let (course, step, blocks) = (self.course, self.step, &self.blocks);
        let old = usize::from(self.head.blocks);
        let mut own = [step.weight; 2];
        for block in each(joined) {
            let span = self.spans[block];
            own = [own[0].saturating_add(span[0]), own[1].saturating_add(span[1])];
        }
        if own[0] > course.upper {
            return false;
        }
        own[1] = own[1].min(course.upper);
        // The unit's block is number `old` until the new numbers are there.
        let mut number = [u8::MAX; BLOCKS + 1];
        let (mut count, mut ids) = (0u8, 0u128);
        for (slot, &from) in step.keep.iter().enumerate() {
            let block = if from == OWN { old } else { usize::from(blocks.of_slot[from as usize]) };
            let block = if holds(joined, block) { old } else { block };
            if number[block] == u8::MAX {
                if usize::from(count) == BLOCKS {
                    self.overflow.set(true);
                    return false;
                }
                number[block] = count;
                count += 1;
            }
            way.of_slot[slot] = number[block];
            ids |= u128::from(number[block]) << (4 * slot);
        }
        let mut done = self.head.done;
        let mut complete = blocks.complete;
        for block in (0..=old).filter(|&block| !holds(joined, block)) {
            let span = if block == old { own } else { self.spans[block] };
            if number[block] != u8::MAX {
                way.spans[usize::from(number[block])] = span;
                continue;
            }
            // Nobody on the front: the grid is complete.
            if span[1] < course.lower {
                return false;
            }
            done += 1;
            let label = if block == old { label } else { blocks.label[block] };
            complete |= 1 << label;
        }
        way.head =
            Head { ids, cost: self.head.cost + way.cost, done, blocks: count, ..Head::default() };
        if course.is_labelled() {
            self.mark_labels(way, &number, label, complete)
        } else {
            self.mark_apart(way, &number, joined);
            true
        }
    }

    /// Fills in the labels of the new blocks; not when a complete grid has units elsewhere.
    fn mark_labels(
        &self,
        way: &mut Way,
        number: &[u8; BLOCKS + 1],
        label: u8,
        complete: u64,
    ) -> bool {
        let old = usize::from(self.head.blocks);
        let mut labels = [0; BLOCKS];
        let mut packed = u128::from(complete) << 64;
        for (block, &number) in number[..=old].iter().enumerate() {
            if number != u8::MAX {
                let label = if block == old { label } else { self.blocks.label[block] };
                if complete >> label & 1 == 1 {
                    return false;
                }
                labels[usize::from(number)] = label;
                packed |= u128::from(label) << (4 * number);
            }
        }
        way.head.apart = packed;
        let count = usize::from(way.head.blocks);
        for block in 0..count {
            let others = (0..count).filter(|&other| labels[other] != labels[block]);
            way.apart[block] = others.fold(0, |set, other| set | 1 << other);
        }
        true
    }

    /// Fills in which new blocks must stay apart.
    fn mark_apart(&self, way: &mut Way, number: &[u8; BLOCKS + 1], joined: u16) {
        let old = usize::from(self.head.blocks);
        way.apart = [0; BLOCKS];
        let mut pairs = 0u128;
        let mut keep_apart = |a: usize, b: usize| {
            let (a, b) = (usize::from(number[a]), usize::from(number[b]));
            if a != usize::from(u8::MAX) && b != usize::from(u8::MAX) && a != b {
                pairs |= 1 << pair(a, b);
                way.apart[a] |= 1 << b;
                way.apart[b] |= 1 << a;
            }
        };
        let own = each(joined).fold(self.near & !joined, |set, b| set | self.blocks.apart[b]);
        for block in (0..old).filter(|&block| !holds(joined, block)) {
            for other in each(self.blocks.apart[block] & !joined).filter(|&other| other < block) {
                keep_apart(block, other);
            }
            if holds(own, block) {
                keep_apart(block, old);
            }
        }
        way.head.apart = pairs;
    }
}

/// Looks at a new state: the cost that is sure to come; `None` when no division can follow.
pub(super) fn look_ahead(course: &Course, step: &Step, way: &Way) -> Option<u32> {
    let spans = way.spans();
    let count = spans.len();
    let left = i64::from(course.grids) - i64::from(way.head.done);
    // Blocks that are all apart from each other become different grids.
    let mut different = 0u16;
    for block in 0..count {
        if way.apart[block] & different == different {
            different |= 1 << block;
        }
    }
    if i64::from(different.count_ones()) > left || count as i64 + i64::from(step.rest_units) < left
    {
        return None;
    }
    // Households of the grids that are not complete.
    let least = step.rest as i64 + spans.iter().map(|span| i64::from(span[0])).sum::<i64>();
    let most = step.rest as i64 + spans.iter().map(|span| i64::from(span[1])).sum::<i64>();
    if least > left * i64::from(course.upper) || most < left * i64::from(course.lower) {
        return None;
    }
    for block in 0..count {
        let short = u64::from(course.lower).saturating_sub(u64::from(spans[block][1]) + step.rest);
        if short > 0 {
            let mates = (0..count).filter(|&b| b != block && !holds(way.apart[block], b));
            if mates.map(|mate| u64::from(spans[mate][1])).sum::<u64>() < short {
                return None;
            }
        }
    }
    Some(step.ahead.iter().map(|near| sure_cost(way, near)).sum())
}

/// What a unit that is still to be met costs at least, whatever it joins.
fn sure_cost(way: &Way, near: &[(u8, u32)]) -> u32 {
    let first = way.of_slot[near[0].0 as usize];
    if near.iter().all(|&(slot, _)| way.of_slot[slot as usize] == first) {
        return 0;
    }
    let (mut all, mut most) = (0, 0);
    for &(slot, cost) in near {
        all += cost;
        let apart = way.apart[usize::from(way.of_slot[slot as usize])];
        let kept =
            near.iter().filter(|&&(s, _)| !holds(apart, usize::from(way.of_slot[s as usize])));
        most = most.max(kept.map(|&(_, cost)| cost).sum::<u32>());
    }
    all - most
}

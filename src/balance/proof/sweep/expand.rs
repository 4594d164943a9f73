//! The ways on from a state: which of the neighbouring blocks the next unit joins.

use super::state::{Blocks, Head, Span, pair};
use super::steps::{BLOCKS, Course, OWN, Step};
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

    /// Calls `visit` with every way on.
    pub fn each(&self, mut visit: impl FnMut(&Way)) {
        if self.course.is_labelled() {
            return self.each_label(visit);
        }
        let all: u32 = self.costs.iter().sum();
        let mut joined = 0u16;
        loop {
            let free = each(joined).all(|block| self.blocks.apart[block] & joined == 0);
            if free {
                let cost = all - each(joined).map(|block| self.costs[block]).sum::<u32>();
                if let Some(way) = self.way(joined, joined, 0, cost) {
                    visit(&way);
                }
            }
            joined = joined.wrapping_sub(self.near) & self.near;
            if joined == 0 {
                return;
            }
        }
    }

    fn each_label(&self, mut visit: impl FnMut(&Way)) {
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
            let mut cost: u32 =
                each(self.near & !joined).map(|block| self.costs[block]).sum();
            if self.step.home != crate::balance::search::region::NOWHERE
                && self.step.home != u32::from(label)
            {
                cost += self.step.home_cost;
            }
            if let Some(way) = self.way(u16::from(label), joined, label, cost) {
                visit(&way);
            }
        }
    }

    /// The state after the unit joined some blocks; `None` when no division can follow.
    fn way(&self, decision: u16, joined: u16, label: u8, cost: u32) -> Option<Way> {
        let (course, step, blocks) = (self.course, self.step, &self.blocks);
        let old = usize::from(self.head.blocks);
        let mut own = [step.weight; 2];
        for block in each(joined) {
            own = [own[0].saturating_add(self.spans[block][0]), own[1].saturating_add(self.spans[block][1])];
        }
        if own[0] > course.upper {
            return None;
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
                    return None;
                }
                number[block] = count;
                count += 1;
            }
            ids |= u128::from(number[block]) << (4 * slot);
        }
        let mut way = Way {
            decision,
            cost,
            head: Head {
                ids,
                cost: self.head.cost + cost,
                done: self.head.done,
                blocks: count,
                ..Head::default()
            },
            spans: [[0; 2]; BLOCKS],
        };
        let mut complete = blocks.complete;
        for block in (0..=old).filter(|&block| !holds(joined, block)) {
            let span = if block == old { own } else { self.spans[block] };
            if number[block] != u8::MAX {
                way.spans[usize::from(number[block])] = span;
                continue;
            }
            // Nobody on the front: the grid is complete.
            if span[1] < course.lower {
                return None;
            }
            way.head.done += 1;
            let label = if block == old { label } else { blocks.label[block] };
            complete |= 1 << label;
        }
        way.head.apart = if course.is_labelled() {
            self.labels(&number, label, complete)?
        } else {
            self.apart(&number, joined)
        };
        Some(way)
    }

    /// The labels of the new blocks; `None` when a complete grid has units elsewhere.
    fn labels(&self, number: &[u8; BLOCKS + 1], label: u8, complete: u64) -> Option<u128> {
        let old = usize::from(self.head.blocks);
        let mut labels = u128::from(complete) << 64;
        for (block, &number) in number[..=old].iter().enumerate() {
            if number != u8::MAX {
                let label = if block == old { label } else { self.blocks.label[block] };
                if complete >> label & 1 == 1 {
                    return None;
                }
                labels |= u128::from(label) << (4 * number);
            }
        }
        Some(labels)
    }

    /// The pairs of new blocks that must stay apart.
    fn apart(&self, number: &[u8; BLOCKS + 1], joined: u16) -> u128 {
        let old = usize::from(self.head.blocks);
        let mut pairs = 0;
        let mut keep_apart = |a: usize, b: usize| {
            let (a, b) = (number[a], number[b]);
            if a != u8::MAX && b != u8::MAX && a != b {
                pairs |= 1u128 << pair(usize::from(a), usize::from(b));
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
        pairs
    }
}

/// Looks at a new state: fills in the cost that is sure to come. Whether any division can follow.
pub(super) fn look_ahead(course: &Course, step: &Step, head: &mut Head, spans: &[Span]) -> bool {
    let blocks = Blocks::of(head, step.keep.len(), course.is_labelled());
    let count = spans.len();
    let left = course.grids as i64 - i64::from(head.done);
    let apart = |a: usize, b: usize| blocks.apart[a] >> b & 1 == 1;
    // Blocks that are all apart from each other become different grids.
    let mut different = 0u16;
    for block in 0..count {
        if blocks.apart[block] & different == different {
            different |= 1 << block;
        }
    }
    if i64::from(different.count_ones()) > left
        || count as i64 + i64::from(step.rest_units) < left
    {
        return false;
    }
    // Households of the grids that are not complete.
    let least = step.rest as i64 + spans.iter().map(|span| i64::from(span[0])).sum::<i64>();
    let most = step.rest as i64 + spans.iter().map(|span| i64::from(span[1])).sum::<i64>();
    if least > left * i64::from(course.upper) || most < left * i64::from(course.lower) {
        return false;
    }
    for block in 0..count {
        let mates = (0..count).filter(|&other| other != block && !apart(block, other));
        let found: u64 = mates.map(|mate| u64::from(spans[mate][1])).sum();
        if u64::from(spans[block][1]) + step.rest + found < u64::from(course.lower) {
            return false;
        }
    }
    head.ahead = step.ahead.iter().map(|near| sure_cost(&blocks, near)).sum();
    true
}

/// What a unit that is still to be met costs at least, whatever it joins.
fn sure_cost(blocks: &Blocks, near: &[(u8, u32)]) -> u32 {
    let mut costs = [0u32; BLOCKS];
    let mut met = 0u16;
    for &(slot, cost) in near {
        let block = blocks.of_slot[slot as usize];
        costs[block as usize] += cost;
        met |= 1 << block;
    }
    if met & (met - 1) == 0 {
        return 0;
    }
    let kept = |block: usize| -> u32 {
        each(met & !blocks.apart[block]).map(|mate| costs[mate]).sum()
    };
    let all: u32 = each(met).map(|block| costs[block]).sum();
    all - each(met).map(kept).max().unwrap_or(0)
}

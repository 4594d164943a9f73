//! States of a sweep, and the table that merges those that look alike.

use super::steps::BLOCKS;

/// Least and most households that a block may hold.
pub(super) type Span = [u32; 2];

/// What a sweep remembers of the units it has met. The units on the front lie in blocks: pieces
/// of grids that hang together by units met so far. Two blocks may still become one grid, unless
/// an edge between them is cut.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Head {
    /// Block of each slot, four bits each, numbered in the order of the slots.
    pub ids: u128,
    /// Without labels, a bit for each pair of blocks that must stay apart ([`pair`]); with
    /// labels, four bits for the label of each block, and from bit 64 a bit for each label whose
    /// grid is complete.
    pub apart: u128,
    /// Cost so far, in ticks.
    pub cost: u32,
    /// The state of the coarser sweep that this one belongs to.
    pub coarse: u32,
    /// Where its spans begin.
    pub spans: u32,
    /// Number of grids that are complete.
    pub done: u16,
    /// Number of blocks.
    pub blocks: u8,
}

/// The bit of a pair of blocks.
pub(super) fn pair(a: usize, b: usize) -> usize {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    high * (high - 1) / 2 + low
}

/// The states of one front. States with the same blocks, whose spans begin in the same buckets,
/// are merged into one that allows whatever either does.
#[derive(Clone, Debug)]
pub(super) struct Front {
    pub heads: Vec<Head>,
    spans: Vec<Span>,
    table: Vec<u32>,
    /// Households in a bucket.
    bucket: u32,
}

impl Front {
    /// An empty front.
    pub fn new(bucket: u32) -> Self {
        Self { heads: Vec::new(), spans: Vec::new(), table: vec![u32::MAX; 1 << 8], bucket }
    }

    /// The front before the first unit: one state without blocks.
    pub fn start(bucket: u32) -> Self {
        Self { heads: vec![Head::default()], ..Self::new(bucket) }
    }

    /// The spans of a state's blocks.
    pub fn spans(&self, head: &Head) -> &[Span] {
        &self.spans[head.spans as usize..head.spans as usize + usize::from(head.blocks)]
    }

    /// The state that `head` with `spans` is merged into, or becomes if it is `wanted`.
    pub fn merge(
        &mut self,
        mut head: Head,
        spans: &[Span],
        wanted: impl FnOnce(&Head) -> bool,
    ) -> Option<u32> {
        let mask = self.table.len() - 1;
        let mut place = self.hash(&head, spans) as usize & mask;
        while self.table[place] != u32::MAX {
            let index = self.table[place];
            if self.is_same(&self.heads[index as usize], &head, spans) {
                let old = &mut self.heads[index as usize];
                old.cost = old.cost.min(head.cost);
                let from = old.spans as usize;
                for (old, new) in self.spans[from..].iter_mut().zip(spans) {
                    *old = [old[0].min(new[0]), old[1].max(new[1])];
                }
                return Some(index);
            }
            place = (place + 1) & mask;
        }
        if !wanted(&head) {
            return None;
        }
        let index = self.heads.len() as u32;
        self.table[place] = index;
        head.spans = self.spans.len() as u32;
        self.spans.extend_from_slice(spans);
        self.heads.push(head);
        if self.heads.len() * 2 > self.table.len() {
            self.enlarge();
        }
        Some(index)
    }

    fn is_same(&self, old: &Head, new: &Head, spans: &[Span]) -> bool {
        old.ids == new.ids
            && old.apart == new.apart
            && old.coarse == new.coarse
            && old.done == new.done
            && old.blocks == new.blocks
            && (self.spans(old).iter().zip(spans))
                .all(|(old, new)| old[0] / self.bucket == new[0] / self.bucket)
    }

    fn hash(&self, head: &Head, spans: &[Span]) -> u64 {
        const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
        let step = |hash: u64, part: u64| ((hash ^ part).wrapping_mul(MIX)).rotate_left(29);
        let mut hash = u64::from(head.coarse) << 32 | u64::from(head.done) << 8;
        for wide in [head.ids, head.apart] {
            hash = step(step(hash, wide as u64), (wide >> 64) as u64);
        }
        for span in spans {
            hash = step(hash, u64::from(span[0] / self.bucket));
        }
        hash ^ hash >> 32
    }

    fn enlarge(&mut self) {
        let mask = self.table.len() * 4 - 1;
        let mut table = vec![u32::MAX; mask + 1];
        for (index, head) in self.heads.iter().enumerate() {
            let mut place = self.hash(head, self.spans(head)) as usize & mask;
            while table[place] != u32::MAX {
                place = (place + 1) & mask;
            }
            table[place] = index as u32;
        }
        self.table = table;
    }
}

/// Blocks of a state, unpacked.
#[derive(Clone, Debug)]
pub(super) struct Blocks {
    /// Block of each slot.
    pub of_slot: [u8; super::steps::SLOTS],
    /// For each block, the blocks that it must stay apart from.
    pub apart: [u16; BLOCKS + 1],
    /// Label of each block.
    pub label: [u8; BLOCKS + 1],
    /// Labels whose grids are complete.
    pub complete: u64,
}

impl Blocks {
    /// Unpacks a state with `slots` slots.
    pub fn of(head: &Head, slots: usize, labelled: bool) -> Self {
        let mut blocks = Self {
            of_slot: [0; super::steps::SLOTS],
            apart: [0; BLOCKS + 1],
            label: [0; BLOCKS + 1],
            complete: 0,
        };
        for (slot, block) in blocks.of_slot[..slots].iter_mut().enumerate() {
            *block = (head.ids >> (4 * slot) & 15) as u8;
        }
        let count = usize::from(head.blocks);
        if labelled {
            for (block, label) in blocks.label[..count].iter_mut().enumerate() {
                *label = (head.apart >> (4 * block) & 15) as u8;
            }
            blocks.complete = (head.apart >> 64) as u64;
            for block in 0..count {
                let others = (0..count).filter(|&b| blocks.label[b] != blocks.label[block]);
                blocks.apart[block] = others.fold(0, |set, b| set | 1 << b);
            }
        } else {
            for high in 1..count {
                for low in 0..high {
                    if head.apart >> pair(low, high) & 1 == 1 {
                        blocks.apart[low] |= 1 << high;
                        blocks.apart[high] |= 1 << low;
                    }
                }
            }
        }
        blocks
    }
}

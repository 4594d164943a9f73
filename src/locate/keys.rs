//! A table from keys to the numbers of what bears them, by hash alone: 12 bytes an entry, and one
//! random access a look-up.
//!
//! Keys are hashed with 64 bits and not kept. Among 2 million keys the chance that any two share
//! a hash is one in ten million.

use std::ops::Range;

/// A hash that grows by one part after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hash(u64);

impl Hash {
    /// The hash of nothing.
    pub const EMPTY: Self = Self(0xcbf2_9ce4_8422_2325);

    /// With one part more.
    pub fn with(self, part: u32) -> Self {
        let mixed = (self.0 ^ u64::from(part)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(mixed ^ (mixed >> 29))
    }

    /// Of all characters of a text.
    pub fn of(text: &str) -> Self {
        text.chars().fold(Self::EMPTY, |hash, c| hash.with(c as u32))
    }

    fn value(self) -> u64 {
        let mixed = (self.0 ^ (self.0 >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
        mixed ^ (mixed >> 32)
    }
}

/// Numbers that count: those of some ranges, in rising order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope(pub Vec<Range<u32>>);

impl Scope {
    /// How many count.
    pub fn count(&self) -> usize {
        self.0.iter().map(ExactSizeIterator::len).sum()
    }

    /// The pieces of a rising list whose numbers count.
    pub fn pieces_of<'l>(&'l self, list: &'l [u32]) -> impl Iterator<Item = &'l [u32]> + 'l {
        self.0.iter().map(move |range| {
            let from = list.partition_point(|n| *n < range.start);
            let to = from + list[from..].partition_point(|n| *n < range.end);
            &list[from..to]
        })
    }
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct KeyTable {
    hashes: Vec<u64>,
    numbers: Vec<u32>,
    /// Where the hashes with each beginning start.
    starts: Vec<u32>,
    /// By how much a hash is shifted to give its beginning.
    shift: u32,
}

impl KeyTable {
    /// The table of some keys. O(n log n).
    pub fn build(mut entries: Vec<(Hash, u32)>) -> Self {
        entries.sort_unstable_by_key(|(hash, number)| (hash.value(), *number));
        entries.dedup_by_key(|(hash, number)| (hash.value(), *number));
        let bits = (entries.len() / 2).max(2).next_power_of_two().trailing_zeros();
        let shift = 64 - bits;
        let mut starts = vec![0_u32; (1 << bits) + 1];
        for (hash, _) in &entries {
            starts[(hash.value() >> shift) as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let (hashes, numbers) = entries.into_iter().map(|(h, n)| (h.value(), n)).unzip();
        Self { hashes, numbers, starts, shift }
    }

    /// The numbers of a key, rising.
    pub fn get(&self, key: Hash) -> &[u32] {
        let hash = key.value();
        if self.hashes.is_empty() {
            return &[];
        }
        let at = (hash >> self.shift) as usize;
        let (from, to) = (self.starts[at] as usize, self.starts[at + 1] as usize);
        let bucket = &self.hashes[from..to];
        let first = bucket.partition_point(|h| *h < hash);
        let count = bucket[first..].partition_point(|h| *h == hash);
        &self.numbers[from + first..from + first + count]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_give_their_numbers() {
        let entries = (0..1000_u32).map(|n| (Hash::of(&(n % 300).to_string()), n)).collect();
        let table = KeyTable::build(entries);
        assert_eq!(table.get(Hash::of("7")), [7, 307, 607, 907]);
        assert_eq!(table.get(Hash::of("301")), [] as [u32; 0]);
        assert!(KeyTable::default().get(Hash::of("7")).is_empty());
        let scope = Scope(vec![0..8, 600..700]);
        let pieces: Vec<_> = scope.pieces_of(table.get(Hash::of("7"))).flatten().collect();
        assert_eq!(pieces, [&7, &607]);
    }
}

//! A checksum of words, at the speed of memory.

/// Odd, so that multiplying loses nothing; the golden ratio, as in Fibonacci hashing.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// A sum that goes on while words come.
#[derive(Clone, Copy, Debug)]
pub struct Checksum(u64);

impl Checksum {
    pub fn new() -> Self {
        Self(FACTOR)
    }

    /// Each step can be undone, so two sequences that differ in one word have different sums.
    #[inline]
    pub fn add(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(FACTOR).rotate_left(29);
    }

    pub fn value(self) -> u64 {
        self.0
    }
}

/// The sum of words: four sums side by side, so that one need not wait for the other.
pub fn checksum(words: &[u64]) -> u64 {
    let mut lanes = [Checksum::new(); 4];
    let (fours, rest) = words.as_chunks::<4>();
    for four in fours {
        for (lane, word) in lanes.iter_mut().zip(four) {
            lane.add(*word);
        }
    }
    let mut all = Checksum::new();
    all.add(words.len() as u64);
    rest.iter().copied().chain(lanes.map(Checksum::value)).for_each(|word| all.add(word));
    all.value()
}

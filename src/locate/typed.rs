//! Names by what is typed in Latin letters: pinyin, initials or both, from the first letter on.

use super::gazetteer::{Gazetteer, initial_of};
use super::sound::{self, Piece};

/// Initials that are sorted by; names that agree in more are told apart one by one.
const SORTED: usize = 8;
/// Names that one question looks at, at most.
const MOST_LOOKED_AT: usize = 8_000;

/// All names, sorted by the letters that their characters begin with.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    sorted: Vec<([u8; SORTED], u32)>,
}

impl Typed {
    /// The names of a gazetteer that have characters. O(n log n).
    pub fn build(gazetteer: &Gazetteer) -> Self {
        let mut sorted = Vec::new();
        for number in 0..gazetteer.count() {
            let key = gazetteer.key(number);
            if gazetteer.name(number).short || key.is_ascii() {
                continue;
            }
            let mut initials = [0; SORTED];
            for (place, letter) in initials.iter_mut().zip(key.chars()) {
                *place = initial_of(letter).and_then(|i| u8::try_from(i).ok()).unwrap_or(b'?');
            }
            sorted.push((initials, number));
        }
        sorted.sort_unstable();
        Self { sorted }
    }

    /// The names that begin with what is typed: of each character the whole syllable or its first
    /// letter, of the last one any part.
    pub fn beginning_with(&self, typed: &str, gazetteer: &Gazetteer) -> Vec<u32> {
        let letters: Vec<u8> = typed.bytes().filter(u8::is_ascii_lowercase).collect();
        let plain = typed.bytes().all(|b| b.is_ascii_lowercase() || b == b' ' || b == b'-');
        if letters.is_empty() || !plain {
            return Vec::new();
        }
        // The reading with the fewest syllables first; fang'an may be fan'gan.
        for initials in [initials_of(&letters), vec![letters[0]]] {
            let found = self.among(&initials, &letters, gazetteer);
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    fn among(&self, initials: &[u8], letters: &[u8], gazetteer: &Gazetteer) -> Vec<u32> {
        let initials = &initials[..initials.len().min(SORTED)];
        let from = self.sorted.partition_point(|(known, _)| &known[..initials.len()] < initials);
        let begins = self.sorted[from..].iter().take(MOST_LOOKED_AT);
        let begins = begins.take_while(|(known, _)| known.starts_with(initials));
        let numbers = begins.map(|(_, number)| *number);
        numbers.filter(|number| reads_as(gazetteer.key(*number), letters)).collect()
    }
}

/// The letters that the typed syllables begin with, the last one perhaps unfinished.
fn initials_of(letters: &[u8]) -> Vec<u8> {
    let text: String = letters.iter().map(|b| char::from(*b)).collect();
    // "hongsh" ends in the beginning of a syllable: as few letters as need be are left off.
    let pieces = (1..=text.len()).rev().find_map(|end| sound::syllables(&text[..end]));
    let first = |piece: Piece| match piece {
        Piece::Syllable(syllable) => sound::letters(syllable).as_bytes()[0],
        Piece::Initial(letter) => letter,
        Piece::Character(letter) => letter as u8,
    };
    pieces.unwrap_or_default().into_iter().map(|(_, piece)| first(piece)).collect()
}

/// Whether a name begins with what is typed.
fn reads_as(name: &str, typed: &[u8]) -> bool {
    let Some(letter) = name.chars().next().filter(|_| !typed.is_empty()) else {
        return typed.is_empty();
    };
    let rest = &name[letter.len_utf8()..];
    let readings = sound::readings(letter);
    if readings.is_empty() {
        return letter as u32 == u32::from(typed[0]) && reads_as(rest, &typed[1..]);
    }
    readings.iter().any(|reading| {
        let syllable = sound::letters(*reading).as_bytes();
        let first = usize::from(typed[0] == syllable[0]);
        syllable.starts_with(typed)
            || (typed.starts_with(syllable) && reads_as(rest, &typed[syllable.len()..]))
            || (first == 1 && reads_as(rest, &typed[1..]))
            || (first == 1
                && syllable.get(1) == Some(&b'h')
                && typed.get(1) == Some(&b'h')
                && reads_as(rest, &typed[2..]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_typed() {
        for typed in ["h", "ho", "hong", "hongs", "hongsh", "hs", "hsh", "hsyj", "hongshiyj"] {
            assert!(reads_as("鸿仕雅居", typed.as_bytes()), "{typed}");
        }
        for typed in ["s", "hu", "hongy", "hsyjx", "hongshiyajux"] {
            assert!(!reads_as("鸿仕雅居", typed.as_bytes()), "{typed}");
        }
    }
}

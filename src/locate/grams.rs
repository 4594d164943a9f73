//! An inverted index of names by how two characters sound that stand side by side or with one
//! between, so that one index serves characters, homophones, pinyin and a wrong character; and the
//! weights of characters by rarity.

use super::keys::Scope;
use super::offices::without_office;
use super::sound::{CLASSES, class_of_char, classes_of_char};
use rustc_hash::FxHashMap;

/// Entries that a question for a part of a name looks at, at most.
const MOST_LOOKED_AT: usize = 8_000;

/// Rarity below which a character is common: it stands in one name of 50.
const COMMON: f32 = 4.0;

/// A character that stands in fewer names than this is never usual.
const FEW_NAMES: u32 = 5;
/// See [`Grams::is_usual`]; among fewer than 200,000 names the other bound is the higher one.
const USUAL: u32 = 200_000;

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Grams {
    /// By the classes of two characters: where their names begin in `names`.
    starts: Vec<u32>,
    names: Vec<u32>,
    /// The same for single characters.
    single_starts: Vec<u32>,
    single_names: Vec<u32>,
    /// In how many names a character stands.
    counts: FxHashMap<char, u32>,
    all: f32,
    /// Sum of the counts.
    letters: u32,
}

impl Grams {
    /// The index of some keys by position; `None` is left out.
    pub fn build<'k>(keys: impl Iterator<Item = Option<&'k str>> + Clone) -> Self {
        let mut made = Self::default();
        let mut letters = Vec::new();
        for key in keys.clone().flatten() {
            made.all += 1.0;
            letters.clear();
            letters.extend(key.chars());
            letters.sort_unstable();
            letters.dedup();
            for letter in &letters {
                *made.counts.entry(*letter).or_default() += 1;
                made.letters += 1;
            }
        }
        (made.starts, made.names) = lists(CLASSES * CLASSES, keys.clone(), pairs);
        (made.single_starts, made.single_names) = lists(CLASSES, keys, singles);
        made
    }

    /// How much a character tells: the logarithm of its rarity, and less than that for the common
    /// ones, so that all of 社区居委会 together do not outweigh a name.
    pub fn weight(&self, letter: char) -> f32 {
        let count = self.counts.get(&letter).copied().unwrap_or(0) as f32;
        let rarity = (1.0 + self.all / (count + 0.5)).ln();
        rarity * (rarity / COMMON).min(1.0)
    }

    /// Whether a character is usual in names: it stands in [`FEW_NAMES`] or more, and is one in
    /// [`USUAL`] letters or more. Where it stands in the place of another, this may be another name
    /// as well as a slip.
    pub fn is_usual(&self, letter: char) -> bool {
        let count = self.counts.get(&letter).copied().unwrap_or(0);
        count >= FEW_NAMES && count.saturating_mul(USUAL) >= self.letters
    }

    /// The names in which characters of two classes stand side by side, or with one between,
    /// rising.
    pub fn pair(&self, first: u16, second: u16) -> &[u32] {
        list(&self.starts, &self.names, gram(first, second))
    }

    /// Names that may hold a part: those that hold its rarest pair.
    pub fn holding<'s>(&'s self, part: &str, scope: &'s Scope) -> impl Iterator<Item = u32> + 's {
        let classes: Vec<u16> = part.chars().map(class_of_char).collect();
        let list = match classes.as_slice() {
            [] => &[][..],
            [only] => list(&self.single_starts, &self.single_names, usize::from(*only)),
            _ => {
                let pairs = classes.windows(2).map(|pair| self.pair(pair[0], pair[1]));
                pairs.min_by_key(|list| list.len()).unwrap_or_default()
            }
        };
        scope.pieces_of(list).flatten().copied().take(MOST_LOOKED_AT)
    }
}

fn gram(first: u16, second: u16) -> usize {
    usize::from(first) * CLASSES + usize::from(second)
}

fn list<'l>(starts: &[u32], names: &'l [u32], at: usize) -> &'l [u32] {
    match (starts.get(at), starts.get(at + 1)) {
        (Some(from), Some(to)) => &names[*from as usize..*to as usize],
        _ => &[],
    }
}

/// Lists of the names with each gram: where each begins, and all one after the other.
fn lists<'k>(
    count: usize,
    keys: impl Iterator<Item = Option<&'k str>> + Clone,
    grams_of: fn(&str, &mut Vec<u32>),
) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0_u32; count + 1];
    let mut grams = Vec::new();
    for key in keys.clone().flatten() {
        grams_of(key, &mut grams);
        for gram in &grams {
            starts[*gram as usize + 1] += 1;
        }
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut next = starts.clone();
    let mut names = vec![0_u32; starts[count] as usize];
    for (number, key) in keys.enumerate() {
        let Some(key) = key else { continue };
        grams_of(key, &mut grams);
        for gram in &grams {
            names[next[*gram as usize] as usize] = number as u32;
            next[*gram as usize] += 1;
        }
    }
    (starts, names)
}

fn pairs(key: &str, grams: &mut Vec<u32>) {
    grams.clear();
    let stem = without_office(key).0.len();
    let mut before: [Option<([u16; 4], usize)>; 2] = [None, None];
    for (at, letter) in key.char_indices() {
        let classes = classes_of_char(letter);
        // Of offices only what the search for parts of names needs.
        let count = if at < stem { 2 } else { 1 };
        for (first, count) in before[..count].iter().flatten() {
            for a in &first[..*count] {
                grams.extend(classes.0[..classes.1].iter().map(|b| gram(*a, *b) as u32));
            }
        }
        before = [Some(classes), before[0]];
    }
    grams.sort_unstable();
    grams.dedup();
}

fn singles(key: &str, grams: &mut Vec<u32>) {
    grams.clear();
    for letter in key.chars() {
        let (classes, count) = classes_of_char(letter);
        grams.extend(classes[..count].iter().map(|class| u32::from(*class)));
    }
    grams.sort_unstable();
    grams.dedup();
}

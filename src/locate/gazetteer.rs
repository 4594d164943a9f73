//! The names of a dataset, and how they are found: whole, in a text, in part, one letter off.
//!
//! Every name is stored under its normal form ([`super::normalize`]). Other forms of the same
//! name (pinyin, say) would be further keys of the same target.

use super::admin::{Level, OwnNames};
use super::normalize::normalize;
use crate::dataset::Dataset;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;

/// What a name names: positions are those of the dataset's vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A compound.
    Compound(usize),
    /// A landmark.
    Landmark(usize),
    /// A grid.
    Grid(usize),
    /// A community.
    Community(usize),
    /// A road, by its number in [`Gazetteer::road_names`].
    Road(usize),
    /// A level above the dataset: its own city, district or subdistrict.
    Own(Level),
}

/// A name and what it names.
#[derive(Clone, Debug)]
pub struct Name {
    /// Normal form.
    pub key: String,
    /// As the dataset writes it.
    pub written: String,
    /// What it names.
    pub target: Target,
    /// Whether it is another name than the one shown.
    pub alias: bool,
}

/// All names of a dataset.
#[derive(Clone, Debug, Default)]
pub struct Gazetteer {
    names: Vec<Name>,
    /// Road names as written, without doubles, sorted.
    roads: Vec<String>,
    by_key: FxHashMap<String, Vec<u32>>,
    /// Lengths in bytes of the keys that begin with a letter, longest first.
    lengths: FxHashMap<char, Vec<usize>>,
    by_letter: FxHashMap<char, Vec<u32>>,
    by_pair: FxHashMap<(char, char), Vec<u32>>,
}

impl Gazetteer {
    /// The names of a dataset. O(letters).
    pub fn build(dataset: &Dataset, own: &OwnNames) -> Self {
        let mut gazetteer = Self { roads: road_names(dataset), ..Self::default() };
        for (n, compound) in dataset.compounds.iter().enumerate() {
            gazetteer.add(&compound.name, Target::Compound(n), false);
            for alias in &compound.aliases {
                gazetteer.add(alias, Target::Compound(n), true);
            }
        }
        for (n, landmark) in dataset.landmarks.iter().enumerate() {
            gazetteer.add(&landmark.name, Target::Landmark(n), false);
            for alias in &landmark.aliases {
                gazetteer.add(alias, Target::Landmark(n), true);
            }
        }
        for (n, grid) in dataset.grids.iter().enumerate() {
            gazetteer.add(&grid.name, Target::Grid(n), false);
            gazetteer.add(&grid.code, Target::Grid(n), false);
        }
        for (n, community) in dataset.communities.iter().enumerate() {
            gazetteer.add(&community.name, Target::Community(n), false);
            if !community.name.ends_with("社区") {
                gazetteer.add(&format!("{}社区", community.name), Target::Community(n), true);
            }
        }
        for (n, road) in gazetteer.roads.clone().iter().enumerate() {
            gazetteer.add(road, Target::Road(n), false);
        }
        for (spelling, level) in own.spellings() {
            gazetteer.add(&spelling, Target::Own(level), false);
        }
        for lengths in gazetteer.lengths.values_mut() {
            lengths.sort_unstable_by_key(|length| Reverse(*length));
            lengths.dedup();
        }
        gazetteer
    }

    fn add(&mut self, written: &str, target: Target, alias: bool) {
        let key = normalize(written);
        let known = self.by_key.get(&key);
        let twice = known.is_some_and(|k| k.iter().any(|n| self.name(*n).target == target));
        let Some(first) = key.chars().next().filter(|_| !twice) else { return };
        let number = self.names.len() as u32;
        self.by_key.entry(key.clone()).or_default().push(number);
        self.lengths.entry(first).or_default().push(key.len());
        let letters: Vec<char> = key.chars().collect();
        for (n, letter) in letters.iter().enumerate() {
            push_once(self.by_letter.entry(*letter).or_default(), number);
            if let Some(next) = letters.get(n + 1) {
                push_once(self.by_pair.entry((*letter, *next)).or_default(), number);
            }
        }
        self.names.push(Name { key, written: written.to_owned(), target, alias });
    }

    /// A name by its number.
    pub fn name(&self, number: u32) -> &Name {
        &self.names[number as usize]
    }

    /// Road names as the dataset writes them, sorted.
    pub fn road_names(&self) -> &[String] {
        &self.roads
    }

    /// The longest name that begins at byte `at` of a normalised text: its length in bytes and
    /// the numbers of all names so written. Latin words and numbers are taken whole or not.
    pub fn longest_at(&self, text: &str, at: usize) -> Option<(usize, &[u32])> {
        let rest = text.get(at..)?;
        let first = rest.chars().next()?;
        if first.is_ascii_alphanumeric()
            && text[..at].ends_with(|c: char| c.is_ascii_alphanumeric())
        {
            return None;
        }
        self.lengths.get(&first)?.iter().find_map(|length| {
            let key = rest.get(..*length)?;
            let cut = key.ends_with(|c: char| c.is_ascii_alphanumeric())
                && rest[*length..].starts_with(|c: char| c.is_ascii_alphanumeric());
            let numbers = self.by_key.get(key).filter(|_| !cut)?;
            Some((*length, numbers.as_slice()))
        })
    }

    /// The numbers of all names that have `part` in them, the whole name included.
    pub fn containing(&self, part: &str) -> Vec<u32> {
        let letters: Vec<char> = part.chars().collect();
        let rarest = match letters.as_slice() {
            [] => None,
            [only] => self.by_letter.get(only),
            _ => {
                let pairs = letters.windows(2).map(|pair| self.by_pair.get(&(pair[0], pair[1])));
                let pairs: Option<Vec<_>> = pairs.collect();
                pairs.and_then(|lists| lists.into_iter().min_by_key(|list| list.len()))
            }
        };
        let numbers = rarest.into_iter().flatten().copied();
        numbers.filter(|number| self.name(*number).key.contains(part)).collect()
    }

    /// The numbers of the names of four letters or more that are one letter off: one changed, one
    /// too many or one missing.
    pub fn one_letter_off(&self, text: &str) -> Vec<u32> {
        let letters: Vec<char> = text.chars().collect();
        if letters.len() < 3 {
            return Vec::new();
        }
        let pairs = letters.windows(2).filter_map(|p| self.by_pair.get(&(p[0], p[1])));
        let mut numbers: Vec<u32> = pairs.flatten().copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.retain(|number| {
            let name: Vec<char> = self.name(*number).key.chars().collect();
            name.len() >= 4 && is_one_off(&letters, &name)
        });
        numbers
    }
}

fn push_once(list: &mut Vec<u32>, number: u32) {
    if list.last() != Some(&number) {
        list.push(number);
    }
}

fn road_names(dataset: &Dataset) -> Vec<String> {
    let drawn = dataset.roads.iter().filter_map(|road| road.name.clone());
    let mut names: Vec<String> =
        drawn.chain(dataset.doors.iter().map(|d| d.road.clone())).collect();
    names.sort();
    names.dedup();
    names
}

/// Whether two texts differ by one changed, one added or one missing letter.
fn is_one_off(a: &[char], b: &[char]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let head = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let tails = (&short[head..], &long[head..]);
    match long.len() - short.len() {
        1 => tails.0 == &tails.1[1..],
        _ => !tails.0.is_empty() && tails.0[1..] == tails.1[1..],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn one_letter_off_is_one_letter_off() {
        let off = |a, b| is_one_off(&letters(a), &letters(b));
        assert!(off("鸿士雅居", "鸿仕雅居"));
        assert!(off("仕雅居", "鸿仕雅居"));
        assert!(off("鸿仕雅雅居", "鸿仕雅居"));
        assert!(!off("鸿仕雅居", "鸿仕雅居"));
        assert!(!off("鸿士雅君", "鸿仕雅居"));
        assert!(!off("鸿仕", "鸿仕雅居"));
    }
}

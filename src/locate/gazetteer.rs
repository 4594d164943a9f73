//! The names of a dataset, and how they are found whole or in part.
//!
//! Every name is stored under its normal form ([`super::normalize`]), under its pinyin and under
//! its initials. Compounds are numbered in the order of [`super::areas`], so that the names of an
//! area are a range of numbers. About 130 bytes a name, for the country's 620,000 villages too.

use super::added::ByTarget;
use super::admin::{Level, OwnNames};
use super::area_tree::letter_keys;
use super::areas::{Areas, ROOT};
use super::grams::Grams;
use super::keys::{Hash, KeyTable, Scope};
use super::normalize::{normalize, spoken};
use super::offices::{Office, without_office};
use super::sound;
use crate::dataset::Dataset;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;
use std::ops::Range;

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

impl Target {
    /// Whether it is a place: a compound, a landmark or a grid.
    pub fn is_place(self) -> bool {
        matches!(self, Self::Compound(_) | Self::Landmark(_) | Self::Grid(_))
    }
}

/// A name and what it names.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    /// Where its normal form stands in the text of all keys.
    start: u32,
    length: u16,
    /// Whether it is another name than the one shown.
    pub alias: bool,
    /// Whether it was made from another by leaving out its suffix.
    pub short: bool,
    /// What it names.
    pub target: Target,
}

/// All names of a dataset.
#[derive(Clone, Debug, Default)]
pub struct Gazetteer {
    names: Vec<Name>,
    keys: String,
    /// Other names as the dataset writes them.
    written: FxHashMap<u32, Box<str>>,
    /// Road names as written, without doubles, sorted.
    roads: Vec<String>,
    exact: KeyTable,
    pinyin: KeyTable,
    initials: KeyTable,
    /// Lengths in bytes of the keys that begin with a letter, longest first.
    lengths: FxHashMap<char, Vec<usize>>,
    /// For pieces of names.
    pub grams: Grams,
    areas: Areas,
    /// For each area the names of compounds that stand in it and in none below.
    direct: Vec<Range<u32>>,
    /// For each area the names of all compounds in it.
    inside: Vec<Range<u32>>,
    /// Characters of the names of areas and communities.
    own_letters: FxHashSet<char>,
}

impl Gazetteer {
    /// The names of a dataset and those added to them. O(n log n).
    pub fn build(dataset: &Dataset, own: &OwnNames, added: &ByTarget<'_>) -> Self {
        let (areas, leaves) = Areas::of(dataset, own);
        let mut made = Self { roads: road_names(dataset), ..Self::default() };
        made.add_surroundings(dataset, own, added);
        made.add_compounds(dataset, (&areas, &leaves), added);
        made.areas = areas;
        made.make_tables();
        made
    }

    fn add_surroundings(&mut self, dataset: &Dataset, own: &OwnNames, added: &ByTarget<'_>) {
        for (n, landmark) in dataset.landmarks.iter().enumerate() {
            self.add(&landmark.name, Target::Landmark(n), false);
            let aliases = landmark.aliases.iter().map(String::as_str);
            self.add_aliases(aliases, Target::Landmark(n), added);
        }
        for (n, grid) in dataset.grids.iter().enumerate() {
            self.add(&grid.name, Target::Grid(n), false);
            self.add(&grid.code, Target::Grid(n), false);
        }
        for (n, community) in dataset.communities.iter().enumerate() {
            self.add(&community.name, Target::Community(n), false);
            if !community.name.ends_with("社区") {
                self.add(&format!("{}社区", community.name), Target::Community(n), true);
            }
            let normal = normalize(&community.name);
            self.own_letters.extend(normal.trim_end_matches("社区").chars());
        }
        for (n, road) in self.roads.clone().iter().enumerate() {
            self.add(road, Target::Road(n), false);
        }
        for (spelling, level) in own.spellings() {
            self.add(&spelling, Target::Own(level), false);
            self.own_letters.extend(spelling.chars());
        }
        let title = normalize(&dataset.title_zh);
        self.own_letters.extend(title.trim_end_matches("街道").chars());
    }

    fn add_compounds(
        &mut self,
        dataset: &Dataset,
        (areas, leaves): (&Areas, &[u32]),
        added: &ByTarget<'_>,
    ) {
        let mut order: Vec<usize> = (0..leaves.len()).collect();
        order.sort_by_key(|compound| leaves[*compound]);
        let mut compounds = order.into_iter().peekable();
        let count = areas.nodes().len().max(1);
        for area in 0..count as u32 {
            let start = self.names.len() as u32;
            while let Some(compound) = compounds.next_if(|c| leaves[*c] == area) {
                self.add_compound(dataset, compound, added);
            }
            self.direct.push(start..self.names.len() as u32);
        }
        let ends = areas.nodes().iter().map(|area| area.subtree.clone());
        self.inside = ends
            .map(|subtree| {
                let last = self.direct[subtree.end as usize - 1].end;
                self.direct[subtree.start as usize].start..last
            })
            .collect();
    }

    fn add_compound(&mut self, dataset: &Dataset, n: usize, added: &ByTarget<'_>) {
        let compound = &dataset.compounds[n];
        self.add(&compound.name, Target::Compound(n), false);
        self.add_aliases(compound.aliases.iter().map(String::as_str), Target::Compound(n), added);
        let normal = normalize(&compound.name);
        let (bare, _) = without_office(&normal);
        if bare.len() < normal.len()
            && bare.chars().count() >= 2
            && self.add(bare, Target::Compound(n), false)
            && let Some(name) = self.names.last_mut()
        {
            name.short = true;
        }
    }

    fn add_aliases<'a>(
        &mut self,
        own: impl Iterator<Item = &'a str>,
        target: Target,
        added: &ByTarget<'a>,
    ) {
        for alias in own.chain(added.get(&target).into_iter().flatten().copied()) {
            self.add(alias, target, true);
        }
    }

    /// Whether the name was new for its target.
    fn add(&mut self, written: &str, target: Target, alias: bool) -> bool {
        let key = normalize(written);
        // All names of a target stand one after the other, but those of roads and areas.
        let known = self.names.iter().rev().take_while(|name| name.target == target);
        if key.is_empty() || key.len() > usize::from(u16::MAX) {
            return false;
        }
        if known.into_iter().any(|name| self.key_of(name) == key) {
            return false;
        }
        let number = self.names.len() as u32;
        if alias {
            self.written.insert(number, written.into());
        }
        let (start, length) = (self.keys.len() as u32, key.len() as u16);
        self.keys.push_str(&key);
        self.names.push(Name { start, length, alias, short: false, target });
        true
    }

    fn make_tables(&mut self) {
        let (mut exact, mut pinyin, mut initials) = (Vec::new(), Vec::new(), Vec::new());
        let mut all_lengths: FxHashMap<char, Vec<usize>> = FxHashMap::default();
        for (number, name) in self.names.iter().enumerate() {
            let (key, number) = (self.key_of(name), number as u32);
            exact.push((Hash::of(key), number));
            // By the stem, so that the readings of 员 and 会 do not crowd out those of the name.
            if !name.short {
                let stem = spoken(without_office(key).0);
                pinyin.extend(letter_keys(&stem).into_iter().map(|hash| (hash, number)));
                initials.extend(initial_key(key).map(|hash| (hash, number)));
            }
            if let Some(first) = key.chars().next() {
                let lengths = all_lengths.entry(first).or_default();
                if !lengths.contains(&key.len()) {
                    lengths.push(key.len());
                }
            }
        }
        for lengths in all_lengths.values_mut() {
            lengths.sort_unstable_by_key(|length| Reverse(*length));
        }
        self.lengths = all_lengths;
        self.exact = KeyTable::build(exact);
        self.pinyin = KeyTable::build(pinyin);
        self.initials = KeyTable::build(initials);
        let keys = self.names.iter().map(|name| (!name.short).then(|| self.key_of(name)));
        self.grams = Grams::build(keys);
    }

    fn key_of(&self, name: &Name) -> &str {
        &self.keys[name.start as usize..name.start as usize + usize::from(name.length)]
    }

    /// Number of names.
    pub fn count(&self) -> u32 {
        self.names.len() as u32
    }

    /// A name by its number.
    pub fn name(&self, number: u32) -> &Name {
        &self.names[number as usize]
    }

    /// The office at the end of the name that a target is shown by.
    pub fn office(&self, number: u32) -> Option<Office> {
        let target = self.name(number).target;
        let before = self.names[..number as usize].iter().rev();
        let others = before.take_while(|name| name.target == target && !name.alias);
        let first = others.last().unwrap_or(self.name(number));
        without_office(self.key_of(first)).1
    }

    /// The normal form of a name.
    pub fn key(&self, number: u32) -> &str {
        self.key_of(self.name(number))
    }

    /// Another name as the dataset writes it.
    pub fn written(&self, number: u32) -> Option<&str> {
        self.written.get(&number).map(|written| &**written)
    }

    /// Road names as the dataset writes them, sorted.
    pub fn road_names(&self) -> &[String] {
        &self.roads
    }

    /// The tree of areas.
    pub fn areas(&self) -> &Areas {
        &self.areas
    }

    /// Whether a character stands in the name of an area or a community of the dataset, and so
    /// tells little of a place in it.
    pub fn is_own_letter(&self, letter: char) -> bool {
        self.own_letters.contains(&letter)
    }

    /// The names that count for a query which names an area: those of compounds in it, of
    /// compounds of which the dataset knows less than that, and of all that is no compound.
    pub fn scope(&self, area: u32) -> Scope {
        let first = self.direct.first().map_or(self.names.len() as u32, |d| d.start);
        if area == ROOT || self.inside.len() < 2 {
            return Scope(std::iter::once(0..self.names.len() as u32).collect());
        }
        let mut chain = self.areas.chain(area);
        chain.pop();
        let mut ranges: Vec<_> = std::iter::once(0..first).collect();
        ranges.extend(chain.into_iter().map(|above| self.direct[above as usize].clone()));
        ranges.push(self.inside[area as usize].clone());
        ranges.retain(|range| !range.is_empty());
        Scope(ranges)
    }

    /// How many names of compounds an area holds.
    pub fn names_in(&self, area: u32) -> Range<u32> {
        self.inside.get(area as usize).cloned().unwrap_or(0..0)
    }

    /// The longest name that begins at byte `at` of a normalised text: its length in bytes and
    /// the numbers of all names so written. Latin words and numbers are taken whole or not.
    pub fn longest_at(&self, text: &str, at: usize, scope: &Scope) -> Option<(usize, Vec<u32>)> {
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
            if cut {
                return None;
            }
            let numbers = in_scope(self.exact.get(Hash::of(key)), scope);
            (!numbers.is_empty()).then_some((*length, numbers))
        })
    }

    /// The names with this normal form.
    pub fn named(&self, key: &str) -> &[u32] {
        self.exact.get(Hash::of(key))
    }

    /// The names whose pinyin, without spaces and without an office at the end, has this hash.
    pub fn by_pinyin(&self, letters: Hash, scope: &Scope) -> Vec<u32> {
        in_scope(self.pinyin.get(letters), scope)
    }

    /// The names whose characters begin with the sounds of this hash; see [`initial_key`].
    pub fn by_initials(&self, initials: Hash, scope: &Scope) -> Vec<u32> {
        in_scope(self.initials.get(initials), scope)
    }

    /// The names that have `part` in them, the whole name included; of very many only some.
    pub fn containing<'a>(
        &'a self,
        part: &'a str,
        scope: &'a Scope,
    ) -> impl Iterator<Item = u32> + 'a {
        let some = self.grams.holding(part, scope);
        some.filter(move |number| self.key(*number).contains(part))
    }

    /// Whether the names of a single place, among all, have `part` in them.
    pub fn is_in_one(&self, part: &str) -> bool {
        let scope = self.scope(ROOT);
        let mut targets = self.containing(part, &scope).map(|number| self.name(number).target);
        let first = targets.next();
        first.is_some() && targets.all(|target| Some(target) == first)
    }
}

fn in_scope(numbers: &[u32], scope: &Scope) -> Vec<u32> {
    scope.pieces_of(numbers).flatten().copied().collect()
}

/// The hash of the letters that the characters of a name begin with, in their commonest reading;
/// Latin letters and digits stand for themselves. `None` for a name with anything else.
pub fn initial_key(name: &str) -> Option<Hash> {
    let mut key = Hash::EMPTY;
    for letter in name.chars() {
        key = key.with(initial_of(letter)?);
    }
    Some(key)
}

/// The letter that a character begins with.
pub fn initial_of(letter: char) -> Option<u32> {
    match sound::readings(letter).first() {
        Some(reading) => Some(u32::from(sound::letters(*reading).as_bytes()[0])),
        None if letter.is_ascii_alphanumeric() => Some(letter as u32),
        None => None,
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

//! The tree of administrative areas (province, city, district, subdistrict) that the compounds'
//! addresses and the title name, and how the head of a query is read against it: in full or
//! without suffixes, with levels left out, with homophones, in pinyin.

use super::admin::{Level, OwnNames, first_segment, forms, split};
use super::keys::{Hash, KeyTable};
use super::normalize::normalize;
use super::sound;
use crate::dataset::Dataset;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// Number of the node that stands for the whole dataset.
pub const ROOT: u32 = 0;
/// Most readings of a head that are followed.
const MOST_HEADS: usize = 12;
/// Letters of the longest name that is looked for, in characters and in pinyin.
const LONGEST: usize = 16;
const LONGEST_PINYIN: usize = 44;
/// Most spellings of a name with characters of several readings.
pub const MOST_SPELLINGS: usize = 8;

/// One area.
#[derive(Clone, Debug, Default)]
pub struct Area {
    /// Normal form of its name, with the suffix.
    pub key: String,
    /// The area that holds it.
    pub parent: u32,
    /// Numbers of it and of all below.
    pub subtree: Range<u32>,
}

/// All areas, each before those below it.
#[derive(Clone, Debug, Default)]
pub struct Areas {
    nodes: Vec<Area>,
    exact: KeyTable,
    sounds: KeyTable,
    letters: KeyTable,
}

/// A reading of the head of a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// Where it ends, in bytes.
    pub end: usize,
    /// The area that it names.
    pub area: u32,
    /// 1 for names in full, less for what was read into it.
    pub score: f64,
    /// Pieces of the text that name areas.
    pub used: Vec<Range<usize>>,
    /// Whether the last name was short or misspelt, so that it may be no area at all.
    doubtful: bool,
}

impl Areas {
    /// The tree of a dataset, and the area of each compound.
    pub fn of(dataset: &Dataset, own: &OwnNames) -> (Self, Vec<u32>) {
        let mut tree = Tree::default();
        let title = normalize(&dataset.title_zh);
        tree.add(&title, own);
        let mut known: FxHashMap<&str, u32> = FxHashMap::default();
        let leaf_of = |address: &Option<String>, tree: &mut Tree| {
            let normal = address.as_deref().map(normalize);
            normal.map_or(ROOT, |normal| tree.add(&normal, own))
        };
        let mut leaves = Vec::with_capacity(dataset.compounds.len());
        for compound in &dataset.compounds {
            let leaf = match compound.address.as_deref().and_then(|a| known.get(a)) {
                Some(leaf) => *leaf,
                None => leaf_of(&compound.address, &mut tree),
            };
            if let Some(address) = &compound.address {
                known.insert(address, leaf);
            }
            leaves.push(leaf);
        }
        let (areas, numbers) = tree.in_order();
        (areas, leaves.into_iter().map(|leaf| numbers[leaf as usize]).collect())
    }

    /// All areas by number.
    pub fn nodes(&self) -> &[Area] {
        &self.nodes
    }

    /// An area and those above it, the whole dataset first.
    pub fn chain(&self, area: u32) -> Vec<u32> {
        let mut chain = vec![area];
        let mut at = area;
        while at != ROOT {
            at = self.nodes[at as usize].parent;
            chain.push(at);
        }
        chain.reverse();
        chain
    }

    /// The readings of the head of a normalised text, the longest first. The last may be that it
    /// has no head.
    pub fn heads(&self, text: &str, own: &OwnNames) -> Vec<Head> {
        let none = Head { end: 0, area: ROOT, score: 1.0, used: Vec::new(), doubtful: false };
        if self.nodes.len() < 2 {
            return vec![none];
        }
        let mut open = vec![none];
        let mut done: Vec<Head> = Vec::new();
        while let Some(head) = open.pop() {
            let mut next = self.steps(text, &head, own);
            let certain = next.iter().any(|next| !next.doubtful);
            next.retain(|n| !done.iter().chain(&open).any(|k| k.end == n.end && k.area == n.area));
            if !certain {
                done.push(head);
            }
            open.extend(next);
            if done.len() + open.len() > 4 * MOST_HEADS {
                open.drain(..open.len().saturating_sub(MOST_HEADS));
            }
        }
        // 双山街道 in full speaks against 双山 and the rest.
        let longest = |head: &Head| done.iter().all(|h| h.area != head.area || h.end <= head.end);
        let kept: Vec<bool> = done.iter().map(longest).collect();
        let mut kept = kept.into_iter();
        done.retain(|_| kept.next().unwrap_or(true));
        done.sort_by(|a, b| b.end.cmp(&a.end).then(b.score.total_cmp(&a.score)));
        done.truncate(MOST_HEADS);
        done
    }

    /// The readings that have one area more.
    fn steps(&self, text: &str, head: &Head, own: &OwnNames) -> Vec<Head> {
        let start = skip(text, head.end, own);
        let below = self.nodes[head.area as usize].subtree.clone();
        let below = below.start + 1..below.end;
        let mut steps: Vec<Head> = Vec::new();
        let mut found = |end: usize, numbers: &[u32], factor: f64| {
            let from = numbers.partition_point(|n| *n < below.start);
            let inside = numbers[from..].iter().take_while(|n| **n < below.end);
            for area in inside.take(MOST_HEADS) {
                let full = text[start..end] == self.nodes[*area as usize].key;
                if steps.iter().any(|s| s.end == end && s.area == *area) {
                    continue;
                }
                let mut used = head.used.clone();
                used.push(start..end);
                let score = head.score * if full { 1.0 } else { factor };
                steps.push(Head { end, area: *area, score, used, doubtful: !full });
            }
        };
        let (mut exact, mut sounds) = (Hash::EMPTY, Hash::EMPTY);
        for (count, (at, letter)) in text[start..].char_indices().take(LONGEST).enumerate() {
            let end = start + at + letter.len_utf8();
            exact = exact.with(letter as u32);
            sounds = sounds.with(u32::from(sound::class_of_char(letter)));
            if count > 0 {
                found(end, self.exact.get(exact), 0.99);
                found(end, self.sounds.get(sounds), 0.95);
            }
        }
        if text[start..].starts_with(|c: char| c.is_ascii_lowercase()) {
            let mut letters = Hash::EMPTY;
            for (at, letter) in text[start..].char_indices().take(LONGEST_PINYIN) {
                match letter {
                    'a'..='z' => letters = letters.with(letter as u32),
                    ' ' | '-' => continue,
                    _ => break,
                }
                found(start + at + 1, self.letters.get(letters), 0.96);
            }
        }
        // 淮滨 of 淮滨县 leaves a 县 that begins nothing, 青岛 of 青岛市北区 leaves 市北区.
        let full: Vec<u32> = steps.iter().filter(|s| !s.doubtful).map(|s| s.area).collect();
        steps.retain(|s| !s.doubtful || !full.contains(&s.area) || self.goes_on(text, s));
        if steps.iter().all(|step| step.doubtful) {
            self.add_misspelt(text, start, head, &mut steps);
        }
        steps
    }

    /// Whether the name of an area below, in full, stands where a head ends.
    fn goes_on(&self, text: &str, head: &Head) -> bool {
        let below = &self.nodes[head.area as usize].subtree;
        let mut key = Hash::EMPTY;
        text[head.end..].char_indices().take(LONGEST).any(|(at, letter)| {
            key = key.with(letter as u32);
            let name = &text[head.end..head.end + at + letter.len_utf8()];
            let mut named = self.exact.get(key).iter();
            named.any(|n| below.contains(n) && self.nodes[*n as usize].key == name)
        })
    }

    /// Areas next below whose name, in full, stands here with one letter wrong.
    fn add_misspelt(&self, text: &str, start: usize, head: &Head, steps: &mut Vec<Head>) {
        let here: Vec<char> = text[start..].chars().take(LONGEST).collect();
        let area = &self.nodes[head.area as usize];
        let mut child = head.area + 1;
        let mut looked_at = 0;
        while child < area.subtree.end && looked_at < 200 {
            let node = &self.nodes[child as usize];
            let letters = node.key.chars().count();
            let fits = letters >= 3 && here.len() >= letters && {
                let mut wrong = 0.0;
                for (typed, own) in here.iter().zip(node.key.chars()) {
                    wrong += match sound::likeness(sound::Piece::Character(*typed), own) {
                        sound::Likeness::Equal => 0.0,
                        sound::Likeness::Same | sound::Likeness::Near => 0.5,
                        _ if letters >= 4 => 1.0,
                        _ => 2.0,
                    };
                }
                wrong <= 1.0
            };
            if fits {
                let end = start + here[..letters].iter().map(|c| c.len_utf8()).sum::<usize>();
                if !steps.iter().any(|s| s.end == end && s.area == child) {
                    let mut used = head.used.clone();
                    used.push(start..end);
                    let score = head.score * 0.9;
                    steps.push(Head { end, area: child, score, used, doubtful: true });
                }
            }
            child = node.subtree.end;
            looked_at += 1;
        }
    }
}

/// Past separators, and past the name of a level of which the dataset says nothing.
fn skip(text: &str, mut at: usize, own: &OwnNames) -> usize {
    loop {
        at += text[at..].len() - text[at..].trim_start_matches([' ', '-']).len();
        match first_segment(&text[at..]) {
            Some(segment) if !own.knows(segment.level) && segment.level != Level::Subdistrict => {
                at += segment.text.len();
            }
            _ => return at,
        }
    }
}

#[derive(Default)]
struct Tree {
    children: Vec<Vec<u32>>,
    keys: Vec<(String, u32)>,
    levels: Vec<Level>,
    by_name: FxHashMap<(u32, String), u32>,
}

impl Tree {
    /// The lowest area that the head of a normalised address names.
    fn add(&mut self, address: &str, own: &OwnNames) -> u32 {
        if self.keys.is_empty() {
            self.push(ROOT, String::new(), Level::Province);
        }
        let (segments, rest) = split(address);
        let mut at = ROOT;
        for segment in &segments {
            if own.is_foreign(segment) {
                return at; // a slip in the file
            }
            at = self.child(at, segment.text, segment.level);
        }
        // 农场, 开发区 and the like stand where a subdistrict does.
        let is_whole = !segments.iter().any(|s| s.level == Level::Subdistrict)
            && segments.len() >= 2
            && (2..=12).contains(&rest.chars().count())
            && !rest.ends_with(['路', '街', '巷', '弄', '号'])
            && rest.chars().all(|c| !c.is_ascii());
        if is_whole { self.child(at, rest, Level::Subdistrict) } else { at }
    }

    fn child(&mut self, parent: u32, name: &str, level: Level) -> u32 {
        if let Some(known) = self.by_name.get(&(parent, name.to_owned())) {
            return *known;
        }
        let number = self.push(parent, name.to_owned(), level);
        self.children[parent as usize].push(number);
        self.by_name.insert((parent, name.to_owned()), number);
        number
    }

    fn push(&mut self, parent: u32, name: String, level: Level) -> u32 {
        self.keys.push((name, parent));
        self.levels.push(level);
        self.children.push(Vec::new());
        (self.keys.len() - 1) as u32
    }

    /// The areas in order, and the new number of each.
    fn in_order(mut self) -> (Areas, Vec<u32>) {
        let mut numbers = vec![0_u32; self.keys.len()];
        let mut nodes: Vec<Area> = Vec::with_capacity(self.keys.len());
        let mut tables = (Vec::new(), Vec::new(), Vec::new());
        // A node is met twice: on the way down, and when all below it are numbered.
        let mut way = vec![(ROOT, false)];
        while let Some((old, all_below)) = way.pop() {
            let number = numbers[old as usize];
            if all_below {
                nodes[number as usize].subtree.end = nodes.len() as u32;
                continue;
            }
            let number = nodes.len() as u32;
            numbers[old as usize] = number;
            let (key, parent) = std::mem::take(&mut self.keys[old as usize]);
            for form in area_forms(&key, self.levels[old as usize]) {
                tables.0.push((Hash::of(&form), number));
                tables.1.extend(sound_keys(&form).into_iter().map(|hash| (hash, number)));
                tables.2.extend(letter_keys(&form).into_iter().map(|hash| (hash, number)));
            }
            let parent = numbers[parent as usize];
            nodes.push(Area { key, parent, subtree: number..number });
            way.push((old, true));
            let mut children = std::mem::take(&mut self.children[old as usize]);
            children.sort_by(|a, b| self.keys[*b as usize].cmp(&self.keys[*a as usize]));
            way.extend(children.into_iter().map(|child| (child, false)));
        }
        let [exact, sounds, letters] = [tables.0, tables.1, tables.2].map(KeyTable::build);
        (Areas { nodes, exact, sounds, letters }, numbers)
    }
}

/// How an area is written: in full, without its suffix, as its office.
fn area_forms(key: &str, level: Level) -> Vec<String> {
    if key.is_empty() {
        return Vec::new();
    }
    let mut all = forms(key, level);
    if level == Level::Subdistrict {
        let bare = ["街道", "镇", "乡"].iter().find_map(|suffix| key.strip_suffix(suffix));
        all.extend(bare.filter(|bare| bare.chars().count() >= 2).map(str::to_owned));
    }
    all
}

/// The hash of how a name sounds, by the classes of its characters, for each spelling.
fn sound_keys(name: &str) -> Vec<Hash> {
    let mut keys = vec![Hash::EMPTY];
    for letter in name.chars() {
        let (classes, count) = sound::classes_of_char(letter);
        let with =
            |class: &u16| keys.iter().map(|key| key.with(u32::from(*class))).collect::<Vec<_>>();
        let next: Vec<Hash> = classes[..count].iter().flat_map(with).collect();
        keys = next;
        keys.truncate(MOST_SPELLINGS);
    }
    keys
}

/// The hash of a name in pinyin without spaces, for each spelling. None for a name with other
/// letters.
pub fn letter_keys(name: &str) -> Vec<Hash> {
    let mut keys = vec![Hash::EMPTY];
    for letter in name.chars() {
        let readings = sound::readings(letter);
        if readings.is_empty() {
            return Vec::new();
        }
        let mut next = Vec::with_capacity(keys.len() * readings.len());
        for reading in readings {
            let letters = sound::letters(*reading);
            next.extend(keys.iter().map(|key| spelt(*key, letters)));
            // ü is typed as v, and after l and n as u too.
            if letters.contains('v') {
                next.extend(keys.iter().map(|key| spelt(*key, &letters.replace('v', "u"))));
            }
        }
        next.truncate(MOST_SPELLINGS);
        keys = next;
    }
    keys
}

fn spelt(key: Hash, letters: &str) -> Hash {
    letters.bytes().fold(key, |key, letter| key.with(u32::from(letter)))
}

//! The tree of administrative areas (province, city, district, subdistrict) that the compounds'
//! addresses and the title name, and how the head of a query is read against it: in full or
//! without suffixes, with levels left out, with homophones, in pinyin.

use super::admin::{Level, OwnNames, first_segment};
use super::area_tree::{Tree, letter_keys};
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

/// How freely the head of a query is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// Names as they are written, in full or short, in characters or in pinyin.
    AsWritten,
    /// Also homophones, and one wrong letter.
    Mended,
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
        let (nodes, tables, numbers) = tree.in_order();
        let [exact, sounds, letters] = tables;
        let areas = Self { nodes, exact, sounds, letters };
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
    pub fn heads(&self, text: &str, own: &OwnNames, spelling: Spelling) -> Vec<Head> {
        let none = Head { end: 0, area: ROOT, score: 1.0, used: Vec::new(), doubtful: false };
        if self.nodes.len() < 2 {
            return vec![none];
        }
        let mut open = vec![none];
        let mut done: Vec<Head> = Vec::new();
        while let Some(head) = open.pop() {
            let mut next = self.steps(text, &head, own, spelling);
            let certain = next.iter().any(|next| !next.doubtful);
            next.retain(|n| !done.iter().chain(&open).any(|k| k.end == n.end && k.area == n.area));
            if !certain {
                done.push(head);
            }
            open.extend(next);
            // The largest areas are followed first, and kept where there are too many.
            open.sort_by_key(|head| (head.used.len(), self.size(head.area)));
            open.drain(..open.len().saturating_sub(MOST_HEADS));
        }
        // 双山街道 in full speaks against 双山 and the rest.
        let longest = |head: &Head| {
            let better = |h: &Head| h.end > head.end && h.score >= head.score;
            !done.iter().any(|h| h.area == head.area && better(h))
        };
        let kept: Vec<bool> = done.iter().map(longest).collect();
        let mut kept = kept.into_iter();
        done.retain(|_| kept.next().unwrap_or(true));
        done.sort_by(|a, b| {
            let sizes = self.size(b.area).cmp(&self.size(a.area));
            b.end.cmp(&a.end).then(b.score.total_cmp(&a.score)).then(sizes)
        });
        done.truncate(MOST_HEADS);
        done
    }

    /// Whether a head is written in full down to an area with none below.
    pub fn is_whole(&self, head: &Head) -> bool {
        head.score == 1.0 && head.area != ROOT && self.size(head.area) == 1
    }

    /// How many areas there are in an area.
    fn size(&self, area: u32) -> usize {
        self.nodes[area as usize].subtree.len()
    }

    /// The readings that have one area more.
    fn steps(&self, text: &str, head: &Head, own: &OwnNames, spelling: Spelling) -> Vec<Head> {
        let start = skip(text, head.end, own);
        let below = self.nodes[head.area as usize].subtree.clone();
        let below = below.start + 1..below.end;
        let mut steps: Vec<Head> = Vec::new();
        let mut found = |end: usize, numbers: &[u32], factor: f64, letters: Option<Hash>| {
            let from = numbers.partition_point(|n| *n < below.start);
            let to = from + numbers[from..].partition_point(|n| *n < below.end);
            let inside = &numbers[from..to];
            // Of very many (朝阳) those that hold the most.
            let least = least_size(&self.nodes, inside);
            let size = |area: u32| self.nodes[area as usize].subtree.len();
            for area in inside.iter().filter(|area| size(**area) >= least).take(MOST_HEADS) {
                let key = &self.nodes[*area as usize].key;
                let full = match letters {
                    // In "qingdao shibei" there is no qingdaoshi.
                    Some(_) if text[end..].starts_with(|c: char| c.is_ascii_lowercase()) => false,
                    Some(letters) => letter_keys(key).contains(&letters),
                    None => text[start..end] == *key,
                };
                if steps.iter().any(|s| s.end == end && s.area == *area) {
                    continue;
                }
                let mut used = head.used.clone();
                used.push(start..end);
                let as_written = full && letters.is_none();
                let score = head.score * if as_written { 1.0 } else { factor };
                steps.push(Head { end, area: *area, score, used, doubtful: !full });
            }
            !inside.is_empty()
        };
        let (mut exact, mut sounds) = (Hash::EMPTY, Hash::EMPTY);
        for (count, (at, letter)) in text[start..].char_indices().take(LONGEST).enumerate() {
            let end = start + at + letter.len_utf8();
            exact = exact.with(letter as u32);
            sounds = sounds.with(u32::from(sound::class_of_char(letter)));
            if count > 0 {
                let known = found(end, self.exact.get(exact), 0.99, None);
                if !known && spelling == Spelling::Mended {
                    found(end, self.sounds.get(sounds), 0.95, None);
                }
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
                found(start + at + 1, self.letters.get(letters), 0.96, Some(letters));
            }
        }
        // 淮滨 of 淮滨县 leaves a 县 that begins nothing, as does 新乡 (镇) of 新乡市; 青岛 of
        // 青岛市北区 leaves 市北区.
        let full = steps.iter().filter(|s| !s.doubtful).map(|s| s.end).max().unwrap_or(0);
        steps.retain(|s| !s.doubtful || full <= s.end || self.goes_on(text, s));
        if spelling == Spelling::Mended && steps.iter().all(|step| step.doubtful) {
            self.add_misspelt(text, start, head, &mut steps);
        }
        steps
    }

    /// Whether the name of an area below stands where a head ends.
    fn goes_on(&self, text: &str, head: &Head) -> bool {
        let below = &self.nodes[head.area as usize].subtree;
        let mut key = Hash::EMPTY;
        text[head.end..].chars().take(LONGEST).any(|letter| {
            key = key.with(letter as u32);
            self.exact.get(key).iter().any(|n| *n > below.start && *n < below.end)
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
            // A slip leaves the suffix: 尤古庄南杨庄 is no 尤古庄镇.
            let suffix = here.get(letters.wrapping_sub(1)).copied() == node.key.chars().next_back();
            let fits = letters >= 3 && suffix && {
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

/// The size from which areas count, so that there are no more than [`MOST_HEADS`] or so.
fn least_size(nodes: &[Area], areas: &[u32]) -> usize {
    if areas.len() <= MOST_HEADS {
        return 0;
    }
    let mut sizes: Vec<usize> = areas.iter().map(|a| nodes[*a as usize].subtree.len()).collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    sizes[MOST_HEADS - 1]
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

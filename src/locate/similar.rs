//! Names that the text nearly has: with homophones, in pinyin, by initials, with wrong, missing or
//! surplus characters.
//!
//! Candidates come from the pairs of sounds that they share with the text, the rarest first; then
//! each is laid beside the text so that as much as can be of its weight is found again. A
//! character weighs the logarithm of its rarity, so that 双山军苑 and 双山名苑 are not alike,
//! and 村委会 counts for little. Classic sequence alignment (Smith and Waterman, 1981), with the
//! whole name against a part of the text.

use super::gazetteer::{Gazetteer, initial_of};
use super::keys::{Hash, Scope};
use super::sound::{self, Likeness, Piece};
use rustc_hash::FxHashMap;
use std::ops::Range;

/// Similarity from which a name is taken for the one meant.
pub const ALIKE: f32 = 0.7;
/// Entries of the index that one question looks at, at most.
const MOST_LOOKED_AT: usize = 6_000;
/// Names that are laid beside the text, at most.
const MOST_LAID: usize = 24;
/// An area with no more names than this has all of them laid beside the text.
const FEW: u32 = 40;
/// Letters of the longest text and name that are compared.
const LONGEST: usize = 48;

/// Characters that set one name apart from its neighbour: never taken for a slip.
const MODIFIERS: &str = "东西南北中上下前后左右内外大小新老旧高低一二三四五六七八九十0123456789";

/// A name that is like a part of the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Similar {
    /// Number of the name.
    pub name: u32,
    /// The part, in bytes.
    pub part: Range<usize>,
    /// How like, 0 to 1.
    pub similarity: f32,
}

/// A piece of the text with its place.
struct Part {
    piece: Piece,
    bytes: Range<usize>,
    weight: f32,
}

/// The names of a scope that are like a part of the text, the most alike first. `few` is the
/// range of names of the area that the query names.
pub fn similar(text: &str, gazetteer: &Gazetteer, scope: &Scope, few: Range<u32>) -> Vec<Similar> {
    let parts = parts_of(text, gazetteer);
    if parts.len() < 2 || parts.len() > LONGEST {
        return Vec::new();
    }
    let mut names = by_pairs(&parts, gazetteer, scope);
    names.extend(by_first_letters(text, &parts, gazetteer, scope));
    if few.len() as u32 <= FEW {
        names.extend(few);
    }
    names.sort_unstable();
    names.dedup();
    let mut found: Vec<Similar> =
        names.into_iter().filter_map(|name| lay(name, &parts, gazetteer)).collect();
    found.sort_by(|a, b| b.similarity.total_cmp(&a.similarity).then(a.name.cmp(&b.name)));
    found
}

/// The text as pieces: characters, and Latin letters as syllables and initials where they can be.
fn parts_of(text: &str, gazetteer: &Gazetteer) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(letter) = text[at..].chars().next() {
        if !letter.is_ascii_lowercase() {
            let end = at + letter.len_utf8();
            if letter.is_alphanumeric() {
                let weight = gazetteer.grams.weight(letter);
                parts.push(Part { piece: Piece::Character(letter), bytes: at..end, weight });
            }
            at = end;
            continue;
        }
        let run = text[at..].find(|c: char| !c.is_ascii_lowercase()).unwrap_or(text.len() - at);
        let run = &text[at..at + run];
        let mut from = at;
        match sound::syllables(run) {
            Some(pieces) => {
                for (end, piece) in pieces {
                    parts.push(Part { piece, bytes: from..at + end, weight: 2.0 });
                    from = at + end;
                }
            }
            None => parts.extend(run.char_indices().map(|(n, c)| {
                let bytes = at + n..at + n + 1;
                Part { piece: Piece::Character(c), bytes, weight: 2.0 }
            })),
        }
        at += run.len();
    }
    parts
}

/// The names that share the most weight in pairs of sounds.
fn by_pairs(parts: &[Part], gazetteer: &Gazetteer, scope: &Scope) -> Vec<u32> {
    let mut lists: Vec<(usize, Vec<&[u32]>)> = Vec::new();
    for two in parts.windows(2) {
        let (first, second) = (classes(two[0].piece), classes(two[1].piece));
        for a in &first {
            for b in &second {
                let list = gazetteer.grams.pair(*a, *b);
                let pieces: Vec<&[u32]> =
                    scope.pieces_of(list).filter(|piece| !piece.is_empty()).collect();
                let length = pieces.iter().map(|piece| piece.len()).sum::<usize>();
                if length > 0 {
                    lists.push((length, pieces));
                }
            }
        }
    }
    lists.sort_unstable_by_key(|(length, _)| *length);
    let mut weights: FxHashMap<u32, f32> = FxHashMap::default();
    let mut left = MOST_LOOKED_AT;
    for (length, pieces) in &lists {
        let weight = 1.0 / (2.0 + (*length as f32).ln());
        for name in pieces.iter().copied().flatten().take(left) {
            *weights.entry(*name).or_default() += weight;
        }
        left = left.saturating_sub(*length);
        if left == 0 {
            break;
        }
    }
    let mut names: Vec<(f32, u32)> = weights.into_iter().map(|(name, w)| (w, name)).collect();
    let by_weight = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    if names.len() > MOST_LAID {
        names.select_nth_unstable_by(MOST_LAID, by_weight);
        names.truncate(MOST_LAID);
    }
    names.into_iter().map(|(_, name)| name).collect()
}

/// The classes of a piece, each once.
fn classes(piece: Piece) -> Vec<u16> {
    match piece {
        Piece::Character(letter) => {
            let (classes, count) = sound::classes_of_char(letter);
            classes[..count].to_vec()
        }
        Piece::Syllable(syllable) => vec![sound::class_of(syllable)],
        Piece::Initial(_) => Vec::new(),
    }
}

/// The names that the text gives in pinyin, or by the first letter of each character.
fn by_first_letters(text: &str, parts: &[Part], gazetteer: &Gazetteer, scope: &Scope) -> Vec<u32> {
    if !parts.iter().any(|part| !matches!(part.piece, Piece::Character(_))) {
        return Vec::new();
    }
    let mut letters = Hash::EMPTY;
    for letter in text.bytes().filter(u8::is_ascii_lowercase) {
        letters = letters.with(u32::from(letter));
    }
    let mut names = gazetteer.by_pinyin(letters, scope);
    let mut initials = Hash::EMPTY;
    for part in parts {
        let letter = match part.piece {
            Piece::Character(letter) => initial_of(letter),
            Piece::Syllable(syllable) => Some(u32::from(sound::letters(syllable).as_bytes()[0])),
            Piece::Initial(letter) => Some(u32::from(letter)),
        };
        initials = initials.with(letter.unwrap_or(0));
    }
    names.extend(gazetteer.by_initials(initials, scope));
    // zh, ch and sh typed as letters of their own, and syllables that were meant as letters.
    if text.bytes().all(|b| b.is_ascii_lowercase()) {
        names.extend(gazetteer.by_initials(letters, scope));
    }
    names.truncate(4 * MOST_LAID);
    names
}

/// What a piece that fits a character finds again of its weight.
fn gain(likeness: Likeness) -> f32 {
    match likeness {
        Likeness::Equal => 1.0,
        Likeness::Same => 0.93,
        Likeness::Near => 0.85,
        Likeness::Initial => 0.75,
        Likeness::None => 0.0,
    }
}

/// What a wrong character costs, as a share of the weight of the one in its place.
const WRONG: f32 = 0.1;
/// What a missing character costs beside its own weight.
const MISSING: f32 = 0.2;
/// What a surplus character costs, as a share of its weight.
const SURPLUS: f32 = 0.4;

/// The best place of a name in the text.
fn lay(name: u32, parts: &[Part], gazetteer: &Gazetteer) -> Option<Similar> {
    let letters: Vec<char> = gazetteer.key(name).chars().take(LONGEST).collect();
    let weights: Vec<f32> = letters.iter().map(|c| gazetteer.grams.weight(*c)).collect();
    let all: f32 = weights.iter().sum();
    let count = letters.len();
    if count < 2 {
        return None;
    }
    // For the letters of the name so far: weight found again, first piece, letters found.
    let mut row: Vec<(f32, usize, usize)> = vec![(0.0, 0, 0); count + 1];
    for at in 0..count {
        row[at + 1] = (row[at].0 - lost(letters[at], weights[at]), 0, 0);
    }
    let mut best: Option<(f32, usize, usize, usize)> = None;
    for (at, part) in parts.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = (0.0, at + 1, 0);
        for n in 0..count {
            let above = row[n + 1];
            let likeness = sound::likeness(part.piece, letters[n]);
            let found = gain(likeness);
            let matched = if found > 0.0 {
                (diagonal.0 + found * weights[n], diagonal.1, diagonal.2 + 1)
            } else {
                (diagonal.0 - wrong(part.piece, letters[n], weights[n]), diagonal.1, diagonal.2)
            };
            let missing = (row[n].0 - lost(letters[n], weights[n]), row[n].1, row[n].2);
            let surplus = (above.0 - SURPLUS * part.weight, above.1, above.2);
            diagonal = above;
            row[n + 1] = [matched, missing, surplus]
                .into_iter()
                .reduce(|a, b| if b.0 > a.0 { b } else { a })
                .unwrap_or(matched);
        }
        let (weight, start, found) = row[count];
        if found >= 2 && best.is_none_or(|(known, ..)| weight >= known) {
            best = Some((weight, start, at + 1, found));
        }
    }
    let (weight, start, end, found) = best?;
    let mut similarity = (weight / all).max(0.0);
    let by_letters = parts[start..end].iter().all(|p| matches!(p.piece, Piece::Initial(_)));
    if by_letters && (found < 3 || found < count) {
        similarity = similarity.min(ALIKE - 0.05);
    }
    let part = parts[start].bytes.start..parts[end - 1].bytes.end;
    Some(Similar { name, part, similarity })
}

/// Whether a character sets a name apart from its neighbour: 东, 新, 二.
pub fn is_modifier(letter: char) -> bool {
    MODIFIERS.contains(letter)
}

fn lost(letter: char, weight: f32) -> f32 {
    if is_modifier(letter) { weight } else { MISSING * weight }
}

/// A modifier in the place of another is another place.
fn wrong(piece: Piece, letter: char, weight: f32) -> f32 {
    let typed = matches!(piece, Piece::Character(c) if is_modifier(c));
    if typed || is_modifier(letter) { weight } else { WRONG * weight }
}

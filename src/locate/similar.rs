//! Names that the text nearly has: with homophones, in pinyin, by initials, with wrong, missing or
//! surplus characters.
//!
//! Candidates are all names of an area with few of them; else those that share with the text the
//! most pairs of neighbouring sounds, the rarest first, since two characters in a row are rarely
//! both wrong. Then each is laid beside the text ([`super::align`]), both without the office at
//! the end ([`super::offices`]).

use super::align::{LONGEST, Part, lay};
use super::gazetteer::{Gazetteer, Target, initial_of};
use super::keys::{Hash, Scope};
use super::normalize::spoken;
use super::offices::without_office;
use super::sound::{self, Piece};
use std::ops::Range;

/// Entries of the index that one question looks at, at most.
const MOST_LOOKED_AT: usize = 1_500;
/// Names that are laid beside the text, at most.
const MOST_LAID: usize = 32;
/// Where no more names than this count, all of them are laid beside the text.
const FEW: usize = 400;

/// How like a name is whose pinyin was typed.
const IN_PINYIN: f64 = 0.95;
/// How like a name is of which the first letter of each character was typed.
const BY_INITIALS: f64 = 0.85;
/// How like a name is, at most, beside which another is as like.
const RIVAL: f64 = 0.49;
/// What remains for a neighbourhood where a village of the name was asked for.
const OTHER_OFFICE: f64 = 0.5;

/// A name that is like a part of the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Similar {
    /// Number of the name.
    pub name: u32,
    /// The part, in bytes.
    pub part: Range<usize>,
    /// How like, 0 to 1: 0.5 and more where it may be what was meant.
    pub likeness: f64,
    /// How many characters are wrong, missing or surplus, where they are few.
    edits: Option<u8>,
}

/// The names of a scope that are like a part of the text, the most alike first. `area` is the
/// range of names of the area that the query names, if it names one.
pub fn similar(
    text: &str,
    gazetteer: &Gazetteer,
    scope: &Scope,
    area: Option<Range<u32>>,
) -> Vec<Similar> {
    let (stem, office) = without_office(text);
    let parts = parts_of(stem, gazetteer);
    if parts.is_empty() || parts.len() > LONGEST {
        return Vec::new();
    }
    let whole = as_a_whole(stem, &parts, gazetteer, scope);
    let names = candidates(&parts, &whole, gazetteer, scope, area);
    let is_spelt = parts.iter().any(|part| !matches!(part.piece, Piece::Character(_)));
    let mut found: Vec<Similar> = Vec::new();
    let all_parts = if office.is_some() { parts_of(text, gazetteer) } else { Vec::new() };
    for name in names.into_iter().filter(|name| !gazetteer.name(*name).short) {
        let key = gazetteer.key(name);
        // 双山社区居委会 as a landmark is that, and not 双山.
        let is_compound = matches!(gazetteer.name(name).target, Target::Compound(_));
        let (key, own_office) = if is_compound { without_office(key) } else { (key, None) };
        let parts = if is_compound || office.is_none() { &parts } else { &all_parts };
        let fits = office.zip(own_office).is_none_or(|(typed, own)| typed.fits(own));
        let factor = if fits { 1.0 } else { OTHER_OFFICE };
        // huangbiao is huang-biao and huang-bi-ao: as a whole it is sure.
        if let Some((_, likeness)) = whole.iter().find(|(known, _)| *known == name) {
            let likeness = likeness * factor;
            found.push(Similar { name, part: 0..text.len(), likeness, edits: Some(0) });
            continue;
        }
        let laid = if is_spelt { lay(&spoken(key), parts) } else { lay(key, parts) };
        let Some(laid) = laid else { continue };
        let beside = &parts[laid.parts()];
        let Some((first, last)) = beside.first().zip(beside.last()) else { continue };
        // What the office is of belongs to the name.
        let is_end = laid.parts().end == parts.len();
        let end = if is_end { text.len() } else { last.bytes.end };
        let likeness = laid.likeness() * factor;
        let edits = laid.is_near().then(|| laid.edits());
        found.push(Similar { name, part: first.bytes.start..end, likeness, edits });
    }
    leave_rivals_open(&mut found, gazetteer);
    found.sort_by(|a, b| b.likeness.total_cmp(&a.likeness).then(a.name.cmp(&b.name)));
    found
}

/// Where names of two places are as few characters off, neither is answered: also where a wrong
/// character stands in many names, so that one of them is no answer by itself.
fn leave_rivals_open(found: &mut [Similar], gazetteer: &Gazetteer) {
    let Some(least) = found.iter().filter_map(|one| one.edits).min().filter(|least| *least > 0)
    else {
        return;
    };
    let mut nearest = found.iter().filter(|one| one.edits == Some(least));
    let target = |one: &Similar| gazetteer.name(one.name).target;
    let first = nearest.next().map(target);
    if nearest.any(|one| Some(target(one)) != first) {
        for one in found {
            one.likeness = one.likeness.min(RIVAL);
        }
    }
}

/// The names that are laid beside the text, rising.
fn candidates(
    parts: &[Part],
    whole: &[(u32, f64)],
    gazetteer: &Gazetteer,
    scope: &Scope,
    area: Option<Range<u32>>,
) -> Vec<u32> {
    let mut names: Vec<u32> = whole.iter().map(|(name, _)| *name).collect();
    if scope.count() <= FEW {
        names.extend(scope.0.iter().cloned().flatten());
    } else {
        names.extend(by_pairs(parts, gazetteer, scope));
        names.extend(area.filter(|area| area.len() <= FEW).into_iter().flatten());
    }
    if parts.iter().any(|part| !matches!(part.piece, Piece::Character(_))) {
        let initials = parts.iter().fold(Hash::EMPTY, |hash, part| {
            let letter = match part.piece {
                Piece::Character(letter) => initial_of(letter),
                Piece::Syllable(syllable) => {
                    Some(u32::from(sound::letters(syllable).as_bytes()[0]))
                }
                Piece::Initial(letter) => Some(u32::from(letter)),
            };
            hash.with(letter.unwrap_or(0))
        });
        names.extend(gazetteer.by_initials(initials, scope).into_iter().take(4 * MOST_LAID));
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// The names that the text is as a whole in pinyin or by initials, and how like they are.
fn as_a_whole(text: &str, parts: &[Part], gazetteer: &Gazetteer, scope: &Scope) -> Vec<(u32, f64)> {
    let is_pinyin = text.bytes().all(|b| b.is_ascii_lowercase() || b == b' ' || b == b'-');
    if !is_pinyin {
        return Vec::new();
    }
    let letters = text.bytes().filter(u8::is_ascii_lowercase);
    let hash = letters.clone().fold(Hash::EMPTY, |hash, letter| hash.with(u32::from(letter)));
    let mut names: Vec<(u32, f64)> =
        gazetteer.by_pinyin(hash, scope).into_iter().map(|name| (name, IN_PINYIN)).collect();
    // Not where they can be read as syllables: "an" is no a-n.
    let read = parts.iter().filter(|part| matches!(part.piece, Piece::Syllable(_))).count();
    if (3..=8).contains(&letters.count()) && 2 * read <= parts.len() {
        let initials = gazetteer.by_initials(hash, scope).into_iter();
        names.extend(initials.take(4 * MOST_LAID).map(|name| (name, BY_INITIALS)));
    }
    names
}

/// The text as pieces: characters, and Latin letters as syllables and initials where they can be.
fn parts_of(text: &str, gazetteer: &Gazetteer) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(letter) = text[at..].chars().next() {
        if !letter.is_ascii_lowercase() {
            let bytes = at..at + letter.len_utf8();
            at = bytes.end;
            if letter.is_alphanumeric() {
                let is_usual = gazetteer.grams.is_usual(letter);
                parts.push(Part { piece: Piece::Character(letter), bytes, is_usual });
            }
            continue;
        }
        let run = text[at..].find(|c: char| !c.is_ascii_lowercase()).unwrap_or(text.len() - at);
        let run = &text[at..at + run];
        let mut from = at;
        let pieces = sound::syllables(run).unwrap_or_else(|| {
            run.char_indices().map(|(n, c)| (n + 1, Piece::Character(c))).collect()
        });
        for (end, piece) in pieces {
            parts.push(Part { piece, bytes: from..at + end, is_usual: false });
            from = at + end;
        }
        at += run.len();
    }
    parts
}

/// The names that share the most weight in pairs of sounds.
fn by_pairs(parts: &[Part], gazetteer: &Gazetteer, scope: &Scope) -> Vec<u32> {
    let mut lists: Vec<(usize, Vec<&[u32]>)> = Vec::new();
    let next = parts.windows(2).map(|two| [&two[0], &two[1]]);
    let over_one = parts.windows(3).map(|three| [&three[0], &three[2]]);
    for [first, second] in next.chain(over_one) {
        let (first, second) = (classes(first.piece), classes(second.piece));
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
    let mut hits: Vec<(u32, f32)> = Vec::new();
    for (length, pieces) in &lists {
        let weight = 1.0 / (2.0 + (*length as f32).ln());
        let left = MOST_LOOKED_AT - hits.len();
        hits.extend(pieces.iter().copied().flatten().take(left).map(|name| (*name, weight)));
        if hits.len() >= MOST_LOOKED_AT {
            break;
        }
    }
    hits.sort_unstable_by_key(|(name, _)| *name);
    hits.dedup_by(|later, first| {
        let same = later.0 == first.0;
        first.1 += if same { later.1 } else { 0.0 };
        same
    });
    if hits.len() > MOST_LAID {
        hits.select_nth_unstable_by(MOST_LAID, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        hits.truncate(MOST_LAID);
    }
    hits.into_iter().map(|(name, _)| name).collect()
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

//! From tokens to candidates: what was named, how surely.
//!
//! A candidate starts with the score of what names it and loses for each thing that does not fit:
//!
//! | named by | score |   | does not fit | factor |
//! |---|---|---|---|---|
//! | compound's name | 1 | | letters beside the name that are not understood | named / (named + letters) |
//! | another of its names, a grid's name, a door number | 0.95 | | a piece elsewhere that is not understood | 0.9 each, 0.8 at least |
//! | landmark | 0.8 | | 对面, 附近 | 0.7 |
//! | begin of a name | 0.5 + 0.4 × share | | another community named | 0.6 |
//! | part of a name | 0.4 + 0.4 × share | | another compound by the door number | 0.85, and 0.6 for the door |
//! | next door number | 0.6 within 10, 0.5 within 40 | | a building that the compound does not have | 0.9 |
//! | name in other spelling | see [`super::align`] | | words before the own subdistrict that are not understood | 0.5 |
//! | | | | a letter like 新 or 东 beside the name | 0.5 |
//! | | | | the office of another place (村委会 of a 居委会) | 0.4 |
//!
//! Letters and shares are weighed by rarity ([`super::grams`]).

use super::admin::{Level, OwnNames, Segment, split};
use super::align::is_modifier;
use super::by_door::add_doors;
use super::candidate::{Candidate, add, keep_best};
use super::cores::{core, cores};
use super::doors::Doors;
use super::gazetteer::{Gazetteer, Target};
use super::keys::Scope;
use super::location::MatchKind;
use super::offices::without_office;
use super::parse::{Counted, Meaning, Token};
use std::ops::Range;

/// Below this score an address is answered with "not known".
pub const THRESHOLD: f64 = 0.5;
/// Scores closer than this are equal: the answer is ambiguous.
pub const EQUAL: f64 = 0.05;
/// Names that have the text in them, at most: more than this is no answer.
const MOST_CONTAINING: usize = 100;
/// What remains where the office that was named is that of another place.
const OTHER_PLACE: f64 = 0.4;

/// What the tokens say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// Whether it names another place's province, city, district or subdistrict.
    pub foreign: bool,
    /// Communities named.
    pub communities: Vec<usize>,
    /// Candidates, in no order; each target once.
    pub candidates: Vec<Candidate>,
    /// The pieces of the text that would name the place: up to the first number, and whole.
    pub cores: Vec<Range<usize>>,
}

/// What reading needs to know.
pub struct Knowledge<'k> {
    /// Names.
    pub gazetteer: &'k Gazetteer,
    /// Door numbers.
    pub doors: &'k Doors,
    /// Names above the dataset.
    pub own: &'k OwnNames,
    /// Names that count: those of the area that the head of the query names.
    pub scope: Scope,
    /// Whether the head names an area, so that another name of a level cannot follow.
    pub in_area: bool,
}

/// Reads the tokens of a normalised text.
pub fn read(text: &str, tokens: &[Token<'_>], known: &Knowledge<'_>) -> Reading {
    let head = read_head(tokens, known);
    if head.foreign {
        return Reading { foreign: true, ..Reading::default() };
    }
    let mut reading =
        Reading { communities: named_communities(tokens, known), ..Reading::default() };
    for (at, token) in tokens.iter().enumerate() {
        if let Meaning::Names(numbers) = &token.meaning {
            for number in numbers {
                if let Some(named) = by_name(*number, at, tokens, &head, known) {
                    add(&mut reading.candidates, named);
                }
            }
        }
    }
    add_doors(&mut reading.candidates, tokens, &head, known);
    if reading.candidates.is_empty() {
        // The whole first: a grid's name has a number in it.
        for before_number in [false, true] {
            if reading.candidates.is_empty() {
                let core = core(text, tokens, &head, known, before_number);
                add_by_part(&mut reading.candidates, &text[core], tokens, known);
            }
        }
    }
    reading.cores = cores(text, tokens, &head, known);
    keep_best(&mut reading.candidates);
    for candidate in &mut reading.candidates {
        (candidate.used, candidate.ignored) = shares(candidate.target, tokens, known);
    }
    for candidate in &mut reading.candidates {
        candidate.score *= head.factor;
    }
    reading
}

/// The head of the address: where the administrative names end, and what they do to the score.
pub struct Head {
    foreign: bool,
    factor: f64,
    /// Tokens that are wholly administrative.
    pub explained: Vec<usize>,
}

/// Looks for names of other places before the first name of a place of the dataset.
fn read_head(tokens: &[Token<'_>], known: &Knowledge<'_>) -> Head {
    let mut head = Head { foreign: false, factor: 1.0, explained: Vec::new() };
    let knows_above = known.own.knows(Level::District) || known.own.knows(Level::City);
    for (at, token) in tokens.iter().enumerate() {
        match &token.meaning {
            Meaning::Names(numbers) if numbers.iter().any(|n| is_place(known, *n)) => break,
            Meaning::Unknown => {}
            _ => continue,
        }
        let (segments, rest) = split(token.text);
        let foreign = segments.iter().any(|s: &Segment<'_>| known.own.is_foreign(s));
        // One foreign name with unknown words behind may be a mistake ("海信城市花园"); the
        // chain of two, or one right before something known or the end, is not.
        // Nor is one at the end: 祥云晓区 may be 祥云小区.
        let goes_on = tokens[at + 1..].iter().any(|t| matches!(t.meaning, Meaning::Names(_)));
        let certain = segments.len() >= 2 || (rest.is_empty() && goes_on);
        let foreign = foreign || (known.in_area && !segments.is_empty());
        if foreign && certain {
            head.foreign = true;
            return head;
        }
        if foreign && goes_on {
            head.factor *= 0.6;
        }
        if !segments.is_empty() && rest.is_empty() && goes_on {
            head.explained.push(at);
            continue;
        }
        let next_is_subdistrict = tokens.get(at + 1).is_some_and(|next| {
            matches!(&next.meaning, Meaning::Names(numbers)
                if numbers.iter().any(|n| known.gazetteer.name(*n).target == Target::Own(Level::Subdistrict)))
        });
        if next_is_subdistrict && knows_above && token.letters() >= 2 {
            head.factor *= 0.5;
        }
    }
    head
}

/// Whether a name is that of a place.
pub fn is_place(known: &Knowledge<'_>, number: u32) -> bool {
    known.gazetteer.name(number).target.is_place()
}

fn named_communities(tokens: &[Token<'_>], known: &Knowledge<'_>) -> Vec<usize> {
    let numbers = tokens.iter().flat_map(|token| match &token.meaning {
        Meaning::Names(numbers) => numbers.as_slice(),
        _ => &[],
    });
    let targets = numbers.map(|n| known.gazetteer.name(*n).target);
    let communities = targets.filter_map(|target| match target {
        Target::Community(community) => Some(community),
        _ => None,
    });
    communities.collect()
}

/// The candidate of a name that stands in the text as a whole.
fn by_name(
    number: u32,
    at: usize,
    tokens: &[Token<'_>],
    head: &Head,
    known: &Knowledge<'_>,
) -> Option<Candidate> {
    let name = known.gazetteer.name(number);
    let (score, kind) = match (name.target, name.alias) {
        (Target::Compound(_), false) => (1.0, MatchKind::Exact),
        (Target::Compound(_), true) => (0.95, MatchKind::Alias),
        (Target::Grid(_), _) => (0.95, MatchKind::Exact),
        (Target::Landmark(_), false) => (0.8, MatchKind::Exact),
        (Target::Landmark(_), true) => (0.8, MatchKind::Alias),
        _ => return None,
    };
    let (mut score, mut kind) = (score, kind);
    let unknown = |n: usize| {
        let token = tokens.get(n)?;
        // 双山 社区福临小区: an office at the beginning belongs to the head, which is another.
        let is_unknown = match token.meaning {
            Meaning::Unknown => true,
            Meaning::Office(_) => n == 0,
            _ => false,
        };
        let counts = is_unknown && !head.explained.contains(&n);
        counts.then(|| token.letters())
    };
    let before = at.checked_sub(1).filter(|n| unknown(*n).is_some());
    let after = Some(at + 1).filter(|n| unknown(*n).is_some());
    let weigh = |n: usize| weight(tokens[n].text, known.gazetteer);
    let beside = before.map_or(0.0, weigh) + after.map_or(0.0, weigh);
    if beside > 0.0 {
        let named = weigh(at);
        score *= named / (named + beside);
        kind = MatchKind::Fuzzy;
        let letters = [
            before.and_then(|n| tokens[n].text.chars().next_back()),
            after.and_then(|n| tokens[n].text.chars().next()),
        ];
        if letters.into_iter().flatten().any(is_modifier) {
            score *= 0.5;
        }
    }
    score *= office_factor(number, at, tokens, known);
    let elsewhere = (0..tokens.len()).filter(|n| n.abs_diff(at) > 1 && unknown(*n).is_some());
    score *= f64::max(0.8, 0.9_f64.powi(elsewhere.count() as i32));
    if is_only_near(tokens, at) {
        score *= 0.7;
        kind = MatchKind::Nearest;
    }
    Some(Candidate::new(name.target, kind, score, building_after(tokens, at)))
}

/// What an office behind a name does to it: 高陂村委会 is not 高陂居委会, 高碑店古街社区 not 高碑店.
fn office_factor(number: u32, at: usize, tokens: &[Token<'_>], known: &Knowledge<'_>) -> f64 {
    match tokens.get(at + 1..).unwrap_or_default() {
        [Token { meaning: Meaning::Office(office), .. }, ..] => {
            let own = known.gazetteer.office(number);
            if own.is_none_or(|own| own.fits(*office)) { 1.0 } else { OTHER_PLACE }
        }
        [
            Token { meaning: Meaning::Unknown, .. },
            Token { meaning: Meaning::Office(_), .. },
            ..,
        ] => OTHER_PLACE,
        _ => 1.0,
    }
}

/// Whether 对面 or the like follows the token, with nothing but numbers and fillers between.
pub fn is_only_near(tokens: &[Token<'_>], at: usize) -> bool {
    let mut after = tokens[at + 1..].iter();
    let next = after.find(|t| !matches!(t.meaning, Meaning::Number(..) | Meaning::Filler));
    next.is_some_and(|token| token.meaning == Meaning::Near)
}

/// The building named after the token: 3号楼, 3栋, 3号, the 3 of 3-2-501.
pub fn building_after(tokens: &[Token<'_>], at: usize) -> Option<String> {
    let mut after = tokens[at + 1..].iter();
    let next = after.find(|token| token.meaning != Meaning::Filler)?;
    match &next.meaning {
        Meaning::Number(parts, Counted::Building | Counted::Number) => parts.first().cloned(),
        Meaning::Number(parts, Counted::Nothing | Counted::Room) if parts.len() > 1 => {
            parts.first().cloned()
        }
        _ => None,
    }
}

/// Adds places whose name has the text in it, and those whose name is one letter off.
fn add_by_part(
    candidates: &mut Vec<Candidate>,
    core: &str,
    tokens: &[Token<'_>],
    known: &Knowledge<'_>,
) {
    let (core, office) = without_office(core);
    if core.chars().count() < 2 {
        return;
    }
    let typed = weight(core, known.gazetteer);
    let numbers = tokens.iter().position(|t| matches!(t.meaning, Meaning::Number(..)));
    let building = numbers.filter(|at| *at > 0).and_then(|at| building_after(tokens, at - 1));
    let near = tokens.iter().any(|token| token.meaning == Meaning::Near);
    let mut add_named = |number: u32, score: f64| {
        let target = known.gazetteer.name(number).target;
        if is_place(known, number) {
            let (kind, factor) =
                if near { (MatchKind::Nearest, 0.7) } else { (MatchKind::Fuzzy, 1.0) };
            let landmark = if matches!(target, Target::Landmark(_)) { 0.8 } else { 1.0 };
            let score = score * factor * landmark;
            add(candidates, Candidate::new(target, kind, score, building.clone()));
        }
    };
    let containing = known.gazetteer.containing(core, &known.scope);
    let numbers: Vec<u32> = containing.take(MOST_CONTAINING).collect();
    let begins = |number: &u32| known.gazetteer.key(*number).starts_with(core);
    let mut targets: Vec<Target> = numbers
        .iter()
        .filter(|n| begins(n) && is_place(known, **n))
        .map(|n| known.gazetteer.name(*n).target)
        .collect();
    targets.sort_unstable();
    targets.dedup();
    let only_one = targets.len() < 2;
    let mut is_rare: Option<bool> = None;
    for number in numbers {
        let key = known.gazetteer.key(number);
        let share = typed / weight(key, known.gazetteer).max(typed);
        let score = match begins(&number) {
            true if only_one => 0.5 + 0.4 * share,
            true => 0.55, // whichever is shorter
            false => 0.4 + 0.4 * share,
        };
        // 馨城 is 双山馨城 in 双山, 雅居 is the only one; 王庄 is not 小王庄.
        let missing = key.find(core).map_or("", |at| &key[..at]);
        let own_office = without_office(key).1;
        let fits = office.zip(own_office).is_none_or(|(typed, own)| typed.fits(own));
        // A name with its office is whole: 高河村委会 is not 高河屯村委会.
        let is_whole = office.is_none() || stem_of(key) == stem_of(core);
        let score = score * if fits && is_whole { 1.0 } else { OTHER_PLACE };
        let tells = missing.chars().any(|c| !known.gazetteer.is_own_letter(c))
            && !*is_rare.get_or_insert_with(|| known.gazetteer.is_in_one(core));
        add_named(number, score * if tells { 0.6 } else { 1.0 });
    }
}

/// 王家村村委会 and 王家村 without office and 村.
fn stem_of(name: &str) -> &str {
    let (stem, _) = without_office(name);
    stem.strip_suffix('村').filter(|stem| !stem.is_empty()).unwrap_or(stem)
}

/// How much the characters of a text tell together.
fn weight(text: &str, gazetteer: &Gazetteer) -> f64 {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.map(|c| f64::from(gazetteer.grams.weight(c))).sum()
}

/// The pieces of the text that speak for a target, and those that do not.
fn shares(
    target: Target,
    tokens: &[Token<'_>],
    known: &Knowledge<'_>,
) -> (Vec<String>, Vec<String>) {
    let (mut used, mut ignored) = (Vec::new(), Vec::new());
    let mut after_name = false;
    for token in tokens {
        let speaks = match &token.meaning {
            Meaning::Names(numbers) => {
                let mut targets = numbers.iter().map(|n| known.gazetteer.name(*n).target);
                after_name = targets.any(|t| t == target || !t.is_place());
                after_name
            }
            Meaning::Number(_, counted) => {
                let place =
                    matches!(counted, Counted::Number | Counted::Building | Counted::Nothing);
                std::mem::take(&mut after_name) && place
            }
            Meaning::Near => true,
            Meaning::Office(_) => after_name,
            Meaning::Filler | Meaning::Unknown => false,
        };
        let text = token.text.trim();
        if !text.is_empty() {
            if speaks { &mut used } else { &mut ignored }.push(text.to_owned());
        }
    }
    (used, ignored)
}

//! Candidates by a road and a door number.

use super::candidate::{Candidate, add};
use super::gazetteer::Target;
use super::location::MatchKind;
use super::parse::{Counted, Meaning, Token};
use super::rank::{Head, Knowledge, building_after, is_only_near};

/// Adds the compounds that door numbers lead to, and weighs them against those named.
pub fn add_doors(
    candidates: &mut Vec<Candidate>,
    tokens: &[Token<'_>],
    head: &Head,
    known: &Knowledge<'_>,
) {
    let mut doors = Vec::new();
    for at in 0..tokens.len() {
        doors.extend(door_at(tokens, at, known));
    }
    let unknown = tokens
        .iter()
        .enumerate()
        .filter(|(n, token)| token.meaning == Meaning::Unknown && !head.explained.contains(n));
    let unknown = f64::max(0.8, 0.9_f64.powi(unknown.count() as i32));
    let named: Vec<Target> = candidates.iter().map(|c| c.target).collect();
    let is_named_compound = named.iter().any(|t| matches!(t, Target::Compound(_)));
    if doors.is_empty() {
        return;
    }
    for candidate in candidates.iter_mut() {
        if !doors.iter().any(|door: &Candidate| door.target == candidate.target) {
            candidate.score *= 0.85;
        }
    }
    for mut door in doors {
        if !named.contains(&door.target) {
            door.score *= unknown * if is_named_compound { 0.6 } else { 1.0 };
            add(candidates, door);
        }
    }
}

/// The compounds at the door number that follows a road's name.
fn door_at(tokens: &[Token<'_>], at: usize, known: &Knowledge<'_>) -> Vec<Candidate> {
    let Meaning::Names(numbers) = &tokens[at].meaning else { return Vec::new() };
    let roads = numbers.iter().filter_map(|n| match known.gazetteer.name(*n).target {
        Target::Road(road) => Some(road),
        _ => None,
    });
    let after = tokens[at + 1..].iter().enumerate();
    let mut after = after.filter(|(_, token)| token.meaning != Meaning::Filler);
    let Some((skipped, Token { meaning: Meaning::Number(parts, counted), .. })) = after.next()
    else {
        return Vec::new();
    };
    let number = parts.first().and_then(|part| part.parse::<u32>().ok());
    let Some(number) = number.filter(|_| matches!(counted, Counted::Number | Counted::Nothing))
    else {
        return Vec::new();
    };
    let position = at + 1 + skipped;
    let near = is_only_near(tokens, position);
    let building = building_after(tokens, position);
    let hits = roads.flat_map(|road| known.doors.find(road, number));
    hits.map(|hit| {
        let (score, kind) = match hit.off {
            0 if near => (0.95 * 0.7, MatchKind::Nearest),
            0 => (0.95, MatchKind::Exact),
            1..=10 => (0.6, MatchKind::Nearest),
            11..=40 => (0.5, MatchKind::Nearest),
            _ => (0.3, MatchKind::Nearest),
        };
        let target = Target::Compound(hit.compound);
        Candidate::new(target, kind, score, building.clone())
    })
    .collect()
}

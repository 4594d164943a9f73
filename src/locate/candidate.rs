//! A place that an address may mean.

use super::gazetteer::Target;
use super::location::MatchKind;

/// A place that the address may mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The place: a compound, a landmark or a grid.
    pub target: Target,
    /// How it was found.
    pub kind: MatchKind,
    /// How surely, 0 to 1.
    pub score: f64,
    /// The building named after it, if one is: the label of [`super::parse::building_label`].
    pub building: Option<String>,
    /// The pieces of the text that led to it.
    pub used: Vec<String>,
    /// The pieces that did not.
    pub ignored: Vec<String>,
}

impl Candidate {
    /// A candidate; what of the text led to it is filled in later.
    pub fn new(target: Target, kind: MatchKind, score: f64, building: Option<String>) -> Self {
        Self { target, kind, score, building, used: Vec::new(), ignored: Vec::new() }
    }

    /// A place whose name is somewhat like a part of the text.
    pub fn offered(target: Target, score: f64, part: &str) -> Self {
        let used = vec![part.trim().to_owned()];
        Self { used, ..Self::new(target, MatchKind::Fuzzy, score, None) }
    }
}

/// Most candidates that are kept of a reading.
const MOST: usize = 24;

/// Keeps the best of very many.
pub fn keep_best(candidates: &mut Vec<Candidate>) {
    if candidates.len() > MOST {
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.target.cmp(&b.target)));
        candidates.truncate(MOST);
    }
}

/// Adds a candidate; of two for one target the better stays.
pub fn add(candidates: &mut Vec<Candidate>, new: Candidate) {
    match candidates.iter_mut().find(|known| known.target == new.target) {
        Some(known) if known.score < new.score => *known = new,
        Some(_) => {}
        None => candidates.push(new),
    }
}

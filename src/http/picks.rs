//! What staff choose from the type-ahead: a count for each place, and nothing of who chose.

use crate::locate::SuggestionKind;
use rustc_hash::FxHashMap;
use std::sync::{PoisonError, RwLock};

/// Places that are counted, at most.
const MOST_PLACES: usize = 10_000;

/// Counts by place. They live in memory and end with the server.
#[derive(Debug, Default)]
pub struct Picks {
    counts: RwLock<FxHashMap<(SuggestionKind, String), u32>>,
}

impl Picks {
    /// Counts one choice and returns the place's count. When there are too many places, all counts
    /// are halved and what falls to none is forgotten, so that the present habits stay.
    pub fn add(&self, kind: SuggestionKind, key: &str) -> u32 {
        let mut counts = self.counts.write().unwrap_or_else(PoisonError::into_inner);
        let place = (kind, key.to_owned());
        while counts.len() >= MOST_PLACES && !counts.contains_key(&place) {
            counts.retain(|_, count| {
                *count /= 2;
                *count > 0
            });
        }
        let count = counts.entry(place).or_default();
        *count = count.saturating_add(1);
        *count
    }

    /// How often a place was chosen.
    pub fn count(&self, kind: SuggestionKind, key: &str) -> u32 {
        let counts = self.counts.read().unwrap_or_else(PoisonError::into_inner);
        if counts.is_empty() {
            return 0;
        }
        counts.get(&(kind, key.to_owned())).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_bounded_and_keep_the_frequent() {
        let picks = Picks::default();
        for _ in 0..100 {
            picks.add(SuggestionKind::Compound, "often");
        }
        for n in 0..3 * MOST_PLACES {
            picks.add(SuggestionKind::Compound, &n.to_string());
        }
        assert!(picks.count(SuggestionKind::Compound, "often") >= 10);
        assert_eq!(picks.count(SuggestionKind::Road, "often"), 0);
        assert!(picks.counts.read().unwrap().len() <= MOST_PLACES);
    }
}

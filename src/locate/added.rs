//! Names that places have beside those of the dataset: what people say and planners accept.

use super::Locator;
use super::gazetteer::Target;
use super::location::SuggestionKind;
use super::normalize::normalize;
use crate::dataset::Dataset;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Another name of a compound or a landmark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedName {
    /// [`SuggestionKind::Compound`] or [`SuggestionKind::Landmark`].
    pub kind: SuggestionKind,
    /// A compound's id, a landmark's name.
    pub key: String,
    /// The name.
    pub name: String,
}

/// Added names by what they name.
pub type ByTarget<'a> = FxHashMap<Target, Vec<&'a str>>;

/// The added names by target; those of places that the dataset does not have are left out.
pub fn by_target<'a>(
    dataset: &Dataset,
    compound_by_id: &FxHashMap<String, usize>,
    added: &'a [AddedName],
) -> ByTarget<'a> {
    let mut names = ByTarget::default();
    for added in added {
        let target = match added.kind {
            SuggestionKind::Compound => {
                compound_by_id.get(&added.key).copied().map(Target::Compound)
            }
            SuggestionKind::Landmark => {
                let found = dataset.landmarks.iter().position(|l| l.name == added.key);
                found.map(Target::Landmark)
            }
            SuggestionKind::Grid | SuggestionKind::Community | SuggestionKind::Road => None,
        };
        if let Some(target) = target {
            names.entry(target).or_default().push(&added.name);
        }
    }
    names
}

impl Locator {
    /// The same data, with places found by these names too, and by none that were added before.
    /// O(n log n) in the names; the trees are shared.
    pub fn with_names(&self, added: &[AddedName]) -> Self {
        Self::over(Arc::clone(&self.ground), added.to_vec())
    }

    /// The name that the dataset shows for a compound or a landmark; `None` for one that it does
    /// not have and for other kinds.
    pub fn place_to_name(&self, kind: SuggestionKind, key: &str) -> Option<String> {
        let can_be_named = matches!(kind, SuggestionKind::Compound | SuggestionKind::Landmark);
        if !can_be_named || !self.has_place(kind, key) {
            return None;
        }
        match self.names().compound_by_id.get(key).filter(|_| kind == SuggestionKind::Compound) {
            Some(position) => Some(self.ground.dataset.compounds[*position].name.clone()),
            None => Some(key.to_owned()),
        }
    }

    /// The places that have this name, as kind, key and the name that is shown for them.
    pub fn places_named(&self, name: &str) -> Vec<(SuggestionKind, String, String)> {
        let numbers = self.names().gazetteer.named(&normalize(name)).iter();
        let mut targets: Vec<Target> =
            numbers.map(|n| self.names().gazetteer.name(*n).target).collect();
        targets.sort_unstable();
        targets.dedup();
        targets.into_iter().filter_map(|target| self.shown_place(target)).collect()
    }
}

//! The names of a dataset and all that finds places by them.

use super::added::{AddedName, by_target};
use super::admin::OwnNames;
use super::doors::Doors;
use super::gazetteer::Gazetteer;
use super::normalize::normalize;
use super::parse;
use super::typed::Typed;
use crate::dataset::Dataset;
use crate::domain::LonLat;
use rustc_hash::FxHashMap;

/// Finds places by their names.
#[derive(Debug)]
pub struct Names {
    pub own: OwnNames,
    pub gazetteer: Gazetteer,
    /// Names by pinyin and initials, for the type-ahead.
    pub typed: Typed,
    pub doors: Doors,
    pub compound_by_id: FxHashMap<String, usize>,
    /// Buildings by compound and label.
    pub buildings: FxHashMap<(usize, String), Option<LonLat>>,
    /// Compounds of which the dataset has buildings.
    pub has_buildings: Vec<bool>,
}

impl Names {
    /// The names of a dataset, and those added to them. O(n log n).
    pub fn of(dataset: &Dataset, added: &[AddedName]) -> Self {
        let own = OwnNames::of(dataset);
        let compounds = &dataset.compounds;
        let mut by_id: FxHashMap<String, usize> = FxHashMap::default();
        for (position, compound) in compounds.iter().enumerate() {
            by_id.entry(compound.id.clone()).or_insert(position);
        }
        let gazetteer = Gazetteer::build(dataset, &own, &by_target(dataset, &by_id, added));
        let mut buildings = FxHashMap::default();
        let mut has_buildings = vec![false; compounds.len()];
        for building in &dataset.buildings {
            let label = parse::building_label(&normalize(&building.name));
            if let (Some(compound), Some(label)) = (by_id.get(&building.compound_id), label) {
                has_buildings[*compound] = true;
                buildings.entry((*compound, label)).or_insert(building.place);
            }
        }
        Self {
            doors: Doors::build(dataset, &gazetteer, &by_id),
            typed: Typed::build(&gazetteer),
            compound_by_id: by_id,
            own,
            gazetteer,
            buildings,
            has_buildings,
        }
    }
}

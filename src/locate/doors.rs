//! Door numbers: a number on a road to the compound behind it.

use super::gazetteer::{Gazetteer, Target};
use super::normalize::normalize;
use crate::dataset::Dataset;
use crate::domain::DoorSide;
use rustc_hash::FxHashMap;

/// The ranges of a dataset, by road.
#[derive(Clone, Debug, Default)]
pub struct Doors {
    by_road: FxHashMap<usize, Vec<Range>>,
}

#[derive(Clone, Copy, Debug)]
struct Range {
    from: u32,
    to: u32,
    side: DoorSide,
    compound: usize,
}

/// A compound that a door number leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DoorHit {
    /// Position in the dataset's compounds.
    pub compound: usize,
    /// How many numbers the asked one lies outside of the compound's range; 0 inside.
    pub off: u32,
}

impl Doors {
    /// The ranges of the compounds that `compound_by_id` knows; others lead nowhere.
    pub fn build(
        dataset: &Dataset,
        gazetteer: &Gazetteer,
        compound_by_id: &FxHashMap<String, usize>,
    ) -> Self {
        let mut doors = Self::default();
        for door in &dataset.doors {
            let road = normalize(&door.road);
            let mut named = gazetteer.named(&road).iter();
            let road = named.find_map(|n| match gazetteer.name(*n).target {
                Target::Road(road) => Some(road),
                _ => None,
            });
            let (Some(road), Some(compound)) = (road, compound_by_id.get(&door.compound_id)) else {
                continue;
            };
            let (from, to) = (door.from.min(door.to), door.from.max(door.to));
            let range = Range { from, to, side: door.side, compound: *compound };
            doors.by_road.entry(road).or_default().push(range);
        }
        doors
    }

    /// The compounds at a door number: those whose range holds it, on its side of the road. Where
    /// there is none, the one whose range on that side is nearest.
    pub fn find(&self, road: usize, number: u32) -> Vec<DoorHit> {
        let side = if number % 2 == 1 { DoorSide::Odd } else { DoorSide::Even };
        let ranges = self.by_road.get(&road).into_iter().flatten();
        let ranges = ranges.filter(|r| r.side == side || r.side == DoorSide::Both);
        let mut hits: Vec<DoorHit> = ranges
            .map(|r| DoorHit {
                compound: r.compound,
                off: r.from.saturating_sub(number).max(number.saturating_sub(r.to)),
            })
            .collect();
        hits.sort_by_key(|hit| (hit.off, hit.compound));
        hits.dedup();
        let least = hits.first().map_or(0, |hit| hit.off);
        hits.retain(|hit| hit.off == least);
        hits
    }

    /// The compounds with a range on the road, by position.
    pub fn along(&self, road: usize) -> Vec<usize> {
        let ranges = self.by_road.get(&road).into_iter().flatten();
        let mut compounds: Vec<usize> = ranges.map(|range| range.compound).collect();
        compounds.sort_unstable();
        compounds.dedup();
        compounds
    }
}

//! Which feature of a net owns each unit, so that an edit only compares sets of units.

use crate::domain::{Correspondence, MultiPolygon, Net};
use crate::geometry::{Frame, measure, overlap_areas};
use rustc_hash::FxHashMap;

use super::ground::NONE;

/// A unit counts as whole inside a feature while what lies outside of it is narrower than this
/// many metres on average along the unit's border.
const TOLERANCE_M: f64 = 0.02;

/// How a unit lies in the features of a net.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct NetShare {
    /// The feature with most of it, or [`NONE`].
    pub feature: u32,
    /// All features that have a part of it, when it is not whole inside one.
    pub parts: Vec<u32>,
}

/// A net over the units.
pub(super) struct NetGround {
    pub name: String,
    /// Whether several whole grids may share a feature.
    pub many: bool,
    /// Codes of the grids that each feature names.
    pub named: Vec<Vec<String>>,
    /// The feature of each unit.
    pub feature: Vec<u32>,
    /// The features that have parts of a unit, for units that are not whole inside one.
    pub parts: FxHashMap<u32, Vec<u32>>,
    /// Whether a feature reaches beyond all units, so that no set of them can equal it.
    pub spills: Vec<bool>,
}

impl NetGround {
    /// Lays a net over the units.
    pub fn of(frame: &Frame, net: &Net, units: &[&MultiPolygon], unit_m2: &[f64]) -> Self {
        let features: Vec<&MultiPolygon> = net.features.iter().map(|f| &f.geometry).collect();
        let pairs = overlap_areas(frame, units, &features);
        let mut held = vec![0.0; features.len()];
        pairs.iter().for_each(|&(_, feature, area)| held[feature] += area);
        let spills = features.iter().zip(&held);
        let spills = spills.map(|(shape, held)| {
            measure::area_m2(shape) - held > TOLERANCE_M * border_m(frame, shape)
        });
        let mut made = Self {
            name: net.name.clone(),
            many: net.correspondence == Correspondence::ManyToOne,
            named: net.features.iter().map(|f| names(&f.id, &f.grid_codes)).collect(),
            feature: vec![NONE; units.len()],
            parts: FxHashMap::default(),
            spills: spills.collect(),
        };
        let numbers: Vec<u32> = (0..features.len() as u32).collect();
        for (unit, share) in shares(frame, units, unit_m2, &numbers, &pairs).into_iter().enumerate()
        {
            made.feature[unit] = share.feature;
            if !share.parts.is_empty() {
                made.parts.insert(unit as u32, share.parts);
            }
        }
        made
    }

    /// The features that have a part of a unit.
    pub fn touching(&self, unit: u32) -> impl Iterator<Item = u32> + '_ {
        let main = self.feature.get(unit as usize).copied().filter(|&feature| feature != NONE);
        main.into_iter().chain(self.parts.get(&unit).into_iter().flatten().copied())
    }
}

/// The codes that a feature names: its own list, else its id.
fn names(id: &str, codes: &[String]) -> Vec<String> {
    if codes.is_empty() { vec![id.to_owned()] } else { codes.to_vec() }
}

/// How each of some units lies in features: `pairs` are (unit, feature, common m²) with features
/// by their place in `numbers`.
pub(super) fn shares(
    frame: &Frame,
    units: &[&MultiPolygon],
    unit_m2: &[f64],
    numbers: &[u32],
    pairs: &[(usize, usize, f64)],
) -> Vec<NetShare> {
    let mut found: Vec<Vec<(f64, u32)>> = vec![Vec::new(); units.len()];
    for &(unit, feature, area) in pairs {
        found[unit].push((area, numbers[feature]));
    }
    let share = |(unit, mut held): (usize, Vec<(f64, u32)>)| {
        held.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let Some(&(most, feature)) = held.first() else {
            return NetShare { feature: NONE, parts: Vec::new() };
        };
        let scrap = TOLERANCE_M * border_m(frame, units[unit]);
        let overlaps = held.iter().skip(1).any(|&(area, _)| area > scrap);
        let is_whole = unit_m2[unit] - most <= scrap && !overlaps;
        let more = held.iter().filter(|&&(area, _)| area > scrap).map(|&(_, f)| f);
        NetShare { feature, parts: if is_whole { Vec::new() } else { more.collect() } }
    };
    found.into_iter().enumerate().map(share).collect()
}

/// Metres around a polygon.
fn border_m(frame: &Frame, shape: &MultiPolygon) -> f64 {
    let rings = shape.polygons().iter().flat_map(|part| part.rings());
    let ring_m = |ring: &crate::domain::Ring| {
        let corners = ring.corners();
        let next = corners.iter().cycle().skip(1);
        let sides = corners.iter().zip(next);
        sides.map(|(&a, &b)| frame.length_m(frame.to_grid(a), frame.to_grid(b))).sum::<f64>()
    };
    rings.map(ring_m).sum()
}

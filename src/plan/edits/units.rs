//! Units given, taken, and brought back to the dataset's shapes.

use super::super::delta::{Change, Delta};
use super::super::draft::Draft;
use super::super::error::PlanError;
use super::At;
use crate::domain::MultiPolygon;
use crate::geometry::Arrangement;
use std::collections::{BTreeMap, BTreeSet};

/// What lies in only one of two shapes is taken for the rounding of their corners to the grid
/// when it is narrower than this many metres.
const ROUNDING_M: f64 = 0.002;

impl Draft {
    /// Gives units to a grid.
    pub(super) fn assign(&self, at: At, units: &[String], grid: &str) -> Result<Delta, PlanError> {
        self.grid_number(at.field("grid"), grid)?;
        let slots = self.named_units(at, units)?;
        Ok(self.given(&slots, Some(grid)))
    }

    /// Takes units out of their grids.
    pub(super) fn erase(&self, at: At, units: &[String]) -> Result<Delta, PlanError> {
        let slots = self.named_units(at, units)?;
        Ok(self.given(&slots, None))
    }

    /// Brings units back to the dataset's: those named, and all of the plan's own that took or
    /// gave area together with them. Each gets the grid of most of its households.
    pub(super) fn restore(&self, at: At, units: &[String]) -> Result<Delta, PlanError> {
        if units.is_empty() {
            return Err(PlanError::NoUnits { field: at.field("units") });
        }
        let mut own: BTreeSet<&str> = BTreeSet::new();
        for (position, unit) in units.iter().enumerate() {
            let before = own.len();
            let matching = self.state.own_units.iter();
            let matching = matching.filter(|(id, own)| *id == unit || own.from.contains_key(unit));
            own.extend(matching.map(|(id, _)| id.as_str()));
            if own.len() > before || own.contains(unit.as_str()) {
                continue;
            }
            let field = at.entry("units", position);
            self.unit_number(field.clone(), unit)?;
            let problem = format!("the unit `{unit}` is as the dataset has it; leave it out");
            return Err(PlanError::invalid(field, Some(unit), problem));
        }
        let sources = self.close(&mut own);
        Ok(self.restored(&own, &sources))
    }

    /// Adds the plan's own units that cannot stay as they are when those of `own` are undone, and
    /// gives the dataset's units that come back.
    fn close<'s>(&'s self, own: &mut BTreeSet<&'s str>) -> BTreeSet<u32> {
        loop {
            let sources: BTreeSet<u32> = own
                .iter()
                .flat_map(|id| self.state.own_units[*id].from.keys())
                .filter_map(|id| self.ground.numbers.get(id).copied())
                .collect();
            let more: Vec<&str> = self
                .state
                .own_units
                .iter()
                .filter(|(id, _)| !own.contains(id.as_str()))
                .filter(|(_, unit)| {
                    let mut from = unit.from.keys().filter_map(|id| self.ground.numbers.get(id));
                    from.any(|unit| sources.contains(unit))
                })
                .map(|(id, _)| id.as_str())
                .collect();
            let more = if more.is_empty() { self.overlapped(own, &sources) } else { more };
            if more.is_empty() {
                return sources;
            }
            own.extend(more);
        }
    }

    /// The plan's own units outside of `own` that have area of `sources`, or whose own sources
    /// gave area to `own`.
    fn overlapped<'s>(&'s self, own: &BTreeSet<&str>, sources: &BTreeSet<u32>) -> Vec<&'s str> {
        let units = &self.ground.dataset.units;
        let near: BTreeSet<u32> =
            sources.iter().flat_map(|&u| self.ground.rows.get(u).iter().map(|&(v, _)| v)).collect();
        let touches = |unit: &super::OwnUnit| {
            let mut from = unit.from.keys().filter_map(|id| self.ground.numbers.get(id));
            from.any(|unit| near.contains(unit))
        };
        let others: Vec<(&str, &MultiPolygon, Vec<&MultiPolygon>)> = self
            .state
            .own_units
            .iter()
            .filter(|(id, unit)| !own.contains(id.as_str()) && touches(unit))
            .map(|(id, unit)| {
                let from = unit.from.keys().filter_map(|id| self.ground.numbers.get(id));
                let from = from.map(|&unit| &units[unit as usize].geometry).collect();
                (id.as_str(), &unit.geometry, from)
            })
            .collect();
        if others.is_empty() {
            return Vec::new();
        }
        let restored: Vec<&MultiPolygon> =
            sources.iter().map(|&unit| &units[unit as usize].geometry).collect();
        let meets = |shape: &MultiPolygon| {
            restored.iter().any(|area| has_common_area(&self.ground, area, shape))
        };
        let undone: Vec<&MultiPolygon> =
            own.iter().map(|id| &self.state.own_units[*id].geometry).collect();
        let gave = |from: &[&MultiPolygon]| {
            let mut pairs = from.iter().flat_map(|a| undone.iter().map(move |b| (a, b)));
            pairs.any(|(a, b)| has_common_area(&self.ground, a, b))
        };
        let involved = others.into_iter().filter(|(_, shape, from)| meets(shape) || gave(from));
        involved.map(|(id, ..)| id).collect()
    }

    /// The change that undoes the plan's own units of `own` and brings `sources` back.
    fn restored(&self, own: &BTreeSet<&str>, sources: &BTreeSet<u32>) -> Delta {
        // Households of each source by the grid that they are in.
        let mut shares: BTreeMap<&str, BTreeMap<Option<&String>, u64>> = BTreeMap::new();
        for id in own {
            let grid = self.state.assignment.get(*id);
            for (source, households) in &self.state.own_units[*id].from {
                // One more, so that a source without households has a grid, too.
                *shares.entry(source).or_default().entry(grid).or_default() += households + 1;
            }
        }
        let mut delta = Delta::default();
        for id in own {
            let before = self.state.own_units.get(*id).cloned();
            delta.own_units.insert((*id).to_owned(), Change { before, after: None });
            if let Some(code) = self.state.assignment.get(*id) {
                let change = Change { before: Some(code.clone()), after: None };
                delta.assignment.insert((*id).to_owned(), change);
            }
        }
        for &source in sources {
            let id = &self.ground.ids[source as usize];
            let shares = shares.get(id.as_str()).into_iter().flatten();
            let best =
                shares.max_by_key(|&(grid, households)| (households, std::cmp::Reverse(grid)));
            let after = best.and_then(|(grid, _)| grid.cloned());
            let before = delta.assignment.remove(id).and_then(|change| change.before);
            if before != after {
                delta.assignment.insert(id.clone(), Change { before, after });
            }
        }
        delta
    }
}

/// Whether two shapes have more in common than the rounding of their corners.
fn has_common_area(
    ground: &super::super::ground::Ground,
    a: &MultiPolygon,
    b: &MultiPolygon,
) -> bool {
    let arrangement = Arrangement::build(ground.frame(), &[a, b]);
    let areas = arrangement.face_areas_m2();
    let both = (0..arrangement.faces()).filter(|&f| arrangement.owners(f as u32).len() == 2);
    let border = |f: usize| {
        arrangement.edges_of_face(f as u32).map(|edge| arrangement.length_m(edge)).sum::<f64>()
    };
    both.into_iter().any(|f| areas[f] > ROUNDING_M * border(f))
}

//! A unit divided along a line, and units made one.

use super::super::delta::Delta;
use super::super::draft::Draft;
use super::super::error::PlanError;
use super::super::ground::NONE;
use super::super::shape_json::storable;
use super::super::state::OwnUnit;
use super::At;
use crate::domain::{LonLat, MultiPolygon, Polygon, Ring};
use crate::geometry::{Arrangement, Coverage, Frame, GridPoint, enclosed_areas, measure};
use crate::index::AreaIndex;
use std::collections::BTreeMap;

/// An end of the line that stops short of the border is led on to it over this many millimetres.
const REACH_MM: i64 = 1_000;
/// Most places of a line.
const LONGEST_LINE: usize = 10_000;

impl Draft {
    /// Divides a unit in two along a line.
    pub(super) fn split_unit(
        &self,
        at: At,
        unit: &str,
        line: &[LonLat],
    ) -> Result<Delta, PlanError> {
        let slot = self.unit_number(at.field("unit"), unit)?;
        let pieces = self
            .cut(slot, line)
            .map_err(|problem| PlanError::invalid(at.field("line"), Some(unit), problem))?;
        let whole = self.as_own(slot);
        let [first, second] = self.shared_out(slot, &whole.from, &pieces);
        let [a, b] = pieces;
        let make = |geometry, from| OwnUnit {
            geometry,
            community_code: whole.community_code.clone(),
            from,
        };
        let [id_a, id_b] = self.piece_ids(unit);
        let new = vec![(id_a, make(a, first)), (id_b, make(b, second))];
        let grid = self.code_of(slot).cloned();
        Ok(self.replaced(&[slot], new, grid.as_deref()))
    }

    /// The two pieces of a unit, the western first.
    fn cut(&self, slot: u32, line: &[LonLat]) -> Result<[MultiPolygon; 2], String> {
        let shape = self.shape(slot);
        if shape.polygons().len() > 1 {
            return Err("the unit is in several parts; only a unit of one part is divided".into());
        }
        if !(2..=LONGEST_LINE).contains(&line.len()) {
            return Err(format!("has {} places; give 2 to {LONGEST_LINE}", line.len()));
        }
        let frame = *self.ground.frame();
        let segments = segments(&frame, shape, line);
        let block = |ring: Vec<GridPoint>| {
            let corners = ring.into_iter().map(|point| frame.to_lonlat(point)).collect();
            MultiPolygon::new(vec![Polygon::new(Ring::new(corners).ok()?, Vec::new())]).ok()
        };
        let blocks: Vec<MultiPolygon> =
            enclosed_areas(&segments, REACH_MM).into_iter().filter_map(block).collect();
        let all: Vec<&MultiPolygon> = std::iter::once(shape).chain(&blocks).collect();
        let arrangement = Arrangement::build(&frame, &all);
        let regions = arrangement.regions(|face| {
            let owners = arrangement.owners(face);
            (owners.first() == Some(&0)).then(|| owners.to_vec())
        });
        match regions.faces.len() {
            0 | 1 => {
                return Err("the line does not divide the unit; draw it from border to border, \
                            with both ends outside or on the border"
                    .into());
            }
            2 => {}
            pieces => {
                return Err(format!(
                    "the line divides the unit into {pieces} pieces; draw it so that there are two"
                ));
            }
        }
        let pieces = arrangement.polygons_of(&regions.region_of_face, 2);
        let pieces = pieces.into_iter().flatten().map(|piece| storable(&frame, &piece));
        let pieces: Vec<MultiPolygon> = pieces.collect();
        let made: usize = pieces.iter().map(holes).sum();
        if made > holes(shape) || pieces.iter().any(|piece| piece.polygons().len() > 1) {
            return Err("the line closes inside the unit, so that one piece would lie in the \
                        other; draw it from border to border"
                .into());
        }
        let mut pieces: [MultiPolygon; 2] =
            pieces.try_into().map_err(|_| "a piece would have no area; draw the line elsewhere")?;
        let west = |piece: &MultiPolygon| {
            let corners = piece.corners().map(|p| (p.lon(), -p.lat()));
            corners.fold((f64::INFINITY, 0.0), |least, p| if p < least { p } else { least })
        };
        if west(&pieces[1]) < west(&pieces[0]) {
            pieces.swap(0, 1);
        }
        Ok(pieces)
    }

    /// The households of two pieces by source: by the compounds in each, else by area; together
    /// they are what the unit has.
    fn shared_out(
        &self,
        slot: u32,
        from: &BTreeMap<String, u64>,
        pieces: &[MultiPolygon; 2],
    ) -> [BTreeMap<String, u64>; 2] {
        let index = AreaIndex::build(pieces.iter().enumerate());
        let mut weights = [0.0, 0.0];
        for &compound in self.slots.homes(&self.ground, slot) {
            if let Some(piece) = index.owner(self.ground.seats[compound as usize], |_| true) {
                weights[piece] += self.ground.compound_households(compound) as f64;
            }
        }
        if weights[0] + weights[1] <= 0.0 {
            weights = [0, 1].map(|piece| measure::area_m2(&pieces[piece]));
        }
        let total: u64 = from.values().sum();
        let share = weights[0] / (weights[0] + weights[1]);
        let first = ((total as f64 * share).round() as u64).min(total);
        let mut shares = [BTreeMap::new(), BTreeMap::new()];
        // Source by source what is left is shared in the same way, so that the sums come out.
        let (mut left, mut left_first) = (total, first);
        for (source, &households) in from {
            let part = if left == 0 {
                0
            } else {
                let part = u128::from(households) * u128::from(left_first);
                // Not more than `households`, since left_first is not more than left.
                ((part + u128::from(left) / 2) / u128::from(left)) as u64
            };
            let part = part.min(left_first).min(households);
            shares[0].insert(source.clone(), part);
            shares[1].insert(source.clone(), households - part);
            (left, left_first) = (left - households, left_first - part);
        }
        shares
    }

    /// Ids for two pieces: `u12-a` and `u12-b`, or the next free letters and numbers.
    fn piece_ids(&self, unit: &str) -> [String; 2] {
        let letters = ('a'..='z').map(|letter| format!("{unit}-{letter}"));
        let numbers = (1u64..).map(|number| format!("{unit}-{number}"));
        let mut free = letters.chain(numbers).filter(|id| self.is_free(id));
        // There are more numbers than units.
        [0, 1].map(|_| free.next().unwrap_or_default())
    }

    /// Makes one unit of several.
    pub(super) fn merge_units(&self, at: At, units: &[String]) -> Result<Delta, PlanError> {
        let slots = self.named_units(at, units)?;
        let wrong = |unit: Option<&str>, problem: String| {
            Err(PlanError::invalid(at.field("units"), unit, problem))
        };
        let [first, rest @ ..] = slots.as_slice() else {
            return Err(PlanError::NoUnits { field: at.field("units") });
        };
        if rest.is_empty() {
            return wrong(None, "names one unit; name two or more that lie side by side".into());
        }
        let other = |of: &dyn Fn(u32) -> u32| rest.iter().copied().find(|&s| of(s) != of(*first));
        if let Some(slot) = other(&|slot| self.slots.owner[slot as usize]) {
            let problem = format!(
                "`{}` and `{}` are in different grids; give them to one grid first",
                self.id(*first),
                self.id(slot)
            );
            return wrong(Some(self.id(slot)), problem);
        }
        if let Some(slot) = other(&|slot| self.slots.community[slot as usize]) {
            let problem = format!(
                "`{}` and `{}` are in different communities; a unit lies in one",
                self.id(*first),
                self.id(slot)
            );
            return wrong(Some(self.id(slot)), problem);
        }
        if let Some(slot) = self.apart(&slots) {
            let problem = format!(
                "`{}` has no common border with the others; name units that lie side by side",
                self.id(slot)
            );
            return wrong(Some(self.id(slot)), problem);
        }
        let merged = self.merged(&slots);
        let Some(merged) = merged else {
            return wrong(None, "the units have no area together; check their shapes".into());
        };
        let grid = self.code_of(*first).cloned();
        let source = merged.from.keys().next().filter(|_| merged.from.len() == 1);
        // All pieces of a unit of the dataset make that unit again.
        let again = source.filter(|source| self.is_whole(source, &slots)).cloned();
        Ok(match again {
            Some(source) => self.made_whole(&slots, &source, grid),
            None => {
                let id = self.merged_id(&slots);
                self.replaced(&slots, vec![(id, merged)], grid.as_deref())
            }
        })
    }

    /// A unit that does not hang together with the first.
    fn apart(&self, slots: &[u32]) -> Option<u32> {
        let mut reached = vec![slots[0]];
        let mut next = 0;
        while let Some(&slot) = reached.get(next) {
            next += 1;
            for &(other, _) in self.slots.row(&self.ground, slot) {
                if slots.binary_search(&other).is_ok() && !reached.contains(&other) {
                    reached.push(other);
                }
            }
        }
        slots.iter().copied().find(|slot| !reached.contains(slot))
    }

    fn merged(&self, slots: &[u32]) -> Option<OwnUnit> {
        let shapes: Vec<&MultiPolygon> = slots.iter().map(|&slot| self.shape(slot)).collect();
        let frame = *self.ground.frame();
        let coverage = Coverage::build(&frame, &shapes);
        let united = coverage.dissolve(&vec![Some(0); shapes.len()], 1).pop().flatten()?;
        let mut whole = self.as_own(slots[0]);
        for &slot in &slots[1..] {
            for (source, households) in self.as_own(slot).from {
                *whole.from.entry(source).or_default() += households;
            }
        }
        whole.geometry = storable(&frame, &united);
        Some(whole)
    }

    /// Whether these are all the pieces of one unit of the dataset, as it was cut, so that together
    /// they are it.
    fn is_whole(&self, source: &str, slots: &[u32]) -> bool {
        let mut own = self.state.own_units.iter();
        let is_among = |id: &String| self.slot(id).is_some_and(|s| slots.binary_search(&s).is_ok());
        let all = own.all(|(id, unit)| !unit.from.contains_key(source) || is_among(id));
        let number = self.ground.numbers.get(source).copied().unwrap_or(NONE);
        let Some(base) = self.ground.dataset.units.get(number as usize) else { return false };
        let shapes: Vec<&MultiPolygon> = slots.iter().map(|&slot| self.shape(slot)).collect();
        all && same_area(&self.ground, &base.geometry, &shapes)
    }

    fn made_whole(&self, slots: &[u32], source: &str, grid: Option<String>) -> Delta {
        let mut delta = self.replaced(slots, Vec::new(), None);
        let before = delta.assignment.remove(source).and_then(|change| change.before);
        if before != grid {
            let change = super::Change { before, after: grid };
            delta.assignment.insert(source.to_owned(), change);
        }
        delta
    }

    /// An id for a merged unit: of the first by id, with `-m` and a number where that is taken.
    fn merged_id(&self, slots: &[u32]) -> String {
        let first = slots.iter().map(|&slot| self.id(slot)).min().unwrap_or_default();
        let numbered = (2u64..).map(|number| format!("{first}-m{number}"));
        let mut ids = std::iter::once(format!("{first}-m")).chain(numbered);
        // There are more numbers than units.
        ids.find(|id| self.is_free(id)).unwrap_or_default()
    }
}

/// The sides of a unit's rings and the steps of a line.
fn segments(frame: &Frame, shape: &MultiPolygon, line: &[LonLat]) -> Vec<(GridPoint, GridPoint)> {
    let closed = |ring: &Ring| {
        let points: Vec<GridPoint> = ring.corners().iter().map(|&p| frame.to_grid(p)).collect();
        let next = points.clone().into_iter().cycle().skip(1);
        points.into_iter().zip(next).collect::<Vec<_>>()
    };
    let rings = shape.polygons().iter().flat_map(Polygon::rings);
    let mut segments: Vec<(GridPoint, GridPoint)> = rings.flat_map(closed).collect();
    let places: Vec<GridPoint> = line.iter().map(|&p| frame.to_grid(p)).collect();
    let steps = places.windows(2).map(|pair| (pair[0], pair[1]));
    segments.extend(steps.filter(|(a, b)| a != b));
    segments
}

/// How many holes an area has.
fn holes(shape: &MultiPolygon) -> usize {
    shape.polygons().iter().map(|part| part.holes().len()).sum()
}

/// Whether shapes together cover a shape and nothing else, but for the rounding of corners.
fn same_area(
    ground: &super::super::ground::Ground,
    base: &MultiPolygon,
    shapes: &[&MultiPolygon],
) -> bool {
    /// Metres that a strip is wide which rounding to millimetres can leave.
    const ROUNDING_M: f64 = 0.002;
    let all: Vec<&MultiPolygon> = std::iter::once(base).chain(shapes.iter().copied()).collect();
    let arrangement = Arrangement::build(ground.frame(), &all);
    let areas = arrangement.face_areas_m2();
    (1..arrangement.faces()).all(|face| {
        let owners = arrangement.owners(face as u32);
        let is_same = owners.is_empty() || (owners[0] == 0 && owners.len() == 2);
        let edges = arrangement.edges_of_face(face as u32);
        is_same || areas[face] <= ROUNDING_M * edges.map(|e| arrangement.length_m(e)).sum::<f64>()
    })
}

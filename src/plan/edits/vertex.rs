//! A vertex of a common border moved in all units that have it.

use super::super::delta::{Change, Delta};
use super::super::draft::Draft;
use super::super::error::PlanError;
use super::super::ground::NONE;
use super::super::shape_json::{changed, storable};
use super::At;
use crate::domain::{BBox, LonLat, MultiPolygon, Ring};
use crate::geometry::{Coverage, GridPoint, doubled_area, passes_pixel};
use std::collections::BTreeSet;

/// How far around a place units are looked for, in degrees: about a decimetre.
const NEAR: f64 = 1e-6;

impl Draft {
    /// Moves a vertex. The units around it are laid out with their neighbours first, so that a
    /// corner of one unit on another's edge moves with both.
    pub(super) fn move_vertex(&self, at: At, from: LonLat, to: LonLat) -> Result<Delta, PlanError> {
        let frame = *self.ground.frame();
        let (old, new) = (frame.to_grid(from), frame.to_grid(to));
        if old == new {
            let problem = "is where the vertex is already; give another place";
            return Err(PlanError::invalid(at.field("to"), None, problem));
        }
        let absent = || {
            let problem = format!(
                "no border of units has a vertex at {}, {}; give the vertex as it is drawn",
                from.lon(),
                from.lat()
            );
            PlanError::invalid(at.field("from"), None, problem)
        };
        let mut laid: BTreeSet<u32> = self.units_at(from).into_iter().collect();
        let beside: Vec<u32> = laid
            .iter()
            .flat_map(|&slot| self.slots.row(&self.ground, slot).iter().map(|&(other, _)| other))
            .collect();
        laid.extend(beside);
        let laid: Vec<u32> = laid.into_iter().collect();
        let shapes: Vec<&MultiPolygon> = laid.iter().map(|&slot| self.shape(slot)).collect();
        let coverage = Coverage::build(&frame, &shapes);
        let moving = around(&coverage, old).ok_or_else(absent)?;
        let Some(moving) = moving else {
            let problem = "the vertex lies on the outer border of the units, and the outline \
                           would no longer be covered; move vertices between units only";
            return Err(PlanError::invalid(at.field("from"), None, problem));
        };
        let mut group = vec![None; laid.len()];
        moving.iter().enumerate().for_each(|(n, &place)| group[place] = Some(n));
        let drawn = coverage.dissolve(&group, moving.len());
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for shape in drawn {
            let shape = shape.ok_or_else(absent)?;
            let corner = |corner| if frame.to_grid(corner) == old { to } else { corner };
            after.push(changed(&shape, corner));
            before.push(shape);
        }
        let points = |ring: &Ring| ring.corners().iter().map(|&p| frame.to_grid(p)).collect();
        let check = Check { at: new, points: &points };
        if let Some(problem) = check.problem(&before, &after) {
            return Err(PlanError::invalid(at.field("to"), None, problem));
        }
        let mut delta = Delta::default();
        for (shape, &place) in after.iter().zip(&moving) {
            let mut own = self.as_own(laid[place]);
            own.geometry = storable(&frame, shape);
            let id = self.id(laid[place]).to_owned();
            let before = self.state.own_units.get(&id).cloned();
            delta.own_units.insert(id, Change { before, after: Some(own) });
        }
        Ok(delta)
    }

    /// The units whose windows hold a place, to within [`NEAR`].
    fn units_at(&self, place: LonLat) -> Vec<u32> {
        let (lon, lat) = (place.lon(), place.lat());
        let window =
            BBox { west: lon - NEAR, south: lat - NEAR, east: lon + NEAR, north: lat + NEAR };
        let base = self.ground.index.in_window(window).into_iter().map(|unit| unit as u32);
        let is_base =
            |slot: &u32| self.slots.alive[*slot as usize] && !self.slots.own.contains_key(slot);
        let mut found: Vec<u32> = base.filter(is_base).collect();
        for (id, own) in &self.state.own_units {
            let meets = BBox::around(own.geometry.corners()).is_some_and(|b| b.intersects(window));
            found.extend(self.slot(id).filter(|_| meets));
        }
        found
    }
}

/// The polygons around a vertex of a coverage; `Some(None)` when not all around it is covered, and
/// `None` without such a vertex on a border between two.
#[allow(clippy::option_option)] // no vertex, an outer one, one inside
fn around(coverage: &Coverage, at: GridPoint) -> Option<Option<Vec<usize>>> {
    let arrangement = coverage.arrangement();
    let on_arcs = coverage.arcs().iter().flat_map(|arc| arc.vertices.iter().copied());
    let vertex = on_arcs.into_iter().find(|&vertex| coverage.point(vertex) == at)?;
    let mut polygons = BTreeSet::new();
    for &edge in arrangement.around(vertex) {
        match arrangement.owners(arrangement.face(edge)).first() {
            Some(&owner) if owner != NONE => polygons.insert(owner as usize),
            _ => return Some(None),
        };
    }
    Some(Some(polygons.into_iter().collect()))
}

/// Looks whether polygons stay simple and side by side when one vertex has moved.
///
/// Every ring stays simple and keeps its turn, so each polygon covers what it winds around, once;
/// and since the vertex moves in all of them, their windings add up to the same as before: no gap
/// opens and nothing overlaps.
struct Check<'c> {
    /// Where the vertex is now.
    at: GridPoint,
    points: &'c dyn Fn(&Ring) -> Vec<GridPoint>,
}

impl Check<'_> {
    fn problem(&self, before: &[MultiPolygon], after: &[MultiPolygon]) -> Option<&'static str> {
        let rings = |shapes: &[MultiPolygon]| -> Vec<Vec<GridPoint>> {
            let rings = shapes.iter().flat_map(|shape| shape.polygons()).flat_map(|p| p.rings());
            rings.map(self.points).collect()
        };
        let (old, new) = (rings(before), rings(after));
        let turn = |ring: &Vec<GridPoint>| doubled_area(ring.iter().copied()).signum();
        if old.iter().zip(&new).any(|(old, new)| turn(old) != turn(new)) {
            return Some("a unit would be turned inside out; move the vertex less far");
        }
        let edges: Vec<(GridPoint, GridPoint)> = new
            .iter()
            .flat_map(|ring| ring.iter().copied().zip(ring.iter().copied().cycle().skip(1)))
            .collect();
        let star = edges.iter().filter(|(a, b)| *a == self.at || *b == self.at);
        let mut ends: Vec<GridPoint> =
            star.map(|&(a, b)| if a == self.at { b } else { a }).collect();
        ends.sort_unstable();
        ends.dedup();
        if ends.contains(&self.at) {
            return Some("the vertex would fall onto the next one; move it elsewhere");
        }
        let crosses = |end: &GridPoint| edges.iter().any(|&edge| self.collides(*end, edge));
        ends.iter().any(crosses).then_some(
            "borders would cross or touch each other; move the vertex less far, or other \
             vertices first",
        )
    }

    /// Whether the edge from the vertex to `end` meets another edge elsewhere than in a common end.
    fn collides(&self, end: GridPoint, (a, b): (GridPoint, GridPoint)) -> bool {
        let v = self.at;
        let shares = |p: GridPoint| p == v || p == end;
        match (shares(a), shares(b)) {
            // The edge itself, either way round.
            (true, true) => false,
            (true, false) => self.overlaps(end, a, b),
            (false, true) => self.overlaps(end, b, a),
            (false, false) => {
                let side = |p, q, r| doubled_area([p, q, r]).signum();
                let crosses =
                    side(v, end, a) * side(v, end, b) < 0 && side(a, b, v) * side(a, b, end) < 0;
                crosses
                    || passes_pixel(v, end, a)
                    || passes_pixel(v, end, b)
                    || passes_pixel(a, b, v)
                    || passes_pixel(a, b, end)
            }
        }
    }

    /// Whether an edge from a common end `common` to `other` runs along the edge to `end`.
    fn overlaps(&self, end: GridPoint, common: GridPoint, other: GridPoint) -> bool {
        let far = if common == self.at { end } else { self.at };
        passes_pixel(common, far, other) || passes_pixel(common, other, far)
    }
}

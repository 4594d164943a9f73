//! An index over areas: which of them owns a place, touches it, lies in a window, is nearest.

use super::plane::{Plane, Surroundings};
use super::stripes::Stripes;
use crate::domain::{BBox, LonLat, MultiPolygon};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use std::ops::ControlFlow;

/// A place this close to a border, in metres, lies on it.
pub const BORDER_TOLERANCE_M: f64 = 0.001;

/// A part of an area in the R-tree: its window in the plane, and its number.
type Leaf = GeomWithData<Rectangle<[f64; 2]>, u32>;

/// Areas in an R-tree, one leaf a part, with the edges of each part in stripes.
///
/// A look-up is O(log n) for n areas plus one stripe of each area whose window holds the place.
#[derive(Clone, Debug)]
pub struct AreaIndex {
    plane: Plane,
    tree: RTree<Leaf>,
    stripes: Stripes,
    /// For each part the position of its area in the order of precedence.
    area_of_part: Vec<u32>,
    /// The caller's number of each area, in the order of precedence.
    ids: Vec<usize>,
}

/// What the areas say of a place; numbers are the caller's, in the order of precedence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// Areas that own the place by the half-open rule: one in a clean coverage, several where
    /// areas overlap.
    pub owners: Vec<usize>,
    /// Areas that have a border within [`BORDER_TOLERANCE_M`].
    pub touching: Vec<usize>,
}

impl AreaIndex {
    /// An index over areas, given in the order of precedence: where several own a place, the
    /// earlier comes first. O(n log n) for n corners.
    pub fn build<'a>(areas: impl IntoIterator<Item = (usize, &'a MultiPolygon)>) -> Self {
        let areas: Vec<_> = areas.into_iter().collect();
        let whole = areas.iter().filter_map(|(_, a)| BBox::around(a.corners()));
        let middle = whole.reduce(BBox::union).map_or(0.0, |b| (b.south + b.north) / 2.0);
        let plane = Plane::at_latitude(middle);
        let mut index = Self {
            plane,
            tree: RTree::new(),
            stripes: Stripes::default(),
            area_of_part: Vec::new(),
            ids: areas.iter().map(|(id, _)| *id).collect(),
        };
        let mut leaves = Vec::with_capacity(areas.len());
        for (position, (_, area)) in areas.iter().enumerate() {
            for polygon in area.polygons() {
                let corners = polygon.rings().flat_map(|ring| ring.corners().iter().copied());
                let Some(window) = BBox::around(corners) else { continue };
                let number = index.area_of_part.len() as u32;
                leaves.push(Leaf::new(index.rectangle(window), number));
                index.stripes.push(polygon);
                index.area_of_part.push(position as u32);
            }
        }
        index.tree = RTree::bulk_load(leaves);
        index
    }

    /// The area that owns the place by the half-open rule, the first in precedence where several
    /// overlap, among those that `accept` takes.
    pub fn owner(&self, place: LonLat, accept: impl Fn(usize) -> bool) -> Option<usize> {
        let mut best: Option<u32> = None;
        let point = AABB::from_point(self.plane.project(place));
        self.visit(point, |part| {
            let area = self.area_of_part[part];
            if best.is_none_or(|best| area < best)
                && accept(self.ids[area as usize])
                && self.stripes.owns(part, place)
            {
                best = Some(area);
            }
        });
        best.map(|area| self.ids[area as usize])
    }

    /// All areas that own the place or have a border there, among those that `accept` takes.
    pub fn claims(&self, place: LonLat, accept: impl Fn(usize) -> bool) -> Claims {
        let around = Surroundings::of(place);
        let [x, y] = self.plane.project(place);
        let reach = 2.0 * BORDER_TOLERANCE_M * self.plane.exaggeration(&around);
        let window = AABB::from_corners([x - reach, y - reach], [x + reach, y + reach]);
        let step = around.degrees_north(2.0 * BORDER_TOLERANCE_M);
        let (mut owners, mut touching) = (Vec::new(), Vec::new());
        self.visit(window, |part| {
            let area = self.area_of_part[part];
            if !accept(self.ids[area as usize]) {
                return;
            }
            if self.stripes.owns(part, place) {
                owners.push(area);
            }
            let mut near = self.stripes.near(part, place.lat() - step, place.lat() + step);
            if near.any(|e| around.distance_to_segment_m(e.low(), e.high()) <= BORDER_TOLERANCE_M) {
                touching.push(area);
            }
        });
        Claims { owners: self.in_order(owners), touching: self.in_order(touching) }
    }

    /// Areas whose window shares a point with `window`, in the order of precedence.
    pub fn in_window(&self, window: BBox) -> Vec<usize> {
        let rectangle = self.rectangle(window);
        let mut found = Vec::new();
        let window = AABB::from_corners(rectangle.lower(), rectangle.upper());
        self.visit(window, |part| found.push(self.area_of_part[part]));
        self.in_order(found)
    }

    /// The `limit` areas nearest to the place among those that `accept` takes, nearest first,
    /// with their distance in metres (0 for an area that owns the place). Parts of one area count
    /// once. Of equally near ones the first in precedence comes first.
    pub fn nearest(
        &self,
        place: LonLat,
        limit: usize,
        accept: impl Fn(usize) -> bool,
    ) -> Vec<(usize, f64)> {
        let around = Surroundings::of(place);
        let mut best: Vec<(f64, u32)> = Vec::new();
        let from = self.plane.project(place);
        let exaggeration = self.plane.exaggeration(&around);
        for (leaf, distance2) in self.tree.nearest_neighbor_iter_with_distance_2(from) {
            let worst = best.get(limit.wrapping_sub(1)).map(|(metres, _)| *metres);
            // A window is never farther than what lies in it.
            if limit == 0 || worst.is_some_and(|worst| distance2.sqrt() > worst * exaggeration) {
                break;
            }
            let (part, area) = (leaf.data as usize, self.area_of_part[leaf.data as usize]);
            if !accept(self.ids[area as usize]) {
                continue;
            }
            let metres = if self.stripes.owns(part, place) {
                0.0
            } else {
                let edges = self.stripes.all(part).iter();
                edges
                    .map(|e| around.distance_to_segment_m(e.low(), e.high()))
                    .fold(f64::INFINITY, f64::min)
            };
            match best.iter_mut().find(|(_, a)| *a == area) {
                Some(known) => known.0 = known.0.min(metres),
                None => best.push((metres, area)),
            }
            best.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            best.truncate(limit);
        }
        best.into_iter().map(|(metres, area)| (self.ids[area as usize], metres)).collect()
    }

    /// Number of areas.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no area.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    fn rectangle(&self, window: BBox) -> Rectangle<[f64; 2]> {
        let BBox { west, south, east, north } = window;
        let corner = |lon: f64, lat: f64| self.plane.project_degrees(lon, lat);
        Rectangle::from_corners(corner(west, south), corner(east, north))
    }

    fn visit(&self, window: AABB<[f64; 2]>, mut visit: impl FnMut(usize)) {
        let _: ControlFlow<()> = self.tree.locate_in_envelope_intersecting_int(window, |leaf| {
            visit(leaf.data as usize);
            ControlFlow::Continue(())
        });
    }

    fn in_order(&self, mut areas: Vec<u32>) -> Vec<usize> {
        areas.sort_unstable();
        areas.dedup();
        areas.into_iter().map(|area| self.ids[area as usize]).collect()
    }
}

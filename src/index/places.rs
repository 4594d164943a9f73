//! An index over places: nearest, and those in a window.

use super::plane::{Plane, Surroundings};
use crate::domain::{BBox, LonLat};
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};

/// A place in the R-tree: where it is in the plane, and its position in `places`.
type Leaf = GeomWithData<[f64; 2], u32>;

/// Places in an R-tree.
#[derive(Clone, Debug)]
pub struct PlaceIndex {
    plane: Plane,
    tree: RTree<Leaf>,
    /// The caller's number and the place, in the order given.
    places: Vec<(usize, LonLat)>,
}

impl PlaceIndex {
    /// An index over places. O(n log n).
    pub fn build(places: impl IntoIterator<Item = (usize, LonLat)>) -> Self {
        let places: Vec<_> = places.into_iter().collect();
        let whole = BBox::around(places.iter().map(|(_, place)| *place));
        let plane = Plane::at_latitude(whole.map_or(0.0, |b| (b.south + b.north) / 2.0));
        let leaves = places.iter().enumerate();
        let leaves = leaves.map(|(n, (_, place))| Leaf::new(plane.project(*place), n as u32));
        Self { plane, tree: RTree::bulk_load(leaves.collect()), places }
    }

    /// The nearest place and its distance in metres; of equally near ones the first given.
    pub fn nearest(&self, place: LonLat) -> Option<(usize, f64)> {
        let mut best: Option<(f64, u32)> = None;
        let from = self.plane.project(place);
        let around = Surroundings::of(place);
        let exaggeration = self.plane.exaggeration(&around);
        for (leaf, distance2) in self.tree.nearest_neighbor_iter_with_distance_2(from) {
            if best.is_some_and(|(metres, _)| distance2.sqrt() > metres * exaggeration) {
                break;
            }
            let metres = around.distance_m(self.places[leaf.data as usize].1);
            if best.is_none_or(|best| (metres, leaf.data) < best) {
                best = Some((metres, leaf.data));
            }
        }
        best.map(|(metres, position)| (self.places[position as usize].0, metres))
    }

    /// The places in a window, its edges included, in the order given.
    pub fn in_window(&self, window: BBox) -> Vec<usize> {
        let lower = self.plane.project_degrees(window.west, window.south);
        let upper = self.plane.project_degrees(window.east, window.north);
        let found = self.tree.locate_in_envelope_intersecting(AABB::from_corners(lower, upper));
        let mut found: Vec<u32> = found.map(|leaf| leaf.data).collect();
        found.sort_unstable();
        found.into_iter().map(|position| self.places[position as usize].0).collect()
    }

    /// Number of places.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is no place.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

//! The half-open rule: every place of a coverage belongs to exactly one of its polygons.
//!
//! # What the rule says
//! 1. An edge is taken *canonically*: its lower end first, of two equally high ends the western.
//!    Two neighbours that share a border therefore ask the same question of it, whichever way
//!    their rings run.
//! 2. The edge is *crossed* by the ray from a place to the east when the place's latitude lies in
//!    the half-open span `low.lat <= lat < high.lat` and the place lies strictly left of the edge
//!    (exact orientation, Shewchuk's adaptive predicate as in crate `robust`).
//! 3. A polygon owns the place when an odd number of its edges is crossed.
//!
//! It is the limit of the usual even-odd test at a place moved by an infinitely small step to the
//! east and a far smaller one to the north: the moved place lies on no edge, so it lies inside
//! exactly one polygon of a gapless coverage. In short, a border belongs to the polygon east of
//! it, a horizontal one to the polygon north of it.
//!
//! It works on the degrees as they stand in the file, so that a straight line there is a straight
//! line here and the answers agree with those of GIS tools away from borders.
//!
//! # Known weaknesses
//! - A neighbour's vertex in the middle of a long edge need not lie exactly on it in `f64`; the
//!   sliver between (below a micrometre) belongs to both or to none. [`crate::index`] settles such
//!   places by nearness and code.
//! - The antimeridian is an edge of the map: polygons across it must be cut there.

use crate::domain::{LonLat, MultiPolygon, Polygon, Ring};
use robust::{Coord, orient2d};

/// An edge of a ring, its lower end first (of equally high ends the western first).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CanonicalEdge {
    low: LonLat,
    high: LonLat,
}

impl CanonicalEdge {
    /// The edge between two corners, in either order.
    pub fn new(a: LonLat, b: LonLat) -> Self {
        if (a.lat(), a.lon()) <= (b.lat(), b.lon()) {
            Self { low: a, high: b }
        } else {
            Self { low: b, high: a }
        }
    }

    /// The lower end.
    pub fn low(&self) -> LonLat {
        self.low
    }

    /// The higher end.
    pub fn high(&self) -> LonLat {
        self.high
    }

    /// Whether the ray from `place` to the east crosses the edge, by the half-open rule.
    pub fn is_crossed_from(&self, place: LonLat) -> bool {
        let (low, high) = (self.low, self.high);
        if place.lat() < low.lat() || high.lat() <= place.lat() {
            return false;
        }
        // West of both ends is strictly left; at or east of both ends is never so. The exact
        // predicate is needed only between them.
        if place.lon() < low.lon().min(high.lon()) {
            return true;
        }
        if place.lon() >= low.lon().max(high.lon()) {
            return false;
        }
        orient2d(coord(low), coord(high), coord(place)) > 0.0
    }
}

fn coord(place: LonLat) -> Coord<f64> {
    Coord { x: place.lon(), y: place.lat() }
}

/// The edges of a ring, the closing one included; edges without length are left out.
pub fn edges(ring: &Ring) -> impl Iterator<Item = CanonicalEdge> + '_ {
    let corners = ring.corners();
    let next = corners.iter().cycle().skip(1);
    corners.iter().zip(next).filter(|(a, b)| a != b).map(|(a, b)| CanonicalEdge::new(*a, *b))
}

/// Whether the polygon owns the place; O(corners).
pub fn polygon_owns(polygon: &Polygon, place: LonLat) -> bool {
    polygon.rings().flat_map(edges).fold(false, |odd, edge| odd ^ edge.is_crossed_from(place))
}

/// Whether one of the parts owns the place; O(corners).
pub fn owns(area: &MultiPolygon, place: LonLat) -> bool {
    area.polygons().iter().any(|polygon| polygon_owns(polygon, place))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).expect("a place of the test")
    }

    fn square(west: f64, south: f64) -> Polygon {
        let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
        let corners = corners.map(|(x, y)| place(west + x, south + y)).to_vec();
        Polygon::new(Ring::new(corners).expect("a ring"), Vec::new())
    }

    #[test]
    fn a_border_belongs_to_the_east_and_to_the_north() {
        let (west, east) = (square(0.0, 0.0), square(1.0, 0.0));
        assert!(!polygon_owns(&west, place(1.0, 0.5)) && polygon_owns(&east, place(1.0, 0.5)));
        let (south, north) = (square(0.0, 0.0), square(0.0, 1.0));
        assert!(!polygon_owns(&south, place(0.5, 1.0)) && polygon_owns(&north, place(0.5, 1.0)));
    }

    #[test]
    fn the_corner_of_four_squares_belongs_to_the_north_eastern() {
        let owners: Vec<_> = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)]
            .into_iter()
            .filter(|(x, y)| polygon_owns(&square(*x, *y), place(1.0, 1.0)))
            .collect();
        assert_eq!(owners, [(1.0, 1.0)]);
    }

    #[test]
    fn an_edge_is_the_same_from_both_sides() {
        let (a, b) = (place(120.4, 36.2), place(120.3, 36.2));
        assert_eq!(CanonicalEdge::new(a, b), CanonicalEdge::new(b, a));
        assert_eq!(CanonicalEdge::new(a, b).low(), b);
    }

    #[test]
    fn a_place_one_bit_west_of_a_slanted_edge_is_west_of_it() {
        // Naive arithmetic on degrees loses this bit in about a third of such cases.
        let (a, b) = (place(120.1, 36.1), place(120.7, 36.7));
        let edge = CanonicalEdge::new(a, b);
        let lat = 36.4;
        let on = orient2d(coord(a), coord(b), coord(place(120.4, lat)));
        // Walk west until exactly left of the line; the next place east must not be.
        let mut lon = 120.4_f64;
        if on > 0.0 {
            while edge.is_crossed_from(place(lon.next_up(), lat)) {
                lon = lon.next_up();
            }
        } else {
            while !edge.is_crossed_from(place(lon, lat)) {
                lon = lon.next_down();
            }
        }
        assert!(edge.is_crossed_from(place(lon, lat)));
        assert!(!edge.is_crossed_from(place(lon.next_up(), lat)));
        assert!((lon - 120.4).abs() < 1e-12);
    }

    #[test]
    fn a_hole_is_outside_and_its_border_is_decided_once() {
        let inner = square(1.0, 1.0);
        let corners = [(0.0, 0.0), (3.0, 0.0), (3.0, 3.0), (0.0, 3.0)];
        let outer = Ring::new(corners.map(|(x, y)| place(x, y)).to_vec()).expect("a ring");
        let outer = Polygon::new(outer, vec![inner.exterior().clone()]);
        for at in [(1.0, 1.0), (1.5, 1.0), (2.0, 1.5), (2.0, 2.0), (1.5, 2.0), (1.0, 1.5)] {
            let at = place(at.0, at.1);
            assert_ne!(polygon_owns(&outer, at), polygon_owns(&inner, at), "{at:?}");
        }
    }
}

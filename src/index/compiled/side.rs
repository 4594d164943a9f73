//! On which side of an edge a place lies, exactly, and which edges a path crosses.
//!
//! The half-open rule ([`crate::geometry::half_open`]) is the even-odd test at a place that is moved
//! by an infinitely small step to the east and a far smaller one to the north. Here the same moved
//! place is asked about from another end: the ray to infinity is replaced by a path, along a
//! parallel and then a meridian, to a place of which the owners are known. A path between moved
//! places meets no corner and runs along no edge, so the owners at its two ends differ by exactly
//! the edges that it crosses, and every comparison below is exact.

use robust::{Coord, orient2d};

/// Bound of the error of the determinant in [`Edge::left_by`], relative to the sum of its two
/// products (Ozaki et al., *Simple floating-point filters for the two-dimensional orientation
/// problem*, BIT 2016; the constant that crate `robust` uses).
const FILTER: f64 = 3.330_669_062_177_372_2e-16;

/// A canonical edge: `[lon, lat]` of its lower end, of its higher end; of equally high ends the
/// western comes first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    pub low: [f64; 2],
    pub high: [f64; 2],
}

impl Edge {
    /// The edge between two corners, in either order.
    pub fn between(a: [f64; 2], b: [f64; 2]) -> Self {
        if (a[1], a[0]) <= (b[1], b[0]) {
            Self { low: a, high: b }
        } else {
            Self { low: b, high: a }
        }
    }

    pub fn west(&self) -> f64 {
        self.low[0].min(self.high[0])
    }

    pub fn east(&self) -> f64 {
        self.low[0].max(self.high[0])
    }

    /// Whether the edge leads from the south-east to the north-west: what lies south of it is
    /// on its left.
    pub fn falls(&self) -> bool {
        self.high[0] < self.low[0]
    }

    /// Whether the parallel through a moved place meets the edge.
    #[inline]
    pub fn spans_lat(&self, lat: f64) -> bool {
        (self.low[1] <= lat) & (lat < self.high[1])
    }

    /// Whether the meridian through a moved place meets the edge.
    #[inline]
    pub fn spans_lon(&self, lon: f64) -> bool {
        (self.west() <= lon) & (lon < self.east())
    }

    /// Twice the area of the triangle of the edge and the place, with the right sign: positive
    /// when the place lies left of the edge.
    #[inline]
    fn left_by(&self, lon: f64, lat: f64) -> f64 {
        let left = (self.low[0] - lon) * (self.high[1] - lat);
        let right = (self.low[1] - lat) * (self.high[0] - lon);
        let difference = left - right;
        if difference.abs() > FILTER * (left + right).abs() {
            difference
        } else {
            self.left_by_exactly(lon, lat)
        }
    }

    #[cold]
    fn left_by_exactly(&self, lon: f64, lat: f64) -> f64 {
        let [low, high] = [self.low, self.high].map(|[x, y]| Coord { x, y });
        orient2d(low, high, Coord { x: lon, y: lat })
    }

    /// Whether the moved place lies left of an edge that is not level.
    #[inline]
    pub fn has_left(&self, lon: f64, lat: f64) -> bool {
        self.left_by(lon, lat) > 0.0
    }

    /// Whether the moved place lies left of the edge. The step to the east decides for a place on
    /// the edge, and the step to the north when the edge is level.
    #[inline]
    pub fn has_left_or_level(&self, lon: f64, lat: f64) -> bool {
        let by = self.left_by(lon, lat);
        (by > 0.0) | ((by == 0.0) & (self.low[1] == self.high[1]))
    }

    /// Whether the way along a parallel between two moved places crosses the edge.
    #[inline]
    pub fn crosses_parallel(&self, from: f64, to: f64, lat: f64) -> bool {
        self.spans_lat(lat) && self.has_left(from, lat) != self.has_left(to, lat)
    }

    /// Whether the way along a meridian between two moved places crosses the edge.
    #[inline]
    pub fn crosses_meridian(&self, lon: f64, from: f64, to: f64) -> bool {
        self.spans_lon(lon) && self.has_left_or_level(lon, from) != self.has_left_or_level(lon, to)
    }
}

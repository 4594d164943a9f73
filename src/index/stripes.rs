//! The edges of many polygons, each polygon's cut into horizontal stripes.

use crate::domain::{LonLat, Polygon};
use crate::geometry::half_open::{CanonicalEdge, edges};

/// Edges that a stripe holds on average.
const EDGES_PER_STRIPE: usize = 6;
/// Stripe entries that a polygon may have for each of its edges: tall zigzags, whose edges lie in
/// every stripe, get fewer stripes instead of quadratic memory.
const ENTRIES_PER_EDGE: usize = 4;

/// The edges of polygons in stripes of equal height.
///
/// A question about a latitude looks at one stripe: about `EDGES_PER_STRIPE` edges for borders
/// whose corners are spread over their height, whatever their number.
#[derive(Clone, Debug, Default)]
pub struct Stripes {
    edges: Vec<CanonicalEdge>,
    /// Edge numbers, stripe after stripe.
    entries: Vec<u32>,
    /// First entry of each stripe of each polygon; one more closes a polygon's last stripe.
    offsets: Vec<u32>,
    polygons: Vec<Banded>,
}

/// How one polygon is cut.
#[derive(Clone, Copy, Debug)]
struct Banded {
    first_offset: usize,
    stripes: usize,
    south: f64,
    north: f64,
    per_degree: f64,
    first_edge: usize,
    edges: usize,
}

impl Banded {
    /// The stripe of a latitude. It rises with the latitude also in `f64`, so an edge lies in all
    /// stripes between those of its ends and a place on its span is always in one of them.
    fn stripe_of(&self, lat: f64) -> usize {
        (((lat - self.south) * self.per_degree) as usize).min(self.stripes - 1)
    }

    fn with_stripes(mut self, stripes: usize) -> Self {
        self.stripes = stripes.max(1);
        let height = self.north - self.south;
        self.per_degree = if height > 0.0 { self.stripes as f64 / height } else { 0.0 };
        self
    }
}

impl Stripes {
    /// Adds a polygon; its number is the count of those before it. O(n) for n edges.
    pub fn push(&mut self, polygon: &Polygon) {
        let first_edge = self.edges.len();
        self.edges.extend(polygon.rings().flat_map(edges));
        let own = &self.edges[first_edge..];
        let south = own.iter().map(|e| e.low().lat()).fold(f64::INFINITY, f64::min);
        let north = own.iter().map(|e| e.high().lat()).fold(f64::NEG_INFINITY, f64::max);
        let first_offset = self.offsets.len();
        let blank = Banded {
            first_offset,
            stripes: 1,
            south,
            north,
            per_degree: 0.0,
            first_edge,
            edges: own.len(),
        };
        let mut stripes = own.len() / EDGES_PER_STRIPE;
        let mut banded = blank.with_stripes(stripes);
        while banded.stripes > 1 && count_entries(&banded, own) > ENTRIES_PER_EDGE * own.len() {
            stripes /= 2;
            banded = blank.with_stripes(stripes);
        }
        self.fill(&banded);
        self.polygons.push(banded);
    }

    /// Counting sort of the polygon's edges into its stripes.
    fn fill(&mut self, banded: &Banded) {
        let own = &self.edges[banded.first_edge..banded.first_edge + banded.edges];
        let mut next = vec![0_u32; banded.stripes + 1];
        for edge in own {
            for stripe in span(banded, edge) {
                next[stripe + 1] += 1;
            }
        }
        let base = self.entries.len() as u32;
        next[0] = base;
        for stripe in 0..banded.stripes {
            next[stripe + 1] += next[stripe];
        }
        self.offsets.extend_from_slice(&next);
        self.entries.resize(next[banded.stripes] as usize, 0);
        for (number, edge) in own.iter().enumerate() {
            for stripe in span(banded, edge) {
                self.entries[next[stripe] as usize] = (banded.first_edge + number) as u32;
                next[stripe] += 1;
            }
        }
    }

    /// The polygon's edges that come near the latitudes from `south` to `north`: all that do, and
    /// some that do not. An edge may come twice when the span covers several stripes.
    pub fn near(
        &self,
        polygon: usize,
        south: f64,
        north: f64,
    ) -> impl Iterator<Item = &CanonicalEdge> {
        let banded = &self.polygons[polygon];
        let range = if south > banded.north || north < banded.south {
            0..0
        } else {
            let first = banded.first_offset + banded.stripe_of(south);
            let last = banded.first_offset + banded.stripe_of(north);
            self.offsets[first] as usize..self.offsets[last + 1] as usize
        };
        self.entries[range].iter().map(|edge| &self.edges[*edge as usize])
    }

    /// All edges of the polygon.
    pub fn all(&self, polygon: usize) -> &[CanonicalEdge] {
        let banded = &self.polygons[polygon];
        &self.edges[banded.first_edge..banded.first_edge + banded.edges]
    }

    /// Whether the polygon owns the place by the half-open rule.
    pub fn owns(&self, polygon: usize, place: LonLat) -> bool {
        self.near(polygon, place.lat(), place.lat())
            .fold(false, |odd, edge| odd ^ edge.is_crossed_from(place))
    }
}

fn span(banded: &Banded, edge: &CanonicalEdge) -> std::ops::RangeInclusive<usize> {
    banded.stripe_of(edge.low().lat())..=banded.stripe_of(edge.high().lat())
}

fn count_entries(banded: &Banded, edges: &[CanonicalEdge]) -> usize {
    edges.iter().map(|edge| span(banded, edge).count()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Ring;
    use crate::geometry::half_open::polygon_owns;
    use proptest::prelude::*;

    fn place(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).expect("a place of the test")
    }

    #[test]
    fn a_tall_zigzag_does_not_take_quadratic_memory() {
        let teeth = 4000;
        let mut corners = Vec::new();
        for tooth in 0..teeth {
            corners.push(place(tooth as f64 * 1e-3, if tooth % 2 == 0 { 0.0 } else { 1.0 }));
        }
        corners.push(place(teeth as f64 * 1e-3, 2.0));
        let polygon = Polygon::new(Ring::new(corners).expect("a ring"), Vec::new());
        let mut stripes = Stripes::default();
        stripes.push(&polygon);
        assert!(stripes.entries.len() <= ENTRIES_PER_EDGE * (teeth + 1));
        for at in [place(0.5, 0.5), place(1.0005, 0.25), place(2.0, 1.5), place(3.0, 0.0)] {
            assert_eq!(stripes.owns(0, at), polygon_owns(&polygon, at), "{at:?}");
        }
    }

    proptest! {
        #[test]
        fn stripes_answer_as_the_plain_rule(
            corners in prop::collection::vec((0..40_i32, 0..40_i32), 3..120),
            probes in prop::collection::vec((-1..82_i32, -1..82_i32), 60),
        ) {
            // Corners on a lattice: rings touch and cross themselves, and probes hit edges and
            // corners often.
            let corners = corners.iter().map(|(x, y)| place(f64::from(*x), f64::from(*y)));
            let Ok(ring) = Ring::new(corners.collect()) else { return Ok(()) };
            let polygon = Polygon::new(ring, Vec::new());
            let mut stripes = Stripes::default();
            stripes.push(&polygon);
            for (x, y) in probes {
                let at = place(f64::from(x) / 2.0, f64::from(y) / 2.0);
                prop_assert_eq!(stripes.owns(0, at), polygon_owns(&polygon, at));
            }
        }
    }
}

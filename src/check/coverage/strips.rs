//! Strips between grids that are open to the outside of all grids.
//!
//! Where there is no outline, the space around the grids is no gap, nor is a strip between two
//! grids that opens to it. Such a strip is a near miss when the borders of the two grids face
//! each other across it (within about 25 degrees), nowhere further apart than the tolerance, over
//! a length of at least four times their distance. So the sharpest corner that two grids may
//! form at the outer border without being suspected has 14 degrees, at every scale, and a wider
//! tolerance finds all that a narrower one finds.

use super::Tiling;
use crate::domain::LonLat;
use crate::geometry::HalfEdge;
use rstar::primitives::{GeomWithData, Line};
use rstar::{AABB, RTree};
use std::collections::BTreeMap;

/// Cosine of the greatest angle between borders that face each other.
const FACING: f64 = 0.9;
/// How many times longer than wide a strip is.
const ELONGATION: f64 = 4.0;

/// A stretch of a grid's border that another grid's border faces.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    length_m: f64,
    /// Greatest distance of the two borders, in metres.
    distance_m: f64,
    ends: [LonLat; 2],
}

/// The open strips between two grids.
#[derive(Clone, Debug)]
pub(in crate::check) struct Strips {
    /// Greatest distance of the two borders, in metres.
    pub distance_m: f64,
    /// Length in metres.
    pub length_m: f64,
    /// The border of the grid with the lower number along them.
    pub lines: Vec<Vec<LonLat>>,
}

/// A piece of a grid's border with the outside on its left, in metres.
#[derive(Clone, Copy)]
struct Outer {
    grid: u32,
    from: [f64; 2],
    way: [f64; 2],
    length: f64,
}

type Indexed = GeomWithData<Line<[f64; 2]>, u32>;

impl Tiling<'_> {
    /// The open strips between pairs of grids; none where there is an outline, within which every
    /// strip is a gap.
    pub fn open_strips(&self, tolerance_m: f64) -> BTreeMap<(usize, usize), Strips> {
        if self.outlined {
            return BTreeMap::new();
        }
        let edges: Vec<Outer> =
            self.arrangement.edges_of_face(0).filter_map(|edge| self.outer(edge)).collect();
        let line = |e: &Outer| Line::new(e.from, [e.from[0] + e.way[0], e.from[1] + e.way[1]]);
        let indexed = edges.iter().enumerate();
        let indexed = indexed.map(|(i, e)| Indexed::new(line(e), i as u32)).collect();
        let tree = RTree::bulk_load(indexed);
        let mut stretches: BTreeMap<(usize, usize), Vec<Stretch>> = BTreeMap::new();
        for e in &edges {
            let to = [e.from[0] + e.way[0], e.from[1] + e.way[1]];
            let low = [e.from[0].min(to[0]) - tolerance_m, e.from[1].min(to[1]) - tolerance_m];
            let high = [e.from[0].max(to[0]) + tolerance_m, e.from[1].max(to[1]) + tolerance_m];
            for found in tree.locate_in_envelope_intersecting(AABB::from_corners(low, high)) {
                let other = &edges[found.data as usize];
                if e.grid < other.grid
                    && let Some(stretch) = self.facing(e, other)
                    && stretch.distance_m <= tolerance_m
                {
                    let pair = (e.grid as usize, other.grid as usize);
                    stretches.entry(pair).or_default().push(stretch);
                }
            }
        }
        stretches.into_iter().filter_map(|(pair, found)| Some((pair, strips(found)?))).collect()
    }

    fn outer(&self, edge: HalfEdge) -> Option<Outer> {
        let arrangement = self.arrangement;
        let grid = *self.holders(arrangement.face(edge ^ 1)).0.first()?;
        let scale = arrangement.frame().scale(Default::default());
        let metres = |v: u32| {
            let p = arrangement.point(v);
            [p.x as f64 * scale.0, p.y as f64 * scale.1]
        };
        let (from, to) = (metres(arrangement.origin(edge)), metres(arrangement.origin(edge ^ 1)));
        let way = [to[0] - from[0], to[1] - from[1]];
        Some(Outer { grid, from, way, length: way[0].hypot(way[1]) })
    }

    /// The stretch of `e` that `other` faces across the outside on the left of both.
    fn facing(&self, e: &Outer, other: &Outer) -> Option<Stretch> {
        let dot = |a: [f64; 2], b: [f64; 2]| a[0] * b[0] + a[1] * b[1];
        if dot(e.way, other.way) > -FACING * e.length * other.length {
            return None;
        }
        let along = [e.way[0] / e.length, e.way[1] / e.length];
        let left = [-along[1], along[0]];
        let relative = |p: [f64; 2]| [p[0] - e.from[0], p[1] - e.from[1]];
        let begin = relative(other.from);
        let end = [begin[0] + other.way[0], begin[1] + other.way[1]];
        // The other runs against this one: from its end to its beginning.
        let (t0, t1) = (dot(end, along).max(0.0), dot(begin, along).min(e.length));
        if t1 <= t0 {
            return None;
        }
        let height = |t: f64| {
            let share = (dot(begin, along) - t) / (dot(begin, along) - dot(end, along));
            dot(begin, left) + share * dot(other.way, left)
        };
        let (near, far) = (height(t0).min(height(t1)), height(t0).max(height(t1)));
        // Not on the left, or beyond what rounding can do to borders that meet at a corner.
        if near < -0.002 || far <= 0.0 {
            return None;
        }
        let place = |t: f64| {
            let frame = self.arrangement.frame();
            let scale = frame.scale(Default::default());
            frame.to_lonlat(crate::geometry::GridPoint {
                x: ((e.from[0] + t * along[0]) / scale.0).round() as i64,
                y: ((e.from[1] + t * along[1]) / scale.1).round() as i64,
            })
        };
        Some(Stretch { length_m: t1 - t0, distance_m: far, ends: [place(t0), place(t1)] })
    }
}

/// The strips that stretches make, if they are long enough for their width: those up to some
/// distance together are [`ELONGATION`] times longer than it.
fn strips(mut stretches: Vec<Stretch>) -> Option<Strips> {
    stretches.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m));
    let mut length = 0.0;
    let is_long = stretches.iter().any(|stretch| {
        length += stretch.length_m;
        length >= ELONGATION * stretch.distance_m
    });
    is_long.then(|| Strips {
        distance_m: stretches.iter().map(|s| s.distance_m).fold(0.0, f64::max),
        length_m: stretches.iter().map(|s| s.length_m).sum(),
        lines: stretches.iter().map(|s| s.ends.to_vec()).collect(),
    })
}

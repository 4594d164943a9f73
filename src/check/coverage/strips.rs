//! Strips between two grids that are open to the outside of all grids.
//!
//! Where there is no outline, the space around the grids is no gap, nor is what opens to it. But
//! where the borders of two grids run along such a place nearer to each other than the tolerance,
//! they were meant to meet. A *strip* is such a place:
//! - the two borders face each other, within about 25 degrees, with nothing between them;
//! - as much of them counts as is no further apart than the tolerance, in connected pieces;
//! - there is a width up to which it is [`ELONGATION`] times as long as wide. Borders that part at
//!   a corner of more than 9.5 degrees are therefore none, and a wider tolerance finds every
//!   strip that a narrower one finds.

use super::{Fault, FaultKind, Tiling};
use crate::domain::{LonLat, MultiPolygon, Polygon, Ring};
use crate::geometry::{FaceId, Frame, GridPoint, GridWindow, HalfEdge};
use rstar::primitives::{GeomWithData, Line};
use rstar::{AABB, RTree};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Cosine of the greatest angle between borders that face each other.
const FACING: f64 = 0.9;
/// How many times longer than wide a strip is.
const ELONGATION: f64 = 6.0;
/// How far borders that meet may seem to overlap by rounding, in metres.
const ROUNDING: f64 = 0.002;

type Point = [f64; 2];
type Indexed = GeomWithData<Line<Point>, u32>;

/// A piece of border with the outside on its left.
struct Outer {
    edge: HalfEdge,
    /// Its ends on the grid, and in metres from the middle of the frame.
    ends: [GridPoint; 2],
    from: Point,
    to: Point,
}

/// A stretch of a border that another grid's border faces.
#[derive(Clone, Debug)]
struct Stretch {
    /// The vertices at the ends of both pieces of border, the grid with the lower number first.
    vertices: [[u32; 2]; 2],
    length_m: f64,
    /// The distances of the two borders at its ends, in metres, the lesser first.
    distances_m: [f64; 2],
    /// The corners of the place between them.
    corners: [GridPoint; 4],
    /// The window of both pieces of border.
    reach: GridWindow,
}

impl Tiling<'_> {
    /// The strips along the faces that are open to the outside; none where there is an outline,
    /// within which all of them are gaps.
    pub fn strips(&self, tolerance_m: f64, is_open: impl Fn(FaceId) -> bool) -> Vec<Fault> {
        if self.outlined {
            return Vec::new();
        }
        let open =
            (0..self.arrangement.half_edges()).filter(|&e| is_open(self.arrangement.face(e)));
        let edges: Vec<Outer> = open.map(|edge| self.outer(edge)).collect();
        let leaves = edges.iter().enumerate();
        let leaves = leaves.map(|(i, e)| Indexed::new(Line::new(e.from, e.to), i as u32));
        let tree = RTree::bulk_load(leaves.collect());
        let mut found: BTreeMap<(usize, usize), Vec<Stretch>> = BTreeMap::new();
        for (i, e) in edges.iter().enumerate() {
            for near in tree.locate_in_envelope_intersecting(around(e.from, e.to, tolerance_m)) {
                let other = &edges[near.data as usize];
                // Each pair once, whatever the order of the grids.
                if near.data as usize == i || e.ends > other.ends {
                    continue;
                }
                let pairs = self.pairs(e, other);
                if pairs.is_empty() {
                    continue;
                }
                let Some(stretch) = self.facing(e, other, tolerance_m, &edges, &tree) else {
                    continue;
                };
                for (a, b) in pairs {
                    let mut stretch = stretch.clone();
                    if a > b {
                        stretch.vertices.reverse();
                    }
                    found.entry((a.min(b), a.max(b))).or_default().push(stretch);
                }
            }
        }
        let frame = self.arrangement.frame();
        let strips = found.into_iter().flat_map(|(pair, stretches)| {
            let chains = connected(stretches).into_iter();
            chains.filter_map(move |chain| strip(frame, pair, chain, tolerance_m))
        });
        strips.collect()
    }

    fn outer(&self, edge: HalfEdge) -> Outer {
        let ends = [edge, edge ^ 1].map(|e| self.arrangement.point(self.arrangement.origin(e)));
        // One scale for all, so that neighbours stay neighbours.
        let (sx, sy) = self.arrangement.frame().scale(GridPoint::default());
        let metres = |p: GridPoint| [p.x as f64 * sx, p.y as f64 * sy];
        Outer { edge, ends, from: metres(ends[0]), to: metres(ends[1]) }
    }

    /// The pairs of grids of which one lies behind each of two pieces of border.
    fn pairs(&self, e: &Outer, other: &Outer) -> Vec<(usize, usize)> {
        let behind = |e: &Outer| self.holders(self.arrangement.face(e.edge ^ 1)).0;
        let (here, there) = (behind(e), behind(other));
        let mut pairs = Vec::new();
        for &a in here.iter().filter(|a| !there.contains(a)) {
            for &b in there.iter().filter(|b| !here.contains(b)) {
                pairs.push((a as usize, b as usize));
            }
        }
        pairs
    }

    /// The stretch of `e` that `other` faces across the outside on the left of both, as far as the
    /// two are no further apart than the tolerance.
    fn facing(
        &self,
        e: &Outer,
        other: &Outer,
        tolerance_m: f64,
        edges: &[Outer],
        tree: &RTree<Indexed>,
    ) -> Option<Stretch> {
        let (way, back) = (minus(e.to, e.from), minus(other.to, other.from));
        let (length, other_length) = (way[0].hypot(way[1]), back[0].hypot(back[1]));
        if dot(way, back) > -FACING * length * other_length {
            return None;
        }
        let along = [way[0] / length, way[1] / length];
        let left = [-along[1], along[0]];
        // The other runs against this one: from its end to its beginning.
        let (first, last) = (minus(other.to, e.from), minus(other.from, e.from));
        let (s0, s1) = (dot(first, along), dot(last, along));
        let (h0, h1) = (dot(first, left), dot(last, left));
        let height = |t: f64| (h0 + (h1 - h0) * (t - s0) / (s1 - s0)).max(0.0);
        let (mut t0, mut t1) = (s0.max(0.0), s1.min(length));
        let slope = (h1 - h0) / (s1 - s0);
        let crossing = s0 + (tolerance_m - h0) / slope;
        if slope > 0.0 {
            t1 = t1.min(crossing);
        } else if slope < 0.0 {
            t0 = t0.max(crossing);
        }
        let lowest = |t: f64| h0 + slope * (t - s0);
        let is_left = t1 > t0 && lowest(t0).min(lowest(t1)) >= -ROUNDING;
        let is_near = height(t0).max(height(t1)) <= tolerance_m + 1e-6;
        if !is_left || !is_near || height(t0).max(height(t1)) <= 0.0 {
            return None;
        }
        let at = |t: f64, h: f64| {
            [e.from[0] + t * along[0] + h * left[0], e.from[1] + t * along[1] + h * left[1]]
        };
        // Where the two are nearest, whatever the tolerance: is there anything between them?
        let nearest = if slope > 0.0 {
            t0
        } else if slope < 0.0 {
            t1
        } else {
            (t0 + t1) / 2.0
        };
        let bridge = (at(nearest, 0.0), at(nearest, height(nearest)));
        let between = tree.locate_in_envelope_intersecting(around(bridge.0, bridge.1, 0.0));
        let mut between = between.map(|leaf| &edges[leaf.data as usize]);
        if between.any(|g| g.edge != e.edge && g.edge != other.edge && crosses(g, bridge)) {
            return None;
        }
        let on_grid = |p: Point| {
            let (sx, sy) = self.arrangement.frame().scale(GridPoint::default());
            GridPoint { x: (p[0] / sx).round() as i64, y: (p[1] / sy).round() as i64 }
        };
        let corners = [at(t0, 0.0), at(t1, 0.0), at(t1, height(t1)), at(t0, height(t0))];
        let origin = |edge: HalfEdge| self.arrangement.origin(edge);
        let window = |e: &Outer| GridWindow::of_segment(e.ends[0], e.ends[1]);
        Some(Stretch {
            vertices: [e.edge, other.edge].map(|edge| [edge, edge ^ 1].map(origin)),
            length_m: t1 - t0,
            distances_m: [height(t0).min(height(t1)), height(t0).max(height(t1))],
            corners: corners.map(on_grid),
            reach: window(e).union(window(other)),
        })
    }
}

fn minus(a: Point, b: Point) -> Point {
    [a[0] - b[0], a[1] - b[1]]
}

fn dot(a: Point, b: Point) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

fn around(a: Point, b: Point, margin: f64) -> AABB<Point> {
    let low = [a[0].min(b[0]) - margin, a[1].min(b[1]) - margin];
    let high = [a[0].max(b[0]) + margin, a[1].max(b[1]) + margin];
    AABB::from_corners(low, high)
}

/// Whether a piece of border crosses a line away from the line's ends.
fn crosses(border: &Outer, (a, b): (Point, Point)) -> bool {
    let side = |a: Point, b: Point, p: Point| {
        let (u, v) = (minus(b, a), minus(p, a));
        u[0] * v[1] - u[1] * v[0]
    };
    let apart = |s: f64, t: f64| (s < 0.0 && t > 0.0) || (s > 0.0 && t < 0.0);
    apart(side(a, b, border.from), side(a, b, border.to))
        && apart(side(border.from, border.to, a), side(border.from, border.to, b))
}

/// Stretches in groups of those that have a vertex on either border in common, directly or through
/// others.
fn connected(stretches: Vec<Stretch>) -> Vec<Vec<Stretch>> {
    let mut chain_at: BTreeMap<[u32; 2], usize> = BTreeMap::new();
    let mut chains: Vec<Vec<Stretch>> = Vec::new();
    for stretch in stretches {
        let mut known: Vec<usize> =
            stretch.ends().iter().filter_map(|ends| chain_at.get(ends).copied()).collect();
        known.sort_unstable();
        known.dedup();
        let chain = known.first().copied().unwrap_or(chains.len());
        if chain == chains.len() {
            chains.push(Vec::new());
        }
        let mut added = vec![stretch];
        for &other in known.iter().skip(1) {
            added.append(&mut chains[other]);
        }
        for ends in added.iter().flat_map(Stretch::ends) {
            chain_at.insert(ends, chain);
        }
        chains[chain].append(&mut added);
    }
    chains.retain(|chain| !chain.is_empty());
    chains
}

/// The strip of connected stretches, if it is long for its width.
fn strip(
    frame: &Frame,
    (a, b): (usize, usize),
    mut stretches: Vec<Stretch>,
    tolerance_m: f64,
) -> Option<Fault> {
    let widths = stretches.iter().map(|stretch| stretch.distances_m[1]).chain([tolerance_m]);
    let is_long = widths.into_iter().any(|width| {
        let up_to: f64 = stretches.iter().map(|stretch| stretch.length_up_to(width)).sum();
        up_to >= ELONGATION * width
    });
    if !is_long {
        return None;
    }
    stretches.sort_by_key(|stretch| stretch.corners);
    // All of both borders: where one of them is cut anew, the strip is another.
    let window = stretches.iter().map(|stretch| stretch.reach).reduce(GridWindow::union)?;
    let shape = MultiPolygon::new(stretches.iter().filter_map(|s| s.polygon(frame)).collect());
    let width_m = stretches.iter().map(|s| s.distances_m[1]).fold(0.0, f64::max).min(tolerance_m);
    let length_m: f64 = stretches.iter().map(|s| s.length_m).sum();
    let area = |s: &Stretch| s.length_m * (s.distances_m[0] + s.distances_m[1]) / 2.0;
    Some(Fault {
        kind: FaultKind::Strip,
        grids: vec![a, b],
        at_edge: true,
        shape: shape.ok()?,
        window,
        area_m2: stretches.iter().map(area).sum(),
        width_m,
        length_m,
        leaning: None,
        households: OnceLock::new(),
    })
}

impl Stretch {
    /// The vertices at its ends, one of either border, in any combination.
    fn ends(&self) -> [[u32; 2]; 4] {
        let [[a, b], [c, d]] = self.vertices;
        [[a, c], [a, d], [b, c], [b, d]]
    }

    /// The length over which the borders are no further apart than `width`.
    fn length_up_to(&self, width: f64) -> f64 {
        let [near, far] = self.distances_m;
        if far <= width {
            self.length_m
        } else if near > width {
            0.0
        } else {
            self.length_m * (width - near) / (far - near)
        }
    }

    /// The place between the borders; `None` where it is narrower than the grid.
    fn polygon(&self, frame: &Frame) -> Option<Polygon> {
        let mut corners: Vec<GridPoint> = self.corners.to_vec();
        corners.dedup();
        if corners.first() == corners.last() {
            corners.pop();
        }
        let places: Vec<LonLat> = corners.into_iter().map(|p| frame.to_lonlat(p)).collect();
        Some(Polygon::new(Ring::new(places).ok()?, Vec::new()))
    }
}

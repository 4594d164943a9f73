//! Step 3: cutting segments at crossings and at vertices that lie on them.
//!
//! What counts as the same, in this order:
//! 1. a vertex nearer than [`SAME`] to a segment, as the files draw both, lies on it: the
//!    segment is cut there. So a neighbour's vertex in the middle of a long edge, which rounding
//!    to the grid leaves up to 1.4 steps off, opens no sliver;
//! 2. two vertices nearer than that to each other are one, the one that came first: the segments
//!    of the other are cut at it, and what is left between the two runs out and back and cancels;
//! 3. a segment that passes the pixel of a vertex on the grid is cut there, and so are two that
//!    cross, at the grid point nearest to their crossing (snap rounding, Hobby 1999).
//!
//! Cuts move segments by a step or so, which can bring them near other vertices: what was cut is
//! looked at again until nothing is left. Every cut replaces an edge by a way between the same
//! two vertices, so rings stay closed and windings stay true.

use super::network::{Edge, Network, edge};
use crate::domain::LonLat;
use crate::geometry::buckets::{Buckets, PointBuckets, REACH};
use crate::geometry::exact::{passes_pixel, proper_crossing};
use crate::geometry::frame::{Frame, GridPoint};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

/// Distance in grid steps below which a vertex lies on a segment or on another vertex.
pub(super) const SAME: f64 = 1.0;

/// Rounds of cutting by nearness; then two more by the grid alone, which end by themselves.
const MAX_ROUNDS: usize = 16;

/// What cutting has found out besides.
pub(super) struct Noded {
    /// Every (polygon, vertex) where a polygon's border passes a vertex of a file without having
    /// a corner there, sorted.
    pub passed: Vec<(u32, u32)>,
    /// The buckets of the segments, when nothing had to be cut.
    pub buckets: Option<Buckets>,
}

/// Cuts every segment of the network until segments meet only at their ends.
pub(super) fn node(network: &mut Network) -> Noded {
    let ends = network.ends();
    let buckets = Buckets::of_segments(&ends);
    let vertices = buckets.of_points(&network.points);
    let mut found = Found::default();
    for bucket in 0..buckets.len() {
        let here = buckets.segments(bucket);
        let points = vertices.points(bucket);
        for (i, &s) in here.iter().enumerate() {
            let (a, b) = ends[s as usize];
            for &t in &here[i + 1..] {
                let (c, d) = ends[t as usize];
                if let Some(point) = crossing((a, b), (c, d)) {
                    found.crossings.push((s, t, point));
                }
            }
            for &v in points {
                found.touch(network, true, s, network.segments[s as usize], v);
            }
        }
    }
    if found.is_empty() {
        return Noded { passed: Vec::new(), buckets: Some(buckets) };
    }
    let mut cutter = Cutter::new(network, buckets, vertices);
    cutter.cut(found);
    for round in 1..MAX_ROUNDS + 2 {
        let found = cutter.look_again(round < MAX_ROUNDS);
        if found.is_empty() {
            break;
        }
        cutter.cut(found);
    }
    Noded { passed: cutter.finish(), buckets: None }
}

/// The crossing of two segments that have no end in common.
fn crossing((a, b): (GridPoint, GridPoint), (c, d): (GridPoint, GridPoint)) -> Option<GridPoint> {
    let apart = a.x.max(b.x) < c.x.min(d.x)
        || c.x.max(d.x) < a.x.min(b.x)
        || a.y.max(b.y) < c.y.min(d.y)
        || c.y.max(d.y) < a.y.min(b.y);
    if apart || a == c || a == d || b == c || b == d { None } else { proper_crossing(a, b, c, d) }
}

/// Where segments are to be cut, in no order and perhaps more than once.
#[derive(Default)]
struct Found {
    /// (segment, vertex that lies on it, whether an end of the segment is taken for the vertex).
    touches: Vec<(u32, u32, bool)>,
    /// (segment, segment, grid point nearest to their crossing).
    crossings: Vec<(u32, u32, GridPoint)>,
}

impl Found {
    fn is_empty(&self) -> bool {
        self.touches.is_empty() && self.crossings.is_empty()
    }

    /// Notes that segment `s` from `low` to `high` is to be cut at vertex `v`, if it is. `near`
    /// asks for nearness as the files draw both, not only on the grid.
    fn touch(&mut self, network: &Network, near: bool, s: u32, (low, high): (u32, u32), v: u32) {
        let points = &network.points;
        let (a, b, p) = (points[low as usize], points[high as usize], points[v as usize]);
        let beside = p.x < a.x.min(b.x) - REACH
            || p.x > a.x.max(b.x) + REACH
            || p.y < a.y.min(b.y) - REACH
            || p.y > a.y.max(b.y) + REACH;
        if beside || v == low || v == high {
            return;
        }
        let on_grid = passes_pixel(a, b, p);
        if !near {
            if on_grid {
                self.touches.push((s, v, false));
            }
            return;
        }
        let [a, b, p] = [low, high, v].map(|id| network.exact_place(id));
        if !on_grid && distance_to_segment(p, a, b) > SAME {
            return;
        }
        let at_low = distance(p, a) <= SAME;
        let at_high = distance(p, b) <= SAME;
        // Of vertices that are the same the first stays.
        if (at_low && low < v) || (at_high && high < v) {
            return;
        }
        // What joins two of them is led to a third only when that is the same as both; else three
        // in a row would be cut at each other for ever.
        if !(on_grid || at_low && at_high) && distance(a, b) <= SAME {
            return;
        }
        self.touches.push((s, v, at_low || at_high));
    }
}

/// Whether an arrangement would cut the line from `a` to `b` at a corner in `p`: the line passes
/// it, as the files draw both or on the grid, and it is the same as neither end.
pub fn passes(frame: &Frame, a: LonLat, b: LonLat, p: LonLat) -> bool {
    let [from, to, at] = [a, b, p].map(|place| frame.to_plane(place));
    let is_near = distance_to_segment(at, from, to) <= SAME
        || passes_pixel(frame.to_grid(a), frame.to_grid(b), frame.to_grid(p));
    is_near && distance(at, from) > SAME && distance(at, to) > SAME
}

fn distance(p: (f64, f64), q: (f64, f64)) -> f64 {
    (p.0 - q.0).hypot(p.1 - q.1)
}

fn distance_to_segment(p: (f64, f64), a: (f64, f64), b: (f64, f64)) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length2 = dx * dx + dy * dy;
    let t = if length2 > 0.0 { ((p.0 - a.0) * dx + (p.1 - a.1) * dy) / length2 } else { 0.0 };
    let t = t.clamp(0.0, 1.0);
    distance(p, (a.0 + t * dx, a.1 + t * dy))
}

/// A part of a segment of the network, in the direction from its lower to its higher vertex.
#[derive(Clone, Copy)]
struct Piece {
    from: u32,
    to: u32,
    /// The segment of the network that it was cut from.
    whole: u32,
}

/// The segments and the vertices that a round of cutting has made. They lie in trees, not in the
/// buckets of the segments that they were cut from: where thousands of those cross in one place,
/// all pieces of them would fall into a few of these.
struct Layer {
    segments: RTree<GeomWithData<Rectangle<[f64; 2]>, u32>>,
    vertices: RTree<GeomWithData<[f64; 2], u32>>,
}

/// A place in a tree. Coordinates are far below 2⁵³, so exact.
fn spot(p: GridPoint) -> [f64; 2] {
    [p.x as f64, p.y as f64]
}

/// The window of a segment, [`REACH`] steps wider on all sides.
fn around(a: GridPoint, b: GridPoint) -> AABB<[f64; 2]> {
    let (reach, (a, b)) = (REACH as f64, (spot(a), spot(b)));
    let low = std::array::from_fn(|k| a[k].min(b[k]) - reach);
    AABB::from_corners(low, std::array::from_fn(|k| a[k].max(b[k]) + reach))
}

impl Layer {
    /// The layer of segments and vertices with their numbers.
    fn new(
        segments: impl Iterator<Item = (u32, (GridPoint, GridPoint))>,
        vertices: impl Iterator<Item = (u32, GridPoint)>,
    ) -> Self {
        let window = |(s, (a, b))| GeomWithData::new(Rectangle::from_corners(spot(a), spot(b)), s);
        let vertex = |(v, p)| GeomWithData::new(spot(p), v);
        Self {
            segments: RTree::bulk_load(segments.map(window).collect()),
            vertices: RTree::bulk_load(vertices.map(vertex).collect()),
        }
    }

    fn segments_near(&self, window: AABB<[f64; 2]>) -> impl Iterator<Item = u32> + '_ {
        self.segments.locate_in_envelope_intersecting(window).map(|leaf| leaf.data)
    }

    fn vertices_near(&self, window: AABB<[f64; 2]>) -> impl Iterator<Item = u32> + '_ {
        self.vertices.locate_in_envelope(window).map(|leaf| leaf.data)
    }
}

/// Segments while they are cut: those of the network keep their numbers, pieces follow.
struct Cutter<'n> {
    network: &'n mut Network,
    /// What was there at first.
    buckets: Buckets,
    vertices: PointBuckets,
    /// What each round has made.
    layers: Vec<Layer>,
    pieces: Vec<Piece>,
    /// Segments that were cut to pieces.
    gone: Vec<bool>,
    /// The first segment and the first vertex of the last round.
    fresh: (u32, u32),
    passed: Vec<(u32, u32)>,
}

impl<'n> Cutter<'n> {
    fn new(network: &'n mut Network, buckets: Buckets, vertices: PointBuckets) -> Self {
        let fresh = (network.segments.len() as u32, network.points.len() as u32);
        Self {
            gone: vec![false; network.segments.len()],
            network,
            buckets,
            vertices,
            layers: Vec::new(),
            pieces: Vec::new(),
            fresh,
            passed: Vec::new(),
        }
    }

    fn whole_segments(&self) -> u32 {
        self.network.segments.len() as u32
    }

    /// The ends of a segment.
    fn segment(&self, s: u32) -> (u32, u32) {
        match s.checked_sub(self.whole_segments()) {
            None => self.network.segments[s as usize],
            Some(piece) => {
                let piece = self.pieces[piece as usize];
                (piece.from, piece.to)
            }
        }
    }

    fn ends(&self, s: u32) -> (GridPoint, GridPoint) {
        let (a, b) = self.segment(s);
        (self.network.points[a as usize], self.network.points[b as usize])
    }

    /// Cuts the segments. Crossings of segments that are also cut at vertices wait for the next
    /// round: often the cut has made one of the two.
    fn cut(&mut self, found: Found) {
        let mut touches = found.touches;
        touches.sort_unstable();
        touches.dedup();
        for &(s, v, _) in touches.iter().filter(|touch| !touch.2) {
            if v < self.network.given {
                let whole = s.checked_sub(self.whole_segments());
                let whole = whole.map_or(s, |piece| self.pieces[piece as usize].whole);
                self.passed.extend(self.network.sides(whole).iter().map(|side| (side.0, v)));
            }
        }
        let mut cuts: Vec<(u32, u32)> = touches.into_iter().map(|(s, v, _)| (s, v)).collect();
        let touched = |s: u32| cuts.binary_search_by_key(&s, |cut| cut.0).is_ok();
        let mut crossings = found.crossings;
        crossings.retain(|&(s, t, _)| !touched(s) && !touched(t));
        self.fresh = (self.gone.len() as u32, self.network.points.len() as u32);
        for (s, t, point) in crossings {
            let vertex = self.network.crossing(point);
            cuts.extend([(s, vertex), (t, vertex)]);
        }
        // A crossing that rounds to an end of a segment does not cut that segment.
        cuts.retain(|&(s, v)| {
            let (from, to) = self.segment(s);
            v != from && v != to
        });
        cuts.sort_unstable();
        cuts.dedup();
        for of_segment in cuts.chunk_by(|a, b| a.0 == b.0) {
            let vertices = of_segment.iter().map(|cut| cut.1).collect();
            self.cut_segment(of_segment[0].0, vertices);
        }
        let segments = (self.fresh.0..self.gone.len() as u32).map(|s| (s, self.ends(s)));
        let vertices = self.fresh.1..self.network.points.len() as u32;
        let vertices = vertices.map(|v| (v, self.network.points[v as usize]));
        let layer = Layer::new(segments, vertices);
        self.layers.push(layer);
    }

    /// Puts pieces in the place of a segment.
    fn cut_segment(&mut self, s: u32, mut at: Vec<u32>) {
        let (from, to) = self.segment(s);
        let (start, end) = self.ends(s);
        at.sort_by_key(|&v| {
            let p = self.network.points[v as usize];
            i128::from(p.x - start.x) * i128::from(end.x - start.x)
                + i128::from(p.y - start.y) * i128::from(end.y - start.y)
        });
        self.gone[s as usize] = true;
        let whole = s.checked_sub(self.whole_segments());
        let whole = whole.map_or(s, |piece| self.pieces[piece as usize].whole);
        let mut from = from;
        for to in at.into_iter().chain([to]) {
            self.pieces.push(Piece { from, to, whole });
            self.gone.push(false);
            from = to;
        }
    }

    /// What the pieces and crossings of the last round meet; all pieces and vertices when only
    /// the grid counts.
    fn look_again(&self, near: bool) -> Found {
        let mut found = Found::default();
        let (first, first_vertex) = if near { self.fresh } else { (self.whole_segments(), 0) };
        let last = self.gone.len() as u32;
        for s in (first..last).filter(|&s| !self.gone[s as usize]) {
            let (a, b) = self.ends(s);
            let meet = |found: &mut Found, t: u32| {
                if !self.gone[t as usize]
                    && (t < first || t < s)
                    && let Some(point) = crossing((a, b), self.ends(t))
                {
                    found.crossings.push((s, t, point));
                }
            };
            let touch = |found: &mut Found, v: u32| {
                found.touch(self.network, near, s, self.segment(s), v);
            };
            self.buckets.each_bucket(a, b, |bucket| {
                self.buckets.segments(bucket).iter().for_each(|&t| meet(&mut found, t));
                self.vertices.points(bucket).iter().for_each(|&v| touch(&mut found, v));
            });
            for layer in &self.layers {
                layer.segments_near(around(a, b)).for_each(|t| meet(&mut found, t));
                layer.vertices_near(around(a, b)).for_each(|v| touch(&mut found, v));
            }
        }
        // The segments before `first`, which the vertices have not met.
        let older =
            if near { self.layers.split_last().map_or(&[][..], |(_, older)| older) } else { &[] };
        for v in first_vertex..self.network.points.len() as u32 {
            let p = self.network.points[v as usize];
            let at_first = self.buckets.bucket_of(p).map(|bucket| self.buckets.segments(bucket));
            let mut touch = |s: u32| {
                if s < first && !self.gone[s as usize] {
                    found.touch(self.network, near, s, self.segment(s), v);
                }
            };
            at_first.unwrap_or_default().iter().for_each(|&s| touch(s));
            for layer in older {
                layer.segments_near(around(p, p)).for_each(&mut touch);
            }
        }
        found
    }

    /// Hands the pieces to the network; every (polygon, vertex) passed, sorted.
    fn finish(mut self) -> Vec<(u32, u32)> {
        let whole_segments = self.network.segments.len();
        let mut edges: Vec<Edge> = Vec::with_capacity(self.pieces.len() * 2);
        for (i, piece) in self.pieces.iter().enumerate() {
            if !self.gone[whole_segments + i] {
                let sides = self.network.sides(piece.whole);
                edges.extend(sides.iter().filter_map(|&(p, w)| edge(piece.from, piece.to, p, w)));
            }
        }
        self.network.replace(&self.gone[..whole_segments], edges);
        self.passed.sort_unstable();
        self.passed.dedup();
        self.passed
    }
}

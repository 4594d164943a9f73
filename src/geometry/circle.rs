//! The largest circle inside a polygon, whose diameter is the width of a gap or an overlap.
//!
//! Best-first search over rectangles, as Mapbox's polylabel does it over squares (after
//! Garcia-Castellanos & Lombardo 2007), with three changes that slivers need:
//! - each rectangle keeps only the edges that can be nearest to one of its places, so that a
//!   look costs the edges nearby and not all of them;
//! - the distance to one edge is convex, so over a rectangle it is greatest at a corner, and so
//!   is the mean of the distances to two edges: in a strip that mean is half its width wherever
//!   one looks, which settles a long rectangle in one step;
//! - each rectangle also tries the middle of the strip across its nearest edge.
//!
//! For the width alone a polygon of few edges needs no search ([`few`]). For a place it is better
//! served by one: of the many largest circles of a strip the search finds one in the middle.

mod few;

use super::frame::{Frame, GridPoint};
use crate::domain::{LonLat, MultiPolygon, Polygon};
use std::collections::BinaryHeap;

/// The largest circle inside a polygon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InscribedCircle {
    /// Its centre.
    pub centre: LonLat,
    /// Its diameter in metres: the width of a sliver.
    pub diameter_m: f64,
}

/// The largest inscribed circle to within a share `precision` of its size; `None` for a shape
/// without area.
///
/// The search ends after an amount of work that grows with the number of edges. Only for strips
/// many thousand times longer than wide does it end so; the circle is then the largest of
/// several thousand looks along the strip.
pub fn inscribed_circle(
    frame: &Frame,
    shape: &MultiPolygon,
    precision: f64,
) -> Option<InscribedCircle> {
    shape
        .polygons()
        .iter()
        .filter_map(|polygon| {
            let plane = Plane::of(frame, polygon)?;
            let (at, radius) = Search::new(plane.edges(polygon), precision).run()?;
            Some(InscribedCircle { centre: plane.place(at), diameter_m: 2.0 * radius })
        })
        .max_by(|a, b| a.diameter_m.total_cmp(&b.diameter_m))
}

/// Diameter in metres of the largest inscribed circle, as [`inscribed_circle`] finds it, and
/// exactly in a polygon of few edges; 0 for a shape without area.
pub fn greatest_width_m(frame: &Frame, shape: &MultiPolygon, precision: f64) -> f64 {
    let radius = |polygon: &Polygon| {
        let is_small = polygon.exterior().corners().len() <= few::FEW_EDGES;
        let circle = if polygon.holes().is_empty() && is_small {
            few::largest(&Plane::upright(frame, polygon)?.edges(polygon))
        } else {
            Search::new(Plane::of(frame, polygon)?.edges(polygon), precision).run()
        };
        circle.map(|(_, radius)| radius)
    };
    2.0 * shape.polygons().iter().filter_map(radius).fold(0.0, f64::max)
}

type Point = (f64, f64);

/// A plane in metres around a polygon.
struct Plane<'f> {
    frame: &'f Frame,
    origin: GridPoint,
    scale: (f64, f64),
    turn: (f64, f64),
}

impl<'f> Plane<'f> {
    /// The plane with the longer extent of the polygon along the first axis.
    fn of(frame: &'f Frame, polygon: &Polygon) -> Option<Self> {
        let mut plane = Self::upright(frame, polygon)?;
        let corners = polygon.exterior().corners();
        let outline: Vec<Point> = corners.iter().map(|&p| plane.point(p)).collect();
        plane.turn = principal_direction(&outline);
        Some(plane)
    }

    /// The plane with the first axis to the east.
    fn upright(frame: &'f Frame, polygon: &Polygon) -> Option<Self> {
        let origin = frame.to_grid(*polygon.exterior().corners().first()?);
        Some(Self { frame, origin, scale: frame.scale(origin), turn: (1.0, 0.0) })
    }

    fn point(&self, place: LonLat) -> Point {
        let g = self.frame.to_grid(place);
        let x = (g.x - self.origin.x) as f64 * self.scale.0;
        let y = (g.y - self.origin.y) as f64 * self.scale.1;
        (x * self.turn.0 + y * self.turn.1, y * self.turn.0 - x * self.turn.1)
    }

    fn place(&self, (u, v): Point) -> LonLat {
        let (x, y) = (u * self.turn.0 - v * self.turn.1, v * self.turn.0 + u * self.turn.1);
        self.frame.to_lonlat(GridPoint {
            x: self.origin.x + (x / self.scale.0).round() as i64,
            y: self.origin.y + (y / self.scale.1).round() as i64,
        })
    }

    /// The edges of all rings, the polygon on their left.
    fn edges(&self, polygon: &Polygon) -> Vec<Edge> {
        let mut edges = Vec::new();
        for (number, ring) in polygon.rings().enumerate() {
            let mut line: Vec<Point> = ring.corners().iter().map(|&p| self.point(p)).collect();
            let next = |i: usize| (i + 1) % line.len();
            let doubled: f64 = (0..line.len()).map(|i| cross(line[i], line[next(i)])).sum();
            if (doubled < 0.0) == (number == 0) {
                line.reverse();
            }
            edges.extend((0..line.len()).map(|i| Edge::new(line[i], line[(i + 1) % line.len()])));
        }
        edges
    }
}

/// The direction of greatest extent of a set of points, as (cos, sin).
fn principal_direction(points: &[Point]) -> (f64, f64) {
    let n = points.len().max(1) as f64;
    let mx = points.iter().map(|p| p.0).sum::<f64>() / n;
    let my = points.iter().map(|p| p.1).sum::<f64>() / n;
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in points {
        xx += (x - mx) * (x - mx);
        xy += (x - mx) * (y - my);
        yy += (y - my) * (y - my);
    }
    let angle = 0.5 * (2.0 * xy).atan2(xx - yy);
    (angle.cos(), angle.sin())
}

fn cross(a: Point, b: Point) -> f64 {
    a.0 * b.1 - a.1 * b.0
}

/// An edge with the polygon on its left.
#[derive(Clone, Copy)]
struct Edge {
    from: Point,
    /// The very numbers of the next edge's beginning, which `from` and `way` add up to only nearly.
    to: Point,
    way: Point,
    /// One over the length squared; 0 for an edge without length.
    inverse: f64,
}

impl Edge {
    fn new(from: Point, to: Point) -> Self {
        let way = (to.0 - from.0, to.1 - from.1);
        let length2 = way.0 * way.0 + way.1 * way.1;
        Self { from, to, way, inverse: if length2 > 0.0 { 1.0 / length2 } else { 0.0 } }
    }

    /// Where along the edge its line is nearest to a point: 0 at its beginning, 1 at its end.
    fn foot(&self, p: Point) -> f64 {
        ((p.0 - self.from.0) * self.way.0 + (p.1 - self.from.1) * self.way.1) * self.inverse
    }

    fn distance(&self, p: Point) -> f64 {
        let t = self.foot(p).clamp(0.0, 1.0);
        let (dx, dy) = (p.0 - self.from.0 - t * self.way.0, p.1 - self.from.1 - t * self.way.1);
        (dx * dx + dy * dy).sqrt()
    }

    /// Whether the edge crosses the level line from `a` to `b`, half-open, so that a line through
    /// a corner crosses one of its edges.
    fn crosses_level(&self, a: Point, b: Point) -> bool {
        crosses(self.from, self.to, a.1, a.0, b.0)
    }

    /// Whether the edge crosses the upright line from `a` to `b`.
    fn crosses_upright(&self, a: Point, b: Point) -> bool {
        let swap = |p: Point| (p.1, p.0);
        crosses(swap(self.from), swap(self.to), a.0, a.1, b.1)
    }
}

/// Whether an edge crosses the line at height `y` between `x0` and `x1`.
fn crosses(from: Point, to: Point, y: f64, x0: f64, x1: f64) -> bool {
    if (from.1 > y) == (to.1 > y) {
        return false;
    }
    let x = from.0 + (to.0 - from.0) * (y - from.1) / (to.1 - from.1);
    x0.min(x1) < x && x <= x0.max(x1)
}

/// A rectangle of the search.
struct Cell {
    /// No place of the rectangle is further than this from the border.
    potential: f64,
    centre: Point,
    half: Point,
    inside: bool,
    /// The edges that can be nearest to one of its places.
    near: Vec<u32>,
}

impl PartialEq for Cell {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Cell {}
impl PartialOrd for Cell {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Cell {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.potential.total_cmp(&other.potential)
    }
}

/// Distances that the search may compute besides those that grow with the edges.
const WORK: usize = 1_000_000;
/// Distances for each edge.
const WORK_PER_EDGE: usize = 50;
/// Edges near a rectangle up to which its corners are looked at.
const FEW: usize = 12;

/// How much wider than the shape the first rectangle is, and where its middle lies, in halves of
/// it from the shape's low corner.
const WIDER: (f64, f64) = (0.031_415_926, 0.027_182_818);
const ASIDE: f64 = 0.985_731_2;

struct Search {
    edges: Vec<Edge>,
    precision: f64,
    best: (Point, f64),
    heap: BinaryHeap<Cell>,
    work: usize,
    distances: Vec<f64>,
}

impl Search {
    fn new(edges: Vec<Edge>, precision: f64) -> Self {
        Self {
            edges,
            precision,
            best: ((0.0, 0.0), 0.0),
            heap: BinaryHeap::new(),
            work: 0,
            distances: Vec::new(),
        }
    }

    /// The centre and the radius of the circle.
    fn run(mut self) -> Option<(Point, f64)> {
        let all = || self.edges.iter().map(|e| e.from);
        let least = |f: fn(Point) -> f64| all().map(f).fold(f64::INFINITY, f64::min);
        let most = |f: fn(Point) -> f64| all().map(f).fold(f64::NEG_INFINITY, f64::max);
        let (x0, x1, y0, y1) = (least(|p| p.0), most(|p| p.0), least(|p| p.1), most(|p| p.1));
        let half = ((x1 - x0) / 2.0, (y1 - y0) / 2.0);
        // A shape without extent, or whose numbers are no numbers, has no circle.
        if !(half.0.min(half.1) > 0.0 && half.0.max(half.1).is_finite()) {
            return None;
        }
        // A rectangle a little wider than the shape, and more so on one side, so that the middles
        // of its parts lie on no edge or corner by design, as the middle of a diagonal would:
        // on which side of the border they lie must not be a question of rounding.
        let half = (half.0 * (1.0 + WIDER.0), half.1 * (1.0 + WIDER.1));
        let centre = (x0 + half.0 * ASIDE, y0 + half.1 * ASIDE);
        let west = (x0 - 2.0 * half.0, centre.1);
        let inside = self.edges.iter().filter(|e| e.crosses_level(west, centre)).count() % 2 == 1;
        let every: Vec<u32> = (0..self.edges.len() as u32).collect();
        self.look(centre, half, inside, &every);
        let budget = WORK + WORK_PER_EDGE * self.edges.len();
        while let Some(cell) = self.heap.pop() {
            if self.is_settled(cell.potential) || self.work > budget {
                break;
            }
            self.split(&cell);
        }
        (self.best.1 > 0.0).then_some(self.best)
    }

    /// Whether a greater distance than `potential` would be no news.
    fn is_settled(&self, potential: f64) -> bool {
        potential <= self.best.1 + self.precision * self.best.1.max(1e-3)
    }

    /// Halves a rectangle across its longer side.
    fn split(&mut self, cell: &Cell) {
        let Cell { centre, half, .. } = *cell;
        let level = half.0 >= half.1;
        for sign in [-0.5, 0.5] {
            let (child, child_half) = if level {
                ((centre.0 + sign * half.0, centre.1), (half.0 / 2.0, half.1))
            } else {
                ((centre.0, centre.1 + sign * half.1), (half.0, half.1 / 2.0))
            };
            let inside = cell.inside ^ self.parity(centre, child, &cell.near);
            self.look(child, child_half, inside, &cell.near);
        }
    }

    /// Whether the way from `a` to `b`, first level and then upright, crosses the border an odd
    /// number of times. `near` holds all edges that it can cross.
    fn parity(&self, a: Point, b: Point, near: &[u32]) -> bool {
        let bend = (b.0, a.1);
        let crosses = |e: &Edge| {
            (a.0 != b.0 && e.crosses_level(a, bend)) ^ (a.1 != b.1 && e.crosses_upright(bend, b))
        };
        near.iter().fold(false, |odd, &i| odd ^ crosses(&self.edges[i as usize]))
    }

    /// Looks at a rectangle: takes the places found if they are better, and keeps the rectangle
    /// if it may hold better ones.
    fn look(&mut self, centre: Point, half: Point, inside: bool, candidates: &[u32]) {
        self.work += candidates.len();
        let mut distances = std::mem::take(&mut self.distances);
        distances.clear();
        distances.extend(candidates.iter().map(|&i| self.edges[i as usize].distance(centre)));
        let nearest = (0..distances.len()).min_by(|&a, &b| distances[a].total_cmp(&distances[b]));
        let Some(nearest) = nearest else { return };
        let distance = distances[nearest];
        if inside && distance > self.best.1 {
            self.best = (centre, distance);
        }
        let radius = half.0.hypot(half.1);
        let reach = distance + 2.0 * radius;
        let within = candidates.iter().zip(&distances).filter(|(_, d)| **d <= reach);
        let near: Vec<u32> = within.map(|(&i, _)| i).collect();
        self.distances = distances;
        self.try_across(candidates[nearest], centre, half, inside, &near);
        let mut potential = if inside { distance + radius } else { radius - distance };
        if !self.is_settled(potential) && near.len() <= FEW {
            potential = potential.min(self.greatest_at_corners(centre, half, &near));
        }
        if !self.is_settled(potential) {
            self.heap.push(Cell { potential, centre, half, inside, near });
        }
    }

    /// Tries the middle of the way from an edge straight across to the other side.
    fn try_across(&mut self, edge: u32, centre: Point, half: Point, inside: bool, near: &[u32]) {
        let e = self.edges[edge as usize];
        let t = e.foot(centre).clamp(0.1, 0.9);
        let foot = (e.from.0 + t * e.way.0, e.from.1 + t * e.way.1);
        let length = e.way.0.hypot(e.way.1);
        let across = (-e.way.1 / length, e.way.0 / length);
        let mut width = f64::INFINITY;
        for other in near.iter().filter(|&&i| i != edge).map(|&i| self.edges[i as usize]) {
            let slope = cross(across, other.way);
            let gap = (other.from.0 - foot.0, other.from.1 - foot.1);
            let s = cross(gap, across) / slope;
            let here = cross(gap, other.way) / slope;
            if (0.0..=1.0).contains(&s) && here > 1e-6 {
                width = width.min(here);
            }
        }
        // Also false for an edge without length.
        let may_be_better = width.is_finite() && width / 2.0 > self.best.1;
        if !may_be_better {
            return;
        }
        let hold = |v: f64, middle: f64, half: f64| v.clamp(middle - half, middle + half);
        let p = (
            hold(foot.0 + across.0 * width / 2.0, centre.0, half.0),
            hold(foot.1 + across.1 * width / 2.0, centre.1, half.1),
        );
        self.work += near.len();
        let distances = near.iter().map(|&i| self.edges[i as usize].distance(p));
        let distance = distances.fold(f64::INFINITY, f64::min);
        if distance > self.best.1 && (inside ^ self.parity(centre, p, near)) {
            self.best = (p, distance);
        }
    }

    /// A bound for the distance to the border from anywhere in a rectangle: the mean of the
    /// distances to two edges, at the corner where it is greatest.
    fn greatest_at_corners(&mut self, centre: Point, half: Point, near: &[u32]) -> f64 {
        self.work += 4 * near.len();
        let corners = [(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)]
            .map(|(u, v)| (centre.0 + u * half.0, centre.1 + v * half.1));
        let mut at = [[0.0; 4]; FEW];
        for (distances, &i) in at.iter_mut().zip(near) {
            *distances = corners.map(|corner| self.edges[i as usize].distance(corner));
        }
        let at = &at[..near.len()];
        let mut bound = f64::INFINITY;
        for (i, first) in at.iter().enumerate() {
            for second in &at[i..] {
                let mean = |k: usize| (first[k] + second[k]) / 2.0;
                bound = bound.min((0..4).map(mean).fold(0.0, f64::max));
            }
        }
        bound
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Ring;

    fn shape(corners: &[(f64, f64)]) -> MultiPolygon {
        let ring = Ring::new(corners.iter().map(|&(x, y)| LonLat::new(x, y).unwrap()).collect());
        MultiPolygon::new(vec![Polygon::new(ring.unwrap(), Vec::new())]).unwrap()
    }

    #[test]
    fn a_sliver_is_as_wide_as_its_circle() {
        let frame = Frame::around(LonLat::new(120.0, 36.0).unwrap());
        let at = |x: f64, y: f64| {
            let p = frame.to_lonlat(GridPoint { x: (x * 1000.0) as i64, y: (y * 1000.0) as i64 });
            (p.lon(), p.lat())
        };
        // 6 m wide and 120 m long, turned by 45 degrees.
        let s = 0.5f64.sqrt();
        let turned = |u: f64, v: f64| at((u - v) * s, (u + v) * s);
        let sliver = shape(&[turned(0., 0.), turned(120., 0.), turned(120., 6.), turned(0., 6.)]);
        let circle = inscribed_circle(&frame, &sliver, 0.01).unwrap();
        assert!((circle.diameter_m - 6.0).abs() < 0.07, "{}", circle.diameter_m);
    }
}

//! A polygon on a plane of its own, as edges in metres.

use super::super::frame::{Frame, GridPoint};
use crate::domain::{LonLat, Polygon};

pub(super) type Point = (f64, f64);

/// A plane in metres around a polygon.
pub(super) struct Plane<'f> {
    frame: &'f Frame,
    origin: GridPoint,
    scale: (f64, f64),
    turn: (f64, f64),
}

impl<'f> Plane<'f> {
    /// The plane with the longer extent of the polygon along the first axis.
    pub fn of(frame: &'f Frame, polygon: &Polygon) -> Option<Self> {
        let mut plane = Self::upright(frame, polygon)?;
        let corners = polygon.exterior().corners();
        let outline: Vec<Point> = corners.iter().map(|&p| plane.point(p)).collect();
        plane.turn = principal_direction(&outline);
        Some(plane)
    }

    /// The plane with the first axis to the east.
    pub fn upright(frame: &'f Frame, polygon: &Polygon) -> Option<Self> {
        let origin = frame.to_grid(*polygon.exterior().corners().first()?);
        Some(Self { frame, origin, scale: frame.scale(origin), turn: (1.0, 0.0) })
    }

    fn point(&self, place: LonLat) -> Point {
        let g = self.frame.to_grid(place);
        let x = (g.x - self.origin.x) as f64 * self.scale.0;
        let y = (g.y - self.origin.y) as f64 * self.scale.1;
        (x * self.turn.0 + y * self.turn.1, y * self.turn.0 - x * self.turn.1)
    }

    pub fn place(&self, (u, v): Point) -> LonLat {
        let (x, y) = (u * self.turn.0 - v * self.turn.1, v * self.turn.0 + u * self.turn.1);
        self.frame.to_lonlat(GridPoint {
            x: self.origin.x + (x / self.scale.0).round() as i64,
            y: self.origin.y + (y / self.scale.1).round() as i64,
        })
    }

    /// The edges of all rings, the polygon on their left.
    pub fn edges(&self, polygon: &Polygon) -> Vec<Edge> {
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

pub(super) fn cross(a: Point, b: Point) -> f64 {
    a.0 * b.1 - a.1 * b.0
}

/// An edge with the polygon on its left.
#[derive(Clone, Copy)]
pub(super) struct Edge {
    pub from: Point,
    /// The very numbers of the next edge's beginning, which `from` and `way` add up to only nearly.
    pub to: Point,
    pub way: Point,
    /// One over the length squared; 0 for an edge without length.
    pub inverse: f64,
}

impl Edge {
    pub fn new(from: Point, to: Point) -> Self {
        let way = (to.0 - from.0, to.1 - from.1);
        let length2 = way.0 * way.0 + way.1 * way.1;
        Self { from, to, way, inverse: if length2 > 0.0 { 1.0 / length2 } else { 0.0 } }
    }

    /// Where along the edge its line is nearest to a point: 0 at its beginning, 1 at its end.
    pub fn foot(&self, p: Point) -> f64 {
        ((p.0 - self.from.0) * self.way.0 + (p.1 - self.from.1) * self.way.1) * self.inverse
    }

    pub fn distance(&self, p: Point) -> f64 {
        let t = self.foot(p).clamp(0.0, 1.0);
        let (dx, dy) = (p.0 - self.from.0 - t * self.way.0, p.1 - self.from.1 - t * self.way.1);
        (dx * dx + dy * dy).sqrt()
    }

    /// Whether the edge crosses the level line from `a` to `b`, half-open, so that a line through
    /// a corner crosses one of its edges.
    pub fn crosses_level(&self, a: Point, b: Point) -> bool {
        crosses(self.from, self.to, a.1, a.0, b.0)
    }

    /// Whether the edge crosses the upright line from `a` to `b`.
    pub fn crosses_upright(&self, a: Point, b: Point) -> bool {
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

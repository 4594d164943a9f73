//! The best-first search over rectangles.

use super::plane::{Edge, Point, cross};
use std::collections::BinaryHeap;

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

pub(super) struct Search {
    edges: Vec<Edge>,
    precision: f64,
    best: (Point, f64),
    heap: BinaryHeap<Cell>,
    work: usize,
    distances: Vec<f64>,
}

impl Search {
    pub fn new(edges: Vec<Edge>, precision: f64) -> Self {
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
    pub fn run(mut self) -> Option<(Point, f64)> {
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

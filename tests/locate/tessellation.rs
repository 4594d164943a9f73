//! Random coverages made in code: a lattice of triangles with moved corners, dealt out to faces.
//!
//! Faces are whatever the deal gives: several parts, holes, islands in holes, borders of many
//! corners, corners where many faces meet. Neighbours share every corner bit for bit.

use std::collections::{BTreeMap, BTreeSet};
use wangge::domain::{LonLat, MultiPolygon, Polygon, Ring};

/// A lattice of `columns` × `rows` cells, two triangles each.
#[derive(Clone, Debug)]
pub struct Lattice {
    pub columns: usize,
    pub rows: usize,
    /// Corners, row after row, `columns + 1` a row.
    pub corners: Vec<LonLat>,
}

/// Size of a cell in degrees; no power of two, so that sums are rounded.
pub const CELL: f64 = 0.0013;
/// South-western corner of the lattice.
pub const ORIGIN: (f64, f64) = (120.368, 36.108);

impl Lattice {
    /// A lattice whose inner corners are moved by `moves`: up to ±1 is up to ±0.3 of a cell. A
    /// move of 0 leaves straight, level and upright edges, the hard cases.
    pub fn new(columns: usize, rows: usize, moves: impl Fn(usize) -> (f64, f64)) -> Self {
        let mut corners = Vec::new();
        for row in 0..=rows {
            for column in 0..=columns {
                let inner = row > 0 && row < rows && column > 0 && column < columns;
                let (dx, dy) = if inner { moves(corners.len()) } else { (0.0, 0.0) };
                let lon = ORIGIN.0 + CELL * (column as f64 + 0.3 * dx);
                let lat = ORIGIN.1 + CELL * (row as f64 + 0.3 * dy);
                corners.push(LonLat::new(lon, lat).expect("in range"));
            }
        }
        Self { columns, rows, corners }
    }

    pub fn triangles(&self) -> Vec<[usize; 3]> {
        let wide = self.columns + 1;
        let mut triangles = Vec::new();
        for row in 0..self.rows {
            for column in 0..self.columns {
                let a = row * wide + column;
                let (b, c, d) = (a + 1, a + wide + 1, a + wide);
                // Both diagonals occur.
                if (row + column) % 2 == 0 {
                    triangles.extend([[a, b, c], [a, c, d]]);
                } else {
                    triangles.extend([[a, b, d], [b, c, d]]);
                }
            }
        }
        triangles
    }

    /// The faces: triangle `t` belongs to face `deal(t)`; a face without a triangle is left out.
    pub fn faces(&self, deal: impl Fn(usize) -> usize) -> Vec<MultiPolygon> {
        let mut faces: BTreeMap<usize, Vec<[usize; 3]>> = BTreeMap::new();
        for (number, triangle) in self.triangles().into_iter().enumerate() {
            faces.entry(deal(number)).or_default().push(triangle);
        }
        faces.values().map(|triangles| self.dissolve(triangles)).collect()
    }

    /// The union of triangles: one part for each piece that hangs together by edges.
    fn dissolve(&self, triangles: &[[usize; 3]]) -> MultiPolygon {
        let parts = pieces(triangles);
        let parts = parts.iter().map(|piece| self.polygon(piece));
        MultiPolygon::new(parts.collect()).expect("a part")
    }

    fn polygon(&self, triangles: &[[usize; 3]]) -> Polygon {
        let edges: BTreeSet<(usize, usize)> = triangles.iter().flat_map(edges_of).collect();
        let border = edges.iter().filter(|(a, b)| !edges.contains(&(*b, *a)));
        let mut next: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (from, to) in border {
            next.entry(*from).or_default().push(*to);
        }
        let mut rings: Vec<Ring> = Vec::new();
        while let Some(start) = next.keys().next().copied() {
            let (mut ring, mut at) = (Vec::new(), start);
            while let Some(to) = next.get_mut(&at).and_then(Vec::pop) {
                ring.push(self.corners[at]);
                if next[&at].is_empty() {
                    next.remove(&at);
                }
                at = to;
            }
            rings.push(Ring::new(ring).expect("three corners"));
        }
        let outer = rings.iter().enumerate().max_by(|(_, a), (_, b)| width(a).total_cmp(&width(b)));
        let outer = outer.map_or(0, |(number, _)| number);
        let exterior = rings.remove(outer);
        Polygon::new(exterior, rings)
    }

    /// Places that put a rule to the test: corners, middles of edges, middles of triangles, and
    /// places level with one corner and upright over another.
    pub fn probes(&self) -> Vec<LonLat> {
        let mut probes = self.corners.clone();
        for triangle in self.triangles() {
            let [a, b, c] = triangle.map(|corner| self.corners[corner]);
            for (a, b) in [(a, b), (b, c), (c, a)] {
                probes.push(place((a.lon() + b.lon()) / 2.0, (a.lat() + b.lat()) / 2.0));
            }
            let middle = (a.lon() + b.lon() + c.lon(), a.lat() + b.lat() + c.lat());
            probes.push(place(middle.0 / 3.0, middle.1 / 3.0));
            probes.push(place(a.lon(), c.lat()));
            probes.push(place(b.lon(), a.lat()));
        }
        probes
    }

    /// Whether a place lies strictly inside the lattice.
    pub fn holds(&self, at: LonLat) -> bool {
        let (first, last) = (self.corners[0], self.corners[self.corners.len() - 1]);
        first.lon() < at.lon()
            && at.lon() < last.lon()
            && first.lat() < at.lat()
            && at.lat() < last.lat()
    }
}

pub fn place(lon: f64, lat: f64) -> LonLat {
    LonLat::new(lon, lat).expect("a place of the test")
}

/// The same area with its parts, rings and corners in another order, some rings reversed.
pub fn reorder(area: &MultiPolygon, seed: usize) -> MultiPolygon {
    let ring = |ring: &Ring, n: usize| {
        let mut corners = ring.corners().to_vec();
        let shift = (seed * 7 + n) % corners.len();
        corners.rotate_left(shift);
        if (seed + n).is_multiple_of(2) {
            corners.reverse();
        }
        Ring::new(corners).expect("the same ring")
    };
    let mut parts: Vec<Polygon> = area
        .polygons()
        .iter()
        .map(|polygon| {
            let mut holes: Vec<Ring> =
                polygon.holes().iter().enumerate().map(|(n, hole)| ring(hole, n)).collect();
            holes.reverse();
            Polygon::new(ring(polygon.exterior(), 3), holes)
        })
        .collect();
    let shift = seed % parts.len();
    parts.rotate_left(shift);
    MultiPolygon::new(parts).expect("a part")
}

fn width(ring: &Ring) -> f64 {
    let lons = ring.corners().iter().map(|corner| corner.lon());
    lons.clone().fold(f64::MIN, f64::max) - lons.fold(f64::MAX, f64::min)
}

fn edges_of(t: &[usize; 3]) -> [(usize, usize); 3] {
    [(t[0], t[1]), (t[1], t[2]), (t[2], t[0])]
}

/// Triangles that hang together by edges.
fn pieces(triangles: &[[usize; 3]]) -> Vec<Vec<[usize; 3]>> {
    let by_edge: BTreeMap<(usize, usize), usize> =
        triangles.iter().enumerate().flat_map(|(n, t)| edges_of(t).map(|edge| (edge, n))).collect();
    let mut seen = vec![false; triangles.len()];
    let mut pieces = Vec::new();
    for start in 0..triangles.len() {
        let (mut piece, mut todo) = (Vec::new(), vec![start]);
        while let Some(n) = todo.pop() {
            if std::mem::replace(&mut seen[n], true) {
                continue;
            }
            piece.push(triangles[n]);
            let across = edges_of(&triangles[n]).map(|(a, b)| by_edge.get(&(b, a)).copied());
            todo.extend(across.into_iter().flatten());
        }
        if !piece.is_empty() {
            pieces.push(piece);
        }
    }
    pieces
}

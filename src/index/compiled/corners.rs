//! The corners of all areas in one line, and the cells that an edge comes near.

use super::lattice::Lattice;
use super::side::Edge;
use crate::domain::{BBox, MultiPolygon};

/// Marks a corner that closes a ring: no edge begins there.
const CLOSING: u32 = u32::MAX;

/// The corners of all rings, each ring's first one repeated at its end. An edge has the number of
/// the corner where it begins.
#[derive(Debug, Default)]
pub struct Corners {
    corners: Vec<[f64; 2]>,
    /// The part whose ring has the edge, or [`CLOSING`].
    part: Vec<u32>,
    /// The number of each part's area. Parts are in the order of precedence of their areas.
    pub area_of_part: Vec<u32>,
}

impl Corners {
    /// The corners of areas given in the order of precedence.
    pub fn of(areas: &[(u32, &MultiPolygon)]) -> Self {
        let mut all = Self::default();
        let count = |area: &MultiPolygon| {
            area.polygons().iter().flat_map(|p| p.rings()).map(|r| r.corners().len() + 1).sum()
        };
        let corners = areas.iter().map(|(_, area)| -> usize { count(area) }).sum();
        all.corners.reserve_exact(corners);
        all.part.reserve_exact(corners);
        for (number, area) in areas {
            for polygon in area.polygons() {
                let part = all.area_of_part.len() as u32;
                all.area_of_part.push(*number);
                for ring in polygon.rings() {
                    let corners = ring.corners();
                    all.part.extend(corners.iter().map(|_| part));
                    all.part.push(CLOSING);
                    let closed = corners.iter().chain(corners.first());
                    all.corners.extend(closed.map(|c| [c.lon(), c.lat()]));
                }
            }
        }
        all
    }

    /// The window around all corners; `None` when there are none.
    pub fn window(&self) -> Option<BBox> {
        let (&[lon, lat], rest) = self.corners.split_first()?;
        let start = BBox { west: lon, south: lat, east: lon, north: lat };
        Some(rest.iter().fold(start, |b, &[lon, lat]| BBox {
            west: b.west.min(lon),
            south: b.south.min(lat),
            east: b.east.max(lon),
            north: b.north.max(lat),
        }))
    }

    /// The edge of a number, and the part whose border it is.
    #[inline]
    pub fn edge(&self, number: u32) -> (Edge, u32) {
        let at = number as usize;
        (Edge::between(self.corners[at], self.corners[at + 1]), self.part[at])
    }

    /// All edges that have a length, with their numbers.
    pub fn edges(&self) -> impl Iterator<Item = (u32, Edge)> + '_ {
        let pairs = self.corners.windows(2).zip(&self.part).enumerate();
        let real = pairs.filter(|(_, (pair, part))| **part != CLOSING && pair[0] != pair[1]);
        real.map(|(number, (pair, _))| (number as u32, Edge::between(pair[0], pair[1])))
    }
}

/// Calls `visit` with the column and row of each root cell, among the rows from `rows.start`, that
/// an edge comes near.
pub fn cells_near(
    edge: &Edge,
    lattice: &Lattice,
    rows: &std::ops::Range<u32>,
    mut visit: impl FnMut(u32, u32),
) {
    let ([x0, y0], [x1, y1]) = (edge.low, edge.high);
    let [margin_x, margin_y] = lattice.margin;
    let first = lattice.row(y0 - margin_y).max(rows.start);
    let last = lattice.row(y1 + margin_y).min(rows.end - 1);
    for row in first..=last {
        let [_, south, _, north] = super::lattice::Square::root(0, row).sides(lattice);
        let (south, north) = (south - margin_y, north + margin_y);
        let height = y1 - y0;
        let is_whole = (south <= y0 && y1 <= north) || height <= margin_y;
        let (a, b) = if is_whole {
            (x0, x1)
        } else {
            // Rounding moves these by at most 1e-13 / margin of the part within the margin.
            let at = |lat: f64| x0 + ((lat - y0) / height).clamp(0.0, 1.0) * (x1 - x0);
            (at(south), at(north))
        };
        let (west, east) = (a.min(b) - margin_x, a.max(b) + margin_x);
        for column in lattice.column(west)..=lattice.column(east) {
            visit(column, row);
        }
    }
}

/// Whether an edge comes near a cell with these sides: west, south, east, north.
pub fn comes_near(edge: &Edge, sides: [f64; 4], margin: [f64; 2]) -> bool {
    let [west, south, east, north] = sides;
    let ([x0, y0], [x1, y1]) = (edge.low, edge.high);
    if y1 < south - margin[1]
        || y0 > north + margin[1]
        || edge.east() < west - margin[0]
        || edge.west() > east + margin[0]
    {
        return false;
    }
    let half = [(east - west) / 2.0 + margin[0], (north - south) / 2.0 + margin[1]];
    let (dx, dy) = (x1 - x0, y1 - y0);
    // The line passes the rectangle when its distance from the middle is at most the rectangle's
    // half width across it.
    let off = dx * ((south + north) / 2.0 - y0) - dy * ((west + east) / 2.0 - x0);
    off.abs() <= dx.abs() * half[1] + dy.abs() * half[0]
}

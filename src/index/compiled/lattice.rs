//! The lattice of cells over a window: which cell a place lies in.

use crate::domain::BBox;
use crate::geometry::metres_per_degree;
use crate::index::BORDER_TOLERANCE_M;

/// A cell is divided into this many a side (as a power of two), again and again.
pub const LEVEL_BITS: u32 = 2;
/// Cells that one is divided into.
pub const BLOCK: usize = 1 << (2 * LEVEL_BITS);
/// Units a side of a root cell, as a power of two: eight divisions.
pub const UNIT_BITS: u32 = 8 * LEVEL_BITS;
/// Most root cells a side.
const MOST_A_SIDE: f64 = 16_384.0;

/// Root cells of equal size in degrees over a window, each of 2¹⁶ × 2¹⁶ units.
///
/// The unit of a place rises with its longitude and latitude also in `f64`, and is off by rounding
/// alone, below 1e-12 degrees. [`Self::margin`] is far wider, so an edge that is listed in all cells
/// which it comes near is never missed by a place that rounding puts into the cell beside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lattice {
    pub west: f64,
    pub south: f64,
    /// Units a degree of longitude and of latitude.
    pub per_degree: [f64; 2],
    pub columns: u32,
    pub rows: u32,
    /// Degrees of longitude and latitude that are at least twice the tolerance of borders,
    /// anywhere in the window.
    pub margin: [f64; 2],
}

impl Lattice {
    /// A lattice of about `cells` cells, about as wide as high in metres, over a window and its
    /// margin.
    pub fn over(window: BBox, cells: f64) -> Self {
        let farthest = window.south.abs().max(window.north.abs()) + 1e-6;
        // As `Surroundings` has it: beyond 89.9 degrees a degree of longitude shrinks no more.
        let least_per_lon = metres_per_degree(farthest.min(89.9)).0;
        let least_per_lat = metres_per_degree(0.0).1;
        let margin = [least_per_lon, least_per_lat].map(|per| 2.0 * BORDER_TOLERANCE_M / per);
        let (west, south) = (window.west - margin[0], window.south - margin[1]);
        let width = window.east - window.west + 2.0 * margin[0];
        let height = window.north - window.south + 2.0 * margin[1];
        let middle = (window.south + window.north) / 2.0;
        let (per_lon, per_lat) = metres_per_degree(middle.clamp(-85.0, 85.0));
        let ratio = width * per_lon / (height * per_lat);
        // Not so many that a cell is hardly wider than its margin.
        let a_side = |wanted: f64, degrees: f64, margin: f64| {
            wanted.round().min(degrees / (32.0 * margin)).clamp(1.0, MOST_A_SIDE) as u32
        };
        let columns = a_side((cells * ratio).sqrt(), width, margin[0]);
        let rows = a_side((cells / ratio).sqrt(), height, margin[1]);
        let units = |cells: u32| f64::from(cells) * f64::from(1_u32 << UNIT_BITS);
        let per_degree = [units(columns) / width, units(rows) / height];
        Self { west, south, per_degree, columns, rows, margin }
    }

    /// Number of root cells.
    pub fn len(&self) -> usize {
        self.columns as usize * self.rows as usize
    }

    /// The unit of a place, east and north of the south-western corner; `None` outside the window,
    /// where no border is within the tolerance.
    #[inline]
    pub fn units(&self, lon: f64, lat: f64) -> Option<[u64; 2]> {
        let u = (lon - self.west) * self.per_degree[0];
        let v = (lat - self.south) * self.per_degree[1];
        // Towards zero would put what lies just outside into the first cell.
        if u < 0.0 || v < 0.0 {
            return None;
        }
        let [u, v] = [u as i64 as u64, v as i64 as u64];
        let within =
            (u >> UNIT_BITS) < u64::from(self.columns) && (v >> UNIT_BITS) < u64::from(self.rows);
        within.then_some([u, v])
    }

    /// The number of the root cell of a unit.
    #[inline]
    pub fn root(&self, [u, v]: [u64; 2]) -> usize {
        (v >> UNIT_BITS) as usize * self.columns as usize + (u >> UNIT_BITS) as usize
    }

    /// Longitude of the western side of a unit.
    pub fn lon(&self, unit: u64) -> f64 {
        self.west + unit as f64 / self.per_degree[0]
    }

    /// Latitude of the southern side of a unit.
    pub fn lat(&self, unit: u64) -> f64 {
        self.south + unit as f64 / self.per_degree[1]
    }

    /// The root column of a longitude, the nearest one outside the window.
    pub fn column(&self, lon: f64) -> u32 {
        nearest((lon - self.west) * self.per_degree[0], self.columns)
    }

    /// The root row of a latitude, the nearest one outside the window.
    pub fn row(&self, lat: f64) -> u32 {
        nearest((lat - self.south) * self.per_degree[1], self.rows)
    }
}

fn nearest(units: f64, cells: u32) -> u32 {
    // The cast takes what is below zero to zero.
    ((units as u64) >> UNIT_BITS).min(u64::from(cells) - 1) as u32
}

/// A cell: its south-western unit and its side in units, as a power of two.
#[derive(Clone, Copy, Debug)]
pub struct Square {
    pub u: u64,
    pub v: u64,
    pub bits: u32,
}

impl Square {
    /// A root cell.
    pub fn root(column: u32, row: u32) -> Self {
        let unit = |cell: u32| u64::from(cell) << UNIT_BITS;
        Self { u: unit(column), v: unit(row), bits: UNIT_BITS }
    }

    /// One of the cells that it is divided into, counted from the south-west, row by row.
    pub fn child(self, number: usize) -> Self {
        let bits = self.bits - LEVEL_BITS;
        let (column, row) = (number as u64 % 4, number as u64 / 4);
        Self { u: self.u + (column << bits), v: self.v + (row << bits), bits }
    }

    /// West, south, east, north in degrees.
    pub fn sides(self, lattice: &Lattice) -> [f64; 4] {
        let side = 1_u64 << self.bits;
        [
            lattice.lon(self.u),
            lattice.lat(self.v),
            lattice.lon(self.u + side),
            lattice.lat(self.v + side),
        ]
    }
}

//! Data that tests make for themselves.
#![allow(dead_code)] // each test binary uses a part of it
#![allow(clippy::unwrap_used)] // a test may fail by panicking

use proptest::prelude::*;
use wangge::domain::{LonLat, MultiPolygon, Polygon, Ring};
use wangge::geometry::{Coverage, Frame, GridPoint};

/// The frame of all test data: around Shuangshan.
pub fn frame() -> Frame {
    Frame::around(LonLat::new(120.387, 36.117).unwrap())
}

/// A polygon from corners in metres east and north of the frame's centre.
pub fn polygon(corners: &[(f64, f64)]) -> MultiPolygon {
    let ring = Ring::new(corners.iter().map(|&(x, y)| place(x, y)).collect()).unwrap();
    MultiPolygon::new(vec![Polygon::new(ring, Vec::new())]).unwrap()
}

/// A polygon with every ring made anew from its corners.
pub fn reshape(
    shape: &MultiPolygon,
    mut of_ring: impl FnMut(&[LonLat]) -> Vec<LonLat>,
) -> MultiPolygon {
    let mut ring = |r: &Ring| Ring::new(of_ring(r.corners())).unwrap();
    let parts = shape
        .polygons()
        .iter()
        .map(|p| Polygon::new(ring(p.exterior()), p.holes().iter().map(&mut ring).collect()));
    MultiPolygon::new(parts.collect()).unwrap()
}

/// A place in metres east and north of the frame's centre.
pub fn place(x: f64, y: f64) -> LonLat {
    frame().to_lonlat(GridPoint { x: (x * 1000.0).round() as i64, y: (y * 1000.0).round() as i64 })
}

/// This many cases of each property, or as many as `PROPTEST_CASES` asks for.
pub fn cases(cases: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => asked,
        None => ProptestConfig { cases, ..asked },
    }
}

/// A random tessellation: cells of a shaken grid with many-cornered borders, joined at random to
/// faces, which may be bent, enclose each other and be in several parts.
#[derive(Clone, Debug)]
pub struct Tessellation {
    pub faces: Vec<MultiPolygon>,
    /// The outline of all of them.
    pub outline: MultiPolygon,
}

/// Tessellations of up to `size` × `size` cells.
pub fn tessellations(size: usize) -> impl Strategy<Value = Tessellation> {
    (2..=size, 2..=size, any::<u64>(), 1usize..=4)
        .prop_map(|(columns, rows, seed, bends)| tessellation(columns, rows, seed, bends))
}

/// A generator of numbers for the tests, of its own so that cases stay what they are.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// A number in 0..1 (xorshift64*, Vigna 2016).
    pub fn roll(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn below(&mut self, n: usize) -> usize {
        ((self.roll() * n as f64) as usize).min(n.saturating_sub(1))
    }
}

/// The tessellation of a seed; `bends` corners lie on each border between cells.
pub fn tessellation(columns: usize, rows: usize, seed: u64, bends: usize) -> Tessellation {
    let cells = shaken_cells(columns, rows, seed, bends);
    let mut dice = Dice::new(seed ^ 0x9E37_79B9_7F4A_7C15);
    let faces = (columns * rows / 3).max(1);
    let group: Vec<Option<usize>> = (0..cells.len()).map(|_| Some(dice.below(faces))).collect();
    let coverage = Coverage::build(&frame(), &cells.iter().collect::<Vec<_>>());
    let faces = coverage.dissolve(&group, faces).into_iter().flatten().collect();
    let outline = coverage.dissolve(&vec![Some(0); cells.len()], 1).pop().flatten().unwrap();
    Tessellation { faces, outline }
}

/// The cells of a shaken grid of about 100 m, row by row from the south-west.
pub fn shaken_cells(columns: usize, rows: usize, seed: u64, bends: usize) -> Vec<MultiPolygon> {
    let mut dice = Dice::new(seed);
    // Borders stay simple lines: corners are shaken by less than their distance.
    let along = (100.0 / (bends + 1) as f64 * 0.6).min(12.0);
    let mut shake = |size: f64| (dice.roll() - 0.5) * size;
    let nodes: Vec<Vec<(f64, f64)>> = (0..=rows)
        .map(|r| {
            (0..=columns)
                .map(|c| (c as f64 * 100.0 + shake(40.0), r as f64 * 100.0 + shake(40.0)))
                .collect()
        })
        .collect();
    let mut bent = |a: (f64, f64), b: (f64, f64)| -> Vec<(f64, f64)> {
        (1..=bends)
            .map(|i| {
                let t = i as f64 / (bends + 1) as f64;
                (a.0 + (b.0 - a.0) * t + shake(along), a.1 + (b.1 - a.1) * t + shake(along))
            })
            .collect()
    };
    let level: Vec<Vec<Vec<_>>> = (0..=rows)
        .map(|r| (0..columns).map(|c| bent(nodes[r][c], nodes[r][c + 1])).collect())
        .collect();
    let upright: Vec<Vec<Vec<_>>> = (0..rows)
        .map(|r| (0..=columns).map(|c| bent(nodes[r][c], nodes[r + 1][c])).collect())
        .collect();
    let mut cells = Vec::new();
    for r in 0..rows {
        for c in 0..columns {
            let mut ring = vec![nodes[r][c]];
            ring.extend(&level[r][c]);
            ring.push(nodes[r][c + 1]);
            ring.extend(&upright[r][c + 1]);
            ring.push(nodes[r + 1][c + 1]);
            ring.extend(level[r + 1][c].iter().rev());
            ring.push(nodes[r + 1][c]);
            ring.extend(upright[r][c].iter().rev());
            cells.push(polygon(&ring));
        }
    }
    cells
}

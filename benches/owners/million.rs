//! A million grids: 1,000 × 1,000 cells with winding borders, 16 corners each (17 as files count
//! them, with the closing one), which neighbours share.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::domain::{LonLat, MultiPolygon, Polygon, Ring};

/// Pieces of each side of a grid.
const PIECES: usize = 4;
/// Width of a grid in degrees, about 200 m.
const WIDTH: f64 = 0.002;

/// So many grids a side.
pub fn grids(side: usize) -> Vec<MultiPolygon> {
    let corners = side * PIECES + 1;
    let mut random = ChaCha8Rng::seed_from_u64(17);
    let step = WIDTH / PIECES as f64;
    let mut shaken = |n: usize| step * (n as f64 + random.random_range(-0.3..0.3));
    let mut corner = |n: usize| {
        let (x, y) = (shaken(n % corners), shaken(n / corners));
        LonLat::new(118.0 + x, 35.0 + y).expect("in range")
    };
    let all: Vec<LonLat> = (0..corners * corners).map(&mut corner).collect();
    let grid = |n: usize| {
        let (x, y) = (n % side * PIECES, n / side * PIECES);
        let at = |dx: usize, dy: usize| all[(y + dy) * corners + x + dx];
        let south = (0..PIECES).map(|n| at(n, 0));
        let east = (0..PIECES).map(|n| at(PIECES, n));
        let north = (0..PIECES).map(|n| at(PIECES - n, PIECES));
        let west = (0..PIECES).map(|n| at(0, PIECES - n));
        let ring = Ring::new(south.chain(east).chain(north).chain(west).collect());
        let polygon = Polygon::new(ring.expect("corners"), Vec::new());
        MultiPolygon::new(vec![polygon]).expect("a part")
    };
    (0..side * side).map(grid).collect()
}

//! Checking an edit: a vertex moved in a city of 10,000 grids and 1.01 million coordinates, clean
//! and with 0.5 % of the vertices moved by 5 cm in one grid only.

#[path = "../tests/common/mod.rs"]
mod common;
mod support;
#[path = "../tests/common/dataset.rs"]
mod town;

use common::{Dice, frame, shaken_cells};
use std::sync::Arc;
use support::timing::{least, print};
use wangge::check::{CheckOptions, GridEdit, LiveCheck};
use wangge::dataset::Dataset;
use wangge::domain::{LonLat, MultiPolygon, Polygon, Ring};
use wangge::geometry::{Coverage, metres_per_degree};

const SIDE: usize = 100;
/// Vertices on each border between two grids.
const BENDS: usize = 24;

fn moved(p: LonLat, east_m: f64, north_m: f64) -> LonLat {
    let (per_lon, per_lat) = metres_per_degree(p.lat());
    LonLat::new(p.lon() + east_m / per_lon, p.lat() + north_m / per_lat).expect("a place")
}

/// A cell with the places that `change` gives.
fn redrawn(cell: &MultiPolygon, mut change: impl FnMut(LonLat) -> LonLat) -> MultiPolygon {
    let corners = cell.polygons()[0].exterior().corners().iter().map(|&p| change(p)).collect();
    let ring = Ring::new(corners).expect("a ring");
    MultiPolygon::new(vec![Polygon::new(ring, Vec::new())]).expect("a part")
}

fn outlined(cells: &[MultiPolygon], outline: &MultiPolygon) -> Dataset {
    town::outlined(town::with_grids(cells), outline.clone())
}

/// A vertex of a cell moved by 3 m, in all cells that have it or in this one only.
fn edit(cells: &[MultiPolygon], cell: usize, corner: usize, alone: bool) -> Vec<GridEdit> {
    let from = cells[cell].polygons()[0].exterior().corners()[corner];
    let to = moved(from, 3.0, 2.0);
    let has = |grid: &usize| cells[*grid].corners().any(|p| p == from);
    let grids = (0..cells.len()).filter(|grid| if alone { *grid == cell } else { has(grid) });
    grids
        .map(|grid| {
            let geometry = redrawn(&cells[grid], |p| if p == from { to } else { p });
            GridEdit { grid, geometry }
        })
        .collect()
}

fn main() {
    let cells = shaken_cells(SIDE, SIDE, 7, BENDS);
    let coverage = Coverage::build(&frame(), &cells.iter().collect::<Vec<_>>());
    let outline = coverage.dissolve(&vec![Some(0); cells.len()], 1).pop().flatten();
    let outline = outline.expect("an outline");
    let mut dice = Dice::new(3);
    let faulty: Vec<MultiPolygon> = cells
        .iter()
        .map(|cell| redrawn(cell, |p| if dice.roll() < 0.005 { moved(p, 0.05, 0.0) } else { p }))
        .collect();
    let middle = SIDE / 2 * SIDE + SIDE / 2;
    println!("edit of a city of 10,000 grids");
    for (state, cells) in [("clean", &cells), ("0.5 % faulty", &faulty)] {
        let dataset = Arc::new(outlined(cells, &outline));
        let live = LiveCheck::new(Arc::clone(&dataset), &CheckOptions::default());
        // The vertex in the middle of the southern border, one in its corner, one at the outline.
        for (name, edits) in [
            ("vertex of two grids", edit(cells, middle, BENDS / 2, false)),
            ("vertex of four grids", edit(cells, middle, 0, false)),
            ("vertex in one grid only", edit(cells, middle, BENDS / 2, true)),
            ("vertex at the outline", edit(cells, SIDE / 2, BENDS / 2, true)),
        ] {
            print(&format!("{state}, {name}"), least(10, || live.preview(&edits)));
        }
        let first = || LiveCheck::new(Arc::clone(&dataset), &CheckOptions::default());
        print(&format!("{state}, first check"), least(2, first));
    }
}

//! Cells as a file has them after small slips, and their outline.

use crate::common::{Dice, frame, reshape};
use std::f64::consts::TAU;
use wangge::domain::{LonLat, MultiPolygon};
use wangge::geometry::{Coverage, GridPoint};

/// Share of the vertices that are moved, and how far in whole millimetres.
const MOVED: f64 = 0.005;
const BY_MM: f64 = 50.0;

/// The cells with some vertices moved in one polygon only.
pub fn torn(cells: &[MultiPolygon]) -> Vec<MultiPolygon> {
    let mut dice = Dice::new(7);
    let frame = frame();
    let mut moved = |p: &LonLat| {
        if dice.roll() >= MOVED {
            return *p;
        }
        let (point, turn) = (frame.to_grid(*p), dice.roll() * TAU);
        let off = |part: f64| (part * BY_MM).round() as i64;
        frame.to_lonlat(GridPoint { x: point.x + off(turn.cos()), y: point.y + off(turn.sin()) })
    };
    let mut tear = |corners: &[LonLat]| corners.iter().map(&mut moved).collect();
    cells.iter().map(|cell| reshape(cell, &mut tear)).collect()
}

/// The outline of all cells.
pub fn outline_of(cells: &[MultiPolygon]) -> MultiPolygon {
    let coverage = Coverage::build(&frame(), &cells.iter().collect::<Vec<_>>());
    let outline = coverage.dissolve(&vec![Some(0); cells.len()], 1).pop().flatten();
    outline.expect("an outline")
}

//! What is wrong with single rings: repeated corners, spikes, wrong direction, self-crossings.

use super::tiling::Tiling;
use crate::domain::{LonLat, MultiPolygon, Ring};
use crate::geometry::{Frame, GridPoint};
use std::collections::BTreeMap;

/// The faults of a grid's rings.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct RingFaults {
    /// Corners that repeat the one before.
    pub repeated: Vec<LonLat>,
    /// Tips of spikes.
    pub spikes: Vec<LonLat>,
    /// Rings that run the wrong way.
    pub turned: usize,
    /// Whether a ring crosses itself, or parts overlap.
    pub crosses: bool,
    /// Whether a ring of the file does not end where it begins.
    pub open: bool,
}

/// The grids whose rings have faults, of those that are `wanted`.
pub(super) fn faults(
    tiling: &Tiling,
    frame: &Frame,
    grids: &[&MultiPolygon],
    wanted: &[bool],
    is_open: impl Fn(usize) -> bool,
) -> BTreeMap<usize, RingFaults> {
    let mut found: BTreeMap<usize, RingFaults> = BTreeMap::new();
    let mut points = Vec::new();
    for (grid, shape) in grids.iter().enumerate().filter(|(grid, _)| wanted[*grid]) {
        let mut faults = RingFaults { open: is_open(grid), ..RingFaults::default() };
        for part in shape.polygons() {
            for (i, ring) in part.rings().enumerate() {
                points.clear();
                points.extend(ring.corners().iter().map(|&p| frame.to_grid(p)));
                look(ring, &points, i > 0, &mut faults);
            }
        }
        if faults != RingFaults::default() {
            found.insert(grid, faults);
        }
    }
    for &(_, polygon, winding) in tiling.arrangement.irregular() {
        // Winding 0 is outside; -1 and 2 are wings and overlaps.
        if let Some(grid) = tiling.grid_of(polygon).filter(|_| winding != 1) {
            found.entry(grid).or_default().crosses = true;
        }
    }
    found
}

fn look(ring: &Ring, points: &[GridPoint], is_hole: bool, faults: &mut RingFaults) {
    let n = points.len();
    let mut area = 0i128;
    for i in 0..n {
        let (before, here) = (points[(i + n - 1) % n], points[i]);
        area +=
            i128::from(before.x) * i128::from(here.y) - i128::from(before.y) * i128::from(here.x);
        if here == before {
            faults.repeated.push(ring.corners()[i]);
        } else if let Some(next) = (1..n).map(|k| points[(i + k) % n]).find(|&p| p != here)
            && turns_back(before, here, next)
        {
            faults.spikes.push(ring.corners()[i]);
        }
    }
    if area != 0 && (area < 0) != is_hole {
        faults.turned += 1;
    }
}

/// Whether a way from `a` over `b` to `c` turns back upon itself.
fn turns_back(a: GridPoint, b: GridPoint, c: GridPoint) -> bool {
    let [ux, uy, vx, vy] = [b.x - a.x, b.y - a.y, c.x - b.x, c.y - b.y];
    // Rounded, but never so much that a way straight back seems to go on.
    if (ux as f64) * (vx as f64) + (uy as f64) * (vy as f64) >= 0.0 {
        return false;
    }
    i128::from(ux) * i128::from(vy) == i128::from(uy) * i128::from(vx)
}

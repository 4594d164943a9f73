//! Needles: the thin wedges that the check calls spikes. They are cut off across their foot and
//! given to a grid beside them.
//!
//! A needle is looked for only where nothing else is wrong, so that both its sides are borders
//! with somebody, corner for corner. The cut leads from the end of its shorter side straight to
//! the longer one: no needle is left of it on either side, whoever gets it.

use crate::check;
use crate::domain::{LonLat, MultiPolygon, Polygon, Ring};
use crate::geometry::{Frame, GridPoint};

/// A needle of a grid.
#[derive(Clone, Debug)]
pub(super) struct Needle {
    pub grid: usize,
    pub tip: GridPoint,
    /// Whether the grid lies around it rather than in it.
    pub is_notch: bool,
    pub shape: MultiPolygon,
}

/// Steps along the longer side within which its end is taken for the end of the cut, and by which
/// a cut of a few steps is drawn askew, lest its ends be taken for one corner.
const NEAR_MM: f64 = 10.0;
const ASKEW_MM: f64 = 4.0;

/// The needles of some grids, in the order of their places.
pub(super) fn find<'g>(
    frame: &Frame,
    grids: impl Iterator<Item = (usize, &'g MultiPolygon)>,
) -> Vec<Needle> {
    let mut found = Vec::new();
    for (grid, shape) in grids {
        for part in shape.polygons() {
            for (i, ring) in part.rings().enumerate() {
                let spikes = check::spikes(frame, ring);
                if spikes.is_empty() {
                    continue;
                }
                let inside_left = is_counter_clockwise(frame, ring) == (i == 0);
                let needles =
                    spikes.into_iter().filter_map(|s| needle(frame, grid, inside_left, s));
                found.extend(needles);
            }
        }
    }
    found.sort_by_key(|needle| (needle.tip, needle.grid));
    found
}

/// Whether any of some grids has a needle.
pub(super) fn any<'g>(frame: &Frame, grids: impl Iterator<Item = &'g MultiPolygon>) -> bool {
    let mut rings = grids.flat_map(|shape| shape.polygons()).flat_map(Polygon::rings);
    rings.any(|ring| !check::spikes(frame, ring).is_empty())
}

fn is_counter_clockwise(frame: &Frame, ring: &Ring) -> bool {
    let corners = ring.corners();
    let plane = |i: usize| frame.to_plane(corners[i % corners.len()]);
    let (x0, y0) = plane(0);
    let cross = |i: usize| {
        let ((ax, ay), (bx, by)) = (plane(i), plane(i + 1));
        (ax - x0) * (by - y0) - (bx - x0) * (ay - y0)
    };
    (0..corners.len()).map(cross).sum::<f64>() > 0.0
}

/// The needle at `tip` of a ring with the grid on its left or right; `None` when its sides
/// coincide, so that it has no area.
fn needle(
    frame: &Frame,
    grid: usize,
    inside_left: bool,
    [before, tip, after]: [LonLat; 3],
) -> Option<Needle> {
    let at = frame.to_plane(tip);
    let side = |end: LonLat| {
        let (x, y) = frame.to_plane(end);
        (x - at.0, y - at.1)
    };
    let (back, on) = (side(before), side(after));
    let turn = on.0 * back.1 - on.1 * back.0;
    let [(short, end), (long, far)] = if back.0.hypot(back.1) <= on.0.hypot(on.1) {
        [(back, before), (on, after)]
    } else {
        [(on, after), (back, before)]
    };
    let length = long.0.hypot(long.1);
    let along = (short.0 * long.0 + short.1 * long.1) / length;
    let height = turn.abs() / length;
    let foot = if height < ASKEW_MM { along + ASKEW_MM } else { along };
    let cut = if length - foot < NEAR_MM.max(height) {
        far
    } else {
        let step = |part: f64, from: f64| (from + part * foot / length).round() as i64;
        frame.to_short_lonlat(GridPoint { x: step(long.0, at.0), y: step(long.1, at.1) })
    };
    let ring = Ring::new(vec![tip, end, cut]).ok()?;
    let shape = MultiPolygon::new(vec![Polygon::new(ring, Vec::new())]).ok()?;
    let is_notch = (turn > 0.0) != inside_left;
    Some(Needle { grid, tip: frame.to_grid(tip), is_notch, shape })
}

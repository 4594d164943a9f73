//! What of a shape stays when it is moved, and where it is.

use crate::domain::{LonLat, MultiPolygon};
use crate::geometry::{Frame, GridPoint};
use rustc_hash::FxHashSet;

/// Area, length of outline and centre of a shape.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figure {
    /// Square metres, with the scale of its place.
    pub area: f64,
    /// Metres; `None` for several shapes together.
    pub outline: Option<f64>,
    /// Centre of area.
    pub centre: GridPoint,
}

/// Share by which area and outline of the same shape may differ in another reference system:
/// BD-09 stretches a place by up to 2 % in each direction.
const SIMILAR: f64 = 0.04;
/// The same for a shape that was only moved.
const EXACT: f64 = 1e-5;

impl Figure {
    /// `None` for a shape without area. O(corners).
    pub fn of(frame: &Frame, shape: &MultiPolygon) -> Option<Self> {
        let origin = frame.to_grid(shape.corners().next()?);
        let (sx, sy) = frame.scale(origin);
        // Twice the area and six times its moments, of rings in any orientation.
        let (mut area, mut mx, mut my, mut outline) = (0.0, 0.0, 0.0, 0.0);
        for polygon in shape.polygons() {
            for (number, ring) in polygon.rings().enumerate() {
                let metres = |p: &LonLat| {
                    let p = frame.to_grid(*p);
                    ((p.x - origin.x) as f64 * sx, (p.y - origin.y) as f64 * sy)
                };
                let corners: Vec<(f64, f64)> = ring.corners().iter().map(metres).collect();
                let (mut ring_area, mut rx, mut ry) = (0.0, 0.0, 0.0);
                let mut from = corners[corners.len() - 1];
                for to in corners {
                    let cross = from.0 * to.1 - to.0 * from.1;
                    ring_area += cross;
                    rx += cross * (from.0 + to.0);
                    ry += cross * (from.1 + to.1);
                    outline += (to.0 - from.0).hypot(to.1 - from.1);
                    from = to;
                }
                let sign = if (number == 0) == (ring_area > 0.0) { 1.0 } else { -1.0 };
                area += sign * ring_area;
                mx += sign * rx;
                my += sign * ry;
            }
        }
        let step = |moment: f64, scale: f64| (moment / (3.0 * area) / scale).round() as i64;
        (area > 0.0).then(|| Self {
            area: area / 2.0,
            outline: Some(outline),
            centre: GridPoint { x: origin.x + step(mx, sx), y: origin.y + step(my, sy) },
        })
    }

    /// Several shapes together; `None` of none.
    pub fn sum<'f>(figures: impl Iterator<Item = &'f Self>) -> Option<Self> {
        let figures: Vec<&Self> = figures.collect();
        let area: f64 = figures.iter().map(|f| f.area).sum();
        let mean = |of: fn(&Self) -> i64| {
            let sum: f64 = figures.iter().map(|f| f.area * of(f) as f64).sum();
            (sum / area).round() as i64
        };
        (area > 0.0).then(|| Self {
            area,
            outline: None,
            centre: GridPoint { x: mean(|f| f.centre.x), y: mean(|f| f.centre.y) },
        })
    }

    pub fn is_as_large_as(&self, other: &Self) -> bool {
        (self.area / other.area - 1.0).abs() <= SIMILAR
    }

    /// Whether it may be the same shape in another place.
    pub fn is_like(&self, other: &Self) -> bool {
        self.is_as_large_as(other) && self.agrees(other, SIMILAR)
    }

    /// Whether it is the same shape in another place, as far as area and outline tell.
    pub fn is_same_as(&self, other: &Self) -> bool {
        (self.area / other.area - 1.0).abs() <= EXACT && self.agrees(other, EXACT)
    }

    fn agrees(&self, other: &Self, share: f64) -> bool {
        match (self.outline, other.outline) {
            (Some(a), Some(b)) => (a / b - 1.0).abs() <= share,
            _ => true,
        }
    }
}

/// Corners of shapes, to ask whether a place is near one.
pub(super) struct Corners {
    cells: FxHashSet<(i64, i64)>,
    /// Size of a cell in grid steps.
    cell: i64,
}

/// Places asked at most.
const ASKED: usize = 5_000;

impl Corners {
    /// Corners that are met within `near` metres, to within the size of a cell.
    pub fn of(frame: &Frame, places: impl Iterator<Item = LonLat>, near: f64) -> Self {
        let cell = (near * 1000.0).ceil().max(1.0) as i64;
        let cells = places.map(|p| cell_of(frame.to_grid(p), cell)).collect();
        Self { cells, cell }
    }

    /// Share of places with a corner near them.
    pub fn share_near(&self, frame: &Frame, places: impl Iterator<Item = LonLat>) -> f64 {
        let places: Vec<LonLat> = places.collect();
        let stride = places.len().div_ceil(ASKED).max(1);
        let asked = places.iter().step_by(stride);
        let is_near = |place: &&LonLat| {
            let (x, y) = cell_of(frame.to_grid(**place), self.cell);
            (-1..=1).any(|dx| (-1..=1).any(|dy| self.cells.contains(&(x + dx, y + dy))))
        };
        let near = asked.clone().filter(is_near).count();
        near as f64 / asked.count().max(1) as f64
    }
}

fn cell_of(p: GridPoint, cell: i64) -> (i64, i64) {
    (p.x.div_euclid(cell), p.y.div_euclid(cell))
}

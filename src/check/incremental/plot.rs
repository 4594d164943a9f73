//! Grids as the incremental check holds them: corners on the grid, windows, and what an edit
//! changes of them.

use crate::domain::{BBox, LonLat, MultiPolygon, Ring};
use crate::geometry::{Frame, GridPoint, GridWindow, doubled_area};
use std::sync::Arc;

/// A polygon with its corners on the grid.
#[derive(Clone, Debug)]
pub(super) struct Plot {
    /// Its shape, when it is not the dataset's.
    pub redrawn: Option<Arc<MultiPolygon>>,
    /// Its rings, in the order of the shape's.
    pub rings: Vec<PlotRing>,
    pub window: GridWindow,
    /// The window in degrees.
    pub bbox: BBox,
}

/// A ring on the grid.
#[derive(Clone, Debug)]
pub(super) struct PlotRing {
    /// How often the polygon counts on the ring's left: 1, or -1 when it lies on the right.
    pub winding: i32,
    pub points: Vec<GridPoint>,
}

/// An edge of a polygon's border as it is drawn: the lower end first, and how often the polygon
/// counts on the left.
type DrawnEdge = ([u64; 2], [u64; 2], i32);

impl Plot {
    /// The plot of a shape. `None` cannot happen: every shape has corners.
    pub fn of(frame: &Frame, shape: &MultiPolygon) -> Option<Self> {
        let mut rings = Vec::new();
        for polygon in shape.polygons() {
            for (n, ring) in polygon.rings().enumerate() {
                rings.push(PlotRing::of(frame, ring, if n == 0 { 1 } else { -1 }));
            }
        }
        let window = GridWindow::around(rings.iter().flat_map(|ring| ring.points.iter().copied()))?;
        let bbox = BBox::around(shape.corners())?;
        Some(Self { redrawn: None, rings, window, bbox })
    }

    /// The windows of the edges that come near `window`.
    pub fn edges_near<'p>(
        &'p self,
        window: &'p GridWindow,
    ) -> impl Iterator<Item = GridWindow> + 'p {
        let rings = if self.window.meets(window) { self.rings.as_slice() } else { &[] };
        rings.iter().flat_map(PlotRing::edges).filter(|edge| edge.meets(window))
    }
}

impl PlotRing {
    fn of(frame: &Frame, ring: &Ring, side: i32) -> Self {
        let points: Vec<GridPoint> = ring.corners().iter().map(|&p| frame.to_grid(p)).collect();
        let winding = if doubled_area(points.iter().copied()) < 0 { -side } else { side };
        Self { winding, points }
    }

    /// The windows of the edges.
    fn edges(&self) -> impl Iterator<Item = GridWindow> + '_ {
        let last = self.points.last().copied();
        let from = last.into_iter().chain(self.points.iter().copied());
        from.zip(&self.points).map(|(a, &b)| GridWindow::of_segment(a, b))
    }
}

/// The windows of what differs between two drawings of a polygon, apart from each other. Between
/// them both have the same edges, the same side of which is inside.
pub(super) fn changed_windows(
    before: (&Plot, &MultiPolygon),
    after: (&Plot, &MultiPolygon),
) -> Vec<GridWindow> {
    let (before, after) = (drawn_edges(before), drawn_edges(after));
    let (mut i, mut j) = (0, 0);
    let mut changed = Vec::new();
    while i < before.len() || j < after.len() {
        let order = match (before.get(i), after.get(j)) {
            (Some(a), Some(b)) => a.0.cmp(&b.0),
            (Some(_), None) => std::cmp::Ordering::Less,
            _ => std::cmp::Ordering::Greater,
        };
        match order {
            std::cmp::Ordering::Equal => (i, j) = (i + 1, j + 1),
            std::cmp::Ordering::Less => {
                changed.push(before[i].1);
                i += 1;
            }
            std::cmp::Ordering::Greater => {
                changed.push(after[j].1);
                j += 1;
            }
        }
    }
    joined(changed)
}

/// All edges with their windows, sorted.
fn drawn_edges((plot, shape): (&Plot, &MultiPolygon)) -> Vec<(DrawnEdge, GridWindow)> {
    let bits = |p: LonLat| [p.lon().to_bits(), p.lat().to_bits()];
    let rings = shape.polygons().iter().flat_map(|polygon| polygon.rings());
    let mut edges = Vec::new();
    for (ring, on_grid) in rings.zip(&plot.rings) {
        let corners = ring.corners();
        let mut from = corners.len() - 1;
        for to in 0..corners.len() {
            let (a, b) = (bits(corners[from]), bits(corners[to]));
            let window = GridWindow::of_segment(on_grid.points[from], on_grid.points[to]);
            let winding = on_grid.winding;
            let edge = if a <= b { (a, b, winding) } else { (b, a, -winding) };
            edges.push((edge, window));
            from = to;
        }
    }
    edges.sort_unstable_by_key(|edge| edge.0);
    edges
}

/// More windows than these are drawn together to one.
const MOST_WINDOWS: usize = 64;

/// Joins windows that meet, until none do.
pub(super) fn joined(mut windows: Vec<GridWindow>) -> Vec<GridWindow> {
    // Neighbours in the list are mostly neighbours on the map; the list shrinks from pass to pass.
    loop {
        let mut apart: Vec<GridWindow> = Vec::new();
        for &window in &windows {
            let full = apart.len() == MOST_WINDOWS;
            match apart.iter().rposition(|known| known.meets(&window)).or(full.then_some(0)) {
                Some(known) => apart[known] = apart[known].union(window),
                None => apart.push(window),
            }
        }
        if apart.len() == windows.len() {
            return apart;
        }
        windows = apart;
    }
}

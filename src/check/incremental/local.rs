//! The arrangement of a part of the map.

use super::LiveCheck;
use super::plot::Plot;
use crate::check::coverage::Tiling;
use crate::domain::MultiPolygon;
use crate::geometry::{
    Arrangement, ClosedLine, ExcerptCorner, FaceId, GridPoint, GridWindow, Surroundings,
};
use std::collections::BTreeMap;

/// The data with some grids redrawn.
pub(super) struct Redrawn<'l> {
    pub live: &'l LiveCheck,
    pub plots: BTreeMap<usize, Plot>,
}

impl<'l> Redrawn<'l> {
    /// A grid on the grid.
    pub fn plot(&self, grid: usize) -> &Plot {
        self.plots.get(&grid).unwrap_or(&self.live.plots[grid])
    }

    /// A grid's shape.
    pub fn shape(&self, grid: usize) -> &MultiPolygon {
        match self.plots.get(&grid).and_then(|plot| plot.redrawn.as_deref()) {
            Some(shape) => shape,
            None => self.live.shape(grid),
        }
    }

    /// The grids whose windows meet `window`, ascending.
    pub fn grids_near(&self, window: &GridWindow) -> Vec<usize> {
        let known = self.live.grids_near(window);
        let known = known.filter(|grid| !self.plots.contains_key(grid));
        let redrawn = self.plots.iter().filter(|(_, plot)| plot.window.meets(window));
        let mut near: Vec<usize> = known.chain(redrawn.map(|(&grid, _)| grid)).collect();
        near.sort_unstable();
        near
    }

    /// The windows of all edges, of grids and outline, that come near `window`, with it.
    pub fn with_edges_near(&self, window: GridWindow) -> GridWindow {
        let grids = self.grids_near(&window);
        let grids = grids.into_iter().map(|grid| self.plot(grid));
        let plots = grids.chain(self.live.outline.iter().map(|(plot, _)| plot));
        let reach = |whole: GridWindow, plot: &Plot| {
            plot.edges_near(&window).fold(whole, GridWindow::union)
        };
        plots.fold(window, reach)
    }
}

/// An arrangement of grids and outline that is right inside a window: there it has every edge of
/// every polygon, and every face knows which polygons hold it.
pub(super) struct Local {
    pub arrangement: Arrangement,
    pub window: GridWindow,
    /// The grids in it, ascending; their positions are their numbers in the arrangement.
    pub grids: Vec<usize>,
    /// The outline's polygons, whose numbers follow.
    outline: Vec<usize>,
    /// Number of the window itself as a polygon, when it is one.
    rim: Option<u32>,
}

impl Local {
    /// The arrangement around a window. With `rimmed` the window is a polygon of its own, the
    /// last.
    pub fn around(data: &Redrawn, window: GridWindow, rimmed: bool) -> Self {
        let grids = data.grids_near(&window);
        let live = data.live;
        let outline: Vec<usize> =
            (0..live.outline.len()).filter(|&o| live.outline[o].0.window.meets(&window)).collect();
        let mut polygons: Vec<(&Plot, &MultiPolygon)> =
            grids.iter().map(|&g| (data.plot(g), data.shape(g))).collect();
        polygons.extend(outline.iter().map(|&o| (&live.outline[o].0, live.outline_shape(o))));
        let whole = polygons.iter().map(|(plot, _)| plot.window).fold(window, GridWindow::union);
        let mut lines = Vec::new();
        let surroundings = Surroundings::new(window, whole);
        // Beyond the ends of the world there is no far square.
        let is_place = |p: &GridPoint| live.frame.to_grid(live.frame.to_lonlat(*p)) == *p;
        let far = surroundings.corners().iter().all(is_place).then_some(&surroundings);
        for (number, (plot, shape)) in polygons.iter().enumerate() {
            add_lines(&mut lines, live, number as u32, (plot, shape), far);
        }
        let rim = rimmed.then_some(polygons.len() as u32);
        lines.extend(rim.map(|polygon| rim_line(live, polygon, window)));
        let arrangement = Arrangement::of_lines(&live.frame, &lines);
        Self { arrangement, window, grids, outline, rim }
    }

    pub fn tiling(&self, live: &LiveCheck) -> Tiling<'_> {
        Tiling {
            arrangement: &self.arrangement,
            grids: self.grids.len(),
            outlined: live.outline_layer.is_some(),
        }
    }

    /// Number of polygons, without the window.
    pub fn polygons(&self) -> usize {
        self.grids.len() + self.outline.len()
    }

    /// The number in the whole data of a polygon of the arrangement: grids first, then outline.
    pub fn number(&self, live: &LiveCheck, polygon: usize) -> usize {
        match polygon.checked_sub(self.grids.len()) {
            None => self.grids[polygon],
            Some(outline) => live.plots.len() + self.outline[outline],
        }
    }

    /// The window of the corners of each face.
    pub fn face_windows(&self) -> Vec<Option<GridWindow>> {
        let mut windows: Vec<Option<GridWindow>> = vec![None; self.arrangement.faces()];
        for edge in 0..self.arrangement.half_edges() {
            let p = self.arrangement.point(self.arrangement.origin(edge));
            let corner = GridWindow::of_segment(p, p);
            let window = &mut windows[self.arrangement.face(edge) as usize];
            *window = Some(window.map_or(corner, |window| window.union(corner)));
        }
        windows
    }

    /// For each face whether an edge of it comes near one of the windows.
    pub fn faces_at(&self, windows: &[GridWindow]) -> Vec<bool> {
        let mut at = vec![false; self.arrangement.faces()];
        for edge in 0..self.arrangement.half_edges() {
            let ends = [edge, edge ^ 1].map(|e| self.arrangement.point(self.arrangement.origin(e)));
            let segment = GridWindow::of_segment(ends[0], ends[1]);
            if windows.iter().any(|window| window.meets(&segment)) {
                at[self.arrangement.face(edge) as usize] = true;
            }
        }
        at
    }

    /// Whether places without a grid come from one of `windows` to the rim at more than one
    /// place: then they may or may not be joined outside. For an arrangement with a rim.
    pub fn leaves_twice(&self, windows: &[GridWindow]) -> bool {
        let Some(rim) = self.rim else { return false };
        let empty = |face: FaceId| match self.arrangement.owners(face) {
            [only] if *only == rim => Some(()),
            _ => None,
        };
        let regions = self.arrangement.regions(empty);
        let at = self.faces_at(windows);
        let mut at_rim = vec![false; self.arrangement.faces()];
        for edge in 0..self.arrangement.half_edges() {
            if self.arrangement.rings_along(edge).any(|(polygon, _)| polygon == rim) {
                at_rim[self.arrangement.face(edge) as usize] = true;
            }
        }
        let leaves = |faces: &&Vec<FaceId>| {
            faces.iter().any(|&f| at[f as usize]) && faces.iter().any(|&f| at_rim[f as usize])
        };
        regions.faces.iter().filter(leaves).count() > 1
    }
}

/// The excerpts of a polygon's rings; the whole rings without a far square.
fn add_lines(
    lines: &mut Vec<ClosedLine>,
    live: &LiveCheck,
    polygon: u32,
    (plot, shape): (&Plot, &MultiPolygon),
    far: Option<&Surroundings>,
) {
    let rings = shape.polygons().iter().flat_map(|part| part.rings());
    for (ring, on_grid) in rings.zip(&plot.rings) {
        let own = |i: usize| (on_grid.points[i], ring.corners()[i]);
        let corners: Vec<_> = match far {
            None => (0..on_grid.points.len()).map(own).collect(),
            Some(far) => far
                .excerpt(&on_grid.points)
                .into_iter()
                .map(|corner| match corner {
                    ExcerptCorner::Own(i) => own(i),
                    ExcerptCorner::Far(p) => (p, live.frame.to_lonlat(p)),
                })
                .collect(),
        };
        if !corners.is_empty() {
            lines.push(ClosedLine { polygon, winding: on_grid.winding, corners });
        }
    }
}

fn rim_line(live: &LiveCheck, polygon: u32, window: GridWindow) -> ClosedLine {
    let (low, high) = (window.low, window.high);
    let corners = [low, GridPoint { x: high.x, y: low.y }, high, GridPoint { x: low.x, y: high.y }];
    let corners = corners.map(|p| (p, live.frame.to_lonlat(p))).to_vec();
    ClosedLine { polygon, winding: 1, corners }
}

//! What units are made of, in an order that does not depend on that of the files.

use crate::dataset::Dataset;
use crate::domain::{Community, Compound, Geometry, LonLat, MultiPolygon, Place, Ring};
use crate::geometry::{Coverage, Frame, GridPoint, measure};

/// Lines farther than this from the boundary's window are of no use, in millimetres.
const MARGIN: i64 = 50_000;

/// The parts of a dataset that bound units and fill them.
pub(super) struct Input<'a> {
    pub frame: Frame,
    /// The area to be tiled.
    pub boundary: MultiPolygon,
    /// Sorted by code.
    pub communities: Vec<&'a Community>,
    /// Sorted by id.
    pub compounds: Vec<&'a Compound>,
    /// Where each compound counts: its point, or the inmost place of its outline.
    pub seats: Vec<GridPoint>,
    /// Every line that may bound a unit: boundary, communities, roads and barriers.
    pub lines: Vec<(GridPoint, GridPoint)>,
}

impl<'a> Input<'a> {
    /// The input of a dataset; `None` when nothing says where its area ends.
    pub fn of(dataset: &'a Dataset) -> Option<Self> {
        let frame = Frame::for_bbox(dataset.bbox()?);
        let boundary = boundary(dataset, &frame)?;
        let mut communities: Vec<&Community> = dataset.communities.iter().collect();
        communities.sort_by(|a, b| a.code.cmp(&b.code));
        let mut compounds: Vec<&Compound> = dataset.compounds.iter().collect();
        compounds.sort_by(|a, b| a.id.cmp(&b.id));
        let seat = |compound: &&Compound| match &compound.place {
            Place::Point(place) => frame.to_grid(*place),
            Place::Area(area) => frame.to_grid(measure::label_point(&frame, area)),
        };
        let seats = compounds.iter().map(seat).collect();
        let mut lines = Vec::new();
        let areas = std::iter::once(&boundary).chain(communities.iter().map(|c| &c.geometry));
        areas.for_each(|area| add_area(&frame, area, &mut lines));
        for line in dataset.roads.iter().chain(&dataset.barriers) {
            add(&frame, &line.geometry, &mut lines);
        }
        keep_near(&frame, &boundary, &mut lines);
        Some(Self { frame, boundary, communities, compounds, seats, lines })
    }
}

/// The subdistrict, else the outline of the present grids, else that of the communities; parts
/// sorted by their lowest corners.
fn boundary(dataset: &Dataset, frame: &Frame) -> Option<MultiPolygon> {
    let mut open: Vec<_> = dataset.grids.iter().filter(|g| g.validity.to.is_none()).collect();
    if open.is_empty() {
        open = dataset.grids.iter().collect();
    }
    let grids = open.into_iter().map(|grid| (&grid.code, &grid.geometry));
    let communities = dataset.communities.iter().map(|c| (&c.code, &c.geometry));
    let whole = match &dataset.subdistrict {
        Some(subdistrict) => subdistrict.geometry.clone(),
        None if dataset.grids.is_empty() => outline(frame, communities.collect())?,
        None => outline(frame, grids.collect())?,
    };
    let lowest = |ring: &Ring| ring.corners().iter().map(|&p| frame.to_grid(p)).min();
    let mut parts = whole.polygons().to_vec();
    parts.sort_by_cached_key(|part| lowest(part.exterior()));
    MultiPolygon::new(parts).ok()
}

fn outline(frame: &Frame, mut areas: Vec<(&String, &MultiPolygon)>) -> Option<MultiPolygon> {
    areas.sort_by_key(|(code, _)| *code);
    let areas: Vec<&MultiPolygon> = areas.into_iter().map(|(_, area)| area).collect();
    let coverage = Coverage::build(frame, &areas);
    coverage.dissolve(&vec![Some(0); areas.len()], 1).pop().flatten()
}

/// Drops segments that cannot bound anything inside the boundary.
fn keep_near(frame: &Frame, boundary: &MultiPolygon, lines: &mut Vec<(GridPoint, GridPoint)>) {
    let corners = || boundary.corners().map(|p| frame.to_grid(p));
    let west = corners().map(|p| p.x).min().unwrap_or_default() - MARGIN;
    let east = corners().map(|p| p.x).max().unwrap_or_default() + MARGIN;
    let south = corners().map(|p| p.y).min().unwrap_or_default() - MARGIN;
    let north = corners().map(|p| p.y).max().unwrap_or_default() + MARGIN;
    lines.retain(|(a, b)| {
        a.x.max(b.x) >= west
            && a.x.min(b.x) <= east
            && a.y.max(b.y) >= south
            && a.y.min(b.y) <= north
    });
}

fn add_line(frame: &Frame, line: &[LonLat], lines: &mut Vec<(GridPoint, GridPoint)>) {
    let ends = line.windows(2).map(|pair| (frame.to_grid(pair[0]), frame.to_grid(pair[1])));
    lines.extend(ends);
}

fn add_ring(frame: &Frame, ring: &Ring, lines: &mut Vec<(GridPoint, GridPoint)>) {
    let corners = ring.corners();
    add_line(frame, corners, lines);
    add_line(frame, &[corners[corners.len() - 1], corners[0]], lines);
}

fn add_area(frame: &Frame, area: &MultiPolygon, lines: &mut Vec<(GridPoint, GridPoint)>) {
    let rings = area.polygons().iter().flat_map(|polygon| polygon.rings());
    rings.for_each(|ring| add_ring(frame, ring, lines));
}

/// The segments of a road or barrier; a point has none.
fn add(frame: &Frame, geometry: &Geometry, lines: &mut Vec<(GridPoint, GridPoint)>) {
    match geometry {
        Geometry::Point(_) | Geometry::MultiPoint(_) => {}
        Geometry::LineString(line) => add_line(frame, line, lines),
        Geometry::MultiLineString(all) => all.iter().for_each(|line| add_line(frame, line, lines)),
        Geometry::Polygon(polygon) => {
            polygon.rings().for_each(|ring| add_ring(frame, ring, lines));
        }
        Geometry::MultiPolygon(area) => add_area(frame, area, lines),
    }
}

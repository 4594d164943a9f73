//! Vertices and unique segments: steps 1 and 2 of the arrangement.

use crate::domain::{LonLat, MultiPolygon, Ring};
use crate::geometry::exact::doubled_area;
use crate::geometry::frame::{Frame, GridPoint};
use rustc_hash::FxHashMap;

/// Vertices and segments, each unique, and for each segment the polygons at its sides.
#[derive(Clone, Debug)]
pub(super) struct Network {
    frame: Frame,
    /// Vertices on the grid, all different.
    pub points: Vec<GridPoint>,
    /// The same in degrees: the first file's own numbers, so that writing gives back what was read.
    pub places: Vec<LonLat>,
    /// How many vertices came from files; those behind are crossings.
    pub given: u32,
    ids: FxHashMap<GridPoint, u32>,
    /// Segments as (lower vertex id, higher vertex id), ascending.
    pub segments: Vec<(u32, u32)>,
    /// Where each segment's entries in `sides` begin; one more than segments.
    side_starts: Vec<u32>,
    /// (polygon, winding left minus right of the segment from lower to higher id), ascending.
    sides: Vec<(u32, i32)>,
}

/// A line that ends where it begins, as a part of a polygon's border.
#[derive(Clone, Debug)]
pub struct ClosedLine {
    /// The polygon.
    pub polygon: u32,
    /// How often the polygon counts on the line's left: -1 when it lies on the right.
    pub winding: i32,
    /// The corners, on the grid and in degrees, the first not repeated.
    pub corners: Vec<(GridPoint, LonLat)>,
}

/// An edge of a ring: lower id, higher id, polygon, winding on the left of low → high.
pub(super) type Edge = (u32, u32, u32, i32);

impl Network {
    /// All edges of all rings, exteriors counter-clockwise and holes clockwise whatever the file's
    /// orientation, matched by their vertices.
    pub fn collect(frame: &Frame, polygons: &[&MultiPolygon]) -> Self {
        let corners: usize = polygons.iter().map(|p| p.corners().count()).sum();
        let mut network = Self::with_room(frame, corners);
        let mut edges: Vec<Edge> = Vec::with_capacity(corners);
        for (polygon, shape) in polygons.iter().enumerate() {
            for part in shape.polygons() {
                network.ring_edges(part.exterior(), polygon as u32, 1, &mut edges);
                for hole in part.holes() {
                    network.ring_edges(hole, polygon as u32, -1, &mut edges);
                }
            }
        }
        network.given = network.points.len() as u32;
        network.match_edges(&edges);
        network
    }

    fn with_room(frame: &Frame, corners: usize) -> Self {
        Self {
            frame: *frame,
            points: Vec::with_capacity(corners / 2 + 16),
            places: Vec::with_capacity(corners / 2 + 16),
            given: 0,
            ids: FxHashMap::with_capacity_and_hasher(corners / 2 + 16, rustc_hash::FxBuildHasher),
            segments: Vec::new(),
            side_starts: vec![0],
            sides: Vec::new(),
        }
    }

    /// All edges of closed lines, matched by their vertices.
    pub fn of_lines(frame: &Frame, lines: &[ClosedLine]) -> Self {
        let corners = lines.iter().map(|line| line.corners.len()).sum();
        let mut network = Self::with_room(frame, corners);
        let mut edges: Vec<Edge> = Vec::with_capacity(corners);
        for line in lines {
            let ids: Vec<u32> = line
                .corners
                .iter()
                .map(|&(point, place)| network.vertex_at(point, place))
                .collect();
            network.line_edges(&ids, line.polygon, line.winding, &mut edges);
        }
        network.given = network.points.len() as u32;
        network.match_edges(&edges);
        network
    }

    /// Appends a ring's edges; `side` is 1 when the polygon lies inside the ring, -1 for a hole.
    fn ring_edges(&mut self, ring: &Ring, polygon: u32, side: i32, edges: &mut Vec<Edge>) {
        let ids: Vec<u32> = ring.corners().iter().map(|&place| self.vertex(place)).collect();
        let area = doubled_area(ids.iter().map(|&id| self.points[id as usize]));
        let turn = if area < 0 { -side } else { side };
        self.line_edges(&ids, polygon, turn, edges);
    }

    fn line_edges(&self, ids: &[u32], polygon: u32, turn: i32, edges: &mut Vec<Edge>) {
        let Some(&last) = ids.last() else { return };
        let mut from = last;
        for &to in ids {
            match from.cmp(&to) {
                std::cmp::Ordering::Less => edges.push((from, to, polygon, turn)),
                std::cmp::Ordering::Greater => edges.push((to, from, polygon, -turn)),
                std::cmp::Ordering::Equal => {}
            }
            from = to;
        }
    }

    /// The id of a file's corner.
    fn vertex(&mut self, place: LonLat) -> u32 {
        self.vertex_at(self.frame.to_grid(place), place)
    }

    fn vertex_at(&mut self, point: GridPoint, place: LonLat) -> u32 {
        let next = self.points.len() as u32;
        let id = *self.ids.entry(point).or_insert(next);
        if id == next {
            self.points.push(point);
            self.places.push(place);
        }
        id
    }

    /// The id of a crossing.
    pub fn crossing(&mut self, point: GridPoint) -> u32 {
        let next = self.points.len() as u32;
        let id = *self.ids.entry(point).or_insert(next);
        if id == next {
            self.points.push(point);
            self.places.push(self.frame.to_lonlat(point));
        }
        id
    }

    /// Makes the unique segments of `edges`; opposite edges of one polygon cancel, and a segment
    /// with nothing left at its sides vanishes.
    pub fn match_edges(&mut self, edges: &[Edge]) {
        let sorted = self.sorted_by_vertices(edges);
        self.segments.clear();
        self.sides.clear();
        self.side_starts.clear();
        self.side_starts.push(0);
        let mut i = 0;
        while i < sorted.len() {
            let (low, high, ..) = sorted[i];
            let begin = self.sides.len();
            while i < sorted.len() && (sorted[i].0, sorted[i].1) == (low, high) {
                let polygon = sorted[i].2;
                let mut winding = 0;
                while i < sorted.len()
                    && (sorted[i].0, sorted[i].1, sorted[i].2) == (low, high, polygon)
                {
                    winding += sorted[i].3;
                    i += 1;
                }
                if winding != 0 {
                    self.sides.push((polygon, winding));
                }
            }
            if self.sides.len() > begin {
                self.segments.push((low, high));
                self.side_starts.push(self.sides.len() as u32);
            }
        }
    }

    /// Sorts edges by (low, high, polygon): a counting sort by the low vertex, then the few edges
    /// at each vertex.
    fn sorted_by_vertices(&self, edges: &[Edge]) -> Vec<Edge> {
        let mut ends = vec![0u32; self.points.len() + 1];
        for edge in edges {
            ends[edge.0 as usize + 1] += 1;
        }
        for i in 1..ends.len() {
            ends[i] += ends[i - 1];
        }
        let starts = ends.clone();
        let mut sorted: Vec<Edge> = vec![(0, 0, 0, 0); edges.len()];
        for edge in edges {
            let slot = &mut ends[edge.0 as usize];
            sorted[*slot as usize] = *edge;
            *slot += 1;
        }
        for pair in starts.windows(2) {
            sorted[pair[0] as usize..pair[1] as usize].sort_unstable();
        }
        sorted
    }

    /// The polygons at a segment's sides: (polygon, winding left minus right of low → high).
    pub fn sides(&self, segment: u32) -> &[(u32, i32)] {
        let range = self.side_starts[segment as usize]..self.side_starts[segment as usize + 1];
        &self.sides[range.start as usize..range.end as usize]
    }

    /// The vertex at which half-edge `edge` begins.
    pub fn origin(&self, edge: u32) -> u32 {
        let (low, high) = self.segments[(edge / 2) as usize];
        if edge.is_multiple_of(2) { low } else { high }
    }
}

//! Vertices and unique segments: steps 1 and 2 of the arrangement.

use super::vertices::VertexIds;
use crate::domain::{LonLat, MultiPolygon, Ring};
use crate::geometry::exact::doubled_area;
use crate::geometry::frame::{Frame, GridPoint};

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
    ids: VertexIds,
    /// Segments as (lower vertex id, higher vertex id), ascending.
    pub segments: Vec<(u32, u32)>,
    /// Where each segment's entries in `sides` begin; one more than segments.
    side_starts: Vec<u32>,
    /// (polygon, winding left minus right of the segment from lower to higher id), ascending.
    sides: Vec<(u32, i32)>,
    /// (polygon, vertex, vertex) where the rings of a polygon run along a segment both ways.
    pub cancelled: Vec<(u32, u32, u32)>,
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
        let parts = polygons.iter().flat_map(|shape| shape.polygons());
        let corners: usize = parts.flat_map(|p| p.rings()).map(|ring| ring.corners().len()).sum();
        let mut network = Self::with_room(frame, corners);
        let mut edges: Vec<Edge> = Vec::with_capacity(corners);
        let mut ids = Vec::new();
        for (polygon, shape) in polygons.iter().enumerate() {
            for part in shape.polygons() {
                network.ring_edges(part.exterior(), polygon as u32, 1, &mut ids, &mut edges);
                for hole in part.holes() {
                    network.ring_edges(hole, polygon as u32, -1, &mut ids, &mut edges);
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
            ids: VertexIds::for_corners(corners),
            segments: Vec::new(),
            side_starts: vec![0],
            sides: Vec::new(),
            cancelled: Vec::new(),
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
            line_edges(&ids, line.polygon, line.winding, &mut edges);
        }
        network.given = network.points.len() as u32;
        network.match_edges(&edges);
        network
    }

    /// Appends a ring's edges; `side` is 1 when the polygon lies inside the ring, -1 for a hole.
    /// `ids` is scratch space.
    fn ring_edges(
        &mut self,
        ring: &Ring,
        polygon: u32,
        side: i32,
        ids: &mut Vec<u32>,
        edges: &mut Vec<Edge>,
    ) {
        ids.clear();
        ids.extend(ring.corners().iter().map(|&place| self.vertex(place)));
        let area = doubled_area(ids.iter().map(|&id| self.points[id as usize]));
        let turn = if area < 0 { -side } else { side };
        line_edges(ids, polygon, turn, edges);
    }

    /// The id of a file's corner.
    fn vertex(&mut self, place: LonLat) -> u32 {
        self.vertex_at(self.frame.to_grid(place), place)
    }

    fn vertex_at(&mut self, point: GridPoint, place: LonLat) -> u32 {
        let id = self.ids.find_or_insert(point, &mut self.points);
        if id as usize == self.places.len() {
            self.places.push(place);
        }
        id
    }

    /// The id of a crossing. Its place has few decimals: a file that it is written to holds the
    /// very place that decided here what lies near it.
    pub fn crossing(&mut self, point: GridPoint) -> u32 {
        let id = self.ids.find_or_insert(point, &mut self.points);
        if id as usize == self.places.len() {
            self.places.push(self.frame.to_short_lonlat(point));
        }
        id
    }

    /// A vertex on the plane in grid steps, not rounded: where its file has it.
    pub fn exact_place(&self, vertex: u32) -> (f64, f64) {
        let point = self.points[vertex as usize];
        let (x, y) = self.frame.to_plane(self.places[vertex as usize]);
        // A corner beyond the ends of the world has no place of its own.
        let is_own = (x - point.x as f64).abs() < 1.0 && (y - point.y as f64).abs() < 1.0;
        if is_own { (x, y) } else { (point.x as f64, point.y as f64) }
    }

    /// Makes the unique segments of `edges`; opposite edges of one polygon cancel, and a segment
    /// with nothing left at its sides vanishes.
    fn match_edges(&mut self, edges: &[Edge]) {
        let sorted = self.sorted_by_vertices(edges);
        self.segments = Vec::with_capacity(edges.len() / 2 + 16);
        self.sides = Vec::with_capacity(edges.len());
        self.side_starts = Vec::with_capacity(edges.len() / 2 + 17);
        self.side_starts.push(0);
        for same in sorted.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            self.push_segment(same);
        }
    }

    /// Appends the segment of `edges`, which have the same two vertices and are sorted.
    fn push_segment(&mut self, edges: &[Edge]) {
        let begin = self.sides.len();
        for same in edges.chunk_by(|a, b| a.2 == b.2) {
            let winding: i32 = same.iter().map(|edge| edge.3).sum();
            if winding != 0 {
                self.sides.push((same[0].2, winding));
            } else {
                self.cancelled.push((same[0].2, edges[0].0, edges[0].1));
            }
        }
        if self.sides.len() > begin {
            self.segments.push((edges[0].0, edges[0].1));
            self.side_starts.push(self.sides.len() as u32);
        }
    }

    /// Puts `edges` in the place of the segments that are `gone`.
    pub fn replace(&mut self, gone: &[bool], mut edges: Vec<Edge>) {
        edges.sort_unstable();
        let segments = std::mem::take(&mut self.segments);
        let starts = std::mem::replace(&mut self.side_starts, vec![0]);
        let sides = std::mem::take(&mut self.sides);
        self.segments.reserve(segments.len() + edges.len());
        self.side_starts.reserve(segments.len() + edges.len());
        self.sides.reserve(sides.len() + edges.len());
        let kept = (0..segments.len()).filter(|&s| !gone[s]).map(|s| {
            let own = &sides[starts[s] as usize..starts[s + 1] as usize];
            (segments[s], own)
        });
        let mut rest = edges.as_slice();
        let mut both: Vec<Edge> = Vec::new();
        for ((low, high), own) in kept {
            let before = rest.partition_point(|e| (e.0, e.1) < (low, high));
            rest[..before]
                .chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
                .for_each(|same| self.push_segment(same));
            rest = &rest[before..];
            let same = rest.iter().take_while(|e| (e.0, e.1) == (low, high)).count();
            if same == 0 {
                self.segments.push((low, high));
                self.sides.extend_from_slice(own);
                self.side_starts.push(self.sides.len() as u32);
            } else {
                both.clear();
                both.extend(own.iter().map(|&(polygon, winding)| (low, high, polygon, winding)));
                both.extend_from_slice(&rest[..same]);
                both.sort_unstable();
                self.push_segment(&both);
                rest = &rest[same..];
            }
        }
        rest.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).for_each(|same| self.push_segment(same));
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

    /// The ends of each segment.
    pub fn ends(&self) -> Vec<(GridPoint, GridPoint)> {
        self.segments
            .iter()
            .map(|&(a, b)| (self.points[a as usize], self.points[b as usize]))
            .collect()
    }
}

/// Appends the edges of a closed line of vertices.
fn line_edges(ids: &[u32], polygon: u32, winding: i32, edges: &mut Vec<Edge>) {
    let Some(&last) = ids.last() else { return };
    let mut from = last;
    for &to in ids {
        edges.extend(edge(from, to, polygon, winding));
        from = to;
    }
}

/// The edge of a polygon's ring from one vertex to another, with the polygon `winding` times on
/// its left; none between equal vertices.
pub(super) fn edge(from: u32, to: u32, polygon: u32, winding: i32) -> Option<Edge> {
    match from.cmp(&to) {
        std::cmp::Ordering::Less => Some((from, to, polygon, winding)),
        std::cmp::Ordering::Greater => Some((to, from, polygon, -winding)),
        std::cmp::Ordering::Equal => None,
    }
}

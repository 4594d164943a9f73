//! The arrangement: every polygon of one or more layers cut at every crossing, once, exactly.
//!
//! Way of the data:
//! 1. corners go to the frame's integer grid; equal corners become one vertex ([`network`]);
//! 2. edges of all rings are matched by their two vertices; each unique segment knows which
//!    polygon lies on which side ([`network`]);
//! 3. crossings and vertices on other segments are found in buckets, segments are cut there and
//!    snapped to the grid (snap rounding, Hobby 1999, "Practical segment intersection with finite
//!    precision output"); what was cut is looked at again until nothing is left ([`noding`]);
//! 4. half-edges are sorted around vertices, cycles are walked, components are nested
//!    ([`topology`]);
//! 5. every face learns which polygons hold it by crossing edges from the outside in.
//!
//! Cost: O((n + k) log n) for n corners and k crossings on data whose edges are of similar length.
//!
//! Known weaknesses: what is nearer together than a millimetre is the same, so a neck thinner
//! than that falls apart and a sliver thinner than that vanishes; between 1 and 1.4 mm rounding
//! decides. A thousand long, almost parallel edges in one place are compared pair by pair.

mod network;
mod noding;
mod point;
mod region;
mod topology;
mod vertices;

pub use point::FaceFinder;

use super::frame::{Frame, GridPoint};
use crate::domain::{LonLat, MultiPolygon};
pub use network::ClosedLine;
use network::Network;
pub use noding::passes;
use point::Locator;
pub use region::{Regions, shape_holds};
use std::collections::VecDeque;
use std::sync::OnceLock;
use topology::Topology;

/// A half-edge: segment `e / 2`, from its lower vertex to its higher when even, back when odd.
pub type HalfEdge = u32;
/// A face of the arrangement; face 0 is the unbounded one.
pub type FaceId = u32;

/// A planar arrangement of polygons; see the module.
#[derive(Clone, Debug)]
pub struct Arrangement {
    frame: Frame,
    network: Network,
    topology: Topology,
    locator: OnceLock<Locator>,
    /// Area of each face in square metres, when it was asked for.
    pub(super) areas: OnceLock<Vec<f64>>,
    owners: Vec<Vec<u32>>,
    irregular: Vec<(FaceId, u32, i32)>,
    passed: Vec<(u32, u32)>,
}

impl Arrangement {
    /// The arrangement of `polygons`. Never fails: rings that cross themselves count as inside
    /// wherever they wind around a place, pieces that the grid swallows vanish.
    pub fn build(frame: &Frame, polygons: &[&MultiPolygon]) -> Self {
        Self::of_network(frame, Network::collect(frame, polygons))
    }

    /// The arrangement of closed lines, such as excerpts of rings; see [`super::excerpt`].
    pub fn of_lines(frame: &Frame, lines: &[ClosedLine]) -> Self {
        Self::of_network(frame, Network::of_lines(frame, lines))
    }

    fn of_network(frame: &Frame, mut network: Network) -> Self {
        let noded = noding::node(&mut network);
        let locator = OnceLock::new();
        // Nothing was cut: the buckets that have shown it serve for finding points, too.
        if let Some(buckets) = noded.buckets {
            let _ = locator.set(Locator::new(&network, Some(buckets)));
        }
        let find = || locator.get_or_init(|| Locator::new(&network, None));
        let topology = Topology::build(&network, find);
        let windings = wind_faces(&network, &topology);
        let mut irregular = Vec::new();
        for (face, here) in windings.iter().enumerate() {
            let odd = here.iter().filter(|&&(_, winding)| winding != 1);
            irregular.extend(odd.map(|&(polygon, winding)| (face as FaceId, polygon, winding)));
        }
        let polygon_ids = |here: Vec<(u32, i32)>| here.into_iter().map(|(p, _)| p).collect();
        let owners = windings.into_iter().map(polygon_ids).collect();
        Self {
            frame: *frame,
            network,
            topology,
            locator,
            areas: OnceLock::new(),
            owners,
            irregular,
            passed: noded.passed,
        }
    }

    /// The frame of the integer grid.
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// Number of faces, the unbounded one (0) included.
    pub fn faces(&self) -> usize {
        self.owners.len()
    }

    /// The polygons that hold a face, ascending.
    pub fn owners(&self, face: FaceId) -> &[u32] {
        &self.owners[face as usize]
    }

    /// Faces around which a polygon's rings wind other than once: (face, polygon, winding). A
    /// ring that crosses itself always makes one, as do parts that overlap.
    pub fn irregular(&self) -> &[(FaceId, u32, i32)] {
        &self.irregular
    }

    /// Every (polygon, vertex) where the polygon's border passes another's corner without having
    /// a corner there itself, sorted.
    pub fn passed(&self) -> &[(u32, u32)] {
        &self.passed
    }

    /// Every (polygon, vertex, vertex) where the rings of a polygon run along a segment both ways,
    /// so that it bounds nothing: spikes, borders between parts, cuts from a ring to its hole.
    pub fn cancelled(&self) -> &[(u32, u32, u32)] {
        &self.network.cancelled
    }

    /// Number of half-edges.
    pub fn half_edges(&self) -> u32 {
        self.topology.face.len() as u32
    }

    /// The face left of a half-edge.
    pub fn face(&self, edge: HalfEdge) -> FaceId {
        self.topology.face[edge as usize]
    }

    /// The half-edges that bound a face, the face on their left: cycle by cycle.
    pub fn edges_of_face(&self, face: FaceId) -> impl Iterator<Item = HalfEdge> + '_ {
        self.topology.edges_of_face(face)
    }

    /// The segments by place.
    fn locator(&self) -> &Locator {
        self.locator.get_or_init(|| Locator::new(&self.network, None))
    }

    /// The next half-edge around the left face.
    pub fn next(&self, edge: HalfEdge) -> HalfEdge {
        self.topology.next[edge as usize]
    }

    /// The vertex at which a half-edge begins.
    pub fn origin(&self, edge: HalfEdge) -> u32 {
        self.network.origin(edge)
    }

    /// The polygons whose rings run along a half-edge's segment: (polygon, winding), the winding
    /// counted for the left side.
    pub fn rings_along(&self, edge: HalfEdge) -> impl Iterator<Item = (u32, i32)> + '_ {
        let sign = if edge.is_multiple_of(2) { 1 } else { -1 };
        self.network.sides(edge / 2).iter().map(move |&(polygon, w)| (polygon, w * sign))
    }

    /// A vertex on the grid.
    pub fn point(&self, vertex: u32) -> GridPoint {
        self.network.points[vertex as usize]
    }

    /// A vertex in degrees: as the file gave it, or where segments were cut.
    pub fn place(&self, vertex: u32) -> LonLat {
        self.network.places[vertex as usize]
    }

    /// Whether a vertex was made by cutting two segments at their crossing, so that no file
    /// holds it.
    pub fn is_crossing(&self, vertex: u32) -> bool {
        vertex >= self.network.given
    }

    /// Number of vertices; some may be unused after cancelling.
    pub fn vertices(&self) -> u32 {
        self.network.points.len() as u32
    }

    /// Number of half-edges that begin at a vertex.
    pub fn degree(&self, vertex: u32) -> usize {
        self.topology.around(vertex).len()
    }

    /// The half-edges that begin at a vertex, counter-clockwise.
    pub fn around(&self, vertex: u32) -> &[HalfEdge] {
        self.topology.around(vertex)
    }

    /// The half-edge that follows `edge` on the border of a region of faces, where the region
    /// lies left of `edge` and holds the faces for which `inside` is true.
    fn next_on_border(&self, edge: HalfEdge, inside: impl Fn(FaceId) -> bool) -> HalfEdge {
        let mut next = self.next(edge);
        while inside(self.face(next ^ 1)) {
            next = self.next(next ^ 1);
        }
        next
    }

    /// Length of a half-edge in metres.
    pub fn length_m(&self, edge: HalfEdge) -> f64 {
        self.frame.length_m(self.point(self.origin(edge)), self.point(self.origin(edge ^ 1)))
    }
}

/// Labels each face with the polygons that hold it, from the unbounded face inwards: crossing a
/// segment from right to left adds its windings.
fn wind_faces(network: &Network, topology: &Topology) -> Vec<Vec<(u32, i32)>> {
    let mut windings: Vec<Option<Vec<(u32, i32)>>> = vec![None; topology.faces];
    windings[0] = Some(Vec::new());
    let mut queue = VecDeque::from([0u32]);
    while let Some(face) = queue.pop_front() {
        let here = windings[face as usize].clone().unwrap_or_default();
        for edge in topology.edges_of_face(face) {
            let other = topology.face[(edge ^ 1) as usize] as usize;
            if windings[other].is_none() {
                // Leaving the left face: the windings count for the left, so subtract.
                let sign = if edge.is_multiple_of(2) { -1 } else { 1 };
                windings[other] = Some(add_windings(&here, network.sides(edge / 2), sign));
                queue.push_back(other as u32);
            }
        }
    }
    windings.into_iter().map(Option::unwrap_or_default).collect()
}

/// Merges two ascending lists of (polygon, winding), leaving out what becomes zero.
fn add_windings(here: &[(u32, i32)], step: &[(u32, i32)], sign: i32) -> Vec<(u32, i32)> {
    let mut sum = Vec::with_capacity(here.len() + step.len());
    let (mut i, mut j) = (0, 0);
    while i < here.len() || j < step.len() {
        let take_here = j == step.len() || (i < here.len() && here[i].0 <= step[j].0);
        let take_step = i == here.len() || (j < step.len() && step[j].0 <= here[i].0);
        let polygon = if take_here { here[i].0 } else { step[j].0 };
        let mut winding = 0;
        if take_here {
            winding += here[i].1;
            i += 1;
        }
        if take_step {
            winding += sign * step[j].1;
            j += 1;
        }
        if winding != 0 {
            sum.push((polygon, winding));
        }
    }
    sum
}

//! Step 4: half-edges around vertices, cycles, and the nesting of components.

use super::network::Network;
use crate::geometry::buckets::Buckets;
use crate::geometry::exact::{by_angle, cross, doubled_area};
use crate::geometry::frame::GridPoint;

/// Half-edges, cycles and faces. Half-edge `e` runs along segment `e / 2`; `e ^ 1` runs back.
#[derive(Clone, Debug)]
pub(super) struct Topology {
    /// The next half-edge around the left face.
    pub next: Vec<u32>,
    /// The left face; 0 is unbounded.
    pub face: Vec<u32>,
    /// A half-edge of each cycle.
    pub start_of_cycle: Vec<u32>,
    /// The face of each cycle: its own when it runs counter-clockwise, the face around the
    /// component when it is a component's outside.
    pub face_of_cycle: Vec<u32>,
    /// Number of faces, the unbounded one included.
    pub faces: usize,
    around_starts: Vec<u32>,
    around: Vec<u32>,
}

impl Topology {
    /// The topology of a network whose segments meet only at their ends.
    pub fn build(network: &Network) -> Self {
        let half_edges = network.segments.len() * 2;
        let (around_starts, around) = sort_around(network);
        let mut next = vec![0u32; half_edges];
        for pair in around_starts.windows(2) {
            let fan = &around[pair[0] as usize..pair[1] as usize];
            for (i, &out) in fan.iter().enumerate() {
                // Arriving on the twin of `out`, the left face is bounded by the next direction
                // clockwise.
                let clockwise = fan[(i + fan.len() - 1) % fan.len()];
                next[(out ^ 1) as usize] = clockwise;
            }
        }
        let mut topology = Self {
            next,
            face: vec![0; half_edges],
            start_of_cycle: Vec::new(),
            face_of_cycle: Vec::new(),
            faces: 1,
            around_starts,
            around,
        };
        topology.walk(network);
        topology
    }

    /// The half-edges that begin at a vertex, counter-clockwise from east.
    pub fn around(&self, vertex: u32) -> &[u32] {
        let range = self.around_starts[vertex as usize]..self.around_starts[vertex as usize + 1];
        &self.around[range.start as usize..range.end as usize]
    }

    /// Walks the cycles, gives each counter-clockwise one a face and nests the others.
    fn walk(&mut self, network: &Network) {
        const NONE: u32 = u32::MAX;
        let point = |edge: u32| network.points[network.origin(edge) as usize];
        let mut cycle_of = vec![NONE; self.next.len()];
        let mut outsides: Vec<(GridPoint, u32)> = Vec::new();
        let mut ring: Vec<GridPoint> = Vec::new();
        for start in 0..self.next.len() as u32 {
            if cycle_of[start as usize] != NONE {
                continue;
            }
            let cycle = self.start_of_cycle.len() as u32;
            ring.clear();
            let mut edge = start;
            while cycle_of[edge as usize] == NONE {
                cycle_of[edge as usize] = cycle;
                ring.push(point(edge));
                edge = self.next[edge as usize];
            }
            self.start_of_cycle.push(start);
            if doubled_area(ring.iter().copied()) > 0 {
                self.face_of_cycle.push(self.faces as u32);
                self.faces += 1;
            } else {
                self.face_of_cycle.push(NONE);
                let west = ring.iter().copied().min().unwrap_or_default();
                outsides.push((west, cycle));
            }
        }
        self.nest(network, &cycle_of, outsides);
        for (edge, cycle) in cycle_of.into_iter().enumerate() {
            self.face[edge] = self.face_of_cycle[cycle as usize];
        }
    }

    /// Finds the face around each component by looking west from its westernmost vertex. From
    /// west to east, so that the component that is hit has its own face around it already.
    fn nest(&mut self, network: &Network, cycle_of: &[u32], mut outsides: Vec<(GridPoint, u32)>) {
        if outsides.len() == 1 {
            self.face_of_cycle[outsides[0].1 as usize] = 0;
            return;
        }
        let ends: Vec<_> = network
            .segments
            .iter()
            .map(|&(a, b)| (network.points[a as usize], network.points[b as usize]))
            .collect();
        let buckets = Buckets::of_segments(&ends);
        outsides.sort_unstable();
        for (west, cycle) in outsides {
            let hit = nearest_west(&buckets, &ends, west);
            let face = hit.map_or(0, |edge| self.face_of_cycle[cycle_of[edge as usize] as usize]);
            self.face_of_cycle[cycle as usize] = face;
        }
    }
}

/// The first half-edge west of `p` that has `p` on its left, looking along the row of `p`
/// (just above it, so that a ray through a vertex meets each border once).
pub(super) fn nearest_west(
    buckets: &Buckets,
    ends: &[(GridPoint, GridPoint)],
    p: GridPoint,
) -> Option<u32> {
    let mut best: Option<(u32, RowMeeting)> = None;
    for cell in buckets.westward(p) {
        for &s in buckets.segments(cell) {
            let (a, b) = ends[s as usize];
            let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
            if low.y > p.y || high.y <= p.y || cross(low, high, p) >= 0 {
                continue;
            }
            let meeting = RowMeeting::of(low, high, p.y);
            if best.as_ref().is_none_or(|(_, other)| meeting.is_east_of(other)) {
                best = Some((s, meeting));
            }
        }
        // A segment entered in this cell may meet the row further west, behind another one.
        if let Some((s, meeting)) = &best
            && meeting.x >= buckets.west_end(cell) as f64
        {
            return Some(towards_east(ends, *s));
        }
    }
    best.map(|(s, _)| towards_east(ends, s))
}

/// The half-edge of segment `s` that runs downwards, with the east on its left.
fn towards_east(ends: &[(GridPoint, GridPoint)], s: u32) -> u32 {
    let (a, b) = ends[s as usize];
    if a.y > b.y { 2 * s } else { 2 * s + 1 }
}

/// Where a segment meets a row: x = num / den exactly, and the slope with which it goes on.
struct RowMeeting {
    num: i128,
    den: i128,
    dx: i128,
    /// The same as a number, to compare with a cell's end.
    x: f64,
}

impl RowMeeting {
    fn of(low: GridPoint, high: GridPoint, y: i64) -> Self {
        let (dx, dy) = (i128::from(high.x - low.x), i128::from(high.y - low.y));
        let num = i128::from(low.x) * dy + i128::from(y - low.y) * dx;
        Self { num, den: dy, dx, x: num as f64 / dy as f64 }
    }

    fn is_east_of(&self, other: &Self) -> bool {
        let here = (self.num * other.den, self.dx * other.den);
        here > (other.num * self.den, other.dx * self.den)
    }
}

/// The half-edges that begin at each vertex, counter-clockwise from east, in one list with the
/// place where each vertex begins.
fn sort_around(network: &Network) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0u32; network.points.len() + 1];
    for &(low, high) in &network.segments {
        starts[low as usize + 1] += 1;
        starts[high as usize + 1] += 1;
    }
    for i in 1..starts.len() {
        starts[i] += starts[i - 1];
    }
    let mut next = starts.clone();
    let mut around = vec![0u32; network.segments.len() * 2];
    for (s, &(low, high)) in network.segments.iter().enumerate() {
        for (vertex, edge) in [(low, 2 * s), (high, 2 * s + 1)] {
            let slot = &mut next[vertex as usize];
            around[*slot as usize] = edge as u32;
            *slot += 1;
        }
    }
    let direction = |edge: u32| {
        let from = network.points[network.origin(edge) as usize];
        let to = network.points[network.origin(edge ^ 1) as usize];
        (to.x - from.x, to.y - from.y)
    };
    for pair in starts.windows(2) {
        around[pair[0] as usize..pair[1] as usize]
            .sort_unstable_by(|&a, &b| by_angle(direction(a), direction(b)));
    }
    (starts, around)
}

//! Step 4: half-edges around vertices, cycles, and the nesting of components.

use super::network::Network;
use super::point::Locator;
use crate::geometry::exact::{by_angle, doubled_area};
use crate::geometry::frame::GridPoint;

/// Half-edges, cycles and faces. Half-edge `e` runs along segment `e / 2`; `e ^ 1` runs back.
#[derive(Clone, Debug)]
pub(super) struct Topology {
    /// The next half-edge around the left face.
    pub next: Vec<u32>,
    /// The left face; 0 is unbounded.
    pub face: Vec<u32>,
    /// Number of faces, the unbounded one included.
    pub faces: usize,
    /// A half-edge of each cycle.
    start_of_cycle: Vec<u32>,
    /// The face of each cycle: its own when it runs counter-clockwise, the face around the
    /// component when it is a component's outside.
    face_of_cycle: Vec<u32>,
    /// Where each face's cycles begin in `cycles`; one more than faces.
    cycles_of_face: Vec<u32>,
    cycles: Vec<u32>,
    around_starts: Vec<u32>,
    around: Vec<u32>,
}

impl Topology {
    /// The topology of a network whose segments meet only at their ends. Asks for the locator
    /// only when there is more than one component.
    pub fn build<'l>(network: &Network, locator: impl FnOnce() -> &'l Locator) -> Self {
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
            faces: 1,
            start_of_cycle: Vec::new(),
            face_of_cycle: Vec::new(),
            cycles_of_face: Vec::new(),
            cycles: Vec::new(),
            around_starts,
            around,
        };
        topology.walk(network, locator);
        topology
    }

    /// The half-edges that begin at a vertex, counter-clockwise.
    pub fn around(&self, vertex: u32) -> &[u32] {
        let range = self.around_starts[vertex as usize]..self.around_starts[vertex as usize + 1];
        &self.around[range.start as usize..range.end as usize]
    }

    /// Walks the cycles, gives each counter-clockwise one a face and nests the others.
    fn walk<'l>(&mut self, network: &Network, locator: impl FnOnce() -> &'l Locator) {
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
        self.nest(locator, &cycle_of, outsides);
        (self.cycles_of_face, self.cycles) = grouped(&self.face_of_cycle, self.faces);
        for (edge, cycle) in cycle_of.into_iter().enumerate() {
            self.face[edge] = self.face_of_cycle[cycle as usize];
        }
    }

    /// Finds the face around each component by looking west from its westernmost vertex. From
    /// west to east, so that the component that is hit has its own face around it already.
    fn nest<'l>(
        &mut self,
        locator: impl FnOnce() -> &'l Locator,
        cycle_of: &[u32],
        mut outsides: Vec<(GridPoint, u32)>,
    ) {
        if outsides.len() == 1 {
            self.face_of_cycle[outsides[0].1 as usize] = 0;
            return;
        }
        outsides.sort_unstable();
        let locator = locator();
        for (west, cycle) in outsides {
            let hit = locator.nearest_west(west);
            let face = hit.map_or(0, |edge| self.face_of_cycle[cycle_of[edge as usize] as usize]);
            self.face_of_cycle[cycle as usize] = face;
        }
    }

    /// The half-edges of a face's cycles.
    pub fn edges_of_face(&self, face: u32) -> impl Iterator<Item = u32> + '_ {
        let cycles = &self.cycles_of_face[face as usize..face as usize + 2];
        let cycles = &self.cycles[cycles[0] as usize..cycles[1] as usize];
        cycles.iter().flat_map(move |&cycle| {
            let start = self.start_of_cycle[cycle as usize];
            let onward = move |&edge: &u32| Some(self.next[edge as usize]).filter(|&e| e != start);
            std::iter::successors(Some(start), onward)
        })
    }
}

/// Groups positions 0..n by their key, which is below `keys`: where each key's group begins, one
/// more than keys, and the positions in the order of their groups.
fn grouped(key_of: &[u32], keys: usize) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0u32; keys + 1];
    for &key in key_of {
        starts[key as usize + 1] += 1;
    }
    for i in 1..starts.len() {
        starts[i] += starts[i - 1];
    }
    let mut next = starts.clone();
    let mut members = vec![0u32; key_of.len()];
    for (i, &key) in key_of.iter().enumerate() {
        let slot = &mut next[key as usize];
        members[*slot as usize] = i as u32;
        *slot += 1;
    }
    (starts, members)
}

/// The half-edges that begin at each vertex, counter-clockwise, in one list with the
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
        // Two directions are in order around a vertex either way.
        if pair[1] - pair[0] <= 2 {
            continue;
        }
        around[pair[0] as usize..pair[1] as usize]
            .sort_unstable_by(|&a, &b| by_angle(direction(a), direction(b)));
    }
    (starts, around)
}

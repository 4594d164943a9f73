//! Vertices by their grid point.

use crate::geometry::frame::GridPoint;

/// Ids of grid points, which are the positions in a list of points that the caller keeps: an
/// open-addressed table of ids alone, so that it stays in the processor's cache far longer than
/// a table of points would.
#[derive(Clone, Debug)]
pub(super) struct VertexIds {
    slots: Vec<u32>,
    taken: usize,
}

const FREE: u32 = u32::MAX;

impl VertexIds {
    /// A table for the vertices of `corners` corners of polygons, most of which are shared.
    pub fn for_corners(corners: usize) -> Self {
        Self { slots: vec![FREE; corners.next_power_of_two().max(16)], taken: 0 }
    }

    /// The id of a point, which is appended to `points` when it is new.
    pub fn find_or_insert(&mut self, point: GridPoint, points: &mut Vec<GridPoint>) -> u32 {
        let mut slot = self.home(point);
        loop {
            match self.slots[slot] {
                FREE => break,
                id if points[id as usize] == point => return id,
                _ => slot = (slot + 1) & (self.slots.len() - 1),
            }
        }
        let id = points.len() as u32;
        points.push(point);
        self.slots[slot] = id;
        self.taken += 1;
        if self.taken * 3 > self.slots.len() * 2 {
            self.grow(points);
        }
        id
    }

    /// The slot where the search for a point begins (multiplicative hashing, Knuth).
    fn home(&self, point: GridPoint) -> usize {
        let x = (point.x as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (x ^ (x >> 32) ^ point.y as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        (mixed >> (64 - self.slots.len().trailing_zeros())) as usize
    }

    fn grow(&mut self, points: &[GridPoint]) {
        self.slots = vec![FREE; self.slots.len() * 2];
        for (id, &point) in points.iter().enumerate() {
            let mut slot = self.home(point);
            while self.slots[slot] != FREE {
                slot = (slot + 1) & (self.slots.len() - 1);
            }
            self.slots[slot] = id as u32;
        }
    }
}

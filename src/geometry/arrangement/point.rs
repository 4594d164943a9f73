//! Points in an arrangement.

use super::topology::nearest_west;
use super::{Arrangement, FaceId};
use crate::geometry::buckets::Buckets;
use crate::geometry::frame::GridPoint;

/// Finds the face that holds a point, by looking west along its row.
///
/// A point on a border belongs to the face west of it (below it, where the border is level), so
/// every point belongs to exactly one face.
pub struct FaceFinder<'a> {
    arrangement: &'a Arrangement,
    ends: Vec<(GridPoint, GridPoint)>,
    buckets: Buckets,
}

impl<'a> FaceFinder<'a> {
    /// A finder for an arrangement: O(n) to build.
    pub fn new(arrangement: &'a Arrangement) -> Self {
        let ends: Vec<_> = (0..arrangement.half_edges())
            .step_by(2)
            .map(|e| {
                (
                    arrangement.point(arrangement.origin(e)),
                    arrangement.point(arrangement.origin(e ^ 1)),
                )
            })
            .collect();
        let buckets = Buckets::of_segments(&ends);
        Self { arrangement, ends, buckets }
    }

    /// The face that holds a point.
    pub fn face_at(&self, p: GridPoint) -> FaceId {
        if self.ends.is_empty() || !self.buckets.covers(p) {
            return 0;
        }
        nearest_west(&self.buckets, &self.ends, p).map_or(0, |edge| self.arrangement.face(edge))
    }
}

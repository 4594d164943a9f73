//! Points in an arrangement.

use super::network::Network;
use super::{Arrangement, FaceId};
use crate::geometry::buckets::Buckets;
use crate::geometry::exact::cross;
use crate::geometry::frame::GridPoint;

/// Segments of a network by place.
#[derive(Clone, Debug)]
pub(super) struct Locator {
    ends: Vec<(GridPoint, GridPoint)>,
    buckets: Buckets,
}

impl Locator {
    /// A locator for a network: O(n). `buckets` are its segments' when they are known.
    pub fn new(network: &Network, buckets: Option<Buckets>) -> Self {
        let ends = network.ends();
        let buckets = buckets.unwrap_or_else(|| Buckets::of_segments(&ends));
        Self { ends, buckets }
    }

    /// The first half-edge west of `p` that has `p` on its left, looking along the row of `p`
    /// (just above it, so that a ray through a vertex meets each border once). Segments through
    /// `p` are passed over.
    pub fn nearest_west(&self, p: GridPoint) -> Option<u32> {
        self.nearest(p, |turn| turn < 0)
    }

    /// The same with segments through `p`: they count as west of it.
    pub fn nearest_west_or_at(&self, p: GridPoint) -> Option<u32> {
        self.nearest(p, |turn| turn <= 0)
    }

    /// The first half-edge west of `p` among the segments that `is_west` takes by the side, of
    /// the segment upwards, on which `p` lies.
    fn nearest(&self, p: GridPoint, is_west: impl Fn(i128) -> bool) -> Option<u32> {
        if self.ends.is_empty() || !self.buckets.covers(p) {
            return None;
        }
        let mut best: Option<(u32, RowMeeting)> = None;
        for bucket in self.buckets.westward(p) {
            for &s in self.buckets.segments(bucket) {
                let (a, b) = self.ends[s as usize];
                let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
                if low.y > p.y || high.y <= p.y || !is_west(cross(low, high, p)) {
                    continue;
                }
                let meeting = RowMeeting::of(low, high, p.y);
                if best.as_ref().is_none_or(|(_, other)| meeting.is_east_of(other)) {
                    best = Some((s, meeting));
                }
            }
            // A segment entered in this cell may meet the row further west, behind another one.
            if let Some((s, meeting)) = &best
                && meeting.x >= self.buckets.west_end(bucket) as f64
            {
                return Some(self.towards_east(*s));
            }
        }
        best.map(|(s, _)| self.towards_east(s))
    }

    /// The half-edge of segment `s` that runs downwards, with the east on its left.
    fn towards_east(&self, s: u32) -> u32 {
        let (a, b) = self.ends[s as usize];
        if a.y > b.y { 2 * s } else { 2 * s + 1 }
    }
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

/// Finds the face that holds a point, by looking west along its row.
///
/// A point on a border belongs to the face east of it (above it, where the border is level), as
/// the half-open rule has it ([`crate::geometry::half_open`]), so every point belongs to exactly
/// one face.
pub struct FaceFinder<'a> {
    arrangement: &'a Arrangement,
    locator: &'a Locator,
}

impl<'a> FaceFinder<'a> {
    /// A finder for an arrangement: O(n) the first time that one is made.
    pub fn new(arrangement: &'a Arrangement) -> Self {
        Self { arrangement, locator: arrangement.locator() }
    }

    /// The face that holds a point.
    pub fn face_at(&self, p: GridPoint) -> FaceId {
        self.locator.nearest_west_or_at(p).map_or(0, |edge| self.arrangement.face(edge))
    }
}

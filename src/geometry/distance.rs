//! Distances between borders: between segments, not only between vertices.

use rstar::primitives::Line;
use rstar::{PointDistance, RTree};
use std::collections::BinaryHeap;

/// A point in metres, in a plane around the borders that are compared.
pub type Point = [f64; 2];

/// Segments, to ask how far something is from the nearest of them.
pub struct SegmentSet {
    tree: RTree<Line<Point>>,
}

/// The place of a border that is furthest from another border.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Witness {
    /// Distance in metres.
    pub distance_m: f64,
    /// The place on the one border.
    pub at: Point,
    /// The nearest place on the other.
    pub nearest: Point,
}

/// A part of the first border, and a distance that no place of it exceeds.
struct Piece<'b> {
    part: Part<'b>,
    most: f64,
}

enum Part<'b> {
    /// Segments that follow each other.
    Run(&'b [[Point; 2]]),
    /// A segment or a piece of one.
    Line([Point; 2]),
}

/// Segments that are looked at together at first, and then.
const RUN: usize = 64;
const SHORT_RUN: usize = 8;

impl PartialEq for Piece<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Piece<'_> {}
impl PartialOrd for Piece<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Piece<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.most.total_cmp(&other.most)
    }
}

fn middle([a, b]: [Point; 2]) -> Point {
    [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0]
}

fn length([a, b]: [Point; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

impl SegmentSet {
    /// A set of segments given by their ends in metres.
    pub fn new(segments: &[[Point; 2]]) -> Self {
        Self { tree: RTree::bulk_load(segments.iter().map(|&[a, b]| Line::new(a, b)).collect()) }
    }

    /// Distance in metres to the nearest segment; infinite for an empty set.
    pub fn distance(&self, p: Point) -> f64 {
        self.tree.nearest_neighbor(p).map_or(f64::INFINITY, |s| s.distance_2(&p).sqrt())
    }

    /// The directed Hausdorff distance from `border` to this set, to within `precision` metres,
    /// with its witness; `None` when either is empty.
    ///
    /// Branch and bound: the distance to one convex segment is greatest at an end of a piece, so
    /// the segment nearest to a piece's middle bounds the whole piece from above. A run of segments
    /// is bounded by how far its middle is from this set and how far it reaches from there, so that
    /// those that are near need not be looked at one by one.
    pub fn furthest(&self, border: &[[Point; 2]], precision: f64) -> Option<Witness> {
        let first = border.first()?[0];
        let mut heap: BinaryHeap<Piece> = border.chunks(RUN).map(|run| self.run(run)).collect();
        let (mut at, mut best) = (first, self.distance(first));
        if !best.is_finite() {
            return None;
        }
        while let Some(piece) = heap.pop() {
            if piece.most <= best + precision {
                break;
            }
            match piece.part {
                Part::Run(run) if run.len() > SHORT_RUN => {
                    heap.extend(run.chunks(SHORT_RUN).map(|run| self.run(run)));
                }
                Part::Run(run) => heap.extend(run.iter().filter_map(|&ends| self.line(ends))),
                Part::Line(ends) => {
                    let centre = middle(ends);
                    for p in [ends[0], centre, ends[1]] {
                        let d = self.distance(p);
                        if d > best {
                            (best, at) = (d, p);
                        }
                    }
                    heap.extend(self.line([ends[0], centre]));
                    heap.extend(self.line([centre, ends[1]]));
                }
            }
        }
        let near = self.tree.nearest_neighbor(at)?.nearest_point(&at);
        Some(Witness { distance_m: best, at, nearest: near })
    }

    fn line<'b>(&self, ends: [Point; 2]) -> Option<Piece<'b>> {
        let near = self.tree.nearest_neighbor(middle(ends))?;
        let most = near.distance_2(&ends[0]).max(near.distance_2(&ends[1])).sqrt();
        Some(Piece { part: Part::Line(ends), most })
    }

    /// The bound of a run is no less than those of its segments ([`SegmentSet::line`]), so that
    /// these are looked at in the same order as if they were there from the beginning.
    fn run<'b>(&self, run: &'b [[Point; 2]]) -> Piece<'b> {
        let centre = run.get(run.len() / 2).map_or([0.0; 2], |ends| ends[0]);
        let reach = |ends: &[Point; 2]| length([centre, middle(*ends)]) + length(*ends) / 2.0;
        let reach = run.iter().map(reach).fold(0.0, f64::max);
        let most = (self.distance(centre) + reach) * (1.0 + 1e-9);
        Piece { part: Part::Run(run), most }
    }

    /// Length in metres of the part of `border` that is further than `tolerance` metres from
    /// this set, to within a hundredth of the tolerance at each change.
    pub fn length_beyond(&self, border: &[[Point; 2]], tolerance: f64) -> f64 {
        let step = (tolerance / 100.0).max(1e-3);
        let mut todo: Vec<[Point; 2]> = border.to_vec();
        let mut sum = 0.0;
        while let Some(ends) = todo.pop() {
            let long = length(ends);
            let centre = middle(ends);
            let Some(near) = self.tree.nearest_neighbor(centre) else { return f64::INFINITY };
            let most = near.distance_2(&ends[0]).max(near.distance_2(&ends[1])).sqrt();
            if most <= tolerance {
                continue;
            }
            let here = near.distance_2(&centre).sqrt();
            if here - long / 2.0 > tolerance {
                sum += long;
            } else if long <= step {
                sum += if here > tolerance { long } else { 0.0 };
            } else {
                todo.extend([[ends[0], centre], [centre, ends[1]]]);
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_furthest_place_may_lie_between_two_vertices() {
        // A straight line between two posts: no vertex of it is far from them, its middle is.
        let posts = SegmentSet::new(&[[[0.0, 1.0], [0.0, 2.0]], [[100.0, 1.0], [100.0, 2.0]]]);
        let witness = posts.furthest(&[[[0.0, 0.0], [100.0, 0.0]]], 1e-3).unwrap();
        assert!((witness.distance_m - 50.01).abs() < 2e-2, "{witness:?}");
        assert!((witness.at[0] - 50.0).abs() < 0.1);
    }

    #[test]
    fn only_the_part_beyond_the_tolerance_counts() {
        let line = SegmentSet::new(&[[[0.0, 0.0], [100.0, 0.0]]]);
        let bent = [[[0.0, 0.0], [50.0, 5.0]], [[50.0, 5.0], [100.0, 0.0]]];
        let beyond = line.length_beyond(&bent, 2.5);
        assert!((beyond - 50.25).abs() < 0.2, "{beyond}");
    }
}

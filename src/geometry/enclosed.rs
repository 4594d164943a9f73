//! Enclosed areas: the smallest areas that lines enclose (polygonising).
//!
//! Way of the data:
//! 1. segments are cut at every crossing and at every end that lies on them, by snap rounding on
//!    the integer grid, until nothing is left to cut (as in the arrangement of polygons);
//! 2. an end that leads nowhere but stops short of a line ahead of it is led on to that line;
//! 3. what still leads nowhere is taken away, end by end;
//! 4. the half-edges are walked: every cycle that runs counter-clockwise bounds an area.
//!
//! Cost: O((n + k) log n) for n segments and k crossings.

use super::buckets::Buckets;
use super::exact::{by_angle, doubled_area, passes_pixel, proper_crossing};
use super::frame::GridPoint;
use rstar::primitives::{GeomWithData, Line};
use rstar::{PointDistance, RTree};
use rustc_hash::FxHashMap;

/// A segment, its lower end first.
type Segment = (GridPoint, GridPoint);

/// Rounds of cutting, as in the arrangement: a guard against a loop.
const MAX_ROUNDS: usize = 16;

/// The outer ring of every smallest area that the segments enclose, counter-clockwise from its
/// lowest corner, in ascending order. An area with an island in it has the island's areas inside
/// its ring. Order and direction of the segments play no part.
///
/// A segment's end that no other meets is led on to the nearest line ahead of it when that is not
/// farther than `reach` grid steps (millimetres).
pub fn enclosed_areas(segments: &[(GridPoint, GridPoint)], reach: i64) -> Vec<Vec<GridPoint>> {
    let segments = cut_everywhere(segments.to_vec());
    let leads = lead_on(&segments, reach);
    let mut segments = if leads.is_empty() {
        segments
    } else {
        cut_everywhere(segments.into_iter().chain(leads).collect())
    };
    drop_dead_ends(&mut segments);
    walk(&segments)
}

/// Lower end first, sorted, each once, none without length.
fn tidy(segments: &mut Vec<Segment>) {
    for (a, b) in segments.iter_mut() {
        if a > b {
            std::mem::swap(a, b);
        }
    }
    segments.retain(|(a, b)| a != b);
    segments.sort_unstable();
    segments.dedup();
}

/// Step 1.
fn cut_everywhere(mut segments: Vec<Segment>) -> Vec<Segment> {
    tidy(&mut segments);
    for _ in 0..MAX_ROUNDS {
        let mut cuts = find_cuts(&segments);
        if cuts.is_empty() {
            break;
        }
        cuts.sort_unstable();
        cuts.dedup();
        segments = cut(&segments, &cuts);
        tidy(&mut segments);
    }
    segments
}

/// (segment, place at which to cut it), in no order.
fn find_cuts(segments: &[Segment]) -> Vec<(u32, GridPoint)> {
    let buckets = Buckets::of_segments(segments);
    let mut ends: Vec<GridPoint> = segments.iter().flat_map(|&(a, b)| [a, b]).collect();
    ends.sort_unstable();
    ends.dedup();
    let places = buckets.of_points(&ends);
    let mut cuts = Vec::new();
    for bucket in 0..buckets.len() {
        let here = buckets.segments(bucket);
        for (i, &s) in here.iter().enumerate() {
            let (a, b) = segments[s as usize];
            for &t in &here[i + 1..] {
                let (c, d) = segments[t as usize];
                // Segments are sorted by their western ends.
                let apart = b.x < c.x
                    || d.x < a.x
                    || a.y.max(b.y) < c.y.min(d.y)
                    || c.y.max(d.y) < a.y.min(b.y);
                if apart || a == c || a == d || b == c || b == d {
                    continue;
                }
                if let Some(place) = proper_crossing(a, b, c, d) {
                    cuts.extend([(s, place), (t, place)]);
                }
            }
            let passed = places.points(bucket).iter().map(|&p| ends[p as usize]);
            cuts.extend(passed.filter(|&p| passes_pixel(a, b, p)).map(|p| (s, p)));
        }
    }
    cuts.retain(|&(s, place)| {
        let (a, b) = segments[s as usize];
        place != a && place != b
    });
    cuts
}

/// The segments after cutting; `cuts` sorted by segment.
fn cut(segments: &[Segment], cuts: &[(u32, GridPoint)]) -> Vec<Segment> {
    let mut pieces = Vec::with_capacity(segments.len() + cuts.len());
    let mut rest = cuts;
    for (s, &(start, end)) in segments.iter().enumerate() {
        let count = rest.iter().take_while(|cut| cut.0 as usize == s).count();
        let (here, later) = rest.split_at(count);
        rest = later;
        let mut places: Vec<GridPoint> = here.iter().map(|cut| cut.1).collect();
        places.sort_unstable_by_key(|p| {
            i128::from(p.x - start.x) * i128::from(end.x - start.x)
                + i128::from(p.y - start.y) * i128::from(end.y - start.y)
        });
        let mut from = start;
        for to in places.into_iter().chain([end]) {
            pieces.push((from, to));
            from = to;
        }
    }
    pieces
}

/// Step 2: segments from dead ends to the nearest line ahead.
fn lead_on(segments: &[Segment], reach: i64) -> Vec<Segment> {
    let mut met: FxHashMap<GridPoint, u32> = FxHashMap::default();
    for &(a, b) in segments {
        *met.entry(a).or_default() += 1;
        *met.entry(b).or_default() += 1;
    }
    let is_dead = |p: &GridPoint| met.get(p) == Some(&1);
    let float = |p: GridPoint| [p.x as f64, p.y as f64];
    let leaves = segments
        .iter()
        .enumerate()
        .map(|(index, &(a, b))| GeomWithData::new(Line::new(float(a), float(b)), index));
    let tree = RTree::bulk_load(leaves.collect());
    let reach = reach as f64;
    let mut leads = Vec::new();
    for &(a, b) in segments {
        for (end, before) in [(a, b), (b, a)] {
            if !is_dead(&end) {
                continue;
            }
            let at = float(end);
            let ahead = [at[0] - before.x as f64, at[1] - before.y as f64];
            let near = tree.locate_within_distance(at, reach * reach).filter_map(|leaf| {
                let (c, d) = segments[leaf.data];
                let place = leaf.geom().nearest_point(&at);
                let way = [place[0] - at[0], place[1] - at[1]];
                let is_ahead = way[0] * ahead[0] + way[1] * ahead[1] > 0.0;
                (c != end && d != end && is_ahead)
                    .then(|| (leaf.geom().distance_2(&at), leaf.data, place))
            });
            let nearest = near.min_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)));
            if let Some((_, _, place)) = nearest {
                let to = GridPoint { x: place[0].round() as i64, y: place[1].round() as i64 };
                leads.push((end, to));
            }
        }
    }
    leads
}

/// Segments by their ends: vertices sorted, for each the half-edges that begin there. Half-edge
/// `2 s` runs along segment `s`, `2 s + 1` back.
struct Ends {
    vertices: Vec<GridPoint>,
    origin: Vec<u32>,
    around: Vec<Vec<u32>>,
}

impl Ends {
    fn of(segments: &[Segment]) -> Self {
        let mut vertices: Vec<GridPoint> = segments.iter().flat_map(|&(a, b)| [a, b]).collect();
        vertices.sort_unstable();
        vertices.dedup();
        let numbers: FxHashMap<GridPoint, u32> =
            vertices.iter().enumerate().map(|(n, &p)| (p, n as u32)).collect();
        let origin: Vec<u32> =
            segments.iter().flat_map(|(a, b)| [numbers[a], numbers[b]]).collect();
        let mut around = vec![Vec::new(); vertices.len()];
        for (edge, &from) in origin.iter().enumerate() {
            around[from as usize].push(edge as u32);
        }
        Self { vertices, origin, around }
    }

    fn point(&self, edge: u32) -> GridPoint {
        self.vertices[self.origin[edge as usize] as usize]
    }
}

/// Step 3.
fn drop_dead_ends(segments: &mut Vec<Segment>) {
    let ends = Ends::of(segments);
    let mut degree: Vec<usize> = ends.around.iter().map(Vec::len).collect();
    let mut gone = vec![false; segments.len()];
    let mut todo: Vec<usize> = (0..degree.len()).filter(|&v| degree[v] == 1).collect();
    while let Some(vertex) = todo.pop() {
        let last = ends.around[vertex].iter().find(|&&edge| !gone[edge as usize / 2]);
        let Some(&edge) = last else { continue };
        gone[edge as usize / 2] = true;
        let other = ends.origin[edge as usize ^ 1] as usize;
        degree[other] -= 1;
        if degree[other] == 1 {
            todo.push(other);
        }
    }
    let mut index = 0;
    segments.retain(|_| {
        index += 1;
        !gone[index - 1]
    });
}

/// Step 4.
fn walk(segments: &[Segment]) -> Vec<Vec<GridPoint>> {
    let mut ends = Ends::of(segments);
    let direction = |ends: &Ends, edge: u32| {
        let (from, to) = (ends.point(edge), ends.point(edge ^ 1));
        (to.x - from.x, to.y - from.y)
    };
    let mut next = vec![0u32; 2 * segments.len()];
    for vertex in 0..ends.around.len() {
        let mut fan = std::mem::take(&mut ends.around[vertex]);
        fan.sort_unstable_by(|&a, &b| by_angle(direction(&ends, a), direction(&ends, b)));
        for (i, &out) in fan.iter().enumerate() {
            // Who arrives on the twin of `out` turns into the next direction clockwise.
            next[out as usize ^ 1] = fan[(i + fan.len() - 1) % fan.len()];
        }
    }
    let mut done = vec![false; next.len()];
    let mut rings = Vec::new();
    for start in 0..next.len() as u32 {
        let mut ring = Vec::new();
        let mut edge = start;
        while !std::mem::replace(&mut done[edge as usize], true) {
            ring.push(ends.point(edge));
            edge = next[edge as usize];
        }
        if doubled_area(ring.iter().copied()) > 0 {
            let lowest = (0..ring.len()).min_by_key(|&i| ring[i]).unwrap_or(0);
            ring.rotate_left(lowest);
            rings.push(ring);
        }
    }
    rings.sort_unstable();
    rings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(x: i64, y: i64) -> GridPoint {
        GridPoint { x, y }
    }

    fn square(size: i64) -> Vec<Segment> {
        let corners = [p(0, 0), p(size, 0), p(size, size), p(0, size)];
        (0..4).map(|i| (corners[i], corners[(i + 1) % 4])).collect()
    }

    fn areas(segments: &[Segment], reach: i64) -> Vec<i128> {
        enclosed_areas(segments, reach)
            .into_iter()
            .map(|ring| doubled_area(ring.iter().copied()) / 2)
            .collect()
    }

    #[test]
    fn a_cross_of_roads_makes_four_blocks_and_dead_ends_none() {
        let mut lines = square(1000);
        lines.extend([(p(500, -50), p(500, 1050)), (p(-50, 400), p(1050, 400))]);
        lines.push((p(700, 400), p(700, 200)));
        assert_eq!(areas(&lines, 0), [200_000, 300_000, 200_000, 300_000]);
    }

    #[test]
    fn a_road_that_stops_short_is_led_on_within_reach_only() {
        let mut lines = square(1000);
        lines.push((p(500, 8), p(500, 991)));
        assert_eq!(areas(&lines, 7), [1_000_000]);
        assert_eq!(areas(&lines, 10), [500_000, 500_000]);
    }

    #[test]
    fn an_island_and_a_loop_that_crosses_itself() {
        let mut lines = square(1000);
        // A bow tie in the middle: two triangles, and the square around them.
        let bow = [p(300, 300), p(500, 500), p(500, 300), p(300, 500)];
        lines.extend((0..4).map(|i| (bow[i], bow[(i + 1) % 4])));
        let mut found = areas(&lines, 0);
        found.sort_unstable();
        assert_eq!(found, [10_000, 10_000, 1_000_000]);
        assert_eq!(areas(&[], 5), [0i128; 0]);
    }
}

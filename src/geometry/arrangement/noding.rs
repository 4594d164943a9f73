//! Step 3: cutting segments at crossings and at vertices that lie on them, by snap rounding.

use super::network::{Edge, Network};
use crate::geometry::buckets::Buckets;
use crate::geometry::exact::{passes_pixel, proper_crossing};

/// Rounds of cutting. Snap rounding needs one; a second follows because crossings of the first
/// are themselves vertices that segments may pass, and the rest is a guard against a loop.
const MAX_ROUNDS: usize = 16;

/// Cuts every segment where another crosses it and where a vertex lies on it (within half a
/// grid step), until nothing is left to cut.
///
/// Returns every (polygon, vertex) where a polygon's border passes a vertex of a file without
/// having a corner there, sorted.
pub(super) fn node(network: &mut Network) -> Vec<(u32, u32)> {
    let mut passed = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let mut cuts = find_cuts(network);
        if cuts.is_empty() {
            break;
        }
        cuts.sort_unstable();
        cuts.dedup();
        for &(segment, vertex) in cuts.iter().filter(|cut| cut.1 < network.given) {
            passed.extend(network.sides(segment).iter().map(|&(polygon, _)| (polygon, vertex)));
        }
        let edges = cut_edges(network, &mut cuts);
        network.match_edges(&edges);
    }
    passed.sort_unstable();
    passed.dedup();
    passed
}

/// (segment, vertex at which to cut it), in no order.
fn find_cuts(network: &mut Network) -> Vec<(u32, u32)> {
    let ends: Vec<_> = network
        .segments
        .iter()
        .map(|&(a, b)| (network.points[a as usize], network.points[b as usize]))
        .collect();
    let buckets = Buckets::of_segments(&ends);
    let vertices = buckets.of_points(&network.points);
    let mut cuts = Vec::new();
    for bucket in 0..buckets.len() {
        let here = buckets.segments(bucket);
        for (i, &s) in here.iter().enumerate() {
            let (a, b) = ends[s as usize];
            for &t in &here[i + 1..] {
                let (c, d) = ends[t as usize];
                let apart = a.x.max(b.x) < c.x.min(d.x)
                    || c.x.max(d.x) < a.x.min(b.x)
                    || a.y.max(b.y) < c.y.min(d.y)
                    || c.y.max(d.y) < a.y.min(b.y);
                if apart || a == c || a == d || b == c || b == d {
                    continue;
                }
                if let Some(point) = proper_crossing(a, b, c, d) {
                    let vertex = network.crossing(point);
                    cuts.extend([(s, vertex), (t, vertex)]);
                }
            }
            for &v in vertices.points(bucket) {
                if passes_pixel(a, b, network.points[v as usize]) {
                    cuts.push((s, v));
                }
            }
        }
    }
    // A crossing that rounds to an end of a segment does not cut that segment.
    cuts.retain(|&(s, v)| {
        let (low, high) = network.segments[s as usize];
        v != low && v != high
    });
    cuts
}

/// The edges after cutting; `cuts` sorted by segment.
fn cut_edges(network: &Network, cuts: &mut [(u32, u32)]) -> Vec<Edge> {
    let mut edges = Vec::with_capacity(network.segments.len() * 2 + cuts.len() * 2);
    let mut rest: &mut [(u32, u32)] = cuts;
    for (s, &(low, high)) in network.segments.iter().enumerate() {
        let count = rest.iter().take_while(|cut| cut.0 as usize == s).count();
        let (here, later) = rest.split_at_mut(count);
        rest = later;
        let start = network.points[low as usize];
        let end = network.points[high as usize];
        here.sort_unstable_by_key(|&(_, v)| {
            let p = network.points[v as usize];
            i128::from(p.x - start.x) * i128::from(end.x - start.x)
                + i128::from(p.y - start.y) * i128::from(end.y - start.y)
        });
        let mut from = low;
        for to in here.iter().map(|cut| cut.1).chain([high]) {
            for &(polygon, winding) in network.sides(s as u32) {
                match from.cmp(&to) {
                    std::cmp::Ordering::Less => edges.push((from, to, polygon, winding)),
                    std::cmp::Ordering::Greater => edges.push((to, from, polygon, -winding)),
                    std::cmp::Ordering::Equal => {}
                }
            }
            from = to;
        }
    }
    edges
}

//! Corners for the outline: where a border between grids ends on an edge of the outline, the edge
//! gets a corner, so that both stay the same line. No corner of the outline moves.

use super::tiling::Tiling;
use crate::dataset::Insertion;
use crate::domain::{LonLat, MultiPolygon, Polygon};
use crate::geometry::{GridPoint, passes};
use rustc_hash::{FxHashMap, FxHashSet};

/// The corners that the grids' borders have on edges of the outline, which lack them; and whether
/// the outline's edges with them are those of the arrangement. They are not where an edge was cut
/// for a line that is gone now: the straight edge may run half a millimetre beside its cut self.
pub(super) fn into_outline(
    tiling: &Tiling,
    held: &[Vec<u32>],
    spare: &FxHashSet<u32>,
    outline: &[&MultiPolygon],
) -> (Vec<Insertion>, bool) {
    let (on_border, mut is_settled) = (vertices_on(tiling, held, spare), true);
    let mut insertions: FxHashMap<[u64; 4], Insertion> = FxHashMap::default();
    for (o, shape) in outline.iter().enumerate() {
        let Some((vertices, others)) = on_border.get(&o) else { continue };
        let own: FxHashSet<GridPoint> =
            shape.corners().map(|p| tiling.arrangement.frame().to_grid(p)).collect();
        is_settled &= others.iter().all(|&v| own.contains(&tiling.arrangement.point(v)));
        let mut lacking: Vec<(GridPoint, u32)> = vertices
            .iter()
            .map(|&v| (tiling.arrangement.point(v), v))
            .filter(|(point, _)| !own.contains(point))
            .collect();
        if lacking.is_empty() {
            continue;
        }
        lacking.sort_unstable();
        let mut placed: FxHashSet<u32> = FxHashSet::default();
        for ring in shape.polygons().iter().flat_map(Polygon::rings) {
            let corners = ring.corners();
            for (i, &from) in corners.iter().enumerate() {
                let to = corners[(i + 1) % corners.len()];
                let here = on_edge(tiling, &lacking, from, to);
                if !here.is_empty() {
                    placed.extend(&here);
                    let places = here.iter().map(|&v| tiling.place(v)).collect();
                    let insertion = Insertion { from, to, places };
                    // Neighbours in the outline's layer draw the edge the other way: once is enough.
                    let (a, b) = (key(from), key(to));
                    let key =
                        if a < b { [a[0], a[1], b[0], b[1]] } else { [b[0], b[1], a[0], a[1]] };
                    insertions.entry(key).or_insert(insertion);
                }
            }
        }
        is_settled &= lacking.iter().all(|one| placed.contains(&one.1));
    }
    let mut insertions: Vec<Insertion> = insertions.into_values().collect();
    insertions.sort_by_key(|one| (key(one.from), key(one.to)));
    (insertions, is_settled)
}

fn key(p: LonLat) -> [u64; 2] {
    [p.lon().to_bits(), p.lat().to_bits()]
}

/// The vertices on the rings of each area of the outline: those at which a border of a grid
/// passes, and the others; without spare ones.
fn vertices_on(
    tiling: &Tiling,
    held: &[Vec<u32>],
    spare: &FxHashSet<u32>,
) -> FxHashMap<usize, (Vec<u32>, Vec<u32>)> {
    let a = &tiling.arrangement;
    let is_border = |edge: u32| held[a.face(edge) as usize] != held[a.face(edge ^ 1) as usize];
    let mut on_rings: FxHashMap<usize, (Vec<u32>, Vec<u32>)> = FxHashMap::default();
    for edge in 0..a.half_edges() {
        for (polygon, _) in a.rings_along(edge) {
            let Some(outline) = tiling.outline_of(polygon) else { continue };
            let vertex = a.origin(edge);
            if spare.contains(&vertex) {
                continue;
            }
            let (passed, others) = on_rings.entry(outline).or_default();
            let is_passed = a.around(vertex).iter().any(|&e| is_border(e));
            if is_passed { passed.push(vertex) } else { others.push(vertex) }
        }
    }
    for (passed, others) in on_rings.values_mut() {
        for vertices in [passed, others] {
            vertices.sort_unstable();
            vertices.dedup();
        }
    }
    on_rings
}

/// Steps beside an edge's window in which a vertex may still lie on it.
const REACH: i64 = 2;

/// The vertices of `lacking`, which is sorted by point, that lie on an edge as the check sees it,
/// in the order of its direction.
fn on_edge(tiling: &Tiling, lacking: &[(GridPoint, u32)], from: LonLat, to: LonLat) -> Vec<u32> {
    let frame = tiling.arrangement.frame();
    let (a, b) = (frame.to_grid(from), frame.to_grid(to));
    let (west, east) = (a.x.min(b.x), a.x.max(b.x));
    let first = lacking.partition_point(|one| one.0.x < west - REACH);
    let mut here: Vec<(i128, u32)> = lacking[first..]
        .iter()
        .take_while(|one| one.0.x <= east + REACH)
        .filter(|one| passes(frame, from, to, tiling.place(one.1)))
        .map(|&(p, vertex)| {
            let along = i128::from(p.x - a.x) * i128::from(b.x - a.x)
                + i128::from(p.y - a.y) * i128::from(b.y - a.y);
            (along, vertex)
        })
        .collect();
    here.sort_unstable();
    here.into_iter().map(|one| one.1).collect()
}

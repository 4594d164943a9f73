//! Spare corners: where lines that are gone have cut a border, and nothing ends there any more.

use super::tiling::{Tiling, bits};
use crate::domain::{LonLat, MultiPolygon};
use crate::geometry::{HalfEdge, passes, passes_pixel};
use rustc_hash::{FxHashMap, FxHashSet};

/// The vertices of the result that nobody needs: crossings, and corners of others, at which just
/// two stretches of one border meet in a straight line, without either side having a corner there.
///
/// A run of them is left out when the straight line between its ends passes no corner of the grids
/// on either side: then the line crosses nothing, and the result needs no second look.
pub(super) fn corners(
    tiling: &Tiling,
    held: &[Vec<u32>],
    areas: &[Option<MultiPolygon>],
) -> FxHashSet<u32> {
    let mut found = Spares { tiling, held, candidates: FxHashMap::default() };
    found.collect();
    let mut spare = FxHashSet::default();
    let mut done: FxHashSet<u32> = FxHashSet::default();
    let a = &tiling.arrangement;
    let mut corners: FxHashMap<u32, Vec<LonLat>> = FxHashMap::default();
    let mut vertices: Vec<u32> = found.candidates.keys().copied().collect();
    vertices.sort_unstable();
    for vertex in vertices {
        if done.contains(&vertex) {
            continue;
        }
        let Some(run) = found.run(vertex) else { continue };
        done.extend(&run.vertices);
        let (from, to) = run.ends;
        let on_line = |v: &u32| passes_pixel(a.point(from), a.point(to), a.point(*v));
        let is_straight = from != to && run.vertices.iter().all(on_line);
        let places: Vec<[u64; 2]> = run.vertices.iter().map(|&v| bits(tiling.place(v))).collect();
        let (from, to) = (tiling.place(from), tiling.place(to));
        let mut beside = run.grids.iter().filter(|&&grid| areas[grid as usize].is_some());
        let mut is_free = || {
            beside.all(|&grid| {
                let corners = corners.entry(grid).or_insert_with(|| {
                    areas[grid as usize].iter().flat_map(MultiPolygon::corners).collect()
                });
                let mut passed = corners.iter().filter(|&&p| passes(a.frame(), from, to, p));
                passed.all(|&p| places.contains(&bits(p)))
            })
        };
        if is_straight && is_free() {
            spare.extend(run.vertices);
        }
    }
    spare
}

struct Spares<'t> {
    tiling: &'t Tiling,
    held: &'t [Vec<u32>],
    /// Vertices that nobody needs, with the two stretches that leave them.
    candidates: FxHashMap<u32, [HalfEdge; 2]>,
}

/// Spare vertices that follow each other along one border.
struct Run {
    vertices: Vec<u32>,
    ends: (u32, u32),
    /// The grids on both sides.
    grids: Vec<u32>,
}

impl Spares<'_> {
    fn collect(&mut self) {
        let a = &self.tiling.arrangement;
        let crossings = (0..a.vertices()).filter(|&v| a.is_crossing(v));
        let mut vertices: Vec<u32> = crossings.chain(a.passed().iter().map(|one| one.1)).collect();
        vertices.sort_unstable();
        vertices.dedup();
        for vertex in vertices {
            let mut borders = a.around(vertex).iter().copied().filter(|&e| self.is_border(e));
            if let (Some(one), Some(other), None) = (borders.next(), borders.next(), borders.next())
                && !self.is_corner(vertex, [one, other])
            {
                self.candidates.insert(vertex, [one, other]);
            }
        }
    }

    fn is_border(&self, edge: HalfEdge) -> bool {
        let a = &self.tiling.arrangement;
        let (left, right) = (a.face(edge) as usize, a.face(edge ^ 1) as usize);
        self.held[left] != self.held[right] || self.tiling.within[left] != self.tiling.within[right]
    }

    /// Whether a polygon beside the border has a corner of its file there.
    fn is_corner(&self, vertex: u32, borders: [HalfEdge; 2]) -> bool {
        let a = &self.tiling.arrangement;
        if a.is_crossing(vertex) {
            return false;
        }
        let lacks = |polygon: u32| a.passed().binary_search(&(polygon, vertex)).is_ok();
        let beside = |grid: usize| {
            borders.iter().any(|&e| {
                [e, e ^ 1].iter().any(|&e| self.held[a.face(e) as usize].contains(&(grid as u32)))
            })
        };
        // Grids that the result has beside the border, wherever their rings ran before.
        let of_grids = a.around(vertex).iter().any(|&e| {
            a.rings_along(e).any(|(polygon, _)| {
                self.tiling.grid_of(polygon).is_some_and(beside) && !lacks(polygon)
            })
        });
        // The outline, where it runs along the border.
        let of_outline = borders.iter().any(|&e| {
            a.rings_along(e)
                .any(|(polygon, _)| self.tiling.outline_of(polygon).is_some() && !lacks(polygon))
        });
        of_grids || of_outline
    }

    /// The run that a candidate belongs to; `None` when it closes upon itself.
    fn run(&self, start: u32) -> Option<Run> {
        let a = &self.tiling.arrangement;
        let [one, other] = self.candidates[&start];
        let mut vertices = vec![start];
        let mut end = |first: HalfEdge| {
            let mut edge = first;
            loop {
                let vertex = a.origin(edge ^ 1);
                let Some(&[left, right]) = self.candidates.get(&vertex) else {
                    return Some(vertex);
                };
                if vertex == start {
                    return None;
                }
                vertices.push(vertex);
                edge = if left == edge ^ 1 { right } else { left };
            }
        };
        let ends = (end(one)?, end(other)?);
        let mut grids: Vec<u32> = Vec::new();
        for edge in [one, one ^ 1] {
            grids.extend(&self.held[a.face(edge) as usize]);
        }
        Some(Run { vertices, ends, grids })
    }
}

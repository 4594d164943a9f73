//! `geometry.invalid`: what makes a polygon no polygon.
//!
//! A polygon is *valid* here when
//! 1. it encloses an area;
//! 2. no two strands of its rings cross, no hole lies outside of its exterior, and no parts
//!    overlap: its rings wind around each place once or not at all ([`irregular`]);
//! 3. no ring touches itself, at a corner or in the middle of an edge ([`Alone::touches`]);
//! 4. no ring runs along itself in both directions, but for spikes, which have a rule of their own
//!    ([`Alone::doubled`]).
//!
//! That is the validity of OGC Simple Features, but for parts and holes that share a stretch of
//! border (they are united) and for a hole that touches its exterior at two places (the grid then
//! is in two parts, `coverage.multipart`).

use crate::domain::{LonLat, MultiPolygon, Polygon};
use crate::geometry::{Arrangement, FaceId, Frame};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A vertex of a face around which the rings of a polygon wind other than once.
#[derive(Clone, Copy, Debug)]
pub(super) struct IrregularCorner {
    pub vertex: u32,
    /// Whether four or more strands of the polygon meet there.
    pub is_crossing: bool,
}

/// For each of some polygons of an arrangement that has one, counted from the first of them, the
/// vertices of its irregular faces, from west to east. Crossing strands always enclose a place
/// around which the rings wind other than once, so the irregular faces find all.
pub(super) fn irregular(
    arrangement: &Arrangement,
    polygons: Range<usize>,
) -> BTreeMap<usize, Vec<IrregularCorner>> {
    let mut faces: BTreeMap<u32, BTreeSet<FaceId>> = BTreeMap::new();
    for &(face, polygon, _) in arrangement.irregular() {
        if polygons.contains(&(polygon as usize)) {
            faces.entry(polygon).or_default().insert(face);
        }
    }
    let corner = |polygon: u32, vertex: u32| IrregularCorner {
        vertex,
        is_crossing: strands(arrangement, polygon, vertex) >= 4,
    };
    faces
        .into_iter()
        .map(|(polygon, faces)| {
            let edges = faces.iter().flat_map(|&face| arrangement.edges_of_face(face));
            let mut vertices: Vec<u32> = edges.map(|edge| arrangement.origin(edge)).collect();
            vertices.sort_unstable_by_key(|&v| arrangement.point(v));
            vertices.dedup();
            let corners = vertices.into_iter().map(|v| corner(polygon, v)).collect();
            (polygon as usize - polygons.start, corners)
        })
        .collect()
}

/// How many segments of a polygon's rings end at a vertex.
fn strands(arrangement: &Arrangement, polygon: u32, vertex: u32) -> usize {
    let along = |&&edge: &&u32| arrangement.rings_along(edge).any(|(p, _)| p == polygon);
    arrangement.around(vertex).iter().filter(along).count()
}

/// Which of some polygons of an arrangement may be invalid without a crossing: those that
/// enclose nothing, meet themselves at a vertex or run along themselves. O(n).
pub(super) fn suspects(arrangement: &Arrangement, polygons: Range<usize>) -> Vec<bool> {
    let mut suspects = vec![true; polygons.len()];
    for face in 0..arrangement.faces() as FaceId {
        for &owner in arrangement.owners(face) {
            if polygons.contains(&(owner as usize)) {
                suspects[owner as usize - polygons.start] = false;
            }
        }
    }
    let mut suspect = |polygon: u32| {
        if polygons.contains(&(polygon as usize)) {
            suspects[polygon as usize - polygons.start] = true;
        }
    };
    for &(polygon, ..) in arrangement.cancelled() {
        suspect(polygon);
    }
    for vertex in (0..arrangement.vertices()).filter(|&v| arrangement.degree(v) >= 4) {
        let around = arrangement.around(vertex).iter();
        let here: BTreeSet<u32> =
            around.flat_map(|&edge| arrangement.rings_along(edge)).map(|(p, _)| p).collect();
        here.into_iter().filter(|&p| strands(arrangement, p, vertex) >= 4).for_each(&mut suspect);
    }
    suspects
}

/// What a polygon has wrong without a crossing.
#[derive(Debug, Default)]
pub(super) struct Alone {
    /// It encloses nothing, at least not where a grid step can tell.
    pub is_empty: bool,
    /// Where a ring touches itself.
    pub touches: Vec<LonLat>,
    /// The vertices of stretches along which a ring runs both ways.
    pub doubled: Vec<LonLat>,
}

/// Looks at a polygon ring by ring.
pub(super) fn alone(frame: &Frame, shape: &MultiPolygon) -> Alone {
    let whole = Arrangement::build(frame, &[shape]);
    let mut found = Alone {
        is_empty: (0..whole.faces() as FaceId).all(|face| whole.owners(face).is_empty()),
        ..Alone::default()
    };
    if found.is_empty {
        return found;
    }
    for ring in shape.polygons().iter().flat_map(Polygon::rings) {
        let Ok(shape) = MultiPolygon::new(vec![Polygon::new(ring.clone(), Vec::new())]) else {
            continue;
        };
        let arrangement = Arrangement::build(frame, &[&shape]);
        // Where a ring crosses itself it also meets itself: that is the crossing's finding.
        let crossed: BTreeSet<u32> =
            irregular(&arrangement, 0..1).into_values().flatten().map(|c| c.vertex).collect();
        let meets = |v: &u32| arrangement.degree(*v) >= 4 && !crossed.contains(v);
        found
            .touches
            .extend((0..arrangement.vertices()).filter(meets).map(|v| arrangement.place(v)));
        found.doubled.extend(doubled(&arrangement));
    }
    found
}

/// The vertices of the stretches along which a ring, alone in its arrangement, runs both ways,
/// and which lead from one part of it to another. Those that end nowhere are spikes.
fn doubled(arrangement: &Arrangement) -> Vec<LonLat> {
    let mut ways: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for &(_, a, b) in arrangement.cancelled() {
        ways.entry(a).or_default().push(b);
        ways.entry(b).or_default().push(a);
    }
    // Cuts back what leads nowhere, from its ends.
    let mut ends: Vec<u32> = ways.keys().copied().collect();
    while let Some(end) = ends.pop() {
        let leads_nowhere =
            arrangement.degree(end) == 0 && ways.get(&end).is_some_and(|ways| ways.len() == 1);
        if !leads_nowhere {
            continue;
        }
        if let Some(next) = ways.remove(&end).and_then(|ways| ways.first().copied())
            && let Some(back) = ways.get_mut(&next)
        {
            back.retain(|&v| v != end);
            ends.push(next);
        }
    }
    ways.retain(|_, ways| !ways.is_empty());
    ways.into_keys().map(|v| arrangement.place(v)).collect()
}

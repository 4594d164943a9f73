//! The polygons of a repaired tiling, and how they differ from those before.

use super::tiling::Tiling;
use crate::domain::{LonLat, MultiPolygon, Polygon, Ring};
use crate::geometry::{Frame, GridPoint, SegmentSet};
use rustc_hash::FxHashSet;
use std::cmp::Ordering;

/// The area of each grid, traced along the arrangement's own vertices; `None` for a grid that
/// holds nothing. `held` gives the grids of each face.
pub(super) fn areas(tiling: &Tiling, held: &[Vec<u32>], grids: usize) -> Vec<Option<MultiPolygon>> {
    let mut areas = vec![None; grids];
    for of_face in layers(held, grids) {
        let shapes = tiling.arrangement.polygons_of(&of_face, grids);
        for (area, shape) in areas.iter_mut().zip(shapes) {
            if let Some(shape) = shape {
                *area = Some(tiling.shortened(shape));
            }
        }
    }
    areas
}

/// Takes some places out of the rings of a shape. A ring that would collapse stays as it is.
pub(super) fn without(shape: &MultiPolygon, is_out: impl Fn(LonLat) -> bool) -> MultiPolygon {
    rebuilt(shape, |ring| {
        let corners = ring.corners().iter().copied().filter(|&p| !is_out(p)).collect();
        Ring::new(corners).unwrap_or_else(|_| ring.clone())
    })
}

/// The grids of each face in as few layers as it takes for each face of a layer to have one grid
/// at most, and each grid to be whole in one layer. Without overlaps that are left, one.
fn layers(held: &[Vec<u32>], grids: usize) -> Vec<Vec<Option<u32>>> {
    let mut layers: Vec<Vec<Option<u32>>> = vec![vec![None; held.len()]];
    let mut is_overlapping = vec![false; grids];
    for holders in held.iter().filter(|holders| holders.len() > 1) {
        holders.iter().for_each(|&grid| is_overlapping[grid as usize] = true);
    }
    let mut faces_of: Vec<Vec<usize>> = vec![Vec::new(); grids];
    for (face, holders) in held.iter().enumerate() {
        for &grid in holders {
            if is_overlapping[grid as usize] {
                faces_of[grid as usize].push(face);
            } else {
                layers[0][face] = Some(grid);
            }
        }
    }
    for (grid, faces) in faces_of.iter().enumerate().filter(|(_, faces)| !faces.is_empty()) {
        let is_free = |layer: &Vec<Option<u32>>| faces.iter().all(|&face| layer[face].is_none());
        let free = layers.iter().position(is_free).unwrap_or_else(|| {
            layers.push(vec![None; held.len()]);
            layers.len() - 1
        });
        faces.iter().for_each(|&face| layers[free][face] = Some(grid as u32));
    }
    layers
}

/// A shape with every place replaced. A ring that would collapse stays as it is.
pub(super) fn map_places(shape: &MultiPolygon, map: impl Fn(LonLat) -> LonLat) -> MultiPolygon {
    let ring = |ring: &Ring| {
        Ring::new(ring.corners().iter().map(|&p| map(p)).collect()).unwrap_or_else(|_| ring.clone())
    };
    rebuilt(shape, ring)
}

fn rebuilt(shape: &MultiPolygon, ring: impl Fn(&Ring) -> Ring) -> MultiPolygon {
    let part =
        |p: &Polygon| Polygon::new(ring(p.exterior()), p.holes().iter().map(&ring).collect());
    // As many parts as before, so at least one.
    MultiPolygon::new(shape.polygons().iter().map(part).collect()).unwrap_or_else(|_| shape.clone())
}

fn by_place(a: LonLat, b: LonLat) -> Ordering {
    a.lon().total_cmp(&b.lon()).then(a.lat().total_cmp(&b.lat()))
}

fn least(corners: &[LonLat]) -> usize {
    (0..corners.len()).min_by(|&a, &b| by_place(corners[a], corners[b])).unwrap_or(0)
}

fn first(ring: &Ring) -> LonLat {
    ring.corners()[0]
}

/// The shape with each ring begun at its least corner, and holes and parts sorted.
pub(super) fn canonical(shape: &MultiPolygon) -> MultiPolygon {
    let turned = rebuilt(shape, |ring| {
        let mut corners = ring.corners().to_vec();
        let start = least(&corners);
        corners.rotate_left(start);
        Ring::new(corners).unwrap_or_else(|_| ring.clone())
    });
    let mut parts: Vec<Polygon> = turned
        .polygons()
        .iter()
        .map(|part| {
            let mut holes = part.holes().to_vec();
            holes.sort_by(|a, b| by_place(first(a), first(b)));
            Polygon::new(part.exterior().clone(), holes)
        })
        .collect();
    parts.sort_by(|a, b| by_place(first(a.exterior()), first(b.exterior())));
    MultiPolygon::new(parts).unwrap_or(turned)
}

/// Whether a shape as read is the canonical one but for where its rings begin and the order of
/// its parts. The direction of rings counts, and so does a repeated corner.
pub(super) fn is_same(read: &MultiPolygon, canonical_shape: &MultiPolygon) -> bool {
    if let ([a], [b]) = (read.polygons(), canonical_shape.polygons())
        && a.holes().is_empty()
        && b.holes().is_empty()
    {
        return is_turned(a.exterior().corners(), b.exterior().corners());
    }
    canonical(read) == *canonical_shape
}

/// Whether two rings have the same corners in the same direction.
fn is_turned(a: &[LonLat], b: &[LonLat]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let (i, j) = (least(a), least(b));
    let (a, b) = (a[i..].iter().chain(&a[..i]), b[j..].iter().chain(&b[..j]));
    a.eq(b)
}

/// How far the border of a shape has moved.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Movement {
    /// Corners that the border no longer has.
    pub vertices: usize,
    /// The furthest that a corner of the one border lies off the other, in metres.
    pub greatest_m: f64,
}

/// How far a border has moved from one shape to another.
pub(super) fn movement(frame: &Frame, before: &MultiPolygon, after: &MultiPolygon) -> Movement {
    let points = |shape: &MultiPolygon| -> FxHashSet<GridPoint> {
        shape.corners().map(|p| frame.to_grid(p)).collect()
    };
    let (old, new) = (points(before), points(after));
    let gone: Vec<GridPoint> = old.difference(&new).copied().collect();
    let come: Vec<GridPoint> = new.difference(&old).copied().collect();
    let greatest_m = furthest_m(frame, &gone, after).max(furthest_m(frame, &come, before));
    Movement { vertices: gone.len(), greatest_m }
}

/// The greatest distance in metres of some points from a shape's border.
fn furthest_m(frame: &Frame, points: &[GridPoint], shape: &MultiPolygon) -> f64 {
    let Some(&near) = points.first() else { return 0.0 };
    let scale = frame.scale(near);
    let metres = |p: GridPoint| [(p.x - near.x) as f64 * scale.0, (p.y - near.y) as f64 * scale.1];
    let mut border = Vec::new();
    for ring in shape.polygons().iter().flat_map(Polygon::rings) {
        let corners: Vec<_> = ring.corners().iter().map(|&p| metres(frame.to_grid(p))).collect();
        border.extend((0..corners.len()).map(|i| [corners[i], corners[(i + 1) % corners.len()]]));
    }
    // A tree pays for itself from some dozen questions on.
    if points.len() > 16 {
        let border = SegmentSet::new(&border);
        return points.iter().map(|&p| border.distance(metres(p))).fold(0.0, f64::max);
    }
    let distance = |p: [f64; 2]| {
        border.iter().map(|&segment| distance(p, segment)).fold(f64::INFINITY, f64::min)
    };
    points.iter().map(|&p| distance(metres(p))).fold(0.0, f64::max)
}

fn distance(p: [f64; 2], [a, b]: [[f64; 2]; 2]) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length2 = dx * dx + dy * dy;
    let along = (p[0] - a[0]) * dx + (p[1] - a[1]) * dy;
    let t = if length2 > 0.0 { (along / length2).clamp(0.0, 1.0) } else { 0.0 };
    (a[0] + t * dx - p[0]).hypot(a[1] + t * dy - p[1])
}

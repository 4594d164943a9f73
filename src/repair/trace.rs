//! The polygons of a repaired tiling, and how they differ from those before.

use super::tiling::{Tiling, bits};
use crate::domain::{LonLat, MultiPolygon, Polygon, Ring};
use crate::geometry::{FaceId, Frame, GridPoint, SegmentSet};
use std::cmp::Ordering;

/// The area of each grid that is `wanted`, traced along the arrangement's own vertices; `None` for
/// one that holds nothing. `held` gives the grids of each face.
pub(super) fn areas(
    tiling: &Tiling,
    held: &[Vec<u32>],
    wanted: &[bool],
) -> Vec<Option<MultiPolygon>> {
    let grids = wanted.len();
    let mut areas = vec![None; grids];
    for of_face in layers(held, wanted) {
        let shapes = tiling.arrangement.polygons_of(&of_face, grids);
        for (area, shape) in areas.iter_mut().zip(shapes) {
            if let Some(shape) = shape {
                *area = Some(shape);
            }
        }
    }
    areas
}

/// The grids that hold one face, the same as before, and whose ring runs around it just as the
/// file draws it: tracing them would give back what was read.
pub(super) fn untouched(tiling: &Tiling, held: &[Vec<u32>], grids: &[&MultiPolygon]) -> Vec<bool> {
    let mut faces: Vec<Vec<FaceId>> = vec![Vec::new(); grids.len()];
    let mut untouched = vec![true; grids.len()];
    for (face, (before, after)) in tiling.holders.iter().zip(held).enumerate() {
        for &grid in before.iter().chain(after) {
            untouched[grid as usize] &= before == after;
        }
        after.iter().for_each(|&grid| faces[grid as usize].push(face as FaceId));
    }
    for (grid, faces) in faces.iter().enumerate() {
        untouched[grid] &=
            matches!(faces.as_slice(), [face] if runs_around(tiling, *face, grids[grid]));
    }
    untouched
}

/// Whether a shape is one ring that runs once around a face, corner for corner.
fn runs_around(tiling: &Tiling, face: FaceId, shape: &MultiPolygon) -> bool {
    let [part] = shape.polygons() else { return false };
    let (a, corners) = (&tiling.arrangement, part.exterior().corners());
    let is_corner = |edge: u32, i: usize| bits(a.place(a.origin(edge))) == bits(corners[i]);
    let start = a.edges_of_face(face).find(|&edge| is_corner(edge, 0));
    let (Some(start), true) = (start, part.holes().is_empty()) else { return false };
    if a.edges_of_face(face).count() != corners.len() {
        return false;
    }
    let mut edge = start;
    let mut crossroads: Vec<u32> = Vec::new();
    for i in 0..corners.len() {
        if !is_corner(edge, i) || (i > 0 && edge == start) {
            return false;
        }
        if a.degree(a.origin(edge)) > 3 {
            crossroads.push(a.origin(edge));
        }
        edge = a.next(edge);
    }
    // A ring that touches itself is written otherwise.
    crossroads.sort_unstable();
    edge == start && crossroads.windows(2).all(|pair| pair[0] != pair[1])
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
fn layers(held: &[Vec<u32>], wanted: &[bool]) -> Vec<Vec<Option<u32>>> {
    let grids = wanted.len();
    let mut layers: Vec<Vec<Option<u32>>> = vec![vec![None; held.len()]];
    let mut is_overlapping = vec![false; grids];
    for holders in held.iter().filter(|holders| holders.len() > 1) {
        holders.iter().for_each(|&grid| is_overlapping[grid as usize] = true);
    }
    let mut faces_of: Vec<Vec<usize>> = vec![Vec::new(); grids];
    for (face, holders) in held.iter().enumerate() {
        for &grid in holders.iter().filter(|&&grid| wanted[grid as usize]) {
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

/// The shape with every ring made anew.
pub(super) fn rebuilt(shape: &MultiPolygon, mut ring: impl FnMut(&Ring) -> Ring) -> MultiPolygon {
    let part =
        |p: &Polygon| Polygon::new(ring(p.exterior()), p.holes().iter().map(&mut ring).collect());
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
pub(super) fn canonical(shape: MultiPolygon) -> MultiPolygon {
    let turned = |ring: &Ring| {
        let mut corners = ring.corners().to_vec();
        let start = least(&corners);
        corners.rotate_left(start);
        Ring::new(corners).unwrap_or_else(|_| ring.clone())
    };
    let part = |part: &Polygon| {
        let mut holes: Vec<Ring> = part.holes().iter().map(turned).collect();
        holes.sort_by(|a, b| by_place(first(a), first(b)));
        Polygon::new(turned(part.exterior()), holes)
    };
    let mut parts: Vec<Polygon> = shape.polygons().iter().map(part).collect();
    parts.sort_by(|a, b| by_place(first(a.exterior()), first(b.exterior())));
    MultiPolygon::new(parts).unwrap_or(shape)
}

/// Whether a shape as read is another but for where its rings begin and the order of
/// its parts. The direction of rings counts, and so does a repeated corner.
pub(super) fn is_same(read: &MultiPolygon, shape: &MultiPolygon) -> bool {
    if let ([a], [b]) = (read.polygons(), shape.polygons())
        && a.holes().is_empty()
        && b.holes().is_empty()
    {
        return is_turned(a.exterior().corners(), b.exterior().corners());
    }
    canonical(read.clone()) == canonical(shape.clone())
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
    let points = |shape: &MultiPolygon| -> Vec<GridPoint> {
        let mut points: Vec<GridPoint> = shape.corners().map(|p| frame.to_grid(p)).collect();
        points.sort_unstable();
        points.dedup();
        points
    };
    let (old, new) = (points(before), points(after));
    let lacking = |all: &[GridPoint], others: &[GridPoint]| -> Vec<GridPoint> {
        all.iter().copied().filter(|p| others.binary_search(p).is_err()).collect()
    };
    let (gone, come) = (lacking(&old, &new), lacking(&new, &old));
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

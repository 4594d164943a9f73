//! Locked corners: what others draw a hair beside one is led through it.
//!
//! The arrangement takes what is nearer than a millimetre for the same, and rounds the rest. A
//! corner of one grid a little further than that from a sharp corner of another may cut both its
//! sides, so that the sharp corner is gone. Of a locked grid no corner may go: others give way
//! before anything is rounded.

use super::trace::rebuilt;
use crate::domain::{LonLat, MultiPolygon, Ring};
use crate::geometry::Frame;
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};
use std::collections::BTreeMap;

/// How near is a hair, in grid steps; and below which the arrangement does the same by itself.
const NEAR: f64 = 2.5;
const SAME: f64 = 1.0;

type Corners = RTree<GeomWithData<[f64; 2], LonLat>>;

/// The grids that are not locked and pass a locked corner by a hair, led through it.
pub(super) fn led_through(
    frame: &Frame,
    grids: &[&MultiPolygon],
    locked: &[bool],
) -> BTreeMap<usize, MultiPolygon> {
    let of_locked = grids.iter().zip(locked).filter(|(_, locked)| **locked);
    let corners: Vec<GeomWithData<[f64; 2], LonLat>> = of_locked
        .flat_map(|(shape, _)| shape.corners())
        .map(|place| GeomWithData::new(frame.to_plane(place).into(), place))
        .collect();
    if corners.is_empty() {
        return BTreeMap::new();
    }
    let corners = RTree::bulk_load(corners);
    let free = (0..grids.len()).filter(|&grid| !locked[grid]);
    free.filter_map(|grid| Some((grid, led(frame, &corners, grids[grid])?))).collect()
}

/// A shape led through some corners; `None` when it passes none by a hair.
fn led(frame: &Frame, corners: &Corners, shape: &MultiPolygon) -> Option<MultiPolygon> {
    let mut changes = false;
    let shape = rebuilt(shape, |ring| {
        let led = led_ring(frame, corners, ring).and_then(|places| Ring::new(places).ok());
        changes |= led.is_some();
        led.unwrap_or_else(|| ring.clone())
    });
    changes.then_some(shape)
}

fn led_ring(frame: &Frame, corners: &Corners, ring: &Ring) -> Option<Vec<LonLat>> {
    let places = ring.corners();
    let plane: Vec<[f64; 2]> = places.iter().map(|&p| frame.to_plane(p).into()).collect();
    let (mut led, mut changes) = (Vec::with_capacity(places.len() + 4), false);
    for (i, &here) in plane.iter().enumerate() {
        let next = plane[(i + 1) % plane.len()];
        let low = [here[0].min(next[0]) - NEAR, here[1].min(next[1]) - NEAR];
        let high = [here[0].max(next[0]) + NEAR, here[1].max(next[1]) + NEAR];
        let near: Vec<_> = corners.locate_in_envelope(AABB::from_corners(low, high)).collect();
        let at_corner = |p: [f64; 2]| {
            let at = near.iter().filter(|one| distance(*one.geom(), p) <= NEAR);
            at.min_by(|a, b| distance(*a.geom(), p).total_cmp(&distance(*b.geom(), p)))
        };
        let place = at_corner(here).map_or(places[i], |one| one.data);
        changes |= place != places[i];
        led.push(place);
        let mut passed: Vec<(f64, LonLat)> = near
            .iter()
            .filter_map(|one| {
                let (along, off) = beside(here, next, *one.geom())?;
                let is_end = distance(*one.geom(), here).min(distance(*one.geom(), next)) <= NEAR;
                (off > SAME && off <= NEAR && !is_end).then_some((along, one.data))
            })
            .collect();
        passed.sort_by(|a, b| a.0.total_cmp(&b.0));
        passed.dedup_by(|a, b| a.1 == b.1);
        changes |= !passed.is_empty();
        led.extend(passed.into_iter().map(|one| one.1));
    }
    changes.then_some(led)
}

fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// How far along a segment a point lies, as a share of it, and how far off; `None` beyond its ends.
fn beside(a: [f64; 2], b: [f64; 2], p: [f64; 2]) -> Option<(f64, f64)> {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length2 = dx * dx + dy * dy;
    let along = ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length2;
    let off = ((p[0] - a[0]) * dy - (p[1] - a[1]) * dx).abs() / length2.sqrt();
    (along > 0.0 && along < 1.0).then_some((along, off))
}

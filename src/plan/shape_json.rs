//! Polygons as GeoJSON coordinates of a MultiPolygon, there and back.

use crate::domain::{LonLat, MultiPolygon, Polygon, Ring};
use crate::geometry::Frame;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes the coordinates.
pub fn serialize<S: Serializer>(shape: &MultiPolygon, serializer: S) -> Result<S::Ok, S::Error> {
    shape.serialize(serializer)
}

/// Reads the coordinates; every ring passes the gate that a file's rings pass.
pub fn deserialize<'d, D: Deserializer<'d>>(deserializer: D) -> Result<MultiPolygon, D::Error> {
    let parts: Vec<Vec<Vec<LonLat>>> = Vec::deserialize(deserializer)?;
    let polygon = |rings: Vec<Vec<LonLat>>| {
        let mut rings = rings.into_iter().map(Ring::new);
        let exterior = rings.next().ok_or_else(|| D::Error::custom("a polygon has no ring"))?;
        let holes: Result<Vec<Ring>, _> = rings.collect();
        Ok(Polygon::new(exterior.map_err(D::Error::custom)?, holes.map_err(D::Error::custom)?))
    };
    let parts: Result<Vec<Polygon>, D::Error> = parts.into_iter().map(polygon).collect();
    MultiPolygon::new(parts?).map_err(D::Error::custom)
}

/// The shape with twelve decimals, which JSON brings back bit for bit; a corner that would come to
/// another grid point keeps all it has.
pub(super) fn storable(frame: &Frame, shape: &MultiPolygon) -> MultiPolygon {
    changed(shape, |corner| {
        let round = |degrees: f64| (degrees * 1e12).round() / 1e12;
        let short = LonLat::new(round(corner.lon()), round(corner.lat())).unwrap_or(corner);
        if frame.to_grid(short) == frame.to_grid(corner) { short } else { corner }
    })
}

/// The shape with every corner changed; a ring that would be left with fewer than three corners
/// stays as it was.
pub(super) fn changed(
    shape: &MultiPolygon,
    mut change: impl FnMut(LonLat) -> LonLat,
) -> MultiPolygon {
    let mut ring = |ring: &Ring| {
        let corners = ring.corners().iter().map(|&corner| change(corner)).collect();
        Ring::new(corners).unwrap_or_else(|_| ring.clone())
    };
    let part = |part: &Polygon| {
        let exterior = ring(part.exterior());
        Polygon::new(exterior, part.holes().iter().map(&mut ring).collect())
    };
    let parts = shape.polygons().iter().map(part).collect();
    MultiPolygon::new(parts).unwrap_or_else(|_| shape.clone())
}

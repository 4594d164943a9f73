//! The frame: degrees to a plane of whole millimetres, and back to metres.

use crate::domain::{BBox, LonLat};

/// A vertex on the integer grid of a [`Frame`]: millimetres east and north of its centre.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GridPoint {
    /// Millimetres east.
    pub x: i64,
    /// Millimetres north.
    pub y: i64,
}

/// An affine plane around a dataset's centre, with vertices on a grid of about 1 mm.
///
/// The map is x = N cos φ₀ (λ − λ₀), y = M (φ − φ₀), with the ellipsoid's radii of curvature at
/// the centre. Being affine it keeps what files mean: a line that is straight in degrees stays
/// straight, so a vertex on a neighbour's long edge stays on it (in a transverse Mercator plane
/// it would stand 14 mm off an edge of 1 km, and 1.4 m off one of 10 km). Topology is decided on
/// the grid; lengths and areas are measured with the scale of their own place ([`Frame::scale`])
/// or on the ellipsoid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    lon0: f64,
    lat0: f64,
    mm_per_lon: f64,
    mm_per_lat: f64,
}

/// WGS 84.
const SEMI_MAJOR_M: f64 = 6_378_137.0;
/// First eccentricity squared of WGS 84.
const E2: f64 = 0.006_694_379_990_141_316;

/// How far from its grid point a new corner may be written, in grid steps.
const OFF_GRID: f64 = 0.01;

/// Metres per degree of longitude and of latitude at a latitude (degrees), on the WGS 84 ellipsoid.
pub fn metres_per_degree(lat: f64) -> (f64, f64) {
    let phi = lat.to_radians();
    let w2 = 1.0 - E2 * phi.sin().powi(2);
    let prime_vertical = SEMI_MAJOR_M / w2.sqrt();
    let meridian = SEMI_MAJOR_M * (1.0 - E2) / (w2 * w2.sqrt());
    ((prime_vertical * phi.cos()).to_radians(), meridian.to_radians())
}

impl Frame {
    /// The frame around a place. Beyond 85 degrees of latitude the scale of 85 is used, so that
    /// the plane does not collapse at the poles.
    pub fn around(centre: LonLat) -> Self {
        let (per_lon, per_lat) = metres_per_degree(centre.lat().clamp(-85.0, 85.0));
        Self {
            lon0: centre.lon(),
            lat0: centre.lat(),
            mm_per_lon: per_lon * 1000.0,
            mm_per_lat: per_lat * 1000.0,
        }
    }

    /// The frame on the centre of a window.
    pub fn for_bbox(b: BBox) -> Self {
        let centre = LonLat::new((b.west + b.east) / 2.0, (b.south + b.north) / 2.0);
        // The mean of two numbers in range is in range; the origin serves a window that is not.
        Self::around(centre.unwrap_or(LonLat::ORIGIN))
    }

    /// A place on the plane in grid steps, not rounded.
    pub fn to_plane(&self, place: LonLat) -> (f64, f64) {
        ((place.lon() - self.lon0) * self.mm_per_lon, (place.lat() - self.lat0) * self.mm_per_lat)
    }

    /// The grid point nearest to a place. Deterministic: equal places give equal points.
    pub fn to_grid(&self, place: LonLat) -> GridPoint {
        let (x, y) = self.to_plane(place);
        // Halves away from zero, as `f64::round`, without its call.
        let nearest = |v: f64| (v + 0.5f64.copysign(v)) as i64;
        GridPoint { x: nearest(x), y: nearest(y) }
    }

    /// The place of a grid point.
    pub fn to_lonlat(&self, point: GridPoint) -> LonLat {
        let lon = (self.lon0 + point.x as f64 / self.mm_per_lon).clamp(-180.0, 180.0);
        let lat = (self.lat0 + point.y as f64 / self.mm_per_lat).clamp(-90.0, 90.0);
        LonLat::new(lon, lat).unwrap_or(LonLat::ORIGIN)
    }

    /// The place of a grid point in few decimals: no further from it than [`OFF_GRID`], so that
    /// who reads it again finds the same neighbours within a step of it.
    pub fn to_short_lonlat(&self, point: GridPoint) -> LonLat {
        let exact = self.to_lonlat(point);
        for decimals in 7..=12 {
            let scale = 10f64.powi(decimals);
            let round = |degrees: f64| (degrees * scale).round() / scale;
            let Ok(place) = LonLat::new(round(exact.lon()), round(exact.lat())) else { break };
            let (x, y) = self.to_plane(place);
            if (x - point.x as f64).abs().max((y - point.y as f64).abs()) <= OFF_GRID {
                return place;
            }
        }
        exact
    }

    /// Metres per grid step east and north at a place of the plane; 0.001 both at the centre.
    pub fn scale(&self, at: GridPoint) -> (f64, f64) {
        let lat = self.latitude(at.y).clamp(-89.9, 89.9);
        let (per_lon, per_lat) = metres_per_degree(lat);
        (per_lon / self.mm_per_lon, per_lat / self.mm_per_lat)
    }

    /// Latitude in degrees of a row of the grid.
    pub fn latitude(&self, y: i64) -> f64 {
        self.lat0 + y as f64 / self.mm_per_lat
    }

    /// Radians of longitude per grid step east.
    pub fn radians_per_step_east(&self) -> f64 {
        (1.0 / self.mm_per_lon).to_radians()
    }

    /// Length in metres of the straight line between two grid points, with the scale of its
    /// middle (error below 1e-6 of the length for lines up to 10 km).
    pub fn length_m(&self, a: GridPoint, b: GridPoint) -> f64 {
        let middle = GridPoint { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
        let (sx, sy) = self.scale(middle);
        ((a.x - b.x) as f64 * sx).hypot((a.y - b.y) as f64 * sy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geographiclib_rs::{Geodesic, InverseGeodesic};

    fn place(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).expect("a place of the test")
    }

    #[test]
    fn lengths_agree_with_the_geodesic() {
        let frame = Frame::around(place(120.387, 36.117));
        for (a, b) in [
            (place(120.387, 36.117), place(120.397, 36.127)),
            (place(120.30, 36.00), place(120.30, 36.05)),
            (place(121.0, 37.0), place(121.05, 37.0)),
        ] {
            let geodesic: f64 = Geodesic::wgs84().inverse(a.lat(), a.lon(), b.lat(), b.lon());
            let ours = frame.length_m(frame.to_grid(a), frame.to_grid(b));
            assert!((ours / geodesic - 1.0).abs() < 2e-6, "{ours} against {geodesic}");
        }
    }

    #[test]
    fn a_grid_point_comes_back_to_itself() {
        let frame = Frame::around(place(120.387, 36.117));
        for point in [(0, 0), (1, -1), (1_234_567, -7_654_321), (5_000_000_000, 2_000_000_000)] {
            let point = GridPoint { x: point.0, y: point.1 };
            assert_eq!(frame.to_grid(frame.to_lonlat(point)), point);
        }
    }
}

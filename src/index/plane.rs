//! A plane of metres for the R-trees: rectangles in it bound the same places as in degrees.

use crate::domain::LonLat;
use crate::geometry::metres_per_degree;

/// Degrees scaled to metres with the scale of one latitude, without rounding.
///
/// Scaling by a positive number keeps the order of longitudes and of latitudes even in `f64`, so
/// a place inside a window in degrees is inside the scaled window. Its distances are metres at its
/// own latitude only and serve for ordering; [`Surroundings`] measures.
#[derive(Clone, Copy, Debug)]
pub struct Plane {
    per_lon: f64,
    per_lat: f64,
}

impl Plane {
    /// The plane with the scale of a latitude (degrees).
    pub fn at_latitude(lat: f64) -> Self {
        // Beyond 85 degrees the scale of 85, so that the plane does not collapse at the poles.
        let (per_lon, per_lat) = metres_per_degree(lat.clamp(-85.0, 85.0));
        Self { per_lon, per_lat }
    }

    /// Metres east of Greenwich and north of the equator, in this scale.
    pub fn project(&self, place: LonLat) -> [f64; 2] {
        self.project_degrees(place.lon(), place.lat())
    }

    /// The most metres of this plane that one metre of the surroundings can be; at least 1.
    pub fn exaggeration(&self, around: &Surroundings) -> f64 {
        (self.per_lon / around.per_lon).max(self.per_lat / around.per_lat).max(1.0)
    }

    /// [`Self::project`] for the corner of a window, in degrees.
    pub fn project_degrees(&self, lon: f64, lat: f64) -> [f64; 2] {
        [lon * self.per_lon, lat * self.per_lat]
    }
}

/// Metres from one place to others and to lines, in the scale of the place's own latitude (error
/// below 0.1 % within 10 km at 36 degrees).
#[derive(Clone, Copy, Debug)]
pub struct Surroundings {
    centre: LonLat,
    per_lon: f64,
    per_lat: f64,
}

impl Surroundings {
    /// The surroundings of a place.
    pub fn of(centre: LonLat) -> Self {
        let (per_lon, per_lat) = metres_per_degree(centre.lat().clamp(-89.9, 89.9));
        Self { centre, per_lon, per_lat }
    }

    /// Metres to the nearest place of the straight line from `a` to `b`.
    pub fn distance_to_segment_m(&self, a: LonLat, b: LonLat) -> f64 {
        let (ax, ay) = self.offset_m(a);
        let (bx, by) = self.offset_m(b);
        let (dx, dy) = (bx - ax, by - ay);
        let length2 = dx * dx + dy * dy;
        let t = if length2 > 0.0 { (-(ax * dx + ay * dy) / length2).clamp(0.0, 1.0) } else { 0.0 };
        (ax + t * dx).hypot(ay + t * dy)
    }

    /// Metres to another place.
    pub fn distance_m(&self, to: LonLat) -> f64 {
        let (east, north) = self.offset_m(to);
        east.hypot(north)
    }

    /// Degrees of latitude that are at least `metres`.
    pub fn degrees_north(&self, metres: f64) -> f64 {
        metres / self.per_lat
    }

    fn offset_m(&self, place: LonLat) -> (f64, f64) {
        (
            (place.lon() - self.centre.lon()) * self.per_lon,
            (place.lat() - self.centre.lat()) * self.per_lat,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).expect("a place of the test")
    }

    #[test]
    fn distances_are_metres() {
        // A thousandth of a degree of latitude at 36° is 110.96 m, of longitude 90.2 m.
        let here = place(120.387, 36.117);
        let around = Surroundings::of(here);
        assert!((around.distance_m(place(120.387, 36.118)) - 110.96).abs() < 0.05);
        assert!((around.distance_m(place(120.388, 36.117)) - 90.03).abs() < 0.05);
    }

    #[test]
    fn the_nearest_place_of_a_line_may_be_its_end() {
        let around = Surroundings::of(place(120.387, 36.117));
        let (a, b) = (place(120.388, 36.117), place(120.389, 36.117));
        let to_end = around.distance_m(a);
        assert!((around.distance_to_segment_m(a, b) - to_end).abs() < 1e-3);
        assert!((around.distance_to_segment_m(a, a) - to_end).abs() < 1e-3);
        let across = (place(120.386, 36.118), place(120.388, 36.118));
        assert!((around.distance_to_segment_m(across.0, across.1) - 110.96).abs() < 0.05);
    }
}

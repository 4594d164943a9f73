//! GCJ-02 and BD-09: the shifted degrees of Chinese web maps.
//!
//! The shift of GCJ-02 was never published; these are the formulas that all open
//! implementations share (first in "EvilTransform", 2013), and BD-09 is a second shift on top of
//! it. The ways back have no closed form: they are found by fixed-point iteration, which
//! converges because both shifts change by less than two per cent of the way.

use std::f64::consts::PI;

/// Semi-major axis in metres of the Krasovsky 1940 ellipsoid that the formulas use.
const SEMI_MAJOR_M: f64 = 6_378_245.0;
/// First eccentricity squared of the same.
const E2: f64 = 0.006_693_421_622_965_943;
/// Baidu's angular step.
const BD_PI: f64 = PI * 3000.0 / 180.0;
/// Iterations end when a step is smaller than this, in degrees (about a micrometre).
const STEP_DEGREES: f64 = 1e-11;
/// No start needs more iterations; the bound keeps a loop finite at the edge of the shift.
const MAX_ITERATIONS: usize = 60;

/// Whether GCJ-02 shifts a place: the rough window of China that all implementations use.
fn is_shifted(lon: f64, lat: f64) -> bool {
    (72.004..=137.8347).contains(&lon) && (0.8293..=55.8271).contains(&lat)
}

/// The sum of waves that both parts of the shift share.
fn waves(x: f64, along: f64) -> f64 {
    let fine = 20.0 * (6.0 * PI * x).sin() + 20.0 * (2.0 * PI * x).sin();
    let middle = 20.0 * (PI * along).sin() + 40.0 * (PI / 3.0 * along).sin();
    (fine + middle) * 2.0 / 3.0
}

/// GCJ-02 degrees of WGS 84 degrees; outside China the numbers stay.
pub fn wgs84_to_gcj02(lon: f64, lat: f64) -> (f64, f64) {
    if !is_shifted(lon, lat) {
        return (lon, lat);
    }
    let (x, y) = (lon - 105.0, lat - 35.0);
    let root = x.abs().sqrt();
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + waves(x, y)
        + (160.0 * (PI / 12.0 * y).sin() + 320.0 * (PI / 30.0 * y).sin()) * 2.0 / 3.0;
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * root
        + waves(x, x)
        + (150.0 * (PI / 12.0 * x).sin() + 300.0 * (PI / 30.0 * x).sin()) * 2.0 / 3.0;
    let phi = lat.to_radians();
    let w2 = 1.0 - E2 * phi.sin().powi(2);
    let meridian = SEMI_MAJOR_M * (1.0 - E2) / (w2 * w2.sqrt());
    let prime_vertical = SEMI_MAJOR_M / w2.sqrt();
    (
        lon + (east / (prime_vertical * phi.cos())).to_degrees(),
        lat + (north / meridian).to_degrees(),
    )
}

/// WGS 84 degrees of GCJ-02 degrees.
pub fn gcj02_to_wgs84(lon: f64, lat: f64) -> (f64, f64) {
    invert(wgs84_to_gcj02, lon, lat)
}

/// BD-09 degrees of GCJ-02 degrees; outside China the numbers stay.
pub fn gcj02_to_bd09(lon: f64, lat: f64) -> (f64, f64) {
    if !is_shifted(lon, lat) {
        return (lon, lat);
    }
    let radius = lon.hypot(lat) + 0.000_02 * (lat * BD_PI).sin();
    let angle = lat.atan2(lon) + 0.000_003 * (lon * BD_PI).cos();
    (radius * angle.cos() + 0.0065, radius * angle.sin() + 0.006)
}

/// GCJ-02 degrees of BD-09 degrees.
pub fn bd09_to_gcj02(lon: f64, lat: f64) -> (f64, f64) {
    invert(gcj02_to_bd09, lon, lat)
}

/// The place that `shift` takes to (`lon`, `lat`). At the very edge of China, where the shift
/// begins, two places may or no place may lead there; the last step is then given, at most one
/// shift (some hundred metres) off.
fn invert(shift: fn(f64, f64) -> (f64, f64), lon: f64, lat: f64) -> (f64, f64) {
    let mut place = (lon, lat);
    for _ in 0..MAX_ITERATIONS {
        let there = shift(place.0, place.1);
        let step = (lon - there.0, lat - there.1);
        place = (place.0 + step.0, place.1 + step.1);
        if step.0.abs().max(step.1.abs()) < STEP_DEGREES {
            break;
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(a: (f64, f64), b: (f64, f64), degrees: f64) -> bool {
        (a.0 - b.0).abs() <= degrees && (a.1 - b.1).abs() <= degrees
    }

    #[test]
    fn known_values_of_the_shared_formulas() {
        let tiananmen = wgs84_to_gcj02(116.404, 39.915);
        assert!(near(tiananmen, (116.410_244_499_169_38, 39.916_404_281_501_64), 1e-9));
        let baidu = gcj02_to_bd09(116.404, 39.915);
        assert!(near(baidu, (116.410_369_493_710_29, 39.921_336_993_510_21), 1e-9));
    }

    #[test]
    fn in_qingdao_gcj02_lies_some_460_metres_east() {
        let (lon, lat) = wgs84_to_gcj02(120.38683, 36.11617);
        let east_m = (lon - 120.38683).to_radians() * 6_378_137.0 * 36.11617_f64.to_radians().cos();
        assert!((east_m - 460.0).abs() < 25.0, "{east_m}");
        assert!((lat - 36.11617).abs() < 0.001);
    }

    #[test]
    fn outside_china_nothing_is_shifted() {
        assert_eq!(wgs84_to_gcj02(-81.0, 36.0), (-81.0, 36.0));
        assert_eq!(gcj02_to_wgs84(-81.0, 36.0), (-81.0, 36.0));
        assert_eq!(bd09_to_gcj02(2.3, 48.9), (2.3, 48.9));
    }

    proptest! {
        #[test]
        fn the_way_back_is_exact(lon in 73.0..137.0f64, lat in 2.0..55.0f64) {
            let (x, y) = wgs84_to_gcj02(lon, lat);
            prop_assert!(near(gcj02_to_wgs84(x, y), (lon, lat), 1e-10));
            let (x, y) = gcj02_to_bd09(lon, lat);
            prop_assert!(near(bd09_to_gcj02(x, y), (lon, lat), 1e-10));
        }

        #[test]
        fn any_place_of_the_earth_gives_finite_numbers(lon in -180.0..=180.0f64, lat in -90.0..=90.0f64) {
            let (x, y) = gcj02_to_wgs84(lon, lat);
            prop_assert!(x.is_finite() && y.is_finite());
            let (x, y) = bd09_to_gcj02(lon, lat);
            prop_assert!(x.is_finite() && y.is_finite());
            prop_assert!(near((x, y), (lon, lat), 0.05));
        }
    }
}

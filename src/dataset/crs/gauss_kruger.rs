//! CGCS2000 / 3-degree Gauss-Krüger: transverse Mercator in zones of three degrees.
//!
//! The projection is Krüger's series in the third flattening n, to n⁶ (L. Krüger, *Konforme
//! Abbildung des Erdellipsoids in der Ebene*, 1912; coefficients as in C. F. F. Karney,
//! *Transverse Mercator with an accuracy of a few nanometers*, 2011): nanometres inside a zone.

use super::CrsError;
use crate::domain::LonLat;

/// Semi-major axis of CGCS2000 in metres.
const SEMI_MAJOR_M: f64 = 6_378_137.0;
/// Flattening of CGCS2000.
const FLATTENING: f64 = 1.0 / 298.257_222_101;
/// Metres east or west of the central meridian that a file of the zone may reach; a zone itself
/// is at most 170 km to a side.
const REACH_M: f64 = 400_000.0;
/// Greatest northing of a place in China with a wide margin, metres.
const MAX_NORTHING_M: f64 = 6_500_000.0;

/// Which of the two numbers of a position is the easting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AxisOrder {
    /// Easting first, as most programs write.
    EastingFirst,
    /// Northing first, as the standard has it.
    NorthingFirst,
}

/// One 3° zone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GaussKruger {
    epsg: u32,
    /// Degrees.
    central_meridian: f64,
    /// Metres.
    false_easting: f64,
}

impl GaussKruger {
    /// The zone of an EPSG code: 4513–4533 are the zones 25–45 with the zone's number before the
    /// easting, 4534–4554 the same ones by central meridian (75° to 135° E) without it.
    pub fn from_epsg(epsg: u32) -> Option<Self> {
        let (zone, prefix) = match epsg {
            4513..=4533 => (epsg - 4513 + 25, true),
            4534..=4554 => (epsg - 4534 + 25, false),
            _ => return None,
        };
        let million = if prefix { f64::from(zone) * 1e6 } else { 0.0 };
        Some(Self {
            epsg,
            central_meridian: f64::from(zone) * 3.0,
            false_easting: million + 500_000.0,
        })
    }

    /// EPSG code.
    pub fn epsg(&self) -> u32 {
        self.epsg
    }

    /// Longitude of the central meridian in degrees.
    pub fn central_meridian(&self) -> f64 {
        self.central_meridian
    }

    /// Whether metres can be a place of the zone.
    fn holds(&self, easting: f64, northing: f64) -> bool {
        (easting - self.false_easting).abs() <= REACH_M
            && (0.0..=MAX_NORTHING_M).contains(&northing)
    }

    /// The order of the axes that lets more of the positions be places of the zone; easting
    /// first when both do. `None` when no position is one in either order.
    pub fn axis_order(&self, positions: impl IntoIterator<Item = [f64; 2]>) -> Option<AxisOrder> {
        let (mut easting_first, mut northing_first) = (0_usize, 0_usize);
        for [a, b] in positions {
            easting_first += usize::from(self.holds(a, b));
            northing_first += usize::from(self.holds(b, a));
        }
        match (easting_first, northing_first) {
            (0, 0) => None,
            (e, n) if e >= n => Some(AxisOrder::EastingFirst),
            _ => Some(AxisOrder::NorthingFirst),
        }
    }

    /// The degrees of metres.
    ///
    /// # Errors
    /// When the metres are no place of the zone.
    pub fn to_degrees(&self, easting: f64, northing: f64) -> Result<LonLat, CrsError> {
        // NaN and infinity are held by no zone.
        if !self.holds(easting, northing) {
            return Err(CrsError::OutsideZone {
                first: easting,
                second: northing,
                crs: self.to_string(),
                false_easting: self.false_easting,
            });
        }
        let (n, radius) = series();
        let (xi, eta) = (northing / radius, (easting - self.false_easting) / radius);
        let (mut xi0, mut eta0) = (xi, eta);
        for (k, beta) in betas(n).into_iter().enumerate() {
            let j = 2.0 * (k + 1) as f64;
            xi0 -= beta * (j * xi).sin() * (j * eta).cosh();
            eta0 -= beta * (j * xi).cos() * (j * eta).sinh();
        }
        let lon = self.central_meridian + eta0.sinh().atan2(xi0.cos()).to_degrees();
        // Tangent of the conformal latitude, brought to the geodetic one by Newton's method.
        let conformal = xi0.sin() / eta0.sinh().hypot(xi0.cos());
        Ok(LonLat::new(lon, geodetic_tangent(conformal).atan().to_degrees())?)
    }

    /// Easting and northing in metres of a place; exact inside the zone and its neighbours.
    pub fn from_degrees(&self, place: LonLat) -> (f64, f64) {
        let (n, radius) = series();
        let tau = conformal_tangent(place.lat().to_radians().tan());
        let lambda = (place.lon() - self.central_meridian).to_radians();
        let xi0 = tau.atan2(lambda.cos());
        let eta0 = (lambda.sin() / tau.hypot(lambda.cos())).asinh();
        let (mut xi, mut eta) = (xi0, eta0);
        for (k, alpha) in alphas(n).into_iter().enumerate() {
            let j = 2.0 * (k + 1) as f64;
            xi += alpha * (j * xi0).sin() * (j * eta0).cosh();
            eta += alpha * (j * xi0).cos() * (j * eta0).sinh();
        }
        (self.false_easting + radius * eta, radius * xi)
    }
}

impl std::fmt::Display for GaussKruger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EPSG:{}", self.epsg)
    }
}

/// First eccentricity.
fn eccentricity() -> f64 {
    (FLATTENING * (2.0 - FLATTENING)).sqrt()
}

/// Third flattening and radius in metres of the rectifying sphere.
fn series() -> (f64, f64) {
    let n = FLATTENING / (2.0 - FLATTENING);
    let n2 = n * n;
    let radius = SEMI_MAJOR_M / (1.0 + n) * (1.0 + n2 / 4.0 + n2 * n2 / 64.0 + n2.powi(3) / 256.0);
    (n, radius)
}

/// Karney (2011), equation 35.
fn alphas(n: f64) -> [f64; 6] {
    let p = |k: i32| n.powi(k);
    [
        p(1) / 2.0 - 2.0 / 3.0 * p(2) + 5.0 / 16.0 * p(3) + 41.0 / 180.0 * p(4)
            - 127.0 / 288.0 * p(5)
            + 7891.0 / 37800.0 * p(6),
        13.0 / 48.0 * p(2) - 3.0 / 5.0 * p(3) + 557.0 / 1440.0 * p(4) + 281.0 / 630.0 * p(5)
            - 1_983_433.0 / 1_935_360.0 * p(6),
        61.0 / 240.0 * p(3) - 103.0 / 140.0 * p(4)
            + 15061.0 / 26880.0 * p(5)
            + 167_603.0 / 181_440.0 * p(6),
        49561.0 / 161_280.0 * p(4) - 179.0 / 168.0 * p(5) + 6_601_661.0 / 7_257_600.0 * p(6),
        34729.0 / 80640.0 * p(5) - 3_418_889.0 / 1_995_840.0 * p(6),
        212_378_941.0 / 319_334_400.0 * p(6),
    ]
}

/// Karney (2011), equation 36.
fn betas(n: f64) -> [f64; 6] {
    let p = |k: i32| n.powi(k);
    [
        p(1) / 2.0 - 2.0 / 3.0 * p(2) + 37.0 / 96.0 * p(3) - p(4) / 360.0 - 81.0 / 512.0 * p(5)
            + 96199.0 / 604_800.0 * p(6),
        p(2) / 48.0 + p(3) / 15.0 - 437.0 / 1440.0 * p(4) + 46.0 / 105.0 * p(5)
            - 1_118_711.0 / 3_870_720.0 * p(6),
        17.0 / 480.0 * p(3) - 37.0 / 840.0 * p(4) - 209.0 / 4480.0 * p(5) + 5569.0 / 90720.0 * p(6),
        4397.0 / 161_280.0 * p(4) - 11.0 / 504.0 * p(5) - 830_251.0 / 7_257_600.0 * p(6),
        4583.0 / 161_280.0 * p(5) - 108_847.0 / 3_991_680.0 * p(6),
        20_648_693.0 / 638_668_800.0 * p(6),
    ]
}

/// Tangent of the conformal latitude of the tangent of a geodetic latitude (Karney 2011, eq. 7).
fn conformal_tangent(tan: f64) -> f64 {
    let e = eccentricity();
    let sigma = (e * (e * tan / tan.hypot(1.0)).atanh()).sinh();
    tan * sigma.hypot(1.0) - sigma * tan.hypot(1.0)
}

/// The inverse of [`conformal_tangent`] (Karney 2011, eq. 19 to 21): Newton's method doubles the
/// digits a step, so five steps are more than doubles can hold.
fn geodetic_tangent(conformal: f64) -> f64 {
    let e2 = eccentricity().powi(2);
    let mut tan = conformal / (1.0 - e2);
    for _ in 0..5 {
        let here = conformal_tangent(tan);
        let slope = (1.0 - e2) * tan.hypot(1.0) * here.hypot(1.0) / (1.0 + (1.0 - e2) * tan * tan);
        tan += (conformal - here) / slope;
    }
    tan
}

#[cfg(test)]
mod tests {
    use super::*;
    use geographiclib_rs::{Geodesic, InverseGeodesic};
    use proptest::prelude::*;

    fn zone(epsg: u32) -> GaussKruger {
        GaussKruger::from_epsg(epsg).expect("a zone of the test")
    }

    fn place(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).expect("a place of the test")
    }

    /// Values computed with PROJ 9.
    #[test]
    fn agrees_with_proj_to_a_millimetre() {
        for (epsg, lon, lat, easting, northing) in [
            (4549, 120.387, 36.117, 534_841.814_577, 3_998_594.358_806),
            (4549, 121.5, 36.1, 635_079.339_723, 3_997_680.609_325),
            (4549, 118.6, 20.0, 353_482.833_822, 2_212_978.570_903),
            (4528, 120.387, 36.117, 40_534_841.814_577, 3_998_594.358_806),
            (4534, 75.5, 39.4, 543_068.379_315, 4_363_030.986_246),
            (4554, 134.9, 48.3, 492_580.833_235, 5_351_790.401_262),
        ] {
            let (e, n) = zone(epsg).from_degrees(place(lon, lat));
            assert!((e - easting).abs() < 1e-3 && (n - northing).abs() < 1e-3, "{epsg}: {e} {n}");
            let back = zone(epsg).to_degrees(easting, northing).expect("a place of the zone");
            assert!((back.lon() - lon).abs() < 1e-9 && (back.lat() - lat).abs() < 1e-9, "{back:?}");
        }
    }

    #[test]
    fn the_northing_on_the_central_meridian_is_the_length_of_the_meridian() {
        let ellipsoid = Geodesic::new(SEMI_MAJOR_M, FLATTENING);
        for lat in [1.0, 18.0, 36.117, 53.5] {
            let (e, n) = zone(4549).from_degrees(place(120.0, lat));
            let meridian: f64 = ellipsoid.inverse(0.0, 120.0, lat, 120.0);
            assert!((e - 500_000.0).abs() < 1e-6 && (n - meridian).abs() < 1e-4, "{n} {meridian}");
        }
    }

    #[test]
    fn zones_of_epsg_codes() {
        assert_eq!(zone(4513).central_meridian(), 75.0);
        assert_eq!(zone(4533).central_meridian(), 135.0);
        assert_eq!(zone(4534).central_meridian(), 75.0);
        assert_eq!(zone(4554).central_meridian(), 135.0);
        assert_eq!(GaussKruger::from_epsg(4512), None);
        assert_eq!(GaussKruger::from_epsg(4555), None);
    }

    #[test]
    fn the_order_of_axes_is_decided_by_range() {
        let (e, n) = (534_841.8, 3_998_594.4);
        assert_eq!(zone(4549).axis_order([[e, n]]), Some(AxisOrder::EastingFirst));
        assert_eq!(zone(4549).axis_order([[n, e]]), Some(AxisOrder::NorthingFirst));
        assert_eq!(zone(4528).axis_order([[n, e + 4e7]]), Some(AxisOrder::NorthingFirst));
        assert_eq!(zone(4528).axis_order([[e, n]]), None);
        assert_eq!(
            zone(4549).axis_order([[f64::NAN, 1e300], [n, e]]),
            Some(AxisOrder::NorthingFirst)
        );
        assert_eq!(zone(4549).axis_order([]), None);
    }

    #[test]
    fn numbers_outside_the_zone_are_refused() {
        for (e, n) in [(f64::NAN, 4e6), (534_841.0, f64::INFINITY), (1e300, 4e6), (120.4, 36.1)] {
            assert!(zone(4549).to_degrees(e, n).is_err(), "{e} {n}");
        }
    }

    proptest! {
        #[test]
        fn there_and_back(dlon in -3.0..3.0f64, lat in 0.5..54.0f64, epsg in 4513..=4554u32) {
            let zone = zone(epsg);
            let start = place(zone.central_meridian() + dlon, lat);
            let (e, n) = zone.from_degrees(start);
            let back = zone.to_degrees(e, n).expect("a place of the zone");
            prop_assert!((back.lon() - start.lon()).abs() < 1e-10);
            prop_assert!((back.lat() - start.lat()).abs() < 1e-10);
        }
    }
}

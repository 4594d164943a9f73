//! Coordinate reference systems that files come in, and the way from each to degrees (WGS 84).
//!
//! Files seldom say which system they use, so a name is taken from the manifest, from the file's
//! own `crs` member or from a query; nothing is guessed from the numbers except the order of the
//! axes of projected files, which the standards fix one way and most files write the other.

mod gauss_kruger;
mod gcj;

use crate::domain::{LonLat, ShapeError};
pub use gauss_kruger::{AxisOrder, GaussKruger};
pub use gcj::{bd09_to_gcj02, gcj02_to_bd09, gcj02_to_wgs84, wgs84_to_gcj02};

/// A coordinate reference system that can be read.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Crs {
    /// Degrees in WGS 84 (EPSG:4326) or CGCS2000 (EPSG:4490), equal at this scale.
    #[default]
    Degrees,
    /// GCJ-02, of AMap and Tencent.
    Gcj02,
    /// BD-09, of Baidu.
    Bd09,
    /// A 3° zone of CGCS2000 / Gauss-Krüger, EPSG:4513 to 4554, in metres.
    GaussKruger(GaussKruger),
}

/// The names that [`Crs::parse`] takes, for messages.
pub const CRS_NAMES: &str = "EPSG:4326, EPSG:4490, WGS84, CGCS2000, GCJ-02, BD-09, \
     EPSG:4513 to EPSG:4554 (CGCS2000 / 3-degree Gauss-Krüger)";

/// Why numbers could not be brought to degrees.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CrsError {
    /// The degrees that came out, or went in, are no place.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// Projected metres that no place of the zone has.
    #[error(
        "{first}, {second} are not metres of {crs} (easting near {false_easting}, northing 0 to 6,500,000)"
    )]
    OutsideZone {
        /// First number.
        first: f64,
        /// Second number.
        second: f64,
        /// Name of the system.
        crs: String,
        /// Easting of its central meridian, metres.
        false_easting: f64,
    },
}

impl Crs {
    /// The system of a name: `EPSG:4549`, an OGC URN or URL of one, `gcj02`, `BD-09`, `WGS84`, …
    /// `None` for a name that is not known.
    pub fn parse(name: &str) -> Option<Self> {
        let plain: String = name
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_'))
            .flat_map(char::to_lowercase)
            .collect();
        match plain.as_str() {
            "wgs84" | "cgcs2000" | "crs84" | "ogc:crs84" | "gps" => return Some(Self::Degrees),
            "gcj02" | "amap" | "gaode" | "tencent" => return Some(Self::Gcj02),
            "bd09" | "bd09ll" | "baidu" => return Some(Self::Bd09),
            _ => {}
        }
        let urn_of_crs84 =
            plain.starts_with("urn:ogc:def:crs:ogc:") || plain.contains("opengis.net/def/crs/ogc/");
        if urn_of_crs84 && plain.ends_with("crs84") {
            return Some(Self::Degrees);
        }
        // A URN stands as urn:ogc:def:crs:EPSG:VERSION:4549, a URL as …/crs/EPSG/0/4549.
        let code = plain
            .strip_prefix("urn:ogc:def:crs:epsg:")
            .and_then(|rest| rest.split_once(':').map(|(_, code)| code))
            .or_else(|| {
                let (_, rest) = plain.split_once("opengis.net/def/crs/epsg/")?;
                rest.split_once('/').map(|(_, code)| code)
            })
            .or_else(|| plain.strip_prefix("epsg:"))?;
        Self::from_epsg(code.parse().ok()?)
    }

    /// The system of an EPSG code, if it is one of [`CRS_NAMES`].
    pub fn from_epsg(code: u32) -> Option<Self> {
        match code {
            4326 | 4490 => Some(Self::Degrees),
            _ => GaussKruger::from_epsg(code).map(Self::GaussKruger),
        }
    }

    /// The degrees of a place given in this system: for degrees, GCJ-02 and BD-09 the numbers are
    /// longitude and latitude, for Gauss-Krüger easting and northing in metres.
    ///
    /// # Errors
    /// When the numbers are not finite, or no place of the system has them.
    pub fn to_degrees(&self, first: f64, second: f64) -> Result<LonLat, CrsError> {
        if let Self::GaussKruger(zone) = self {
            return zone.to_degrees(first, second);
        }
        // The gate comes first, so that the shifts below only ever see places.
        let place = LonLat::new(first, second)?;
        let (lon, lat) = match self {
            Self::Degrees | Self::GaussKruger(_) => return Ok(place),
            Self::Gcj02 => gcj02_to_wgs84(first, second),
            Self::Bd09 => {
                let (lon, lat) = bd09_to_gcj02(first, second);
                gcj02_to_wgs84(lon, lat)
            }
        };
        Ok(LonLat::new(lon, lat)?)
    }

    /// The numbers of a place in this system, in the order that [`Crs::to_degrees`] takes.
    pub fn from_degrees(&self, place: LonLat) -> (f64, f64) {
        let (lon, lat) = (place.lon(), place.lat());
        match self {
            Self::Degrees => (lon, lat),
            Self::Gcj02 => wgs84_to_gcj02(lon, lat),
            Self::Bd09 => {
                let (lon, lat) = wgs84_to_gcj02(lon, lat);
                gcj02_to_bd09(lon, lat)
            }
            Self::GaussKruger(zone) => zone.from_degrees(place),
        }
    }
}

impl std::fmt::Display for Crs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Degrees => f.write_str("WGS 84"),
            Self::Gcj02 => f.write_str("GCJ-02"),
            Self::Bd09 => f.write_str("BD-09"),
            Self::GaussKruger(zone) => zone.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_systems() {
        for name in [
            "EPSG:4326",
            "epsg:4490",
            "WGS84",
            "WGS 84",
            "CGCS2000",
            "urn:ogc:def:crs:OGC:1.3:CRS84",
            "urn:ogc:def:crs:EPSG::4490",
            "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        ] {
            assert_eq!(Crs::parse(name), Some(Crs::Degrees), "{name}");
        }
        assert_eq!(Crs::parse("gcj-02"), Some(Crs::Gcj02));
        assert_eq!(Crs::parse("BD09"), Some(Crs::Bd09));
        let zone = Crs::from_epsg(4549);
        assert!(zone.is_some());
        assert_eq!(Crs::parse("EPSG:4549"), zone);
        assert_eq!(Crs::parse("urn:ogc:def:crs:EPSG::4549"), zone);
        assert_eq!(Crs::parse("https://www.opengis.net/def/crs/EPSG/0/4549"), zone);
        for name in ["", "EPSG:", "EPSG:3857", "EPSG:4512", "EPSG:4555", "epsg:9e9", "beijing54"] {
            assert_eq!(Crs::parse(name), None, "{name}");
        }
    }

    #[test]
    fn degrees_out_of_range_are_refused_in_every_system_of_degrees() {
        for crs in [Crs::Degrees, Crs::Gcj02, Crs::Bd09] {
            for (lon, lat) in [(181.0, 0.0), (0.0, 91.0), (f64::NAN, 0.0), (0.0, 1e300)] {
                assert!(crs.to_degrees(lon, lat).is_err(), "{crs} {lon} {lat}");
            }
        }
    }
}

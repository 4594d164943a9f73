//! Shapes in longitude and latitude that have passed the gate: every number finite and in range,
//! every ring closed in meaning and with three corners at least.

use serde::{Deserialize, Serialize, Serializer};

/// A place: longitude and latitude in degrees (WGS 84, equal to CGCS2000 at this scale).
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "(f64, f64)")]
pub struct LonLat {
    lon: f64,
    lat: f64,
}

/// Why numbers are not a shape.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ShapeError {
    /// A coordinate is NaN or infinite.
    #[error("a coordinate is not a finite number")]
    NotFinite,
    /// A longitude lies outside ±180 degrees.
    #[error(
        "longitude {0} lies outside -180..180 degrees (are the numbers projected metres, or in the order latitude, longitude?)"
    )]
    LongitudeOutOfRange(f64),
    /// A latitude lies outside ±90 degrees.
    #[error(
        "latitude {0} lies outside -90..90 degrees (are the numbers projected metres, or in the order latitude, longitude?)"
    )]
    LatitudeOutOfRange(f64),
    /// A ring has fewer than three different corners.
    #[error("a ring has {0} different corners; a polygon needs at least three")]
    TooFewCorners(usize),
    /// A polygon has no ring, or a multipolygon no polygon.
    #[error("the geometry is empty")]
    Empty,
}

impl LonLat {
    /// 0°, 0°.
    pub const ORIGIN: Self = Self { lon: 0.0, lat: 0.0 };

    /// A place from degrees.
    ///
    /// # Errors
    /// When a number is not finite or out of range.
    pub fn new(lon: f64, lat: f64) -> Result<Self, ShapeError> {
        if !lon.is_finite() || !lat.is_finite() {
            return Err(ShapeError::NotFinite);
        }
        if !(-180.0..=180.0).contains(&lon) {
            return Err(ShapeError::LongitudeOutOfRange(lon));
        }
        if !(-90.0..=90.0).contains(&lat) {
            return Err(ShapeError::LatitudeOutOfRange(lat));
        }
        // -0.0 and 0.0 are the same place; one bit pattern keeps hashing and printing exact.
        Ok(Self { lon: lon + 0.0, lat: lat + 0.0 })
    }

    /// Longitude in degrees.
    pub fn lon(self) -> f64 {
        self.lon
    }

    /// Latitude in degrees.
    pub fn lat(self) -> f64 {
        self.lat
    }
}

impl TryFrom<(f64, f64)> for LonLat {
    type Error = ShapeError;

    fn try_from((lon, lat): (f64, f64)) -> Result<Self, ShapeError> {
        Self::new(lon, lat)
    }
}

impl Serialize for LonLat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.lon, self.lat).serialize(serializer)
    }
}

/// A closed line without its repeated last corner; at least three corners. It may still cross
/// itself: that is a finding of `check`, not an error of reading.
#[derive(Clone, Debug, PartialEq)]
pub struct Ring(Vec<LonLat>);

impl Ring {
    /// A ring from its corners, with or without the repeated last one.
    ///
    /// # Errors
    /// When fewer than three different corners remain.
    pub fn new(mut corners: Vec<LonLat>) -> Result<Self, ShapeError> {
        // Once: a corner that is repeated there besides is the file's, and a finding of `check`.
        if corners.len() > 1 && corners.first() == corners.last() {
            corners.pop();
        }
        let mut different: Vec<LonLat> = Vec::with_capacity(3);
        for corner in &corners {
            if !different.contains(corner) {
                different.push(*corner);
                if different.len() == 3 {
                    return Ok(Self(corners));
                }
            }
        }
        Err(ShapeError::TooFewCorners(different.len()))
    }

    /// The corners, the first not repeated at the end.
    pub fn corners(&self) -> &[LonLat] {
        &self.0
    }
}

impl Serialize for Ring {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().chain(self.0.first()))
    }
}

/// One exterior ring and its holes, in any orientation.
#[derive(Clone, Debug, PartialEq)]
pub struct Polygon {
    exterior: Ring,
    holes: Vec<Ring>,
}

impl Polygon {
    /// A polygon from its rings.
    pub fn new(exterior: Ring, holes: Vec<Ring>) -> Self {
        Self { exterior, holes }
    }

    /// The outer ring.
    pub fn exterior(&self) -> &Ring {
        &self.exterior
    }

    /// The rings of the holes.
    pub fn holes(&self) -> &[Ring] {
        &self.holes
    }

    /// All rings, the exterior first.
    pub fn rings(&self) -> impl Iterator<Item = &Ring> {
        std::iter::once(&self.exterior).chain(&self.holes)
    }
}

impl Serialize for Polygon {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rings())
    }
}

/// One or more polygons; never none.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct MultiPolygon(Vec<Polygon>);

impl MultiPolygon {
    /// A multipolygon from its parts.
    ///
    /// # Errors
    /// When there is no part.
    pub fn new(polygons: Vec<Polygon>) -> Result<Self, ShapeError> {
        if polygons.is_empty() {
            return Err(ShapeError::Empty);
        }
        Ok(Self(polygons))
    }

    /// The parts.
    pub fn polygons(&self) -> &[Polygon] {
        &self.0
    }

    /// All corners of all rings.
    pub fn corners(&self) -> impl Iterator<Item = LonLat> + '_ {
        self.0.iter().flat_map(Polygon::rings).flat_map(|ring| ring.corners().iter().copied())
    }

    /// As GeoJSON would have it: a Polygon when there is one part.
    pub fn to_geometry(&self) -> Geometry {
        match self.0.as_slice() {
            [one] => Geometry::Polygon(one.clone()),
            _ => Geometry::MultiPolygon(self.clone()),
        }
    }
}

/// A geometry that serializes as GeoJSON (RFC 7946).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", content = "coordinates")]
pub enum Geometry {
    /// One place.
    Point(LonLat),
    /// Several places.
    MultiPoint(Vec<LonLat>),
    /// An open line of two places or more.
    LineString(Vec<LonLat>),
    /// Several lines.
    MultiLineString(Vec<Vec<LonLat>>),
    /// One polygon.
    Polygon(Polygon),
    /// Several polygons.
    MultiPolygon(MultiPolygon),
}

impl Geometry {
    /// Every place of the geometry, in order.
    pub fn corners(&self) -> Vec<LonLat> {
        match self {
            Self::Point(p) => vec![*p],
            Self::MultiPoint(line) | Self::LineString(line) => line.clone(),
            Self::MultiLineString(lines) => lines.concat(),
            Self::Polygon(polygon) => {
                polygon.rings().flat_map(|ring| ring.corners().iter().copied()).collect()
            }
            Self::MultiPolygon(polygons) => polygons.corners().collect(),
        }
    }

    /// The window around the geometry; `None` for an empty one.
    pub fn bbox(&self) -> Option<BBox> {
        BBox::around(self.corners())
    }
}

/// A window in degrees: west, south, east, north.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(into = "[f64; 4]")]
pub struct BBox {
    /// Least longitude.
    pub west: f64,
    /// Least latitude.
    pub south: f64,
    /// Greatest longitude.
    pub east: f64,
    /// Greatest latitude.
    pub north: f64,
}

impl From<BBox> for [f64; 4] {
    fn from(b: BBox) -> Self {
        [b.west, b.south, b.east, b.north]
    }
}

impl BBox {
    /// The least window that holds all places; `None` when there are none.
    pub fn around(places: impl IntoIterator<Item = LonLat>) -> Option<Self> {
        let mut places = places.into_iter();
        let first = places.next()?;
        let start = Self { west: first.lon, south: first.lat, east: first.lon, north: first.lat };
        Some(places.fold(start, |b, p| Self {
            west: b.west.min(p.lon),
            south: b.south.min(p.lat),
            east: b.east.max(p.lon),
            north: b.north.max(p.lat),
        }))
    }

    /// The least window that holds both.
    pub fn union(self, other: Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }

    /// Whether the two windows share a point.
    pub fn intersects(self, other: Self) -> bool {
        self.west <= other.east
            && other.west <= self.east
            && self.south <= other.north
            && other.south <= self.north
    }
}

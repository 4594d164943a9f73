//! The features of a dataset, each with the place in its file that it came from.

use super::shape::{Geometry, LonLat, MultiPolygon};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Where a feature was read: file name and position in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// File name, relative to the dataset's folder.
    pub file: Arc<str>,
    /// Position of the feature in the file, from 0.
    pub feature: usize,
}

/// The days on which something is valid: from the first day on, up to but not on the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ValidityPeriod {
    /// First day of validity; open when `None`.
    pub from: Option<Date>,
    /// First day on which it is no longer valid; open when `None`.
    pub to: Option<Date>,
}

impl ValidityPeriod {
    /// Whether `day` lies in the period (half-open: a grid closed on a day gives way to its
    /// successor on that same day).
    pub fn holds(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day < to)
    }
}

/// Kind of a governance grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GridKind {
    /// 基础网格
    #[default]
    Base,
    /// 专属网格: government, hospital, school, …; outside the household balance.
    Dedicated,
    /// 微网格
    Micro,
}

/// A governance grid (治理网格).
#[derive(Clone, Debug)]
pub struct Grid {
    /// Code, 15 digits by convention; the key of the grid.
    pub code: String,
    /// Name; not a key.
    pub name: String,
    /// Code of the community that holds it.
    pub community_code: Option<String>,
    /// Kind of grid.
    pub kind: GridKind,
    /// Days of validity.
    pub validity: ValidityPeriod,
    /// Its area.
    pub geometry: MultiPolygon,
    /// Where it was read.
    pub origin: Origin,
}

/// A community (社区).
#[derive(Clone, Debug)]
pub struct Community {
    /// Code, 12 digits by convention.
    pub code: String,
    /// Name.
    pub name: String,
    /// Its area.
    pub geometry: MultiPolygon,
    /// Where it was read.
    pub origin: Origin,
}

/// Where a compound lies: as a point, or with its outline.
#[derive(Clone, Debug)]
pub enum Place {
    /// A point.
    Point(LonLat),
    /// An outline.
    Area(MultiPolygon),
}

impl Place {
    /// As GeoJSON geometry.
    pub fn to_geometry(&self) -> Geometry {
        match self {
            Self::Point(p) => Geometry::Point(*p),
            Self::Area(area) => area.to_geometry(),
        }
    }
}

/// A residential compound (小区).
#[derive(Clone, Debug)]
pub struct Compound {
    /// Key.
    pub id: String,
    /// Name.
    pub name: String,
    /// Other and former names.
    pub aliases: Vec<String>,
    /// Address text.
    pub address: Option<String>,
    /// Code of its community.
    pub community_code: Option<String>,
    /// Households; `None` when the file does not say (a finding).
    pub households: Option<u32>,
    /// Residents.
    pub residents: Option<u32>,
    /// Party members.
    pub party_members: Option<u32>,
    /// Number of buildings.
    pub buildings: Option<u32>,
    /// Kind, as the file names it.
    pub kind: Option<String>,
    /// Whether the feature is invented (demo data).
    pub synthetic: bool,
    /// Where it lies.
    pub place: Place,
    /// Where it was read.
    pub origin: Origin,
}

/// A planning unit (规划单元): the smallest piece that is never split.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Key.
    pub id: String,
    /// Name, if it has one.
    pub name: Option<String>,
    /// Households; `None` when the file does not say (a finding).
    pub households: Option<u32>,
    /// Code of its community.
    pub community_code: Option<String>,
    /// Its area.
    pub geometry: MultiPolygon,
    /// Where it was read.
    pub origin: Origin,
}

/// How the features of a net must fit the grids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Correspondence {
    /// One feature a grid.
    #[default]
    OneToOne,
    /// Several whole grids a feature.
    ManyToOne,
}

/// A polygon layer that must coincide with the governance grids (多网合一).
#[derive(Clone, Debug)]
pub struct Net {
    /// Layer name: `branches`, `emergency_grids`, …
    pub name: String,
    /// How it must fit the grids.
    pub correspondence: Correspondence,
    /// Its features.
    pub features: Vec<NetFeature>,
}

/// One polygon of a net: a grid Party branch, an emergency grid, …
#[derive(Clone, Debug)]
pub struct NetFeature {
    /// Key.
    pub id: String,
    /// Name.
    pub name: String,
    /// The grids it says it belongs to.
    pub grid_codes: Vec<String>,
    /// Its area.
    pub geometry: MultiPolygon,
    /// Where it was read.
    pub origin: Origin,
}

/// A road or a barrier: lines, or the outline of a hill.
#[derive(Clone, Debug)]
pub struct Line {
    /// Key, if the file has one.
    pub id: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Class of road or kind of barrier, as the file names it.
    pub kind: Option<String>,
    /// Line or polygon.
    pub geometry: Geometry,
    /// Where it was read.
    pub origin: Origin,
}

/// A building of a compound.
#[derive(Clone, Debug)]
pub struct Building {
    /// Key.
    pub id: String,
    /// Name: "3号楼".
    pub name: String,
    /// Its compound.
    pub compound_id: String,
    /// Where it stands, if known.
    pub place: Option<LonLat>,
    /// Where it was read.
    pub origin: Origin,
}

/// The side of a road, by the parity of its door numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DoorSide {
    /// Odd numbers.
    Odd,
    /// Even numbers.
    Even,
    /// All numbers.
    Both,
}

/// A range of door numbers on a road that belongs to a compound.
#[derive(Clone, Debug)]
pub struct Door {
    /// Road name.
    pub road: String,
    /// First number.
    pub from: u32,
    /// Last number.
    pub to: u32,
    /// Side of the road.
    pub side: DoorSide,
    /// The compound.
    pub compound_id: String,
    /// Where it was read.
    pub origin: Origin,
}

/// A place that people name: a station, a school.
#[derive(Clone, Debug)]
pub struct Landmark {
    /// Name.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// Where it is.
    pub place: LonLat,
    /// Where it was read.
    pub origin: Origin,
}

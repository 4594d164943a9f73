//! Plain types of the field: places, counts and duty posts. No I/O, no algorithms.
//!
//! Terms follow the field's Chinese usage: 街道 subdistrict, 社区 community, 小区 compound,
//! 治理网格 governance grid, 网格党支部 grid Party branch. Counts are households (户), residents
//! (人口) and Party members (党员); no person is ever named.

mod feature;
mod finding;
mod rules;
mod shape;

pub use feature::{
    Building, Community, Compound, Correspondence, Door, DoorSide, Grid, GridKind, Landmark, Line,
    Net, NetFeature, Origin, Place, Unit, ValidityPeriod,
};
pub use finding::{Finding, Measure, Severity};
pub use rules::{RuleSettings, SizeBand};
pub use shape::{BBox, Geometry, LonLat, MultiPolygon, Polygon, Ring, ShapeError};

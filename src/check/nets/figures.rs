//! The figures of a match: how far apart two borders are, and what only one of them has.

use super::overlay::{Areas, Borders, Disagreeing, Group, Overlay};
use crate::domain::{Geometry, LonLat};
use crate::geometry::{HalfEdge, SegmentSet, Witness};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

/// Precision of distances between borders, in metres: the grid step.
const PRECISION_M: f64 = 1e-3;

/// The layer that has something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The grids.
    Grid,
    /// The net.
    Net,
}

impl Side {
    /// The side as it is written in the report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::Net => "net",
        }
    }
}

/// A piece of border that only one side has.
#[derive(Clone, Debug, PartialEq)]
pub struct DisagreeingArc {
    /// Who has it.
    pub side: Side,
    /// Its length in metres.
    pub length_m: f64,
    /// The line.
    pub line: Vec<LonLat>,
}

impl DisagreeingArc {
    /// The arc as a GeoJSON feature, with its side among the properties.
    pub fn to_feature(&self) -> Value {
        let geometry = Geometry::LineString(self.line.clone());
        let properties = json!({ "side": self.side.name(), "length_m": self.length_m });
        json!({ "type": "Feature", "properties": properties, "geometry": geometry })
    }
}

/// Segments that only one side has, as arcs.
pub(super) fn arcs(overlay: &Overlay, found: &Disagreeing) -> Vec<DisagreeingArc> {
    let of = |side, edges| {
        let lines = overlay.lines(edges).into_iter();
        lines.map(move |(line, length_m)| DisagreeingArc { side, length_m, line })
    };
    of(Side::Grid, &found.grid).chain(of(Side::Net, &found.net)).collect()
}

/// The arcs as a GeoJSON FeatureCollection.
pub(super) fn as_collection<S: Serializer>(
    arcs: &[DisagreeingArc],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let features: Vec<Value> = arcs.iter().map(DisagreeingArc::to_feature).collect();
    json!({ "type": "FeatureCollection", "features": features }).serialize(serializer)
}

/// Two areas and their borders, measured against each other.
pub(super) struct Comparison {
    pub areas: Areas,
    /// Whether both hold the same places.
    pub is_same: bool,
    /// Greatest distance in metres of a place of the grids' border from the net's, and the other
    /// way; `None` where one has no border.
    pub from_grid_m: Option<f64>,
    pub from_net_m: Option<f64>,
    /// Where the greater of both is: on the grids' border and on the net's.
    pub witness: Option<[LonLat; 2]>,
    /// Length of border further than the tolerance from the other, both ways together.
    pub beyond_m: f64,
}

impl Comparison {
    /// Compares the grids of a group with its features.
    pub fn of(overlay: &Overlay, group: &Group, tolerance_m: f64) -> Self {
        let is_same = overlay.same_area(group);
        let mut comparison = Self {
            areas: overlay.areas(group),
            is_same,
            from_grid_m: is_same.then_some(0.0),
            from_net_m: is_same.then_some(0.0),
            witness: None,
            beyond_m: 0.0,
        };
        if !is_same {
            comparison.measure(overlay, &overlay.borders(group), tolerance_m);
        }
        comparison
    }

    /// Distances both ways, where both have a border. Only what one side alone has can be far from
    /// the other.
    fn measure(&mut self, overlay: &Overlay, borders: &Borders, tolerance_m: f64) {
        if borders.grid.is_empty() || borders.net.is_empty() {
            return;
        }
        let scale = overlay.scale_at(&borders.grid);
        let mut far = |alone: &[HalfEdge], other: &[HalfEdge]| {
            let alone = overlay.segments(alone, scale);
            let other = (!alone.is_empty()).then(|| overlay.segments(other, scale));
            let set = SegmentSet::new(&other.unwrap_or_default());
            self.beyond_m += set.length_beyond(&alone, tolerance_m);
            set.furthest(&alone, PRECISION_M)
        };
        let from_grid = far(&borders.grid_only, &borders.net);
        let from_net = far(&borders.net_only, &borders.grid);
        let metres = |found: &Option<Witness>| found.map_or(0.0, |witness| witness.distance_m);
        (self.from_grid_m, self.from_net_m) = (Some(metres(&from_grid)), Some(metres(&from_net)));
        let place = |p| overlay.place(p, scale);
        self.witness = if metres(&from_grid) >= metres(&from_net) {
            from_grid.map(|w| [place(w.at), place(w.nearest)])
        } else {
            from_net.map(|w| [place(w.nearest), place(w.at)])
        };
    }

    /// Area in common over area of both together.
    pub fn iou(&self) -> f64 {
        let all = self.areas.common + self.areas.grids_only + self.areas.features_only;
        if all > 0.0 { self.areas.common / all } else { 0.0 }
    }

    /// Area that only one side has, in m².
    pub fn symmetric_difference_m2(&self) -> f64 {
        self.areas.grids_only + self.areas.features_only
    }

    /// The greater of both distances.
    pub fn hausdorff_m(&self) -> Option<f64> {
        match (self.from_grid_m, self.from_net_m) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        }
    }
}

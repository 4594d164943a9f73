//! The loaded dataset that everything else works on.

use crate::domain::{
    BBox, Building, Community, Compound, Door, Finding, Grid, Landmark, Line, LonLat, MultiPolygon,
    Net, Origin, RuleSettings, Unit,
};
use crate::geometry::Frame;
use serde::Serialize;

/// The outline of the subdistrict.
#[derive(Clone, Debug)]
pub struct Boundary {
    /// Its area; several features of the file are its parts.
    pub geometry: MultiPolygon,
    /// Where it was read.
    pub origin: Origin,
}

/// What a layer draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LayerShape {
    /// Areas.
    Polygon,
    /// Lines.
    Line,
    /// Places.
    Point,
    /// Rows without a place (door numbers).
    Table,
}

/// A layer that the dataset has.
#[derive(Clone, Debug, Serialize)]
pub struct LayerInfo {
    /// Layer name: `grids`, `branches`, …
    pub id: String,
    /// Title in English.
    pub title: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// What it draws.
    pub geometry: LayerShape,
    /// Features read.
    pub features: usize,
    /// Whether it is a net that must coincide with the grids.
    pub net: bool,
    /// Its file, relative to the dataset's folder.
    #[serde(skip)]
    pub file: String,
}

/// A loaded dataset. Immutable: a reload makes a new one.
#[derive(Clone, Debug, Default)]
pub struct Dataset {
    /// Name: the folder's.
    pub name: String,
    /// Title in English.
    pub title: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// Whether the manifest says that the data are invented.
    pub synthetic: bool,
    /// Numbers and severities of the rules.
    pub rules: RuleSettings,
    /// The layers read, in the order of the design.
    pub layers: Vec<LayerInfo>,
    /// Outline of the subdistrict.
    pub subdistrict: Option<Boundary>,
    /// Communities.
    pub communities: Vec<Community>,
    /// Governance grids, sorted by code.
    pub grids: Vec<Grid>,
    /// Nets, `branches` first.
    pub nets: Vec<Net>,
    /// Residential compounds.
    pub compounds: Vec<Compound>,
    /// Planning units.
    pub units: Vec<Unit>,
    /// Roads.
    pub roads: Vec<Line>,
    /// Barriers: hills, streams, railways.
    pub barriers: Vec<Line>,
    /// Buildings of compounds.
    pub buildings: Vec<Building>,
    /// Door-number ranges.
    pub doors: Vec<Door>,
    /// Landmarks.
    pub landmarks: Vec<Landmark>,
    /// What was wrong with single features; they were left out or normalised.
    pub findings: Vec<Finding>,
}

impl Dataset {
    /// The layer named `id`, if the dataset has it.
    pub fn layer(&self, id: &str) -> Option<&LayerInfo> {
        self.layers.iter().find(|layer| layer.id == id)
    }

    /// The file of layer `id`, for messages.
    pub fn file_of(&self, id: &str) -> Option<&str> {
        self.layer(id).map(|layer| layer.file.as_str())
    }

    /// The window around everything; `None` for a dataset without places.
    pub fn bbox(&self) -> Option<BBox> {
        let areas = (self.subdistrict.iter().map(|b| &b.geometry))
            .chain(self.grids.iter().map(|g| &g.geometry))
            .chain(self.communities.iter().map(|c| &c.geometry))
            .chain(self.units.iter().map(|u| &u.geometry));
        let areas = areas.filter_map(|area| BBox::around(area.corners()));
        let compounds = self.compounds.iter().filter_map(|c| c.place.to_geometry().bbox());
        areas.chain(compounds).reduce(BBox::union)
    }

    /// The frame in which all of it is measured: around its [`Dataset::bbox`].
    pub fn frame(&self) -> Frame {
        self.bbox().map_or_else(|| Frame::around(LonLat::ORIGIN), Frame::for_bbox)
    }

    /// The areas that the grids must cover, and their layer: the subdistrict, or what stands for
    /// it, the communities, else the planning units; `None` when nothing says where grids end.
    pub fn outline(&self) -> Option<(&'static str, Vec<&MultiPolygon>)> {
        if let Some(subdistrict) = &self.subdistrict {
            Some(("subdistrict", vec![&subdistrict.geometry]))
        } else if !self.communities.is_empty() {
            Some(("communities", self.communities.iter().map(|c| &c.geometry).collect()))
        } else if !self.units.is_empty() {
            Some(("units", self.units.iter().map(|u| &u.geometry).collect()))
        } else {
            None
        }
    }
}

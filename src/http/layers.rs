//! The layers of a dataset as GeoJSON features: canonical property names, and for grids the
//! figures that the map shows.

use crate::check;
use crate::dataset::{Boundary, Dataset};
use crate::domain::{
    BBox, Building, Community, Compound, Geometry, Grid, Landmark, Line, LonLat, NetFeature, Unit,
};
use crate::geometry::{Frame, measure};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A GeoJSON feature.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type")]
pub struct Feature {
    /// Key: code or id; the position in the file where the layer has none.
    pub id: Value,
    /// Where.
    pub geometry: Option<Geometry>,
    /// Canonical properties.
    pub properties: Map<String, Value>,
}

impl Feature {
    /// A feature; properties without a value are left out.
    fn new(id: impl Into<Value>, geometry: Geometry, properties: Value) -> Self {
        let mut properties = match properties {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        properties.retain(|_, value| !value.is_null());
        Self { id: id.into(), geometry: Some(geometry), properties }
    }

    /// Whether the feature's window shares a point with `window`.
    pub fn meets(&self, window: BBox) -> bool {
        let own = self.geometry.as_ref().and_then(Geometry::bbox);
        own.is_some_and(|own| own.intersects(window))
    }
}

/// The figures of a grid that its polygon does not hold.
#[derive(Clone, Debug)]
pub struct GridFigures {
    /// Households.
    pub households: u64,
    /// Share off the mean; `None` outside the balance.
    pub deviation: Option<f64>,
    /// Residents of its compounds, where any compound says.
    pub residents: Option<u64>,
    /// Party members of its compounds, where any compound says.
    pub party_members: Option<u64>,
    /// Number of compounds.
    pub compounds: usize,
    /// Where a label fits best.
    pub label_point: LonLat,
}

impl GridFigures {
    /// The figures of each grid, in the order of the dataset's grids.
    pub fn of(dataset: &Dataset) -> Vec<Self> {
        let Some(window) = dataset.bbox() else { return Vec::new() };
        let frame = Frame::for_bbox(window);
        let sizes = check::sizes(dataset);
        let figures = |(position, grid): (usize, &Grid)| {
            let report = &sizes.grids[position];
            let owned = || {
                let all = dataset.compounds.iter().zip(&sizes.grid_of_compound);
                all.filter(|(_, owner)| **owner == Some(position)).map(|(compound, _)| compound)
            };
            Self {
                households: report.households,
                deviation: report.deviation,
                residents: sum(owned().map(|compound| compound.residents)),
                party_members: sum(owned().map(|compound| compound.party_members)),
                compounds: owned().count(),
                label_point: measure::label_point(&frame, &grid.geometry),
            }
        };
        dataset.grids.iter().enumerate().map(figures).collect()
    }
}

/// The sum of the counts that are known; `None` when none is.
fn sum(counts: impl Iterator<Item = Option<u32>>) -> Option<u64> {
    counts.flatten().map(u64::from).reduce(|a, b| a + b)
}

/// The features of layer `id`, in the order of the file; `None` for a layer that is not on the
/// map. `figures` holds one entry per grid.
pub fn features(dataset: &Dataset, figures: &[GridFigures], id: &str) -> Option<Vec<Feature>> {
    dataset.layer(id)?;
    let features = match id {
        "subdistrict" => dataset.subdistrict.iter().map(|b| subdistrict(dataset, b)).collect(),
        "communities" => communities(dataset),
        "grids" => grids(dataset, figures),
        "compounds" => compounds(dataset),
        "units" => units(dataset),
        "roads" => lines(&dataset.roads),
        "barriers" => lines(&dataset.barriers),
        "landmarks" => landmarks(dataset),
        "buildings" => buildings(dataset),
        _ => net(dataset, id)?,
    };
    Some(features)
}

fn subdistrict(dataset: &Dataset, boundary: &Boundary) -> Feature {
    let properties = json!({ "name": dataset.title_zh, "name_en": dataset.title });
    Feature::new(dataset.name.as_str(), boundary.geometry.to_geometry(), properties)
}

fn communities(dataset: &Dataset) -> Vec<Feature> {
    let feature = |c: &Community| {
        let properties = json!({ "code": c.code, "name": c.name });
        Feature::new(c.code.as_str(), c.geometry.to_geometry(), properties)
    };
    dataset.communities.iter().map(feature).collect()
}

fn grids(dataset: &Dataset, figures: &[GridFigures]) -> Vec<Feature> {
    let feature = |(grid, figures): (&Grid, &GridFigures)| {
        let branch = branch_of(dataset, &grid.code);
        let properties = json!({
            "code": grid.code,
            "name": grid.name,
            "community_code": grid.community_code,
            "kind": grid.kind,
            "valid_from": grid.validity.from,
            "valid_to": grid.validity.to,
            "households": figures.households,
            "deviation": figures.deviation,
            "residents": figures.residents,
            "party_members": figures.party_members,
            "compounds": figures.compounds,
            "branch_id": branch.map(|b| b.id.as_str()),
            "branch_name": branch.map(|b| b.name.as_str()),
            "label": short_name(dataset, grid),
            "label_point": figures.label_point,
        });
        Feature::new(grid.code.as_str(), grid.geometry.to_geometry(), properties)
    };
    dataset.grids.iter().zip(figures).map(feature).collect()
}

/// The features of a polygon layer with the columns of its file that the program knows, and no
/// figures: what a planner puts in the place of that file.
pub fn columns(dataset: &Dataset, id: &str) -> Vec<Feature> {
    if id != "grids" {
        return features(dataset, &[], id).unwrap_or_default();
    }
    let feature = |grid: &Grid| {
        let properties = json!({
            "code": grid.code,
            "name": grid.name,
            "community_code": grid.community_code,
            "kind": grid.kind,
            "valid_from": grid.validity.from,
            "valid_to": grid.validity.to,
        });
        Feature::new(grid.code.as_str(), grid.geometry.to_geometry(), properties)
    };
    dataset.grids.iter().map(feature).collect()
}

/// The grid Party branch that says it belongs to a grid.
fn branch_of<'d>(dataset: &'d Dataset, code: &str) -> Option<&'d NetFeature> {
    let branches = dataset.nets.iter().find(|net| net.name == "branches")?;
    branches.features.iter().find(|branch| branch.grid_codes.iter().any(|c| c == code))
}

/// A name short enough for the map: without the community's, which the map shows by itself.
fn short_name(dataset: &Dataset, grid: &Grid) -> String {
    let community = grid.community_code.as_ref();
    let community = community.and_then(|code| dataset.communities.iter().find(|c| c.code == *code));
    let Some(community) = community else { return grid.name.clone() };
    let full = community.name.as_str();
    let bare = full.trim_end_matches("社区");
    let rest = [format!("{bare}社区"), full.to_owned(), bare.to_owned()]
        .iter()
        .find_map(|prefix| grid.name.strip_prefix(prefix.as_str()).map(str::trim).map(String::from))
        .unwrap_or_default();
    if rest.is_empty() { grid.name.clone() } else { rest }
}

fn compounds(dataset: &Dataset) -> Vec<Feature> {
    let feature = |c: &Compound| {
        let properties = json!({
            "id": c.id,
            "name": c.name,
            "aliases": c.aliases,
            "address": c.address,
            "community_code": c.community_code,
            "households": c.households,
            "residents": c.residents,
            "party_members": c.party_members,
            "buildings": c.buildings,
            "kind": c.kind,
            "synthetic": c.synthetic,
        });
        Feature::new(c.id.as_str(), c.place.to_geometry(), properties)
    };
    dataset.compounds.iter().map(feature).collect()
}

fn units(dataset: &Dataset) -> Vec<Feature> {
    let feature = |u: &Unit| {
        let properties = json!({
            "id": u.id,
            "name": u.name,
            "households": u.households,
            "community_code": u.community_code,
        });
        Feature::new(u.id.as_str(), u.geometry.to_geometry(), properties)
    };
    dataset.units.iter().map(feature).collect()
}

/// Roads or barriers.
fn lines(lines: &[Line]) -> Vec<Feature> {
    let feature = |(position, line): (usize, &Line)| {
        let id = line.id.as_deref().map_or_else(|| Value::from(position), Value::from);
        let properties = json!({ "id": line.id, "name": line.name, "kind": line.kind });
        Feature::new(id, line.geometry.clone(), properties)
    };
    lines.iter().enumerate().map(feature).collect()
}

fn landmarks(dataset: &Dataset) -> Vec<Feature> {
    let feature = |(position, landmark): (usize, &Landmark)| {
        let properties = json!({ "name": landmark.name, "aliases": landmark.aliases });
        Feature::new(position, Geometry::Point(landmark.place), properties)
    };
    dataset.landmarks.iter().enumerate().map(feature).collect()
}

/// Buildings whose place is known.
fn buildings(dataset: &Dataset) -> Vec<Feature> {
    let feature = |b: &Building| {
        let properties = json!({ "id": b.id, "name": b.name, "compound_id": b.compound_id });
        Some(Feature::new(b.id.as_str(), Geometry::Point(b.place?), properties))
    };
    dataset.buildings.iter().filter_map(feature).collect()
}

fn net(dataset: &Dataset, id: &str) -> Option<Vec<Feature>> {
    let net = dataset.nets.iter().find(|net| net.name == id)?;
    let feature = |f: &NetFeature| {
        let properties = json!({ "id": f.id, "name": f.name, "grid_codes": f.grid_codes });
        Feature::new(f.id.as_str(), f.geometry.to_geometry(), properties)
    };
    Some(net.features.iter().map(feature).collect())
}

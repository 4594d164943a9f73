//! A plan's grids as polygons.

use super::basis::NO_GRID;
use super::{Assignment, Basis, PlanError, PlanGrid};
use crate::domain::{Geometry, LonLat, MultiPolygon};
use crate::geometry::measure;
use serde::Serialize;
use utoipa::ToSchema;

/// A grid of a plan, as a GeoJSON feature.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanFeature {
    /// Always `Feature`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The grid's code.
    pub id: String,
    /// Its area, with the vertices of the units and no others.
    #[schema(value_type = Object)]
    pub geometry: Geometry,
    /// Its figures.
    pub properties: PlanFeatureProperties,
}

/// The properties of a grid of a plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanFeatureProperties {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Code of the community that holds it.
    pub community_code: Option<String>,
    /// Households.
    pub households: u64,
    /// Share off the mean; null outside the balance.
    pub deviation: Option<f64>,
    /// Where a label fits best: longitude, latitude.
    #[schema(value_type = [f64; 2])]
    pub label_point: LonLat,
}

/// The grids of a plan with their polygons, by dropping the borders inside (O(vertices)). A grid
/// without units has none and is left out; `deviation` is null for dedicated grids.
///
/// # Errors
/// When the assignment does not fit the data.
pub fn features(
    basis: &Basis,
    own: Option<&[PlanGrid]>,
    assignment: &Assignment,
) -> Result<Vec<PlanFeature>, PlanError> {
    let grids = basis.grids(own);
    let numbers = basis.numbers(&grids, assignment)?;
    let households = basis.households_by_grid(&numbers, grids.len());
    let mean = basis.mean_households();
    let group: Vec<Option<usize>> =
        numbers.iter().map(|&grid| (grid != NO_GRID).then_some(grid as usize)).collect();
    let areas = basis.coverage().dissolve(&group, grids.len());
    let feature = |(number, (grid, area)): (usize, (PlanGrid, Option<MultiPolygon>))| {
        let area = area?;
        let is_balanced = number < basis.balanced_grids();
        let properties = PlanFeatureProperties {
            code: grid.code.clone(),
            name: grid.name,
            community_code: grid.community_code,
            households: households[number],
            deviation: is_balanced.then(|| households[number] as f64 / mean - 1.0),
            label_point: measure::label_point(basis.coverage().frame(), &area),
        };
        let (kind, id) = ("Feature", grid.code);
        Some(PlanFeature { kind, id, geometry: area.to_geometry(), properties })
    };
    Ok(grids.into_iter().zip(areas).enumerate().filter_map(feature).collect())
}

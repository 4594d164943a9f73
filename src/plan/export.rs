//! A plan's grids as polygons.

use super::draft::Draft;
use super::ground::NONE as NO_GRID;
use super::state::PlanState;
use super::{Assignment, Basis, PlanError, PlanGrid};
use crate::domain::{Geometry, LonLat, MultiPolygon};
use crate::geometry::{Coverage, measure};
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

/// The grids of a plan with their polygons, also where it has units of its own: the coverage of
/// its units is laid out anew then. O(vertices). A grid without units is left out; `deviation` is
/// null outside the balance.
///
/// # Errors
/// When the state does not fit the data.
pub fn state_features(basis: &Basis, state: &PlanState) -> Result<Vec<PlanFeature>, PlanError> {
    let mut draft = Draft::open(basis, state.clone())?;
    let grids = draft.whole_report().grids;
    let slots: Vec<u32> = draft.alive().collect();
    let shapes: Vec<&MultiPolygon> = slots.iter().map(|&slot| draft.shape(slot)).collect();
    let made: Coverage;
    let coverage = if state.own_units.is_empty() {
        // The units are the dataset's, in its order.
        basis.coverage()
    } else {
        made = Coverage::build(basis.coverage().frame(), &shapes);
        &made
    };
    let number = |slot: &u32| {
        let code = state.assignment.get(draft.id(*slot))?;
        grids.binary_search_by(|grid| grid.code.cmp(code)).ok()
    };
    let group: Vec<Option<usize>> = slots.iter().map(number).collect();
    let areas = coverage.dissolve(&group, grids.len());
    let feature = |(grid, area): (super::GridReport, Option<MultiPolygon>)| {
        let area = area?;
        let properties = PlanFeatureProperties {
            code: grid.code.clone(),
            name: grid.info.name,
            community_code: grid.info.community_code,
            households: grid.households,
            deviation: grid.deviation,
            label_point: measure::label_point(coverage.frame(), &area),
        };
        let (kind, id, geometry) = ("Feature", grid.code, area.to_geometry());
        Some(PlanFeature { kind, id, geometry, properties })
    };
    Ok(grids.into_iter().zip(areas).filter_map(feature).collect())
}

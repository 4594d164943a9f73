//! What two plans give to different grids, also where their units are not the same: then by the
//! pieces that both are made of.

use super::basis::Basis;
use super::draft::Draft;
use super::error::PlanError;
use super::ground::{Ground, NONE};
use super::state::PlanState;
use crate::domain::{Geometry, MultiPolygon};
use crate::geometry::{Coverage, measure, overlap_areas, overlap_shape};
use crate::index::AreaIndex;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Pieces that are narrower than this many metres on average are the rounding of corners.
const ROUNDING_M: f64 = 0.002;

/// The difference of two plans: what `plan` gives to other grids than `against`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PlanDiff {
    /// The units, or pieces of units, in another grid.
    pub pieces: Vec<MovedPiece>,
    /// The table: from which grid to which grid how much goes.
    pub flows: Vec<Flow>,
    /// The compounds in another grid, by id.
    pub compounds: Vec<MovedCompound>,
    /// All households that go to another grid.
    pub households_moved: u64,
    /// The areas that go from a grid to another, as GeoJSON features.
    pub features: Vec<FlowFeature>,
}

/// A unit, or what two units of the plans have in common, in another grid.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MovedPiece {
    /// The unit of the plan.
    pub unit: String,
    /// The unit of the plan compared against, where it is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// Its grid in the plan compared against.
    pub from: Option<String>,
    /// Its grid in the plan.
    pub to: Option<String>,
    /// Its households.
    pub households: u64,
    /// Its area in square metres.
    pub area_m2: f64,
}

/// What goes from one grid to another.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Flow {
    /// The grid in the plan compared against.
    pub from: Option<String>,
    /// The grid in the plan.
    pub to: Option<String>,
    /// Number of pieces.
    pub pieces: usize,
    /// Number of compounds.
    pub compounds: usize,
    /// Households.
    pub households: u64,
    /// Area in square metres.
    pub area_m2: f64,
}

/// A compound in another grid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MovedCompound {
    /// Key.
    pub id: String,
    /// Name.
    pub name: String,
    /// Its grid in the plan compared against.
    pub from: Option<String>,
    /// Its grid in the plan.
    pub to: Option<String>,
    /// The households that the data say it has.
    pub households: u64,
}

/// The area that goes from one grid to another, as a GeoJSON feature.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FlowFeature {
    /// Always `Feature`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its polygons.
    #[schema(value_type = Object)]
    pub geometry: Geometry,
    /// From where to where.
    pub properties: FlowProperties,
}

/// The properties of an area that goes from one grid to another.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FlowProperties {
    /// The grid in the plan compared against.
    pub from: Option<String>,
    /// The grid in the plan.
    pub to: Option<String>,
    /// Households.
    pub households: u64,
}

/// A moved piece with its shape.
struct Shaped {
    piece: MovedPiece,
    shape: MultiPolygon,
}

/// A unit of either plan that the other has not in the same shape.
struct Side<'d> {
    draft: &'d Draft,
    slots: Vec<u32>,
}

impl<'d> Side<'d> {
    fn of(draft: &'d Draft, other: &Draft) -> Self {
        let is_same = |slot: &u32| {
            let id = draft.id(*slot);
            other.slot(id).is_some_and(|there| other.shape(there) == draft.shape(*slot))
        };
        Self { draft, slots: draft.alive().filter(|slot| !is_same(slot)).collect() }
    }

    fn shapes(&self) -> Vec<&MultiPolygon> {
        self.slots.iter().map(|&slot| self.draft.shape(slot)).collect()
    }
}

/// Compares two plans of one dataset.
///
/// # Errors
/// When one of the states does not fit the data.
pub fn compare(
    basis: &Basis,
    against: &PlanState,
    plan: &PlanState,
) -> Result<PlanDiff, PlanError> {
    let (was, is) = (Draft::open(basis, against.clone())?, Draft::open(basis, plan.clone())?);
    let ground = basis.ground();
    let mut moved = same_units(&was, &is);
    moved.extend(other_units(ground, &was, &is));
    moved.sort_by(|a, b| (&a.piece.unit, &a.piece.was).cmp(&(&b.piece.unit, &b.piece.was)));
    let compounds = moved_compounds(ground, &was, &is);
    let flows = flows(&moved, &compounds);
    let features = features(ground, &moved, &flows);
    Ok(PlanDiff {
        households_moved: moved.iter().map(|moved| moved.piece.households).sum(),
        pieces: moved.into_iter().map(|moved| moved.piece).collect(),
        flows,
        compounds,
        features,
    })
}

fn code(draft: &Draft, slot: u32) -> Option<String> {
    draft.state().assignment.get(draft.id(slot)).cloned()
}

/// The units that both plans have in the same shape.
fn same_units(was: &Draft, is: &Draft) -> Vec<Shaped> {
    let mut moved = Vec::new();
    for slot in is.alive() {
        let id = is.id(slot);
        let Some(there) = was.slot(id).filter(|&there| was.shape(there) == is.shape(slot)) else {
            continue;
        };
        let (from, to) = (code(was, there), code(is, slot));
        if from == to {
            continue;
        }
        let piece = MovedPiece {
            unit: id.to_owned(),
            was: None,
            from,
            to,
            households: is.slots.households[slot as usize],
            area_m2: is.slots.area_m2[slot as usize],
        };
        moved.push(Shaped { piece, shape: is.shape(slot).clone() });
    }
    moved
}

/// The common pieces of units that differ. The households of a unit of `is` are shared among its
/// pieces by the compounds in them, else by area.
fn other_units(ground: &Ground, was: &Draft, is: &Draft) -> Vec<Shaped> {
    let (old, new) = (Side::of(was, is), Side::of(is, was));
    if new.slots.is_empty() {
        return Vec::new();
    }
    let (old_shapes, new_shapes) = (old.shapes(), new.shapes());
    let mut pairs = overlap_areas(ground.frame(), &new_shapes, &old_shapes);
    pairs.retain(|&(n, o, area)| {
        let side = measure::area_m2(new_shapes[n]).min(measure::area_m2(old_shapes[o])).sqrt();
        area > 4.0 * ROUNDING_M * side
    });
    let index = AreaIndex::build(old_shapes.iter().copied().enumerate());
    let mut moved = Vec::new();
    let mut at = 0;
    while at < pairs.len() {
        let unit = pairs[at].0;
        let end = at + pairs[at..].iter().take_while(|pair| pair.0 == unit).count();
        let slot = new.slots[unit];
        let group = &pairs[at..end];
        let homes: Vec<f64> = homes_by_piece(ground, is, slot, &index, group);
        let weights = if homes.iter().sum::<f64>() > 0.0 {
            homes
        } else {
            group.iter().map(|&(.., area)| area).collect()
        };
        let shares = shared(is.slots.households[slot as usize], &weights);
        for (&(_, o, area_m2), households) in group.iter().zip(shares) {
            let (from, to) = (code(was, old.slots[o]), code(is, slot));
            let Some(shape) = (from != to)
                .then(|| overlap_shape(ground.frame(), new_shapes[unit], old_shapes[o]))
                .flatten()
            else {
                continue;
            };
            let (id, was) = (is.id(slot), was.id(old.slots[o]));
            let was = (id != was).then(|| was.to_owned());
            let unit = id.to_owned();
            moved.push(Shaped {
                piece: MovedPiece { unit, was, from, to, households, area_m2 },
                shape,
            });
        }
        at = end;
    }
    moved
}

/// Households of the compounds of a unit in each of its pieces.
fn homes_by_piece(
    ground: &Ground,
    is: &Draft,
    slot: u32,
    index: &AreaIndex,
    group: &[(usize, usize, f64)],
) -> Vec<f64> {
    let mut weights = vec![0.0; group.len()];
    for &compound in is.slots.homes(ground, slot) {
        let owner = index.owner(ground.seats[compound as usize], |_| true);
        if let Some(piece) = group.iter().position(|&(_, old, _)| Some(old) == owner) {
            weights[piece] += ground.compound_households(compound) as f64;
        }
    }
    weights
}

/// A number shared by weights, in whole numbers that add up to it (largest remainders).
pub(super) fn shared(total: u64, weights: &[f64]) -> Vec<u64> {
    let sum: f64 = weights.iter().sum();
    if sum <= 0.0 {
        // Nothing says who should get more.
        let mut shares = vec![0; weights.len()];
        shares.iter_mut().take(1).for_each(|first| *first = total);
        return shares;
    }
    let exact: Vec<f64> = weights.iter().map(|weight| total as f64 * weight / sum).collect();
    let mut shares: Vec<u64> = exact.iter().map(|share| share.floor() as u64).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|&a, &b| exact[b].fract().total_cmp(&exact[a].fract()).then(a.cmp(&b)));
    let mut left = total.saturating_sub(shares.iter().sum());
    for place in order.into_iter().cycle() {
        if left == 0 {
            break;
        }
        shares[place] += 1;
        left -= 1;
    }
    shares
}

fn moved_compounds(ground: &Ground, was: &Draft, is: &Draft) -> Vec<MovedCompound> {
    let homes = |draft: &Draft| {
        let mut homes = vec![NONE; ground.dataset.compounds.len()];
        for slot in draft.alive() {
            for &compound in draft.slots.homes(ground, slot) {
                homes[compound as usize] = slot;
            }
        }
        homes
    };
    let (old, new) = (homes(was), homes(is));
    let grid = |draft: &Draft, slot: u32| (slot != NONE).then(|| code(draft, slot)).flatten();
    let moved = |(number, compound): (usize, &crate::domain::Compound)| {
        let (from, to) = (grid(was, old[number]), grid(is, new[number]));
        let (id, name) = (compound.id.clone(), compound.name.clone());
        let households = u64::from(compound.households.unwrap_or(0));
        (from != to).then_some(MovedCompound { id, name, from, to, households })
    };
    let mut moved: Vec<MovedCompound> =
        ground.dataset.compounds.iter().enumerate().filter_map(moved).collect();
    moved.sort_by(|a, b| a.id.cmp(&b.id));
    moved
}

fn flows(moved: &[Shaped], compounds: &[MovedCompound]) -> Vec<Flow> {
    let mut flows: BTreeMap<(Option<String>, Option<String>), Flow> = BTreeMap::new();
    let empty = |from: &Option<String>, to: &Option<String>| Flow {
        from: from.clone(),
        to: to.clone(),
        pieces: 0,
        compounds: 0,
        households: 0,
        area_m2: 0.0,
    };
    for Shaped { piece, .. } in moved {
        let key = (piece.from.clone(), piece.to.clone());
        let flow = flows.entry(key).or_insert_with(|| empty(&piece.from, &piece.to));
        flow.pieces += 1;
        flow.households += piece.households;
        flow.area_m2 += piece.area_m2;
    }
    for compound in compounds {
        let key = (compound.from.clone(), compound.to.clone());
        let flow = flows.entry(key).or_insert_with(|| empty(&compound.from, &compound.to));
        flow.compounds += 1;
    }
    flows.into_values().collect()
}

/// The moved areas, those of one flow dissolved.
fn features(ground: &Ground, moved: &[Shaped], flows: &[Flow]) -> Vec<FlowFeature> {
    let shapes: Vec<&MultiPolygon> = moved.iter().map(|moved| &moved.shape).collect();
    let coverage = Coverage::build(ground.frame(), &shapes);
    let flow_of = |moved: &Shaped| {
        let is = |flow: &Flow| flow.from == moved.piece.from && flow.to == moved.piece.to;
        flows.iter().position(is)
    };
    let group: Vec<Option<usize>> = moved.iter().map(flow_of).collect();
    let areas = coverage.dissolve(&group, flows.len());
    let feature = |(flow, area): (&Flow, Option<MultiPolygon>)| {
        let (from, to, households) = (flow.from.clone(), flow.to.clone(), flow.households);
        let properties = FlowProperties { from, to, households };
        Some(FlowFeature { kind: "Feature", geometry: area?.to_geometry(), properties })
    };
    flows.iter().zip(areas).filter_map(feature).collect()
}

#[cfg(test)]
mod tests {
    use super::shared;

    #[test]
    fn shares_add_up() {
        assert_eq!(shared(10, &[1.0, 1.0, 1.0]), [4, 3, 3]);
        assert_eq!(shared(7, &[0.0, 0.0]), [7, 0]);
        assert_eq!(shared(0, &[2.0]), [0]);
        assert_eq!(shared(5, &[]), Vec::<u64>::new());
    }
}

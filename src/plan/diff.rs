//! What two plans give to different grids.

use super::{Assignment, Basis};
use serde::Serialize;
use utoipa::ToSchema;

/// The difference of two plans.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Difference {
    /// The units in another grid, by id.
    pub units: Vec<MovedUnit>,
    /// Their households.
    pub households_moved: u64,
    /// The compounds that lie in them, by id.
    pub compounds: Vec<String>,
}

/// A unit that one plan gives to another grid.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MovedUnit {
    /// The unit.
    pub unit: String,
    /// Its grid in the plan compared against.
    pub from: Option<String>,
    /// Its grid in the plan.
    pub to: Option<String>,
    /// Its households.
    pub households: u64,
}

impl Difference {
    /// The units that `plan` gives to other grids than `against`.
    pub fn between(basis: &Basis, against: &Assignment, plan: &Assignment) -> Self {
        let mut units = Vec::new();
        let mut compounds = Vec::new();
        for (number, unit) in basis.units().iter().enumerate() {
            let (from, to) = (against.get(unit), plan.get(unit));
            if from == to {
                continue;
            }
            let households = basis.households(number);
            let (from, to) = (from.cloned(), to.cloned());
            units.push(MovedUnit { unit: unit.clone(), from, to, households });
            compounds.extend(basis.compounds(number).map(str::to_owned));
        }
        units.sort_by(|a, b| a.unit.cmp(&b.unit));
        compounds.sort();
        compounds.dedup();
        let households_moved = units.iter().map(|moved| moved.households).sum();
        Self { units, households_moved, compounds }
    }
}

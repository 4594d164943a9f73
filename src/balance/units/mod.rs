//! Planning units where a dataset has none: made from its compounds, boundary, roads and barriers.
//!
//! The way of the data:
//! 1. [`input`]: the boundary, the communities, the compounds, and every line that may bound a
//!    unit, in an order that does not depend on that of the files;
//! 2. the lines enclose blocks ([`crate::geometry::enclosed_areas`]);
//! 3. [`pieces`]: boundary, communities, compounds' outlines and blocks cut each other; an outline
//!    stays whole, and a block with several compounds is divided by what is nearest;
//! 4. [`settle`]: hairs that rounding has left are given to the pieces beside them;
//! 5. [`join`]: pieces without a compound that nobody needs go to a neighbour.
//!
//! The result tiles the boundary vertex for vertex. `docs/ensembles-and-units.md` explains it to
//! planners.

mod cut;
mod input;
mod join;
mod pieces;
mod settle;
mod words;

use crate::dataset::{Dataset, LayerInfo, LayerShape};
use crate::domain::{Compound, Origin, Unit};
use input::Input;

/// What stands for the file of units that were made.
const NO_FILE: &str = "units (made)";
/// Most compounds that a name or a message lists.
const LISTED: usize = 3;

/// Why no units can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnitsError {
    /// Nothing says where the area ends.
    #[error(
        "{dataset}: planning units cannot be made, because nothing says where the area ends; add a polygon layer `subdistrict`, `grids` or `communities`"
    )]
    NoBoundary {
        /// The dataset's name.
        dataset: String,
    },
    /// There is nothing to plan for.
    #[error(
        "{dataset}: planning units cannot be made without compounds; add a layer `compounds` with the fields id and households"
    )]
    NoCompounds {
        /// The dataset's name.
        dataset: String,
    },
    /// The compounds and the boundary do not belong together.
    #[error(
        "{dataset}: planning units cannot be made, because no compound lies inside the boundary; check the reference systems of both layers (`crs` in wangge.toml)"
    )]
    AllOutside {
        /// The dataset's name.
        dataset: String,
    },
}

/// Units made from a dataset, and what they are made of.
#[derive(Clone, Debug)]
pub struct MadeUnits {
    /// The units: those with compounds by the first of their ids, then those without.
    pub units: Vec<Unit>,
    /// Ids of the compounds in each unit, sorted.
    pub compounds: Vec<Vec<String>>,
    /// Ids of compounds outside the boundary; they are in no unit.
    pub outside: Vec<String>,
}

/// Makes planning units from the compounds, the boundary (`subdistrict`, else the present grids,
/// else the communities), the communities' borders, the roads and the barriers of a dataset. The
/// dataset's own units play no part.
///
/// The units tile the boundary; each is one piece inside one community and holds whole compounds,
/// whose households are added up. The order of the dataset's features plays no part.
///
/// # Errors
/// When the dataset has no boundary, or no compound inside it.
pub fn make_units(dataset: &Dataset) -> Result<MadeUnits, UnitsError> {
    let name = || dataset.name.clone();
    let input = Input::of(dataset).ok_or_else(|| UnitsError::NoBoundary { dataset: name() })?;
    if input.compounds.is_empty() {
        return Err(UnitsError::NoCompounds { dataset: name() });
    }
    let cut = cut::Cut::of(&input);
    if cut.seats.iter().all(Option::is_none) {
        return Err(UnitsError::AllOutside { dataset: name() });
    }
    let pieces = settle::settle(&input, pieces::pieces(&input, &cut));
    let joined = join::join(&input, &pieces);
    let outside = input.compounds.iter().zip(&cut.seats).filter(|(_, seat)| seat.is_none());
    let outside = outside.map(|(compound, _)| compound.id.clone()).collect();
    let mut made = MadeUnits { units: Vec::new(), compounds: Vec::new(), outside };
    let mut empty = 0;
    for unit in joined {
        let members: Vec<&Compound> = unit.compounds.iter().map(|&c| input.compounds[c]).collect();
        let id = match members.first() {
            Some(first) => format!("U-{}", first.id),
            None => {
                empty += 1;
                format!("E-{empty:03}")
            }
        };
        let households = members.iter().filter_map(|compound| compound.households);
        made.units.push(Unit {
            id,
            name: name_of(&members),
            households: Some(households.fold(0, u32::saturating_add)),
            community_code: unit.community.map(|c| input.communities[c].code.clone()),
            geometry: unit.geometry,
            origin: Origin { file: NO_FILE.into(), feature: made.units.len() },
        });
        made.compounds.push(members.iter().map(|compound| compound.id.clone()).collect());
    }
    Ok(made)
}

/// The compounds' names; `None` without compounds.
fn name_of(members: &[&Compound]) -> Option<String> {
    let listed: Vec<&str> = members.iter().take(LISTED).map(|c| c.name.as_str()).collect();
    let more = if members.len() > LISTED { "等" } else { "" };
    (!listed.is_empty()).then(|| format!("{}{more}", listed.join("、")))
}

/// The dataset with planning units: as it is when it has some, or when none can be made (what
/// needs them then says what is missing), else with units made by [`make_units`] and a finding
/// `units.made` that says so.
pub fn with_units(mut dataset: Dataset) -> Dataset {
    if !dataset.units.is_empty() {
        return dataset;
    }
    let Ok(made) = make_units(&dataset) else { return dataset };
    dataset.findings.extend(made.findings());
    let layer = LayerInfo {
        id: "units".to_owned(),
        title: "Planning units (made)".to_owned(),
        title_zh: "规划单元（自动生成）".to_owned(),
        geometry: LayerShape::Polygon,
        features: made.units.len(),
        net: false,
        file: NO_FILE.to_owned(),
    };
    dataset.layers.retain(|layer| layer.id != "units");
    let place = dataset.layers.iter().position(|l| ["roads", "barriers"].contains(&&*l.id));
    dataset.layers.insert(place.unwrap_or(dataset.layers.len()), layer);
    dataset.units = made.units;
    dataset
}

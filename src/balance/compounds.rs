//! Compounds over planning units: which units share one, and the counts that only compounds have.

use super::error::BalanceError;
use super::problem::Problem;
use crate::dataset::Dataset;
use crate::domain::{BBox, LonLat, MultiPolygon, Place};
use crate::geometry::{Frame, measure, overlap_areas};
use crate::index::AreaIndex;
use rustc_hash::FxHashMap;

/// A unit shares a compound when it holds this share of the compound's outline at least: less is
/// taken for a border drawn askew.
const SHARES: f64 = 0.05;

/// A compound and its units.
#[derive(Clone, Debug)]
pub(super) struct CompoundUnits {
    /// Key.
    pub id: String,
    /// Name.
    pub name: String,
    /// The unit that owns its inmost point, or `None` outside all units of the balance.
    pub main: Option<u32>,
    /// The units that share it, ascending.
    pub units: Vec<u32>,
}

impl Problem {
    /// The same problem with the dataset's compounds: the unit of each, and as further weights the `residents`, `party_members` and `buildings` of the compounds whose inmost
    /// point a unit owns.
    #[must_use]
    pub fn with_compounds(mut self, dataset: &Dataset) -> Self {
        let number: FxHashMap<&str, u32> =
            self.units.iter().enumerate().map(|(u, unit)| (unit.id.as_str(), u as u32)).collect();
        let known: Vec<Option<u32>> =
            dataset.units.iter().map(|unit| number.get(unit.id.as_str()).copied()).collect();
        let outlines: Vec<&MultiPolygon> = dataset.units.iter().map(|u| &u.geometry).collect();
        let window = BBox::around(outlines.iter().flat_map(|area| area.corners()));
        let frame = window.map_or(Frame::around(LonLat::ORIGIN), Frame::for_bbox);
        let index = AreaIndex::build(outlines.iter().copied().enumerate());
        let (mut residents, mut members, mut buildings) = (
            vec![0u64; self.units.len()],
            vec![0u64; self.units.len()],
            vec![0u64; self.units.len()],
        );
        let mut compounds = Vec::with_capacity(dataset.compounds.len());
        for compound in &dataset.compounds {
            let place = match &compound.place {
                Place::Point(place) => *place,
                Place::Area(area) => measure::label_point(&frame, area),
            };
            let main = index.owner(place, |_| true).and_then(|unit| known[unit]);
            if let Some(unit) = main {
                residents[unit as usize] += u64::from(compound.residents.unwrap_or(0));
                members[unit as usize] += u64::from(compound.party_members.unwrap_or(0));
                buildings[unit as usize] += u64::from(compound.buildings.unwrap_or(0));
            }
            let (id, name) = (compound.id.clone(), compound.name.clone());
            compounds.push(CompoundUnits { id, name, main, units: main.into_iter().collect() });
        }
        self.compounds = compounds;
        self.attributes = vec![
            ("residents".to_owned(), residents),
            ("party_members".to_owned(), members),
            ("buildings".to_owned(), buildings),
        ];
        self
    }

    /// As [`Problem::with_compounds`], and of compounds that have an outline all units that share
    /// it, not only the one of the inmost point.
    #[must_use]
    pub fn with_whole_compounds(self, dataset: &Dataset) -> Self {
        let mut problem = self.with_compounds(dataset);
        let number: FxHashMap<&str, u32> = problem
            .units
            .iter()
            .enumerate()
            .map(|(u, unit)| (unit.id.as_str(), u as u32))
            .collect();
        let known: Vec<Option<u32>> =
            dataset.units.iter().map(|unit| number.get(unit.id.as_str()).copied()).collect();
        let units: Vec<&MultiPolygon> = dataset.units.iter().map(|u| &u.geometry).collect();
        let window = BBox::around(units.iter().flat_map(|area| area.corners()));
        let frame = window.map_or(Frame::around(LonLat::ORIGIN), Frame::for_bbox);
        let outlined = dataset.compounds.iter().enumerate().filter_map(|(index, compound)| {
            match &compound.place {
                Place::Area(area) => Some((index, area)),
                Place::Point(_) => None,
            }
        });
        let (index, areas): (Vec<usize>, Vec<&MultiPolygon>) = outlined.unzip();
        let pairs = overlap_areas(&frame, &areas, &units);
        let mut whole = vec![0.0; areas.len()];
        pairs.iter().for_each(|&(compound, _, area)| whole[compound] += area);
        for (compound, unit, area) in pairs {
            if area >= SHARES * whole[compound]
                && let Some(unit) = known[unit]
            {
                problem.compounds[index[compound]].units.push(unit);
            }
        }
        for compound in &mut problem.compounds {
            compound.units.sort_unstable();
            compound.units.dedup();
        }
        problem
    }

    /// What a named weight says of each unit: `households`, or one of the compounds' counts.
    pub(super) fn attribute(&self, option: &str, name: &str) -> Result<Vec<u64>, BalanceError> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        if found.is_none() && name == "households" {
            return Ok(self.units.iter().map(|unit| unit.households).collect());
        }
        found.map(|(_, of)| of.clone()).ok_or_else(|| {
            let mut known = vec!["households"];
            let more = self.attributes.iter().map(|(name, _)| name.as_str());
            known.extend(more.filter(|name| *name != "households"));
            let problem = format!("there is no weight `{name}`; there are {}", known.join(", "));
            BalanceError::Option { option: option.to_owned(), problem }
        })
    }

    /// The same problem with another weight of the units in place of their households: the sum
    /// of named weights times factors, rounded; workload is such a sum. All figures that speak
    /// of households then mean this weight.
    ///
    /// # Errors
    /// For an unknown weight, a factor that is negative or not a number, and when all units
    /// together weigh nothing.
    pub fn weighed_by(mut self, terms: &[(String, f64)]) -> Result<Self, BalanceError> {
        let wrong = |problem: String| BalanceError::Option { option: "weight".into(), problem };
        let mut sums = vec![0.0; self.units.len()];
        for (name, factor) in terms {
            if !(*factor >= 0.0 && factor.is_finite()) {
                return Err(wrong(format!("{name}: {factor} is not a factor of 0 or more")));
            }
            let of = self.attribute("weight", name)?;
            sums.iter_mut().zip(of).for_each(|(sum, weight)| *sum += factor * weight as f64);
        }
        // The households stay a weight that can be asked for by name.
        let households = self.attribute("weight", "households")?;
        self.attributes.retain(|(name, _)| name != "households");
        self.attributes.push(("households".to_owned(), households));
        let most = super::problem::ABSURD_HOUSEHOLDS as f64;
        for (unit, sum) in self.units.iter_mut().zip(sums) {
            unit.households = sum.round().min(most) as u64;
        }
        if self.households() == 0 {
            return Err(wrong("all units together weigh nothing by it".to_owned()));
        }
        Ok(self)
    }
}

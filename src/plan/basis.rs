//! What plans stand on: the units and grids of a dataset, their graph and their coverage.

use super::{Assignment, PlanError, PlanGrid, Score};
use crate::balance::{self, BalanceError, GridLabel, Problem};
use crate::dataset::Dataset;
use crate::domain::{BBox, LonLat, MultiPolygon, Place, Unit};
use crate::geometry::{Coverage, Frame, measure};
use crate::index::AreaIndex;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What stands for "no grid" in numbers.
pub(super) const NO_GRID: u32 = u32::MAX;
/// Most grids that a message lists.
const LISTED: usize = 6;

/// The units of a dataset, the same for every number of grids.
struct Units {
    ids: Vec<String>,
    numbers: FxHashMap<String, usize>,
    coverage: Coverage,
    /// Ids of the compounds in each unit.
    compounds: Vec<Vec<String>>,
}

impl Units {
    fn of(dataset: &Dataset) -> Self {
        let units = &dataset.units;
        let areas: Vec<&MultiPolygon> = units.iter().map(|unit| &unit.geometry).collect();
        let window = BBox::around(areas.iter().flat_map(|area| area.corners()));
        let frame = window.map_or(Frame::around(LonLat::ORIGIN), Frame::for_bbox);
        let ids: Vec<String> = units.iter().map(|unit| unit.id.clone()).collect();
        Self {
            numbers: ids.iter().enumerate().map(|(n, id)| (id.clone(), n)).collect(),
            ids,
            compounds: compounds_of(dataset, &frame, &areas),
            coverage: Coverage::build(&frame, &areas),
        }
    }
}

/// The compounds of each unit: those whose point, or whose innermost place, it owns.
fn compounds_of(dataset: &Dataset, frame: &Frame, units: &[&MultiPolygon]) -> Vec<Vec<String>> {
    let index = AreaIndex::build(units.iter().copied().enumerate());
    let mut compounds = vec![Vec::new(); units.len()];
    for compound in &dataset.compounds {
        let place = match &compound.place {
            Place::Point(place) => *place,
            Place::Area(area) => measure::label_point(frame, area),
        };
        if let Some(unit) = index.owner(place, |_| true) {
            compounds[unit].push(compound.id.clone());
        }
    }
    compounds
}

/// What plans of one number of grids stand on. Immutable, and made from one dataset.
///
/// Grids are numbered: first the `K` that are balanced, then the dedicated grids, which stay as
/// they are. Units are numbered as in the dataset.
pub struct Basis {
    units: Arc<Units>,
    problem: Problem,
    /// The balanced grids as the dataset has them (those that it does not have are numbered by
    /// where they lie in the present plan), then the dedicated ones.
    grids: Vec<PlanGrid>,
    /// For each unit of the problem the number of the dataset's unit.
    unit_of_problem: Vec<usize>,
    /// Households of each unit: the problem's, which has counted those of units that do not say.
    households: Vec<u64>,
    /// Units of dedicated grids: number of the unit, number of the grid.
    fixed: Vec<(usize, u32)>,
    /// Code of the present grid of each unit of the problem, among all that the dataset has.
    present_codes: Vec<Option<String>>,
    /// Whether the grids are the dataset's, all of them and no others.
    is_standard: bool,
}

impl Basis {
    /// The basis of a dataset's plans, of as many grids as it has when `grids` is `None`.
    ///
    /// # Errors
    /// When the dataset has no planning units, none with households or fewer than grids, or
    /// when it has no grids and no number is given.
    pub fn new(dataset: &Dataset, grids: Option<usize>) -> Result<Self, BalanceError> {
        let problem = Problem::from_dataset(dataset, grids)?;
        Ok(Self::assemble(dataset, Arc::new(Units::of(dataset)), problem, grids.is_none()))
    }

    /// The basis of plans of `grids` grids on the same units.
    ///
    /// # Errors
    /// When there are fewer units than grids.
    pub fn with_grids(&self, dataset: &Dataset, grids: usize) -> Result<Self, BalanceError> {
        let problem = Problem::from_dataset(dataset, Some(grids))?;
        let mut made = Self::assemble(dataset, Arc::clone(&self.units), problem, false);
        if self.is_standard {
            made.present_codes.clone_from(&self.present_codes);
        }
        Ok(made)
    }

    fn assemble(dataset: &Dataset, units: Arc<Units>, problem: Problem, is_standard: bool) -> Self {
        let present: Vec<u32> =
            problem.units().iter().map(|unit| unit.present.unwrap_or(NO_GRID)).collect();
        let mut grids: Vec<PlanGrid> =
            problem.labels_of(&present).into_iter().map(PlanGrid::from).collect();
        let mut fixed = Vec::new();
        for (unit, code) in problem.left_out() {
            let number = grids.iter().position(|grid| grid.code == *code).unwrap_or_else(|| {
                grids.push(dedicated(dataset, code));
                grids.len() - 1
            });
            if let Some(&unit) = units.numbers.get(unit) {
                fixed.push((unit, number as u32));
            }
        }
        let number = |id: &str| units.numbers.get(id).copied();
        // The problem's units are the dataset's, so each has a number.
        let unit_of_problem: Vec<usize> =
            problem.units().iter().filter_map(|unit| number(&unit.id)).collect();
        let said = |unit: &Unit| u64::from(unit.households.unwrap_or(0));
        let mut households: Vec<u64> = dataset.units.iter().map(said).collect();
        for (&unit, balanced) in unit_of_problem.iter().zip(problem.units()) {
            households[unit] = balanced.households;
        }
        let code = |unit: &balance::ProblemUnit| Some(grids[unit.present? as usize].code.clone());
        let present_codes = problem.units().iter().map(code).collect();
        Self {
            units,
            problem,
            grids,
            unit_of_problem,
            households,
            fixed,
            present_codes,
            is_standard,
        }
    }

    /// Ids of all units, in the order of the dataset.
    pub fn units(&self) -> &[String] {
        &self.units.ids
    }

    /// Households of a unit.
    pub fn households(&self, unit: usize) -> u64 {
        self.households[unit]
    }

    /// Ids of the compounds in a unit.
    pub fn compounds(&self, unit: usize) -> &[String] {
        &self.units.compounds[unit]
    }

    /// The coverage of the units.
    pub fn coverage(&self) -> &Coverage {
        &self.units.coverage
    }

    /// Number of grids inside the balance.
    pub fn balanced_grids(&self) -> usize {
        self.problem.number_of_grids()
    }

    /// The grids of a plan by their numbers: the balanced ones as `own` names them (the
    /// dataset's without), then the dedicated ones.
    pub fn grids(&self, own: Option<&[PlanGrid]>) -> Vec<PlanGrid> {
        let balanced = self.balanced_grids();
        let own = own.filter(|own| own.len() == balanced).unwrap_or(&self.grids[..balanced]);
        own.iter().chain(&self.grids[balanced..]).cloned().collect()
    }

    /// The present plan: each unit in the grid with the largest share of it. A unit outside all
    /// grids is in none.
    pub fn present(&self) -> Assignment {
        let owner: Vec<u32> =
            self.problem.units().iter().map(|unit| unit.present.unwrap_or(NO_GRID)).collect();
        self.assignment(&self.grids(None), &owner)
    }

    /// The assignment that gives the units of the problem to the grids of these numbers, and the
    /// others to their dedicated grids.
    pub fn assignment(&self, grids: &[PlanGrid], owner: &[u32]) -> Assignment {
        let balanced = self.unit_of_problem.iter().copied().zip(owner.iter().copied());
        let all = balanced.chain(self.fixed.iter().copied());
        let named = all.filter_map(|(unit, grid)| {
            let grid = grids.get(grid as usize)?;
            Some((self.units.ids[unit].clone(), grid.code.clone()))
        });
        named.collect()
    }

    /// The numbers of the units' grids; [`NO_GRID`] for a unit without one.
    ///
    /// # Errors
    /// When the assignment names an unknown unit or grid, or moves a unit of a dedicated grid.
    pub fn numbers(
        &self,
        grids: &[PlanGrid],
        assignment: &Assignment,
    ) -> Result<Vec<u32>, PlanError> {
        let number_of: FxHashMap<&str, u32> =
            grids.iter().enumerate().map(|(n, grid)| (grid.code.as_str(), n as u32)).collect();
        let mut numbers = vec![NO_GRID; self.units.ids.len()];
        for (unit, grid) in assignment {
            let field = || format!("assignment.{unit}");
            let place = self.unit(unit, field)?;
            numbers[place] =
                *number_of.get(grid.as_str()).ok_or_else(|| unknown_grid(grids, field(), grid))?;
        }
        for &(unit, own) in &self.fixed {
            let given = std::mem::replace(&mut numbers[unit], own);
            if given != own && given != NO_GRID {
                return Err(self.dedicated(
                    unit,
                    own,
                    format!("assignment.{}", self.units.ids[unit]),
                ));
            }
        }
        let to_dedicated = |n: &u32| *n != NO_GRID && *n as usize >= self.balanced_grids();
        let stray = |(unit, n): &(usize, &u32)| {
            to_dedicated(n) && !self.fixed.iter().any(|(fixed, _)| fixed == unit)
        };
        if let Some((unit, &grid)) = numbers.iter().enumerate().find(stray) {
            let field = format!("assignment.{}", self.units.ids[unit]);
            return Err(self.dedicated(unit, grid, field));
        }
        Ok(numbers)
    }

    fn dedicated(&self, unit: usize, grid: u32, field: String) -> PlanError {
        let unit = self.units.ids[unit].clone();
        PlanError::Dedicated { field, unit, grid: self.grids[grid as usize].code.clone() }
    }

    /// The number of a unit; `field` says where the request names it.
    pub(super) fn unit(&self, id: &str, field: impl Fn() -> String) -> Result<usize, PlanError> {
        let number = self.units.numbers.get(id).copied();
        number.ok_or_else(|| PlanError::UnknownUnit { field: field(), unit: id.into() })
    }

    /// The figures of a plan. O(units + neighbours).
    ///
    /// # Errors
    /// As [`Basis::numbers`].
    pub fn score(
        &self,
        own: Option<&[PlanGrid]>,
        assignment: &Assignment,
    ) -> Result<Score, PlanError> {
        let grids = self.grids(own);
        let numbers = self.numbers(&grids, assignment)?;
        let owner: Vec<u32> = self.unit_of_problem.iter().map(|&unit| numbers[unit]).collect();
        let mut score = match own {
            Some(_) => balance::score(&self.problem_of_grids(&grids), &owner),
            None => balance::score(&self.problem, &owner),
        };
        // A grid that a search made keeps its name while the plan is edited.
        for (figures, grid) in score.grids.iter_mut().zip(grids) {
            figures.code = grid.code;
            figures.name = grid.name;
        }
        Ok(score)
    }

    /// The problem with the balanced grids of a plan, `grids` being all of the plan's: units have
    /// their present grid where the plan has it, by code.
    fn problem_of_grids(&self, grids: &[PlanGrid]) -> Problem {
        let balanced = &grids[..self.balanced_grids()];
        let number_of: FxHashMap<&str, u32> =
            balanced.iter().enumerate().map(|(n, grid)| (grid.code.as_str(), n as u32)).collect();
        let present = |code: &Option<String>| number_of.get(code.as_deref()?).copied();
        let present: Vec<Option<u32>> = self.present_codes.iter().map(present).collect();
        let label = |grid: &PlanGrid| GridLabel {
            code: grid.code.clone(),
            name: grid.name.clone(),
            community_code: grid.community_code.clone(),
        };
        let problem = self.problem.clone().with_present(&present);
        problem.with_labels(balanced.iter().map(label).collect())
    }

    /// A plan as a problem and the grid of each of its units, for questions to it.
    ///
    /// # Errors
    /// As [`Basis::numbers`].
    pub fn question(
        &self,
        own: Option<&[PlanGrid]>,
        assignment: &Assignment,
    ) -> Result<(Problem, Vec<u32>), PlanError> {
        let grids = self.grids(own);
        let numbers = self.numbers(&grids, assignment)?;
        let owner = self.unit_of_problem.iter().map(|&unit| numbers[unit]).collect();
        Ok((self.problem_of_grids(&grids), owner))
    }

    /// Households of each grid by its number, dedicated grids included.
    pub(super) fn households_by_grid(&self, numbers: &[u32], grids: usize) -> Vec<u64> {
        let mut households = vec![0; grids];
        for (unit, &grid) in numbers.iter().enumerate() {
            if let Some(sum) = households.get_mut(grid as usize) {
                *sum += self.households[unit];
            }
        }
        households
    }

    /// Households of a balanced grid at the mean.
    pub fn mean_households(&self) -> f64 {
        self.problem.mean_households()
    }

    /// Households of all balanced grids together.
    pub fn total_households(&self) -> u64 {
        self.problem.households()
    }

    /// The problem of finding plans that begins at an assignment: its units are pulled to the
    /// grids that they have there, by code.
    pub fn problem_from(&self, assignment: &Assignment) -> Problem {
        let number_of: FxHashMap<&str, u32> = self.grids[..self.balanced_grids()]
            .iter()
            .enumerate()
            .map(|(number, grid)| (grid.code.as_str(), number as u32))
            .collect();
        let start = self.problem.units().iter().map(|unit| {
            let grid = assignment.get(&unit.id)?;
            number_of.get(grid.as_str()).copied()
        });
        self.problem.clone().with_present(&start.collect::<Vec<_>>())
    }

    /// The balanced grids of a plan that a search found, when they are not the dataset's.
    /// `owner` is the grid of each unit of the problem.
    pub fn own_grids(&self, owner: &[u32]) -> Option<Vec<PlanGrid>> {
        let labels = || self.problem.labels_of(owner).into_iter().map(PlanGrid::from).collect();
        (!self.is_standard).then(labels)
    }
}

fn dedicated(dataset: &Dataset, code: &str) -> PlanGrid {
    let grid = dataset.grids.iter().find(|grid| grid.code == code);
    PlanGrid {
        code: code.into(),
        name: grid.map_or_else(|| code.to_owned(), |grid| grid.name.clone()),
        community_code: grid.and_then(|grid| grid.community_code.clone()),
    }
}

pub(super) fn unknown_grid(grids: &[PlanGrid], field: String, grid: &str) -> PlanError {
    let mut known: Vec<&str> = grids.iter().take(LISTED).map(|g| g.code.as_str()).collect();
    if grids.len() > LISTED {
        known.push("…");
    }
    PlanError::UnknownGrid { field, grid: grid.into(), known: known.join(", ") }
}

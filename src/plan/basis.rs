//! What plans stand on: the units and grids of a dataset, their graph and their coverage.

use super::ground::{Ground, NONE as NO_GRID};
use super::state::{GridInfo, PlanState};
use super::{Assignment, PlanError, PlanGrid, Score};
use crate::balance::{self, BalanceError, GridLabel, Problem};
use crate::dataset::Dataset;
use crate::domain::GridKind;
use crate::geometry::Coverage;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What plans of one number of grids stand on. Immutable, and made from one dataset.
///
/// Grids are numbered: first the `K` that are balanced, then the dedicated grids, which stay as
/// they are. Units are numbered as in the dataset.
pub struct Basis {
    ground: Arc<Ground>,
    problem: Problem,
    /// The balanced grids as the dataset has them (those that it does not have are numbered by
    /// where they lie in the present plan), then the dedicated ones.
    grids: Vec<PlanGrid>,
    /// For each unit of the problem the number of the dataset's unit.
    unit_of_problem: Vec<usize>,
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
    pub fn new(dataset: &Arc<Dataset>, grids: Option<usize>) -> Result<Self, BalanceError> {
        let problem = Problem::from_dataset(dataset, grids)?;
        let ground = Arc::new(Ground::of(dataset, &problem));
        Ok(Self::assemble(ground, problem, grids.is_none()))
    }

    /// The basis of plans of `grids` grids on the same units.
    ///
    /// # Errors
    /// When there are fewer units than grids.
    pub fn with_grids(&self, grids: usize) -> Result<Self, BalanceError> {
        let problem = Problem::from_dataset(&self.ground.dataset, Some(grids))?;
        let mut made = Self::assemble(Arc::clone(&self.ground), problem, false);
        if self.is_standard {
            made.present_codes.clone_from(&self.present_codes);
        }
        Ok(made)
    }

    fn assemble(ground: Arc<Ground>, problem: Problem, is_standard: bool) -> Self {
        let present: Vec<u32> =
            problem.units().iter().map(|unit| unit.present.unwrap_or(NO_GRID)).collect();
        let mut grids: Vec<PlanGrid> =
            problem.labels_of(&present).into_iter().map(PlanGrid::from).collect();
        let mut fixed = Vec::new();
        for (unit, code) in problem.left_out() {
            let number = grids.iter().position(|grid| grid.code == *code).unwrap_or_else(|| {
                grids.push(dedicated(&ground.dataset, code));
                grids.len() - 1
            });
            if let Some(&unit) = ground.numbers.get(unit) {
                fixed.push((unit as usize, number as u32));
            }
        }
        let number = |id: &str| ground.numbers.get(id).map(|&unit| unit as usize);
        // The problem's units are the dataset's, so each has a number.
        let unit_of_problem: Vec<usize> =
            problem.units().iter().filter_map(|unit| number(&unit.id)).collect();
        let code = |unit: &balance::ProblemUnit| Some(grids[unit.present? as usize].code.clone());
        let present_codes = problem.units().iter().map(code).collect();
        Self { ground, problem, grids, unit_of_problem, fixed, present_codes, is_standard }
    }

    /// The units with all that edits ask of them.
    pub(super) fn ground(&self) -> &Arc<Ground> {
        &self.ground
    }

    /// The dataset that it was made from.
    pub fn dataset(&self) -> &Arc<Dataset> {
        &self.ground.dataset
    }

    /// Ids of all units, in the order of the dataset.
    pub fn units(&self) -> &[String] {
        &self.ground.ids
    }

    /// Households of a unit.
    pub fn households(&self, unit: usize) -> u64 {
        self.ground.households[unit]
    }

    /// Ids of the compounds in a unit: those whose point, or whose inmost place, it owns.
    pub fn compounds(&self, unit: usize) -> impl Iterator<Item = &str> {
        let homes = self.ground.homes.get(unit as u32).iter();
        homes.map(|&compound| self.ground.dataset.compounds[compound as usize].id.as_str())
    }

    /// The coverage of the units.
    pub fn coverage(&self) -> &Coverage {
        &self.ground.coverage
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
            Some((self.ground.ids[unit].clone(), grid.code.clone()))
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
        let mut numbers = vec![NO_GRID; self.ground.ids.len()];
        for (unit, grid) in assignment {
            let field = || format!("assignment.{unit}");
            let place = self.unit(unit, field)?;
            numbers[place] = *number_of.get(grid.as_str()).ok_or_else(|| {
                let known = grids.iter().map(|grid| grid.code.as_str());
                PlanError::unknown_grid(field(), grid, known)
            })?;
        }
        for &(unit, own) in &self.fixed {
            let given = std::mem::replace(&mut numbers[unit], own);
            if given != own && given != NO_GRID {
                return Err(self.dedicated(
                    unit,
                    own,
                    format!("assignment.{}", self.ground.ids[unit]),
                ));
            }
        }
        let to_dedicated = |n: &u32| *n != NO_GRID && *n as usize >= self.balanced_grids();
        let stray = |(unit, n): &(usize, &u32)| {
            to_dedicated(n) && !self.fixed.iter().any(|(fixed, _)| fixed == unit)
        };
        if let Some((unit, &grid)) = numbers.iter().enumerate().find(stray) {
            let field = format!("assignment.{}", self.ground.ids[unit]);
            return Err(self.dedicated(unit, grid, field));
        }
        Ok(numbers)
    }

    fn dedicated(&self, unit: usize, grid: u32, field: String) -> PlanError {
        let unit = self.ground.ids[unit].clone();
        PlanError::Dedicated { field, unit, grid: self.grids[grid as usize].code.clone() }
    }

    /// The number of a unit; `field` says where the request names it.
    pub(super) fn unit(&self, id: &str, field: impl Fn() -> String) -> Result<usize, PlanError> {
        let number = self.ground.numbers.get(id).map(|&unit| unit as usize);
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
                *sum += self.ground.households[unit];
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

    /// A plan of assignment and own grids as a state: the grids that are balanced and the dedicated
    /// ones, which keep the units that they have today.
    ///
    /// # Errors
    /// As [`Basis::numbers`].
    pub fn state(
        &self,
        own: Option<&[PlanGrid]>,
        assignment: &Assignment,
    ) -> Result<PlanState, PlanError> {
        let grids = self.grids(own);
        let numbers = self.numbers(&grids, assignment)?;
        let info = |(number, grid): (usize, &PlanGrid)| {
            let known = self.ground.present_grids.iter().find(|(code, _)| *code == grid.code);
            let kind = match known {
                Some((_, info)) if number >= self.balanced_grids() => info.kind,
                None if number >= self.balanced_grids() => GridKind::Dedicated,
                _ => self.ground.balanced_kind,
            };
            let info = GridInfo::new(grid.name.clone(), grid.community_code.clone(), kind);
            (grid.code.clone(), info)
        };
        let units = self.ground.ids.iter().zip(&numbers);
        let assigned = units.filter_map(|(unit, &grid)| {
            Some((unit.clone(), grids.get(grid as usize)?.code.clone()))
        });
        Ok(PlanState {
            grids: grids.iter().enumerate().map(info).collect(),
            assignment: assigned.collect(),
            ..PlanState::default()
        })
    }

    /// A state as assignment and balanced grids, the other way of [`Basis::state`]; no grids when
    /// they are as in `own`. `None` for a state with more than that: units or grids that are
    /// locked, units of the plan's own, colours, notes, recoded grids, other dedicated grids.
    pub fn parts(
        &self,
        own: Option<&[PlanGrid]>,
        state: &PlanState,
    ) -> Option<(Assignment, Option<Vec<PlanGrid>>)> {
        let before = self.grids(own);
        let (balanced, dedicated) = before.split_at(self.balanced_grids());
        let is_plain = |info: &GridInfo| {
            let continues = info.continues.as_deref().unwrap_or_default();
            !info.locked && info.colour.is_none() && continues.is_empty()
        };
        let more = !state.notes.is_empty()
            || !state.locked_units.is_empty()
            || !state.own_units.is_empty()
            || !state.grids.values().all(is_plain);
        let grid = |code: &str| -> Option<PlanGrid> {
            let info = state.grids.get(code)?;
            let (name, community_code) = (info.name.clone(), info.community_code.clone());
            Some(PlanGrid { code: code.to_owned(), name, community_code })
        };
        let is_balanced = |code: &str| {
            state.grids.get(code).is_some_and(|info| info.kind == self.ground.balanced_kind)
        };
        let others = state.grids.keys().filter(|code| !is_balanced(code)).count();
        let same = |known: &PlanGrid| {
            grid(&known.code).as_ref() == Some(known) && !is_balanced(&known.code)
        };
        if more || others != dedicated.len() || !dedicated.iter().all(same) {
            return None;
        }
        // The grids stay in their order, and new ones follow.
        let known = balanced.iter().map(|grid| grid.code.as_str());
        let is_new = |code: &&str| balanced.iter().all(|grid| grid.code != **code);
        let new = state.grids.keys().map(String::as_str).filter(is_new);
        let now: Vec<PlanGrid> =
            known.chain(new).filter(|code| is_balanced(code)).filter_map(grid).collect();
        let is_same = now == balanced;
        Some((state.assignment.clone(), (!is_same).then_some(now)))
    }

    /// The state of the present plan.
    pub fn present_state(&self) -> PlanState {
        let grids = self.ground.present_grids.iter().cloned().collect();
        let units = self.ground.ids.iter().zip(&self.ground.present);
        let assigned = units.filter_map(|(unit, &grid)| {
            let (code, _) = self.ground.present_grids.get(grid as usize)?;
            Some((unit.clone(), code.clone()))
        });
        let assignment = assigned.collect();
        PlanState { grids, assignment, ..PlanState::default() }
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

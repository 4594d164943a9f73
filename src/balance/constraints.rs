//! What a plan must keep besides the bounds: locks, offices, units together or apart, whole
//! compounds, further weights.
//!
//! [`Constraints`] name units and grids as a planner does; [`Rules`] hold them by index. Units
//! that must be together are a *class*; a connected piece of a class is one *node* of the search,
//! so that most constraints cost the search nothing. Units locked to one grid are together by
//! that alone, and apart from those locked to another.

use super::error::BalanceError;
use super::options::Options;
use super::parts::Part;
use super::problem::Problem;
use super::solution::Reason;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// No grid in particular.
pub(super) const FREE: u32 = u32::MAX;

/// What a plan must keep, by the ids of units and the codes of grids. Everything is optional.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Constraints {
    /// Units that stay in their present grid.
    pub lock_units: Vec<String>,
    /// Grids that stay as they are, outside the search; the mean is still that of all grids.
    pub lock_grids: Vec<String>,
    /// Grid → unit that it keeps: the one that holds its office.
    pub offices: BTreeMap<String, String>,
    /// Units that must share a grid, list by list.
    pub together: Vec<Vec<String>>,
    /// Units no two of which may share a grid, list by list.
    pub apart: Vec<Vec<String>>,
    /// Whether units that share a compound stay together.
    pub whole_compounds: bool,
    /// Further weights → greatest share off their mean: `residents` → 0.2.
    pub also: BTreeMap<String, f64>,
}

impl Constraints {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A further weight that is to be balanced.
#[derive(Clone, Debug)]
pub(super) struct Also {
    /// Its name.
    pub name: String,
    /// Weight of each unit.
    pub of: Vec<i64>,
    /// Least and greatest weight of a grid.
    pub bounds: (i64, i64),
    /// Weight of a mean grid.
    pub mean: f64,
}

/// Constraints by the indices of a problem. The empty default means none.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    /// The grid that each unit must have, or [`FREE`].
    fixed: Vec<u32>,
    /// For each grid whether it stays as it is.
    kept: Vec<bool>,
    /// The class of each unit: units of one must share a grid.
    class: Vec<u32>,
    /// The node of each unit: a connected piece of its class.
    node: Vec<u32>,
    /// Pairs of classes that must not share a grid.
    apart: Vec<(u32, u32)>,
    /// Further weights.
    pub also: Vec<Also>,
}

impl Rules {
    /// The grid that a unit must have, or [`FREE`].
    pub fn fixed(&self, unit: usize) -> u32 {
        self.fixed.get(unit).copied().unwrap_or(FREE)
    }

    /// Whether a grid stays as it is.
    pub fn is_kept(&self, grid: u32) -> bool {
        self.kept.get(grid as usize).copied().unwrap_or(false)
    }

    /// Whether a unit is outside the search, with its grid.
    pub fn is_out(&self, unit: usize) -> bool {
        !self.kept.is_empty() && self.is_kept(self.fixed(unit))
    }

    /// The grids that stay as they are.
    pub fn kept(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.kept.len() as u32).filter(|&grid| self.is_kept(grid))
    }

    /// The class of a unit.
    pub fn class(&self, unit: usize) -> u32 {
        self.class.get(unit).copied().unwrap_or(unit as u32)
    }

    /// The node of a unit.
    pub fn node(&self, unit: usize) -> u32 {
        self.node.get(unit).copied().unwrap_or(unit as u32)
    }

    /// Pairs of classes that must not share a grid.
    pub fn apart(&self) -> &[(u32, u32)] {
        &self.apart
    }

    /// Whether a plan keeps all rules (but the further weights' bounds only when asked).
    pub fn hold(&self, owner: &[u32], with_weights: bool) -> bool {
        let mut grid_of: FxHashMap<u32, u32> = FxHashMap::default();
        let units = owner.iter().enumerate();
        let together = units.clone().all(|(unit, &grid)| {
            let fixed = self.fixed(unit);
            (fixed == FREE || fixed == grid)
                && *grid_of.entry(self.class(unit)).or_insert(grid) == grid
        });
        let apart = self.apart.iter().all(|(a, b)| match (grid_of.get(a), grid_of.get(b)) {
            (Some(a), Some(b)) => a != b,
            _ => true,
        });
        let weights = || {
            self.also.iter().all(|also| {
                let mut sums: FxHashMap<u32, i64> = FxHashMap::default();
                units.clone().for_each(|(u, &grid)| *sums.entry(grid).or_default() += also.of[u]);
                let (lower, upper) = also.bounds;
                let mut free = sums.iter().filter(|(grid, _)| !self.is_kept(**grid));
                free.all(|(_, sum)| (lower..=upper).contains(sum))
            })
        };
        together && apart && (!with_weights || weights())
    }
}

fn wrong<T>(option: &str, problem: String) -> Result<T, BalanceError> {
    Err(BalanceError::Option { option: option.to_owned(), problem })
}

/// Sets of units that grow together.
struct Classes(Vec<u32>);

impl Classes {
    fn find(&mut self, mut unit: u32) -> u32 {
        while self.0[unit as usize] != unit {
            let up = self.0[unit as usize];
            self.0[unit as usize] = self.0[up as usize];
            unit = up;
        }
        unit
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        self.0[a.max(b) as usize] = a.min(b);
    }
}

/// Looks names up for [`Problem::with_constraints`].
struct Names<'a> {
    problem: &'a Problem,
    units: FxHashMap<&'a str, u32>,
}

impl<'a> Names<'a> {
    fn new(problem: &'a Problem) -> Self {
        let units = problem.units().iter().enumerate();
        Self { problem, units: units.map(|(u, unit)| (unit.id.as_str(), u as u32)).collect() }
    }

    /// The unit of an id; `None` for one that is outside the balance.
    fn unit(&self, option: &str, id: &str) -> Result<Option<u32>, BalanceError> {
        match self.units.get(id) {
            Some(&unit) => Ok(Some(unit)),
            None if self.problem.left_out().iter().any(|(unit, _)| unit == id) => Ok(None),
            None => wrong(option, format!("there is no planning unit `{id}`")),
        }
    }

    fn balanced(&self, option: &str, id: &str) -> Result<u32, BalanceError> {
        match self.unit(option, id)? {
            Some(unit) => Ok(unit),
            None => {
                wrong(option, format!("unit `{id}` is in a dedicated grid, outside the balance"))
            }
        }
    }

    fn grid(&self, option: &str, code: &str) -> Result<Option<u32>, BalanceError> {
        let existing = &self.problem.grids[..self.problem.existing];
        match existing.iter().position(|grid| grid.code == code) {
            Some(grid) => Ok(Some(grid as u32)),
            None if self.problem.left_out().iter().any(|(_, grid)| grid == code) => Ok(None),
            None => {
                let known: Vec<&str> = existing.iter().map(|g| g.code.as_str()).take(6).collect();
                let known = if known.is_empty() { "none today".into() } else { known.join(", ") };
                wrong(option, format!("there is no grid `{code}`; the grids are {known}"))
            }
        }
    }

    fn id(&self, unit: usize) -> &str {
        &self.problem.units()[unit].id
    }

    fn code(&self, grid: u32) -> &str {
        &self.problem.grids[grid as usize].code
    }

    /// The grids of the units that must have one, and the grids that stay.
    fn fixed(&self, asked: &Constraints) -> Result<(Vec<u32>, Vec<bool>), BalanceError> {
        let units = self.problem.units();
        let mut fixed = vec![FREE; units.len()];
        let mut kept = vec![false; self.problem.grids.len()];
        for id in &asked.lock_units {
            let Some(unit) = self.unit("lock-unit", id)? else { continue };
            let Some(grid) = units[unit as usize].present else {
                return wrong("lock-unit", format!("unit `{id}` has no grid today to stay in"));
            };
            fixed[unit as usize] = grid;
        }
        for (code, id) in &asked.offices {
            let unit = self.balanced("office", id)? as usize;
            let Some(grid) = self.grid("office", code)? else {
                let problem = format!("grid `{code}` is dedicated, outside the balance");
                return wrong("office", problem);
            };
            if fixed[unit] != FREE && fixed[unit] != grid {
                let other = self.code(fixed[unit]);
                let problem = format!("unit `{id}` cannot be kept by `{code}` and by `{other}`");
                return wrong("office", problem);
            }
            fixed[unit] = grid;
        }
        for code in &asked.lock_grids {
            let Some(grid) = self.grid("lock-grid", code)? else { continue };
            if units.iter().all(|unit| unit.present != Some(grid)) {
                return wrong("lock-grid", format!("grid `{code}` has no planning units today"));
            }
            kept[grid as usize] = true;
            for (unit, fixed) in units.iter().zip(&mut fixed) {
                if unit.present == Some(grid) && *fixed != FREE && *fixed != grid {
                    let (id, other) = (&unit.id, self.code(*fixed));
                    let problem =
                        format!("unit `{id}` of grid `{code}` is to be kept by `{other}`");
                    return wrong("lock-grid", problem);
                } else if unit.present == Some(grid) {
                    *fixed = grid;
                } else if *fixed == grid {
                    let id = &unit.id;
                    return wrong("lock-grid", format!("grid `{code}` stays without unit `{id}`"));
                }
            }
        }
        if !kept.is_empty() && kept.iter().all(|&kept| kept) {
            return wrong("lock-grid", "every grid is locked; nothing is left to balance".into());
        }
        Ok((fixed, kept))
    }

    /// The class of each unit; `fixed` is filled up with what the classes imply.
    fn classes(&self, asked: &Constraints, fixed: &mut [u32]) -> Result<Vec<u32>, BalanceError> {
        let n = self.problem.units().len();
        let mut classes = Classes((0..n as u32).collect());
        for ids in &asked.together {
            let units: Result<Vec<u32>, _> =
                ids.iter().map(|id| self.balanced("together", id)).collect();
            units?.windows(2).for_each(|pair| classes.join(pair[0], pair[1]));
        }
        if asked.whole_compounds {
            for compound in &self.problem.compounds {
                compound.units.windows(2).for_each(|pair| classes.join(pair[0], pair[1]));
            }
        }
        let mut first: FxHashMap<u32, u32> = FxHashMap::default();
        for (unit, &grid) in fixed.iter().enumerate().filter(|(_, grid)| **grid != FREE) {
            classes.join(*first.entry(grid).or_insert(unit as u32), unit as u32);
        }
        let class: Vec<u32> = (0..n as u32).map(|unit| classes.find(unit)).collect();
        let mut grid_of: FxHashMap<u32, (u32, usize)> = FxHashMap::default();
        for unit in (0..n).filter(|&unit| fixed[unit] != FREE) {
            let &mut (grid, other) = grid_of.entry(class[unit]).or_insert((fixed[unit], unit));
            if grid != fixed[unit] {
                let (a, b) = (self.id(other), self.id(unit));
                let (g, h) = (self.code(grid), self.code(fixed[unit]));
                let problem = format!(
                    "units `{a}` and `{b}` must share a grid, but are held by `{g}` and `{h}`"
                );
                return wrong("together", problem);
            }
        }
        for (unit, fixed) in fixed.iter_mut().enumerate() {
            *fixed = grid_of.get(&class[unit]).map_or(FREE, |(grid, _)| *grid);
        }
        Ok(class)
    }

    fn apart(&self, asked: &Constraints, class: &[u32]) -> Result<Vec<(u32, u32)>, BalanceError> {
        let mut apart = Vec::new();
        for ids in &asked.apart {
            for (index, a) in ids.iter().enumerate() {
                for b in &ids[index + 1..] {
                    let (u, v) = (self.balanced("apart", a)?, self.balanced("apart", b)?);
                    let (c, d) = (class[u as usize], class[v as usize]);
                    if c == d {
                        let problem = format!("units `{a}` and `{b}` must be together, too");
                        return wrong("apart", problem);
                    }
                    apart.push((c.min(d), c.max(d)));
                }
            }
        }
        Ok(apart)
    }

    fn also(&self, asked: &Constraints) -> Result<Vec<Also>, BalanceError> {
        let weight = |(name, &share): (&String, &f64)| {
            let of = self.problem.attribute("also", name)?;
            if !(share >= 0.0 && share.is_finite()) {
                return wrong("also", format!("{name}: {share} is not a share of 0 or more"));
            }
            let total = of.iter().sum::<u64>();
            if total == 0 {
                return wrong("also", format!("all units together have no {name}"));
            }
            let mean = total as f64 / self.problem.number_of_grids() as f64;
            let lower = ((1.0 - share) * mean - mean * 1e-12).ceil().max(0.0) as i64;
            let upper = ((1.0 + share) * mean + mean * 1e-12).floor() as i64;
            let of = of.iter().map(|&w| w as i64).collect();
            Ok(Also { name: name.clone(), of, bounds: (lower, upper), mean })
        };
        asked.also.iter().map(weight).collect()
    }
}

impl Problem {
    /// The same problem under constraints; locks refer to the present plan, so set that first
    /// ([`Problem::with_present`]). Whole compounds and further weights need
    /// [`Problem::with_compounds`].
    ///
    /// # Errors
    /// For an unknown unit, grid or weight, a lock on a unit without a grid, and for constraints
    /// that contradict each other.
    pub fn with_constraints(mut self, asked: &Constraints) -> Result<Self, BalanceError> {
        if asked.is_empty() {
            self.rules = Rules::default();
            return Ok(self);
        }
        let names = Names::new(&self);
        let (mut fixed, kept) = names.fixed(asked)?;
        let class = names.classes(asked, &mut fixed)?;
        let free_together = |(unit, &grid): (usize, &u32)| {
            grid != FREE && kept[grid as usize] && { self.units[unit].present != Some(grid) }
        };
        if let Some((unit, &grid)) = fixed.iter().enumerate().find(|f| free_together(*f)) {
            let (id, code) = (names.id(unit), names.code(grid));
            let problem = format!("unit `{id}` would have to join grid `{code}`, which is locked");
            return wrong("lock-grid", problem);
        }
        let mut apart = names.apart(asked, &class)?;
        // Units held by different grids are apart.
        let mut held: Vec<(u32, u32)> =
            fixed.iter().zip(&class).filter(|(f, _)| **f != FREE).map(|(f, c)| (*f, *c)).collect();
        held.sort_unstable();
        held.dedup();
        for (index, &(_, a)) in held.iter().enumerate() {
            apart.extend(held[index + 1..].iter().map(|&(_, b)| (a.min(b), a.max(b))));
        }
        apart.sort_unstable();
        apart.dedup();
        let also = names.also(asked)?;
        let (node, _) = self.graph.pieces(|unit| class[unit]);
        self.rules = Rules { fixed, kept, class, node, apart, also };
        Ok(self)
    }

    /// The same problem under constraints that refer to a plan rather than to today's grids:
    /// locks keep what `owner` has. The present plan, from which moves are counted, stays.
    ///
    /// # Errors
    /// As [`Problem::with_constraints`].
    pub fn with_constraints_on(
        mut self,
        owner: &[u32],
        asked: &Constraints,
    ) -> Result<Self, BalanceError> {
        let owner: Vec<Option<u32>> = owner.iter().copied().map(Some).collect();
        self.rules = self.clone().with_present(&owner).with_constraints(asked)?.rules;
        Ok(self)
    }

    /// Whether there are constraints.
    pub(super) fn is_constrained(&self) -> bool {
        !self.rules.class.is_empty()
    }

    /// Number of grids that a search makes: all but the locked ones.
    pub(super) fn grids_to_make(&self) -> usize {
        self.number_of_grids() - self.rules.kept().count()
    }

    /// Households of the heaviest unit that a search places.
    pub(super) fn heaviest_unit(&self) -> Option<&super::problem::ProblemUnit> {
        let free = self.units.iter().enumerate().filter(|(u, _)| !self.rules.is_out(*u));
        free.map(|(_, unit)| unit).max_by_key(|unit| unit.households)
    }

    /// Why the constraints alone make a plan impossible, if they do.
    pub(super) fn broken_rule(&self, parts: &[Part], options: &Options) -> Option<Reason> {
        if self.rules.class.is_empty() {
            return None;
        }
        let mut part_of = vec![u32::MAX; self.units.len()];
        for (index, part) in parts.iter().enumerate() {
            part.units.iter().for_each(|&u| part_of[u as usize] = index as u32);
        }
        let (_, upper) = self.bounds(options.max_deviation);
        let mut classes: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for unit in (0..self.units.len()).filter(|&unit| !self.rules.is_out(unit)) {
            classes.entry(self.rules.class(unit)).or_default().push(unit);
        }
        for units in classes.values().filter(|units| units.len() > 1) {
            let ids: Vec<String> =
                units.iter().take(5).map(|&u| self.units[u].id.clone()).collect();
            let names = ids.join(", ");
            let households: u64 = units.iter().map(|&u| self.units[u].households).sum();
            let (message, message_zh) = if units.iter().any(|&u| part_of[u] != part_of[units[0]]) {
                (
                    format!(
                        "units {names} must share a grid, but lie in communities or pieces that no \
                         grid may join"
                    ),
                    format!("单元{names}须在同一网格，但分属不可跨越的社区或互不相连的部分"),
                )
            } else if households as i64 > upper {
                (
                    format!(
                        "units {names} must share a grid, but hold {households} households \
                         together, more than the {upper} that a grid may hold"
                    ),
                    format!("单元{names}须在同一网格，但合计{households}户，超过上限{upper}户"),
                )
            } else {
                continue;
            };
            return Some(Reason {
                constraint: "together".to_owned(),
                proven: true,
                message,
                message_zh,
                community: None,
                units: ids,
                households: Some(households),
                least_deviation: None,
            });
        }
        None
    }
}

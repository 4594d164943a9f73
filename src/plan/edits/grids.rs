//! Grids added, removed, merged, changed and locked.

use super::super::delta::{Change, Changes, Delta};
use super::super::draft::{Draft, Rule};
use super::super::error::PlanError;
use super::super::state::GridInfo;
use super::{At, Breach, Made};
use crate::domain::GridKind;

/// Most characters of a code, and of a name.
const LONGEST_CODE: usize = 64;
const LONGEST_NAME: usize = 200;

/// What may be changed of a grid; `None` leaves it.
pub(super) struct Looks<'e> {
    pub name: Option<&'e str>,
    pub kind: Option<GridKind>,
    pub colour: Option<&'e str>,
    pub community_code: Option<&'e str>,
}

/// A change of one grid.
fn single(code: &str, before: Option<GridInfo>, after: Option<GridInfo>) -> Changes<GridInfo> {
    let is_change = before != after;
    is_change.then(|| (code.to_owned(), Change { before, after })).into_iter().collect()
}

/// An empty text stands for none.
fn some_text(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

impl Draft {
    /// Adds a grid without units.
    pub(super) fn add_grid(
        &self,
        at: At,
        code: &str,
        name: Option<&str>,
        community_code: Option<&str>,
        kind: Option<GridKind>,
    ) -> Result<Made, PlanError> {
        self.require_new_code(at.field("grid"), code)?;
        let name = self.valid_name(at, name.unwrap_or(code))?;
        let kind = kind.unwrap_or(self.ground.balanced_kind);
        let mut info = GridInfo::new(name, community_code.and_then(some_text), kind);
        // A code that a present grid has is that grid again.
        let is_present = self.ground.present_grids.iter().any(|(known, _)| known == code);
        info.continues = (!is_present).then(String::new);
        let warning = self.unknown_community(code, &info);
        let delta = Delta { grids: single(code, None, Some(info)), ..Delta::default() };
        Ok(Made { warning, ..delta.into() })
    }

    /// Whether the code is one that a grid can be given.
    pub(super) fn require_new_code(&self, field: String, code: &str) -> Result<(), PlanError> {
        let wrong = |problem: &str| {
            let (field, grid, problem) = (field.clone(), code.to_owned(), problem.to_owned());
            Err(PlanError::Grid { field, grid, problem })
        };
        if code.trim().is_empty() {
            return wrong("a grid needs a code; give one that no grid of the plan has");
        }
        if code.trim() != code || code.chars().any(char::is_control) {
            return wrong("a code has no space around it and no control character");
        }
        if code.chars().count() > LONGEST_CODE {
            return wrong("the code is too long; at most 64 characters are kept");
        }
        if self.grid(code).is_some() {
            return wrong("the plan has it already; give another code");
        }
        Ok(())
    }

    fn valid_name(&self, at: At, name: &str) -> Result<String, PlanError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            let problem = format!("a name has 1 to {LONGEST_NAME} characters");
            return Err(PlanError::invalid(at.field("name"), None, problem));
        }
        Ok(name.to_owned())
    }

    fn unknown_community(&self, grid: &str, info: &GridInfo) -> Option<Breach> {
        let code = info.community_code.as_ref()?;
        let is_known = self.ground.communities.iter().any(|community| community.code == *code);
        (!is_known).then(|| Breach {
            rule: Rule::Community,
            grid: Some(grid.to_owned()),
            units: Vec::new(),
            compounds: Vec::new(),
            message: format!("the dataset has no community `{code}`; grid `{grid}` keeps it"),
            message_zh: format!("数据中没有社区 {code}；网格 {grid} 仍保留该代码"),
        })
    }

    /// Takes a grid without units out of the plan.
    pub(super) fn remove_grid(&self, at: At, code: &str) -> Result<Delta, PlanError> {
        let number = self.grid_number(at.field("grid"), code)?;
        let wrong = |problem: &str| {
            let (field, grid) = (at.field("grid"), code.to_owned());
            Err(PlanError::Grid { field, grid, problem: problem.to_owned() })
        };
        if !self.grids[number as usize].members.is_empty() {
            return wrong("it has units; give them to other grids first");
        }
        let balanced = self.ground.balanced_kind;
        let mut others = self.state.grids.iter().filter(|(other, _)| *other != code);
        if !others.any(|(_, info)| info.kind == balanced) {
            return wrong("it is the last one inside the balance; a plan has one grid at least");
        }
        let before = self.state.grids.get(code).cloned();
        Ok(Delta { grids: single(code, before, None), ..Delta::default() })
    }

    /// Makes one grid of several.
    pub(super) fn merge_grids(
        &self,
        at: At,
        codes: &[String],
        into: Option<&str>,
    ) -> Result<Made, PlanError> {
        let mut numbers = Vec::new();
        for (position, code) in codes.iter().enumerate() {
            let field = at.entry("grids", position);
            let number = self.grid_number(field.clone(), code)?;
            if numbers.contains(&number) {
                let problem = format!("names grid `{code}` twice");
                return Err(PlanError::invalid(field, Some(code), problem));
            }
            numbers.push(number);
        }
        if numbers.len() < 2 {
            let problem = format!("names {} grids; name two or more", numbers.len());
            return Err(PlanError::invalid(at.field("grids"), None, problem));
        }
        let heaviest = || {
            let weight = |&&grid: &&u32| {
                let work = &self.grids[grid as usize];
                (work.households, std::cmp::Reverse(work.code.clone()))
            };
            numbers.iter().max_by_key(weight).copied()
        };
        let into = match into {
            Some(code) => Some(self.grid_number(at.field("into"), code)?),
            None => heaviest(),
        };
        let Some(into) = into.filter(|into| numbers.contains(into)) else {
            let problem = "names none of the grids that are merged; name one of them";
            return Err(PlanError::invalid(at.field("into"), None, problem));
        };
        let code = self.grids[into as usize].code.clone();
        let mut delta = Delta::default();
        for &grid in numbers.iter().filter(|&&grid| grid != into) {
            delta = delta.then(self.given(&self.members_of(grid), Some(&code)));
            let gone = self.grids[grid as usize].code.clone();
            let before = self.state.grids.get(&gone).cloned();
            delta.grids.extend(single(&gone, before, None));
        }
        Ok(delta.into())
    }

    /// Changes what a grid is called and how it is shown.
    pub(super) fn set_grid(&self, at: At, code: &str, looks: &Looks) -> Result<Delta, PlanError> {
        self.grid_number(at.field("grid"), code)?;
        let before = self.state.grids.get(code).cloned();
        let Some(mut info) = before.clone() else {
            return Err(self.unknown_grid(at.field("grid"), code));
        };
        if let Some(name) = looks.name {
            info.name = self.valid_name(at, name)?;
        }
        if let Some(colour) = looks.colour {
            let digits = colour.strip_prefix('#').unwrap_or_default();
            let is_colour = digits.len() == 6 && digits.chars().all(|c| c.is_ascii_hexdigit());
            if !colour.is_empty() && !is_colour {
                let problem = format!("`{colour}` is no colour; write #rrggbb, or nothing");
                return Err(PlanError::invalid(at.field("colour"), Some(code), problem));
            }
            info.colour = some_text(colour).map(|colour| colour.to_ascii_lowercase());
        }
        info.kind = looks.kind.unwrap_or(info.kind);
        if let Some(community) = looks.community_code {
            info.community_code = some_text(community);
        }
        let others = self.state.grids.iter().filter(|(other, _)| *other != code);
        let balanced = self.ground.balanced_kind;
        if info.kind != balanced && !others.into_iter().any(|(_, other)| other.kind == balanced) {
            let problem = "it is the last grid inside the balance; a plan has one at least";
            return Err(PlanError::invalid(at.field("kind"), Some(code), problem));
        }
        Ok(Delta { grids: single(code, before, Some(info)), ..Delta::default() })
    }

    /// Locks or unlocks grids and units.
    pub(super) fn lock(
        &self,
        at: At,
        grids: &[String],
        units: &[String],
        locked: bool,
    ) -> Result<Delta, PlanError> {
        if grids.is_empty() && units.is_empty() {
            let problem = "names neither grids nor units; name what to lock or unlock";
            return Err(PlanError::invalid(at.field("grids"), None, problem));
        }
        let mut delta = Delta::default();
        for (position, code) in grids.iter().enumerate() {
            let Some(info) = self.state.grids.get(code) else {
                return Err(self.unknown_grid(at.entry("grids", position), code));
            };
            let after = GridInfo { locked, ..info.clone() };
            delta.grids.extend(single(code, Some(info.clone()), Some(after)));
        }
        for (position, unit) in units.iter().enumerate() {
            self.unit_number(at.entry("units", position), unit)?;
            let before = self.state.locked_units.contains(unit);
            if before != locked {
                delta.locked_units.insert(unit.clone(), Change { before, after: locked });
            }
        }
        Ok(delta)
    }
}

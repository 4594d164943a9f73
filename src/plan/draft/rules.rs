//! What an edit must not break. Only what it newly breaks counts: a plan that is broken already
//! can be worked on.

use super::super::delta::{Change, Delta};
use super::super::edits::Made;
use super::super::error::PlanError;
use super::super::ground::NONE;
use super::super::state::GridInfo;
use super::Draft;
use super::breaches::{dedicated, locked_grid, locked_unit};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// A rule of plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// A grid is one piece.
    Contiguity,
    /// A grid lies in one community.
    Community,
    /// A compound lies in one grid.
    Compounds,
    /// Units of grids outside the balance stay, and no others join them.
    Dedicated,
    /// What is locked stays.
    Locks,
    /// An edit did less than was asked for.
    Amount,
}

/// What happens when an edit breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleMode {
    /// The edits are refused, all of them.
    Refuse,
    /// They are made, and the answer warns.
    Warn,
    /// Nobody asks.
    Off,
}

/// How strict the rules are. Locks always refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EditOptions {
    /// A grid stays one piece.
    pub contiguity: RuleMode,
    /// A grid stays in one community.
    pub community: RuleMode,
    /// A compound stays in one grid.
    pub compounds: RuleMode,
    /// Grids outside the balance keep their units.
    pub dedicated: RuleMode,
}

impl Default for EditOptions {
    fn default() -> Self {
        let warn = RuleMode::Warn;
        Self { contiguity: warn, community: warn, compounds: warn, dedicated: RuleMode::Refuse }
    }
}

impl EditOptions {
    /// Every rule refuses.
    pub const STRICT: Self = Self {
        contiguity: RuleMode::Refuse,
        community: RuleMode::Refuse,
        compounds: RuleMode::Refuse,
        dedicated: RuleMode::Refuse,
    };

    /// How strict a rule is.
    pub fn mode(&self, rule: Rule) -> RuleMode {
        match rule {
            Rule::Contiguity => self.contiguity,
            Rule::Community => self.community,
            Rule::Compounds => self.compounds,
            Rule::Dedicated => self.dedicated,
            Rule::Locks => RuleMode::Refuse,
            Rule::Amount => RuleMode::Warn,
        }
    }
}

/// A rule that an edit breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Breach {
    /// The rule.
    pub rule: Rule,
    /// Code of the grid concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grid: Option<String>,
    /// The units concerned, the first few of many.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<String>,
    /// The compounds concerned, by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub compounds: Vec<String>,
    /// What is broken and what to do.
    pub message: String,
    /// The same in Chinese.
    pub message_zh: String,
}

/// A grid as it was before the edits.
pub struct GridBefore {
    pieces: usize,
    /// Communities of its units, and its own.
    communities: BTreeSet<u32>,
    /// The last edit that touched it.
    edit: usize,
}

/// What was there before the edits, as far as they touch it.
pub struct Before {
    /// By code.
    pub grids: BTreeMap<String, GridBefore>,
    /// Number of grids of each compound.
    compounds: BTreeMap<u32, (usize, usize)>,
    /// Of each net, the grids out of step with it.
    pub out_of_step: Vec<Vec<u32>>,
    /// What was broken and let pass while the edits were made.
    warnings: Vec<Breach>,
}

impl Before {
    /// Before any edit.
    pub fn of(draft: &Draft) -> Self {
        Self {
            grids: BTreeMap::new(),
            compounds: BTreeMap::new(),
            out_of_step: draft.out_of_step(),
            warnings: Vec::new(),
        }
    }

    /// Remembers all that a change is about to touch.
    pub fn note(&mut self, draft: &Draft, delta: &Delta, edit: usize) {
        let mut codes: BTreeSet<&str> = delta.grids.keys().map(String::as_str).collect();
        let mut units: BTreeSet<&str> = BTreeSet::new();
        for (unit, change) in &delta.assignment {
            units.insert(unit);
            codes.extend([&change.before, &change.after].into_iter().flatten().map(String::as_str));
        }
        for (unit, change) in &delta.own_units {
            units.insert(unit);
            for own in [&change.before, &change.after].into_iter().flatten() {
                units.extend(own.from.keys().map(String::as_str));
            }
        }
        for slot in units.into_iter().filter_map(|unit| draft.slot(unit)) {
            let owner = draft.grids.get(draft.slots.owner[slot as usize] as usize);
            codes.extend(owner.map(|grid| grid.code.as_str()));
            for &compound in draft.slots.sharing(&draft.ground, slot) {
                let grids = || draft.slots.grids_of_compound(&draft.ground, compound).len();
                self.compounds.entry(compound).or_insert_with(|| (grids(), edit)).1 = edit;
            }
        }
        for code in codes {
            self.note_code(draft, code, edit);
        }
    }

    /// Remembers a grid.
    pub fn note_grid(&mut self, draft: &Draft, grid: u32, edit: usize) {
        let work = &draft.grids[grid as usize];
        if !work.is_gone {
            self.note_code(draft, &work.code, edit);
        }
    }

    fn note_code(&mut self, draft: &Draft, code: &str, edit: usize) {
        if let Some(known) = self.grids.get_mut(code) {
            known.edit = edit;
            return;
        }
        let number = draft.grid(code);
        let pieces = number.map_or(0, |number| draft.grids[number as usize].pieces);
        let communities = number.map(|number| draft.communities_of(number)).unwrap_or_default();
        self.grids.insert(code.to_owned(), GridBefore { pieces, communities, edit });
    }
}

impl Draft {
    /// The communities of a grid's units, and its own.
    pub(super) fn communities_of(&self, grid: u32) -> BTreeSet<u32> {
        let work = &self.grids[grid as usize];
        let own = self.ground.community_number(work.info.community_code.as_deref());
        let of_units = work.communities.iter().map(|&(community, _)| community);
        of_units.chain(Some(own).filter(|&own| own != NONE)).collect()
    }

    /// Whether a step may be made: locks and grids outside the balance.
    pub(super) fn require_allowed(
        &self,
        made: &Made,
        position: usize,
        options: &EditOptions,
        before: &mut Before,
    ) -> Result<(), PlanError> {
        let delta = &made.delta;
        let refused = |breach: Breach| PlanError::Refused {
            field: format!("edits[{position}]"),
            breach: Box::new(breach),
        };
        if let Some(code) = delta.grids.iter().find_map(|(code, change)| changed_lock(code, change))
        {
            return Err(refused(locked_grid(code)));
        }
        if made.renames {
            return Ok(());
        }
        for (unit, change) in &delta.assignment {
            if self.state.locked_units.contains(unit) {
                return Err(refused(locked_unit(unit)));
            }
            for code in [&change.before, &change.after].into_iter().flatten() {
                if self.state.grids.get(code).is_some_and(|info| info.locked) {
                    return Err(refused(locked_grid(code)));
                }
            }
            let stays = self.slot(unit).is_some()
                && delta.own_units.get(unit).is_none_or(|own| own.after.is_some());
            let Some(grid) = self.outside(delta, change).filter(|_| stays) else { continue };
            match options.dedicated {
                RuleMode::Refuse => return Err(refused(dedicated(unit, grid))),
                RuleMode::Warn => before.warnings.push(dedicated(unit, grid)),
                RuleMode::Off => {}
            }
        }
        for (unit, change) in &delta.own_units {
            let sources = [&change.before, &change.after].into_iter().flatten();
            let sources = sources.flat_map(|own| own.from.keys());
            for unit in sources.chain([unit]).filter(|unit| self.slot(unit).is_some()) {
                if self.state.locked_units.contains(unit) {
                    return Err(refused(locked_unit(unit)));
                }
                let code = self.state.assignment.get(unit);
                let is_locked =
                    |code: &&String| self.state.grids.get(*code).is_some_and(|info| info.locked);
                if let Some(code) = code.filter(is_locked) {
                    return Err(refused(locked_grid(code)));
                }
            }
        }
        Ok(())
    }

    /// The grid outside the balance that a unit leaves or joins.
    fn outside<'a>(&self, delta: &'a Delta, change: &'a Change<Option<String>>) -> Option<&'a str> {
        let is_out = |code: &&String| {
            let made = delta.grids.get(*code);
            let made = made.and_then(|change| change.after.as_ref().or(change.before.as_ref()));
            let info = self.state.grids.get(*code).or(made);
            info.is_some_and(|info| info.kind != self.ground.balanced_kind)
        };
        let sides = [&change.before, &change.after].into_iter().flatten();
        sides.filter(is_out).map(String::as_str).next()
    }

    /// What the edits newly broke, as warnings.
    ///
    /// # Errors
    /// With the first breach of a rule that refuses.
    pub(super) fn judge(
        &mut self,
        before: &Before,
        options: &EditOptions,
    ) -> Result<Vec<Breach>, PlanError> {
        let mut found: Vec<(usize, Breach)> = Vec::new();
        for (code, was) in &before.grids {
            let Some(number) = self.grid(code) else { continue };
            if options.contiguity != RuleMode::Off {
                let pieces = self.grids[number as usize].pieces;
                if pieces > was.pieces.max(1) {
                    found.push((was.edit, self.in_pieces(number, pieces)));
                }
            }
            if options.community != RuleMode::Off {
                let now = self.communities_of(number);
                if now.len() > 1 && !now.is_subset(&was.communities) {
                    found.push((was.edit, self.in_communities(number, &now)));
                }
            }
        }
        if options.compounds != RuleMode::Off {
            for (&compound, &(was, edit)) in &before.compounds {
                let now = self.slots.grids_of_compound(&self.ground, compound);
                if now.len() > was.max(1) {
                    found.push((edit, self.divided(compound, &now)));
                }
            }
        }
        let refuses =
            |(_, breach): &&(usize, Breach)| options.mode(breach.rule) == RuleMode::Refuse;
        if let Some((edit, breach)) = found.iter().find(refuses) {
            let field = format!("edits[{edit}]");
            return Err(PlanError::Refused { field, breach: Box::new(breach.clone()) });
        }
        let found = found.into_iter().map(|(_, breach)| breach);
        Ok(before.warnings.iter().cloned().chain(found).collect())
    }
}

/// The code of a locked grid that a change touches otherwise than by its lock.
fn changed_lock<'a>(code: &'a str, change: &Change<Option<GridInfo>>) -> Option<&'a str> {
    let before = change.before.as_ref().filter(|info| info.locked)?;
    let unlocked = |info: &GridInfo| GridInfo { locked: false, ..info.clone() };
    let same = change.after.as_ref().is_some_and(|after| unlocked(after) == unlocked(before));
    (!same).then_some(code)
}

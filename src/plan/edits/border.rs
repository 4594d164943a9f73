//! Grow and shrink: the border between two grids pushed over, unit by unit.

use super::super::draft::{Breach, Draft, EditOptions, Rule, RuleMode};
use super::super::error::PlanError;
use super::super::ground::NONE;
use super::{At, Made};
use rustc_hash::FxHashMap;

/// Households beyond which a goal is as good as boundless; differences from it stay exact.
const MOST_HOUSEHOLDS: u64 = 1 << 50;

/// The grids of an edit.
pub(super) struct Pair<'e> {
    /// The grid that the edit speaks of.
    pub grid: &'e str,
    /// The grid beside it.
    pub other: &'e str,
    /// How the edit calls the other.
    pub member: &'static str,
    /// Whether the grid grows.
    pub grows: bool,
}

/// When to stop.
#[derive(Clone, Copy)]
enum Goal {
    Units(usize),
    Households(u64),
}

/// The two grids while units move, without touching the draft.
struct Push<'d> {
    draft: &'d Draft,
    giver: u32,
    taker: u32,
    /// Whether the grid of the goal takes.
    grows: bool,
    /// Members of the giver, with their place.
    members: Vec<u32>,
    /// 0 for the giver, 1 for the taker, by unit.
    side: FxHashMap<u32, u8>,
    households: [u64; 2],
}

impl Draft {
    /// Moves units at the common border of two grids.
    pub(super) fn push_border(
        &self,
        at: At,
        pair: &Pair,
        units: Option<usize>,
        households: Option<u64>,
        options: &EditOptions,
    ) -> Result<Made, PlanError> {
        let grid = self.grid_number(at.field("grid"), pair.grid)?;
        let other = self.grid_number(at.field(pair.member), pair.other)?;
        if grid == other {
            let problem = "names the same grid; name the one beside it";
            return Err(PlanError::invalid(at.field(pair.member), Some(pair.other), problem));
        }
        let goal = match (units, households) {
            (Some(units), None) if units > 0 => Goal::Units(units),
            (None, Some(households)) => Goal::Households(households.min(MOST_HOUSEHOLDS)),
            _ => {
                let problem = "give either `units` (1 or more) or `households`";
                return Err(PlanError::invalid(at.field("units"), None, problem));
            }
        };
        let (taker, giver) = if pair.grows { (grid, other) } else { (other, grid) };
        let mut push = Push::new(self, giver, taker, pair.grows);
        let mut moved = Vec::new();
        while let Some(unit) = push.next(goal, moved.len(), options) {
            push.take(unit);
            moved.push(unit);
        }
        if moved.is_empty() && !push.is_reached(goal, 0) {
            let problem = format!(
                "no unit can go from grid `{}` to grid `{}`: at their common border there is none \
                 that is not locked and leaves both grids whole",
                self.grids[giver as usize].code, self.grids[taker as usize].code
            );
            return Err(PlanError::invalid(at.field("grid"), Some(pair.grid), problem));
        }
        let warning = push.shortfall(goal, moved.len());
        let to = self.grids[taker as usize].code.clone();
        Ok(Made { warning, ..self.given(&moved, Some(&to)).into() })
    }
}

impl<'d> Push<'d> {
    fn new(draft: &'d Draft, giver: u32, taker: u32, grows: bool) -> Self {
        let members = draft.members_of(giver);
        let of = |grid: u32| draft.grids[grid as usize].members.iter().copied();
        let side = of(giver).map(|unit| (unit, 0)).chain(of(taker).map(|unit| (unit, 1)));
        let side = side.collect();
        let households = [giver, taker].map(|grid| draft.grids[grid as usize].households);
        Self { draft, giver, taker, grows, members, side, households }
    }

    fn take(&mut self, unit: u32) {
        let households = self.draft.slots.households[unit as usize];
        self.households[0] -= households;
        self.households[1] += households;
        self.side.insert(unit, 1);
        self.members.retain(|&member| member != unit);
    }

    /// Households of the grid of the goal, after a unit has moved.
    fn with(&self, unit: Option<u32>) -> u64 {
        let more = unit.map_or(0, |unit| self.draft.slots.households[unit as usize]);
        if self.grows { self.households[1] + more } else { self.households[0] - more }
    }

    fn is_reached(&self, goal: Goal, moved: usize) -> bool {
        match goal {
            Goal::Units(units) => moved >= units,
            Goal::Households(goal) if self.grows => self.with(None) >= goal,
            Goal::Households(goal) => self.with(None) <= goal,
        }
    }

    /// The unit to move next: of those at the border that leave both grids whole the one with the
    /// best balance, then the longest common border, then the lowest id. `None` at the end.
    fn next(&self, goal: Goal, moved: usize, options: &EditOptions) -> Option<u32> {
        if self.is_reached(goal, moved) || self.members.len() < 2 {
            return None;
        }
        let mean = self.draft.mean_households();
        let off = |households: u64| (households as f64 - mean).abs();
        let cost = |unit: u32| match goal {
            Goal::Units(_) => {
                let more = self.draft.slots.households[unit as usize];
                off(self.households[0] - more).max(off(self.households[1] + more))
            }
            Goal::Households(goal) => self.with(Some(unit)).abs_diff(goal) as f64,
        };
        let limit = match goal {
            Goal::Units(_) => f64::INFINITY,
            Goal::Households(goal) => self.with(None).abs_diff(goal) as f64,
        };
        let cuts = self.cut_units();
        let at_border = self.members.iter().enumerate().filter_map(|(place, &unit)| {
            let common = self.common_m(unit);
            let fits = common > 0.0 && !cuts[place] && self.may_move(unit, options);
            (fits && cost(unit) < limit).then(|| (cost(unit), common, unit))
        });
        let best = at_border.min_by(|a, b| {
            let by_id = || self.draft.id(a.2).cmp(self.draft.id(b.2));
            a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)).then_with(by_id)
        });
        best.map(|(_, _, unit)| unit)
    }

    /// Metres of a unit's border with the taker.
    fn common_m(&self, unit: u32) -> f64 {
        let row = self.draft.slots.row(&self.draft.ground, unit).iter();
        let common = row.filter(|(other, _)| self.side.get(other) == Some(&1));
        common.map(|&(_, metres)| metres).sum()
    }

    /// Whether locks, communities and compounds let a unit go, as far as they are asked.
    fn may_move(&self, unit: u32, options: &EditOptions) -> bool {
        let draft = self.draft;
        if draft.state.locked_units.contains(draft.id(unit)) {
            return false;
        }
        let community = draft.slots.community[unit as usize];
        let taker = &draft.grids[self.taker as usize];
        let known = taker.communities.iter().any(|&(known, _)| known == community);
        let own = draft.ground.community_number(taker.info.community_code.as_deref());
        let strange = community != NONE
            && !known
            && own != community
            && (own != NONE || !taker.communities.is_empty());
        if options.community != RuleMode::Off && strange {
            return false;
        }
        options.compounds == RuleMode::Off
            || draft.slots.sharing(&draft.ground, unit).iter().all(|&compound| {
                let mut sharers = draft.slots.sharers(&draft.ground, compound).iter();
                // A compound of several units of the giver would be torn apart.
                !sharers.any(|other| *other != unit && self.side.get(other) == Some(&0))
            })
    }

    /// Which members hold the giver together: without them it falls into more pieces (Hopcroft
    /// and Tarjan 1973, without recursion). O(units).
    fn cut_units(&self) -> Vec<bool> {
        let place: FxHashMap<u32, usize> =
            self.members.iter().enumerate().map(|(place, &unit)| (unit, place)).collect();
        let near = |place_of: usize| {
            let row = self.draft.slots.row(&self.draft.ground, self.members[place_of]);
            row.iter().filter_map(|(other, _)| place.get(other).copied()).collect::<Vec<_>>()
        };
        let n = self.members.len();
        let (mut order, mut low) = (vec![0usize; n], vec![0usize; n]);
        let (mut cuts, mut count) = (vec![false; n], 0);
        for root in 0..n {
            if order[root] != 0 {
                continue;
            }
            count += 1;
            (order[root], low[root]) = (count, count);
            let mut children = 0;
            let mut way: Vec<(usize, Vec<usize>)> = vec![(root, near(root))];
            while let Some((here, rest)) = way.last_mut() {
                let here = *here;
                match rest.pop() {
                    Some(next) if order[next] == 0 => {
                        count += 1;
                        (order[next], low[next]) = (count, count);
                        children += usize::from(here == root);
                        way.push((next, near(next)));
                    }
                    Some(next) => low[here] = low[here].min(order[next]),
                    None => {
                        way.pop();
                        let Some(&(parent, _)) = way.last() else { continue };
                        low[parent] = low[parent].min(low[here]);
                        cuts[parent] |= parent != root && low[here] >= order[parent];
                    }
                }
            }
            cuts[root] = children > 1;
        }
        cuts
    }

    /// What to tell when less was moved than asked for.
    fn shortfall(&self, goal: Goal, moved: usize) -> Option<Breach> {
        let Goal::Units(asked) = goal else { return None };
        if moved >= asked {
            return None;
        }
        let (from, to) =
            (&self.draft.grids[self.giver as usize], &self.draft.grids[self.taker as usize]);
        let (from, to) = (&from.code, &to.code);
        Some(Breach {
            rule: Rule::Amount,
            grid: Some(to.clone()),
            units: Vec::new(),
            compounds: Vec::new(),
            message: format!(
                "{moved} of {asked} units went from grid `{from}` to grid `{to}`; no other at \
                 their border may go and leaves both whole"
            ),
            message_zh: format!(
                "已从网格 {from} 划给网格 {to} {moved} 个单元（要求 {asked} 个）；边界上其余单元不能移动，否则网格不连片"
            ),
        })
    }
}

//! A plan carried over to changed data, by geometry.

use super::basis::Basis;
use super::compare::shared;
use super::delta::Change;
use super::draft::Draft;
use super::error::PlanError;
use super::ground::Ground;
use super::state::{OwnUnit, PlanState};
use crate::domain::MultiPolygon;
use crate::geometry::overlap_areas;
use crate::index::AreaIndex;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// A unit keeps its lock when its new grid has at least this share of it.
const SURE: f64 = 0.99;

/// A unit of the new data that is not as it was, and the grid that it went to.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CarriedUnit {
    /// The unit.
    pub unit: String,
    /// Its grid: the one with most of the households of the compounds in it, else of its area.
    pub grid: String,
    /// The grid's share, 0..1: how certain it is.
    pub share: f64,
    /// Whether households decided; else the area did.
    pub by_households: bool,
}

/// What became of a plan on changed data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct RebaseReport {
    /// Number of units carried over as they were.
    pub unchanged: usize,
    /// Units carried over by geometry.
    pub carried: Vec<CarriedUnit>,
    /// Units of the new data whose id the old data do not have.
    pub new_units: Vec<String>,
    /// Units of the old data that are gone.
    pub gone_units: Vec<String>,
    /// Units of the new data for which no grid was found: they lie where no unit of a grid lay.
    pub unassigned: Vec<String>,
    /// Households of units with the same shape that changed.
    #[schema(value_type = Object)]
    pub changed_households: BTreeMap<String, Change<u64>>,
    /// Units of the plan's own that were dropped, since units under them changed.
    pub dropped_own_units: Vec<String>,
    /// Locks of units that could not be kept.
    pub dropped_locks: Vec<String>,
    /// Grids of the plan that have no unit any more.
    pub empty_grids: Vec<String>,
    /// Grids that came with the new data, since they are outside the balance there.
    pub added_grids: Vec<String>,
    /// Grids whose community the new data do not have.
    pub unknown_communities: Vec<String>,
}

/// Carries a plan over to other data. Units with the same id and shape keep their grid and lock;
/// the plan's own units stay where all units that they are made of are the same; every other unit
/// goes to the grid with the largest share of it. Names, colours, locks and notes stay.
///
/// # Errors
/// When the state does not fit the old data.
pub fn rebase(
    old: &Basis,
    state: &PlanState,
    new: &Basis,
) -> Result<(PlanState, RebaseReport), PlanError> {
    let draft = Draft::open(old, state.clone())?;
    let mut work = Rebase {
        old: old.ground(),
        new: new.ground(),
        draft: &draft,
        made: PlanState {
            grids: state.grids.clone(),
            notes: state.notes.clone(),
            ..PlanState::default()
        },
        report: RebaseReport::default(),
    };
    work.carry();
    Ok((work.made, work.report))
}

struct Rebase<'r> {
    old: &'r Ground,
    new: &'r Ground,
    draft: &'r Draft,
    made: PlanState,
    report: RebaseReport,
}

impl Rebase<'_> {
    fn carry(&mut self) {
        let same: Vec<bool> = (0..self.new.ids.len()).map(|unit| self.is_same(unit)).collect();
        let kept = self.keep_own_units(&same);
        let mut others = Vec::new();
        for (unit, id) in self.new.ids.iter().enumerate() {
            if kept.contains(id.as_str()) {
                continue;
            }
            // A unit that the plan has replaced by others, which are dropped, is not as it was.
            let stands = same[unit]
                && self.draft.slot(id).is_some_and(|slot| {
                    !self.draft.state().own_units.contains_key(self.draft.id(slot))
                });
            if stands {
                self.keep(id);
            } else {
                others.push(unit);
            }
        }
        self.place(&others);
        self.tell(&same);
        self.add_dedicated();
        self.drop_locks();
        let used: BTreeSet<&String> = self.made.assignment.values().collect();
        let empty = self.made.grids.keys().filter(|code| !used.contains(code));
        self.report.empty_grids = empty.cloned().collect();
        let is_strange = |code: &String| self.new.communities.iter().all(|c| c.code != *code);
        let strange = self.made.grids.iter();
        let strange =
            strange.filter(|(_, info)| info.community_code.as_ref().is_some_and(is_strange));
        self.report.unknown_communities = strange.map(|(code, _)| code.clone()).collect();
    }

    /// Whether the old data have a unit with the same id and shape.
    fn is_same(&self, unit: usize) -> bool {
        let there = self.old.numbers.get(&self.new.ids[unit]).copied();
        there.is_some_and(|there| {
            let (old, new) = (&self.old.dataset.units, &self.new.dataset.units);
            old[there as usize].geometry == new[unit].geometry
        })
    }

    /// Gives a unit the grid and lock that it had.
    fn keep(&mut self, id: &str) {
        let state = self.draft.state();
        if let Some(grid) = state.assignment.get(id) {
            self.made.assignment.insert(id.to_owned(), grid.clone());
        } else {
            self.report.unassigned.push(id.to_owned());
        }
        if state.locked_units.contains(id) {
            self.made.locked_units.insert(id.to_owned());
        }
        self.report.unchanged += 1;
    }

    /// Keeps the plan's own units under which nothing changed; gives the units of the dataset that
    /// they stand for. Own units that share a source, or that took area from each other, stay or
    /// go together.
    fn keep_own_units(&mut self, same: &[bool]) -> BTreeSet<String> {
        let own_units = &self.draft.state().own_units;
        let is_kept =
            |source: &String| self.new.numbers.get(source).is_some_and(|&unit| same[unit as usize]);
        let mut dropped: BTreeSet<&String> = own_units
            .iter()
            .filter(|(_, own)| !own.from.keys().all(is_kept))
            .map(|(id, _)| id)
            .collect();
        loop {
            let sources: BTreeSet<&String> =
                dropped.iter().flat_map(|id| own_units[*id].from.keys()).collect();
            let near = |own: &OwnUnit| {
                let numbers = own.from.keys().filter_map(|id| self.old.numbers.get(id));
                let mut beside = numbers.flat_map(|&u| self.old.rows.get(u)).map(|&(v, _)| v);
                let touches = beside.any(|v| sources.contains(&self.old.ids[v as usize]));
                // A border that both share may have been moved.
                touches && own.from.len() == 1
            };
            let more: Vec<&String> = own_units
                .iter()
                .filter(|(id, own)| {
                    let shares = own.from.keys().any(|source| sources.contains(source));
                    let has_moved = own.from.contains_key(*id);
                    !dropped.contains(id) && (shares || (has_moved && near(own)))
                })
                .map(|(id, _)| id)
                .collect();
            if more.is_empty() {
                break;
            }
            dropped.extend(more);
        }
        let mut kept = BTreeSet::new();
        let mut made = Vec::new();
        for (id, own) in own_units.iter().filter(|(id, _)| !dropped.contains(id)) {
            made.push((id.clone(), own.clone()));
            kept.extend(own.from.keys().cloned());
        }
        self.report.dropped_own_units = dropped.into_iter().cloned().collect();
        self.recount(&mut made);
        for (id, own) in made {
            self.keep(&id);
            self.made.own_units.insert(id, own);
        }
        kept
    }

    /// Gives the plan's own units the new data's counts: the pieces of a source share its
    /// households as they did before.
    fn recount(&self, made: &mut [(String, OwnUnit)]) {
        let mut pieces: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, (_, own)) in made.iter().enumerate() {
            own.from
                .keys()
                .for_each(|source| pieces.entry(source.clone()).or_default().push(place));
        }
        for (source, places) in pieces {
            let Some(&unit) = self.new.numbers.get(&source) else { continue };
            let weights: Vec<f64> =
                places.iter().map(|&place| made[place].1.from[&source] as f64).collect();
            let shares = shared(self.new.households[unit as usize], &weights);
            for (place, households) in places.into_iter().zip(shares) {
                made[place].1.from.insert(source.clone(), households);
            }
        }
    }

    /// Gives each of these units to the grid that has most of it.
    fn place(&mut self, units: &[usize]) {
        let shapes: Vec<&MultiPolygon> =
            units.iter().map(|&unit| &self.new.dataset.units[unit].geometry).collect();
        if shapes.is_empty() {
            return;
        }
        let there: Vec<u32> = self.draft.alive().collect();
        let drawn: Vec<&MultiPolygon> = there.iter().map(|&slot| self.draft.shape(slot)).collect();
        let grid = |place: usize| {
            self.draft.state().assignment.get(self.draft.id(there[place])).map(String::as_str)
        };
        let mut areas: Vec<BTreeMap<&str, f64>> = vec![BTreeMap::new(); units.len()];
        for (unit, place, area) in overlap_areas(self.new.frame(), &shapes, &drawn) {
            if let Some(code) = grid(place) {
                *areas[unit].entry(code).or_default() += area;
            }
        }
        let index = AreaIndex::build(drawn.iter().copied().enumerate());
        let (mut carried, mut unassigned) = (Vec::new(), Vec::new());
        for (number, &unit) in units.iter().enumerate() {
            let mut homes: BTreeMap<&str, f64> = BTreeMap::new();
            for &compound in self.new.homes.get(unit as u32) {
                let owner = index.owner(self.new.seats[compound as usize], |_| true);
                if let Some(code) = owner.and_then(grid) {
                    *homes.entry(code).or_default() +=
                        self.new.compound_households(compound) as f64;
                }
            }
            homes.retain(|_, households| *households > 0.0);
            let by_households = !homes.is_empty();
            let (shares, whole) = if by_households {
                let whole = homes.values().sum();
                (homes, whole)
            } else {
                (std::mem::take(&mut areas[number]), self.new.area_m2[unit])
            };
            let id = self.new.ids[unit].clone();
            // Of equal shares the lower code has it.
            let best = shares.iter().rev().max_by(|a, b| a.1.total_cmp(b.1));
            match best {
                Some((grid, most)) => {
                    let share = (most / f64::max(whole, f64::MIN_POSITIVE)).min(1.0);
                    carried.push(CarriedUnit {
                        unit: id,
                        grid: (*grid).to_owned(),
                        share,
                        by_households,
                    });
                }
                None => unassigned.push(id),
            }
        }
        self.carried(carried);
        self.report.unassigned.extend(unassigned);
    }

    /// Notes units carried over by geometry, with the locks of those that are sure.
    fn carried(&mut self, carried: Vec<CarriedUnit>) {
        for carried in &carried {
            self.made.assignment.insert(carried.unit.clone(), carried.grid.clone());
            let was_locked = self.draft.state().locked_units.contains(&carried.unit);
            if was_locked && carried.share >= SURE {
                self.made.locked_units.insert(carried.unit.clone());
            }
        }
        self.report.carried = carried;
    }

    /// Lists what is new, gone and counted anew.
    fn tell(&mut self, same: &[bool]) {
        let is_new = |id: &&String| !self.old.numbers.contains_key(*id);
        self.report.new_units = self.new.ids.iter().filter(is_new).cloned().collect();
        let is_gone = |id: &&String| !self.new.numbers.contains_key(*id);
        self.report.gone_units = self.old.ids.iter().filter(is_gone).cloned().collect();
        for (unit, id) in self.new.ids.iter().enumerate().filter(|(unit, _)| same[*unit]) {
            let Some(&there) = self.old.numbers.get(id) else { continue };
            let before = self.old.households[there as usize];
            let after = self.new.households[unit];
            if before != after {
                self.report.changed_households.insert(id.clone(), Change { before, after });
            }
        }
    }

    /// Brings the grids outside the balance of the new data, with the units that they have there.
    fn add_dedicated(&mut self) {
        for (unit, &grid) in self.new.present.iter().enumerate() {
            let Some((code, info)) = self.new.present_grids.get(grid as usize) else { continue };
            let id = &self.new.ids[unit];
            let has_own = self.made.own_units.values().any(|own| own.from.contains_key(id));
            if info.kind == self.new.balanced_kind || has_own {
                continue;
            }
            if !self.made.grids.contains_key(code) {
                self.made.grids.insert(code.clone(), info.clone());
                self.report.added_grids.push(code.clone());
            }
            self.made.assignment.insert(id.clone(), code.clone());
        }
        let assigned = &self.made.assignment;
        self.report.unassigned.retain(|id| !assigned.contains_key(id));
    }

    /// Lists the locks that were not kept.
    fn drop_locks(&mut self) {
        let before = &self.draft.state().locked_units;
        self.report.dropped_locks = before.difference(&self.made.locked_units).cloned().collect();
    }
}

//! A grid divided in two.

use super::super::delta::{Change, Delta};
use super::super::draft::Draft;
use super::super::error::PlanError;
use super::super::ground::NONE;
use super::super::state::GridInfo;
use super::At;
use crate::balance::{self, CommunityRule, Edge, GridLabel, Options, Problem, ProblemUnit};
use rustc_hash::FxHashMap;
use std::ops::ControlFlow;
use std::time::Duration;

/// How long two balanced halves are sought at most. The search of two grids ends by work long
/// before; the limit keeps an edit of a huge grid from holding up everybody.
const LONGEST_SEARCH: Duration = Duration::from_secs(20);
/// Deviations of the halves from each other's mean that are tried, the evenest first.
const DEVIATIONS: [f64; 4] = [0.05, 0.15, 0.4, 1.0];

/// What the new grid is called, where the edit says.
pub(super) struct NewGrid<'e> {
    pub code: Option<&'e str>,
    pub name: Option<&'e str>,
}

impl Draft {
    /// Gives some units of a grid to a new one, or one half of it.
    pub(super) fn split_grid(
        &self,
        at: At,
        code: &str,
        units: Option<&[String]>,
        new: NewGrid,
    ) -> Result<Delta, PlanError> {
        let grid = self.grid_number(at.field("grid"), code)?;
        let moved = match units {
            Some(units) => self.part_of(at, grid, units)?,
            None => self
                .half_of(grid)
                .map_err(|problem| PlanError::invalid(at.field("grid"), Some(code), problem))?,
        };
        let of = &self.grids[grid as usize].info;
        let community = of.community_code.clone().or_else(|| {
            let community = self.grids[grid as usize].communities.iter().max_by_key(|c| c.1);
            let code = community.and_then(|&(number, _)| self.ground.community_code(number));
            code.map(str::to_owned)
        });
        let new_code = match new.code {
            Some(code) => code.to_owned(),
            None => self.next_code(code, community.as_deref()),
        };
        self.require_new_code(at.field("code"), &new_code)?;
        let name = new.name.map_or_else(|| new_code.clone(), |name| name.trim().to_owned());
        let mut info = GridInfo::new(name, of.community_code.clone(), of.kind);
        let is_present = self.ground.present_grids.iter().any(|(known, _)| *known == new_code);
        info.continues = (!is_present).then(String::new);
        let mut delta = self.given(&moved, Some(&new_code));
        delta.grids.insert(new_code, Change { before: None, after: Some(info) });
        Ok(delta)
    }

    fn part_of(&self, at: At, grid: u32, units: &[String]) -> Result<Vec<u32>, PlanError> {
        let slots = self.named_units(at, units)?;
        let code = &self.grids[grid as usize].code;
        if let Some(&strange) = slots.iter().find(|&&slot| self.owner_of(slot) != Some(grid)) {
            let problem = format!("`{}` is not in grid `{code}`; leave it out", self.id(strange));
            return Err(PlanError::invalid(at.field("units"), Some(self.id(strange)), problem));
        }
        if slots.len() == self.grids[grid as usize].members.len() {
            let problem = format!("names all units of grid `{code}`; leave some in it");
            return Err(PlanError::invalid(at.field("units"), Some(code), problem));
        }
        Ok(slots)
    }

    /// The next code of a community that neither the plan nor the dataset has; with a letter
    /// where no community is known.
    fn next_code(&self, code: &str, community: Option<&str>) -> String {
        let is_free = |code: &String| {
            self.grid(code).is_none()
                && !self.ground.present_grids.iter().any(|(known, _)| known == code)
        };
        let numbered =
            community.into_iter().flat_map(|c| (1..1000).map(move |n| format!("{c}{n:03}")));
        let mut lettered = (1u32..).map(|number| format!("{code}-{number}"));
        let in_community = numbered.into_iter().find(is_free);
        // There are more numbers than grids.
        in_community.or_else(|| lettered.find(is_free)).unwrap_or_default()
    }

    /// One of two halves of a grid, each in one piece, as even as the search finds them: the one
    /// that leaves. The half with more households stays, or the one that holds locked units.
    fn half_of(&self, grid: u32) -> Result<Vec<u32>, String> {
        let members = self.members_of(grid);
        if members.len() < 2 {
            return Err("it has fewer than two units; divide a unit first (split_unit)".into());
        }
        let problem = self.sub_problem(&members, 2).map_err(|error| error.to_string())?;
        let solution = DEVIATIONS.into_iter().find_map(|max_deviation| {
            let options = Options {
                max_deviation,
                communities: CommunityRule::Ignore,
                time_limit: None,
                ..Options::default()
            };
            let stop = |progress: balance::Progress| {
                if progress.elapsed_s > LONGEST_SEARCH.as_secs_f64() {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            };
            balance::solve(&problem, &options, &stop).plans.into_iter().next()
        });
        let Some(plan) = solution else {
            return Err("it cannot be divided into two halves in one piece each; it may lie in \
                        pieces already; name the units that are to leave it"
                .into());
        };
        let side = |half: u32| -> Vec<u32> {
            let sides = members.iter().zip(&plan.owner);
            sides.filter(|(_, side)| **side == half).map(|(&slot, _)| slot).collect()
        };
        let weight = |slots: &Vec<u32>| {
            let locked = slots.iter().filter(|&&s| self.state.locked_units.contains(self.id(s)));
            let households: u64 = slots.iter().map(|&s| self.slots.households[s as usize]).sum();
            (locked.count(), households)
        };
        let (a, b) = (side(0), side(1));
        Ok(if weight(&a) > weight(&b) { b } else { a })
    }

    /// Some units as a problem of `grids` new grids, with the plan's own shapes.
    pub(super) fn sub_problem(
        &self,
        slots: &[u32],
        grids: usize,
    ) -> Result<Problem, balance::BalanceError> {
        let (units, borders) = self.parts_of(slots);
        Problem::from_units(units, borders, self.ground.communities.clone(), Vec::new(), grids)
    }

    /// Some units and the borders between them.
    pub(super) fn parts_of(&self, slots: &[u32]) -> (Vec<ProblemUnit>, Vec<Edge>) {
        let place: FxHashMap<u32, u32> =
            slots.iter().enumerate().map(|(place, &slot)| (slot, place as u32)).collect();
        let (mut units, mut borders) = (Vec::with_capacity(slots.len()), Vec::new());
        for (here, &slot) in slots.iter().enumerate() {
            let at = slot as usize;
            let mut outer = self.slots.perimeter_m[at];
            for &(other, metres) in self.slots.row(&self.ground, slot) {
                let Some(&there) = place.get(&other) else { continue };
                outer -= metres;
                if (here as u32) < there {
                    let (a, b) = (here as u32, there);
                    borders.push(Edge { a, b, length_m: Some(metres), barrier: false });
                }
            }
            units.push(ProblemUnit {
                id: self.id(slot).to_owned(),
                households: self.slots.households[at],
                community: Some(self.slots.community[at]).filter(|&c| c != NONE),
                present: None,
                centroid: Some(self.slots.centroid(&self.ground, slot)),
                area_m2: Some(self.slots.area_m2[at]),
                outer_border_m: Some(outer.max(0.0)),
            });
        }
        (units, borders)
    }

    /// Labels of grids that are there already, for a problem whose other grids are to be numbered.
    pub(super) fn labels(&self, grids: &[u32]) -> Vec<GridLabel> {
        let label = |&grid: &u32| {
            let work = &self.grids[grid as usize];
            GridLabel {
                code: work.code.clone(),
                name: work.info.name.clone(),
                community_code: work.info.community_code.clone(),
            }
        };
        grids.iter().map(label).collect()
    }
}

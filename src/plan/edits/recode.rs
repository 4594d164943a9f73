//! Grids numbered anew by rule 8.

use super::super::delta::{Change, Delta};
use super::super::draft::Draft;
use super::super::error::PlanError;
use super::super::ground::NONE;
use super::super::state::GridInfo;
use super::{At, Made};
use crate::balance::Problem;
use std::collections::BTreeMap;

impl Draft {
    /// Numbers the grids of a community, or all. Grids without units keep their codes.
    pub(super) fn recode(&self, at: At, community: Option<&str>) -> Result<Made, PlanError> {
        let filled = (0..self.grids.len() as u32)
            .filter(|&grid| !self.grids[grid as usize].members.is_empty());
        let (numbered, kept): (Vec<u32>, Vec<u32>) =
            filled.partition(|&grid| community.is_none_or(|code| self.is_of(grid, code)));
        let empty = (0..self.grids.len() as u32).filter(|&grid| {
            let work = &self.grids[grid as usize];
            !work.is_gone && work.members.is_empty()
        });
        let kept: Vec<u32> = kept.into_iter().chain(empty).collect();
        if numbered.is_empty() {
            let problem = match community {
                Some(code) => format!("no grid with units lies in the community `{code}`"),
                None => "no grid has units; there is nothing to number".to_owned(),
            };
            return Err(PlanError::invalid(at.field("community_code"), community, problem));
        }
        let codes = self.new_codes(&kept, &numbered).map_err(|error| {
            PlanError::invalid(at.field("community_code"), community, error.to_string())
        })?;
        Ok(Made { renames: true, ..self.renamed(&codes).into() })
    }

    /// Whether most of a grid's units lie in a community.
    fn is_of(&self, grid: u32, code: &str) -> bool {
        let work = &self.grids[grid as usize];
        let most = work.communities.iter().max_by_key(|&&(c, count)| (count, std::cmp::Reverse(c)));
        let community = most.map(|&(number, _)| number).unwrap_or(NONE);
        self.ground.community_code(community) == Some(code)
    }

    /// The new code of each of the grids that are numbered.
    fn new_codes(
        &self,
        kept: &[u32],
        numbered: &[u32],
    ) -> Result<Vec<(u32, String)>, crate::balance::BalanceError> {
        let slots: Vec<u32> = self.alive().filter(|&slot| self.owner_of(slot).is_some()).collect();
        let order: Vec<u32> = kept.iter().chain(numbered).copied().collect();
        let owner: Vec<u32> = slots
            .iter()
            .map(|&slot| {
                let place = order.iter().position(|&grid| Some(grid) == self.owner_of(slot));
                place.map_or(NONE, |place| place as u32)
            })
            .collect();
        let (units, borders) = self.parts_of(&slots);
        let communities = self.ground.communities.clone();
        let labels = self.labels(kept);
        let problem = Problem::from_units(units, borders, communities, labels, order.len())?;
        let labels = problem.labels_of(&owner);
        let new = labels.into_iter().skip(kept.len()).map(|label| label.code);
        Ok(numbered.iter().copied().zip(new).collect())
    }

    /// The change that gives grids new codes.
    fn renamed(&self, codes: &[(u32, String)]) -> Delta {
        let mut infos: BTreeMap<String, (Option<GridInfo>, Option<GridInfo>)> = BTreeMap::new();
        let mut delta = Delta::default();
        for (grid, code) in codes {
            let work = &self.grids[*grid as usize];
            if work.code == *code {
                // It may also be the code that another grid had.
                let entry = infos.entry(code.clone()).or_default();
                entry.0 = Some(work.info.clone());
                entry.1 = Some(work.info.clone());
                continue;
            }
            let mut info = work.info.clone();
            let present = info.continues.take().unwrap_or_else(|| {
                let is_present =
                    self.ground.present_grids.iter().any(|(known, _)| *known == work.code);
                if is_present { work.code.clone() } else { String::new() }
            });
            // A grid that has its present code again needs no note of it.
            info.continues = (present != *code).then_some(present);
            infos.entry(work.code.clone()).or_default().0 = Some(work.info.clone());
            infos.entry(code.clone()).or_default().1 = Some(info);
            delta = delta.then(self.given(&work.members, Some(code)));
        }
        for (code, (before, after)) in infos {
            // A code that a grid left out of the numbering has is never given.
            if before != after {
                delta.grids.insert(code, Change { before, after });
            }
        }
        delta
    }
}

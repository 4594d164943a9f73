//! Which grid has the best right to a place, and what none may take.

use super::{Mending, Why};
use crate::repair::report::Reason;
use crate::repair::tiling::Region;
use std::cmp::Reverse;

/// The share of a grid below which it counts as emptied.
const EMPTY_SHARE: f64 = 0.01;

/// A grid that may get a place.
pub(super) struct Candidate {
    grid: usize,
    /// Of its compounds in the place.
    households_there: u64,
    /// Of all its compounds, where that counts.
    households: u64,
    border_um: i64,
}

impl Candidate {
    /// What puts a candidate before the next one.
    fn right_over(&self, next: &Self) -> Why {
        if next.households_there < self.households_there {
            Why::Households(self.households_there)
        } else if next.households < self.households {
            Why::MoreHouseholds(self.households)
        } else if next.border_um < self.border_um {
            Why::LongestBorder(self.border_um as f64 / 1e6)
        } else {
            Why::LowerCode
        }
    }
}

impl Mending<'_, '_> {
    /// The candidates in the order of their right: by the households of their compounds in the
    /// place, by their households in all where `households` gives them, by the length of their
    /// border with the place, by code.
    pub(super) fn ranked(
        &self,
        candidates: impl Iterator<Item = (usize, i64)>,
        compounds: &[usize],
        households: &[u64],
    ) -> Vec<Candidate> {
        let own = |grid| {
            let own = compounds.iter().copied().filter(move |&c| self.homes.home(c) == Some(grid));
            self.homes.households(own)
        };
        let candidate = |(grid, border_um)| Candidate {
            grid,
            households_there: own(grid),
            households: households.get(grid).copied().unwrap_or(0),
            border_um,
        };
        let mut candidates: Vec<Candidate> = candidates.map(candidate).collect();
        candidates.sort_by_key(|c| {
            (Reverse(c.households_there), Reverse(c.households), Reverse(c.border_um), c.grid)
        });
        candidates
    }

    /// The first candidate that may have the place, and why it is that one; else why the first
    /// may not.
    pub(super) fn choose(
        &self,
        candidates: &[Candidate],
        may_have: impl Fn(usize) -> Result<(), Reason>,
    ) -> Result<(usize, Why), Reason> {
        let mut refused = None;
        for (i, one) in candidates.iter().enumerate() {
            if let Err(reason) = may_have(one.grid) {
                refused.get_or_insert(reason);
                continue;
            }
            let why = match candidates.get(i + 1) {
                _ if i > 0 => Why::OnlyOne,
                None if one.households_there > 0 => Why::Households(one.households_there),
                None => Why::OnlyOne,
                Some(next) => one.right_over(next),
            };
            return Ok((one.grid, why));
        }
        Err(refused.unwrap_or(Reason::NoNeighbour))
    }

    /// Refuses to give a grid a part of a compound whose home is another.
    pub(super) fn may_split(&self, compounds: &[usize], grid: usize) -> Result<(), Reason> {
        let stays = |&c: &usize| self.homes.home(c).is_none_or(|home| home == grid);
        if compounds.iter().all(stays) { Ok(()) } else { Err(Reason::SplitsCompound) }
    }

    /// Refuses to take all that a grid has.
    pub(super) fn may_lose(&self, grid: usize, area_m2: f64) -> Result<(), Reason> {
        let left = self.now_m2[grid] - area_m2;
        if left > EMPTY_SHARE * self.at_start_m2[grid] { Ok(()) } else { Err(Reason::Empties) }
    }

    /// Refuses what is too large to be given away without being asked: measured at the grids that
    /// change, and by the households of compounds that have no other home.
    pub(super) fn within_limits(
        &self,
        compounds: &[usize],
        region: &Region,
        mut grids: impl Iterator<Item = usize>,
    ) -> Result<(), Reason> {
        let undecided = compounds.iter().copied().filter(|&c| self.homes.home(c).is_none());
        let too_many = self.homes.households(undecided) > self.options.max_households;
        let too_large =
            |grid: usize| region.area_m2 > self.options.max_share * self.at_start_m2[grid];
        if !self.options.force && (too_many || grids.any(too_large)) {
            return Err(Reason::TooLarge);
        }
        Ok(())
    }
}

//! Giving a unit to a grid, and the sums that this changes.

use super::super::delta::Changes;
use super::super::ground::{Ground, NONE};
use super::super::state::GridInfo;
use super::Draft;
use crate::domain::GridKind;
use rustc_hash::FxHashMap;
use std::f64::consts::PI;
use std::sync::Arc;

/// A grid at work.
#[derive(Clone, Debug)]
pub struct GridWork {
    pub code: String,
    pub info: GridInfo,
    /// Its units, in no order.
    pub members: Vec<u32>,
    pub households: u64,
    /// Communities of its units, each with the number of units.
    pub communities: Vec<(u32, u32)>,
    /// Pieces, area and border; right unless `is_stale`.
    pub pieces: usize,
    pub area_m2: f64,
    pub perimeter_m: f64,
    is_stale: bool,
    /// Whether it is no grid of the plan any more.
    pub is_gone: bool,
}

impl GridWork {
    fn new(code: String, info: GridInfo) -> Self {
        Self {
            code,
            info,
            members: Vec::new(),
            households: 0,
            communities: Vec::new(),
            pieces: 0,
            area_m2: 0.0,
            perimeter_m: 0.0,
            is_stale: false,
            is_gone: false,
        }
    }

    /// 4π area / perimeter²; `None` without a border.
    pub fn polsby_popper(&self) -> Option<f64> {
        let round = 4.0 * PI * self.area_m2;
        (self.perimeter_m > 0.0).then(|| round / (self.perimeter_m * self.perimeter_m))
    }

    fn count_community(&mut self, community: u32, joins: bool) {
        if community == NONE {
            return;
        }
        let found = self.communities.iter().position(|&(known, _)| known == community);
        match (found, joins) {
            (Some(at), true) => self.communities[at].1 += 1,
            (None, true) => self.communities.push((community, 1)),
            (Some(at), false) => {
                self.communities[at].1 -= 1;
                if self.communities[at].1 == 0 {
                    self.communities.swap_remove(at);
                }
            }
            // A unit that leaves was counted when it joined.
            (None, false) => {}
        }
    }
}

/// Sums over the whole plan.
#[derive(Clone, Debug)]
pub struct Sums {
    /// Pairs of neighbours in different grids, grids outside the balance left out.
    pub cut_edges: usize,
    /// Metres of their borders.
    pub border_m: f64,
    /// Households inside the balance.
    pub balanced: u64,
    /// Households not in their present grid.
    pub moved: u64,
    /// Compounds that lie in several grids.
    pub divided: usize,
    /// Units without a grid.
    pub unassigned: usize,
}

impl Sums {
    /// The sums while no unit has a grid.
    pub fn of(ground: &Ground) -> Self {
        Self {
            cut_edges: ground.edges,
            border_m: ground.edges_m,
            balanced: ground.households.iter().sum(),
            moved: 0,
            divided: 0,
            unassigned: ground.ids.len(),
        }
    }
}

impl Draft {
    /// Whether the border between units of these grids counts as one between grids.
    pub(super) fn is_cut(&self, a: u32, b: u32) -> bool {
        (a != b || a == NONE) && !self.is_out(a) && !self.is_out(b)
    }

    /// Gives a unit to a grid (or takes its grid away) and brings all sums up to date.
    /// O(neighbours + compounds + nets).
    pub(super) fn give(&mut self, slot: u32, grid: u32) {
        let at = slot as usize;
        let old = self.slots.owner[at];
        if old == grid {
            return;
        }
        let ground = Arc::clone(&self.ground);
        let (mut cut_edges, mut border_m) = (self.sums.cut_edges, self.sums.border_m);
        for &(other, metres) in self.slots.row(&ground, slot) {
            let beside = self.slots.owner[other as usize];
            match (self.is_cut(old, beside), self.is_cut(grid, beside)) {
                (true, false) => (cut_edges, border_m) = (cut_edges - 1, border_m - metres),
                (false, true) => (cut_edges, border_m) = (cut_edges + 1, border_m + metres),
                _ => {}
            }
        }
        (self.sums.cut_edges, self.sums.border_m) = (cut_edges, border_m);
        let households = self.slots.households[at];
        match (self.is_out(old), self.is_out(grid)) {
            (true, false) => self.sums.balanced += households,
            (false, true) => self.sums.balanced -= households,
            _ => {}
        }
        self.sums.moved += self.moved(slot, grid);
        self.sums.moved -= self.moved(slot, old);
        self.sums.unassigned += usize::from(grid == NONE);
        self.sums.unassigned -= usize::from(old == NONE);
        self.leave(slot, old);
        let before = self.divided_of(slot);
        self.slots.owner[at] = grid;
        self.sums.divided += self.divided_of(slot);
        self.sums.divided -= before;
        self.join(slot, grid);
        for (number, counts) in self.nets.iter_mut().enumerate() {
            let own = self.slots.own.get(&slot).map(|own| own.nets[number].feature);
            let feature = own.unwrap_or_else(|| ground.nets[number].feature[at]);
            counts.moved(feature, old, grid);
        }
    }

    /// How many of a unit's compounds lie in several grids.
    fn divided_of(&self, slot: u32) -> usize {
        let sharing = self.slots.sharing(&self.ground, slot).iter();
        sharing.filter(|&&compound| self.slots.is_divided(&self.ground, compound)).count()
    }

    fn leave(&mut self, slot: u32, grid: u32) {
        let at = slot as usize;
        let Some(work) = self.grids.get_mut(grid as usize) else { return };
        let place = self.slots.place[at] as usize;
        work.members.swap_remove(place);
        if let Some(&other) = work.members.get(place) {
            self.slots.place[other as usize] = place as u32;
        }
        work.households -= self.slots.households[at];
        work.count_community(self.slots.community[at], false);
        work.is_stale = true;
    }

    fn join(&mut self, slot: u32, grid: u32) {
        let at = slot as usize;
        let Some(work) = self.grids.get_mut(grid as usize) else { return };
        self.slots.place[at] = work.members.len() as u32;
        work.members.push(slot);
        work.households += self.slots.households[at];
        work.count_community(self.slots.community[at], true);
        work.is_stale = true;
    }

    /// Households of a unit that a grid takes from their present grids. Those of a present grid
    /// that the plan does not continue count nowhere, as in the score of a plan.
    pub(super) fn moved(&self, slot: u32, grid: u32) -> u64 {
        let parts = self.slots.present(&self.ground, slot);
        let away = parts.filter(|&(present, _)| {
            let home = self.home[present as usize];
            home != NONE && home != grid
        });
        away.map(|(_, households)| households).sum()
    }

    /// Finds out which grid continues each present grid, and counts the households moved anew.
    /// O(units).
    pub(super) fn find_homes(&mut self) {
        let ground = Arc::clone(&self.ground);
        let alive = self.grids.iter().enumerate().filter(|(_, grid)| !grid.is_gone);
        let continued: FxHashMap<&str, u32> = alive
            .filter_map(|(n, grid)| Some((grid.info.continues.as_deref()?, n as u32)))
            .collect();
        for (number, (code, _)) in ground.present_grids.iter().enumerate() {
            let same = || {
                let number = self.numbers.get(code).copied();
                number.filter(|&n| self.grids[n as usize].info.continues.is_none())
            };
            let home = continued.get(code.as_str()).copied().or_else(same);
            self.home[number] = home.unwrap_or(NONE);
        }
        self.sums.moved =
            self.alive().map(|slot| self.moved(slot, self.slots.owner[slot as usize])).sum();
    }

    /// Whether any household has a present grid in the plan, so that the moved can be counted.
    pub(super) fn has_homes(&self) -> bool {
        self.home.iter().any(|&home| home != NONE && !self.is_out(home))
    }

    /// Makes and changes the grids of a change; those that go are only emptied of meaning by
    /// [`Draft::drop_grids`], once their units are elsewhere.
    pub(super) fn make_grids(&mut self, changes: &Changes<GridInfo>, forward: bool) {
        for (code, change) in changes {
            let Some(info) = change.side(forward) else { continue };
            let Some(number) = self.grid(code) else {
                // A grid that comes back takes its old number.
                let known = self.grids.iter().position(|grid| grid.code == *code);
                let number = known.unwrap_or(self.grids.len());
                if known.is_none() {
                    self.grids.push(GridWork::new(code.clone(), info.clone()));
                    self.nets.iter_mut().for_each(|net| net.add_grid());
                }
                self.grids[number].info = info.clone();
                self.grids[number].is_gone = false;
                self.numbers.insert(code.clone(), number as u32);
                continue;
            };
            self.set_info(number, info);
        }
    }

    fn set_info(&mut self, number: u32, info: &GridInfo) {
        let balanced = |kind: GridKind| kind == self.ground.balanced_kind;
        let work = &self.grids[number as usize];
        if balanced(work.info.kind) == balanced(info.kind) {
            self.grids[number as usize].info = info.clone();
            return;
        }
        // Borders and households count otherwise outside the balance: all units leave and come
        // back.
        let members = work.members.clone();
        members.iter().for_each(|&slot| self.give(slot, NONE));
        self.grids[number as usize].info = info.clone();
        members.iter().for_each(|&slot| self.give(slot, number));
    }

    /// Forgets the grids that a change takes away.
    pub(super) fn drop_grids(&mut self, changes: &Changes<GridInfo>, forward: bool) {
        for (code, change) in changes {
            if change.side(forward).is_none()
                && let Some(number) = self.numbers.remove(code)
            {
                let members = self.grids[number as usize].members.clone();
                members.iter().for_each(|&slot| self.give(slot, NONE));
                self.grids[number as usize].is_gone = true;
            }
        }
    }

    /// Brings pieces, areas and borders of the grids that changed up to date. O(their units).
    pub(super) fn refresh(&mut self) {
        for grid in 0..self.grids.len() {
            if !std::mem::take(&mut self.grids[grid].is_stale) {
                continue;
            }
            let (mut area_m2, mut perimeter_m) = (0.0, 0.0);
            for &slot in &self.grids[grid].members {
                area_m2 += self.slots.area_m2[slot as usize];
                perimeter_m += self.slots.perimeter_m[slot as usize];
                for &(other, metres) in self.slots.row(&self.ground, slot) {
                    if self.slots.owner[other as usize] == grid as u32 {
                        perimeter_m -= metres;
                    }
                }
            }
            let pieces = self.pieces(grid as u32);
            let work = &mut self.grids[grid];
            // What remains of a sum that is zero in truth is no border.
            let scrap = 1e-9 * area_m2.sqrt();
            work.perimeter_m = if perimeter_m > scrap { perimeter_m } else { 0.0 };
            (work.area_m2, work.pieces) = (area_m2, pieces);
        }
    }

    /// The number of pieces of a grid. O(its units).
    pub(super) fn pieces(&mut self, grid: u32) -> usize {
        self.walk += 1;
        let (mut pieces, mut todo) = (0, Vec::new());
        for start in 0..self.grids[grid as usize].members.len() {
            let start = self.grids[grid as usize].members[start];
            if std::mem::replace(&mut self.visited[start as usize], self.walk) == self.walk {
                continue;
            }
            pieces += 1;
            todo.push(start);
            while let Some(slot) = todo.pop() {
                for &(other, _) in self.slots.row(&self.ground, slot) {
                    let at = other as usize;
                    if self.slots.owner[at] == grid && self.visited[at] != self.walk {
                        self.visited[at] = self.walk;
                        todo.push(other);
                    }
                }
            }
        }
        pieces
    }

    /// Counts everything from the owners, which are set already. O(units).
    pub(super) fn count_all(&mut self) {
        let slots: Vec<(u32, u32)> =
            self.alive().map(|slot| (slot, self.slots.owner[slot as usize])).collect();
        slots.iter().for_each(|&(slot, _)| self.slots.owner[slot as usize] = NONE);
        for (slot, grid) in slots {
            self.give(slot, grid);
        }
        self.find_homes();
        self.refresh();
    }

    /// Room for walks over units that are new.
    pub(super) fn make_room(&mut self) {
        self.visited.resize(self.slots.alive.len(), 0);
    }
}

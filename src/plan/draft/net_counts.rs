//! Which grids are out of step with a net, by counting units.

use super::super::ground::NONE;
use super::super::nets::NetGround;
use super::figures::GridWork;

/// The counts of a net.
#[derive(Clone, Debug)]
pub struct NetCounts {
    /// Units of each feature.
    units: Vec<u32>,
    /// Units that have only a part in each feature.
    broken: Vec<u32>,
    /// The grids of each feature's units with their numbers of units.
    grids: Vec<Vec<(u32, u32)>>,
    /// The features of each grid's units with their numbers of units.
    features: Vec<Vec<(u32, u32)>>,
}

fn count(list: &mut Vec<(u32, u32)>, key: u32, joins: bool) {
    match list.iter().position(|&(known, _)| known == key) {
        Some(at) if joins => list[at].1 += 1,
        Some(at) => {
            list[at].1 -= 1;
            if list[at].1 == 0 {
                list.swap_remove(at);
            }
        }
        None if joins => list.push((key, 1)),
        // What leaves was counted when it came.
        None => {}
    }
}

impl NetCounts {
    /// The counts while no unit has a grid.
    pub fn of(net: &NetGround, units: usize) -> Self {
        let features = net.named.len();
        let mut counts = Self {
            units: vec![0; features],
            broken: vec![0; features],
            grids: vec![Vec::new(); features],
            features: Vec::new(),
        };
        for unit in 0..units as u32 {
            let parts = net.parts.get(&unit).map_or(&[][..], Vec::as_slice);
            counts.exist(net.feature[unit as usize], parts, true);
        }
        counts
    }

    /// Room for one grid more.
    pub fn add_grid(&mut self) {
        self.features.push(Vec::new());
    }

    /// A unit without a grid comes or goes.
    pub fn exist(&mut self, feature: u32, parts: &[u32], comes: bool) {
        let change = |count: &mut u32| if comes { *count += 1 } else { *count -= 1 };
        if let Some(units) = self.units.get_mut(feature as usize) {
            change(units);
        }
        for &part in parts {
            change(&mut self.broken[part as usize]);
        }
    }

    /// A unit of a feature changes its grid.
    pub fn moved(&mut self, feature: u32, from: u32, to: u32) {
        for (grid, joins) in [(from, false), (to, true)] {
            if grid == NONE {
                continue;
            }
            count(&mut self.features[grid as usize], feature, joins);
            if feature != NONE {
                count(&mut self.grids[feature as usize], grid, joins);
            }
        }
    }

    /// Whether a grid with units coincides with a feature of its own (or, where several may share
    /// one, lies in a feature that is made of whole grids) that names it or nobody.
    pub fn is_in_step(&self, net: &NetGround, grids: &[GridWork], grid: u32) -> bool {
        let [(feature, _)] = self.features[grid as usize].as_slice() else { return false };
        if *feature == NONE {
            return false;
        }
        let at = *feature as usize;
        let whole =
            |&(grid, count): &(u32, u32)| grids[grid as usize].members.len() == count as usize;
        let held: u32 = self.grids[at].iter().map(|(_, count)| count).sum();
        let is_whole = held == self.units[at]
            && self.broken[at] == 0
            && !net.spills[at]
            && self.grids[at].iter().all(whole);
        is_whole && (net.many || self.grids[at].len() == 1) && names(&net.named[at], grids, grid)
    }
}

/// Whether the codes name a grid, or no grid at all.
fn names(codes: &[String], grids: &[GridWork], grid: u32) -> bool {
    let work = &grids[grid as usize];
    let is = |work: &GridWork, code: &String| {
        work.code == *code || work.info.continues.as_ref() == Some(code)
    };
    codes.iter().any(|code| is(work, code))
        || !codes.iter().any(|code| grids.iter().any(|other| !other.is_gone && is(other, code)))
}

//! Who gets what: overlaps, parts outside and gaps are given to one grid each, or left.
//!
//! Order of the steps, each on what the one before has left:
//! 1. overlaps, to the grid whose compounds lie there by households, then to the one with more
//!    households in all, then to the longest common border, then to the lower code;
//! 2. parts outside the outline, cut off;
//! 3. gaps and inlets, among the grids around, to the one whose compounds lie there by households,
//!    then to the longest border, then to the lower code;
//! 4. pieces that 1 to 3 have cut off from their grid, to the longest border around.
//!
//! Where none of that is due, needles ([`super::needles`]) go to the longest border beside them.
//!
//! A grid is passed over where it would win or lose something that it must not: a locked grid
//! neither wins nor loses, no compound is split, no grid is left empty. What nobody may have is
//! left, and so is what is larger than the limits.

mod rights;

use super::homes::Homes;
use super::needles::Needle;
use super::options::RepairOptions;
use super::report::Reason;
use super::tiling::{Region, Tiling};
use rustc_hash::FxHashMap;

/// What is wrong in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Overlap,
    Outside,
    /// A gap; at the outline it is an inlet.
    Gap {
        inlet: bool,
    },
    /// A piece that the mending has cut off.
    CutOff,
    /// A thin wedge of a grid, or between the borders of one.
    Needle {
        notch: bool,
    },
}

/// Why a grid wins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Why {
    /// Its compounds lie there: their households.
    Households(u64),
    /// It has more households in all.
    MoreHouseholds(u64),
    /// Its border with the place is the longest, in metres.
    LongestBorder(f64),
    /// The borders are equally long, its code is lower.
    LowerCode,
    /// It is locked.
    Locked,
    /// No other may have it.
    OnlyOne,
    /// It lies beyond the outline.
    BeyondOutline,
    /// Nobody borders on it.
    NobodyElse,
}

/// One place that was given, or left.
pub(super) struct Outcome {
    pub fault: Fault,
    pub region: Region,
    /// The grid that wins; `None` for a part outside or a place that is left.
    pub winner: Option<usize>,
    /// The grids that lose, or around which the place lies.
    pub others: Vec<usize>,
    /// Compounds there.
    pub compounds: Vec<usize>,
    pub verdict: Result<Why, Reason>,
}

/// The state of one pass over the grids.
pub(super) struct Mending<'p, 'a> {
    pub tiling: &'p Tiling,
    pub options: &'p RepairOptions,
    pub locked: &'p [bool],
    pub homes: Homes<'a>,
    /// The grids that hold each face, as far as the mending has come.
    pub held: Vec<Vec<u32>>,
    pub outcomes: Vec<Outcome>,
    /// Households of each grid; empty without overlaps.
    households: Vec<u64>,
    at_start_m2: Vec<f64>,
    now_m2: Vec<f64>,
}

impl<'p, 'a> Mending<'p, 'a> {
    pub fn new(
        tiling: &'p Tiling,
        options: &'p RepairOptions,
        locked: &'p [bool],
        homes: Homes<'a>,
    ) -> Self {
        let held = tiling.holders.clone();
        let at_start_m2 = areas_m2(tiling, &held, locked.len());
        let now_m2 = at_start_m2.clone();
        let (outcomes, households) = (Vec::new(), Vec::new());
        Self { tiling, options, locked, homes, held, outcomes, households, at_start_m2, now_m2 }
    }

    /// Runs all steps.
    pub fn run(&mut self, grids: &[&crate::domain::MultiPolygon]) {
        let overlaps = self.regions(|within, held| within && held.len() > 1);
        let outside = self.regions(|within, held| !within && !held.is_empty());
        let gaps = self.gaps();
        let claims = |region: &Region| self.held[region.faces[0] as usize].clone();
        let claimed: Vec<Vec<u32>> = overlaps.iter().chain(&outside).map(claims).collect();
        let shapes = overlaps.iter().chain(&outside).chain(&gaps).map(|region| &region.shape);
        let claims = claimed.iter().map(Vec::as_slice).chain(std::iter::repeat(&[][..]));
        let disputed: Vec<_> = shapes.zip(claims).collect();
        self.homes.settle(grids, &disputed);
        if !overlaps.is_empty() {
            self.households = self.homes.households_by_grid(grids);
        }
        overlaps.into_iter().for_each(|region| self.give_overlap(region));
        outside.into_iter().for_each(|region| self.cut_outside(region));
        gaps.into_iter().for_each(|region| self.fill_gap(region));
        self.move_cut_off();
    }

    /// Regions of faces with the same holders, of those that `wanted` picks by whether the face
    /// lies within the outline and by who holds it.
    fn regions(&self, wanted: impl Fn(bool, &[u32]) -> bool) -> Vec<Region> {
        self.tiling.regions(|face| {
            let held = &self.held[face];
            wanted(self.tiling.within[face], held).then_some(held)
        })
    }

    /// The gaps, the pieces of long ones apart.
    fn gaps(&self) -> Vec<Region> {
        gaps(self.tiling, &self.held)
    }

    fn give_overlap(&mut self, region: Region) {
        let claimants: Vec<usize> =
            self.held[region.faces[0] as usize].iter().map(|&g| g as usize).collect();
        let compounds = self.homes.inside(&region.shape);
        let locked: Vec<usize> = claimants.iter().copied().filter(|&g| self.locked[g]).collect();
        let borders = self.tiling.neighbours(&region, &self.held);
        let border = |g: usize| borders.iter().find(|one| one.0 == g).map_or(0, |one| one.1);
        let candidates = claimants.iter().map(|&g| (g, border(g)));
        let losers = |winner: usize| claimants.iter().copied().filter(move |&g| g != winner);
        let may_have = |grid: usize| {
            self.may_split(&compounds, grid)?;
            losers(grid).try_for_each(|loser| self.may_lose(loser, region.area_m2))
        };
        let chosen = match locked.as_slice() {
            [] => self.choose(&self.ranked(candidates, &compounds, &self.households), may_have),
            // A locked grid keeps all that it has, whatever the other rules say.
            [one] => may_have(*one).map(|()| (*one, Why::Locked)),
            _ => Err(Reason::Locked),
        };
        let verdict = chosen.and_then(|chosen| {
            self.within_limits(&compounds, &region, losers(chosen.0))?;
            Ok(chosen)
        });
        self.settle(Fault::Overlap, region, claimants, compounds, verdict);
    }

    fn cut_outside(&mut self, region: Region) {
        let holders: Vec<usize> =
            self.held[region.faces[0] as usize].iter().map(|&g| g as usize).collect();
        let compounds = self.homes.inside(&region.shape);
        let allowed = || {
            if holders.iter().any(|&g| self.locked[g]) {
                return Err(Reason::Locked);
            }
            if !compounds.is_empty() {
                return Err(Reason::SplitsCompound);
            }
            holders.iter().try_for_each(|&g| self.may_lose(g, region.area_m2))?;
            self.within_limits(&compounds, &region, holders.iter().copied())
        };
        let verdict = allowed();
        if verdict.is_ok() {
            for &face in &region.faces {
                self.held[face as usize].clear();
            }
            holders.iter().for_each(|&g| self.now_m2[g] -= region.area_m2);
        }
        let verdict = verdict.map(|()| Why::BeyondOutline);
        let (winner, others) = (None, holders);
        let fault = Fault::Outside;
        self.outcomes.push(Outcome { fault, region, winner, others, compounds, verdict });
    }

    fn fill_gap(&mut self, region: Region) {
        let compounds = self.homes.inside(&region.shape);
        let borders = self.tiling.neighbours(&region, &self.held);
        let around: Vec<usize> = borders.iter().map(|one| one.0).collect();
        let free = borders.iter().copied().filter(|one| !self.locked[one.0]);
        let candidates = self.ranked(free, &compounds, &[]);
        let inlet = region
            .border
            .iter()
            .any(|&e| !self.tiling.within[self.tiling.arrangement.face(e ^ 1) as usize]);
        let verdict = if candidates.is_empty() {
            Err(if around.is_empty() { Reason::NoNeighbour } else { Reason::Locked })
        } else {
            self.choose(&candidates, |grid| self.may_split(&compounds, grid)).and_then(|chosen| {
                self.within_limits(&compounds, &region, std::iter::once(chosen.0))?;
                Ok(chosen)
            })
        };
        self.settle(Fault::Gap { inlet }, region, around, compounds, verdict);
    }

    /// Gives a place to the grid of the verdict, and notes what has happened.
    fn settle(
        &mut self,
        fault: Fault,
        region: Region,
        around: Vec<usize>,
        compounds: Vec<usize>,
        verdict: Result<(usize, Why), Reason>,
    ) {
        let winner = verdict.as_ref().ok().map(|one| one.0);
        if let Some(grid) = winner {
            self.hand_over(&region, grid);
            self.homes.moved_in(&compounds, grid);
        }
        let others = around.into_iter().filter(|&g| Some(g) != winner).collect();
        let verdict = verdict.map(|one| one.1);
        self.outcomes.push(Outcome { fault, region, winner, others, compounds, verdict });
    }

    fn hand_over(&mut self, region: &Region, grid: usize) {
        for &face in &region.faces {
            let face = face as usize;
            for &holder in &self.held[face] {
                self.now_m2[holder as usize] -= self.tiling.area_m2[face];
            }
            self.now_m2[grid] += self.tiling.area_m2[face];
            self.held[face] = vec![grid as u32];
        }
    }

    /// Gives away the needles that are drawn into the tiling. A needle that nobody may have stays
    /// without an outcome: the check finds it again.
    pub fn cut_needles(&mut self, needles: &[Needle], grids: &[&crate::domain::MultiPolygon]) {
        let regions = self.tiling.regions(|face| {
            let number = self.tiling.needle[face]?;
            let needle = &needles[number as usize];
            let held = self.held[face].as_slice();
            let is_own =
                if needle.is_notch { held.is_empty() } else { held == [needle.grid as u32] };
            is_own.then_some(number)
        });
        let needle_of = |region: &Region| {
            self.tiling.needle[region.faces[0] as usize].map(|number| &needles[number as usize])
        };
        let at_tip: Vec<(&Needle, Region)> = regions
            .into_iter()
            .filter_map(|region| Some((needle_of(&region)?, region)))
            .filter(|(needle, region)| self.is_at_tip(needle, region))
            .collect();
        let claims: Vec<Vec<u32>> =
            at_tip.iter().map(|one| self.held[one.1.faces[0] as usize].clone()).collect();
        let disputed: Vec<_> = at_tip
            .iter()
            .zip(&claims)
            .map(|((_, region), claims)| (&region.shape, claims.as_slice()))
            .collect();
        self.homes.settle(grids, &disputed);
        for (needle, region) in at_tip {
            self.cut_needle(needle, region);
        }
        self.move_cut_off();
    }

    /// Whether a region is the end of a needle; of a notch, only one that is open to the outside:
    /// others are needles of the grids in them, or gaps that had to stay.
    fn is_at_tip(&self, needle: &Needle, region: &Region) -> bool {
        let a = &self.tiling.arrangement;
        let has_tip = region.border.iter().any(|&e| a.point(a.origin(e)) == needle.tip);
        let is_open = || region.border.iter().any(|&e| a.face(e ^ 1) == 0);
        has_tip && (!needle.is_notch || is_open())
    }

    fn cut_needle(&mut self, needle: &Needle, region: Region) {
        let (grid, fault) = (needle.grid, Fault::Needle { notch: needle.is_notch });
        if self.locked[grid] {
            return;
        }
        let compounds = self.homes.inside(&region.shape);
        let borders = self.tiling.neighbours(&region, &self.held);
        let beside = || borders.iter().filter(|one| needle.is_notch || one.0 != grid);
        let may_have = |heir: usize| {
            !self.locked[heir] && compounds.iter().all(|&c| self.homes.home(c) == Some(heir))
        };
        let small = self.within_limits(&[], &region, std::iter::once(grid)).is_ok();
        let keeps_area = needle.is_notch || self.may_lose(grid, region.area_m2).is_ok();
        if !small || !keeps_area {
            return;
        }
        if let Some(&(heir, border_um)) = beside().find(|one| may_have(one.0)) {
            let why = Why::LongestBorder(border_um as f64 / 1e6);
            self.settle(fault, region, vec![grid], compounds, Ok((heir, why)));
        } else if beside().next().is_none() && compounds.is_empty() && !self.tiling.outlined {
            for &face in &region.faces {
                self.held[face as usize].clear();
            }
            self.now_m2[grid] -= region.area_m2;
            let (winner, others, verdict) = (None, vec![grid], Ok(Why::NobodyElse));
            self.outcomes.push(Outcome { fault, region, winner, others, compounds, verdict });
        }
    }

    /// Gives pieces that lost their grid in the steps before to the neighbour with the longest
    /// border, if they are small and hold no compound.
    fn move_cut_off(&mut self) {
        let mut pieces = super::pieces::cut_off(self.tiling, &self.held);
        pieces.retain(|(grid, faces)| {
            !self.locked[*grid] && faces.iter().all(|&f| self.held[f as usize].len() == 1)
        });
        if pieces.is_empty() {
            return;
        }
        let mut piece_of: FxHashMap<usize, usize> = FxHashMap::default();
        for (number, (_, faces)) in pieces.iter().enumerate() {
            piece_of.extend(faces.iter().map(|&face| (face as usize, number)));
        }
        for region in self.tiling.regions(|face| piece_of.get(&face).copied()) {
            let grid = pieces[piece_of[&(region.faces[0] as usize)]].0;
            let borders = self.tiling.neighbours(&region, &self.held);
            let heir = borders.iter().find(|one| one.0 != grid && !self.locked[one.0]);
            let small = self.within_limits(&[], &region, [grid].into_iter()).is_ok();
            let Some(&(heir, border_um)) = heir.filter(|_| small) else { continue };
            if self.homes.inside(&region.shape).is_empty() {
                let why = Why::LongestBorder(border_um as f64 / 1e6);
                self.settle(Fault::CutOff, region, vec![grid], Vec::new(), Ok((heir, why)));
            }
        }
    }
}

/// Area that each grid holds, in m².
pub(super) fn areas_m2(tiling: &Tiling, held: &[Vec<u32>], grids: usize) -> Vec<f64> {
    let mut areas = vec![0.0; grids];
    for (holders, area) in held.iter().zip(&tiling.area_m2) {
        holders.iter().for_each(|&grid| areas[grid as usize] += area);
    }
    areas
}

/// The regions within the outline that nobody holds, the pieces of long ones apart.
pub(super) fn gaps(tiling: &Tiling, held: &[Vec<u32>]) -> Vec<Region> {
    tiling.regions(|face| {
        (tiling.within[face] && held[face].is_empty()).then_some(tiling.piece[face])
    })
}

//! What is known to be wrong, kept so that a part of it can be replaced; and the findings of it.

use super::LiveCheck;
use crate::check::coverage::{Fault, mismatched_edge, near_miss};
use crate::check::homes::Ownership;
use crate::check::rings;
use crate::domain::{Finding, LonLat};
use crate::geometry::{GridPoint, GridWindow};
use std::collections::{BTreeMap, BTreeSet};

/// A vertex on the grid and in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Corner {
    pub point: GridPoint,
    pub place: LonLat,
    /// Whether the polygon's own strands cross there.
    pub is_crossing: bool,
}

/// Everything that is known to be wrong. Grids have their numbers in the dataset; the outline's
/// polygons follow them.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Gaps, overlaps, what lies outside, and strips; a number that is free again holds none.
    pub faults: Vec<Option<Fault>>,
    /// Their windows, which are asked for most; far away where there is none.
    pub windows: Vec<GridWindow>,
    /// The faults where the borders of these grids nearly meet.
    pub near: BTreeMap<Vec<usize>, BTreeSet<usize>>,
    /// By (who lacks, who has): the vertices, from west to east.
    pub mismatches: BTreeMap<(usize, usize), Vec<Corner>>,
    /// The corners of the faces around which a grid's rings wind other than once, from west to
    /// east.
    pub irregular: BTreeMap<usize, Vec<Corner>>,
    /// Grids with rings in the other direction.
    pub turned: BTreeSet<usize>,
    /// Repeated vertices and spikes of a grid.
    pub corners: BTreeMap<usize, Vec<Finding>>,
    /// Grids of several rings, with what is wrong with their pieces.
    pub pieces: BTreeMap<usize, Vec<Finding>>,
    /// How each compound lies in the grids.
    pub owned: Vec<Ownership>,
    /// What is wrong with a compound.
    pub compounds: BTreeMap<usize, Vec<Finding>>,
    /// Households of each grid.
    pub households: Vec<u64>,
}

/// The parts of the facts that an edit replaces; what maps hold is the whole new value.
#[derive(Debug, Default)]
pub(super) struct Patch {
    pub gone: BTreeSet<usize>,
    pub faults: Vec<Fault>,
    pub mismatches: BTreeMap<(usize, usize), Vec<Corner>>,
    pub irregular: BTreeMap<usize, Vec<Corner>>,
    pub turned: BTreeMap<usize, bool>,
    pub corners: BTreeMap<usize, Vec<Finding>>,
    /// `None` for a grid that is of one ring now.
    pub pieces: BTreeMap<usize, Option<Vec<Finding>>>,
    pub compounds: BTreeMap<usize, (Ownership, Vec<Finding>)>,
    pub households: BTreeMap<usize, u64>,
}

/// Findings of the same parts before and after.
#[derive(Debug, Default)]
pub(super) struct Sides {
    pub before: Vec<Finding>,
    pub after: Vec<Finding>,
}

impl Facts {
    /// Adds a fault under a free number.
    pub fn add_fault(&mut self, fault: Fault, tolerance_m: f64) {
        let number = self.faults.iter().position(Option::is_none).unwrap_or(self.faults.len());
        if let Some(grids) = fault.near_miss(tolerance_m) {
            self.near.entry(grids).or_default().insert(number);
        }
        if number == self.faults.len() {
            self.windows.push(fault.window);
            self.faults.push(Some(fault));
        } else {
            self.windows[number] = fault.window;
            self.faults[number] = Some(fault);
        }
    }

    fn remove_fault(&mut self, number: usize, tolerance_m: f64) {
        let Some(fault) = self.faults[number].take() else { return };
        if let Some(grids) = fault.near_miss(tolerance_m)
            && let Some(numbers) = self.near.get_mut(&grids)
        {
            numbers.remove(&number);
            if numbers.is_empty() {
                self.near.remove(&grids);
            }
        }
    }

    /// The faults whose window meets one of `windows`.
    pub fn faults_at(&self, windows: &[GridWindow]) -> impl Iterator<Item = (usize, &Fault)> {
        let at = move |window: &GridWindow| windows.iter().any(|w| w.meets(window));
        let numbers = self.windows.iter().enumerate().filter(move |(_, window)| at(window));
        numbers.filter_map(|(number, _)| Some((number, self.faults[number].as_ref()?)))
    }

    /// Puts a patch into its place.
    pub fn apply(&mut self, patch: Patch, tolerance_m: f64) {
        for number in patch.gone {
            self.remove_fault(number, tolerance_m);
        }
        for fault in patch.faults {
            self.add_fault(fault, tolerance_m);
        }
        replace(&mut self.mismatches, patch.mismatches, Vec::is_empty);
        replace(&mut self.irregular, patch.irregular, Vec::is_empty);
        replace(&mut self.corners, patch.corners, Vec::is_empty);
        for (grid, turned) in patch.turned {
            if turned {
                self.turned.insert(grid);
            } else {
                self.turned.remove(&grid);
            }
        }
        for (grid, pieces) in patch.pieces {
            match pieces {
                Some(findings) => drop(self.pieces.insert(grid, findings)),
                None => drop(self.pieces.remove(&grid)),
            }
        }
        for (compound, (owned, findings)) in patch.compounds {
            self.owned[compound] = owned;
            replace(&mut self.compounds, [(compound, findings)], Vec::is_empty);
        }
        for (grid, households) in patch.households {
            self.households[grid] = households;
        }
    }
}

fn replace<K: Ord, V>(
    map: &mut BTreeMap<K, V>,
    with: impl IntoIterator<Item = (K, V)>,
    is_nothing: fn(&V) -> bool,
) {
    for (key, value) in with {
        if is_nothing(&value) {
            map.remove(&key);
        } else {
            map.insert(key, value);
        }
    }
}

impl LiveCheck {
    /// All findings of the facts.
    pub(super) fn all_findings(&self) -> Vec<Finding> {
        let (facts, terms) = (&self.facts, self.terms());
        let households = |grid: usize| facts.households[grid];
        let mut findings = Vec::new();
        findings.extend(self.orientation(&facts.turned));
        findings.extend(facts.corners.values().flatten().cloned());
        findings
            .extend(facts.irregular.iter().map(|(&grid, corners)| self.crossing(grid, corners)));
        findings.extend(facts.pieces.values().flatten().cloned());
        let faults = facts.faults.iter().flatten();
        findings.extend(faults.filter_map(|fault| fault.finding(&terms, &households)));
        for (grids, numbers) in &facts.near {
            findings.extend(self.near_miss(grids, numbers.iter().copied(), &[]));
        }
        for (&pair, corners) in &facts.mismatches {
            findings.extend(self.mismatch(pair, corners));
        }
        findings.extend(facts.compounds.values().flatten().cloned());
        findings
    }

    /// The findings of the parts that a patch replaces, with and without it.
    pub(super) fn sides(&self, patch: &Patch) -> Sides {
        let mut sides = Sides::default();
        self.faults_of(patch, &mut sides);
        self.near_misses_of(patch, &mut sides);
        let facts = &self.facts;
        for (&pair, corners) in &patch.mismatches {
            let known = facts.mismatches.get(&pair);
            sides.before.extend(known.and_then(|known| self.mismatch(pair, known)));
            sides.after.extend(self.mismatch(pair, corners));
        }
        for (&grid, corners) in &patch.irregular {
            let known = facts.irregular.get(&grid);
            sides.before.extend(known.map(|known| self.crossing(grid, known)));
            sides.after.extend((!corners.is_empty()).then(|| self.crossing(grid, corners)));
        }
        if patch.turned.iter().any(|(grid, turned)| facts.turned.contains(grid) != *turned) {
            sides.before.extend(self.orientation(&facts.turned));
            let mut turned = facts.turned.clone();
            for (&grid, &is_turned) in &patch.turned {
                if is_turned {
                    turned.insert(grid);
                } else {
                    turned.remove(&grid);
                }
            }
            sides.after.extend(self.orientation(&turned));
        }
        for (grid, findings) in &patch.corners {
            sides.before.extend(facts.corners.get(grid).into_iter().flatten().cloned());
            sides.after.extend(findings.iter().cloned());
        }
        for (grid, findings) in &patch.pieces {
            sides.before.extend(facts.pieces.get(grid).into_iter().flatten().cloned());
            sides.after.extend(findings.iter().flatten().cloned());
        }
        for (compound, (_, findings)) in &patch.compounds {
            sides.before.extend(facts.compounds.get(compound).into_iter().flatten().cloned());
            sides.after.extend(findings.iter().cloned());
        }
        sides
    }

    /// Faults that come and go, and overlaps that stay but are told by other households.
    fn faults_of(&self, patch: &Patch, sides: &mut Sides) {
        let (facts, terms) = (&self.facts, self.terms());
        let before = |grid: usize| facts.households[grid];
        let after = |grid: usize| patch.households.get(&grid).copied().unwrap_or(before(grid));
        for (number, fault) in facts.faults.iter().enumerate() {
            let Some(fault) = fault else { continue };
            let gone = patch.gone.contains(&number);
            let reworded = !gone && fault.grids.iter().any(|g| patch.households.contains_key(g));
            if gone || reworded {
                sides.before.extend(fault.finding(&terms, &before));
            }
            if reworded {
                sides.after.extend(fault.finding(&terms, &after));
            }
        }
        sides.after.extend(patch.faults.iter().filter_map(|fault| fault.finding(&terms, &after)));
    }

    fn near_misses_of(&self, patch: &Patch, sides: &mut Sides) {
        let mut added: BTreeMap<Vec<usize>, Vec<&Fault>> = BTreeMap::new();
        for &number in &patch.gone {
            let fault = self.facts.faults[number].as_ref();
            if let Some(grids) = fault.and_then(|fault| fault.near_miss(self.tolerance_m)) {
                added.entry(grids).or_default();
            }
        }
        for fault in &patch.faults {
            if let Some(grids) = fault.near_miss(self.tolerance_m) {
                added.entry(grids).or_default().push(fault);
            }
        }
        for (grids, added) in added {
            let known = || self.facts.near.get(&grids).into_iter().flatten().copied();
            sides.before.extend(self.near_miss(&grids, known(), &[]));
            let kept = known().filter(|number| !patch.gone.contains(number));
            sides.after.extend(self.near_miss(&grids, kept, &added));
        }
    }

    fn near_miss(
        &self,
        grids: &[usize],
        numbers: impl Iterator<Item = usize>,
        added: &[&Fault],
    ) -> Option<Finding> {
        let known = numbers.filter_map(|number| self.facts.faults[number].as_ref());
        let mut faults: Vec<&Fault> = known.chain(added.iter().copied()).collect();
        faults.sort_by_key(|fault| fault.order());
        (!faults.is_empty()).then(|| near_miss(&self.terms(), grids, &faults))
    }

    fn mismatch(&self, pair: (usize, usize), corners: &[Corner]) -> Option<Finding> {
        let places: Vec<LonLat> = corners.iter().map(|corner| corner.place).collect();
        (!places.is_empty()).then(|| mismatched_edge(&self.terms(), pair, &places))
    }

    fn crossing(&self, grid: usize, corners: &[Corner]) -> Finding {
        let crossings = corners.iter().filter(|corner| corner.is_crossing);
        let places = crossings.map(|corner| corner.place).collect();
        rings::grids(&self.dataset).crossing(&self.dataset.grids[grid].code, places)
    }

    fn orientation(&self, turned: &BTreeSet<usize>) -> Option<Finding> {
        let codes = turned.iter().map(|&grid| self.dataset.grids[grid].code.as_str());
        rings::grids(&self.dataset).orientation(codes.collect())
    }
}

//! Nets: each feature takes over the border of its grid, vertex for vertex. The grids themselves
//! stay as they are.
//!
//! Which feature belongs to which grid is what the check has matched by area. Where the ids that
//! the features name say otherwise, or where a feature would have to be invented or dropped
//! against them, people are asked.

use super::net_words::NetWords;
use super::options::RepairOptions;
use super::report::{Action, ActionKind, Refusal};
use super::trace::{canonical, is_same};
use crate::check::{MatchClass, NetMatch, NetReport};
use crate::dataset::{AddedFeature, Dataset, LayerEdit};
use crate::domain::{MultiPolygon, Net};
use crate::geometry::{Coverage, overlap_areas};
use std::collections::{BTreeMap, BTreeSet};

/// A feature and its grid must have this share of their area in common (of both together) to be
/// snapped without being asked.
const ALIKE: f64 = 0.5;

/// What is done to a net.
pub(super) struct NetRepair {
    pub edit: LayerEdit,
    pub actions: Vec<Action>,
    pub refusals: Vec<Refusal>,
}

/// Mends a net after its report against the grids of `dataset`, which are repaired already.
pub(super) fn mend(
    dataset: &Dataset,
    net: &Net,
    report: &NetReport,
    options: &RepairOptions,
) -> NetRepair {
    let done =
        NetRepair { edit: LayerEdit::of(&net.name), actions: Vec::new(), refusals: Vec::new() };
    let words = NetWords { dataset, net };
    let mut mending = Mending { dataset, net, options, words, done };
    if let Some(offset) = &report.offset {
        mending.done.refusals.push(mending.words.shifted(offset));
        return mending.done;
    }
    for group in groups(report) {
        mending.group(&group);
    }
    mending.done
}

/// The matches that one act mends: those that have features in common.
fn groups(report: &NetReport) -> Vec<Vec<&NetMatch>> {
    let mut groups: Vec<(BTreeSet<&str>, Vec<&NetMatch>)> = Vec::new();
    for one in &report.matches {
        let mut features: BTreeSet<&str> = one.features.iter().map(String::as_str).collect();
        let mut matches = vec![one];
        // A match may tie several groups together.
        let mut i = 0;
        while i < groups.len() {
            if groups[i].0.is_disjoint(&features) {
                i += 1;
            } else {
                let (others, mut before) = groups.remove(i);
                features.extend(others);
                before.append(&mut matches);
                matches = before;
            }
        }
        groups.push((features, matches));
    }
    groups.into_iter().map(|group| group.1).collect()
}

struct Mending<'a> {
    dataset: &'a Dataset,
    net: &'a Net,
    options: &'a RepairOptions,
    words: NetWords<'a>,
    done: NetRepair,
}

impl<'a> Mending<'a> {
    fn group(&mut self, group: &[&NetMatch]) {
        let Some(one) = group.first() else { return };
        match one.class {
            MatchClass::Missing => self.add_missing(one),
            MatchClass::Extra => self.done.refusals.push(self.words.extra(one)),
            MatchClass::Split => self.unite(one),
            MatchClass::Merged => self.divide(group),
            MatchClass::Redrawn => self.redraw(group),
            MatchClass::Identical
            | MatchClass::WithinTolerance
            | MatchClass::Displaced
            | MatchClass::Swapped => {
                self.snap(group);
                if one.class == MatchClass::Swapped || self.names_others(group) {
                    self.done.refusals.push(self.words.swapped(group));
                }
            }
        }
    }

    fn grid(&self, one: &NetMatch) -> Option<usize> {
        let code = one.grid.as_ref()?;
        self.dataset.grids.iter().position(|grid| grid.code == *code)
    }

    /// Whether the feature of matches names grids, but not those that it lies in: not the one,
    /// or, of several, not exactly those.
    fn names_others(&self, group: &[&NetMatch]) -> bool {
        let covered: BTreeSet<&str> = group.iter().filter_map(|one| one.grid.as_deref()).collect();
        let features = group[0].features.iter().filter_map(|id| self.feature(id));
        let mut named = features
            .map(|f| self.net.features[f].grid_codes.iter().map(String::as_str).collect())
            .filter(|codes: &BTreeSet<&str>| !codes.is_empty());
        named.any(|codes| match group {
            [_] => codes.is_disjoint(&covered),
            _ => codes != covered,
        })
    }

    fn feature(&self, id: &str) -> Option<usize> {
        self.net.features.iter().position(|feature| feature.id == id)
    }

    fn area_of_grid(&self, grid: usize) -> MultiPolygon {
        canonical(self.dataset.grids[grid].geometry.clone())
    }

    /// Gives a feature a new area; false when it has it already.
    fn set_area(&mut self, feature: usize, area: MultiPolygon) -> bool {
        let feature = &self.net.features[feature];
        let is_open = self.dataset.open_rings(&self.net.name).contains(feature.id.as_str());
        let changes = is_open || !is_same(&feature.geometry, &area);
        if changes {
            self.done.edit.areas.insert(feature.origin.feature, area);
        }
        changes
    }

    /// The feature takes over the border of the grid that it covers, or the outer border of all
    /// that it covers.
    fn snap(&mut self, group: &[&NetMatch]) {
        let one = group[0];
        let feature = one.features.first().and_then(|id| self.feature(id));
        let area = match group {
            [_] => self.grid(one).map(|grid| self.area_of_grid(grid)),
            several => self.united(several),
        };
        let (Some(area), Some(feature)) = (area, feature) else { return };
        let alike = one.iou.is_some_and(|iou| iou >= ALIKE);
        if !alike && !self.options.force {
            self.done.refusals.push(self.words.too_different(one));
            return;
        }
        if self.set_area(feature, area) {
            self.done.actions.push(self.words.action(ActionKind::SnapNet, one));
        }
    }

    /// The grids of some matches as one area, without their common borders.
    fn united(&self, group: &[&NetMatch]) -> Option<MultiPolygon> {
        let grids: Vec<&MultiPolygon> = group
            .iter()
            .filter_map(|one| Some(&self.dataset.grids[self.grid(one)?].geometry))
            .collect();
        let coverage = Coverage::build(&self.dataset.frame(), &grids);
        let united = coverage.dissolve(&vec![Some(0); grids.len()], 1).pop().flatten()?;
        Some(canonical(united))
    }

    /// The parts of a grid become one feature: that with the most area there.
    fn unite(&mut self, one: &NetMatch) {
        let Some(grid) = self.grid(one) else { return };
        let code = &self.dataset.grids[grid].code;
        let mut parts: Vec<usize> = one.features.iter().filter_map(|id| self.feature(id)).collect();
        let names_another = |&f: &usize| {
            let codes = &self.net.features[f].grid_codes;
            !codes.is_empty() && !codes.contains(code)
        };
        if parts.iter().any(names_another) {
            self.done.refusals.push(self.words.parts_of_others(one));
            return;
        }
        let shapes: Vec<&MultiPolygon> =
            parts.iter().map(|&f| &self.net.features[f].geometry).collect();
        let mut common = vec![0.0; parts.len()];
        for (_, part, area) in
            overlap_areas(&self.dataset.frame(), &[&self.dataset.grids[grid].geometry], &shapes)
        {
            common[part] += area;
        }
        let by_area: BTreeMap<usize, u64> = parts.iter().copied().zip(per_mille(&common)).collect();
        parts.sort_by(|a, b| {
            let id = |f: &usize| &self.net.features[*f].id;
            by_area[b].cmp(&by_area[a]).then_with(|| id(a).cmp(id(b)))
        });
        let [kept, dropped @ ..] = parts.as_slice() else { return };
        self.set_area(*kept, self.area_of_grid(grid));
        let positions = dropped.iter().map(|&f| self.net.features[f].origin.feature);
        self.done.edit.removed.extend(positions);
        self.done.actions.push(self.words.united(one, *kept, dropped));
    }

    /// A feature over several grids is divided along their borders: the grid with most of it
    /// keeps the feature, the others get new ones.
    fn divide(&mut self, group: &[&NetMatch]) {
        let id = group[0].features.first().and_then(|id| self.feature(id));
        let Some(feature) = id else { return };
        let grids: Vec<usize> = group.iter().filter_map(|one| self.grid(one)).collect();
        let shapes: Vec<&MultiPolygon> =
            grids.iter().map(|&g| &self.dataset.grids[g].geometry).collect();
        let divided = &self.net.features[feature];
        let mut common = vec![0.0; grids.len()];
        for (_, grid, area) in overlap_areas(&self.dataset.frame(), &[&divided.geometry], &shapes) {
            common[grid] += area;
        }
        // Grids are in the order of their codes: of several equal ones the first keeps it.
        let shares = per_mille(&common);
        let mut main = 0;
        for i in 1..grids.len() {
            if shares[i] > shares[main] {
                main = i;
            }
        }
        let code = |grid: usize| self.dataset.grids[grid].code.clone();
        let mut added = Vec::new();
        for (i, &grid) in grids.iter().enumerate().filter(|(i, _)| *i != main) {
            let number = if i < main { i + 2 } else { i + 1 };
            added.push(AddedFeature {
                like: Some(divided.origin.feature),
                id: self.new_id(&format!("{}-{number}", divided.id)),
                name: format!("{}（{number}）", divided.name),
                grid_codes: vec![code(grid)],
                area: self.area_of_grid(grid),
            });
        }
        if !divided.grid_codes.is_empty() {
            let codes = vec![code(grids[main])];
            self.done.edit.grid_codes.insert(divided.origin.feature, codes);
        }
        self.set_area(feature, self.area_of_grid(grids[main]));
        self.done.actions.push(self.words.divided(group, grids[main], &added));
        self.done.edit.added.extend(added);
    }

    /// Features that are cut otherwise than the grids: mended when each grid is named by one of
    /// them and each of them names one.
    fn redraw(&mut self, group: &[&NetMatch]) {
        let features: BTreeSet<&str> =
            group.iter().flat_map(|one| one.features.iter().map(String::as_str)).collect();
        let mut pairs = Vec::new();
        for one in group {
            let named = features.iter().copied().filter(|id| {
                let feature = self.feature(id).map(|f| &self.net.features[f]);
                let codes = feature.map_or(&[][..], |f| f.grid_codes.as_slice());
                codes.len() == 1 && one.grid.as_ref() == codes.first()
            });
            let named: Vec<&str> = named.collect();
            if let ([id], true) = (named.as_slice(), named.iter().all(|id| touches(one, id))) {
                pairs.push((*one, *id));
            }
        }
        if pairs.len() != group.len() || features.len() != group.len() {
            self.done.refusals.push(self.words.redrawn(group));
            return;
        }
        for (one, id) in pairs {
            if let (Some(grid), Some(feature)) = (self.grid(one), self.feature(id))
                && self.set_area(feature, self.area_of_grid(grid))
            {
                self.done.actions.push(self.words.redrawn_by_codes(one, id));
            }
        }
    }

    /// A grid gets the feature that it lacks, unless a feature elsewhere claims to be it.
    fn add_missing(&mut self, one: &NetMatch) {
        let Some(grid) = self.grid(one) else { return };
        let code = &self.dataset.grids[grid].code;
        if self.net.features.iter().any(|feature| feature.grid_codes.contains(code)) {
            self.done.refusals.push(self.words.missing_but_named(one));
            return;
        }
        let added = AddedFeature {
            like: None,
            id: self.new_id(code),
            name: self.dataset.grids[grid].name.clone(),
            grid_codes: vec![code.clone()],
            area: self.area_of_grid(grid),
        };
        self.done.actions.push(self.words.added(one, &added));
        self.done.edit.added.push(added);
    }

    /// A key that no feature of the net has.
    fn new_id(&self, wanted: &str) -> String {
        let is_taken = |id: &str| {
            self.net.features.iter().any(|feature| feature.id == id)
                || self.done.edit.added.iter().any(|feature| feature.id == id)
        };
        let mut id = wanted.to_owned();
        let mut n = 2;
        while is_taken(&id) {
            id = format!("{wanted}-{n}");
            n += 1;
        }
        id
    }
}

/// Areas in thousandths of their sum: what is equal to that is equal to people.
fn per_mille(areas: &[f64]) -> Vec<u64> {
    let sum: f64 = areas.iter().sum();
    areas.iter().map(|area| (area / sum.max(f64::MIN_POSITIVE) * 1000.0).round() as u64).collect()
}

/// Whether a feature has a part of a grid.
fn touches(one: &NetMatch, id: &str) -> bool {
    one.features.iter().any(|feature| feature == id)
}

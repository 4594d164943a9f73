//! Repair: what can be mended without a person's judgement is mended, the rest is listed.
//!
//! A plan first, then applied:
//! 1. the grids against the outline, in passes until one finds nothing more to do ([`grids`]):
//!    grids and outline in one arrangement ([`tiling`]), others led through locked corners
//!    ([`locks`]), long gaps cut ([`cuts`]), each wrong face given to one grid or left ([`mends`],
//!    [`homes`], [`pieces`]), needles cut off once all else is right ([`needles`]), the areas of
//!    the grids that this touches traced again along the arrangement's own vertices ([`trace`])
//!    but for those that nobody needs ([`spare`]), the outline given the corners that end on its
//!    edges ([`insert`]);
//! 2. then every net against the repaired grids ([`nets`]);
//! 3. the difference to the dataset as a [`LayerEdit`] a layer, which [`Dataset::edited`] applies
//!    in memory and [`crate::dataset::write_edited`] to the files.
//!
//! What holds afterwards, whatever the data:
//! - no corner of a file moves: borders take over corners that a file has, and get new ones only
//!   where two borders cross, a long gap is cut or a needle;
//! - a locked grid holds the same area with the same corners (its edges may get more), no compound
//!   with an outline is split that was whole, no grid is emptied;
//! - a repaired dataset needs no repair: the plan of a second one is empty;
//! - the order of features, the start and the direction of rings make no difference.
//!
//! Known weaknesses: a needle whose sides are borders of locked grids or of the outline stays, and
//! is listed; a strip between two grids that is open to the outside, where there is no outline, is
//! not closed; where two drawings of a border cross each other many times, each sliver is given
//! away for itself, so that the border follows now the one, now the other.

mod cuts;
mod grids;
mod homes;
mod insert;
mod locks;
mod mends;
mod needles;
mod net_words;
mod nets;
mod options;
mod pieces;
mod refusal_words;
mod report;
mod rings;
mod spare;
mod text;
mod tiling;
mod trace;
mod words;

pub use options::{RepairError, RepairOptions};
pub use report::{Action, ActionKind, GridChange, LayerChange, Plan, Reason, Refusal, RuleCount};

use crate::check::{self, CheckOptions};
use crate::dataset::{Dataset, LayerEdit};
use crate::domain::{Finding, MultiPolygon};
use crate::geometry::Frame;
use grids::{Pass, pass};
use std::collections::BTreeMap;

/// Passes over the grids. One mends everything; a second is due where the first has moved the
/// dataset's window, and with it the millimetre grid, or where something was too large for a grid
/// that has grown since. The rest is a guard against a loop.
const MOST_PASSES: usize = 8;

/// A repair: its plan, and the changes that carry it out.
#[derive(Clone, Debug)]
pub struct Repair {
    /// What is done and what is left.
    pub plan: Plan,
    /// The changes, one entry a layer that changes.
    pub edits: Vec<LayerEdit>,
    /// The dataset with the changes applied.
    pub dataset: Dataset,
}

/// Plans a repair, and checks the dataset before and after.
///
/// What the check still finds and only a person can settle (a compound cut by a border, a grid in
/// pieces) joins the refusals.
///
/// # Errors
/// When the options name a layer or a grid that the dataset does not have.
pub fn run(dataset: &Dataset, options: &RepairOptions) -> Result<Repair, RepairError> {
    let mut repair = mend(dataset, options)?;
    let check_options = CheckOptions { tolerance_m: options.tolerance_m };
    let before = check::run(dataset, &check_options);
    let after = check::run(&repair.dataset, &check_options);
    repair.plan.findings = RuleCount::of(&before.findings, &after.findings);
    repair.plan.grids.iter_mut().for_each(|grid| grid.count(&before.findings, &after.findings));
    // Within an outline a near miss goes with a gap or an overlap, which is told already.
    let is_open = dataset.outline().is_none();
    let is_told = |finding: &&Finding| is_open || finding.rule != "coverage.near_miss";
    let left = after.findings.iter().filter(is_told).filter_map(refusal_words::left_to_people);
    repair.plan.refusals.extend(left);
    Ok(repair)
}

/// Plans a repair without checking the dataset.
///
/// # Errors
/// As [`run`].
pub fn mend(dataset: &Dataset, options: &RepairOptions) -> Result<Repair, RepairError> {
    options.check(dataset)?;
    let tolerance_m = options.tolerance_m.unwrap_or(dataset.rules.tolerance_m);
    let mut done = Done::new(dataset, options, tolerance_m);
    if options.may_change("grids") {
        done.grids();
    }
    done.nets();
    Ok(done.finish())
}

/// A repair under way.
struct Done<'a> {
    original: &'a Dataset,
    options: &'a RepairOptions,
    tolerance_m: f64,
    /// The dataset as it is by now; `None` while nothing has changed.
    now: Option<Dataset>,
    edits: Vec<LayerEdit>,
    actions: Vec<Action>,
    refusals: Vec<Refusal>,
    /// Area of each grid before and after, in m².
    areas_m2: Option<(Vec<f64>, Vec<f64>)>,
}

impl<'a> Done<'a> {
    fn new(original: &'a Dataset, options: &'a RepairOptions, tolerance_m: f64) -> Self {
        Self {
            original,
            options,
            tolerance_m,
            now: None,
            edits: Vec::new(),
            actions: Vec::new(),
            refusals: Vec::new(),
            areas_m2: None,
        }
    }

    fn now(&self) -> &Dataset {
        self.now.as_ref().unwrap_or(self.original)
    }

    /// Passes over the grids until one changes nothing.
    fn grids(&mut self) {
        for _ in 0..MOST_PASSES {
            let window = self.now().bbox();
            let found = pass(self.now(), self.options, self.tolerance_m);
            self.refusals = found.refusals.clone();
            let before_m2 = self.areas_m2.take().map_or(found.before_m2.clone(), |one| one.0);
            self.areas_m2 = Some((before_m2, found.after_m2.clone()));
            if !found.changes() {
                break;
            }
            let is_settled = found.is_settled && found.refusals.is_empty();
            self.apply(found);
            // On the same millimetre grid, nothing crosses among edges that are a part of this
            // pass's arrangement, and every face has one grid.
            if is_settled && self.now().bbox() == window {
                break;
            }
        }
    }

    fn apply(&mut self, found: Pass) {
        self.actions.extend(found.actions);
        let mut edits = Vec::new();
        if !found.areas.is_empty() {
            let mut edit = LayerEdit::of("grids");
            let position = |grid: usize| self.original.grids[grid].origin.feature;
            edit.areas = found.areas.into_iter().map(|(g, area)| (position(g), area)).collect();
            edits.push(edit);
        }
        if let (false, Some((layer, _))) = (found.inserted.is_empty(), self.original.outline()) {
            edits.push(LayerEdit { inserted: found.inserted, ..LayerEdit::of(layer) });
        }
        self.now = Some(self.now().edited(&edits));
        edits.into_iter().for_each(|edit| self.keep(edit));
    }

    /// Joins an edit to those before it of the same layer.
    fn keep(&mut self, edit: LayerEdit) {
        match self.edits.iter_mut().find(|known| known.layer == edit.layer) {
            Some(known) => known.join(edit),
            None => self.edits.push(edit),
        }
    }

    fn nets(&mut self) {
        if !self.original.nets.iter().any(|net| self.options.may_change(&net.name)) {
            return;
        }
        let options = CheckOptions { tolerance_m: Some(self.tolerance_m) };
        let reports = check::match_nets(self.now(), &options);
        let mut edits = Vec::new();
        let dataset = self.now.as_ref().unwrap_or(self.original);
        for (net, report) in dataset.nets.iter().zip(&reports) {
            if self.options.may_change(&net.name) {
                let found = nets::mend(dataset, net, report, self.options);
                self.actions.extend(found.actions);
                self.refusals.extend(found.refusals);
                edits.extend(Some(found.edit).filter(|edit| !edit.is_empty()));
            }
        }
        if !edits.is_empty() {
            self.now = Some(self.now().edited(&edits));
            self.edits.extend(edits);
        }
    }

    fn finish(self) -> Repair {
        let grids = self.grid_changes();
        let layers = self.edits.iter().map(|edit| layer_change(self.original, edit)).collect();
        let limits = !self.options.force;
        let plan = Plan {
            dataset: self.original.name.clone(),
            tolerance_m: self.tolerance_m,
            max_share: limits.then_some(self.options.max_share),
            max_households: limits.then_some(self.options.max_households),
            actions: self.actions,
            refusals: self.refusals,
            grids,
            layers,
            findings: Vec::new(),
        };
        let dataset = self.now.unwrap_or_else(|| self.original.clone());
        Repair { plan, edits: self.edits, dataset }
    }

    /// Every grid before and after.
    fn grid_changes(&self) -> Vec<GridChange> {
        let before = &self.original.grids;
        let frame = self.original.frame();
        let changed = self.edits.iter().find(|edit| edit.layer == "grids");
        let moves = self.compound_moves(&frame);
        let areas_m2 = self.areas_m2.as_ref();
        let one = |(g, grid): (usize, &crate::domain::Grid)| {
            let new = changed.and_then(|edit| edit.areas.get(&grid.origin.feature));
            let movement = new.map(|new| trace::movement(&frame, &grid.geometry, new));
            let movement = movement.unwrap_or_default();
            let measured = || crate::geometry::measure::area_m2(&grid.geometry);
            let (area_before_m2, area_after_m2) = match areas_m2 {
                Some((before, after)) => (before[g], after[g]),
                None => (measured(), measured()),
            };
            GridChange {
                code: grid.code.clone(),
                name: grid.name.clone(),
                locked: self.options.locked.contains(&grid.code),
                changed: new.is_some(),
                area_before_m2,
                area_after_m2,
                households_before: moves.households_before[g],
                households_after: moves.households_after[g],
                vertices_moved: movement.vertices,
                greatest_movement_m: movement.greatest_m,
                compounds_gained: moves.gained.get(&g).cloned().unwrap_or_default(),
                compounds_lost: moves.lost.get(&g).cloned().unwrap_or_default(),
                findings_before: None,
                findings_after: None,
            }
        };
        before.iter().enumerate().map(one).collect()
    }

    fn compound_moves(&self, frame: &Frame) -> Moves {
        let data = self.original;
        let mut moves = Moves {
            households_before: vec![0; data.grids.len()],
            households_after: vec![0; data.grids.len()],
            ..Moves::default()
        };
        if data.compounds.is_empty() {
            return moves;
        }
        let owners = |dataset: &Dataset| {
            let areas: Vec<&MultiPolygon> = dataset.grids.iter().map(|g| &g.geometry).collect();
            check::owners_of_compounds(frame, &data.compounds, &areas)
        };
        let before = owners(data);
        let after = self.now.as_ref().map_or_else(|| before.clone(), owners);
        for (compound, (old, new)) in data.compounds.iter().zip(before.into_iter().zip(after)) {
            let households = u64::from(compound.households.unwrap_or(0));
            old.into_iter().for_each(|g| moves.households_before[g] += households);
            new.into_iter().for_each(|g| moves.households_after[g] += households);
            if old != new {
                let mut note = |map: fn(&mut Moves) -> &mut BTreeMap<usize, Vec<String>>, grid| {
                    map(&mut moves).entry(grid).or_default().push(compound.id.clone());
                };
                old.into_iter().for_each(|g| note(|m| &mut m.lost, g));
                new.into_iter().for_each(|g| note(|m| &mut m.gained, g));
            }
        }
        moves
    }
}

/// Which grids the compounds belong to, before and after.
#[derive(Default)]
struct Moves {
    households_before: Vec<u64>,
    households_after: Vec<u64>,
    gained: BTreeMap<usize, Vec<String>>,
    lost: BTreeMap<usize, Vec<String>>,
}

/// An edit in the keys of its layer's features.
fn layer_change(dataset: &Dataset, edit: &LayerEdit) -> LayerChange {
    let mut keys: BTreeMap<usize, String> = BTreeMap::new();
    if edit.layer == "grids" {
        keys.extend(dataset.grids.iter().map(|g| (g.origin.feature, g.code.clone())));
    }
    for net in dataset.nets.iter().filter(|net| net.name == edit.layer) {
        keys.extend(net.features.iter().map(|f| (f.origin.feature, f.id.clone())));
    }
    let key =
        |position: &usize| keys.get(position).cloned().unwrap_or_else(|| format!("#{position}"));
    LayerChange {
        layer: edit.layer.clone(),
        changed: edit.areas.keys().map(key).collect(),
        added: edit.added.iter().map(|feature| feature.id.clone()).collect(),
        removed: edit.removed.iter().map(key).collect(),
        corners_inserted: edit.inserted.iter().map(|one| one.places.len()).sum(),
    }
}

//! The check of an edit: what a changed border would break and what it would mend, while the
//! planner still drags it.
//!
//! Way of the data: [`LiveCheck::new`] checks the grids as [`super::run`] does and keeps what it
//! found ([`facts`]) with the grids on the integer grid ([`plot`]). An edit is compared with what
//! was drawn, and only around the edges that differ ([`recheck`]) a new arrangement is made, of
//! excerpts of the polygons there ([`local`]). The rules are the same functions as those of the
//! whole check; what they find replaces a part of the facts.
//!
//! Rules: `coverage.*`, `compound.*` and, for the grids, `geometry.*`. The findings are those of
//! the whole check on the same data, and a test holds it to that.
//!
//! Known weaknesses: an edit that moves the middle of the whole dataset's window moves the integer
//! grid with it, so all is checked anew; so it is when an edit may have closed a bay in the
//! outer border of grids without an outline.

mod facts;
mod local;
mod plot;
mod recheck;

use super::context::{Context, Terms};
use super::coverage::Tiling;
use super::report::CheckOptions;
use super::{compounds, pieces, rings, validity};
use crate::dataset::Dataset;
use crate::domain::{BBox, Finding, LonLat, MultiPolygon, Place};
use crate::geometry::{Frame, GridWindow};
use facts::{Corner, Facts};
use local::Redrawn;
use plot::Plot;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A grid that is drawn otherwise.
#[derive(Clone, Debug)]
pub struct GridEdit {
    /// Its position in the dataset.
    pub grid: usize,
    /// Its new area.
    pub geometry: MultiPolygon,
}

/// What an edit does to the findings.
#[derive(Clone, Debug, Default)]
pub struct EditOutcome {
    /// Findings that are no more.
    pub resolved: Vec<Finding>,
    /// Findings that were not before.
    pub found: Vec<Finding>,
    /// Findings of the same place that stay as they were.
    pub unchanged: Vec<Finding>,
}

/// The grids of a dataset with what is wrong with them, kept up through edits.
pub struct LiveCheck {
    dataset: Arc<Dataset>,
    options: CheckOptions,
    tolerance_m: f64,
    frame: Frame,
    /// The window of everything but the grids, in degrees.
    rest: Option<BBox>,
    /// The window of all grids and the outline.
    whole: GridWindow,
    plots: Vec<Plot>,
    outline_layer: Option<&'static str>,
    outline: Vec<(Plot, usize)>,
    /// The windows of the compounds and of the planning units.
    compounds: Vec<GridWindow>,
    units: Vec<GridWindow>,
    facts: Facts,
}

impl LiveCheck {
    /// Checks the grids of a dataset. Costs what the whole check costs without the nets.
    pub fn new(dataset: Arc<Dataset>, options: &CheckOptions) -> Self {
        let context = Context::new(&dataset, options);
        let frame = context.frame;
        let on_grid = |shape: &MultiPolygon| Plot::of(&frame, shape);
        let plots: Vec<Plot> = context.grids.iter().filter_map(|shape| on_grid(shape)).collect();
        let outlines = context.outline.iter().flat_map(|(_, shapes)| shapes);
        let outline: Vec<(Plot, usize)> =
            outlines.enumerate().filter_map(|(n, shape)| Some((on_grid(shape)?, n))).collect();
        let window = |places: &mut dyn Iterator<Item = LonLat>| {
            GridWindow::around(places.map(|place| frame.to_grid(place)))
        };
        let compounds = dataset.compounds.iter().filter_map(|compound| match &compound.place {
            Place::Point(place) => window(&mut [*place].into_iter()),
            Place::Area(area) => window(&mut area.corners()),
        });
        let units = dataset.units.iter().filter_map(|unit| window(&mut unit.geometry.corners()));
        let (compounds, units) = (compounds.collect(), units.collect());
        let all = plots.iter().chain(outline.iter().map(|(plot, _)| plot));
        let nowhere = GridWindow::of_segment(Default::default(), Default::default());
        let whole = all.map(|plot| plot.window).reduce(GridWindow::union).unwrap_or(nowhere);
        let facts = facts_of(&context);
        let (tolerance_m, outline_layer) = (context.tolerance_m, context.terms().outline);
        drop(context);
        Self {
            rest: rest_of(&dataset),
            options: *options,
            dataset,
            tolerance_m,
            frame,
            whole,
            plots,
            outline_layer,
            outline,
            compounds,
            units,
            facts,
        }
    }

    /// The dataset that was checked at first; the grids' names are those.
    pub fn dataset(&self) -> &Arc<Dataset> {
        &self.dataset
    }

    /// A grid as it is drawn now.
    pub fn shape(&self, grid: usize) -> &MultiPolygon {
        let redrawn = self.plots[grid].redrawn.as_deref();
        redrawn.unwrap_or(&self.dataset.grids[grid].geometry)
    }

    /// All findings as the grids are drawn now.
    pub fn findings(&self) -> Vec<Finding> {
        self.with_severities(self.all_findings())
    }

    /// What an edit would do; nothing is kept. Of several edits of a grid the last counts, and
    /// those of grids that the dataset has not are ignored.
    pub fn preview(&self, edits: &[GridEdit]) -> EditOutcome {
        let redrawn = self.redrawn(edits);
        if self.moves_the_frame(&redrawn) {
            let other = self.anew(&redrawn.plots);
            return self.outcome(self.all_findings(), other.all_findings());
        }
        let sides = self.sides(&redrawn.patch());
        self.outcome(sides.before, sides.after)
    }

    /// Makes an edit and tells what it did.
    pub fn apply(&mut self, edits: &[GridEdit]) -> EditOutcome {
        let redrawn = self.redrawn(edits);
        if self.moves_the_frame(&redrawn) {
            let other = self.anew(&redrawn.plots);
            let outcome = self.outcome(self.all_findings(), other.all_findings());
            *self = other;
            return outcome;
        }
        let patch = redrawn.patch();
        let whole = self.whole_with(&redrawn);
        let plots = redrawn.plots;
        let sides = self.sides(&patch);
        let outcome = self.outcome(sides.before, sides.after);
        self.facts.apply(patch, self.tolerance_m);
        self.whole = whole;
        for (grid, plot) in plots {
            self.plots[grid] = plot;
        }
        outcome
    }

    fn redrawn(&self, edits: &[GridEdit]) -> Redrawn<'_> {
        let mut plots = BTreeMap::new();
        for edit in edits.iter().filter(|edit| edit.grid < self.plots.len()) {
            if let Some(mut plot) = Plot::of(&self.frame, &edit.geometry) {
                plot.redrawn = Some(Arc::new(edit.geometry.clone()));
                plots.insert(edit.grid, plot);
            }
        }
        Redrawn { live: self, plots }
    }

    /// Whether the window of the whole dataset has another middle with the edit.
    fn moves_the_frame(&self, redrawn: &Redrawn) -> bool {
        let grids = (0..self.plots.len()).map(|grid| redrawn.plot(grid).bbox);
        let window = grids.chain(self.rest).reduce(BBox::union);
        window.is_some_and(|window| Frame::for_bbox(window) != self.frame)
    }

    /// The check of the dataset with the grids as they are drawn now, and some drawn otherwise.
    fn anew(&self, plots: &BTreeMap<usize, Plot>) -> Self {
        let mut dataset = (*self.dataset).clone();
        for (grid, plot) in self.plots.iter().enumerate() {
            let plot = plots.get(&grid).unwrap_or(plot);
            if let Some(shape) = &plot.redrawn {
                dataset.grids[grid].geometry = (**shape).clone();
            }
        }
        Self::new(Arc::new(dataset), &self.options)
    }

    fn terms(&self) -> Terms<'_> {
        Terms { dataset: &self.dataset, tolerance_m: self.tolerance_m, outline: self.outline_layer }
    }

    fn whole_with(&self, redrawn: &Redrawn) -> GridWindow {
        redrawn.plots.values().map(|plot| plot.window).fold(self.whole, GridWindow::union)
    }

    fn grids_near(&self, window: &GridWindow) -> impl Iterator<Item = usize> {
        let near = |(grid, plot): (usize, &Plot)| plot.window.meets(window).then_some(grid);
        self.plots.iter().enumerate().filter_map(near)
    }

    fn outline_shape(&self, number: usize) -> &MultiPolygon {
        let data = &self.dataset;
        match (&data.subdistrict, self.outline_layer) {
            (Some(subdistrict), _) => &subdistrict.geometry,
            (None, Some("communities")) => &data.communities[number].geometry,
            _ => &data.units[number].geometry,
        }
    }

    fn units_near(&self, window: &GridWindow) -> Vec<&MultiPolygon> {
        let units = self.dataset.units.iter().zip(&self.units);
        units.filter(|(_, own)| own.meets(window)).map(|(unit, _)| &unit.geometry).collect()
    }

    fn compounds_near(&self, window: &GridWindow) -> Vec<usize> {
        let near = |(c, own): (usize, &GridWindow)| own.meets(window).then_some(c);
        self.compounds.iter().enumerate().filter_map(near).collect()
    }

    /// Tells apart what is only before, only after, and in both.
    fn outcome(&self, before: Vec<Finding>, after: Vec<Finding>) -> EditOutcome {
        let mut known: BTreeMap<(String, Vec<String>, String), Vec<Finding>> = BTreeMap::new();
        let key = |f: &Finding| (f.rule.clone(), f.features.clone(), f.message.clone());
        for finding in before {
            known.entry(key(&finding)).or_default().push(finding);
        }
        let (mut found, mut unchanged) = (Vec::new(), Vec::new());
        for finding in after {
            let alike = known.get_mut(&key(&finding));
            let same = |f: &Finding| f.geometry == finding.geometry && f.mend == finding.mend;
            match alike.and_then(|a| a.iter().position(same).map(|i| a.swap_remove(i))) {
                Some(_) => unchanged.push(finding),
                None => found.push(finding),
            }
        }
        EditOutcome {
            resolved: self.with_severities(known.into_values().flatten().collect()),
            found: self.with_severities(found),
            unchanged: self.with_severities(unchanged),
        }
    }

    /// With the severities of the dataset's rules, the gravest first.
    fn with_severities(&self, mut findings: Vec<Finding>) -> Vec<Finding> {
        for finding in &mut findings {
            finding.severity = self.dataset.rules.severity(&finding.rule, finding.severity);
        }
        findings.sort_by_key(|finding| finding.severity);
        findings
    }
}

/// The window of everything in a dataset but its grids; see [`Dataset::bbox`].
fn rest_of(dataset: &Dataset) -> Option<BBox> {
    let areas = (dataset.subdistrict.iter().map(|b| &b.geometry))
        .chain(dataset.communities.iter().map(|c| &c.geometry))
        .chain(dataset.units.iter().map(|u| &u.geometry));
    let areas = areas.filter_map(|area| BBox::around(area.corners()));
    let compounds = dataset.compounds.iter().filter_map(|c| c.place.to_geometry().bbox());
    areas.chain(compounds).reduce(BBox::union)
}

/// What the whole check finds, as facts.
fn facts_of(context: &Context) -> Facts {
    let mut facts = Facts {
        owned: context.compounds.clone(),
        households: (0..context.grids.len()).map(|g| context.households_of_grid(g)).collect(),
        ..Facts::default()
    };
    if context.grids.is_empty() {
        return facts;
    }
    let tiling = Tiling::of(context);
    for fault in tiling.all_faults(context.tolerance_m) {
        facts.add_fault(fault, context.tolerance_m);
    }
    let arrangement = tiling.arrangement;
    let corner = |vertex: u32, is_crossing| Corner {
        point: arrangement.point(vertex),
        place: arrangement.place(vertex),
        is_crossing,
    };
    for (pair, vertices) in tiling.mismatches() {
        facts.mismatches.insert(pair, vertices.into_iter().map(|v| corner(v, false)).collect());
    }
    for (grid, corners) in validity::irregular(arrangement, 0..context.grids.len()) {
        let corners = corners.into_iter().map(|c| corner(c.vertex, c.is_crossing));
        facts.irregular.insert(grid, corners.collect());
    }
    let (terms, source) = (context.terms(), rings::grids(context.dataset));
    let units: Vec<&MultiPolygon> = context.dataset.units.iter().map(|u| &u.geometry).collect();
    let suspects = validity::suspects(arrangement, 0..context.grids.len());
    let divided = pieces::suspects(arrangement, &context.grids);
    for (grid, shape) in context.grids.iter().enumerate() {
        if rings::is_turned(shape) {
            facts.turned.insert(grid);
        }
        let code = context.code(grid);
        let corners = source.corners(&context.frame, code, shape, suspects[grid]);
        if !corners.is_empty() {
            facts.corners.insert(grid, corners);
        }
        if divided[grid] {
            let among = pieces::Among { coverage: &context.coverage, number: grid, units: &units };
            facts.pieces.insert(grid, pieces::of_grid(&terms, grid, shape, &among));
        }
    }
    for (c, findings) in compounds::of_each(context).into_iter().enumerate() {
        if !findings.is_empty() {
            facts.compounds.insert(c, findings);
        }
    }
    facts
}

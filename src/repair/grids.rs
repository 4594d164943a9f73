//! One pass over the grids: from the areas as they are to the areas as they should be.

use super::cuts;
use super::homes::Homes;
use super::mends::{Mending, areas_m2};
use super::options::RepairOptions;
use super::report::{Action, Refusal};
use super::rings;
use super::tiling::{Drawn, Input, Tiling, bits};
use super::trace::canonical;
use super::words::Words;
use super::{insert, locks, needles, spare, trace};
use crate::dataset::{Dataset, Insertion};
use crate::domain::{LonLat, MultiPolygon};
use crate::geometry::GridPoint;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// What one pass changes.
pub(super) struct Pass {
    /// New areas of grids, by position.
    pub areas: BTreeMap<usize, MultiPolygon>,
    /// Corners for the edges of the outline.
    pub inserted: Vec<Insertion>,
    /// Whether the result's edges are a part of this pass's arrangement.
    pub is_settled: bool,
    pub actions: Vec<Action>,
    pub refusals: Vec<Refusal>,
    /// Area of each grid before and after, in m².
    pub before_m2: Vec<f64>,
    pub after_m2: Vec<f64>,
}

/// Looks for what is wrong with the grids and mends it: needles only where nothing else is wrong.
pub(super) fn pass(dataset: &Dataset, options: &RepairOptions, tolerance_m: f64) -> Pass {
    let frame = dataset.frame();
    let outline = dataset.outline();
    let grids: Vec<&MultiPolygon> = dataset.grids.iter().map(|g| &g.geometry).collect();
    let locked: Vec<bool> =
        dataset.grids.iter().map(|g| options.locked.contains(&g.code)).collect();
    let led = locks::led_through(&frame, &grids, &locked);
    let grids = grids.iter().enumerate().map(|(g, shape)| led.get(&g).unwrap_or(shape)).collect();
    let input =
        Input { frame, grids, locked, outline: outline.as_ref().map(|(_, areas)| areas.clone()) };
    let street = Street { dataset, options, input, layer: outline.map(|one| one.0) };
    let mut drawn = Drawn::default();
    let mut tiling = Tiling::build(&street.input, &drawn);
    let homes = Homes::new(dataset, frame, tolerance_m);
    let keep_whole = |shape: &MultiPolygon| !homes.inside(shape).is_empty();
    drawn.pieces = cuts::pieces(&tiling, |grid| !street.input.locked[grid], keep_whole);
    if !drawn.pieces.is_empty() {
        tiling = Tiling::build(&street.input, &drawn);
    }
    let mut mending = Mending::new(&tiling, options, &street.input.locked, homes);
    mending.run(&street.input.grids);
    let pass = street.pass(&mending);
    if pass.changes() {
        return pass;
    }
    let needles = needles::find(&frame, street.input.grids.iter().copied().enumerate());
    if needles.is_empty() {
        return pass;
    }
    drawn.needles = needles.iter().map(|needle| needle.shape.clone()).collect();
    let Mending { homes, outcomes: left, .. } = mending;
    let tiling = Tiling::build(&street.input, &drawn);
    let mut mending = Mending::new(&tiling, options, &street.input.locked, homes);
    mending.cut_needles(&needles, &street.input.grids);
    mending.outcomes.splice(0..0, left);
    street.pass(&mending)
}

impl Pass {
    /// Whether the pass has found anything to do.
    pub fn changes(&self) -> bool {
        !self.areas.is_empty() || !self.inserted.is_empty()
    }
}

/// What a pass looks at.
struct Street<'a> {
    dataset: &'a Dataset,
    options: &'a RepairOptions,
    input: Input<'a>,
    /// The layer of the outline.
    layer: Option<&'static str>,
}

impl Street<'_> {
    /// What the mending changes, as new areas, actions and refusals.
    fn pass(&self, mending: &Mending<'_, '_>) -> Pass {
        let (tiling, input) = (mending.tiling, &self.input);
        let words = Words { dataset: self.dataset, outline: self.layer.unwrap_or("") };
        let (mut actions, mut refusals) = (Vec::new(), Vec::new());
        for outcome in &mending.outcomes {
            match &outcome.verdict {
                Ok(why) => actions.push(words.given(outcome, *why, &mending.homes)),
                Err(reason) => {
                    refusals.push(words.left(outcome, *reason, self.options, &mending.homes));
                }
            }
        }
        let touched = self.touched(mending);
        let traced = trace::areas(tiling, &mending.held, &touched);
        let spare = spare::corners(tiling, &mending.held, &traced);
        let traced = traced.into_iter().zip(touched).collect();
        let areas = self.new_areas(mending, traced, &spare, &words, &mut actions, &mut refusals);
        let (inserted, fits) = match (self.layer, &input.outline) {
            (Some(layer), Some(shapes)) if self.options.may_change(layer) => {
                insert::into_outline(tiling, &mending.held, &spare, shapes)
            }
            (Some(_), _) => (Vec::new(), false),
            (None, _) => (Vec::new(), true),
        };
        if !inserted.is_empty() {
            actions.push(words.outline_matched(&inserted));
        }
        let now = |grid: usize| areas.get(&grid).unwrap_or(input.grids[grid]);
        let is_settled = fits
            && tiling.draws_nothing()
            && !has_close_crossing(tiling, &mending.held)
            && !needles::any(&input.frame, (0..input.grids.len()).map(now));
        let before_m2 = areas_m2(tiling, &tiling.holders, input.grids.len());
        let after_m2 = areas_m2(tiling, &mending.held, input.grids.len());
        Pass { areas, inserted, is_settled, actions, refusals, before_m2, after_m2 }
    }

    /// The grids that may come out otherwise than they were read.
    fn touched(&self, mending: &Mending<'_, '_>) -> Vec<bool> {
        let open = self.dataset.open_rings("grids");
        // Led through locked corners, a grid is not what was read.
        let is_read =
            |grid: usize| std::ptr::eq(self.input.grids[grid], &self.dataset.grids[grid].geometry);
        let untouched = trace::untouched(mending.tiling, &mending.held, &self.input.grids);
        let touched = |(grid, untouched): (usize, bool)| {
            !untouched || !is_read(grid) || open.contains(self.dataset.grids[grid].code.as_str())
        };
        untouched.into_iter().enumerate().map(touched).collect()
    }

    /// The grids whose area or corners change, with the actions that explain it.
    fn new_areas(
        &self,
        mending: &Mending<'_, '_>,
        traced: Vec<(Option<MultiPolygon>, bool)>,
        spare: &FxHashSet<u32>,
        words: &Words<'_>,
        actions: &mut Vec<Action>,
        refusals: &mut Vec<Refusal>,
    ) -> BTreeMap<usize, MultiPolygon> {
        let (tiling, frame, grids) = (mending.tiling, &self.input.frame, &self.input.grids);
        let open = self.dataset.open_rings("grids");
        let is_open = |grid: usize| open.contains(self.dataset.grids[grid].code.as_str());
        let touched: Vec<bool> = traced.iter().map(|one| one.1).collect();
        let faults = rings::faults(tiling, frame, grids, &touched, is_open);
        let spare_places: FxHashSet<[u64; 2]> =
            spare.iter().map(|&vertex| bits(tiling.place(vertex))).collect();
        let concerned = concerned(mending);
        let gained = gained(tiling, mending);
        let mut areas = BTreeMap::new();
        for (grid, (area, touched)) in traced.into_iter().enumerate() {
            if !touched {
                continue;
            }
            let Some(area) = area else {
                refusals.push(words.without_area(grid));
                continue;
            };
            let area = if spare_places.is_empty() {
                area
            } else {
                trace::without(&area, |p| spare_places.contains(&bits(p)))
            };
            let before = &self.dataset.grids[grid].geometry;
            let is_kept = self.input.locked[grid] && loses_corners(before, &area);
            if is_kept || (!is_open(grid) && trace::is_same(before, &area)) {
                continue;
            }
            let area = canonical(area);
            let gained = gained.get(&grid).map_or(&[][..], Vec::as_slice);
            let gained = still_there(tiling, gained, &area);
            let explained = !gained.is_empty() || faults.contains_key(&grid) || concerned[grid];
            actions.extend(faults.get(&grid).map(|faults| words.ring_cleaned(grid, faults)));
            if !gained.is_empty() {
                actions.push(words.edge_matched(grid, gained));
            }
            if !explained {
                actions.push(words.ring_rewritten(grid));
            }
            areas.insert(grid, area);
        }
        areas
    }
}

/// The places of those vertices that a shape has as corners.
fn still_there(tiling: &Tiling, vertices: &[u32], shape: &MultiPolygon) -> Vec<LonLat> {
    if vertices.is_empty() {
        return Vec::new();
    }
    let corners: FxHashSet<[u64; 2]> = shape.corners().map(bits).collect();
    let places = vertices.iter().map(|&v| tiling.place(v));
    places.filter(|&place| corners.contains(&bits(place))).collect()
}

/// Whether a shape has corners that another lacks.
fn loses_corners(before: &MultiPolygon, after: &MultiPolygon) -> bool {
    let kept: FxHashSet<[u64; 2]> = after.corners().map(bits).collect();
    before.corners().any(|corner| !kept.contains(&bits(corner)))
}

/// Whether a crossing on a border lies so near another corner that rounding decides whether they
/// are the same: then the result needs a second look.
fn has_close_crossing(tiling: &Tiling, held: &[Vec<u32>]) -> bool {
    let a = &tiling.arrangement;
    let is_border = |&e: &u32| held[a.face(e) as usize] != held[a.face(e ^ 1) as usize];
    let crossings = (0..a.vertices())
        .filter(|&v| a.is_crossing(v) && a.around(v).iter().any(is_border))
        .map(|v| a.point(v));
    let around = |p: GridPoint| {
        (-2..=2).flat_map(move |x| (-2..=2).map(move |y| GridPoint { x: p.x + x, y: p.y + y }))
    };
    let near: FxHashSet<GridPoint> =
        crossings.flat_map(|p| around(p).filter(move |&q| q != p)).collect();
    let is_near = |v: u32| near.contains(&a.point(v)) && a.around(v).iter().any(is_border);
    !near.is_empty() && (0..a.vertices()).any(is_near)
}

/// The grids that a place given away has changed.
fn concerned(mending: &Mending<'_, '_>) -> Vec<bool> {
    let mut concerned = vec![false; mending.locked.len()];
    for outcome in mending.outcomes.iter().filter(|outcome| outcome.verdict.is_ok()) {
        outcome.winner.iter().chain(&outcome.others).for_each(|&grid| concerned[grid] = true);
    }
    concerned
}

/// The corners of others that each grid's border passes without having them, but for those around
/// places given away, which explain themselves.
fn gained(tiling: &Tiling, mending: &Mending<'_, '_>) -> BTreeMap<usize, Vec<u32>> {
    let given = mending.outcomes.iter().filter(|outcome| outcome.verdict.is_ok());
    let around: FxHashSet<u32> = given
        .flat_map(|outcome| &outcome.region.border)
        .map(|&edge| tiling.arrangement.origin(edge))
        .collect();
    let mut gained: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    for &(polygon, vertex) in tiling.arrangement.passed() {
        if let Some(grid) = tiling.grid_of(polygon).filter(|_| !around.contains(&vertex)) {
            gained.entry(grid).or_default().push(vertex);
        }
    }
    gained
}

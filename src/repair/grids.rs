//! One pass over the grids: from the areas as they are to the areas as they should be.

use super::cuts;
use super::homes::Homes;
use super::mends::{Mending, areas_m2};
use super::options::RepairOptions;
use super::report::{Action, Refusal};
use super::rings;
use super::tiling::{Input, Tiling, bits, outline};
use super::trace::canonical;
use super::words::Words;
use super::{insert, spare, trace};
use crate::dataset::{Dataset, Insertion};
use crate::domain::{LonLat, MultiPolygon};
use crate::geometry::{Frame, GridPoint};
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

/// Looks for what is wrong with the grids and mends it.
pub(super) fn pass(dataset: &Dataset, options: &RepairOptions, tolerance_m: f64) -> Pass {
    let frame = dataset.bbox().map_or_else(|| Frame::around(LonLat::ORIGIN), Frame::for_bbox);
    let outline = outline(dataset);
    let input = Input {
        frame,
        grids: dataset.grids.iter().map(|g| &g.geometry).collect(),
        locked: dataset.grids.iter().map(|g| options.locked.contains(&g.code)).collect(),
        outline: outline.as_ref().map(|(_, areas)| areas.clone()),
    };
    let mut tiling = Tiling::build(&input, &[]);
    let homes = Homes::new(dataset, frame, tolerance_m);
    let keep_whole = |shape: &MultiPolygon| !homes.inside(shape).is_empty();
    let pieces = cuts::pieces(&tiling, |grid| !input.locked[grid], keep_whole);
    if !pieces.is_empty() {
        tiling = Tiling::build(&input, &pieces);
    }
    let mut mending = Mending::new(&tiling, options, &input.locked, homes);
    mending.run(&input.grids);
    let words = Words { dataset, outline: outline.as_ref().map_or("", |one| one.0) };
    let (mut actions, mut refusals) = (Vec::new(), Vec::new());
    for outcome in &mending.outcomes {
        match &outcome.verdict {
            Ok(why) => actions.push(words.given(outcome, *why, &mending.homes)),
            Err(reason) => refusals.push(words.left(outcome, *reason, options, &mending.homes)),
        }
    }
    let open = dataset.open_rings("grids");
    let is_open = |grid: usize| open.contains(dataset.grids[grid].code.as_str());
    let faults = rings::faults(&tiling, &frame, &input.grids, is_open);
    let traced = trace::areas(&tiling, &mending.held, input.grids.len());
    let spare = spare::corners(&tiling, &mending.held, &traced);
    let spare_places: FxHashSet<[u64; 2]> =
        spare.iter().map(|&vertex| bits(tiling.place(vertex))).collect();
    let concerned = concerned(&mending);
    let gained = gained(&tiling, &mending);
    let mut areas = BTreeMap::new();
    for (grid, area) in traced.into_iter().enumerate() {
        let Some(area) = area else {
            refusals.push(words.without_area(grid));
            continue;
        };
        let area = if spare_places.is_empty() {
            canonical(&area)
        } else {
            canonical(&trace::without(&area, |p| spare_places.contains(&bits(p))))
        };
        if !is_open(grid) && trace::is_same(input.grids[grid], &area) {
            continue;
        }
        let corners: FxHashSet<GridPoint> = area.corners().map(|p| frame.to_grid(p)).collect();
        let gained = gained.get(&grid).into_iter().flatten();
        let gained: Vec<LonLat> = gained
            .filter(|&&v| corners.contains(&tiling.arrangement.point(v)))
            .map(|&v| tiling.place(v))
            .collect();
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
    let (inserted, is_settled) = match &outline {
        Some((layer, shapes)) if options.may_change(layer) => {
            insert::into_outline(&tiling, &mending.held, &spare, shapes)
        }
        Some(_) => (Vec::new(), false),
        None => (Vec::new(), true),
    };
    if !inserted.is_empty() {
        actions.push(words.outline_matched(&inserted));
    }
    let before_m2 = areas_m2(&tiling, &tiling.holders, input.grids.len());
    let after_m2 = areas_m2(&tiling, &mending.held, input.grids.len());
    Pass { areas, inserted, is_settled, actions, refusals, before_m2, after_m2 }
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

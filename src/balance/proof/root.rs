//! The linear relaxation over all feasible grids of a region that has too many to list: columns
//! are priced in process, and at its end only those are listed that a better division can use.

use super::columns::{Column, Ground, NO_LABEL, Set, large, units};
use super::master::{Duals, Master};
use super::price::{Effort, Pricer};
use super::{Limits, SLACK};
use crate::balance::search::restart::Found;
use rustc_hash::FxHashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Columns brought in for each lowest unit at each pricing.
const BATCH: usize = 12;
/// How far the duals that are priced lie from those of the programme towards the best so far.
const SMOOTH: f64 = 0.5;

/// What the relaxation says.
pub(super) struct Root {
    /// No division costs less.
    pub bound: f64,
    /// Every column that a division within the goal can use; `None` when the work did not
    /// suffice.
    pub columns: Option<Vec<Column>>,
}

/// The cheapest columns of one lowest unit.
struct Priced {
    /// The least reduced cost, as far as it lies below the threshold.
    least: f64,
    columns: Vec<Column>,
    complete: bool,
}

/// Solves the relaxation: `found` are divisions to begin with, and only divisions that cost at
/// most `goal` are of interest.
pub(super) fn relax(
    ground: &Ground,
    found: &[Found],
    goal: f64,
    limits: &mut Limits,
    stop: &(dyn Fn() -> bool + Sync),
) -> Root {
    let region = ground.region;
    let labels = if ground.homes { region.grids } else { 0 };
    let first = found.first().map(|found| first_duals(ground, found, labels));
    // Artificial entries cost a few times what a unit does, so that the first duals are not wild;
    // should they stay, they are made dearer.
    let mut dear = match &first {
        Some(duals) => 4.0 * duals.unit.iter().copied().fold(0.0, f64::max) + 1.0,
        None => large(ground),
    };
    let mut master = Master::new(region.units(), region.grids, labels, dear);
    let mut known: FxHashSet<(Set, u32)> = FxHashSet::default();
    for column in found.iter().flat_map(|found| columns_of(ground, found)) {
        if known.insert((column.set, column.label)) {
            master.add(&column);
        }
    }
    let mut best = Root { bound: 0.0, columns: None };
    let mut centre: Option<Duals> = first;
    loop {
        let duals = master.solve(&mut limits.pivots);
        let mut smooth =
            centre.as_ref().map_or_else(|| duals.clone(), |centre| duals.towards(centre, SMOOTH));
        let mut fresh = Vec::new();
        // Smoothed duals first; where they bring nothing, the duals of the programme.
        for attempt in 0..2 {
            let Some(priced) = price(ground, &smooth, -SLACK, BATCH, limits, stop) else {
                return best;
            };
            let least: Vec<f64> = priced.iter().map(|priced| priced.least).collect();
            let bound = smooth.sum(region.grids) + least_of(&least, region.grids);
            if bound > best.bound || centre.is_none() {
                best.bound = best.bound.max(bound);
                centre = Some(smooth.clone());
            }
            let columns = priced.into_iter().flat_map(|priced| priced.columns);
            fresh.extend(
                columns
                    .filter(|c| duals.reduced_cost(c) < -SLACK && known.insert((c.set, c.label))),
            );
            if best.bound > goal + SLACK {
                best.columns = Some(Vec::new());
                return best;
            }
            if !fresh.is_empty() || attempt == 1 {
                break;
            }
            smooth = duals.clone();
        }
        if fresh.is_empty() && dear < large(ground) && master.needs_artificial() {
            dear *= 10.0;
            master.make_dearer(10.0);
            continue;
        }
        if fresh.is_empty() || limits.pivots == 0 {
            break;
        }
        for column in fresh {
            master.add(&column);
        }
    }
    if let Some(duals) = centre {
        best.columns = survivors(ground, &duals, goal, limits, stop);
    }
    best
}

/// Duals by which every column of a division costs nothing: each unit bears a share of its
/// grid's cost by its households.
fn first_duals(ground: &Ground, found: &Found, labels: usize) -> Duals {
    let region = ground.region;
    let mut unit = vec![0.0; region.units()];
    for column in columns_of(ground, found).iter().filter(|c| c.label == NO_LABEL) {
        let weight = ground.weight(column.set) as f64 + f64::from(column.set.count_ones());
        for u in units(column.set) {
            unit[u] = column.cost * (region.weight[u] as f64 + 1.0) / weight;
        }
    }
    Duals { unit, count: 0.0, label: vec![0.0; labels] }
}

/// The columns of a division.
fn columns_of(ground: &Ground, found: &Found) -> Vec<Column> {
    let mut sets = vec![0; ground.region.grids];
    for (u, &grid) in found.owner.iter().enumerate() {
        sets[grid as usize] |= 1 << u;
    }
    let mut columns = Vec::new();
    for set in sets {
        let cut: f64 = units(set).map(|u| ground.edge_cost(u, ground.all & !set)).sum();
        ground.columns(set, cut, |column| columns.push(column));
    }
    columns
}

/// The sum of the `count` least of some figures: the columns of a division have different lowest
/// units.
fn least_of(figures: &[f64], count: usize) -> f64 {
    let mut figures: Vec<f64> = figures.iter().map(|figure| figure.min(0.0)).collect();
    figures.sort_by(f64::total_cmp);
    figures.iter().take(count).sum()
}

/// Every column that a division within the goal can use.
fn survivors(
    ground: &Ground,
    duals: &Duals,
    goal: f64,
    limits: &mut Limits,
    stop: &(dyn Fn() -> bool + Sync),
) -> Option<Vec<Column>> {
    let grids = ground.region.grids;
    let priced = price(ground, duals, -SLACK, 1, limits, stop)?;
    let least: Vec<f64> = priced.iter().map(|priced| priced.least).collect();
    let threshold = goal + SLACK - duals.sum(grids) - least_of(&least, grids - 1);
    let priced = price(ground, duals, threshold, usize::MAX, limits, stop)?;
    let columns: Vec<Column> = priced.into_iter().flat_map(|priced| priced.columns).collect();
    (columns.len() <= limits.columns).then_some(columns)
}

/// The cheapest columns of every lowest unit, up to `most` of each, with reduced costs of at most
/// `threshold`; `None` when the work does not suffice.
fn price(
    ground: &Ground,
    duals: &Duals,
    threshold: f64,
    most: usize,
    limits: &mut Limits,
    stop: &(dyn Fn() -> bool + Sync),
) -> Option<Vec<Priced>> {
    let roots = ground.region.units();
    let (next, effort) = (AtomicUsize::new(0), Effort::new(limits.visits, stop));
    let most = most.min(limits.columns);
    let results: Mutex<Vec<Option<Priced>>> = Mutex::new((0..roots).map(|_| None).collect());
    let work = || {
        while !stop() {
            let root = next.fetch_add(1, Ordering::Relaxed);
            if root >= roots {
                return;
            }
            let priced = price_root(ground, duals, root, threshold, most, &effort);
            let complete = priced.complete;
            if let Ok(mut results) = results.lock() {
                results[root] = Some(priced);
            }
            if !complete {
                return;
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..limits.threads.min(roots) {
            scope.spawn(work);
        }
        work();
    });
    limits.visits = limits.visits.saturating_sub(effort.spent());
    let results = results.into_inner().ok()?;
    let priced: Vec<Priced> = results.into_iter().collect::<Option<_>>()?;
    priced.iter().all(|priced| priced.complete).then_some(priced)
}

fn price_root(
    ground: &Ground,
    duals: &Duals,
    root: usize,
    threshold: f64,
    most: usize,
    effort: &Effort,
) -> Priced {
    let mut pricer = Pricer::new(ground, duals, threshold, effort);
    let mut kept: Vec<(f64, Column)> = Vec::new();
    let complete = pricer.each_from(root, &mut |column, reduced| {
        if kept.len() < most {
            kept.push((reduced, column));
        } else if let Some(worst) = kept.iter_mut().max_by(|a, b| a.0.total_cmp(&b.0)) {
            *worst = (reduced, column);
        }
        if kept.len() < most || most > 1000 {
            threshold
        } else {
            kept.iter().map(|kept| kept.0).fold(f64::NEG_INFINITY, f64::max).min(threshold)
        }
    });
    let least = kept.iter().map(|kept| kept.0).fold(0.0, f64::min);
    let columns = kept.into_iter().map(|(_, column)| column).collect();
    Priced { least, columns, complete }
}

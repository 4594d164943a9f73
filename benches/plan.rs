//! Editing a plan: towns of 100 to 20,000 units in grids of about 25 columns and rows at most, with
//! a compound a unit and a net of branches. Each time is of the edit with its report, and its undo.
//!
//! The promise: below 5 ms with 100 units, below 20 ms with 10,000.

#[path = "../tests/common/mod.rs"]
mod common;
mod support;

use common::{frame, shaken_cells};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;
use support::timing::{is_wanted, least, print};
use wangge::dataset::Dataset;
use wangge::domain::{
    Compound, Correspondence, Grid, GridKind, LonLat, MultiPolygon, Net, NetFeature, Origin, Place,
    Unit, ValidityPeriod,
};
use wangge::geometry::{Coverage, measure, metres_per_degree};
use wangge::plan::{Basis, Draft, Edit, EditOptions, PlanState, apply};

/// Corners on each border between two units.
const BENDS: usize = 4;

fn origin(number: usize) -> Origin {
    Origin { file: "made.geojson".into(), feature: number }
}

/// A town of `columns` × `rows` units in grids of `span` × `span`.
fn town(columns: usize, rows: usize, span: usize) -> Dataset {
    let cells = shaken_cells(columns, rows, 7, BENDS);
    let across = columns.div_ceil(span);
    let group: Vec<Option<usize>> = (0..cells.len())
        .map(|n| Some((n / columns / span) * across + n % columns / span))
        .collect();
    let grids = across * rows.div_ceil(span);
    let coverage = Coverage::build(&frame(), &cells.iter().collect::<Vec<_>>());
    let mut town = Dataset { name: "town".into(), ..Dataset::default() };
    let mut features = Vec::new();
    for (number, area) in coverage.dissolve(&group, grids).into_iter().enumerate() {
        let geometry = area.expect("a grid has units");
        let code = format!("g{number:04}");
        features.push(NetFeature {
            id: code.clone(),
            name: code.clone(),
            grid_codes: Vec::new(),
            geometry: geometry.clone(),
            origin: origin(number),
        });
        town.grids.push(Grid {
            name: code.clone(),
            code,
            community_code: None,
            kind: GridKind::Base,
            validity: ValidityPeriod::default(),
            geometry,
            origin: origin(number),
        });
    }
    let correspondence = Correspondence::OneToOne;
    town.nets.push(Net { name: "branches".into(), correspondence, features });
    for (number, cell) in cells.into_iter().enumerate() {
        let households = 50 + (number * 37 % 101) as u32;
        town.compounds.push(compound(number, households, &cell));
        town.units.push(Unit {
            id: format!("u{number:05}"),
            name: None,
            households: Some(households),
            community_code: None,
            geometry: cell,
            origin: origin(number),
        });
    }
    town
}

fn compound(number: usize, households: u32, cell: &MultiPolygon) -> Compound {
    Compound {
        id: format!("c{number:05}"),
        name: format!("{number}号小区"),
        aliases: Vec::new(),
        address: None,
        community_code: None,
        households: Some(households),
        residents: None,
        party_members: None,
        buildings: None,
        kind: None,
        synthetic: true,
        place: Place::Point(measure::label_point(&frame(), cell)),
        origin: origin(number),
    }
}

/// The units of the first grid at its border with the second, and more until there are `count`.
fn some_units(columns: usize, span: usize, count: usize) -> Vec<String> {
    let column = (0..span).map(|row| row * columns + span - 1);
    let more = (0..span * columns).filter(|n| n % columns < span - 1);
    column.chain(more).take(count).map(|n| format!("u{n:05}")).collect()
}

/// Times an edit with its report, then its undo; both leave the draft as it was.
fn time(name: &str, draft: &mut Draft, edit: &Edit) {
    let options = EditOptions::default();
    let edits = std::slice::from_ref(edit);
    let (mut there, mut back) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..30 {
        let begin = Instant::now();
        let edited = black_box(draft.apply(edits, &options).expect("the edit can be made"));
        there = there.min(begin.elapsed().as_secs_f64() * 1e3);
        let begin = Instant::now();
        black_box(draft.play(&edited.delta, false));
        back = back.min(begin.elapsed().as_secs_f64() * 1e3);
    }
    println!("{name:<44} {there:>9.3} ms, undo {back:>9.3} ms");
}

fn moved(p: LonLat, metres: f64) -> LonLat {
    let (per_lon, _) = metres_per_degree(p.lat());
    LonLat::new(p.lon() + metres / per_lon, p.lat()).expect("a place")
}

fn bench(columns: usize, rows: usize, span: usize) {
    let units = columns * rows;
    let dataset = Arc::new(town(columns, rows, span));
    let begin = Instant::now();
    let basis = Basis::new(&dataset, None).expect("a basis");
    println!(
        "{units} units, {} grids; the basis took {:.0} ms",
        dataset.grids.len(),
        begin.elapsed().as_secs_f64() * 1e3
    );
    let state = basis.present_state();
    print("open", least(3, || Draft::open(&basis, state.clone()).expect("a draft")));
    let one = Edit::Assign { units: some_units(columns, span, 1), grid: "g0001".into() };
    let apply_once = |state: &PlanState| {
        apply(&basis, state, std::slice::from_ref(&one), &EditOptions::default()).expect("an edit")
    };
    print("assign one unit, from a state", least(3, || apply_once(&state)));
    let mut draft = Draft::open(&basis, state.clone()).expect("a draft");
    time("assign one unit", &mut draft, &one);
    let count = 100.min(units / 2);
    let many = Edit::Assign { units: some_units(columns, span, count), grid: "g0001".into() };
    time(&format!("assign {count} units"), &mut draft, &many);
    let grow =
        Edit::Grow { grid: "g0001".into(), from: "g0000".into(), units: Some(3), households: None };
    time("grow by three units", &mut draft, &grow);
    let middle = rows / 2 * columns + columns / 2;
    let ring = dataset.units[middle].geometry.polygons()[0].exterior().corners().to_vec();
    let vertex = Edit::MoveVertex { from: ring[0], to: moved(ring[0], 5.0) };
    time("move a vertex of four units", &mut draft, &vertex);
    let bend = Edit::MoveVertex { from: ring[2], to: moved(ring[2], 2.0) };
    time("move a vertex of two units", &mut draft, &bend);
    let unit = dataset.units[middle].id.clone();
    let line = vec![ring[0], ring[ring.len() / 2]];
    time("split a unit", &mut draft, &Edit::SplitUnit { unit, line });
    assert_eq!(*draft.state(), state, "every edit was undone");
}

fn main() {
    for (columns, rows, span) in [(10, 10, 5), (40, 25, 10), (100, 100, 25), (200, 100, 25)] {
        if is_wanted(&format!("{}", columns * rows)) {
            bench(columns, rows, span);
        }
    }
}

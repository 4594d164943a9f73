//! Plans carried over to changed data.

use crate::town::{add_compound, add_unit, assign, at, basis, block, edited, ids, square};
use wangge::domain::Place;
use wangge::plan::{Draft, Edit, PlanState, rebase};

/// A plan with moved units, locks, names, notes and a divided unit.
fn plan(basis: &wangge::plan::Basis) -> PlanState {
    let edits = [
        assign(&["U01"], "NW"),
        Edit::SplitUnit { unit: "U33".into(), line: vec![at(3.25, 2.5), at(3.25, 4.5)] },
        Edit::SetNotes { notes: "改".into() },
        Edit::Lock { grids: ids(&["SE"]), units: ids(&["U01", "U33-a", "U10"]) },
    ];
    edited(basis, &basis.present_state(), &edits).state
}

#[test]
fn on_the_same_data_a_plan_stays_what_it_is() {
    let basis = basis(square());
    let state = plan(&basis);
    let (carried, report) = rebase(&basis, &state, &basis).unwrap();
    assert_eq!(carried, state);
    assert_eq!(report.unchanged, 17);
    let quiet = wangge::plan::RebaseReport { unchanged: 17, ..Default::default() };
    assert_eq!(report, quiet);
}

#[test]
fn new_counts_are_taken_over_and_listed() {
    let old = basis(square());
    let state = plan(&old);
    let mut town = square();
    town.units.iter_mut().find(|unit| unit.id == "U33").unwrap().households = Some(201);
    town.units.iter_mut().find(|unit| unit.id == "U01").unwrap().households = Some(7);
    let new = basis(town);
    let (carried, report) = rebase(&old, &state, &new).unwrap();
    let changed: Vec<_> = report
        .changed_households
        .iter()
        .map(|(id, change)| (id.as_str(), change.before, change.after))
        .collect();
    assert_eq!(changed, [("U01", 100, 7), ("U33", 100, 201)]);
    let pieces: Vec<u64> = carried.own_units.values().map(|own| own.households()).collect();
    assert_eq!(pieces, [50, 151], "a quarter and three quarters of 201");
    assert_eq!(carried.locked_units, state.locked_units);
    Draft::open(&new, carried).unwrap();
}

#[test]
fn changed_units_go_to_the_grid_that_had_most_of_them() {
    let old = basis(square());
    let state = plan(&old);
    let mut town = square();
    // U01 (in NW by the plan) and U11 (in SW) become three: two thirds of the middle are U01's.
    town.units.retain(|unit| !["U01", "U11", "U33", "U30"].contains(&unit.id.as_str()));
    add_unit(&mut town, "V0", 40, "370203035001", block(0.0, 1.0, 0.5, 2.0));
    add_unit(&mut town, "V1", 90, "370203035001", block(0.5, 1.0, 1.25, 2.0));
    add_unit(&mut town, "V2", 70, "370203035001", block(1.25, 1.0, 2.0, 2.0));
    // The same ids with other shapes, and new land.
    add_unit(&mut town, "U33", 100, "370203035002", block(3.0, 3.0, 4.0, 4.5));
    add_unit(&mut town, "U30", 100, "370203035002", block(3.0, 0.0, 4.0, 1.0));
    add_unit(&mut town, "W", 5, "370203035002", block(9.0, 0.0, 10.0, 1.0));
    let new = basis(town);
    let (carried, report) = rebase(&old, &state, &new).unwrap();
    assert_eq!(carried.assignment["V0"], "NW");
    assert_eq!(carried.assignment["V1"], "NW");
    assert_eq!(carried.assignment["V2"], "SW");
    let share = |id: &str| report.carried.iter().find(|unit| unit.unit == id).unwrap().share;
    assert!((share("V0") - 1.0).abs() < 1e-3 && (share("V1") - 2.0 / 3.0).abs() < 1e-3);
    assert!((share("U33") - 2.0 / 3.0).abs() < 1e-3, "a third of it lay in no unit");
    assert_eq!(carried.assignment["U30"], "SE");
    assert_eq!(report.new_units, ids(&["V0", "V1", "V2", "W"]));
    assert_eq!(report.gone_units, ids(&["U01", "U11"]));
    assert_eq!(report.unassigned, ids(&["W"]));
    assert_eq!(report.dropped_own_units, ids(&["U33-a", "U33-b"]));
    assert_eq!(report.dropped_locks, ids(&["U01", "U33-a"]));
    assert_eq!((carried.notes.as_str(), carried.grids["SE"].locked), ("改", true));
    assert!(carried.locked_units.contains("U10"));
    Draft::open(&new, carried).unwrap();
}

#[test]
fn households_decide_before_area() {
    let old = basis(square());
    let state = edited(&old, &old.present_state(), &[assign(&["U01"], "NW")]).state;
    let mut town = square();
    town.units.retain(|unit| !["U01", "U11"].contains(&unit.id.as_str()));
    // Three quarters of it were U01's, but its compound lies in what was U11.
    add_unit(&mut town, "V", 150, "370203035001", block(0.25, 1.0, 1.25, 2.0));
    add_unit(&mut town, "X", 25, "370203035001", block(0.0, 1.0, 0.25, 2.0));
    add_unit(&mut town, "Y", 25, "370203035001", block(1.25, 1.0, 2.0, 2.0));
    town.compounds.clear();
    add_compound(&mut town, "H", 90, Place::Point(at(1.1, 1.5)));
    let new = basis(town);
    let (carried, report) = rebase(&old, &state, &new).unwrap();
    assert_eq!(carried.assignment["V"], "SW");
    let unit = report.carried.iter().find(|unit| unit.unit == "V").unwrap();
    assert!(unit.by_households && unit.share == 1.0);
}

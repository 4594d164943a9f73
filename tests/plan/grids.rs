//! Grids added, merged, divided, locked, changed and numbered anew.

use crate::town::{
    add_grid, assign, basis, block, by_grid, edited, ids, read, refused, square, street,
};
use serde_json::json;
use wangge::domain::GridKind;
use wangge::plan::{Edit, EditOptions, PlanError, Rule, RuleMode};

#[test]
fn a_grid_is_added_filled_emptied_and_removed() {
    let basis = basis(street());
    let present = basis.present_state();
    let add = read(json!({"op": "add_grid", "grid": "N", "name": "新"}));
    let added = edited(&basis, &present, &[add, assign(&["U3", "U4"], "N")]);
    assert_eq!(added.report.totals.grids, 3);
    assert_eq!(added.report.totals.mean_households, 360.0);
    let new = added.report.grids.iter().find(|grid| grid.code == "N").unwrap();
    assert_eq!((new.households, new.deviation, new.info.name.as_str()), (270, Some(-0.25), "新"));
    let full = refused(
        &basis,
        &added.state,
        &[Edit::RemoveGrid { grid: "N".into() }],
        &EditOptions::default(),
    );
    assert!(full.to_string().contains("it has units"), "{full}");
    let gone = edited(
        &basis,
        &added.state,
        &[assign(&["U3"], "W"), assign(&["U4"], "E"), Edit::RemoveGrid { grid: "N".into() }],
    );
    assert_eq!(gone.state, present);
    assert_eq!(gone.report.removed_grids, ids(&["N"]));
}

#[test]
fn merged_grids_are_one_and_the_others_are_gone() {
    let basis = basis(square());
    let present = basis.present_state();
    let merged = edited(
        &basis,
        &present,
        &[Edit::MergeGrids { grids: ids(&["SW", "NW"]), into: Some("NW".into()) }],
    );
    assert_eq!(by_grid(&merged.state)["NW"].len(), 8);
    assert_eq!(merged.report.removed_grids, ids(&["SW"]));
    let grid = &merged.report.grids[0];
    assert_eq!((grid.households, merged.report.totals.grids), (800, 3));
    assert!((grid.deviation.unwrap() - 0.5).abs() < 1e-12);
    // As in the score of a plan, households whose present grid is gone have nowhere to be.
    assert_eq!(merged.report.totals.households_moved, Some(0));
    let mut state = merged.state.clone();
    merged.delta.backward(&mut state);
    assert_eq!(state, present);
}

#[test]
fn a_grid_is_divided_by_units_or_in_even_halves() {
    let basis = basis(street());
    let present = basis.present_state();
    let by_units = read(json!({"op": "split_grid", "grid": "W", "units": ["U0"], "code": "X"}));
    let split = edited(&basis, &present, &[by_units]);
    assert_eq!(by_grid(&split.state)["X"], ["U0"]);
    let even = edited(&basis, &present, &[read(json!({"op": "split_grid", "grid": "E"}))]);
    let grids = by_grid(&even.state);
    // 140 + 150 | 160 + 170: the heavier half keeps the code; C has no three digits yet.
    assert_eq!((&grids["E"][..], &grids["C001"][..]), (&["U6", "U7"][..], &["U4", "U5"][..]));
    let again = edited(&basis, &present, &[read(json!({"op": "split_grid", "grid": "E"}))]);
    assert_eq!(even.state, again.state, "the same halves every time");
    for (edit, field) in [
        (json!({"op": "split_grid", "grid": "W", "units": ["U4"]}), "edits[0].units"),
        (
            json!({"op": "split_grid", "grid": "W", "units": ["U0", "U1", "U2", "U3"]}),
            "edits[0].units",
        ),
        (json!({"op": "split_grid", "grid": "W", "units": ["U0"], "code": "E"}), "edits[0].code"),
    ] {
        let error = refused(&basis, &present, &[read(edit)], &EditOptions::default());
        assert_eq!(error.field(), field);
    }
}

#[test]
fn the_halves_of_a_larger_grid_are_even_and_whole() {
    let basis = basis(crate::town::random_town(9, 9, 5));
    let present = basis.present_state();
    let grids: Vec<String> = by_grid(&present).keys().map(|code| (*code).to_owned()).collect();
    let merge = Edit::MergeGrids { grids: grids[..3].to_vec(), into: None };
    let merged = edited(&basis, &present, &[merge]);
    let whole = merged.report.grids.last().unwrap().clone();
    let code = merged.report.grids.iter().find(|g| g.units == 27).unwrap().code.clone();
    let split = edited(
        &basis,
        &merged.state,
        &[Edit::SplitGrid { grid: code, units: None, code: None, name: None }],
    );
    assert_eq!(split.report.grids.len(), 2, "{whole:?}");
    let [a, b] = [&split.report.grids[0], &split.report.grids[1]];
    assert!(a.contiguous && b.contiguous);
    let off = a.households.abs_diff(b.households) as f64 / (a.households + b.households) as f64;
    assert!(off <= 0.05, "{} and {}", a.households, b.households);
}

#[test]
fn locked_grids_and_units_stay_whatever_the_rules() {
    let basis = basis(street());
    let lock = Edit::Lock { grids: ids(&["E"]), units: ids(&["U0"]) };
    let locked = edited(&basis, &basis.present_state(), &[lock]).state;
    let lax = EditOptions {
        contiguity: RuleMode::Off,
        community: RuleMode::Off,
        compounds: RuleMode::Off,
        dedicated: RuleMode::Off,
    };
    for edit in [
        json!({"op": "assign", "units": ["U3"], "grid": "E"}),
        json!({"op": "assign", "units": ["U4"], "grid": "W"}),
        json!({"op": "assign", "units": ["U0"], "grid": "E"}),
        json!({"op": "erase", "units": ["U0"]}),
        json!({"op": "merge_grids", "grids": ["E", "W"]}),
        json!({"op": "split_grid", "grid": "E"}),
        json!({"op": "set_grid", "grid": "E", "name": "x"}),
        json!({"op": "recode"}),
        json!({"op": "merge_units", "units": ["U0", "U1"]}),
        json!({"op": "merge_units", "units": ["U4", "U5"]}),
        json!({"op": "grow", "grid": "W", "from": "E", "units": 1}),
    ] {
        let error = refused(&basis, &locked, &[read(edit.clone())], &lax);
        assert_eq!(error.breach().map(|breach| breach.rule), Some(Rule::Locks), "{edit}: {error}");
    }
    let open = Edit::Unlock { grids: ids(&["E"]), units: ids(&["U0"]) };
    assert_eq!(edited(&basis, &locked, &[open]).state, basis.present_state());
    // Another grid's edits go on.
    edited(&basis, &locked, &[Edit::Erase { units: ids(&["U1"]) }]);
}

#[test]
fn a_dedicated_grid_is_outside_the_balance() {
    let mut town = street();
    town.grids.retain(|grid| grid.code != "E");
    add_grid(&mut town, "D", GridKind::Dedicated, "C", block(6.0, 0.0, 8.0, 1.0));
    add_grid(&mut town, "E", GridKind::Base, "C", block(4.0, 0.0, 6.0, 1.0));
    let basis = basis(town);
    let present = basis.present_state();
    let applied = edited(&basis, &present, &[assign(&["U3"], "E")]);
    assert_eq!(applied.report.totals.mean_households, 375.0);
    assert_eq!(applied.report.totals.cut_edges, 1, "the border with D is no border of the plan");
    for edit in [assign(&["U6"], "E"), assign(&["U5"], "D"), Edit::Erase { units: ids(&["U7"]) }] {
        let error = refused(&basis, &present, &[edit], &EditOptions::default());
        assert_eq!(error.breach().unwrap().rule, Rule::Dedicated);
    }
    let warn = EditOptions { dedicated: RuleMode::Warn, ..EditOptions::default() };
    let moved = wangge::plan::apply(&basis, &present, &[assign(&["U6"], "E")], &warn).unwrap();
    assert_eq!(moved.report.warnings[0].rule, Rule::Dedicated);
    assert_eq!(moved.report.totals.mean_households, (750.0 + 160.0) / 2.0);
    // A grid that becomes dedicated takes its households with it.
    let kind = read(json!({"op": "set_grid", "grid": "E", "kind": "dedicated"}));
    let out = edited(&basis, &present, &[kind]);
    assert_eq!((out.report.totals.grids, out.report.totals.mean_households), (1, 460.0));
    assert_eq!((out.report.totals.cut_edges, out.report.grids[0].deviation), (0, None));
    let last = read(json!({"op": "set_grid", "grid": "W", "kind": "dedicated"}));
    let error = refused(&basis, &out.state, &[last], &EditOptions::default());
    assert_eq!(error.field(), "edits[0].kind");
}

#[test]
fn a_grid_gets_name_colour_and_community() {
    let basis = basis(square());
    let edit = json!({"op": "set_grid", "grid": "SW", "name": " 南一 ", "colour": "#AbCdEf"});
    let applied = edited(&basis, &basis.present_state(), &[read(edit)]);
    let info = &applied.state.grids["SW"];
    assert_eq!((info.name.as_str(), info.colour.as_deref()), ("南一", Some("#abcdef")));
    let plain = read(json!({"op": "set_grid", "grid": "SW", "colour": "", "name": "网格SW"}));
    assert_eq!(edited(&basis, &applied.state, &[plain]).state, basis.present_state());
    let strange = read(json!({"op": "set_grid", "grid": "SW", "community_code": "370203035002"}));
    let strange = edited(&basis, &basis.present_state(), &[strange]);
    assert_eq!(strange.report.warnings[0].rule, Rule::Community);
    for colour in ["red", "#12345", "#1234567", "#gggggg", "123456"] {
        let edit = json!({"op": "set_grid", "grid": "SW", "colour": colour});
        let error = refused(&basis, &basis.present_state(), &[read(edit)], &EditOptions::default());
        assert_eq!(error.field(), "edits[0].colour", "{colour}");
    }
}

#[test]
fn grids_are_numbered_west_to_east_then_north_to_south() {
    let basis = basis(square());
    let present = basis.present_state();
    let coded = edited(&basis, &present, &[Edit::Recode { community_code: None }]);
    let grids = by_grid(&coded.state);
    // Both grids of a community lie at the same longitude: the northern comes first.
    assert_eq!(grids["370203035001001"][0], "U02");
    assert_eq!(grids["370203035001002"][0], "U00");
    assert_eq!(grids["370203035002001"][0], "U22");
    assert_eq!(grids["370203035002002"][0], "U20");
    assert_eq!(coded.state.grids["370203035001001"].continues.as_deref(), Some("NW"));
    assert_eq!(coded.state.grids["370203035001001"].name, "网格NW");
    assert_eq!(coded.report.totals.households_moved, Some(0), "a new code moves nobody");
    assert!(coded.report.nets[0].coincides, "the net's codes are those of the grids before");
    let one = Edit::Recode { community_code: Some("370203035002".into()) };
    let one = edited(&basis, &present, &[one]);
    let codes: Vec<&str> = one.state.grids.keys().map(String::as_str).collect();
    assert_eq!(codes, ["370203035002001", "370203035002002", "NW", "SW"]);
    // Numbered again nothing changes, and what moves later counts from the present grids.
    let again = edited(&basis, &coded.state, &[Edit::Recode { community_code: None }]);
    assert!(again.delta.is_empty(), "{:?}", again.delta);
    let moved = edited(&basis, &coded.state, &[assign(&["U01"], "370203035001001")]);
    assert_eq!(moved.report.totals.households_moved, Some(100));
    let unknown = Edit::Recode { community_code: Some("9".into()) };
    let error = refused(&basis, &present, &[unknown], &EditOptions::default());
    assert!(matches!(error, PlanError::Invalid { .. }));
}

#[test]
fn notes_are_kept_up_to_a_length() {
    let basis = basis(street());
    let noted = edited(&basis, &basis.present_state(), &[Edit::SetNotes { notes: "记".into() }]);
    assert_eq!(noted.state.notes, "记");
    let mut state = noted.state.clone();
    noted.delta.backward(&mut state);
    assert_eq!(state, basis.present_state());
    let long = "长".repeat(wangge::plan::LONGEST_NOTES + 1);
    let long = Edit::SetNotes { notes: long };
    let error = refused(&basis, &basis.present_state(), &[long], &EditOptions::default());
    assert_eq!(error.field(), "edits[0].notes");
}

//! Edits and states that nobody should send.

use crate::town::{at, basis, edited, ids, refused, square};
use serde_json::json;
use wangge::domain::LonLat;
use wangge::plan::{Draft, Edit, EditOptions, PlanError, PlanState, apply};

#[test]
fn unknown_empty_and_doubled_names_are_refused_with_their_place() {
    let basis = basis(square());
    let present = basis.present_state();
    for (edit, field) in [
        (json!({"op": "assign", "units": [], "grid": "SW"}), "edits[0].units"),
        (json!({"op": "assign", "units": ["U00", "X"], "grid": "SW"}), "edits[0].units[1]"),
        (json!({"op": "assign", "units": ["U00"], "grid": ""}), "edits[0].grid"),
        (json!({"op": "erase", "units": ["\u{0}"]}), "edits[0].units[0]"),
        (json!({"op": "grow", "grid": "X", "from": "SW", "units": 1}), "edits[0].grid"),
        (json!({"op": "grow", "grid": "SW", "from": "X", "units": 1}), "edits[0].from"),
        (json!({"op": "shrink", "grid": "SW", "to": "X", "units": 1}), "edits[0].to"),
        (json!({"op": "split_unit", "unit": "X", "line": []}), "edits[0].unit"),
        (json!({"op": "split_unit", "unit": "U00", "line": []}), "edits[0].line"),
        (json!({"op": "merge_units", "units": []}), "edits[0].units"),
        (json!({"op": "restore_units", "units": []}), "edits[0].units"),
        (json!({"op": "restore_units", "units": ["X"]}), "edits[0].units[0]"),
        (json!({"op": "add_grid", "grid": " "}), "edits[0].grid"),
        (json!({"op": "add_grid", "grid": "a\u{7}"}), "edits[0].grid"),
        (json!({"op": "add_grid", "grid": "SW"}), "edits[0].grid"),
        (json!({"op": "add_grid", "grid": "x".repeat(65)}), "edits[0].grid"),
        (json!({"op": "add_grid", "grid": "x", "name": "x".repeat(201)}), "edits[0].name"),
        (json!({"op": "remove_grid", "grid": "X"}), "edits[0].grid"),
        (json!({"op": "merge_grids", "grids": ["SW"]}), "edits[0].grids"),
        (json!({"op": "merge_grids", "grids": ["SW", "SW"]}), "edits[0].grids[1]"),
        (json!({"op": "merge_grids", "grids": ["SW", "X"]}), "edits[0].grids[1]"),
        (json!({"op": "merge_grids", "grids": ["SW", "SE"], "into": "NW"}), "edits[0].into"),
        (json!({"op": "split_grid", "grid": "SW", "units": []}), "edits[0].units"),
        (json!({"op": "set_grid", "grid": "X"}), "edits[0].grid"),
        (json!({"op": "set_grid", "grid": "SW", "name": ""}), "edits[0].name"),
        (json!({"op": "lock"}), "edits[0].grids"),
        (json!({"op": "lock", "units": ["X"]}), "edits[0].units[0]"),
        (json!({"op": "unlock", "grids": ["X"]}), "edits[0].grids[0]"),
    ] {
        let read: Edit = serde_json::from_value(edit.clone()).unwrap();
        let error = refused(&basis, &present, &[read], &EditOptions::default());
        assert_eq!(error.field(), field, "{edit}: {error}");
        assert!(!error.to_string().is_empty());
    }
    // A unit named twice is named.
    let twice = Edit::Assign { units: ids(&["U01", "U01"]), grid: "NW".into() };
    assert_eq!(edited(&basis, &present, &[twice]).report.totals.households_moved, Some(100));
    assert!(apply(&basis, &present, &[], &EditOptions::default()).unwrap().delta.is_empty());
}

#[test]
fn json_that_is_no_edit_is_not_read() {
    for text in [
        r#"{"op": "explode"}"#,
        r#"{"op": "assign", "units": ["U00"], "grid": "SW", "more": 1}"#,
        r#"{"op": "move_vertex", "from": [1e308, 0], "to": [0, 0]}"#,
        r#"{"op": "move_vertex", "from": [null, 0], "to": [0, 0]}"#,
        r#"{"op": "move_vertex", "from": [0], "to": [0, 0]}"#,
        r#"{"op": "split_unit", "unit": "U00", "line": [[181, 0], [0, 0]]}"#,
        r#"{"op": "grow", "grid": "SW", "from": "SE", "units": -1}"#,
        r#"{"op": "set_grid", "grid": "SW", "kind": "round"}"#,
        r#"{"op": "lock", "grids": "SW"}"#,
    ] {
        assert!(serde_json::from_str::<Edit>(text).is_err(), "{text}");
    }
    assert!(LonLat::new(f64::NAN, 0.0).is_err());
    for text in [
        r#"{"grids": {}, "assignment": {}, "more": 1}"#,
        r#"{"grids": {"A": {"name": "a", "kind": "odd"}}, "assignment": {}}"#,
        r#"{"grids": {}, "assignment": {}, "own_units": {"x": {"geometry": [], "from": {}}}}"#,
        r#"{"grids": {}, "assignment": {}, "own_units": {"x": {"geometry": [[[[0,0],[1,1]]]], "from": {"U00": 1}}}}"#,
    ] {
        assert!(serde_json::from_str::<PlanState>(text).is_err(), "{text}");
    }
}

#[test]
fn lines_at_the_ends_of_the_earth_and_of_one_place_do_no_harm() {
    let basis = basis(square());
    let present = basis.present_state();
    let place = |lon: f64, lat: f64| LonLat::new(lon, lat).unwrap();
    let here = at(0.5, 0.5);
    for line in [
        vec![place(-180.0, -90.0), place(180.0, 90.0)],
        vec![here, here],
        vec![here; 50],
        vec![at(0.0, 0.0), at(1.0, 0.0)],
        vec![place(0.0, 0.0); 20_000],
    ] {
        let edit = Edit::SplitUnit { unit: "U00".into(), line };
        // Refused, or two pieces: never a panic, and never another sum.
        if let Ok(applied) = apply(&basis, &present, &[edit], &EditOptions::default()) {
            let all: u64 = applied.state.own_units.values().map(|own| own.households()).sum();
            assert_eq!((applied.state.own_units.len(), all), (2, 100));
        }
    }
    let far = Edit::MoveVertex { from: at(2.0, 2.0), to: place(-179.0, -89.0) };
    let error = refused(&basis, &present, &[far], &EditOptions::default());
    assert_eq!(error.field(), "edits[0].to");
    let huge = Edit::Grow {
        grid: "SW".into(),
        from: "NW".into(),
        units: Some(usize::MAX),
        households: None,
    };
    let grown = edited(&basis, &present, &[huge]);
    assert!(grown.state.assignment.values().any(|grid| grid == "NW"), "the last unit stays");
    let most = Edit::Grow {
        grid: "SW".into(),
        from: "NW".into(),
        units: None,
        households: Some(u64::MAX),
    };
    edited(&basis, &present, &[most]);
}

#[test]
fn a_state_that_does_not_fit_is_not_opened() {
    let basis = basis(square());
    let present = basis.present_state();
    let open = |change: &dyn Fn(&mut PlanState)| {
        let mut state = present.clone();
        change(&mut state);
        Draft::open(&basis, state).map(drop)
    };
    type Change = dyn Fn(&mut PlanState);
    let cases: [(&Change, &str); 7] = [
        (&|s| drop(s.assignment.insert("X".into(), "SW".into())), "assignment.X"),
        (&|s| drop(s.assignment.insert("U00".into(), "X".into())), "assignment.U00"),
        (&|s| drop(s.grids.remove("SW")), "assignment.U00"),
        (&|s| s.locked_units.extend(["X".to_owned()]), "locked_units[0]"),
        (&|s| rename_own(s, "U01"), "own_units.U01.from"),
        (&|s| own(s, &[("X", 1)]), "own_units.own.from"),
        (&|s| own(s, &[("U00", 100)]), "assignment.U00"),
    ];
    for (change, field) in cases {
        let error = open(change).unwrap_err();
        assert_eq!(error.field(), field, "{error}");
    }
    let empty = open(&|s| own(s, &[])).unwrap_err();
    assert!(matches!(empty, PlanError::Invalid { .. }), "{empty}");
}

/// Adds a unit of the plan's own.
fn own(state: &mut PlanState, from: &[(&str, u64)]) {
    let geometry = crate::town::block(0.0, 0.0, 1.0, 1.0);
    let from = from.iter().map(|(id, households)| ((*id).to_owned(), *households)).collect();
    let own = wangge::plan::OwnUnit { geometry, community_code: None, from };
    state.own_units.insert("own".into(), own);
}

/// Adds a unit of the plan's own with the id of another unit of the dataset.
fn rename_own(state: &mut PlanState, id: &str) {
    own(state, &[("U00", 100)]);
    let made = state.own_units.remove("own").unwrap();
    state.own_units.insert(id.into(), made);
}

//! Units given, taken and pushed over a border, with exact figures.

use crate::properties::require_same;
use crate::town::{
    assign, basis, by_grid, edited, ids, read, refused, square, street, through_json,
};
use serde_json::json;
use wangge::plan::{Draft, Edit, EditOptions, PlanError, Rule, RuleMode};

#[test]
fn an_assigned_unit_changes_the_figures_of_two_grids_and_little_else() {
    let basis = basis(street());
    let present = basis.present_state();
    let applied = edited(&basis, &present, &[assign(&["U3"], "E")]);
    let report = &applied.report;
    // W had 100+110+120+130, E 140+150+160+170.
    let codes: Vec<(&str, u64, usize)> =
        report.grids.iter().map(|g| (g.code.as_str(), g.households, g.units)).collect();
    assert_eq!(codes, [("E", 750, 5), ("W", 330, 3)]);
    assert!((report.grids[0].deviation.unwrap() - (750.0 / 540.0 - 1.0)).abs() < 1e-12);
    assert!(report.grids.iter().all(|grid| grid.contiguous && grid.pieces == 1));
    let totals = &report.totals;
    assert_eq!((totals.grids, totals.cut_edges, totals.units_unassigned), (2, 1, 0));
    assert_eq!((totals.households_moved, totals.communities_split), (Some(130), 0));
    assert!((totals.max_deviation - 210.0 / 540.0).abs() < 1e-12);
    assert!((totals.border_length_m - 100.0).abs() < 0.05, "{}", totals.border_length_m);
    // 500 m by 100 m: 4π · 50,000 / 1,200².
    let shape = report.grids[0].polsby_popper.unwrap();
    assert!((shape - 0.436_332).abs() < 1e-3, "{shape}");
    let net = &report.nets[0];
    assert_eq!((net.net.as_str(), net.coincides), ("branches", false));
    assert_eq!((&net.newly_out, &net.newly_in), (&ids(&["E", "W"]), &Vec::new()));
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
    // The change is small, and works both ways.
    let json = serde_json::to_string(&applied.delta).unwrap();
    assert_eq!(json, r#"{"assignment":{"U3":{"before":"W","after":"E"}}}"#);
    let mut state = applied.state.clone();
    applied.delta.backward(&mut state);
    assert_eq!(state, present);
    through_json(&applied.delta).forward(&mut state);
    assert_eq!(state, applied.state);
    // Back again the net coincides.
    let back = edited(&basis, &applied.state, &[assign(&["U3"], "W")]);
    assert!(back.report.nets[0].coincides);
    assert_eq!(back.report.nets[0].newly_in, ids(&["E", "W"]));
}

#[test]
fn what_an_edit_breaks_is_warned_of_or_refused_and_named() {
    let basis = basis(street());
    let present = basis.present_state();
    let broken = edited(&basis, &present, &[assign(&["U1"], "E")]);
    let rules: Vec<Rule> = broken.report.warnings.iter().map(|warning| warning.rule).collect();
    assert_eq!(rules, [Rule::Contiguity, Rule::Contiguity]);
    let east = &broken.report.warnings[0];
    assert_eq!((east.grid.as_deref(), &east.units), (Some("E"), &ids(&["U1"])));
    assert!(east.message_zh.contains("U1"), "{}", east.message_zh);
    let strict = EditOptions { contiguity: RuleMode::Refuse, ..EditOptions::default() };
    let error = refused(&basis, &present, &[assign(&["U4"], "W"), assign(&["U1"], "E")], &strict);
    assert_eq!((error.field(), error.feature()), ("edits[1]", Some("U1")));
    assert_eq!(error.breach().unwrap().rule, Rule::Contiguity);
    // What is broken already may be worked on, even under strict rules.
    let on = wangge::plan::apply(&basis, &broken.state, &[assign(&["U0"], "E")], &strict).unwrap();
    assert_eq!(on.report.grids[0].pieces, 2, "E is still in two");
    assert!(on.report.warnings.is_empty());
    let off = EditOptions { contiguity: RuleMode::Off, ..EditOptions::default() };
    let silent = wangge::plan::apply(&basis, &present, &[assign(&["U1"], "E")], &off).unwrap();
    assert!(silent.report.warnings.is_empty());
}

#[test]
fn communities_and_compounds_are_watched() {
    let basis = basis(square());
    let present = basis.present_state();
    let over = edited(&basis, &present, &[assign(&["U20"], "SW")]);
    let warning = &over.report.warnings[0];
    assert_eq!((warning.rule, warning.grid.as_deref()), (Rule::Community, Some("SW")));
    assert_eq!(warning.units, ids(&["U20"]));
    assert_eq!(over.report.totals.communities_split, 2);
    let torn = edited(&basis, &present, &[assign(&["U11"], "NW")]);
    let warning = &torn.report.warnings[0];
    assert_eq!((warning.rule, &warning.compounds), (Rule::Compounds, &ids(&["K"])));
    assert_eq!(torn.report.totals.compounds_divided, 1);
    let strict = EditOptions::STRICT;
    for (edit, rule) in
        [(assign(&["U20"], "SW"), Rule::Community), (assign(&["U11"], "NW"), Rule::Compounds)]
    {
        let error = refused(&basis, &present, &[edit], &strict);
        assert_eq!(error.breach().unwrap().rule, rule);
    }
    // The whole compound may go.
    let whole = [assign(&["U10", "U11"], "NW"), assign(&["U12"], "SW")];
    let moved = wangge::plan::apply(&basis, &present, &whole, &EditOptions::STRICT);
    assert_eq!(moved.unwrap_err().breach().unwrap().rule, Rule::Contiguity);
}

#[test]
fn a_net_of_many_to_one_stays_in_step_while_its_features_hold_whole_grids() {
    let basis = basis(square());
    let present = basis.present_state();
    let inside = edited(&basis, &present, &[assign(&["U10", "U11"], "SE")]);
    assert!(inside.report.nets[0].coincides, "both grids lie in the southern feature");
    let across = edited(&basis, &present, &[assign(&["U01"], "NW")]);
    // The feature holds one of its grids no longer whole, so its others are out of step, too.
    assert_eq!(across.report.nets[0].out_of_step, ids(&["NE", "NW", "SE", "SW"]));
    let merged = [Edit::MergeGrids { grids: ids(&["SW", "SE"]), into: None }];
    assert!(edited(&basis, &present, &merged).report.nets[0].coincides);
}

#[test]
fn erased_units_have_no_grid_and_count_as_moved() {
    let basis = basis(street());
    let applied = edited(&basis, &basis.present_state(), &[Edit::Erase { units: ids(&["U0"]) }]);
    assert!(!applied.state.assignment.contains_key("U0"));
    let totals = &applied.report.totals;
    assert_eq!((totals.units_unassigned, totals.households_moved), (1, Some(100)));
    assert_eq!(totals.cut_edges, 2, "it is cut off from its neighbour");
    assert_eq!(applied.report.grids[0].households, 360);
    assert_eq!(totals.mean_households, 540.0, "the households are still to be given");
}

#[test]
fn a_border_is_pushed_over_unit_by_unit() {
    let basis = basis(street());
    let present = basis.present_state();
    let grown = edited(
        &basis,
        &present,
        &[read(json!({"op": "grow", "grid": "W", "from": "E", "units": 2}))],
    );
    assert_eq!(by_grid(&grown.state)["W"], ["U0", "U1", "U2", "U3", "U4", "U5"]);
    // 460 households, to come near 540: with U4 it has 600, nearer than 460.
    let to = read(json!({"op": "grow", "grid": "W", "from": "E", "households": 540}));
    assert_eq!(by_grid(&edited(&basis, &present, &[to]).state)["W"].len(), 5);
    // 500 is reached by no unit better than by none.
    let near = read(json!({"op": "grow", "grid": "W", "from": "E", "households": 470}));
    let error = refused(&basis, &present, &[near], &EditOptions::default());
    assert!(error.to_string().contains("no unit can go"), "{error}");
    let back = read(json!({"op": "shrink", "grid": "W", "to": "E", "units": 1}));
    assert_eq!(by_grid(&edited(&basis, &present, &[back]).state)["E"][0], "U3");
    // More than there is: the last unit stays, and the answer says so.
    let all = read(json!({"op": "shrink", "grid": "W", "to": "E", "units": 9}));
    let all = edited(&basis, &present, &[all]);
    assert_eq!(by_grid(&all.state)["W"], ["U0"]);
    assert_eq!(all.report.warnings[0].rule, Rule::Amount);
    for wrong in [
        json!({"op": "grow", "grid": "W", "from": "E"}),
        json!({"op": "grow", "grid": "W", "from": "E", "units": 0}),
        json!({"op": "grow", "grid": "W", "from": "E", "units": 1, "households": 5}),
        json!({"op": "grow", "grid": "W", "from": "W", "units": 1}),
    ] {
        let error = refused(&basis, &present, &[read(wrong)], &EditOptions::default());
        assert!(matches!(error, PlanError::Invalid { .. }), "{error:?}");
    }
}

#[test]
fn a_pushed_border_leaves_the_giver_whole_and_locks_alone() {
    let basis = basis(square());
    let present = basis.present_state();
    // NW takes from SW: of U01 and U11 the second shares a compound with U10, so only U01 may go.
    let grow = read(json!({"op": "grow", "grid": "NW", "from": "SW", "units": 2}));
    let grown = edited(&basis, &present, std::slice::from_ref(&grow));
    assert_eq!(by_grid(&grown.state)["SW"], ["U10", "U11"]);
    let locked = [Edit::Lock { grids: Vec::new(), units: ids(&["U01"]) }, grow];
    let error = refused(&basis, &present, &locked, &EditOptions::default());
    assert_eq!((error.field(), error.feature()), ("edits[1].grid", Some("NW")));
}

#[test]
fn undo_and_redo_in_a_draft_give_the_same_figures() {
    let basis = basis(square());
    let mut draft = Draft::open(&basis, basis.present_state()).unwrap();
    let first = draft.whole_report();
    let step = draft.apply(&[assign(&["U20"], "SW")], &EditOptions::default()).unwrap();
    let undone = draft.play(&step.delta, false);
    assert_eq!(*draft.state(), basis.present_state());
    assert_eq!((undone.totals.cut_edges, undone.totals.households_moved), (8, Some(0)));
    require_same(&draft.whole_report(), &first, 1e-9);
    let redone = draft.play(&step.delta, true);
    require_same(&redone, &step.report, 1e-9);
}

#[test]
fn all_edits_are_made_or_none() {
    let basis = basis(street());
    let mut draft = Draft::open(&basis, basis.present_state()).unwrap();
    let edits = [assign(&["U3"], "E"), assign(&["U9"], "E")];
    let error = draft.apply(&edits, &EditOptions::default()).unwrap_err();
    let field = "edits[1].units[0]".to_owned();
    assert_eq!(error, PlanError::UnknownUnit { field, unit: "U9".into() });
    assert_eq!(draft.state(), &basis.present_state());
    assert_eq!(draft.totals().households_moved, Some(0));
}

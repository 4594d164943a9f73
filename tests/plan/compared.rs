//! Two plans compared, with the same units and with others.

use crate::town::{assign, at, basis, edited, ids, square};
use wangge::plan::{Edit, PlanDiff, compare};

fn flow<'d>(diff: &'d PlanDiff, from: &str, to: &str) -> &'d wangge::plan::Flow {
    let is = |flow: &&wangge::plan::Flow| {
        flow.from.as_deref() == Some(from) && flow.to.as_deref() == Some(to)
    };
    diff.flows.iter().find(is).unwrap()
}

#[test]
fn the_table_says_how_much_goes_from_where_to_where() {
    let basis = basis(square());
    let present = basis.present_state();
    let edits = [assign(&["U10", "U11"], "SE"), assign(&["U02"], "SW")];
    let plan = edited(&basis, &present, &edits).state;
    let diff = compare(&basis, &present, &plan).unwrap();
    let units: Vec<&str> = diff.pieces.iter().map(|piece| piece.unit.as_str()).collect();
    assert_eq!((units, diff.households_moved), (vec!["U02", "U10", "U11"], 300));
    let east = flow(&diff, "SW", "SE");
    assert_eq!((east.pieces, east.households, east.compounds), (2, 200, 1));
    assert!((east.area_m2 / 20_000.0 - 1.0).abs() < 1e-3);
    assert_eq!(flow(&diff, "NW", "SW").households, 100);
    assert_eq!(diff.compounds.len(), 1);
    assert_eq!((diff.compounds[0].id.as_str(), diff.compounds[0].to.as_deref()), ("K", Some("SE")));
    // One polygon a flow: the two units are dissolved.
    assert_eq!(diff.features.len(), 2);
    let corners = diff.features.iter().map(|feature| feature.geometry.corners().len());
    assert_eq!(corners.max(), Some(6));
    let none = compare(&basis, &plan, &plan).unwrap();
    assert!(none.pieces.is_empty() && none.flows.is_empty() && none.features.is_empty());
}

#[test]
fn plans_with_other_units_are_compared_by_their_common_pieces() {
    let basis = basis(square());
    let present = basis.present_state();
    let cut = |x: f64| Edit::SplitUnit { unit: "U00".into(), line: vec![at(x, -1.0), at(x, 2.0)] };
    let a = edited(&basis, &present, &[cut(0.25), assign(&["U01", "U00-a"], "NW")]).state;
    let diff = compare(&basis, &present, &a).unwrap();
    let moved: Vec<(&str, Option<&str>, u64)> = diff
        .pieces
        .iter()
        .map(|piece| (piece.unit.as_str(), piece.was.as_deref(), piece.households))
        .collect();
    assert_eq!(moved, [("U00-a", Some("U00"), 25), ("U01", None, 100)]);
    assert_eq!(flow(&diff, "SW", "NW").households, 125);
    assert_eq!(diff.features.len(), 1, "a piece and the unit beside it are one area");
    // Another cut: the strip between both is what differs.
    let b = edited(&basis, &present, &[cut(0.75), assign(&["U01", "U00-a"], "NW")]).state;
    let strip = compare(&basis, &a, &b).unwrap();
    assert_eq!(strip.pieces.len(), 1);
    let piece = &strip.pieces[0];
    assert_eq!((piece.unit.as_str(), piece.was.as_deref()), ("U00-a", Some("U00-b")));
    assert_eq!((piece.households, piece.from.as_deref()), (50, Some("SW")));
    assert!((piece.area_m2 / 5_000.0 - 1.0).abs() < 2e-3, "{}", piece.area_m2);
    // A shape that changes nobody's grid is no difference.
    let merged = edited(&basis, &present, &[Edit::MergeUnits { units: ids(&["U00", "U01"]) }]);
    assert!(compare(&basis, &present, &merged.state).unwrap().pieces.is_empty());
}

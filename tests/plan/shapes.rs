//! Units divided, made one, moved at a vertex and brought back: what they cover together stays.

use crate::town::{
    add_compound, assign, at, basis, by_grid, edited, frame, ids, read, refused, square, street,
    through_json,
};
use serde_json::json;
use wangge::check::{self, CheckOptions};
use wangge::dataset::{Boundary, Dataset};
use wangge::domain::{Geometry, LonLat, MultiPolygon, Origin, Place};
use wangge::geometry::{Coverage, measure, overlap_areas};
use wangge::plan::{Basis, Draft, Edit, EditOptions, PlanError, PlanState, Rule, state_features};

/// The line from a place to another, in units of 100 m.
fn line(places: &[(f64, f64)]) -> Vec<LonLat> {
    places.iter().map(|&(x, y)| at(x, y)).collect()
}

fn split(unit: &str, places: &[(f64, f64)]) -> Edit {
    Edit::SplitUnit { unit: unit.into(), line: line(places) }
}

fn move_vertex(from: (f64, f64), to: (f64, f64)) -> Edit {
    Edit::MoveVertex { from: at(from.0, from.1), to: at(to.0, to.1) }
}

/// The check finds no gap, overlap, piece or unmatched edge in the plan's grids, and the plan's
/// units overlap nowhere and cover what the dataset's cover.
pub fn require_coverage(basis: &Basis, state: &PlanState) {
    let dataset = basis.dataset();
    let mut result = Dataset::clone(dataset);
    let shapes = unit_shapes(basis, state);
    let shapes: Vec<&MultiPolygon> = shapes.iter().collect();
    let frame = basis.coverage().frame();
    // The outline with the corners that cuts have made on it: those are new to the file's.
    let outline = Coverage::build(frame, &shapes).dissolve(&vec![Some(0); shapes.len()], 1);
    let geometry = outline.into_iter().flatten().next().unwrap();
    let origin = Origin { file: "outline".into(), feature: 0 };
    result.subdistrict = Some(Boundary { geometry, origin });
    for feature in state_features(basis, state).unwrap() {
        let grid = result.grids.iter_mut().find(|grid| grid.code == feature.id).unwrap();
        grid.geometry = area(&feature.geometry);
    }
    let (wrong, known) = (faults(&result), faults(dataset));
    assert!(wrong.len() <= known.len(), "{wrong:?} against {known:?}");
    let twice: f64 = overlap_areas(frame, &shapes, &shapes)
        .into_iter()
        .filter(|(a, b, _)| a != b)
        .map(|(.., area)| area)
        .sum();
    let all: f64 = shapes.iter().map(|shape| measure::area_m2(shape)).sum();
    let whole: f64 = basis.coverage().areas_m2().iter().sum();
    // The corners lie on a grid of a millimetre.
    assert!(twice <= 1e-5 * whole, "{twice} m² twice");
    assert!((all / whole - 1.0).abs() < 1e-5, "{all} m² of {whole}");
}

/// What the check finds wrong with the grids as areas.
fn faults(dataset: &Dataset) -> Vec<String> {
    let dataset = Dataset { nets: Vec::new(), ..Dataset::clone(dataset) };
    let findings = check::run(&dataset, &CheckOptions::default()).findings;
    let rules = findings.into_iter().map(|finding| finding.rule);
    rules.filter(|rule| rule.starts_with("coverage.") || rule.starts_with("geometry.")).collect()
}

fn area(geometry: &Geometry) -> MultiPolygon {
    match geometry {
        Geometry::Polygon(polygon) => MultiPolygon::new(vec![polygon.clone()]).unwrap(),
        Geometry::MultiPolygon(area) => area.clone(),
        other => panic!("{other:?}"),
    }
}

/// The shapes of a plan's units.
pub fn unit_shapes(basis: &Basis, state: &PlanState) -> Vec<MultiPolygon> {
    let replaced = |id: &String| state.own_units.values().any(|own| own.from.contains_key(id));
    let base = basis.dataset().units.iter().filter(|unit| !replaced(&unit.id));
    let base = base.map(|unit| unit.geometry.clone());
    base.chain(state.own_units.values().map(|own| own.geometry.clone())).collect()
}

#[test]
fn a_unit_is_divided_by_area_where_no_compound_tells() {
    let basis = basis(square());
    let present = basis.present_state();
    // A quarter of U00 is cut off by a line that ends on the border and just before it.
    let applied = edited(&basis, &present, &[split("U00", &[(0.25, 0.0), (0.25, 0.995)])]);
    let (a, b) = (&applied.state.own_units["U00-a"], &applied.state.own_units["U00-b"]);
    assert_eq!((a.households(), b.households()), (25, 75));
    assert_eq!(a.community_code.as_deref(), Some("370203035001"));
    assert_eq!(by_grid(&applied.state)["SW"], ["U00-a", "U00-b", "U01", "U10", "U11"]);
    let grid = &applied.report.grids[0];
    assert_eq!((grid.households, grid.units, grid.contiguous), (400, 5, true));
    assert!((grid.area_m2 / 40_000.0 - 1.0).abs() < 1e-3);
    require_coverage(&basis, &applied.state);
    // Given to another grid the piece is what moves.
    let moved = edited(&basis, &applied.state, &[assign(&["U00-a"], "NW"), assign(&["U01"], "NW")]);
    assert_eq!(moved.report.totals.households_moved, Some(125));
    require_coverage(&basis, &moved.state);
    assert_eq!(through_json(&moved.state), moved.state);
    assert_eq!(through_json(&moved.delta), moved.delta);
}

#[test]
fn a_divided_unit_shares_its_households_as_its_compounds_lie() {
    let mut town = street();
    town.compounds.retain(|compound| compound.id != "K0");
    add_compound(&mut town, "north", 30, Place::Point(at(0.5, 0.8)));
    add_compound(&mut town, "south", 10, Place::Point(at(0.5, 0.2)));
    let basis = basis(town);
    let cut = [split("U0", &[(-0.5, 0.5), (1.5, 0.5)])];
    let applied = edited(&basis, &basis.present_state(), &cut);
    let households: Vec<u64> =
        applied.state.own_units.values().map(|own| own.households()).collect();
    // 100 households as 30 to 10.
    assert_eq!(households.iter().sum::<u64>(), 100);
    assert!(households.contains(&75) && households.contains(&25), "{households:?}");
    require_coverage(&basis, &applied.state);
}

#[test]
fn pieces_have_new_ids_and_can_be_divided_again() {
    let basis = basis(square());
    let once = edited(&basis, &basis.present_state(), &[split("U00", &[(0.5, -1.0), (0.5, 2.0)])]);
    let twice = edited(&basis, &once.state, &[split("U00-a", &[(-1.0, 0.5), (2.0, 0.5)])]);
    let own: Vec<&str> = twice.state.own_units.keys().map(String::as_str).collect();
    assert_eq!(own, ["U00-a-a", "U00-a-b", "U00-b"]);
    assert!(twice.state.own_units.values().all(|own| own.from.contains_key("U00")));
    assert_eq!(twice.state.own_units.values().map(|own| own.households()).sum::<u64>(), 100);
    require_coverage(&basis, &twice.state);
    let error = refused(&basis, &twice.state, &[assign(&["U00"], "NW")], &EditOptions::default());
    assert!(error.to_string().contains("replaced"), "{error}");
    // Made one again they are the dataset's unit.
    let all = Edit::MergeUnits { units: ids(&["U00-a-a", "U00-a-b", "U00-b"]) };
    assert_eq!(edited(&basis, &twice.state, &[all]).state, basis.present_state());
    let restore = Edit::RestoreUnits { units: ids(&["U00"]) };
    assert_eq!(edited(&basis, &twice.state, &[restore]).state, basis.present_state());
    let mut state = twice.state.clone();
    twice.delta.backward(&mut state);
    once.delta.backward(&mut state);
    assert_eq!(state, basis.present_state());
}

#[test]
fn a_line_that_does_not_make_two_pieces_is_refused() {
    let basis = basis(square());
    let present = basis.present_state();
    let cases: [&[(f64, f64)]; 6] = [
        &[(5.0, 5.0), (6.0, 6.0)],
        &[(-1.0, 0.5), (0.5, 0.5)],
        &[(-1.0, 0.3), (2.0, 0.3), (2.0, 0.6), (-1.0, 0.6)],
        &[(0.3, 0.3), (0.6, 0.3), (0.6, 0.6), (0.3, 0.3)],
        &[(-0.5, 0.2), (0.8, 0.8), (0.8, 0.2), (-0.5, 0.8)],
        &[(0.5, 0.5)],
    ];
    for places in cases {
        let error = refused(&basis, &present, &[split("U00", places)], &EditOptions::default());
        assert!(matches!(error, PlanError::Invalid { .. }), "{places:?}: {error:?}");
        assert_eq!(error.field(), "edits[0].line");
    }
}

#[test]
fn adjacent_units_of_a_grid_become_one() {
    let basis = basis(square());
    let present = basis.present_state();
    let merge = |units: &[&str]| Edit::MergeUnits { units: ids(units) };
    let applied = edited(&basis, &present, &[merge(&["U00", "U01"])]);
    let own = &applied.state.own_units["U00-m"];
    assert_eq!((own.households(), own.from.len()), (200, 2));
    assert_eq!(by_grid(&applied.state)["SW"], ["U00-m", "U10", "U11"]);
    require_coverage(&basis, &applied.state);
    for (units, problem) in [
        (&["U00", "U11"][..], "no common border"),
        (&["U01", "U02"][..], "different grids"),
        (&["U00"][..], "two or more"),
        (&["U00", "U00"][..], "two or more"),
    ] {
        let error = refused(&basis, &present, &[merge(units)], &EditOptions::default());
        assert!(error.to_string().contains(problem), "{error}");
    }
    let across = [assign(&["U20"], "SW"), merge(&["U10", "U20"])];
    let error = refused(&basis, &present, &across, &EditOptions::default());
    assert!(error.to_string().contains("different communities"), "{error}");
    let back = Edit::RestoreUnits { units: ids(&["U00-m"]) };
    assert_eq!(edited(&basis, &applied.state, &[back]).state, present);
}

#[test]
fn a_vertex_moves_in_all_units_that_have_it() {
    let basis = basis(square());
    let present = basis.present_state();
    let applied = edited(&basis, &present, &[move_vertex((2.0, 2.0), (2.2, 2.1))]);
    let own: Vec<&str> = applied.state.own_units.keys().map(String::as_str).collect();
    assert_eq!(own, ["U11", "U12", "U21", "U22"]);
    assert_eq!(applied.report.grids.len(), 4);
    // U11 gains two triangles of 100 m by 20 m and 10 m.
    let grid = applied.report.grids.iter().find(|grid| grid.code == "SW").unwrap();
    assert!((grid.area_m2 - 40_000.0 - 1_500.0).abs() < 60.0, "{}", grid.area_m2);
    assert!(!applied.report.nets[0].coincides, "the districts' border ran through the vertex");
    require_coverage(&basis, &applied.state);
    let back = edited(&basis, &applied.state, &[move_vertex((2.2, 2.1), (2.0, 2.0))]);
    assert!(back.report.nets[0].coincides);
    require_coverage(&basis, &back.state);
    let restore = Edit::RestoreUnits { units: ids(&["U11"]) };
    let restored = edited(&basis, &applied.state, &[restore]);
    assert_eq!(restored.state, present, "all four took or gave area");
}

#[test]
fn a_vertex_of_one_unit_on_anothers_edge_moves_with_both() {
    let basis = basis(square());
    let cut = split("U00", &[(0.5, -1.0), (0.5, 2.0)]);
    let cut = edited(&basis, &basis.present_state(), &[cut]);
    // The cut ends on the edge of U01, which has no corner there.
    let end = cut.state.own_units["U00-a"]
        .geometry
        .corners()
        .find(|&p| frame().to_grid(p) == frame().to_grid(at(0.5, 1.0)))
        .unwrap();
    let applied = edited(&basis, &cut.state, &[Edit::MoveVertex { from: end, to: at(0.5, 1.3) }]);
    assert!(applied.state.own_units.contains_key("U01"));
    require_coverage(&basis, &applied.state);
}

#[test]
fn a_vertex_that_would_tear_flip_or_cross_stays() {
    let basis = basis(square());
    let present = basis.present_state();
    for (from, to, field, problem) in [
        ((2.0, 2.0), (3.5, 2.5), "to", "inside out"),
        ((2.0, 2.0), (2.9, 3.2), "to", ""),
        ((2.0, 2.0), (3.0, 2.0), "to", "onto the next one"),
        ((2.0, 2.0), (2.0, 2.0), "to", "already"),
        ((2.0, 2.0), (50.0, 50.0), "to", ""),
        ((0.0, 0.0), (0.1, 0.1), "from", "outer border"),
        ((2.0, 0.0), (2.1, 0.0), "from", "outer border"),
        ((2.5, 2.5), (2.6, 2.5), "from", "no border"),
        ((2.0, 2.5), (2.1, 2.5), "from", "no border"),
        ((60.0, 60.0), (2.1, 2.5), "from", "no border"),
    ] {
        let error = refused(&basis, &present, &[move_vertex(from, to)], &EditOptions::default());
        assert_eq!(error.field(), format!("edits[0].{field}"), "{from:?} {to:?}: {error}");
        assert!(error.to_string().contains(problem), "{from:?} {to:?}: {error}");
    }
    let lock = Edit::Lock { grids: Vec::new(), units: ids(&["U22"]) };
    let edits = [lock, move_vertex((2.0, 2.0), (2.1, 2.1))];
    let error = refused(&basis, &present, &edits, &EditOptions::default());
    assert_eq!(error.breach().unwrap().rule, Rule::Locks);
}

#[test]
fn restoring_goes_to_the_grid_of_most_households_and_leaves_the_rest() {
    let basis = basis(square());
    let edits = [
        split("U00", &[(0.25, -1.0), (0.25, 2.0)]),
        split("U33", &[(3.5, 2.0), (3.5, 5.0)]),
        assign(&["U01", "U00-a"], "NW"),
    ];
    let state = edited(&basis, &basis.present_state(), &edits).state;
    let restored =
        edited(&basis, &state, &[read(json!({"op": "restore_units", "units": ["U00-a"]}))]);
    assert_eq!(restored.state.assignment["U00"], "SW");
    let own: Vec<&str> = restored.state.own_units.keys().map(String::as_str).collect();
    assert_eq!(own, ["U33-a", "U33-b"], "another divided unit is left alone");
    let error = refused(
        &basis,
        &state,
        &[read(json!({"op": "restore_units", "units": ["U10"]}))],
        &EditOptions::default(),
    );
    assert!(error.to_string().contains("as the dataset has it"), "{error}");
}

#[test]
fn a_compound_that_a_cut_divides_is_told_when_its_halves_part() {
    let basis = basis(square());
    // K lies in U10 and U11; the cut through U11 leaves a part of it on both sides.
    let cut = [split("U11", &[(1.5, 0.5), (1.5, 2.5)])];
    let cut = edited(&basis, &basis.present_state(), &cut);
    assert!(cut.report.warnings.is_empty(), "all pieces are in one grid");
    let parted = edited(&basis, &cut.state, &[assign(&["U11-a", "U01"], "NW")]);
    let rules: Vec<Rule> = parted.report.warnings.iter().map(|warning| warning.rule).collect();
    assert_eq!(rules, [Rule::Compounds]);
}

#[test]
fn a_draft_that_is_opened_again_has_the_same_figures() {
    let basis = basis(square());
    let mut draft = Draft::open(&basis, basis.present_state()).unwrap();
    for edit in [
        split("U00", &[(0.25, -1.0), (0.25, 2.0)]),
        move_vertex((2.0, 2.0), (2.2, 2.1)),
        assign(&["U00-a", "U01"], "NW"),
        Edit::MergeUnits { units: ids(&["U20", "U30"]) },
        split("U21", &[(2.0, 1.5), (3.5, 1.5)]),
    ] {
        draft.apply(&[edit], &EditOptions::default()).unwrap();
    }
    let mut again = Draft::open(&basis, through_json(draft.state())).unwrap();
    let (here, there) = (draft.whole_report(), again.whole_report());
    crate::properties::require_same(&here, &there, 1e-5);
    // Two units more by the cuts, one less by the merger.
    assert_eq!(unit_shapes(&basis, draft.state()).len(), 17);
    require_coverage(&basis, draft.state());
}

//! A point to its grid, its branch, its compound.

use crate::town::{at, branch, grid, locator, rectangle, town};
use jiff::civil::date;
use std::sync::Arc;
use wangge::dataset::Dataset;
use wangge::domain::ValidityPeriod;
use wangge::locate::{Locator, MatchKind};

fn locator_of(dataset: Dataset) -> Locator {
    Locator::new(Arc::new(dataset))
}

#[test]
fn a_point_inside_has_all_its_owners() {
    let found = locator().at(at(0.3, 1.3), None);
    assert_eq!(found.kind, MatchKind::Inside);
    assert_eq!(found.score, 1.0);
    assert_eq!(found.grid_code.as_deref(), Some("g3"));
    assert_eq!(found.grid_name.as_deref(), Some("大山社区第一网格"));
    assert_eq!(found.branch_id.as_deref(), Some("b3"));
    assert_eq!(found.community_code.as_deref(), Some("c2"));
    assert_eq!(found.compound_name.as_deref(), Some("大山花园"));
    assert!(found.candidates.is_empty());
}

#[test]
fn a_point_outside_has_no_grid() {
    let far = locator().at(at(500.0, 0.5), None);
    assert_eq!((far.kind, far.score), (MatchKind::None, 0.0));
    assert!(far.grid_code.is_none() && far.branch_id.is_none() && far.candidates.is_empty());
    // Near a grid it is a candidate, not the answer: 0.5 of 0.001° of latitude is 55 m.
    let near = locator().at(at(0.5, -0.5), None);
    assert_eq!(near.kind, MatchKind::None);
    assert!(near.grid_code.is_none());
    let best = &near.candidates[0];
    assert_eq!((best.kind, best.grid_code.as_deref()), (MatchKind::Nearest, Some("g1")));
    assert!((0.4..0.5).contains(&best.score));
    assert!(near.candidates.windows(2).all(|pair| pair[0].score >= pair[1].score));
}

#[test]
fn a_border_is_within_a_millimetre() {
    // 0.001° of longitude are 90 m here: 1e-5 of it 0.9 mm, 1.2e-5 of it 1.08 mm.
    let locator = locator();
    for (x, kind, code) in [
        (1.0 - 1.2e-5, MatchKind::Inside, "g1"),
        (1.0 - 0.9e-5, MatchKind::Border, "g1"),
        (1.0 + 0.9e-5, MatchKind::Border, "g2"),
        (1.0 + 1.2e-5, MatchKind::Inside, "g2"),
    ] {
        let found = locator.at(at(x, 0.5), None);
        assert_eq!((found.kind, found.grid_code.as_deref()), (kind, Some(code)), "{x}");
        let neighbours = found.candidates.len();
        assert_eq!(neighbours, usize::from(kind == MatchKind::Border));
    }
}

#[test]
fn the_outer_border_has_an_owner() {
    let locator = locator();
    for (x, y, code) in [(2.0, 2.0, "g4"), (2.0, 1.0, "g2"), (1.0, 2.0, "g3"), (0.0, 0.0, "g1")] {
        let found = locator.at(at(x, y), None);
        assert_eq!((found.kind, found.grid_code.as_deref()), (MatchKind::Border, Some(code)));
        assert_eq!(found.score, 1.0);
    }
}

#[test]
fn where_grids_overlap_the_lowest_code_owns_and_the_score_says_so() {
    let mut data = town();
    data.grids.insert(0, grid("g9", "重叠", "c1", rectangle(0.5, 0.0, 1.0, 1.0)));
    let found = locator_of(data).at(at(0.7, 0.3), None);
    assert_eq!(found.grid_code.as_deref(), Some("g1"));
    assert_eq!(found.score, 0.5);
    assert_eq!(found.candidates[0].grid_code.as_deref(), Some("g9"));
    assert_eq!(found.candidates[0].score, 0.5);
}

#[test]
fn the_branch_is_the_one_drawn_there() {
    // Swapped ids: the area over g1 says it belongs to g2 and the other way round.
    let mut data = town();
    data.nets[0].features[0].grid_codes = vec!["g2".into()];
    data.nets[0].features[1].grid_codes = vec!["g1".into()];
    let found = locator_of(data).at(at(0.3, 0.3), None);
    assert_eq!((found.grid_code.as_deref(), found.branch_id.as_deref()), (Some("g1"), Some("b1")));

    // A gap in the net: the branch that names the grid.
    let mut data = town();
    data.nets[0].features[0] = branch("b1", &["g1"], rectangle(0.5, 0.0, 0.5, 1.0));
    let found = locator_of(data).at(at(0.3, 0.3), None);
    assert_eq!(found.branch_id.as_deref(), Some("b1"));

    // Overlapping branches: the one that names the grid, not the lowest id.
    let mut data = town();
    data.nets[0].features.push(branch("a0", &["g4"], rectangle(0.0, 0.0, 1.0, 1.0)));
    let found = locator_of(data).at(at(0.3, 0.3), None);
    assert_eq!(found.branch_id.as_deref(), Some("b1"));

    // No net of branches at all.
    let mut data = town();
    data.nets.clear();
    assert_eq!(locator_of(data).at(at(0.3, 0.3), None).branch_id, None);
}

#[test]
fn a_closed_grid_does_not_count_on_a_later_day() {
    let mut data = town();
    let closed = date(2024, 1, 1);
    data.grids[0].validity = ValidityPeriod { from: None, to: Some(closed) };
    let mut successor = grid("g5", "新网格", "c1", rectangle(0.0, 0.0, 1.0, 1.0));
    successor.validity = ValidityPeriod { from: Some(closed), to: None };
    data.grids.push(successor);
    let locator = locator_of(data);
    let code = |day| locator.at(at(0.3, 0.3), Some(day)).grid_code;
    assert_eq!(code(date(2023, 12, 31)).as_deref(), Some("g1"));
    assert_eq!(code(closed).as_deref(), Some("g5"));
    let found = locator.address("鸿仕雅居", Some(date(2025, 6, 1)));
    assert_eq!(found.grid_code.as_deref(), Some("g5"));
    assert_eq!(found.on, Some(date(2025, 6, 1)));
}

#[test]
fn a_compound_known_as_a_point_is_there_and_not_elsewhere() {
    let locator = locator();
    assert_eq!(locator.at(at(0.5, 0.5), None).compound_id.as_deref(), Some("h1"));
    assert_eq!(locator.at(at(0.5, 0.6), None).compound_id, None);
}

#[test]
fn the_json_has_the_fields_of_the_contract() {
    let json = serde_json::to_value(locator().at(at(0.3, 0.3), Some(date(2024, 5, 31)))).unwrap();
    let object = json.as_object().unwrap();
    let mut fields: Vec<_> = object.keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "branch_id",
            "candidates",
            "community_code",
            "compound_id",
            "compound_name",
            "grid_code",
            "grid_name",
            "lat",
            "lon",
            "match",
            "on",
            "query",
            "score"
        ]
    );
    assert_eq!(object["match"], "inside");
    assert_eq!(object["on"], "2024-05-31");
    assert!(object["compound_id"].is_null());
}

#[test]
fn an_empty_dataset_answers_none() {
    let locator = locator_of(Dataset::default());
    assert_eq!(locator.at(at(0.0, 0.0), None).kind, MatchKind::None);
    assert_eq!(locator.address("鸿仕雅居3号楼", None).kind, MatchKind::None);
    assert!(locator.suggest("鸿", 8).is_empty());
    assert_eq!(locator.index().nearest_compound(at(0.0, 0.0)), None);
}

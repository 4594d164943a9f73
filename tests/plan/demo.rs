//! Edits on the demo data.

use crate::properties::{random_edit, require_same};
use crate::shapes::require_coverage;
use crate::town::{Dice, basis, by_grid, edited, ids, read, through_json};
use serde_json::json;
use std::path::Path;
use wangge::domain::LonLat;
use wangge::plan::{Basis, Draft, Edit, EditOptions, PlanState, Score};

fn demo() -> Basis {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/shuangshan");
    basis(wangge::dataset::load(&folder).unwrap())
}

fn score(basis: &Basis, state: &PlanState) -> Score {
    basis.score(None, &state.assignment).unwrap()
}

#[test]
fn the_present_plan_has_the_figures_of_its_score() {
    let basis = demo();
    let present = basis.present_state();
    assert_eq!(present, basis.state(None, &basis.present()).unwrap());
    let parts = basis.parts(None, &present).unwrap();
    assert_eq!(parts, (basis.present(), None));
    let mut draft = Draft::open(&basis, present.clone()).unwrap();
    let report = draft.whole_report();
    let score = score(&basis, &present);
    let totals = &report.totals;
    assert_eq!(totals.cut_edges, score.cut_edges);
    assert_eq!(totals.households_moved, score.households_moved);
    assert_eq!(totals.communities_split, score.communities_split);
    assert_eq!(totals.contiguous, score.contiguous);
    assert!((totals.max_deviation - score.max_deviation).abs() < 1e-12);
    assert!((totals.border_length_m - score.border_length_m.unwrap()).abs() < 1e-6);
    let (here, there) = (totals.mean_polsby_popper.unwrap(), score.mean_polsby_popper.unwrap());
    assert!((here - there).abs() < 1e-9);
    for grid in &score.grids {
        let own = report.grids.iter().find(|own| own.code == grid.code).unwrap();
        assert_eq!((own.households, own.units), (grid.households, grid.units));
        assert!((own.area_m2 - grid.area_m2.unwrap()).abs() < 1e-3);
    }
}

#[test]
fn the_third_grid_is_divided_and_its_compounds_stay_whole() {
    let basis = demo();
    let third = by_grid(&basis.present_state())
        .into_iter()
        .find(|(code, _)| basis.present_state().grids[*code].name.contains("双山社区第三网格"))
        .map(|(code, _)| code.to_owned())
        .unwrap();
    let split = json!({"op": "split_grid", "grid": third, "name": "双山社区新网格"});
    let split = edited(&basis, &basis.present_state(), &[read(split)]);
    assert_eq!(split.report.grids.len(), 2);
    let households: u64 = split.report.grids.iter().map(|grid| grid.households).sum();
    assert_eq!(households, 1811);
    assert!(split.report.grids.iter().all(|grid| grid.contiguous && grid.code.len() == 15));
    assert_eq!(split.report.totals.grids, split_count(&basis) + 1);
    assert!(split.report.nets.iter().all(|net| net.out_of_step.contains(&third)));
}

fn split_count(basis: &Basis) -> usize {
    basis.balanced_grids()
}

#[test]
fn a_unit_of_the_demo_is_divided_moved_at_a_vertex_and_brought_back() {
    let basis = demo();
    let present = basis.present_state();
    let unit = &basis.dataset().units[0];
    let corners: Vec<LonLat> = unit.geometry.corners().collect();
    let line = vec![corners[0], corners[corners.len() / 2]];
    let cut = edited(&basis, &present, &[Edit::SplitUnit { unit: unit.id.clone(), line }]);
    let sum: u64 = cut.state.own_units.values().map(|own| own.households()).sum();
    assert_eq!(sum, u64::from(unit.households.unwrap()));
    require_coverage(&basis, &cut.state);
    let restored = Edit::RestoreUnits { units: ids(&[&unit.id]) };
    assert_eq!(edited(&basis, &cut.state, &[restored]).state, present);
    assert_eq!(cut.report.nets.iter().filter(|net| !net.newly_out.is_empty()).count(), 0);
}

#[test]
fn random_edits_of_the_demo_can_be_undone() {
    let basis = demo();
    let first = basis.present_state();
    let mut draft = Draft::open(&basis, first.clone()).unwrap();
    let before = draft.whole_report();
    let mut dice = Dice::new(20);
    let mut made = Vec::new();
    for _ in 0..300 {
        let edit = random_edit(&basis, draft.state(), &mut dice);
        if let Ok(edited) = draft.apply(&[edit], &EditOptions::default()) {
            made.push(through_json(&edited.delta));
        }
    }
    assert!(made.len() > 60, "{} edits", made.len());
    let mut again = Draft::open(&basis, through_json(draft.state())).unwrap();
    require_same(&draft.whole_report(), &again.whole_report(), 1e-4);
    for delta in made.iter().rev() {
        draft.play(delta, false);
    }
    assert_eq!(*draft.state(), first);
    require_same(&draft.whole_report(), &before, 1e-4);
}

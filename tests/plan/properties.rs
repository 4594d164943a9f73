//! Random edits on random towns: what they change can be taken back, and the figures are those of
//! a plan that is looked at afresh.

use crate::shapes::{require_coverage, unit_shapes};
use crate::town::common::cases;
use crate::town::{Dice, basis, random_town, through_json};
use proptest::prelude::*;
use std::collections::BTreeMap;
use wangge::balance::{GridLabel, Problem, score};
use wangge::dataset::Dataset;
use wangge::domain::{GridKind, LonLat, Origin, Unit};
use wangge::geometry::metres_per_degree;
use wangge::plan::{Basis, Delta, Draft, Edit, EditOptions, EditReport, PlanState};

/// A random edit of a state; it may be one that cannot be done.
pub fn random_edit(basis: &Basis, state: &PlanState, dice: &mut Dice) -> Edit {
    let units: Vec<&String> = state.assignment.keys().collect();
    let grids: Vec<&String> = state.grids.keys().collect();
    let unit = |dice: &mut Dice| units[dice.below(units.len())].clone();
    let grid = |dice: &mut Dice| grids[dice.below(grids.len())].clone();
    match dice.below(22) {
        0..=5 => {
            let count = 1 + dice.below(3);
            let units = (0..count).map(|_| unit(dice)).collect();
            Edit::Assign { units, grid: grid(dice) }
        }
        6 => Edit::Erase { units: vec![unit(dice)] },
        7 => {
            let (grid, from) = (grid(dice), grid(dice));
            Edit::Grow { grid, from, units: Some(1 + dice.below(3)), households: None }
        }
        8 => {
            let (grid, to) = (grid(dice), grid(dice));
            Edit::Shrink { grid, to, units: None, households: Some(dice.below(900) as u64) }
        }
        9..=11 => {
            let unit = unit(dice);
            random_cut(basis, state, dice, unit)
        }
        12..=14 => random_vertex(basis, state, dice),
        15 => Edit::MergeUnits { units: (0..2).map(|_| unit(dice)).collect() },
        16 => merge_beside(basis, state, dice),
        17 => {
            let own: Vec<&String> = state.own_units.keys().collect();
            let named =
                if own.is_empty() { unit(dice) } else { own[dice.below(own.len())].clone() };
            Edit::RestoreUnits { units: vec![named] }
        }
        18 => Edit::AddGrid {
            grid: format!("n{}", dice.below(1000)),
            name: None,
            community_code: None,
            kind: None,
        },
        19 => Edit::MergeGrids { grids: vec![grid(dice), grid(dice)], into: None },
        20 => {
            let grid = grid(dice);
            let members = state.assignment.iter().filter(|(_, code)| **code == grid);
            let members: Vec<String> = members.map(|(unit, _)| unit.clone()).collect();
            let half = members.len() / 2;
            Edit::SplitGrid { grid, units: Some(members[..half].to_vec()), code: None, name: None }
        }
        _ => match dice.below(4) {
            0 => Edit::Recode { community_code: None },
            1 => Edit::SetNotes { notes: format!("{}", dice.below(100)) },
            2 => Edit::SetGrid {
                grid: grid(dice),
                name: Some(format!("第{}", dice.below(9))),
                kind: None,
                colour: Some("#00ff00".into()),
                community_code: None,
            },
            _ => Edit::RemoveGrid { grid: grid(dice) },
        },
    }
}

fn shape<'a>(
    basis: &'a Basis,
    state: &'a PlanState,
    unit: &str,
) -> &'a wangge::domain::MultiPolygon {
    let base = || basis.dataset().units.iter().find(|base| base.id == unit).unwrap();
    state.own_units.get(unit).map_or_else(|| &base().geometry, |own| &own.geometry)
}

fn random_cut(basis: &Basis, state: &PlanState, dice: &mut Dice, unit: String) -> Edit {
    let corners: Vec<LonLat> = shape(basis, state, &unit).corners().collect();
    let (a, b) = (corners[dice.below(corners.len())], corners[dice.below(corners.len())]);
    let c = corners[dice.below(corners.len())];
    let middle = LonLat::new((b.lon() + c.lon()) / 2.0, (b.lat() + c.lat()) / 2.0).unwrap();
    Edit::SplitUnit { unit, line: vec![a, middle] }
}

fn random_vertex(basis: &Basis, state: &PlanState, dice: &mut Dice) -> Edit {
    let units: Vec<&String> = state.assignment.keys().collect();
    let unit = units[dice.below(units.len())];
    let corners: Vec<LonLat> = shape(basis, state, unit).corners().collect();
    let from = corners[dice.below(corners.len())];
    let (per_lon, per_lat) = metres_per_degree(from.lat());
    let (east, north) = ((dice.roll() - 0.5) * 40.0, (dice.roll() - 0.5) * 40.0);
    let to = LonLat::new(from.lon() + east / per_lon, from.lat() + north / per_lat).unwrap();
    Edit::MoveVertex { from, to }
}

/// Two units with a common corner: often neighbours.
fn merge_beside(basis: &Basis, state: &PlanState, dice: &mut Dice) -> Edit {
    let units: Vec<&String> = state.assignment.keys().collect();
    let unit = units[dice.below(units.len())];
    let corner = shape(basis, state, unit).corners().next().unwrap();
    let grid = &state.assignment[unit];
    let beside = units.iter().find(|other| {
        *other != &unit
            && state.assignment[**other] == *grid
            && shape(basis, state, other).corners().any(|p| p == corner)
    });
    let other = beside.map_or_else(|| unit.clone(), |other| (*other).clone());
    Edit::MergeUnits { units: vec![unit.clone(), other] }
}

/// The dataset with the plan's units in place of its own.
pub fn as_dataset(basis: &Basis, state: &PlanState) -> Dataset {
    let mut dataset = Dataset::clone(basis.dataset());
    let replaced = |id: &String| state.own_units.values().any(|own| own.from.contains_key(id));
    dataset.units.retain(|unit| !replaced(&unit.id));
    for (number, (id, own)) in state.own_units.iter().enumerate() {
        dataset.units.push(Unit {
            id: id.clone(),
            name: None,
            households: Some(own.households() as u32),
            community_code: own.community_code.clone(),
            geometry: own.geometry.clone(),
            origin: Origin { file: "own".into(), feature: number },
        });
    }
    dataset
}

/// The figures of a state by the score of the search, which knows nothing of drafts. The dedicated
/// grids of the town are those of the plan.
fn require_score(basis: &Basis, state: &PlanState, report: &EditReport) {
    let dataset = as_dataset(basis, state);
    let balanced: Vec<&String> = state
        .grids
        .iter()
        .filter(|(_, info)| info.kind == GridKind::Base)
        .map(|(c, _)| c)
        .collect();
    let problem = Problem::from_dataset(&dataset, Some(balanced.len())).unwrap();
    let number = |code: &String| balanced.iter().position(|known| *known == code);
    let owner: Vec<u32> = problem
        .units()
        .iter()
        .map(|unit| {
            let grid = state.assignment.get(&unit.id).and_then(&number);
            grid.map_or(u32::MAX, |n| n as u32)
        })
        .collect();
    let labels = balanced.iter().map(|code| GridLabel {
        code: (*code).clone(),
        name: (*code).clone(),
        community_code: None,
    });
    let none: Vec<Option<u32>> = vec![None; owner.len()];
    let problem = problem.with_present(&none).with_labels(labels.collect());
    let fresh = score(&problem, &owner);
    let totals = &report.totals;
    assert_eq!(totals.cut_edges, fresh.cut_edges);
    assert_eq!(totals.communities_split, fresh.communities_split);
    assert_eq!(totals.contiguous, fresh.contiguous);
    near(totals.max_deviation, fresh.max_deviation, 1e-9);
    near(totals.border_length_m, fresh.border_length_m.unwrap(), 1e-5);
    assert_eq!(totals.mean_polsby_popper.is_some(), fresh.mean_polsby_popper.is_some());
    if let (Some(here), Some(there)) = (totals.mean_polsby_popper, fresh.mean_polsby_popper) {
        near(here, there, 1e-4);
    }
    for figures in &fresh.grids {
        let grid = report.grids.iter().find(|grid| grid.code == figures.code).unwrap();
        assert_eq!((grid.households, grid.units), (figures.households, figures.units));
        assert_eq!(grid.contiguous, figures.contiguous, "{}", grid.code);
        near(grid.area_m2, figures.area_m2.unwrap(), 1e-4);
    }
}

fn near(here: f64, there: f64, share: f64) {
    assert!((here - there).abs() <= share * there.abs().max(1.0), "{here} and {there}");
}

/// Two reports of one plan.
pub fn require_same(a: &EditReport, b: &EditReport, share: f64) {
    assert_eq!(a.totals.cut_edges, b.totals.cut_edges);
    assert_eq!(a.totals.households_moved, b.totals.households_moved);
    assert_eq!(a.totals.compounds_divided, b.totals.compounds_divided);
    assert_eq!(a.totals.communities_split, b.totals.communities_split);
    assert_eq!(a.totals.units_unassigned, b.totals.units_unassigned);
    near(a.totals.mean_households, b.totals.mean_households, 1e-12);
    near(a.totals.border_length_m, b.totals.border_length_m, share);
    let steps = |report: &EditReport| {
        report.nets.iter().map(|net| net.out_of_step.clone()).collect::<Vec<_>>()
    };
    assert_eq!(steps(a), steps(b));
    let by_code: BTreeMap<&str, _> = b.grids.iter().map(|g| (g.code.as_str(), g)).collect();
    assert_eq!(a.grids.len(), by_code.len());
    for grid in &a.grids {
        let other = by_code[grid.code.as_str()];
        assert_eq!(
            (grid.households, grid.units, grid.pieces, &grid.info),
            (other.households, other.units, other.pieces, &other.info)
        );
        near(grid.area_m2, other.area_m2, share);
    }
}

/// Makes random edits until `count` were made; gives their changes.
fn walk(basis: &Basis, draft: &mut Draft, dice: &mut Dice, count: usize) -> Vec<Delta> {
    let mut made = Vec::new();
    for _ in 0..count * 20 {
        if made.len() == count {
            break;
        }
        let edit = random_edit(basis, draft.state(), dice);
        let before = draft.state().clone();
        match draft.apply(&[edit], &EditOptions::default()) {
            Ok(edited) => made.push(edited.delta),
            Err(_) => assert_eq!(*draft.state(), before, "a refused edit changes nothing"),
        }
    }
    made
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn an_edit_taken_back_leaves_the_state_as_it_was(seed in any::<u64>()) {
        let basis = basis(random_town(6, 6, seed));
        let mut dice = Dice::new(seed);
        let mut draft = Draft::open(&basis, basis.present_state()).unwrap();
        let mut state = draft.state().clone();
        let mut joined = Delta::default();
        let first = state.clone();
        for delta in walk(&basis, &mut draft, &mut dice, 25) {
            prop_assert_eq!(through_json(&delta), delta.clone());
            let before = state.clone();
            delta.forward(&mut state);
            let mut back = state.clone();
            delta.backward(&mut back);
            prop_assert_eq!(&back, &before);
            joined = joined.then(delta);
        }
        prop_assert_eq!(&state, draft.state());
        prop_assert_eq!(&through_json(&state), &state);
        // All changes as one lead there and back, and are what lies between the states.
        let mut all = first.clone();
        joined.forward(&mut all);
        prop_assert_eq!(&all, &state);
        prop_assert_eq!(&joined, &Delta::between(&first, &state));
        joined.backward(&mut all);
        prop_assert_eq!(&all, &first);
    }

    #[test]
    fn the_figures_of_a_draft_are_those_of_the_plan_looked_at_afresh(seed in any::<u64>()) {
        let basis = basis(random_town(6, 6, seed));
        let mut dice = Dice::new(seed ^ 77);
        let mut draft = Draft::open(&basis, basis.present_state()).unwrap();
        for _ in 0..8 {
            walk(&basis, &mut draft, &mut dice, 3);
            let here = draft.whole_report();
            let mut fresh = Draft::open(&basis, draft.state().clone()).unwrap();
            require_same(&here, &fresh.whole_report(), 1e-4);
            require_score(&basis, draft.state(), &here);
        }
    }

    #[test]
    fn units_cover_the_same_area_and_hold_the_same_households(seed in any::<u64>()) {
        let basis = basis(random_town(5, 5, seed));
        let mut dice = Dice::new(seed ^ 5);
        let mut draft = Draft::open(&basis, basis.present_state()).unwrap();
        let households = |state: &PlanState| {
            let dataset = as_dataset(&basis, state);
            dataset.units.iter().map(|unit| u64::from(unit.households.unwrap())).sum::<u64>()
        };
        let all = households(draft.state());
        for _ in 0..40 {
            let edit = match dice.below(3) {
                0 => random_vertex(&basis, draft.state(), &mut dice),
                1 => merge_beside(&basis, draft.state(), &mut dice),
                _ => {
                    let units: Vec<String> = draft.state().assignment.keys().cloned().collect();
                    let unit = units[dice.below(units.len())].clone();
                    random_cut(&basis, draft.state(), &mut dice, unit)
                }
            };
            let _ = draft.apply(&[edit], &EditOptions::default());
        }
        prop_assert!(!draft.state().own_units.is_empty());
        prop_assert_eq!(households(draft.state()), all);
        prop_assert_eq!(unit_shapes(&basis, draft.state()).len(), draft.state().assignment.len());
        require_coverage(&basis, draft.state());
    }
}

#[test]
fn a_thousand_edits_are_undone_in_full() {
    let basis = basis(random_town(7, 7, 99));
    let mut dice = Dice::new(4242);
    let first = basis.present_state();
    let mut draft = Draft::open(&basis, first.clone()).unwrap();
    let before = draft.whole_report();
    let made = walk(&basis, &mut draft, &mut dice, 1000);
    assert_eq!(made.len(), 1000);
    for delta in made.iter().rev() {
        draft.play(&through_json(delta), false);
    }
    assert_eq!(*draft.state(), first);
    require_same(&draft.whole_report(), &before, 1e-4);
}

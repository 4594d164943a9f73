//! Why not: every constraint that holds a unit back, and none that does not.

use crate::mending::under;
use crate::small::small;
use proptest::prelude::*;
use serde_json::json;
use wangge::balance::Constraints;
use wangge::balance::moves::{Move, answer};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_unit_may_move_when_nothing_holds_it(small in small(8), unit in 0usize..3, grid in 0u32..2) {
        let question = Move::WhyNot { unit: format!("u{unit}"), grid: format!("g{grid}") };
        let answer = answer(&small.problem(), &small.present, &under(0.4), &question).unwrap();
        let told = serde_json::to_value(&answer.obstacles).unwrap();
        let told = told.as_array().unwrap();
        let has = |name: &str| told.iter().find(|o| o["constraint"] == name);
        let from = small.present[unit];
        if from == grid {
            prop_assert!(has("already").is_some() && told.len() == 1);
            return Ok(());
        }
        let mut after = small.present.clone();
        after[unit] = grid;
        let touches = small.edges.iter().any(|&(a, b)| {
            (a == unit && small.present[b] == grid) || (b == unit && small.present[a] == grid)
        });
        let inhabited = small.present.contains(&grid);
        prop_assert_eq!(has("not-neighbouring").is_some(), inhabited && !touches);
        let (was, is) = (small.pieces(&small.present, from), small.pieces(&after, from));
        prop_assert_eq!(has("contiguity").is_some(), is > was && is > 0);
        prop_assert_eq!(has("last-unit").is_some(), is == 0);
        if let Some(obstacle) = has("contiguity") {
            prop_assert_eq!(obstacle["cut_off"].as_array().unwrap().len(), is - 1);
        }
        let (lower, upper) = ((0.6 * small.mean() - 1e-9).ceil(), (1.4 * small.mean() + 1e-9).floor());
        let weights = small.weights(&after);
        let balance: Vec<_> = told.iter().filter(|o| o["constraint"] == "balance").collect();
        let low = weights[from as usize] < lower;
        let high = weights[grid as usize] > upper;
        prop_assert_eq!(balance.len(), usize::from(low) + usize::from(high));
        for obstacle in balance {
            let off = (obstacle["households"].as_f64().unwrap() - obstacle["bound"].as_f64().unwrap()).abs();
            prop_assert_eq!(obstacle["by"].as_f64(), Some(off));
        }
        prop_assert_eq!(answer.possible, told.is_empty());
        prop_assert_eq!(answer.units_moved, usize::from(told.is_empty()));
    }
}

#[test]
fn a_further_weight_that_would_leave_its_bounds_is_named() {
    let small = crate::small::Small {
        households: vec![5; 6],
        edges: vec![(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)],
        grids: 2,
        present: vec![0, 0, 0, 1, 1, 1],
    };
    let also = [("households".to_owned(), 0.2)].into_iter().collect();
    let constraints = Constraints { also, ..Constraints::default() };
    let problem = small.problem().with_constraints_on(&small.present, &constraints).unwrap();
    let question = Move::WhyNot { unit: "u2".into(), grid: "g1".into() };
    let answer = answer(&problem, &small.present, &under(0.5), &question).unwrap();
    let told = serde_json::to_value(&answer.obstacles).unwrap();
    let further = |grid: &str, sum: i64, bound: i64| {
        json!({"constraint": "further-weight", "grid": grid, "weight": "households",
               "sum": sum, "bound": bound, "by": 2})
    };
    assert_eq!(told, json!([further("g0", 10, 12), further("g1", 20, 18)]));
    assert!(!answer.possible);
    assert!(answer.message.contains("20 of households"), "{}", answer.message);
    assert!(answer.message_zh.contains("户数将为20"), "{}", answer.message_zh);
}

#[test]
fn locks_and_company_are_named() {
    let small = crate::small::Small {
        households: vec![5; 6],
        edges: vec![(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)],
        grids: 2,
        present: vec![0, 0, 0, 1, 1, 1],
    };
    let ask = |constraints: Constraints, unit: &str| {
        let problem = small.problem().with_constraints_on(&small.present, &constraints).unwrap();
        let question = Move::WhyNot { unit: unit.into(), grid: "g1".into() };
        let answer = answer(&problem, &small.present, &under(0.5), &question).unwrap();
        serde_json::to_value(&answer.obstacles).unwrap()
    };
    let list = |ids: &[&str]| vec![ids.iter().map(|s| s.to_string()).collect()];
    let none = Constraints::default;
    assert_eq!(ask(none(), "u2"), json!([]));
    assert_eq!(ask(none(), "u1")[0]["constraint"], "not-neighbouring");
    let locked = ask(Constraints { lock_units: vec!["u2".into()], ..none() }, "u2");
    assert_eq!(locked, json!([{"constraint": "locked-unit", "grid": "g0"}]));
    let locked = ask(Constraints { lock_grids: vec!["g1".into()], ..none() }, "u2");
    assert_eq!(locked[0], json!({"constraint": "locked-grid", "grid": "g1"}));
    let apart = ask(Constraints { apart: list(&["u2", "u4"]), ..none() }, "u2");
    assert_eq!(apart, json!([{"constraint": "apart", "units": ["u4"]}]));
    let together = ask(Constraints { together: list(&["u2", "u0"]), ..none() }, "u2");
    assert_eq!(together, json!([{"constraint": "together", "units": ["u0"]}]));
    let wrong = Move::WhyNot { unit: "x".into(), grid: "g1".into() };
    let error = answer(&small.problem(), &small.present, &under(0.5), &wrong).unwrap_err();
    assert!(error.to_string().contains("`x`"), "{error}");
}

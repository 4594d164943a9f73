//! The choice between balance, few moves and short borders.

use std::ops::ControlFlow;
use std::path::Path;
use wangge::balance::{Options, Problem, Strength, solve};

#[test]
fn the_front_of_the_demo_data_is_a_choice_without_copies() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/shuangshan");
    let dataset = wangge::dataset::load(&folder).unwrap();
    let problem = Problem::from_dataset(&dataset, None).unwrap();
    let options = Options { front: true, ..Options::default() };
    let solution = solve(&problem, &options, &|_| ControlFlow::Continue(()));
    let plans = &solution.plans;
    assert!((4..=9).contains(&plans.len()), "{}", plans.len());
    for plan in plans {
        assert!(plan.score.max_deviation <= 0.1 + 1e-9 && plan.score.contiguous);
        assert!(!plan.good_for.is_empty());
    }
    for (i, plan) in plans.iter().enumerate() {
        assert!(plans[..i].iter().all(|other| other.owner != plan.owner));
    }
    let units_moved = |owner: &[u32]| {
        let units = problem.units().iter().zip(owner);
        units.filter(|(unit, grid)| unit.present != Some(**grid)).count()
    };
    let best = |strength| {
        let plan = plans.iter().find(|plan| plan.good_for.contains(&strength));
        plan.unwrap_or_else(|| panic!("no plan is good for {strength:?}"))
    };
    for plan in plans {
        let score = &plan.score;
        assert!(score.max_deviation >= best(Strength::Balance).score.max_deviation - 1e-9);
        assert!(score.households_moved >= best(Strength::FewestMoves).score.households_moved);
        assert!(units_moved(&plan.owner) >= units_moved(&best(Strength::FewestUnits).owner));
        assert!(score.border_length_m >= best(Strength::Border).score.border_length_m);
    }
    // The fewest units are proven for the demo data.
    let fewest = best(Strength::FewestUnits);
    assert!(fewest.proven_for.contains(&Strength::FewestUnits), "{:?}", fewest.proven_for);
}

//! What a planner asks for, and what is answered.

use crate::cases::{json, rectangle};
use crate::verifier::Text;
use std::ops::ControlFlow;
use std::time::Duration;
use wangge::balance::{Objective, Options, Problem, Solution, Status, score, solve};

fn quiet(problem: &Problem, options: &Options) -> Solution {
    solve(problem, options, &|_| ControlFlow::Continue(()))
}

fn block() -> String {
    let households: Vec<u32> = (0..36).map(|u| 20 + (u * 7919) % 50).collect();
    json(&households, &rectangle(6, 6))
}

#[test]
fn plans_are_verified_from_the_text_and_differ() {
    let text = block();
    let problem = Problem::from_graph_json(&text, "H", 5).expect("a problem");
    let options = Options { max_deviation: 0.1, ..Options::default() };
    let solution = quiet(&problem, &options);
    let report = serde_json::to_value(&solution).expect("a report");
    let verifier = Text::read(&text);
    let plans = report["plans"].as_array().expect("plans");
    assert!(plans.len() >= 2, "more than one plan");
    for plan in plans {
        verifier.verify(plan, 5, 0.1);
        assert!(!plan["good_for"].as_array().expect("strengths").is_empty());
        assert!(plan["mean_polsby_popper"].is_null() && plan["households_moved"].is_null());
    }
    let objectives: Vec<f64> = solution.plans.iter().map(|plan| plan.objective).collect();
    assert!(objectives.is_sorted(), "the best is first: {objectives:?}");
    for (i, plan) in solution.plans.iter().enumerate() {
        assert!(solution.plans[..i].iter().all(|other| other.owner != plan.owner));
    }
}

#[test]
fn a_seed_gives_the_same_plans_on_any_number_of_threads() {
    let problem = Problem::from_graph_json(&block(), "H", 6).expect("a problem");
    let plans = |threads| {
        let options = Options { threads, max_deviation: 0.08, ..Options::default() };
        let solution = quiet(&problem, &options);
        solution.plans.into_iter().map(|plan| plan.owner).collect::<Vec<_>>()
    };
    let one = plans(1);
    assert!(!one.is_empty());
    assert_eq!(one, plans(3));
}

#[test]
fn the_score_of_a_plan_is_that_of_its_assignment() {
    let problem = Problem::from_graph_json(&block(), "H", 4).expect("a problem");
    let plan = &quiet(&problem, &Options::default()).plans[0];
    assert_eq!(score(&problem, &plan.owner), plan.score);
    let unfinished = score(&problem, &[0, 0, 1]);
    assert!(!unfinished.contiguous);
    assert_eq!(unfinished.grids[0].units, 2);
    assert_eq!(unfinished.max_deviation, 1.0);
}

#[test]
fn one_grid_takes_all_and_n_grids_take_one_unit_each() {
    let text = json(&[5, 5, 5, 5], &rectangle(2, 2));
    for (grids, cut) in [(1, 0), (4, 4)] {
        let problem = Problem::from_graph_json(&text, "H", grids).expect("a problem");
        let solution = quiet(&problem, &Options::default());
        assert_eq!(solution.plans[0].score.cut_edges, cut);
        let report = serde_json::to_value(&solution).expect("a report");
        Text::read(&text).verify(&report["plans"][0], grids, 0.1);
    }
}

#[test]
fn units_without_households_are_placed_too() {
    let text = json(&[0, 9, 0, 9, 0, 0], &rectangle(3, 2));
    let problem = Problem::from_graph_json(&text, "H", 2).expect("a problem");
    let solution = quiet(&problem, &Options { max_deviation: 0.0, ..Options::default() });
    let report = serde_json::to_value(&solution).expect("a report");
    Text::read(&text).verify(&report["plans"][0], 2, 0.0);
}

#[test]
fn islands_get_grids_of_their_own_or_are_named() {
    let two_islands = [(0, 1), (2, 3)];
    let even = json(&[5, 5, 6, 4], &two_islands);
    let problem = Problem::from_graph_json(&even, "H", 2).expect("a problem");
    let report = serde_json::to_value(quiet(&problem, &Options::default())).expect("a report");
    Text::read(&even).verify(&report["plans"][0], 2, 0.1);

    let problem = Problem::from_graph_json(&even, "H", 1).expect("a problem");
    let solution = quiet(&problem, &Options::default());
    assert_eq!(solution.status, Status::Infeasible);
    assert!(solution.reason.expect("a reason").message.contains("2 parts that do not touch"));

    let uneven = json(&[5, 5, 1, 1], &two_islands);
    let problem = Problem::from_graph_json(&uneven, "H", 2).expect("a problem");
    let solution = quiet(&problem, &Options::default());
    assert_eq!(solution.status, Status::Infeasible);
    let reason = solution.reason.expect("a reason");
    assert_eq!(reason.constraint, "share");
    assert!((reason.least_deviation.expect("a bound") - 2.0 / 3.0).abs() < 1e-6);
    let nearest = solution.nearest.expect("the nearest plan");
    assert!((nearest.score.max_deviation - 2.0 / 3.0).abs() < 1e-9);
}

#[test]
fn a_unit_heavier_than_a_grid_is_named_with_the_nearest_setting() {
    let text = json(&[50, 10, 10, 10], &rectangle(4, 1));
    let problem = Problem::from_graph_json(&text, "H", 2).expect("a problem");
    let solution = quiet(&problem, &Options::default());
    assert_eq!(solution.status, Status::Infeasible);
    let reason = solution.reason.expect("a reason");
    assert!(reason.proven && reason.constraint == "unit" && reason.units == ["u0"]);
    assert!(reason.message.contains("±25.00 %"), "{}", reason.message);
    assert_eq!(solution.nearest.expect("a plan").score.max_deviation, 0.25);
}

#[test]
fn settings_without_sense_are_refused_in_words() {
    let problem = Problem::from_graph_json(&block(), "H", 4).expect("a problem");
    for options in [
        Options { max_deviation: f64::NAN, ..Options::default() },
        Options { max_deviation: -0.1, ..Options::default() },
        Options { keep: f64::INFINITY, ..Options::default() },
        Options { objective: Objective::BorderLength, ..Options::default() },
        Options { objective: Objective::Inertia, ..Options::default() },
    ] {
        assert!(options.check(&problem).is_err());
        let solution = quiet(&problem, &options);
        assert!(solution.plans.is_empty());
        assert_eq!(solution.reason.expect("a reason").constraint, "option");
    }
}

#[test]
fn a_caller_who_wants_to_stop_is_obeyed() {
    let problem = Problem::from_graph_json(&block(), "H", 5).expect("a problem");
    let asked = std::cell::Cell::new(0);
    let options = Options { time_limit: Some(Duration::from_secs(3600)), ..Options::default() };
    let solution = solve(&problem, &options, &|progress| {
        assert!((0.0..=1.0).contains(&progress.fraction));
        asked.set(asked.get() + 1);
        if asked.get() > 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(asked.get() > 3 || solution.status == Status::Optimal);
    assert!(solution.elapsed_s < 600.0);
}

#[test]
fn lengths_of_a_graph_are_used_where_it_has_them() {
    // Two columns; the border down the middle is short, the one across is long.
    let text = r#"{"nodes":[{"id":0,"H":1},{"id":1,"H":1},{"id":2,"H":1},{"id":3,"H":1}],
        "adjacency":[[{"id":1,"shared_perim":1.0},{"id":2,"shared_perim":9.0}],
                     [{"id":0,"shared_perim":1.0},{"id":3,"shared_perim":9.0}],
                     [{"id":0,"shared_perim":9.0},{"id":3,"shared_perim":1.0}],
                     [{"id":1,"shared_perim":9.0},{"id":2,"shared_perim":1.0}]]}"#;
    let problem = Problem::from_graph_json(text, "H", 2).expect("a problem");
    let options = Options { objective: Objective::BorderLength, ..Options::default() };
    let plan = &quiet(&problem, &options).plans[0];
    assert_eq!(plan.score.border_length_m, Some(2.0));
    assert_eq!(plan.owner[0], plan.owner[2]);
}

/// A city of square blocks: 2,500 units of uneven households for 100 grids, 25 units each.
fn city() -> String {
    let households: Vec<u32> =
        (0..2_500).map(|u: u32| 50 + u.wrapping_mul(2_654_435_761) % 101).collect();
    json(&households, &rectangle(50, 50))
}

#[test]
fn the_first_search_brings_all_of_many_grids_within_the_bounds() {
    let text = city();
    let problem = Problem::from_graph_json(&text, "H", 100).expect("a problem");
    for seed in 1..4 {
        let limit = Some(Duration::from_secs(3600));
        let options =
            Options { seed, max_deviation: 0.08, time_limit: limit, ..Options::default() };
        // The first plan that is told of ends the search.
        let told = std::cell::Cell::new(0);
        let solution = solve(&problem, &options, &|progress| match progress.best {
            Some(_) => {
                told.set(told.get() + 1);
                ControlFlow::Break(())
            }
            None => ControlFlow::Continue(()),
        });
        assert!(told.get() > 0, "seed {seed}: a plan is told of");
        let report = serde_json::to_value(&solution).expect("a report");
        Text::read(&text).verify(&report["plans"][0], 100, 0.08);
    }
}

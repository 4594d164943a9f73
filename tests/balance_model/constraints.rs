//! Locks, offices, together, apart, further weights: the proven optimum is that of all partitions.

use crate::small::{Small, small};
use crate::town::Town;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use wangge::balance::{Constraints, Options, Problem, Solution, Status, solve};

fn id(unit: usize) -> String {
    format!("u{unit}")
}

/// Constraints of a small problem, by numbers.
#[derive(Clone, Debug)]
struct Asked {
    locked: Vec<usize>,
    locked_grid: Option<u32>,
    office: Option<(u32, usize)>,
    together: Option<(usize, usize)>,
    apart: Option<(usize, usize)>,
    also: Option<f64>,
}

fn asked(n: usize) -> impl Strategy<Value = Asked> {
    let pair = || prop::option::of((0..n, 0..n).prop_filter("two", |(a, b)| a != b));
    (
        prop::collection::vec(0..n, 0..3),
        prop::option::weighted(0.2, 0u32..2),
        prop::option::weighted(0.3, (0u32..2, 0..n)),
        pair(),
        pair(),
        prop::option::weighted(0.2, Just(0.25)),
    )
        .prop_map(|(locked, locked_grid, office, together, apart, also)| Asked {
            locked,
            locked_grid,
            office,
            together,
            apart,
            also,
        })
}

impl Asked {
    fn constraints(&self) -> Constraints {
        let list = |pair: Option<(usize, usize)>| pair.map(|(a, b)| vec![id(a), id(b)]);
        Constraints {
            lock_units: self.locked.iter().copied().map(id).collect(),
            lock_grids: self.locked_grid.iter().map(|g| format!("g{g}")).collect(),
            offices: self.office.iter().map(|&(g, u)| (format!("g{g}"), id(u))).collect(),
            together: list(self.together).into_iter().collect(),
            apart: list(self.apart).into_iter().collect(),
            whole_compounds: false,
            also: self.also.iter().map(|&s| ("households".to_owned(), s)).collect(),
        }
    }

    /// Whether a plan keeps them, bounds aside; from the definition.
    fn kept(&self, small: &Small, owner: &[u32]) -> bool {
        let locked = self.locked.iter().all(|&u| owner[u] == small.present[u]);
        let grid = self
            .locked_grid
            .is_none_or(|g| owner.iter().zip(&small.present).all(|(&a, &b)| (a == g) == (b == g)));
        let office = self.office.is_none_or(|(g, u)| owner[u] == g);
        let together = self.together.is_none_or(|(a, b)| owner[a] == owner[b]);
        let apart = self.apart.is_none_or(|(a, b)| owner[a] != owner[b]);
        locked && grid && office && together && apart
    }

    /// Whether a plan is one: constraints, bounds, one piece a grid (a locked grid is as it is).
    fn allows(&self, small: &Small, owner: &[u32], max_deviation: f64) -> bool {
        self.kept(small, owner)
            && (0..small.grids as u32).filter(|&g| Some(g) != self.locked_grid).all(|g| {
                let limit = self.also.unwrap_or(1.0).min(max_deviation);
                small.deviation(owner, g as usize) <= limit + 1e-9 && small.pieces(owner, g) == 1
            })
    }
}

fn cases() -> impl Strategy<Value = (Small, Asked)> {
    small(7).prop_flat_map(|small| {
        let n = small.households.len();
        (Just(small), asked(n))
    })
}

fn quiet(problem: &Problem, options: &Options) -> Solution {
    solve(problem, options, &|_| ControlFlow::Continue(()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_proven_optimum_is_that_of_all_partitions(
        (small, asked) in cases(),
        max_deviation in prop::sample::select(vec![0.1, 0.3, 0.6]),
        keep in prop::sample::select(vec![0.0, 0.0, 1.5]),
    ) {
        let mut possible = false;
        let mut least: Option<f64> = None;
        small.each(|owner| {
            possible |= asked.kept(&small, owner);
            if asked.allows(&small, owner, max_deviation) {
                let cost = small.cut(owner) as f64 + keep * small.moved(owner) / small.mean();
                least = Some(least.map_or(cost, |least: f64| least.min(cost)));
            }
        });
        let problem = match small.problem().with_constraints(&asked.constraints()) {
            Ok(problem) => problem,
            Err(error) => {
                // A locked grid without units is refused, too.
                let empty = asked.locked_grid.is_some_and(|g| !small.present.contains(&g));
                prop_assert!(!possible || empty, "{}", error);
                return Ok(());
            }
        };
        let options = Options { max_deviation, keep, threads: 1, ..Options::default() };
        let solution = quiet(&problem, &options);
        match least {
            None => {
                prop_assert!(solution.plans.is_empty(), "{:?}", solution.plans[0].owner);
                prop_assert!(matches!(solution.status, Status::Infeasible | Status::Unknown));
                let reason = solution.reason.expect("a reason");
                prop_assert!(!reason.message.is_empty() && !reason.message_zh.is_empty());
            }
            Some(least) => {
                prop_assert!(!solution.plans.is_empty(), "{:?}", solution.reason);
                for plan in &solution.plans {
                    prop_assert!(asked.allows(&small, &plan.owner, max_deviation), "{:?}", plan.owner);
                    let bound = plan.bound.unwrap_or(0.0);
                    prop_assert!(bound <= least + 1e-6, "bound {} > {}", bound, least);
                }
                if solution.status == Status::Optimal {
                    let found = solution.plans[0].objective;
                    prop_assert!((found - least).abs() < 1e-6, "{} is not {}", found, least);
                }
            }
        }
    }
}

#[test]
fn small_problems_under_constraints_are_proven() {
    let small = Small {
        households: vec![5, 5, 5, 5, 5, 5],
        edges: vec![(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)],
        grids: 2,
        present: vec![0, 0, 1, 0, 1, 1],
    };
    let constraints = Constraints {
        lock_units: vec!["u0".into(), "u5".into()],
        apart: vec![vec!["u1".into(), "u4".into()]],
        ..Constraints::default()
    };
    let problem = small.problem().with_constraints(&constraints).unwrap();
    let solution = quiet(&problem, &Options::default());
    assert_eq!(solution.status, Status::Optimal);
    let plan = &solution.plans[0];
    assert_eq!((plan.owner[0], plan.owner[5], plan.score.cut_edges), (0, 1, 3));
    assert_ne!(plan.owner[1], plan.owner[4]);
}

#[test]
fn unknown_names_and_contradictions_are_named() {
    let small = Small {
        households: vec![5, 5, 5, 5],
        edges: vec![(0, 1), (1, 2), (2, 3)],
        grids: 2,
        present: vec![0, 0, 1, 1],
    };
    let words = |pairs: &[&str]| vec![pairs.iter().map(|s| s.to_string()).collect::<Vec<_>>()];
    let none = Constraints::default;
    for (constraints, wanted) in [
        (
            Constraints { lock_units: vec!["x".into()], ..none() },
            "lock-unit: there is no planning unit `x`",
        ),
        (
            Constraints { lock_grids: vec!["x".into()], ..none() },
            "no grid `x`; the grids are g0, g1",
        ),
        (
            Constraints { together: words(&["u0", "y"]), ..none() },
            "together: there is no planning unit `y`",
        ),
        (
            Constraints { together: words(&["u0", "u1"]), apart: words(&["u0", "u1"]), ..none() },
            "`u0` and `u1` must be together",
        ),
        (
            Constraints {
                lock_units: vec!["u0".into(), "u3".into()],
                together: words(&["u0", "u3"]),
                ..none()
            },
            "held by `g0` and `g1`",
        ),
        (
            Constraints { offices: BTreeMap::from([("g9".into(), "u0".into())]), ..none() },
            "no grid `g9`",
        ),
        (
            Constraints { also: BTreeMap::from([("dogs".into(), 0.1)]), ..none() },
            "no weight `dogs`",
        ),
        (Constraints { lock_grids: vec!["g0".into(), "g1".into()], ..none() }, "nothing is left"),
    ] {
        let error = small.problem().with_constraints(&constraints).unwrap_err().to_string();
        assert!(error.contains(wanted), "{error:?} should say {wanted:?}");
    }
}

#[test]
fn units_that_share_a_compound_stay_together_when_asked() {
    // Six units in a row; the compound lies over the third and the fourth.
    let town =
        Town::row(&[10; 6]).grids(&[("A", 0.0, 3.0), ("B", 3.0, 6.0)]).compound("K", 2.2, 3.8, 77);
    let (dataset, problem) = town.problem();
    let stay = Options { max_deviation: 0.4, keep: 1.0, ..Options::default() };
    let free = quiet(&problem, &stay);
    assert_eq!(free.plans[0].score.households_moved, Some(0));
    let whole = problem.with_whole_compounds(&dataset);
    let asked = Constraints { whole_compounds: true, ..Constraints::default() };
    let whole = whole.with_constraints(&asked).unwrap();
    let solution = quiet(&whole, &stay);
    for plan in &solution.plans {
        assert_eq!(plan.owner[2], plan.owner[3], "{:?}", plan.owner);
    }
    assert!(!solution.plans.is_empty());
    // At ±10 % it cannot be, and the reason names nothing but the truth.
    let tight = quiet(&whole, &Options::default());
    assert!(tight.plans.is_empty());
}

#[test]
fn residents_can_be_balanced_instead_or_as_well() {
    let town = Town::row(&[10; 4])
        .grids(&[("A", 0.0, 2.0), ("B", 2.0, 4.0)])
        .compound("K", 0.2, 0.8, 60)
        .compound("L", 1.2, 1.8, 20)
        .compound("M", 2.2, 2.8, 20)
        .compound("N", 3.2, 3.8, 20);
    let (dataset, problem) = town.problem();
    let problem = problem.with_compounds(&dataset);
    let weighed = problem.clone().weighed_by(&[("residents".into(), 1.0)]).unwrap();
    let plan = &quiet(&weighed, &Options::default()).plans[0];
    assert_eq!(plan.owner, [0, 1, 1, 1]);
    assert_eq!(plan.score.grids[0].households, 60);
    // Both at once: households within ±50 %, residents within ±10 %.
    let asked =
        Constraints { also: BTreeMap::from([("residents".into(), 0.1)]), ..Constraints::default() };
    let both = problem.clone().with_constraints(&asked).unwrap();
    let plan = &quiet(&both, &Options { max_deviation: 0.5, ..Options::default() }).plans[0];
    assert_eq!(plan.owner, [0, 1, 1, 1]);
    assert_eq!(plan.score.grids[0].households, 10);
    let error = problem.weighed_by(&[("dogs".into(), 1.0)]).unwrap_err().to_string();
    assert!(error.contains("households, residents, party_members, buildings"), "{error}");
}

#[test]
fn a_locked_grid_stays_and_the_others_are_balanced() {
    let town = Town::row(&[30, 10, 10, 10, 10, 10]).grids(&[
        ("A", 0.0, 1.0),
        ("B", 1.0, 2.0),
        ("C", 2.0, 6.0),
    ]);
    let (_, problem) = town.problem();
    let asked = Constraints { lock_grids: vec!["A".into()], ..Constraints::default() };
    let problem = problem.with_constraints(&asked).unwrap();
    let solution = quiet(&problem, &Options { max_deviation: 0.3, ..Options::default() });
    assert_eq!(solution.status, Status::Optimal, "{:?}", solution.reason);
    let plan = &solution.plans[0];
    let codes: Vec<&str> = plan.assignment.0.iter().map(|(_, code)| code.as_str()).collect();
    assert!(
        matches!(codes[..], ["A", "B", "B", "C", "C", "C"] | ["A", "B", "B", "B", "C", "C"]),
        "{codes:?}"
    );
}

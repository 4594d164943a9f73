//! Mixed objectives and soft communities.

use crate::small::small;
use crate::town::Town;
use proptest::prelude::*;
use std::ops::ControlFlow;
use wangge::balance::{CommunityRule, Mix, Options, Problem, Solution, Status, solve};

fn quiet(problem: &Problem, options: &Options) -> Solution {
    solve(problem, options, &|_| ControlFlow::Continue(()))
}

fn mixed(text: &str) -> Options {
    let mix = Some(Mix::parse(text).unwrap());
    Options { max_deviation: 0.6, mix, threads: 1, ..Options::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn mixes_agree_with_all_partitions(small in small(7)) {
        let options = mixed("cut-edges=1,moved=0.7");
        let (mut linear, mut whole, mut first) = (f64::INFINITY, f64::INFINITY, f64::INFINITY);
        let worst = |owner: &[u32]| {
            (0..small.grids).map(|g| small.deviation(owner, g)).fold(0.0, f64::max)
        };
        small.each(|owner| {
            let pieces = (0..small.grids as u32).all(|g| small.pieces(owner, g) == 1);
            let off = worst(owner);
            if pieces && off <= 0.6 + 1e-9 {
                let moved = small.moved(owner) / small.mean();
                linear = linear.min(small.cut(owner) as f64 + 0.7 * moved);
                whole = whole.min(small.cut(owner) as f64 + 0.1 * 100.0 * off);
                first = first.min(100.0 * off);
            }
        });
        let solution = quiet(&small.problem(), &options);
        if linear.is_infinite() {
            prop_assert!(solution.plans.is_empty());
            return Ok(());
        }
        prop_assert!(!solution.plans.is_empty());
        prop_assert!(solution.plans[0].objective >= linear - 1e-9);
        prop_assert!(solution.plans[0].bound.unwrap_or(0.0) <= linear + 1e-6);
        if solution.status == Status::Optimal {
            prop_assert!((solution.plans[0].objective - linear).abs() < 1e-6);
        }
        for (text, truth) in [("cut-edges=1,deviation=0.1", whole), ("deviation,cut-edges", first)] {
            let solution = quiet(&small.problem(), &mixed(text));
            let plan = &solution.plans[0];
            prop_assert!(plan.objective >= truth - 1e-6, "{} < {}", plan.objective, truth);
            prop_assert!(plan.bound.unwrap_or(0.0) <= truth + 1e-6);
            let others = solution.plans.iter().map(|plan| plan.objective);
            prop_assert!(others.fold(f64::INFINITY, f64::min) >= plan.objective - 1e-9);
            prop_assert!((0..small.grids as u32).all(|g| small.pieces(&plan.owner, g) == 1));
            prop_assert!(worst(&plan.owner) <= 0.6 + 1e-9);
        }
    }
}

/// Grids that lie in more than one community.
fn mixed_grids(problem: &Problem, owner: &[u32]) -> usize {
    let grids = 0..owner.iter().max().map_or(0, |most| most + 1);
    let lies_in_two = |grid: &u32| {
        let units = problem.units().iter().zip(owner).filter(|(_, g)| *g == grid);
        let mut communities: Vec<_> = units.filter_map(|(unit, _)| unit.community).collect();
        communities.sort_unstable();
        communities.dedup();
        communities.len() > 1
    };
    grids.filter(lies_in_two).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn soft_communities_agree_with_all_partitions(
        households in prop::collection::vec(3u32..9, 8),
        codes in prop::collection::vec(prop::sample::select(vec!["a", "b", "c"]), 8),
        grids in 2usize..=3,
        cost in prop::sample::select(vec![0.3, 1.0, 2.5]),
        keep in prop::sample::select(vec![0.0, 0.8]),
        mixed in any::<bool>(),
    ) {
        let thirds = [("A", 0.0, 1.5), ("B", 1.5, 3.0), ("C", 3.0, 4.0)];
        let town = Town::block(4, 2, &households).communities(&codes).grids(&thirds[..grids]);
        let (_, problem) = town.problem();
        let mut options = Options {
            communities: CommunityRule::Soft,
            community_cost: cost,
            max_deviation: 0.5,
            keep,
            threads: 1,
            ..Options::default()
        };
        if mixed {
            options.mix = Some(Mix::parse(&format!("cut-edges=1,communities-split={cost}")).unwrap());
            options.communities = CommunityRule::Ignore;
            options.keep = 0.0;
        }
        let value = |owner: &[u32]| {
            let score = wangge::balance::score(&problem, owner);
            let moved = score.households_moved.unwrap_or(0) as f64 / problem.mean_households();
            let within = score.contiguous && score.max_deviation <= 0.5 + 1e-9;
            let cost = cost * mixed_grids(&problem, owner) as f64;
            within.then_some(score.cut_edges as f64 + cost + options.keep * moved)
        };
        let all = (0..grids.pow(8)).map(|number| {
            (0..8).map(|u| (number / grids.pow(u) % grids) as u32).collect::<Vec<_>>()
        });
        let truth = all.filter_map(|owner| value(&owner)).fold(f64::INFINITY, f64::min);
        let solution = quiet(&problem, &options);
        if truth.is_infinite() {
            prop_assert!(solution.plans.is_empty());
            return Ok(());
        }
        let plan = &solution.plans[0];
        prop_assert_eq!(solution.status, Status::Optimal);
        prop_assert!((plan.objective - truth).abs() < 1e-6, "{} for {truth}", plan.objective);
        prop_assert!(plan.bound.is_some_and(|bound| bound <= truth + 1e-6));
        prop_assert!((value(&plan.owner).unwrap() - truth).abs() < 1e-6);
    }
}

#[test]
fn mixes_are_read_and_faults_are_named() {
    assert!(Mix::parse("deviation,cut-edges").unwrap().lexicographic);
    assert!(!Mix::parse("deviation=2, cut-edges=1").unwrap().lexicographic);
    for (text, wanted) in [
        ("beauty", "there is no objective `beauty`"),
        ("cut-edges=1,cut-edges=2", "named twice"),
        ("cut-edges=-1", "a number above 0"),
        ("cut-edges=1,moved", "or none"),
    ] {
        let error = Mix::parse(text).unwrap_err().to_string();
        assert!(error.contains(wanted), "{error:?} should say {wanted:?}");
    }
    let (_, problem) = Town::row(&[10; 4]).grids(&[("A", 0.0, 2.0), ("B", 2.0, 4.0)]).problem();
    for text in ["polsby-popper=1", "border-length=1,inertia=2", "moved", "communities-split=1"] {
        let options = Options { mix: Some(Mix::parse(text).unwrap()), ..Options::default() };
        let solution = quiet(&problem, &options);
        assert!(!solution.plans.is_empty(), "{text}: {:?}", solution.reason);
    }
    let keep = Options { keep: 1.0, ..mixed("cut-edges=1,moved=1") };
    assert!(keep.check(&problem).unwrap_err().to_string().contains("moved=W"));
}

#[test]
fn soft_communities_are_crossed_only_when_it_pays() {
    // Two rows of four units; the communities are 5 and 3 units, so that two even grids inside
    // communities do not exist.
    let communities = ["a", "a", "a", "b", "a", "a", "b", "b"];
    let town = Town::block(4, 2, &[10; 8])
        .communities(&communities)
        .grids(&[("A", 0.0, 2.0), ("B", 2.0, 4.0)]);
    let (_, problem) = town.problem();
    let options = |communities, community_cost, max_deviation| Options {
        communities,
        community_cost,
        max_deviation,
        ..Options::default()
    };
    assert!(quiet(&problem, &options(CommunityRule::Whole, 5.0, 0.1)).plans.is_empty());
    let soft = quiet(&problem, &options(CommunityRule::Soft, 5.0, 0.1));
    let plan = &soft.plans[0];
    assert!(plan.score.max_deviation < 0.1 && plan.score.communities_split > 0);
    // Two straight grids cut two edges; both or one hold units of two communities.
    assert!(plan.objective >= 2.0 + 5.0 - 1e-9, "{}", plan.objective);
    // Where the bounds allow whole communities, a dear crossing is avoided, a cheap one is not.
    let dear = quiet(&problem, &options(CommunityRule::Soft, 50.0, 0.3));
    assert_eq!(dear.plans[0].score.communities_split, 0);
    let cheap = quiet(&problem, &options(CommunityRule::Soft, 0.1, 0.3));
    assert!(cheap.plans[0].score.cut_edges < dear.plans[0].score.cut_edges);
}

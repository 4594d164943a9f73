//! Fix, fewest, grow: the fewest units, by trying all plans.

use crate::small::{Small, small};
use proptest::prelude::*;
use wangge::balance::moves::{Answer, Move, MoveEdit, MoveOptions, answer};
use wangge::balance::{CommunityRule, Constraints};

pub fn under(max_deviation: f64) -> MoveOptions {
    MoveOptions { max_deviation, communities: CommunityRule::Whole }
}

/// The plan after the edits that an answer gives.
pub fn applied(owner: &[u32], answer: &Answer) -> Vec<u32> {
    let mut owner = owner.to_vec();
    for edit in &answer.edits {
        let MoveEdit::Assign { units, grid } = edit else { panic!("another edit: {edit:?}") };
        for unit in units {
            owner[unit[1..].parse::<usize>().unwrap()] = grid[1..].parse().unwrap();
        }
    }
    owner
}

/// Whether `after` is an answer: the targets within all bounds, no other grid farther out of any
/// than it was, and every grid that changed in one piece.
fn mends(small: &Small, before: &[u32], after: &[u32], targets: &[u32], limits: &[f64]) -> bool {
    let (was, is) = (small.weights(before), small.weights(after));
    let mean = small.mean();
    let within = |g: usize, limit: f64| {
        let (lower, upper) = ((1.0 - limit) * mean - 1e-9, (1.0 + limit) * mean + 1e-9);
        let (low, high) = if targets.contains(&(g as u32)) {
            (lower, upper)
        } else {
            (lower.min(was[g]), upper.max(was[g]))
        };
        (low..=high).contains(&is[g])
    };
    (0..small.grids).all(|g| {
        let changed =
            before.iter().zip(after).any(|(&a, &b)| a != b && (a == g as u32 || b == g as u32));
        limits.iter().all(|&limit| within(g, limit))
            && (!changed || small.pieces(after, g as u32) == 1)
    })
}

fn fewest(
    small: &Small,
    targets: &[u32],
    locked: Option<usize>,
    limits: &[f64],
) -> Option<(usize, u32)> {
    let mut best = None;
    small.each(|after| {
        let kept = locked.is_none_or(|u| after[u] == small.present[u]);
        if kept && mends(small, &small.present, after, targets, limits) {
            let moved = || (0..after.len()).filter(|&u| after[u] != small.present[u]);
            let worth = (moved().count(), moved().map(|u| small.households[u]).sum::<u32>());
            best = Some(best.map_or(worth, |best: (usize, u32)| best.min(worth)));
        }
    });
    best
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn the_fewest_units_mend_a_plan(
        small in small(8),
        limit in prop::sample::select(vec![0.1, 0.3, 0.6]),
        all in any::<bool>(),
        locked in prop::option::of(0usize..3),
        also in prop::option::of(prop::sample::select(vec![0.2, 0.4])),
    ) {
        let constraints = Constraints {
            lock_units: locked.iter().map(|u| format!("u{u}")).collect(),
            also: also.iter().map(|&share| ("households".to_owned(), share)).collect(),
            ..Constraints::default()
        };
        let limits: Vec<f64> = [limit].into_iter().chain(also).collect();
        let problem = small.problem().with_constraints(&constraints).unwrap();
        let targets: Vec<u32> = if all { (0..small.grids as u32).collect() } else { vec![0] };
        let question = if all { Move::Fewest {} } else { Move::Fix { grid: "g0".into() } };
        let answer = answer(&problem, &small.present, &under(limit), &question).unwrap();
        let truth = fewest(&small, &targets, locked, &limits);
        prop_assert!(!answer.message.is_empty() && !answer.message_zh.is_empty());
        let after = applied(&small.present, &answer);
        match truth {
            Some((units, households)) => {
                // Eight units are few: every answer is found, and proven.
                prop_assert!(answer.possible && answer.proven, "{:?}", answer.message);
                prop_assert_eq!(answer.units_moved, units);
                prop_assert_eq!(answer.households_moved, u64::from(households));
                prop_assert!(mends(&small, &small.present, &after, &targets, &limits));
                prop_assert!(locked.is_none_or(|u| after[u] == small.present[u]));
            }
            None => prop_assert!(!answer.possible, "{:?}", answer),
        }
        let moved = after.iter().zip(&small.present).filter(|(a, b)| a != b).count();
        prop_assert_eq!(moved, answer.units_moved);
    }

    #[test]
    fn growth_is_mended_by_the_fewest_units(small in small(7), more in 1u32..40) {
        let question = Move::Grow { compound: "u1".into(), households: i64::from(more) };
        let answer = answer(&small.problem(), &small.present, &under(0.3), &question).unwrap();
        let mut grown = small.clone();
        grown.households[1] += more;
        let figures = answer.grown.as_ref().unwrap();
        let weights = grown.weights(&small.present);
        for (grid, weight) in figures.grids.iter().zip(&weights) {
            prop_assert!((grid.households as f64 - weight).abs() < 1e-9);
        }
        let own = small.present[1];
        let targets: Vec<u32> = (0..small.grids as u32)
            .filter(|&g| {
                let is = grown.deviation(&small.present, g as usize);
                let was = small.deviation(&small.present, g as usize);
                is > 0.3 + 1e-9 && (was <= 0.3 + 1e-9 || g == own)
            })
            .collect();
        let truth = if targets.is_empty() { Some((0, 0)) } else { fewest(&grown, &targets, None, &[0.3]) };
        match truth {
            Some((units, _)) => prop_assert!(answer.possible && answer.units_moved == units),
            None => prop_assert!(!answer.possible),
        }
    }
}

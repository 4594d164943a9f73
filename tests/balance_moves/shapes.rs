//! Split, merge, smooth.

use crate::mending::{applied, under};
use crate::small::small;
use proptest::prelude::*;
use wangge::balance::moves::{Move, MoveEdit, answer};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_split_is_the_evenest_there_is(small in small(8)) {
        let question = Move::Split { grid: "g0".into() };
        let answer = answer(&small.problem(), &small.present, &under(0.1), &question).unwrap();
        let members: Vec<usize> =
            (0..small.present.len()).filter(|&u| small.present[u] == 0).collect();
        // Every division in two pieces: the second half has the spare number of a grid.
        let mut best: Option<u32> = None;
        let of = |set: u32, inside: bool| {
            members.iter().enumerate().filter(move |(p, _)| (set >> p & 1 == 1) == inside).map(|(_, &u)| u)
        };
        for set in 1..(1u32 << members.len()).saturating_sub(1) {
            let mut owner = vec![9u32; small.present.len()];
            of(set, true).for_each(|u| owner[u] = 7);
            of(set, false).for_each(|u| owner[u] = 8);
            if small.pieces(&owner, 7) == 1 && small.pieces(&owner, 8) == 1 {
                let sum = |inside| of(set, inside).map(|u| small.households[u]).sum::<u32>();
                let off = sum(true).abs_diff(sum(false));
                best = Some(best.map_or(off, |best| best.min(off)));
            }
        }
        prop_assert_eq!(answer.possible, best.is_some());
        prop_assert!(answer.proven);
        let Some(best) = best else { return Ok(()) };
        let MoveEdit::Assign { units, grid } = answer.edits.last().unwrap() else { panic!() };
        let empty = (0..small.grids as u32).any(|g| !small.present.contains(&g));
        prop_assert_eq!(answer.edits.len(), if empty { 1 } else { 2 });
        if !empty {
            let MoveEdit::AddGrid { grid: new, .. } = &answer.edits[0] else { panic!() };
            prop_assert_eq!(new, grid);
            prop_assert_eq!(answer.after.grids.len(), small.grids + 1);
        }
        let moved: u32 = units.iter().map(|u| small.households[u[1..].parse::<usize>().unwrap()]).sum();
        let all: u32 = members.iter().map(|&u| small.households[u]).sum();
        prop_assert_eq!((all - moved).abs_diff(moved), best);
    }

    #[test]
    fn a_border_is_the_shortest_there_is(small in small(8), limit in prop::sample::select(vec![0.2, 0.6])) {
        let problem = small.problem();
        let question = Move::Smooth { grids: vec!["g0".into(), "g1".into()] };
        let common = small.edges.iter().any(|&(a, b)| {
            let (a, b) = (small.present[a], small.present[b]);
            a.min(b) == 0 && a.max(b) == 1
        });
        let result = answer(&problem, &small.present, &under(limit), &question);
        prop_assert_eq!(result.is_ok(), common);
        let Ok(answer) = result else { return Ok(()) };
        let border = |owner: &[u32]| {
            small.edges.iter().filter(|&&(a, b)| owner[a].min(owner[b]) == 0 && owner[a].max(owner[b]) == 1).count()
        };
        let was = small.weights(&small.present);
        let (lower, upper) = ((1.0 - limit) * small.mean() - 1e-9, (1.0 + limit) * small.mean() + 1e-9);
        let allowed = |owner: &[u32]| {
            let is = small.weights(owner);
            (0..2).all(|g| (lower.min(was[g])..=upper.max(was[g])).contains(&is[g]) && small.pieces(owner, g as u32) == 1)
                && owner.iter().zip(&small.present).all(|(a, b)| a == b || (*a < 2 && *b < 2))
        };
        let mut least = border(&small.present);
        small.each(|owner| if allowed(owner) { least = least.min(border(owner)) });
        let after = applied(&small.present, &answer);
        prop_assert!(answer.proven);
        prop_assert_eq!(border(&after), least);
        prop_assert!(!answer.possible || allowed(&after));
    }

    #[test]
    fn grids_that_touch_become_one(small in small(7)) {
        let question = Move::Merge { grids: vec!["g0".into(), "g1".into()] };
        let answer = answer(&small.problem(), &small.present, &under(0.1), &question).unwrap();
        let merged: Vec<u32> = small.present.iter().map(|&g| if g < 2 { 0 } else { g }).collect();
        prop_assert_eq!(answer.possible, small.pieces(&merged, 0) == 1);
        if answer.possible {
            prop_assert_eq!(answer.after.grids.len(), small.grids - 1);
            let was = small.weights(&small.present);
            prop_assert!((answer.after.grids[0].households as f64 - was[0] - was[1]).abs() < 1e-9);
            let removed = matches!(answer.edits.last(), Some(MoveEdit::RemoveGrid { .. }));
            prop_assert!(removed);
        } else {
            prop_assert!(answer.edits.is_empty());
        }
    }
}

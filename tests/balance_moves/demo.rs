//! Moves on the demo data.

use crate::mending::under;
use std::path::Path;
use wangge::balance::moves::{Answer, Move, MoveEdit, answer};
use wangge::balance::{Problem, score};

struct Demo {
    problem: Problem,
    owner: Vec<u32>,
}

impl Demo {
    fn load() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/shuangshan");
        let dataset = wangge::dataset::load(&folder).unwrap();
        let problem = Problem::from_dataset(&dataset, None).unwrap().with_compounds(&dataset);
        let owner = problem.present_assignment().unwrap();
        Self { problem, owner }
    }

    fn codes(&self) -> Vec<String> {
        score(&self.problem, &self.owner).grids.into_iter().map(|grid| grid.code).collect()
    }

    fn ask(&self, question: Move) -> Answer {
        let started = std::time::Instant::now();
        let answer = answer(&self.problem, &self.owner, &under(0.1), &question).unwrap();
        eprintln!("{:?} {:?}: {}", started.elapsed(), question, answer.message);
        answer
    }

    /// The plan after an answer of assignments only.
    fn after(&self, answer: &Answer) -> Vec<u32> {
        let codes = self.codes();
        let mut owner = self.owner.clone();
        for edit in &answer.edits {
            let MoveEdit::Assign { units, grid } = edit else { panic!("{edit:?}") };
            let grid = codes.iter().position(|code| code == grid).unwrap() as u32;
            units.iter().for_each(|unit| owner[self.problem.unit(unit).unwrap()] = grid);
        }
        owner
    }
}

#[test]
fn the_fewest_moves_bring_every_grid_within_the_bounds() {
    let demo = Demo::load();
    let answer = demo.ask(Move::Fewest {});
    assert!(answer.possible, "{}", answer.message);
    let after = score(&demo.problem, &demo.after(&answer));
    assert_eq!(after, answer.after);
    assert!(after.max_deviation <= 0.1 && after.contiguous && after.communities_split == 0);
}

#[test]
fn every_grid_can_be_asked_every_question() {
    let demo = Demo::load();
    let codes = demo.codes();
    let before = score(&demo.problem, &demo.owner);
    for (index, grid) in codes.iter().enumerate() {
        let fixed = demo.ask(Move::Fix { grid: grid.clone() });
        if fixed.possible {
            let after = score(&demo.problem, &demo.after(&fixed));
            assert_eq!(after, fixed.after);
            assert!(after.grids[index].deviation.abs() <= 0.1 + 1e-9);
            for (was, is) in before.grids.iter().zip(&after.grids) {
                assert!(is.deviation.abs() <= was.deviation.abs().max(0.1) + 1e-9);
                assert!(is.contiguous || !was.contiguous);
            }
        }
        let split = demo.ask(Move::Split { grid: grid.clone() });
        assert!(!split.possible || split.after.grids.len() == codes.len() + 1);
        for other in &codes[index + 1..] {
            let grids = vec![grid.clone(), other.clone()];
            let question = Move::Smooth { grids };
            if let Ok(smooth) = answer(&demo.problem, &demo.owner, &under(0.1), &question) {
                assert!(
                    smooth.after.border_length_m <= smooth.before.border_length_m.map(|m| m * 4.0)
                );
            }
        }
    }
    let grown = demo.ask(Move::Grow { compound: "C001".into(), households: 600 });
    let total =
        |score: &wangge::balance::Score| score.grids.iter().map(|g| g.households).sum::<u64>();
    assert_eq!(total(grown.grown.as_ref().unwrap()), total(&grown.before) + 600);
}

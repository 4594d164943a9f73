//! The planner's questions to the present plan of the demo data: the slowest answer of each kind.

use std::time::Instant;
use wangge::balance::moves::{Move, MoveOptions, answer};
use wangge::balance::{CommunityRule, Problem, score};

/// Prints the slowest answer of each kind of question in milliseconds.
pub fn print() {
    let dataset = crate::support::demo();
    let problem = Problem::from_dataset(&dataset, None).expect("the demo data have units");
    let problem = problem.with_compounds(&dataset);
    let owner = problem.present_assignment().expect("the demo data have grids");
    let codes: Vec<String> =
        score(&problem, &owner).grids.into_iter().map(|grid| grid.code).collect();
    let each = || codes.iter().cloned();
    let pairs = || {
        let from = |(i, a): (usize, &String)| {
            let a = a.clone();
            codes[i + 1..].iter().map(move |b| vec![a.clone(), b.clone()]).collect::<Vec<_>>()
        };
        codes.iter().enumerate().flat_map(from)
    };
    let compounds = || dataset.compounds.iter().map(|compound| compound.id.clone());
    let kinds: [(&str, Vec<Move>); 7] = [
        ("fewest moves for all grids", vec![Move::Fewest {}]),
        ("fix a grid", each().map(|grid| Move::Fix { grid }).collect()),
        ("split a grid", each().map(|grid| Move::Split { grid }).collect()),
        ("merge two grids", pairs().map(|grids| Move::Merge { grids }).collect()),
        ("smooth a border", pairs().map(|grids| Move::Smooth { grids }).collect()),
        (
            "600 more households",
            compounds().map(|compound| Move::Grow { compound, households: 600 }).collect(),
        ),
        (
            "why not",
            problem
                .units()
                .iter()
                .flat_map(|unit| each().map(|grid| Move::WhyNot { unit: unit.id.clone(), grid }))
                .collect(),
        ),
    ];
    for off in [0.1, 0.05] {
        let options = MoveOptions { max_deviation: off, communities: CommunityRule::Whole };
        for (kind, questions) in &kinds {
            let mut slowest = 0.0f64;
            let (mut answered, mut proven) = (0, 0);
            for question in questions {
                let begun = Instant::now();
                // Two grids that do not touch have no border to smooth.
                if let Ok(answer) = answer(&problem, &owner, &options, question) {
                    slowest = slowest.max(begun.elapsed().as_secs_f64());
                    answered += 1;
                    proven += usize::from(answer.proven);
                }
            }
            println!(
                "balance/moves, ±{:.0} %, {kind}: {answered} answers, {proven} proven, slowest {:.1} ms",
                100.0 * off,
                1000.0 * slowest
            );
        }
    }
}

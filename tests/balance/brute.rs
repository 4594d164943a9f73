//! All partitions of small graphs.

use crate::cases::{json, small};
use crate::verifier::Text;
use proptest::prelude::*;
use std::ops::ControlFlow;
use wangge::balance::{Options, Problem, Status, solve};

/// What all partitions say: the fewest cut edges within the bounds, and the least deviation.
struct Truth {
    cut: Option<usize>,
    deviation: f64,
}

/// Tries every partition into `grids` connected blocks, by restricted growth.
fn truth(households: &[u32], edges: &[(usize, usize)], grids: usize, max_deviation: f64) -> Truth {
    let n = households.len();
    let mean = f64::from(households.iter().sum::<u32>()) / grids as f64;
    let mut truth = Truth { cut: None, deviation: f64::INFINITY };
    let mut owner = vec![0usize; n];
    loop {
        let blocks = owner.iter().max().map_or(0, |&most| most + 1);
        if blocks == grids && (0..blocks).all(|b| connected(&owner, edges, b)) {
            let mut weight = vec![0u32; blocks];
            owner.iter().zip(households).for_each(|(&b, &h)| weight[b] += h);
            let worst =
                weight.iter().map(|&w| (f64::from(w) / mean - 1.0).abs()).fold(0.0, f64::max);
            truth.deviation = truth.deviation.min(worst);
            if worst <= max_deviation + 1e-9 {
                let cut = edges.iter().filter(|(a, b)| owner[*a] != owner[*b]).count();
                truth.cut = Some(truth.cut.map_or(cut, |least| least.min(cut)));
            }
        }
        // The next restricted growth string.
        let Some(place) = (1..n).rev().find(|&i| {
            let most = owner[..i].iter().max().copied().unwrap_or(0);
            owner[i] <= most && owner[i] + 1 < n
        }) else {
            return truth;
        };
        owner[place] += 1;
        owner[place + 1..].fill(0);
    }
}

fn connected(owner: &[usize], edges: &[(usize, usize)], block: usize) -> bool {
    let members: Vec<usize> = (0..owner.len()).filter(|&u| owner[u] == block).collect();
    let mut reached = vec![members[0]];
    let mut head = 0;
    while head < reached.len() {
        let u = reached[head];
        for &(a, b) in edges {
            let v = if a == u { b } else { a };
            if (a == u || b == u) && owner[v] == block && !reached.contains(&v) {
                reached.push(v);
            }
        }
        head += 1;
    }
    reached.len() == members.len()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn plans_agree_with_all_partitions(
        (households, edges, grids) in small(),
        max_deviation in prop::sample::select(vec![0.0, 0.05, 0.2, 0.5, 1.0]),
        seed in 0u64..4,
    ) {
        let text = json(&households, &edges);
        let problem = Problem::from_graph_json(&text, "H", grids).expect("a problem");
        let options = Options { max_deviation, seed, threads: 1, ..Options::default() };
        let solution = solve(&problem, &options, &|_| ControlFlow::Continue(()));
        let truth = truth(&households, &edges, grids, max_deviation);
        let report = serde_json::to_value(&solution).expect("a report");
        match truth.cut {
            Some(least) => {
                prop_assert!(matches!(solution.status, Status::Optimal | Status::Feasible));
                let plans = report["plans"].as_array().expect("plans");
                for plan in plans {
                    let (_, cut) = Text::read(&text).verify(plan, grids, max_deviation);
                    prop_assert!(cut >= least as u64);
                    let bound = plan["bound"].as_f64().unwrap_or(0.0);
                    prop_assert!(bound <= least as f64 + 1e-9, "bound {} > {}", bound, least);
                }
                if solution.status == Status::Optimal {
                    prop_assert_eq!(plans[0]["cut_edges"].as_u64(), Some(least as u64));
                }
            }
            None => {
                prop_assert!(matches!(solution.status, Status::Infeasible | Status::Unknown));
                prop_assert!(solution.plans.is_empty());
                let reason = solution.reason.expect("a reason");
                let claimed = reason.least_deviation.unwrap_or(0.0);
                prop_assert!(
                    claimed <= truth.deviation + 1e-6,
                    "{} > {}", claimed, truth.deviation
                );
            }
        }
    }
}

//! Regions for tests.

use crate::balance::parts::{Measure, parts};
use crate::balance::search::region::Region;
use crate::balance::{CommunityRule, Options, Problem};

/// The region of a ladder of two by `length` units with households 1, 2, 3, …
pub fn ladder(length: usize, grids: usize, max_deviation: f64) -> Region {
    let at = |x: usize, y: usize| 2 * x + y;
    let near = |x: usize, y: usize| {
        let mut near = vec![at(x, 1 - y)];
        near.extend((x > 0).then(|| at(x - 1, y)));
        near.extend((x + 1 < length).then(|| at(x + 1, y)));
        near
    };
    let cells = || (0..length).flat_map(|x| [(x, 0), (x, 1)]);
    let nodes: Vec<_> =
        cells().map(|(x, y)| serde_json::json!({"id": at(x, y), "H": at(x, y) + 1})).collect();
    let rows: Vec<Vec<_>> = cells()
        .map(|(x, y)| near(x, y).iter().map(|v| serde_json::json!({"id": v})).collect())
        .collect();
    let text = serde_json::json!({"nodes": nodes, "adjacency": rows}).to_string();
    let problem = Problem::from_graph_json(&text, "H", grids).expect("a problem");
    let options = Options { max_deviation, ..Options::default() };
    let parts = parts(&problem, CommunityRule::Whole);
    let measure = Measure::new(&problem, &options);
    measure.region(&problem, &parts[0], grids, problem.bounds(max_deviation))
}

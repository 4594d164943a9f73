//! Graphs for tests, as text.

use proptest::prelude::*;

/// A graph's JSON from households and edges; ids are "u0", "u1", ….
pub fn json(households: &[u32], edges: &[(usize, usize)]) -> String {
    let nodes: Vec<String> =
        households.iter().enumerate().map(|(i, h)| format!(r#"{{"id":"u{i}","H":{h}}}"#)).collect();
    let rows: Vec<String> = (0..households.len())
        .map(|u| {
            let near = edges.iter().filter_map(|&(a, b)| match (a == u, b == u) {
                (true, false) => Some(b),
                (false, true) => Some(a),
                _ => None,
            });
            let near: Vec<String> = near.map(|v| format!(r#"{{"id":"u{v}"}}"#)).collect();
            format!("[{}]", near.join(","))
        })
        .collect();
    format!(
        r#"{{"directed":false,"nodes":[{}],"adjacency":[{}]}}"#,
        nodes.join(","),
        rows.join(",")
    )
}

/// Edges of a rectangle of units, row by row.
pub fn rectangle(width: usize, height: usize) -> Vec<(usize, usize)> {
    let at = |x: usize, y: usize| y * width + x;
    let mut edges = Vec::new();
    for y in 0..height {
        for x in 0..width {
            if x + 1 < width {
                edges.push((at(x, y), at(x + 1, y)));
            }
            if y + 1 < height {
                edges.push((at(x, y), at(x, y + 1)));
            }
        }
    }
    edges
}

/// Households and edges of a small connected graph, and a number of grids.
pub fn small() -> impl Strategy<Value = (Vec<u32>, Vec<(usize, usize)>, usize)> {
    (2usize..=8).prop_flat_map(|n| {
        let households = prop::collection::vec(0u32..20, n)
            .prop_filter("some households", |h| h.iter().any(|&h| h > 0));
        // A random tree, and some more edges.
        let tree = (1..n).map(|v| (0..v).prop_map(move |u| (u, v))).collect::<Vec<_>>();
        let more = prop::collection::vec((0..n, 0..n), 0..n);
        (households, tree, more, 1..=n).prop_map(|(households, mut edges, more, grids)| {
            edges.extend(more.into_iter().filter(|(a, b)| a != b));
            edges.iter_mut().for_each(|e| *e = (e.0.min(e.1), e.0.max(e.1)));
            edges.sort_unstable();
            edges.dedup();
            (households, edges, grids)
        })
    })
}

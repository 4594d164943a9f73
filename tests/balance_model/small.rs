//! Small problems and all their partitions.

#![allow(dead_code)] // each test file uses a part

use proptest::prelude::*;
use wangge::balance::{GridLabel, Problem};

/// A small problem with a present plan.
#[derive(Clone, Debug)]
pub struct Small {
    pub households: Vec<u32>,
    pub edges: Vec<(usize, usize)>,
    pub grids: usize,
    pub present: Vec<u32>,
}

/// A connected graph of up to `most` units, and a present plan that may be any.
pub fn small(most: usize) -> impl Strategy<Value = Small> {
    (3usize..=most, 2usize..=3).prop_flat_map(|(n, grids)| {
        let households = prop::collection::vec(1u32..20, n);
        let tree = (1..n).map(|v| (0..v).prop_map(move |u| (u, v))).collect::<Vec<_>>();
        let more = prop::collection::vec((0..n, 0..n), 0..n);
        let present = prop::collection::vec(0..grids as u32, n);
        (households, tree, more, present).prop_map(move |(households, tree, more, present)| {
            let mut edges: Vec<(usize, usize)> = tree;
            edges.extend(
                more.into_iter().filter(|(a, b)| a != b).map(|(a, b)| (a.min(b), a.max(b))),
            );
            edges.sort_unstable();
            edges.dedup();
            Small { households, edges, grids, present }
        })
    })
}

impl Small {
    pub fn problem(&self) -> Problem {
        let nodes: Vec<_> = (self.households.iter().enumerate())
            .map(|(u, h)| serde_json::json!({"id": format!("u{u}"), "H": h}))
            .collect();
        let rows: Vec<Vec<_>> = (0..self.households.len())
            .map(|u| {
                let near = self.edges.iter().filter_map(|&(a, b)| match (a == u, b == u) {
                    (true, _) => Some(b),
                    (_, true) => Some(a),
                    _ => None,
                });
                near.map(|v| serde_json::json!({"id": format!("u{v}")})).collect()
            })
            .collect();
        let text = serde_json::json!({"nodes": nodes, "adjacency": rows}).to_string();
        let label = |g: usize| GridLabel { code: format!("g{g}"), ..GridLabel::default() };
        let present: Vec<Option<u32>> = self.present.iter().copied().map(Some).collect();
        Problem::from_graph_json(&text, "H", self.grids)
            .expect("a problem")
            .with_labels((0..self.grids).map(label).collect())
            .with_present(&present)
    }

    pub fn mean(&self) -> f64 {
        f64::from(self.households.iter().sum::<u32>()) / self.grids as f64
    }

    pub fn weights(&self, owner: &[u32]) -> Vec<f64> {
        let mut weights = vec![0.0; self.grids];
        owner.iter().zip(&self.households).for_each(|(&g, &h)| weights[g as usize] += f64::from(h));
        weights
    }

    pub fn deviation(&self, owner: &[u32], grid: usize) -> f64 {
        (self.weights(owner)[grid] / self.mean() - 1.0).abs()
    }

    pub fn cut(&self, owner: &[u32]) -> usize {
        self.edges.iter().filter(|(a, b)| owner[*a] != owner[*b]).count()
    }

    pub fn moved(&self, owner: &[u32]) -> f64 {
        let units = owner.iter().zip(&self.present).zip(&self.households);
        units.filter(|((a, b), _)| a != b).map(|(_, &h)| f64::from(h)).sum()
    }

    /// Number of pieces of a grid.
    pub fn pieces(&self, owner: &[u32], grid: u32) -> usize {
        let mut left: Vec<usize> = (0..owner.len()).filter(|&u| owner[u] == grid).collect();
        let mut pieces = 0;
        while let Some(first) = left.pop() {
            pieces += 1;
            let mut todo = vec![first];
            while let Some(u) = todo.pop() {
                for &(a, b) in &self.edges {
                    let v = if a == u { b } else { a };
                    if (a == u || b == u)
                        && let Some(place) = left.iter().position(|&l| l == v)
                    {
                        left.swap_remove(place);
                        todo.push(v);
                    }
                }
            }
        }
        pieces
    }

    /// Calls `visit` with every way to give the units to the grids.
    pub fn each(&self, mut visit: impl FnMut(&[u32])) {
        let n = self.households.len();
        let mut owner = vec![0u32; n];
        loop {
            visit(&owner);
            let Some(place) = (0..n).find(|&u| owner[u] + 1 < self.grids as u32) else { return };
            owner[..place].fill(0);
            owner[place] += 1;
        }
    }
}

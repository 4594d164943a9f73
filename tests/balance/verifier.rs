//! Verifies plans from the input's text alone: no type and no function of the search.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A dual graph as its JSON says it.
pub struct Text {
    pub weight: BTreeMap<String, i64>,
    pub near: BTreeMap<String, BTreeSet<String>>,
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl Text {
    pub fn read(json: &str) -> Self {
        let json: Value = serde_json::from_str(json).expect("a graph");
        let nodes = json["nodes"].as_array().expect("nodes");
        let ids: Vec<String> = nodes.iter().map(|node| text(&node["id"])).collect();
        let weight = nodes.iter().map(|node| node["H"].as_i64().expect("households"));
        let rows = json["adjacency"].as_array().expect("adjacency");
        let mut near: BTreeMap<String, BTreeSet<String>> =
            ids.iter().map(|id| (id.clone(), BTreeSet::new())).collect();
        for (id, row) in ids.iter().zip(rows) {
            for other in row.as_array().expect("a row").iter().map(|entry| text(&entry["id"])) {
                if other != *id {
                    near.get_mut(&other).expect("a node").insert(id.clone());
                    near.get_mut(id).expect("a node").insert(other);
                }
            }
        }
        Self { weight: ids.iter().cloned().zip(weight).collect(), near }
    }

    /// Worst deviation and cut edges of a plan of the report, after every claim was checked.
    pub fn verify(&self, plan: &Value, grids: usize, max_deviation: f64) -> (f64, u64) {
        let owner: BTreeMap<String, String> = plan["assignment"]
            .as_object()
            .expect("an assignment")
            .iter()
            .map(|(unit, grid)| (unit.clone(), text(grid)))
            .collect();
        assert!(owner.keys().eq(self.weight.keys()), "every unit is assigned once");
        let mut members: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (unit, grid) in &owner {
            members.entry(grid).or_default().insert(unit);
        }
        assert_eq!(members.len(), grids, "number of grids");
        let total: i64 = self.weight.values().sum();
        let mean = total as f64 / grids as f64;
        let mut worst = 0.0f64;
        for (grid, units) in &members {
            assert!(self.in_one_piece(units), "grid {grid} is one piece");
            let weight: i64 = units.iter().map(|u| self.weight[*u]).sum();
            worst = worst.max((weight as f64 / mean - 1.0).abs());
        }
        assert!(worst <= max_deviation + 1e-9, "{worst} is within {max_deviation}");
        let cut = self.near.iter().flat_map(|(u, near)| near.iter().map(move |v| (u, v)));
        let cut = cut.filter(|(u, v)| u < v && owner[*u] != owner[*v]).count() as u64;
        assert!((plan["max_deviation"].as_f64().expect("a number") - worst).abs() < 1e-9);
        assert_eq!(plan["cut_edges"].as_u64(), Some(cut));
        assert_eq!(plan["contiguous"], true);
        if let Some(bound) = plan["bound"].as_f64() {
            assert!(bound <= plan["objective"].as_f64().expect("a number") + 1e-6);
        }
        (worst, cut)
    }

    fn in_one_piece(&self, units: &BTreeSet<&str>) -> bool {
        let mut left = units.clone();
        let mut todo: Vec<&str> = left.pop_first().into_iter().collect();
        while let Some(unit) = todo.pop() {
            let reached: Vec<&str> =
                left.iter().copied().filter(|v| self.near[unit].contains(*v)).collect();
            for v in reached {
                left.remove(v);
                todo.push(v);
            }
        }
        left.is_empty()
    }
}

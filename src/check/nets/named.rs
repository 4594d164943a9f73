//! Which grids the features of a net name, and whether they name those that they cover.

use super::super::context::Context;
use super::allows_many;
use super::overlay::Group;
use crate::domain::Net;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Features that hold each other's grids in turn, as one of them sees it.
pub(super) struct Circle {
    /// How many they are.
    pub size: usize,
    /// The others, the holder of the grid that it names first; of a large circle the first few.
    pub others: Vec<usize>,
}

/// Members of a circle that are kept.
const TOLD: usize = 5;

/// The grids that each feature names.
pub(super) struct Named {
    /// Positions of the grids that exist, by feature.
    known: Vec<Vec<usize>>,
    /// Whether a feature names anything, be it unknown.
    names_some: Vec<bool>,
    many: bool,
}

impl Named {
    /// A feature without grid codes whose id is the code of a grid names that grid.
    pub fn of(context: &Context, net: &Net) -> Self {
        let codes: FxHashMap<&str, usize> =
            (0..context.grids.len()).map(|g| (context.code(g), g)).collect();
        let known = |f: &crate::domain::NetFeature| -> Vec<usize> {
            if f.grid_codes.is_empty() {
                return codes.get(f.id.as_str()).copied().into_iter().collect();
            }
            f.grid_codes.iter().filter_map(|code| codes.get(code.as_str()).copied()).collect()
        };
        let known: Vec<Vec<usize>> = net.features.iter().map(known).collect();
        let named = net.features.iter().zip(&known);
        let names_some = named.map(|(f, known)| !f.grid_codes.is_empty() || !known.is_empty());
        Self { names_some: names_some.collect(), known, many: allows_many(net) }
    }

    /// The grids that a feature names, as far as they exist.
    pub fn grids(&self, feature: usize) -> &[usize] {
        &self.known[feature]
    }

    /// Whether a feature names a grid.
    pub fn names(&self, feature: usize, grid: usize) -> bool {
        self.known[feature].contains(&grid)
    }

    /// Whether a feature that covers `grids` names others: not the one it covers, or, where it may
    /// hold several, not exactly those. A feature that names nothing names no other.
    pub fn points_elsewhere(&self, feature: usize, grids: &[usize]) -> bool {
        let all = grids.iter().all(|g| self.known[feature].contains(g));
        let more = self.many && self.known[feature].iter().any(|g| !grids.contains(g));
        self.names_some[feature] && (!all || more)
    }

    /// The circle of each feature that is part of one. O(features).
    pub fn circles(&self, groups: &[Group]) -> BTreeMap<usize, Circle> {
        let mut holder: FxHashMap<usize, usize> = FxHashMap::default();
        for group in groups {
            if let [feature] = group.features.as_slice()
                && self.points_elsewhere(*feature, &group.grids)
            {
                holder.extend(group.grids.iter().map(|&grid| (grid, *feature)));
            }
        }
        let next = |f: usize| self.known[f].first().and_then(|grid| holder.get(grid)).copied();
        let mut circles = BTreeMap::new();
        // The walk on which a feature was met first.
        let mut walk_of: Vec<Option<usize>> = vec![None; self.known.len()];
        for start in 0..self.known.len() {
            let (mut way, mut here) = (Vec::new(), Some(start));
            while let Some(f) = here.filter(|&f| walk_of[f].is_none()) {
                walk_of[f] = Some(start);
                way.push(f);
                here = next(f);
            }
            let Some(again) = here.and_then(|f| way.iter().position(|&on| on == f)) else {
                continue;
            };
            let circle = &way[again..];
            let size = circle.len();
            for at in 0..size {
                let others = (1..size.min(TOLD + 1)).map(|step| circle[(at + step) % size]);
                circles.insert(circle[at], Circle { size, others: others.collect() });
            }
        }
        circles
    }
}

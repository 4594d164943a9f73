//! Which grids the features of a net name, and whether they name those that they cover.

use super::super::context::Context;
use super::allows_many;
use super::overlay::Group;
use crate::domain::Net;
use rustc_hash::FxHashMap;

/// The grids that each feature names.
pub(super) struct Named {
    /// Positions of the grids that exist, by feature.
    known: Vec<Vec<usize>>,
    /// Whether a feature names anything, be it unknown.
    names_some: Vec<bool>,
    many: bool,
}

/// How the exchange of names that a feature is part of looks.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Exchange {
    /// Features that hold each other's grid in turn, the first one the feature asked for.
    Cycle(Vec<usize>),
    /// The grid that it names has its own feature, or none that names it.
    Alone,
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

    /// Follows the names from a feature to the grid it names, to the feature that covers that
    /// grid, and so on, as long as they point elsewhere.
    pub fn exchange(&self, feature: usize, groups: &[Group]) -> Exchange {
        let mut chain = vec![feature];
        let mut here = feature;
        loop {
            let holder = |grid: &usize| {
                groups.iter().find(|group| group.grids.contains(grid)).and_then(|group| {
                    let one = group.features.first().filter(|_| group.features.len() == 1)?;
                    self.points_elsewhere(*one, &group.grids).then_some(*one)
                })
            };
            let Some(next) = self.known[here].first().and_then(holder) else {
                return Exchange::Alone;
            };
            if next == feature {
                return Exchange::Cycle(chain);
            }
            if chain.contains(&next) {
                return Exchange::Alone;
            }
            chain.push(next);
            here = next;
        }
    }
}

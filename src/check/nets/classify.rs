//! Which features lie in which grids: groups of a bipartite graph.

use super::overlay::{Group, Overlay};
use std::collections::BTreeMap;

/// Share of the smaller of two areas that must lie in the other for the two to belong together.
const BELONGS: f64 = 0.5;
/// Share of an area that its best partner must hold when no partner holds half of it.
const TOUCHES: f64 = 0.1;

/// The connected groups of grids and features, each grid and each feature in exactly one.
///
/// A grid and a feature are joined when more than half of the smaller lies in the other; what
/// is joined to nothing goes to the one that holds most of it, if that is a tenth at least.
/// One grid and one feature fit or are displaced; one grid and several features is a split; one
/// feature and several grids a merger; several of both are redrawn; alone, missing or extra.
pub(super) fn groups(overlay: &Overlay) -> Vec<Group> {
    let (grids, features) = (overlay.grids(), overlay.features());
    let grid_area: Vec<f64> = (0..grids).map(|g| overlay.grid_area(g)).collect();
    let feature_area: Vec<f64> = (0..features).map(|f| overlay.feature_area(f)).collect();
    let mut joined = Joined::new(grids + features);
    let mut alone = vec![true; grids + features];
    for (&(g, f), &area) in overlay.common() {
        if area > BELONGS * grid_area[g].min(feature_area[f]) {
            joined.join(g, grids + f);
            alone[g] = false;
            alone[grids + f] = false;
        }
    }
    let mut best: BTreeMap<usize, (f64, usize)> = BTreeMap::new();
    for (&(g, f), &area) in overlay.common() {
        for (one, size, other) in [(g, grid_area[g], grids + f), (grids + f, feature_area[f], g)] {
            let entry = best.entry(one).or_insert((0.0, other));
            if alone[one] && area > TOUCHES * size && area > entry.0 {
                *entry = (area, other);
            }
        }
    }
    for (one, (area, other)) in best {
        if area > 0.0 {
            joined.join(one, other);
        }
    }
    let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
    for one in 0..grids + features {
        let root = joined.root(one);
        let group = groups.entry(root).or_insert(Group { grids: Vec::new(), features: Vec::new() });
        if one < grids {
            group.grids.push(one);
        } else {
            group.features.push(one - grids);
        }
    }
    groups.into_values().collect()
}

/// Disjoint sets, the lowest member as root.
struct Joined {
    parent: Vec<usize>,
}

impl Joined {
    fn new(n: usize) -> Self {
        Self { parent: (0..n).collect() }
    }

    fn root(&mut self, mut one: usize) -> usize {
        while self.parent[one] != one {
            self.parent[one] = self.parent[self.parent[one]];
            one = self.parent[one];
        }
        one
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b)] = a.min(b);
    }
}

//! Which features lie in which grids: groups of a bipartite graph with common areas as weights.
//!
//! 1. A grid and a feature *fit* when more than half of what either holds is held by both (IoU
//!    above one half). Where neither grids nor features overlap among themselves, a grid fits one
//!    feature at most; where they do, the better fit goes first. Where a feature may hold several
//!    grids, a grid fits the feature that holds more than half of it.
//! 2. A feature that fits no grid is looked at without the places that other features already
//!    hold: one that lies on top of others (a duplicate, the outline of everything) joins nothing,
//!    and neither does one that lies outside the grids for the most part. Any other is linked to
//!    the grids that have a notable share of it. Grids that fit no feature likewise.
//! 3. What is linked is one group. One grid and one feature fit or are displaced; one grid and
//!    several features is a split; one feature and several grids a merger; several of both are
//!    redrawn; alone, missing or extra.

use super::overlay::{Group, Overlay};
use std::collections::BTreeMap;

/// Area in common over area of both together (of the grid, where a feature may hold several),
/// above which a grid and a feature fit.
const FITS: f64 = 0.5;
/// Share of itself that must lie in the other layer for something to be linked at all.
const LIES_IN: f64 = 0.5;
/// Share of itself that makes a link, so that a border's hair joins no groups.
const LINKS: f64 = 0.1;

/// The groups of grids and features, each grid and each feature in exactly one.
///
/// `order` lists the features by their keys, so that the order of the file decides nothing.
/// Where several fit equally well, the one that `names` the grid goes first. `many`: whether a
/// feature may hold several grids.
pub(super) fn groups(
    overlay: &Overlay,
    order: &[usize],
    names: impl Fn(usize, usize) -> bool,
    many: bool,
) -> Vec<Group> {
    let mut graph = Graph::new(overlay, order);
    if many {
        graph.lie_in(names);
    } else {
        graph.fit(names);
    }
    graph.link_features(order);
    graph.link_grids();
    graph.groups(order)
}

struct Graph<'o, 'a> {
    overlay: &'o Overlay<'a>,
    /// Place of each feature in the order of the keys.
    rank: Vec<usize>,
    grid_area: Vec<f64>,
    feature_area: Vec<f64>,
    /// The best IoU of each grid, and of each feature.
    best_of_grid: Vec<f64>,
    best_of_feature: Vec<f64>,
    /// Grids and features that have a link.
    placed_grid: Vec<bool>,
    placed_feature: Vec<bool>,
    /// Grids that fit no feature.
    unfit_grids: Vec<usize>,
    joined: Joined,
}

impl<'o, 'a> Graph<'o, 'a> {
    fn new(overlay: &'o Overlay<'a>, order: &[usize]) -> Self {
        let (grids, features) = (overlay.grids(), overlay.features());
        let mut rank = vec![0; features];
        order.iter().enumerate().for_each(|(place, &f)| rank[f] = place);
        let mut graph = Self {
            overlay,
            rank,
            grid_area: (0..grids).map(|g| overlay.grid_area(g)).collect(),
            feature_area: (0..features).map(|f| overlay.feature_area(f)).collect(),
            best_of_grid: vec![0.0; grids],
            best_of_feature: vec![0.0; features],
            placed_grid: vec![false; grids],
            placed_feature: vec![false; features],
            unfit_grids: Vec::new(),
            joined: Joined::new(grids + features),
        };
        for (&(g, f), &common) in overlay.common() {
            let iou = graph.iou(g, f, common);
            graph.best_of_grid[g] = graph.best_of_grid[g].max(iou);
            graph.best_of_feature[f] = graph.best_of_feature[f].max(iou);
        }
        graph
    }

    fn iou(&self, grid: usize, feature: usize, common: f64) -> f64 {
        let all = self.grid_area[grid] + self.feature_area[feature] - common;
        if all > 0.0 { common / all } else { 0.0 }
    }

    fn link(&mut self, grid: usize, feature: usize) {
        self.placed_grid[grid] = true;
        self.placed_feature[feature] = true;
        self.joined.join(grid, self.grid_area.len() + self.rank[feature]);
    }

    /// Step 1: pairs that fit, the best first.
    fn fit(&mut self, names: impl Fn(usize, usize) -> bool) {
        let fits = |(&(g, f), &common): (&(usize, usize), &f64)| {
            let iou = self.iou(g, f, common);
            (iou > FITS).then_some((iou, g, f))
        };
        let mut pairs: Vec<(f64, usize, usize)> =
            self.overlay.common().iter().filter_map(fits).collect();
        pairs.sort_by(|a, b| {
            let later = |&(_, g, f): &(f64, usize, usize)| (!names(g, f), g, self.rank[f]);
            b.0.total_cmp(&a.0).then_with(|| later(a).cmp(&later(b)))
        });
        for (_, grid, feature) in pairs {
            if !self.placed_grid[grid] && !self.placed_feature[feature] {
                self.link(grid, feature);
            }
        }
        self.note_unfit_grids();
    }

    /// Step 1 where a feature may hold several grids: each grid goes to a feature that holds more
    /// than half of it; of several to one that names it, or else to the smallest.
    fn lie_in(&mut self, names: impl Fn(usize, usize) -> bool) {
        let shares = self.overlay.common().iter();
        let mut pairs: Vec<(usize, usize)> = shares
            .filter(|&(&(g, _), &common)| common > FITS * self.grid_area[g])
            .map(|(&pair, _)| pair)
            .collect();
        pairs.sort_by(|&(g, f), &(h, k)| {
            let size = self.feature_area[f].total_cmp(&self.feature_area[k]);
            let by_name = (g, !names(g, f)).cmp(&(h, !names(h, k)));
            by_name.then(size).then(self.rank[f].cmp(&self.rank[k]))
        });
        for (grid, feature) in pairs {
            if !self.placed_grid[grid] {
                self.link(grid, feature);
            }
        }
        self.note_unfit_grids();
    }

    fn note_unfit_grids(&mut self) {
        self.unfit_grids = (0..self.grid_area.len()).filter(|&g| !self.placed_grid[g]).collect();
    }

    /// Step 2 for features.
    fn link_features(&mut self, order: &[usize]) {
        let mut rest: Vec<usize> =
            order.iter().copied().filter(|&f| !self.placed_feature[f]).collect();
        // A stable sort: equal ones stay in the order of their keys.
        rest.sort_by(|&a, &b| self.best_of_feature[b].total_cmp(&self.best_of_feature[a]));
        for feature in rest {
            let (mut inside, mut shares) = (0.0, BTreeMap::new());
            for (face, area) in self.overlay.feature_faces(feature) {
                if self.overlay.features_at(face).any(|f| self.placed_feature[f]) {
                    continue;
                }
                let mut grids = self.overlay.grids_at(face).peekable();
                inside += grids.peek().map_or(0.0, |_| area);
                grids.for_each(|g| *shares.entry(g).or_insert(0.0) += area);
            }
            for grid in
                strongest(inside, self.feature_area[feature], &shares, |g| self.grid_area[g])
            {
                self.link(grid, feature);
            }
        }
    }

    /// Step 2 for grids.
    fn link_grids(&mut self) {
        let mut rest = self.unfit_grids.clone();
        rest.sort_by(|&a, &b| self.best_of_grid[b].total_cmp(&self.best_of_grid[a]));
        // What lies on top of others stands for no grid.
        let usable: Vec<bool> =
            (0..self.feature_area.len()).map(|f| !self.lies_on_others(f)).collect();
        for grid in rest {
            let (mut inside, mut shares) = (0.0, BTreeMap::new());
            for (face, area) in self.overlay.grid_faces(grid) {
                if self.overlay.grids_at(face).any(|g| g != grid && self.placed_grid[g]) {
                    continue;
                }
                let here = self.overlay.features_at(face).filter(|&f| usable[f]);
                let mut here = here.peekable();
                inside += here.peek().map_or(0.0, |_| area);
                here.for_each(|f| *shares.entry(f).or_insert(0.0) += area);
            }
            for feature in
                strongest(inside, self.grid_area[grid], &shares, |f| self.feature_area[f])
            {
                self.link(grid, feature);
            }
        }
    }

    /// Whether a feature without a place lies for the most part on features that have one.
    fn lies_on_others(&self, feature: usize) -> bool {
        let others = |face| self.overlay.features_at(face).any(|f| self.placed_feature[f]);
        let faces = self.overlay.feature_faces(feature);
        let covered: f64 = faces.filter(|&(face, _)| others(face)).map(|(_, area)| area).sum();
        !self.placed_feature[feature] && covered > LIES_IN * self.feature_area[feature]
    }

    /// Step 3: the groups, by their first grid, then the extra features by key.
    fn groups(mut self, order: &[usize]) -> Vec<Group> {
        let grids = self.grid_area.len();
        let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
        for grid in 0..grids {
            let root = self.joined.root(grid);
            groups.entry(root).or_default().grids.push(grid);
        }
        for &feature in order {
            let root = self.joined.root(grids + self.rank[feature]);
            groups.entry(root).or_default().features.push(feature);
        }
        groups.into_values().collect()
    }
}

/// The notable partners of something, when it lies in the other layer for the most part.
fn strongest(
    inside: f64,
    size: f64,
    shares: &BTreeMap<usize, f64>,
    size_of: impl Fn(usize) -> f64,
) -> Vec<usize> {
    if inside <= LIES_IN * size { Vec::new() } else { notable(size, shares, size_of) }
}

/// The partners with a tenth of something or more, and those that lie in it for the most part; or
/// else the one with the largest share.
pub(super) fn notable(
    size: f64,
    shares: &BTreeMap<usize, f64>,
    size_of: impl Fn(usize) -> f64,
) -> Vec<usize> {
    let is_notable =
        |other: usize, area: f64| area > LINKS * size || area > LIES_IN * size_of(other);
    let shared = shares.iter().map(|(&other, &area)| (other, area));
    let notable: Vec<usize> =
        shared.filter(|&(other, area)| is_notable(other, area)).map(|(other, _)| other).collect();
    if !notable.is_empty() {
        return notable;
    }
    let best = shares.iter().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(a.0)));
    best.map(|(&other, _)| other).into_iter().collect()
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

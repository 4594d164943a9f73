//! The figures of a match: how far apart the borders are, and whom that concerns.

use super::super::context::{Context, Ownership};
use super::offset::Offset;
use super::overlay::{Borders, Group, Overlay};
use super::{MatchClass, NetMatch, allows_many};
use crate::domain::{Geometry, Net};

/// Precision of distances between borders, in metres: the grid step.
const PRECISION_M: f64 = 1e-3;

pub(super) struct Figures<'c, 'a> {
    context: &'c Context<'a>,
    net: &'c Net,
    overlay: &'c Overlay<'c>,
    /// How each compound lies in the features.
    owners: &'c [Ownership],
}

impl<'c, 'a> Figures<'c, 'a> {
    pub fn new(
        context: &'c Context<'a>,
        net: &'c Net,
        overlay: &'c Overlay<'c>,
        owners: &'c [Ownership],
    ) -> Self {
        Self { context, net, overlay, owners }
    }

    /// The matches of a group with their place in the report: one a grid, or one for an extra
    /// feature. Under a common offset the class is that of the net as drawn.
    pub fn matches_of(&mut self, group: &Group, offset: Option<&Offset>) -> Vec<(usize, NetMatch)> {
        let mut matches = match (group.grids.as_slice(), group.features.as_slice()) {
            ([], features) => features
                .iter()
                .map(|&f| (self.overlay.grids() + f, self.unmatched(None, Some(f))))
                .collect(),
            (grids, []) => grids.iter().map(|&g| (g, self.unmatched(Some(g), None))).collect(),
            ([g], [f]) => vec![(*g, self.pair(*g, *f))],
            ([g], features) => vec![(*g, self.compare(*g, features, MatchClass::Split))],
            (grids, [f]) => {
                let merged = allows_many(self.net) && self.overlay.same_area(group);
                let class = if merged { MatchClass::Identical } else { MatchClass::Merged };
                grids.iter().map(|&g| (g, self.compare(g, &[*f], class))).collect()
            }
            (grids, features) => grids
                .iter()
                .map(|&g| {
                    let here: Vec<usize> = features
                        .iter()
                        .copied()
                        .filter(|&f| self.overlay.common().contains_key(&(g, f)))
                        .collect();
                    (g, self.compare(g, &here, MatchClass::Redrawn))
                })
                .collect(),
        };
        if let Some(offset) = offset {
            let distance = offset.distance_m();
            for (_, one) in &mut matches {
                if matches!(one.class, MatchClass::Identical | MatchClass::WithinTolerance) {
                    one.class = MatchClass::Displaced;
                    one.hausdorff_m = Some(distance);
                }
            }
        }
        matches
    }

    /// One grid and one feature.
    fn pair(&self, grid: usize, feature: usize) -> NetMatch {
        let mut one = self.compare(grid, &[feature], MatchClass::Displaced);
        let group = Group { grids: vec![grid], features: vec![feature] };
        if self.overlay.same_area(&group) {
            one.class = MatchClass::Identical;
        } else if one.hausdorff_m.is_some_and(|d| d <= self.context.tolerance_m) {
            one.class = MatchClass::WithinTolerance;
        }
        let named = &self.net.features[feature].grid_codes;
        let elsewhere = !named.is_empty() && !named.iter().any(|c| c == self.context.code(grid));
        if elsewhere && one.iou.is_some_and(|iou| iou > 0.5) {
            one.class = MatchClass::Swapped;
            self.affect(&mut one, |c| self.context.compounds[c].owner() == Some(grid));
        }
        one
    }

    /// A grid against the union of some features.
    fn compare(&self, grid: usize, features: &[usize], class: MatchClass) -> NetMatch {
        let group = Group { grids: vec![grid], features: features.to_vec() };
        let (common, all) = self.overlay.intersection_and_union(&group);
        let borders = self.overlay.borders(&group);
        let mut one = NetMatch {
            grid: Some(self.context.code(grid).to_string()),
            features: features.iter().map(|&f| self.net.features[f].id.clone()).collect(),
            class,
            iou: Some(if all > 0.0 { common / all } else { 0.0 }),
            symmetric_difference_m2: Some(all - common),
            hausdorff_m: Some(0.0),
            hausdorff_witness: None,
            disagreeing_length_m: Some(0.0),
            compounds_affected: Vec::new(),
            households_affected: 0,
            grid_only: self.overlay.lines(&borders.grid_only),
            net_only: self.overlay.lines(&borders.net_only),
        };
        self.measure_borders(&borders, &mut one);
        // In a split the compounds that leave the largest part are concerned; else those that
        // the grid and the features do not both have.
        let main = features.iter().copied().max_by(|&a, &b| {
            let common = |f: usize| self.overlay.common().get(&(grid, f)).copied().unwrap_or(0.0);
            common(a).total_cmp(&common(b)).then(b.cmp(&a))
        });
        self.affect(&mut one, |c| {
            let in_grid = self.context.compounds[c].owner() == Some(grid);
            let feature = self.owners[c].owner();
            match class {
                MatchClass::Split => in_grid && feature != main,
                _ => in_grid != feature.is_some_and(|f| features.contains(&f)),
            }
        });
        one
    }

    /// Hausdorff distance with its witness, and the length beyond the tolerance. Only what one
    /// side alone has can be far from the other.
    fn measure_borders(&self, borders: &Borders, one: &mut NetMatch) {
        let both = [(&borders.grid_only, &borders.net), (&borders.net_only, &borders.grid)];
        let mut beyond = 0.0;
        for (alone, other) in both {
            let alone_m = self.overlay.segments(alone);
            if alone_m.is_empty() || other.is_empty() {
                continue;
            }
            // One plane for both: the scale of the other's first place.
            let joint: Vec<u32> = other.iter().chain(alone.iter()).copied().collect();
            let joint_m = self.overlay.segments(&joint);
            let (other_m, alone_m) = joint_m.split_at(other.len());
            let set = crate::geometry::SegmentSet::new(other_m);
            if let Some(witness) = set.furthest(alone_m, PRECISION_M)
                && one.hausdorff_m.is_none_or(|d| witness.distance_m > d)
            {
                one.hausdorff_m = Some(witness.distance_m);
                let ends = [witness.at, witness.nearest].map(|p| self.overlay.place(&joint, p));
                one.hausdorff_witness = Some(Geometry::LineString(ends.to_vec()));
            }
            beyond += set.length_beyond(alone_m, self.context.tolerance_m);
        }
        one.disagreeing_length_m = Some(beyond);
    }

    /// A grid without a feature, or a feature without a grid.
    fn unmatched(&self, grid: Option<usize>, feature: Option<usize>) -> NetMatch {
        let class = if grid.is_some() { MatchClass::Missing } else { MatchClass::Extra };
        let mut one = NetMatch {
            grid: grid.map(|g| self.context.code(g).to_string()),
            features: feature.iter().map(|&f| self.net.features[f].id.clone()).collect(),
            class,
            iou: None,
            symmetric_difference_m2: grid
                .map(|g| self.overlay.grid_area(g))
                .or(feature.map(|f| self.overlay.feature_area(f))),
            hausdorff_m: None,
            hausdorff_witness: None,
            disagreeing_length_m: None,
            compounds_affected: Vec::new(),
            households_affected: 0,
            grid_only: grid.map(|g| self.context.grids[g].to_geometry()),
            net_only: feature.map(|f| self.net.features[f].geometry.to_geometry()),
        };
        self.affect(&mut one, |c| match (grid, feature) {
            (Some(g), _) => self.context.compounds[c].owner() == Some(g),
            (_, Some(f)) => self.owners[c].owner() == Some(f),
            _ => false,
        });
        one
    }

    /// Fills in the compounds concerned.
    fn affect(&self, one: &mut NetMatch, concerned: impl Fn(usize) -> bool) {
        let compounds: Vec<usize> = (0..self.owners.len()).filter(|&c| concerned(c)).collect();
        one.households_affected = compounds.iter().map(|&c| self.context.households(c)).sum();
        one.compounds_affected =
            compounds.iter().map(|&c| self.context.dataset.compounds[c].id.clone()).collect();
    }
}

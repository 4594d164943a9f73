//! Groups of grids and features → the rows of the report.

use super::super::context::Context;
use super::figures::{Comparison, arcs};
use super::graph::notable;
use super::named::Named;
use super::overlay::{Disagreeing, Group, Overlay};
use super::residents::Residents;
use super::{CommonPart, MatchClass, NetMatch, WithoutOffset, allows_many};
use crate::domain::Net;
use std::collections::BTreeMap;

/// A group with its rows and what its finding needs.
pub(super) struct Matched {
    pub group: Group,
    /// The class of the group's geometry.
    pub class: MatchClass,
    /// Whether its feature names other grids than it covers.
    pub is_misnamed: bool,
    /// All its grids against all its features.
    pub whole: Comparison,
    /// Where only one side has a border.
    pub disagreeing: Disagreeing,
    /// The rows with their place in the report: the grids by code, extra features behind them.
    pub rows: Vec<(usize, NetMatch)>,
    /// Positions of the homes that have another owner in the net than in the grids.
    pub homes: Vec<usize>,
}

/// What the rows of one net are made from.
pub(super) struct Matcher<'c, 'a> {
    pub context: &'c Context<'a>,
    pub net: &'c Net,
    pub overlay: &'c Overlay<'c>,
    pub residents: &'c Residents<'c, 'a>,
    pub named: &'c Named,
}

impl Matcher<'_, '_> {
    /// The rows of a group.
    pub fn rows(&self, group: &Group) -> Matched {
        let whole = self.compare(group);
        let many = allows_many(self.net);
        let class = match (group.grids.as_slice(), group.features.as_slice()) {
            ([], _) => MatchClass::Extra,
            (_, []) => MatchClass::Missing,
            ([_], [_]) => self.fit(&whole),
            ([_], _) => MatchClass::Split,
            (_, [_]) if many => self.fit(&whole),
            (_, [_]) => MatchClass::Merged,
            _ => MatchClass::Redrawn,
        };
        let fits = matches!(
            class,
            MatchClass::Identical | MatchClass::WithinTolerance | MatchClass::Displaced
        );
        let is_misnamed = match group.features.as_slice() {
            [feature] if fits => self.named.points_elsewhere(*feature, &group.grids),
            _ => false,
        };
        let shown = match class {
            MatchClass::Identical | MatchClass::WithinTolerance if is_misnamed => {
                MatchClass::Swapped
            }
            _ => class,
        };
        let disagreeing = match class {
            MatchClass::Identical => Disagreeing::default(),
            _ => self.overlay.disagreeing(group),
        };
        let group = group.clone();
        let (rows, homes) = (Vec::new(), Vec::new());
        let mut matched = Matched { group, class, is_misnamed, whole, disagreeing, rows, homes };
        self.fill(&mut matched, shown, fits);
        matched
    }

    fn fit(&self, whole: &Comparison) -> MatchClass {
        if whole.is_same {
            MatchClass::Identical
        } else if whole.hausdorff_m().is_some_and(|d| d <= self.context.tolerance_m) {
            MatchClass::WithinTolerance
        } else {
            MatchClass::Displaced
        }
    }

    fn compare(&self, group: &Group) -> Comparison {
        Comparison::of(self.overlay, group, self.context.tolerance_m)
    }

    /// Fills in the rows and the homes. Where a group fits as a whole, each row has its figures.
    fn fill(&self, matched: &mut Matched, shown: MatchClass, fits: bool) {
        let group = matched.group.clone();
        let is_whole = fits || group.grids.len() == 1;
        let features: Vec<Vec<usize>> = (group.grids.iter())
            .map(|&g| if is_whole { group.features.clone() } else { self.features_in(g, &group) })
            .collect();
        let borders = self.overlay.by_grid(&group, &matched.disagreeing, &features);
        for ((&grid, features), border) in group.grids.iter().zip(features).zip(&borders) {
            let homes = self.changed(grid, shown);
            let mut row = if is_whole {
                self.row(Some(grid), &features, shown, &matched.whole, &homes)
            } else {
                let own = Group { grids: vec![grid], features: features.clone() };
                self.row(Some(grid), &features, shown, &self.compare(&own), &homes)
            };
            row.disagreeing_arcs = arcs(self.overlay, border);
            matched.homes.extend(homes);
            matched.rows.push((grid, row));
        }
        if group.grids.is_empty() {
            for &feature in &group.features {
                let homes = self.residents.of_feature(feature).to_vec();
                let mut row = self.row(None, &[feature], shown, &matched.whole, &homes);
                row.disagreeing_arcs = arcs(self.overlay, &matched.disagreeing);
                matched.homes.extend(homes);
                matched.rows.push((self.overlay.grids(), row));
            }
        }
        matched.homes.sort_unstable();
        matched.homes.dedup();
    }

    /// The homes of a row: those that change their owner; all of the grid's where the names lead
    /// to another grid.
    fn changed(&self, grid: usize, class: MatchClass) -> Vec<usize> {
        match class {
            MatchClass::Swapped => self.residents.of_grid(grid).to_vec(),
            _ => self.residents.changed(grid),
        }
    }

    /// The features of a group that have a notable share of one of its grids.
    fn features_in(&self, grid: usize, group: &Group) -> Vec<usize> {
        let shares: BTreeMap<usize, f64> = (group.features.iter())
            .map(|&f| (f, self.overlay.common_area(grid, f)))
            .filter(|&(_, area)| area > 0.0)
            .collect();
        notable(self.overlay.grid_area(grid), &shares, |f| self.overlay.feature_area(f))
    }

    /// A row of the net as drawn, for one of the net with a common offset taken back: what fits
    /// without the offset is displaced.
    pub fn drawn_row(&self, group: &Group, place: usize, fitted: &NetMatch) -> NetMatch {
        let grid = fitted.grid.is_some().then_some(place);
        let named = |f: &&usize| fitted.features.contains(&self.net.features[**f].id);
        let features: Vec<usize> = group.features.iter().filter(named).copied().collect();
        let class = match fitted.class {
            MatchClass::Identical | MatchClass::WithinTolerance | MatchClass::Swapped => {
                MatchClass::Displaced
            }
            class => class,
        };
        let (homes, grids) = match grid {
            Some(grid) if allows_many(self.net) => {
                (self.residents.changed(grid), group.grids.clone())
            }
            Some(grid) => (self.residents.changed(grid), vec![grid]),
            None => {
                let held = features.iter().flat_map(|&f| self.residents.of_feature(f));
                (held.copied().collect(), Vec::new())
            }
        };
        let drawn = Group { grids, features: features.clone() };
        let mut row = self.row(grid, &features, class, &self.compare(&drawn), &homes);
        row.disagreeing_arcs = arcs(self.overlay, &self.overlay.disagreeing(&drawn));
        row.without_offset = Some(WithoutOffset {
            class: fitted.class,
            iou: fitted.iou,
            symmetric_difference_m2: fitted.symmetric_difference_m2,
            hausdorff_m: fitted.hausdorff_m,
            disagreeing_length_m: fitted.disagreeing_length_m,
            households_affected: fitted.households_affected,
        });
        row
    }

    fn row(
        &self,
        grid: Option<usize>,
        features: &[usize],
        class: MatchClass,
        comparison: &Comparison,
        homes: &[usize],
    ) -> NetMatch {
        let context = self.context;
        let ids = homes.iter().map(|&h| context.homes.homes[h].id.to_string()).collect();
        let (compounds_affected, units_affected) =
            if context.homes.are_units { (Vec::new(), ids) } else { (ids, Vec::new()) };
        let (uncovered_m2, doubly_covered_m2) = match grid {
            Some(grid) => self.cover(grid),
            None => (None, None),
        };
        let common = |(grid, &f): (usize, &usize)| CommonPart {
            feature: self.net.features[f].id.clone(),
            area_m2: self.overlay.common_area(grid, f),
            households: self.residents.in_common(grid, f),
        };
        let alone = matches!(class, MatchClass::Missing | MatchClass::Extra);
        NetMatch {
            grid: grid.map(|g| context.code(g).to_string()),
            features: features.iter().map(|&f| self.net.features[f].id.clone()).collect(),
            class,
            iou: (!alone).then(|| comparison.iou()),
            symmetric_difference_m2: Some(comparison.symmetric_difference_m2()),
            hausdorff_m: comparison.hausdorff_m(),
            hausdorff_grid_to_net_m: comparison.from_grid_m,
            hausdorff_net_to_grid_m: comparison.from_net_m,
            hausdorff_witness: comparison.witness,
            disagreeing_length_m: (!alone).then_some(comparison.beyond_m),
            compounds_affected,
            units_affected,
            households_affected: context.homes.households(homes.iter().copied()),
            common: grid
                .into_iter()
                .flat_map(|g| features.iter().map(move |f| (g, f)))
                .map(common)
                .collect(),
            uncovered_m2,
            doubly_covered_m2,
            disagreeing_arcs: Vec::new(),
            without_offset: None,
        }
    }

    /// The area of a grid in m² that no feature holds, and that several do, where the grids
    /// themselves do not overlap as often.
    fn cover(&self, grid: usize) -> (Option<f64>, Option<f64>) {
        let (mut none, mut several) = (0.0, 0.0);
        for (face, area) in self.overlay.grid_faces(grid) {
            match self.overlay.features_at(face).count() {
                0 => none += area,
                n if n > self.overlay.grids_at(face).count() => several += area,
                _ => {}
            }
        }
        (Some(none), Some(several))
    }
}

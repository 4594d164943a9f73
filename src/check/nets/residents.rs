//! Which homes a net gives to another owner than the grids do.

use super::super::context::Context;
use super::super::homes::{Homes, Ownership};
use super::overlay::{Group, Overlay};
use crate::domain::{BBox, MultiPolygon};
use std::collections::BTreeMap;

/// Each home's grid and its feature, and which feature stands for which grid.
pub(super) struct Residents<'c, 'a> {
    homes: &'c Homes<'a>,
    /// The feature that stands for each grid.
    partner: Vec<Option<usize>>,
    /// The feature that holds each home: of equal ones the one that stands for its grid.
    feature: Vec<Option<usize>>,
    of_grid: Vec<Vec<usize>>,
    of_feature: Vec<Vec<usize>>,
}

/// The areas of a net's features, and their positions in the order of their keys.
#[derive(Clone, Copy)]
pub(super) struct Layer<'l> {
    pub shapes: &'l [&'l MultiPolygon],
    pub order: &'l [usize],
}

/// More changed polygons than this, and every home is looked at.
const FEW: usize = 64;

impl<'c, 'a> Residents<'c, 'a> {
    /// The homes of groups of grids and features; `is_same` tells of each group whether it is
    /// one feature that holds exactly what its grids hold, `many` whether one feature may stand for several grids.
    pub fn of(
        context: &'c Context<'a>,
        overlay: &Overlay,
        layer: Layer,
        groups: &[Group],
        (is_same, many): (&[bool], bool),
    ) -> Self {
        let changed = || groups.iter().zip(is_same).filter(|(_, same)| !**same).map(|(g, _)| g);
        let boxes: Vec<BBox> = changed()
            .flat_map(|group| {
                let grids = group.grids.iter().map(|&g| context.grids[g]);
                grids.chain(group.features.iter().map(|&f| layer.shapes[f]))
            })
            .filter_map(|shape| BBox::around(shape.corners()))
            .collect();
        let site = |h: usize| context.homes.homes[h].site.bbox();
        let near = |h| site(h).is_some_and(|b| boxes.iter().any(|other| other.intersects(b)));
        let wanted: Vec<bool> = (0..context.homes.len())
            .map(|h| !boxes.is_empty() && (boxes.len() > FEW || near(h)))
            .collect();
        let in_features = context.homes.in_layer(|h| wanted[h], layer.shapes, layer.order);
        let mut residents = Self::new(context, layer);
        residents.feature = in_features.iter().map(Ownership::owner).collect();
        for group in groups {
            residents.choose_partners(overlay, group, many);
        }
        residents.settle(&wanted, &in_features);
        residents
    }

    /// The same feature for each grid, but the homes as they lie in other shapes of the features.
    pub fn moved(&self, context: &'c Context<'a>, layer: Layer) -> Self {
        let in_features = context.homes.in_layer(|_| true, layer.shapes, layer.order);
        let mut residents = Self::new(context, layer);
        residents.partner.clone_from(&self.partner);
        residents.feature = in_features.iter().map(Ownership::owner).collect();
        residents.settle(&vec![true; in_features.len()], &in_features);
        residents
    }

    fn new(context: &'c Context<'a>, layer: Layer) -> Self {
        let homes = &context.homes;
        let mut of_grid = vec![Vec::new(); context.grids.len()];
        for home in 0..homes.len() {
            if let Some(grid) = homes.grid(home) {
                of_grid[grid].push(home);
            }
        }
        Self {
            homes,
            partner: vec![None; context.grids.len()],
            feature: Vec::new(),
            of_grid,
            of_feature: vec![Vec::new(); layer.shapes.len()],
        }
    }

    /// Gives each home its feature: the one that stands for its grid where none has more of it.
    fn settle(&mut self, wanted: &[bool], in_features: &[Ownership]) {
        for (home, owned) in in_features.iter().enumerate() {
            let own = self.homes.grid(home).and_then(|g| self.partner[g]);
            if !wanted[home] || owned.best().any(|f| Some(f) == own) {
                self.feature[home] = own;
            }
            if let Some(feature) = self.feature[home] {
                self.of_feature[feature].push(home);
            }
        }
    }

    /// Which feature of a group stands for which of its grids: the pairs with most households in
    /// common first, then those with most area, so that few households change their owner.
    fn choose_partners(&mut self, overlay: &Overlay, group: &Group, many: bool) {
        let mut pairs = Vec::new();
        for &g in &group.grids {
            let mut households: BTreeMap<usize, u64> = BTreeMap::new();
            for &home in &self.of_grid[g] {
                if let Some(f) = self.feature[home] {
                    *households.entry(f).or_default() += self.homes.homes[home].households;
                }
            }
            for (place, &f) in group.features.iter().enumerate() {
                let area = overlay.common_area(g, f);
                if area > 0.0 {
                    pairs.push((households.get(&f).copied().unwrap_or(0), area, g, place));
                }
            }
        }
        pairs.sort_by(|a, b| {
            b.0.cmp(&a.0).then(b.1.total_cmp(&a.1)).then((a.2, a.3).cmp(&(b.2, b.3)))
        });
        let mut taken = vec![false; group.features.len()];
        for (_, _, grid, place) in pairs {
            if self.partner[grid].is_none() && (many || !taken[place]) {
                self.partner[grid] = Some(group.features[place]);
                taken[place] = true;
            }
        }
    }

    /// The feature that stands for a grid.
    pub fn partner(&self, grid: usize) -> Option<usize> {
        self.partner[grid]
    }

    /// The homes of a grid.
    pub fn of_grid(&self, grid: usize) -> &[usize] {
        &self.of_grid[grid]
    }

    /// The homes that a grid has and its feature has not, or the other way round.
    pub fn changed(&self, grid: usize) -> Vec<usize> {
        let partner = self.partner[grid];
        let leave = self.of_grid[grid].iter().filter(|&&h| self.feature[h] != partner);
        let leave = leave.chain(self.of_grid[grid].iter().filter(|_| partner.is_none()));
        let stands_for = |h: usize| self.homes.grid(h).and_then(|g| self.partner[g]);
        let come = partner.iter().flat_map(|&f| &self.of_feature[f]);
        let come = come.filter(|&&h| stands_for(h) != partner);
        let mut changed: Vec<usize> = leave.chain(come).copied().collect();
        changed.sort_unstable();
        changed.dedup();
        changed
    }

    /// The homes that a feature holds.
    pub fn of_feature(&self, feature: usize) -> &[usize] {
        &self.of_feature[feature]
    }

    /// Households that a grid and a feature have in common.
    pub fn in_common(&self, grid: usize, feature: usize) -> u64 {
        let both = self.of_grid[grid].iter().filter(|&&h| self.feature[h] == Some(feature));
        self.homes.households(both.copied())
    }
}

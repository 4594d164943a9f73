//! Compounds in places that are to be given away: whose they are, and whom a mend would split.

use crate::check;
use crate::dataset::Dataset;
use crate::domain::{BBox, MultiPolygon, Place};
use crate::geometry::{Frame, half_open, measure, overlap_areas, overlap_shape};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use std::collections::BTreeMap;

/// The compounds of a dataset, by their windows, with the grid that each belongs to as far as
/// that is certain.
pub(super) struct Homes<'a> {
    dataset: &'a Dataset,
    frame: Frame,
    tolerance_m: f64,
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
    /// The grid of each compound that a disputed place concerns: the one that holds most of what
    /// nobody disputes, `None` where everything is disputed.
    home: BTreeMap<usize, Option<usize>>,
}

impl<'a> Homes<'a> {
    pub fn new(dataset: &'a Dataset, frame: Frame, tolerance_m: f64) -> Self {
        let window = |(c, compound): (usize, &crate::domain::Compound)| {
            let b = compound.place.to_geometry().bbox()?;
            let window = Rectangle::from_corners([b.west, b.south], [b.east, b.north]);
            Some(GeomWithData::new(window, c))
        };
        let windows = dataset.compounds.iter().enumerate().filter_map(window).collect();
        let tree = RTree::bulk_load(windows);
        Self { dataset, frame, tolerance_m, tree, home: BTreeMap::new() }
    }

    /// The compounds whose point lies in a place, or of whose outline a part wider than the
    /// tolerance does; ascending.
    pub fn inside(&self, shape: &MultiPolygon) -> Vec<usize> {
        let Some(b) = BBox::around(shape.corners()) else { return Vec::new() };
        let window = AABB::from_corners([b.west, b.south], [b.east, b.north]);
        let near = self.tree.locate_in_envelope_intersecting(window);
        let mut inside: Vec<usize> =
            near.map(|one| one.data).filter(|&c| self.has_part_in(c, shape)).collect();
        inside.sort_unstable();
        inside
    }

    fn has_part_in(&self, compound: usize, shape: &MultiPolygon) -> bool {
        match &self.dataset.compounds[compound].place {
            Place::Point(place) => half_open::owns(shape, *place),
            Place::Area(area) => {
                let common = overlap_shape(&self.frame, area, shape);
                let circle = common.and_then(|s| measure::inscribed_circle(&self.frame, &s, 0.05));
                circle.is_some_and(|circle| circle.diameter_m > self.tolerance_m)
            }
        }
    }

    /// Finds the homes of the compounds in disputed places: each place with the grids that claim
    /// it (none for a gap).
    pub fn settle(&mut self, grids: &[&MultiPolygon], disputed: &[(&MultiPolygon, &[u32])]) {
        if self.tree.size() == 0 || disputed.is_empty() {
            return;
        }
        let mut concerned: Vec<usize> =
            disputed.iter().flat_map(|(shape, _)| self.inside(shape)).collect();
        concerned.sort_unstable();
        concerned.dedup();
        let (mut areas, mut outlined) = (Vec::new(), Vec::new());
        for c in concerned {
            self.home.insert(c, None);
            if let Place::Area(area) = &self.dataset.compounds[c].place {
                areas.push(area);
                outlined.push(c);
            }
        }
        let mut shares: Vec<BTreeMap<usize, f64>> = vec![BTreeMap::new(); areas.len()];
        let windows: Vec<BBox> = areas.iter().filter_map(|a| BBox::around(a.corners())).collect();
        let is_near = |grid: &MultiPolygon| {
            let window = BBox::around(grid.corners());
            window.is_some_and(|window| windows.iter().any(|one| one.intersects(window)))
        };
        let near: Vec<usize> = (0..grids.len()).filter(|&g| is_near(grids[g])).collect();
        let shapes: Vec<&MultiPolygon> = near.iter().map(|&g| grids[g]).collect();
        for (i, g, area) in overlap_areas(&self.frame, &areas, &shapes) {
            *shares[i].entry(near[g]).or_default() += area;
        }
        let shapes: Vec<&MultiPolygon> = disputed.iter().map(|one| one.0).collect();
        for (i, place, area) in overlap_areas(&self.frame, &areas, &shapes) {
            for &grid in disputed[place].1 {
                *shares[i].entry(grid as usize).or_default() -= area;
            }
        }
        for (i, shares) in shares.into_iter().enumerate() {
            // What is less than a hair along the wall is no share.
            let hair = self.tolerance_m.powi(2).max(1e-3 * measure::area_m2(areas[i]));
            let best = shares
                .into_iter()
                .filter(|&(_, area)| area > hair)
                .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
            self.home.insert(outlined[i], best.map(|(grid, _)| grid));
        }
    }

    /// The grid that a compound belongs to.
    pub fn home(&self, compound: usize) -> Option<usize> {
        self.home.get(&compound).copied().flatten()
    }

    /// Notes that compounds have come to a grid, unless they have one.
    pub fn moved_in(&mut self, compounds: &[usize], grid: usize) {
        for &c in compounds {
            self.home.entry(c).or_default().get_or_insert(grid);
        }
    }

    /// Households of some compounds.
    pub fn households(&self, compounds: impl IntoIterator<Item = usize>) -> u64 {
        let households = |c: usize| u64::from(self.dataset.compounds[c].households.unwrap_or(0));
        compounds.into_iter().map(households).sum()
    }

    /// Households of the compounds that each grid owns by the largest share.
    pub fn households_by_grid(&self, grids: &[&MultiPolygon]) -> Vec<u64> {
        let compounds = &self.dataset.compounds;
        let mut sums = vec![0; grids.len()];
        if !compounds.is_empty() {
            let owners = check::owners_of_compounds(&self.frame, compounds, grids);
            for (c, owner) in owners.into_iter().enumerate() {
                owner.into_iter().for_each(|grid| sums[grid] += self.households([c]));
            }
        }
        sums
    }

    /// The ids of some compounds.
    pub fn ids(&self, compounds: &[usize]) -> Vec<String> {
        compounds.iter().map(|&c| self.dataset.compounds[c].id.clone()).collect()
    }

    /// The names of some compounds.
    pub fn names(&self, compounds: &[usize]) -> Vec<&'a str> {
        compounds.iter().map(|&c| self.dataset.compounds[c].name.as_str()).collect()
    }
}

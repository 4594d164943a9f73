//! What look-ups of places stand on: a dataset, its trees and its compiled indexes. Each is made when
//! it is first needed: one address needs no index of all grids, a ledger of places no names.

use super::POINT_COMPOUND_M;
use crate::dataset::Dataset;
use crate::domain::{BBox, LonLat, MultiPolygon, Place, ValidityPeriod};
use crate::geometry::Frame;
use crate::geometry::measure::label_point;
use crate::index::{CompiledDataset, CompiledIndex, GridHit, SpatialIndex};
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use std::sync::{Arc, OnceLock};

/// A dataset and what answers for its places.
#[derive(Debug)]
pub struct Ground {
    pub dataset: Arc<Dataset>,
    trees: OnceLock<SpatialIndex>,
    /// The grids, compiled.
    settled: OnceLock<CompiledIndex>,
    /// For many places: grids, branches and compounds, compiled.
    compiled: OnceLock<Arc<CompiledDataset>>,
    corners: OnceLock<usize>,
    /// The days on which every grid is valid.
    all_valid: ValidityPeriod,
    /// Where each compound stands: its point, or the middle of its outline.
    compound_places: Vec<OnceLock<LonLat>>,
    grid_places: Vec<OnceLock<LonLat>>,
    /// Position of the net of branches.
    pub branches: Option<usize>,
    /// For a grid code the feature of that net that names it, the lowest id first.
    pub branch_naming: FxHashMap<String, usize>,
}

impl Ground {
    /// Over a dataset, of which the grids may be compiled.
    pub fn new(dataset: Arc<Dataset>, compiled: Option<CompiledIndex>) -> Self {
        let branches = dataset.nets.iter().position(|net| net.name == "branches");
        Self {
            trees: OnceLock::new(),
            settled: compiled.map_or_else(OnceLock::new, OnceLock::from),
            compiled: OnceLock::new(),
            corners: OnceLock::new(),
            all_valid: all_valid(&dataset),
            compound_places: vec![OnceLock::new(); dataset.compounds.len()],
            grid_places: vec![OnceLock::new(); dataset.grids.len()],
            branch_naming: branches.map(|net| branch_naming(&dataset, net)).unwrap_or_default(),
            branches,
            dataset,
        }
    }

    /// The trees.
    pub fn trees(&self) -> &SpatialIndex {
        self.trees.get_or_init(|| SpatialIndex::build(&self.dataset))
    }

    /// The grids, compiled. Worth its time from some look-ups a corner on; a few places are as well
    /// off with the trees.
    pub fn settle(&self) -> &CompiledIndex {
        self.settled.get_or_init(|| CompiledIndex::of_grids(&self.dataset))
    }

    /// Whether the grids are compiled that count on a day.
    pub fn is_settled(&self, on: Option<Date>) -> bool {
        self.settled.get().is_some() && on.is_none_or(|day| self.all_valid.holds(day))
    }

    /// The compiled indexes of a day; those of a day on which not all grids are valid are made at
    /// each call.
    pub fn compile(&self, on: Option<Date>) -> Arc<CompiledDataset> {
        let build = |grids| {
            let branches = self.branches;
            Arc::new(CompiledDataset::build(&self.dataset, grids, branches, POINT_COMPOUND_M))
        };
        let valid = |grid: usize| self.is_valid(grid, on);
        if (0..self.dataset.grids.len()).all(valid) {
            let compiled = self.compiled.get_or_init(|| build(self.settle().clone()));
            return Arc::clone(compiled);
        }
        build(CompiledIndex::of_some_grids(&self.dataset, valid))
    }

    /// Number of corners of the areas that [`Self::compile`] compiles.
    pub fn corners(&self) -> usize {
        *self.corners.get_or_init(|| self.count_corners())
    }

    fn count_corners(&self) -> usize {
        let data = &self.dataset;
        let count = |area: &MultiPolygon| area.corners().count();
        let branches = self.branches.map_or(&[][..], |net| &data.nets[net].features);
        let compound = |place: &Place| match place {
            Place::Area(area) => count(area),
            Place::Point(_) => 0,
        };
        data.grids.iter().map(|grid| count(&grid.geometry)).sum::<usize>()
            + branches.iter().map(|branch| count(&branch.geometry)).sum::<usize>()
            + data.compounds.iter().map(|c| compound(&c.place)).sum::<usize>()
    }

    /// The grid that owns a place on a day.
    pub fn grid_at(&self, place: LonLat, on: Option<Date>) -> Option<GridHit> {
        match self.settled.get() {
            Some(settled) if on.is_none_or(|day| self.all_valid.holds(day)) => {
                GridHit::of(settled.claims(place))
            }
            _ => self.trees().grid_at(place, |grid| self.is_valid(grid, on)),
        }
    }

    /// Whether a grid counts on a day.
    pub fn is_valid(&self, grid: usize, on: Option<Date>) -> bool {
        on.is_none_or(|day| self.dataset.grids[grid].validity.holds(day))
    }

    /// Where a compound stands.
    pub fn compound_place(&self, compound: usize) -> LonLat {
        let place = || match &self.dataset.compounds[compound].place {
            Place::Point(point) => *point,
            Place::Area(area) => middle(area),
        };
        *self.compound_places[compound].get_or_init(place)
    }

    /// Where the label of a grid stands.
    pub fn grid_place(&self, grid: usize) -> LonLat {
        let place = || middle(&self.dataset.grids[grid].geometry);
        *self.grid_places[grid].get_or_init(place)
    }
}

/// The days on which every grid of a dataset is valid; none where one ends before another begins.
fn all_valid(dataset: &Dataset) -> ValidityPeriod {
    let periods = || dataset.grids.iter().map(|grid| grid.validity);
    let (from, to) = (periods().filter_map(|p| p.from).max(), periods().filter_map(|p| p.to).min());
    ValidityPeriod { from, to }
}

/// A place well inside an area, where a label would stand.
pub fn middle(area: &MultiPolygon) -> LonLat {
    let frame = BBox::around(area.corners()).map(Frame::for_bbox);
    label_point(&frame.unwrap_or(Frame::around(LonLat::ORIGIN)), area)
}

/// For each grid code the feature of the net that names it, the lowest id first.
fn branch_naming(dataset: &Dataset, net: usize) -> FxHashMap<String, usize> {
    let mut features: Vec<_> = dataset.nets[net].features.iter().enumerate().collect();
    features.sort_by(|(_, a), (_, b)| a.id.cmp(&b.id));
    let mut naming = FxHashMap::default();
    for (position, feature) in features {
        for code in &feature.grid_codes {
            naming.entry(code.clone()).or_insert(position);
        }
    }
    naming
}

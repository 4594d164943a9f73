//! Point and address to grid.
//!
//! # The way of an address
//! 1. [`normalize`]: one spelling for many;
//! 2. [`areas`]: the head, province to subdistrict, which says what names count;
//! 3. [`parse`]: tokens, over the names of the [`gazetteer`];
//! 4. [`rank`]: candidates with scores; addresses of other places ([`admin`]) are refused;
//! 5. where that leaves doubt, [`similar`] names that are [`align`]ed with what was typed are put in
//!    its place, and 3 and 4 are done again;
//! 6. in `answer`: communities and buildings weigh in, equals are told apart or left open, and
//!    the candidate's place is looked up as a point.
//!
//! # Who owns a place
//! - The *grid* by [`crate::index`]'s rule. It owns the address.
//! - The *branch* whose drawn area holds the place, so the answer is what the branch's map says
//!   even where the map is wrong: `check` reports where it disagrees with the grids. Where several
//!   hold it, the one that names the grid, then the lowest id; where none does (a gap in the net),
//!   the branch that names the grid.
//! - The *community* that the grid names, or else the one whose area holds the place.
//!
//! # Known weaknesses
//! - Two wrong characters that do not sound like the right ones are too much for a name of four.
//! - A wrong character that many other names have is offered, not answered.
//! - Names of other cities are recognised by their suffixes: 济南章丘 without 市 and 区 is only
//!   not understood.
//! - A dataset whose addresses name no city or district cannot refuse those of another.

mod added;
mod admin;
mod align;
mod answer;
mod area_tree;
mod areas;
pub mod batch;
mod by_door;
mod candidate;
mod cores;
mod doors;
mod gazetteer;
mod grams;
mod keys;
mod location;
mod normalize;
mod offices;
mod owners;
mod parse;
mod rank;
mod similar;
mod sound;
mod suggest;
mod typed;

pub use added::AddedName;
pub use location::{Location, MatchKind, Suggestion, SuggestionKind, SuggestionMatch};
pub use owners::Owners;
pub use suggest::PickCount;

use crate::dataset::Dataset;
use crate::domain::{BBox, LonLat, MultiPolygon, Place, ValidityPeriod};
use crate::geometry::Frame;
use crate::geometry::measure::label_point;
use crate::index::{CompiledDataset, CompiledIndex, GridHit, IndexFileError, SpatialIndex};
use admin::OwnNames;
use doors::Doors;
use gazetteer::{Gazetteer, Target};
use jiff::civil::Date;
use normalize::normalize;
use rustc_hash::FxHashMap;
use std::sync::{Arc, OnceLock};
use typed::Typed;

/// A compound that the dataset has as a point holds the places this near, in metres: about the
/// rounding of coordinates with five decimals.
pub(crate) const POINT_COMPOUND_M: f64 = 1.0;
/// Grids this near, in metres, are candidates for a place that no grid owns.
const NEAR_GRID_M: f64 = 500.0;
/// Most candidates beside the answer.
const MOST_CANDIDATES: usize = 8;

/// Answers for one dataset. Cheap to share: put it in an `Arc` beside the dataset.
#[derive(Debug)]
pub struct Locator {
    dataset: Arc<Dataset>,
    index: Arc<SpatialIndex>,
    /// The days on which every grid is valid.
    all_valid: ValidityPeriod,
    /// For many places: grids, branches and compounds, compiled when first asked.
    compiled: OnceLock<Arc<CompiledDataset>>,
    own: OwnNames,
    gazetteer: Gazetteer,
    /// Names by pinyin and initials, for the type-ahead.
    typed: Typed,
    doors: Doors,
    compound_by_id: FxHashMap<String, usize>,
    /// Where each compound stands: its point, or the middle of its outline.
    compound_places: Vec<LonLat>,
    grid_places: Vec<LonLat>,
    /// Position of the net of branches.
    branches: Option<usize>,
    /// For a grid code the feature of that net that names it, the lowest id first.
    branch_naming: FxHashMap<String, usize>,
    /// Buildings by compound and label.
    buildings: FxHashMap<(usize, String), Option<LonLat>>,
    /// Compounds of which the dataset has buildings.
    has_buildings: Vec<bool>,
}

impl Locator {
    /// Builds the trees and the gazetteer, and compiles the grids. O(n log n).
    pub fn new(dataset: Arc<Dataset>) -> Self {
        let index = Arc::new(SpatialIndex::build(&dataset));
        Self::build(dataset, index, &[])
    }

    /// The same with the grids compiled before.
    ///
    /// # Errors
    /// When the index was made from other grids.
    pub fn with_index(
        dataset: Arc<Dataset>,
        compiled: CompiledIndex,
    ) -> Result<Self, IndexFileError> {
        compiled.require_grids_of(&dataset)?;
        let index = Arc::new(SpatialIndex::with_compiled(&dataset, compiled));
        Ok(Self::build(dataset, index, &[]))
    }

    fn build(dataset: Arc<Dataset>, index: Arc<SpatialIndex>, added: &[AddedName]) -> Self {
        let own = OwnNames::of(&dataset);
        let compounds = &dataset.compounds;
        let mut by_id: FxHashMap<String, usize> = FxHashMap::default();
        for (position, compound) in compounds.iter().enumerate() {
            by_id.entry(compound.id.clone()).or_insert(position);
        }
        let gazetteer =
            Gazetteer::build(&dataset, &own, &added::by_target(&dataset, &by_id, added));
        let mut buildings = FxHashMap::default();
        let mut has_buildings = vec![false; compounds.len()];
        for building in &dataset.buildings {
            let label = parse::building_label(&normalize(&building.name));
            if let (Some(compound), Some(label)) = (by_id.get(&building.compound_id), label) {
                has_buildings[*compound] = true;
                buildings.entry((*compound, label)).or_insert(building.place);
            }
        }
        let branches = dataset.nets.iter().position(|net| net.name == "branches");
        Self {
            index,
            all_valid: all_valid(&dataset),
            compiled: OnceLock::new(),
            doors: Doors::build(&dataset, &gazetteer, &by_id),
            typed: Typed::build(&gazetteer),
            compound_places: compounds.iter().map(|c| middle_of_place(&c.place)).collect(),
            grid_places: dataset.grids.iter().map(|g| middle(&g.geometry)).collect(),
            branch_naming: branches.map(|net| branch_naming(&dataset, net)).unwrap_or_default(),
            compound_by_id: by_id,
            own,
            gazetteer,
            branches,
            buildings,
            has_buildings,
            dataset,
        }
    }

    /// The trees, for other questions about places.
    pub fn index(&self) -> &SpatialIndex {
        &self.index
    }

    /// The grid of a place. With `on`, grids that are not valid on that day do not count; without,
    /// all do. Other grids that claim the place or touch it are candidates, and for a place that
    /// no grid owns the nearest ones within 500 m.
    pub fn at(&self, place: LonLat, on: Option<Date>) -> Location {
        let query = format!("{},{}", place.lon(), place.lat());
        let compound = self.index.compound_at(place, POINT_COMPOUND_M);
        let valid = |grid: usize| self.is_valid(grid, on);
        let place_of = |grid| self.describe(&query, place, grid, compound, on);
        let Some(hit) = self.grid_at(place, on) else {
            let mut nowhere = place_of(None);
            for (grid, metres) in self.index.grids().nearest(place, 3, valid) {
                if metres <= NEAR_GRID_M {
                    let mut near = place_of(Some(grid));
                    near.kind = MatchKind::Nearest;
                    near.score = 0.5 * (1.0 - metres / NEAR_GRID_M);
                    nowhere.candidates.push(near);
                }
            }
            return nowhere;
        };
        let kind = if hit.border { MatchKind::Border } else { MatchKind::Inside };
        let score = 1.0 / hit.owners.max(1) as f64;
        let mut answer = Location { kind, score, ..place_of(Some(hit.grid)) };
        // Those that own the place too are as good; those that merely touch it are not owners.
        for (n, grid) in hit.others.iter().enumerate() {
            let score = if n + 1 < hit.owners { score } else { 0.0 };
            answer.candidates.push(Location { kind, score, ..place_of(Some(*grid)) });
        }
        answer
    }

    /// The grid that owns a place on a day.
    fn grid_at(&self, place: LonLat, on: Option<Date>) -> Option<GridHit> {
        if on.is_none_or(|day| self.all_valid.holds(day)) {
            self.index.grid_at_any_time(place)
        } else {
            self.index.grid_at(place, |grid| self.is_valid(grid, on))
        }
    }

    fn is_valid(&self, grid: usize, on: Option<Date>) -> bool {
        on.is_none_or(|day| self.dataset.grids[grid].validity.holds(day))
    }

    /// A place with its owners filled in; match `none` and score 0.
    fn describe(
        &self,
        query: &str,
        place: LonLat,
        grid: Option<usize>,
        compound: Option<usize>,
        on: Option<Date>,
    ) -> Location {
        let branch = self.branch_at(place, grid);
        let grid = grid.map(|grid| &self.dataset.grids[grid]);
        let compound = compound.map(|compound| &self.dataset.compounds[compound]);
        let community = grid.and_then(|grid| grid.community_code.clone()).or_else(|| {
            let community = self.index.community_at(place)?;
            Some(self.dataset.communities[community].code.clone())
        });
        Location {
            lon: Some(place.lon()),
            lat: Some(place.lat()),
            grid_code: grid.map(|grid| grid.code.clone()),
            grid_name: grid.map(|grid| grid.name.clone()),
            branch_id: branch.map(|branch| self.branch(branch).id.clone()),
            community_code: community,
            compound_id: compound.map(|compound| compound.id.clone()),
            compound_name: compound.map(|compound| compound.name.clone()),
            ..Location::none(query, on)
        }
    }

    /// Where a target stands, and the compound that it is.
    fn place_of(&self, target: Target) -> Option<(LonLat, Option<usize>)> {
        match target {
            Target::Compound(n) => Some((self.compound_places[n], Some(n))),
            Target::Landmark(n) => Some((self.dataset.landmarks[n].place, None)),
            Target::Grid(n) => Some((self.grid_places[n], None)),
            Target::Community(_) | Target::Road(_) | Target::Own(_) => None,
        }
    }
}

/// The days on which every grid of a dataset is valid; none where one ends before another begins.
fn all_valid(dataset: &Dataset) -> ValidityPeriod {
    let periods = || dataset.grids.iter().map(|grid| grid.validity);
    let (from, to) = (periods().filter_map(|p| p.from).max(), periods().filter_map(|p| p.to).min());
    ValidityPeriod { from, to }
}

/// A place well inside an area, where a label would stand.
fn middle(area: &MultiPolygon) -> LonLat {
    let frame = BBox::around(area.corners()).map(Frame::for_bbox);
    label_point(&frame.unwrap_or(Frame::around(LonLat::ORIGIN)), area)
}

fn middle_of_place(place: &Place) -> LonLat {
    match place {
        Place::Point(point) => *point,
        Place::Area(area) => middle(area),
    }
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

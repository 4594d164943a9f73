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
mod ground;
mod keys;
mod location;
mod names;
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
use crate::domain::LonLat;
use crate::index::{CompiledIndex, IndexFileError, SpatialIndex};
use gazetteer::Target;
use ground::Ground;
use jiff::civil::Date;
use names::Names;
use std::sync::{Arc, OnceLock};

/// A compound that the dataset has as a point holds the places this near, in metres: about the
/// rounding of coordinates with five decimals.
pub(crate) const POINT_COMPOUND_M: f64 = 1.0;
/// Grids this near, in metres, are candidates for a place that no grid owns.
const NEAR_GRID_M: f64 = 500.0;
/// Most candidates beside the answer.
const MOST_CANDIDATES: usize = 8;

/// Answers for one dataset. Cheap to share: put it in an `Arc` beside the dataset.
///
/// What an answer needs is made when the first asks for it; [`Locator::prepare`] makes all.
#[derive(Debug)]
pub struct Locator {
    ground: Arc<Ground>,
    /// Names that places have beside those of the dataset.
    added: Vec<AddedName>,
    names: OnceLock<Names>,
}

impl Locator {
    /// Answers for a dataset.
    pub fn new(dataset: Arc<Dataset>) -> Self {
        Self::over(Arc::new(Ground::new(dataset, None)), Vec::new())
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
        Ok(Self::over(Arc::new(Ground::new(dataset, Some(compiled))), Vec::new()))
    }

    fn over(ground: Arc<Ground>, added: Vec<AddedName>) -> Self {
        Self { ground, added, names: OnceLock::new() }
    }

    /// Makes all that answers need, so that none waits for it: trees, names, and the grids compiled.
    /// O(n log n).
    pub fn prepare(&self) {
        self.ground.trees();
        self.ground.settle();
        self.names();
    }

    /// The trees, for other questions about places.
    pub fn index(&self) -> &SpatialIndex {
        self.ground.trees()
    }

    fn names(&self) -> &Names {
        self.names.get_or_init(|| Names::of(&self.ground.dataset, &self.added))
    }

    /// The grid of a place. With `on`, grids that are not valid on that day do not count; without,
    /// all do. Other grids that claim the place or touch it are candidates, and for a place that
    /// no grid owns the nearest ones within 500 m.
    pub fn at(&self, place: LonLat, on: Option<Date>) -> Location {
        let query = format!("{},{}", place.lon(), place.lat());
        let compound = self.index().compound_at(place, POINT_COMPOUND_M);
        let valid = |grid: usize| self.ground.is_valid(grid, on);
        let place_of = |grid| self.describe(&query, place, grid, compound, on);
        let Some(hit) = self.ground.grid_at(place, on) else {
            let mut nowhere = place_of(None);
            for (grid, metres) in self.index().grids().nearest(place, 3, valid) {
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
        let grid = grid.map(|grid| &self.ground.dataset.grids[grid]);
        let compound = compound.map(|compound| &self.ground.dataset.compounds[compound]);
        let community = grid.and_then(|grid| grid.community_code.clone()).or_else(|| {
            let community = self.index().community_at(place)?;
            Some(self.ground.dataset.communities[community].code.clone())
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
            Target::Compound(n) => Some((self.ground.compound_place(n), Some(n))),
            Target::Landmark(n) => Some((self.ground.dataset.landmarks[n].place, None)),
            Target::Grid(n) => Some((self.ground.grid_place(n), None)),
            Target::Community(_) | Target::Road(_) | Target::Own(_) => None,
        }
    }
}

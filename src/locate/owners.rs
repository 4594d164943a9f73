//! Who owns a place, by positions in the dataset; the words are put to it elsewhere.

use super::{Locator, MatchKind, POINT_COMPOUND_M};
use crate::domain::{LonLat, NetFeature};
use crate::index::{Claims, CompiledDataset, Ownership};
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Who owns a place: positions in the dataset's grids, in the features of its net of branches and
/// in its compounds, [`Owners::NOBODY`] for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owners {
    /// The grid.
    pub grid: u32,
    /// The branch.
    pub branch: u32,
    /// The compound.
    pub compound: u32,
    /// `Inside`, `Border` or `None`.
    pub kind: MatchKind,
}

impl Owners {
    /// No owner.
    pub const NOBODY: u32 = u32::MAX;
    /// The owners of a place that nobody owns.
    pub const NONE: Self = Self {
        grid: Self::NOBODY,
        branch: Self::NOBODY,
        compound: Self::NOBODY,
        kind: MatchKind::None,
    };
}

impl Locator {
    /// The indexes that [`Self::owners_by`] asks. With `on`, of the grids that are valid on that day.
    /// Made at the first call; those of a day on which not all grids are valid at each.
    pub fn compile(&self, on: Option<Date>) -> Arc<CompiledDataset> {
        self.ground.compile(on)
    }

    /// Whether the grids are compiled that count on a day.
    pub fn is_settled(&self, on: Option<Date>) -> bool {
        self.ground.is_settled(on)
    }

    /// Number of corners of the areas that [`Self::compile`] compiles.
    pub fn corners(&self) -> usize {
        self.ground.corners()
    }

    /// The owners of a place on a day, by the trees: what [`Locator::at`] says of it without words
    /// and candidates.
    pub fn owners(&self, place: LonLat, on: Option<Date>) -> Owners {
        let hit = self.ground.grid_at(place, on);
        let kind = match &hit {
            None => MatchKind::None,
            Some(hit) if hit.border => MatchKind::Border,
            Some(_) => MatchKind::Inside,
        };
        let grid = hit.map(|hit| hit.grid);
        Owners {
            grid: number(grid),
            branch: number(self.branch_at(place, grid)),
            compound: number(self.index().compound_at(place, POINT_COMPOUND_M)),
            kind,
        }
    }

    /// The same on the day of compiled indexes.
    pub fn owners_by(&self, compiled: &CompiledDataset, place: LonLat) -> Owners {
        let (grid, kind) = match compiled.grid(place) {
            Ownership::Nobody => (None, MatchKind::None),
            Ownership::Inside(grid) => (Some(grid as usize), MatchKind::Inside),
            Ownership::Claimed(Claims { owners, touching }) => {
                let grid = owners.first().or(touching.first()).copied();
                let kind = match (grid, touching.is_empty()) {
                    (None, _) => MatchKind::None,
                    (_, true) => MatchKind::Inside,
                    (_, false) => MatchKind::Border,
                };
                (grid, kind)
            }
        };
        let branch = match compiled.branch(place) {
            Ownership::Nobody => self.branch_of(&[], grid),
            Ownership::Inside(branch) => Some(branch as usize),
            Ownership::Claimed(Claims { owners, touching }) => {
                self.branch_of(if owners.is_empty() { &touching } else { &owners }, grid)
            }
        };
        let compound = compiled.compound_area(place).unwrap_or_else(|| {
            // Rare: the tree of points is only asked where one is near.
            let near = compiled.may_be_near_point(place);
            number(if near { self.index().compound_at(place, POINT_COMPOUND_M) } else { None })
        });
        Owners { grid: number(grid), branch: number(branch), compound, kind }
    }

    /// The keys by position: the grids' codes, the branches' ids, the compounds' ids.
    pub fn all_keys(&self) -> [Vec<&str>; 3] {
        let features =
            self.ground.branches.map_or(&[][..], |net| &self.ground.dataset.nets[net].features);
        [
            self.ground.dataset.grids.iter().map(|grid| grid.code.as_str()).collect(),
            features.iter().map(|branch| branch.id.as_str()).collect(),
            self.ground.dataset.compounds.iter().map(|compound| compound.id.as_str()).collect(),
        ]
    }

    /// For each of the three the positions by their keys; the first of equal keys.
    pub fn positions_of_keys(&self) -> [FxHashMap<&str, u32>; 3] {
        self.all_keys().map(by_key)
    }

    /// The branch of a place that lies in a grid, or in none; see "Who owns a place" above.
    pub(super) fn branch_at(&self, place: LonLat, grid: Option<usize>) -> Option<usize> {
        self.branch_of(&self.index().net_features_at(self.ground.branches?, place), grid)
    }

    /// The branch of a place that these hold, by id, and that lies in a grid.
    fn branch_of(&self, holding: &[usize], grid: Option<usize>) -> Option<usize> {
        let code = grid.map(|grid| self.ground.dataset.grids[grid].code.as_str());
        let names = |feature: &usize| {
            code.is_some_and(|code| self.branch(*feature).grid_codes.iter().any(|c| c == code))
        };
        let drawn = holding.iter().copied().find(names).or(holding.first().copied());
        drawn.or_else(|| self.ground.branch_naming.get(code?).copied())
    }

    /// A feature of the net of branches. There is one only where the dataset has the net.
    pub(super) fn branch(&self, feature: usize) -> &NetFeature {
        &self.ground.dataset.nets[self.ground.branches.unwrap_or_default()].features[feature]
    }
}

fn by_key(keys: Vec<&str>) -> FxHashMap<&str, u32> {
    let mut positions = FxHashMap::default();
    for (position, key) in keys.into_iter().enumerate() {
        positions.entry(key).or_insert(position as u32);
    }
    positions
}

fn number(position: Option<usize>) -> u32 {
    // A dataset has fewer features than 4,294,967,295: its files are read into memory.
    position.map_or(Owners::NOBODY, |position| position as u32)
}

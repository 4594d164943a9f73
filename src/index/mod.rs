//! R-trees over a dataset: point, window, nearest; and for settled grids an index that knows the
//! owner of most places without a test ([`CompiledIndex`]).
//!
//! Who owns a place, in this order:
//! 1. the grid that owns it by the half-open rule ([`crate::geometry::half_open`]);
//! 2. where grids overlap, of those the one with the lowest code;
//! 3. where none owns it but one has its border within 1 mm (the outer border's eastern and
//!    northern stretches, a sliver between neighbours that do not share their vertices), of those
//!    the one with the lowest code;
//! 4. otherwise nobody: a gap, or outside.
//!
//! The order of features in the file, the start of a ring and its orientation play no part. The
//! same holds for communities and net features with their code or id, and for compounds.

mod areas;
mod compiled;
mod owners;
mod places;
mod plane;
mod stripes;

pub use areas::{AreaIndex, BORDER_TOLERANCE_M, Claims};
pub use compiled::{CompiledIndex, IndexFileError, Settled};
pub use owners::{CompiledDataset, Ownership};
pub use places::PlaceIndex;

use crate::dataset::Dataset;
use crate::domain::{BBox, LonLat, MultiPolygon, Place};

/// The trees over one dataset. It answers with positions in the dataset's vectors and holds no
/// copy of the features.
#[derive(Clone, Debug)]
pub struct SpatialIndex {
    grids: AreaIndex,
    communities: AreaIndex,
    compound_areas: AreaIndex,
    compound_points: PlaceIndex,
    landmarks: PlaceIndex,
    nets: Vec<AreaIndex>,
}

/// The grid that owns a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GridHit {
    /// Position in the dataset's grids.
    pub grid: usize,
    /// Whether the place lies within 1 mm of a grid's border.
    pub border: bool,
    /// Other grids that claim the place or touch it, by code.
    pub others: Vec<usize>,
    /// How many grids own the place: more than one where grids overlap, 0 on an outer border.
    pub owners: usize,
}

impl SpatialIndex {
    /// The trees over a dataset. O(n log n) for n corners.
    pub fn build(dataset: &Dataset) -> Self {
        let net = |features: &[crate::domain::NetFeature]| {
            by_key(features.iter().map(|f| (f.id.as_str(), f.name.as_str(), &f.geometry)))
        };
        let mut compounds: Vec<_> = dataset.compounds.iter().enumerate().collect();
        compounds.sort_by(|(_, a), (_, b)| (&a.id, &a.name).cmp(&(&b.id, &b.name)));
        let areas = compounds.iter().filter_map(|(position, c)| match &c.place {
            Place::Area(area) => Some((*position, area)),
            Place::Point(_) => None,
        });
        let points = compounds.iter().filter_map(|(position, c)| match &c.place {
            Place::Point(point) => Some((*position, *point)),
            Place::Area(_) => None,
        });
        let mut landmarks: Vec<_> = dataset.landmarks.iter().enumerate().collect();
        landmarks.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
        Self {
            grids: AreaIndex::build(grids_of(dataset)),
            communities: by_key(
                dataset.communities.iter().map(|c| (c.code.as_str(), c.name.as_str(), &c.geometry)),
            ),
            compound_areas: AreaIndex::build(areas),
            compound_points: PlaceIndex::build(points),
            landmarks: PlaceIndex::build(landmarks.iter().map(|(n, mark)| (*n, mark.place))),
            nets: dataset.nets.iter().map(|n| net(&n.features)).collect(),
        }
    }

    /// The grid that owns a place, among the grids that `accept` takes (those valid on a day).
    pub fn grid_at(&self, place: LonLat, accept: impl Fn(usize) -> bool) -> Option<GridHit> {
        GridHit::of(self.grids.claims(place, accept))
    }
}

impl GridHit {
    /// What areas claim of a place; nothing where none does.
    pub fn of(claims: Claims) -> Option<Self> {
        let Claims { owners, touching } = claims;
        let grid = *owners.first().or(touching.first())?;
        let mut others: Vec<usize> = owners.iter().skip(1).copied().collect();
        for touched in &touching {
            if *touched != grid && !others.contains(touched) {
                others.push(*touched);
            }
        }
        Some(Self { grid, border: !touching.is_empty(), others, owners: owners.len() })
    }
}

impl SpatialIndex {
    /// The grids: the fast single answer, windows, nearest.
    pub fn grids(&self) -> &AreaIndex {
        &self.grids
    }

    /// The communities.
    pub fn communities(&self) -> &AreaIndex {
        &self.communities
    }

    /// The features of the net at a position of the dataset's nets.
    pub fn net(&self, net: usize) -> Option<&AreaIndex> {
        self.nets.get(net)
    }

    /// The landmarks.
    pub fn landmarks(&self) -> &PlaceIndex {
        &self.landmarks
    }

    /// The community that owns a place.
    pub fn community_at(&self, place: LonLat) -> Option<usize> {
        owner_or_touching(&self.communities, place).first().copied()
    }

    /// The features of a net that hold a place: the owners by the half-open rule, or else those
    /// that touch it, by id.
    pub fn net_features_at(&self, net: usize, place: LonLat) -> Vec<usize> {
        self.nets.get(net).map(|index| owner_or_touching(index, place)).unwrap_or_default()
    }

    /// The compound that holds a place: by its outline, or by a point within `near_m` metres
    /// where the dataset has the compound as a point.
    pub fn compound_at(&self, place: LonLat, near_m: f64) -> Option<usize> {
        self.compound_areas.owner(place, |_| true).or_else(|| {
            let (compound, metres) = self.compound_points.nearest(place)?;
            (metres <= near_m).then_some(compound)
        })
    }

    /// The compounds in a window, by position: points inside it, outlines whose window meets it.
    pub fn compounds_in(&self, window: BBox) -> Vec<usize> {
        let mut found = self.compound_areas.in_window(window);
        found.extend(self.compound_points.in_window(window));
        found.sort_unstable();
        found
    }

    /// The compound nearest to a place and its distance in metres, 0 inside an outline.
    pub fn nearest_compound(&self, place: LonLat) -> Option<(usize, f64)> {
        let area = self.compound_areas.nearest(place, 1, |_| true).first().copied();
        let point = self.compound_points.nearest(place);
        match (area, point) {
            (Some(area), Some(point)) => Some(if area.1 <= point.1 { area } else { point }),
            (area, point) => area.or(point),
        }
    }
}

impl CompiledIndex {
    /// The grids of a dataset, by their positions there.
    pub fn of_grids(dataset: &Dataset) -> Self {
        Self::build(grids_of(dataset))
    }

    /// The grids of a dataset that `accept` takes (those valid on a day), by their positions there.
    pub fn of_some_grids(dataset: &Dataset, accept: impl Fn(usize) -> bool) -> Self {
        Self::build(grids_of(dataset).filter(|(position, _)| accept(*position)))
    }

    /// Makes sure that the index was made from the grids of a dataset as they are now.
    ///
    /// # Errors
    /// [`IndexFileError::Stale`] when it was not.
    pub fn require_grids_of(&self, dataset: &Dataset) -> Result<(), IndexFileError> {
        self.require_made_from(grids_of(dataset))
    }
}

/// The grids by position, in the order of precedence.
fn grids_of(dataset: &Dataset) -> impl Iterator<Item = (usize, &MultiPolygon)> {
    let grids = dataset.grids.iter();
    in_order(grids.map(|grid| (grid.code.as_str(), grid.name.as_str(), &grid.geometry)))
}

fn by_key<'a>(areas: impl Iterator<Item = (&'a str, &'a str, &'a MultiPolygon)>) -> AreaIndex {
    AreaIndex::build(in_order(areas))
}

/// Areas by position in the order of their keys (then names, so that even a doubled key is settled
/// by the data and not by the order of the file).
fn in_order<'a>(
    areas: impl Iterator<Item = (&'a str, &'a str, &'a MultiPolygon)>,
) -> impl Iterator<Item = (usize, &'a MultiPolygon)> {
    let mut areas: Vec<_> = areas.enumerate().collect();
    areas.sort_by(|(_, a), (_, b)| (a.0, a.1).cmp(&(b.0, b.1)));
    areas.into_iter().map(|(position, (_, _, area))| (position, area))
}

fn owner_or_touching(index: &AreaIndex, place: LonLat) -> Vec<usize> {
    let Claims { owners, touching } = index.claims(place, |_| true);
    if owners.is_empty() { touching } else { owners }
}

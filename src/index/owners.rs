//! Who owns each of many places: the compiled indexes of a dataset's grids, branches and compounds.

use super::compiled::{CompiledIndex, Settled};
use super::{Claims, in_order};
use crate::dataset::Dataset;
use crate::domain::{BBox, LonLat, Place};
use crate::geometry::metres_per_degree;
use rustc_hash::FxHashSet;

/// The compiled indexes of a dataset. It answers with positions in the dataset's vectors, as
/// [`super::SpatialIndex`] does.
#[derive(Clone, Debug)]
pub struct CompiledDataset {
    grids: CompiledIndex,
    branches: Option<CompiledIndex>,
    compound_areas: CompiledIndex,
    near_points: NearPoints,
}

/// What the areas of one kind say of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// No area owns the place or has a border there.
    Nobody,
    /// One area owns it, and no border is near.
    Inside(u32),
    /// Borders are near, or areas overlap: all that own the place or touch it.
    Claimed(Claims),
}

impl CompiledDataset {
    /// The indexes over a dataset, with its grids compiled before ([`CompiledIndex::of_grids`], or
    /// of those valid on a day). `branches` is the position of the net of branches; compounds that
    /// are points hold the places within `near_m` metres.
    pub fn build(
        dataset: &Dataset,
        grids: CompiledIndex,
        branches: Option<usize>,
        near_m: f64,
    ) -> Self {
        let net = |net: usize| {
            let features = dataset.nets[net].features.iter();
            let features = features.map(|f| (f.id.as_str(), f.name.as_str(), &f.geometry));
            CompiledIndex::build(in_order(features))
        };
        let mut compounds: Vec<_> = dataset.compounds.iter().enumerate().collect();
        compounds.sort_by(|(_, a), (_, b)| (&a.id, &a.name).cmp(&(&b.id, &b.name)));
        let areas = compounds.iter().filter_map(|(position, c)| match &c.place {
            Place::Area(area) => Some((*position, area)),
            Place::Point(_) => None,
        });
        let points = compounds.iter().filter_map(|(_, c)| match &c.place {
            Place::Point(point) => Some(*point),
            Place::Area(_) => None,
        });
        Self {
            grids,
            branches: branches.map(net),
            compound_areas: CompiledIndex::build(areas),
            near_points: NearPoints::around(points, near_m),
        }
    }

    /// Bytes that the largest of the indexes takes.
    pub fn largest(&self) -> usize {
        let branches = self.branches.as_ref().map_or(0, CompiledIndex::size);
        branches.max(self.grids.size()).max(self.compound_areas.size())
    }

    /// What the grids say of a place.
    pub fn grid(&self, place: LonLat) -> Ownership {
        ownership(&self.grids, place)
    }

    /// What the branches say of a place.
    pub fn branch(&self, place: LonLat) -> Ownership {
        self.branches.as_ref().map_or(Ownership::Nobody, |index| ownership(index, place))
    }

    /// The compound whose outline owns a place by the half-open rule.
    pub fn compound_area(&self, place: LonLat) -> Option<u32> {
        match ownership(&self.compound_areas, place) {
            Ownership::Nobody => None,
            Ownership::Inside(compound) => Some(compound),
            Ownership::Claimed(claims) => claims.owners.first().map(|compound| *compound as u32),
        }
    }

    /// Whether a compound that is a point may hold a place; where not, none does.
    pub fn may_be_near_point(&self, place: LonLat) -> bool {
        self.near_points.may_hold(place)
    }
}

fn ownership(index: &CompiledIndex, place: LonLat) -> Ownership {
    match index.settled(place) {
        Settled::Nobody => Ownership::Nobody,
        Settled::Owner(area) => Ownership::Inside(area),
        Settled::Open => Ownership::Claimed(index.claims(place)),
    }
}

/// Squares of degrees in which a point, or a place near one, lies.
#[derive(Clone, Debug)]
struct NearPoints {
    squares: FxHashSet<[i64; 2]>,
    window: Option<BBox>,
    per_lon: f64,
    per_lat: f64,
}

impl NearPoints {
    /// Around points; squares are a hundred times as wide as `near_m`, so that few points touch
    /// several.
    fn around(points: impl Iterator<Item = LonLat>, near_m: f64) -> Self {
        let points: Vec<LonLat> = points.collect();
        let window = BBox::around(points.iter().copied());
        let farthest = window.map_or(0.0, |b| b.south.abs().max(b.north.abs()));
        // The scale at the latitude farthest from the equator: nowhere is a metre more degrees.
        let (per_lon, per_lat) = metres_per_degree(farthest.min(89.0));
        let (lon, lat) = (2.0 * near_m / per_lon, 2.0 * near_m / per_lat);
        let square = 100.0 * near_m;
        let mut near = Self {
            squares: FxHashSet::default(),
            window: window.map(|b| BBox {
                west: b.west - lon,
                south: b.south - lat,
                east: b.east + lon,
                north: b.north + lat,
            }),
            per_lon: per_lon / square,
            per_lat: per_lat / square,
        };
        for point in points {
            for east in [-lon, lon] {
                for north in [-lat, lat] {
                    let corner = near.square(point.lon() + east, point.lat() + north);
                    near.squares.insert(corner);
                }
            }
        }
        near
    }

    fn square(&self, lon: f64, lat: f64) -> [i64; 2] {
        [(lon * self.per_lon).floor() as i64, (lat * self.per_lat).floor() as i64]
    }

    fn may_hold(&self, place: LonLat) -> bool {
        let (lon, lat) = (place.lon(), place.lat());
        self.window
            .is_some_and(|b| (b.west..=b.east).contains(&lon) && (b.south..=b.north).contains(&lat))
            && self.squares.contains(&self.square(lon, lat))
    }
}

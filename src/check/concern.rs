//! Whom a fault concerns: the households in a place, as far as the dataset tells.

use crate::dataset::Dataset;
use crate::domain::{BBox, LonLat, MultiPolygon, Place};
use crate::geometry::{Frame, measure, overlap_areas, shape_holds};
use rstar::{AABB, RTree, RTreeObject};

/// A compound, or a planning unit in a dataset whose compounds tell of no households.
#[derive(Clone, Copy)]
struct Home<'a> {
    households: u32,
    place: HomePlace<'a>,
    window: BBox,
}

#[derive(Clone, Copy)]
enum HomePlace<'a> {
    Point(LonLat),
    Area(&'a MultiPolygon),
}

impl RTreeObject for Home<'_> {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        envelope(&self.window)
    }
}

fn envelope(window: &BBox) -> AABB<[f64; 2]> {
    AABB::from_corners([window.west, window.south], [window.east, window.north])
}

/// The homes of a dataset by place.
pub(super) struct HomeTree<'a> {
    tree: RTree<Home<'a>>,
}

impl<'a> HomeTree<'a> {
    /// The homes with households. O(n log n).
    pub fn of(dataset: &'a Dataset) -> Self {
        Self { tree: RTree::bulk_load(homes(dataset).collect()) }
    }

    /// As [`households_in`], without a look at every home.
    pub fn households_in(&self, shape: &MultiPolygon) -> Option<u64> {
        if self.tree.size() == 0 {
            return None;
        }
        let window = BBox::around(shape.corners())?;
        Some(count(self.tree.locate_in_envelope_intersecting(envelope(&window)), shape))
    }
}

/// Households of the compounds in a place, or of the planning units where the compounds tell of
/// none: a point counts whole, an outline by the share of its area. `None` when the dataset tells
/// of no households.
pub(super) fn households_in(dataset: &Dataset, shape: &MultiPolygon) -> Option<u64> {
    let window = BBox::around(shape.corners())?;
    let homes: Vec<Home> = homes(dataset).collect();
    if homes.is_empty() {
        return None;
    }
    Some(count(homes.iter().filter(|home| home.window.intersects(window)), shape))
}

fn homes(dataset: &Dataset) -> impl Iterator<Item = Home<'_>> {
    let compounds = dataset.compounds.iter().filter_map(|compound| {
        let place = match &compound.place {
            Place::Point(place) => HomePlace::Point(*place),
            Place::Area(area) => HomePlace::Area(area),
        };
        Home::new(compound.households, place)
    });
    let units = dataset
        .units
        .iter()
        .filter_map(|unit| Home::new(unit.households, HomePlace::Area(&unit.geometry)));
    let told = dataset.compounds.iter().any(|compound| compound.households.is_some());
    let units_tell = !told;
    compounds.chain(units.filter(move |_| units_tell))
}

impl<'a> Home<'a> {
    fn new(households: Option<u32>, place: HomePlace<'a>) -> Option<Self> {
        let window = match place {
            HomePlace::Point(place) => BBox::around([place]),
            HomePlace::Area(area) => BBox::around(area.corners()),
        }?;
        Some(Self { households: households.filter(|&n| n > 0)?, place, window })
    }
}

/// Households of the homes that lie in a shape; those of outlines together are rounded.
fn count<'h, 'd: 'h>(homes: impl Iterator<Item = &'h Home<'d>>, shape: &MultiPolygon) -> u64 {
    let Some(corner) = shape.corners().next() else { return 0 };
    let frame = Frame::around(corner);
    let (mut whole, mut areas, mut of_area) = (0, Vec::new(), Vec::new());
    for home in homes {
        match home.place {
            HomePlace::Point(place) if shape_holds(&frame, shape, place) => {
                whole += u64::from(home.households);
            }
            HomePlace::Point(_) => {}
            HomePlace::Area(area) => {
                areas.push(area);
                of_area.push(f64::from(home.households));
            }
        }
    }
    let shared = overlap_areas(&frame, &[shape], &areas).into_iter();
    let shared = shared.map(|(_, i, common)| {
        let share = (common / measure::area_m2(areas[i]).max(1e-9)).min(1.0);
        of_area[i] * share
    });
    whole + shared.sum::<f64>().round() as u64
}

//! Which grid a unit belongs to today, and how many households of compounds lie in it.

use crate::dataset::Dataset;
use crate::domain::{Grid, MultiPolygon, Place};
use crate::geometry::{Arrangement, Frame, measure};
use crate::index::AreaIndex;
use std::collections::BTreeMap;

/// How the units lie in the grids.
#[derive(Debug)]
pub(super) struct Shares {
    /// Of each unit: the grid with the largest share of its households, then of its area; `None`
    /// for a unit that meets no grid.
    pub grid: Vec<Option<usize>>,
    /// Of each unit: households of the compounds that lie in it.
    pub households: Vec<u64>,
}

/// Lays units, grids and compounds over each other. A compound with an outline counts where its
/// inmost point lies; a point belongs to the unit and the grid that a look-up gives (the half-open
/// rule, [`crate::index`]).
pub(super) fn unit_shares(dataset: &Dataset, frame: &Frame, grids: &[&Grid]) -> Shares {
    let units = dataset.units.len();
    let polygons: Vec<&MultiPolygon> = (dataset.units.iter().map(|u| &u.geometry))
        .chain(grids.iter().map(|g| &g.geometry))
        .collect();
    let arrangement = Arrangement::build(frame, &polygons);
    // (unit, grid) → households, area in m².
    let mut common: BTreeMap<(usize, usize), (u64, f64)> = BTreeMap::new();
    for (face, area) in arrangement.face_areas_m2().into_iter().enumerate() {
        let (inside, over) = split(arrangement.owners(face as u32), units);
        for &unit in inside {
            for &grid in over {
                common.entry((unit as usize, grid as usize - units)).or_default().1 += area;
            }
        }
    }
    let mut households = vec![0; units];
    let units_by_place = AreaIndex::build(polygons[..units].iter().copied().enumerate());
    let grids_by_place = AreaIndex::build(polygons[units..].iter().copied().enumerate());
    // Where units or grids overlap, the first owns the place.
    let owner = |index: &AreaIndex, place| {
        let claims = index.claims(place, |_| true);
        claims.owners.first().or(claims.touching.first()).copied()
    };
    for compound in &dataset.compounds {
        let place = match &compound.place {
            Place::Point(place) => *place,
            Place::Area(area) => measure::label_point(frame, area),
        };
        let count = u64::from(compound.households.unwrap_or(0));
        if let Some(unit) = owner(&units_by_place, place) {
            households[unit] += count;
            if let Some(grid) = owner(&grids_by_place, place) {
                common.entry((unit, grid)).or_default().0 += count;
            }
        }
    }
    let mut best: Vec<Option<(u64, f64, usize)>> = vec![None; units];
    for ((unit, grid), (count, area)) in common {
        // Ascending by grid, and grids are sorted by code: only a larger share replaces.
        let better = best[unit].is_none_or(|(most, largest, _)| {
            count > most || (count == most && area > largest * (1.0 + 1e-9))
        });
        if better {
            best[unit] = Some((count, area, grid));
        }
    }
    Shares { grid: best.into_iter().map(|b| b.map(|(_, _, grid)| grid)).collect(), households }
}

/// The owners of a face that are units, and those that are grids.
fn split(owners: &[u32], units: usize) -> (&[u32], &[u32]) {
    owners.split_at(owners.partition_point(|&p| (p as usize) < units))
}

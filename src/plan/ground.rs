//! What the dataset says of its planning units, as numbers: who is beside whom, which compounds
//! and which features of nets lie in them, whose they are today. Made once a dataset; plans of any
//! number of grids stand on it.

use super::nets::NetGround;
use super::state::GridInfo;
use crate::balance::{CommunityLabel, Problem};
use crate::dataset::Dataset;
use crate::domain::{GridKind, LonLat, MultiPolygon, Place};
use crate::geometry::{Coverage, Frame, measure, overlap_areas};
use crate::index::AreaIndex;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What stands for "none" in numbers: no grid, no community, no feature.
pub(super) const NONE: u32 = u32::MAX;
/// A unit shares a compound when it holds this share of the compound's outline at least: less is
/// taken for a border drawn askew.
pub(super) const SHARES: f64 = 0.05;

/// Short lists, one after the other in one vector.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T> Lists<T> {
    fn of(lists: Vec<Vec<T>>) -> Self {
        let mut made = Self { starts: vec![0], items: Vec::new() };
        for list in lists {
            made.items.extend(list);
            made.starts.push(made.items.len() as u32);
        }
        made
    }

    /// A list; empty for a number that has none.
    pub fn get(&self, number: u32) -> &[T] {
        let at = number as usize;
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(&from), Some(&to)) => &self.items[from as usize..to as usize],
            _ => &[],
        }
    }
}

/// The units of a dataset with all that plans ask of them. Units, compounds and communities are
/// named by their numbers in the dataset.
pub(super) struct Ground {
    pub dataset: Arc<Dataset>,
    pub ids: Vec<String>,
    pub numbers: FxHashMap<String, u32>,
    pub coverage: Coverage,
    pub households: Vec<u64>,
    /// Number of each unit's community in `communities`, or [`NONE`].
    pub community: Vec<u32>,
    pub communities: Vec<CommunityLabel>,
    pub area_m2: Vec<f64>,
    pub perimeter_m: Vec<f64>,
    pub centroid: Vec<LonLat>,
    /// Neighbours of each unit with the metres of common border.
    pub rows: Lists<(u32, f64)>,
    /// Pairs of neighbours, and the metres of all their borders.
    pub edges: usize,
    pub edges_m: f64,
    /// The present grid of each unit by its number in `present_grids`, or [`NONE`].
    pub present: Vec<u32>,
    pub present_grids: Vec<(String, GridInfo)>,
    /// The kind of grid that is balanced: base, or micro where there are no base grids.
    pub balanced_kind: GridKind,
    /// Compounds whose inmost point each unit owns.
    pub homes: Lists<u32>,
    /// Compounds that each unit shares, `homes` included.
    pub sharing: Lists<u32>,
    /// The other way: the units that share each compound.
    pub sharers: Lists<u32>,
    /// Inmost point of each compound.
    pub seats: Vec<LonLat>,
    pub nets: Vec<NetGround>,
    pub index: AreaIndex,
}

impl Ground {
    /// The ground of a dataset; `problem` has its households, communities and present grids.
    pub fn of(dataset: &Arc<Dataset>, problem: &Problem) -> Self {
        let areas: Vec<&MultiPolygon> = dataset.units.iter().map(|unit| &unit.geometry).collect();
        let frame = dataset.frame();
        let ids: Vec<String> = dataset.units.iter().map(|unit| unit.id.clone()).collect();
        let numbers: FxHashMap<String, u32> =
            ids.iter().enumerate().map(|(n, id)| (id.clone(), n as u32)).collect();
        let coverage = Coverage::build(&frame, &areas);
        let index = AreaIndex::build(areas.iter().copied().enumerate());
        let compounds = CompoundLists::of(dataset, &frame, &areas, &index);
        let borders = coverage.adjacency();
        let mut rows = vec![Vec::new(); ids.len()];
        for border in &borders {
            rows[border.a].push((border.b as u32, border.length_m));
            rows[border.b].push((border.a as u32, border.length_m));
        }
        let area_m2 = coverage.areas_m2();
        let (present, present_grids) = present(dataset, problem, &numbers);
        let (community, communities) = communities(dataset, problem, &numbers);
        let centre = |(n, centre): (usize, Option<LonLat>)| {
            centre.or_else(|| areas[n].corners().next()).unwrap_or(LonLat::ORIGIN)
        };
        Self {
            households: households(dataset, problem, &numbers),
            perimeter_m: coverage.perimeters_m(),
            centroid: coverage.centroids().into_iter().enumerate().map(centre).collect(),
            edges: borders.len(),
            edges_m: borders.iter().map(|border| border.length_m).sum(),
            rows: Lists::of(rows),
            balanced_kind: balanced_kind(&present_grids),
            nets: dataset
                .nets
                .iter()
                .map(|net| NetGround::of(&frame, net, &areas, &area_m2))
                .collect(),
            homes: Lists::of(compounds.homes),
            sharing: Lists::of(compounds.sharing),
            sharers: Lists::of(compounds.sharers),
            seats: compounds.seats,
            dataset: Arc::clone(dataset),
            ids,
            numbers,
            coverage,
            area_m2,
            community,
            communities,
            present,
            present_grids,
            index,
        }
    }

    /// The frame in which everything is measured.
    pub fn frame(&self) -> &Frame {
        self.coverage.frame()
    }

    /// The number of a community.
    pub fn community_number(&self, code: Option<&str>) -> u32 {
        let found = code.and_then(|code| self.communities.iter().position(|c| c.code == code));
        found.map_or(NONE, |number| number as u32)
    }

    /// The code of a community.
    pub fn community_code(&self, number: u32) -> Option<&str> {
        self.communities.get(number as usize).map(|community| community.code.as_str())
    }

    /// Households that a compound says it has.
    pub fn compound_households(&self, compound: u32) -> u64 {
        u64::from(self.dataset.compounds[compound as usize].households.unwrap_or(0))
    }
}

/// Households of each unit: the problem's, which has counted those of units that do not say.
fn households(dataset: &Dataset, problem: &Problem, numbers: &FxHashMap<String, u32>) -> Vec<u64> {
    let said = |unit: &crate::domain::Unit| u64::from(unit.households.unwrap_or(0));
    let mut households: Vec<u64> = dataset.units.iter().map(said).collect();
    for unit in problem.units() {
        if let Some(&number) = numbers.get(&unit.id) {
            households[number as usize] = unit.households;
        }
    }
    households
}

/// The present grid of each unit, and all grids that the problem and the dataset know.
fn present(
    dataset: &Dataset,
    problem: &Problem,
    numbers: &FxHashMap<String, u32>,
) -> (Vec<u32>, Vec<(String, GridInfo)>) {
    let owner: Vec<u32> = problem.units().iter().map(|unit| unit.present.unwrap_or(NONE)).collect();
    let kind_of = |code: &str| dataset.grids.iter().find(|grid| grid.code == code);
    let mut grids: Vec<(String, GridInfo)> = Vec::new();
    for label in problem.labels_of(&owner) {
        let kind = kind_of(&label.code).map_or(GridKind::Base, |grid| grid.kind);
        let info = GridInfo::new(label.name, label.community_code, kind);
        grids.push((label.code, info));
    }
    let mut present = vec![NONE; dataset.units.len()];
    for (unit, &grid) in problem.units().iter().zip(&owner) {
        if let Some(&number) = numbers.get(&unit.id) {
            present[number as usize] = grid;
        }
    }
    for (unit, code) in problem.left_out() {
        let number = grids.iter().position(|(known, _)| known == code).unwrap_or_else(|| {
            let grid = kind_of(code);
            let name = grid.map_or_else(|| code.clone(), |grid| grid.name.clone());
            let community = grid.and_then(|grid| grid.community_code.clone());
            let kind = grid.map_or(GridKind::Dedicated, |grid| grid.kind);
            grids.push((code.clone(), GridInfo::new(name, community, kind)));
            grids.len() - 1
        });
        if let Some(&unit) = numbers.get(unit) {
            present[unit as usize] = number as u32;
        }
    }
    (present, grids)
}

fn balanced_kind(grids: &[(String, GridInfo)]) -> GridKind {
    let has = |kind| grids.iter().any(|(_, info)| info.kind == kind);
    if has(GridKind::Micro) && !has(GridKind::Base) { GridKind::Micro } else { GridKind::Base }
}

/// The community of each unit: the problem's, else (units of dedicated grids) the unit's own.
fn communities(
    dataset: &Dataset,
    problem: &Problem,
    numbers: &FxHashMap<String, u32>,
) -> (Vec<u32>, Vec<CommunityLabel>) {
    let mut labels = problem.communities().to_vec();
    let mut community = vec![NONE; dataset.units.len()];
    for unit in problem.units() {
        if let (Some(&number), Some(of)) = (numbers.get(&unit.id), unit.community) {
            community[number as usize] = of;
        }
    }
    for (number, unit) in dataset.units.iter().enumerate() {
        let Some(code) = unit.community_code.as_ref().filter(|_| community[number] == NONE) else {
            continue;
        };
        let known = labels.iter().position(|label| label.code == *code);
        community[number] = known.unwrap_or_else(|| {
            labels.push(CommunityLabel { code: code.clone(), name: code.clone() });
            labels.len() - 1
        }) as u32;
    }
    (community, labels)
}

/// Which compounds lie in which units.
struct CompoundLists {
    homes: Vec<Vec<u32>>,
    sharing: Vec<Vec<u32>>,
    sharers: Vec<Vec<u32>>,
    seats: Vec<LonLat>,
}

impl CompoundLists {
    fn of(dataset: &Dataset, frame: &Frame, units: &[&MultiPolygon], index: &AreaIndex) -> Self {
        let count = dataset.compounds.len();
        let mut lists = Self {
            homes: vec![Vec::new(); units.len()],
            sharing: vec![Vec::new(); units.len()],
            sharers: vec![Vec::new(); count],
            seats: Vec::with_capacity(count),
        };
        let mut outlines = Vec::new();
        for (number, compound) in dataset.compounds.iter().enumerate() {
            let seat = match &compound.place {
                Place::Point(place) => *place,
                Place::Area(area) => {
                    outlines.push((number as u32, area));
                    measure::label_point(frame, area)
                }
            };
            lists.seats.push(seat);
            if let Some(unit) = index.owner(seat, |_| true) {
                lists.homes[unit].push(number as u32);
                lists.sharers[number].push(unit as u32);
            }
        }
        for (compound, unit) in shared_outlines(frame, &outlines, units) {
            lists.sharers[compound as usize].push(unit as u32);
        }
        for (compound, sharers) in lists.sharers.iter_mut().enumerate() {
            sharers.sort_unstable();
            sharers.dedup();
            sharers.iter().for_each(|&unit| lists.sharing[unit as usize].push(compound as u32));
        }
        lists
    }
}

/// Which units hold more than a scrap of which outlines: (compound, index of the unit).
pub(super) fn shared_outlines(
    frame: &Frame,
    outlines: &[(u32, &MultiPolygon)],
    units: &[&MultiPolygon],
) -> Vec<(u32, usize)> {
    if outlines.is_empty() {
        return Vec::new();
    }
    let areas: Vec<&MultiPolygon> = outlines.iter().map(|(_, area)| *area).collect();
    let pairs = overlap_areas(frame, &areas, units);
    let whole: Vec<f64> = areas.iter().map(|area| measure::area_m2(area)).collect();
    let shared = pairs.into_iter().filter(|&(compound, _, area)| area >= SHARES * whole[compound]);
    shared.map(|(compound, unit, _)| (outlines[compound].0, unit)).collect()
}

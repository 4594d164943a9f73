//! `coverage.*`: the grids cover the outline without gap or overlap, and neighbours have the
//! same vertices.
//!
//! What is reported as what:
//! - every connected place that no grid owns is a *gap* when it lies in the outline, at its edge
//!   or not, or, where there is no outline, when grids enclose it;
//! - every connected place that the same two or more grids own is an *overlap*, every one that a
//!   grid owns beyond the outline is *outside*;
//! - none of these has a least size: a *sliver* is one no wider than the tolerance, and is only
//!   called so;
//! - a *near miss* says of two grids, or of a grid and the outline, that their borders run within
//!   the tolerance of each other without coinciding: where slivers lie between them, which are
//!   also reported each for itself, or, where there is no outline, strips that are open to the
//!   outside of all grids and so are no gaps ([`strips`]);
//! - a *mismatched edge* is a border that two polygons share as a line, but not vertex for vertex.
//!
//! Finding what is wrong ([`Tiling`]) and saying it ([`words`]) are apart, so that the check of an
//! edit ([`super::incremental`]) looks at a part of the map only and says the same of it.

mod strips;
mod words;

pub(super) use words::{mismatched_edge, near_miss};

use super::concern::HomeTree;
use super::context::{Context, Region, measured_regions};
use crate::domain::{Finding, MultiPolygon};
use crate::geometry::{Arrangement, FaceId, GridPoint, GridWindow, measure};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The grids and the outline in one arrangement: the first `grids` polygons are the grids, those
/// that follow are the outline's.
#[derive(Clone, Copy)]
pub(super) struct Tiling<'c> {
    pub arrangement: &'c Arrangement,
    pub grids: usize,
    /// Whether there is an outline; without one the grids may end anywhere.
    pub outlined: bool,
}

/// What is wrong with a place of the coverage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FaultKind {
    /// No grid owns it.
    Gap,
    /// Several grids own it.
    Overlap,
    /// A grid owns it, and it lies outside of the outline.
    Outside,
    /// No grid owns it, and it is open to the outside between two grids that nearly meet; only a
    /// near miss tells of it. See [`strips`].
    Strip,
}

/// A connected place where something is wrong.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub kind: FaultKind,
    /// The grids that hold it, ascending; those along the border of a gap, the longest first.
    pub grids: Vec<usize>,
    /// Whether it lies at the outline.
    pub at_edge: bool,
    pub shape: MultiPolygon,
    pub window: GridWindow,
    pub area_m2: f64,
    /// Diameter of the largest inscribed circle, in metres.
    pub width_m: f64,
    /// How long it is for its width, in metres.
    pub length_m: f64,
    /// Of the grids of an overlap the one whose own part has the longest border with it.
    pub leaning: Option<usize>,
    /// Households in it, once they were counted; see [`super::concern`].
    pub households: OnceLock<Option<u64>>,
}

impl Fault {
    /// The order in which faults are told: by kind, then from west to east.
    pub fn order(&self) -> (FaultKind, GridPoint, GridPoint) {
        (self.kind, self.window.low, self.window.high)
    }

    /// The grids whose borders nearly meet here, ascending; `None` for a place wider than the
    /// tolerance.
    pub fn near_miss(&self, tolerance_m: f64) -> Option<Vec<usize>> {
        if self.width_m > tolerance_m || self.grids.is_empty() {
            return None;
        }
        let mut grids = self.grids.clone();
        grids.sort_unstable();
        Some(grids)
    }
}

pub(super) fn check(context: &Context) -> Vec<Finding> {
    if context.grids.is_empty() {
        return Vec::new();
    }
    let tiling = Tiling::of(context);
    let terms = context.terms();
    let households = |grid: usize| context.households_of_grid(grid);
    let faults = tiling.all_faults(context.tolerance_m);
    if !faults.is_empty() {
        let homes = HomeTree::of(context.dataset);
        for fault in &faults {
            let _ = fault.households.set(homes.households_in(&fault.shape));
        }
    }
    let mut findings: Vec<Finding> =
        faults.iter().filter_map(|fault| fault.finding(&terms, &households)).collect();
    let mut near: BTreeMap<Vec<usize>, Vec<&Fault>> = BTreeMap::new();
    for fault in &faults {
        if let Some(grids) = fault.near_miss(context.tolerance_m) {
            near.entry(grids).or_default().push(fault);
        }
    }
    findings.extend(near.into_iter().map(|(grids, faults)| near_miss(&terms, &grids, &faults)));
    let arrangement = tiling.arrangement;
    findings.extend(tiling.mismatches().into_iter().map(|(pair, vertices)| {
        let places: Vec<_> = vertices.iter().map(|&v| arrangement.place(v)).collect();
        mismatched_edge(&terms, pair, &places)
    }));
    findings
}

impl<'c> Tiling<'c> {
    /// The tiling of a whole dataset.
    pub fn of(context: &'c Context) -> Self {
        Self {
            arrangement: context.coverage.arrangement(),
            grids: context.grids.len(),
            outlined: context.outline.is_some(),
        }
    }

    /// The grids that hold a face, and whether the outline does.
    pub fn holders(&self, face: FaceId) -> (&'c [u32], bool) {
        let owners = self.arrangement.owners(face);
        let split = owners.partition_point(|&p| (p as usize) < self.grids);
        (&owners[..split], !self.outlined || split < owners.len())
    }

    /// Everything that is wrong with the coverage, each kind in the order of the places'
    /// westernmost corners.
    pub fn all_faults(&self, tolerance_m: f64) -> Vec<Fault> {
        let mut faults = self.faults(|_, _| true);
        // The unbounded face is the outside of all grids.
        faults.extend(self.strips(tolerance_m, |face| face == 0));
        faults.sort_by_key(Fault::order);
        faults
    }

    /// The gaps, the overlaps and what lies outside, among the places of which `wanted` takes the
    /// faces: each kind in the order of the places' westernmost corners.
    pub fn faults(&self, wanted: impl Fn(FaultKind, &[FaceId]) -> bool) -> Vec<Fault> {
        let mut faults = Vec::new();
        let gap = |face| matches!(self.holders(face), ([], true)).then_some(());
        for region in measured_regions(self.arrangement, gap, |faces| wanted(FaultKind::Gap, faces))
        {
            let at_edge =
                region.border.iter().any(|&e| !self.holders(self.arrangement.face(e ^ 1)).1);
            let grids = self.neighbours(&region);
            faults.extend(self.fault(FaultKind::Gap, grids, at_edge, region));
        }
        let overlap = |face| Some(self.holders(face).0).filter(|grids| grids.len() > 1);
        for region in
            measured_regions(self.arrangement, overlap, |faces| wanted(FaultKind::Overlap, faces))
        {
            let grids = self.grids_in(&region);
            faults.extend(self.fault(FaultKind::Overlap, grids, false, region));
        }
        let outside = |face| match self.holders(face) {
            (grids, false) if !grids.is_empty() => Some(grids),
            _ => None,
        };
        for region in
            measured_regions(self.arrangement, outside, |faces| wanted(FaultKind::Outside, faces))
        {
            let grids = self.grids_in(&region);
            faults.extend(self.fault(FaultKind::Outside, grids, true, region));
        }
        faults.sort_by_key(Fault::order);
        faults
    }

    fn fault(
        &self,
        kind: FaultKind,
        grids: Vec<usize>,
        at_edge: bool,
        region: Region,
    ) -> Option<Fault> {
        let corners = region.border.iter().map(|&e| self.arrangement.origin(e));
        let window = GridWindow::around(corners.map(|v| self.arrangement.point(v)))?;
        let around: f64 = region.border.iter().map(|&e| self.arrangement.length_m(e)).sum();
        let leaning = match kind {
            FaultKind::Overlap => self.neighbours(&region).into_iter().find(|g| grids.contains(g)),
            _ => None,
        };
        let Region { shape, area_m2, width_m, .. } = region;
        Some(Fault {
            kind,
            grids,
            at_edge,
            shape,
            window,
            area_m2,
            width_m,
            length_m: measure::strip_length_m(around, width_m),
            leaning,
            households: OnceLock::new(),
        })
    }

    fn grids_in(&self, region: &Region) -> Vec<usize> {
        self.holders(region.faces[0]).0.iter().map(|&g| g as usize).collect()
    }

    /// The grids along a region's border, by the length that they share, to the millimetre: the
    /// longest first.
    fn neighbours(&self, region: &Region) -> Vec<usize> {
        let mut lengths: BTreeMap<usize, f64> = BTreeMap::new();
        for &edge in &region.border {
            for &grid in self.holders(self.arrangement.face(edge ^ 1)).0 {
                *lengths.entry(grid as usize).or_default() += self.arrangement.length_m(edge);
            }
        }
        let mut neighbours: Vec<(usize, f64)> = lengths.into_iter().collect();
        let millimetres = |length: f64| (length * 1000.0).round() as i64;
        neighbours.sort_by_key(|&(grid, length)| (std::cmp::Reverse(millimetres(length)), grid));
        neighbours.into_iter().map(|(grid, _)| grid).collect()
    }

    /// Borders that two polygons share, where the first lacks vertices that the second has: the
    /// line is the same, but an edit of one would tear it. The vertices from west to east.
    pub fn mismatches(&self) -> BTreeMap<(usize, usize), Vec<u32>> {
        let passed = self.arrangement.passed();
        let lacks = |polygon: u32, vertex: u32| passed.binary_search(&(polygon, vertex)).is_ok();
        let mut pairs: BTreeMap<(usize, usize), Vec<u32>> = BTreeMap::new();
        for &(polygon, vertex) in passed {
            for &edge in self.arrangement.around(vertex) {
                let along: Vec<u32> = self.arrangement.rings_along(edge).map(|(p, _)| p).collect();
                if !along.contains(&polygon) {
                    continue;
                }
                for &other in along.iter().filter(|&&p| p != polygon && !lacks(p, vertex)) {
                    // The outline's own vertices concern it only where a grid runs along it.
                    if (polygon as usize) < self.grids || (other as usize) < self.grids {
                        pairs.entry((polygon as usize, other as usize)).or_default().push(vertex);
                    }
                }
            }
        }
        for vertices in pairs.values_mut() {
            vertices.sort_unstable_by_key(|&v| self.arrangement.point(v));
            vertices.dedup();
        }
        pairs
    }
}

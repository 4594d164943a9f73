//! The figures that an edit changed.

use super::super::delta::Delta;
use super::super::state::GridInfo;
use super::Draft;
use super::rules::{Before, Breach};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// What edits changed in the figures of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct EditReport {
    /// The grids that were touched, by code.
    pub grids: Vec<GridReport>,
    /// Codes of grids that are gone.
    pub removed_grids: Vec<String>,
    /// Figures of the whole plan.
    pub totals: Totals,
    /// Each net's step with the grids.
    pub nets: Vec<NetStep>,
    /// Rules that are broken now and were not before.
    pub warnings: Vec<Breach>,
}

/// The figures of a grid.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct GridReport {
    /// Code.
    pub code: String,
    /// Name, kind and the like.
    #[serde(flatten)]
    pub info: GridInfo,
    /// Households.
    pub households: u64,
    /// Share off the mean: −0.12 for 12 % below; null outside the balance.
    pub deviation: Option<f64>,
    /// Number of units.
    pub units: usize,
    /// Whether it is one piece (an empty grid is none).
    pub contiguous: bool,
    /// Number of pieces.
    pub pieces: usize,
    /// Area in square metres.
    pub area_m2: f64,
    /// 4π area / perimeter²; null for an empty grid.
    pub polsby_popper: Option<f64>,
}

/// The figures of the whole plan, grids outside the balance left out.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Totals {
    /// Number of balanced grids.
    pub grids: usize,
    /// Households of a balanced grid at the mean.
    pub mean_households: f64,
    /// Greatest share by which a grid's households lie off the mean.
    pub max_deviation: f64,
    /// Neighbouring pairs of units in different grids.
    pub cut_edges: usize,
    /// Metres of border between grids.
    pub border_length_m: f64,
    /// Mean of the grids' 4π area / perimeter²; null while one is empty.
    pub mean_polsby_popper: Option<f64>,
    /// Households that are not in their present grid; null without a present plan.
    pub households_moved: Option<u64>,
    /// Communities of which some grid also holds units of another community.
    pub communities_split: usize,
    /// Compounds that lie in several grids, whatever their kind.
    pub compounds_divided: usize,
    /// Whether every grid is one piece.
    pub contiguous: bool,
    /// Units without a grid.
    pub units_unassigned: usize,
}

/// How a net goes with the grids of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NetStep {
    /// The net's layer.
    pub net: String,
    /// Whether all grids coincide with features of the net.
    pub coincides: bool,
    /// The grids that do not.
    pub out_of_step: Vec<String>,
    /// Those that came out of step by the edits.
    pub newly_out: Vec<String>,
    /// Those that came into step by them; grids that are gone are not among them.
    pub newly_in: Vec<String>,
}

impl Draft {
    /// Of each net, the grids with units that are out of step with it. O(grids × nets).
    pub(super) fn out_of_step(&self) -> Vec<Vec<u32>> {
        let grids = 0..self.grids.len() as u32;
        let filled = |grid: &u32| {
            let work = &self.grids[*grid as usize];
            !work.is_gone && !work.members.is_empty()
        };
        let filled: Vec<u32> = grids.filter(filled).collect();
        let nets = self.ground.nets.iter().zip(&self.nets);
        let out = |(net, counts): (&_, &super::net_counts::NetCounts)| {
            let out = filled.iter().filter(|&&g| !counts.is_in_step(net, &self.grids, g));
            out.copied().collect()
        };
        nets.map(out).collect()
    }

    /// The balanced grids of the plan.
    fn balanced_grids(&self) -> impl Iterator<Item = &super::figures::GridWork> {
        let grids = self.grids.iter().filter(|grid| !grid.is_gone);
        grids.filter(|grid| grid.info.kind == self.ground.balanced_kind)
    }

    /// Households of a balanced grid at the mean; 0 while there is none.
    pub(in crate::plan) fn mean_households(&self) -> f64 {
        let grids = self.balanced_grids().count();
        if grids == 0 { 0.0 } else { self.sums.balanced as f64 / grids as f64 }
    }

    /// The figures of a grid.
    pub(super) fn grid_report(&self, grid: u32, mean: f64) -> GridReport {
        let work = &self.grids[grid as usize];
        GridReport {
            code: work.code.clone(),
            info: work.info.clone(),
            households: work.households,
            deviation: (!self.is_out(grid)).then(|| deviation(work.households, mean)),
            units: work.members.len(),
            contiguous: work.pieces == 1,
            pieces: work.pieces,
            area_m2: work.area_m2,
            polsby_popper: work.polsby_popper(),
        }
    }

    /// The figures of the whole plan. O(grids).
    pub fn totals(&self) -> Totals {
        let mean = self.mean_households();
        let grids = self.balanced_grids().count();
        let off = self.balanced_grids().map(|grid| deviation(grid.households, mean).abs());
        let shapes: Option<Vec<f64>> = self.balanced_grids().map(|g| g.polsby_popper()).collect();
        let mut split: BTreeSet<u32> = BTreeSet::new();
        for grid in self.balanced_grids().filter(|grid| grid.communities.len() > 1) {
            split.extend(grid.communities.iter().map(|&(community, _)| community));
        }
        Totals {
            grids,
            mean_households: mean,
            max_deviation: off.fold(0.0, f64::max),
            cut_edges: self.sums.cut_edges,
            border_length_m: self.sums.border_m.max(0.0),
            mean_polsby_popper: shapes
                .filter(|all| !all.is_empty())
                .map(|all| all.iter().sum::<f64>() / all.len() as f64),
            households_moved: self.has_homes().then_some(self.sums.moved),
            communities_split: split.len(),
            compounds_divided: self.sums.divided,
            contiguous: self.balanced_grids().all(|grid| grid.pieces == 1),
            units_unassigned: self.sums.unassigned,
        }
    }

    /// What the edits changed. The draft is refreshed.
    pub(super) fn report(
        &self,
        before: &Before,
        delta: &Delta,
        warnings: Vec<Breach>,
    ) -> EditReport {
        let mean = self.mean_households();
        let touched = before.grids.keys().filter_map(|code| self.grid(code));
        let gone = delta.grids.keys().filter(|code| self.grid(code).is_none());
        let removed_grids = gone.filter(|code| before.grids.contains_key(*code)).cloned();
        EditReport {
            grids: touched.map(|grid| self.grid_report(grid, mean)).collect(),
            removed_grids: removed_grids.collect(),
            totals: self.totals(),
            nets: self.net_steps(&before.out_of_step),
            warnings,
        }
    }

    fn net_steps(&self, before: &[Vec<u32>]) -> Vec<NetStep> {
        let code = |grid: &u32| self.grids[*grid as usize].code.clone();
        let sorted = |mut codes: Vec<String>| {
            codes.sort();
            codes
        };
        let now = self.out_of_step();
        let step = |((net, was), now): ((&super::super::nets::NetGround, &Vec<u32>), &Vec<u32>)| {
            // Both are ascending.
            let is_new = |grid: &&u32| was.binary_search(grid).is_err();
            let is_back = |grid: &&u32| {
                let work = &self.grids[**grid as usize];
                now.binary_search(grid).is_err() && !work.is_gone && !work.members.is_empty()
            };
            NetStep {
                net: net.name.clone(),
                coincides: now.is_empty(),
                out_of_step: sorted(now.iter().map(code).collect()),
                newly_out: sorted(now.iter().filter(is_new).map(code).collect()),
                newly_in: sorted(was.iter().filter(is_back).map(code).collect()),
            }
        };
        self.ground.nets.iter().zip(before).zip(&now).map(step).collect()
    }
}

/// The share by which households lie off the mean.
fn deviation(households: u64, mean: f64) -> f64 {
    if mean > 0.0 { households as f64 / mean - 1.0 } else { 0.0 }
}

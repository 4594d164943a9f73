//! `net.*`: every net coincides with the governance grids, one feature a grid (多网合一).
//!
//! Way of the data: grids and net in one arrangement ([`overlay`]) → which features lie in which
//! grids ([`classify`]) → how far apart, for whom ([`figures`]) → words ([`words`]). A shift that
//! the whole net has in common is found first ([`offset`]), and taken back before matching.

mod classify;
mod figures;
mod offset;
mod overlay;
mod words;

pub use offset::Offset;

use super::context::{Context, ownership};
use crate::domain::{Correspondence, Finding, Geometry, MultiPolygon, Net};
use crate::geometry::Arrangement;
use overlay::Overlay;
use serde::Serialize;

/// How a grid and the features that lie in it fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchClass {
    /// The same area and the same border.
    Identical,
    /// No place of one border is further than the tolerance from the other.
    WithinTolerance,
    /// One feature for the grid, with another border.
    Displaced,
    /// Several features where there is one grid.
    Split,
    /// One feature where there are several grids.
    Merged,
    /// Several features where there are several grids, cut otherwise.
    Redrawn,
    /// The geometry fits, but the feature names another grid.
    Swapped,
    /// A grid that no feature fits.
    Missing,
    /// A feature that fits no grid.
    Extra,
}

impl MatchClass {
    /// The class as it is written in the report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::WithinTolerance => "within_tolerance",
            Self::Displaced => "displaced",
            Self::Split => "split",
            Self::Merged => "merged",
            Self::Redrawn => "redrawn",
            Self::Swapped => "swapped",
            Self::Missing => "missing",
            Self::Extra => "extra",
        }
    }
}

/// One grid against the net, or one feature that fits none.
#[derive(Clone, Debug, Serialize)]
pub struct NetMatch {
    /// Code of the grid; `None` for an extra feature.
    pub grid: Option<String>,
    /// The features that lie in it.
    pub features: Vec<String>,
    /// How they fit.
    pub class: MatchClass,
    /// Area in common over area of both together, 0 to 1.
    pub iou: Option<f64>,
    /// Area that only one of them has, in square metres.
    pub symmetric_difference_m2: Option<f64>,
    /// Greatest distance of a place of one border from the other, both ways, in metres.
    pub hausdorff_m: Option<f64>,
    /// Where that is: a line from the one border to the other.
    pub hausdorff_witness: Option<Geometry>,
    /// Length of border further than the tolerance from the other, both ways together, in metres.
    pub disagreeing_length_m: Option<f64>,
    /// Compounds that the grid has and the features have not, or the other way round.
    pub compounds_affected: Vec<String>,
    /// Households of those.
    pub households_affected: u64,
    /// The parts of the grid's border that the features do not have.
    pub grid_only: Option<Geometry>,
    /// The parts of the features' border that the grid does not have.
    pub net_only: Option<Geometry>,
}

/// One net against the grids.
#[derive(Clone, Debug, Serialize)]
pub struct NetReport {
    /// Layer name.
    pub net: String,
    /// Whether every grid has its one feature with the same border and name.
    pub coincides: bool,
    /// A shift that the whole net has in common.
    pub offset: Option<Offset>,
    /// Every grid, in order of code, then the extra features.
    pub matches: Vec<NetMatch>,
}

impl NetReport {
    /// The classes with their numbers: "14 identical, 2 displaced".
    pub fn summary(&self) -> String {
        let mut counts = std::collections::BTreeMap::new();
        for one in &self.matches {
            *counts.entry(one.class).or_insert(0) += 1;
        }
        let words: Vec<String> = counts.iter().map(|(c, n)| format!("{n} {}", c.name())).collect();
        words.join(", ")
    }
}

/// Matches every net against the grids.
pub(super) fn check(context: &Context) -> (Vec<NetReport>, Vec<Finding>) {
    let (mut reports, mut findings) = (Vec::new(), Vec::new());
    for (number, net) in context.dataset.nets.iter().enumerate() {
        let (report, found) = check_net(context, number, net);
        reports.push(report);
        findings.extend(found);
    }
    (reports, findings)
}

fn check_net(context: &Context, number: usize, net: &Net) -> (NetReport, Vec<Finding>) {
    let drawn: Vec<&MultiPolygon> = net.features.iter().map(|f| &f.geometry).collect();
    let offset = offset::find(context, net);
    let (moved, rebuilt): (Vec<MultiPolygon>, Arrangement);
    let (features, arrangement): (Vec<&MultiPolygon>, &Arrangement) = match &offset {
        Some(offset) => {
            moved = drawn.iter().map(|shape| offset.take_back(&context.frame, shape)).collect();
            let features: Vec<&MultiPolygon> = moved.iter().collect();
            rebuilt = context.overlay_with(&features);
            (features, &rebuilt)
        }
        None => (drawn, context.overlay(number)),
    };
    let overlay = Overlay::new(arrangement, context.grids.len(), features.len());
    let layer = context.grids.len()..context.grids.len() + features.len();
    let owners = ownership(&context.dataset.compounds, arrangement, layer, &features);
    let groups = classify::groups(&overlay);
    let mut figures = figures::Figures::new(context, net, &overlay, &owners);
    let mut matches: Vec<(usize, NetMatch)> = Vec::new();
    let mut findings = Vec::new();
    for group in &groups {
        let mut of_group = figures.matches_of(group, offset.as_ref());
        findings.extend(words::findings(context, net, group, &of_group, offset.as_ref()));
        matches.append(&mut of_group);
    }
    if let Some(offset) = &offset {
        findings.insert(0, words::offset(context, net, offset));
    }
    matches.sort_by_key(|(order, _)| *order);
    let matches: Vec<NetMatch> = matches.into_iter().map(|(_, one)| one).collect();
    let coincides = offset.is_none() && matches.iter().all(|m| m.class == MatchClass::Identical);
    (NetReport { net: net.name.clone(), coincides, offset, matches }, findings)
}

/// Whether several grids may share one feature.
fn allows_many(net: &Net) -> bool {
    net.correspondence == Correspondence::ManyToOne
}

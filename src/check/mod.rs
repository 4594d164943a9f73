//! Checking: do the grids tile the subdistrict, does every net coincide with them, does each
//! compound lie whole in one grid, are the grids of comparable size?
//!
//! A dataset is *clean* when, in this order:
//! 1. every feature was readable ([`crate::dataset`] adds what was not);
//! 2. rings are simple ([`rings`]);
//! 3. grids are one piece without holes ([`pieces`]);
//! 4. grids cover the subdistrict without gap or overlap, and neighbours have the same vertices
//!    ([`coverage`]);
//! 5. each net has one feature a grid, with the grid's border ([`nets`]);
//! 6. each compound lies whole in one grid ([`compounds`]), each grid in one community
//!    ([`community`]);
//! 7. households are balanced ([`balance`]).
//!
//! Known weaknesses: borders are compared after rounding to the millimetre grid, so faults below
//! one millimetre do not exist here; a line is straight in degrees.

mod balance;
mod codes;
mod community;
mod compounds;
mod concern;
mod context;
mod coverage;
mod geojson;
mod homes;
mod html;
mod incremental;
pub(crate) mod names;
mod nets;
mod pieces;
mod report;
mod rings;
mod text;
mod validity;

pub use html::HtmlOptions;
pub use incremental::{EditOutcome, GridEdit, LiveCheck};
pub use nets::{
    CommonPart, DisagreeingArc, MatchClass, NetMatch, NetReport, Offset, Side, WithoutOffset,
};
pub use report::{CheckOptions, GridReport, Language, Report};
pub(crate) use rings::spikes;

use crate::dataset::Dataset;
use crate::domain::{Compound, MultiPolygon};
use crate::geometry::Frame;
use context::Context;

/// Applies every rule to a dataset.
pub fn run(dataset: &Dataset, options: &CheckOptions) -> Report {
    let context = Context::new(dataset, options);
    // Nets first: the ring rules use their overlays.
    let (nets, net_findings) = nets::check(&context);
    let mut findings = dataset.findings.clone();
    findings.extend(rings::check(&context));
    findings.extend(pieces::check(&context));
    findings.extend(coverage::check(&context));
    findings.extend(net_findings);
    findings.extend(compounds::check(&context));
    findings.extend(community::check(&context));
    findings.extend(codes::check(&context));
    let (grids, balance_findings) = balance::check(&context);
    findings.extend(balance_findings);
    for finding in &mut findings {
        finding.severity = dataset.rules.severity(&finding.rule, finding.severity);
    }
    Report::new(dataset.name.clone(), context.tolerance_m, findings, nets, grids)
}

/// The sizes of the grids, without any rule.
#[derive(Clone, Debug)]
pub struct Sizes {
    /// Each grid's figures, in the order of the dataset's grids.
    pub grids: Vec<GridReport>,
    /// For each compound the position of the grid that owns it: by the largest share of its area,
    /// or by its point.
    pub grid_of_compound: Vec<Option<usize>>,
}

/// The sizes of a dataset's grids, as [`run`] reports them.
pub fn sizes(dataset: &Dataset) -> Sizes {
    let context = Context::new(dataset, &CheckOptions::default());
    let grid_of_compound = context.compounds.iter().map(homes::Ownership::owner).collect();
    Sizes { grids: balance::grid_reports(&context), grid_of_compound }
}

/// Every net against the grids, as [`run`] reports them.
pub fn match_nets(dataset: &Dataset, options: &CheckOptions) -> Vec<NetReport> {
    nets::check(&Context::new(dataset, options)).0
}

/// For each compound the polygon that owns its point or most of its outline, of several equal
/// ones the first.
pub fn owners_of_compounds(
    frame: &Frame,
    compounds: &[Compound],
    polygons: &[&MultiPolygon],
) -> Vec<Option<usize>> {
    let sites: Vec<homes::Site> = compounds.iter().map(|c| homes::Site::from(&c.place)).collect();
    let in_order: Vec<usize> = (0..polygons.len()).collect();
    let owned = homes::ownership(frame, &sites, polygons, &in_order);
    owned.iter().map(homes::Ownership::owner).collect()
}

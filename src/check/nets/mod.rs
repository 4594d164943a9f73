//! `net.*`: every net coincides with the governance grids, one feature a grid (多网合一).
//!
//! Way of the data: a shift that the whole net has in common is found first ([`offset`]) and taken
//! back; grids and net in one arrangement ([`overlay`]) → which features lie in which grids
//! ([`graph`]) → which grids they name ([`named`]) → how far apart they are ([`figures`]), for
//! whom ([`residents`]) → the rows of the report ([`matches`]) → words ([`words`]).
//!
//! Known weaknesses: a border moved so far that a grid loses more than half of its area to a
//! neighbour's feature counts as redrawn, not as displaced; a net that is turned or scaled, not
//! only shifted, has no common offset.

mod figures;
mod graph;
mod matches;
mod named;
mod offset;
mod overlay;
mod report;
mod residents;
mod words;

pub use figures::{DisagreeingArc, Side};
pub use offset::Offset;
pub use report::{CommonPart, MatchClass, NetMatch, NetReport, WithoutOffset};

use super::context::Context;
use crate::domain::{Correspondence, Finding, MultiPolygon, Net};
use crate::geometry::Arrangement;
use matches::{Matched, Matcher};
use named::Named;
use overlay::{Group, Overlay};
use residents::{Layer, Residents};
use words::Speaker;

/// Matches every net against the grids. Without grids there is nothing to hold a net against.
pub(super) fn check(context: &Context) -> (Vec<NetReport>, Vec<Finding>) {
    let (mut reports, mut findings) = (Vec::new(), Vec::new());
    if context.grids.is_empty() {
        return (reports, findings);
    }
    for number in 0..context.dataset.nets.len() {
        let (report, found) = check_net(context, number);
        reports.push(report);
        findings.extend(found);
    }
    (reports, findings)
}

fn check_net(context: &Context, number: usize) -> (NetReport, Vec<Finding>) {
    let net = &context.dataset.nets[number];
    let order = by_key(net);
    let named = Named::of(context, net);
    let drawn: Vec<&MultiPolygon> = net.features.iter().map(|f| &f.geometry).collect();
    let offset = offset::find(context, net, &named, &order);
    let (moved, rebuilt): (Vec<MultiPolygon>, Arrangement);
    let (shapes, arrangement): (Vec<&MultiPolygon>, &Arrangement) = match &offset {
        Some(offset) => {
            moved = drawn.iter().map(|shape| offset.take_back(&context.frame, shape)).collect();
            let shapes: Vec<&MultiPolygon> = moved.iter().collect();
            rebuilt = context.overlay_with(&shapes);
            (shapes, &rebuilt)
        }
        None => (drawn.clone(), context.overlay(number)),
    };
    let overlay = Overlay::new(arrangement, context.grids.len(), shapes.len());
    let names = |grid, feature| named.names(feature, grid);
    let groups = graph::groups(&overlay, &order, names, allows_many(net));
    let is_same = |group: &Group| {
        let is_pair = group.features.len() == 1 && (group.grids.len() == 1 || allows_many(net));
        is_pair && overlay.same_area(group)
    };
    let is_same: Vec<bool> = groups.iter().map(is_same).collect();
    let layer = Layer { shapes: &shapes, order: &order };
    let residents = Residents::of(context, &overlay, layer, &groups, (&is_same, allows_many(net)));
    let matcher = Matcher { context, net, overlay: &overlay, residents: &residents, named: &named };
    let matched: Vec<Matched> = groups.iter().map(|group| matcher.rows(group)).collect();
    let speaker = Speaker::new(&matcher, &groups, offset.as_ref());
    let mut findings = speaker.findings(&matched);
    let homes = matched.iter().flat_map(|one| one.homes.iter().copied());
    let mut report = NetReport::of(context, net, offset, &matched, households(context, homes));
    if let Some(offset) = &report.offset {
        let layer = Layer { shapes: &drawn, order: &order };
        let drawn = as_drawn(&matcher, number, layer, &matched);
        findings.insert(0, speaker.offset(offset, drawn.households));
        report.matches = drawn.matches;
        report.households_affected = drawn.households;
    }
    (report, findings)
}

/// A net with a common offset as it was drawn.
struct Drawn {
    matches: Vec<NetMatch>,
    /// Households that change their owner.
    households: u64,
}

fn as_drawn(matcher: &Matcher, number: usize, layer: Layer, matched: &[Matched]) -> Drawn {
    let context = matcher.context;
    let overlay = Overlay::new(context.overlay(number), context.grids.len(), layer.shapes.len());
    let residents = matcher.residents.moved(context, layer);
    let drawn = Matcher { overlay: &overlay, residents: &residents, ..*matcher };
    let mut rows: Vec<(usize, NetMatch)> = Vec::new();
    for one in matched {
        let of_group = one.rows.iter();
        rows.extend(of_group.map(|(g, row)| (*g, drawn.drawn_row(&one.group, *g, row))));
    }
    rows.sort_by_key(|(place, _)| *place);
    let homes = (0..context.grids.len()).flat_map(|grid| residents.changed(grid));
    Drawn {
        matches: rows.into_iter().map(|(_, row)| row).collect(),
        households: households(context, homes),
    }
}

/// Households of homes, each home once.
fn households(context: &Context, homes: impl Iterator<Item = usize>) -> u64 {
    let homes: std::collections::BTreeSet<usize> = homes.collect();
    context.homes.households(homes)
}

/// The positions of a net's features in the order of their keys.
fn by_key(net: &Net) -> Vec<usize> {
    let mut order: Vec<usize> = (0..net.features.len()).collect();
    order.sort_by_key(|&f| (&net.features[f].id, &net.features[f].name));
    order
}

/// Whether several grids may share one feature.
fn allows_many(net: &Net) -> bool {
    net.correspondence == Correspondence::ManyToOne
}

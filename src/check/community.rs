//! `grid.crosses_community`: each grid lies whole inside one community.

use super::context::{Context, measured_regions};
use crate::domain::{Finding, Measure, MultiPolygon, Severity};
use crate::geometry::{Arrangement, overlap_areas};

pub(super) fn check(context: &Context) -> Vec<Finding> {
    let communities: Vec<&MultiPolygon> =
        context.dataset.communities.iter().map(|c| &c.geometry).collect();
    if communities.is_empty() || context.grids.is_empty() {
        return Vec::new();
    }
    let mut shares: Vec<Vec<(usize, f64)>> = vec![Vec::new(); context.grids.len()];
    for (grid, community, area) in overlap_areas(&context.frame, &context.grids, &communities) {
        shares[grid].push((community, area));
    }
    let mut findings = Vec::new();
    for (grid, shares) in shares.iter_mut().enumerate() {
        shares.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        for &(community, _) in shares.iter().skip(1) {
            findings.extend(crossing(context, grid, shares[0].0, community));
        }
        if let Some(&(home, _)) = shares.first() {
            findings.extend(code_of_home(context, grid, home));
        }
    }
    findings
}

/// The part of a grid in a second community, when it is wider than the tolerance.
fn crossing(context: &Context, grid: usize, home: usize, other: usize) -> Option<Finding> {
    let communities = &context.dataset.communities;
    let pair = [context.grids[grid], &communities[other].geometry];
    let arrangement = Arrangement::build(&context.frame, &pair);
    let common = |face| (arrangement.owners(face).len() == 2).then_some(());
    let regions = measured_regions(&arrangement, common, |_| true);
    let widest = regions.iter().max_by(|a, b| a.width_m.total_cmp(&b.width_m))?;
    if widest.width_m <= context.tolerance_m {
        return None;
    }
    let area: f64 = regions.iter().map(|r| r.area_m2).sum();
    let (home, other) = (&communities[home].name, &communities[other].name);
    let title = context.title(grid);
    let parts = regions.iter().flat_map(|r| r.shape.polygons().iter().cloned()).collect();
    let finding = Finding::new(
        "grid.crosses_community",
        Severity::Error,
        "grids",
        format!("{title} lies in {home}, but {area:.0} m² of it lie in {other}"),
        format!("{title}位于{home}，但有 {area:.0} 平方米越入{other}"),
    )
    .with_file(context.file("grids"))
    .with_features([context.code(grid)])
    .with_measure(Measure {
        area_m2: Some(area),
        width_m: Some(widest.width_m),
        ..Measure::default()
    })
    .with_mend(
        format!("draw the grid's border back to that of {home}"),
        format!("将网格边界收回至{home}边界"),
    );
    Some(match MultiPolygon::new(parts) {
        Ok(place) => finding.with_geometry(place.to_geometry()),
        Err(_) => finding,
    })
}

/// A grid that names another community than the one it lies in.
fn code_of_home(context: &Context, grid: usize, home: usize) -> Option<Finding> {
    let home = &context.dataset.communities[home];
    let named = context.dataset.grids[grid].community_code.as_ref()?;
    if *named == home.code {
        return None;
    }
    let title = context.title(grid);
    Some(
        Finding::new(
            "code.community",
            Severity::Warning,
            "grids",
            format!("{title} names community {named}, but lies in {} ({})", home.name, home.code),
            format!("{title}所填社区编码为{named}，但实际位于{}（{}）", home.name, home.code),
        )
        .with_file(context.file("grids"))
        .with_field("community_code")
        .with_features([context.code(grid)])
        .with_geometry(context.grids[grid].to_geometry())
        .with_mend(
            format!("set community_code to {}", home.code),
            format!("将 community_code 改为{}", home.code),
        ),
    )
}

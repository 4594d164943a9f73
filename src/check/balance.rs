//! `balance.deviation`, `size.households`: grids of comparable size.

use super::context::Context;
use super::report::GridReport;
use crate::domain::{Finding, GridKind, Measure, Severity};
use crate::geometry::overlap_areas;
use std::f64::consts::PI;

pub(super) fn check(context: &Context) -> (Vec<GridReport>, Vec<Finding>) {
    let reports = grid_reports(context);
    let mut findings = Vec::new();
    for (grid, report) in reports.iter().enumerate() {
        if report.deviation.is_some() {
            findings.extend(deviation(context, grid, report));
        }
    }
    for (grid, report) in reports.iter().enumerate() {
        if report.deviation.is_some() {
            findings.extend(size(context, grid, report));
        }
    }
    (reports, findings)
}

pub(super) fn grid_reports(context: &Context) -> Vec<GridReport> {
    if context.grids.is_empty() {
        return Vec::new();
    }
    let households = households(context);
    let grids = &context.dataset.grids;
    let in_balance: Vec<bool> = grids.iter().map(|g| g.kind != GridKind::Dedicated).collect();
    let count = in_balance.iter().filter(|b| **b).count();
    let total: u64 = (0..grids.len()).filter(|&g| in_balance[g]).map(|g| households[g]).sum();
    let mean = total as f64 / count.max(1) as f64;
    let (areas, perimeters) = (context.coverage.areas_m2(), context.coverage.perimeters_m());
    (0..grids.len())
        .map(|g| GridReport {
            code: grids[g].code.clone(),
            name: grids[g].name.clone(),
            households: households[g],
            deviation: (in_balance[g] && mean > 0.0).then(|| households[g] as f64 / mean - 1.0),
            area_m2: areas[g],
            compactness: if perimeters[g] > 0.0 {
                4.0 * PI * areas[g] / perimeters[g].powi(2)
            } else {
                0.0
            },
        })
        .collect()
}

/// Households of each grid: of the compounds that it owns, or of the units that lie for the
/// most part in it where the dataset has no compounds.
fn households(context: &Context) -> Vec<u64> {
    let mut sums = vec![0u64; context.grids.len()];
    if context.dataset.compounds.is_empty() {
        let units: Vec<_> = context.dataset.units.iter().map(|u| &u.geometry).collect();
        let mut best: Vec<Option<(f64, usize)>> = vec![None; units.len()];
        for (unit, grid, area) in overlap_areas(&context.frame, &units, &context.grids) {
            if best[unit].is_none_or(|(most, _)| area > most) {
                best[unit] = Some((area, grid));
            }
        }
        for (unit, best) in best.into_iter().enumerate() {
            if let Some((_, grid)) = best {
                sums[grid] += u64::from(context.dataset.units[unit].households.unwrap_or(0));
            }
        }
    } else {
        for c in 0..context.compounds.len() {
            if let Some(grid) = context.compounds[c].owner() {
                sums[grid] += context.households(c);
            }
        }
    }
    sums
}

fn deviation(context: &Context, grid: usize, report: &GridReport) -> Option<Finding> {
    let deviation = report.deviation?;
    let bound = context.dataset.rules.max_deviation;
    // A hair of rounding must not turn a grid at the bound into a fault.
    if deviation.abs() <= bound + 1e-9 {
        return None;
    }
    let mean = report.households as f64 / (1.0 + deviation);
    let (more, more_zh) = if deviation > 0.0 { ("more", "多") } else { ("fewer", "少") };
    let title = context.title(grid);
    Some(
        Finding::new(
            "balance.deviation",
            Severity::Error,
            "grids",
            format!(
                "{title} has {} households, {:.1} % {more} than the mean of {mean:.0} (at most ±{:.0} %)",
                report.households,
                deviation.abs() * 100.0,
                bound * 100.0
            ),
            format!(
                "{title}有{}户，比平均数{mean:.0}户{more_zh} {:.1} %（允许±{:.0} %）",
                report.households,
                deviation.abs() * 100.0,
                bound * 100.0
            ),
        )
        .with_file(context.file("grids"))
        .with_features([context.code(grid)])
        .with_measure(Measure {
            households: Some(report.households),
            value: Some(deviation),
            ..Measure::default()
        })
        .with_geometry(context.grids[grid].to_geometry())
        .with_mend("ask for a balanced plan (wangge balance)", "生成均衡方案（wangge balance）"),
    )
}

fn size(context: &Context, grid: usize, report: &GridReport) -> Option<Finding> {
    let [least, most] = context.dataset.rules.size_households;
    if (u64::from(least)..=u64::from(most)).contains(&report.households) {
        return None;
    }
    let title = context.title(grid);
    let households = report.households;
    Some(
        Finding::new(
            "size.households",
            Severity::Warning,
            "grids",
            format!("{title} has {households} households, outside the band of {least}–{most}"),
            format!("{title}有{households}户，不在{least}～{most}户的规模范围内"),
        )
        .with_file(context.file("grids"))
        .with_features([context.code(grid)])
        .with_measure(Measure {
            households: Some(households),
            value: Some(households as f64),
            ..Measure::default()
        })
        .with_geometry(context.grids[grid].to_geometry()),
    )
}

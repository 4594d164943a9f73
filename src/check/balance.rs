//! `balance.deviation`, `size.households`: grids of comparable size.

use super::context::Context;
use super::names::{self, Words};
use super::report::GridReport;
use crate::domain::{Finding, Grid, GridKind, Measure, Severity};
use std::f64::consts::PI;

pub(super) fn check(context: &Context) -> (Vec<GridReport>, Vec<Finding>) {
    let reports = grid_reports(context);
    let mut findings = Vec::new();
    let counted = || reports.iter().filter(|report| report.deviation.is_some());
    let total: u64 = counted().map(|report| report.households).sum();
    let mean = total as f64 / counted().count().max(1) as f64;
    for (grid, report) in reports.iter().enumerate() {
        if report.deviation.is_some() {
            findings.extend(deviation(context, grid, report, mean));
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
    let in_balance = in_balance(grids);
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

/// Households of each grid: of the compounds that it owns, or of the units where no compound
/// tells any.
fn households(context: &Context) -> Vec<u64> {
    let mut sums = vec![0u64; context.grids.len()];
    for (home, one) in context.homes.homes.iter().enumerate() {
        if let Some(grid) = context.homes.grid(home) {
            sums[grid] += one.households;
        }
    }
    sums
}

/// Whether each grid is in the balance: base grids, or micro-grids where there are no others.
fn in_balance(grids: &[Grid]) -> Vec<bool> {
    let has = |kind| grids.iter().any(|grid| grid.kind == kind);
    let micro = has(GridKind::Micro) && !has(GridKind::Base);
    let kind = if micro { GridKind::Micro } else { GridKind::Base };
    grids.iter().map(|grid| grid.kind == kind).collect()
}

fn deviation(context: &Context, grid: usize, report: &GridReport, mean: f64) -> Option<Finding> {
    let deviation = report.deviation?;
    let bound = context.dataset.rules.max_deviation;
    // A hair of rounding must not turn a grid at the bound into a fault.
    if deviation.abs() <= bound + 1e-9 {
        return None;
    }
    let (title, n) = (Words::grid(context, grid), report.households);
    let (off, allowed) = (deviation.abs() * 100.0, (bound * 1000.0).round() / 10.0);
    let (most, least) = ((1.0 + bound) * mean, (1.0 - bound) * mean);
    let (more, more_zh, mend) = if deviation > 0.0 {
        let n = (n as f64 - most).ceil() as u64;
        let words = Words::new(
            format!("hand over at least {} to neighbouring grids", names::households(n)),
            format!("至少向相邻网格划出{n}户"),
        );
        ("more", "多", words)
    } else {
        let n = (least - n as f64).ceil() as u64;
        let words = Words::new(
            format!("take over at least {} from neighbouring grids", names::households(n)),
            format!("至少从相邻网格划入{n}户"),
        );
        ("fewer", "少", words)
    };
    let finding = Finding::new(
        "balance.deviation",
        Severity::Error,
        "grids",
        format!(
            "{} has {}, {off:.1} % {more} than the mean of {mean:.0} (±{allowed} % are allowed)",
            title.en,
            names::households(n)
        ),
        format!("{}有{n}户，比平均{mean:.0}户{more_zh} {off:.1} %（允许 ±{allowed} %）", title.zh),
    );
    let value = Some(deviation);
    let measure = Measure { households: Some(n), value, ..Measure::default() };
    Some(
        finding
            .with_file(context.file("grids"))
            .with_features([context.code(grid)])
            .with_measure(measure)
            .with_geometry(context.grids[grid].to_geometry())
            .with_mend(
                mend.en + "; wangge balance proposes plans",
                mend.zh + "；可用 wangge balance 生成均衡方案",
            ),
    )
}

fn size(context: &Context, grid: usize, report: &GridReport) -> Option<Finding> {
    let [least, most] = context.dataset.rules.size_households;
    let n = report.households;
    if (u64::from(least)..=u64::from(most)).contains(&n) {
        return None;
    }
    let title = Words::grid(context, grid);
    let (way, way_zh, mend) = if n > u64::from(most) {
        let parts = n.div_ceil(u64::from(most).max(1));
        let words = Words::new(
            format!("divide it into {parts} grids, or set another size_households in wangge.toml"),
            format!("拆分为{parts}个网格，或在 wangge.toml 中调整 size_households"),
        );
        ("more", "多于", words)
    } else {
        let words = Words::new(
            "join it with a neighbouring grid, or set another size_households in wangge.toml",
            "与相邻网格合并，或在 wangge.toml 中调整 size_households",
        );
        ("fewer", "少于", words)
    };
    Some(
        Finding::new(
            "size.households",
            Severity::Warning,
            "grids",
            format!(
                "{} has {}, {way} than the {least} to {most} of a grid",
                title.en,
                names::households(n)
            ),
            format!("{}有{n}户，{way_zh}规定的{least}～{most}户", title.zh),
        )
        .with_file(context.file("grids"))
        .with_features([context.code(grid)])
        .with_measure(Measure { households: Some(n), value: Some(n as f64), ..Measure::default() })
        .with_geometry(context.grids[grid].to_geometry())
        .with_mend(mend.en, mend.zh),
    )
}

//! The check of the demo data, as a planner runs it: every planted fault of
//! `data/shuangshan/README.md`, and no other error than the imbalance.

#![allow(clippy::unwrap_used)] // a test may fail by panicking

use std::collections::BTreeMap;
use std::path::Path;
use wangge::check::{self, CheckOptions, MatchClass, Report};
use wangge::dataset;
use wangge::domain::Severity;

fn report() -> Report {
    let demo =
        dataset::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/shuangshan")).unwrap();
    check::run(&demo, &CheckOptions::default())
}

#[test]
fn finds_each_planted_fault_and_nothing_else_of_severity_error() {
    let report = report();
    let mut errors: Vec<(String, String, String)> = report
        .findings
        .iter()
        .filter(|f| f.severity == Severity::Error && f.rule != "balance.deviation")
        .map(|f| (f.rule.clone(), f.layer.clone(), f.features.join(" ")))
        .collect();
    errors.sort();
    let planted = [
        ("compound.split", "compounds", "C089"),
        ("coverage.gap", "grids", "370203035001004 370203035001003"),
        ("coverage.overlap", "grids", "370203035002001 370203035002002"),
        ("net.displaced", "branches", "ZB003001 370203035003001"),
        ("net.displaced", "branches", "ZB003002 370203035003002"),
        ("net.displaced", "emergency_grids", "YJ002002 370203035002002"),
        ("net.displaced", "emergency_grids", "YJ002003 370203035002003"),
        ("net.merged", "urban_management_grids", "CG003001 370203035003001 370203035003005"),
        ("net.split", "branches", "ZB001001-1 ZB001001-2 370203035001001"),
        ("net.swapped", "branches", "ZB004003 370203035004004"),
        ("net.swapped", "branches", "ZB004004 370203035004003"),
    ];
    let planted: Vec<(String, String, String)> =
        planted.map(|(r, l, f)| (r.to_string(), l.to_string(), f.to_string())).to_vec();
    assert_eq!(errors, planted);
}

#[test]
fn measures_the_faults_as_they_were_planted() {
    let report = report();
    let of = |rule: &str| report.findings.iter().find(|f| f.rule == rule).unwrap();
    let gap = of("coverage.gap").measure.clone();
    assert!(
        (gap.width_m.unwrap() - 6.0).abs() < 0.1 && (gap.area_m2.unwrap() - 549.0).abs() < 2.0,
        "{gap:?}"
    );
    let overlap = of("coverage.overlap").measure.clone();
    assert!((overlap.width_m.unwrap() - 8.0).abs() < 0.1, "{overlap:?}");
    let displaced = of("net.displaced").measure.clone();
    assert!((displaced.distance_m.unwrap() - 34.0).abs() < 0.5, "{displaced:?}");
    assert_eq!(displaced.households, Some(74));
    let split = of("compound.split").measure.clone();
    assert!((split.value.unwrap() - 0.72).abs() < 0.02, "{split:?}");
}

#[test]
fn reports_sixteen_grids_as_uneven_as_they_are() {
    let report = report();
    assert_eq!(report.grids.len(), 16);
    let worst = report.grids.iter().filter_map(|g| g.deviation).map(f64::abs).fold(0.0, f64::max);
    assert!(worst >= 0.4, "{worst}");
    let off = report.grids.iter().filter(|g| g.deviation.unwrap().abs() > 0.1).count();
    assert_eq!(report.findings.iter().filter(|f| f.rule == "balance.deviation").count(), off);
    assert_eq!(report.grids.iter().map(|g| g.households).sum::<u64>(), 24_793);
}

#[test]
fn the_nets_say_which_grids_they_fit() {
    let report = report();
    let classes = |net: &str| {
        let net = report.nets.iter().find(|n| n.net == net).unwrap();
        assert!(!net.coincides && net.offset.is_none());
        let mut counts: BTreeMap<MatchClass, usize> = BTreeMap::new();
        net.matches.iter().for_each(|m| *counts.entry(m.class).or_default() += 1);
        counts.into_iter().collect::<Vec<_>>()
    };
    use MatchClass::{Displaced, Identical, Merged, Split, Swapped};
    assert_eq!(classes("branches"), [(Identical, 11), (Displaced, 2), (Split, 1), (Swapped, 2)]);
    assert_eq!(classes("emergency_grids"), [(Identical, 14), (Displaced, 2)]);
    assert_eq!(classes("urban_management_grids"), [(Identical, 14), (Merged, 2)]);
}

#[test]
fn every_finding_speaks_both_languages_and_has_a_place() {
    for finding in report().findings {
        assert!(!finding.message.is_empty() && !finding.message_zh.is_empty());
        assert!(finding.geometry.is_some(), "{}", finding.rule);
        assert!(finding.file.is_some(), "{}", finding.rule);
    }
}

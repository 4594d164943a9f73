//! Every planted fault is found, as what it is; nothing else is.

use crate::common::{Dice, frame, tessellations};
use crate::kinds::Kind;
use crate::made;
use crate::plant::{Planted, Town, faults};
use proptest::prelude::*;
use wangge::check::{self, CheckOptions, Report};
use wangge::domain::{Finding, Severity};
use wangge::geometry::{Frame, GridPoint};

/// Tolerance of the tests, in metres.
const TOLERANCE: f64 = 0.5;

/// Distance in metres from a place to the nearest corner of a finding.
fn distance_m(finding: &Finding, planted: &Planted) -> f64 {
    let frame: Frame = frame();
    let at = frame.to_grid(planted.at);
    let metres = |p: GridPoint| frame.length_m(p, at);
    let corners = finding.geometry.as_ref().unwrap().corners();
    corners.into_iter().map(|p| metres(frame.to_grid(p))).fold(f64::INFINITY, f64::min)
}

/// What is not as it should be with the report of one planted fault.
fn complaint(report: &Report, planted: &Planted) -> Option<String> {
    let kind = planted.kind;
    let mut codes: Vec<String> = planted.grids.iter().map(|g| format!("g{g:04}")).collect();
    codes.sort();
    let of_rule = report.findings.iter().filter(|f| f.rule == kind.rule());
    let named = |f: &&Finding| {
        let mut features = f.features.clone();
        features.sort();
        features == codes
    };
    let found: Vec<&Finding> = of_rule.filter(named).collect();
    let [found] = found.as_slice() else {
        return Some(format!("{} findings of {} for {codes:?}", found.len(), kind.rule()));
    };
    if kind != Kind::Orientation && distance_m(found, planted) > planted.reach_m + 0.01 {
        return Some(format!("{:.3} m off the place", distance_m(found, planted)));
    }
    if let Some(planted_area) = planted.area_m2 {
        let area = found.measure.area_m2.unwrap();
        // Two millimetres along its borders, and the plane against the ellipsoid.
        let slack = 0.002 * 2.0 * planted.reach_m.min(1000.0) + 2e-3 * planted_area;
        if (area - planted_area).abs() > slack {
            return Some(format!("{area} m² instead of {planted_area} m²"));
        }
    }
    // Where a sliver is left, its borders nearly meet.
    let near = report.findings.iter().filter(|f| f.rule == "coverage.near_miss").any(|f| named(&f));
    let is_sliver = kind.is_beside_a_border() && found.measure.width_m.unwrap() <= TOLERANCE;
    if kind.is_beside_a_border() && near != is_sliver {
        return Some(format!("near miss: {near}, {:?} m wide", found.measure.width_m));
    }
    let allowed = |rule: &str| rule == kind.rule() || kind.company().contains(&rule);
    let stranger = faults(report).into_iter().find(|f| !allowed(&f.rule));
    stranger.map(|stranger| format!("{} says: {}", stranger.rule, stranger.message))
}

proptest! {
    #![proptest_config(crate::common::cases(48))]

    #[test]
    fn every_planted_fault_is_found_as_what_it_is(seed in any::<u64>()) {
        for kind in Kind::ALL {
            let mut town = Town::new(seed);
            let cell = town.dice.below(town.shapes.len());
            // From 4 mm to 8 m, evenly by order of magnitude.
            let size = 0.004 * 2000f64.powf(town.dice.roll());
            // Kinds at the outer border do not fit everywhere.
            let cells = (0..town.shapes.len()).map(|i| (cell + i) % town.shapes.len());
            let planted = cells.collect::<Vec<_>>().into_iter().find_map(|c| town.plant(kind, c, size));
            let planted = planted.unwrap();
            let report = town.report(TOLERANCE);
            if let Some(complaint) = complaint(&report, &planted) {
                prop_assert!(false, "{planted:?} of {size} m: {complaint}\n{}", told(&report));
            }
        }
    }

    #[test]
    fn clean_towns_have_no_finding(seed in any::<u64>()) {
        let town = Town::new(seed);
        for tolerance in [0.001, 0.5, 20.0] {
            let report = town.report(tolerance);
            prop_assert!(faults(&report).is_empty(), "{}", told(&report));
            let sum: f64 = report.grids.iter().map(|grid| grid.area_m2).sum();
            let whole = town.area_m2();
            prop_assert!((sum / whole - 1.0).abs() < 1e-9, "{sum} and {whole}");
        }
        let alone = check::run(&made::with_grids(&town.shapes), &CheckOptions::default());
        prop_assert!(faults(&alone).is_empty(), "{}", told(&alone));
    }

    #[test]
    fn tessellations_have_no_other_finding_than_their_pieces_and_holes(t in tessellations(6)) {
        let data = made::outlined(made::with_grids(&t.faces), t.outline.clone());
        let report = check::run(&data, &CheckOptions::default());
        for finding in faults(&report) {
            let grid: usize = finding.features[0][1..].parse().unwrap();
            let parts = t.faces[grid].polygons();
            let is_so = match finding.rule.as_str() {
                "coverage.multipart" => parts.len() > 1,
                "coverage.hole" => parts.iter().any(|p| !p.holes().is_empty()),
                _ => false,
            };
            prop_assert!(is_so, "{}: {}", finding.rule, finding.message);
        }
    }

    #[test]
    fn a_wider_tolerance_finds_all_that_a_narrower_one_finds(seed in any::<u64>()) {
        let mut town = Town::new(seed);
        town.plant_many();
        let key = |f: &&Finding| (f.rule.clone(), f.features.clone(), format!("{:?}", f.geometry));
        let mut before: Vec<(String, Vec<String>, String)> = Vec::new();
        let mut near_before: Vec<Vec<String>> = Vec::new();
        for tolerance in [0.001, 0.02, 0.1, 0.3, 0.5, 1.0, 3.0, 10.0] {
            let report = town.report(tolerance);
            let (near, others): (Vec<&Finding>, Vec<&Finding>) =
                faults(&report).into_iter().partition(|f| f.rule == "coverage.near_miss");
            let others: Vec<_> = others.iter().map(key).collect();
            let near: Vec<Vec<String>> = near.iter().map(|f| f.features.clone()).collect();
            if tolerance > 0.001 {
                prop_assert_eq!(&others, &before);
            }
            for pair in &near_before {
                prop_assert!(near.contains(pair), "{pair:?} is near at a narrower tolerance");
            }
            (before, near_before) = (others, near);
        }
    }

    #[test]
    fn areas_of_grids_gaps_and_parts_outside_add_up(seed in any::<u64>()) {
        let mut town = Town::new(seed);
        town.plant_many();
        let report = town.report(TOLERANCE);
        let sum = |rule: &str| -> f64 {
            let of_rule = report.findings.iter().filter(|f| f.rule == rule);
            of_rule.filter_map(|f| f.measure.area_m2).sum()
        };
        let grids: f64 = report.grids.iter().map(|grid| grid.area_m2).sum();
        let whole = grids + sum("coverage.gap") - sum("coverage.outside");
        // Borders that are cut at a crossing move by less than a millimetre there.
        let outline = town.area_m2();
        prop_assert!((whole / outline - 1.0).abs() < 1e-6, "{whole} against {outline}");
    }

    #[test]
    fn strips_that_are_open_to_the_outside_are_near_misses(
        seed in any::<u64>(), distance in 0.004..2.0f64, length in 10.0..60.0f64
    ) {
        // Two blocks side by side with a strip between them, turned, and no outline.
        let turn = Dice::new(seed).roll() * std::f64::consts::TAU;
        let turned = |corners: [(f64, f64); 4]| {
            let at = |(x, y): (f64, f64)| {
                (x * turn.cos() - y * turn.sin(), y * turn.cos() + x * turn.sin())
            };
            crate::common::polygon(&corners.map(at))
        };
        let west = turned([(0.0, 0.0), (20.0, 0.0), (20.0, length), (0.0, length)]);
        let from = 20.0 + distance;
        let east = turned([(from, 0.0), (from + 20.0, 0.0), (from + 20.0, length), (from, length)]);
        let outline = turned([(0.0, 0.0), (from + 20.0, 0.0), (from + 20.0, length), (0.0, length)]);
        let data = made::with_grids(&[west, east]);
        let report = check::run(&data, &CheckOptions::default());
        let found = faults(&report);
        let inside = check::run(&made::outlined(data, outline), &CheckOptions::default());
        let gap = |f: &&Finding| f.rule == "coverage.gap" && f.features.len() == 2;
        let gaps: Vec<&Finding> = inside.findings.iter().filter(gap).collect();
        prop_assert_eq!(gaps.len(), 1, "{}", told(&inside));
        prop_assert!((gaps[0].measure.width_m.unwrap() - distance).abs() < 0.005 + 0.01 * distance);
        let is_near = inside.findings.iter().any(|f| f.rule == "coverage.near_miss");
        prop_assert!(is_near || distance > 0.49);
        prop_assert!(!is_near || distance < 0.51);
        if distance > 0.502 {
            prop_assert!(found.is_empty(), "{}", told(&report));
        } else if distance < 0.498 {
            prop_assert_eq!(found.len(), 1, "{}", told(&report));
            prop_assert_eq!(&found[0].rule, "coverage.near_miss");
            let measure = &found[0].measure;
            prop_assert!((measure.distance_m.unwrap() - distance).abs() < 0.005);
            prop_assert!((measure.length_m.unwrap() - length).abs() < 0.1);
        }
    }
}

fn told(report: &Report) -> String {
    let lines =
        faults(report).into_iter().map(|f| format!("{} {:?} {}", f.rule, f.features, f.message));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn findings_have_what_a_planner_needs() {
    for kind in Kind::ALL {
        let mut town = Town::new(7);
        let cells: Vec<usize> = (0..town.shapes.len()).collect();
        cells.into_iter().find_map(|cell| town.plant(kind, cell, 0.3)).unwrap();
        let report = town.report(TOLERANCE);
        let found = report.findings.iter().find(|f| f.rule == kind.rule()).unwrap();
        assert!(!found.features.is_empty() && found.file.is_some(), "{found:?}");
        assert!(!found.message.is_empty() && !found.message_zh.is_empty());
        if found.severity == Severity::Info {
            continue;
        }
        assert!(found.geometry.is_some() && found.mend.is_some() && found.mend_zh.is_some());
        if matches!(found.rule.as_str(), "coverage.gap" | "coverage.overlap" | "coverage.outside") {
            let measure = &found.measure;
            assert!(measure.width_m.unwrap() > 0.0 && measure.length_m.unwrap() > 0.0);
            assert!(measure.width_m.unwrap() <= measure.length_m.unwrap());
        }
    }
}

//! The demo data: what was planted and can be mended is gone, the rest is listed.

use crate::street::repair;
use std::path::Path;
use wangge::check::{self, CheckOptions, MatchClass};
use wangge::dataset::{self, Dataset};
use wangge::domain::Severity;
use wangge::repair::{Reason, RepairOptions};

fn demo() -> Dataset {
    dataset::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/shuangshan")).unwrap()
}

#[test]
fn only_questions_for_people_are_left() {
    let repaired = repair(&demo(), &RepairOptions::default());
    let report = check::run(&repaired.dataset, &CheckOptions::default());
    let mut left: Vec<(&str, String)> = report
        .findings
        .iter()
        .filter(|f| f.severity == Severity::Error && f.rule != "balance.deviation")
        .map(|f| (f.rule.as_str(), f.features.join(" ")))
        .collect();
    left.sort_unstable();
    let questions = [
        ("compound.split", "C089".to_owned()),
        ("net.swapped", "ZB004003 370203035004004".to_owned()),
        ("net.swapped", "ZB004004 370203035004003".to_owned()),
    ];
    assert_eq!(left, questions);
    let mut refused: Vec<(&str, String, Reason)> = repaired
        .plan
        .refusals
        .iter()
        .map(|r| (r.rule.as_str(), r.features.join(" "), r.reason))
        .collect();
    refused.sort_unstable();
    let reasons = [Reason::AskBorder, Reason::AskIds, Reason::AskIds];
    let listed = questions.into_iter().zip(reasons).map(|((rule, ids), why)| (rule, ids, why));
    assert_eq!(refused, listed.collect::<Vec<_>>());
}

#[test]
fn every_net_has_the_borders_of_the_grids() {
    let repaired = repair(&demo(), &RepairOptions::default());
    let report = check::run(&repaired.dataset, &CheckOptions::default());
    for net in &report.nets {
        assert_eq!(net.matches.len(), 16, "{}", net.net);
        let fits = |class| matches!(class, MatchClass::Identical | MatchClass::Swapped);
        assert!(net.matches.iter().all(|one| fits(one.class)), "{}", net.summary().0);
    }
    let ids = |net: usize| -> Vec<&str> {
        repaired.dataset.nets[net].features.iter().map(|f| f.id.as_str()).collect()
    };
    assert!(ids(0).contains(&"ZB001001-2") && !ids(0).contains(&"ZB001001-1"));
    assert!(ids(2).contains(&"CG003001") && ids(2).contains(&"CG003001-2"));
}

#[test]
fn the_grids_add_up_before_and_after() {
    let repaired = repair(&demo(), &RepairOptions::default());
    let of = |code: &str| repaired.plan.grids.iter().find(|grid| grid.code == code).unwrap();
    let changed: Vec<&str> =
        repaired.plan.grids.iter().filter(|g| g.changed).map(|g| g.code.as_str()).collect();
    // The gap was between 003 and 004 of 保儿, the overlap between 001 and 002 of 大山.
    assert_eq!(changed, ["370203035001004", "370203035002002"]);
    let gained = of("370203035001004");
    assert!((gained.area_after_m2 - gained.area_before_m2 - 549.0).abs() < 1.0);
    assert!((gained.greatest_movement_m - 6.0).abs() < 0.1);
    let lost = of("370203035002002");
    assert!((lost.area_before_m2 - lost.area_after_m2 - 816.0).abs() < 1.0);
    let households = |f: fn(&wangge::repair::GridChange) -> u64| -> u64 {
        repaired.plan.grids.iter().map(f).sum()
    };
    assert_eq!(households(|g| g.households_before), 24_793);
    assert_eq!(households(|g| g.households_after), 24_793);
    assert!(repaired.plan.grids.iter().all(|g| g.compounds_lost.is_empty()));
    // The gap and the overlap named them; the rest is about their households.
    for code in ["370203035001004", "370203035002002"] {
        let grid = of(code);
        assert!(grid.findings_after < grid.findings_before, "{code}");
        assert!(grid.findings_after > Some(0), "{code}");
    }
    let gap = repaired.plan.findings.iter().find(|rule| rule.rule == "coverage.gap").unwrap();
    assert_eq!((gap.before, gap.after), (1, 0));
}

#[test]
fn actions_and_refusals_speak_both_languages_and_have_a_place() {
    let repaired = repair(&demo(), &RepairOptions::default());
    for action in &repaired.plan.actions {
        assert!(action.geometry.is_some() && !action.features.is_empty(), "{}", action.message);
        for text in [&action.message, &action.message_zh, &action.why, &action.why_zh] {
            assert!(!text.is_empty());
        }
    }
    for refusal in &repaired.plan.refusals {
        assert!(refusal.geometry.is_some(), "{}", refusal.message);
        for text in [&refusal.message_zh, &refusal.why, &refusal.advice, &refusal.advice_zh] {
            assert!(!text.is_empty());
        }
    }
}

#[test]
fn locked_grids_of_the_demo_stay() {
    let codes = ["370203035001004", "370203035002002"];
    let locked = codes.iter().map(|code| (*code).to_owned()).collect();
    let options = RepairOptions { locked, ..RepairOptions::default() };
    let before = demo();
    let repaired = repair(&before, &options);
    for (old, new) in before.grids.iter().zip(&repaired.dataset.grids) {
        if codes.contains(&old.code.as_str()) {
            assert_eq!(old.geometry, new.geometry, "{}", old.code);
        }
    }
    // The neighbours give way instead.
    let gap = repaired.plan.actions.iter().find(|a| a.rule == "coverage.gap").unwrap();
    assert_eq!(gap.features[0], "370203035001003");
}

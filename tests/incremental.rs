//! The check of an edit says what the whole check says, at every step of any sequence of edits.

#![allow(clippy::unwrap_used)] // a test may fail by panicking

mod common;
#[path = "incremental/edits.rs"]
mod edits;
#[path = "common/dataset.rs"]
mod town;

use common::{Dice, place, polygon, shaken_cells, tessellations};
use edits::{Editor, Kind};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use wangge::check::{self, CheckOptions, EditOutcome, GridEdit, LiveCheck};
use wangge::dataset::Dataset;
use wangge::domain::{Finding, MultiPolygon, Place};
use wangge::geometry::Coverage;

/// Whether a finding is one of those that the check of an edit keeps up.
fn is_live(finding: &Finding) -> bool {
    let prefix = finding.rule.split('.').next().unwrap();
    matches!(prefix, "coverage" | "compound") || (prefix == "geometry" && finding.layer == "grids")
}

/// A finding without its figures, which may differ in their last bits; and the figures.
fn told(finding: &Finding) -> (String, Vec<f64>) {
    let m = &finding.measure;
    let figures =
        [m.area_m2, m.length_m, m.width_m, m.distance_m, m.value, m.households.map(|h| h as f64)];
    let words = serde_json::json!([
        finding.rule,
        finding.severity,
        finding.layer,
        finding.file,
        finding.features,
        finding.message,
        finding.message_zh,
        finding.mend,
        finding.geometry,
    ]);
    (words.to_string(), figures.into_iter().flatten().collect())
}

fn all_told<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Vec<(String, Vec<f64>)> {
    let mut told: Vec<_> = findings.into_iter().map(told).collect();
    told.sort_by(|a, b| a.0.cmp(&b.0));
    told
}

#[track_caller]
fn assert_same(live: &[(String, Vec<f64>)], whole: &[(String, Vec<f64>)], step: &str) {
    let count = |told: &[(String, Vec<f64>)]| {
        let mut counts: BTreeMap<String, i32> = BTreeMap::new();
        for (words, _) in told {
            *counts.entry(words.clone()).or_default() += 1;
        }
        counts
    };
    let (a, b) = (count(live), count(whole));
    let only = |a: &BTreeMap<String, i32>, b: &BTreeMap<String, i32>| {
        let more = a.iter().filter(|(words, n)| b.get(*words).unwrap_or(&0) < n);
        more.map(|(words, _)| words.clone()).collect::<Vec<_>>().join("\n  ")
    };
    assert!(
        a == b,
        "{step}\nonly of the edit's check:\n  {}\nonly of the whole check:\n  {}",
        only(&a, &b),
        only(&b, &a)
    );
    for ((words, here), (_, there)) in live.iter().zip(whole) {
        assert_eq!(here.len(), there.len());
        for (x, y) in here.iter().zip(there) {
            // Areas of compounds are those of pieces that are cut elsewhere, to the millimetre.
            let rough = if words.contains("compound.") { 0.05 } else { 1e-6 };
            let allowed = rough + 1e-6 * y.abs();
            assert!((x - y).abs() <= allowed, "{step}: {x} and {y} in {words}");
        }
    }
}

/// What the whole check says of the same data.
fn whole_check(dataset: &Dataset) -> Vec<(String, Vec<f64>)> {
    let report = check::run(dataset, &CheckOptions::default());
    all_told(report.findings.iter().filter(|f| is_live(f)))
}

/// The findings before an edit, without the resolved, with the new, are those after it.
#[track_caller]
fn assert_balanced(before: &[Finding], outcome: &EditOutcome, after: &[Finding], step: &str) {
    let mut expected = all_told(before);
    for resolved in all_told(&outcome.resolved) {
        let at = expected.iter().position(|known| known.0 == resolved.0);
        expected.remove(
            at.unwrap_or_else(|| panic!("{step}: resolved, but never there: {}", resolved.0)),
        );
    }
    expected.extend(all_told(&outcome.found));
    expected.sort_by(|a, b| a.0.cmp(&b.0));
    // Where the integer grid moves, figures change in their last digits; the words say the same.
    let words = |told: Vec<(String, Vec<f64>)>| -> Vec<(String, Vec<f64>)> {
        told.into_iter().map(|(words, _)| (words, Vec::new())).collect()
    };
    assert_same(&words(expected), &words(all_told(after)), step);
}

/// Makes edits one after the other and compares at each step.
fn follow(mut dataset: Dataset, seed: u64, kinds: &[Kind], steps: usize) {
    let mut live = LiveCheck::new(Arc::new(dataset.clone()), &CheckOptions::default());
    assert_same(&all_told(&live.findings()), &whole_check(&dataset), "before any edit");
    let mut editor = Editor::new(&dataset, seed);
    for step in 0..steps {
        let kind = kinds[editor.dice.below(kinds.len())];
        let edits: Vec<GridEdit> = editor.edit(&dataset, kind);
        let name = format!(
            "step {step}, {kind:?} of {:?}",
            edits.iter().map(|e| e.grid).collect::<Vec<_>>()
        );
        let before = live.findings();
        let preview = live.preview(&edits);
        let outcome = live.apply(&edits);
        assert_eq!(all_told(&preview.found), all_told(&outcome.found));
        assert_eq!(all_told(&preview.resolved), all_told(&outcome.resolved));
        for edit in edits {
            dataset.grids[edit.grid].geometry = edit.geometry;
        }
        let after = live.findings();
        assert_balanced(&before, &outcome, &after, &name);
        assert_same(&all_told(&after), &whole_check(&dataset), &name);
    }
}

/// Compounds all over a map of a size in metres: points, and outlines that borders may cut.
fn settle(dataset: &mut Dataset, size_m: f64, seed: u64) {
    let mut dice = Dice::new(seed ^ 0x51ed);
    for n in 0..(size_m / 25.0) as usize {
        let (x, y) = (dice.roll() * size_m, dice.roll() * size_m);
        if n % 3 == 0 {
            let (w, h) = (10.0 + dice.roll() * 30.0, 10.0 + dice.roll() * 30.0);
            let area =
                polygon(&[(x, y), (x + w, y + 3.0), (x + w - 2.0, y + h), (x + 1.0, y + h - 4.0)]);
            town::add_compound(dataset, Place::Area(area));
        } else {
            town::add_point(dataset, place(x, y));
        }
    }
}

fn outline_of(shapes: &[MultiPolygon]) -> MultiPolygon {
    let coverage = Coverage::build(&common::frame(), &shapes.iter().collect::<Vec<_>>());
    coverage.dissolve(&vec![Some(0); shapes.len()], 1).pop().flatten().unwrap()
}

proptest! {
    // Each case is a dozen checks.
    #![proptest_config(common::cases(32))]

    #[test]
    fn cells_with_an_outline(
        columns in 2usize..6, rows in 2usize..6, bends in 1usize..5, seed in any::<u64>(),
    ) {
        let cells = shaken_cells(columns, rows, seed, bends);
        let mut dataset = town::outlined(town::with_grids(&cells), outline_of(&cells));
        settle(&mut dataset, columns.max(rows) as f64 * 100.0, seed);
        follow(dataset, seed, &Kind::ALL, 10);
    }

    #[test]
    fn cells_without_an_outline(
        columns in 2usize..6, rows in 2usize..6, bends in 1usize..5, seed in any::<u64>(),
    ) {
        let cells = shaken_cells(columns, rows, seed, bends);
        let mut dataset = town::with_grids(&cells);
        settle(&mut dataset, columns.max(rows) as f64 * 100.0, seed);
        follow(dataset, seed, &Kind::ALL, 10);
    }

    #[test]
    fn grids_of_any_form(t in tessellations(6), outlined in any::<bool>(), seed in any::<u64>()) {
        let mut dataset = town::with_grids(&t.faces);
        if outlined {
            dataset = town::outlined(dataset, t.outline);
        }
        settle(&mut dataset, 500.0, seed);
        follow(dataset, seed, &Kind::ALL, 8);
    }

    #[test]
    fn strips_that_open_to_the_outside(seed in any::<u64>(), bends in 1usize..5) {
        let cells = shaken_cells(3, 2, seed, bends);
        let mut dataset = town::with_grids(&cells);
        settle(&mut dataset, 300.0, seed);
        let kinds =
            [Kind::Shift, Kind::Shift, Kind::Shift, Kind::MoveAlone, Kind::MoveShared, Kind::Revert];
        follow(dataset, seed, &kinds, 12);
    }

    #[test]
    fn small_moves_only(seed in any::<u64>(), bends in 4usize..24) {
        let cells = shaken_cells(4, 4, seed, bends);
        let mut dataset = town::outlined(town::with_grids(&cells), outline_of(&cells));
        settle(&mut dataset, 400.0, seed);
        let kinds = [Kind::MoveShared, Kind::MoveAlone, Kind::Nudge, Kind::Insert, Kind::Revert];
        follow(dataset, seed, &kinds, 16);
    }
}

/// A long edge that closes a bay, the rest of whose border lies outside of what is looked at.
#[test]
fn a_bay_closed_by_one_edge_is_a_gap() {
    let (columns, rows, bends, seed) = (2, 4, 3, 11_604_666_063_330_148_118);
    let cells = shaken_cells(columns, rows, seed, bends);
    let mut dataset = town::with_grids(&cells);
    settle(&mut dataset, columns.max(rows) as f64 * 100.0, seed);
    follow(dataset, seed, &Kind::ALL, 10);
}

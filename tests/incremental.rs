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

/// What a finding says. Where an edit is looked at, the borders around it are cut by fewer others
/// than in the whole map, so a crossing may come to lie a grid step or two elsewhere: places and
/// figures are compared as numbers, all else as it stands.
#[derive(Debug)]
struct Told {
    exact: String,
    words: String,
    /// The window of its place in degrees.
    window: [f64; 4],
    measure: Vec<f64>,
    /// The figures of its sentences, which are rounded.
    figures: Vec<f64>,
    /// Whether it is about a place narrower than rounding may make or fill.
    is_hair: bool,
}

fn told(finding: &Finding) -> Told {
    let m = &finding.measure;
    let measure =
        [m.area_m2, m.length_m, m.width_m, m.distance_m, m.value, m.households.map(|h| h as f64)];
    let measure = measure.into_iter().flatten().collect();
    let mut figures = Vec::new();
    let exact = serde_json::to_string(&finding.geometry).unwrap()
        + &serde_json::to_string(&(&finding.message, &finding.mend)).unwrap();
    let mut without_figures = |sentence: &str| {
        let (words, found) = figures_of(sentence);
        figures.extend(found);
        words
    };
    let words = serde_json::json!([
        finding.rule,
        finding.severity,
        finding.layer,
        finding.file,
        finding.features,
        without_figures(&finding.message),
        without_figures(&finding.message_zh),
        finding.mend,
    ]);
    let window = finding.geometry.as_ref().and_then(|place| place.bbox());
    let window = window.map_or([0.0; 4], |b| [b.west, b.south, b.east, b.north]);
    let words = words.to_string();
    let is_hair = m.width_m.is_some_and(|width| width < 0.015);
    Told { exact: exact + &words, words, window, measure, figures, is_hair }
}

/// A sentence with a `#` for each figure that has a unit, and those figures.
fn figures_of(sentence: &str) -> (String, Vec<f64>) {
    const UNITS: [&str; 6] = [" m", " %", " household", "米", "平方米", "户"];
    let (mut words, mut figures, mut rest) = (String::new(), Vec::new(), sentence);
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        words += &rest[..start];
        rest = &rest[start..];
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        match rest[..end].parse() {
            Ok(figure) if UNITS.iter().any(|unit| rest[end..].starts_with(unit)) => {
                words.push('#');
                figures.push(figure);
            }
            _ => words += &rest[..end],
        }
        rest = &rest[end..];
    }
    (words + rest, figures)
}

fn all_told<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Vec<Told> {
    findings.into_iter().map(told).collect()
}

/// Each finding on one side is on the other side, too, but for slivers as narrow as the rounding.
#[track_caller]
fn assert_same(live: &[Told], whole: &[Told], step: &str) {
    let missing = |here: &[Told], there: &[Told]| {
        let mut left: Vec<&Told> = there.iter().collect();
        let mut missing = Vec::new();
        for one in here {
            match left.iter().position(|other| one.is_like(other)) {
                Some(at) => drop(left.swap_remove(at)),
                None if one.is_hair => {}
                None => missing.push(format!("{:?}", one)),
            }
        }
        missing.join("\n  ")
    };
    let (a, b) = (missing(live, whole), missing(whole, live));
    assert!(
        a.is_empty() && b.is_empty(),
        "{step}\nonly of the edit's check:\n  {a}\nonly of the whole check:\n  {b}"
    );
}

impl Told {
    fn is_like(&self, other: &Self) -> bool {
        let close = |here: &[f64], there: &[f64], allowed: &dyn Fn(f64) -> f64| {
            let pairs = here.iter().zip(there);
            here.len() == there.len()
                && pairs.into_iter().all(|(x, y)| (x - y).abs() <= allowed(*y))
        };
        // A centimetre in degrees; square metres along a border, and metres; a figure in words may
        // be rounded up or down.
        let measured = |y: f64| 0.05 + 1e-6 * y.abs();
        let in_words = |y: f64| if y.fract() == 0.0 { 1.0 + y / 500.0 } else { 0.05 + y / 100.0 };
        self.words == other.words
            && (self.is_hair && other.is_hair
                || close(&self.window, &other.window, &|_| 1.2e-7)
                    && close(&self.measure, &other.measure, &measured)
                    && close(&self.figures, &other.figures, &in_words))
    }
}

/// What the whole check says of the same data.
fn whole_check(dataset: &Dataset) -> Vec<Told> {
    let report = check::run(dataset, &CheckOptions::default());
    all_told(report.findings.iter().filter(|f| is_live(f)))
}

/// The findings before an edit, without the resolved, with the new, are those after it.
#[track_caller]
fn assert_balanced(before: &[Finding], outcome: &EditOutcome, after: &[Finding], step: &str) {
    let exact = |findings: &[Finding]| -> Vec<String> {
        findings.iter().map(|finding| told(finding).exact).collect()
    };
    let mut expected = exact(before);
    for resolved in exact(&outcome.resolved) {
        let at = expected.iter().position(|known| *known == resolved);
        expected
            .remove(at.unwrap_or_else(|| panic!("{step}: resolved, but never there: {resolved}")));
    }
    expected.extend(exact(&outcome.found));
    let mut after = exact(after);
    expected.sort();
    after.sort();
    assert_eq!(expected, after, "{step}");
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
        assert_same(&all_told(&preview.found), &all_told(&outcome.found), &name);
        assert_same(&all_told(&preview.resolved), &all_told(&outcome.resolved), &name);
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

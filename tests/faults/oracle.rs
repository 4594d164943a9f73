//! Shapely (GEOS) as oracle, wherever the definitions coincide. Where they do not, and why, is
//! in `docs/check.md`.

use crate::common::{Dice, frame, place};
use crate::kinds::Kind;
use crate::made;
use crate::peers::{ask, python};
use crate::plant::{Town, faults};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use wangge::check::{self, CheckOptions, Report};
use wangge::domain::{MultiPolygon, Polygon, Ring};

const SCRIPT: &str = include_str!("oracle.py");

/// Rings of a polygon in metres, on whole millimetres.
type Rings = Vec<Vec<(f64, f64)>>;

fn case(polygons: &[Rings], gap_width: f64) -> String {
    let closed = |ring: &Vec<(f64, f64)>| -> Vec<[f64; 2]> {
        ring.iter().chain(ring.first()).map(|&(x, y)| [x, y]).collect()
    };
    let polygons: Vec<Vec<_>> =
        polygons.iter().map(|rings| rings.iter().map(closed).collect()).collect();
    json!({"polygons": polygons, "gap_width": gap_width}).to_string()
}

fn shape(rings: &Rings) -> MultiPolygon {
    let ring =
        |r: &Vec<(f64, f64)>| Ring::new(r.iter().map(|&(x, y)| place(x, y)).collect()).unwrap();
    let holes = rings[1..].iter().map(ring).collect();
    MultiPolygon::new(vec![Polygon::new(ring(&rings[0]), holes)]).unwrap()
}

fn rings_of(shape: &MultiPolygon) -> Rings {
    let metres = |p: &wangge::domain::LonLat| {
        let g = frame().to_grid(*p);
        (g.x as f64 / 1000.0, g.y as f64 / 1000.0)
    };
    let rings = shape.polygons()[0].rings();
    rings.map(|ring| ring.corners().iter().map(metres).collect()).collect()
}

fn report(shapes: &[MultiPolygon]) -> Report {
    check::run(&made::with_grids(shapes), &CheckOptions::default())
}

/// The grids that findings of some rules name.
fn named(report: &Report, rules: &[&str]) -> BTreeSet<usize> {
    let of_rules = report.findings.iter().filter(|f| rules.contains(&f.rule.as_str()));
    of_rules.flat_map(|f| &f.features).map(|code| code[1..].parse().unwrap()).collect()
}

fn answers(python: &std::path::Path, cases: &[String]) -> Vec<Value> {
    let lines = ask(python, SCRIPT, cases);
    lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The polygons that have invalid edges.
fn invalid(answer: &Value) -> BTreeSet<usize> {
    let all = answer["invalid"].as_array().unwrap().iter().enumerate();
    all.filter(|(_, invalid)| **invalid == json!(true)).map(|(polygon, _)| polygon).collect()
}

/// A random ring on a lattice of metres, small enough that it often touches and crosses itself.
fn lattice_ring(dice: &mut Dice, side: usize) -> Vec<(f64, f64)> {
    loop {
        let corners = 3 + dice.below(6);
        let ring: Vec<(f64, f64)> =
            (0..corners).map(|_| (dice.below(side) as f64, dice.below(side) as f64)).collect();
        let different: BTreeSet<(u64, u64)> =
            ring.iter().map(|p| (p.0 as u64, p.1 as u64)).collect();
        if different.len() >= 3 && ring.first() != ring.last() {
            return ring;
        }
    }
}

#[test]
fn single_rings_are_valid_here_when_they_are_for_geos() {
    let Some(python) = python() else { return };
    let mut dice = Dice::new(20);
    let polygons: Vec<Rings> =
        (0..3000).map(|i| vec![lattice_ring(&mut dice, 4 + i % 4)]).collect();
    let cases: Vec<String> = polygons.iter().map(|p| case(std::slice::from_ref(p), 0.0)).collect();
    let (mut valid, mut spikes) = (0, 0);
    for (polygon, answer) in polygons.iter().zip(answers(&python, &cases)) {
        let report = report(&[shape(polygon)]);
        let is_invalid = !named(&report, &["geometry.invalid"]).is_empty();
        // A spike of some width is valid for GEOS, one without is not.
        let has_spike = !named(&report, &["geometry.spike"]).is_empty();
        let theirs = answer["valid"][0].as_bool().unwrap();
        let agreed = if theirs { !is_invalid } else { is_invalid || has_spike };
        assert!(agreed, "{polygon:?}: GEOS says {}", answer["reasons"][0]);
        spikes += usize::from(theirs && has_spike);
        valid += usize::from(theirs);
    }
    assert!((300..2700).contains(&valid) && spikes < 300, "{valid} valid, {spikes} with spikes");
}

#[test]
fn holes_are_valid_here_when_they_are_for_geos_but_for_two_reasons() {
    let Some(python) = python() else { return };
    let mut dice = Dice::new(21);
    let mut polygons: Vec<Rings> = Vec::new();
    while polygons.len() < 3000 {
        // An exterior that is mostly simple, and holes that mostly lie in it.
        let exterior = vec![(0.0, 0.0), (6.0, 0.0), (6.0 - dice.below(3) as f64, 6.0), (0.0, 6.0)];
        let mut rings = vec![exterior];
        for _ in 0..1 + dice.below(2) {
            let (x, y) = (dice.below(4) as f64, dice.below(4) as f64);
            let hole = lattice_ring(&mut dice, 4);
            rings.push(hole.into_iter().map(|p| (p.0 + x, p.1 + y)).collect());
        }
        polygons.push(rings);
    }
    let cases: Vec<String> = polygons.iter().map(|p| case(std::slice::from_ref(p), 0.0)).collect();
    let (mut valid, mut differ) = (0, 0);
    for (polygon, answer) in polygons.iter().zip(answers(&python, &cases)) {
        let report = report(&[shape(polygon)]);
        let is_invalid = !named(&report, &["geometry.invalid"]).is_empty();
        let has_spike = !named(&report, &["geometry.spike"]).is_empty();
        let theirs = answer["valid"][0].as_bool().unwrap();
        let ours = !is_invalid && (theirs || !has_spike);
        valid += usize::from(theirs);
        if ours == theirs {
            continue;
        }
        let reason = answer["reasons"][0].as_str().unwrap();
        // Rings that share a stretch of border are united here; an interior in two pieces is a
        // grid in two parts.
        let explained = ours
            && (reason.starts_with("Interior is disconnected")
                || reason.starts_with("Self-intersection"));
        assert!(explained, "{polygon:?}: GEOS says {reason}, the check {:?}", faults(&report));
        differ += 1;
    }
    assert!((200..2700).contains(&valid) && differ < 300, "{valid} valid, {differ} differ");
}

#[test]
fn coverages_are_valid_here_when_they_are_for_geos() {
    let Some(python) = python() else { return };
    let mut towns = Vec::new();
    for seed in 0..150 {
        let mut town = Town::new(seed);
        // Valid polygons only: the oracle takes no others.
        let kinds = [Kind::Gap, Kind::Overlap, Kind::Inlet, Kind::Outside, Kind::Twice];
        for _ in 0..town.dice.below(4) {
            let cell = town.dice.below(town.shapes.len());
            let kind = kinds[town.dice.below(kinds.len())];
            let size = 0.01 * 300f64.powf(town.dice.roll());
            town.plant(kind, cell, size);
        }
        towns.push(town);
    }
    let rings: Vec<Vec<Rings>> =
        towns.iter().map(|town| town.shapes.iter().map(rings_of).collect()).collect();
    let cases: Vec<String> = rings.iter().map(|polygons| case(polygons, 0.0)).collect();
    // Once more with a gap width, from 1 cm to 3 m.
    let widths: Vec<f64> = (0..rings.len()).map(|i| 0.01 * 300f64.powf(i as f64 / 150.0)).collect();
    let wide: Vec<String> = rings.iter().zip(&widths).map(|(p, &width)| case(p, width)).collect();
    let wide = answers(&python, &wide);
    let (mut clean, mut compared) = (0, 0);
    for ((town, answer), wide) in towns.iter().zip(answers(&python, &cases)).zip(wide) {
        if answer["valid"].as_array().unwrap().contains(&json!(false)) {
            continue;
        }
        let report = report(&town.shapes);
        // Without a gap width GEOS looks for overlaps and for edges that do not match: those of
        // a gap do not, either.
        let rules = ["coverage.overlap", "coverage.gap", "coverage.mismatched_edge"];
        let ours = named(&report, &rules);
        let theirs = invalid(&answer);
        let only_gaps = named(&report, &["coverage.gap"]);
        let overlaps = named(&report, &["coverage.overlap", "coverage.mismatched_edge"]);
        assert!(theirs.is_subset(&ours), "GEOS names {theirs:?}, the check {ours:?}");
        assert!(overlaps.is_subset(&theirs), "GEOS names {theirs:?}, the check {overlaps:?}");
        assert_eq!(answer["coverage"].as_bool().unwrap(), theirs.is_empty());
        // A gap width adds grids beside gaps, and those that nearly meet outside of all.
        let near = named(&report, &["coverage.near_miss"]);
        let wide = invalid(&wide);
        let all: BTreeSet<usize> = ours.union(&near).copied().collect();
        assert!(
            wide.is_superset(&theirs) && wide.is_subset(&all),
            "GEOS names {wide:?} of {all:?}"
        );
        clean += usize::from(ours.is_empty());
        compared += usize::from(only_gaps.is_empty());
    }
    assert!(clean > 10 && compared > 30, "{clean} clean, {compared} without a gap");
}

#[test]
fn corners_that_one_side_lacks_are_no_coverage_for_geos_either() {
    let Some(python) = python() else { return };
    // On the lattice of metres, so that the corner lies exactly on its neighbour's edge.
    let mut dice = Dice::new(22);
    let mut cases = Vec::new();
    let mut all: Vec<Vec<Rings>> = Vec::new();
    for _ in 0..200 {
        let (width, height) = (4.0 + dice.below(5) as f64, 6.0);
        let block = |from: f64, to: f64| vec![(from, 0.0), (to, 0.0), (to, height), (from, height)];
        let mut west = block(0.0, width);
        let mut east = block(width, 2.0 * width);
        if dice.roll() < 0.7 {
            west.insert(2, (width, 1.0 + dice.below(5) as f64));
        }
        if dice.roll() < 0.4 {
            east.push((width, 1.0 + dice.below(5) as f64));
        }
        let polygons = vec![vec![west], vec![east]];
        cases.push(case(&polygons, 0.0));
        all.push(polygons);
    }
    let mut mismatched = 0;
    for (polygons, answer) in all.iter().zip(answers(&python, &cases)) {
        let report = report(&polygons.iter().map(shape).collect::<Vec<_>>());
        let ours = named(&report, &["coverage.mismatched_edge"]);
        assert_eq!(ours.is_empty(), answer["coverage"].as_bool().unwrap(), "{polygons:?}");
        mismatched += usize::from(!ours.is_empty());
    }
    assert!(mismatched > 50);
}

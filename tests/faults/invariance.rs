//! What is found does not depend on how the same thing is written.
//!
//! Two exceptions follow from the definitions: turned rings are a note of their own, and a
//! corner that one side of a border alone has is a mismatched edge. Everything else is the same,
//! but for the rounding of figures to the millimetre grid.

use crate::common::{Dice, reshape};
use crate::plant::{Town, faults};
use proptest::prelude::*;
use wangge::check::{self, CheckOptions, Report};
use wangge::dataset::Dataset;
use wangge::domain::{Finding, LonLat};

fn run(dataset: &Dataset) -> Report {
    check::run(dataset, &CheckOptions::default())
}

/// Every polygon of a dataset, redrawn ring by ring.
fn redrawn(dataset: &Dataset, mut of_ring: impl FnMut(&[LonLat]) -> Vec<LonLat>) -> Dataset {
    let mut dataset = dataset.clone();
    for grid in &mut dataset.grids {
        grid.geometry = reshape(&grid.geometry, &mut of_ring);
    }
    if let Some(boundary) = &mut dataset.subdistrict {
        boundary.geometry = reshape(&boundary.geometry, &mut of_ring);
    }
    dataset
}

/// A finding without its place: rule, grids, area and the length over which that may be off.
fn told(finding: &Finding) -> (String, Vec<String>, f64, f64) {
    let mut grids = finding.features.clone();
    grids.sort();
    let measure = &finding.measure;
    let area = measure.area_m2.unwrap_or(0.0);
    (finding.rule.clone(), grids, area, measure.length_m.unwrap_or(0.0))
}

/// What two reports differ in, mismatched edges aside when `mismatches` are expected.
fn difference(here: &Report, there: &Report, mismatches: bool) -> Option<String> {
    // A place as wide as the tolerance may be a sliver or not.
    let wavers = |f: &&Finding| f.measure.width_m.is_some_and(|width| (width - 0.5).abs() < 0.01);
    let wavering = faults(here).into_iter().chain(faults(there)).filter(wavers);
    let wavering: Vec<Vec<String>> = wavering.map(|f| told(f).1).collect();
    let all = |report: &Report| {
        let kept = faults(report).into_iter();
        let kept = kept.filter(|f| !(mismatches && f.rule == "coverage.mismatched_edge"));
        let kept =
            kept.filter(|f| !(f.rule == "coverage.near_miss" && wavering.contains(&told(f).1)));
        let mut all: Vec<_> = kept.map(told).collect();
        all.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)).then(a.2.total_cmp(&b.2)));
        // A corner within the rounding of a crossing touches the other strand there as well.
        all.dedup_by(|a, b| a.0 == "geometry.invalid" && a.0 == b.0 && a.1 == b.1);
        all
    };
    let (here, there) = (all(here), all(there));
    // Three millimetres along the fault, and another latitude.
    let same_size =
        |a: f64, b: f64, length: f64| (a - b).abs() <= 0.006 * (length + 1.0) + 2e-3 * a;
    let same = here.len() == there.len()
        && here
            .iter()
            .zip(&there)
            .all(|(a, b)| a.0 == b.0 && a.1 == b.1 && same_size(a.2, b.2, a.3));
    (!same).then(|| format!("{here:#?}\nbecame\n{there:#?}"))
}

/// The ring with one or two corners more on a share of its edges; the same ones for the same
/// edge, whoever has it.
fn with_collinear(ring: &[LonLat]) -> Vec<LonLat> {
    let mut corners = Vec::new();
    for (i, &a) in ring.iter().enumerate() {
        let b = ring[(i + 1) % ring.len()];
        corners.push(a);
        let (low, high) = if (a.lon(), a.lat()) < (b.lon(), b.lat()) { (a, b) } else { (b, a) };
        let mut dice = Dice::new((low.lon().to_bits() ^ high.lat().to_bits()).wrapping_mul(77));
        if dice.roll() < 0.5 {
            let t = 0.3 + 0.4 * dice.roll();
            let on = |from: f64, to: f64| from + (to - from) * t;
            let on = LonLat::new(on(low.lon(), high.lon()), on(low.lat(), high.lat())).unwrap();
            corners.push(on);
        }
    }
    corners
}

proptest! {
    #![proptest_config(crate::common::cases(24))]

    #[test]
    fn of_the_order_of_the_features(seed in any::<u64>()) {
        let mut town = Town::new(seed);
        town.plant_many();
        let dataset = town.dataset();
        let mut shuffled = dataset.clone();
        let grids = &mut shuffled.grids;
        for i in (1..grids.len()).rev() {
            grids.swap(i, town.dice.below(i + 1));
        }
        let difference = difference(&run(&dataset), &run(&shuffled), false);
        prop_assert!(difference.is_none(), "{}", difference.unwrap());
    }

    #[test]
    fn of_where_rings_start_and_which_way_they_run(seed in any::<u64>()) {
        let mut town = Town::new(seed);
        town.plant_many();
        let dataset = town.dataset();
        let mut dice = Dice::new(seed ^ 5);
        let turned = redrawn(&dataset, |ring| {
            let mut ring = ring.to_vec();
            let first = dice.below(ring.len());
            ring.rotate_left(first);
            // A repeated corner at the seam would be the closing of the ring.
            while ring.first() == ring.last() {
                ring.rotate_left(1);
            }
            if dice.roll() < 0.5 {
                ring.reverse();
            }
            ring
        });
        let difference = difference(&run(&dataset), &run(&turned), false);
        prop_assert!(difference.is_none(), "{}", difference.unwrap());
    }

    #[test]
    fn of_where_on_the_earth_it_lies(seed in any::<u64>(), east in -0.02..0.02f64, north in -0.02..0.02f64) {
        let mut town = Town::new(seed);
        town.plant_many();
        let dataset = town.dataset();
        let moved = redrawn(&dataset, |ring| {
            ring.iter().map(|p| LonLat::new(p.lon() + east, p.lat() + north).unwrap()).collect()
        });
        let difference = difference(&run(&dataset), &run(&moved), false);
        prop_assert!(difference.is_none(), "{}", difference.unwrap());
    }

    #[test]
    fn of_collinear_corners_that_both_sides_have(seed in any::<u64>()) {
        let mut town = Town::new(seed);
        town.plant_many();
        let dataset = town.dataset();
        let more = redrawn(&dataset, with_collinear);
        prop_assert!(count(&more) > count(&dataset));
        // At a fault the two sides have different edges, which get corners of their own.
        let difference = difference(&run(&dataset), &run(&more), true);
        prop_assert!(difference.is_none(), "{}", difference.unwrap());
    }

    #[test]
    fn of_collinear_corners_that_one_side_has_but_for_the_mismatch(seed in any::<u64>()) {
        let mut town = Town::new(seed);
        town.plant_many();
        let dataset = town.dataset();
        let mut more = dataset.clone();
        for grid in more.grids.iter_mut().step_by(2) {
            grid.geometry = reshape(&grid.geometry, with_collinear);
        }
        let report = run(&more);
        prop_assert!(report.findings.iter().any(|f| f.rule == "coverage.mismatched_edge"));
        let difference = difference(&run(&dataset), &report, true);
        prop_assert!(difference.is_none(), "{}", difference.unwrap());
    }
}

fn count(dataset: &Dataset) -> usize {
    dataset.grids.iter().map(|grid| grid.geometry.corners().count()).sum()
}

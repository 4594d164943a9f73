//! A shift that a whole net has in common.

use crate::common::{frame, shaken_cells, tessellations};
use crate::support::*;
use proptest::prelude::*;
use wangge::check::MatchClass::{Displaced, Identical, Merged, Swapped, WithinTolerance};
use wangge::check::NetReport;
use wangge::dataset::crs::Crs;
use wangge::domain::{Correspondence, LonLat, MultiPolygon};

/// A shape in degrees as the numbers of a system would stand in a file.
fn written_in(crs: Crs, shape: &MultiPolygon) -> MultiPolygon {
    mapped(shape, |p| {
        let (lon, lat) = crs.from_degrees(p);
        LonLat::new(lon, lat).unwrap()
    })
}

fn all_in(crs: Crs, shapes: &[MultiPolygon]) -> Vec<MultiPolygon> {
    shapes.iter().map(|shape| written_in(crs, shape)).collect()
}

/// Shift in metres from one system's numbers to another's, around the tests' frame.
fn shift(from: Crs, to: Crs) -> (f64, f64) {
    let middle = LonLat::new(120.387, 36.117).unwrap();
    let at = |crs: Crs| {
        let (lon, lat) = crs.from_degrees(middle);
        frame().to_grid(LonLat::new(lon, lat).unwrap())
    };
    let (a, b) = (at(from), at(to));
    ((b.x - a.x) as f64 / 1000.0, (b.y - a.y) as f64 / 1000.0)
}

const SYSTEMS: [(Crs, &str); 3] =
    [(Crs::Degrees, "wgs84"), (Crs::Gcj02, "gcj02"), (Crs::Bd09, "bd09")];

fn fits(report: &NetReport) -> usize {
    let after = report.matches.iter().filter_map(|m| m.without_offset.as_ref());
    after.filter(|w| matches!(w.class, Identical | WithinTolerance)).count()
}

#[test]
fn each_pair_of_systems_is_told_by_name_in_both_directions() {
    let cells = shaken_cells(4, 3, 7, 2);
    for (grids_crs, grids_name) in SYSTEMS {
        for (net_crs, net_name) in SYSTEMS.into_iter().filter(|s| s.1 != grids_name) {
            let grids = all_in(grids_crs, &cells);
            let mut data = dataset(&grids, features(&all_in(net_crs, &cells)));
            let home = crate::common::place(150.0, 150.0);
            let (lon, lat) = grids_crs.from_degrees(home);
            let home = wangge::domain::Place::Point(LonLat::new(lon, lat).unwrap());
            data.compounds = vec![compound(0, 321, home)];
            let report = run(&data);
            let net = &report.nets[0];
            let offset =
                net.offset.as_ref().unwrap_or_else(|| panic!("{net_name} on {grids_name}"));
            assert_eq!(offset.net_crs.as_deref(), Some(net_name));
            assert_eq!(offset.grids_crs.as_deref(), Some(grids_name));
            let suspect = if net_name == "wgs84" { grids_name } else { net_name };
            assert_eq!(offset.suspected_crs.as_deref(), Some(suspect));
            let (east, north) = shift(grids_crs, net_crs);
            // The shift is not the same everywhere: BD-09's changes by 2 % of the way.
            assert!((offset.east_m - east).abs() < 15.0 && (offset.north_m - north).abs() < 15.0);
            assert!(offset.residual_m < 0.05, "{offset:?}");
            // As drawn nothing fits; taken back everything does.
            assert!(!net.coincides && classes(net).iter().all(|c| *c == Displaced));
            assert_eq!(fits(net), cells.len(), "{}", told(&report));
            let found = findings(&report);
            assert_eq!(found.len(), 1, "{}", told(&report));
            assert_eq!(found[0].measure.households, Some(321));
            let (mend, mend_zh) =
                (found[0].mend.as_ref().unwrap(), found[0].mend_zh.as_ref().unwrap());
            assert!(
                mend.contains(&format!("crs = \"{suspect}\"")) && mend_zh.contains(suspect),
                "{mend}"
            );
        }
    }
}

#[test]
fn a_large_place_is_recognised_too() {
    // Cells of a kilometre: BD-09's shift varies by some 80 m from one end to the other.
    let cells: Vec<MultiPolygon> = shaken_cells(5, 4, 17, 2)
        .iter()
        .map(|shape| {
            mapped(shape, |p| {
                let at = frame().to_grid(p);
                frame().to_lonlat(wangge::geometry::GridPoint { x: at.x * 10, y: at.y * 10 })
            })
        })
        .collect();
    for (crs, name) in [(Crs::Gcj02, "gcj02"), (Crs::Bd09, "bd09")] {
        let mut net = features(&all_in(crs, &cells));
        net.iter_mut().for_each(|f| f.grid_codes.clear());
        let report = run(&dataset(&cells, net));
        let offset = report.nets[0].offset.as_ref().unwrap_or_else(|| panic!("{name}"));
        assert_eq!(offset.suspected_crs.as_deref(), Some(name));
        assert_eq!(fits(&report.nets[0]), cells.len(), "{}", told(&report));
    }
}

#[test]
fn a_displaced_border_is_told_beside_the_shift() {
    let cells = shaken_cells(4, 3, 11, 1);
    let mut shapes = cells.clone();
    let bump = |shape: &MultiPolygon, corner: LonLat| {
        let near = |a: LonLat, b: LonLat| frame().to_grid(a) == frame().to_grid(b);
        mapped(shape, |p| {
            if near(p, corner) {
                let at = frame().to_grid(p);
                frame().to_lonlat(wangge::geometry::GridPoint { x: at.x + 15_000, y: at.y })
            } else {
                p
            }
        })
    };
    // The middle of the border between the first two cells.
    let corner = cells[0].corners().find(|p| {
        cells[1].corners().filter(|q| q == p).count() == 1
            && cells[4].corners().all(|q| q != *p)
            && cells[5].corners().all(|q| q != *p)
            && {
                let at = frame().to_grid(*p);
                at.y > 20_000 && at.y < 80_000
            }
    });
    let corner = corner.unwrap();
    shapes[0] = bump(&shapes[0], corner);
    shapes[1] = bump(&shapes[1], corner);
    let report = run(&dataset(&cells, features(&all_in(Crs::Gcj02, &shapes))));
    let net = &report.nets[0];
    assert_eq!(net.offset.as_ref().unwrap().suspected_crs.as_deref(), Some("gcj02"));
    let found = findings(&report);
    assert_eq!(found.len(), 3, "{}", told(&report));
    assert!(found[1].message.starts_with("apart from the shift"), "{}", told(&report));
    let distance = found[1].measure.distance_m.unwrap();
    assert!(distance > 5.0 && distance < 15.1, "{distance}");
    assert_eq!(fits(net), cells.len() - 2);
}

#[test]
fn names_are_looked_at_beside_the_shift() {
    let cells = shaken_cells(4, 3, 5, 1);
    let mut net = features(&all_in(Crs::Bd09, &cells));
    net[0].grid_codes = vec![code(1)];
    net[1].grid_codes = vec![code(0)];
    let report = run(&dataset(&cells, net));
    let after: Vec<_> =
        report.nets[0].matches.iter().map(|m| m.without_offset.as_ref().unwrap().class).collect();
    assert_eq!(after.iter().filter(|c| **c == Swapped).count(), 2, "{}", told(&report));
    assert_eq!(findings(&report).len(), 3, "{}", told(&report));
}

#[test]
fn a_shifted_net_of_mergers_is_known_by_its_corners() {
    let cells = shaken_cells(4, 4, 3, 2);
    let pairs: Vec<usize> = (0..16).map(|c| c / 2).collect();
    let merged = united(&cells, &pairs);
    let mut net = features(&all_in(Crs::Gcj02, &merged));
    net.iter_mut().for_each(|f| f.grid_codes.clear());
    let mut data = dataset(&cells, net);
    let report = run(&data);
    let offset = report.nets[0].offset.as_ref().unwrap();
    assert_eq!(offset.suspected_crs.as_deref(), Some("gcj02"));
    assert!(report.nets[0].matches.iter().all(|m| m.class == Merged), "{}", told(&report));
    data.nets[0].correspondence = Correspondence::ManyToOne;
    let report = run(&data);
    assert!(report.nets[0].offset.is_some());
    assert_eq!(fits(&report.nets[0]), 16, "{}", told(&report));
}

#[test]
fn two_grids_are_enough_for_a_known_system() {
    let grids = squares(2, 1);
    let report = run(&dataset(&grids, features(&all_in(Crs::Gcj02, &grids))));
    assert_eq!(report.nets[0].offset.as_ref().unwrap().suspected_crs.as_deref(), Some("gcj02"));
}

#[test]
fn half_a_net_may_be_shifted_as_a_whole() {
    let cells = shaken_cells(4, 3, 9, 2);
    let net: Vec<_> = features(&all_in(Crs::Gcj02, &cells)).into_iter().step_by(2).collect();
    let report = run(&dataset(&cells, net));
    assert!(report.nets[0].offset.is_some(), "{}", told(&report));
    assert_eq!(fits(&report.nets[0]), 6);
}

#[test]
fn another_system_is_told_as_such() {
    let cells = shaken_cells(4, 3, 13, 2);
    let shapes: Vec<_> = cells.iter().map(|shape| moved(shape, -62.0, 17.5)).collect();
    let report = run(&dataset(&cells, features(&shapes)));
    let offset = report.nets[0].offset.as_ref().unwrap();
    assert_eq!((offset.suspected_crs.as_deref(), offset.net_crs.as_deref()), (None, None));
    assert!((offset.east_m + 62.0).abs() < 0.05 && (offset.north_m - 17.5).abs() < 0.05);
    let found = findings(&report);
    assert_eq!(found.len(), 1);
    assert!(found[0].message.contains("62.0 m west, 17.5 m north"), "{}", told(&report));
    assert!(found[0].message_zh.contains("偏西 62.0 米、偏北 17.5 米"), "{}", told(&report));
}

#[test]
fn moved_borders_are_no_common_shift() {
    // Strips side by side; every border between them, or one, a few metres to the east.
    let strips = |by: f64, moved: std::ops::Range<usize>| -> Vec<MultiPolygon> {
        let x = |i: usize| i as f64 * 150.0 + if moved.contains(&i) { by } else { 0.0 };
        (0..5).map(|i| rectangle(x(i), 0.0, x(i + 1), 400.0)).collect()
    };
    let grids = strips(0.0, 0..0);
    for (by, range) in
        [(3.0, 1..5), (-3.0, 1..5), (8.0, 1..4), (3.0, 2..3), (30.0, 2..3), (30.0, 1..5)]
    {
        let mut data = dataset(&grids, features(&strips(by, range.clone())));
        assert_eq!(run(&data).nets[0].offset, None, "{by} {range:?}");
        // Nor where the names are missing.
        data.nets[0].features.iter_mut().for_each(|f| f.grid_codes.clear());
        assert_eq!(run(&data).nets[0].offset, None, "{by} {range:?}");
    }
    let grids = squares(2, 1);
    let moved = [rectangle(0.0, 0.0, 203.0, 200.0), rectangle(203.0, 0.0, 400.0, 200.0)];
    assert_eq!(run(&dataset(&grids, features(&moved))).nets[0].offset, None);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..crate::common::cases(48) })]

    #[test]
    fn a_translated_net_has_its_translation_as_offset(
        seed in any::<u64>(), columns in 3usize..6, rows in 2usize..5,
        east in -3000.0..3000.0f64, north in -3000.0..3000.0f64, named in any::<bool>(),
    ) {
        prop_assume!(east.hypot(north) > 1.0);
        let cells = shaken_cells(columns, rows, seed, 2);
        let shapes: Vec<_> = cells.iter().map(|shape| moved(shape, east, north)).collect();
        let mut net = features(&shapes);
        if !named {
            net.iter_mut().for_each(|f| f.grid_codes.clear());
        }
        let report = run(&dataset(&cells, net));
        let offset = report.nets[0].offset.as_ref();
        prop_assert!(offset.is_some(), "{}", told(&report));
        let offset = offset.unwrap();
        prop_assert!((offset.east_m - east).abs() < 0.1 && (offset.north_m - north).abs() < 0.1, "{offset:?}");
        prop_assert_eq!(fits(&report.nets[0]), cells.len());
    }

    #[test]
    fn nets_drawn_otherwise_have_no_offset(a in tessellations(6), seed in any::<u64>()) {
        // Another division of the same outline, by the cells of another seed.
        let cells = shaken_cells(5, 5, seed, 1);
        let inside: Vec<MultiPolygon> = cells
            .iter()
            .filter_map(|cell| wangge::geometry::overlap_shape(&frame(), &a.outline, cell))
            .collect();
        let report = run(&dataset(&a.faces, features(&inside)));
        prop_assert_eq!(&report.nets[0].offset, &None);
    }
}

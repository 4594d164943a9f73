//! Small shapes with one fault each. The shapes of `shapes_of_coverage_cleaning` follow the cases
//! that JTS tests its coverage cleaner with, drawn anew.

use crate::common::polygon;
use crate::street::{
    area, broken, forced, grids, kinds, locking, point, reasons, repair, square, with_compound,
    with_outline,
};
use wangge::domain::{MultiPolygon, Polygon};
use wangge::repair::{Reason, RepairOptions};

/// Corners of a shape in whole millimetres, sorted.
fn corners(shape: &MultiPolygon) -> Vec<(i64, i64)> {
    let mut all: Vec<(i64, i64)> =
        shape.corners().map(|p| crate::common::frame().to_grid(p)).map(|p| (p.x, p.y)).collect();
    all.sort_unstable();
    all
}

fn mm(corners: &[(f64, f64)]) -> Vec<(i64, i64)> {
    let mut all: Vec<(i64, i64)> = corners
        .iter()
        .map(|p| ((p.0 * 1000.0).round() as i64, (p.1 * 1000.0).round() as i64))
        .collect();
    all.sort_unstable();
    all
}

mod shapes_of_coverage_cleaning {
    use super::*;

    #[test]
    fn a_border_drawn_a_hair_off_on_one_side() {
        let street = grids(&[
            &[(0.0, 40.0), (80.0, 40.0), (80.0, -0.02), (0.0, 0.0)],
            &[(0.0, 0.0), (80.0, 0.0), (80.0, -40.0), (0.0, -40.0)],
        ]);
        let repaired = repair(&street, &RepairOptions::default());
        assert_eq!(kinds(&repaired)[0], "overlap.assign");
        assert!(broken(&repaired.dataset).is_empty());
    }

    #[test]
    fn a_border_drawn_twice_with_other_corners() {
        let street = grids(&[
            &[
                (0., 80.),
                (80., 80.),
                (80., 0.),
                (70., 0.),
                (60., 0.),
                (30., 5.),
                (20., 0.),
                (10., 0.),
                (0., 0.),
            ],
            &[
                (0., -80.),
                (0., -0.1),
                (10., 0.1),
                (20.1, -0.11),
                (40., -3.),
                (59.9, -0.1),
                (69.8, -0.2),
                (80., 0.),
                (80., -80.),
            ],
        ]);
        let repaired = repair(&street, &RepairOptions::default());
        // West of the first crossing the two are a strip that is open to the outside: it stays.
        assert_eq!(broken(&repaired.dataset), ["coverage.near_miss"]);
        let told = repaired.plan.refusals.iter().map(|r| r.rule.as_str()).collect::<Vec<_>>();
        assert_eq!(told, ["coverage.near_miss"]);
        let whole = area(&repaired.dataset, "A") + area(&repaired.dataset, "B");
        // What either held, and the pocket between them.
        assert!((whole - 80.0 * 160.0).abs() < 20.0, "{whole}");
    }

    #[test]
    fn a_needle_without_width_is_taken_off() {
        let street = grids(&[&[(90., 0.), (10., 0.), (90., 30.), (90., 100.), (90., 30.)]]);
        let repaired = repair(&street, &RepairOptions::default());
        assert_eq!(kinds(&repaired), ["ring.clean"]);
        let shape = &repaired.dataset.grids[0].geometry;
        assert_eq!(corners(shape), mm(&[(10., 0.), (90., 0.), (90., 30.)]));
    }

    #[test]
    fn a_gap_goes_to_the_longest_border() {
        let street = grids(&[
            &[(10., 90.), (90., 90.), (90., 50.), (10., 50.)],
            &[(50., 10.), (50., 50.), (10., 50.)],
            &[(50., 10.), (51., 50.), (90., 50.)],
        ]);
        let repaired = repair(&street, &RepairOptions::default());
        // Both sides of the gap are 40 m long; the slanting one is longer by 12 mm.
        assert_eq!(kinds(&repaired)[0], "gap.fill");
        let winner = &repaired.plan.actions[0].features[0];
        assert_eq!(winner, "C");
        let shape = &repaired.dataset.grids[2].geometry;
        assert_eq!(corners(shape), mm(&[(50., 10.), (50., 50.), (51., 50.), (90., 50.)]));
        assert!(broken(&repaired.dataset).is_empty());
    }

    /// Three grids in a row above one, with a pocket below each, of 10 m², 30 m² and 0.5 m².
    fn pockets() -> wangge::dataset::Dataset {
        grids(&[
            &[(0., 0.), (0., 30.), (90., 30.), (90., 0.)],
            &[(0., 30.), (0., 90.), (30., 90.), (30., 30.), (20., 31.)],
            &[(30., 90.), (60., 90.), (60., 30.), (50., 32.), (40., 32.), (30., 30.)],
            &[(60., 90.), (90., 90.), (90., 30.), (75., 30.05), (60., 30.)],
        ])
    }

    #[test]
    fn pockets_of_any_width_are_filled() {
        let repaired = repair(&pockets(), &RepairOptions::default());
        let filled = kinds(&repaired).iter().filter(|kind| **kind == "gap.fill").count();
        assert_eq!(filled, 3);
        assert!(broken(&repaired.dataset).is_empty());
        let whole: f64 = ["A", "B", "C", "D"].map(|c| area(&repaired.dataset, c)).iter().sum();
        assert!((whole - 90.0 * 90.0).abs() < 0.1, "{whole}");
    }

    #[test]
    fn pockets_larger_than_the_limit_stay() {
        let options = RepairOptions { max_share: 0.01, ..RepairOptions::default() };
        let repaired = repair(&pockets(), &options);
        let left: Vec<f64> = repaired.plan.refusals.iter().filter_map(|r| r.area_m2).collect();
        assert_eq!(reasons(&repaired), [Reason::TooLarge]);
        assert!((left[0] - 40.0).abs() < 0.1, "{left:?}");
        assert_eq!(broken(&repaired.dataset), ["coverage.gap"]);
    }

    /// Two grids that overlap in a notch of 13.5 m².
    fn notch() -> wangge::dataset::Dataset {
        grids(&[
            &[(0., 20.), (40., 20.), (30., 0.), (0., 0.)],
            &[(0., 20.), (0., 80.), (30., 80.), (30., 20.), (20., 19.1)],
        ])
    }

    #[test]
    fn an_overlap_goes_to_the_one_whose_compounds_lie_there() {
        for (y, winner) in [(16.0, "A"), (23.7, "B")] {
            // A compound of which a corner lies in the overlap.
            let street = with_compound(notch(), 300, square(18.0, y, 4.5));
            let repaired = repair(&street, &RepairOptions::default());
            let action = &repaired.plan.actions[0];
            assert_eq!((action.features[0].as_str(), action.households), (winner, 300));
            assert_eq!(action.compounds, ["C0"]);
            assert!(broken(&repaired.dataset).is_empty());
        }
    }

    #[test]
    fn an_overlap_without_compounds_there_goes_to_the_one_with_more_households() {
        for (of_a, of_b, winner) in [(90, 100, "B"), (100, 90, "A")] {
            let street = with_compound(notch(), of_a, square(10.0, 6.0, 4.0));
            let street = with_compound(street, of_b, square(15.0, 60.0, 4.0));
            let repaired = repair(&street, &RepairOptions::default());
            let action = &repaired.plan.actions[0];
            assert_eq!((action.features[0].as_str(), action.households), (winner, 0));
            assert!(action.why.contains("has more households (100)"), "{}", action.why);
        }
    }

    #[test]
    fn an_overlap_without_compounds_goes_to_the_longest_border() {
        // B's border with it is bent, so longer than A's straight one.
        let repaired = repair(&notch(), &RepairOptions::default());
        assert_eq!(repaired.plan.actions[0].features, ["A", "B"]);
        let expected = [(0., 0.), (0., 20.), (30., 20.), (40., 20.), (30., 0.)];
        assert_eq!(corners(&repaired.dataset.grids[0].geometry), mm(&expected));
        assert!(broken(&repaired.dataset).is_empty());
    }

    #[test]
    fn three_grids_that_meet_and_overlap() {
        let street = grids(&[
            &[(50., 90.), (90., 90.), (90., 10.), (50., 10.)],
            &[(10., 50.), (50., 50.), (50., 20.), (10., 20.)],
            &[(20., 70.), (50., 70.), (50., 48.), (20., 48.)],
        ]);
        let repaired = repair(&street, &forced());
        assert!(broken(&repaired.dataset).is_empty(), "{:?}", broken(&repaired.dataset));
        // A has the corners of both its neighbours.
        let expected = [
            (50., 10.),
            (50., 20.),
            (50., 48.),
            (50., 50.),
            (50., 70.),
            (50., 90.),
            (90., 90.),
            (90., 10.),
        ];
        let mut of_a = corners(&repaired.dataset.grids[0].geometry);
        of_a.retain(|p| mm(&expected).contains(p));
        assert!(of_a.len() >= 7);
        let whole: f64 = ["A", "B", "C"].map(|c| area(&repaired.dataset, c)).iter().sum();
        assert!((whole - (3200.0 + 1200.0 + 660.0 - 60.0)).abs() < 0.1, "{whole}");
    }
}

/// Two squares of 100 m side by side, the first reaching `over` metres into the second.
fn pair(over: f64) -> wangge::dataset::Dataset {
    grids(&[
        &[(0., 0.), (100. + over, 0.), (100. + over, 100.), (0., 100.)],
        &[(100., 0.), (200., 0.), (200., 100.), (100., 100.)],
    ])
}

/// The outline of the pair, with the ends of the border between them.
fn outline() -> MultiPolygon {
    polygon(&[(0., 0.), (100., 0.), (200., 0.), (200., 100.), (100., 100.), (0., 100.)])
}

#[test]
fn clean_data_stay_as_they_are() {
    let street = with_outline(pair(0.0), outline());
    let repaired = repair(&street, &RepairOptions::default());
    assert!(repaired.plan.actions.is_empty() && repaired.edits.is_empty());
    assert!(repaired.plan.grids.iter().all(|grid| !grid.changed));
}

#[test]
fn equal_borders_are_settled_by_the_lower_code() {
    let repaired = repair(&pair(2.0), &RepairOptions::default());
    let action = &repaired.plan.actions[0];
    assert_eq!(action.features, ["A", "B"]);
    assert!(action.why.contains("lower code"), "{}", action.why);
}

#[test]
fn a_locked_grid_neither_wins_nor_loses() {
    for (locked, winner) in [("A", "A"), ("B", "B")] {
        let street = pair(2.0);
        let repaired = repair(&street, &locking(&[locked]));
        assert_eq!(repaired.plan.actions[0].features[0], winner);
        let i = usize::from(locked == "B");
        assert!((area(&repaired.dataset, locked) - area(&street, locked)).abs() < 1e-3);
        let (before, after) = (&street.grids[i].geometry, &repaired.dataset.grids[i].geometry);
        let after: Vec<_> = after.corners().collect();
        assert!(before.corners().all(|corner| after.contains(&corner)));
    }
    let repaired = repair(&pair(2.0), &locking(&["A", "B"]));
    assert_eq!(reasons(&repaired), [Reason::Locked]);
    assert_eq!(broken(&repaired.dataset), ["coverage.overlap"]);
}

#[test]
fn a_grid_that_keeps_its_area_keeps_its_corners() {
    // What B loses of A's top and bottom edge leaves no trace there.
    let street = pair(2.0);
    for locked in ["A", "B"] {
        let repaired = repair(&street, &locking(&[locked]));
        let i = usize::from(locked == "B");
        assert_eq!(repaired.dataset.grids[i].geometry, street.grids[i].geometry);
        assert!(!repaired.plan.grids[i].changed);
    }
    let over = with_outline(
        grids(&[&[(0., -3.), (100., -3.), (100., 100.), (0., 100.)]]),
        polygon(&[(0., 0.), (100., 0.), (100., 100.), (0., 100.)]),
    );
    let repaired = repair(&over, &forced());
    assert_eq!(corners(&repaired.dataset.grids[0].geometry).len(), 4);
    assert_eq!(kinds(&repaired), ["outside.cut"]);
}

#[test]
fn a_gap_between_locked_grids_stays() {
    let repaired = repair(&with_outline(pair(-2.0), outline()), &locking(&["A", "B"]));
    assert_eq!(reasons(&repaired), [Reason::Locked]);
    let repaired = repair(&with_outline(pair(-2.0), outline()), &locking(&["A"]));
    assert_eq!(repaired.plan.actions[0].features, ["B", "A"]);
}

#[test]
fn a_large_overlap_is_asked_about() {
    let street = pair(8.0);
    let repaired = repair(&street, &RepairOptions::default());
    assert_eq!(reasons(&repaired), [Reason::TooLarge]);
    assert!(repaired.edits.iter().all(|edit| edit.layer != "grids" || edit.areas.len() < 3));
    let repaired = repair(&street, &forced());
    assert!(broken(&repaired.dataset).is_empty());
}

#[test]
fn households_that_a_gap_would_decide_are_asked_about() {
    let street = with_outline(pair(-4.0), outline());
    let few = with_compound(street.clone(), 50, point(98.0, 50.0));
    assert_eq!(kinds(&repair(&few, &RepairOptions::default()))[0], "gap.fill");
    let many = with_compound(street, 51, point(98.0, 50.0));
    let repaired = repair(&many, &RepairOptions::default());
    assert_eq!(repaired.plan.refusals[0].reason, Reason::TooLarge);
    assert_eq!(repaired.plan.refusals[0].households, 51);
}

#[test]
fn a_compound_is_never_split() {
    // B has the longer border with the gap, but the compound reaches into it from A.
    let street = with_outline(
        grids(&[
            &[(0., 0.), (96., 0.), (96., 100.), (0., 100.)],
            &[(100., 0.), (200., 0.), (200., 100.), (100., 100.), (102., 50.)],
        ]),
        outline(),
    );
    let plain = repair(&street, &forced());
    assert_eq!(plain.plan.actions[0].features[0], "B");
    let street = with_compound(street, 0, square(93.0, 50.0, 5.0));
    let repaired = repair(&street, &forced());
    assert_eq!(repaired.plan.actions[0].features[0], "A");
    // With A locked nobody may have it.
    let repaired = repair(&street, &locking(&["A"]));
    assert_eq!(repaired.plan.refusals[0].reason, Reason::SplitsCompound);
    assert_eq!(repaired.plan.refusals[0].compounds, ["C0"]);
}

#[test]
fn the_same_polygon_twice_empties_neither() {
    let square: &[(f64, f64)] = &[(0., 0.), (100., 0.), (100., 100.), (0., 100.)];
    let repaired = repair(&grids(&[square, square]), &forced());
    assert_eq!(reasons(&repaired)[0], Reason::Empties);
    assert!(repaired.edits.is_empty());
}

#[test]
fn what_lies_beyond_the_outline_is_cut_off() {
    let street = with_outline(
        grids(&[
            &[(0., -3.), (100., -3.), (100., 102.), (0., 100.)],
            &[(100., 0.), (203., 0.), (200., 100.), (100., 100.)],
        ]),
        outline(),
    );
    let repaired = repair(&street, &forced());
    assert!(broken(&repaired.dataset).is_empty(), "{:?}", broken(&repaired.dataset));
    let whole = area(&repaired.dataset, "A") + area(&repaired.dataset, "B");
    assert!((whole - wangge::geometry::measure::area_m2(&outline())).abs() < 0.01);
    // A compound out there would be left without a grid.
    let street = with_compound(street, 10, point(50.0, -1.5));
    let repaired = repair(&street, &forced());
    assert!(reasons(&repaired).contains(&Reason::SplitsCompound));
}

#[test]
fn a_missing_corner_of_the_outline_is_filled() {
    let street = with_outline(
        grids(&[
            &[(0., 0.), (100., 0.), (100., 100.), (0., 94.)],
            &[(100., 0.), (200., 0.), (200., 100.), (100., 100.)],
        ]),
        outline(),
    );
    let repaired = repair(&street, &RepairOptions::default());
    assert_eq!(repaired.plan.actions[0].rule, "coverage.gap");
    assert!(repaired.plan.actions[0].message.contains("inlet"));
    assert!(broken(&repaired.dataset).is_empty(), "{:?}", broken(&repaired.dataset));
}

#[test]
fn borders_that_end_on_the_outline_give_it_a_corner() {
    let corners_of =
        |street: &wangge::dataset::Dataset| corners(&street.subdistrict.as_ref().unwrap().geometry);
    let four = [(0., 0.), (200., 0.), (200., 100.), (0., 100.)];
    let street = with_outline(pair(0.0), polygon(&four));
    let repaired = repair(&street, &RepairOptions::default());
    assert_eq!(kinds(&repaired), ["edge.match"]);
    assert_eq!(repaired.plan.layers[0].corners_inserted, 2);
    assert_eq!(corners_of(&repaired.dataset), corners(&outline()));
    assert!(broken(&repaired.dataset).is_empty());
    // A layer that may not change does not.
    let layers = Some(["grids".to_owned()].into());
    let repaired = repair(&street, &RepairOptions { layers, ..RepairOptions::default() });
    assert!(repaired.edits.is_empty());
}

#[test]
fn a_long_gap_is_cut_where_borders_end() {
    // Four grids around a strip of 2 m: A and B in the west, C and D in the east.
    let street = with_outline(
        grids(&[
            &[(0., 0.), (99., 0.), (99., 100.), (0., 100.)],
            &[(0., 100.), (99., 100.), (99., 200.), (0., 200.)],
            &[(101., 0.), (200., 0.), (200., 60.), (101., 60.)],
            &[(101., 60.), (200., 60.), (200., 200.), (101., 200.)],
        ]),
        polygon(&[(0., 0.), (200., 0.), (200., 200.), (0., 200.)]),
    );
    let repaired = repair(&street, &RepairOptions::default());
    let fills = kinds(&repaired).iter().filter(|kind| **kind == "gap.fill").count();
    assert_eq!(fills, 3, "{:?}", repaired.plan.actions);
    assert!(broken(&repaired.dataset).is_empty(), "{:?}", broken(&repaired.dataset));
    // No grid has a spike between two others: none reaches further along the strip than its own
    // border, and a cut's width.
    for (grid, (south, north)) in
        repaired.dataset.grids.iter().zip([(0, 100), (100, 200), (0, 60), (60, 200)])
    {
        for (_, y) in corners(&grid.geometry) {
            assert!(y >= south * 1000 - 3000 && y <= north * 1000 + 3000, "{} {y}", grid.code);
        }
    }
}

#[test]
fn a_long_inlet_is_shared_by_the_grids_along_it() {
    let row: Vec<Vec<(f64, f64)>> = (0..4)
        .map(|i| {
            let x = 100.0 * f64::from(i);
            vec![(x, 0.5), (x + 100.0, 0.5), (x + 100.0, 100.0), (x, 100.0)]
        })
        .collect();
    let row: Vec<&[(f64, f64)]> = row.iter().map(Vec::as_slice).collect();
    let street =
        with_outline(grids(&row), polygon(&[(0., 0.), (400., 0.), (400., 100.), (0., 100.)]));
    let repaired = repair(&street, &RepairOptions::default());
    assert!(broken(&repaired.dataset).is_empty(), "{:?}", broken(&repaired.dataset));
    for code in ["A", "B", "C", "D"] {
        assert!((area(&repaired.dataset, code) - 10_000.0).abs() < 10.0, "{code}");
    }
}

#[test]
fn a_gap_goes_to_the_one_whose_compounds_lie_there() {
    // B has the longer border with the gap; the compounds of A reach into it, and one of B's.
    let street = with_outline(
        grids(&[
            &[(0., 0.), (96., 0.), (96., 100.), (0., 100.)],
            &[(100., 0.), (200., 0.), (200., 100.), (100., 100.), (102., 50.)],
        ]),
        outline(),
    );
    let street = with_compound(street, 30, square(93.0, 20.0, 5.0));
    let repaired = repair(&street, &forced());
    let action = &repaired.plan.actions[0];
    assert_eq!((action.features[0].as_str(), action.households), ("A", 30));
    assert!(action.why.contains("30 households"), "{}", action.why);
    // Where both have compounds in it, it would split one.
    let street = with_compound(street, 80, square(104.0, 80.0, 5.0));
    let repaired = repair(&street, &forced());
    assert_eq!(repaired.plan.refusals[0].reason, Reason::SplitsCompound);
    assert_eq!(repaired.plan.refusals[0].compounds, ["C0", "C1"]);
}

#[test]
fn a_gap_between_equal_borders_goes_to_the_lower_code() {
    let repaired = repair(&with_outline(pair(-2.0), outline()), &RepairOptions::default());
    let action = &repaired.plan.actions[0];
    assert_eq!(action.features, ["A", "B"]);
    assert!(action.why.contains("lower code"), "{}", action.why);
}

#[test]
fn a_locked_grid_beyond_the_outline_stays_and_is_listed() {
    let street = with_outline(
        grids(&[&[(0., -3.), (100., -3.), (100., 100.), (0., 100.)]]),
        polygon(&[(0., 0.), (100., 0.), (100., 100.), (0., 100.)]),
    );
    let repaired = repair(&street, &locking(&["A"]));
    assert_eq!(reasons(&repaired), [Reason::Locked]);
    assert_eq!(repaired.plan.refusals[0].rule, "coverage.outside");
    let kept = corners(&repaired.dataset.grids[0].geometry);
    assert!(corners(&street.grids[0].geometry).iter().all(|corner| kept.contains(corner)));
}

#[test]
fn every_grid_is_told_before_and_after() {
    let street = with_compound(pair(2.0), 120, square(50.0, 50.0, 5.0));
    let repaired = repair(&street, &RepairOptions::default());
    let [a, b] = repaired.plan.grids.as_slice() else { panic!("two grids") };
    let gained = b.area_after_m2 - b.area_before_m2;
    // A has more households, so the overlap of 200 m² is A's.
    assert!((a.area_after_m2 - a.area_before_m2).abs() < 0.1 && (gained + 200.0).abs() < 0.2);
    assert!(b.changed && b.vertices_moved == 2 && (b.greatest_movement_m - 2.0).abs() < 0.01);
    assert_eq!((a.households_before, a.households_after), (120, 120));
    let overlaps = repaired.plan.findings.iter().find(|one| one.rule == "coverage.overlap");
    assert_eq!(overlaps.map(|one| (one.before, one.after)), Some((1, 0)));
}

/// A square with a needle of 40 m between two others, 0.4 m wide at its foot.
fn needle() -> wangge::dataset::Dataset {
    grids(&[
        &[(0., 0.), (100., 0.), (100., 49.8), (140., 50.), (100., 50.2), (100., 100.), (0., 100.)],
        &[(100., 50.2), (140., 50.), (200., 50.), (200., 100.), (100., 100.)],
        &[(100., 0.), (200., 0.), (200., 50.), (140., 50.), (100., 49.8)],
    ])
}

#[test]
fn a_needle_goes_to_a_neighbour() {
    assert_eq!(broken(&needle()), ["geometry.spike"]);
    for (locked, heir) in [(&[][..], "B"), (&["B"], "C"), (&["C"], "B")] {
        let repaired = repair(&needle(), &locking(locked));
        assert!(broken(&repaired.dataset).is_empty(), "{:?}", broken(&repaired.dataset));
        assert_eq!(kinds(&repaired), ["ring.clean"]);
        assert_eq!(repaired.plan.actions[0].features, [heir, "A"]);
        assert!((area(&repaired.dataset, "A") - 10_000.0).abs() < 0.1);
        let whole: f64 = ["A", "B", "C"].map(|c| area(&repaired.dataset, c)).iter().sum();
        assert!((whole - 20_000.0).abs() < 0.2, "{whole}");
    }
}

#[test]
fn a_needle_of_a_locked_grid_or_between_locked_ones_is_listed() {
    for locked in [&["A"][..], &["B", "C"]] {
        let repaired = repair(&needle(), &locking(locked));
        assert!(repaired.edits.is_empty());
        assert_eq!(reasons(&repaired), [Reason::AskBorder]);
        assert_eq!(repaired.plan.refusals[0].rule, "geometry.spike");
    }
}

#[test]
fn a_needle_with_a_long_side_is_cut_across_its_foot() {
    // Its southern side is 140 m long, along C: C's border stays where it is.
    let street = grids(&[
        &[(0., 0.), (140., 0.), (100., 0.4), (100., 100.), (40., 100.)],
        &[(100., 0.4), (140., 0.), (200., 0.), (200., 100.), (100., 100.)],
        &[(0., 0.), (0., -50.), (200., -50.), (200., 0.), (140., 0.)],
    ]);
    assert_eq!(broken(&street), ["geometry.spike"]);
    let repaired = repair(&street, &locking(&["C"]));
    assert!(broken(&repaired.dataset).is_empty(), "{:?}", broken(&repaired.dataset));
    assert_eq!(repaired.plan.actions[0].features, ["B", "A"]);
    assert!((area(&repaired.dataset, "C") - area(&street, "C")).abs() < 0.01);
}

#[test]
fn needles_and_notches_towards_the_outside_are_levelled() {
    let tower = [(0., 0.), (100., 0.), (100., 49.8), (140., 50.), (100., 50.2), (100., 100.)];
    let notch = [(0., 0.), (100., 0.), (100., 49.8), (60., 50.), (100., 50.2), (100., 100.)];
    for corners in [tower, notch] {
        let street = grids(&[&[&corners[..], &[(0., 100.)]].concat()]);
        assert_eq!(broken(&street), ["geometry.spike"]);
        let repaired = repair(&street, &RepairOptions::default());
        assert!(broken(&repaired.dataset).is_empty(), "{:?}", broken(&repaired.dataset));
        assert!((area(&repaired.dataset, "A") - 10_000.0).abs() < 0.1);
    }
}

#[test]
fn a_border_gets_the_corners_of_its_neighbour() {
    let street = grids(&[
        &[(0., 0.), (100., 0.), (100., 40.), (100., 100.), (0., 100.)],
        &[(100., 0.), (200., 0.), (200., 100.), (100., 100.)],
    ]);
    let repaired = repair(&street, &RepairOptions::default());
    assert_eq!(kinds(&repaired), ["edge.match"]);
    assert_eq!(repaired.plan.actions[0].features, ["B"]);
    assert!(broken(&repaired.dataset).is_empty());
}

#[test]
fn rings_are_cleaned() {
    // Clockwise, with a repeated corner and a spike.
    let street = grids(&[&[
        (0., 100.),
        (50., 100.),
        (50., 130.),
        (50., 100.),
        (100., 100.),
        (100., 100.),
        (100., 0.),
        (0., 0.),
    ]]);
    let repaired = repair(&street, &RepairOptions::default());
    assert_eq!(kinds(&repaired), ["ring.clean"]);
    let message = &repaired.plan.actions[0].message;
    for word in ["1 repeated", "1 spike deleted", "1 ring turned"] {
        assert!(message.contains(word), "{message}");
    }
    assert!(broken(&repaired.dataset).is_empty());
}

#[test]
fn a_bow_tie_becomes_two_parts_that_touch() {
    let street = grids(&[&[(0., 0.), (100., 100.), (100., 0.), (0., 90.)]]);
    let repaired = repair(&street, &RepairOptions::default());
    assert!(!broken(&repaired.dataset).contains(&"geometry.invalid".to_owned()));
    let parts: Vec<&Polygon> = repaired.dataset.grids[0].geometry.polygons().iter().collect();
    assert_eq!(parts.len(), 2);
    // Which part belongs to whom is for people to say.
    assert_eq!(reasons(&repaired), [Reason::AskBorder]);
}

#[test]
fn a_piece_that_is_cut_off_goes_to_its_neighbour() {
    // A finger of A reaches through B into C; what B takes away cuts its tip off.
    let street = with_outline(
        grids(&[
            &[
                (0., 0.),
                (100., 0.),
                (100., 45.),
                (130., 46.),
                (130., 48.),
                (100., 50.),
                (100., 100.),
                (0., 100.),
            ],
            &[(100., 0.), (120., 0.), (120., 100.), (100., 100.)],
            &[
                (120., 0.),
                (220., 0.),
                (220., 100.),
                (120., 100.),
                (120., 48.7),
                (130., 48.),
                (130., 46.),
                (120., 45.7),
            ],
        ]),
        polygon(&[(0., 0.), (220., 0.), (220., 100.), (0., 100.)]),
    );
    let street = with_compound(street, 400, square(110.0, 40.0, 7.0));
    let repaired = repair(&street, &RepairOptions::default());
    assert!(kinds(&repaired).contains(&"piece.move"), "{:?}", kinds(&repaired));
    assert!(broken(&repaired.dataset).is_empty(), "{:?}", broken(&repaired.dataset));
}

#[test]
fn corners_closer_than_a_millimetre_get_the_same_numbers() {
    let mut street = pair(0.0);
    let shift =
        |p: wangge::domain::LonLat| wangge::domain::LonLat::new(p.lon() + 1e-9, p.lat()).unwrap();
    let moved: Vec<_> = street.grids[1].geometry.corners().map(shift).collect();
    let ring = wangge::domain::Ring::new(moved).unwrap();
    street.grids[1].geometry = MultiPolygon::new(vec![Polygon::new(ring, Vec::new())]).unwrap();
    let repaired = repair(&street, &RepairOptions::default());
    assert_eq!(kinds(&repaired), ["ring.clean"]);
    let of = |i: usize| -> Vec<_> { repaired.dataset.grids[i].geometry.corners().collect() };
    assert_eq!(of(1).iter().filter(|p| of(0).contains(p)).count(), 2);
}

#[test]
fn what_cannot_be_asked_for_is_said() {
    use wangge::repair::{RepairError, run};
    let street = pair(0.0);
    let layers = Some(["roads".to_owned()].into());
    let error = run(&street, &RepairOptions { layers, ..RepairOptions::default() }).unwrap_err();
    assert!(matches!(error, RepairError::UnknownLayer { .. }), "{error}");
    let error = run(&street, &locking(&["X"])).unwrap_err();
    assert_eq!(error, RepairError::UnknownGrid { code: "X".into() });
    let error = run(&grids(&[]), &RepairOptions::default()).unwrap_err();
    assert_eq!(error, RepairError::NoGrids);
}

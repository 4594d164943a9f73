//! Adversarial nets, one situation a test.

use crate::support::*;
use wangge::check::MatchClass::{
    Displaced, Extra, Identical, Merged, Missing, Redrawn, Split, Swapped, WithinTolerance,
};
use wangge::domain::{Correspondence, MultiPolygon, Place, Severity};

/// Four squares of 200 m and the same net.
fn four() -> (Vec<MultiPolygon>, Vec<MultiPolygon>) {
    (squares(2, 2), squares(2, 2))
}

#[test]
fn the_same_net_is_identical() {
    let (grids, net_shapes) = four();
    let data = dataset(&grids, features(&net_shapes));
    let report = run(&data);
    assert!(report.nets[0].coincides && findings(&report).is_empty(), "{}", told(&report));
    assert_eq!(classes(&report.nets[0]), [Identical; 4]);
    for one in &report.nets[0].matches {
        assert_eq!((one.iou, one.hausdorff_m), (Some(1.0), Some(0.0)));
        assert!(one.disagreeing_arcs.is_empty() && one.hausdorff_witness.is_none());
    }
}

#[test]
fn a_border_moved_within_the_tolerance_is_a_warning() {
    let (grids, mut shapes) = four();
    shapes[0] = rectangle(0.0, 0.0, 200.3, 200.0);
    shapes[1] = rectangle(200.3, 0.0, 400.0, 200.0);
    let report = run(&dataset(&grids, features(&shapes)));
    let classes = classes(&report.nets[0]);
    assert_eq!(classes, [WithinTolerance, WithinTolerance, Identical, Identical]);
    assert!(findings(&report).iter().all(|f| f.severity == Severity::Warning));
    assert!(!report.nets[0].coincides && report.clean);
    assert!((row(&report.nets[0], 0).hausdorff_m.unwrap() - 0.3).abs() < 0.002);
}

#[test]
fn a_displaced_border_is_measured_from_both_sides() {
    let (grids, mut shapes) = four();
    // A bump of 30 m into the neighbour, 80 m long.
    shapes[0] = crate::common::polygon(&[
        (0.0, 0.0),
        (200.0, 0.0),
        (200.0, 60.0),
        (230.0, 60.0),
        (230.0, 140.0),
        (200.0, 140.0),
        (200.0, 200.0),
        (0.0, 200.0),
    ]);
    shapes[1] = crate::common::polygon(&[
        (200.0, 0.0),
        (400.0, 0.0),
        (400.0, 200.0),
        (200.0, 200.0),
        (200.0, 140.0),
        (230.0, 140.0),
        (230.0, 60.0),
        (200.0, 60.0),
    ]);
    let mut data = dataset(&grids, features(&shapes));
    data.compounds =
        vec![compound(0, 120, point(215.0, 100.0)), compound(1, 80, point(300.0, 50.0))];
    let report = run(&data);
    let net = &report.nets[0];
    assert_eq!(classes(net), [Displaced, Displaced, Identical, Identical]);
    let one = row(net, 0);
    assert!((one.symmetric_difference_m2.unwrap() - 2400.0).abs() < 1.0);
    assert!((one.iou.unwrap() - 40_000.0 / 42_400.0).abs() < 1e-5);
    assert!((one.hausdorff_m.unwrap() - 30.0).abs() < 0.01);
    // The 80 m of the grid's border that the net lacks are at most 30 m from it; the net's bump
    // is 140 m long, of which all but half a metre at each foot lies beyond the tolerance.
    assert!((one.hausdorff_grid_to_net_m.unwrap() - 30.0).abs() < 0.01, "{one:?}");
    assert!((one.disagreeing_length_m.unwrap() - (139.0 + 79.0)).abs() < 0.2, "{one:?}");
    assert_eq!(
        (one.compounds_affected.as_slice(), one.households_affected),
        (&["C000".to_string()][..], 120)
    );
    let [on_grid, on_net] = one.hausdorff_witness.unwrap();
    let metres = |p| {
        let g = crate::common::frame().to_grid(p);
        (g.x as f64 / 1000.0, g.y as f64 / 1000.0)
    };
    let ((gx, _), (nx, _)) = (metres(on_grid), metres(on_net));
    assert!((gx - 200.0).abs() < 0.01 && (nx - 230.0).abs() < 0.01, "{gx} {nx}");
    assert_eq!(net.households_affected, 120);
    let shown = serde_json::to_value(one).unwrap();
    let arcs = shown["disagreeing_arcs"]["features"].as_array().unwrap();
    let side = |side: &str| arcs.iter().filter(|a| a["properties"]["side"] == side).count();
    assert_eq!((side("grid"), side("net"), arcs.len()), (1, 1, 2), "{shown}");
}

#[test]
fn a_split_counts_the_households_outside_the_main_part() {
    let (grids, shapes) = four();
    let mut net = features(&shapes);
    net[0].geometry = rectangle(0.0, 0.0, 150.0, 200.0);
    net.push(feature(9, rectangle(150.0, 0.0, 200.0, 200.0)));
    net[4].grid_codes = vec![code(0)];
    let mut data = dataset(&grids, net);
    // The small part has most of the people: it is the one that stands for the grid.
    data.compounds =
        vec![compound(0, 500, point(175.0, 100.0)), compound(1, 90, point(50.0, 50.0))];
    let report = run(&data);
    assert_eq!(classes(&report.nets[0]), [Split, Identical, Identical, Identical]);
    let one = row(&report.nets[0], 0);
    assert_eq!((one.features.len(), one.iou, one.households_affected), (2, Some(1.0), 90));
    assert_eq!(one.common.iter().map(|c| c.households).collect::<Vec<_>>(), [90, 500]);
    // The line between the parts is the net's alone.
    assert_eq!(one.disagreeing_arcs.len(), 1);
    assert!((one.disagreeing_arcs[0].length_m - 200.0).abs() < 0.1);
    assert_eq!(findings(&report).len(), 1, "{}", told(&report));
}

#[test]
fn a_merger_counts_those_without_a_feature_of_their_own() {
    let (grids, shapes) = four();
    let mut net = features(&shapes);
    net[0].geometry = rectangle(0.0, 0.0, 400.0, 200.0);
    net.remove(1);
    let mut data = dataset(&grids, net);
    data.compounds =
        vec![compound(0, 300, point(100.0, 100.0)), compound(1, 500, point(300.0, 100.0))];
    let report = run(&data);
    assert_eq!(classes(&report.nets[0]), [Merged, Merged, Identical, Identical]);
    let found = findings(&report);
    assert_eq!((found.len(), found[0].measure.households), (1, Some(300)), "{}", told(&report));
    assert!((found[0].measure.area_m2.unwrap() - 40_000.0).abs() < 10.0);
    // Only the grids have the line between them.
    let arcs = &row(&report.nets[0], 0).disagreeing_arcs;
    assert!(arcs.len() == 1 && (arcs[0].length_m - 200.0).abs() < 0.1, "{arcs:?}");
}

#[test]
fn two_grids_cut_the_other_way_are_redrawn() {
    let grids = squares(2, 2);
    let mut shapes = grids.clone();
    shapes[0] = rectangle(0.0, 0.0, 400.0, 100.0);
    shapes[1] = rectangle(0.0, 100.0, 400.0, 200.0);
    let report = run(&dataset(&grids, features(&shapes)));
    assert_eq!(classes(&report.nets[0]), [Redrawn, Redrawn, Identical, Identical]);
    assert_eq!(findings(&report).len(), 1, "{}", told(&report));
}

#[test]
fn a_grid_shared_out_among_its_neighbours_is_redrawn() {
    let grids = [
        rectangle(0., 0., 200., 200.),
        rectangle(200., 0., 300., 200.),
        rectangle(300., 0., 500., 200.),
    ];
    let shapes = [rectangle(0., 0., 245., 200.), rectangle(245., 0., 500., 200.)];
    let report = run(&dataset(&grids, features(&shapes)));
    assert_eq!(classes(&report.nets[0]), [Redrawn; 3], "{}", told(&report));
}

#[test]
fn names_that_go_round_are_swapped_whatever_the_length() {
    for length in 2..=4 {
        let (grids, shapes) = four();
        let mut net = features(&shapes);
        for (f, feature) in net.iter_mut().take(length).enumerate() {
            feature.grid_codes = vec![code((f + 1) % length)];
        }
        let mut data = dataset(&grids, net);
        data.compounds = vec![compound(0, 70, point(100.0, 100.0))];
        let report = run(&data);
        let swapped = report.nets[0].matches.iter().filter(|m| m.class == Swapped).count();
        let found = findings(&report);
        assert_eq!((swapped, found.len()), (length, length), "{}", told(&report));
        assert!(
            found
                .iter()
                .all(|f| f.rule == "net.swapped" && f.field.as_deref() == Some("grid_codes"))
        );
        let word = if length == 2 { "exchanged" } else { "circle" };
        assert!(found.iter().all(|f| f.message.contains(word)), "{}", told(&report));
        assert_eq!(row(&report.nets[0], 0).households_affected, 70);
    }
}

#[test]
fn names_that_lead_nowhere_end_the_chain() {
    let (grids, shapes) = four();
    let mut net = features(&shapes);
    // B0 names G1, whose feature names nothing; B2 names a grid that does not exist; B3 names a
    // chain that runs into a circle of others.
    net[0].grid_codes = vec![code(1)];
    net[1].grid_codes.clear();
    net[2].grid_codes = vec!["G999".into()];
    let report = run(&dataset(&grids, net));
    assert_eq!(classes(&report.nets[0]), [Swapped, Identical, Swapped, Identical]);
    assert!(told(&report).contains("(no such grid)"), "{}", told(&report));
}

#[test]
fn a_chain_into_a_circle_is_no_circle() {
    let grids = squares(3, 1);
    let mut net = features(&grids);
    net[0].grid_codes = vec![code(1)];
    net[1].grid_codes = vec![code(2)];
    net[2].grid_codes = vec![code(1)];
    let report = run(&dataset(&grids, net));
    assert_eq!(classes(&report.nets[0]), [Swapped; 3]);
    let words: Vec<bool> =
        findings(&report).iter().map(|f| f.message.contains("exchanged")).collect();
    assert_eq!(words, [false, true, true], "{}", told(&report));
}

#[test]
fn an_id_that_is_a_grid_code_names_that_grid() {
    let (grids, shapes) = four();
    let mut net = features(&shapes);
    for (f, feature) in net.iter_mut().enumerate() {
        feature.grid_codes.clear();
        feature.id = code(f ^ 1);
    }
    let report = run(&dataset(&grids, net));
    assert_eq!(classes(&report.nets[0]), [Swapped; 4]);
    assert!(findings(&report).iter().all(|f| f.field.as_deref() == Some("id")));
}

#[test]
fn a_displaced_feature_that_names_another_grid_has_two_faults() {
    let (grids, mut shapes) = four();
    shapes[0] = rectangle(0.0, 0.0, 230.0, 200.0);
    shapes[1] = rectangle(230.0, 0.0, 400.0, 200.0);
    let mut net = features(&shapes);
    net[0].grid_codes = vec![code(1)];
    net[1].grid_codes = vec![code(0)];
    let report = run(&dataset(&grids, net));
    assert_eq!(classes(&report.nets[0]), [Displaced, Displaced, Identical, Identical]);
    let rules: Vec<&str> = findings(&report).iter().map(|f| f.rule.as_str()).collect();
    assert_eq!(rules, ["net.displaced", "net.swapped", "net.displaced", "net.swapped"]);
}

#[test]
fn a_feature_that_names_its_grid_and_another_is_told_to_leave_one() {
    let (grids, shapes) = four();
    let mut net = features(&shapes);
    net[0].grid_codes.push(code(1));
    let report = run(&dataset(&grids, net));
    assert_eq!(classes(&report.nets[0]), [Identical; 4]);
    let found = findings(&report);
    assert_eq!((found.len(), found[0].rule.as_str()), (1, "code.grid_codes"));
}

#[test]
fn a_net_that_covers_half_of_the_grids_misses_the_others() {
    let grids = squares(4, 2);
    let net = features(&grids).into_iter().step_by(2).collect();
    let mut data = dataset(&grids, net);
    data.compounds = vec![compound(0, 40, point(300.0, 100.0))];
    let report = run(&data);
    assert_eq!(classes(&report.nets[0]), [Identical, Missing].repeat(4));
    assert_eq!(row(&report.nets[0], 1).households_affected, 40);
    assert!(report.nets[0].offset.is_none());
}

#[test]
fn a_missing_grid_into_which_a_neighbour_spills_stays_missing() {
    let (grids, shapes) = four();
    let mut net = features(&shapes);
    net.remove(1);
    net[0].geometry = rectangle(0.0, 0.0, 240.0, 200.0);
    let report = run(&dataset(&grids, net));
    assert_eq!(classes(&report.nets[0]), [Displaced, Missing, Identical, Identical]);
    assert!(told(&report).contains("reaches into 20 % of it"), "{}", told(&report));
}

#[test]
fn an_empty_net_is_one_finding() {
    let (grids, _) = four();
    let mut data = dataset(&grids, Vec::new());
    data.compounds = vec![compound(0, 40, point(300.0, 100.0))];
    let report = run(&data);
    assert_eq!(classes(&report.nets[0]), [Missing; 4]);
    let found = findings(&report);
    assert_eq!((found.len(), found[0].measure.households), (1, Some(40)), "{}", told(&report));
    assert!(!report.nets[0].coincides);
}

#[test]
fn without_grids_there_is_nothing_to_hold_a_net_against() {
    let report = run(&dataset(&[], features(&squares(2, 2))));
    assert!(report.nets.is_empty() && findings(&report).is_empty());
}

#[test]
fn a_duplicate_is_extra_and_the_one_that_names_the_grid_stays() {
    let (grids, shapes) = four();
    let mut net = features(&shapes);
    // The copy comes first in the file and by its id, but names nothing.
    let mut copy = feature(0, shapes[2].clone());
    (copy.id, copy.grid_codes) = ("A".into(), Vec::new());
    net.insert(0, copy);
    let report = run(&dataset(&grids, net));
    assert_eq!(classes(&report.nets[0]), [Identical, Identical, Identical, Identical, Extra]);
    assert_eq!(report.nets[0].matches[4].features, ["A"]);
    assert!(told(&report).contains("lies on top of 支部2"), "{}", told(&report));
}

#[test]
fn an_outline_of_everything_is_extra_and_spoils_no_match() {
    let (grids, shapes) = four();
    let mut net = features(&shapes);
    net.insert(0, feature(99, rectangle(0.0, 0.0, 400.0, 400.0)));
    let mut missing_one = net.clone();
    missing_one.remove(2);
    let report = run(&dataset(&grids, net));
    assert_eq!(classes(&report.nets[0]), [Identical, Identical, Identical, Identical, Extra]);
    let report = run(&dataset(&grids, missing_one));
    assert_eq!(classes(&report.nets[0]), [Identical, Missing, Identical, Identical, Extra]);
}

#[test]
fn a_feature_elsewhere_is_extra() {
    let (grids, shapes) = four();
    let mut net = features(&shapes);
    net.push(feature(50, rectangle(900.0, 0.0, 950.0, 300.0)));
    net.push(feature(51, rectangle(350.0, -180.0, 400.0, 20.0)));
    let report = run(&dataset(&grids, net));
    let expected = [Identical, Identical, Identical, Identical, Extra, Extra];
    assert_eq!(classes(&report.nets[0]), expected, "{}", told(&report));
}

#[test]
fn a_net_with_a_gap_and_an_overlap_of_its_own_says_so() {
    let (grids, mut shapes) = four();
    shapes[0] = rectangle(0.0, 0.0, 190.0, 200.0);
    shapes[2] = rectangle(0.0, 180.0, 200.0, 400.0);
    let report = run(&dataset(&grids, features(&shapes)));
    assert_eq!(classes(&report.nets[0]), [Displaced, Identical, Displaced, Identical]);
    let one = row(&report.nets[0], 0);
    // 10 m × 180 m are free, 190 m × 20 m held twice.
    assert!((one.uncovered_m2.unwrap() - 1800.0).abs() < 1.0, "{one:?}");
    assert!((one.doubly_covered_m2.unwrap() - 3800.0).abs() < 1.0, "{one:?}");
    assert!(
        told(&report).contains("1800 m² of the grid have no branch at all"),
        "{}",
        told(&report)
    );
}

#[test]
fn islands_and_multipolygons_match_as_a_whole() {
    let island = rectangle(900.0, 900.0, 950.0, 950.0);
    let both = |a: &MultiPolygon, b: &MultiPolygon| {
        MultiPolygon::new([a.polygons(), b.polygons()].concat()).unwrap()
    };
    let base = squares(2, 2);
    let mut grids = base.clone();
    grids[0] = both(&base[0], &island);
    // The same parts in another order, and the neighbour with the island instead.
    let mut same = base.clone();
    same[0] = both(&island, &base[0]);
    let report = run(&dataset(&grids, features(&same)));
    assert_eq!(classes(&report.nets[0]), [Identical; 4]);
    let mut taken = base.clone();
    taken[3] = both(&base[3], &island);
    let report = run(&dataset(&grids, features(&taken)));
    assert_eq!(classes(&report.nets[0]), [Displaced, Identical, Identical, Displaced]);
    assert!(row(&report.nets[0], 0).hausdorff_m.unwrap() > 900.0);
}

#[test]
fn several_whole_grids_may_share_a_feature_where_the_net_allows_it() {
    let grids = squares(4, 1);
    let halves = united(&grids, &[0, 0, 1, 1]);
    let mut net = features(&halves);
    net[0].grid_codes = vec![code(0), code(1)];
    net[1].grid_codes = vec![code(2), code(3)];
    let mut data = dataset(&grids, net);
    data.compounds =
        vec![compound(0, 40, point(300.0, 100.0)), compound(1, 50, point(700.0, 100.0))];
    assert_eq!(classes(&run(&data).nets[0]), [Merged; 4]);
    data.nets[0].correspondence = Correspondence::ManyToOne;
    let report = run(&data);
    assert!(report.nets[0].coincides && findings(&report).is_empty(), "{}", told(&report));
    assert!(
        report.nets[0].matches.iter().all(|m| m.iou == Some(1.0) && m.households_affected == 0)
    );

    // Not exactly the grids that it covers.
    data.nets[0].features[0].grid_codes.push(code(2));
    let report = run(&data);
    assert_eq!(classes(&report.nets[0]), [Swapped, Swapped, Identical, Identical]);
    data.nets[0].features[0].grid_codes.pop();

    // Its border cuts a grid, by little and by half.
    let cut = |x: f64| [rectangle(0.0, 0.0, x, 200.0), rectangle(x, 0.0, 800.0, 200.0)];
    for (x, class) in [(430.0, Displaced), (480.0, Displaced), (500.0, Redrawn)] {
        for (feature, shape) in data.nets[0].features.iter_mut().zip(cut(x)) {
            feature.geometry = shape;
        }
        let report = run(&data);
        assert_eq!(classes(&report.nets[0]), [class; 4], "{x} {}", told(&report));
    }
}

#[test]
fn many_to_one_still_sees_a_split_and_a_missing_grid() {
    let grids = squares(3, 1);
    let mut data = dataset(
        &grids,
        vec![
            feature(0, rectangle(0.0, 0.0, 100.0, 200.0)),
            feature(0, rectangle(100.0, 0.0, 200.0, 200.0)),
            feature(1, grids[1].clone()),
        ],
    );
    data.nets[0].features[1].id = "B0-2".into();
    data.nets[0].correspondence = Correspondence::ManyToOne;
    let report = run(&data);
    assert_eq!(classes(&report.nets[0]), [Split, Identical, Missing], "{}", told(&report));
}

#[test]
fn dedicated_grids_are_matched_as_others_are() {
    let (grids, shapes) = four();
    let mut data = dataset(&grids, features(&shapes)[..3].to_vec());
    data.grids[3].kind = wangge::domain::GridKind::Dedicated;
    let report = run(&data);
    assert_eq!(classes(&report.nets[0]), [Identical, Identical, Identical, Missing]);
    assert_eq!(report.grids[3].deviation, None);
}

/// Households that change hands, however the dataset tells where people live.
#[test]
fn households_count_for_points_outlines_and_units() {
    let grids = squares(2, 1);
    let shapes = [rectangle(0.0, 0.0, 240.0, 200.0), rectangle(240.0, 0.0, 400.0, 200.0)];
    let affected = |data: &wangge::dataset::Dataset| {
        let report = run(data);
        let one = row(&report.nets[0], 1);
        (one.households_affected, one.compounds_affected.len(), one.units_affected.len())
    };
    let mut data = dataset(&grids, features(&shapes));
    data.compounds = vec![compound(0, 10, point(210.0, 50.0)), compound(1, 20, point(250.0, 50.0))];
    assert_eq!(affected(&data), (10, 1, 0));
    // An outline goes where most of it lies: the first moves, the second does not.
    data.compounds = vec![
        compound(0, 30, Place::Area(rectangle(205.0, 0.0, 265.0, 50.0))),
        compound(1, 40, Place::Area(rectangle(225.0, 100.0, 265.0, 150.0))),
    ];
    assert_eq!(affected(&data), (30, 1, 0));
    data.compounds.clear();
    data.units = vec![
        unit(0, 50, rectangle(200.0, 0.0, 230.0, 200.0)),
        unit(1, 60, rectangle(230.0, 0.0, 400.0, 200.0)),
    ];
    assert_eq!(affected(&data), (50, 0, 1));
    // Compounds without any count of households tell nothing: the units do.
    data.compounds = vec![compound(0, 0, point(210.0, 50.0))];
    data.compounds[0].households = None;
    assert_eq!(affected(&data), (50, 0, 1));
    data.units.clear();
    assert_eq!(affected(&data), (0, 1, 0));
}

#[test]
fn a_compound_on_the_border_changes_nothing_in_the_same_net() {
    let (grids, shapes) = four();
    let mut data = dataset(&grids, features(&shapes).into_iter().rev().collect());
    // On borders, on the corner of all four, on the outer border, halved by a border.
    let places = [
        (200.0, 100.0),
        (100.0, 200.0),
        (200.0, 200.0),
        (400.0, 100.0),
        (400.0, 200.0),
        (0.0, 0.0),
    ];
    data.compounds =
        places.iter().enumerate().map(|(c, &(x, y))| compound(c, 100, point(x, y))).collect();
    data.compounds.push(compound(9, 100, Place::Area(rectangle(190.0, 20.0, 210.0, 60.0))));
    let report = run(&data);
    assert!(report.nets[0].coincides);
    assert!(report.nets[0].matches.iter().all(|m| m.households_affected == 0));
    assert_eq!(report.grids.iter().map(|g| g.households).sum::<u64>(), 700);
    // A fault elsewhere makes the owners be asked again.
    data.nets[0].features[0].geometry = rectangle(200.0, 200.0, 400.0, 380.0);
    let report = run(&data);
    assert_eq!(report.nets[0].households_affected, 0, "{}", told(&report));
}

#[test]
fn a_large_circle_of_names_is_told_by_its_size() {
    let grids = squares(4, 3);
    let mut net = features(&grids);
    for (f, feature) in net.iter_mut().enumerate() {
        feature.grid_codes = vec![code((f + 5) % 12)];
    }
    let report = run(&dataset(&grids, net));
    assert_eq!(classes(&report.nets[0]), [Swapped; 12]);
    let found = findings(&report);
    assert!(
        found.iter().all(|f| f.message.contains("12 branches are moved round")),
        "{}",
        told(&report)
    );
}

#[test]
fn an_overlap_of_the_grids_is_no_fault_of_a_net_that_follows_it() {
    let grids = [rectangle(0.0, 0.0, 220.0, 200.0), rectangle(200.0, 0.0, 400.0, 200.0)];
    let report = run(&dataset(&grids, features(&grids)));
    assert!(report.nets[0].coincides, "{}", told(&report));
    assert!(report.nets[0].matches.iter().all(|m| m.doubly_covered_m2 == Some(0.0)));
}

#[test]
fn a_net_that_is_one_feature_over_everything_merges_all_grids() {
    let grids = squares(3, 3);
    let mut data = dataset(&grids, vec![feature(0, rectangle(0.0, 0.0, 600.0, 600.0))]);
    data.compounds = (0..9)
        .map(|c| {
            compound(c, 10, point(100.0 + 200.0 * (c % 3) as f64, 100.0 + 200.0 * (c / 3) as f64))
        })
        .collect();
    let report = run(&data);
    assert_eq!(classes(&report.nets[0]), [Merged; 9], "{}", told(&report));
    assert_eq!(report.nets[0].households_affected, 80);
    assert!(findings(&report)[0].message.contains("and 4 more"), "{}", told(&report));
}

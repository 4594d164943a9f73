//! Towns that are hard on the making of units.

use crate::common::{Dice, polygon};
use crate::town::{Town, groups, rectangle};
use wangge::balance::units::{UnitsError, make_units};

#[test]
fn no_roads_and_one_compound_make_one_unit() {
    let made = Town::rectangle(500.0, 400.0).point("a", 30, 100.0, 100.0).units();
    assert_eq!((made.units.len(), made.units[0].id.as_str()), (1, "U-a"));
    assert_eq!(made.units[0].households, Some(30));
}

#[test]
fn no_roads_and_several_compounds_are_divided_by_what_is_nearest() {
    let town =
        Town::rectangle(500.0, 400.0).point("a", 30, 100.0, 200.0).point("b", 5, 400.0, 200.0);
    let made = town.units();
    assert_eq!(groups(&made), ["a", "b"]);
    let areas: Vec<f64> =
        made.units.iter().map(|u| wangge::geometry::measure::area_m2(&u.geometry)).collect();
    assert!(
        (areas[0] - 100_000.0).abs() < 50.0 && (areas[1] - 100_000.0).abs() < 50.0,
        "{areas:?}"
    );
}

#[test]
fn two_compounds_at_the_same_place_share_a_unit() {
    let town = Town::rectangle(500.0, 400.0)
        .point("a", 30, 100.0, 200.0)
        .point("b", 5, 100.0, 200.0)
        .point("c", 1, 300.0, 100.0);
    assert_eq!(groups(&town.units()), ["a+b", "c"]);
}

#[test]
fn compounds_a_millimetre_apart_do_no_harm() {
    let mut town = Town::rectangle(500.0, 400.0);
    for i in 0..30 {
        let (x, y) = (f64::from(i % 6) * 0.001, f64::from(i / 6) * 0.001);
        town = town.point(&format!("{i:02}"), 1, 250.0 + x, 200.0 + y);
    }
    assert_eq!(town.units().units.len(), 1, "they cannot be told apart");
    let town = town
        .outline("a", 3, rectangle(100.0, 100.0, 150.0, 150.0))
        .outline("b", 3, rectangle(150.001, 100.0, 190.0, 150.0))
        .point("c", 9, 150.002, 150.002)
        .point("d", 9, 99.999, 120.0);
    let made = town.units();
    assert_eq!(made.units.iter().filter_map(|unit| unit.households).sum::<u32>(), 54);
}

#[test]
fn a_point_in_an_outline_belongs_to_it_and_crossing_roads_do_not_cut_it() {
    let town = Town::rectangle(500.0, 400.0)
        .road(&[(250.0, -10.0), (250.0, 410.0)])
        .outline("a", 30, rectangle(200.0, 100.0, 300.0, 200.0))
        .point("b", 5, 290.0, 150.0)
        .point("c", 1, 400.0, 300.0);
    let made = town.units();
    assert_eq!(groups(&made), ["a+b", "c"]);
    assert_eq!(town.units_under(&made, &rectangle(200.0, 100.0, 300.0, 200.0)), 1);
}

#[test]
fn compounds_outside_the_boundary_are_told_and_left_out() {
    let town =
        Town::rectangle(500.0, 400.0).point("in", 30, 100.0, 200.0).point("out", 9, 900.0, 200.0);
    let made = town.units();
    assert_eq!(made.outside, ["out"]);
    assert!(made.findings().iter().any(|f| f.rule == "units.outside" && f.features == ["out"]));
    let town = Town::rectangle(500.0, 400.0).point("out", 9, 900.0, 200.0);
    assert!(matches!(make_units(&town.0), Err(UnitsError::AllOutside { .. })));
    let empty = Town::rectangle(500.0, 400.0);
    assert!(matches!(make_units(&empty.0), Err(UnitsError::NoCompounds { .. })));
    let mut nowhere = Town::default().point("a", 1, 0.0, 0.0);
    assert!(matches!(make_units(&nowhere.0), Err(UnitsError::NoBoundary { .. })));
    nowhere.0.compounds.clear();
    assert!(make_units(&nowhere.0).is_err());
}

#[test]
fn roads_along_the_boundary_make_no_slivers() {
    let town = Town::rectangle(500.0, 400.0)
        .road(&[(0.0, 0.0), (500.0, 0.0)])
        .road(&[(0.0, 2.0), (500.0, 3.0)])
        .road(&[(-20.0, 395.0), (520.0, 399.0)])
        .point("a", 30, 100.0, 200.0);
    assert_eq!(town.units().units.len(), 1);
}

#[test]
fn a_road_that_nearly_meets_the_boundary_divides_and_a_dead_end_does_not() {
    let with = |from: f64, to: f64| {
        let town = Town::rectangle(500.0, 400.0).road(&[(250.0, from), (250.0, to)]);
        town.point("a", 30, 100.0, 200.0).units().units.len()
    };
    assert_eq!(with(4.0, 394.0), 2);
    assert_eq!(with(4.0, 300.0), 1);
}

#[test]
fn roads_that_cross_themselves_and_run_to_and_fro() {
    let town = Town::rectangle(500.0, 400.0)
        .road(&[(100.0, 100.0), (300.0, 300.0), (300.0, 100.0), (100.0, 300.0), (100.0, 100.0)])
        .road(&[(0.0, 200.0), (500.0, 200.0), (0.0, 200.0), (250.0, 200.0)])
        .road(&[(250.0, 50.0), (250.0, 50.0)])
        .point("a", 30, 120.0, 200.5)
        .point("b", 30, 200.0, 350.0);
    town.units();
}

#[test]
fn big_empty_blocks_are_units_and_small_ones_are_joined() {
    let town = Town::rectangle(500.0, 400.0)
        .road(&[(250.0, 0.0), (250.0, 400.0)])
        // A traffic island of 20 m.
        .road(&[(250.0, 200.0), (270.0, 200.0), (270.0, 220.0), (250.0, 220.0)])
        .point("a", 30, 100.0, 200.0);
    let made = town.units();
    let ids: Vec<&str> = made.units.iter().map(|unit| unit.id.as_str()).collect();
    assert_eq!(ids, ["U-a", "E-001"]);
    assert_eq!(made.units[1].households, Some(0));
}

#[test]
fn communities_cut_and_what_lies_in_none_is_joined() {
    let town = Town::rectangle(500.0, 400.0)
        .community("W", rectangle(0.0, 0.0, 250.0, 390.0))
        .community("E", rectangle(250.0, 0.0, 480.0, 390.0))
        .outline("a", 30, rectangle(240.0, 100.0, 300.0, 150.0))
        .point("b", 5, 50.0, 50.0);
    let made = town.units();
    assert_eq!(groups(&made), ["a", "b"]);
    let codes: Vec<_> = made.units.iter().map(|u| u.community_code.as_deref()).collect();
    assert_eq!(codes, [Some("E"), Some("W")]);
}

#[test]
fn without_a_subdistrict_the_communities_are_the_boundary() {
    let mut town = Town::rectangle(500.0, 400.0)
        .community("W", rectangle(0.0, 0.0, 250.0, 400.0))
        .community("E", rectangle(250.0, 0.0, 500.0, 400.0))
        .point("a", 30, 100.0, 100.0);
    let whole = town.units().units.len();
    town.0.subdistrict = None;
    assert_eq!(make_units(&town.0).unwrap().units.len(), whole);
}

#[test]
fn thousands_of_points_in_one_block() {
    let mut dice = Dice::new(3);
    let mut town = Town::rectangle(3000.0, 2000.0);
    for i in 0..4000 {
        let (x, y) = (dice.roll() * 3000.0, dice.roll() * 2000.0);
        town = town.point(&format!("{i:04}"), 10, x, y);
    }
    let made = make_units(&town.0).unwrap();
    // A few points lie within a metre of each other.
    assert!((3_980..=4_000).contains(&made.units.len()), "{}", made.units.len());
    assert_eq!(made.units.iter().filter_map(|u| u.households).sum::<u32>(), 40_000);
}

#[test]
fn a_comb_of_roads_and_an_outline_in_two_parts() {
    let mut town = Town::rectangle(800.0, 400.0);
    for i in 0..40 {
        let x = 10.0 + f64::from(i) * 20.0;
        town = town.road(&[(x, -5.0), (x + 3.0, 405.0)]);
    }
    let parts = [rectangle(100.0, 100.0, 140.0, 140.0), rectangle(600.0, 300.0, 640.0, 340.0)];
    let both: Vec<_> = parts.iter().flat_map(|p| p.polygons().to_vec()).collect();
    let both = wangge::domain::MultiPolygon::new(both).unwrap();
    town = town.outline("two", 10, both).outline(
        "bow",
        3,
        polygon(&[(300.0, 50.0), (400.0, 90.0), (400.0, 50.0), (300.0, 90.0)]),
    );
    town.units();
}

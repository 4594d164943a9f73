//! Compounds in grids, grids in communities.

use crate::support::*;
use std::sync::Arc;
use wangge::check::{CheckOptions, GridEdit, LiveCheck, Report};
use wangge::dataset::{Boundary, Dataset};
use wangge::domain::{Building, Community, Finding, MultiPolygon, Origin, Place, Severity};
use wangge::locate::Locator;

fn of<'r>(report: &'r Report, rule: &str) -> Vec<&'r Finding> {
    report.findings.iter().filter(|f| f.rule == rule).collect()
}

fn two(compounds: Vec<Place>) -> Dataset {
    let mut data = dataset(&squares(2, 1), features(&squares(2, 1)));
    let compounds = compounds.into_iter().enumerate();
    data.compounds = compounds.map(|(c, place)| compound(c, 100, place)).collect();
    data
}

fn area(west: f64, south: f64, east: f64, north: f64) -> Place {
    Place::Area(rectangle(west, south, east, north))
}

#[test]
fn a_cut_compound_tells_its_shares_by_area_and_households() {
    let mut data = two(vec![area(140.0, 20.0, 220.0, 60.0)]);
    let report = run(&data);
    let found = of(&report, "compound.split");
    assert_eq!((found.len(), found[0].severity), (1, Severity::Error));
    let measure = &found[0].measure;
    assert!(
        (measure.share_area.unwrap() - 0.75).abs() < 1e-4
            && (measure.share_households.unwrap() - 0.75).abs() < 1e-4
    );
    assert!((measure.area_m2.unwrap() - 800.0).abs() < 1.0);
    // Most of its buildings stand in the smaller part.
    let building = |n: usize, x: f64| Building {
        id: format!("b{n}"),
        name: format!("{n}号楼"),
        compound_id: "C000".into(),
        place: Some(crate::common::place(x, 40.0)),
        origin: Origin { file: Arc::from("buildings.geojson"), feature: n },
    };
    data.buildings =
        vec![building(1, 150.0), building(2, 205.0), building(3, 208.0), building(4, 212.0)];
    let report = run(&data);
    let measure = &of(&report, "compound.split")[0].measure;
    assert!((measure.share_area.unwrap() - 0.75).abs() < 1e-4);
    assert_eq!(measure.share_households, Some(0.25));
    let message = &of(&report, "compound.split")[0].message;
    assert!(message.contains("1 of 4 buildings, about 25 households"), "{message}");
}

#[test]
fn a_hair_along_the_wall_is_no_cut() {
    let report = run(&two(vec![area(120.0, 20.0, 200.4, 60.0), area(120.0, 100.0, 200.6, 140.0)]));
    let found: Vec<_> =
        of(&report, "compound.split").iter().map(|f| f.features[0].clone()).collect();
    assert_eq!(found, ["C001"]);
}

#[test]
fn a_compound_cut_in_three_names_them_all() {
    let mut data = dataset(&squares(2, 2), features(&squares(2, 2)));
    data.compounds = vec![compound(0, 100, area(180.0, 150.0, 230.0, 210.0))];
    let report = run(&data);
    let found = of(&report, "compound.split");
    assert!((0..4).all(|g| found[0].message.contains(&code(g))), "{}", told(&report));
}

#[test]
fn outside_is_told_whole_and_in_part() {
    let report = run(&two(vec![
        area(600.0, 0.0, 650.0, 50.0),
        area(380.0, 100.0, 420.0, 140.0),
        area(300.0, 0.0, 400.3, 50.0),
        point(512.0, 100.0),
    ]));
    let found = of(&report, "compound.outside");
    let ids: Vec<_> = found.iter().map(|f| f.features[0].as_str()).collect();
    assert_eq!(ids, ["C000", "C001", "C003"], "{}", told(&report));
    assert!((found[1].measure.width_m.unwrap() - 20.0).abs() < 0.3);
    assert!(found[2].message.contains("lies in no grid"), "{}", told(&report));
    assert!(of(&report, "compound.split").is_empty());
}

#[test]
fn cut_and_outside_are_told_both() {
    let report = run(&two(vec![area(150.0, 150.0, 250.0, 250.0)]));
    assert_eq!(
        (of(&report, "compound.split").len(), of(&report, "compound.outside").len()),
        (1, 1)
    );
}

#[test]
fn a_compound_whole_in_its_grid_is_not_cut_by_an_overlap() {
    let mut data = two(vec![area(100.0, 20.0, 198.0, 60.0)]);
    data.grids[1].geometry = rectangle(150.0, 0.0, 400.0, 200.0);
    let report = run(&data);
    assert!(of(&report, "compound.split").is_empty(), "{}", told(&report));
    assert_eq!(of(&report, "coverage.overlap").len(), 1);
}

#[test]
fn a_point_near_the_border_is_undecidable_and_owned_as_a_look_up_says() {
    // West, on and east of the border; on the corner of all; off by more than the tolerance.
    let places =
        [(199.7, 50.0), (200.0, 50.0), (200.4, 50.0), (199.4, 50.0), (200.6, 50.0), (100.0, 0.2)];
    let data = two(places.iter().map(|&(x, y)| point(x, y)).collect());
    let report = run(&data);
    let found = of(&report, "compound.undecidable");
    let ids: Vec<_> = found.iter().map(|f| f.features[0].as_str()).collect();
    assert_eq!(ids, ["C000", "C001", "C002"], "{}", told(&report));
    assert!(
        found.iter().all(|f| f.severity == Severity::Warning && f.measure.households == Some(100))
    );
    let distances: Vec<f64> = found.iter().map(|f| f.measure.distance_m.unwrap()).collect();
    assert!(
        (distances[0] - 0.3).abs() < 0.002
            && distances[1] < 0.001
            && (distances[2] - 0.4).abs() < 0.002
    );
    // Nobody is lost, and each counts where a look-up puts it.
    let locator = Locator::new(Arc::new(data.clone()));
    for grid in &report.grids {
        let owned = data.compounds.iter().filter(|c| {
            let Place::Point(place) = c.place else { return false };
            locator.at(place, None).grid_code.as_deref() == Some(grid.code.as_str())
        });
        assert_eq!(grid.households, 100 * owned.count() as u64);
    }
    assert_eq!(report.grids.iter().map(|g| g.households).sum::<u64>(), 600);
}

#[test]
fn a_point_in_a_hairline_gap_or_an_overlap_is_undecidable() {
    let mut data = two(vec![point(200.15, 50.0)]);
    data.grids[1].geometry = rectangle(200.3, 0.0, 400.0, 200.0);
    let report = run(&data);
    let found = of(&report, "compound.undecidable");
    assert_eq!((found.len(), found[0].severity), (1, Severity::Error), "{}", told(&report));
    assert!(found[0].message.contains("counted in no grid"), "{}", told(&report));
    // Deep inside an overlap.
    data.grids[1].geometry = rectangle(100.0, 0.0, 400.0, 200.0);
    data.compounds[0].place = point(150.0, 50.0);
    let report = run(&data);
    let found = of(&report, "compound.undecidable");
    assert_eq!((found.len(), found[0].severity), (1, Severity::Warning));
    assert!(found[0].message.contains("overlap"), "{}", told(&report));
}

#[test]
fn the_tolerance_is_the_users() {
    let data = two(vec![point(197.0, 50.0)]);
    let with = |tolerance_m| {
        let options = wangge::check::CheckOptions { tolerance_m: Some(tolerance_m) };
        of(&wangge::check::run(&data, &options), "compound.undecidable").len()
    };
    assert_eq!((with(2.9), with(3.1)), (0, 1));
}

fn communities(shapes: &[MultiPolygon]) -> Vec<Community> {
    let community = |(c, geometry): (usize, &MultiPolygon)| Community {
        code: format!("S{c}"),
        name: format!("社区{c}"),
        geometry: geometry.clone(),
        origin: Origin { file: Arc::from("communities.geojson"), feature: c },
    };
    shapes.iter().enumerate().map(community).collect()
}

fn in_communities(shapes: &[MultiPolygon]) -> Dataset {
    let mut data = dataset(&squares(2, 1), features(&squares(2, 1)));
    data.communities = communities(shapes);
    data
}

#[test]
fn a_stray_part_in_another_community_is_told_with_its_people() {
    let mut data =
        in_communities(&[rectangle(0.0, 0.0, 230.0, 200.0), rectangle(230.0, 0.0, 400.0, 200.0)]);
    data.compounds = vec![compound(0, 60, point(215.0, 50.0)), compound(1, 70, point(300.0, 50.0))];
    let report = run(&data);
    let found = of(&report, "grid.crosses_community");
    assert_eq!((found.len(), found[0].features[0].as_str()), (1, "G001"), "{}", told(&report));
    let measure = &found[0].measure;
    assert!(
        (measure.area_m2.unwrap() - 6000.0).abs() < 2.0
            && (measure.width_m.unwrap() - 30.0).abs() < 0.4
    );
    assert_eq!(measure.households, Some(60));
    assert!(found[0].message.contains("小区0") && !found[0].message.contains("小区1"));
}

#[test]
fn a_grid_half_in_each_of_two_communities_has_no_stray_part() {
    let mut data =
        in_communities(&[rectangle(0.0, 0.0, 102.0, 200.0), rectangle(102.0, 0.0, 400.0, 200.0)]);
    data.grids[0].community_code = Some("S1".into());
    let report = run(&data);
    let found = of(&report, "grid.crosses_community");
    assert_eq!(found.len(), 1, "{}", told(&report));
    assert!(
        found[0]
            .message
            .contains("lies in two communities: 社区1 (S1) (49 % of it) and 社区0 (S0) (51 %)"),
        "{}",
        told(&report)
    );
    // It names the smaller half: that is a choice, not a slip.
    assert!(of(&report, "code.community").is_empty(), "{}", told(&report));
    data.communities =
        communities(&[rectangle(0.0, 0.0, 180.0, 200.0), rectangle(180.0, 0.0, 400.0, 200.0)]);
    let report = run(&data);
    assert_eq!(of(&report, "code.community").len(), 1, "{}", told(&report));
}

#[test]
fn a_hair_along_a_communitys_border_is_no_fault() {
    let data =
        in_communities(&[rectangle(0.0, 0.0, 200.4, 200.0), rectangle(200.4, 0.0, 400.0, 200.0)]);
    assert!(of(&run(&data), "grid.crosses_community").is_empty());
    let data =
        in_communities(&[rectangle(0.0, 0.0, 200.6, 200.0), rectangle(200.6, 0.0, 400.0, 200.0)]);
    assert_eq!(of(&run(&data), "grid.crosses_community").len(), 1);
}

#[test]
fn a_grid_beyond_all_communities_is_told_once() {
    let shapes = [rectangle(0.0, 0.0, 200.0, 200.0), rectangle(200.0, 0.0, 360.0, 200.0)];
    let mut data = in_communities(&shapes);
    // The communities are the outline: the part lies outside of it.
    let report = run(&data);
    assert_eq!(
        (of(&report, "coverage.outside").len(), of(&report, "grid.crosses_community").len()),
        (1, 0)
    );
    data.subdistrict = Some(Boundary {
        geometry: rectangle(0.0, 0.0, 400.0, 200.0),
        origin: Origin { file: Arc::from("subdistrict.geojson"), feature: 0 },
    });
    let report = run(&data);
    assert_eq!(
        (of(&report, "coverage.outside").len(), of(&report, "grid.crosses_community").len()),
        (0, 1),
        "{}",
        told(&report)
    );
    data.communities.remove(1);
    let report = run(&data);
    assert!(of(&report, "grid.crosses_community")[0].message.contains("lies in no community"));
}

#[test]
fn the_check_of_an_edit_counts_units_too_where_they_tell_the_households() {
    let unit_columns = |widths: &[f64]| {
        let mut west = 0.0;
        let columns = widths.iter().enumerate().map(|(u, width)| {
            let column = rectangle(west, 0.0, west + width, 200.0);
            west += width;
            unit(u, 100 + 10 * u as u32, column)
        });
        columns.collect::<Vec<_>>()
    };
    let mut data = dataset(&squares(2, 1), features(&squares(2, 1)));
    data.units = unit_columns(&[50.0, 70.0, 40.0, 40.0, 80.0, 60.0, 60.0]);
    // They overlap: who has more households shall keep it.
    data.grids[0].geometry = rectangle(0.0, 0.0, 210.0, 200.0);
    let mut live = LiveCheck::new(Arc::new(data.clone()), &CheckOptions::default());
    for east in [150.0, 300.0, 390.0, 205.0] {
        data.grids[0].geometry = rectangle(0.0, 0.0, east, 200.0);
        live.apply(&[GridEdit { grid: 0, geometry: data.grids[0].geometry.clone() }]);
        let told = |findings: Vec<Finding>| {
            let coverage = findings.into_iter().filter(|f| f.rule.starts_with("coverage."));
            let mut told: Vec<_> = coverage.map(|f| (f.rule, f.message, f.mend)).collect();
            told.sort();
            told
        };
        assert_eq!(told(live.findings()), told(run(&data).findings), "{east}");
    }
}

#[test]
fn the_map_shows_which_side_has_a_border() {
    let grids = squares(2, 2);
    let mut shapes = grids.clone();
    shapes[0] = rectangle(0.0, 0.0, 230.0, 200.0);
    shapes[1] = rectangle(230.0, 0.0, 400.0, 200.0);
    let report = run(&dataset(&grids, features(&shapes)));
    let shown = report.to_geojson();
    let shown = shown["features"].as_array().unwrap();
    let arcs: Vec<_> = shown.iter().filter(|f| f["properties"]["side"].is_string()).collect();
    assert_eq!(shown.len(), report.findings.len() + arcs.len());
    let of = |side: &str, grid: &str| {
        let is_it = |f: &&&serde_json::Value| {
            f["properties"]["side"] == side && f["properties"]["grid"] == grid
        };
        arcs.iter().filter(is_it).count()
    };
    assert_eq!((of("grid", "G000"), of("net", "G000")), (1, 1));
    assert_eq!((of("grid", "G001"), of("net", "G001")), (1, 1));
    assert!(arcs.iter().all(|f| f["geometry"]["type"] == "LineString"));
    assert!(arcs.iter().all(|f| f["properties"]["layer"] == "branches"));
}

//! Nets against grids that are right: each class of the check has its mend, or its question.

use crate::common::{polygon, tessellation};
use crate::street::{
    broken, forced, grids, kinds, locking, of_grids, reasons, repair, report, with_net,
};
use wangge::check::MatchClass;
use wangge::dataset::Dataset;
use wangge::domain::Correspondence::{ManyToOne, OneToOne};
use wangge::domain::{LonLat, MultiPolygon, NetFeature, Polygon, Ring};
use wangge::repair::{Reason, Repair, RepairOptions};

type Corners<'a> = &'a [(f64, f64)];
type Feature<'a> = (&'a str, &'a [&'a str], MultiPolygon);

fn box_of(west: f64, east: f64) -> MultiPolygon {
    polygon(&[(west, 0.), (east, 0.), (east, 100.), (west, 100.)])
}

/// Three grids A, B, C of 100 m in a row.
fn row() -> Dataset {
    let squares: Vec<Vec<(f64, f64)>> = (0..3)
        .map(|i| {
            let x = 100.0 * f64::from(i);
            vec![(x, 0.), (x + 100., 0.), (x + 100., 100.), (x, 100.)]
        })
        .collect();
    let squares: Vec<Corners> = squares.iter().map(Vec::as_slice).collect();
    grids(&squares)
}

fn mended(features: Vec<Feature>) -> Repair {
    repair(&with_net(row(), OneToOne, features), &RepairOptions::default())
}

fn feature<'a>(repair: &'a Repair, id: &str) -> &'a NetFeature {
    repair.dataset.nets[0].features.iter().find(|f| f.id == id).unwrap()
}

/// Whether a feature has the very numbers of a grid.
fn fits(repair: &Repair, id: &str, grid: usize) -> bool {
    let corners = |shape: &MultiPolygon| {
        let mut all: Vec<[u64; 2]> =
            shape.corners().map(|p| [p.lon().to_bits(), p.lat().to_bits()]).collect();
        all.sort_unstable();
        all
    };
    corners(&feature(repair, id).geometry) == corners(&repair.dataset.grids[grid].geometry)
}

fn coincides(repair: &Repair) -> bool {
    report(&repair.dataset).nets[0].coincides
}

#[test]
fn a_border_off_the_grids_is_taken_over() {
    let repaired = mended(vec![
        ("1", &["A"], box_of(0., 100.3)),
        ("2", &["B"], box_of(100.3, 190.)),
        ("3", &["C"], box_of(190., 300.)),
    ]);
    assert_eq!(kinds(&repaired), ["net.snap"; 3]);
    assert!(coincides(&repaired) && reasons(&repaired).is_empty());
    assert!(fits(&repaired, "1", 0) && fits(&repaired, "2", 1) && fits(&repaired, "3", 2));
}

#[test]
fn a_corner_that_the_net_lacks_is_taken_over() {
    let mut street = row();
    street.grids[0].geometry =
        polygon(&[(0., 0.), (100., 0.), (100., 40.), (100., 100.), (0., 100.)]);
    street.grids[1].geometry =
        polygon(&[(100., 0.), (200., 0.), (200., 100.), (100., 100.), (100., 40.)]);
    let features: Vec<Feature> = vec![
        ("1", &["A"], box_of(0., 100.)),
        ("2", &["B"], box_of(100., 200.)),
        ("3", &["C"], box_of(200., 300.)),
    ];
    let repaired = repair(&with_net(street, OneToOne, features), &RepairOptions::default());
    assert_eq!(kinds(&repaired), ["net.snap"; 2]);
    assert!(fits(&repaired, "1", 0) && fits(&repaired, "2", 1));
}

#[test]
fn parts_of_a_grid_are_united_under_the_larger_ones_id() {
    let repaired = mended(vec![
        ("1", &["A"], box_of(0., 40.)),
        ("2", &["A"], box_of(40., 100.)),
        ("3", &["B"], box_of(100., 200.)),
        ("4", &["C"], box_of(200., 300.)),
    ]);
    assert_eq!(kinds(&repaired), ["net.unite"]);
    assert!(repaired.plan.actions[0].confirm);
    assert_eq!(repaired.edits[0].removed.iter().copied().collect::<Vec<_>>(), [0]);
    assert!(coincides(&repaired) && fits(&repaired, "2", 0));
}

#[test]
fn parts_that_name_another_grid_are_asked_about() {
    let repaired = mended(vec![
        ("1", &["A"], box_of(0., 40.)),
        ("2", &["B"], box_of(40., 100.)),
        ("3", &["B"], box_of(100., 200.)),
        ("4", &["C"], box_of(200., 300.)),
    ]);
    assert_eq!(reasons(&repaired), [Reason::AskIds]);
    assert!(repaired.edits.is_empty());
}

#[test]
fn a_feature_over_several_grids_is_divided() {
    let repaired =
        mended(vec![("1", &["A", "B"], box_of(0., 200.)), ("3", &["C"], box_of(200., 300.))]);
    assert_eq!(kinds(&repaired), ["net.divide"]);
    assert!(repaired.plan.actions[0].confirm);
    assert!(coincides(&repaired));
    // Equal parts: the lower code keeps the id.
    assert!(fits(&repaired, "1", 0) && fits(&repaired, "1-2", 1));
    assert_eq!(feature(&repaired, "1").grid_codes, ["A"]);
    assert_eq!(feature(&repaired, "1-2").grid_codes, ["B"]);
    // The larger part keeps it otherwise.
    let repaired =
        mended(vec![("1", &["A", "B"], box_of(10., 200.)), ("3", &["C"], box_of(200., 300.))]);
    assert!(fits(&repaired, "1", 1) && fits(&repaired, "1-2", 0));
}

#[test]
fn a_new_id_is_one_that_is_free() {
    let repaired =
        mended(vec![("1", &["A", "B"], box_of(0., 200.)), ("1-2", &["C"], box_of(200., 300.))]);
    assert!(fits(&repaired, "1-2-2", 1) && fits(&repaired, "1-2", 2));
}

#[test]
fn a_net_that_may_unite_grids_takes_over_their_outer_border() {
    let features: Vec<Feature> =
        vec![("1", &["A", "B"], box_of(0., 205.)), ("3", &["C"], box_of(205., 300.))];
    let repaired = repair(&with_net(row(), ManyToOne, features), &RepairOptions::default());
    assert!(coincides(&repaired), "{:?}", report(&repaired.dataset).nets[0]);
    assert_eq!(repaired.dataset.nets[0].features.len(), 2);
    assert_eq!(feature(&repaired, "1").grid_codes, ["A", "B"]);
    // The corners where A and B meet are taken over, too.
    assert_eq!(feature(&repaired, "1").geometry.corners().count(), 6);
}

#[test]
fn a_feature_that_names_fewer_grids_than_it_unites_is_asked_about() {
    let features: Vec<Feature> =
        vec![("1", &["A"], box_of(0., 205.)), ("3", &["C"], box_of(205., 300.))];
    let repaired = repair(&with_net(row(), ManyToOne, features), &RepairOptions::default());
    assert_eq!(kinds(&repaired), ["net.snap"; 2]);
    assert_eq!(reasons(&repaired), [Reason::AskIds]);
    let suggested = repaired.plan.refusals[0].suggestion.clone();
    assert_eq!(suggested, [("1".to_owned(), vec!["A".to_owned(), "B".to_owned()])].into());
    assert_eq!(broken(&repaired.dataset), ["net.swapped"]);
}

#[test]
fn a_grid_without_a_feature_gets_one() {
    let repaired = mended(vec![("1", &["A"], box_of(0., 100.)), ("3", &["C"], box_of(200., 300.))]);
    assert_eq!(kinds(&repaired), ["net.add"]);
    assert!(repaired.plan.actions[0].confirm);
    assert!(coincides(&repaired) && fits(&repaired, "B", 1));
    assert_eq!(feature(&repaired, "B").grid_codes, ["B"]);
}

#[test]
fn a_grid_that_a_feature_elsewhere_names_gets_none() {
    let repaired = mended(vec![
        ("1", &["A"], box_of(0., 100.)),
        ("2", &["B"], box_of(900., 1000.)),
        ("3", &["C"], box_of(200., 300.)),
    ]);
    // The grid that is missing, and the feature that fits none.
    assert_eq!(reasons(&repaired), [Reason::AskIds, Reason::AskIds]);
    assert!(repaired.edits.is_empty());
}

#[test]
fn exchanged_ids_are_asked_about_and_the_borders_mended() {
    let repaired = mended(vec![
        ("1", &["B"], box_of(0., 100.)),
        ("2", &["A"], box_of(100., 198.)),
        ("3", &["C"], box_of(200., 300.)),
    ]);
    assert_eq!(kinds(&repaired), ["net.snap"]);
    assert_eq!(reasons(&repaired), [Reason::AskIds, Reason::AskIds]);
    let suggested: Vec<_> =
        repaired.plan.refusals.iter().flat_map(|r| r.suggestion.clone()).collect();
    assert_eq!(suggested, [("1".into(), vec!["A".into()]), ("2".into(), vec!["B".into()])]);
    assert!(fits(&repaired, "2", 1));
    assert_eq!(feature(&repaired, "1").grid_codes, ["B"]);
    assert_eq!(broken(&repaired.dataset), ["net.swapped"]);
}

#[test]
fn features_that_fit_no_grid_stay() {
    let repaired = mended(vec![
        ("1", &["A"], box_of(0., 100.)),
        ("2", &["B"], box_of(100., 200.)),
        ("3", &["C"], box_of(200., 300.)),
        ("4", &[], box_of(500., 600.)),
    ]);
    assert_eq!(reasons(&repaired), [Reason::AskIds]);
    assert_eq!(repaired.plan.refusals[0].features, ["4"]);
    assert!(repaired.edits.is_empty());
}

#[test]
fn borders_drawn_otherwise_are_settled_by_ids_or_asked_about() {
    let features = |first: &'static [&'static str], second: &'static [&'static str]| {
        vec![
            ("1", first, polygon(&[(0., 0.), (200., 0.), (200., 50.), (0., 50.)])),
            ("2", second, polygon(&[(0., 50.), (200., 50.), (200., 100.), (0., 100.)])),
            ("3", &["C"][..], box_of(200., 300.)),
        ]
    };
    let street = with_net(row(), OneToOne, features(&["A"], &["B"]));
    let class = report(&street).nets[0].matches[0].class;
    assert_eq!(class, MatchClass::Redrawn);
    let repaired = repair(&street, &RepairOptions::default());
    assert!(coincides(&repaired) && fits(&repaired, "1", 0) && fits(&repaired, "2", 1));
    let street = with_net(row(), OneToOne, features(&["A"], &[]));
    let repaired = repair(&street, &RepairOptions::default());
    assert_eq!(reasons(&repaired), [Reason::AskIds]);
    assert!(repaired.edits.is_empty());
}

#[test]
fn a_feature_with_little_in_common_with_its_grid_is_asked_about() {
    let features = || -> Vec<Feature> {
        vec![
            ("1", &["A"], box_of(0., 100.)),
            ("2", &["B"], box_of(120., 140.)),
            ("3", &["C"], box_of(200., 300.)),
        ]
    };
    let repaired = mended(features());
    assert_eq!(reasons(&repaired), [Reason::TooLarge]);
    let repaired = repair(&with_net(row(), OneToOne, features()), &forced());
    assert!(coincides(&repaired));
}

#[test]
fn a_net_in_another_reference_system_is_left_with_advice() {
    let t = tessellation(6, 5, 41, 3);
    let street = of_grids(t.faces.clone());
    // Metres here and there, as GCJ-02 shifts: about 460 m to the east.
    let shift = |p: LonLat| {
        let (lon, lat) = wangge::dataset::crs::wgs84_to_gcj02(p.lon(), p.lat());
        LonLat::new(lon, lat).unwrap()
    };
    let ring = |r: &Ring| Ring::new(r.corners().iter().map(|&p| shift(p)).collect()).unwrap();
    let moved = |shape: &MultiPolygon| {
        let parts = shape
            .polygons()
            .iter()
            .map(|p| Polygon::new(ring(p.exterior()), p.holes().iter().map(ring).collect()));
        MultiPolygon::new(parts.collect()).unwrap()
    };
    let codes: Vec<[&str; 1]> = street.grids.iter().map(|g| [g.code.as_str()]).collect();
    let features: Vec<Feature> = t
        .faces
        .iter()
        .zip(&codes)
        .map(|(face, codes)| (codes[0], codes.as_slice(), moved(face)))
        .collect();
    let repaired = repair(&with_net(street.clone(), OneToOne, features), &forced());
    let left: Vec<_> = repaired.plan.refusals.iter().filter(|r| r.layer == "branches").collect();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].reason, Reason::WrongSystem);
    assert!(left[0].advice.contains("crs = \"gcj02\""), "{}", left[0].advice);
    assert!(repaired.edits.iter().all(|edit| edit.layer != "branches"));
}

#[test]
fn a_net_is_snapped_onto_locked_grids() {
    let features: Vec<Feature> = vec![
        ("1", &["A"], box_of(0., 100.7)),
        ("2", &["B"], box_of(100.7, 199.)),
        ("3", &["C"], box_of(199., 300.)),
    ];
    let street = with_net(row(), OneToOne, features);
    let repaired = repair(&street, &locking(&["A", "B", "C"]));
    assert_eq!(kinds(&repaired), ["net.snap"; 3]);
    assert!(coincides(&repaired) && reasons(&repaired).is_empty());
    assert!((0..3).all(|g| fits(&repaired, ["1", "2", "3"][g], g)));
    for (before, after) in street.grids.iter().zip(&repaired.dataset.grids) {
        assert_eq!(before.geometry, after.geometry);
    }
}

#[test]
fn a_net_follows_the_repaired_grids() {
    // Grids with a gap and an overlap, and a net that was right before.
    let street = grids(&[
        &[(0., 0.), (102., 0.), (102., 100.), (0., 100.)],
        &[(100., 0.), (200., 0.), (200., 100.), (100., 100.)],
        &[(200., 0.), (300., 0.), (300., 100.), (200., 100.), (203., 50.)],
    ]);
    let features: Vec<Feature> = vec![
        ("1", &["A"], box_of(0., 100.)),
        ("2", &["B"], box_of(100., 200.)),
        ("3", &["C"], box_of(200., 300.)),
    ];
    let repaired = repair(&with_net(street, OneToOne, features), &RepairOptions::default());
    assert!(coincides(&repaired));
    assert!((0..3).all(|g| fits(&repaired, ["1", "2", "3"][g], g)));
    // Without the right to change the net, it stays.
    let layers = Some(["grids".to_owned()].into());
    let options = RepairOptions { layers, ..RepairOptions::default() };
    let again = repair(&repaired.dataset, &options);
    assert!(again.edits.is_empty());
}

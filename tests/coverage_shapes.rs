//! The situations of JTS's coverage validator tests, drawn anew in metres: what each of them is
//! called here.
//!
//! Where the definitions differ, the case says so: JTS names edges of one polygon that do not
//! match, this program names the fault between polygons, with its place and size. JTS needs a gap
//! width to look for gaps; here every place of the outline without a grid is one.

#![allow(clippy::unwrap_used)] // a test may fail by panicking

mod common;

use common::{place, polygon};
use std::collections::BTreeSet;
use std::sync::Arc;
use wangge::check::{self, CheckOptions, Report};
use wangge::dataset::{Boundary, Dataset};
use wangge::domain::{Grid, GridKind, MultiPolygon, Origin, Polygon, Ring, ValidityPeriod};

type Corners<'a> = &'a [(f64, f64)];

fn ring(corners: Corners) -> Ring {
    Ring::new(corners.iter().map(|&(x, y)| place(x, y)).collect()).unwrap()
}

fn with_hole(outer: Corners, hole: Corners) -> MultiPolygon {
    MultiPolygon::new(vec![Polygon::new(ring(outer), vec![ring(hole)])]).unwrap()
}

fn parts(parts: &[Corners]) -> MultiPolygon {
    let parts = parts.iter().map(|corners| Polygon::new(ring(corners), Vec::new()));
    MultiPolygon::new(parts.collect()).unwrap()
}

fn report(shapes: &[MultiPolygon], outline: Option<MultiPolygon>) -> Report {
    let origin = |feature| Origin { file: Arc::from("grids.geojson"), feature };
    let grid = |(g, geometry): (usize, &MultiPolygon)| Grid {
        code: format!("G{g}"),
        name: String::new(),
        community_code: None,
        kind: GridKind::Base,
        validity: ValidityPeriod::default(),
        geometry: geometry.clone(),
        origin: origin(g),
    };
    let data = Dataset {
        name: "shapes".into(),
        grids: shapes.iter().enumerate().map(grid).collect(),
        subdistrict: outline.map(|geometry| Boundary { geometry, origin: origin(0) }),
        ..Dataset::default()
    };
    check::run(&data, &CheckOptions::default())
}

/// The rules about coverage and rings that shapes break. The direction of rings is none.
fn broken(shapes: &[MultiPolygon], outline: Option<MultiPolygon>) -> Vec<String> {
    let report = report(shapes, outline);
    let rules = report.findings.iter().map(|f| f.rule.as_str());
    let of_geometry = rules.filter(|rule| {
        (rule.starts_with("coverage.") || rule.starts_with("geometry."))
            && *rule != "geometry.orientation"
    });
    of_geometry.map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The area in m² of all findings of a rule.
fn area(shapes: &[MultiPolygon], outline: Option<MultiPolygon>, rule: &str) -> f64 {
    let report = report(shapes, outline);
    let of_rule = report.findings.iter().filter(|f| f.rule == rule);
    of_rule.filter_map(|f| f.measure.area_m2).sum()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 2e-3 * b
}

// Invalid: edges that do not match.

#[test]
fn collinear_unmatched_edge() {
    // The upper square is narrower: the lower one's edge runs on without its neighbour's corner.
    let shapes = [
        polygon(&[(0., 0.), (120., 0.), (120., 90.), (0., 90.)]),
        polygon(&[(0., 90.), (100., 90.), (100., 170.), (0., 170.)]),
    ];
    assert_eq!(broken(&shapes, None), ["coverage.mismatched_edge"]);
}

#[test]
fn target_vertex_touches_segment() {
    // The tip of a triangle on the middle of an edge. JTS calls both edges invalid; here the two
    // share nothing but a point, so there is no border that an edit of one side could tear.
    let shapes = [
        polygon(&[(0., 100.), (160., 100.), (160., 200.), (0., 200.)]),
        polygon(&[(0., 0.), (160., 0.), (80., 100.)]),
    ];
    assert!(broken(&shapes, None).is_empty());
}

// Invalid: overlaps.

#[test]
fn overlapping_squares() {
    let shapes = [
        polygon(&[(0., 60.), (100., 60.), (100., 160.), (0., 160.)]),
        polygon(&[(60., 0.), (160., 0.), (160., 100.), (60., 100.)]),
    ];
    assert_eq!(broken(&shapes, None), ["coverage.overlap"]);
    assert!(near(area(&shapes, None, "coverage.overlap"), 1600.0));
}

#[test]
fn duplicate_geometry() {
    let square = polygon(&[(0., 0.), (100., 0.), (100., 100.), (0., 100.)]);
    let beside = polygon(&[(100., 0.), (200., 0.), (200., 100.), (100., 100.)]);
    let shapes = [square.clone(), square, beside];
    assert_eq!(broken(&shapes, None), ["coverage.overlap"]);
    assert!(near(area(&shapes, None, "coverage.overlap"), 10_000.0));
}

#[test]
fn fully_contained() {
    let shapes = [
        polygon(&[(50., 50.), (120., 50.), (120., 130.), (50., 130.)]),
        polygon(&[(0., 0.), (200., 0.), (200., 200.), (0., 200.)]),
    ];
    assert_eq!(broken(&shapes, None), ["coverage.overlap"]);
    assert!(near(area(&shapes, None, "coverage.overlap"), 5600.0));
}

#[test]
fn crossing_segment() {
    // The tip of a triangle through an edge.
    let shapes = [
        polygon(&[(0., 60.), (200., 60.), (200., 180.), (0., 180.)]),
        polygon(&[(0., 0.), (200., 0.), (100., 120.)]),
    ];
    assert_eq!(broken(&shapes, None), ["coverage.overlap"]);
    assert!(near(area(&shapes, None, "coverage.overlap"), 3000.0));
}

#[test]
fn crossing_and_interior_segments() {
    // A whole edge inside the other, its ends outside.
    let shapes = [
        polygon(&[(0., 0.), (200., 0.), (150., 90.), (50., 90.)]),
        polygon(&[(0., 60.), (200., 60.), (200., 200.), (0., 200.)]),
    ];
    assert_eq!(broken(&shapes, None), ["coverage.overlap"]);
}

#[test]
fn interior_segment_touching_edge() {
    let shapes = [
        polygon(&[(80., 60.), (180., 10.), (180., 210.), (80., 160.)]),
        polygon(&[(0., 60.), (130., 60.), (130., 160.), (0., 160.)]),
    ];
    assert_eq!(broken(&shapes, None), ["coverage.overlap"]);
}

#[test]
fn interior_segment_touching_nodes() {
    // A diamond whose corners lie on the ends of a straight edge that runs through it.
    let shapes = [
        polygon(&[(80., 20.), (180., 0.), (180., 200.), (80., 180.)]),
        polygon(&[(80., 20.), (150., 100.), (80., 180.), (10., 100.)]),
    ];
    assert_eq!(broken(&shapes, None), ["coverage.overlap"]);
    assert!(near(area(&shapes, None, "coverage.overlap"), 5600.0));
}

#[test]
fn interior_segments_touching() {
    // A bay whose inner corners lie inside the neighbour and on its edge.
    let shapes = [
        polygon(&[
            (0., 20.),
            (160., 20.),
            (60., 80.),
            (100., 130.),
            (160., 130.),
            (100., 180.),
            (0., 180.),
        ]),
        polygon(&[(100., 0.), (200., 0.), (200., 180.), (100., 180.)]),
    ];
    assert!(broken(&shapes, None).contains(&"coverage.overlap".to_owned()));
}

#[test]
fn interior_segments_with_match() {
    // A triangle with one edge that matches and two that run through the neighbour.
    let shapes = [
        polygon(&[(0., 0.), (130., 110.), (40., 110.)]),
        polygon(&[(0., 0.), (180., 0.), (180., 180.), (0., 180.), (40., 110.)]),
        polygon(&[(0., 0.), (40., 110.), (0., 180.), (-40., 180.), (-40., 0.)]),
    ];
    assert_eq!(broken(&shapes, None), ["coverage.overlap"]);
    assert!(near(area(&shapes, None, "coverage.overlap"), 4950.0));
}

#[test]
fn target_multi_polygon() {
    // Three wedges, as one grid, into the bent side of another.
    let wedges = parts(&[
        &[(60., 140.), (160., 120.), (160., 160.)],
        &[(40., 80.), (160., 60.), (160., 100.)],
        &[(20., 20.), (160., 0.), (160., 40.)],
    ]);
    let side = polygon(&[
        (0., -10.),
        (80., -10.),
        (100., 40.),
        (80., 80.),
        (100., 120.),
        (80., 170.),
        (0., 170.),
    ]);
    assert_eq!(broken(&[wedges, side], None), ["coverage.multipart", "coverage.overlap"]);
}

#[test]
fn both_multi_polygon() {
    let wedges = parts(&[
        &[(60., 140.), (160., 120.), (160., 160.)],
        &[(40., 80.), (160., 60.), (160., 100.)],
        &[(20., 20.), (160., 0.), (160., 40.)],
    ]);
    let sides = parts(&[
        &[(0., 90.), (80., 80.), (100., 120.), (80., 170.), (0., 170.)],
        &[(0., -10.), (80., -10.), (100., 40.), (80., 80.), (0., 70.)],
    ]);
    assert_eq!(broken(&[wedges, sides], None), ["coverage.multipart", "coverage.overlap"]);
}

#[test]
fn adjacent_hole_overlap() {
    // A grid in the hole of another, and beyond the hole's edge; the rest of the hole is a gap.
    let inner = polygon(&[(50., 50.), (130., 50.), (110., 150.), (50., 130.)]);
    let outer = with_hole(
        &[(0., 0.), (200., 0.), (200., 200.), (0., 200.)],
        &[(50., 50.), (130., 50.), (130., 130.), (50., 130.)],
    );
    assert_eq!(
        broken(&[inner, outer], None),
        ["coverage.gap", "coverage.hole", "coverage.overlap"]
    );
}

#[test]
fn a_hole_and_a_part_have_their_extent() {
    // A hole of 30 m by 10 m; a second part of 20 m by 20 m behind another grid.
    let holed = with_hole(
        &[(0., 0.), (100., 0.), (100., 100.), (0., 100.)],
        &[(40., 40.), (70., 40.), (70., 50.), (40., 50.)],
    );
    let between = polygon(&[(100., 0.), (150., 0.), (150., 100.), (100., 100.)]);
    let apart = parts(&[
        &[(150., 0.), (300., 0.), (300., 100.), (150., 100.)],
        &[(100., 100.), (120., 100.), (120., 120.), (100., 120.)],
    ]);
    let report = report(&[holed, between, apart], None);
    for (rule, area, width, length) in
        [("coverage.hole", 300., 10., 30.), ("coverage.multipart", 400., 20., 20.)]
    {
        let finding = report.findings.iter().find(|f| f.rule == rule).unwrap();
        let near = |figure: Option<f64>, wanted: f64| (figure.unwrap() / wanted - 1.0).abs() < 0.02;
        assert!(near(finding.measure.area_m2, area), "{rule}: {:?}", finding.measure);
        assert!(near(finding.measure.width_m, width), "{rule}: {:?}", finding.measure);
        assert!(near(finding.measure.length_m, length), "{rule}: {:?}", finding.measure);
    }
}

#[test]
fn target_hole_overlap() {
    let outer = with_hole(
        &[(0., 0.), (200., 0.), (200., 200.), (0., 200.)],
        &[(20., 20.), (160., 20.), (160., 160.), (100., 80.), (50., 90.), (20., 90.)],
    );
    let inner = polygon(&[(20., 20.), (160., 20.), (160., 130.), (50., 90.), (20., 90.)]);
    assert_eq!(
        broken(&[outer, inner], None),
        ["coverage.gap", "coverage.hole", "coverage.mismatched_edge", "coverage.overlap"]
    );
}

// Gaps.

#[test]
fn gap() {
    // A flat triangle between three grids, and a wedge from it outwards.
    let shapes = [
        polygon(&[(0., 0.), (200., 0.), (200., 100.), (0., 100.)]),
        polygon(&[(0., 100.), (100., 104.), (100., 200.), (0., 200.)]),
        polygon(&[(200., 100.), (200., 200.), (100., 200.), (112., 104.)]),
    ];
    assert_eq!(broken(&shapes, None), ["coverage.gap"]);
    let half = (104.0 - 100.0) / 2.0;
    let expected = half * (100.0 + 12.0 + 88.0) + half * 12.0 + 0.5 * 12.0 * 96.0;
    assert!(near(area(&shapes, None, "coverage.gap"), expected));
}

#[test]
fn gap_disjoint() {
    // A strip from one side of the subdistrict to the other: open at both ends, so only the
    // outline shows it.
    let shapes = [
        polygon(&[(0., 0.), (200., 0.), (200., 100.), (0., 100.)]),
        polygon(&[(0., 103.), (100., 103.), (100., 200.), (0., 200.)]),
        polygon(&[(100., 103.), (200., 103.), (200., 200.), (100., 200.)]),
    ];
    let outline = polygon(&[
        (0., 0.),
        (200., 0.),
        (200., 100.),
        (200., 103.),
        (200., 200.),
        (100., 200.),
        (0., 200.),
        (0., 103.),
        (0., 100.),
    ]);
    assert_eq!(broken(&shapes, Some(outline.clone())), ["coverage.gap"]);
    assert!(near(area(&shapes, Some(outline), "coverage.gap"), 600.0));
    // Without an outline the strip is none of the grids' business, unless they nearly meet.
    assert!(broken(&shapes, None).is_empty());
}

#[test]
fn gap_disjoint_within_the_tolerance() {
    let shapes = [
        polygon(&[(0., 0.), (200., 0.), (200., 100.), (0., 100.)]),
        polygon(&[(0., 100.02), (100., 100.02), (100., 200.), (0., 200.)]),
        polygon(&[(100., 100.02), (200., 100.02), (200., 200.), (100., 200.)]),
    ];
    assert_eq!(broken(&shapes, None), ["coverage.near_miss"]);
    let report = report(&shapes, None);
    let near: Vec<_> = report.findings.iter().filter(|f| f.rule == "coverage.near_miss").collect();
    let pairs: Vec<_> = near.iter().map(|f| f.features.join(" ")).collect();
    assert_eq!(pairs, ["G0 G1", "G0 G2"]);
    for finding in near {
        assert!((finding.measure.width_m.unwrap() - 0.02).abs() < 0.001);
        assert!((finding.measure.length_m.unwrap() - 100.0).abs() < 0.2);
    }
}

#[test]
fn gore() {
    // A wedge that opens to the outer boundary: an inlet.
    let shapes = [
        polygon(&[(0., 0.), (200., 0.), (200., 100.), (100., 100.), (0., 100.)]),
        polygon(&[(0., 104.), (100., 100.), (100., 200.), (0., 200.)]),
        polygon(&[(100., 100.), (200., 100.), (200., 200.), (100., 200.)]),
    ];
    let outline = polygon(&[
        (0., 0.),
        (200., 0.),
        (200., 100.),
        (200., 200.),
        (100., 200.),
        (0., 200.),
        (0., 104.),
        (0., 100.),
    ]);
    assert_eq!(broken(&shapes, Some(outline.clone())), ["coverage.gap"]);
    assert!(near(area(&shapes, Some(outline), "coverage.gap"), 200.0));
}

// Valid.

#[test]
fn grid() {
    let square =
        |x: f64, y: f64| polygon(&[(x, y), (x + 90., y), (x + 90., y + 90.), (x, y + 90.)]);
    let shapes = [square(0., 90.), square(90., 90.), square(0., 0.), square(90., 0.)];
    assert!(broken(&shapes, None).is_empty());
}

#[test]
fn matched_edges() {
    // A square with a neighbour at each side; the four touch at its corners.
    let shapes = [
        polygon(&[(60., 60.), (140., 60.), (140., 140.), (60., 140.)]),
        polygon(&[(0., 60.), (60., 60.), (60., 140.), (0., 140.)]),
        polygon(&[(60., 140.), (140., 140.), (140., 200.), (60., 200.)]),
        polygon(&[(140., 60.), (200., 60.), (200., 140.), (140., 140.)]),
        polygon(&[(60., 0.), (140., 0.), (140., 60.), (60., 60.)]),
    ];
    assert!(broken(&shapes, None).is_empty());
}

#[test]
fn rings_in_any_direction() {
    let mut one = [(0., 0.), (100., 80.), (60., 160.), (0., 160.)];
    let other = polygon(&[(0., 0.), (160., 0.), (160., 60.), (100., 80.)]);
    assert!(broken(&[polygon(&one), other.clone()], None).is_empty());
    one.reverse();
    assert!(broken(&[polygon(&one), other], None).is_empty());
}

#[test]
fn target_covered_and_matching() {
    // A grid with a matching neighbour at every edge, two of its corners in the middle of a side.
    let shapes = [
        polygon(&[(0., 60.), (80., 60.), (160., 60.), (160., 140.), (80., 140.), (0., 140.)]),
        polygon(&[(0., 140.), (80., 140.), (160., 140.), (80., 190.)]),
        polygon(&[(0., 60.), (80., 10.), (160., 60.), (80., 60.)]),
    ];
    assert!(broken(&shapes, None).is_empty());
}

#[test]
fn repeated_common_vertex() {
    // A corner given twice, on the one side or the other: a blemish of the ring, no fault between
    // the two.
    let lower = [(0., 0.), (160., 0.), (80., 50.), (0., 50.)];
    let lower_twice = [(0., 0.), (160., 0.), (80., 50.), (80., 50.), (0., 50.)];
    let upper = [(0., 50.), (80., 50.), (160., 90.), (160., 180.), (0., 180.)];
    let upper_twice = [(0., 50.), (80., 50.), (80., 50.), (160., 90.), (160., 180.), (0., 180.)];
    for (a, b) in [(&lower_twice[..], &upper[..]), (&lower[..], &upper_twice[..])] {
        assert_eq!(broken(&[polygon(a), polygon(b)], None), ["geometry.duplicate_vertex"]);
    }
}

//! The coverage and the arrangement, against random tessellations and the boolean operations of
//! another library.

#![allow(clippy::unwrap_used)] // a test may fail by panicking

mod common;

use common::{Dice, Tessellation, frame, place, polygon, reshape, tessellations};
use geo::{Area, BooleanOps};
use proptest::prelude::*;
use wangge::domain::{LonLat, MultiPolygon, Polygon, Ring};
use wangge::geometry::half_open::owns;
use wangge::geometry::{Arrangement, Coverage, FaceFinder, GridPoint, measure, overlap_areas};

/// The oracle's polygon, in metres on the frame.
fn oracle(shape: &MultiPolygon) -> geo::MultiPolygon {
    let ring = |r: &Ring| -> geo::LineString {
        r.corners()
            .iter()
            .map(|&p| {
                let g = frame().to_grid(p);
                geo::Coord { x: g.x as f64 / 1000.0, y: g.y as f64 / 1000.0 }
            })
            .collect()
    };
    let part =
        |p: &Polygon| geo::Polygon::new(ring(p.exterior()), p.holes().iter().map(ring).collect());
    geo::MultiPolygon(shape.polygons().iter().map(part).collect())
}

fn coverage(faces: &[MultiPolygon]) -> Coverage {
    Coverage::build(&frame(), &faces.iter().collect::<Vec<_>>())
}

fn close(a: f64, b: f64) -> bool {
    // The oracle measures on the plane of the centre, the coverage on the ellipsoid: a thousandth
    // at a kilometre. A wrong face would be far more.
    (a - b).abs() <= 1e-3 * b.abs().max(1.0)
}

/// The ring's corners in an order that does not depend on where it starts.
fn vertices(shape: &MultiPolygon) -> Vec<GridPoint> {
    let mut all: Vec<GridPoint> = shape.corners().map(|p| frame().to_grid(p)).collect();
    all.sort_unstable();
    all
}

fn built(faces: &[MultiPolygon]) -> Arrangement {
    Arrangement::build(&frame(), &faces.iter().collect::<Vec<_>>())
}

/// The ring with new vertices on a share of its edges.
fn with_collinear(ring: &[LonLat], dice: &mut Dice, share: f64) -> Vec<LonLat> {
    let mut corners = Vec::new();
    for (i, &a) in ring.iter().enumerate() {
        let b = ring[(i + 1) % ring.len()];
        corners.push(a);
        if dice.roll() < share {
            let t = 0.1 + 0.8 * dice.roll();
            let along = |from: f64, to: f64| from + (to - from) * t;
            corners.push(LonLat::new(along(a.lon(), b.lon()), along(a.lat(), b.lat())).unwrap());
        }
    }
    corners
}

proptest! {
    #![proptest_config(common::cases(64))]

    #[test]
    fn dissolving_any_partition_equals_the_union(t in tessellations(6), seed in any::<u64>()) {
        let coverage = coverage(&t.faces);
        let mut dice = Dice::new(seed);
        let groups = 1 + dice.below(4);
        let group: Vec<Option<usize>> =
            (0..t.faces.len()).map(|_| (dice.roll() < 0.9).then(|| dice.below(groups))).collect();
        let united = coverage.dissolve(&group, groups);
        for (g, shape) in united.iter().enumerate() {
            let members = (0..t.faces.len()).filter(|&f| group[f] == Some(g));
            let union = members.fold(geo::MultiPolygon(vec![]), |sum, f| sum.union(&oracle(&t.faces[f])));
            match shape {
                None => prop_assert!(union.unsigned_area() < 1.0),
                Some(shape) => {
                    prop_assert!(close(oracle(shape).unsigned_area(), union.unsigned_area()));
                    prop_assert!(close(measure::area_m2(shape), union.unsigned_area()));
                }
            }
        }
    }

    #[test]
    fn faces_partition_the_outline(t in tessellations(6)) {
        let coverage = coverage(&t.faces);
        let sum: f64 = coverage.areas_m2().iter().sum();
        prop_assert!((sum - measure::area_m2(&t.outline)).abs() < 1e-3, "{sum}");
        let shapes: Vec<&MultiPolygon> = t.faces.iter().collect();
        let arrangement = Arrangement::build(&frame(), &shapes);
        for face in 1..arrangement.faces() as u32 {
            prop_assert_eq!(arrangement.owners(face).len(), 1);
        }
        prop_assert!(arrangement.irregular().is_empty());
        prop_assert!(arrangement.passed().is_empty());
    }

    #[test]
    fn every_point_has_one_owner(t in tessellations(5), seed in any::<u64>()) {
        let shapes: Vec<&MultiPolygon> = t.faces.iter().collect();
        let arrangement = Arrangement::build(&frame(), &shapes);
        let finder = FaceFinder::new(&arrangement);
        let mut dice = Dice::new(seed);
        for _ in 0..50 {
            let p = GridPoint { x: (dice.roll() * 500_000.0) as i64, y: (dice.roll() * 500_000.0) as i64 };
            let owners = arrangement.owners(finder.face_at(p));
            prop_assert!(owners.len() <= 1);
            let at = geo::Point::new(p.x as f64 / 1000.0, p.y as f64 / 1000.0);
            let holds = |f: &MultiPolygon| geo::Contains::contains(&oracle(f), &at);
            let expected: Vec<u32> = (0..t.faces.len() as u32).filter(|&f| holds(&t.faces[f as usize])).collect();
            // The oracle gives border points to nobody.
            if !expected.is_empty() {
                prop_assert_eq!(owners, expected);
            }
        }
    }

    #[test]
    fn a_corner_has_the_owner_that_the_half_open_rule_gives(t in tessellations(5)) {
        let shapes: Vec<&MultiPolygon> = t.faces.iter().collect();
        let arrangement = Arrangement::build(&frame(), &shapes);
        let finder = FaceFinder::new(&arrangement);
        for place in t.faces.iter().flat_map(|face| face.corners()) {
            let owners = arrangement.owners(finder.face_at(frame().to_grid(place)));
            let expected: Vec<u32> =
                (0..t.faces.len() as u32).filter(|&f| owns(&t.faces[f as usize], place)).collect();
            prop_assert_eq!(owners, expected);
        }
    }

    #[test]
    fn a_face_comes_back_vertex_for_vertex(t in tessellations(6)) {
        let coverage = coverage(&t.faces);
        let own: Vec<Option<usize>> = (0..t.faces.len()).map(Some).collect();
        for (face, back) in t.faces.iter().zip(coverage.dissolve(&own, t.faces.len())) {
            prop_assert_eq!(vertices(face), vertices(&back.unwrap()));
        }
    }

    #[test]
    fn borders_add_up(t in tessellations(6)) {
        let coverage = coverage(&t.faces);
        let perimeters = coverage.perimeters_m();
        let mut shared = vec![0.0; t.faces.len()];
        for border in coverage.adjacency() {
            prop_assert!(border.a < border.b && border.length_m > 0.0);
            shared[border.a] += border.length_m;
            shared[border.b] += border.length_m;
        }
        let outer: f64 = coverage.arcs().iter().filter(|a| a.left.is_none() || a.right.is_none()).map(|a| a.length_m).sum();
        let rest: f64 = perimeters.iter().zip(&shared).map(|(p, s)| p - s).sum();
        prop_assert!((outer - rest).abs() < 1e-6 * outer, "{outer} against {rest}");
    }

    #[test]
    fn the_order_of_the_faces_does_not_matter(t in tessellations(5)) {
        let reversed: Vec<MultiPolygon> = t.faces.iter().rev().cloned().collect();
        let (here, there) = (coverage(&t.faces).areas_m2(), coverage(&reversed).areas_m2());
        for (a, b) in here.iter().zip(there.iter().rev()) {
            prop_assert!((a - b).abs() < 1e-4);
        }
    }

    #[test]
    fn vertices_that_one_side_alone_has_on_a_border_open_nothing(
        t in tessellations(6), seed in any::<u64>(), share in 0.05..0.9f64
    ) {
        let mut dice = Dice::new(seed);
        let faces: Vec<MultiPolygon> =
            t.faces.iter().map(|f| reshape(f, |ring| with_collinear(ring, &mut dice, share))).collect();
        let (here, there) = (built(&t.faces), built(&faces));
        prop_assert_eq!(here.faces(), there.faces());
        prop_assert!((1..there.faces() as u32).all(|face| there.owners(face).len() == 1));
        prop_assert!(there.irregular().is_empty());
        let sorted = |arrangement: &Arrangement| {
            let mut areas = arrangement.face_areas_m2();
            areas.sort_by(f64::total_cmp);
            areas
        };
        for (a, b) in sorted(&here).into_iter().zip(sorted(&there)) {
            // A millimetre along the border.
            prop_assert!((a - b).abs() < 0.5, "{a} became {b}");
        }
    }

    #[test]
    fn noise_below_the_grid_opens_nothing(t in tessellations(6), seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        // Up to 0.3 mm in each direction.
        let mut shake = || (dice.roll() - 0.5) * 6e-9;
        let faces: Vec<MultiPolygon> = t.faces.iter().map(|f| reshape(f, |ring| {
            ring.iter().map(|p| LonLat::new(p.lon() + shake(), p.lat() + shake()).unwrap()).collect()
        })).collect();
        let (here, there) = (built(&t.faces), built(&faces));
        prop_assert_eq!(here.faces(), there.faces());
        prop_assert!((1..there.faces() as u32).all(|face| there.owners(face).len() == 1));
        prop_assert!(there.passed().is_empty());
    }

    #[test]
    fn common_areas_equal_the_oracles(seed in any::<u64>(), spikes in 3usize..40) {
        let (a, b) = (star(seed, spikes, 0.0), star(seed ^ 77, spikes + 3, 60.0));
        let common = overlap_areas(&frame(), &[&a], &[&b]).first().map_or(0.0, |c| c.2);
        let expected = oracle(&a).intersection(&oracle(&b)).unsigned_area();
        prop_assert!((common - expected).abs() < 1e-3 * expected.max(10.0), "{common} against {expected}");
    }

    #[test]
    fn overlapping_tessellations_are_cut_to_pieces_that_add_up(
        a in tessellations(5), b in tessellations(5)
    ) {
        let shapes: Vec<&MultiPolygon> = a.faces.iter().chain(&b.faces).collect();
        let arrangement = Arrangement::build(&frame(), &shapes);
        let areas = arrangement.face_areas_m2();
        prop_assert!(areas.iter().all(|&area| area >= 0.0));
        for Tessellation { faces, outline } in [&a, &b] {
            let offset = if std::ptr::eq(faces, &a.faces) { 0 } else { a.faces.len() as u32 };
            let range = offset..offset + faces.len() as u32;
            let held = |face: usize| arrangement.owners(face as u32).iter().filter(|p| range.contains(p)).count();
            let sum: f64 = (0..areas.len()).filter(|&f| held(f) > 0).map(|f| areas[f]).sum();
            let expected = measure::area_m2(outline);
            prop_assert!((sum / expected - 1.0).abs() < 1e-5, "{sum} against {expected}");
            // Snapping to the grid may fold a hair's breadth; two owners must be no more than that.
            let double: f64 = (0..areas.len()).filter(|&f| held(f) > 1).map(|f| areas[f]).sum();
            prop_assert!(double < 0.05, "{double}");
        }
    }
}

/// A many-spiked star about 100 m across: rings that cross the other's many times.
fn star(seed: u64, spikes: usize, east: f64) -> MultiPolygon {
    let mut dice = Dice::new(seed);
    let corners: Vec<(f64, f64)> = (0..2 * spikes)
        .map(|i| {
            let angle = std::f64::consts::PI * i as f64 / spikes as f64;
            let radius = 20.0 + 80.0 * dice.roll();
            (east + radius * angle.cos(), radius * angle.sin())
        })
        .collect();
    polygon(&corners)
}

#[test]
fn a_neighbours_vertex_on_a_long_edge_is_seen_and_opens_no_gap() {
    let long = polygon(&[(0.0, 0.0), (1000.0, 300.0), (0.0, 300.0)]);
    // A corner of its neighbours lies on its edge, to within the rounding of the grid.
    let middle = (333.0, 99.9);
    let left = polygon(&[(0.0, 0.0), (400.0, -200.0), middle]);
    let right = polygon(&[middle, (400.0, -200.0), (1000.0, 300.0)]);
    let shapes = [&long, &left, &right];
    let arrangement = Arrangement::build(&frame(), &shapes);
    assert_eq!(arrangement.passed().len(), 1);
    assert_eq!(arrangement.passed()[0].0, 0);
    assert_eq!(arrangement.faces(), 4);
}

#[test]
fn a_bow_tie_is_irregular_and_covers_both_its_wings() {
    let tie = polygon(&[(0.0, 0.0), (100.0, 80.0), (100.0, 0.0), (0.0, 100.0)]);
    let arrangement = Arrangement::build(&frame(), &[&tie]);
    assert!(!arrangement.irregular().is_empty());
    let covered =
        (1..arrangement.faces() as u32).filter(|&f| !arrangement.owners(f).is_empty()).count();
    assert_eq!(covered, 2);
}

#[test]
fn islands_lie_in_the_faces_that_hold_them() {
    let outer = polygon(&[(0.0, 0.0), (1000.0, 0.0), (1000.0, 1000.0), (0.0, 1000.0)]);
    let islands: Vec<MultiPolygon> = (0..50)
        .map(|i| {
            let (x, y) = (20.0 + f64::from(i % 10) * 95.0, 20.0 + f64::from(i / 10) * 190.0);
            polygon(&[(x, y), (x + 40.0, y + 3.0), (x + 37.0, y + 50.0), (x - 5.0, y + 44.0)])
        })
        .collect();
    let shapes: Vec<&MultiPolygon> = std::iter::once(&outer).chain(&islands).collect();
    let arrangement = Arrangement::build(&frame(), &shapes);
    assert_eq!(arrangement.faces(), 52);
    let areas = arrangement.face_areas_m2();
    let sum: f64 = areas.iter().sum();
    assert!((sum / measure::area_m2(&outer) - 1.0).abs() < 1e-9);
    for face in 1..52 {
        let owners = arrangement.owners(face);
        assert!(owners[0] == 0 && owners.len() <= 2);
    }
}

#[test]
fn a_whole_world_of_a_frame_does_not_overflow() {
    let at = |lon: f64, lat: f64| LonLat::new(lon, lat).unwrap();
    let ring =
        Ring::new(vec![at(-180.0, -89.0), at(180.0, -89.0), at(180.0, 89.0), at(-180.0, 89.0)]);
    let world = MultiPolygon::new(vec![Polygon::new(ring.unwrap(), Vec::new())]).unwrap();
    let tie = MultiPolygon::new(vec![Polygon::new(
        Ring::new(vec![at(-179.0, -80.0), at(179.0, 81.0), at(179.0, -82.0), at(-179.0, 83.0)])
            .unwrap(),
        Vec::new(),
    )])
    .unwrap();
    let arrangement = Arrangement::build(&frame(), &[&world, &tie]);
    assert!(arrangement.faces() >= 3);
    assert!(arrangement.face_areas_m2().iter().all(|a| a.is_finite()));
    let _ = place(0.0, 0.0);
}

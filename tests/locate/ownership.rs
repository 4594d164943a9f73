//! Every place of a coverage belongs to exactly one of its polygons, whatever the file's order.

use crate::dataset::{add_compound, add_point, with_branches, with_grids};
use crate::tessellation::{CELL, Lattice, ORIGIN, place, reorder};
use geo::Intersects;
use proptest::prelude::*;
use std::sync::Arc;
use wangge::dataset::Dataset;
use wangge::domain::{Grid, GridKind, LonLat, MultiPolygon, Origin, Place, ValidityPeriod};
use wangge::geometry::half_open::owns;
use wangge::index::{AreaIndex, SpatialIndex};
use wangge::locate::Locator;

/// A random coverage: a lattice, its faces, and places to ask about.
#[derive(Clone, Debug)]
struct Made {
    lattice: Lattice,
    faces: Vec<MultiPolygon>,
    probes: Vec<LonLat>,
}

fn coverage() -> impl Strategy<Value = Made> {
    (2..6_usize, 2..6_usize, 1..7_usize).prop_flat_map(|(columns, rows, faces)| {
        // A third of the corners stays in line: level, upright and collinear edges.
        let shift = prop_oneof![1 => Just(0.0), 2 => -1.0..1.0_f64];
        let moves = prop::collection::vec((shift.clone(), shift), (columns + 1) * (rows + 1));
        let deal = prop::collection::vec(0..faces, 2 * columns * rows);
        let random = prop::collection::vec((-0.2..1.2_f64, -0.2..1.2_f64), 40);
        (moves, deal, random).prop_map(move |(moves, deal, random)| {
            let lattice = Lattice::new(columns, rows, |corner| moves[corner]);
            let faces = lattice.faces(|triangle| deal[triangle]);
            let mut probes = lattice.probes();
            probes.extend(random.into_iter().map(|(x, y)| {
                place(ORIGIN.0 + CELL * columns as f64 * x, ORIGIN.1 + CELL * rows as f64 * y)
            }));
            Made { lattice, faces, probes }
        })
    })
}

fn owners(faces: &[MultiPolygon], at: LonLat) -> Vec<usize> {
    (0..faces.len()).filter(|face| owns(&faces[*face], at)).collect()
}

fn grids(faces: &[MultiPolygon]) -> Dataset {
    let grid = |(n, face): (usize, &MultiPolygon)| Grid {
        code: format!("{n:03}"),
        name: String::new(),
        community_code: None,
        kind: GridKind::Base,
        validity: ValidityPeriod::default(),
        geometry: face.clone(),
        origin: Origin { file: "grids.geojson".into(), feature: n },
    };
    Dataset { grids: faces.iter().enumerate().map(grid).collect(), ..Dataset::default() }
}

fn to_geo(area: &MultiPolygon) -> geo::MultiPolygon {
    let ring = |ring: &wangge::domain::Ring| {
        geo::LineString::from(ring.corners().iter().map(|c| (c.lon(), c.lat())).collect::<Vec<_>>())
    };
    let polygon = |polygon: &wangge::domain::Polygon| {
        geo::Polygon::new(ring(polygon.exterior()), polygon.holes().iter().map(ring).collect())
    };
    geo::MultiPolygon::new(area.polygons().iter().map(polygon).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_place_of_a_coverage_has_one_owner(made in coverage()) {
        for at in &made.probes {
            let owners = owners(&made.faces, *at);
            if made.lattice.holds(*at) {
                prop_assert_eq!(owners.len(), 1, "{:?} is owned by {:?}", at, owners);
            } else {
                prop_assert!(owners.len() <= 1, "{:?} is owned by {:?}", at, owners);
            }
        }
    }

    #[test]
    fn ring_start_orientation_and_part_order_play_no_part(made in coverage(), seed in 0..100_usize) {
        let turned: Vec<_> = made.faces.iter().map(|face| reorder(face, seed)).collect();
        for at in &made.probes {
            prop_assert_eq!(owners(&made.faces, *at), owners(&turned, *at));
        }
    }

    #[test]
    fn away_from_borders_the_owner_is_the_polygon_that_contains(made in coverage()) {
        let shapes: Vec<_> = made.faces.iter().map(to_geo).collect();
        for at in &made.probes {
            let point = geo::Point::new(at.lon(), at.lat());
            let met: Vec<_> = (0..shapes.len()).filter(|n| shapes[*n].intersects(&point)).collect();
            // One that meets it: strictly inside. Several: on a border, and one of them owns it.
            let owners = owners(&made.faces, *at);
            prop_assert!(owners.iter().all(|owner| met.contains(owner)));
            if made.lattice.holds(*at) && met.len() == 1 {
                prop_assert_eq!(owners, met);
            }
        }
    }

    #[test]
    fn the_index_answers_as_the_rule(made in coverage()) {
        let dataset = grids(&made.faces);
        let index = SpatialIndex::build(&dataset);
        for at in &made.probes {
            let by_rule = owners(&made.faces, *at).first().copied();
            prop_assert_eq!(index.grids().owner(*at, |_| true), by_rule);
            let hit = index.grid_at(*at, |_| true);
            match by_rule {
                Some(owner) => prop_assert_eq!(hit.map(|hit| hit.grid), Some(owner)),
                // Nobody's by the rule: outside, or on the outer border of the touching grids.
                None => prop_assert!(hit.is_none_or(|hit| hit.border && hit.owners == 0)),
            }
        }
    }

    /// Before anything is compiled the trees answer; what is compiled changes no answer.
    #[test]
    fn compiled_or_not_the_owners_are_the_same(made in coverage(), last in prop::bool::ANY) {
        let mut data = with_branches(with_grids(&made.faces), &made.faces);
        add_compound(&mut data, Place::Area(made.faces[0].clone()));
        add_point(&mut data, made.probes[0]);
        let day = "2026-01-01".parse().ok();
        if last {
            // On the day the last grid is no longer valid.
            data.grids.last_mut().expect("a grid").validity.to = "2025-12-31".parse().ok();
        }
        let locator = Locator::new(Arc::new(data));
        let ask = |at: &LonLat| (locator.owners(*at, day), locator.at(*at, day), locator.at(*at, None));
        let before: Vec<_> = made.probes.iter().map(ask).collect();
        prop_assert!(!locator.is_settled(day));
        let compiled = locator.compile(day);
        locator.prepare();
        for (at, before) in made.probes.iter().zip(before) {
            prop_assert_eq!(locator.owners_by(&compiled, *at), before.0);
            prop_assert_eq!(ask(at), before);
        }
    }

    #[test]
    fn the_order_of_grids_in_the_file_plays_no_part(
        made in coverage(),
        order in Just((0..7_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let dataset = grids(&made.faces);
        let mut shuffled = dataset.clone();
        shuffled.grids = order.iter().filter_map(|n| dataset.grids.get(*n).cloned()).collect();
        let (index, other) = (SpatialIndex::build(&dataset), SpatialIndex::build(&shuffled));
        for at in &made.probes {
            let codes = |data: &Dataset, index: &SpatialIndex| {
                let hit = index.grid_at(*at, |_| true)?;
                let code = |n: usize| data.grids[n].code.clone();
                Some((code(hit.grid), hit.border, hit.others.into_iter().map(code).collect::<Vec<_>>()))
            };
            prop_assert_eq!(codes(&dataset, &index), codes(&shuffled, &other));
        }
    }

    #[test]
    fn the_nearest_area_is_the_nearest(made in coverage()) {
        let index = AreaIndex::build(made.faces.iter().enumerate());
        let (per_lon, per_lat) = wangge::geometry::metres_per_degree(ORIGIN.1);
        for at in made.probes.iter().rev().take(40) {
            let found = index.nearest(*at, 2, |_| true);
            prop_assert_eq!(found.len(), made.faces.len().min(2));
            let mut plain: Vec<f64> = made.faces.iter().map(|face| {
                if owns(face, *at) { return 0.0; }
                let edges = face.polygons().iter().flat_map(|polygon| polygon.rings());
                edges.flat_map(wangge::geometry::half_open::edges).map(|edge| {
                    let metres = |p: LonLat| ((p.lon() - at.lon()) * per_lon, (p.lat() - at.lat()) * per_lat);
                    let ((ax, ay), (bx, by)) = (metres(edge.low()), metres(edge.high()));
                    let (dx, dy) = (bx - ax, by - ay);
                    let t = (-(ax * dx + ay * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
                    (ax + t * dx).hypot(ay + t * dy)
                }).fold(f64::INFINITY, f64::min)
            }).collect();
            plain.sort_by(f64::total_cmp);
            for ((_, metres), plain) in found.iter().zip(plain) {
                prop_assert!((metres - plain).abs() < 1e-3 * (1.0 + plain), "{metres} {plain}");
            }
        }
    }
}

#[test]
fn the_outer_border_belongs_to_the_touching_grid_with_the_lowest_code() {
    let lattice = Lattice::new(2, 2, |_| (0.0, 0.0));
    let faces = lattice.faces(|triangle| triangle / 2);
    let index = SpatialIndex::build(&grids(&faces));
    // The north-eastern corner and the eastern and northern borders are nobody's by the rule.
    for corner in &lattice.corners {
        let hit = index.grid_at(*corner, |_| true).expect("a corner of the coverage has an owner");
        let touching =
            faces.iter().enumerate().filter(|(_, face)| face.corners().any(|c| c == *corner));
        assert!(hit.border);
        let lowest = touching.map(|(n, _)| n).min();
        let by_rule = owners(&faces, *corner).first().copied();
        assert_eq!(Some(hit.grid), by_rule.or(lowest), "{corner:?}");
    }
}

//! Nets made from random tessellations in a known way, and figures against oracles.

use crate::common::{Dice, frame, polygon, shaken_cells, tessellations};
use crate::support::*;
use geo::{Area, BooleanOps};
use proptest::prelude::*;
use wangge::check::MatchClass::{
    self, Displaced, Extra, Identical, Merged, Missing, Redrawn, Split, Swapped,
};
use wangge::domain::{LonLat, MultiPolygon, Polygon, Ring};
use wangge::geometry::{Frame, GridPoint, overlap_shape};

const SIZE: usize = 4;

/// A shape whose rings start elsewhere and run the other way at random, with a vertex more on
/// some edges.
fn rewritten(shape: &MultiPolygon, dice: &mut Dice, more: bool) -> MultiPolygon {
    let mut ring = |r: &Ring| {
        let mut corners = r.corners().to_vec();
        let start = dice.below(corners.len());
        corners.rotate_left(start);
        if dice.roll() < 0.5 {
            corners.reverse();
        }
        if more {
            let (a, b) = (frame().to_grid(corners[0]), frame().to_grid(corners[1]));
            let middle = GridPoint { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
            corners.insert(1, frame().to_lonlat(middle));
        }
        Ring::new(corners).unwrap()
    };
    let parts = shape.polygons().iter().map(|p| {
        let holes = p.holes().iter().map(&mut ring).collect();
        Polygon::new(ring(p.exterior()), holes)
    });
    MultiPolygon::new(parts.collect()).unwrap()
}

fn shuffled<T>(mut items: Vec<T>, dice: &mut Dice) -> Vec<T> {
    for i in (1..items.len()).rev() {
        items.swap(i, dice.below(i + 1));
    }
    items
}

/// Cells whose shapes are only rewritten, as features in any order.
fn rewritten_net(shapes: &[MultiPolygon], dice: &mut Dice) -> Vec<wangge::domain::NetFeature> {
    let shapes: Vec<_> = shapes.iter().map(|shape| rewritten(shape, dice, false)).collect();
    shuffled(features(&shapes), dice)
}

/// `class` for the grids in `changed`, identical for all others, and nothing extra.
fn expect(
    report: &wangge::check::Report,
    changed: &[usize],
    class: MatchClass,
) -> Result<(), TestCaseError> {
    for (grid, one) in report.nets[0].matches.iter().enumerate() {
        let expected = if changed.contains(&grid) { class } else { Identical };
        prop_assert_eq!(one.class, expected, "grid {}: {}", grid, told(report));
    }
    Ok(())
}

/// The cell east of a random one.
fn neighbours(dice: &mut Dice) -> (usize, usize) {
    let west = dice.below(SIZE) * SIZE + dice.below(SIZE - 1);
    (west, west + 1)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..crate::common::cases(48) })]

    #[test]
    fn a_net_equal_to_the_grids_is_identical_however_it_is_written(
        t in tessellations(6), seed in any::<u64>(), more in any::<bool>()
    ) {
        let mut dice = Dice::new(seed);
        let shapes: Vec<_> = t.faces.iter().map(|shape| rewritten(shape, &mut dice, more)).collect();
        let report = run(&dataset(&t.faces, shuffled(features(&shapes), &mut dice)));
        prop_assert!(report.nets[0].coincides, "{}", told(&report));
        prop_assert!(findings(&report).is_empty());
    }

    #[test]
    fn the_order_and_writing_of_a_faulty_net_change_nothing(seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        let (grids, other) = (shaken_cells(SIZE, SIZE, seed, 2), shaken_cells(SIZE, SIZE, seed ^ 1, 2));
        let show = |data: &wangge::dataset::Dataset| {
            let report = run(data);
            let rows: Vec<_> = report.nets[0].matches.iter().map(|m| {
                (m.grid.clone(), m.features.clone(), m.class, m.households_affected, m.compounds_affected.clone())
            }).collect();
            let messages: Vec<String> = findings(&report).iter().map(|f| f.message.clone()).collect();
            (rows, messages)
        };
        let mut data = dataset(&grids, features(&other));
        data.compounds = (0..20).map(|c| compound(c, 10 + c as u32, point(dice.roll() * 400.0, dice.roll() * 400.0))).collect();
        let plain = show(&data);
        data.nets[0].features = rewritten_net(&other, &mut dice);
        let shown = show(&data);
        prop_assert_eq!(plain.0, shown.0);
        prop_assert_eq!(plain.1, shown.1);
    }

    #[test]
    fn two_united_cells_are_merged(seed in any::<u64>(), bends in 1usize..4) {
        let mut dice = Dice::new(seed);
        let grids = shaken_cells(SIZE, SIZE, seed, bends);
        let (west, east) = neighbours(&mut dice);
        let group: Vec<usize> = (0..grids.len()).map(|g| match g {
            g if g == east => west,
            g if g > east => g - 1,
            g => g,
        }).collect();
        let net = rewritten_net(&united(&grids, &group), &mut dice);
        let mut net = net;
        net.iter_mut().for_each(|f| f.grid_codes.clear());
        expect(&run(&dataset(&grids, net)), &[west, east], Merged)?;
    }

    #[test]
    fn a_grid_of_two_features_is_split(seed in any::<u64>(), bends in 1usize..4) {
        let mut dice = Dice::new(seed);
        let cells = shaken_cells(SIZE, SIZE, seed, bends);
        let (west, east) = neighbours(&mut dice);
        let group: Vec<usize> = (0..cells.len()).map(|g| match g {
            g if g == east => west,
            g if g > east => g - 1,
            g => g,
        }).collect();
        let mut net = rewritten_net(&cells, &mut dice);
        net.iter_mut().for_each(|f| f.grid_codes.clear());
        expect(&run(&dataset(&united(&cells, &group), net)), &[west], Split)?;
    }

    #[test]
    fn exchanged_names_are_swapped(seed in any::<u64>(), length in 2usize..8) {
        let mut dice = Dice::new(seed);
        let grids = shaken_cells(SIZE, SIZE, seed, 1);
        let circle: Vec<usize> = shuffled((0..grids.len()).collect(), &mut dice)[..length].to_vec();
        let mut net = features(&grids);
        for (place, &f) in circle.iter().enumerate() {
            net[f].grid_codes = vec![code(circle[(place + 1) % length])];
        }
        expect(&run(&dataset(&grids, shuffled(net, &mut dice))), &circle, Swapped)?;
    }

    #[test]
    fn a_moved_corner_of_a_border_displaces_its_two_features(
        seed in any::<u64>(), by in 4.0..9.0f64, east in any::<bool>()
    ) {
        let mut dice = Dice::new(seed);
        let grids = shaken_cells(SIZE, SIZE, seed, 1);
        let (a, b) = neighbours(&mut dice);
        // With one bend a border has one corner that only its two cells have.
        let only_both = |p: &LonLat| (0..grids.len())
            .all(|g| (g == a || g == b) == grids[g].corners().any(|q| q == *p));
        let corner = grids[a].corners().find(only_both).unwrap();
        let step = (if east { by } else { -by } * 1000.0) as i64;
        let move_corner = |shape: &MultiPolygon| mapped(shape, |p| {
            let at = frame().to_grid(p);
            let x = if p == corner { at.x + step } else { at.x };
            frame().to_lonlat(GridPoint { x, y: at.y })
        });
        let mut shapes = grids.clone();
        shapes[a] = move_corner(&grids[a]);
        shapes[b] = move_corner(&grids[b]);
        let report = run(&dataset(&grids, rewritten_net(&shapes, &mut dice)));
        expect(&report, &[a, b], Displaced)?;
        for g in [a, b] {
            let one = row(&report.nets[0], g);
            let (d, iou) = (one.hausdorff_m.unwrap(), one.iou.unwrap());
            prop_assert!(d > 1.0 && d <= by + 0.01 && iou < 1.0 && iou > 0.9, "{one:?}");
            let arcs = &one.disagreeing_arcs;
            prop_assert_eq!(arcs.len(), 2);
        }
    }

    #[test]
    fn two_cells_cut_the_other_way_are_redrawn(seed in any::<u64>(), bends in 1usize..4) {
        let mut dice = Dice::new(seed);
        let grids = shaken_cells(SIZE, SIZE, seed, bends);
        let (west, east) = neighbours(&mut dice);
        let group: Vec<usize> = (0..grids.len()).map(|g| usize::from(g == west || g == east)).collect();
        let both = united(&grids, &group).pop().unwrap();
        let middle = (west / SIZE) as f64 * 100.0 + 50.0;
        let halves = [rectangle(-500.0, -500.0, 900.0, middle), rectangle(-500.0, middle, 900.0, 900.0)];
        let mut shapes = grids.clone();
        for (cell, half) in [west, east].into_iter().zip(halves) {
            shapes[cell] = overlap_shape(&frame(), &both, &half).unwrap();
        }
        expect(&run(&dataset(&grids, rewritten_net(&shapes, &mut dice))), &[west, east], Redrawn)?;
    }

    #[test]
    fn taken_out_is_missing_and_put_twice_is_extra(seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        let grids = shaken_cells(SIZE, SIZE, seed, 2);
        let (gone, twice) = (dice.below(8), 8 + dice.below(8));
        let mut net = features(&grids);
        let mut copy = net[twice].clone();
        copy.id = "Z".into();
        net.push(copy);
        net.remove(gone);
        let report = run(&dataset(&grids, shuffled(net, &mut dice)));
        let (rows, extra) = report.nets[0].matches.split_at(grids.len());
        for (grid, one) in rows.iter().enumerate() {
            prop_assert_eq!(one.class, if grid == gone { Missing } else { Identical });
        }
        prop_assert!(extra.len() == 1 && extra[0].class == Extra && extra[0].features == ["Z"]);
    }

    #[test]
    fn areas_agree_with_the_oracle(seed in any::<u64>(), bends in 1usize..4) {
        // Large cells, so that the rounding of crossings to a millimetre does not show.
        let large = |seed| -> Vec<MultiPolygon> {
            shaken_cells(SIZE, SIZE, seed, bends).iter().map(|shape| mapped(shape, |p| {
                let at = frame().to_grid(p);
                frame().to_lonlat(GridPoint { x: at.x * 20, y: at.y * 20 })
            })).collect()
        };
        let (grids, shapes) = (large(seed), large(seed ^ 0xABCD));
        let data = dataset(&grids, features(&shapes));
        let plane = EqualArea(Frame::for_bbox(data.bbox().unwrap()));
        let report = run(&data);
        for (grid, one) in report.nets[0].matches.iter().enumerate().filter(|(_, m)| m.grid.is_some()) {
            let net = one.features.iter().map(|id| plane.oracle(&shapes[id[1..].parse::<usize>().unwrap()]));
            let net = net.reduce(|a, b| a.union(&b)).unwrap();
            let here = plane.oracle(&grids[grid]);
            let (common, all) = (here.intersection(&net).unsigned_area(), here.union(&net).unsigned_area());
            let (difference, iou) = (one.symmetric_difference_m2.unwrap(), one.iou.unwrap());
            let expected = here.xor(&net).unsigned_area();
            prop_assert!((difference - expected).abs() < 1e-6 * all, "{difference} against {expected} of {all}");
            prop_assert!((iou - common / all).abs() < 1e-6, "{iou} against {}", common / all);
        }
    }

    #[test]
    fn hausdorff_agrees_with_dense_sampling(seed in any::<u64>(), bends in 1usize..4) {
        let (grids, shapes) = (shaken_cells(3, 3, seed, bends), shaken_cells(3, 3, seed ^ 0x77, bends));
        let report = run(&dataset(&grids, features(&shapes)));
        for one in report.nets[0].matches.iter().filter(|m| m.class == Displaced) {
            let grid: usize = one.grid.as_ref().unwrap()[1..].parse().unwrap();
            let net: usize = one.features[0][1..].parse().unwrap();
            let (a, b) = (segments(&grids[grid]), segments(&shapes[net]));
            let ways = [
                (one.hausdorff_grid_to_net_m.unwrap(), sampled(&a, &b)),
                (one.hausdorff_net_to_grid_m.unwrap(), sampled(&b, &a)),
            ];
            for (ours, least) in ways {
                // A sample is at most half a step off the furthest place.
                prop_assert!(ours > least - 0.02 && ours < least + STEP_M / 2.0 + 0.02, "{ours} against {least}");
            }
            let most = ways[0].0.max(ways[1].0);
            prop_assert!((one.hausdorff_m.unwrap() - most).abs() < 1e-9);
            let [on_grid, on_net] = one.hausdorff_witness.unwrap().map(metres);
            let apart = (on_grid[0] - on_net[0]).hypot(on_grid[1] - on_net[1]);
            prop_assert!((apart - most).abs() < 0.02, "{apart} {most}");
            prop_assert!(distance(on_grid, &a) < 0.01 && distance(on_net, &b) < 0.01);
        }
    }
}

#[test]
fn a_line_straight_between_far_corners_is_as_far_as_its_middle() {
    // No vertex of the straight border is far from the bent one's ends, its middle is.
    let grids = [rectangle(0.0, 0.0, 300.0, 200.0)];
    let bent = polygon(&[
        (0.0, 0.0),
        (300.0, 0.0),
        (300.0, 200.0),
        (290.0, 150.0),
        (10.0, 150.0),
        (0.0, 200.0),
    ]);
    let report = run(&dataset(&grids, features(&[bent])));
    let one = row(&report.nets[0], 0);
    assert!((one.hausdorff_grid_to_net_m.unwrap() - 50.0).abs() < 0.01, "{one:?}");
}

const STEP_M: f64 = 0.2;

type Metres = [f64; 2];

fn metres(p: LonLat) -> Metres {
    let at = frame().to_grid(p);
    [at.x as f64 / 1000.0, at.y as f64 / 1000.0]
}

fn segments(shape: &MultiPolygon) -> Vec<[Metres; 2]> {
    let rings = shape.polygons().iter().flat_map(|p| p.rings());
    rings
        .flat_map(|r| {
            let corners: Vec<Metres> = r.corners().iter().map(|&p| metres(p)).collect();
            (0..corners.len())
                .map(move |i| [corners[i], corners[(i + 1) % corners.len()]])
                .collect::<Vec<_>>()
        })
        .collect()
}

fn distance(p: Metres, to: &[[Metres; 2]]) -> f64 {
    let one = |[a, b]: &[Metres; 2]| {
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let t = ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (dx * dx + dy * dy);
        let t = t.clamp(0.0, 1.0);
        (a[0] + t * dx - p[0]).hypot(a[1] + t * dy - p[1])
    };
    to.iter().map(one).fold(f64::INFINITY, f64::min)
}

/// The greatest distance of samples of one border from another.
fn sampled(from: &[[Metres; 2]], to: &[[Metres; 2]]) -> f64 {
    let mut most = 0.0f64;
    for [a, b] in from {
        let long = (a[0] - b[0]).hypot(a[1] - b[1]);
        let pieces = (long / STEP_M).ceil().max(1.0) as usize;
        for i in 0..=pieces {
            let t = i as f64 / pieces as f64;
            most = most.max(distance([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])], to));
        }
    }
    most
}

/// A plane in which areas are those of the ellipsoid: longitude, and the area between the equator
/// and a latitude per radian of longitude. The corners are those of the dataset's millimetre grid.
struct EqualArea(Frame);

impl EqualArea {
    fn coord(&self, lon: f64, lat: f64) -> geo::Coord {
        const A: f64 = 6_378_137.0;
        const E2: f64 = 0.006_694_379_990_141_316;
        let (e, b2) = (E2.sqrt(), A * A * (1.0 - E2));
        let strip = |lat: f64| {
            let s = lat.to_radians().sin();
            b2 / 2.0 * (s / (1.0 - E2 * s * s) + (e * s).atanh() / e)
        };
        // Scaled so that both axes are metres.
        let per_radian = A * 36.117f64.to_radians().cos();
        let x = (lon - 120.387).to_radians() * per_radian;
        geo::Coord { x, y: (strip(lat) - strip(36.117)) / per_radian }
    }

    fn oracle(&self, shape: &MultiPolygon) -> geo::MultiPolygon {
        // An edge straight in degrees is a bent line here.
        const PIECES: usize = 40;
        let ring = |r: &Ring| -> geo::LineString {
            let corners: Vec<LonLat> =
                r.corners().iter().map(|&p| self.0.to_lonlat(self.0.to_grid(p))).collect();
            let edges = (0..corners.len()).map(|i| (corners[i], corners[(i + 1) % corners.len()]));
            let between = |(a, b): (LonLat, LonLat)| {
                (0..PIECES).map(move |i| {
                    let t = i as f64 / PIECES as f64;
                    (a.lon() + t * (b.lon() - a.lon()), a.lat() + t * (b.lat() - a.lat()))
                })
            };
            edges.flat_map(between).map(|(lon, lat)| self.coord(lon, lat)).collect()
        };
        let part = |p: &Polygon| {
            geo::Polygon::new(ring(p.exterior()), p.holes().iter().map(ring).collect())
        };
        geo::MultiPolygon(shape.polygons().iter().map(part).collect())
    }
}

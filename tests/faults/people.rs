//! Compounds that a border cuts or that lie on one, and grids that reach into another community.

use crate::common::{Dice, cases, frame, place, polygon};
use crate::made;
use crate::plant::Town;
use proptest::prelude::*;
use wangge::check::{self, CheckOptions, Report};
use wangge::dataset::Dataset;
use wangge::domain::{Building, Community, Finding, MultiPolygon, Origin, Place};
use wangge::geometry::{Coverage, half_open, measure};

const TOLERANCE: f64 = 0.5;

fn run(dataset: &Dataset) -> Report {
    check::run(dataset, &CheckOptions { tolerance_m: Some(TOLERANCE) })
}

fn of_rules<'r>(report: &'r Report, prefix: &str) -> Vec<&'r Finding> {
    report.findings.iter().filter(|f| f.rule.starts_with(prefix)).collect()
}

/// Two blocks of 200 m side by side, turned; and places in metres east and north of the middle
/// of their common border, turned with them.
struct Pair {
    turn: f64,
    blocks: [MultiPolygon; 2],
}

impl Pair {
    fn new(turn: f64) -> Self {
        let block = |from: f64, to: f64| {
            let corners = [(from, -100.0), (to, -100.0), (to, 100.0), (from, 100.0)];
            polygon(&corners.map(|at| turned(at, turn)))
        };
        Self { turn, blocks: [block(-200.0, 0.0), block(0.0, 200.0)] }
    }

    fn dataset(&self) -> Dataset {
        made::with_grids(&self.blocks)
    }
}

fn turned((x, y): (f64, f64), turn: f64) -> (f64, f64) {
    (x * turn.cos() - y * turn.sin(), y * turn.cos() + x * turn.sin())
}

/// Metres from a place to the border of a shape, segment by segment.
fn distance_m((x, y): (f64, f64), shape: &MultiPolygon) -> f64 {
    let mut least = f64::INFINITY;
    for ring in shape.polygons().iter().flat_map(|p| p.rings()) {
        let at = |i: usize| {
            let p = frame().to_grid(ring.corners()[i % ring.corners().len()]);
            (p.x as f64 / 1000.0, p.y as f64 / 1000.0)
        };
        for i in 0..ring.corners().len() {
            let (a, b) = (at(i), at(i + 1));
            let line =
                geo::Line::new(geo::coord! { x: a.0, y: a.1 }, geo::coord! { x: b.0, y: b.1 });
            least =
                least.min(geo::Distance::distance(&geo::Euclidean, &geo::Point::new(x, y), &line));
        }
    }
    least
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn a_cut_compound_tells_its_shares(
        turn in 0.0..std::f64::consts::TAU, width in 4.0..80.0f64, height in 2.0..80.0f64, magnitude in 0.0..1.0f64,
        south in -90.0..10.0f64, seed in any::<u64>(), housed in any::<bool>(),
    ) {
        let pair = Pair::new(turn);
        // How far it reaches over the border: from a millimetre to half of it.
        let depth = 0.001 * (width / 2.0 / 0.001).powf(magnitude);
        let (from, to, north) = (depth - width, depth, south + height);
        let corners = [(from, south), (to, south), (to, north), (from, north)];
        let mut data = pair.dataset();
        made::add_compound(&mut data, Place::Area(polygon(&corners.map(|at| turned(at, pair.turn)))));
        let households = f64::from(data.compounds[0].households.unwrap());
        // Buildings on either side of the border.
        let mut dice = Dice::new(seed);
        let mut beyond = 0;
        for number in 0..if housed { 12 } else { 0 } {
            let x = (from + dice.roll() * width).clamp(from + 0.1, to - 0.1);
            beyond += usize::from(x > 0.0);
            let at = turned((x, (south + north) / 2.0), pair.turn);
            data.buildings.push(Building {
                id: format!("b{number}"),
                name: format!("{number}号楼"),
                compound_id: "c0000".into(),
                place: Some(place(at.0, at.1)),
                origin: Origin { file: "buildings.geojson".into(), feature: number },
            });
        }
        let report = run(&data);
        let found = of_rules(&report, "compound.");
        let thin = depth.min(height);
        if thin < TOLERANCE - 0.02 {
            prop_assert!(found.is_empty(), "{:?}", found[0].message);
        } else if thin > TOLERANCE + 0.02 {
            prop_assert_eq!(found.len(), 1);
            prop_assert_eq!(&found[0].rule, "compound.split");
            prop_assert_eq!(&found[0].features, &["c0000"]);
            let measure = &found[0].measure;
            let share = 1.0 - depth / width;
            prop_assert!((measure.share_area.unwrap() - share).abs() < 0.002 / 2.0 + 1e-3);
            prop_assert!((measure.area_m2.unwrap() - depth * height).abs() < 0.01 * (depth + height) + 2e-3 * depth * height);
            prop_assert!((measure.width_m.unwrap() - thin).abs() < 0.02 + 1e-3 * thin);
            prop_assert_eq!(measure.households.map(|n| n as f64), Some(households));
            let expected = if housed { 1.0 - beyond as f64 / 12.0 } else { share };
            // A half of the area may be on either side.
            let either = |is: f64, share: f64| {
                (is - share).abs() < 2e-3 || ((share - 0.5).abs() < 2e-3 || depth / width > 0.499)
            };
            prop_assert!(either(measure.share_households.unwrap(), expected), "{measure:?}");
        }
    }

    #[test]
    fn a_point_near_a_border_is_never_silently_given_away(seed in any::<u64>()) {
        let mut town = Town::new(seed);
        let mut data = town.dataset();
        let mut points = Vec::new();
        for cell in 0..town.shapes.len() {
            // Beside a random edge of the cell, on either side.
            let corners = town.corners(cell);
            let first = town.dice.below(corners.len());
            let (a, b) = (corners[first], corners[(first + 1) % corners.len()]);
            let (t, long) = (town.dice.roll(), (b.0 - a.0).hypot(b.1 - a.1));
            let off = 0.001 * 5000f64.powf(town.dice.roll());
            let off = if town.dice.roll() < 0.5 { off } else { -off } / long;
            let x = a.0 + t * (b.0 - a.0) - off * (b.1 - a.1);
            let y = a.1 + t * (b.1 - a.1) + off * (b.0 - a.0);
            let (x, y) = ((x * 1000.0).round() / 1000.0, (y * 1000.0).round() / 1000.0);
            made::add_point(&mut data, place(x, y));
            points.push((x, y));
        }
        let report = run(&data);
        for (number, &(x, y)) in points.iter().enumerate() {
            let id = format!("c{number:04}");
            let found: Vec<&Finding> = of_rules(&report, "compound.")
                .into_iter()
                .filter(|f| f.features == [id.as_str()])
                .collect();
            let at = place(x, y);
            let owner = town.shapes.iter().position(|shape| half_open::owns(shape, at));
            let distances = town.shapes.iter().enumerate().filter(|(g, _)| Some(*g) != owner);
            let distances: Vec<f64> = distances.map(|(_, s)| distance_m((x, y), s)).collect();
            let on_outer_border = owner.is_none() && distances.iter().any(|&d| d < 0.003);
            if on_outer_border || distances.iter().any(|d| (d - TOLERANCE).abs() < 0.003) {
                continue;
            }
            let near: Vec<f64> = distances.into_iter().filter(|&d| d < TOLERANCE).collect();
            let rule = match (owner, near.len()) {
                (Some(_), 0) => None,
                (None, 0 | 1) => Some("compound.outside"),
                _ => Some("compound.undecidable"),
            };
            let told: Vec<&str> = found.iter().map(|f| f.rule.as_str()).collect();
            prop_assert_eq!(told, rule.into_iter().collect::<Vec<_>>(), "{} at {:?}", id, (x, y));
            if let (Some(finding), false) = (found.first(), near.is_empty()) {
                let nearest = near.iter().copied().fold(f64::INFINITY, f64::min);
                prop_assert!((finding.measure.distance_m.unwrap() - nearest).abs() < 0.003);
            }
        }
    }

    #[test]
    fn a_grid_that_reaches_into_another_community_is_named(seed in any::<u64>(), magnitude in 0.0..1.0f64) {
        let mut town = Town::new(seed);
        let mut data = town.dataset();
        let cell = town.dice.below(town.shapes.len());
        let before = town.shapes.clone();
        let moved = town.move_border(cell, 0.004 * 2000f64.powf(magnitude)).unwrap();
        let side = town.side_of_border(cell, moved.taker);
        let group: Vec<Option<usize>> =
            (0..town.shapes.len()).map(|other| Some(usize::from(town.is_beyond(cell, other, side)))).collect();
        let shapes: Vec<&MultiPolygon> = town.shapes.iter().collect();
        let coverage = Coverage::build(&frame(), &shapes);
        for (number, geometry) in coverage.dissolve(&group, 2).into_iter().flatten().enumerate() {
            data.communities.push(Community {
                code: format!("{:012}", number + 1),
                name: format!("第{number}社区"),
                geometry,
                origin: Origin { file: "communities.geojson".into(), feature: number },
            });
        }
        let report = run(&data);
        let crossing = of_rules(&report, "grid.crosses_community");
        let piece = polygon(&moved.piece);
        let width = measure::inscribed_circle(&frame(), &piece, 0.001).map_or(0.0, |c| c.diameter_m);
        if width < TOLERANCE - 0.02 {
            prop_assert!(crossing.is_empty(), "{}", crossing[0].message);
        } else if width > TOLERANCE + 0.02 {
            prop_assert_eq!(crossing.len(), 1);
            let code = format!("g{cell:04}");
            prop_assert_eq!(&crossing[0].features, &[code]);
            let area = crossing[0].measure.area_m2.unwrap();
            let expected = measure::area_m2(&piece);
            prop_assert!((area - expected).abs() < 0.2 + 2e-3 * expected, "{area} and {expected}");
        }
        // Before the border was moved the grids lay whole in their communities.
        let coverage = Coverage::build(&frame(), &before.iter().collect::<Vec<_>>());
        let clean = coverage.dissolve(&group, 2).into_iter().flatten();
        data.communities.iter_mut().zip(clean).for_each(|(c, geometry)| c.geometry = geometry);
        prop_assert!(of_rules(&run(&data), "grid.crosses_community").is_empty());
    }
}

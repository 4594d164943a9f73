//! Random towns.

use crate::common::{Dice, polygon, tessellations};
use crate::town::Town;
use proptest::prelude::*;
use wangge::domain::{MultiPolygon, Place};
use wangge::geometry::overlap_areas;

/// A town with bent communities, winding roads of all sorts, points and outlines.
fn town(t: &crate::common::Tessellation, seed: u64, roads: usize, compounds: usize) -> Town {
    let mut dice = Dice::new(seed);
    let mut town = Town::new(t.outline.clone());
    for (c, face) in t.faces.iter().enumerate() {
        town = town.community(&format!("C{c}"), face.clone());
    }
    for _ in 0..roads {
        let mut at = (dice.roll() * 700.0 - 50.0, dice.roll() * 700.0 - 50.0);
        let mut line = vec![at];
        for _ in 0..1 + dice.below(6) {
            at = (at.0 + (dice.roll() - 0.5) * 500.0, at.1 + (dice.roll() - 0.5) * 500.0);
            line.push(at);
        }
        town = town.road(&line);
    }
    for c in 0..compounds {
        let (x, y) = (dice.roll() * 600.0, dice.roll() * 600.0);
        let (id, households) = (format!("{c:03}"), dice.below(500) as u32);
        town = if dice.roll() < 0.5 {
            town.point(&id, households, x, y)
        } else {
            let (a, b) = (5.0 + dice.roll() * 40.0, (dice.roll() - 0.5) * 30.0);
            town.outline(
                &id,
                households,
                polygon(&[(x, y), (x + a, y + b), (x + a - b, y + a), (x - b, y + a - b)]),
            )
        };
    }
    // A compound that is surely inside.
    let inmost = wangge::geometry::measure::label_point(&crate::common::frame(), &t.outline);
    let place = crate::common::frame().to_grid(inmost);
    town.point("000-inside", 7, place.x as f64 / 1000.0, place.y as f64 / 1000.0)
}

/// The same town with its features in another order.
fn shuffled(town: &Town, seed: u64) -> Town {
    fn shuffle<T>(items: &mut [T], dice: &mut Dice) {
        for i in (1..items.len()).rev() {
            items.swap(i, dice.below(i + 1));
        }
    }
    let mut other = town.clone();
    let mut dice = Dice::new(seed);
    shuffle(&mut other.0.communities, &mut dice);
    shuffle(&mut other.0.roads, &mut dice);
    shuffle(&mut other.0.compounds, &mut dice);
    other
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn units_tile_are_connected_and_hold_whole_compounds_of_one_community(
        t in tessellations(6), seed in any::<u64>(), roads in 0usize..25, compounds in 0usize..50
    ) {
        town(&t, seed, roads, compounds).units();
    }

    #[test]
    fn the_order_of_features_plays_no_part(
        t in tessellations(5), seed in any::<u64>(), roads in 0usize..15, compounds in 1usize..30
    ) {
        let town = town(&t, seed, roads, compounds);
        let other = shuffled(&town, seed ^ 5).units();
        let units = town.units();
        prop_assert_eq!(units.compounds, other.compounds);
        for (a, b) in units.units.iter().zip(&other.units) {
            prop_assert_eq!(&a.id, &b.id);
            prop_assert_eq!(a.geometry.to_geometry(), b.geometry.to_geometry());
        }
    }

    #[test]
    fn an_outline_inside_one_community_is_never_cut(
        t in tessellations(4), seed in any::<u64>(), roads in 0usize..25, compounds in 1usize..30
    ) {
        let town = town(&t, seed, roads, compounds);
        let made = town.units();
        let frame = crate::common::frame();
        let outlines: Vec<&MultiPolygon> = town.0.compounds.iter().filter_map(|c| match &c.place {
            Place::Area(area) => Some(area),
            Place::Point(_) => None,
        }).collect();
        let faces: Vec<&MultiPolygon> = town.0.communities.iter().map(|c| &c.geometry).collect();
        for (i, outline) in outlines.iter().enumerate() {
            let others = outlines.iter().enumerate().filter(|(j, _)| *j != i);
            let is_free = others.into_iter().all(|(_, o)| overlap_areas(&frame, &[outline], &[o]).is_empty());
            let inside: f64 = overlap_areas(&frame, &[outline], &faces).iter().map(|o| o.2).fold(0.0, f64::max);
            if is_free && inside > wangge::geometry::measure::area_m2(outline) - 1e-3 {
                prop_assert_eq!(town.units_under(&made, outline), 1);
            }
        }
    }
}

#[test]
fn crowded_blocks_of_points_and_outlines() {
    for seed in 0..40 {
        let mut dice = Dice::new(seed);
        let mut town = Town::rectangle(300.0, 200.0);
        for c in 0..40 {
            // Places on a grid of half a metre in a few clumps: many coincide or nearly do.
            let clump = f64::from(c % 4) * 60.0 + 30.0;
            let mut step = || (dice.roll() * 40.0).round() / 2.0;
            let (x, y) = (clump + step(), clump / 2.0 + step());
            town = match c % 5 {
                0 => town.outline(
                    &format!("{c:02}"),
                    1,
                    polygon(&[(x, y), (x + 6.0, y + 0.5), (x + 5.0, y + 4.0)]),
                ),
                _ => town.point(&format!("{c:02}"), 1, x, y),
            };
        }
        let made = town.road(&[(0.0, 60.0), (300.0, 130.0)]).units();
        assert_eq!(made.units.iter().filter_map(|unit| unit.households).sum::<u32>(), 40);
    }
}

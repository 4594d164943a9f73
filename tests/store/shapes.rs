//! Shapes: kept with their documents, found by layer and day.

use crate::place::Place;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use wangge::domain::{Geometry, LonLat, MultiPolygon, Polygon, Ring, ValidityPeriod};
use wangge::store::{Expect, Shape, Store, StoreError, Write};

fn at(lon: f64, lat: f64) -> LonLat {
    LonLat::new(lon, lat).unwrap()
}

pub fn square(lon: f64, lat: f64) -> Polygon {
    let corners = [(0.0, 0.0), (0.01, 0.0), (0.01, 0.01), (0.0, 0.01)];
    let ring = Ring::new(corners.map(|(x, y)| at(lon + x, lat + y)).to_vec()).unwrap();
    Polygon::new(ring, Vec::new())
}

pub fn shape(layer: &str, id: &str, from: Option<Date>, to: Option<Date>) -> Shape {
    Shape {
        layer: layer.to_owned(),
        id: id.to_owned(),
        properties: json!({"name": format!("第{id}网格"), "households": 1811}),
        geometry: Geometry::Polygon(square(120.38, 36.11)),
        validity: ValidityPeriod { from, to },
    }
}

fn ids(store: &dyn Store, layer: &str, on: Option<Date>) -> Vec<(String, String)> {
    let found = store.shapes(layer, on).unwrap().into_iter();
    found.map(|placed| (placed.id, placed.shape.id)).collect()
}

pub fn shapes_belong_to_their_document(place: &Place) {
    let store = place.open();
    let both = vec![shape("grids", "1", None, None), shape("branches", "2", None, None)];
    let put = |expect, n| Write::put("plan", "a", expect, json!(n));
    store.commit("li", &[put(Expect::Absent, 1).with_shapes(both.clone())]).unwrap();
    let kept = store.shapes_of("plan", "a").unwrap();
    assert!(kept.iter().all(|placed| placed.kind == "plan" && placed.id == "a"));
    assert_eq!(kept.into_iter().map(|placed| placed.shape).collect::<Vec<_>>(), both);
    // A write without shapes leaves them; one with shapes replaces all.
    store.commit("li", &[put(Expect::Version(1), 2)]).unwrap();
    assert_eq!(store.shapes_of("plan", "a").unwrap().len(), 2);
    let other = vec![shape("grids", "3", None, None)];
    store.commit("li", &[put(Expect::Version(2), 3).with_shapes(other)]).unwrap();
    assert_eq!(ids(&*store, "grids", None), [("a".to_owned(), "3".to_owned())]);
    assert_eq!(ids(&*store, "branches", None), []);
    let stale = put(Expect::Version(1), 4).with_shapes(vec![]);
    store.commit("li", &[stale]).unwrap_err();
    assert_eq!(store.check().unwrap().shapes, 1, "what was refused changed no shape");
    let nonsense = Write::delete("plan", "a", Expect::Any).with_shapes(both);
    assert!(matches!(store.commit("li", &[nonsense]), Err(StoreError::Invalid(_))));
    store.commit("li", &[Write::delete("plan", "a", Expect::Any)]).unwrap();
    assert_eq!(ids(&*store, "grids", None), []);
    assert_eq!(store.check().unwrap().shapes, 0);
}

pub fn shapes_are_found_by_layer_and_day(place: &Place) {
    let store = place.open();
    let turn = date(2026, 1, 1);
    let first = vec![shape("grids", "old", None, Some(turn)), shape("grids", "ever", None, None)];
    let second = vec![
        shape("grids", "new", Some(turn), None),
        shape("grids", "once", Some(date(2026, 3, 1)), Some(date(2026, 3, 2))),
        shape("grids", "never", Some(turn), Some(turn)),
    ];
    let put = |id: &str| Write::put("adoption", id, Expect::Absent, json!({}));
    store.commit("li", &[put("2").with_shapes(second), put("1").with_shapes(first)]).unwrap();
    let on = |day| -> Vec<String> {
        ids(&*store, "grids", day).into_iter().map(|(_, feature)| feature).collect()
    };
    assert_eq!(on(None), ["old", "ever", "new", "once", "never"]);
    assert_eq!(on(Some(date(1, 1, 1))), ["old", "ever"]);
    assert_eq!(on(Some(date(2025, 12, 31))), ["old", "ever"]);
    assert_eq!(on(Some(turn)), ["ever", "new"]);
    assert_eq!(on(Some(date(2026, 3, 1))), ["ever", "new", "once"]);
    assert_eq!(on(Some(date(2026, 3, 2))), ["ever", "new"]);
    assert_eq!(on(Some(date(9999, 12, 31))), ["ever", "new"]);
    let before_christ = shape("grids", "x", Some(date(-44, 3, 15)), None);
    let refused = store.commit("li", &[put("3").with_shapes(vec![before_christ])]);
    assert!(matches!(refused, Err(StoreError::Invalid(_))));
}

/// Places all over the world, also where few digits stand before the point.
fn places(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<LonLat>> {
    let place = prop_oneof![
        3 => (-180.0..180.0, -90.0..90.0),
        2 => (120.36..120.41, 36.10..36.13),
        1 => (-1e-6..1e-6, -1e-6..1e-6),
    ];
    proptest::collection::vec(place.prop_map(|(lon, lat)| at(lon, lat)), count)
}

fn polygons() -> impl Strategy<Value = Polygon> {
    let ring = || places(3..9).prop_filter_map("three corners", |line| Ring::new(line).ok());
    (ring(), proptest::collection::vec(ring(), 0..3)).prop_map(|(e, holes)| Polygon::new(e, holes))
}

fn geometries() -> impl Strategy<Value = Geometry> {
    prop_oneof![
        places(1..2).prop_map(|line| Geometry::Point(line[0])),
        places(1..5).prop_map(Geometry::MultiPoint),
        places(2..9).prop_map(Geometry::LineString),
        proptest::collection::vec(places(2..5), 1..4).prop_map(Geometry::MultiLineString),
        polygons().prop_map(Geometry::Polygon),
        proptest::collection::vec(polygons(), 1..4)
            .prop_map(|parts| Geometry::MultiPolygon(MultiPolygon::new(parts).unwrap())),
    ]
}

pub fn every_geometry_comes_back_to_the_last_digit(place: &Place) {
    let store = place.open();
    let mut runner =
        TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(48) });
    let lists = proptest::collection::vec(geometries(), 1..8);
    let result = runner.run(&lists, |geometries| {
        let shapes: Vec<Shape> = geometries
            .into_iter()
            .map(|geometry| Shape { geometry, ..shape("grids", "1", None, None) })
            .collect();
        let write = Write::put("plan", "a", Expect::Any, json!(0)).with_shapes(shapes.clone());
        store.commit("li", &[write]).unwrap();
        let kept = store.shapes_of("plan", "a").unwrap();
        prop_assert_eq!(kept.into_iter().map(|p| p.shape).collect::<Vec<_>>(), shapes);
        Ok(())
    });
    result.unwrap();
}

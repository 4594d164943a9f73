//! Reference systems: declared, declared wrongly, not declared.

use crate::support::{Folder, collection, only, two_grids};
use serde_json::{Value, json};
use wangge::dataset::crs::Crs;
use wangge::domain::LonLat;

/// The two numbers of a position in the order of a file.
type Order = fn((f64, f64)) -> [f64; 2];

/// The two grids in another system, with the numbers in the order that `order` gives them.
fn grids_in(crs: &str, order: Order) -> Vec<Value> {
    let crs = Crs::parse(crs).expect("a system of the test");
    let mut grids = two_grids();
    for grid in &mut grids {
        for position in grid["geometry"]["coordinates"][0].as_array_mut().expect("a ring") {
            let number = |i: usize| position[i].as_f64().expect("a number");
            let place = LonLat::new(number(0), number(1)).expect("a place");
            *position = json!(order(crs.from_degrees(place)));
        }
    }
    grids
}

fn as_is((a, b): (f64, f64)) -> [f64; 2] {
    [a, b]
}

fn swapped((a, b): (f64, f64)) -> [f64; 2] {
    [b, a]
}

/// Asserts that a folder holds the two grids where they should be.
fn assert_in_place(folder: &Folder) {
    let (there, here) = (folder.dataset(), Folder::of_grids().dataset());
    assert_eq!(there.grids.len(), 2);
    for (a, b) in there.grids.iter().zip(&here.grids) {
        for (a, b) in a.geometry.corners().zip(b.geometry.corners()) {
            let off = (a.lon() - b.lon()).abs().max((a.lat() - b.lat()).abs());
            assert!(off < 1e-8, "{a:?} {b:?}");
        }
    }
}

fn manifest(crs: &str) -> String {
    format!("[layers.grids]\ncrs = \"{crs}\"\n")
}

#[test]
fn declared_in_the_manifest() {
    let orders: [Order; 2] = [as_is, swapped];
    for crs in ["WGS84", "EPSG:4490", "gcj02", "BD-09", "EPSG:4549", "EPSG:4528"] {
        // Only projected metres tell by their size which axis they belong to.
        let orders = if crs.starts_with("EPSG:45") { &orders[..] } else { &orders[..1] };
        for order in orders {
            let text = collection(&grids_in(crs, *order));
            let folder = Folder::of("grids.geojson", text).with("wangge.toml", manifest(crs));
            assert_in_place(&folder);
        }
    }
}

#[test]
fn the_order_of_axes_is_said() {
    for (order, words) in [(as_is as Order, "easting, northing"), (swapped, "northing, easting")] {
        let text = collection(&grids_in("EPSG:4549", order));
        let folder = Folder::of("grids.geojson", text).with("wangge.toml", manifest("EPSG:4549"));
        let dataset = folder.dataset();
        let finding = only(&dataset, "crs.axis_order");
        assert!(finding.message.contains(words), "{}", finding.message);
    }
}

#[test]
fn declared_in_the_file() {
    let text = |name: &str| {
        json!({
            "type": "FeatureCollection",
            "crs": {"type": "name", "properties": {"name": name}},
            "features": grids_in("EPSG:4549", as_is),
        })
        .to_string()
    };
    assert_in_place(&Folder::of("grids.geojson", text("urn:ogc:def:crs:EPSG::4549")));
    // The manifest stands above the file.
    let folder = Folder::of("grids.geojson", text("urn:ogc:def:crs:EPSG::4551"));
    assert_in_place(&folder.with("wangge.toml", manifest("EPSG:4549")));

    let message = Folder::of("grids.geojson", text("urn:ogc:def:crs:EPSG::3857")).refusal();
    for part in ["grids.geojson", "EPSG::3857", "EPSG:4490", "ogr2ogr"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    let odd = text("x").replace("\"properties\":{\"name\":\"x\"}", "\"properties\":7");
    assert!(Folder::of("grids.geojson", odd).refusal().contains("names no reference system"));
}

#[test]
fn metres_declared_as_degrees() {
    for (crs, suggestion) in
        [("EPSG:4549", "crs = \"EPSG:4549\""), ("EPSG:4528", "crs = \"EPSG:4528\"")]
    {
        for order in [as_is, swapped] {
            let message = Folder::of("grids.geojson", collection(&grids_in(crs, order))).refusal();
            for part in ["grids.geojson", "metres", suggestion] {
                assert!(message.contains(part), "{part}: {message}");
            }
        }
    }
}

#[test]
fn latitude_before_longitude() {
    let message = Folder::of("grids.geojson", collection(&grids_in("WGS84", swapped))).refusal();
    assert!(message.contains("latitude, longitude"), "{message}");
}

#[test]
fn a_zone_that_does_not_fit_the_numbers() {
    let text = collection(&grids_in("EPSG:4549", as_is));
    let folder = Folder::of("grids.geojson", text).with("wangge.toml", manifest("EPSG:4528"));
    let message = folder.refusal();
    assert!(message.contains("EPSG:4528") && message.contains("EPSG:4549"), "{message}");
    let folder = Folder::of_grids().with("wangge.toml", manifest("EPSG:4549"));
    assert!(folder.refusal().contains("no position can be one"));
}

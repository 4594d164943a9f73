//! Single bad geometries: the feature is left out with a finding, the rest is used.

use crate::support::{
    Folder, assert_first_grid_left_out, collection, first_grid, only, square, two_grids,
};
use serde_json::{Value, json};
use wangge::domain::Severity;

fn with_geometry(geometry: Value) -> Folder {
    first_grid(|grid| grid["geometry"] = geometry)
}

fn with_corner(position: Value) -> Folder {
    first_grid(|grid| grid["geometry"]["coordinates"][0][1] = position)
}

#[test]
fn positions_out_of_range() {
    for position in
        [json!([120.0, 91.0]), json!([181.0, 36.0]), json!([1e300, 36.0]), json!([120.0, -1e18])]
    {
        assert_first_grid_left_out(&with_corner(position), "geometry.out_of_range", "geometry");
    }
}

#[test]
fn a_number_beyond_the_range_of_doubles() {
    let text = collection(&two_grids()).replacen("120.37", "1e999", 1);
    let folder = Folder::of("grids.geojson", text);
    assert_first_grid_left_out(&folder, "geometry.out_of_range", "geometry");
}

#[test]
fn positions_that_are_none() {
    for position in
        [json!([120.0]), json!([]), json!([120.0, null]), json!(["120", "36"]), json!(5), json!({})]
    {
        assert_first_grid_left_out(&with_corner(position), "geometry.invalid", "geometry");
    }
}

#[test]
fn rings_with_too_few_corners() {
    let (a, b) = (json!([120.38, 36.11]), json!([120.39, 36.12]));
    for coordinates in [
        json!([]),
        json!([[]]),
        json!([[a, b]]),
        json!([[a, b, a]]),
        json!([[a, b, a, b, a]]),
        json!([[a, a, a, a]]),
        // A good outline with an empty hole.
        json!([square(120.37, 36.11)[0], []]),
    ] {
        let folder = with_geometry(json!({"type": "Polygon", "coordinates": coordinates}));
        assert_first_grid_left_out(&folder, "geometry.invalid", "geometry");
    }
    for coordinates in
        [json!([]), json!([[]]), json!([[[]]]), json!([square(120.37, 36.11), [[a, b]]])]
    {
        let folder = with_geometry(json!({"type": "MultiPolygon", "coordinates": coordinates}));
        assert_first_grid_left_out(&folder, "geometry.invalid", "geometry");
    }
}

#[test]
fn geometry_that_is_not_there_or_of_another_type() {
    assert_first_grid_left_out(&with_geometry(Value::Null), "geometry.missing", "geometry");
    let absent = first_grid(|grid| {
        grid.as_object_mut().map(|grid| grid.remove("geometry"));
    });
    assert_first_grid_left_out(&absent, "geometry.missing", "geometry");
    for geometry in [
        json!({"type": "Point", "coordinates": [120.38, 36.11]}),
        json!({"type": "LineString", "coordinates": [[120.38, 36.11], [120.39, 36.11]]}),
        json!({"type": "MultiPoint", "coordinates": [[120.38, 36.11]]}),
        json!({"type": "GeometryCollection", "geometries": []}),
        json!({"type": "Circle", "coordinates": [1]}),
    ] {
        assert_first_grid_left_out(&with_geometry(geometry), "geometry.wrong_type", "geometry");
    }
    for geometry in [
        json!(7),
        json!([]),
        json!({}),
        json!({"type": "Polygon"}),
        json!({"type": "Polygon", "coordinates": null}),
        json!({"type": "Polygon", "coordinates": "x"}),
        json!({"type": "Polygon", "coordinates": [120.38, 36.11]}),
        json!({"type": "MultiPolygon", "coordinates": square(120.37, 36.11)}),
        json!({"type": "Polygon", "coordinates": [square(120.37, 36.11)]}),
    ] {
        assert_first_grid_left_out(&with_geometry(geometry), "geometry.invalid", "geometry");
    }
}

#[test]
fn a_ring_that_is_not_closed_is_closed_and_said() {
    let folder = first_grid(|grid| {
        grid["geometry"]["coordinates"][0].as_array_mut().map(Vec::pop);
    });
    let dataset = folder.dataset();
    assert_eq!(dataset.grids.len(), 2);
    assert_eq!(dataset.grids[0].geometry, Folder::of_grids().dataset().grids[0].geometry);
    assert_eq!(only(&dataset, "geometry.unclosed").severity, Severity::Warning);
}

#[test]
fn heights_are_passed_over() {
    let corner = square(120.37, 36.11)[0][1].clone();
    let folder = with_corner(json!([corner[0], corner[1], 12.5, 3]));
    assert_eq!(folder.dataset().grids[0].geometry, Folder::of_grids().dataset().grids[0].geometry);
}

#[test]
fn lines_and_places_pass_the_gate_too() {
    let feature = |geometry: Value| json!({"type": "Feature", "properties": {"id": "x", "name": "x"}, "geometry": geometry});
    let line =
        |coordinates: Value| feature(json!({"type": "LineString", "coordinates": coordinates}));
    let roads = [
        line(json!([])),
        line(json!([[120.37, 36.11]])),
        line(json!([[120.37, 36.11], [120.37, 36.11]])),
        line(json!([[120.37, 36.11], [120.37, 96.11]])),
        feature(json!({"type": "MultiLineString", "coordinates": []})),
        feature(json!({"type": "Point", "coordinates": [120.37, 36.11]})),
        line(json!([[120.37, 36.11], [120.38, 36.11]])),
    ];
    let landmarks = [
        feature(json!({"type": "Point", "coordinates": [120.37]})),
        feature(json!({"type": "Polygon", "coordinates": square(120.37, 36.11)})),
    ];
    let folder = Folder::of_grids().with("roads.geojson", collection(&roads));
    let dataset = folder.with("landmarks.geojson", collection(&landmarks)).dataset();
    assert_eq!(dataset.roads.len(), 1);
    assert_eq!(dataset.landmarks.len(), 1);
    assert!((dataset.landmarks[0].place.lon() - 120.375).abs() < 1e-9);
    let rules: Vec<_> = dataset.findings.iter().map(|f| f.rule.as_str()).collect();
    assert_eq!(
        rules,
        [
            "geometry.invalid",
            "geometry.invalid",
            "geometry.invalid",
            "geometry.out_of_range",
            "geometry.invalid",
            "geometry.wrong_type",
            "geometry.invalid",
        ]
    );
}

//! The counties of npm `us-atlas` (TopoJSON, `counties-10m.json`), or any GeoJSON of polygons.

use serde_json::Value;
use wangge::domain::{LonLat, MultiPolygon, Polygon, Ring};

/// The areas of the file that `WANGGE_COUNTIES` names; `None` says that it names none.
pub fn read() -> Option<Vec<MultiPolygon>> {
    let Some(file) = std::env::var_os("WANGGE_COUNTIES") else {
        println!("skipped: the counties, no WANGGE_COUNTIES (counties-10m.json of npm us-atlas)");
        return None;
    };
    let text = std::fs::read_to_string(&file).expect("WANGGE_COUNTIES can be read");
    let json: Value = serde_json::from_str(&text).expect("WANGGE_COUNTIES is JSON");
    let shapes = match json["type"].as_str() {
        Some("Topology") => of_topology(&json),
        _ => of_features(&json),
    };
    Some(shapes.into_iter().filter_map(|parts| area(&parts)).collect())
}

/// Parts of rings of `[lon, lat]`.
type Parts = Vec<Vec<Vec<[f64; 2]>>>;

fn area(parts: &Parts) -> Option<MultiPolygon> {
    let ring = |corners: &Vec<[f64; 2]>| {
        Ring::new(corners.iter().map(|[x, y]| LonLat::new(*x, *y).expect("degrees")).collect()).ok()
    };
    let polygon = |rings: &Vec<Vec<[f64; 2]>>| {
        let mut rings = rings.iter().filter_map(ring);
        Some(Polygon::new(rings.next()?, rings.collect()))
    };
    MultiPolygon::new(parts.iter().filter_map(polygon).collect()).ok()
}

fn of_features(json: &Value) -> Vec<Parts> {
    let features = json["features"].as_array().expect("features");
    let of = |feature: &Value| {
        let geometry = &feature["geometry"];
        let corners = geometry["coordinates"].clone();
        let parts =
            if geometry["type"] == "Polygon" { Value::from(vec![corners]) } else { corners };
        serde_json::from_value(parts).expect("polygons of [lon, lat]")
    };
    features.iter().map(of).collect()
}

fn of_topology(json: &Value) -> Vec<Parts> {
    let arcs: Vec<Vec<[f64; 2]>> =
        serde_json::from_value(json["arcs"].clone()).expect("quantised arcs");
    let pair = |name: &str| -> [f64; 2] {
        serde_json::from_value(json["transform"][name].clone()).expect("a transform")
    };
    let (scale, shift) = (pair("scale"), pair("translate"));
    let unpack = |arc: &Vec<[f64; 2]>| {
        let mut at = [0.0; 2];
        let step = |[dx, dy]: &[f64; 2]| {
            at = [at[0] + dx, at[1] + dy];
            [at[0] * scale[0] + shift[0], at[1] * scale[1] + shift[1]]
        };
        arc.iter().map(step).collect::<Vec<_>>()
    };
    let arcs: Vec<_> = arcs.iter().map(unpack).collect();
    let ring = |numbers: &Vec<i64>| {
        let mut corners = Vec::new();
        for number in numbers {
            let backwards = *number < 0;
            let mut arc = arcs[if backwards { !number } else { *number } as usize].clone();
            if backwards {
                arc.reverse();
            }
            // An arc begins where the one before it ends.
            corners.pop();
            corners.extend(arc);
        }
        corners
    };
    let counties = json["objects"]["counties"]["geometries"].as_array().expect("counties");
    let of = |county: &Value| -> Parts {
        let numbers = county["arcs"].clone();
        let parts = if county["type"] == "Polygon" { Value::from(vec![numbers]) } else { numbers };
        let parts: Vec<Vec<Vec<i64>>> = serde_json::from_value(parts).expect("rings of arcs");
        parts.iter().map(|rings| rings.iter().map(ring).collect()).collect()
    };
    counties.iter().map(of).collect()
}

//! What an edit would do: asked of a running server, and asked badly.

use crate::client::Server;
use crate::program::Folder;
use serde_json::{Value, json};

const PATH: &str = "/api/check/preview";

/// A grid from longitude 120.000 + west to east (in thousandths of a degree), 0.002° high.
fn grid(code: &str, west: f64, east: f64) -> Value {
    let at = |x: f64, y: f64| [(120_000.0 + x) / 1000.0, (36_000.0 + y) / 1000.0];
    let ring = [at(west, 0.0), at(east, 0.0), at(east, 2.0), at(west, 2.0), at(west, 0.0)];
    json!({ "code": code, "geometry": { "type": "Polygon", "coordinates": [ring] } })
}

fn edit(features: Vec<Value>) -> Value {
    json!({ "layer": "grids", "features": features })
}

fn rules(findings: &Value) -> Vec<&str> {
    findings
        .as_array()
        .expect("a list")
        .iter()
        .map(|f| f["rule"].as_str().expect("a rule"))
        .collect()
}

/// Whether nothing is left of severity error.
fn warnings_only(findings: &Value) -> bool {
    findings.as_array().expect("a list").iter().all(|finding| finding["severity"] != "error")
}

#[test]
fn an_edit_mends_and_breaks_and_nothing_is_kept() {
    let server = Server::start(Folder::overlapping());
    let report = server.get("/api/check").json();
    // The border back to where the neighbour's is.
    let mended = server.post(PATH, &edit(vec![grid("G1", 0.0, 2.0)])).json();
    assert!(rules(&mended["resolved"]).contains(&"coverage.overlap"));
    assert!(warnings_only(&mended["findings"]), "{mended}");
    assert!(mended["elapsed_ms"].as_f64().unwrap() >= 0.0);
    // Too far back: a gap instead, 44 m wide, and two compounds near it lose their grid.
    let gap = server.post(PATH, &edit(vec![grid("G1", 0.0, 1.4)])).json();
    assert!(rules(&gap["resolved"]).contains(&"coverage.overlap"));
    assert_eq!(rules(&gap["findings"])[0], "coverage.gap");
    let width = gap["findings"][0]["measure"]["width_m"].as_f64().unwrap();
    assert!((width - 54.1).abs() < 0.5, "{width}");
    // Both together.
    let both = vec![grid("G1", 0.0, 1.4), grid("G2", 1.4, 4.0)];
    let moved = server.post(PATH, &edit(both)).json();
    assert!(rules(&moved["resolved"]).contains(&"coverage.overlap"));
    assert!(warnings_only(&moved["findings"]), "{moved}");
    // As it is, and nothing at all: nothing changes.
    for features in [vec![], vec![grid("G1", 0.0, 2.5)]] {
        let same = server.post(PATH, &edit(features)).json();
        assert_eq!((&same["resolved"], &same["findings"]), (&json!([]), &json!([])));
    }
    assert_eq!(server.get("/api/check").json(), report);
}

#[test]
fn the_document_describes_it() {
    let server = Server::start(Folder::clean());
    let document = server.get("/openapi.json").json();
    let post = &document["paths"][PATH]["post"];
    assert!(post["requestBody"]["content"]["application/json"]["schema"].is_object());
    assert!(post["responses"]["200"].is_object() && post["responses"]["422"].is_object());
}

#[test]
fn hostile_bodies_get_problems_that_name_the_feature_and_the_field() {
    let server = Server::start(Folder::clean());
    let shaped = |geometry: Value| edit(vec![json!({ "code": "G1", "geometry": geometry })]);
    let ring = |corners: Value| shaped(json!({ "type": "Polygon", "coordinates": [corners] }));
    for (body, status, field) in [
        (json!({ "layer": "units", "features": [] }), 422, "layer"),
        (edit(vec![grid("G9", 0.0, 2.0)]), 422, "code"),
        (edit(vec![grid("G1", 0.0, 2.0), grid("G1", 0.0, 1.0)]), 422, "code"),
        (shaped(json!(null)), 400, "geometry"),
        (shaped(json!({ "type": "Point", "coordinates": [120, 36] })), 400, "geometry"),
        (shaped(json!({ "type": "Polygon" })), 400, "geometry"),
        (shaped(json!({ "type": "Polygon", "coordinates": [] })), 400, "geometry"),
        (ring(json!([[120, 36], [121, 36]])), 400, "geometry"),
        (ring(json!([[120, 36], [121, 36], [120, 96]])), 400, "geometry"),
        (ring(json!([["120", "36"], [121, 36], [120, 37]])), 400, "geometry"),
        (ring(json!([[120], [121, 36], [120, 37]])), 400, "geometry"),
        (json!({ "layer": "grids" }), 400, "features"),
        (json!({ "layer": "grids", "features": [], "store": true }), 400, "store"),
    ] {
        let problem = server.post(PATH, &body).problem(status);
        assert_eq!(problem["field"], field, "{problem}");
        if matches!(field, "geometry" | "code") {
            assert!(problem["feature"].is_string(), "{problem}");
        }
    }
    let json_type = [("content-type", "application/json")];
    for body in ["", "{", "[]", "null", &"[".repeat(100_000)] {
        server.send("POST", PATH, &json_type, Some(body)).problem(400);
    }
    server.send("POST", PATH, &[("content-type", "text/plain")], Some("{}")).problem(415);
    server.send("GET", PATH, &[], None).problem(405);
    // It is still there.
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn a_tangle_is_refused_and_a_long_border_is_not() {
    let server = Server::start(Folder::clean());
    let place = |i: usize, of: usize| {
        let turn = std::f64::consts::TAU * i as f64 / of as f64;
        [120.001 + 0.0009 * turn.cos(), 36.001 + 0.0009 * turn.sin()]
    };
    let shape = |corners: Vec<[f64; 2]>| {
        let geometry = json!({ "type": "Polygon", "coordinates": [corners] });
        edit(vec![json!({ "code": "G1", "geometry": geometry })])
    };
    let n = 20_000;
    let tangled = (0..n).map(|i| place(i * 7919 % n, n)).collect();
    let problem = server.post(PATH, &shape(tangled)).problem(422);
    assert_eq!((&problem["field"], &problem["feature"]), (&"geometry".into(), &"G1".into()));
    let round = server.post(PATH, &shape((0..n).map(|i| place(i, n)).collect())).json();
    assert!(rules(&round["findings"]).contains(&"coverage.gap"));
    // A star of 31 corners, every edge across: hundreds of crossings, and an answer. Ten times as
    // many corners are a tangle.
    let star = (0..31).map(|i| place(i * 15 % 31, 31)).collect();
    let star = server.post(PATH, &shape(star)).json();
    assert!(rules(&star["findings"]).contains(&"geometry.invalid"));
    let tangled = (0..301).map(|i| place(i * 150 % 301, 301)).collect();
    server.post(PATH, &shape(tangled)).problem(422);
}

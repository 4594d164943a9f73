//! Plans: made, read, changed, compared, deleted.

use crate::client::Server;
use crate::program::Folder;
use serde_json::{Value, json};

const JSON: (&str, &str) = ("content-type", "application/json");

fn patch(server: &Server, path: &str, tag: Option<&str>, body: &Value) -> crate::client::Answer {
    let mut headers = vec![JSON];
    headers.extend(tag.map(|tag| ("if-match", tag)));
    server.send("PATCH", path, &headers, Some(&body.to_string()))
}

fn move_u02_to_g1() -> Value {
    json!({ "edits": [{ "op": "assign", "units": ["U02"], "grid": "G1" }] })
}

#[test]
fn the_present_plan_is_there_and_cannot_be_changed() {
    let server = Server::start(Folder::unbalanced());
    let plans = server.get("/api/plans").json();
    assert_eq!(plans["plans"][0]["id"], "present");
    let present = server.get("/api/plans/present");
    let tag = present.etag();
    let present = present.json();
    assert_eq!(present["assignment"]["U00"], "G1");
    assert_eq!(present["assignment"]["U13"], "G2");
    let score = &present["score"];
    assert_eq!(score["max_deviation"], 0.5);
    assert_eq!((&score["cut_edges"], &score["households_moved"]), (&2.into(), &0.into()));
    assert_eq!(score["contiguous"], true);
    let grid = &score["grids"][0];
    assert_eq!(
        (&grid["code"], &grid["households"], &grid["units"]),
        (&"G1".into(), &600.into(), &4.into())
    );
    // 180 m by 222 m: the shape of the grid, from the coverage.
    assert!((grid["area_m2"].as_f64().unwrap() / 40_000.0 - 1.0).abs() < 0.02, "{grid}");
    assert!((0.7..0.8).contains(&grid["polsby_popper"].as_f64().unwrap()), "{grid}");
    patch(&server, "/api/plans/present", Some(&tag), &move_u02_to_g1()).problem(409);
    server.send("DELETE", "/api/plans/present", &[("if-match", &tag)], None).problem(409);
}

#[test]
fn a_plan_is_made_changed_compared_and_deleted() {
    let server = Server::start(Folder::clean());
    let (path, tag) = server.new_plan();
    let changed = patch(&server, &path, Some(&tag), &move_u02_to_g1());
    assert_eq!(changed.status, 200);
    assert_ne!(changed.etag(), tag);
    let plan = changed.json();
    assert_eq!((&plan["version"], &plan["assignment"]["U02"]), (&2.into(), &"G1".into()));
    assert_eq!((&plan["origin"], &plan["name"]), (&"manual".into(), &"试".into()));
    assert_eq!(plan["score"]["households_moved"], 100);
    assert_eq!(plan["score"]["grids"][0]["households"], 500);
    assert_eq!(plan["score"]["max_deviation"], 0.25);
    let score = server.get(&format!("{path}/score")).json();
    assert_eq!(score, plan["score"]);

    let difference = server.get(&format!("{path}/diff?against=present")).json();
    assert_eq!(
        difference,
        json!({ "units": [{ "unit": "U02", "from": "G2", "to": "G1", "households": 100 }],
            "households_moved": 100, "compounds": ["K02"] })
    );
    // A bare list of edits, and a plan made from another.
    let back = json!([{ "op": "assign", "units": ["U02"], "grid": "G2" }]);
    let copy = server.post("/api/plans", &json!({ "name": "copy", "from": plan["id"] }));
    assert_eq!(copy.json()["assignment"], plan["assignment"]);
    let copy_path = copy.header("location").to_owned();
    let changed = patch(&server, &copy_path, Some(&copy.etag()), &back);
    assert_eq!(changed.json()["score"]["households_moved"], 0);
    assert_eq!(server.get(&path).json()["assignment"]["U02"], "G1", "the other is as it was");

    assert_eq!(server.get("/api/plans").json()["plans"].as_array().unwrap().len(), 3);
    let gone = server.send("DELETE", &copy_path, &[("if-match", &changed.etag())], None);
    assert_eq!(gone.status, 204);
    server.get(&copy_path).problem(404);
}

#[test]
fn two_editors_cannot_overwrite_each_other() {
    let server = Server::start(Folder::clean());
    let (path, tag) = server.new_plan();
    patch(&server, &path, None, &move_u02_to_g1()).problem(428);
    assert_eq!(patch(&server, &path, Some(&tag), &move_u02_to_g1()).status, 200);
    patch(&server, &path, Some(&tag), &move_u02_to_g1()).problem(412);
    server.send("DELETE", &path, &[], None).problem(428);
    server.send("DELETE", &path, &[("if-match", &tag)], None).problem(412);
    assert_eq!(server.get(&path).json()["version"], 2);
}

#[test]
fn a_broken_piece_is_told_by_the_score_not_refused() {
    let server = Server::start(Folder::clean());
    let (path, tag) = server.new_plan();
    let edits = json!([{ "op": "assign", "units": ["U03"], "grid": "G1" }]);
    let plan = patch(&server, &path, Some(&tag), &edits).json();
    assert_eq!(plan["score"]["contiguous"], false);
    assert_eq!(plan["score"]["grids"][0]["contiguous"], false);
    assert_eq!(plan["score"]["grids"][1]["contiguous"], true);
}

#[test]
fn an_edit_that_cannot_be_done_changes_nothing_and_names_its_field() {
    let server = Server::start(Folder::clean());
    let (path, tag) = server.new_plan();
    for (edit, field, feature) in [
        (json!({ "op": "assign", "units": ["U99"], "grid": "G1" }), "edits[1].units[0]", "U99"),
        (json!({ "op": "assign", "units": ["U03"], "grid": "G9" }), "edits[1].grid", "G9"),
    ] {
        let good = json!({ "op": "assign", "units": ["U02"], "grid": "G1" });
        let answer = patch(&server, &path, Some(&tag), &json!([good, edit]));
        let problem = answer.problem(422);
        assert_eq!((&problem["field"], &problem["feature"]), (&field.into(), &feature.into()));
    }
    let empty = json!([{ "op": "assign", "units": [], "grid": "G1" }]);
    assert_eq!(patch(&server, &path, Some(&tag), &empty).problem(422)["field"], "edits[0].units");
    let unknown = json!([{ "op": "explode", "units": ["U02"], "grid": "G1" }]);
    patch(&server, &path, Some(&tag), &unknown).problem(400);
    let plan = server.get(&path);
    assert_eq!((plan.etag(), &plan.json()["assignment"]["U02"]), (tag, &"G2".into()));
}

#[test]
fn a_plan_that_cannot_be_made_says_why() {
    let server = Server::start(Folder::clean());
    let refused = |body: Value, status: u16, field: &str| {
        let problem = server.post("/api/plans", &body).problem(status);
        assert_eq!(problem["field"], field, "{body}: {problem}");
    };
    refused(json!({}), 400, "name");
    refused(json!({ "name": "x", "colour": "red" }), 400, "colour");
    refused(json!({ "name": " " }), 422, "name");
    refused(json!({ "name": "x".repeat(201) }), 422, "name");
    refused(json!({ "name": "x", "from": "no-such-plan" }), 404, "from");
    refused(json!({ "name": "x", "from": "present", "assignment": {} }), 422, "from");
    refused(json!({ "name": "x", "assignment": { "U00": "G9" } }), 422, "assignment.U00");
    refused(json!({ "name": "x", "assignment": { "U99": "G1" } }), 422, "assignment.U99");
    let text = server.send("POST", "/api/plans", &[("content-type", "text/plain")], Some("{}"));
    assert_eq!(text.problem(415)["field"], "Content-Type");
    server.send("POST", "/api/plans", &[JSON], Some("{")).problem(400);
}

#[test]
fn an_exported_plan_has_the_vertices_of_its_units() {
    let server = Server::start(Folder::clean());
    let (path, tag) = server.new_plan();
    patch(&server, &path, Some(&tag), &move_u02_to_g1());
    let exported = server.get(&format!("{path}/export?format=geojson"));
    assert_eq!(exported.header("content-type"), "application/geo+json");
    assert!(exported.header("content-disposition").starts_with("attachment"));
    let exported = exported.json();
    let grids = exported["features"].as_array().unwrap();
    assert_eq!(grids.len(), 2);
    let properties = &grids[0]["properties"];
    assert_eq!((&properties["code"], &properties["name"]), (&"G1".into(), &"第G1网格".into()));
    assert_eq!((&properties["households"], &properties["deviation"]), (&500.into(), &0.25.into()));
    assert_eq!(properties["community_code"], "C1");
    // An L of six corners (and the corners of units along its sides), each on the lattice.
    let ring = grids[0]["geometry"]["coordinates"][0].as_array().unwrap();
    for corner in ring {
        let column = (corner[0].as_f64().unwrap() - 120.0) * 1000.0;
        let row = (corner[1].as_f64().unwrap() - 36.0) * 1000.0;
        assert!((column - column.round()).abs() < 1e-4 && (row - row.round()).abs() < 1e-4);
    }
    assert!(ring.len() >= 7, "{ring:?}");
}

#[test]
fn a_dataset_without_units_has_no_plans_and_says_so() {
    let server = Server::start(Folder::without_units_and_compounds());
    assert_eq!(server.get("/api/plans").json()["plans"], json!([]));
    let problem = server.get("/api/plans/present").problem(409);
    assert!(problem["detail"].as_str().unwrap().contains("units"), "{problem}");
    server.post("/api/plans", &json!({ "name": "x" })).problem(409);
    assert_eq!(server.get("/api/check").status, 200);
    assert_eq!(server.get("/ogc/collections/grids/items").json()["numberMatched"], 2);
}

//! The plan of a repair over HTTP; the dataset itself is never changed.

use crate::client::Server;
use crate::program::Folder;
use serde_json::json;

const JSON: (&str, &str) = ("content-type", "application/json");

#[test]
fn a_plan_with_the_layers_as_they_would_be() {
    let server = Server::start(Folder::overlapping());
    let before = server.get("/ogc/collections/grids/items").json();
    // Half a column is more than a mend may move without being asked.
    let answer = server.send("POST", "/api/repair", &[], None);
    assert_eq!(answer.status, 200);
    let careful = answer.json();
    assert_eq!(careful["plan"]["refusals"][0]["reason"], "too_large");
    assert_eq!(careful["plan"]["max_share"], 0.05);
    let forced = server.post("/api/repair", &json!({ "force": true })).json();
    let action = &forced["plan"]["actions"][0];
    assert_eq!((&action["kind"], &action["features"][1]), (&"overlap.assign".into(), &"G2".into()));
    assert_eq!(action["geometry"]["type"], "Polygon");
    let grids = &forced["layers"]["grids"];
    assert_eq!(grids["type"], "FeatureCollection");
    assert_eq!(
        grids["features"][0]["properties"],
        json!({ "code": "G1", "name": "第G1网格",
        "community_code": "C1", "kind": "base" })
    );
    let report = &forced["plan"]["grids"][1];
    let area = |when: &str| report[format!("area_{when}_m2")].as_f64().unwrap();
    assert!(area("before") - area("after") > 9000.0, "{report}");
    assert_eq!(server.get("/ogc/collections/grids/items").json(), before);
    let checked = server.get("/api/check").json();
    assert!(checked["findings"].to_string().contains("coverage.overlap"));
}

#[test]
fn it_is_the_report_of_the_command_line() {
    let folder = Folder::overlapping();
    let printed =
        crate::program::wangge(&["repair", folder.path(), "--dry-run", "--format", "json"]);
    assert_eq!(printed.code, 1);
    let printed: serde_json::Value = serde_json::from_str(&printed.stdout).unwrap();
    let server = Server::start(folder);
    assert_eq!(server.post("/api/repair", &json!({})).json()["plan"], printed);
}

#[test]
fn layers_and_locks_are_kept_to() {
    let server = Server::start(Folder::overlapping());
    let ask = |body| server.post("/api/repair", &body).json();
    let nets = ask(json!({ "layers": ["branches"], "force": true }));
    assert!(nets["layers"].get("grids").is_none(), "{nets}");
    let locked = ask(json!({ "lock": ["G2"], "force": true }));
    assert_eq!(locked["plan"]["actions"][0]["features"][0], "G2");
    assert_eq!(locked["plan"]["grids"][1]["changed"], false);
    let clean = Server::start(Folder::clean());
    let nothing = clean.post("/api/repair", &json!({ "layers": ["grids"] })).json();
    assert_eq!(nothing["plan"]["actions"], json!([]));
    assert_eq!(nothing["layers"], json!({}));
}

#[test]
fn what_cannot_be_asked_for_is_a_problem() {
    let server = Server::start(Folder::clean());
    for (body, status, field) in [
        (json!({ "layer": ["grids"] }), 400, "layer"),
        (json!({ "tolerance_m": -1 }), 400, "tolerance_m"),
        (json!({ "max_share": 2 }), 400, "max_share"),
        (json!({ "layers": ["roads"] }), 422, "layers"),
        (json!({ "lock": ["G9"] }), 422, "lock"),
    ] {
        let problem = server.post("/api/repair", &body).problem(status);
        assert_eq!(problem["field"], field, "{problem}");
    }
    server.send("POST", "/api/repair", &[JSON], Some("{")).problem(400);
    server.send("POST", "/api/repair", &[JSON], Some("[1]")).problem(400);
    server.send("POST", "/api/repair", &[], Some("{}")).problem(415);
    server.get("/api/repair").problem(405);
}

#[test]
fn the_document_describes_it() {
    let server = Server::start(Folder::clean());
    let document = server.get("/openapi.json").json();
    let post = &document["paths"]["/api/repair"]["post"];
    assert!(post["requestBody"]["content"]["application/json"]["schema"].is_object(), "{post}");
    let schemas = &document["components"]["schemas"];
    assert!(schemas["RepairRequest"]["properties"]["lock"].is_object(), "{schemas}");
    assert!(schemas["RepairAnswer"]["properties"]["layers"].is_object(), "{schemas}");
}

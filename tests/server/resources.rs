//! What can be read: layers, report, places, the document, the page.

use crate::client::Server;
use crate::program::Folder;
use serde_json::Value;

#[test]
fn the_dataset_and_its_layers() {
    let server = Server::start(Folder::clean());
    assert_eq!(server.get("/healthz").json()["status"], "ok");
    assert_eq!(server.get("/readyz").status, 200);
    let dataset = server.get("/api/dataset").json();
    assert_eq!((&dataset["households"], &dataset["grids"]), (&800.into(), &2.into()));
    assert_eq!(dataset["mean_households"], 400.0);
    let layers: Vec<&str> =
        dataset["layers"].as_array().unwrap().iter().filter_map(|l| l["id"].as_str()).collect();
    assert_eq!(layers, ["subdistrict", "communities", "grids", "branches", "compounds", "units"]);
    for layer in layers {
        let items = server.get(&format!("/ogc/collections/{layer}/items"));
        assert_eq!(items.header("content-type"), "application/geo+json");
        let items = items.json();
        let features = items["features"].as_array().unwrap();
        assert_eq!(items["numberReturned"], features.len());
        assert!(features.iter().all(|f| f["type"] == "Feature" && f["geometry"].is_object()));
        assert_eq!(server.get(&format!("/ogc/collections/{layer}")).json()["id"], layer);
    }
    let collections = server.get("/ogc/collections").json();
    assert_eq!(collections["collections"].as_array().unwrap().len(), 6);
    assert!(server.get("/ogc").json()["links"].is_array());
    assert!(server.get("/ogc/conformance").json()["conformsTo"].is_array());
}

#[test]
fn grids_carry_the_figures_of_the_map() {
    let server = Server::start(Folder::unbalanced());
    let grids = server.get("/ogc/collections/grids/items").json();
    let first = &grids["features"][0];
    assert_eq!(first["id"], "G1");
    let properties = &first["properties"];
    assert_eq!(properties["households"], 600);
    assert_eq!(properties["deviation"], 0.5);
    assert_eq!(properties["compounds"], 4);
    assert_eq!(properties["residents"], 1500);
    assert_eq!(properties["party_members"], 16);
    assert_eq!(
        (&properties["branch_id"], &properties["branch_name"]),
        (&"B1".into(), &"B1支部".into())
    );
    assert_eq!(properties["label"], "第G1网格");
    let label: Vec<f64> = serde_json::from_value(properties["label_point"].clone()).unwrap();
    assert!(
        (120.0..120.002).contains(&label[0]) && (36.0..36.002).contains(&label[1]),
        "{label:?}"
    );
    let report = server.get("/api/check").json();
    for (grid, feature) in
        report["grids"].as_array().unwrap().iter().zip(grids["features"].as_array().unwrap())
    {
        assert_eq!(grid["households"], feature["properties"]["households"]);
        assert_eq!(grid["deviation"], feature["properties"]["deviation"]);
    }
}

#[test]
fn pages_and_windows_of_features() {
    let server = Server::start(Folder::clean());
    let mut next = "/ogc/collections/units/items?limit=3".to_owned();
    let mut ids = Vec::new();
    loop {
        let page = server.get(&next).json();
        assert_eq!(page["numberMatched"], 8);
        ids.extend(page["features"].as_array().unwrap().iter().map(|f| f["id"].clone()));
        let links = page["links"].as_array().unwrap();
        match links.iter().find(|link| link["rel"] == "next") {
            Some(link) => next = link["href"].as_str().unwrap().to_owned(),
            None => break,
        }
    }
    assert_eq!(ids, ["U00", "U01", "U02", "U03", "U10", "U11", "U12", "U13"]);
    let window = server.get("/ogc/collections/units/items?bbox=120.0002,36.0002,120.0008,36.0008");
    let found = window.json();
    assert_eq!((&found["numberMatched"], &found["features"][0]["id"]), (&1.into(), &"U00".into()));
    let empty = server.get("/ogc/collections/units/items?offset=100").json();
    assert_eq!((&empty["numberMatched"], &empty["numberReturned"]), (&8.into(), &0.into()));
}

#[test]
fn a_query_that_cannot_be_read_names_its_field() {
    let server = Server::start(Folder::clean());
    for (path, field) in [
        ("/api/locate", "lon"),
        ("/api/locate?lat=1", "lon"),
        ("/api/locate?lon=1", "lat"),
        ("/api/locate?lon=abc&lat=1", "lon"),
        ("/api/locate?lon=NaN&lat=1", "lon"),
        ("/api/locate?lon=1&lat=inf", "lat"),
        ("/api/locate?lon=181&lat=0", "lon"),
        ("/api/locate?lon=0&lat=-91", "lat"),
        ("/api/locate?lon=1&lat=1&lat=2", "lat"),
        ("/api/locate?lon=1&lat=1&crs=mars", "crs"),
        ("/api/locate?lon=1&lat=1&crs=EPSG:4549", "crs"),
        ("/api/locate?lon=1&lat=1&on=yesterday", "on"),
        ("/api/locate?lon=1&lat=1&q=x", "q"),
        ("/api/locate?longitude=1", "longitude"),
        ("/api/suggest?q=x&limit=0", "limit"),
        ("/ogc/collections/grids/items?limit=-1", "limit"),
        ("/ogc/collections/grids/items?limit=0", "limit"),
        ("/ogc/collections/grids/items?offset=x", "offset"),
        ("/ogc/collections/grids/items?bbox=1,2,3", "bbox"),
        ("/ogc/collections/grids/items?bbox=4,3,2,1", "bbox"),
        ("/ogc/collections/grids/items?bbox=NaN,0,1,1", "bbox"),
        ("/api/plans/present/export?format=dwg", "format"),
        ("/api/plans/present/diff?with=x", "with"),
    ] {
        let problem = server.get(path).problem(400);
        assert_eq!(problem["field"], field, "{path}: {problem}");
    }
    let long = format!("/api/locate?q={}", "x".repeat(501));
    assert_eq!(server.get(&long).problem(400)["field"], "q");
}

#[test]
fn what_is_not_there_is_a_problem_too() {
    let server = Server::start(Folder::clean());
    for path in [
        "/api/nothing-here",
        "/nothing-here",
        "/index.html.gz",
        "/../Cargo.toml",
        "/ogc/collections/roads",
        "/ogc/collections/roads/items",
        "/api/plans/no-such-plan",
        "/api/plans/no-such-plan/score",
        "/api/plans/present/diff?against=no-such-plan",
        "/api/jobs/no-such-job",
        "/api/jobs/no-such-job/events",
    ] {
        server.get(path).problem(404);
    }
    let refused = server.send("DELETE", "/api/dataset", &[], None);
    refused.problem(405);
    assert!(refused.header("allow").contains("GET"), "{:?}", refused.headers);
    server.send("POST", "/", &[], None).problem(405);
    assert_eq!(server.send("HEAD", "/api/dataset", &[], None).status, 200);
}

#[test]
fn places_and_addresses() {
    let server = Server::start(Folder::clean());
    let found = server.get("/api/locate?lon=120.0015&lat=36.0005").json();
    assert_eq!((&found["match"], &found["grid_code"]), (&"inside".into(), &"G1".into()));
    assert_eq!(found["branch_id"], "B1");
    let far = server.get("/api/locate?lon=-81.4&lat=36.5").json();
    assert_eq!((&far["match"], &far["grid_code"]), (&"none".into(), &Value::Null));
    let named = server.get("/api/locate?q=%E4%B8%9C%E8%8B%91").json();
    assert_eq!((&named["compound_name"], &named["grid_code"]), (&"东苑".into(), &"G2".into()));
    // The same place as a Chinese web map would give it: some hundred metres away in numbers.
    let shifted = server.get("/api/locate?lon=120.0015&lat=36.0005&crs=gcj02").json();
    assert_ne!(shifted["grid_code"], "G1");
    let suggested = server.get("/api/suggest?q=%E4%B8%9C").json();
    assert_eq!(suggested["suggestions"][0]["name"], "东苑");
    assert_eq!(suggested["suggestions"][0]["key"], suggested["suggestions"][0]["compound_id"]);
    let limited = server.get("/api/suggest?q=%E5%B0%8F%E5%8C%BA&limit=2").json();
    assert_eq!(limited["suggestions"].as_array().unwrap().len(), 2);
}

#[test]
fn a_place_has_the_grid_of_the_day() {
    let server = Server::start(Folder::changing());
    for (lon, on, code) in [
        ("120.0010", "2024-12-31", "G1"),
        ("120.0010", "2025-01-01", "G0"),
        ("120.0025", "2024-12-31", "G2"),
        ("120.0025", "2025-01-01", "G0"),
        ("120.0030", "2025-01-01", "G2"),
    ] {
        let found = server.get(&format!("/api/locate?lon={lon}&lat=36.001&on={on}")).json();
        assert_eq!((&found["grid_code"], &found["on"]), (&code.into(), &on.into()), "{lon}");
    }
}

#[test]
fn an_unchanged_resource_is_not_sent_twice() {
    let server = Server::start(Folder::clean());
    for path in [
        "/api/dataset",
        "/api/check",
        "/api/plans",
        "/api/plans/present",
        "/api/plans/present/score",
        "/api/plans/present/diff",
        "/api/plans/present/export",
        "/ogc/collections",
        "/ogc/collections/grids/items",
        "/openapi.json",
        "/",
    ] {
        let tag = server.get(path).etag();
        let again = server.get_with(path, &[("if-none-match", &tag)]);
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        assert_eq!(again.etag(), tag, "{path}");
        let other = server.get_with(path, &[("if-none-match", "\"another\"")]);
        assert_eq!(other.status, 200, "{path}");
    }
}

#[test]
fn the_page_is_served_compressed_or_plain_and_with_its_rules() {
    let server = Server::start(Folder::clean());
    let plain = server.get("/");
    assert_eq!(plain.status, 200);
    assert!(plain.header("content-type").starts_with("text/html"));
    assert!(String::from_utf8(plain.body.clone()).unwrap().to_lowercase().contains("<html"));
    assert_eq!(plain.header("content-encoding"), "");
    assert!(plain.header("content-security-policy").contains("default-src 'self'"));
    assert_eq!(plain.header("x-content-type-options"), "nosniff");
    let packed = server.get_with("/", &[("accept-encoding", "gzip")]);
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert_eq!(packed.body[..2], [0x1f, 0x8b]);
    assert_eq!(packed.header("vary"), "accept-encoding");
    let json = server.get_with("/api/check", &[("accept-encoding", "gzip")]);
    assert_eq!(json.header("content-encoding"), "gzip");
    let problem = server.get("/api/nothing-here");
    assert!(problem.header("content-security-policy").contains("default-src 'self'"));
}

#[test]
fn the_document_names_every_route() {
    let server = Server::start(Folder::clean());
    let document = server.get("/openapi.json").json();
    assert_eq!(document["info"]["title"], "wangge");
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    let paths = document["paths"].as_object().unwrap();
    for (path, methods) in [
        ("/healthz", &["get"][..]),
        ("/api/dataset", &["get"]),
        ("/api/check", &["get"]),
        ("/api/locate", &["get"]),
        ("/api/suggest", &["get"]),
        ("/api/suggest/picks", &["post"]),
        ("/api/suggest/proposals", &["get", "post"]),
        ("/api/suggest/proposals/{id}", &["get", "patch"]),
        ("/api/plans", &["get", "post"]),
        ("/api/plans/{id}", &["get", "patch", "delete"]),
        ("/api/plans/{id}/score", &["get"]),
        ("/api/plans/{id}/diff", &["get"]),
        ("/api/plans/{id}/export", &["get"]),
        ("/api/plans/{id}/balance", &["post"]),
        ("/api/jobs/{id}", &["get", "delete"]),
        ("/api/jobs/{id}/events", &["get"]),
        ("/ogc/collections/{id}/items", &["get"]),
    ] {
        for method in methods {
            assert!(paths[path][method].is_object(), "{method} {path}");
        }
    }
    // Every schema that is named is there.
    let text = document.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
}

#[test]
fn the_report_is_the_one_of_the_command_line() {
    let folder = Folder::overlapping();
    let printed = crate::program::wangge(&["check", folder.path(), "--format", "json"]);
    let printed: Value = serde_json::from_str(&printed.stdout).unwrap();
    let server = Server::start(folder);
    assert_eq!(server.get("/api/check").json(), printed);
}

#[test]
fn what_was_picked_is_suggested_first() {
    let server = Server::start(Folder::clean());
    let names = || server.get("/api/suggest?q=%E5%B0%8F%E5%8C%BA&limit=50").json();
    let before = names();
    let before = before["suggestions"].as_array().unwrap();
    assert!(before.len() >= 2);
    let last = before.last().unwrap();
    let pick = serde_json::json!({ "kind": last["kind"], "key": last["key"] });
    for count in 1..=2 {
        assert_eq!(server.post("/api/suggest/picks", &pick).json()["count"], count);
    }
    assert_eq!(names()["suggestions"][0]["key"], last["key"]);
    let unknown = serde_json::json!({ "kind": "compound", "key": "no such" });
    assert_eq!(server.post("/api/suggest/picks", &unknown).problem(422)["field"], "key");
    let user = serde_json::json!({ "kind": "compound", "key": "x", "user": "y" });
    server.post("/api/suggest/picks", &user).problem(400);
}

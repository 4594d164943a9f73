//! Searches: started, watched, cancelled.

use crate::client::{Server, read_head};
use crate::program::Folder;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::time::Duration;

/// Reads a job again and again until it has ended.
fn ended(server: &Server, path: &str) -> Value {
    loop {
        let job = server.get(path).json();
        if job["status"] != "running" {
            return job;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A search that lasts until it is cancelled: ten minutes, longer than any test. Needs
/// [`Folder::large`].
pub fn start_long(server: &Server) -> crate::client::Answer {
    let request = json!({ "time_limit_s": 600.0, "grids": 40, "max_deviation": 0.3 });
    server.post("/api/plans/present/balance", &request)
}

/// The events of a job until the stream ends: name and data.
fn events(server: &Server, path: &str) -> Vec<(String, Value)> {
    let mut stream = server.connect();
    let request = format!("GET {path}/events HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it can be written");
    let mut reader = BufReader::new(stream);
    let (status, headers) = read_head(&mut reader);
    assert_eq!(status, 200);
    assert_eq!(headers["content-type"], "text/event-stream");
    let mut found = Vec::new();
    let mut name = String::new();
    for line in reader.lines() {
        let line = line.expect("UTF-8");
        if let Some(event) = line.strip_prefix("event: ") {
            name = event.to_owned();
        } else if let Some(data) = line.strip_prefix("data: ") {
            found.push((name.clone(), serde_json::from_str(data).expect("JSON")));
        }
    }
    found
}

#[test]
fn a_search_ends_with_its_report_and_its_plans() {
    let server = Server::start(Folder::unbalanced());
    let request = json!({ "max_deviation": 0.1, "objective": "cut-edges", "seed": 3, "keep": 0.0,
        "time_limit_s": null, "grids": null });
    let started = server.post("/api/plans/present/balance", &request);
    assert_eq!(started.status, 202, "{}", String::from_utf8_lossy(&started.body));
    let path = started.header("location").to_owned();
    assert_eq!(started.json()["id"], path.rsplit('/').next().unwrap());
    let job = ended(&server, &path);
    assert_eq!((&job["status"], &job["progress"]), (&"done".into(), &1.0.into()), "{job}");
    assert_eq!(job["error"], Value::Null);
    let best = &job["report"]["plans"][0];
    assert!(best["max_deviation"].as_f64().unwrap() <= 0.1, "{best}");
    let plans = job["plans"].as_array().unwrap();
    assert_eq!(plans.len(), job["report"]["plans"].as_array().unwrap().len());
    let stored = server.get(&format!("/api/plans/{}", plans[0].as_str().unwrap())).json();
    assert_eq!(stored["origin"], "balance");
    assert_eq!(stored["assignment"], best["assignment"]);
    for figure in ["max_deviation", "cut_edges", "households_moved", "contiguous"] {
        assert_eq!(stored["score"][figure], best[figure], "{figure}");
    }
    // Whoever comes late still learns the end.
    let late = events(&server, &path);
    assert_eq!(late.len(), 1);
    assert_eq!((late[0].0.as_str(), &late[0].1["status"]), ("done", &"done".into()));
    // The end of a job cannot be undone.
    let cancelled = server.send("DELETE", &path, &[], None);
    assert_eq!(cancelled.json()["status"], "done");
}

#[test]
fn a_search_for_another_number_of_grids_names_them() {
    let server = Server::start(Folder::clean());
    let started = server.post("/api/plans/present/balance", &json!({ "grids": 4 }));
    let job = ended(&server, started.header("location"));
    assert_eq!(job["status"], "done", "{job}");
    let id = job["plans"][0].as_str().unwrap();
    let plan = server.get(&format!("/api/plans/{id}")).json();
    let grids = plan["score"]["grids"].as_array().unwrap();
    assert_eq!(grids.len(), 4);
    let codes: std::collections::BTreeSet<&str> =
        plan["assignment"].as_object().unwrap().values().filter_map(Value::as_str).collect();
    assert_eq!(codes, grids.iter().filter_map(|grid| grid["code"].as_str()).collect());
    assert_eq!(plan["score"]["max_deviation"], 0.0);
    // Its new grids can be given units like others, and keep their codes.
    let new = codes.iter().find(|code| !["G1", "G2"].contains(code)).unwrap();
    let edits = json!([{ "op": "assign", "units": ["U00"], "grid": new }]);
    let path = format!("/api/plans/{id}");
    let tag = server.get(&path).etag();
    let headers = [("content-type", "application/json"), ("if-match", tag.as_str())];
    let changed = server.send("PATCH", &path, &headers, Some(&edits.to_string())).json();
    assert_eq!(changed["assignment"]["U00"], *new);
    let after: std::collections::BTreeSet<&str> = changed["score"]["grids"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|grid| grid["code"].as_str())
        .collect();
    assert_eq!(after, codes);
    let exported = server.get(&format!("{path}/export")).json();
    assert!(exported["features"].as_array().unwrap().iter().any(|f| f["id"] == *new));
}

#[test]
fn a_search_that_makes_no_sense_is_not_begun() {
    let server = Server::start(Folder::clean());
    for (body, field) in [
        (json!({ "max_deviation": -0.1 }), "max_deviation"),
        (json!({ "max_deviation": 1.5 }), "max_deviation"),
        (json!({ "objective": "beauty" }), "objective"),
        (json!({ "keep": -1.0 }), "keep"),
        (json!({ "time_limit_s": 0.0 }), "time_limit_s"),
        (json!({ "time_limit_s": 1e9 }), "time_limit_s"),
        (json!({ "grids": 0 }), "grids"),
        (json!({ "grids": 9 }), "grids"),
    ] {
        let problem = server.post("/api/plans/present/balance", &body).problem(422);
        assert_eq!(problem["field"], field, "{problem}");
    }
    server.post("/api/plans/present/balance", &json!({ "sead": 1 })).problem(400);
    server.post("/api/plans/no-such-plan/balance", &json!({})).problem(404);
}

#[test]
fn a_search_is_watched_and_cancelled_and_makes_room() {
    let server = Server::start(Folder::large());
    let first = start_long(&server);
    let second = start_long(&server);
    assert_eq!((first.status, second.status), (202, 202));
    let refused = start_long(&server);
    refused.problem(429);
    assert!(!refused.header("retry-after").is_empty());

    let path = first.header("location").to_owned();
    let told = std::thread::scope(|scope| {
        let watching = scope.spawn(|| events(&server, &path));
        std::thread::sleep(Duration::from_millis(300));
        let cancelled = server.send("DELETE", &path, &[], None);
        assert_eq!(cancelled.json()["status"], "cancelled");
        watching.join().unwrap()
    });
    let names: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((names.first(), names.last()), (Some(&"progress"), Some(&"cancelled")));
    assert_eq!(server.get(&path).json()["plans"], json!([]), "nothing was stored");
    // The place comes back as soon as the search has seen the cancel.
    while start_long(&server).status != 202 {
        std::thread::sleep(Duration::from_millis(20));
    }
}

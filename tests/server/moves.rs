//! A planner's questions over HTTP, and the edits of their answers.

use crate::client::{Answer, Server};
use crate::program::Folder;
use serde_json::{Value, json};

const JSON: (&str, &str) = ("content-type", "application/json");

fn ask(server: &Server, path: &str, question: &Value) -> Answer {
    server.send("POST", &format!("{path}/moves"), &[JSON], Some(&question.to_string()))
}

/// Makes a plan, asks, and carries the answer out; the plan afterwards.
fn carried_out(server: &Server, question: &Value) -> (Value, Value) {
    let (path, tag) = server.new_plan();
    let answer = ask(server, &path, question);
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    let answer = answer.json();
    let body = json!({ "edits": answer["edits"] }).to_string();
    let changed = server.send("PATCH", &path, &[JSON, ("if-match", &tag)], Some(&body));
    assert_eq!(changed.status, 200, "{}", String::from_utf8_lossy(&changed.body));
    assert_ne!(changed.etag(), tag);
    (answer, changed.json())
}

#[test]
fn the_answers_are_edits_that_a_plan_takes() {
    let server = Server::start(Folder::unbalanced());
    let (answer, plan) = carried_out(&server, &json!({ "move": "fix", "grid": "G1" }));
    assert_eq!((&answer["possible"], &answer["proven"]), (&true.into(), &true.into()));
    assert_eq!(answer["before"]["max_deviation"], 0.5);
    assert_eq!(plan["score"], answer["after"]);
    assert!(plan["score"]["max_deviation"].as_f64().unwrap() <= 0.1);
    assert!(answer["message_zh"].as_str().unwrap().contains("证明"), "{answer}");
    let (fewest, _) = carried_out(&server, &json!({ "move": "fewest" }));
    assert_eq!(fewest["units_moved"], answer["units_moved"]);
}

#[test]
fn a_split_adds_a_grid_and_a_merge_takes_one_away() {
    let server = Server::start(Folder::clean());
    let (answer, plan) = carried_out(&server, &json!({ "move": "split", "grid": "G2" }));
    assert_eq!(plan["score"]["grids"].as_array().unwrap().len(), 3);
    assert_eq!(plan["score"]["max_deviation"], answer["after"]["max_deviation"]);
    // Half of G2 has left it.
    assert_eq!(plan["score"]["households_moved"], 200);
    let path = format!("/api/plans/{}", plan["id"].as_str().unwrap());
    assert_eq!(server.get(&path).json()["score"], plan["score"]);
    let grids = plan["score"]["grids"].as_array().unwrap();
    let new = grids[2]["code"].as_str().unwrap();
    let again = ask(&server, &path, &json!({ "move": "merge", "grids": ["G2", new] })).json();
    assert_eq!(again["possible"], true, "{again}");
    assert_eq!(again["after"]["grids"].as_array().unwrap().len(), 2);
    let (_, merged) = carried_out(&server, &json!({ "move": "merge", "grids": ["G1", "G2"] }));
    assert_eq!(merged["score"]["grids"].as_array().unwrap().len(), 1);
    assert_eq!(merged["score"]["contiguous"], true);
}

#[test]
fn a_unit_that_cannot_move_is_told_why() {
    let server = Server::start(Folder::clean());
    let question = json!({ "move": "why-not", "unit": "U00", "grid": "G2" });
    let answer = ask(&server, "/api/plans/present", &question).json();
    assert_eq!(answer["possible"], false);
    let names: Vec<&str> = answer["obstacles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["constraint"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"not-neighbouring") && names.contains(&"balance"), "{answer}");
    let mut locked = question.clone();
    locked["constraints"] = json!({ "lock_units": ["U00"] });
    let answer = ask(&server, "/api/plans/present", &locked).json();
    assert_eq!(answer["obstacles"][0]["constraint"], "locked-unit", "{answer}");
}

#[test]
fn what_cannot_be_asked_is_named() {
    let server = Server::start(Folder::clean());
    for (question, status, field) in [
        (json!({ "move": "fix", "grid": "G9" }), 422, "grid"),
        (json!({ "move": "smooth", "grids": ["G1"] }), 422, "grids"),
        (json!({ "move": "grow", "compound": "nowhere", "households": 5 }), 422, "compound"),
        (json!({ "move": "fewest", "max_deviation": 7 }), 422, "max_deviation"),
        (
            json!({ "move": "fewest", "constraints": { "lock_units": ["no"] } }),
            422,
            "constraints.lock_units",
        ),
        (json!({ "move": "dance" }), 400, "dance"),
        (json!({ "grid": "G1" }), 400, "move"),
    ] {
        let problem = ask(&server, "/api/plans/present", &question).problem(status);
        assert_eq!(problem["field"], field, "{problem}");
    }
    ask(&server, "/api/plans/none", &json!({ "move": "fewest" })).problem(404);
    let (path, tag) = server.new_plan();
    for edits in [
        json!([{ "op": "add_grid", "grid": "G1" }]),
        json!([{ "op": "remove_grid", "grid": "G1" }]),
        json!([{ "op": "remove_grid", "grid": "G9" }]),
    ] {
        let body = edits.to_string();
        server.send("PATCH", &path, &[JSON, ("if-match", &tag)], Some(&body)).problem(422);
    }
}

#[test]
fn a_search_keeps_what_it_is_told_to() {
    let server = Server::start(Folder::unbalanced());
    let search = |body: Value| {
        server.send("POST", "/api/plans/present/balance", &[JSON], Some(&body.to_string()))
    };
    let problem = search(json!({ "constraints": { "together": [["U00", "no"]] } })).problem(422);
    assert_eq!(problem["field"], "constraints.together");
    assert!(problem["detail"].as_str().unwrap().contains("`no`"), "{problem}");
    search(json!({ "objective": "beauty=1" })).problem(422);
    let job = search(json!({
        "objective": "cut-edges=1,moved=0.5",
        "max_deviation": 0.3,
        "constraints": { "lock_units": ["U10"], "apart": [["U00", "U10"]] },
    }));
    assert_eq!(job.status, 202, "{}", String::from_utf8_lossy(&job.body));
    let path = format!("/api/jobs/{}", job.json()["id"].as_str().unwrap());
    let job = loop {
        let job = server.get(&path).json();
        if job["status"] != "running" {
            break job;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    assert_eq!(job["status"], "done", "{job}");
    let plans = job["report"]["plans"].as_array().unwrap();
    assert!(!plans.is_empty(), "{job}");
    for plan in plans {
        let assignment = &plan["assignment"];
        assert_eq!(assignment["U10"], "G1");
        assert_ne!(assignment["U00"], assignment["U10"]);
    }
}

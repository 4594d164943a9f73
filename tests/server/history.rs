//! What was done to a plan is kept, undone and redone, also across a restart.

use crate::client::{Answer, Server};
use crate::program::{Folder, wangge};
use serde_json::{Value, json};

const JSON: (&str, &str) = ("content-type", "application/json");

fn patch(server: &Server, path: &str, tag: &str, edits: Value) -> Answer {
    let body = json!({ "edits": edits }).to_string();
    server.send("PATCH", path, &[JSON, ("if-match", tag)], Some(&body))
}

fn assign(unit: &str, grid: &str) -> Value {
    json!([{ "op": "assign", "units": [unit], "grid": grid }])
}

fn turn(server: &Server, path: &str, tag: &str, which: &str) -> Answer {
    server.send("POST", &format!("{path}/{which}"), &[("if-match", tag)], None)
}

#[test]
fn changes_are_undone_and_redone() {
    let server = Server::start(Folder::clean());
    let (path, tag) = server.new_plan();
    turn(&server, &path, &tag, "undo").problem(409);
    let first = patch(&server, &path, &tag, assign("U02", "G1"));
    let edits = json!([
        { "op": "add_grid", "grid": "G3", "name": "新网格" },
        { "op": "assign", "units": ["U13"], "grid": "G3" },
    ]);
    let second = patch(&server, &path, &first.etag(), edits);
    assert_eq!(second.status, 200, "{}", second.json());
    assert_eq!(
        (&second.json()["can_undo"], &second.json()["can_redo"]),
        (&true.into(), &false.into())
    );

    let back = turn(&server, &path, &second.etag(), "undo");
    let plan = back.json();
    assert_eq!((&plan["version"], &plan["assignment"]), (&4.into(), &first.json()["assignment"]));
    assert_eq!((&plan["score"], &plan["can_redo"]), (&first.json()["score"], &true.into()));
    assert_eq!(plan["changes"]["removed_grids"], json!(["G3"]));
    // Who holds an old state cannot go back from it.
    turn(&server, &path, &second.etag(), "undo").problem(412);
    server.send("POST", &format!("{path}/undo"), &[], None).problem(428);
    let present = server.get("/api/plans/present");
    turn(&server, "/api/plans/present", &present.etag(), "undo").problem(409);

    let again = turn(&server, &path, &back.etag(), "redo");
    assert_eq!(again.json()["assignment"], second.json()["assignment"]);
    assert_eq!(again.json()["score"], second.json()["score"]);
    turn(&server, &path, &again.etag(), "redo").problem(409);

    let history = server.get(&format!("{path}/history")).json();
    let entries = history["entries"].as_array().unwrap();
    let actions: Vec<&str> = entries.iter().map(|e| e["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["create", "edit", "edit", "undo", "redo"]);
    assert_eq!(entries[1]["edits"], assign("U02", "G1"));
    assert_eq!((&entries[2]["units"], &entries[2]["grids"]), (&json!(["U13"]), &json!(["G3"])));
    assert!(entries.iter().all(|entry| entry["by"] == "local" && entry["at"].is_string()));
    let rest = server.get(&format!("{path}/history?after=3&limit=1")).json();
    assert_eq!(rest["entries"], json!([entries[3]]));
    for query in ["limit=0", "limit=x", "after=-1", "page=2"] {
        server.get(&format!("{path}/history?{query}")).problem(400);
    }
    server.get("/api/plans/none/history").problem(404);
}

#[test]
fn plans_and_their_history_outlive_the_server() {
    let kept = tempfile::tempdir().unwrap();
    let store = kept.path().join("网格.db");
    let store = store.to_str().unwrap();
    let mut server = Server::start_with(Folder::clean(), &["--store", store]);
    let (path, tag) = server.new_plan();
    let mut changed = patch(&server, &path, &tag, assign("U02", "G1"));
    // The first changes nothing, and is no change.
    for grid in ["G2", "G1", "G2"] {
        changed = patch(&server, &path, &changed.etag(), assign("U12", grid));
    }
    let before = changed.json();
    // As a pulled plug does it.
    server.child.kill().unwrap();
    server.child.wait().unwrap();

    let server = Server::start_with(Folder::clean(), &["--store", store]);
    let read = server.get(&path);
    assert_eq!(read.json()["assignment"], before["assignment"]);
    assert_eq!(read.json()["version"], before["version"]);
    let mut tag = read.etag();
    let mut undone = 0;
    let first = loop {
        let back = turn(&server, &path, &tag, "undo");
        if back.status != 200 {
            back.problem(409);
            break server.get(&path).json();
        }
        tag = back.etag();
        undone += 1;
    };
    assert_eq!((undone, &first["assignment"]["U02"]), (3, &"G2".into()));

    // A backup while the server runs is a store in which the plan is as it was then.
    let backup = kept.path().join("backup.db");
    let backup = backup.to_str().unwrap();
    let run = |arguments: &[&str]| wangge(&[arguments, &["--lang", "en"]].concat());
    let done = run(&["backup", backup, "--store", store]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(done.stderr.contains("1 documents, 7 entries"), "{}", done.stderr);
    let again = run(&["backup", backup, "--store", store]);
    assert_eq!(again.code, 2, "a backup takes nobody's place");
    let none = run(&["backup", "other.db", "--store", "no/such.db"]);
    assert!(none.code == 2 && none.stderr.contains("no/such.db"), "{}", none.stderr);
    patch(&server, &path, &tag, assign("U03", "G1"));

    let other = kept.path().join("other.db");
    let other = other.to_str().unwrap();
    assert_eq!(run(&["restore", backup, "--store", other]).code, 0);
    let restored = Server::start_with(Folder::clean(), &["--store", other]);
    assert_eq!(restored.get(&path).json()["assignment"], first["assignment"]);
    let refused = run(&["restore", backup, "--store", store]);
    assert_eq!(refused.code, 2, "a store that is there is replaced on demand only");
    assert_eq!(server.get(&path).json()["assignment"]["U03"], "G1");
}

/// The dataset may have lost what a change would bring back.
#[test]
fn what_the_dataset_no_longer_has_is_not_brought_back() {
    let kept = tempfile::tempdir().unwrap();
    let store = kept.path().join("wangge.db");
    let arguments = ["--store", store.to_str().unwrap()];
    let server = Server::start_with(Folder::clean(), &arguments);
    let (path, tag) = server.new_plan();
    let erased = patch(&server, &path, &tag, json!([{ "op": "erase", "units": ["U13"] }]));
    assert_eq!(erased.status, 200, "{}", erased.json());
    drop(server);

    let folder = Folder::clean();
    let units = folder.file("units.geojson");
    let mut without: Value = serde_json::from_slice(&std::fs::read(&units).unwrap()).unwrap();
    without["features"].as_array_mut().unwrap().retain(|unit| unit["properties"]["id"] != "U13");
    std::fs::write(&units, without.to_string()).unwrap();
    let server = Server::start_with(folder, &arguments);
    let before = server.get(&path);
    assert_eq!(before.status, 200);
    turn(&server, &path, &before.etag(), "undo").problem(422);
    let after = server.get(&path);
    assert_eq!((after.status, after.json()), (200, before.json()), "the plan is as it was");
    let other = patch(&server, &path, &after.etag(), assign("U02", "G1"));
    assert_eq!(other.status, 200);
}

#[test]
fn a_store_that_is_none_is_refused() {
    let folder = Folder::clean();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "a letter, and no store at all".repeat(200)).unwrap();
    for (store, says) in
        [(file.path().to_str().unwrap(), file.path().to_str().unwrap()), ("mysql://x/y", "mysql")]
    {
        let addr = ["--addr", "127.0.0.1:0", "--lang", "en"];
        let arguments = [&["serve", folder.path(), "--store", store][..], &addr].concat();
        let done = wangge(&arguments);
        assert!(done.code == 2 && done.stderr.contains(says), "{}", done.stderr);
    }
}

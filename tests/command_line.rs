//! The command line as a user sees it: exit codes, and what goes to standard output and what to
//! standard error.

mod program;

use program::{Folder, wangge};
use serde_json::Value;

#[test]
fn a_missing_folder_ends_with_2_and_is_named() {
    for command in ["check", "balance", "serve"] {
        let done = wangge(&[command, "no-such-folder"]);
        assert_eq!(done.code, 2, "{command}: {}", done.stderr);
        assert!(done.stderr.contains("no-such-folder"), "{command}: {}", done.stderr);
        assert_eq!(done.stdout, "", "{command}");
    }
}

#[test]
fn an_empty_folder_ends_with_2_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let done = wangge(&["check", folder.path().to_str().unwrap()]);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains(folder.path().to_str().unwrap()), "{}", done.stderr);
}

#[test]
fn clean_data_end_with_0_and_an_error_with_1() {
    let clean = Folder::clean();
    let done = wangge(&["check", clean.path(), "--format", "json"]);
    let report: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!((done.code, &report["clean"]), (0, &Value::Bool(true)), "{}", done.stdout);

    let overlapping = Folder::overlapping();
    let done = wangge(&["check", overlapping.path(), "--format", "json"]);
    let report: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!((done.code, &report["clean"]), (1, &Value::Bool(false)));
    let rules: Vec<&str> =
        report["findings"].as_array().unwrap().iter().filter_map(|f| f["rule"].as_str()).collect();
    assert!(rules.contains(&"coverage.overlap"), "{rules:?}");
}

#[test]
fn texts_speak_the_language_that_is_asked_for() {
    let folder = Folder::overlapping();
    let chinese = wangge(&["check", folder.path(), "--lang", "zh"]).stdout;
    let english = wangge(&["check", folder.path(), "--lang", "en"]).stdout;
    let has_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c));
    assert!(has_chinese(&chinese), "{chinese}");
    assert_ne!(chinese, english);
    assert!(english.contains("overlap"), "{english}");
}

#[test]
fn a_report_goes_to_the_file_that_is_named() {
    let folder = Folder::clean();
    let file = folder.file("report.json");
    let done = wangge(&["check", folder.path(), "--format", "json", "-o", &file]);
    assert_eq!((done.code, done.stdout.as_str()), (0, ""));
    let report: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(report["clean"], true);
    let done = wangge(&["check", folder.path(), "-o", &folder.file("no/such/folder.json")]);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("folder.json"), "{}", done.stderr);
}

#[test]
fn findings_are_a_map_as_geojson() {
    let folder = Folder::overlapping();
    let done = wangge(&["check", folder.path(), "--format", "geojson"]);
    let shown: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!((done.code, &shown["type"]), (1, &Value::from("FeatureCollection")));
    assert!(!shown["features"].as_array().unwrap().is_empty());
}

#[test]
fn a_place_is_found_and_none_is_an_answer() {
    let folder = Folder::clean();
    let done = wangge(&["locate", folder.path(), "--at", "120.0015,36.0005", "--format", "json"]);
    let found: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!((done.code, &found["grid_code"]), (0, &Value::from("G1")), "{}", done.stdout);
    let done = wangge(&["locate", folder.path(), "--at", "-81.4,36.5", "--format", "json"]);
    let found: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!((done.code, &found["match"]), (0, &Value::from("none")));
    let done = wangge(&["locate", folder.path(), "--address", "东苑", "--lang", "zh"]);
    assert_eq!(done.code, 0);
    assert!(done.stdout.contains("东苑") && done.stdout.contains("G2"), "{}", done.stdout);
}

/// Places, days and the grids that own the places then, in the folder `changing`.
const ON: [(&str, &str, &str); 6] = [
    ("120.0010,36.001", "2024-12-31", "G1"),
    ("120.0010,36.001", "2025-01-01", "G0"),
    ("120.0025,36.001", "2024-12-31", "G2"),
    // Both are valid: the lower code, although G2 comes first in the file.
    ("120.0025,36.001", "2025-01-01", "G0"),
    // On the border: the east, while there is one.
    ("120.0020,36.001", "2024-12-31", "G2"),
    ("120.0030,36.001", "2025-06-01", "G2"),
];

#[test]
fn a_place_has_the_grid_of_the_day() {
    let folder = Folder::changing();
    for (at, on, code) in ON {
        let arguments = ["locate", folder.path(), "--at", at, "--on", on, "--format", "json"];
        let done = wangge(&arguments);
        let found: Value = serde_json::from_str(&done.stdout).unwrap();
        assert_eq!((&found["grid_code"], &found["on"]), (&code.into(), &on.into()), "{at}");
    }
}

#[test]
fn a_saved_index_answers_until_the_grids_change() {
    let folder = Folder::changing();
    let index = folder.file("grids.index");
    let done = wangge(&["index", folder.path(), "-o", &index, "--lang", "en"]);
    assert_eq!((done.code, done.stdout.as_str()), (0, ""), "{}", done.stderr);
    assert!(done.stderr.contains("3 grids"), "{}", done.stderr);
    let locate = |at: &str, on: &str| {
        let path = folder.path();
        wangge(&["locate", path, "--index", &index, "--at", at, "--on", on, "--format", "json"])
    };
    for (at, on, code) in ON {
        let found: Value = serde_json::from_str(&locate(at, on).stdout).unwrap();
        assert_eq!(found["grid_code"], code, "{at} {on}");
    }
    let grids = std::fs::read_to_string(folder.file("grids.geojson")).unwrap();
    std::fs::write(folder.file("grids.geojson"), grids.replace("120.003", "120.0031")).unwrap();
    let done = locate("120.001,36.001", "2025-01-01");
    assert_eq!(done.code, 2);
    for part in ["grids.index", "other grids", "wangge index"] {
        assert!(done.stderr.contains(part), "{}", done.stderr);
    }
    let done = wangge(&["serve", folder.path(), "--index", &index, "--addr", "127.0.0.1:0"]);
    assert!(done.code == 2 && done.stderr.contains("grids.index"), "{}", done.stderr);
    std::fs::write(&index, "no index at all").unwrap();
    let done = locate("120.001,36.001", "2025-01-01");
    assert!(done.code == 2 && done.stderr.contains("grids.index"), "{}", done.stderr);
    let done = wangge(&["index", folder.path(), "-o", &folder.file("no/folder/grids.index")]);
    assert!(done.code == 2 && done.stderr.contains("grids.index"), "{}", done.stderr);
}

#[test]
fn balance_gives_the_same_plan_for_the_same_seed() {
    let folder = Folder::clean();
    let arguments = ["balance", folder.path(), "--seed", "7", "--format", "json"];
    let done = wangge(&arguments);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let first: Value = serde_json::from_str(&done.stdout).unwrap();
    let again: Value = serde_json::from_str(&wangge(&arguments).stdout).unwrap();
    assert_eq!(first["plans"][0]["assignment"], again["plans"][0]["assignment"]);
    let assignment = first["plans"][0]["assignment"].as_object().unwrap();
    assert_eq!(assignment.len(), 8, "every unit once");
}

#[test]
fn what_cannot_be_balanced_ends_with_1_and_says_why() {
    let folder = Folder::clean();
    let done = wangge(&["balance", folder.path(), "--grids", "7", "--max-deviation", "0.05"]);
    assert_eq!(done.code, 1, "{} {}", done.stdout, done.stderr);
    assert!(!done.stdout.is_empty() || !done.stderr.is_empty());
}

#[test]
fn a_graph_of_the_field_is_balanced() {
    let folder = Folder::clean();
    let file = folder.file("graph.json");
    // A row of six nodes of ten households each: two halves of three.
    let nodes: Vec<Value> =
        (0..6).map(|id| serde_json::json!({ "id": id, "TOTPOP": 10 })).collect();
    let neighbours = |id: i32| -> Vec<Value> {
        let near = [id - 1, id + 1].into_iter().filter(|n| (0..6).contains(n));
        near.map(|id| serde_json::json!({ "id": id })).collect()
    };
    let adjacency: Vec<Vec<Value>> = (0..6).map(neighbours).collect();
    let graph = serde_json::json!({ "directed": false, "multigraph": false, "graph": [],
        "nodes": nodes, "adjacency": adjacency });
    std::fs::write(&file, graph.to_string()).unwrap();
    let graph = ["balance", "--graph", &file, "--households", "TOTPOP", "--grids", "2"];
    let done = wangge(&[&graph[..], &["--format", "json"]].concat());
    assert_eq!(done.code, 0, "{}", done.stderr);
    let report: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(report["plans"][0]["max_deviation"], 0.0);
    assert_eq!(report["plans"][0]["cut_edges"], 1);

    let wrong = ["balance", "--graph", &file, "--households", "POP", "--grids", "2"];
    let done = wangge(&wrong);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("POP") && done.stderr.contains("graph.json"), "{}", done.stderr);
}

#[test]
fn a_manifest_with_every_setting_can_be_read_back() {
    let folder = Folder::clean();
    let done = wangge(&["init", folder.path()]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let manifest = folder.file("wangge.toml");
    let written = std::fs::read_to_string(&manifest).unwrap();
    assert!(written.contains("tolerance_m") && written.contains('#'));
    assert_eq!(wangge(&["check", folder.path()]).code, 0, "the folder reads as before");
    let done = wangge(&["init", folder.path()]);
    assert_eq!(done.code, 2, "an existing manifest is not overwritten");
    assert_eq!(std::fs::read_to_string(&manifest).unwrap(), written);
}

#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    use std::process::Stdio;
    let folder = Folder::overlapping();
    let mut child = program::command(&["check", folder.path(), "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let done = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&done.stderr);
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert_eq!(done.status.code(), Some(1), "{stderr}");
}

#[test]
fn every_command_explains_itself_with_an_example() {
    for command in ["serve", "check", "balance", "locate", "index", "init"] {
        let done = wangge(&[command, "--help"]);
        assert_eq!(done.code, 0);
        assert!(done.stdout.contains(&format!("wangge {command} ")), "{}", done.stdout);
        assert!(done.stdout.contains("Example"), "{}", done.stdout);
    }
    assert_eq!(wangge(&["no-such-command"]).code, 2);
}

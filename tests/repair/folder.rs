//! `wangge repair` as a planner runs it: folders, files, columns, exit codes.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use wangge::dataset;

struct Done {
    code: i32,
    stdout: String,
    stderr: String,
}

fn wangge(arguments: &[&str]) -> Done {
    let done = Command::new(env!("CARGO_BIN_EXE_wangge"))
        .args(["--lang", "en"])
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let stderr = text(done.stderr);
    assert!(!stderr.contains("panicked"), "{stderr}");
    Done { code: done.status.code().unwrap(), stdout: text(done.stdout), stderr }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/shuangshan")
}

/// Name and content of every file of a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read(&path).unwrap())
        })
        .collect()
}

/// A feature's text, from corners in thousandths of a degree east and north of 120, 36.
fn feature(properties: &str, corners: &[(f64, f64)]) -> String {
    let ring: Vec<String> = corners
        .iter()
        .chain(&corners[..1])
        .map(|(x, y)| format!("[{},{}]", 120.0 + x / 1000.0, 36.0 + y / 1000.0))
        .collect();
    format!(
        r#"{{"type":"Feature","id":7,"properties":{properties},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}"#,
        ring.join(",")
    )
}

fn write(folder: &Path, name: &str, features: &[String]) {
    let text = format!(
        "{{\"type\":\"FeatureCollection\",\"name\":\"mine\",\"features\":[{}],\"note\":\"kept\"}}",
        features.join(",")
    );
    fs::write(folder.join(name), text).unwrap();
}

/// Two grids with a gap of a hair, under Chinese column names and with columns of the office's own.
fn office() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let west = feature(
        r#"{"网格编号":"G1","网格名称":"一网格","网格长":"某某","序号":1.50}"#,
        &[(0.0, 0.0), (0.999, 0.0), (0.999, 1.0), (0.0, 1.0)],
    );
    let east = feature(
        r#"{"网格编号":"G2","网格名称":"二网格","网格长":"某某","备注":null}"#,
        &[(1.0, 0.0), (2.0, 0.0), (2.0, 1.0), (1.0, 1.0)],
    );
    write(folder.path(), "grids.geojson", &[west, east]);
    let outline = [(0.0, 0.0), (2.0, 0.0), (2.0, 1.0), (0.0, 1.0)];
    write(folder.path(), "subdistrict.geojson", &[feature(r#"{"name":"街道"}"#, &outline)]);
    let branch = feature(
        r#"{"支部编号":"B","支部名称":"支部","网格编号":"G1、G2","书记":"某某"}"#,
        &outline,
    );
    write(folder.path(), "branches.geojson", &[branch]);
    folder
}

fn read(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

#[test]
fn the_demo_is_repaired_into_a_folder_that_checks_clean_but_for_the_questions() {
    let (before, target) = (files(&demo()), tempfile::tempdir().unwrap());
    let first = target.path().join("first");
    let done = wangge(&["repair", text(&demo()), "-o", text(&first)]);
    assert_eq!(done.code, 1, "{}", done.stderr);
    assert!(done.stdout.contains("left to people (3)"), "{}", done.stdout);
    assert_eq!(files(&demo()), before, "the original has changed");
    let check = wangge(&["check", text(&first), "--format", "json"]);
    let report: Value = serde_json::from_str(&check.stdout).unwrap();
    let errors = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["severity"] == "error" && f["rule"] != "balance.deviation");
    assert_eq!(errors.count(), 3);
    // A second repair finds nothing, and writes the same bytes.
    let second = target.path().join("second");
    let done = wangge(&["repair", text(&first), "-o", text(&second)]);
    assert!(done.stdout.starts_with("nothing to mend"), "{}", done.stdout);
    let (mut one, mut two) = (files(&first), files(&second));
    one.remove("wangge-repair.json");
    two.remove("wangge-repair.json");
    assert_eq!(one.len(), 14);
    assert_eq!(one, two);
    // What was not repaired was copied.
    for name in ["roads.geojson", "doors.csv", "wangge.toml", "subdistrict.geojson"] {
        assert_eq!(one[name], before[name], "{name}");
    }
}

#[test]
fn a_dry_run_writes_nothing_and_says_the_same() {
    let target = tempfile::tempdir().unwrap();
    let folder = target.path().join("out");
    let run = |more: &[&str]| {
        let demo = demo();
        let mut arguments = vec!["repair", text(&demo), "--format", "json"];
        arguments.extend(more);
        wangge(&arguments)
    };
    let dry = run(&["--dry-run", "-o", text(&folder)]);
    assert_eq!(dry.code, 1);
    assert!(!folder.exists());
    let wet = run(&["-o", text(&folder)]);
    assert_eq!(dry.stdout, wet.stdout);
    let plan: Value = serde_json::from_str(&wet.stdout).unwrap();
    assert_eq!(plan["actions"][0]["kind"], "overlap.assign");
    assert_eq!(read(&folder.join("wangge-repair.json"))["report"], plan);
}

#[test]
fn columns_order_and_other_members_stay_as_the_file_has_them() {
    let (folder, target) = (office(), tempfile::tempdir().unwrap());
    let done = wangge(&["repair", text(folder.path()), "-o", text(target.path())]);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    let grids = fs::read_to_string(target.path().join("grids.geojson")).unwrap();
    assert!(
        grids.starts_with("{\"type\":\"FeatureCollection\",\"name\":\"mine\",\"features\":[\n")
    );
    assert!(grids.ends_with("\n],\"note\":\"kept\"}\n"), "{grids}");
    for own in [
        r#""id":7,"properties":{"网格编号":"G1","网格名称":"一网格","网格长":"某某","序号":1.50}"#,
        r#"{"网格编号":"G2","网格名称":"二网格","网格长":"某某","备注":null}"#,
    ] {
        assert!(grids.contains(own), "{grids}");
    }
    // The branch over both grids is divided; the new one takes over the columns.
    let branches = read(&target.path().join("branches.geojson"));
    let properties = |i: usize| branches["features"][i]["properties"].clone();
    assert_eq!(
        properties(0),
        json!({"支部编号": "B", "支部名称": "支部", "网格编号": "G1", "书记": "某某"})
    );
    assert_eq!(
        properties(1),
        json!({"支部编号": "B-2", "支部名称": "支部（2）", "网格编号": "G2", "书记": "某某"})
    );
    let check = wangge(&["check", text(target.path()), "--format", "json"]);
    let report: Value = serde_json::from_str(&check.stdout).unwrap();
    for finding in report["findings"].as_array().unwrap() {
        let rule = finding["rule"].as_str().unwrap();
        let about_places = ["coverage.", "geometry.", "net."].iter().any(|f| rule.starts_with(f));
        assert!(!about_places, "{finding}");
    }
}

#[test]
fn the_written_dataset_is_the_one_in_memory() {
    let (folder, target) = (office(), tempfile::tempdir().unwrap());
    let original = dataset::load(folder.path()).unwrap();
    let repair = wangge::repair::run(&original, &Default::default()).unwrap();
    let out = target.path().join("out");
    dataset::write_edited(folder.path(), &repair.edits, &out, "{}").unwrap();
    let written = dataset::load(&out).unwrap();
    let shapes = |d: &dataset::Dataset| -> Vec<_> {
        d.grids.iter().map(|grid| grid.geometry.clone()).collect()
    };
    assert_eq!(shapes(&written), shapes(&repair.dataset));
    let outline = |d: &dataset::Dataset| d.subdistrict.as_ref().unwrap().geometry.clone();
    assert_eq!(outline(&written), outline(&repair.dataset));
    let features = |d: &dataset::Dataset| -> Vec<_> {
        let of_net = d.nets[0].features.iter();
        of_net.map(|f| (f.id.clone(), f.grid_codes.clone(), f.geometry.clone())).collect()
    };
    assert_eq!(features(&written), features(&repair.dataset));
}

#[test]
fn the_own_folder_and_other_peoples_folders_are_not_written_to() {
    let folder = office();
    let before = files(folder.path());
    let done = wangge(&["repair", text(folder.path()), "-o", text(folder.path())]);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("own folder"), "{}", done.stderr);
    let link = tempfile::tempdir().unwrap();
    let linked = link.path().join("linked");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.path(), &linked).unwrap();
        let done = wangge(&["repair", text(folder.path()), "-o", text(&linked)]);
        assert!(done.code == 2 && done.stderr.contains("own folder"), "{}", done.stderr);
    }
    let other = tempfile::tempdir().unwrap();
    fs::write(other.path().join("letter.txt"), "mine").unwrap();
    let done = wangge(&["repair", text(folder.path()), "-o", text(other.path())]);
    assert!(done.code == 2 && done.stderr.contains("not empty"), "{}", done.stderr);
    assert_eq!(files(other.path()).len(), 1);
    let done =
        wangge(&["repair", text(folder.path()), "-o", text(&other.path().join("letter.txt"))]);
    assert_eq!(done.code, 2, "{}", done.stderr);
    assert_eq!(files(folder.path()), before);
}

#[test]
fn an_earlier_result_is_replaced_and_nothing_else() {
    let (folder, target) = (office(), tempfile::tempdir().unwrap());
    let out = target.path().join("out");
    assert_eq!(wangge(&["repair", text(&demo()), "-o", text(&out)]).code, 1);
    fs::write(out.join("notes.txt"), "mine").unwrap();
    assert_eq!(wangge(&["repair", text(folder.path()), "-o", text(&out)]).code, 0);
    let names: Vec<String> = files(&out).into_keys().collect();
    let expected = [
        "branches.geojson",
        "grids.geojson",
        "notes.txt",
        "subdistrict.geojson",
        "wangge-repair.json",
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_list_of_files_does_not_lead_out_of_the_folder() {
    let (folder, target) = (office(), tempfile::tempdir().unwrap());
    let (out, victim) = (target.path().join("out"), target.path().join("victim.txt"));
    fs::create_dir(&out).unwrap();
    fs::write(&victim, "mine").unwrap();
    let listed = json!({ "files": ["../victim.txt", text(&victim)] });
    fs::write(out.join("wangge-repair.json"), listed.to_string()).unwrap();
    assert_eq!(wangge(&["repair", text(folder.path()), "-o", text(&out)]).code, 0);
    assert!(victim.exists());
}

#[test]
fn a_single_file_becomes_a_folder() {
    let (folder, target) = (office(), tempfile::tempdir().unwrap());
    let file = folder.path().join("我的网格.geojson");
    fs::copy(folder.path().join("grids.geojson"), &file).unwrap();
    let out = target.path().join("out");
    let done = wangge(&["repair", text(&file), "-o", text(&out)]);
    // Without an outline the hair between the grids is open to the outside: it is left to people.
    assert_eq!(done.code, 1, "{}", done.stderr);
    assert!(done.stdout.contains("coverage.near_miss"), "{}", done.stdout);
    assert!(out.join("grids.geojson").exists());
    assert!(dataset::load(&out).is_ok());
    let done = wangge(&["repair", text(&file), "-o", text(folder.path())]);
    assert!(done.code == 2 && done.stderr.contains("own folder"), "{}", done.stderr);
}

#[test]
fn a_layer_in_another_system_is_written_in_degrees_and_the_manifest_says_so() {
    let (folder, target) = (office(), tempfile::tempdir().unwrap());
    // The grids in GCJ-02, in a folder below, and a file outside of the dataset.
    let grids = fs::read_to_string(folder.path().join("grids.geojson")).unwrap();
    let mut grids: Value = serde_json::from_str(&grids).unwrap();
    for feature in grids["features"].as_array_mut().unwrap() {
        for place in feature["geometry"]["coordinates"][0].as_array_mut().unwrap() {
            let (lon, lat) = (place[0].as_f64().unwrap(), place[1].as_f64().unwrap());
            let (lon, lat) = dataset::crs::wgs84_to_gcj02(lon, lat);
            *place = json!([lon, lat]);
        }
    }
    fs::create_dir(folder.path().join("gis")).unwrap();
    fs::write(folder.path().join("gis/wg.geojson"), grids.to_string()).unwrap();
    fs::remove_file(folder.path().join("grids.geojson")).unwrap();
    let outside = target.path().join("outline.json");
    fs::rename(folder.path().join("subdistrict.geojson"), &outside).unwrap();
    let manifest = format!(
        "# ours\ntitle_zh = \"街道\"\n\n[layers.grids]\nfile = \"gis/wg.geojson\"\ncrs = \"gcj02\" # from AMap\n\n[layers.subdistrict]\nfile = {:?}\n\n[rules]\ntolerance_m = 0.25\n",
        text(&outside)
    );
    fs::write(folder.path().join("wangge.toml"), manifest).unwrap();
    let out = target.path().join("out");
    let done = wangge(&["repair", text(folder.path()), "-o", text(&out)]);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    let manifest = fs::read_to_string(out.join("wangge.toml")).unwrap();
    assert!(!manifest.contains("gcj02") && manifest.contains("tolerance_m = 0.25"), "{manifest}");
    assert!(out.join("gis/wg.geojson").exists() && out.join("subdistrict.json").exists());
    let place = &read(&out.join("gis/wg.geojson"))["features"][0]["geometry"]["coordinates"][0][0];
    assert!((place[0].as_f64().unwrap() - 120.0).abs() < 1e-5, "{place}");
    let second = target.path().join("second");
    let done = wangge(&["repair", text(&out), "-o", text(&second)]);
    assert!(done.stdout.starts_with("nothing to mend"), "{}", done.stdout);
    let written = |folder: &Path| fs::read(folder.join("gis/wg.geojson")).unwrap();
    assert_eq!(written(&out), written(&second));
}

#[test]
fn what_cannot_be_done_is_said() {
    let folder = office();
    let run = |more: &[&str]| {
        let mut arguments = vec!["repair", text(folder.path()), "--dry-run"];
        arguments.extend(more);
        wangge(&arguments)
    };
    for (arguments, words) in [
        (&["--layer", "roads"][..], "no layer that can be repaired"),
        (&["--lock", "G9"], "no grid `G9`"),
        (&["--max-share", "7"], "a share from 0 to 1"),
    ] {
        let done = run(arguments);
        assert_eq!(done.code, 2, "{arguments:?}");
        assert!(done.stderr.contains(words), "{}", done.stderr);
    }
    let done = wangge(&["repair", text(folder.path())]);
    assert!(done.code == 2 && done.stderr.contains("--output"), "{}", done.stderr);
    let done = run(&["--layer", "branches", "--lock", "G1", "G2"]);
    assert_eq!(done.code, 0, "{}", done.stdout);
}

//! Objects, one a line.

use crate::ledger::{ADDED, Files, expected, places, table};
use serde_json::Value;

#[test]
fn objects_keep_their_bytes() {
    let files = Files::new();
    let places = places(3000, 11);
    let line = |(number, place): (usize, &wangge::domain::LonLat)| match number % 3 {
        0 => format!(
            "{{\"z\":1e3,\"lon\":{},\"a\": [1, {{\"b\":null}}],\"lat\":{}}}",
            place.lon(),
            place.lat()
        ),
        1 => format!(
            "  {{ \"经度\" : \"{}\" , \"纬度\":{:e},\"名\":\"\\u53cc\\n\" }}  ",
            place.lon(),
            place.lat()
        ),
        _ => format!(
            "{{\"y\":{},\"x\":{},\"big\":12345678901234567890123}}",
            place.lat(),
            place.lon()
        ),
    };
    let lines: Vec<String> = places.iter().enumerate().map(line).collect();
    files.write("in.ndjson", lines.join("\n"));
    let out = String::from_utf8(files.located("in.ndjson", "out.ndjson", &[])).expect("UTF-8");
    assert_eq!(out.lines().count(), lines.len());
    for ((own, line), place) in lines.iter().zip(out.lines()).zip(&places) {
        let own = own.trim().strip_suffix('}').expect("an object");
        let added = line.strip_prefix(own).unwrap_or_else(|| panic!("{line} begins as {own}"));
        let added: Value = serde_json::from_str(&format!("{{{}", &added[1..])).expect("members");
        let names: Vec<&String> = added.as_object().expect("an object").keys().collect();
        assert_eq!(names.len(), ADDED.len());
        let keys = ["grid_code", "branch_id", "compound_id", "match"];
        assert_eq!(keys.map(|key| added[key].as_str().unwrap_or_default()), expected(*place));
        assert_eq!(added["reason"], Value::Null);
    }
}

#[test]
fn lines_that_are_no_objects_are_kept_as_text() {
    let files = Files::new();
    let bad = [
        "not json",
        "[1,2]",
        "{\"lon\":1",
        "{\"lon\":1,\"lat\":2} x",
        "12",
        "{\"a\":1,\"grid_code\":\"old\"}",
    ];
    let good = "{\"lon\":120.387,\"lat\":36.117}";
    let text: String = bad.iter().map(|line| format!("{good}\n{line}\n\n")).collect();
    files.write("in.ndjson", &text);
    let out = String::from_utf8(files.located("in.ndjson", "out.ndjson", &[])).expect("UTF-8");
    let rows: Vec<Value> =
        out.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    assert_eq!(rows.len(), bad.len() * 2);
    for (pair, bad) in rows.chunks(2).zip(bad) {
        assert_eq!(pair[0]["match"], "inside");
        assert_eq!((&pair[1]["unreadable"], &pair[1]["match"]), (&bad.into(), &"none".into()));
        assert!(pair[1]["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
    }
}

#[test]
fn objects_become_a_table_and_lose_nothing() {
    let files = Files::new();
    files.write(
        "in.jsonl",
        "{\"id\":7,\"lon\":120.387,\"lat\":36.117,\"t\":\"a,\\\"b\\\"\"}\n\
         {\"lat\":36.117,\"more\":[1],\"lon\":120.387,\"id\":8}\nbroken\n",
    );
    let out = table(&files.located("in.jsonl", "out.csv", &[]), b',');
    assert_eq!(out[0][..4], ["id", "lon", "lat", "t"]);
    assert_eq!(out[1][..4], ["7", "120.387", "36.117", "a,\"b\""]);
    assert_eq!(out[2][..4], ["8", "120.387", "36.117", ""]);
    assert_eq!((out[2][7].as_str(), out[2][8].contains("{\"more\":[1]}")), ("inside", true));
    assert_eq!((out[3][0].as_str(), out[3][7].as_str()), ("broken", "none"));
}

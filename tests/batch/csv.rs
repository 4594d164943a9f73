//! Tables in every form in which offices have them.

use crate::ledger::{ADDED, DATASET, Files, expected, expected_of_address, numbers, places, table};
use crate::program::{command, wangge};
use std::io::Write;
use std::process::Stdio;

/// Cells that put a reader to the test.
const AWKWARD: [&str; 7] =
    ["", "plain", "逗号，, 引号\"", "line\nbreak", "two\r\nlines \"\"", "  blanks  ", "-1'a"];

/// A ledger of many rows: its own columns around the place, awkward cells, every row's number.
fn awkward_ledger(rows: usize, separator: u8) -> (Vec<u8>, Vec<[String; 4]>) {
    let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(Vec::new());
    writer.write_record(["编号", "经度", "备注", "纬度", "户主意见"]).expect("in memory");
    let places = places(rows, 3);
    for (number, place) in places.iter().enumerate() {
        let (lon, lat) = numbers(*place, "wgs84");
        let first = AWKWARD[number % AWKWARD.len()];
        let second = AWKWARD[number / 7 % AWKWARD.len()];
        writer.write_record([&number.to_string(), &lon, first, &lat, second]).expect("in memory");
    }
    let bytes = writer.into_inner().expect("in memory");
    (bytes, places.into_iter().map(expected).collect())
}

fn check(output: &[Vec<String>], input: &[Vec<String>], answers: &[[String; 4]]) {
    let width = input[0].len();
    assert_eq!(output.len(), input.len());
    assert_eq!(output[0][width..], ADDED);
    for (number, (row, own)) in output.iter().zip(input).enumerate() {
        assert_eq!(row[..width], own[..], "row {number}");
        if number > 0 {
            assert_eq!(row[width..width + 4], answers[number - 1][..], "row {number}: {own:?}");
            assert_eq!(row[width + 4], "", "row {number}");
        }
    }
}

#[test]
fn ten_thousand_rows_keep_their_columns_and_order_and_answer_as_one_by_one() {
    let files = Files::new();
    let (ledger, answers) = awkward_ledger(10_000, b',');
    files.write("in.csv", &ledger);
    for threads in ["1", "4"] {
        let out = files.located("in.csv", "out.csv", &["--threads", threads]);
        check(&table(&out, b','), &table(&ledger, b','), &answers);
    }
    assert_eq!(files.names(), ["in.csv", "out.csv"], "nothing else is left");
    let kinds: Vec<&str> = answers.iter().map(|answer| answer[3].as_str()).collect();
    for kind in ["inside", "border", "none"] {
        assert!(kinds.iter().filter(|k| **k == kind).count() > 100, "{kind} is tried");
    }
    assert!(answers.iter().filter(|a| !a[2].is_empty()).count() > 1000, "compounds are tried");
}

#[test]
fn a_row_answers_as_the_command_for_one_place() {
    let files = Files::new();
    let places = places(12, 9);
    let rows = places.iter().map(|p| format!("{},{}\n", p.lon(), p.lat())).collect::<String>();
    files.write("in.csv", format!("lon,lat\n{rows}"));
    let out = table(&files.located("in.csv", "out.csv", &[]), b',');
    for (place, row) in places.iter().zip(&out[1..]) {
        let at = format!("{},{}", place.lon(), place.lat());
        let one =
            wangge(&["locate", DATASET, "--at", &at, "--on", "2024-05-31", "--format", "json"]);
        let one: serde_json::Value = serde_json::from_str(&one.stdout).expect("JSON");
        let keys = ["grid_code", "branch_id", "compound_id", "match"];
        let one = keys.map(|key| one[key].as_str().unwrap_or_default());
        assert_eq!(row[2..6], one, "{at}");
    }
}

#[test]
fn encodings_separators_and_line_ends_stay_as_they_were() {
    let files = Files::new();
    let (utf8, answers) = awkward_ledger(300, b',');
    let rows = table(&utf8, b',');
    let text = String::from_utf8(utf8.clone()).expect("UTF-8");
    let mut with_mark = vec![0xef, 0xbb, 0xbf];
    with_mark.extend(&utf8);
    files.write("mark.csv", &with_mark);
    let out = files.located("mark.csv", "out.csv", &[]);
    assert!(out.starts_with(&[0xef, 0xbb, 0xbf]));
    check(&table(&out[3..], b','), &rows, &answers);

    let gbk = encoding_rs::GBK.encode(&text).0.into_owned();
    for more in [&[][..], &["--encoding", "gbk"]] {
        files.write("gbk.csv", &gbk);
        let out = files.located("gbk.csv", "out.csv", more);
        let (out, _, bad) = encoding_rs::GBK.decode(&out);
        assert!(!bad);
        check(&table(out.as_bytes(), b','), &rows, &answers);
    }

    for little in [true, false] {
        let unit = |unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
        let wide: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(unit).collect();
        files.write("wide.csv", &wide);
        let out = files.located("wide.csv", "out.csv", &[]);
        assert_eq!(out[..2], wide[..2]);
        let encoding = if little { encoding_rs::UTF_16LE } else { encoding_rs::UTF_16BE };
        let (out, _, bad) = encoding.decode(&out);
        assert!(!bad);
        check(&table(out.as_bytes(), b','), &rows, &answers);
    }

    for separator in [b'\t', b';'] {
        let (ledger, answers) = awkward_ledger(300, separator);
        let ledger = String::from_utf8(ledger).expect("UTF-8");
        files.write("in.tsv", &ledger);
        let out = files.located("in.tsv", "out.tsv", &[]);
        check(&table(&out, separator), &table(ledger.as_bytes(), separator), &answers);
    }

    files.write("crlf.csv", "lon,lat\r\n120.387,36.117\r\n1,2");
    let out = String::from_utf8(files.located("crlf.csv", "out.csv", &[])).expect("UTF-8");
    let ends: Vec<&str> = out.split_inclusive('\n').collect();
    assert!(ends.len() == 3 && ends[0].ends_with("\r\n") && ends[1].ends_with("\r\n"), "{out:?}");
}

#[test]
fn reference_systems() {
    let files = Files::new();
    let places = places(400, 5);
    for crs in ["gcj02", "bd09", "EPSG:4490", "EPSG:4549", "EPSG:4528"] {
        let rows = places.iter().map(|p| numbers(*p, crs));
        let (mut straight, mut swapped) = ("x,y\n".to_owned(), "lon,lat\n".to_owned());
        let mut answers = Vec::new();
        for (a, b) in rows {
            straight += &format!("{a},{b}\n");
            swapped += &format!("{b},{a}\n");
            let system = wangge::dataset::crs::Crs::parse(crs).expect("a system");
            let (a, b) = (a.parse().expect("a number"), b.parse().expect("a number"));
            answers.push(expected(system.to_degrees(a, b).expect("a place")));
        }
        files.write("in.csv", &straight);
        let out = files.located("in.csv", "out.csv", &["--crs", crs]);
        check(&table(&out, b','), &table(straight.as_bytes(), b','), &answers);
        if crs == "EPSG:4549" || crs == "EPSG:4528" {
            files.write("in.csv", &swapped);
            let out = files.located("in.csv", "out.csv", &["--crs", crs]);
            check(&table(&out, b','), &table(swapped.as_bytes(), b','), &answers);
        }
    }
}

#[test]
fn addresses_alone_and_beside_places() {
    let files = Files::new();
    let texts =
        ["鸿仕雅居3号楼", "双山馨城", "山东省济南市章丘区双山街道", "没有这个地方", "hsyj 3-2-501"];
    let rows: String = texts.iter().map(|text| format!("甲,{text}\n")).collect();
    files.write("in.csv", format!("名,地址\n{rows}"));
    let answers: Vec<_> = texts.iter().map(|text| expected_of_address(text)).collect();
    let out = table(&files.located("in.csv", "out.csv", &[]), b',');
    check(&out, &table(&files.read("in.csv"), b','), &answers);
    assert!(out.iter().any(|row| row[5] == "none") && out.iter().any(|row| row[5] == "exact"));

    files.write("in.csv", "lon,lat,address\n120.387,36.117,没有这个地方\n,,鸿仕雅居3号楼\n, ,\n");
    let out = table(&files.located("in.csv", "out.csv", &[]), b',');
    let place = wangge::domain::LonLat::new(120.387, 36.117).expect("a place");
    assert_eq!(out[1][3..7], expected(place));
    assert_eq!(out[2][3..7], expected_of_address("鸿仕雅居3号楼"));
    assert_eq!((out[3][6].as_str(), out[3][7].is_empty()), ("none", false), "{:?}", out[3]);
}

#[test]
fn columns_of_other_names_are_named() {
    let files = Files::new();
    files.write("in.csv", "东,北,住处\n120.387,36.117,x\n");
    let done = files.batch("in.csv", "out.csv", &[]);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("in.csv") && done.stderr.contains("住处"), "{}", done.stderr);
    let more = ["--lon-column", "东", "--lat-column", "北"];
    let out = table(&files.located("in.csv", "out.csv", &more), b',');
    assert_eq!(out[1][6], "inside");
    let done = files.batch("in.csv", "out.csv", &["--address-column", "地址"]);
    assert!(done.code == 2 && done.stderr.contains("地址"), "{}", done.stderr);
}

#[test]
fn standard_input_and_output() {
    let arguments =
        ["locate", DATASET, "--batch", "-", "--input-form", "csv", "--output-form", "ndjson"];
    let mut child = command(&arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut input = child.stdin.take().expect("it is piped");
    input.write_all("名,lon,lat\n\"甲\"\"\",120.387,36.117\n".as_bytes()).expect("it reads");
    drop(input);
    let done = child.wait_with_output().expect("it ends");
    let row: serde_json::Value = serde_json::from_slice(&done.stdout).expect("one object");
    assert_eq!((&row["名"], &row["match"]), (&"甲\"".into(), &"inside".into()));
    assert_eq!(row["lon"], "120.387", "cells stay texts");
    assert_eq!(row["reason"], serde_json::Value::Null);
}

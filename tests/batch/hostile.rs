//! Files that are broken, and files that would break something.

use crate::ledger::{Files, table};
use std::io::Write;

#[test]
fn rows_that_cannot_be_read_are_kept_with_a_reason_and_shift_no_column() {
    let files = Files::new();
    let good = "g,120.387,36.117,x";
    let bad = [
        ("n,NaN,36.117,x", "n"),
        ("i,120.387,inf,x", "i"),
        ("t,abc,36.117,x", "t"),
        ("h,120.387,,x", "h"),
        ("r,181,36.117,x", "r"),
        ("e,,,x", "e"),
        ("s,120.387,36.117", "s,120.387,36.117"),
        ("l,120.387,36.117,x,y,z", "l,120.387,36.117,x,y,z"),
        ("1,5,120.387,36.117,x", "1,5,120.387,36.117,x"),
    ];
    let rows: String = bad.iter().map(|(row, _)| format!("{good}\n{row}\n")).collect();
    files.write("in.csv", format!("id,lon,lat,note\n{rows}"));
    for lang in ["zh", "en"] {
        let out = table(&files.located("in.csv", "out.csv", &["--lang", lang]), b',');
        assert_eq!(out.len(), 1 + 2 * bad.len());
        for (pair, (_, first)) in out[1..].chunks(2).zip(bad) {
            assert_eq!((pair[0][3].as_str(), pair[0][7].as_str()), ("x", "inside"));
            assert_eq!((pair[1][0].as_str(), pair[1][7].as_str()), (first, "none"), "{pair:?}");
            assert!(!pair[1][8].is_empty() && pair[1][4].is_empty(), "{pair:?}");
        }
    }
    let done = files.batch("in.csv", "out.csv", &[]);
    assert!(done.stderr.contains("9 unreadable"), "{}", done.stderr);
}

#[test]
fn a_quote_that_nothing_closes_costs_one_row() {
    let files = Files::new();
    // More than the longest row may have follows.
    let note = "n".repeat(200);
    let good = format!("{note},120.387,36.117\n");
    let (before, after) = (good.repeat(5), good.repeat(80_000));
    assert!(after.len() > 16 << 20);
    files.write("in.csv", format!("id,lon,lat\n{before}\"open,120.387,36.117\n{after}"));
    let out = table(&files.located("in.csv", "out.csv", &[]), b',');
    assert_eq!(out.len(), 80_007);
    let bad: Vec<_> = out[1..].iter().filter(|row| row[6] != "inside").collect();
    assert_eq!(bad.len(), 1);
    assert_eq!((bad[0][0].as_str(), bad[0][6].as_str()), ("\"open,120.387,36.117", "none"));

    files.write("in.csv", "id,lon,lat\ng,120.387,36.117\n\"open,120.387,36.117\ng,120.387,36.117");
    let out = table(&files.located("in.csv", "out.csv", &[]), b',');
    assert_eq!(
        out.iter().map(|row| row[6].as_str()).collect::<Vec<_>>(),
        ["match", "inside", "none", "inside"]
    );
}

#[test]
fn what_cannot_be_done_is_said_and_leaves_nothing_behind() {
    let files = Files::new();
    let cases: [(&str, &[u8], &str); 10] = [
        ("empty.csv", b"", "empty"),
        ("blank.csv", b"\n\n", "empty"),
        ("empty.ndjson", b"\n \n", "empty"),
        ("no-place.csv", b"a,b\n1,2\n", "a, b"),
        ("half.csv", b"lon,b\n1,2\n", "latitude"),
        ("no-place.ndjson", b"{\"a\":1}\n", "lon"),
        ("taken.csv", b"lon,lat,match\n1,2,3\n", "match"),
        ("quote.csv", b"\"lon,lat\n1,2\n", "quote"),
        ("text.parquet", b"lon,lat\n1,2\n", "Parquet"),
        ("empty.parquet", b"", "Parquet"),
    ];
    for (name, bytes, word) in cases {
        files.write(name, bytes);
        let output = format!("out.{}", name.rsplit('.').next().expect("an ending"));
        let done = files.batch(name, &output, &[]);
        assert_eq!(done.code, 2, "{name}: {}", done.stderr);
        assert!(done.stderr.contains(name) && done.stderr.contains(word), "{}", done.stderr);
    }
    assert!(files.names().iter().all(|name| !name.starts_with("out")), "{:?}", files.names());
    for (input, output) in
        [("no-such.csv", "out.csv"), ("half.csv", "out.dwg"), ("half.csv", "out.parquet")]
    {
        assert_eq!(files.batch(input, output, &[]).code, 2, "{input} {output}");
    }
}

#[test]
fn a_line_without_an_end_is_refused_in_little_memory() {
    let files = Files::new();
    let path = files.write("in.csv", "lon,lat\n120.387,36.117\n");
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).expect("it is there");
    // A hole: a gigabyte that takes no room on the disk.
    file.set_len(1 << 30).expect("it grows");
    file.flush().expect("it is written");
    let done = files.batch("in.csv", "out.csv", &[]);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("line 3") && done.stderr.contains("16 MiB"), "{}", done.stderr);
}

#[test]
fn the_input_is_never_the_output() {
    let files = Files::new();
    let text = "lon,lat\n120.387,36.117\n";
    files.write("in.csv", text);
    std::fs::hard_link(files.path("in.csv"), files.path("linked.csv")).expect("one file system");
    for output in ["in.csv", "./in.csv", "linked.csv"] {
        let done = files.batch("in.csv", output, &[]);
        assert!(done.code == 2 && done.stderr.contains("input itself"), "{}", done.stderr);
    }
    assert_eq!(files.read("in.csv"), text.as_bytes());
    assert_eq!(files.batch("in.csv", "no/such/folder.csv", &[]).code, 2);
}

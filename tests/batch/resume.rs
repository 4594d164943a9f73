//! Runs that are killed and gone on with.

use crate::ledger::{DATASET, Files, ON};
use crate::program::command;
use std::fmt::Write;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Addresses with a slip, each of which takes its time, and long notes, so that few rows make a
/// piece of the file.
fn ledger(rows: usize) -> String {
    let note = "记".repeat(700);
    let mut text = "id,address,note\n".to_owned();
    for number in 0..rows {
        let (name, house) = (number % 97, number % 31);
        let _ = writeln!(text, "{number},\"双山街道鸿士雅{name}园\n{house}号楼\",{note}");
    }
    text
}

fn start(files: &Files, input: &str, output: &str, more: &[&str]) -> Child {
    let (input, output) = (files.path(input), files.path(output));
    let mut arguments = vec!["locate", DATASET, "--on", ON, "--lang", "en", "--batch"];
    arguments.extend([input.to_str().expect("UTF-8"), "-o", output.to_str().expect("UTF-8")]);
    arguments.extend(more);
    command(&arguments).stderr(Stdio::null()).spawn().expect("the program starts")
}

/// Kills a run once it has noted how far it is; whether it was still at it.
fn kill_once_noted(mut run: Child, files: &Files, output: &str, before: &[u8]) -> bool {
    let journal = files.path(&format!("{output}.partial.json"));
    let begin = Instant::now();
    loop {
        if run.try_wait().expect("it can be asked").is_some() {
            return false;
        }
        let noted = std::fs::read(&journal).unwrap_or_default();
        if !noted.is_empty() && noted != before {
            break;
        }
        assert!(begin.elapsed() < Duration::from_secs(120), "nothing is noted");
        std::thread::sleep(Duration::from_millis(5));
    }
    run.kill().expect("it can be killed");
    run.wait().expect("it ends");
    true
}

#[test]
fn a_run_that_was_killed_goes_on_and_ends_with_the_same_bytes() {
    let files = Files::new();
    files.write("in.csv", ledger(3_000));
    let whole = files.located("in.csv", "whole.csv", &[]);
    let (mut kills, mut noted) = (0, Vec::new());
    while kills < 3
        && kill_once_noted(
            start(&files, "in.csv", "out.csv", &["--resume"]),
            &files,
            "out.csv",
            &noted,
        )
    {
        kills += 1;
        noted = files.read("out.csv.partial.json");
        assert!(!files.path("out.csv").exists(), "an unfinished output is not in its place");
    }
    assert!(kills > 0, "the run was over before it could be killed");
    // Without --resume what was done is not thrown away, and other settings do not mix with it.
    let done = files.batch("in.csv", "out.csv", &[]);
    assert!(done.code == 2 && done.stderr.contains("--resume"), "{}", done.stderr);
    let done = files.batch("in.csv", "out.csv", &["--resume", "--crs", "gcj02"]);
    assert!(done.code == 2 && done.stderr.contains("another input"), "{}", done.stderr);
    assert!(files.located("in.csv", "out.csv", &["--resume"]) == whole);
    assert_eq!(files.names(), ["in.csv", "out.csv", "whole.csv"]);
}

#[test]
fn what_came_after_the_last_note_is_made_again() {
    let files = Files::new();
    files.write("in.csv", ledger(3_000));
    let whole = files.located("in.csv", "whole.csv", &[]);
    assert!(kill_once_noted(start(&files, "in.csv", "out.csv", &[]), &files, "out.csv", &[]));
    let mut torn = files.read("out.csv.partial");
    torn.extend(b"half a row, and then the power failed");
    files.write("out.csv.partial", torn);
    assert!(files.located("in.csv", "out.csv", &["--resume"]) == whole);
}

#[test]
fn a_changed_input_is_not_gone_on_with() {
    let files = Files::new();
    files.write("in.csv", ledger(3_000));
    assert!(kill_once_noted(start(&files, "in.csv", "out.csv", &[]), &files, "out.csv", &[]));
    files.write("in.csv", ledger(2_999));
    let done = files.batch("in.csv", "out.csv", &["--resume"]);
    assert!(done.code == 2 && done.stderr.contains("out.csv.partial"), "{}", done.stderr);
}

#[test]
fn two_runs_do_not_write_one_output() {
    let files = Files::new();
    files.write("in.csv", ledger(3_000));
    let mut first = start(&files, "in.csv", "out.csv", &[]);
    while !files.path("out.csv.partial.json").exists() {
        assert!(first.try_wait().expect("it can be asked").is_none(), "it ended too soon");
        std::thread::sleep(Duration::from_millis(5));
    }
    let done = files.batch("in.csv", "out.csv", &["--resume"]);
    assert!(done.code == 2 && done.stderr.contains("another run"), "{}", done.stderr);
    first.kill().expect("it can be killed");
    first.wait().expect("it ends");
}

//! Memory does not grow with the ledger.

#![cfg(target_os = "linux")]

use crate::ledger::{DATASET, Files, ON};
use crate::program::command;
use std::fmt::Write;
use std::process::Stdio;

/// The most memory that a run over a file held, in kB, read from the kernel as it runs.
fn peak_kb(files: &Files, input: &str) -> u64 {
    let input = files.path(input);
    let output = files.path("out.csv");
    let arguments = ["locate", DATASET, "--on", ON, "--threads", "2", "--batch"];
    let mut run = command(&arguments)
        .args([input.as_os_str(), "-o".as_ref(), output.as_os_str()])
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut peak = 0;
    while run.try_wait().expect("it can be asked").is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", run.id()));
        let line = status.unwrap_or_default();
        let value = line.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kb = value.and_then(|value| value.trim().strip_suffix(" kB")?.parse().ok());
        peak = peak.max(kb.unwrap_or_default());
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    peak
}

#[test]
fn ten_times_the_rows_take_no_more_memory() {
    let files = Files::new();
    let mut text = "id,lon,lat,note\n".to_owned();
    for number in 0..100_000 {
        let (lon, lat) =
            (120.37 + f64::from(number % 997) * 3e-5, 36.11 + f64::from(number % 1009) * 1e-5);
        let _ = writeln!(text, "{number},{lon:.6},{lat:.6},\"a note, in quotes\"");
    }
    files.write("small.csv", &text);
    let rows = text.split_once('\n').expect("a header").1.to_owned();
    for _ in 0..9 {
        text.push_str(&rows);
    }
    files.write("large.csv", &text);
    drop(text);
    let (small, large) = (peak_kb(&files, "small.csv"), peak_kb(&files, "large.csv"));
    // The larger file has 40 MB more.
    assert!(large < small + 20_000, "{small} kB for 100,000 rows, {large} kB for 1,000,000");
}

//! The Python with the libraries that results are compared with (`scripts/need peers`).
#![allow(dead_code)] // each test binary uses a part of it
#![allow(clippy::unwrap_used)] // a test may fail by panicking

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The interpreter: `WANGGE_PEERS`, or the one that `make` puts under `target`. `make test`
/// demands it; else a test that needs it is skipped.
pub fn python() -> Option<PathBuf> {
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers/bin/python");
    let python = std::env::var_os("WANGGE_PEERS").map_or(made, PathBuf::from);
    let mut import = Command::new(&python);
    import.args(["-c", "import shapely, numpy"]).stderr(Stdio::null());
    let found = import.status().is_ok_and(|status| status.success());
    assert!(
        found || std::env::var_os("WANGGE_TOOLS").is_none(),
        "{} with shapely is missing: run scripts/need peers",
        python.display()
    );
    if !found {
        // Past the harness, which shows nothing of tests that pass.
        let _ = writeln!(
            std::io::stderr(),
            "skipped: no Python with shapely (scripts/need peers installs it)"
        );
    }
    found.then_some(python)
}

/// The lines that a script answers to lines of standard input; one process for all.
pub fn ask(python: &Path, script: &str, lines: &[String]) -> Vec<String> {
    let mut process = Command::new(python)
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = process.stdin.take().unwrap();
    let text = lines.join("\n") + "\n";
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()).unwrap());
    let done = process.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(done.status.success(), "the peer's script failed");
    let answers: Vec<String> =
        String::from_utf8(done.stdout).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(answers.len(), lines.len());
    answers
}

//! Data flows one way: a module imports only from those before it.

#![allow(clippy::unwrap_used)] // a test may fail by panicking

use std::fs;
use std::path::{Path, PathBuf};

/// The library's modules in the order of the data's way; `cli` is the program's own.
const ORDER: [&str; 15] = [
    "domain",
    "geometry",
    "dataset",
    "index",
    "check",
    "repair",
    "balance",
    "locate",
    "engine",
    "store",
    "plan",
    "organization",
    "tiles",
    "http",
    "cli",
];

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    files
}

/// The modules that a file names by `crate::…`.
fn imports(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .collect()
}

#[test]
fn imports_run_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let rank = |name: &str| ORDER.iter().position(|m| *m == name);
    let mut seen = 0;
    let mut back = Vec::new();
    for file in rust_files(&src) {
        let inside = file.strip_prefix(&src).unwrap();
        let module = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        let Some(here) = rank(module) else { continue };
        for import in imports(&fs::read_to_string(&file).unwrap()) {
            seen += 1;
            if rank(&import).is_some_and(|there| there > here) {
                back.push(format!("{} imports crate::{import}", inside.display()));
            }
        }
    }
    assert!(seen > 50, "only {seen} imports were read");
    assert!(back.is_empty(), "imports that run back:\n{}", back.join("\n"));
}

/// Files of pure modules that touch the disk all the same: they map a finished index.
const ON_DISK: [&str; 1] = ["index/compiled/file.rs"];

#[test]
fn pure_modules_do_no_input_or_output() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for module in ["domain", "geometry", "index", "check", "repair", "balance", "locate"] {
        for file in rust_files(&src.join(module)) {
            if ON_DISK.iter().any(|exempt| file.ends_with(exempt)) {
                continue;
            }
            let text = fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            for word in ["std::fs", "std::net", "println!", "eprintln!", "std::env"] {
                assert!(!code.contains(word), "{} uses {word}", file.display());
            }
        }
    }
}

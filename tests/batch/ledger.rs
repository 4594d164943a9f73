//! Ledgers that tests make, and what the library says of their places.

use crate::common::Dice;
use crate::program::{Done, command};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use tempfile::TempDir;
use wangge::dataset::crs::Crs;
use wangge::domain::LonLat;
use wangge::locate::Locator;

/// The dataset: its grids, branches and compounds have outlines.
pub const DATASET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/shuangshan");
/// The day that is asked for.
pub const ON: &str = "2024-05-31";
/// The columns that are added.
pub const ADDED: [&str; 5] = ["grid_code", "branch_id", "compound_id", "match", "reason"];

static LOCATOR: LazyLock<Locator> = LazyLock::new(|| {
    let dataset = wangge::dataset::load(Path::new(DATASET)).expect("the demo dataset loads");
    Locator::new(Arc::new(dataset))
});

/// What `locate --at` says of a place: grid, branch, compound, match.
pub fn expected(place: LonLat) -> [String; 4] {
    let found = LOCATOR.at(place, Some(ON.parse().expect("a day")));
    let text = |key: Option<String>| key.unwrap_or_default();
    let kind = serde_json::to_value(found.kind).expect("JSON");
    [
        text(found.grid_code),
        text(found.branch_id),
        text(found.compound_id),
        kind.as_str().expect("a name").to_owned(),
    ]
}

/// What `locate --address` says of an address.
pub fn expected_of_address(text: &str) -> [String; 4] {
    let found = LOCATOR.address(text, Some(ON.parse().expect("a day")));
    let key = |key: Option<String>| key.unwrap_or_default();
    let kind = serde_json::to_value(found.kind).expect("JSON");
    [
        key(found.grid_code),
        key(found.branch_id),
        key(found.compound_id),
        kind.as_str().expect("a name").to_owned(),
    ]
}

/// Places in and around the dataset, every eighth on a corner of a grid.
pub fn places(count: usize, seed: u64) -> Vec<LonLat> {
    let mut dice = Dice::new(seed);
    let dataset = wangge::dataset::load(Path::new(DATASET)).expect("the demo dataset loads");
    let corners: Vec<LonLat> = dataset.grids.iter().flat_map(|g| g.geometry.corners()).collect();
    let window = dataset.bbox().expect("it has features");
    let between = |low: f64, high: f64, share: f64| low + (high - low) * (share * 1.2 - 0.1);
    let place = |number: usize| {
        if number % 8 == 7 {
            return corners[dice.below(corners.len())];
        }
        let lon = between(window.west, window.east, dice.roll());
        LonLat::new(lon, between(window.south, window.north, dice.roll())).expect("a place")
    };
    (0..count).map(place).collect()
}

/// The numbers of a place in a reference system, as text that reads back to the same numbers.
pub fn numbers(place: LonLat, crs: &str) -> (String, String) {
    let (a, b) = Crs::parse(crs).expect("a system").from_degrees(place);
    (a.to_string(), b.to_string())
}

/// A folder for the files of a test.
pub struct Files(TempDir);

impl Files {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).expect("the folder can be written");
        path
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Names of the files, sorted.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).expect("the folder is there");
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.expect("an entry").file_name().to_string_lossy().into_owned()
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names
    }

    /// Runs a batch from one file of the folder to another.
    pub fn batch(&self, input: &str, output: &str, more: &[&str]) -> Done {
        let (input, output) = (self.path(input), self.path(output));
        let mut arguments = vec!["locate", DATASET, "--on", ON, "--batch"];
        arguments.extend([input.to_str().expect("UTF-8"), "-o", output.to_str().expect("UTF-8")]);
        arguments.extend(more);
        if !more.contains(&"--lang") {
            arguments.extend(["--lang", "en"]);
        }
        let done = command(&arguments).output().expect("the program starts");
        let stderr = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(!stderr.contains("panicked"), "{stderr}");
        Done {
            code: done.status.code().expect("it ends by itself"),
            stdout: String::from_utf8_lossy(&done.stdout).into_owned(),
            stderr,
        }
    }

    /// Runs a batch that must end well; its output.
    #[track_caller]
    pub fn located(&self, input: &str, output: &str, more: &[&str]) -> Vec<u8> {
        let done = self.batch(input, output, more);
        assert_eq!(done.code, 0, "{}", done.stderr);
        self.read(output)
    }
}

/// The rows of a table, the header first.
pub fn table(bytes: &[u8], separator: u8) -> Vec<Vec<String>> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).delimiter(separator).from_reader(bytes);
    let row = |row: csv::Result<csv::StringRecord>| {
        row.expect("rows of equal width").iter().map(str::to_owned).collect()
    };
    reader.records().map(row).collect()
}

//! A folder to load from, and the two good grids that cases begin with.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use wangge::dataset::{Dataset, LoadError, load};
use wangge::domain::{Finding, Severity};

/// A folder that goes away with the test.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    /// With one file.
    pub fn of(file: &str, bytes: impl AsRef<[u8]>) -> Self {
        Self::new().with(file, bytes)
    }

    /// With the two good grids.
    pub fn of_grids() -> Self {
        Self::of("grids.geojson", collection(&two_grids()))
    }

    pub fn with(self, file: &str, bytes: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.path().join(file), bytes).expect("a file of the test");
        self
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub fn load(&self) -> Result<Dataset, LoadError> {
        load(self.path())
    }

    /// Loads what must load.
    pub fn dataset(&self) -> Dataset {
        self.load().unwrap_or_else(|error| panic!("should load: {error}"))
    }

    /// The message of what must not load.
    pub fn refusal(&self) -> String {
        match self.load() {
            Ok(_) => panic!("should not load"),
            Err(error) => error.to_string(),
        }
    }
}

/// A closed square of 0.01 degrees as GeoJSON coordinates.
pub fn square(west: f64, south: f64) -> Value {
    let (east, north) = (west + 0.01, south + 0.01);
    json!([[[west, south], [east, south], [east, north], [west, north], [west, south]]])
}

/// Two neighbouring grids, good in every way.
pub fn two_grids() -> Vec<Value> {
    let grid = |code: &str, west: f64| {
        json!({
            "type": "Feature",
            "properties": {"code": code, "name": format!("grid {code}")},
            "geometry": {"type": "Polygon", "coordinates": square(west, 36.11)},
        })
    };
    vec![grid("001", 120.37), grid("002", 120.38)]
}

pub fn collection(features: &[Value]) -> String {
    json!({"type": "FeatureCollection", "features": features}).to_string()
}

/// The two grids with the first one changed.
pub fn first_grid(change: impl FnOnce(&mut Value)) -> Folder {
    let mut grids = two_grids();
    change(&mut grids[0]);
    Folder::of("grids.geojson", collection(&grids))
}

/// The finding of a rule, of which there must be exactly one.
pub fn only<'a>(dataset: &'a Dataset, rule: &str) -> &'a Finding {
    let found: Vec<_> = dataset.findings.iter().filter(|f| f.rule == rule).collect();
    assert_eq!(found.len(), 1, "one finding of {rule} in {:#?}", dataset.findings);
    let finding = found[0];
    assert!(!finding.message.is_empty() && !finding.message_zh.is_empty());
    assert!(finding.file.is_some(), "names the file: {finding:?}");
    finding
}

/// Asserts that the first grid alone was left out, by a finding of `rule` that names it.
pub fn assert_first_grid_left_out(folder: &Folder, rule: &str, field: &str) {
    let dataset = folder.dataset();
    let finding = only(&dataset, rule);
    assert_eq!(finding.severity, Severity::Error, "{finding:?}");
    assert_eq!(finding.file.as_deref(), Some("grids.geojson"));
    assert_eq!(finding.field.as_deref(), Some(field));
    assert!(finding.message.contains("grids.geojson, feature #0"), "{}", finding.message);
    assert!(finding.mend.is_some() && finding.mend_zh.is_some());
    let codes: Vec<_> = dataset.grids.iter().map(|g| g.code.as_str()).collect();
    assert_eq!(codes, ["002"]);
}

//! What a repair writes, as GEOS sees it: each feature simple, the grids a coverage. Asked through
//! shapely in the files' own degrees, and through GDAL in the files themselves.

use crate::common::{Dice, tessellation};
use crate::faults::{faulty, outline};
use crate::peers;
use crate::street::{locking, of_grids, repair, with_outline};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};
use wangge::dataset::{self, Dataset};
use wangge::domain::MultiPolygon;
use wangge::repair::RepairOptions;

/// Each line holds geometries; the answer: which of them are not simple, and whether they are a
/// coverage.
const VALIDITY: &str = r#"
import json, sys
import shapely
from shapely.geometry import shape

for line in sys.stdin:
    shapes = [shape(one) for one in json.loads(line)]
    bad = [i for i, one in enumerate(shapes) if not one.is_valid]
    print(json.dumps([bad, bool(shapely.coverage_is_valid(shapes))]), flush=True)
"#;

fn line<'a>(shapes: impl IntoIterator<Item = &'a MultiPolygon>) -> String {
    let geometry = |shape: &MultiPolygon| serde_json::to_value(shape.to_geometry()).unwrap();
    let all: Vec<Value> = shapes.into_iter().map(geometry).collect();
    serde_json::to_string(&all).unwrap()
}

fn grids(dataset: &Dataset) -> String {
    line(dataset.grids.iter().map(|grid| &grid.geometry))
}

fn demo() -> Dataset {
    dataset::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/shuangshan")).unwrap()
}

#[test]
fn repaired_tessellations_are_valid_coverages() {
    let Some(python) = peers::python() else { return };
    let mut dice = Dice::new(23);
    let (mut names, mut lines, mut broken) = (Vec::new(), Vec::new(), Vec::new());
    for seed in 0..60 {
        let t = tessellation(2 + dice.below(4), 2 + dice.below(4), seed, 1 + dice.below(4));
        let metres = 0.05 + dice.roll() * 5.0;
        let is_locked = |f: usize| seed % 3 == 1 && f.is_multiple_of(3);
        let street = of_grids(faulty(&t, seed, metres, is_locked));
        let street = if seed % 3 == 2 { street } else { with_outline(street, outline(&t)) };
        let locked: Vec<&str> = (street.grids.iter().enumerate())
            .filter(|(f, _)| is_locked(*f))
            .map(|(_, grid)| grid.code.as_str())
            .collect();
        broken.push(grids(&street));
        lines.push(grids(&repair(&street, &locking(&locked)).dataset));
        names.push(format!("seed {seed}, up to {metres} m"));
    }
    let valid = "[[], true]";
    for (name, answer) in names.iter().zip(peers::ask(&python, VALIDITY, &lines)) {
        assert_eq!(answer, valid, "{name}");
    }
    // The same question of the data before: it can say no, but for faults that are none to GEOS
    // (a corner that the outline lacks, a gap).
    let before = peers::ask(&python, VALIDITY, &broken);
    let invalid = before.iter().filter(|answer| *answer != valid).count();
    assert!(invalid > before.len() / 2, "{before:?}");
}

#[test]
fn the_repaired_demo_data_are_valid_coverages() {
    let Some(python) = peers::python() else { return };
    let repaired = repair(&demo(), &RepairOptions::default()).dataset;
    let mut lines = vec![grids(&repaired)];
    for net in &repaired.nets {
        lines.push(line(net.features.iter().map(|feature| &feature.geometry)));
    }
    assert_eq!(peers::ask(&python, VALIDITY, &lines), ["[[], true]"; 4]);
    let before = peers::ask(&python, VALIDITY, &[grids(&demo())]);
    assert_eq!(before, ["[[], false]"]);
}

#[test]
fn gdal_finds_every_repaired_polygon_valid() {
    let version = Command::new("ogrinfo").arg("--version").stdout(Stdio::null()).status();
    if version.is_err() {
        assert!(std::env::var_os("WANGGE_TOOLS").is_none(), "ogrinfo is missing: gdal-bin");
        eprintln!("skipped: ogrinfo is not installed (gdal-bin)");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // A faulty tessellation as a file, so that there is much to mend.
    let t = tessellation(5, 5, 77, 3);
    let feature = |(number, shape): (usize, &MultiPolygon)| {
        serde_json::json!({
            "type": "Feature", "properties": { "code": format!("{number:02}") },
            "geometry": shape.to_geometry(),
        })
    };
    let shapes = faulty(&t, 77, 3.0, |_| false);
    let features: Vec<Value> = shapes.iter().enumerate().map(feature).collect();
    let collection = serde_json::json!({ "type": "FeatureCollection", "features": features });
    let made = folder.path().join("made");
    std::fs::create_dir(&made).unwrap();
    std::fs::write(made.join("grids.geojson"), collection.to_string()).unwrap();
    assert!(invalid(&made.join("grids.geojson"), "grids") > 0, "the question can say no");
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/shuangshan");
    for (from, layers) in [
        (made.as_path(), &["grids"][..]),
        (
            demo.as_path(),
            &["grids", "subdistrict", "branches", "emergency_grids", "urban_management_grids"],
        ),
    ] {
        let to = folder.path().join("repaired");
        let done = Command::new(env!("CARGO_BIN_EXE_wangge"))
            .args(["repair", from.to_str().unwrap(), "--force", "-o", to.to_str().unwrap()])
            .output()
            .unwrap();
        assert!(done.status.code() < Some(2), "{}", String::from_utf8_lossy(&done.stderr));
        for layer in layers {
            assert_eq!(invalid(&to.join(format!("{layer}.geojson")), layer), 0, "{layer}");
        }
        std::fs::remove_dir_all(&to).unwrap();
    }
}

/// How many features of a file GEOS finds invalid, asked through GDAL's SQLite dialect.
fn invalid(file: &Path, layer: &str) -> usize {
    let sql = format!("select count(*) as n from \"{layer}\" where not ST_IsValid(geometry)");
    let done = Command::new("ogrinfo")
        .args(["-q", "-dialect", "sqlite", "-sql", &sql, file.to_str().unwrap()])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&done.stdout);
    let count = text.lines().find_map(|line| line.trim().strip_prefix("n (Integer) = "));
    count
        .unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&done.stderr)))
        .parse()
        .unwrap()
}

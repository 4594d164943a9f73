//! What a GIS office does: open the layers and the findings in its own program (GDAL).

#![allow(clippy::unwrap_used)] // a test may fail by panicking

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Whether GDAL is here. `make test` installs it and then demands it.
fn has_gdal() -> bool {
    let found = Command::new("ogrinfo").arg("--version").stdout(Stdio::null()).status().is_ok();
    assert!(
        found || std::env::var_os("WANGGE_TOOLS").is_none(),
        "ogrinfo is missing: install gdal-bin"
    );
    if !found {
        eprintln!("skipped: ogrinfo is not installed (gdal-bin)");
    }
    found
}

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/shuangshan")
}

fn ogrinfo(arguments: &[&str]) -> String {
    let done = Command::new("ogrinfo").args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{text}{}", String::from_utf8_lossy(&done.stderr));
    text
}

#[test]
fn gdal_opens_the_findings_of_a_check() {
    if !has_gdal() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("findings.geojson");
    let done = Command::new(env!("CARGO_BIN_EXE_wangge"))
        .args([
            "check",
            demo().to_str().unwrap(),
            "--format",
            "geojson",
            "-o",
            file.to_str().unwrap(),
        ])
        .status()
        .unwrap();
    assert_eq!(done.code(), Some(1), "the demo data hold faults");
    let shown = ogrinfo(&["-al", "-geom=YES", file.to_str().unwrap()]);
    assert!(shown.contains("rule (String) = coverage.gap"), "{shown}");
    assert!(shown.contains("width_m (Real)"), "{shown}");
    assert!(shown.contains("POLYGON (("), "{shown}");
    assert!(shown.contains("MULTILINESTRING (("), "{shown}");
}

#[test]
fn gdal_reads_the_layers_of_the_demo_data_as_valid_polygons() {
    if !has_gdal() {
        return;
    }
    for (layer, features) in [("grids", 16), ("units", 132), ("communities", 4), ("subdistrict", 1)]
    {
        let file = demo().join(format!("{layer}.geojson"));
        let query =
            format!("SELECT COUNT(*) AS n, MIN(ST_IsValid(geometry)) AS valid FROM {layer}");
        let shown = ogrinfo(&["-q", "-dialect", "SQLite", "-sql", &query, file.to_str().unwrap()]);
        assert!(shown.contains(&format!("n (Integer) = {features}")), "{shown}");
        assert!(shown.contains("valid (Integer) = 1"), "{shown}");
    }
}

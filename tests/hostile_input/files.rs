//! Files and folders that are bad as a whole.

use crate::support::{Folder, collection, two_grids};
use wangge::dataset::{LoadError, MAX_FILE_BYTES, load};

#[track_caller]
fn assert_says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "{part:?} in: {message}");
    }
}

#[test]
fn a_path_that_is_not_there() {
    let folder = Folder::new();
    let error = load(&folder.file("nowhere")).expect_err("nothing there");
    assert!(matches!(error, LoadError::NotFound { .. }), "{error:?}");
    assert_says(&error.to_string(), &["nowhere", "no such file or folder", "Give"]);
    assert_eq!(error.file(), folder.file("nowhere"));
}

#[test]
fn an_empty_folder_is_told_what_belongs_there() {
    let folder = Folder::new();
    let shown = folder.path().display().to_string();
    assert_says(&folder.refusal(), &[&shown, "empty", "grids.geojson", "wangge.toml"]);
}

#[test]
fn a_folder_without_grids_and_units_lists_what_was_looked_for_and_found() {
    let folder = Folder::of("communities.geojson", collection(&[])).with("notes.txt", "x");
    let message = folder.refusal();
    assert_says(&message, &["neither grids nor units", "emergency_grids", "notes.txt"]);
}

#[test]
fn other_formats_are_named_with_the_way_to_convert() {
    for (file, parts) in [
        ("grids.shp", vec!["grids.shp", "GeoJSON", "ogr2ogr", "grids.geojson grids.shp"]),
        ("units.gpkg", vec!["units.gpkg", "ogr2ogr", "units.geojson units.gpkg"]),
        ("grids.csv", vec!["grids.csv", "no outlines"]),
        ("street.gpkg", vec!["street.gpkg", "ogr2ogr"]),
    ] {
        assert_says(&Folder::of(file, "x").refusal(), &parts);
    }
    let alone = Folder::of("street.shp", "x");
    let message = load(&alone.file("street.shp")).expect_err("a shapefile").to_string();
    assert_says(&message, &["street.shp", "ogr2ogr"]);
}

#[test]
fn a_layer_in_another_format_beside_good_grids_is_a_finding() {
    let folder = Folder::of_grids().with("roads.shp", "x").with("compounds.xlsx", "x");
    let folder = folder.with("grids.shp", "x").with("grids.dbf", "x");
    let dataset = folder.dataset();
    let ignored: Vec<_> =
        dataset.findings.iter().map(|f| f.file.as_deref().unwrap_or_default()).collect();
    assert_eq!(ignored, ["grids.shp", "compounds.xlsx", "roads.shp"]);
    let mends: Vec<_> = dataset.findings.iter().filter_map(|f| f.mend.as_deref()).collect();
    assert!(mends[0].contains("compounds.csv") && mends[1].contains("ogr2ogr"), "{mends:?}");
}

#[test]
fn text_that_is_not_json_is_refused_with_line_and_column() {
    let good = collection(&two_grids());
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    for (case, text, parts) in [
        ("empty", String::new(), vec!["line 1, column 0", "cut short"]),
        ("blank", " \n ".to_owned(), vec!["line 2", "cut short"]),
        ("cut short", good[..good.len() / 2].to_owned(), vec!["line 1", "cut short"]),
        ("NaN", good.replacen("120.37", "NaN", 1), vec!["line 1, column", "NaN"]),
        ("Infinity", good.replacen("120.37", "Infinity", 1), vec!["line 1, column"]),
        ("a comma too many", good.replacen("],[", "],,[", 1), vec!["line 1, column"]),
        ("text behind", format!("{good} x"), vec!["line 1, column"]),
        ("deep lists", deep.clone(), vec!["not a GeoJSON FeatureCollection"]),
        ("deep and unclosed", "[".repeat(100_000), vec!["cut short"]),
        ("deep objects", "{\"a\":".repeat(100_000), vec!["cut short"]),
    ] {
        let message = Folder::of("grids.geojson", text).refusal();
        assert!(message.contains("grids.geojson"), "{case}: {message}");
        for part in parts {
            assert!(message.contains(part), "{case}: {part:?} in: {message}");
        }
    }
}

#[test]
fn depth_inside_a_feature_spoils_that_feature_only() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let good = collection(&two_grids());
    for text in [
        good.replacen("\"grid 001\"", &deep, 1),
        good.replacen("\"Polygon\"", &format!("\"Polygon\",\"x\":{deep}"), 1),
        good.replacen("[[[120.37,36.11]", &format!("[{deep},[[120.37,36.11]"), 1),
    ] {
        let folder = Folder::of("grids.geojson", text);
        let dataset = folder.dataset();
        assert!(dataset.grids.iter().any(|g| g.code == "002"));
    }
    let in_features = good.replacen("\"features\":[", &format!("\"features\":[{deep},"), 1);
    let dataset = Folder::of("grids.geojson", in_features).dataset();
    assert_eq!(dataset.grids.len(), 2);
    assert_eq!(dataset.findings[0].rule, "feature.invalid");
}

#[test]
fn json_that_is_something_else() {
    for (text, part) in [
        (r#"{"type":"Point","coordinates":[1,2]}"#, "a Point"),
        (r#"{"type":"Topology","objects":{}}"#, "a Topology"),
        (r#"{"type":"FeatureCollection"}"#, "without `features`"),
        (r#"{"type":"FeatureCollection","features":{}}"#, "expected a sequence"),
        (r#"{"type":7,"features":[]}"#, "expected"),
        ("{}", "without `type`"),
        ("[]", "a list"),
        ("7", "a plain value"),
        ("null", "a plain value"),
    ] {
        let message = Folder::of("grids.geojson", text).refusal();
        assert_says(&message, &["grids.geojson", "FeatureCollection", part]);
    }
}

#[test]
fn a_file_that_is_not_utf8_or_too_large_or_no_file() {
    let mut bytes = collection(&two_grids()).into_bytes();
    let name = bytes.windows(4).position(|w| w == b"grid").expect("the name");
    bytes[name] = 0xd0;
    let message = Folder::of("grids.geojson", bytes).refusal();
    assert_says(&message, &["grids.geojson", "not UTF-8", "encoding"]);

    let folder = Folder::of("grids.geojson", "");
    let file = std::fs::File::options().write(true).open(folder.file("grids.geojson"));
    file.and_then(|file| file.set_len(MAX_FILE_BYTES + 1)).expect("a sparse file");
    assert_says(&folder.refusal(), &["grids.geojson", "2147483649", "limit"]);

    let folder = Folder::new();
    std::fs::create_dir(folder.file("grids.geojson")).expect("a folder in its place");
    assert_says(&folder.refusal(), &["grids.geojson", "not a plain file"]);
}

#[test]
fn grids_without_a_usable_feature() {
    let message = Folder::of("grids.geojson", collection(&[])).refusal();
    assert_says(&message, &["grids.geojson", "no usable feature"]);
    let mut grids = two_grids();
    for grid in &mut grids {
        grid["geometry"] = serde_json::Value::Null;
    }
    let folder = Folder::of("grids.geojson", collection(&grids));
    let message = folder.refusal();
    assert_says(&message, &["grids.geojson", "(001)", "(002)", "has no geometry", "Draw it"]);
    let with_units = folder.with("units.geojson", collection(&two_grids()));
    assert_says(&with_units.refusal(), &["grids.geojson", "no usable feature"]);
}

#[test]
fn a_single_file_stands_for_a_folder_of_grids() {
    let folder = Folder::of("street.json", format!("\u{feff}{}", collection(&two_grids())));
    let dataset = load(&folder.file("street.json")).expect("two good grids");
    assert_eq!(dataset.name, "street");
    assert_eq!(dataset.grids.len(), 2);
    assert_eq!(dataset.file_of("grids"), Some("street.json"));
    let error = load(&folder.file("street.txt")).expect_err("not there");
    assert!(matches!(error, LoadError::NotFound { .. }));
}

#[test]
fn units_without_grids_are_a_dataset() {
    let mut units = two_grids();
    for (i, unit) in units.iter_mut().enumerate() {
        unit["properties"] = serde_json::json!({"households": 40});
        unit["id"] = i.into();
    }
    let dataset = Folder::of("units.geojson", collection(&units)).dataset();
    assert!(dataset.findings.is_empty(), "{:?}", dataset.findings);
    assert_eq!(dataset.units[1].id, "1");
    assert_eq!(dataset.units[1].households, Some(40));
}

#[test]
fn tables_that_cannot_be_used() {
    let folder = Folder::of_grids().with("compounds.csv", "");
    assert_says(&folder.refusal(), &["compounds.csv, line 1", "no column names"]);
    let folder = Folder::of_grids().with("compounds.csv", "小区名称,户数,经度\nA,3,120.1\n");
    assert_says(&folder.refusal(), &["compounds.csv, line 1", "latitude", "小区名称", "`lat`"]);
    let folder = Folder::of_grids().with("compounds.csv", b"\xef\xbb\xbfname\xd0,lon,lat\n");
    assert_says(&folder.refusal(), &["compounds.csv", "not UTF-8"]);
}

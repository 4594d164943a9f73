//! The demo dataset is what its generator makes, and keeps what it promises.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../examples/generate_shuangshan/generator/mod.rs"]
mod generator;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

type Files = BTreeMap<&'static str, String>;

fn features(files: &Files, layer: &str) -> Vec<Value> {
    let text = &files[format!("{layer}.geojson").as_str()];
    let collection: Value = serde_json::from_str(text).unwrap();
    collection["features"].as_array().unwrap().clone()
}

fn sum(features: &[Value], field: &str) -> u64 {
    features.iter().map(|f| f["properties"][field].as_u64().unwrap()).sum()
}

/// A vertex as the file writes it.
type Vertex = (String, String);

/// The directed edges of a polygon, by the text of their vertices, so that only what is written
/// alike is alike.
fn edges(feature: &Value) -> BTreeSet<(Vertex, Vertex)> {
    let ring = feature["geometry"]["coordinates"][0].as_array().unwrap();
    let vertex = |p: &Value| (p[0].to_string(), p[1].to_string());
    ring.windows(2).map(|w| (vertex(&w[0]), vertex(&w[1]))).collect()
}

/// The edges that only one of the polygons has.
fn outline<'a>(polygons: impl IntoIterator<Item = &'a Value>) -> BTreeSet<(Vertex, Vertex)> {
    let all: BTreeSet<_> = polygons.into_iter().flat_map(edges).collect();
    all.iter().filter(|(a, b)| !all.contains(&(b.clone(), a.clone()))).cloned().collect()
}

#[test]
fn the_generator_reproduces_the_committed_files_byte_for_byte() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/shuangshan");
    let made = generator::generate(generator::DEFAULT_SEED).unwrap();
    let committed: BTreeSet<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let names: BTreeSet<String> = made.keys().map(|name| (*name).to_owned()).collect();
    assert_eq!(names, committed);
    for (name, text) in made {
        let file = std::fs::read_to_string(folder.join(name)).unwrap();
        assert!(text == file, "{name} differs: run the generator again and commit what it writes");
    }
}

#[test]
fn another_seed_makes_another_map_with_the_same_true_figures() {
    let first = generator::generate(generator::DEFAULT_SEED).unwrap();
    let files = generator::generate(7).unwrap();
    assert_ne!(first["units.geojson"], files["units.geojson"]);
    let compounds = features(&files, "compounds");
    let third: Vec<Value> = compounds
        .iter()
        .filter(|c| {
            let name = c["properties"]["name"].as_str().unwrap();
            ["鸿仕雅居", "鑫源向上", "双山军苑"].contains(&name)
        })
        .cloned()
        .collect();
    assert_eq!(third.len(), 3);
    assert_eq!((sum(&third, "households"), sum(&third, "party_members")), (1_811, 87));
    assert_eq!(sum(&features(&files, "units"), "households"), sum(&compounds, "households"));
    assert_eq!(features(&files, "branches").len(), 17);
}

#[test]
fn units_tessellate_the_subdistrict_and_its_communities_vertex_for_vertex() {
    let files = generator::generate(generator::DEFAULT_SEED).unwrap();
    let units = features(&files, "units");
    let total: usize = units.iter().map(|u| edges(u).len()).sum();
    let distinct: BTreeSet<_> = units.iter().flat_map(edges).collect();
    assert_eq!(total, distinct.len(), "two units have the same edge in the same direction");
    let communities = features(&files, "communities");
    assert_eq!(outline(&units), outline(&features(&files, "subdistrict")));
    assert_eq!(outline(&units), outline(&communities));
    for community in &communities {
        let own = units
            .iter()
            .filter(|u| u["properties"]["community_code"] == community["properties"]["code"]);
        assert_eq!(outline(own), edges(community));
    }
}

#[test]
fn every_feature_says_that_it_is_synthetic() {
    let files = generator::generate(generator::DEFAULT_SEED).unwrap();
    for name in files.keys().filter_map(|name| name.strip_suffix(".geojson")) {
        let layer = features(&files, name);
        assert!(!layer.is_empty(), "{name}");
        assert!(layer.iter().all(|f| f["properties"]["synthetic"] == true), "{name}");
    }
}

//! `wangge.toml`: what it sets, and how slips of the pen are refused.

use crate::support::{Folder, collection, only, two_grids};
use serde_json::json;
use wangge::domain::{Correspondence, Severity};

fn with_manifest(text: &str) -> Folder {
    Folder::of_grids().with("wangge.toml", text)
}

#[test]
fn everything_that_can_be_set() {
    let mut branches = two_grids();
    for branch in &mut branches {
        branch["properties"] = json!({"no": branch["properties"]["code"], "网格": "001"});
    }
    let folder = with_manifest(
        r#"
title = "Shuangshan Subdistrict"
title_zh = "双山街道"
synthetic = true
[layers.grids]
file = "grids.geojson"
[layers.patrols]
file = "nets/patrols.json"
net = true
correspondence = "many_to_one"
title_zh = "巡防网"
fields = { id = "no", grid_codes = "网格" }
[rules]
tolerance_m = 0.25
max_deviation = 0.2
size_households = [100, 200]
[rules.severity]
"date.invalid" = "info"
"#,
    );
    std::fs::create_dir(folder.file("nets")).expect("a folder");
    let folder = folder.with("nets/patrols.json", collection(&branches));
    let dataset = folder.dataset();
    assert_eq!((&*dataset.title, &*dataset.title_zh), ("Shuangshan Subdistrict", "双山街道"));
    assert!(dataset.synthetic);
    assert_eq!(dataset.rules.tolerance_m, 0.25);
    assert_eq!(dataset.rules.size_residents, [1000, 1500]);
    let net = &dataset.nets[0];
    assert_eq!((&*net.name, net.correspondence), ("patrols", Correspondence::ManyToOne));
    assert_eq!(net.features[1].id, "002");
    assert_eq!(net.features[1].grid_codes, ["001"]);
    let layer = dataset.layer("patrols").expect("the layer");
    assert_eq!((&*layer.title_zh, layer.net, &*layer.file), ("巡防网", true, "nets/patrols.json"));
}

#[test]
fn severities_of_the_manifest_hold_for_loading_too() {
    let mut grids = two_grids();
    grids[0]["properties"]["valid_to"] = json!("soon");
    let folder = Folder::of("grids.geojson", collection(&grids))
        .with("wangge.toml", "[rules.severity]\n\"date.invalid\" = \"warning\"\n");
    assert_eq!(only(&folder.dataset(), "date.invalid").severity, Severity::Warning);
}

#[test]
fn slips_are_refused_with_line_and_key() {
    for (text, parts) in [
        ("titel = \"x\"", vec!["line 1", "`titel`", "unknown field"]),
        ("\n[layers.grids]\ncsr = \"gcj02\"", vec!["line 3", "layers.grids.csr", "unknown field"]),
        ("[rules]\ntolerance = 1", vec!["line 2", "rules.tolerance", "unknown field"]),
        ("[rules]\ntolerance_m = \"x\"", vec!["line 2", "rules.tolerance_m", "invalid type"]),
        ("[rules]\ntolerance_m = nan", vec!["line 2", "rules.tolerance_m", "metres"]),
        ("[rules]\nmax_deviation = -1", vec!["line 2", "rules.max_deviation"]),
        ("[rules]\nsize_households = [500, 300]", vec!["line 2", "[least, greatest]"]),
        (
            "[rules.severity]\n\"size.households\" = \"loud\"",
            vec!["line 2", "size.households", "unknown variant"],
        ),
        (
            "[rules.severity]\n\"siz.households\" = \"info\"",
            vec!["line 2", "siz.households", "no such rule"],
        ),
        ("title = ", vec!["line 1", "`title`"]),
        (
            "[layers.grids]\ncrs = \"EPSG:3857\"",
            vec!["line 2", "layers.grids.crs", "EPSG:3857", "EPSG:4513", "GCJ-02"],
        ),
        ("[layers.grids]\nencoding = \"big6\"", vec!["line 2", "layers.grids.encoding", "gbk"]),
        (
            "[layers.grids]\nfile = \"gird.geojson\"",
            vec!["line 2", "layers.grids.file", "gird.geojson", "does not exist"],
        ),
        (
            "[layers.grids]\nfields = { cod = \"编号\" }",
            vec!["layers.grids.fields.cod", "community_code"],
        ),
        (
            "[layers.grids]\nfields = { code = \"编号\" }",
            vec!["layers.grids.fields.code", "`编号`", "code, name"],
        ),
        ("[layers.grids]\ncorrespondence = \"many_to_one\"", vec!["line 2", "only a net"]),
        ("[layers.grids]\nnet = true", vec!["line 2", "layers.grids.net", "no net"]),
        (
            "[layers.grids]\n[layers.patrols]\nfile = \"grids.geojson\"",
            vec!["line 2", "layers.patrols", "net = true"],
        ),
        ("[layers.roads]\nfile = \"grids.geojson\"", vec!["neither grids nor units"]),
        (
            "[layers.grids]\n[layers.\"a/b\"]\nnet = true\nfile = \"grids.geojson\"",
            vec!["layers.a/b", "letters"],
        ),
    ] {
        let message = with_manifest(text).refusal();
        assert!(message.contains("wangge.toml"), "{message}");
        for part in parts {
            assert!(message.contains(part), "{part:?} for {text:?}: {message}");
        }
    }
}

#[test]
fn a_manifest_of_another_format_names_the_conversion() {
    let folder = with_manifest("[layers.grids]\nfile = \"g.shp\"").with("g.shp", "x");
    let message = folder.refusal();
    assert!(message.contains("g.shp") && message.contains("ogr2ogr"), "{message}");
}

#[test]
fn a_file_that_the_manifest_does_not_name_is_reported() {
    let folder = with_manifest("[layers.grids]\n").with("roads.geojson", collection(&[]));
    let dataset = folder.dataset();
    let finding = only(&dataset, "file.ignored");
    assert_eq!(finding.file.as_deref(), Some("roads.geojson"));
    assert!(finding.mend.as_deref().is_some_and(|mend| mend.contains("[layers.roads]")));
    assert!(dataset.layer("roads").is_none());
}

#[test]
fn layers_stand_in_the_order_of_the_design() {
    let folder = with_manifest(
        "[layers.a_patrol]\nnet = true\nfile = \"grids.geojson\"\nfields = { id = \"code\" }\n\
         [layers.branches]\nfile = \"grids.geojson\"\nfields = { id = \"code\" }\n\
         [layers.communities]\nfile = \"grids.geojson\"\n[layers.grids]\n\
         [layers.roads]\nfile = \"grids.geojson\"\n",
    );
    let dataset = folder.dataset();
    let layers: Vec<_> = dataset.layers.iter().map(|layer| layer.id.as_str()).collect();
    assert_eq!(layers, ["communities", "grids", "branches", "a_patrol", "roads"]);
    let nets: Vec<_> = dataset.nets.iter().map(|net| net.name.as_str()).collect();
    assert_eq!(nets, ["branches", "a_patrol"]);
}

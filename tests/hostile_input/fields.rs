//! Bad keys, counts, dates and references.

use crate::support::{
    Folder, assert_first_grid_left_out, collection, first_grid, only, square, two_grids,
};
use serde_json::{Value, json};
use wangge::dataset::Dataset;
use wangge::domain::Severity;

fn compound(properties: Value) -> Value {
    json!({
        "type": "Feature", "properties": properties,
        "geometry": {"type": "Point", "coordinates": [120.375, 36.115]},
    })
}

fn with_compounds(compounds: &[Value]) -> Dataset {
    Folder::of_grids().with("compounds.geojson", collection(compounds)).dataset()
}

#[test]
fn a_grid_without_a_code() {
    for code in [None, Some(Value::Null), Some(json!("")), Some(json!("  "))] {
        let folder = first_grid(|grid| match code {
            None => drop(grid["properties"].as_object_mut().map(|p| p.remove("code"))),
            Some(code) => grid["properties"]["code"] = code,
        });
        assert_first_grid_left_out(&folder, "field.missing", "code");
    }
    let absent = first_grid(|grid| grid["properties"] = Value::Null);
    assert_first_grid_left_out(&absent, "field.missing", "code");
    for code in [json!([]), json!({"a": 1}), json!("3.70203E+14")] {
        let folder = first_grid(|grid| grid["properties"]["code"] = code);
        assert_first_grid_left_out(&folder, "field.invalid", "code");
    }
}

#[test]
fn features_that_are_none() {
    let mut features = two_grids();
    features.splice(0..0, [json!(1), json!(null), json!([]), json!({}), json!({"type": "Grid"})]);
    features.push(json!({"type": "Feature", "properties": [1]}));
    let dataset = Folder::of("grids.geojson", collection(&features)).dataset();
    assert_eq!(dataset.grids.len(), 2);
    let broken: Vec<_> = dataset.findings.iter().map(|f| (&*f.rule, &*f.features[0])).collect();
    let numbers = ["#0", "#1", "#2", "#3", "#4", "#7"];
    assert_eq!(broken, numbers.map(|n| ("feature.invalid", n)));
}

#[test]
fn the_same_code_twice_keeps_the_first_and_names_both() {
    let folder = Folder::of("grids.geojson", {
        let mut grids = two_grids();
        grids[1]["properties"]["code"] = json!("001");
        collection(&grids)
    });
    let dataset = folder.dataset();
    assert_eq!(dataset.grids.len(), 1);
    assert_eq!(dataset.grids[0].name, "grid 001");
    let finding = only(&dataset, "code.duplicate");
    assert_eq!(finding.severity, Severity::Error);
    assert_eq!(finding.features, ["001", "#1"]);
    assert!(finding.message.contains("#0 and #1"), "{}", finding.message);
}

#[test]
fn a_key_whose_first_feature_is_unusable_goes_to_the_second() {
    let mut grids = two_grids();
    grids[1]["properties"]["code"] = json!("001");
    grids[0]["geometry"] = Value::Null;
    let dataset = Folder::of("grids.geojson", collection(&grids)).dataset();
    assert_eq!(dataset.grids[0].name, "grid 002");
    assert!(dataset.findings.iter().all(|f| f.rule != "code.duplicate"));
}

#[test]
fn a_compound_named_twice_by_id_and_compounds_without_id() {
    let dataset = with_compounds(&[
        compound(json!({"id": 7, "name": "A", "households": 1})),
        compound(json!({"id": "7", "name": "B", "households": 2})),
        compound(json!({"name": "C", "households": 3})),
        compound(json!({"name": "C", "households": 4})),
        compound(json!({"households": 5})),
    ]);
    let ids: Vec<_> = dataset.compounds.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(ids, ["7", "C", "C#3"]);
    assert_eq!(only(&dataset, "code.duplicate").features, ["7", "#1"]);
    assert_eq!(only(&dataset, "field.missing").features, ["#4"]);
}

#[test]
fn a_compound_without_households_is_kept_and_said() {
    let dataset = with_compounds(&[
        compound(json!({"id": "a", "name": "A", "households": 10})),
        compound(json!({"id": "b", "name": "B"})),
    ]);
    assert_eq!(dataset.compounds[1].households, None);
    let finding = only(&dataset, "field.missing");
    assert_eq!(finding.severity, Severity::Warning);
    assert_eq!(finding.field.as_deref(), Some("households"));
    assert_eq!(finding.features, ["b"]);
    assert!(finding.message.contains("compounds.geojson, feature #1 (b), field households"));
}

#[test]
fn a_layer_without_the_column_is_said_once() {
    let dataset = with_compounds(&[
        compound(json!({"id": "a", "name": "A", "hu": 10})),
        compound(json!({"id": "b", "name": "B", "hu": 11})),
    ]);
    let finding = only(&dataset, "field.missing");
    assert!(
        finding
            .message
            .contains("no feature has the field households (looked for households, 户数")
    );
}

#[test]
fn counts_that_are_none_are_errors() {
    for households in
        [json!(-1), json!(2.5), json!("约300"), json!("-5户"), json!([]), json!(1e300)]
    {
        let good = compound(json!({"id": "b", "name": "B", "households": "1,811户"}));
        let bad = compound(json!({"id": "a", "name": "A", "households": households}));
        let dataset = with_compounds(&[bad, good]);
        assert_eq!(dataset.compounds[0].households, None);
        assert_eq!(dataset.compounds[1].households, Some(1811));
        let finding = only(&dataset, "field.invalid");
        assert_eq!(finding.severity, Severity::Error);
        assert_eq!(finding.field.as_deref(), Some("households"));
        assert_eq!(finding.features, ["a"]);
    }
}

#[test]
fn dates() {
    let dated = |from: Value, to: Value| {
        first_grid(|grid| {
            grid["properties"]["valid_from"] = from;
            grid["properties"]["valid_to"] = to;
        })
        .dataset()
    };
    let dataset = dated(json!("2019-12-27"), json!("2022年1月1日"));
    assert!(dataset.findings.is_empty(), "{:?}", dataset.findings);
    let period = dataset.grids[0].validity;
    assert_eq!(period.to.map(|d| d.to_string()).as_deref(), Some("2022-01-01"));

    for to in ["2019-12-26", "2019-12-27"] {
        let dataset = dated(json!("2019-12-27"), json!(to));
        assert_eq!(only(&dataset, "date.order").features, ["001"]);
    }
    let dataset = dated(json!("2019-02-30"), json!("2022-01-01"));
    let finding = only(&dataset, "date.invalid");
    assert_eq!(finding.field.as_deref(), Some("valid_from"));
    assert_eq!(dataset.grids[0].validity.from, None);
}

#[test]
fn references_to_what_is_not_there() {
    let area = json!({"type": "Polygon", "coordinates": square(120.37, 36.11)});
    let feature =
        |properties: Value| json!({"type": "Feature", "properties": properties, "geometry": area});
    let mut grids = two_grids();
    grids[0]["properties"]["community_code"] = json!("双山社区");
    grids[1]["properties"]["community_code"] = json!("999");
    let folder = Folder::of("grids.geojson", collection(&grids))
        .with("communities.geojson", collection(&[feature(json!({"code": "003", "name": "双山社区"}))]))
        .with("branches.geojson", collection(&[feature(json!({"id": "B1", "grid_codes": "001、009"}))]))
        .with("compounds.geojson", collection(&[compound(json!({"id": "c", "name": "鸿仕雅居", "households": 1}))]))
        .with("buildings.csv", "id,name,compound_id\n1,1号楼,鸿仕雅居\n2,2号楼,x\n")
        .with("doors.csv", "road,from,to,side,compound_id\n黑龙江南路,1,9,odd,y\n合肥路,8,2,双号,c\n哈尔滨路,2,8,上,c\n");
    let dataset = folder.dataset();
    // A unique name stands for its code.
    assert_eq!(dataset.grids[0].community_code.as_deref(), Some("003"));
    assert_eq!(dataset.buildings[0].compound_id, "c");
    let unknown: Vec<_> = dataset.findings.iter().filter(|f| f.rule == "code.unknown").collect();
    let of = |i: usize| (&*unknown[i].layer, unknown[i].field.as_deref(), unknown[i].severity);
    assert_eq!(unknown.len(), 4, "{unknown:#?}");
    assert_eq!(of(0), ("grids", Some("community_code"), Severity::Error));
    assert_eq!(of(1), ("branches", Some("grid_codes"), Severity::Error));
    assert_eq!(of(2), ("buildings", Some("compound_id"), Severity::Warning));
    assert_eq!(of(3), ("doors", Some("compound_id"), Severity::Warning));
    let invalid: Vec<_> = dataset.findings.iter().filter(|f| f.rule == "field.invalid").collect();
    assert_eq!(invalid.len(), 2);
    assert!(
        invalid[0].message.contains("doors.csv, line 3 (合肥路), field to"),
        "{}",
        invalid[0].message
    );
    assert!(invalid[1].message.contains("doors.csv, line 4 (哈尔滨路), field side"));
    assert_eq!(dataset.doors.len(), 1);
}

#[test]
fn a_spreadsheet_of_compounds_as_a_street_office_has_it() {
    let table = "小区名称;户数;党员数;别名;经度;纬度;所属社区;联系电话\n\
                 鸿仕雅居;１，８１１户;87;鸿仕、雅居;120.375;36.115;003;13800000000\n\
                 无坐标;3;;;;;;\n\
                 坏坐标;3;;;东;北;;\n\
                 ;;;;;;;\n\
                 短行;3\n";
    for bytes in [table.as_bytes().to_vec(), gbk(table)] {
        let dataset = Folder::of_grids().with("compounds.csv", bytes).dataset();
        assert_eq!(dataset.compounds.len(), 1);
        let compound = &dataset.compounds[0];
        assert_eq!((&*compound.id, compound.households), ("鸿仕雅居", Some(1811)));
        assert_eq!(compound.party_members, Some(87));
        assert_eq!(compound.aliases, ["鸿仕", "雅居"]);
        assert_eq!(compound.community_code.as_deref(), Some("003"));
        let errors: Vec<_> = (dataset.findings.iter())
            .filter(|f| f.severity == Severity::Error)
            .map(|f| (&*f.rule, f.message.split(' ').nth(2).unwrap_or_default()))
            .collect();
        assert_eq!(
            errors,
            [("geometry.missing", "3"), ("geometry.invalid", "4"), ("feature.invalid", "6:")]
        );
    }
    let guessed = Folder::of_grids().with("compounds.csv", gbk(table)).dataset();
    assert_eq!(only(&guessed, "encoding.guessed").severity, Severity::Info);
}

/// The text in GBK.
fn gbk(text: &str) -> Vec<u8> {
    let (bytes, _, unmappable) = encoding_rs::GBK.encode(text);
    assert!(!unmappable);
    bytes.into_owned()
}

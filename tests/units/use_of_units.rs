//! Units that were made, in the balance and in plans.

use std::ops::ControlFlow;
use std::path::Path;
use wangge::balance::units::{make_units, with_units};
use wangge::balance::{Options, Problem, solve};
use wangge::dataset::Dataset;
use wangge::plan::Basis;

fn demo_without_units() -> Dataset {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/shuangshan");
    let mut dataset = wangge::dataset::load(&folder).unwrap();
    dataset.units.clear();
    dataset.layers.retain(|layer| layer.id != "units");
    dataset
}

#[test]
fn the_demo_data_without_units_are_balanced_within_ten_per_cent() {
    let dataset = with_units(demo_without_units());
    assert!(dataset.findings.iter().any(|finding| finding.rule == "units.made"));
    assert_eq!(dataset.layer("units").unwrap().features, dataset.units.len());
    let households = |dataset: &Dataset| -> u32 {
        dataset.compounds.iter().filter_map(|compound| compound.households).sum()
    };
    let sum: u32 = dataset.units.iter().filter_map(|unit| unit.households).sum();
    assert_eq!(sum, households(&dataset));
    assert!((100..250).contains(&dataset.units.len()), "{}", dataset.units.len());
    let problem = Problem::from_dataset(&dataset, None).unwrap();
    assert!(problem.present_assignment().is_some(), "every unit has a present grid");
    let solution = solve(&problem, &Options::default(), &|_| ControlFlow::Continue(()));
    let best = &solution.plans[0].score;
    assert!(best.max_deviation <= 0.1 && best.contiguous && best.communities_split == 0);
}

#[test]
fn plans_stand_on_units_that_were_made() {
    let dataset = with_units(demo_without_units());
    let basis = Basis::new(&std::sync::Arc::new(dataset.clone()), None).unwrap();
    let made = make_units(&demo_without_units()).unwrap();
    for (number, ids) in made.compounds.iter().enumerate() {
        let mut there: Vec<&str> = basis.compounds(number).collect();
        there.sort();
        assert_eq!(there, *ids, "{}", basis.units()[number]);
    }
    let present = basis.present();
    assert!(basis.score(None, &present).unwrap().contiguous);
}

#[test]
fn a_dataset_with_units_stays_as_it_is() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/shuangshan");
    let dataset = wangge::dataset::load(&folder).unwrap();
    let (units, findings) = (dataset.units.len(), dataset.findings.len());
    let same = with_units(dataset);
    assert_eq!((same.units.len(), same.findings.len()), (units, findings));
    assert!(same.units.iter().any(|unit| unit.id == "U001"));
}

/// The demo data with some layers only.
fn folder_with(layers: &[&str]) -> tempfile::TempDir {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/shuangshan");
    let folder = tempfile::tempdir().unwrap();
    for layer in layers {
        let file = format!("{layer}.geojson");
        std::fs::copy(demo.join(&file), folder.path().join(&file)).unwrap();
    }
    folder
}

fn wangge(arguments: &[&str], folder: &Path) -> std::process::Output {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_wangge"));
    command.args(["--lang", "en"]).args(arguments).arg(folder).output().unwrap()
}

#[test]
fn an_office_with_compounds_and_a_boundary_only_gets_units_and_plans() {
    let folder = folder_with(&["subdistrict", "communities", "compounds", "roads", "barriers"]);
    let balance = ["balance", "--grids", "16", "--max-deviation", "0.15", "--format", "json"];
    let planned = wangge(&balance, folder.path());
    let said = String::from_utf8(planned.stderr).unwrap();
    assert!(said.contains("planning units were made"), "{said}");
    let plans: serde_json::Value = serde_json::from_slice(&planned.stdout).unwrap();
    let assignment = plans["plans"][0]["assignment"].as_object().unwrap().clone();

    let written = wangge(&["units"], folder.path());
    assert_eq!(written.status.code(), Some(0));
    std::fs::write(folder.path().join("units.geojson"), &written.stdout).unwrap();
    let dataset = wangge::dataset::load(folder.path()).unwrap();
    let ids: std::collections::BTreeSet<&String> = dataset.units.iter().map(|u| &u.id).collect();
    assert_eq!(ids, assignment.keys().collect(), "the same units, read from their file");
    let made = make_units(&dataset).unwrap();
    for (read, made) in dataset.units.iter().zip(&made.units) {
        assert_eq!((&read.id, read.households), (&made.id, made.households));
        assert_eq!(read.community_code, made.community_code);
        assert_eq!(read.geometry, made.geometry, "{}", read.id);
    }
    let again = wangge(&balance, folder.path());
    let said = String::from_utf8(again.stderr).unwrap();
    assert!(!said.contains("were made"), "{said}");
}

#[test]
fn what_is_missing_for_units_is_said() {
    let folder = folder_with(&["grids", "roads"]);
    let said = wangge(&["units"], folder.path());
    assert_eq!(said.status.code(), Some(2));
    assert!(String::from_utf8(said.stderr).unwrap().contains("a layer `compounds`"));
    let said = wangge(&["balance"], folder.path());
    assert!(String::from_utf8(said.stderr).unwrap().contains("no planning units"));
}

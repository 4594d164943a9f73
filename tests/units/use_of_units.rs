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
    let basis = Basis::new(&dataset, None).unwrap();
    let made = make_units(&demo_without_units()).unwrap();
    for (number, ids) in made.compounds.iter().enumerate() {
        let mut there = basis.compounds(number).to_vec();
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

//! Addresses as people write and say them, by class of noise: how many are found, and how many of
//! the answers are right. The floors are the figures that the README states.

#[path = "addresses/generator.rs"]
mod generator;
#[path = "addresses/words.rs"]
mod words;

use generator::{Case, generate};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use wangge::dataset::Dataset;
use wangge::locate::{Location, Locator, MatchKind};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn demo() -> Arc<Dataset> {
    Arc::new(wangge::dataset::load(&root().join("data/shuangshan")).expect("the demo data"))
}

/// The hand-written cases.
fn hard(data: &Dataset) -> Vec<Case> {
    let file = root().join("tests/addresses/hard.csv");
    let mut reader = csv::Reader::from_path(file).expect("the hard cases");
    let cases = reader.deserialize::<(String, String, String)>().map(|row| {
        let (query, expected, class) = row.expect("query, expected, class");
        let landmark = expected.strip_prefix('@').map(|name| {
            let landmark = data.landmarks.iter().find(|l| l.name == name).expect("a landmark");
            (landmark.place.lon(), landmark.place.lat())
        });
        let compound = (expected != "none" && landmark.is_none()).then(|| {
            let compound = data.compounds.iter().find(|c| c.name == expected);
            compound.unwrap_or_else(|| panic!("{expected} is not in the demo data")).id.clone()
        });
        let class = format!("hard: {class}");
        Case { class, query, compound, place: landmark, rivals: false }
    });
    cases.collect()
}

#[derive(Default)]
struct Tally {
    asked: usize,
    /// Cases with a right answer that were answered so.
    right: usize,
    answered: usize,
    answerable: usize,
    wrong: Vec<String>,
}

impl Tally {
    /// With the grid that is right.
    fn add(&mut self, case: &Case, found: &Location, grid: Option<&String>) {
        self.asked += 1;
        let answered = found.kind != MatchKind::None;
        if case.rivals {
            // An answer in the right grid says nothing wrong.
            let right = answered && found.grid_code.as_ref() == grid;
            self.answered += usize::from(answered);
            self.right += usize::from(right);
            if answered && !right {
                self.note(case, found);
            }
            return;
        }
        let answerable = case.compound.is_some() || case.place.is_some();
        let right = match case.place {
            Some(place) => found.lon.zip(found.lat) == Some(place) && found.compound_id.is_none(),
            None => found.compound_id == case.compound,
        };
        self.answerable += usize::from(answerable);
        self.answered += usize::from(answered);
        self.right += usize::from(answerable && answered && right);
        if (answered && !right) || (answerable && !answered) {
            self.note(case, found);
        }
    }

    fn note(&mut self, case: &Case, found: &Location) {
        let name = found.compound_name.as_deref().unwrap_or("—");
        self.wrong.push(format!("{} → {name} {:.2}", case.query, found.score));
    }

    /// Of the answers, the share that is right; 1 where nothing was answered.
    fn precision(&self) -> f64 {
        if self.answered == 0 { 1.0 } else { self.right as f64 / self.answered as f64 }
    }

    /// Of the cases with an answer, the share that was answered rightly; of those without, the
    /// share that was refused.
    fn recall(&self) -> f64 {
        if self.answerable == 0 {
            return (self.asked - self.answered + self.right) as f64 / self.asked as f64;
        }
        self.right as f64 / self.answerable as f64
    }
}

/// Class, recall and precision in percent, below which this test fails.
fn floors() -> Vec<(String, f64, f64)> {
    let file = root().join("tests/addresses/floors.csv");
    let mut reader = csv::Reader::from_path(file).expect("the floors");
    reader.deserialize().map(|row| row.expect("class, recall, precision")).collect()
}

#[test]
fn each_class_is_found_as_the_readme_says() {
    let data = demo();
    let locator = Locator::new(Arc::clone(&data));
    let mut cases = generate(&data);
    let by_hand = hard(&data);
    assert!(by_hand.len() >= 200);
    cases.extend(by_hand);
    let grids: BTreeMap<&str, Option<String>> =
        data.compounds.iter().map(|c| (&*c.id, locator.address(&c.name, None).grid_code)).collect();
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for case in &cases {
        let found = locator.address(&case.query, None);
        let grid = case.compound.as_deref().and_then(|id| grids[id].as_ref());
        tallies.entry(&case.class).or_default().add(case, &found, grid);
    }
    let mut report = String::new();
    for (class, tally) in &tallies {
        let (recall, precision) = (100.0 * tally.recall(), 100.0 * tally.precision());
        report += &format!("{class:<24} {:>5} {recall:>6.1} {precision:>6.1}\n", tally.asked);
        for line in tally.wrong.iter().take(12) {
            report += &format!("      {line}\n");
        }
    }
    println!("class, cases, recall %, precision %\n{report}");
    let floors = floors();
    for (class, recall, precision) in &floors {
        let tally = tallies.get(class.as_str()).unwrap_or_else(|| panic!("no cases of {class}"));
        assert!(100.0 * tally.recall() >= *recall, "{class}: recall\n{report}");
        assert!(100.0 * tally.precision() >= *precision, "{class}: precision\n{report}");
    }
    assert_eq!(floors.len(), tallies.len(), "every class has its floor");
}

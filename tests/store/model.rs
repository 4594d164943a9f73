//! Random commits against a model that is as plain as can be.

use crate::place::Place;
use crate::shapes::shape;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeMap;
use wangge::store::{Expect, Range, Store, StoreError, Write};

/// A write to one of a few documents.
#[derive(Clone, Debug)]
struct Step {
    document: usize,
    expect: Expectation,
    body: Option<u8>,
    logged: bool,
    shapes: Option<usize>,
}

/// What a step expects, in words of the model's present.
#[derive(Clone, Copy, Debug)]
enum Expectation {
    Absent,
    Any,
    Present,
    Earlier,
}

fn steps() -> impl Strategy<Value = Step> {
    let expect = prop_oneof![
        1 => Just(Expectation::Absent),
        2 => Just(Expectation::Any),
        3 => Just(Expectation::Present),
        1 => Just(Expectation::Earlier),
    ];
    let body = prop_oneof![3 => any::<u8>().prop_map(Some), 1 => Just(None)];
    (0..4_usize, expect, body, any::<bool>(), proptest::option::of(0..3_usize)).prop_map(
        |(document, expect, body, logged, shapes)| {
            let shapes = shapes.filter(|_| body.is_some());
            Step { document, expect, body, logged, shapes }
        },
    )
}

/// A document of the model.
#[derive(Clone, Default)]
struct Kept {
    version: u64,
    body: Option<Value>,
    shapes: usize,
}

#[derive(Clone, Default)]
struct Model {
    documents: BTreeMap<String, Kept>,
    /// Document, version and particulars.
    log: Vec<(String, u64, Value)>,
}

impl Model {
    fn expect(&self, step: &Step) -> Expect {
        let version = self.documents.get(&id(step)).map_or(0, |kept| kept.version);
        match step.expect {
            Expectation::Absent => Expect::Absent,
            Expectation::Any => Expect::Any,
            Expectation::Present => Expect::Version(version),
            Expectation::Earlier => Expect::Version(version.saturating_sub(1)),
        }
    }

    /// The model after the steps, or `None` when one does not find what it expects.
    fn after(&self, steps: &[Step]) -> Option<Self> {
        let mut model = self.clone();
        for step in steps {
            let expect = self.expect(step);
            let kept = model.documents.entry(id(step)).or_default();
            let there = kept.body.is_some();
            let fits = match expect {
                Expect::Absent => !there && step.body.is_some(),
                Expect::Any => there || step.body.is_some(),
                Expect::Version(version) => there && kept.version == version,
            };
            if !fits {
                return None;
            }
            kept.version += 1;
            kept.body = step.body.map(|n| json!(n));
            if kept.body.is_none() {
                kept.shapes = 0;
            }
            kept.shapes = step.shapes.unwrap_or(kept.shapes);
            if step.logged {
                model.log.push((id(step), kept.version, json!(step.body)));
            }
        }
        Some(model)
    }
}

fn id(step: &Step) -> String {
    format!("{}号", step.document)
}

fn write(kind: &str, step: &Step, expect: Expect) -> Write {
    let (id, body) = (id(step), step.body.map(|n| json!(n)));
    let shape = |n: usize| shape("grids", &n.to_string(), None, None);
    let shapes = step.shapes.map(|count| (0..count).map(shape).collect());
    let log = step.logged.then(|| ("edit".to_owned(), json!(step.body)));
    Write { kind: kind.to_owned(), id, expect, body, log, shapes }
}

/// What the store says about the documents of a kind, against the model.
fn compare(store: &dyn Store, kind: &str, seq: u64, model: &Model) -> Result<(), TestCaseError> {
    let listed: BTreeMap<String, (u64, Value)> = store
        .list(kind, &Range::default())
        .unwrap()
        .into_iter()
        .map(|d| (d.id, (d.version, d.body)))
        .collect();
    let kept = model.documents.iter();
    let expected: BTreeMap<String, (u64, Value)> =
        kept.filter_map(|(id, k)| Some((id.clone(), (k.version, k.body.clone()?)))).collect();
    prop_assert_eq!(listed, expected);
    for (id, kept) in &model.documents {
        prop_assert_eq!(store.shapes_of(kind, id).unwrap().len(), kept.shapes);
    }
    let log = store.events(seq, usize::MAX).unwrap();
    let told: Vec<_> = log.into_iter().map(|e| (e.id, e.version, e.body)).collect();
    prop_assert_eq!(&told, &model.log);
    Ok(())
}

pub fn random_commits_do_what_a_plain_model_does(place: &Place) {
    let store = place.open();
    let case = Cell::new(0);
    let commits = proptest::collection::vec(proptest::collection::vec(steps(), 1..4), 1..14);
    let mut runner =
        TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(40) });
    let result = runner.run(&commits, |commits| {
        // A kind for each case: the store is the same.
        case.set(case.get() + 1);
        let kind = format!("kind-{}", case.get());
        let seq = store.last_seq().unwrap();
        let mut model = Model::default();
        for mut steps in commits {
            steps.sort_by_key(|step| step.document);
            steps.dedup_by_key(|step| step.document);
            let writes: Vec<Write> =
                steps.iter().map(|step| write(&kind, step, model.expect(step))).collect();
            let done = store.commit("li", &writes);
            match (done, model.after(&steps)) {
                (Ok(done), Some(after)) => {
                    prop_assert_eq!(done.seq, seq + after.log.len() as u64);
                    let versions: Vec<u64> =
                        steps.iter().map(|step| after.documents[&id(step)].version).collect();
                    prop_assert_eq!(done.versions, versions);
                    model = after;
                }
                (
                    Err(
                        StoreError::Stale { .. }
                        | StoreError::Exists { .. }
                        | StoreError::NotFound { .. },
                    ),
                    None,
                ) => {}
                (done, after) => {
                    let expected = if after.is_some() { "done" } else { "refused" };
                    return Err(TestCaseError::fail(format!("{done:?}, expected: {expected}")));
                }
            }
            compare(&*store, &kind, seq, &model)?;
        }
        Ok(())
    });
    result.unwrap();
    store.check().unwrap();
}

//! Where a test has its store.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;
use tempfile::TempDir;
use wangge::store::{self, Store};

/// A store for one test: its name, and what is cleaned up after it.
pub struct Place {
    pub spec: String,
    _folder: Option<TempDir>,
}

impl Place {
    pub fn memory() -> Self {
        Self { spec: store::IN_MEMORY.to_owned(), _folder: None }
    }

    pub fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let spec = folder.path().join("wangge.db").to_str().unwrap().to_owned();
        Self { spec, _folder: Some(folder) }
    }

    pub fn named(spec: String) -> Self {
        Self { spec, _folder: None }
    }

    pub fn open(&self) -> Arc<dyn Store> {
        store::open(&self.spec).unwrap()
    }
}

/// Runs functions, each with a store of its own, and fails with the names of all that fail.
pub fn run_all(cases: &[super::Case], place: impl Fn(&str) -> Place) {
    let fails = |(name, case): &&super::Case| {
        let begun = Instant::now();
        let failed = catch_unwind(AssertUnwindSafe(|| case(&place(name)))).is_err();
        eprintln!("{name}: {:?}", begun.elapsed());
        failed
    };
    let failed: Vec<&str> = cases.iter().filter(fails).map(|(name, _)| *name).collect();
    assert!(failed.is_empty(), "failed: {failed:?}");
}

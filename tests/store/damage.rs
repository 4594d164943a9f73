//! Files that were cut short or changed: an earlier good state, or a clear refusal.

use crate::backups::assert_same;
use crate::place::Place;
use crate::shapes::shape;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use wangge::store::{self, Expect, Store, StoreError, Write};

const COMMITS: u64 = 40;

/// The n-th commit writes two documents that are always alike, a third of its own, and a shape.
fn commit(store: &dyn Store, n: u64) {
    let text = "网格".repeat(1 + (n as usize * 37) % 400);
    let put =
        |id: &str| Write::put("plan", id, Expect::Any, json!([n, text])).logged("edit", json!(n));
    let shapes = vec![shape("grids", &n.to_string(), None, None)];
    let own = put(&format!("own{n}")).with_shapes(shapes);
    store.commit("li", &[put("a"), put("b"), own]).unwrap();
}

/// How many commits a store holds; fails when it holds half a one.
fn prefix(store: &dyn Store) -> u64 {
    let contents = store.check().unwrap();
    let seq = store.last_seq().unwrap();
    assert!(seq.is_multiple_of(3), "half a commit: {seq}");
    let commits = seq / 3;
    assert_eq!(contents.documents, if commits == 0 { 0 } else { commits + 2 });
    assert_eq!(contents.shapes, commits);
    for id in ["a", "b"] {
        let document = store.read("plan", id).unwrap();
        assert_eq!(document.as_ref().map_or(0, |d| d.version), commits);
        assert_eq!(document.map(|d| d.body[0].clone()), commits.checked_sub(1).map(|n| json!(n)));
    }
    commits
}

/// The file of a store and its log, as a pulled plug would leave them: copied while it is open.
fn pulled_plug(commits: u64) -> (Vec<u8>, Vec<u8>) {
    let place = Place::file();
    let store = place.open();
    (0..commits).for_each(|n| commit(&*store, n));
    let files = (fs::read(&place.spec).unwrap(), fs::read(format!("{}-wal", place.spec)).unwrap());
    assert_eq!(store.last_seq(), Ok(commits * 3));
    files
}

fn write_files(folder: &Path, database: &[u8], log: Option<&[u8]>) -> PathBuf {
    let file = folder.join("wangge.db");
    let _ = fs::remove_file(folder.join("wangge.db-shm"));
    let _ = fs::remove_file(folder.join("wangge.db-wal"));
    fs::write(&file, database).unwrap();
    if let Some(log) = log {
        fs::write(folder.join("wangge.db-wal"), log).unwrap();
    }
    file
}

#[test]
fn a_log_cut_at_any_byte_gives_an_earlier_state_and_never_half_a_commit() {
    let (database, log) = pulled_plug(COMMITS);
    let folder = tempfile::tempdir().unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(6);
    let cuts: usize = std::env::var("WANGGE_CUTS").map_or(150, |n| n.parse().unwrap());
    let mut ends: Vec<usize> = (0..cuts).map(|_| random.random_range(0..=log.len())).collect();
    ends.extend([0, 1, 31, 32, 33, log.len() - 1, log.len()]);
    ends.sort_unstable();
    let mut last = 0;
    for end in ends {
        let file = write_files(folder.path(), &database, Some(&log[..end]));
        let store = store::open(file.to_str().unwrap()).unwrap();
        let commits = prefix(&*store);
        assert!(commits >= last, "a longer log holds less: {commits} after {last}, at {end}");
        last = commits;
        // And it can be written again.
        commit(&*store, commits);
        assert_eq!(prefix(&*store), commits + 1);
    }
    assert_eq!(last, COMMITS, "the whole log holds everything");
}

#[test]
fn a_log_with_changed_bytes_gives_an_earlier_state() {
    let (database, log) = pulled_plug(COMMITS);
    let folder = tempfile::tempdir().unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(7);
    for _ in 0..60 {
        let mut log = log.clone();
        let place = random.random_range(0..log.len());
        log[place] ^= 1 << random.random_range(0..8);
        let file = write_files(folder.path(), &database, Some(&log));
        assert!(prefix(&*store::open(file.to_str().unwrap()).unwrap()) <= COMMITS);
    }
}

/// A store that was closed: all in one file.
fn closed() -> (Place, Vec<u8>) {
    let place = Place::file();
    let store = place.open();
    (0..COMMITS).for_each(|n| commit(&*store, n));
    drop(store);
    assert!(!Path::new(&format!("{}-wal", place.spec)).exists(), "closing folds the log in");
    let bytes = fs::read(&place.spec).unwrap();
    (place, bytes)
}

/// Whether a file is refused, at once or by its check; if not, it must be as the original.
fn is_refused(file: &Path, original: &dyn Store) -> bool {
    let store = match store::open(file.to_str().unwrap()) {
        Ok(store) => store,
        Err(StoreError::Damaged { store, detail }) => {
            assert!(!detail.is_empty() && store.ends_with("wangge.db"));
            return true;
        }
        Err(StoreError::Newer { .. } | StoreError::Other { .. }) => return true,
        Err(other) => panic!("{other:?}"),
    };
    if store.check().is_err() {
        // What it still answers is what was written.
        let read = store.read("plan", "a");
        assert!(read.is_err() || read == original.read("plan", "a") || read == Ok(None));
        return true;
    }
    assert_same(original, &*store);
    false
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let (place, bytes) = closed();
    let original = place.open();
    let folder = tempfile::tempdir().unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(8);
    let mut ends: Vec<usize> = (0..60).map(|_| random.random_range(0..bytes.len())).collect();
    // Whole pages as well, which look better.
    ends.extend((0..bytes.len()).step_by(4096).take(20));
    ends.extend([1, 99, 100, 511, bytes.len() - 4096, bytes.len() - 1]);
    for end in ends {
        let file = write_files(folder.path(), &bytes[..end], None);
        assert!(is_refused(&file, &*original), "cut at {end} of {}", bytes.len());
    }
}

#[test]
fn changed_bytes_are_noticed_or_harmless() {
    let (place, bytes) = closed();
    let original = place.open();
    let folder = tempfile::tempdir().unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(9);
    let flips: usize = std::env::var("WANGGE_FLIPS").map_or(200, |n| n.parse().unwrap());
    let mut refused = 0;
    for n in 0..flips {
        let mut bytes = bytes.clone();
        for _ in 0..=n % 4 {
            let place = random.random_range(0..bytes.len());
            bytes[place] ^= random.random_range(1..=255);
        }
        let file = write_files(folder.path(), &bytes, None);
        refused += usize::from(is_refused(&file, &*original));
    }
    eprintln!("{refused} of {flips} noticed, the rest harmless");
    assert!(refused > flips / 2, "{refused} of {flips}");
}

//! Backups: of either kind, while others write, and back.

use crate::place::Place;
use crate::shapes::shape;
use crate::suite::put;
use jiff::civil::date;
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use wangge::store::{self, Expect, Range, Store, StoreError, Write};

/// A store with something of everything, one document deleted.
pub fn fill(store: &dyn Store) {
    let shapes = vec![shape("grids", "1", Some(date(2026, 1, 1)), None)];
    let adoption = Write::put("adoption", "甲", Expect::Absent, json!({"grids": ["1"]}));
    let adoption = adoption.logged("adopt", json!({"by": "街道"})).with_shapes(shapes);
    store.commit("wang", &[adoption]).unwrap();
    for n in 0..700 {
        put(store, &format!("p{}", n % 300), Expect::Any, json!({ "n": n })).unwrap();
    }
    let gone = Write::delete("plan", "p7", Expect::Any).logged("delete", json!({}));
    store.commit("li", &[gone]).unwrap();
}

/// Fails unless both say the same about everything.
pub fn assert_same(a: &dyn Store, b: &dyn Store) {
    for kind in ["plan", "adoption"] {
        let all = Range::default();
        assert_eq!(a.list(kind, &all).unwrap(), b.list(kind, &all).unwrap());
    }
    assert_eq!(a.events(0, usize::MAX).unwrap(), b.events(0, usize::MAX).unwrap());
    let day = Some(date(2026, 6, 1));
    assert_eq!(a.shapes("grids", day).unwrap(), b.shapes("grids", day).unwrap());
    assert_eq!(a.check(), b.check());
}

pub fn a_backup_is_a_store_with_the_same_contents(place: &Place) {
    let store = place.open();
    fill(&*store);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    let contents = store.backup(&file).unwrap();
    assert_eq!((contents.documents, contents.entries, contents.shapes), (300, 702, 1));
    let again = store.backup(&file).unwrap_err();
    assert!(again.to_string().contains("exists already"), "{again}");
    let names: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["backup.db"], "one file, and nothing else is left");
    let target = folder.path().join("restored.db");
    let restored = store::restore(&file, target.to_str().unwrap(), false).unwrap();
    assert_eq!((restored.contents, restored.kept), (contents, None));
    let copy = store::open(target.to_str().unwrap()).unwrap();
    assert_same(&*store, &*copy);
    // Also what cannot be seen: a deleted document goes on counting.
    assert_eq!(
        put(&*copy, "p7", Expect::Absent, json!(0)),
        put(&*store, "p7", Expect::Absent, json!(0))
    );
    let nowhere = store.backup(&folder.path().join("no/such/folder.db")).unwrap_err();
    assert!(nowhere.to_string().contains("make the folder"), "{nowhere}");
}

pub fn a_backup_under_steady_writes_holds_a_prefix(place: &Place) {
    let store = place.open();
    // Some weight, so that a backup takes a while.
    let ballast = json!("x".repeat(100_000));
    for n in 0..100 {
        store
            .commit("li", &[Write::put("ballast", &format!("{n}"), Expect::Any, ballast.clone())])
            .unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let done = AtomicBool::new(false);
    let begun = Instant::now();
    let written = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut n = 0_u32;
            while !done.load(Ordering::Relaxed) {
                // Two documents that are always alike.
                let put =
                    |id| Write::put("plan", id, Expect::Any, json!(n)).logged("edit", json!(n));
                store.commit("li", &[put("a"), put("b")]).unwrap();
                n += 1;
                // 200 a second, where the disk can.
                let due = begun + Duration::from_millis(5) * n;
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
            }
            n
        });
        // Ends the writer also when a backup fails.
        let _end = Ends(&done);
        let mut before = 0;
        for round in 0..5 {
            std::thread::sleep(Duration::from_millis(200));
            let file = folder.path().join(format!("{round}.db"));
            store.backup(&file).unwrap();
            before = assert_prefix(&file, before);
        }
        done.store(true, Ordering::Relaxed);
        writer.join().unwrap()
    });
    eprintln!("{:.0} commits a second", f64::from(written) / begun.elapsed().as_secs_f64());
    assert_eq!(store.last_seq(), Ok(u64::from(written) * 2));
}

/// Says that it is done when it is dropped.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Restores a backup and looks whether it is what was there after some commit, later than before.
fn assert_prefix(file: &std::path::Path, before: u64) -> u64 {
    let target = file.with_extension("restored");
    store::restore(file, target.to_str().unwrap(), false).unwrap();
    let copy = store::open(target.to_str().unwrap()).unwrap();
    copy.check().unwrap();
    let seq = copy.last_seq().unwrap();
    assert!(seq > before && seq.is_multiple_of(2), "half a commit: {seq} after {before}");
    let last = seq / 2 - 1;
    for id in ["a", "b"] {
        assert_eq!(copy.read("plan", id).unwrap().unwrap().body, json!(last));
    }
    seq
}

#[test]
fn a_store_that_is_there_is_replaced_only_on_demand_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let spec = |name: &str| path(name).to_str().unwrap().to_owned();
    let good = store::open(&spec("good.db")).unwrap();
    fill(&*good);
    good.backup(&path("backup.db")).unwrap();
    let old = store::open(&spec("old.db")).unwrap();
    put(&*old, "old", Expect::Absent, json!("old")).unwrap();
    let refused = store::restore(&path("backup.db"), &spec("old.db"), false).unwrap_err();
    assert!(refused.to_string().contains("exists already"), "{refused}");
    let in_use = store::restore(&path("backup.db"), &spec("old.db"), true).unwrap_err();
    assert!(in_use.to_string().contains("in use"), "{in_use}");
    put(&*old, "old", Expect::Version(1), json!("still in use")).unwrap();
    drop(old);
    let restored = store::restore(&path("backup.db"), &spec("old.db"), true).unwrap();
    assert_same(&*store::open(&spec("old.db")).unwrap(), &*good);
    let kept = store::open(restored.kept.unwrap().to_str().unwrap()).unwrap();
    assert_eq!(kept.read("plan", "old").unwrap().unwrap().body, json!("still in use"));
}

#[test]
fn a_broken_store_is_replaced_and_its_log_does_not_get_into_the_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let spec = |name: &str| path(name).to_str().unwrap().to_owned();
    let good = store::open(&spec("good.db")).unwrap();
    fill(&*good);
    good.backup(&path("backup.db")).unwrap();
    // A log that holds commits, beside a file that is no database.
    std::fs::copy(path("good.db-wal"), path("broken.db-wal")).unwrap();
    std::fs::write(path("broken.db"), vec![7; 9000]).unwrap();
    assert!(matches!(store::open(&spec("broken.db")), Err(StoreError::Damaged { .. })));
    put(&*good, "later", Expect::Absent, json!(0)).unwrap();
    let restored = store::restore(&path("backup.db"), &spec("broken.db"), true).unwrap();
    assert!(!path("broken.db-wal").exists());
    let kept = restored.kept.unwrap();
    assert!(std::fs::read(&kept).unwrap() == vec![7; 9000], "what is broken is kept as it was");
    let mended = store::open(&spec("broken.db")).unwrap();
    assert_eq!(mended.check(), Ok(restored.contents));
}

#[test]
fn a_damaged_backup_is_refused_and_the_target_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let spec = |name: &str| path(name).to_str().unwrap().to_owned();
    let store = store::open(&spec("good.db")).unwrap();
    fill(&*store);
    store.backup(&path("backup.db")).unwrap();
    let mut bytes = std::fs::read(path("backup.db")).unwrap();
    let place = bytes.windows(6).position(|w| w == "街道".as_bytes()).unwrap();
    bytes[place..place + 3].copy_from_slice("区".as_bytes());
    std::fs::write(path("backup.db"), &bytes).unwrap();
    let refused = store::restore(&path("backup.db"), &spec("new.db"), false).unwrap_err();
    assert!(matches!(refused, StoreError::Damaged { .. }), "{refused}");
    assert!(!path("new.db").exists());
    let missing = store::restore(&path("none.db"), &spec("new.db"), false).unwrap_err();
    assert!(missing.to_string().contains("none.db"), "{missing}");
}

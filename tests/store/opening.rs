//! What is opened, and what is refused.

use crate::place::Place;
use crate::suite::put;
use serde_json::json;
use std::fs;
use wangge::store::{self, Expect, StoreError};

fn refusal(spec: &str) -> StoreError {
    match store::open(spec) {
        Ok(_) => panic!("{spec} was opened"),
        Err(error) => error,
    }
}

fn assert_damaged(spec: &str, words: &str) {
    let error = refusal(spec);
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains(words) && text.contains(spec), "{text}");
}

#[test]
fn a_new_store_is_made_and_found_again() {
    let place = Place::file();
    put(&*place.open(), "a", Expect::Absent, json!("网格")).unwrap();
    let store = place.open();
    assert_eq!(store.read("plan", "a").unwrap().unwrap().body, json!("网格"));
    assert_eq!(store.name(), place.spec);
    assert_eq!(*store.subscribe().borrow(), 1);
}

#[test]
fn what_is_no_store_is_refused_and_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    let spec = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(spec("text"), "名称,户数\n".repeat(1000)).unwrap();
    assert_damaged(&spec("text"), "is not a store of wangge");
    fs::write(spec("empty"), "").unwrap();
    assert_damaged(&spec("empty"), "the file is empty");
    let other = rusqlite::Connection::open(spec("other")).unwrap();
    other.execute_batch("CREATE TABLE mails (id INTEGER); PRAGMA user_version = 1").unwrap();
    drop(other);
    let before = fs::read(spec("other")).unwrap();
    assert_damaged(&spec("other"), "another program's SQLite file");
    assert_eq!(fs::read(spec("other")).unwrap(), before);
    let text = refusal(folder.path().to_str().unwrap()).to_string();
    assert!(text.contains("is a folder"), "{text}");
    let text = refusal(&spec("no/such/wangge.db")).to_string();
    assert!(text.contains("make the folder"), "{text}");
    assert!(refusal("mysql://host/db").to_string().contains("postgres://"));
    assert!(matches!(refusal(""), StoreError::Invalid(_)));
}

#[test]
fn a_log_without_its_file_is_not_taken_for_an_empty_store() {
    let place = Place::file();
    let store = place.open();
    put(&*store, "a", Expect::Absent, json!(1)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("wangge.db").to_str().unwrap().to_owned();
    fs::copy(format!("{}-wal", place.spec), format!("{spec}-wal")).unwrap();
    assert_damaged(&spec, "is gone");
    // What the message sends to: a backup takes the place, and the log is kept beside.
    let backup = folder.path().join("backup.db");
    store.backup(&backup).unwrap();
    store::restore(&backup, &spec, false).unwrap_err();
    let done = store::restore(&backup, &spec, true).unwrap();
    assert!(done.kept.is_some());
    assert_eq!(store::open(&spec).unwrap().read("plan", "a"), store.read("plan", "a"));
    store::open(&spec).unwrap().check().unwrap();
}

#[test]
fn a_store_of_a_newer_version_is_refused_and_not_changed() {
    let place = Place::file();
    put(&*place.open(), "a", Expect::Absent, json!(1)).unwrap();
    let file = rusqlite::Connection::open(&place.spec).unwrap();
    file.execute_batch("PRAGMA user_version = 99").unwrap();
    drop(file);
    let error = refusal(&place.spec);
    assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error:?}");
    assert!(error.to_string().contains("newer version of wangge"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("x.db");
    let error = store::restore(place.spec.as_ref(), target.to_str().unwrap(), false).unwrap_err();
    assert!(matches!(error, StoreError::Newer { .. }), "{error:?}");
}

#[test]
fn the_log_cannot_be_changed_by_hand() {
    let place = Place::file();
    put(&*place.open(), "a", Expect::Absent, json!(1)).unwrap();
    let file = rusqlite::Connection::open(&place.spec).unwrap();
    for sql in ["UPDATE log SET who = 'wang'", "DELETE FROM log"] {
        let refused = file.execute_batch(sql).unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
}

#[test]
fn a_document_that_was_changed_by_hand_is_noticed() {
    let place = Place::file();
    let store = place.open();
    put(&*store, "a", Expect::Absent, json!({"households": 1811})).unwrap();
    let file = rusqlite::Connection::open(&place.spec).unwrap();
    file.execute_batch("UPDATE documents SET body = replace(body, '1811', '1812')").unwrap();
    for error in [store.read("plan", "a").unwrap_err(), store.check().unwrap_err()] {
        assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
        assert!(error.to_string().contains("plan `a`"), "{error}");
    }
}

#[test]
fn a_store_that_another_program_locks_is_told_so() {
    let place = Place::file();
    let store = place.open();
    let other = rusqlite::Connection::open(&place.spec).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = put(&*store, "a", Expect::Absent, json!(1)).unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
    assert_eq!(store.read("plan", "a"), Ok(None), "reads go on");
    other.execute_batch("ROLLBACK").unwrap();
    put(&*store, "a", Expect::Absent, json!(1)).unwrap();
}

//! kill -9: what was acknowledged is there.

use crate::place::Place;
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use wangge::store::{self, Expect, Store, StoreError, Write};

/// Names the store that [`writer_process`] writes to.
const STORE: &str = "WANGGE_TEST_WRITES_TO";

/// How many threads of the process write.
const WRITERS: usize = 4;

/// This test program again, as a process of its own that runs one of its ignored tests.
pub fn process(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture", "--test-threads=1"]);
    command
}

/// Each writer has a document of its own, and all share one; an acknowledged commit is printed
/// as `acked WRITER N VERSION`.
#[test]
#[ignore = "a process that another test starts and kills"]
fn writer_process() {
    let Ok(spec) = std::env::var(STORE) else { return };
    let store = store::open(&spec).unwrap();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let store: Arc<dyn Store> = store.clone();
            scope.spawn(move || {
                let id = format!("w{writer}");
                let mut n = store.read("plan", &id).unwrap().map_or(0, |d| d.version);
                // Ends after a while even when nobody kills it.
                for _ in 0..100_000 {
                    n += 1;
                    let own = Write::put("plan", &id, Expect::Any, json!(n));
                    let shared = Write::put("plan", "shared", Expect::Any, json!([writer, n]));
                    let writes =
                        [own, shared].map(|write| write.logged("edit", json!([writer, n])));
                    let done = store.commit(&id, &writes).unwrap();
                    println!("acked {writer} {n} {}", done.versions[1]);
                }
            });
        }
    });
}

/// What a process has had acknowledged before it was killed: writer, n, version of the shared
/// document.
fn kill_while_it_writes(spec: &str, after: Duration) -> Vec<[u64; 3]> {
    let mut child = process("durability::writer_process")
        .env(STORE, spec)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    let mut killer = None;
    for line in lines {
        let line = line.unwrap();
        let Some((_, numbers)) = line.split_once("acked ") else { continue };
        // A line that was cut short was not read as an acknowledgement either.
        let numbers: Vec<u64> = numbers.split(' ').map_while(|n| n.parse().ok()).collect();
        acknowledged.extend(<[u64; 3]>::try_from(numbers));
        // The time runs from the first commit on, however long the start took.
        killer.get_or_insert_with(|| {
            let id = child.id().to_string();
            std::thread::spawn(move || {
                std::thread::sleep(after);
                Command::new("kill").args(["-9", &id]).status().unwrap()
            })
        });
    }
    child.wait().unwrap();
    killer.expect("nothing was ever acknowledged").join().unwrap();
    acknowledged
}

pub fn what_was_acknowledged_outlives_kill_9(place: &Place) {
    let kills: u64 = std::env::var("WANGGE_KILLS").map_or(20, |n| n.parse().unwrap());
    let mut total = 0;
    for round in 0..kills {
        // Spread over the time between two commits and over many of them.
        let acknowledged =
            kill_while_it_writes(&place.spec, Duration::from_micros(500 + round * 7919 % 60_000));
        total += acknowledged.len();
        let store = place.open();
        store.check().unwrap();
        for [writer, n, version] in acknowledged {
            let own = store.entry("plan", &format!("w{writer}"), n).unwrap();
            let shared = store.entry("plan", "shared", version).unwrap();
            for entry in [own, shared] {
                let entry =
                    entry.unwrap_or_else(|| panic!("commit {n} of writer {writer} is lost"));
                assert_eq!(entry.body, json!([writer, n]));
            }
        }
        assert_nothing_is_half(&*store);
    }
    eprintln!("{kills} kills, {total} commits acknowledged");
    assert!(total as u64 > kills, "hardly anything was written");
}

/// Each commit wrote two documents and two entries, or nothing.
fn assert_nothing_is_half(store: &dyn Store) {
    let shared = store.read("plan", "shared").unwrap().unwrap().version;
    let own: u64 = (0..WRITERS)
        .filter_map(|w| store.read("plan", &format!("w{w}")).unwrap())
        .map(|document| document.version)
        .sum();
    assert_eq!(shared, own);
    assert_eq!(store.last_seq(), Ok(own + shared));
}

#[test]
fn a_store_is_made_whole_or_not_at_all() {
    // Killed at any moment while it makes a store, a program leaves none or a good one.
    for round in 0..10_u64 {
        let place = Place::file();
        let mut child = process("durability::writer_process")
            .env(STORE, &place.spec)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(2 + round * 3));
        child.kill().unwrap();
        child.wait().unwrap();
        match store::open(&place.spec) {
            Ok(store) => assert!(store.check().is_ok()),
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn an_error_says_what_is_wrong_and_what_to_do() {
    let stale = StoreError::Stale { kind: "plan".into(), id: "a".into(), version: Some(4) };
    assert_eq!(stale.to_string(), "plan `a` is at version 4 now; read it again");
    let full = StoreError::Full { store: "wangge.db".into() };
    assert_eq!(full.to_string(), "wangge.db: the disk is full; make room, then try again");
}

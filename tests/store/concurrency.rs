//! Many editors at once.

use crate::place::Place;
use serde_json::json;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use wangge::store::{Expect, StoreError, Write};

const EDITORS: usize = 64;
const WINS: usize = 4;

/// Each editor reads the document, adds itself and writes it back, until it has won some times.
pub fn one_of_64_editors_wins_each_version(place: &Place) {
    let store = place.open();
    let create = Write::put("plan", "a", Expect::Absent, json!([])).logged("create", json!(null));
    store.commit("li", &[create]).unwrap();
    let edit = |editor: usize| {
        let mut won = Vec::new();
        while won.len() < WINS {
            let document = store.read("plan", "a").unwrap().unwrap();
            let mut body = document.body;
            body.as_array_mut().unwrap().push(json!(editor));
            let expect = Expect::Version(document.version);
            let write = Write::put("plan", "a", expect, body).logged("edit", json!(editor));
            match store.commit(&format!("editor {editor}"), &[write]) {
                Ok(done) => won.push(done.versions[0]),
                Err(StoreError::Stale { version: Some(now), .. }) => {
                    assert!(now > document.version);
                }
                Err(other) => panic!("{other}"),
            }
        }
        won
    };
    let won: Vec<(usize, Vec<u64>)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..EDITORS).map(|n| scope.spawn(move || (n, edit(n)))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    // Every version was won by exactly one editor, and the log and the document say by whom.
    let total = (EDITORS * WINS) as u64;
    let acknowledged: HashSet<u64> =
        won.iter().flat_map(|(_, versions)| versions).copied().collect();
    assert_eq!(acknowledged, (2..=total + 1).collect());
    let document = store.read("plan", "a").unwrap().unwrap();
    assert_eq!(document.version, total + 1);
    let log = store.log("plan", "a", 1, usize::MAX).unwrap();
    let in_log: Vec<_> = log.iter().map(|entry| entry.body.clone()).collect();
    assert_eq!(document.body, json!(in_log), "no edit was lost or done twice");
    for (editor, versions) in won {
        for version in versions {
            assert_eq!(log[version as usize - 2].version, version);
            assert_eq!(log[version as usize - 2].by, format!("editor {editor}"));
        }
    }
    store.check().unwrap();
}

/// Whoever goes on from the last number seen misses none, while many write.
pub fn followers_see_every_entry_once_and_in_order(place: &Place) {
    let store = place.open();
    let done = AtomicBool::new(false);
    let follow = || {
        let (mut seen, mut last) = (Vec::new(), false);
        loop {
            let after = seen.last().copied().unwrap_or(0);
            let new = store.events(after, 7).unwrap();
            if new.is_empty() && last {
                return seen;
            }
            last = done.load(Ordering::SeqCst);
            seen.extend(new.iter().map(|entry| entry.seq));
        }
    };
    let write = |writer: usize| {
        for n in 0..20 {
            let id = format!("{writer}");
            let put = Write::put("plan", &id, Expect::Any, json!(n)).logged("edit", json!(n));
            let more = Write::put("note", &id, Expect::Any, json!(n)).logged("edit", json!(n));
            store.commit("li", &[put, more]).unwrap();
        }
    };
    let seen = std::thread::scope(|scope| {
        let followers: Vec<_> = (0..3).map(|_| scope.spawn(follow)).collect();
        let writers: Vec<_> = (0..8).map(|n| scope.spawn(move || write(n))).collect();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        done.store(true, Ordering::SeqCst);
        followers.into_iter().map(|f| f.join().unwrap()).collect::<Vec<_>>()
    });
    let all: Vec<u64> = (1..=8 * 20 * 2).collect();
    assert!(seen.iter().all(|seen| *seen == all));
}

//! Two programs with one store.

use crate::place::Place;
use crate::suite::put;
use serde_json::json;
use std::time::{Duration, Instant};
use wangge::store::{Expect, StoreError};

/// The time in which others must hear of a commit.
const PROMISED: Duration = Duration::from_millis(200);

pub fn subscribers_of_another_program_hear_within_200_ms(place: &Place) {
    let (here, there) = (place.open(), place.open());
    let newest = there.subscribe();
    let mut waits: Vec<Duration> = (1..=9_u64)
        .map(|n| {
            std::thread::sleep(Duration::from_millis(23));
            put(&*here, "a", Expect::Any, json!(n)).unwrap();
            let since = Instant::now();
            while *newest.borrow() < n {
                assert!(since.elapsed() < Duration::from_secs(10), "commit {n} was never heard");
                std::thread::sleep(Duration::from_millis(1));
            }
            since.elapsed()
        })
        .collect();
    waits.sort();
    // The median: a busy machine may hold a thread back now and then.
    eprintln!("heard after {:?}, at worst {:?}", waits[4], waits[8]);
    assert!(waits[4] < PROMISED, "{waits:?}");
    assert_eq!(there.events(0, 99).unwrap().len(), 9);
}

pub fn two_programs_write_to_one_store(place: &Place) {
    let stores = [place.open(), place.open()];
    std::thread::scope(|scope| {
        for (n, store) in stores.iter().enumerate() {
            scope.spawn(move || {
                for round in 0..40 {
                    put(&**store, &format!("{n}"), Expect::Any, json!(round)).unwrap();
                    let document = store.read("plan", "both").unwrap();
                    let expect = document.map_or(Expect::Absent, |d| Expect::Version(d.version));
                    match put(&**store, "both", expect, json!(n)) {
                        Ok(_) | Err(StoreError::Stale { .. } | StoreError::Exists { .. }) => {}
                        Err(other) => panic!("{other}"),
                    }
                }
            });
        }
    });
    for store in &stores {
        for id in ["0", "1"] {
            assert_eq!(store.read("plan", id).unwrap().unwrap().version, 40);
        }
        let both = store.read("plan", "both").unwrap().unwrap().version;
        assert_eq!(store.last_seq(), Ok(80 + both));
        store.check().unwrap();
    }
}

//! What every store does.

use crate::place::Place;
use serde_json::{Value, json};
use wangge::store::{Expect, MAX_BODY_BYTES, Range, Store, StoreError, Write};

/// Writes a document that is logged.
pub fn put(store: &dyn Store, id: &str, expect: Expect, body: Value) -> Result<u64, StoreError> {
    let write = Write::put("plan", id, expect, body).logged("edit", json!({ "of": id }));
    Ok(store.commit("li", &[write])?.versions[0])
}

fn body(store: &dyn Store, id: &str) -> Option<Value> {
    store.read("plan", id).unwrap().map(|document| document.body)
}

pub fn versions_count_from_one_and_are_never_given_twice(place: &Place) {
    let store = place.open();
    assert_eq!(put(&*store, "a", Expect::Absent, json!({"n": 1})), Ok(1));
    assert_eq!(put(&*store, "a", Expect::Version(1), json!({"n": 2})), Ok(2));
    assert_eq!(put(&*store, "a", Expect::Any, json!({"n": 3})), Ok(3));
    assert_eq!(put(&*store, "b", Expect::Any, json!(null)), Ok(1));
    let a = store.read("plan", "a").unwrap().unwrap();
    assert_eq!((a.kind.as_str(), a.id.as_str(), a.version, a.by.as_str()), ("plan", "a", 3, "li"));
    assert_eq!(a.body, json!({"n": 3}));
    assert_eq!(body(&*store, "b"), Some(json!(null)), "null is a body, not an absence");
    assert_eq!(store.read("other", "a"), Ok(None));
    let many = store.read_many(&[("plan", "b"), ("plan", "c"), ("plan", "a")]).unwrap();
    let versions: Vec<_> = many.iter().map(|d| d.as_ref().map(|d| d.version)).collect();
    assert_eq!(versions, [Some(1), None, Some(3)]);
}

pub fn a_write_finds_what_it_expects_or_nothing_is_done(place: &Place) {
    let store = place.open();
    let stale = |version| StoreError::Stale { kind: "plan".into(), id: "a".into(), version };
    assert_eq!(put(&*store, "a", Expect::Version(1), json!(0)), Err(stale(None)));
    put(&*store, "a", Expect::Absent, json!(1)).unwrap();
    put(&*store, "a", Expect::Version(1), json!(2)).unwrap();
    assert_eq!(put(&*store, "a", Expect::Version(1), json!(3)), Err(stale(Some(2))));
    assert_eq!(put(&*store, "a", Expect::Version(u64::MAX), json!(3)), Err(stale(Some(2))));
    let exists = StoreError::Exists { kind: "plan".into(), id: "a".into(), version: 2 };
    assert_eq!(put(&*store, "a", Expect::Absent, json!(3)), Err(exists));
    let gone = store.commit("li", &[Write::delete("plan", "b", Expect::Any)]);
    assert_eq!(gone, Err(StoreError::NotFound { kind: "plan".into(), id: "b".into() }));
    assert_eq!(body(&*store, "a"), Some(json!(2)));
    assert_eq!(store.last_seq(), Ok(2), "what was refused is not logged");
}

pub fn a_deleted_document_comes_back_with_the_next_version(place: &Place) {
    let store = place.open();
    put(&*store, "a", Expect::Absent, json!(1)).unwrap();
    let delete = |expect| Write::delete("plan", "a", expect).logged("delete", json!({}));
    let deleted = store.commit("wang", &[delete(Expect::Version(1))]).unwrap();
    assert_eq!(deleted.versions, [2]);
    assert_eq!(store.read("plan", "a"), Ok(None));
    assert_eq!(store.list("plan", &Range::default()), Ok(Vec::new()));
    let stale = StoreError::Stale { kind: "plan".into(), id: "a".into(), version: None };
    assert_eq!(put(&*store, "a", Expect::Version(2), json!(3)), Err(stale));
    assert!(store.commit("li", &[delete(Expect::Any)]).is_err(), "it is deleted already");
    assert_eq!(put(&*store, "a", Expect::Absent, json!(3)), Ok(3));
    let log: Vec<_> = store.log("plan", "a", 0, 9).unwrap();
    let told: Vec<_> = log.iter().map(|e| (e.version, e.action.as_str(), e.by.as_str())).collect();
    assert_eq!(told, [(1, "edit", "li"), (2, "delete", "wang"), (3, "edit", "li")]);
}

pub fn several_writes_are_done_all_or_none(place: &Place) {
    let store = place.open();
    put(&*store, "a", Expect::Absent, json!("before")).unwrap();
    let write =
        |id: &str, expect| Write::put("plan", id, expect, json!("after")).logged("edit", json!({}));
    let stale = [write("b", Expect::Absent), write("a", Expect::Version(7))];
    assert!(matches!(store.commit("li", &stale), Err(StoreError::Stale { .. })));
    assert_eq!(body(&*store, "a"), Some(json!("before")));
    assert_eq!(body(&*store, "b"), None, "the first write was undone");
    assert_eq!(store.last_seq(), Ok(1));
    let twice = [write("c", Expect::Any), write("c", Expect::Any)];
    assert!(matches!(store.commit("li", &twice), Err(StoreError::Invalid(_))));
    let good =
        [write("b", Expect::Absent), write("a", Expect::Version(1)), write("c", Expect::Any)];
    let done = store.commit("li", &good).unwrap();
    assert_eq!((done.seq, done.versions), (4, vec![1, 2, 1]));
    let at: Vec<_> = store.events(1, 9).unwrap().iter().map(|e| e.at).collect();
    assert_eq!(at, [done.at; 3]);
    let nothing = store.commit("li", &[]).unwrap();
    assert_eq!((nothing.seq, nothing.versions), (4, vec![]));
}

pub fn the_log_tells_everything_in_order(place: &Place) {
    let store = place.open();
    for n in 1..=20_u64 {
        let id = if n % 3 == 0 { "b" } else { "a" };
        let write = Write::put("plan", id, Expect::Any, json!(n)).logged("edit", json!({ "n": n }));
        store.commit("li", &[write]).unwrap();
    }
    let all = store.events(0, usize::MAX).unwrap();
    let numbers: Vec<u64> = all.iter().map(|e| e.seq).collect();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
    assert!(all.iter().all(|e| e.body == json!({ "n": e.seq })));
    let b = store.log("plan", "b", 2, 3).unwrap();
    assert_eq!(
        b.iter().map(|e| (e.version, e.seq)).collect::<Vec<_>>(),
        [(3, 9), (4, 12), (5, 15)]
    );
    assert_eq!(store.entry("plan", "b", 4).unwrap().unwrap().seq, 12);
    assert_eq!(store.entry("plan", "b", 0), Ok(None));
    assert_eq!(store.entry("plan", "b", 99), Ok(None));
    assert_eq!(store.entry("plan", "b", u64::MAX), Ok(None));
}

pub fn events_go_on_behind_a_number(place: &Place) {
    let store = place.open();
    let newest = store.subscribe();
    assert_eq!((*newest.borrow(), store.events(0, 9)), (0, Ok(Vec::new())));
    for n in 1..=5 {
        put(&*store, "a", Expect::Any, json!(n)).unwrap();
    }
    assert_eq!(*newest.borrow(), 5);
    let seqs = |after, limit| -> Vec<u64> {
        store.events(after, limit).unwrap().iter().map(|e| e.seq).collect()
    };
    assert_eq!(seqs(2, 2), [3, 4]);
    assert_eq!(seqs(4, usize::MAX), [5]);
    assert_eq!(seqs(5, 9), [0; 0]);
    assert_eq!(seqs(u64::MAX, 9), [0; 0]);
}

pub fn silent_writes_leave_no_trace_in_the_log(place: &Place) {
    let store = place.open();
    let newest = store.subscribe();
    let session = Write::put("session", "s", Expect::Absent, json!({"user": "li"}));
    assert_eq!(store.commit("li", &[session]).unwrap().seq, 0);
    let seen = Write::put("session", "s", Expect::Version(1), json!({"user": "li", "n": 2}));
    let edit = Write::put("plan", "a", Expect::Absent, json!(1)).logged("create", json!({}));
    let done = store.commit("li", &[seen, edit]).unwrap();
    assert_eq!((done.seq, done.versions), (1, vec![2, 1]));
    assert_eq!(store.log("session", "s", 0, 9), Ok(Vec::new()));
    assert_eq!(*newest.borrow(), 1);
    store.check().unwrap();
}

pub fn lists_are_ordered_and_come_in_pages(place: &Place) {
    let store = place.open();
    let ids = ["b", "a/2", "a/10", "a/1", "网/1", "A", "a0", "a.", "a/\u{10FFFF}x", "\u{10FFFF}"];
    for id in ids {
        put(&*store, id, Expect::Absent, json!(id)).unwrap();
    }
    let list = |range: &Range| -> Vec<String> {
        let heads: Vec<_> = store.heads("plan", range).unwrap().into_iter().map(|h| h.id).collect();
        let full = store.list("plan", range).unwrap();
        assert!(full.iter().all(|d| d.body == json!(d.id)));
        assert_eq!(full.into_iter().map(|d| d.id).collect::<Vec<_>>(), heads);
        heads
    };
    let mut sorted = ids.map(str::to_owned).to_vec();
    sorted.sort();
    assert_eq!(list(&Range::default()), sorted);
    assert_eq!(list(&Range::prefix("a/")), ["a/1", "a/10", "a/2", "a/\u{10FFFF}x"]);
    assert_eq!(list(&Range::prefix("网")), ["网/1"]);
    assert_eq!(list(&Range::prefix("%")), [""; 0]);
    let page = Range { after: Some("a/1".to_owned()), limit: 2, ..Range::prefix("a/") };
    assert_eq!(list(&page), ["a/10", "a/2"]);
    assert_eq!(list(&Range { limit: 0, ..Range::default() }), [""; 0]);
    assert_eq!(store.list("plans", &Range::default()), Ok(Vec::new()));
}

pub fn values_come_back_as_they_were_written(place: &Place) {
    let store = place.open();
    let values = json!({
        "文字": "双山社区第三网格，鸿仕雅居 😀 \u{0} \u{7f} \" \\ ' \u{2028} \u{FFFF}",
        "numbers": [0, -0.0, 0.1 + 0.2, 1e300, 5e-324, 1e16, 1e15, 123456789012345680000.0,
            u64::MAX, i64::MIN, 0.7 + 0.1, 1.0],
        "nested": {"z": [], "a": {}, "": null, "k": [true, false, [[[]]]]},
    });
    put(&*store, "a", Expect::Absent, values.clone()).unwrap();
    // Equal text, because 1.0 and 1 differ in it, and so do 0.0 and -0.0.
    assert_eq!(body(&*store, "a").unwrap().to_string(), values.to_string());
    let write = Write::put("plan", "b", Expect::Absent, json!(0)).logged("edit", values.clone());
    store.commit("李 'x' \"y\"", &[write]).unwrap();
    let entry = store.entry("plan", "b", 1).unwrap().unwrap();
    assert_eq!((entry.by.as_str(), entry.body.to_string()), ("李 'x' \"y\"", values.to_string()));
    let mut deep = json!(1);
    for _ in 0..200 {
        deep = json!([deep]);
    }
    assert!(matches!(put(&*store, "c", Expect::Any, deep), Err(StoreError::Invalid(_))));
}

pub fn big_bodies_are_kept_and_too_big_ones_refused(place: &Place) {
    let store = place.open();
    let big = json!("网".repeat(2_000_000));
    put(&*store, "a", Expect::Absent, big.clone()).unwrap();
    assert_eq!(body(&*store, "a"), Some(big));
    let refused = put(&*store, "a", Expect::Any, json!("x".repeat(MAX_BODY_BYTES)));
    assert!(matches!(refused, Err(StoreError::Invalid(_))));
    assert_eq!(store.read("plan", "a").unwrap().unwrap().version, 1);
}

pub fn hostile_keys_are_kept_or_refused_but_do_no_harm(place: &Place) {
    let store = place.open();
    let long = "界".repeat(85);
    let kept = [
        "'",
        "\"; DROP TABLE documents; --",
        "%",
        "_",
        "\\",
        "../../etc/passwd",
        "a b",
        "$1",
        "?1",
        "\u{202e}abc",
        "é",
        "e\u{301}",
        &long,
    ];
    for (n, id) in kept.iter().enumerate() {
        assert_eq!(put(&*store, id, Expect::Absent, json!(n)), Ok(1), "{id:?}");
    }
    for (n, id) in kept.iter().enumerate() {
        assert_eq!(body(&*store, id), Some(json!(n)), "{id:?}");
        assert_eq!(store.heads("plan", &Range::prefix(id)).unwrap()[0].id, *id);
    }
    let too_long = "界".repeat(86);
    for id in ["", "a\0b", "\n", "\u{85}", &too_long] {
        assert!(matches!(put(&*store, id, Expect::Any, json!(0)), Err(StoreError::Invalid(_))));
        assert_eq!(store.read("plan", id), Ok(None), "{id:?}");
        assert_eq!(store.read("pl\0n", id), Ok(None));
        assert_eq!(store.log("plan", id, 0, 9), Ok(Vec::new()));
        assert_eq!(store.shapes_of("plan", id), Ok(Vec::new()));
    }
    assert_eq!(store.list("plan", &Range::prefix("a\0")), Ok(Vec::new()));
    assert_eq!(store.shapes("gr\0ds", None), Ok(Vec::new()));
    let long_kind = "k".repeat(65);
    for kind in ["", "a b", "网格", "k'", "a\0", &long_kind] {
        let write = Write::put(kind, "a", Expect::Any, json!(0));
        assert!(matches!(store.commit("li", &[write]), Err(StoreError::Invalid(_))), "{kind:?}");
    }
    let write = Write::put("plan", "z", Expect::Any, json!(0));
    let bad_action = write.clone().logged("ed it", json!(0));
    assert!(matches!(store.commit("li", &[bad_action]), Err(StoreError::Invalid(_))));
    assert!(matches!(
        store.commit("l\0i", std::slice::from_ref(&write)),
        Err(StoreError::Invalid(_))
    ));
    assert!(matches!(store.commit("", &[write]), Err(StoreError::Invalid(_))));
    assert_eq!(store.check().unwrap().documents, kept.len() as u64);
}

pub fn times_never_run_backwards(place: &Place) {
    let store = place.open();
    let before = jiff::Timestamp::now().as_millisecond();
    for n in 0..50 {
        put(&*store, "a", Expect::Any, json!(n)).unwrap();
    }
    let after = jiff::Timestamp::now().as_millisecond();
    let times: Vec<i64> =
        store.events(0, 99).unwrap().iter().map(|e| e.at.as_millisecond()).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert!(before <= times[0] && times[49] <= after, "{before} {times:?} {after}");
    assert_eq!(store.read("plan", "a").unwrap().unwrap().at.as_millisecond(), times[49]);
}

//! What goes wrong is said, and a dead executor loses nothing.

use crate::points;
use crate::processes::{Scheduler, wait_for};
use crate::work::locate;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};
use wangge::engine::{Manner, Points, on_cluster, table_of};
use wangge::locate::batch::ColumnNames;

#[test]
fn an_executor_that_dies_at_work_loses_nothing() {
    let scheduler = Scheduler::start();
    let (stays, mut dies) = (scheduler.executor(), scheduler.executor());
    let folder = points::folder(100_000);
    let out = tempfile::tempdir().unwrap();
    let out = out.path().join("out.parquet");
    let done = std::thread::scope(|scope| {
        let run = scope.spawn(|| locate(&scheduler.address, folder.path(), &out));
        // When it asks for the table it has been given pieces, and none is done.
        wait_for("both executors to have work", || {
            (scheduler.sent().first().map(Vec::len) == Some(2)).then_some(())
        });
        dies.kill();
        run.join().unwrap()
    });
    let said = format!("{}{}{}", done.stderr, scheduler.process.said(), stays.said());
    assert_eq!(done.code, 0, "{said}");
    points::assert_answered(&points::read_folder(folder.path()), &points::read(&out));
}

#[test]
fn a_file_that_executors_do_not_have_is_named() {
    let scheduler = Scheduler::start();
    let _executor = scheduler.executor();
    let folder = points::folder(4_000);
    let dataset = wangge::dataset::load(Path::new(points::DATASET)).unwrap();
    let read = Points::open(folder.path(), &ColumnNames::default()).unwrap();
    // As on a machine that does not share the folder.
    std::fs::remove_file(folder.path().join("台账 2%.parquet")).unwrap();
    let out = folder.path().join("out");
    let table = table_of(&dataset, None);
    let done = on_cluster(&scheduler.address, table, Manner::default(), &read, &out, |_| ());
    let done = tokio::runtime::Runtime::new().unwrap().block_on(done);
    let error = done.unwrap_err().to_string();
    assert!(error.contains("台账 2%.parquet"), "{error}");
    let mut part = out.as_os_str().to_owned();
    part.push(".part");
    assert!(!out.exists() && !std::path::Path::new(&part).exists(), "no half result is left");
}

#[test]
fn no_executor_is_said() {
    let scheduler = Scheduler::start();
    let folder = points::folder(400);
    let done = locate(&scheduler.address, folder.path(), &folder.path().join("out"));
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("wangge cluster executor --scheduler"), "{}", done.stderr);
}

#[test]
fn a_table_under_a_wrong_name_is_not_taken() {
    let scheduler = Scheduler::start();
    let name = "0".repeat(64);
    let (status, said) = scheduler.ask(&format!("PUT /wangge/tables/{name}"), b"another table");
    assert_eq!(status, 422, "{said}");
    assert!(said.contains(&name), "{said}");
    assert_eq!(scheduler.ask("PUT /wangge/tables/short", b"x").0, 400);
    assert_eq!(scheduler.ask(&format!("GET /wangge/tables/{name}?executor=e"), b"").0, 404);
    assert!(scheduler.sent().is_empty());
}

/// Answers one connection with these bytes (with nothing, and stays open, for none).
fn answering(bytes: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(&bytes);
        if bytes.is_empty() {
            std::thread::sleep(Duration::from_secs(60));
        }
    });
    address
}

fn http(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

#[test]
fn a_wrong_address_is_said_within_seconds() {
    let folder = points::folder(400);
    let nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().to_string()
    };
    let old = r#"{"wangge":"0.0.1-old","ballista":"55.0.0","executors":[],"tables":[]}"#;
    for (address, says) in [
        (nobody.as_str(), "no wangge scheduler answers"),
        (&answering(http("hi")), "something else answers there"),
        (&answering(b"220 ftp.example.org\r\n".to_vec()), "no wangge scheduler answers"),
        (&answering(Vec::new()), "no answer within 5 s"),
        (&answering(http(old)), "runs wangge 0.0.1-old"),
        ("127.0.0.1", "HOST:PORT"),
        ("127.0.0.1:x", "HOST:PORT"),
    ] {
        let began = Instant::now();
        let done = locate(address, folder.path(), Path::new("target/no-such-result.parquet"));
        assert_eq!(done.code, 2, "{address}");
        assert!(done.stderr.contains(says), "{address}: {}", done.stderr);
        assert!(began.elapsed() < Duration::from_secs(60), "{address}");
    }
}

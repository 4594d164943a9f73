//! Commits a second: one writer and eight, small documents and large ones, beside plain inserts
//! by SQLite with the same settings.

use serde_json::{Value, json};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use wangge::store::{self, Expect, Store, Write};

/// How long each is measured.
const WHILE: Duration = Duration::from_secs(3);

/// A row a commit, flushed as a store's commits are.
fn plain_inserts(folder: &Path, bytes: usize) -> rusqlite::Result<f64> {
    let file = rusqlite::Connection::open(folder.join(format!("plain-{bytes}.db")))?;
    file.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         CREATE TABLE log (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT",
    )?;
    let text = body(bytes).to_string();
    let (begun, mut done) = (Instant::now(), 0);
    while begun.elapsed() < WHILE {
        file.prepare_cached("INSERT INTO log (body) VALUES (?1)")?.execute([&text])?;
        done += 1;
    }
    Ok(f64::from(done) / begun.elapsed().as_secs_f64())
}

fn body(bytes: usize) -> Value {
    json!({ "assignment": "x".repeat(bytes) })
}

/// Commits a second of several writers, each with a document of its own.
fn commits(store: &dyn Store, writers: usize, bytes: usize) -> f64 {
    let done = AtomicU64::new(0);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for writer in 0..writers {
            let done = &done;
            scope.spawn(move || {
                let (id, body) = (format!("{writer}-{bytes}"), body(bytes));
                while begun.elapsed() < WHILE {
                    let write = Write::put("plan", &id, Expect::Any, body.clone());
                    let write = write.logged("edit", json!({"units": ["u1"], "grid": "g1"}));
                    match store.commit("bench", &[write]) {
                        Ok(_) => done.fetch_add(1, Ordering::Relaxed),
                        Err(error) => panic!("{error}"),
                    };
                }
            });
        }
    });
    done.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64()
}

fn measure(name: &str, store: &dyn Store, peers: &[f64]) {
    for (&bytes, peer) in [200, 300_000].iter().zip(peers) {
        for writers in [1, 8] {
            let rate = commits(store, writers, bytes);
            println!(
                "{name}, {bytes} bytes, {writers} writers: {rate:.0} commits a second, {:.2} of \
                 plain inserts",
                rate / peer
            );
        }
    }
}

/// A server that ends with its input, and the URL of its database.
fn postgres() -> Option<(Child, String)> {
    use std::io::{BufRead, BufReader};
    // The server flushes, too, unlike one for tests.
    let start = "exec pg_virtualenv -t -o fsync=on sh -c \
        'echo postgres://$PGUSER:$PGPASSWORD@127.0.0.1:$PGPORT/postgres >&3; exec cat >/dev/null' \
        3>&1 >/dev/null";
    let mut child = Command::new("sh")
        .args(["-c", start])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let lines = BufReader::new(child.stdout.take()?).lines().map_while(Result::ok);
    let url = lines.into_iter().find(|line| line.starts_with("postgres://"))?;
    Some((child, url))
}

fn main() {
    // `cargo test --benches` asks for nothing but that it starts.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let result = run();
    if let Err(error) = result {
        eprintln!("{error}");
        std::process::exit(2);
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let peers = [plain_inserts(folder.path(), 200)?, plain_inserts(folder.path(), 300_000)?];
    println!("plain inserts: {:.0} a second of 200 bytes, {:.0} of 300,000", peers[0], peers[1]);
    let file = folder.path().join("wangge.db");
    measure("SQLite", &*store::open(&file.to_string_lossy())?, &peers);
    let Some((mut server, url)) = postgres() else {
        println!("skipped: PostgreSQL (pg_virtualenv of postgresql-common)");
        return Ok(());
    };
    let opened = store::open(&url);
    if let Ok(store) = &opened {
        measure("PostgreSQL", &**store, &peers);
    }
    drop(server.stdin.take());
    server.wait()?;
    Ok(opened.map(|_| ())?)
}

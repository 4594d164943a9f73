//! Connections that misbehave, and the end of the server.

use crate::client::{Server, read_head};
use crate::jobs::start_long;
use crate::program::Folder;
use std::io::{BufRead, BufReader, Read, Write};

/// Reads until the server closes the connection.
fn until_closed(stream: &mut impl Read) -> Vec<u8> {
    let mut rest = Vec::new();
    // A reset is a close as well.
    let _ = stream.read_to_end(&mut rest);
    rest
}

#[test]
fn a_partial_header_or_body_does_not_hold_a_connection() {
    let server = Server::start(Folder::clean());
    let mut silent = server.connect();
    let mut partial = server.connect();
    partial.write_all(b"GET /healthz HTTP/1.1\r\nhost: te").unwrap();
    let mut idle = server.connect();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: test\r\n\r\n").unwrap();
    let mut reader = BufReader::new(idle);
    assert_eq!(read_head(&mut reader).0, 200);
    let mut stalled = server.connect();
    let head = "POST /api/plans HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
        content-length: 100\r\n\r\n{";
    stalled.write_all(head.as_bytes()).unwrap();
    let (status, headers) = read_head(&mut BufReader::new(stalled));
    assert_eq!((status, headers["content-type"].as_str()), (408, "application/problem+json"));
    // Each would time out in the test (60 s) if the server did not close it first.
    for stream in [&mut silent as &mut dyn Read, &mut partial, &mut reader] {
        let mut rest = Vec::new();
        let done = stream.read_to_end(&mut rest);
        let was_closed =
            done.is_ok() || done.is_err_and(|e| e.kind() == std::io::ErrorKind::ConnectionReset);
        assert!(was_closed, "{}", String::from_utf8_lossy(&rest));
    }
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn a_body_that_is_too_large_is_refused() {
    let server = Server::start(Folder::clean());
    let json = ("content-type", "application/json");
    // Announced: refused before a byte of it is read.
    let mut stream = server.connect();
    let head = "POST /api/plans HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
        content-length: 999999999\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let (status, headers) = read_head(&mut BufReader::new(stream));
    assert_eq!((status, headers["content-type"].as_str()), (413, "application/problem+json"));
    // Not announced.
    let mut stream = server.connect();
    let head = "POST /api/plans HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
        transfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = [b"100000\r\n".as_slice(), &vec![b' '; 0x10_0000], b"\r\n"].concat();
    for _ in 0..20 {
        // The server may close in between.
        if stream.write_all(&chunk).is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert_eq!(server.send("POST", "/api/plans", &[json], Some("{}")).status, 400);
}

#[test]
fn what_is_no_request_is_refused() {
    let server = Server::start(Folder::clean());
    for nonsense in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"GET /\xff HTTP/1.1\r\n\r\n",
        b"\r\n\r\n\r\n\r\nBREW / HTCPCP/1.0\r\n\r\n",
    ] {
        let mut stream = server.connect();
        stream.write_all(nonsense).unwrap();
        let answer = until_closed(&mut stream);
        let text = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || text.starts_with("HTTP/1.1 4"), "{text}");
    }
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn the_server_ends_in_order_with_an_open_stream_of_events() {
    for signal in ["-TERM", "-INT"] {
        let server = Server::start(Folder::large());
        let started = start_long(&server);
        assert_eq!(started.status, 202);
        let path = format!("{}/events", started.header("location"));
        let mut stream = server.connect();
        stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n").as_bytes()).unwrap();
        let mut reader = BufReader::new(stream);
        assert_eq!(read_head(&mut reader).0, 200);
        let mut line = String::new();
        while !line.starts_with("event:") {
            line.clear();
            assert_ne!(reader.read_line(&mut line).unwrap(), 0, "the stream has begun");
        }
        assert_eq!(server.end(signal), Some(0), "{signal}");
        // The stream has an end and is not cut off: its last chunk is there.
        let rest = until_closed(&mut reader);
        assert!(rest.ends_with(b"0\r\n\r\n"), "{}", String::from_utf8_lossy(&rest));
    }
}

#[test]
fn a_reload_takes_the_new_data_or_keeps_the_old() {
    let folder = Folder::clean();
    let grids = folder.file("grids.geojson");
    let server = Server::start(folder);
    let before = server.get("/api/dataset");
    let good = std::fs::read_to_string(&grids).unwrap();

    std::fs::write(&grids, &good[..good.len() / 2]).unwrap();
    server.signal("-HUP");
    // Nothing tells when a load has failed; what is served must never change meanwhile.
    for _ in 0..20 {
        assert_eq!(server.get("/api/dataset").etag(), before.etag());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    std::fs::write(&grids, good.replace("第G1网格", "新一网格")).unwrap();
    server.signal("-HUP");
    let renamed = || {
        let grids = server.get("/ogc/collections/grids/items").json();
        grids["features"][0]["properties"]["name"] == "新一网格"
    };
    while !renamed() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn a_port_in_use_is_an_error_with_a_remedy() {
    let server = Server::start(Folder::clean());
    let folder = Folder::clean();
    let done = crate::program::wangge(&["serve", folder.path(), "--addr", &server.address]);
    assert_eq!(done.code, 2);
    assert!(
        done.stderr.contains(&server.address) && done.stderr.contains("--addr"),
        "{}",
        done.stderr
    );
}

//! Ledgers that are posted: small and large, read at once and later, broken off.

use crate::client::{Answer, Server, read_head};
use crate::program::Folder;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::time::Duration;

const CSV: (&str, &str) = ("content-type", "text/csv");
const NDJSON: (&str, &str) = ("content-type", "application/x-ndjson");
/// In G1 and in G2 of the dataset, where it has the compounds K00 and K03 as points.
const WEST: &str = "120.0005,36.0005";
const EAST: &str = "120.0035,36.0005";

fn post(server: &Server, query: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    server.send("POST", &format!("/api/locate{query}"), headers, Some(body))
}

fn text(answer: &Answer) -> &str {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    std::str::from_utf8(&answer.body).expect("UTF-8")
}

#[test]
fn rows_come_back_with_their_grids() {
    let server = Server::start(Folder::clean());
    let csv = format!("名,lon,lat\n甲,{WEST}\n乙,{EAST}\n丙,1,2\n丁,x,y\n");
    let answer = post(&server, "?lang=en", &[CSV], &csv);
    assert_eq!(answer.header("content-type"), "text/csv");
    let lines: Vec<&str> = text(&answer).lines().collect();
    assert_eq!(lines[0], "名,lon,lat,grid_code,branch_id,compound_id,match,reason");
    assert_eq!(lines[1], format!("甲,{WEST},G1,B1,K00,inside,"));
    assert_eq!(lines[2], format!("乙,{EAST},G2,B2,K03,inside,"));
    assert_eq!(lines[3], "丙,1,2,,,,none,");
    assert_eq!(lines[4], "丁,x,y,,,,none,\"`x`, `y` are not numbers\"");
    assert!(text(&post(&server, "", &[CSV], &csv)).contains("不是数字"), "Chinese by default");

    let answer = post(&server, "", &[CSV, ("accept", "application/x-ndjson")], &csv);
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    let rows: Vec<Value> =
        text(&answer).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(
        (rows.len(), &rows[1]["grid_code"], &rows[1]["名"]),
        (4, &"G2".into(), &"乙".into())
    );

    let ndjson = "{\"id\": 1.50, \"address\":\"东苑\"}\n";
    let answer = post(&server, "", &[NDJSON], ndjson);
    assert!(text(&answer).starts_with("{\"id\": 1.50, \"address\":\"东苑\",\"grid_code\":\"G2\","));
    let answer = post(&server, "", &[NDJSON, ("accept", "text/csv")], ndjson);
    assert!(text(&answer).starts_with("id,address,grid_code,"), "{}", text(&answer));
}

#[test]
fn what_cannot_be_read_is_a_problem_that_names_it() {
    let server = Server::start(Folder::clean());
    let good = format!("lon,lat\n{WEST}\n");
    for (query, headers, body, status, field) in [
        ("", &[CSV][..], "a,b\n1,2\n", 400, "lon"),
        ("", &[CSV], "lon,b\n1,2\n", 400, "lat"),
        ("", &[CSV], "lon,lat,grid_code\n1,2,3\n", 400, "grid_code"),
        ("?crs=mars", &[CSV], &good, 400, "crs"),
        ("?on=tomorrow", &[CSV], &good, 400, "on"),
        ("?lang=fr", &[CSV], &good, 400, "lang"),
        ("?lon=东", &[CSV], &good, 400, "lat"),
        ("?q=x", &[CSV], &good, 400, "q"),
        ("", &[("content-type", "application/json")], &good, 415, "Content-Type"),
        ("", &[("content-type", "text/csv; charset=latin1")], &good, 415, "Content-Type"),
        ("", &[], &good, 415, "Content-Type"),
        ("", &[CSV, ("accept", "text/html")], &good, 406, "Accept"),
    ] {
        let query = query.replace('东', "%E4%B8%9C");
        let problem = post(&server, &query, headers, body).problem(status);
        assert_eq!(problem["field"], field, "{problem}");
    }
    assert!(post(&server, "", &[CSV], "").problem(400)["detail"].as_str().is_some());
    let huge = [CSV, ("content-length", "99999999999")];
    server.send("POST", "/api/locate", &huge, None).problem(413);
}

#[test]
fn reference_systems_of_a_call() {
    let server = Server::start(Folder::clean());
    let system = wangge::dataset::crs::Crs::parse("EPSG:4549").expect("a system");
    let place = wangge::domain::LonLat::new(120.0035, 36.0005).expect("a place");
    let (x, y) = system.from_degrees(place);
    let answer = post(&server, "?crs=EPSG:4549", &[CSV], &format!("x,y\n{x},{y}\n"));
    assert!(text(&answer).contains(",G2,B2,"), "{}", text(&answer));
    let answer = post(&server, "?crs=gcj02", &[CSV], &format!("lon,lat\n{EAST}\n"));
    assert!(text(&answer).contains(",none,"), "half a kilometre off: {}", text(&answer));
}

#[test]
fn a_client_may_send_everything_before_it_reads() {
    let server = Server::start(Folder::clean());
    let rows = 80_000;
    let row = format!("{WEST},{}\n", "n".repeat(200));
    let body = format!("lon,lat,note\n{}", row.repeat(rows));
    assert!(body.len() > 16 << 20, "more than other bodies may have");
    let answer = post(&server, "", &[CSV], &body);
    let lines = text(&answer).lines().skip(1);
    assert_eq!(lines.filter(|line| line.contains(",G1,B1,K00,inside,")).count(), rows);
}

/// Begins a chunked ledger.
fn begin(server: &Server) -> std::net::TcpStream {
    let mut stream = server.connect();
    let head = "POST /api/locate HTTP/1.1\r\nhost: test\r\ncontent-type: text/csv\r\n\
        transfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).expect("it is read");
    chunk(&mut stream, "lon,lat\n").expect("it is read");
    stream
}

fn chunk(stream: &mut std::net::TcpStream, text: &str) -> std::io::Result<()> {
    write!(stream, "{:x}\r\n{text}\r\n", text.len())
}

#[test]
fn the_answer_streams_while_the_body_comes() {
    let server = Server::start(Folder::clean());
    let mut stream = begin(&server);
    let rows = format!("{WEST}\n").repeat(10_000);
    for _ in 0..20 {
        chunk(&mut stream, &rows).expect("it is read");
    }
    // The body has not ended, and the answer has begun.
    let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
    assert_eq!(read_head(&mut reader).0, 200);
    let mut size = String::new();
    reader.read_line(&mut size).expect("a piece of it");
    chunk(&mut stream, &rows).and_then(|()| stream.write_all(b"0\r\n\r\n")).expect("it is read");
    let mut rest = String::new();
    while !rest.ends_with("\r\n0\r\n\r\n") {
        let mut block = [0; 1 << 16];
        let read = reader.read(&mut block).expect("the rest");
        assert!(read > 0, "it was broken off");
        rest.push_str(std::str::from_utf8(&block[..read]).expect("ASCII"));
    }
    assert!(rest.matches("inside").count() > 200_000);
}

#[test]
fn clients_that_go_away_give_their_turn_back() {
    let server = Server::start(Folder::clean());
    let open: Vec<_> = (0..8).map(|_| begin(&server)).collect();
    // Four have a turn and wait for their rows; the others are told to come again.
    let is_answered = |stream: &std::net::TcpStream| {
        stream.set_nonblocking(true).expect("it can be set");
        stream.peek(&mut [0]).is_ok()
    };
    let refused = (0..500).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        open.iter().filter(|stream| is_answered(stream)).count() >= 4
    });
    assert!(refused, "as many as may are at work");
    let good = format!("lon,lat\n{WEST}\n");
    post(&server, "", &[CSV], &good).problem(429);
    assert_eq!(server.get("/healthz").status, 200, "others are served");
    drop(open);
    let came_back = (0..500).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        post(&server, "", &[CSV], &good).status == 200
    });
    assert!(came_back, "the turns came back");
}

#[test]
fn an_answer_that_fails_on_the_way_is_not_taken_for_whole() {
    let server = Server::start(Folder::clean());
    let mut stream = begin(&server);
    let rows = format!("{WEST}\n").repeat(100_000);
    chunk(&mut stream, &rows).expect("it is read");
    // A row that does not end.
    let endless = "9".repeat(1 << 20);
    for _ in 0..20 {
        if chunk(&mut stream, &endless).is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 200"), "{}", &answer[..answer.len().min(200)]);
    assert!(!answer.ends_with("0\r\n\r\n"), "no last chunk");
    assert_eq!(server.get("/healthz").status, 200);
}

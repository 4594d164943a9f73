//! A server under test and a client of it: plain HTTP/1.1 over a socket, so that nothing stands
//! between the test and the wire.

use crate::program::{Folder, command};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::Duration;

/// A running server; killed when dropped, should the test not have ended it.
pub struct Server {
    pub child: Child,
    pub address: String,
    _folder: Folder,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.body)))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub fn etag(&self) -> String {
        let tag = self.header("etag");
        assert!(tag.len() > 2, "no entity tag in {:?}", self.headers);
        tag.to_owned()
    }

    /// The problem of an answer that must be one of this status.
    #[track_caller]
    pub fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        for member in ["type", "title", "detail"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
        }
        problem
    }
}

impl Server {
    /// Serves a dataset on a free port; waits until the program says that it listens.
    pub fn start(folder: Folder) -> Self {
        Self::start_with(folder, &[])
    }

    /// The same with further arguments.
    pub fn start_with(folder: Folder, further: &[&str]) -> Self {
        let serve = ["serve", folder.path(), "--addr", "127.0.0.1:0", "--lang", "en"];
        let mut child = command(&[&serve[..], further].concat())
            .env("WANGGE_LOG", "off")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stderr = child.stderr.take().expect("it is piped");
        let mut lines = BufReader::new(stderr).lines();
        let mut told = Vec::new();
        let address = loop {
            let line = lines.next().unwrap_or_else(|| panic!("it ended: {told:?}")).expect("UTF-8");
            if let Some((_, rest)) = line.split_once("http://") {
                break rest.trim_end_matches('/').to_owned();
            }
            told.push(line);
        };
        // Whatever it says later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address, _folder: folder }
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a time-out can be set");
        stream
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None)
    }

    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, None)
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[("content-type", "application/json")], Some(&body.to_string()))
    }

    /// Sends a request of its own connection and reads the answer to its end.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Answer {
        let mut stream = self.connect();
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n");
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        if let Some(body) = body {
            request += &format!("content-length: {}\r\n", body.len());
        }
        request += "\r\n";
        request += body.unwrap_or_default();
        // A server may answer and close before it has read everything (413).
        let _ = stream.write_all(request.as_bytes());
        read_answer(&mut BufReader::new(stream), method != "HEAD")
    }

    /// A plan made from the present one, with its entity tag.
    pub fn new_plan(&self) -> (String, String) {
        let made = self.post("/api/plans", &serde_json::json!({ "name": "试" }));
        assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
        (made.header("location").to_owned(), made.etag())
    }

    /// Ends the server with a signal and gives its exit code.
    pub fn end(mut self, signal: &str) -> Option<i32> {
        self.signal(signal);
        self.child.wait().expect("it ends").code()
    }

    pub fn signal(&self, signal: &str) {
        let done = std::process::Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status()
            .expect("kill is there");
        assert!(done.success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended by itself in most tests.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads status line and headers.
pub fn read_head(reader: &mut impl BufRead) -> (u16, BTreeMap<String, String>) {
    let mut line = String::new();
    reader.read_line(&mut line).expect("a status line");
    let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.unwrap_or_else(|| panic!("no status line but {line:?}"));
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a header");
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    (status, headers)
}

fn read_answer(reader: &mut impl BufRead, has_body: bool) -> Answer {
    let (status, headers) = read_head(reader);
    let mut body = Vec::new();
    if !has_body {
        return Answer { status, headers, body };
    }
    if headers.get("transfer-encoding").is_some_and(|coding| coding == "chunked") {
        loop {
            let mut size = String::new();
            reader.read_line(&mut size).expect("a chunk");
            let size = usize::from_str_radix(size.trim(), 16).expect("its size");
            let mut chunk = vec![0; size + 2];
            reader.read_exact(&mut chunk).expect("its bytes");
            body.extend_from_slice(&chunk[..size]);
            if size == 0 {
                break;
            }
        }
    } else if let Some(length) = headers.get("content-length") {
        body.resize(length.parse().expect("a number"), 0);
        reader.read_exact(&mut body).expect("the body");
    }
    Answer { status, headers, body }
}

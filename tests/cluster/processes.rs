//! A scheduler and executors as processes, on free ports of loopback.

use crate::program::command;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A process and what it has said. It ends with its test.
pub struct Process {
    child: Child,
    said: Arc<Mutex<String>>,
    // Removed after the process.
    _folder: tempfile::TempDir,
}

impl Process {
    fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = command(&["--lang", "en"])
            .args(arguments)
            .env("TMPDIR", folder.path())
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let (stderr, hears) = (child.stderr.take().unwrap(), Arc::clone(&said));
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let mut said = hears.lock().unwrap();
                said.push_str(&line);
                said.push('\n');
            }
        });
        Self { child, said, _folder: folder }
    }

    /// What it has said so far.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Ends it at once.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        assert!(!self.said().contains("panicked"), "{}", self.said());
    }
}

/// Waits until `found` gives something.
pub fn wait_for<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(began.elapsed() < Duration::from_secs(120), "{what} within two minutes");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A scheduler.
pub struct Scheduler {
    pub process: Process,
    /// `HOST:PORT`.
    pub address: String,
}

impl Scheduler {
    pub fn start() -> Self {
        let process = Process::start(&[
            "cluster",
            "scheduler",
            "--addr",
            "127.0.0.1:0",
            "--executor-timeout",
            "6",
        ]);
        let address = wait_for("a scheduler", || {
            let said = process.said();
            let rest = said.split_once("scheduling at ")?.1;
            Some(rest.split_once('\n')?.0.trim().to_owned())
        });
        Self { process, address }
    }

    /// An executor of two cores. Gives it when the scheduler knows it.
    pub fn executor(&self) -> Process {
        let before = self.about()["executors"].as_array().unwrap().len();
        let process = Process::start(&[
            "cluster",
            "executor",
            "--scheduler",
            &self.address,
            "--port",
            "0",
            "--cores",
            "2",
        ]);
        wait_for("an executor", || {
            let now = self.about()["executors"].as_array().unwrap().len();
            (now > before).then_some(())
        });
        process
    }

    /// What it says of itself.
    pub fn about(&self) -> Value {
        let (status, body) = self.ask("GET /wangge", b"");
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    /// A request of HTTP/1.0: status and body of the answer.
    pub fn ask(&self, request: &str, body: &[u8]) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        write!(stream, "{request} HTTP/1.0\r\nhost: x\r\ncontent-length: {length}\r\n\r\n")
            .unwrap();
        stream.write_all(body).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    /// How often each table was sent to each executor.
    pub fn sent(&self) -> Vec<Vec<u64>> {
        let about = self.about();
        let tables = about["tables"].as_array().unwrap().iter();
        let of = |table: &Value| {
            let sent = table["sent"].as_object().unwrap();
            sent.values().map(|times| times.as_u64().unwrap()).collect()
        };
        tables.map(of).collect()
    }
}

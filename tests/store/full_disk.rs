//! A full disk: the writer is told, readers go on, and once there is room so do writers.

use crate::durability::process;
use crate::suite::put;
use serde_json::json;
use std::path::Path;
use std::process::{Command, Stdio};
use wangge::store::{self, Expect, Store, StoreError};

/// A file system of its own, unmounted at the end.
struct Mounted(tempfile::TempDir);

impl Mounted {
    fn tmpfs(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "none"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        mount.is_ok_and(|status| status.success()).then_some(Self(folder))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("-l").arg(self.0.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()) || std::thread::panicking());
    }
}

/// Writes until the disk is full; the number of commits that were acknowledged.
fn fill(store: &dyn Store) -> u64 {
    for n in 0..10_000 {
        match put(store, &format!("p{}", n % 10), Expect::Any, json!([n, "x".repeat(5000)])) {
            Ok(_) => {}
            Err(StoreError::Full { store: name }) => {
                assert!(name.ends_with("wangge.db"), "{name}");
                return n;
            }
            Err(other) => panic!("after {n} commits: {other}"),
        }
    }
    panic!("the disk never got full");
}

/// Everything acknowledged can be read, and nothing else.
fn assert_holds(store: &dyn Store, commits: u64) {
    assert_eq!(store.last_seq(), Ok(commits));
    assert_eq!(store.events(0, usize::MAX).unwrap().len() as u64, commits);
    for n in commits.saturating_sub(10)..commits {
        let document = store.read("plan", &format!("p{}", n % 10)).unwrap().unwrap();
        assert_eq!(document.body[0], json!(n));
    }
    store.check().unwrap();
}

#[test]
fn on_a_full_disk_reads_go_on_and_writes_resume_once_there_is_room() {
    let Some(disk) = Mounted::tmpfs("1m") else {
        eprintln!(
            "skipped: this user may not mount a file system; the limit of a file's size, \
                   tested beside this, is the other way to a full disk"
        );
        return;
    };
    let path = |name: &str| disk.0.path().join(name);
    std::fs::write(path("ballast"), vec![0; 200 << 10]).unwrap();
    let store = store::open(path("wangge.db").to_str().unwrap()).unwrap();
    let commits = fill(&*store);
    assert!(commits > 10, "only {commits} commits in 800 kB");
    for _ in 0..3 {
        assert!(matches!(
            put(&*store, "p0", Expect::Any, json!("x".repeat(300_000))),
            Err(StoreError::Full { .. })
        ));
    }
    assert_holds(&*store, commits);
    let backup = store.backup(&path("backup.db"));
    assert!(matches!(backup, Err(StoreError::Full { .. })), "{backup:?}");
    assert!(!path("backup.db").exists());
    // Another program opens it, reads and is told the same.
    let other = store::open(path("wangge.db").to_str().unwrap()).unwrap();
    assert_holds(&*other, commits);
    drop(other);
    std::fs::remove_file(path("ballast")).unwrap();
    put(&*store, &format!("p{}", commits % 10), Expect::Any, json!([commits, "room"])).unwrap();
    assert_holds(&*store, commits + 1);
    drop(store);
    assert_holds(&*store::open(path("wangge.db").to_str().unwrap()).unwrap(), commits + 1);
}

/// Names the store that [`limited_process`] fills.
const STORE: &str = "WANGGE_TEST_FILLS";

#[test]
#[ignore = "a process that another test starts with a limit"]
fn limited_process() {
    let Ok(spec) = std::env::var(STORE) else { return };
    let store = store::open(&spec).unwrap();
    let commits = fill(&*store);
    assert_holds(&*store, commits);
    println!("filled {commits} commits");
}

#[test]
fn a_file_that_may_not_grow_is_as_good_as_a_full_disk() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wangge.db");
    drop(store::open(file.to_str().unwrap()).unwrap());
    let commits = fill_with_limit(&file, 1000);
    let store = store::open(file.to_str().unwrap()).unwrap();
    assert_holds(&*store, commits);
    put(&*store, &format!("p{}", commits % 10), Expect::Any, json!([commits, "x"])).unwrap();
    assert_holds(&*store, commits + 1);
}

/// Fills a store in a process whose files may have so many kilobytes.
fn fill_with_limit(file: &Path, kilobytes: usize) -> u64 {
    let child = process("full_disk::limited_process");
    let done = Command::new("bash")
        .arg("-c")
        .arg(format!("trap '' XFSZ; ulimit -f {kilobytes}; exec \"$0\" \"$@\""))
        .arg(child.get_program())
        .args(child.get_args())
        .env(STORE, file)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    let told = text.split("filled ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok());
    told.unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&done.stderr)))
}

//! Which commits of a group are done, and the rows that they become. No I/O: both kinds of store
//! decide alike because they both ask here.

use super::error::StoreError;
use super::model::Committed;
use super::prepared::{Prepared, commit_time};
use super::rows::{DocumentRow, EntryRow, ShapeRow};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};

/// A commit that waits.
pub(super) struct Job {
    pub by: String,
    pub writes: Vec<Prepared>,
}

/// The kind and key of a document.
pub(super) type Key = (String, String);

/// The last version of a document, and whether it is there rather than deleted.
pub(super) type Versions = HashMap<Key, (u64, bool)>;

/// The counters of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counters {
    pub last_seq: u64,
    /// Milliseconds since 1970.
    pub last_at: i64,
}

/// What a group of commits comes to.
pub(super) struct Decided {
    /// For each commit what it is answered once the rows are on the disk.
    pub answers: Vec<Result<Committed, StoreError>>,
    /// The documents as they are afterwards.
    pub documents: BTreeMap<Key, DocumentRow>,
    /// The new entries of the log.
    pub entries: Vec<EntryRow>,
    /// The shapes that take the place of those that a document had.
    pub shapes: BTreeMap<Key, Vec<ShapeRow>>,
    /// The counters afterwards.
    pub counters: Counters,
}

/// The documents that commits write.
pub(super) fn keys(jobs: &[Job]) -> impl Iterator<Item = (&str, &str)> {
    jobs.iter().flat_map(|job| &job.writes).map(|write| (write.kind.as_str(), write.id.as_str()))
}

/// Decides commits one after another; `versions` holds what is known of the documents that they
/// write.
pub(super) fn decide(jobs: &[Job], mut versions: Versions, counters: Counters) -> Decided {
    let mut decided = Decided {
        answers: Vec::with_capacity(jobs.len()),
        documents: BTreeMap::new(),
        entries: Vec::new(),
        shapes: BTreeMap::new(),
        counters,
    };
    for job in jobs {
        let answer = numbers(job, &versions).map(|numbers| {
            let at = commit_time(decided.counters.last_at);
            decided.counters.last_at = at;
            for (write, &version) in job.writes.iter().zip(&numbers) {
                let key = (write.kind.clone(), write.id.clone());
                versions.insert(key, (version, write.body.is_some()));
                decided.add(&job.by, write, version, at);
            }
            // A clock beyond the year 9999 is none.
            let at = Timestamp::from_millisecond(at).unwrap_or(Timestamp::MAX);
            Committed { seq: decided.counters.last_seq, at, versions: numbers }
        });
        decided.answers.push(answer);
    }
    decided
}

/// The version that each write of a commit makes.
fn numbers(job: &Job, versions: &Versions) -> Result<Vec<u64>, StoreError> {
    let last = |write: &Prepared| versions.get(&(write.kind.clone(), write.id.clone())).copied();
    job.writes.iter().map(|write| write.next_version(last(write))).collect()
}

impl Decided {
    /// Whether there is something to write.
    pub(super) fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    fn add(&mut self, by: &str, write: &Prepared, version: u64, at: i64) {
        let key = (write.kind.clone(), write.id.clone());
        let row = DocumentRow {
            kind: write.kind.clone(),
            id: write.id.clone(),
            version,
            at,
            by: by.to_owned(),
            body: write.body.clone(),
            sum: 0,
        };
        let row = DocumentRow { sum: row.computed_sum(), ..row };
        if let Some((action, body)) = &write.log {
            self.counters.last_seq += 1;
            let entry = EntryRow {
                seq: self.counters.last_seq,
                kind: write.kind.clone(),
                id: write.id.clone(),
                version,
                at,
                by: by.to_owned(),
                action: action.clone(),
                body: body.clone(),
                sum: 0,
            };
            self.entries.push(EntryRow { sum: entry.computed_sum(), ..entry });
        }
        if let Some(shapes) = &write.shapes {
            self.shapes.insert(key.clone(), shapes.clone());
        }
        self.documents.insert(key, row);
    }
}

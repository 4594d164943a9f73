//! Looks at every row of a store, whatever the database, and says whether they make sense
//! together.

use super::decide::{Counters, Key};
use super::error::{RESTORE, StoreError};
use super::model::Contents;
use super::rows::{DocumentRow, EntryRow, ShapeRow};
use std::collections::HashMap;

/// A count of rows, each looked at: first all documents, then the log in its order, then all
/// shapes.
pub(super) struct Census<'a> {
    store: &'a str,
    /// For each document its version, whether it is there, and its last version in the log.
    documents: HashMap<Key, (u64, bool, u64)>,
    latest: i64,
    contents: Contents,
}

impl<'a> Census<'a> {
    pub(super) fn new(store: &'a str) -> Self {
        Self { store, documents: HashMap::new(), latest: 0, contents: Contents::default() }
    }

    /// # Errors
    /// When the row is not as it was written.
    pub(super) fn document(&mut self, row: DocumentRow) -> Result<(), StoreError> {
        let (key, version, at) = ((row.kind.clone(), row.id.clone()), row.version, row.at);
        let live = row.document(self.store)?.is_some();
        self.latest = self.latest.max(at);
        self.contents.documents += u64::from(live);
        self.documents.insert(key, (version, live, 0));
        Ok(())
    }

    /// # Errors
    /// When the row is not as it was written, or does not follow the one before.
    pub(super) fn entry(&mut self, row: EntryRow) -> Result<(), StoreError> {
        let (key, seq, version, at) =
            ((row.kind.clone(), row.id.clone()), row.seq, row.version, row.at);
        row.entry(self.store)?;
        self.contents.entries += 1;
        if seq != self.contents.entries {
            return Err(
                self.damaged(&format!("entry {} of its log is missing", self.contents.entries))
            );
        }
        // A document is written after its entries, so it is never older or earlier.
        let late = at > self.latest;
        let fits = self.documents.get_mut(&key).is_some_and(|(last, _, logged)| {
            let fits = version > *logged && version <= *last;
            *logged = version;
            fits
        });
        if late || !fits {
            let (kind, id) = key;
            return Err(self.damaged(&format!("entry {seq} of its log does not fit {kind} `{id}`")));
        }
        Ok(())
    }

    /// # Errors
    /// When the row is not as it was written, or its document is gone.
    pub(super) fn shape(&mut self, row: ShapeRow) -> Result<(), StoreError> {
        let key = (row.kind.clone(), row.id.clone());
        row.shape(self.store)?;
        self.contents.shapes += 1;
        if !self.documents.get(&key).is_some_and(|(_, live, _)| *live) {
            let (kind, id) = key;
            return Err(self.damaged(&format!("it has shapes of {kind} `{id}`, which is gone")));
        }
        Ok(())
    }

    /// # Errors
    /// When the counters do not fit the rows.
    pub(super) fn finish(self, counters: Counters) -> Result<Contents, StoreError> {
        if counters.last_seq != self.contents.entries || counters.last_at != self.latest {
            return Err(self.damaged("its counters do not fit its rows"));
        }
        Ok(self.contents)
    }

    fn damaged(&self, what: &str) -> StoreError {
        let detail = format!("is damaged: {what}; {RESTORE}");
        StoreError::Damaged { store: self.store.to_owned(), detail }
    }
}

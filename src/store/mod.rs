//! Where everything that people make is kept: documents with versions, an append-only log of what
//! was done to them, and the shapes that belong to them.
//!
//! A store knows nothing of plans. It holds [`Document`]s, and one [`Store::commit`] changes
//! several of them and appends to the log, all or nothing, each write naming what it expects to
//! find. What is acknowledged is on the disk.
//!
//! - [`open`]: a file (SQLite), `postgres://…` (PostgreSQL with PostGIS) or `:memory:`
//! - [`Store`]: read, commit, follow, back up, check
//! - [`restore`]: a backup into a new store of either kind
//!
//! Both kinds share what decides: [`prepared`] checks writes against the bounds, [`decide`] says
//! which version each document gets, [`group`] lets commits that wait share one transaction. They
//! differ only in how rows are read and written. Methods block; call them from a thread that may.

mod census;
mod decide;
mod error;
mod group;
mod model;
mod postgres;
mod prepared;
mod restore;
mod rows;
mod sqlite;

pub use error::StoreError;
pub use model::{
    Committed, Contents, Document, Entry, Expect, Head, PlacedShape, Range, Shape, Write,
};
pub use prepared::{MAX_BODY_BYTES, MAX_COMMIT_BYTES, MAX_ID_BYTES, MAX_NAME_BYTES, MAX_WRITES};
pub use restore::{Restored, restore};

use jiff::civil::Date;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::watch;

/// The name of a store that lives in memory and ends with the program.
pub const IN_MEMORY: &str = ":memory:";

/// Keeps documents, their log and their shapes. All methods may be called from many threads at
/// once, and several programs may use one store at a time.
pub trait Store: Send + Sync {
    /// The file or the database, for messages; without a password.
    fn name(&self) -> &str;

    /// One document; `None` when it is not there.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn read(&self, kind: &str, id: &str) -> Result<Option<Document>, StoreError> {
        Ok(self.read_many(&[(kind, id)])?.pop().flatten())
    }

    /// Several documents (kind, id) as they were at one moment, in the order asked for.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn read_many(&self, keys: &[(&str, &str)]) -> Result<Vec<Option<Document>>, StoreError>;

    /// The documents of a kind, in the order of their keys.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn list(&self, kind: &str, range: &Range) -> Result<Vec<Document>, StoreError>;

    /// The same without their bodies, which are not read.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn heads(&self, kind: &str, range: &Range) -> Result<Vec<Head>, StoreError>;

    /// Does all writes, or none. When it returns, they are on the disk.
    ///
    /// # Errors
    /// When a write does not find what it expects (the first such write is named), a bound is
    /// passed, or the store cannot take them.
    fn commit(&self, by: &str, writes: &[Write]) -> Result<Committed, StoreError>;

    /// What was done to a document behind a version (0: from the beginning), the oldest first, at
    /// most `limit` entries. Entries of a deleted document stay.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn log(
        &self,
        kind: &str,
        id: &str,
        after_version: u64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError>;

    /// The entry that gave a document a version; `None` when there is none (or it was not logged).
    ///
    /// # Errors
    /// When the store cannot be read.
    fn entry(&self, kind: &str, id: &str, version: u64) -> Result<Option<Entry>, StoreError> {
        let Some(before) = version.checked_sub(1) else { return Ok(None) };
        let found = self.log(kind, id, before, 1)?.pop();
        Ok(found.filter(|entry| entry.version == version))
    }

    /// The log of all documents behind a number (0: from the beginning), at most `limit` entries.
    /// Whoever goes on from the last number seen misses none.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn events(&self, after_seq: u64, limit: usize) -> Result<Vec<Entry>, StoreError>;

    /// The number of the newest entry; 0 when there is none.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn last_seq(&self) -> Result<u64, StoreError>;

    /// Tells the number of the newest entry whenever it grows, also by commits of other programs,
    /// within 200 ms.
    fn subscribe(&self) -> watch::Receiver<u64>;

    /// The shapes of a layer (those valid on a day, when one is given), ordered by kind and key of
    /// their documents and in their order there.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn shapes(&self, layer: &str, on: Option<Date>) -> Result<Vec<PlacedShape>, StoreError>;

    /// The shapes of one document, in their order.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn shapes_of(&self, kind: &str, id: &str) -> Result<Vec<PlacedShape>, StoreError>;

    /// Writes everything, as it is at one moment, to a new SQLite file, while others go on
    /// writing. The file is checked before it gets its name, and is itself a store.
    ///
    /// # Errors
    /// When the file exists already or cannot be written, or the store cannot be read.
    fn backup(&self, file: &Path) -> Result<Contents, StoreError>;

    /// Reads everything and looks whether it is whole: the database's own check, the sum of each
    /// row, the log without a gap and its versions in step with the documents.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] with what is wrong, or when the store cannot be read.
    fn check(&self) -> Result<Contents, StoreError>;
}

/// Opens a store, or makes a new one: `postgres://…` names a database, [`IN_MEMORY`] none, and
/// anything else a file.
///
/// # Errors
/// When it is not a store, a newer version made it, it is damaged, or it cannot be reached.
pub fn open(spec: &str) -> Result<Arc<dyn Store>, StoreError> {
    Ok(match Spec::parse(spec)? {
        Spec::Memory => Arc::new(sqlite::SqliteStore::in_memory()?),
        Spec::File(file) => Arc::new(sqlite::SqliteStore::open(file)?),
        Spec::Postgres(url) => Arc::new(postgres::PostgresStore::open(url)?),
    })
}

/// What the name of a store means.
enum Spec<'a> {
    Memory,
    File(&'a Path),
    Postgres(&'a str),
}

impl<'a> Spec<'a> {
    fn parse(spec: &'a str) -> Result<Self, StoreError> {
        if spec == IN_MEMORY {
            return Ok(Self::Memory);
        }
        if spec.starts_with("postgres://") || spec.starts_with("postgresql://") {
            return Ok(Self::Postgres(spec));
        }
        if let Some((scheme, _)) = spec.split_once("://") {
            let detail = "a store is a file, or postgres://user@host/database".to_owned();
            return Err(StoreError::Other { store: format!("{scheme}://…"), detail });
        }
        if spec.is_empty() {
            return Err(StoreError::Invalid("the name of the store is empty".to_owned()));
        }
        Ok(Self::File(Path::new(spec)))
    }
}

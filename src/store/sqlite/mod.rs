//! A store in one file, by SQLite: a write-ahead log, flushed at each commit, one writer.

mod check;
mod file;
mod place;
mod read;
mod schema;
mod source;
mod watch;
mod write;

pub(super) use file::NewFile;
pub(super) use source::Source;
pub(super) use watch::tell;

use super::Store;
use super::decide::Job;
use super::error::{RESTORE, StoreError};
use super::group::Group;
use super::model::{Committed, Contents, Document, Entry, Head, PlacedShape, Range, Write};
use super::prepared::prepare;
use super::rows::{self, EntryRow, ShapeRow};
use jiff::civil::Date;
use place::Place;
use rusqlite::Connection;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch::{Receiver, Sender};
use write::Answer;

/// How many connections for reading are kept; more are opened while more threads read at once.
const READERS_KEPT: usize = 8;

/// A store in one file, or in memory.
pub struct SqliteStore {
    place: Place,
    writer: Group<Connection, Job, Answer>,
    /// Connections for reading that nobody uses now; in memory the writer's is the only one.
    readers: Mutex<Vec<Connection>>,
    newest: Arc<Sender<u64>>,
    _watcher: Option<watch::Watcher>,
}

impl SqliteStore {
    /// Opens a file, or makes a new one.
    ///
    /// # Errors
    /// When it is not a store, newer, damaged, or cannot be used.
    pub(super) fn open(file: &Path) -> Result<Self, StoreError> {
        let place = Place::file(file);
        make_if_absent(&place, file)?;
        let mut writer = place.connect()?;
        schema::migrate(&mut writer, &place, schema::MIGRATIONS)?;
        check::glance(&writer, &place)?;
        let writer = place.trust(writer)?;
        let counters = read::counters(&writer).map_err(|e| place.error(e))?;
        let newest = Arc::new(Sender::new(counters.last_seq));
        let watcher =
            watch::Watcher::start(place.trust(place.connect()?)?, &place, newest.clone())?;
        Ok(Self {
            writer: Group::new(writer),
            readers: Mutex::default(),
            newest,
            _watcher: Some(watcher),
            place,
        })
    }

    /// A store in memory, for as long as the program runs.
    ///
    /// # Errors
    /// When SQLite does not work at all.
    pub(super) fn in_memory() -> Result<Self, StoreError> {
        let place = Place::memory();
        let mut writer = place.connect()?;
        // For its backups.
        schema::mark(&writer, &place)?;
        schema::migrate(&mut writer, &place, schema::MIGRATIONS)?;
        Ok(Self {
            writer: Group::new(writer),
            readers: Mutex::default(),
            newest: Arc::new(Sender::new(0)),
            _watcher: None,
            place,
        })
    }

    /// Reads with a connection that no other thread uses.
    fn reading<T>(&self, read: impl FnOnce(&Connection) -> T) -> Result<T, StoreError> {
        if self.place.file.is_none() {
            return Ok(self.writer.alone(|connection| read(connection)));
        }
        let kept = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match kept {
            Some(connection) => connection,
            None => self.place.trust(self.place.connect()?)?,
        };
        let result = read(&connection);
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < READERS_KEPT {
            readers.push(connection);
        }
        Ok(result)
    }

    /// The same for what only SQLite can fail at.
    fn query<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.reading(read)?.map_err(|e| self.place.error(e))
    }

    fn entries(&self, rows: Vec<EntryRow>) -> Result<Vec<Entry>, StoreError> {
        rows.into_iter().map(|row| row.entry(&self.place.name)).collect()
    }

    fn placed(&self, rows: Vec<ShapeRow>) -> Result<Vec<PlacedShape>, StoreError> {
        rows.into_iter().map(|row| row.shape(&self.place.name)).collect()
    }
}

/// Makes an empty store where there is none. What looks like the rest of one is refused: an empty
/// store in its place would hide that everything is gone.
fn make_if_absent(place: &Place, file: &Path) -> Result<(), StoreError> {
    match std::fs::metadata(file) {
        Ok(found) if found.is_dir() => Err(place.other("is a folder; give the name of a file")),
        Ok(found) if found.len() == 0 => {
            let detail = format!("is damaged: the file is empty, as no store is; {RESTORE}");
            Err(place.damaged(&detail))
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if Place::beside(file, "-wal").exists() {
                let detail =
                    format!("is gone, but its log ({}-wal) is there; {RESTORE}", place.name);
                return Err(place.damaged(&detail));
            }
            match NewFile::create(file)?.place(false) {
                // Another program has made it in the meantime.
                Err(StoreError::Other { .. }) if file.exists() => Ok(()),
                made => made.map(|_| ()),
            }
        }
        Err(error) => Err(place.io(&error)),
    }
}

impl Store for SqliteStore {
    fn name(&self) -> &str {
        &self.place.name
    }

    fn read_many(&self, keys: &[(&str, &str)]) -> Result<Vec<Option<Document>>, StoreError> {
        let rows = self.query(|connection| {
            let moment = connection.unchecked_transaction()?;
            let rows = keys.iter().map(|(kind, id)| read::document(&moment, kind, id));
            rows.collect::<rusqlite::Result<Vec<_>>>()
        })?;
        let documents = rows.into_iter().map(|row| match row {
            Some(row) => row.document(&self.place.name),
            None => Ok(None),
        });
        documents.collect()
    }

    fn list(&self, kind: &str, range: &Range) -> Result<Vec<Document>, StoreError> {
        let rows = self.query(|connection| read::list(connection, kind, range))?;
        rows.into_iter().filter_map(|row| row.document(&self.place.name).transpose()).collect()
    }

    fn heads(&self, kind: &str, range: &Range) -> Result<Vec<Head>, StoreError> {
        self.query(|connection| read::heads(connection, kind, range))
    }

    fn commit(&self, by: &str, writes: &[Write]) -> Result<Committed, StoreError> {
        let job = Job { by: by.to_owned(), writes: prepare(by, writes)? };
        let logs = writes.iter().any(|write| write.log.is_some());
        let place = &self.place;
        let work = |writer: &mut Connection, jobs: &[Job]| write::commit(writer, place, jobs);
        let committed = self.writer.run(job, work).unwrap_or_else(|| {
            // Another thread had taken this commit along and panicked.
            Err(place.other("the commit did not end; read the documents again"))
        })?;
        if logs {
            watch::tell(&self.newest, committed.seq);
        }
        Ok(committed)
    }

    fn log(
        &self,
        kind: &str,
        id: &str,
        after_version: u64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let rows =
            self.query(|connection| read::log(connection, kind, id, after_version, limit))?;
        self.entries(rows)
    }

    fn events(&self, after_seq: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let rows = self.query(|connection| read::events(connection, after_seq, limit))?;
        self.entries(rows)
    }

    fn last_seq(&self) -> Result<u64, StoreError> {
        Ok(self.query(read::counters)?.last_seq)
    }

    fn subscribe(&self) -> Receiver<u64> {
        self.newest.subscribe()
    }

    fn shapes(&self, layer: &str, on: Option<Date>) -> Result<Vec<PlacedShape>, StoreError> {
        let day = on.map(rows::day_text);
        let rows = self.query(|connection| read::shapes(connection, layer, day.as_deref()))?;
        self.placed(rows)
    }

    fn shapes_of(&self, kind: &str, id: &str) -> Result<Vec<PlacedShape>, StoreError> {
        let rows = self.query(|connection| read::shapes_of(connection, kind, id))?;
        self.placed(rows)
    }

    fn backup(&self, file: &Path) -> Result<Contents, StoreError> {
        let target = Place::file(file);
        if file.exists() {
            let detail = "exists already, and is not overwritten; give another name";
            return Err(target.other(detail));
        }
        self.reading(|connection| NewFile::copy(connection, file))??.place(false)
    }

    fn check(&self) -> Result<Contents, StoreError> {
        self.reading(|connection| check::check(connection, &self.place))?
    }
}

//! A backup to restore, and the store that it takes the place of.

use super::check::{check, each_document, each_entry, each_shape, glance};
use super::file::{NewFile, copy_all, sync_folder};
use super::place::Place;
use super::read;
use super::schema::{self, MIGRATIONS};
use crate::store::decide::Counters;
use crate::store::error::StoreError;
use crate::store::model::Contents;
use crate::store::rows::{DocumentRow, EntryRow, ShapeRow};
use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A backup, checked.
pub(in crate::store) struct Source {
    connection: Connection,
    place: Place,
    contents: Contents,
}

impl Source {
    /// Opens a backup and checks all of it; it is not changed.
    ///
    /// # Errors
    /// When it is not there, not a store, newer or damaged.
    pub(in crate::store) fn open(file: &Path) -> Result<Self, StoreError> {
        let place = Place::file(file);
        if !file.is_file() {
            return Err(place.other("is not there; give the file of a backup"));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let file = Connection::open_with_flags(file, flags).map_err(|e| place.error(e))?;
        schema::recognise(&file, &place)?;
        // A temporary file of SQLite, which can be brought to the present form.
        let mut connection = Connection::open("").map_err(|e| place.error(e))?;
        copy_all(&file, &mut connection, &place)?;
        schema::migrate(&mut connection, &place, MIGRATIONS)?;
        let contents = check(&connection, &place)?;
        Ok(Self { connection, place, contents })
    }

    /// What it holds.
    pub(in crate::store) fn contents(&self) -> Contents {
        self.contents
    }

    /// # Errors
    /// When it cannot be read.
    pub(in crate::store) fn counters(&self) -> Result<Counters, StoreError> {
        read::counters(&self.connection).map_err(|e| self.place.error(e))
    }

    /// # Errors
    /// When it cannot be read, or those of `take`.
    pub(in crate::store) fn documents(
        &self,
        take: impl FnMut(DocumentRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        each_document(&self.connection, &self.place, take)
    }

    /// # Errors
    /// When it cannot be read, or those of `take`.
    pub(in crate::store) fn entries(
        &self,
        take: impl FnMut(EntryRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        each_entry(&self.connection, &self.place, take)
    }

    /// # Errors
    /// When it cannot be read, or those of `take`.
    pub(in crate::store) fn shapes(
        &self,
        take: impl FnMut(ShapeRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        each_shape(&self.connection, &self.place, take)
    }

    /// Makes a store of it at `target`. A store that is there is refused, unless `replace`: then
    /// it is kept beside, under the name that is returned.
    ///
    /// # Errors
    /// When a store is there, or is in use, or the new one cannot be written.
    pub(in crate::store) fn put(
        &self,
        target: &Path,
        replace: bool,
    ) -> Result<Option<PathBuf>, StoreError> {
        let place = Place::file(target);
        let exists = target.exists() || Place::beside(target, "-wal").exists();
        if exists && !replace {
            let detail = "exists already; name another file, or ask to replace it (--replace)";
            return Err(place.other(detail));
        }
        let new = NewFile::copy(&self.connection, target)?;
        if !exists {
            new.place(false)?;
            return Ok(None);
        }
        // Held until the new file has the name, so that nobody begins to write to the old one.
        // A log alone is nobody's: what it belonged to is gone.
        let old = if target.exists() { claim(&place)? } else { None };
        let kept = set_aside(target).map_err(|e| place.io(&e))?;
        new.place(true)?;
        drop(old);
        Ok(Some(kept))
    }
}

/// Takes a store for this program alone and folds its log into it; `None` when it is too broken
/// to be opened, and so in nobody's use.
fn claim(place: &Place) -> Result<Option<Connection>, StoreError> {
    let good = place.connect().and_then(|connection| {
        glance(&connection, place)?;
        Ok(connection)
    });
    let connection = match good {
        Ok(connection) => connection,
        Err(StoreError::Damaged { .. } | StoreError::Newer { .. }) => return Ok(None),
        Err(other) => return Err(other),
    };
    connection.busy_timeout(Duration::ZERO).map_err(|e| place.error(e))?;
    let alone = "PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE";
    match connection.execute_batch(alone).map_err(|e| place.error(e)) {
        Ok(()) => Ok(Some(connection)),
        Err(StoreError::Unavailable { .. }) => {
            Err(place.other("is in use; stop the server and other programs that use it"))
        }
        Err(StoreError::Damaged { .. }) => Ok(None),
        Err(other) => Err(other),
    }
}

/// Keeps an old store under another name. Its log goes first: beside the new file it would be
/// taken for that one's.
fn set_aside(target: &Path) -> io::Result<PathBuf> {
    let stamp = Timestamp::now().strftime("%Y%m%dT%H%M%S%3fZ");
    let kept = Place::beside(target, &format!(".replaced-{stamp}"));
    for ending in ["-wal", "-shm", "-journal"] {
        let file = Place::beside(target, ending);
        if file.exists() {
            fs::rename(file, Place::beside(&kept, ending))?;
        }
    }
    if target.exists() {
        // A second name, so that there is a file under the first at any time.
        fs::hard_link(target, &kept)?;
    }
    sync_folder(target)?;
    Ok(kept)
}

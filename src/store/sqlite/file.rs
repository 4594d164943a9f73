//! Files of stores that are made beside their place, checked, and moved there whole: a file of
//! that name is never half a store.

use super::place::Place;
use super::schema::{self, MIGRATIONS};
use super::{check, write};
use crate::store::decide::Counters;
use crate::store::error::StoreError;
use crate::store::model::Contents;
use crate::store::rows::{DocumentRow, EntryRow, ShapeRow};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use std::fs::File;
use std::path::Path;
use std::time::Duration;
use tempfile::NamedTempFile;

/// How long to wait for a source that another program locks.
const TRIES: u32 = 100;
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// A store in the making.
pub(in crate::store) struct NewFile {
    file: NamedTempFile,
    connection: Connection,
    /// Where it will be.
    target: Place,
}

impl NewFile {
    /// An empty store that will be put at `target`.
    ///
    /// # Errors
    /// When there is no such folder, or no right to write there.
    pub(in crate::store) fn create(target: &Path) -> Result<Self, StoreError> {
        let mut new = Self::blank(target)?;
        let (connection, place) = (&mut new.connection, &new.target);
        // Nothing is lost when it is cut off: it has no name yet, and is flushed when it gets one.
        connection.pragma_update(None, "synchronous", "OFF").map_err(|e| place.error(e))?;
        schema::mark(connection, place)?;
        schema::migrate(connection, place, MIGRATIONS)?;
        Ok(new)
    }

    /// A copy of another store as it is at one moment.
    ///
    /// # Errors
    /// When the source cannot be read or the copy cannot be written.
    pub(in crate::store) fn copy(source: &Connection, target: &Path) -> Result<Self, StoreError> {
        let mut new = Self::blank(target)?;
        let place = &new.target;
        copy_all(source, &mut new.connection, place)?;
        schema::recognise(&new.connection, place)?;
        schema::migrate(&mut new.connection, place, MIGRATIONS)?;
        Ok(new)
    }

    fn blank(target: &Path) -> Result<Self, StoreError> {
        let place = Place::file(target);
        if target.is_dir() {
            return Err(place.other("is a folder; give the name of a file"));
        }
        let folder = folder(target);
        if !folder.is_dir() {
            return Err(place.other(&format!("make the folder {} first", folder.display())));
        }
        let file = tempfile::Builder::new()
            .prefix(".wangge-")
            .suffix(".partial")
            .tempfile_in(folder)
            .map_err(|e| place.io(&e))?;
        // The name of the file in the making would only puzzle.
        let connection = Connection::open_with_flags(
            file.path(),
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        );
        let connection = connection.map_err(|e| place.error(e))?;
        Ok(Self { file, connection, target: place })
    }

    /// Has rows written in one transaction.
    ///
    /// # Errors
    /// Those of `fill`, or when they cannot be written.
    pub(in crate::store) fn fill(
        &mut self,
        fill: impl FnOnce(&Rows<'_>) -> Result<Counters, StoreError>,
    ) -> Result<(), StoreError> {
        let place = &self.target;
        let transaction = self.connection.transaction().map_err(|e| place.error(e))?;
        let counters = fill(&Rows { connection: &transaction, place })?;
        write::put_counters(&transaction, counters).map_err(|e| place.error(e))?;
        transaction.commit().map_err(|e| place.error(e))
    }

    /// Checks it, flushes it to the disk and gives it its name.
    ///
    /// # Errors
    /// When it is not whole, or (unless `replace`) a file of that name exists.
    pub(in crate::store) fn place(self, replace: bool) -> Result<Contents, StoreError> {
        let Self { file, connection, target } = self;
        // One file, without a log beside it.
        let settings = "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;";
        connection.execute_batch(settings).map_err(|e| target.error(e))?;
        let contents = check::check(&connection, &target)?;
        connection.close().map_err(|(_, e)| target.error(e))?;
        file.as_file().sync_all().map_err(|e| target.io(&e))?;
        let Some(path) = target.file.clone() else { return Ok(contents) };
        if replace {
            file.persist(&path).map_err(|e| target.io(&e.error))?;
        } else {
            file.persist_noclobber(&path).map_err(|e| match e.error.kind() {
                std::io::ErrorKind::AlreadyExists => {
                    target.other("exists already, and is not overwritten; give another name")
                }
                _ => target.io(&e.error),
            })?;
        }
        sync_folder(&path).map_err(|e| target.io(&e))?;
        Ok(contents)
    }
}

/// Copies all pages in one step, so that writers in between do not begin it anew.
///
/// # Errors
/// When the source cannot be read or the copy cannot be written.
pub(super) fn copy_all(
    source: &Connection,
    copy: &mut Connection,
    place: &Place,
) -> Result<(), StoreError> {
    let copying = Backup::new(source, copy).map_err(|e| place.error(e))?;
    let mut tries = 0;
    while copying.step(-1).map_err(|e| place.error(e))? != StepResult::Done {
        tries += 1;
        if tries == TRIES {
            let detail = "another program keeps it locked; try again".to_owned();
            return Err(StoreError::Unavailable { store: place.name.clone(), detail });
        }
        std::thread::sleep(BETWEEN_TRIES);
    }
    Ok(())
}

/// Takes rows of another store.
pub(in crate::store) struct Rows<'a> {
    connection: &'a Connection,
    place: &'a Place,
}

impl Rows<'_> {
    /// # Errors
    /// When it cannot be written.
    pub(in crate::store) fn document(&self, row: &DocumentRow) -> Result<(), StoreError> {
        write::put_document(self.connection, row).map_err(|e| self.place.error(e))
    }

    /// # Errors
    /// When it cannot be written.
    pub(in crate::store) fn entry(&self, row: &EntryRow) -> Result<(), StoreError> {
        write::put_entry(self.connection, row).map_err(|e| self.place.error(e))
    }

    /// # Errors
    /// When it cannot be written.
    pub(in crate::store) fn shape(&self, row: &ShapeRow) -> Result<(), StoreError> {
        write::put_shape(self.connection, row).map_err(|e| self.place.error(e))
    }
}

/// The folder of a file.
pub(super) fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Flushes the names of a folder, so that a new one outlives a pulled plug.
pub(super) fn sync_folder(file: &Path) -> std::io::Result<()> {
    if cfg!(unix) { File::open(folder(file))?.sync_all() } else { Ok(()) }
}

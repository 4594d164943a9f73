//! Where a store of SQLite lies, its connections, and what its errors mean there.

use super::schema;
use crate::store::error::{RESTORE, StoreError};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::ffi::OsString;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a writer waits for the lock of another program.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The log file is cut back to this once it was copied, so that a burst does not keep its room.
const LOG_BYTES_KEPT: i64 = 16 << 20;

/// A file, or memory.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub file: Option<PathBuf>,
    /// The file for messages.
    pub name: String,
}

impl Place {
    pub(super) fn file(file: &Path) -> Self {
        Self { file: Some(file.to_owned()), name: file.display().to_string() }
    }

    pub(super) fn memory() -> Self {
        Self { file: None, name: "the store in memory".to_owned() }
    }

    /// A file beside it: `-wal`, the log of SQLite, or `-shm`, its index.
    pub(super) fn beside(file: &Path, ending: &str) -> PathBuf {
        let mut name: OsString = file.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    }

    /// A connection to an existing file, set up to be used. Until it is [trusted](Self::trust), the
    /// file stays as it is: also a log that does not fit it is kept.
    ///
    /// # Errors
    /// When it is not a store, or cannot be opened.
    pub(super) fn connect(&self) -> Result<Connection, StoreError> {
        let connection = match &self.file {
            None => Connection::open_in_memory(),
            Some(file) => {
                let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                Connection::open_with_flags(file, flags)
            }
        };
        let connection = connection.map_err(|e| self.error(e))?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(|e| self.error(e))?;
        if self.file.is_some() {
            self.fold_in_on_close(&connection, false)?;
            schema::recognise(&connection, self)?;
        }
        self.set_up(&connection)?;
        Ok(connection)
    }

    /// Lets the last connection that closes fold the log into the file, which was found good.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub(super) fn trust(&self, connection: Connection) -> Result<Connection, StoreError> {
        self.fold_in_on_close(&connection, true)?;
        Ok(connection)
    }

    fn fold_in_on_close(&self, connection: &Connection, fold: bool) -> Result<(), StoreError> {
        let not_on_close = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
        connection.set_db_config(not_on_close, !fold).map(|_| ()).map_err(|e| self.error(e))
    }

    /// The settings of a connection: a commit is on the disk when it returns, references hold, and
    /// a file's own functions are not trusted.
    ///
    /// # Errors
    /// When the file system cannot share memory, which the write-ahead log needs.
    pub(super) fn set_up(&self, connection: &Connection) -> Result<(), StoreError> {
        let failed = |e| self.error(e);
        if self.file.is_some() {
            let mode: String = connection
                .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
                .map_err(failed)?;
            if mode != "wal" {
                let detail = "SQLite's write-ahead log does not work here (a network drive?); put \
                              the store on a local disk, or use PostgreSQL";
                return Err(self.other(detail));
            }
        }
        let settings = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;";
        connection.execute_batch(settings).map_err(failed)?;
        connection
            .pragma_update_and_check(None, "journal_size_limit", LOG_BYTES_KEPT, |_| Ok(()))
            .map_err(failed)
    }

    pub(super) fn damaged(&self, detail: &str) -> StoreError {
        StoreError::Damaged { store: self.name.clone(), detail: detail.to_owned() }
    }

    pub(super) fn other(&self, detail: &str) -> StoreError {
        StoreError::Other { store: self.name.clone(), detail: detail.to_owned() }
    }

    /// An error of the file system.
    pub(super) fn io(&self, error: &io::Error) -> StoreError {
        if is_full(error) {
            return StoreError::Full { store: self.name.clone() };
        }
        self.other(&error.to_string())
    }

    /// An error of SQLite.
    pub(super) fn error(&self, error: rusqlite::Error) -> StoreError {
        let store = self.name.clone();
        let rusqlite::Error::SqliteFailure(cause, _) = &error else {
            // Columns of another type than was written, or text that is not UTF-8.
            let detail = format!("is damaged: {error}; {RESTORE}");
            return StoreError::Damaged { store, detail };
        };
        match cause.code {
            ErrorCode::DiskFull => StoreError::Full { store },
            ErrorCode::SystemIoFailure | ErrorCode::CannotOpen if self.lacks_room() => {
                StoreError::Full { store }
            }
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Unavailable {
                store,
                detail: "another program keeps it busy; try again".to_owned(),
            },
            ErrorCode::NotADatabase => self.damaged("is not a store of wangge; name another file"),
            ErrorCode::DatabaseCorrupt => self.damaged(&format!("is damaged ({error}); {RESTORE}")),
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => {
                self.other("may not be written; allow it to this user, with its folder")
            }
            ErrorCode::CannotOpen => {
                self.other(&format!("cannot be opened ({error}); look at its folder's permissions"))
            }
            // A page that should be there and is not.
            ErrorCode::SystemIoFailure if error_is_short_read(cause) => {
                self.damaged(&format!("is damaged: it was cut short; {RESTORE}"))
            }
            _ => self.other(&error.to_string()),
        }
    }

    /// Whether the file could not grow now. SQLite tells a full disk from other failures of
    /// writing for some of its files only, and never a quota or a limit of size.
    fn lacks_room(&self) -> bool {
        let Some(file) = &self.file else { return false };
        let folder = file.parent().filter(|f| !f.as_os_str().is_empty());
        let size = |path: &Path| std::fs::metadata(path).map_or(0, |m| m.len());
        let end = size(file).max(size(&Self::beside(file, "-wal")));
        let grown = || {
            let mut probe = tempfile::tempfile_in(folder.unwrap_or(Path::new(".")))?;
            probe.seek(SeekFrom::Start(end))?;
            probe.write_all(&[0; 1 << 16])
        };
        grown().is_err_and(|error| is_full(&error))
    }
}

fn error_is_short_read(cause: &rusqlite::ffi::Error) -> bool {
    cause.extended_code == rusqlite::ffi::SQLITE_IOERR_SHORT_READ
}

/// Whether there is no room: the disk, the quota or the limit of a file's size.
fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

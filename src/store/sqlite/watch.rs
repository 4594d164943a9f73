//! Notices what other programs commit to the same file.

use super::place::Place;
use super::read;
use crate::store::error::StoreError;
use rusqlite::{Connection, Result};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::watch;

/// How often to look. SQLite answers from a page in shared memory, in microseconds.
const EVERY: Duration = Duration::from_millis(50);

/// A thread that looks, and ends with this.
pub(super) struct Watcher {
    /// Dropped to end the thread.
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watcher {
    /// Begins to look with a connection of its own.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn start(
        connection: Connection,
        place: &Place,
        newest: Arc<watch::Sender<u64>>,
    ) -> std::result::Result<Self, StoreError> {
        let (stop, stopped) = mpsc::sync_channel(0);
        let look = move || {
            let mut seen = None;
            while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                // An error passes, or the next reader or writer meets it and tells.
                let _ = tell_if_changed(&connection, &mut seen, &newest);
            }
        };
        let thread = std::thread::Builder::new().name("store-watch".to_owned()).spawn(look);
        let thread = thread.map_err(|e| place.io(&e))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // It cannot panic; if it has, nothing is left to be done.
            let _ = thread.join();
        }
    }
}

fn tell_if_changed(
    connection: &Connection,
    seen: &mut Option<i64>,
    newest: &watch::Sender<u64>,
) -> Result<()> {
    let version: i64 = connection.pragma_query_value(None, "data_version", |row| row.get(0))?;
    if *seen != Some(version) {
        tell(newest, read::counters(connection)?.last_seq);
        *seen = Some(version);
    }
    Ok(())
}

/// Tells a number if it is news; commits of several threads may come here in another order.
pub(in crate::store) fn tell(newest: &watch::Sender<u64>, seq: u64) {
    newest.send_if_modified(|known| {
        let news = seq > *known;
        *known = seq.max(*known);
        news
    });
}

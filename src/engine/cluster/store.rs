//! The tables that an executor holds: fetched from the scheduler when a task first asks, then kept.

use super::http;
use crate::engine::error::TableError;
use crate::engine::function::{TableSource, external};
use crate::engine::table::{LookupTable, TableName};
use datafusion::common::exec_datafusion_err;
use datafusion::error::{DataFusionError, Result};
use hyper::body::Bytes;
use hyper::{Method, StatusCode};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Most tables held; the one that was asked for longest ago gives way.
const MOST_TABLES: usize = 2;
/// Time for a table to come: a gigabyte over a slow line.
const TRANSFER: Duration = Duration::from_secs(600);

/// A place for one table; held locked while the table comes, so that others wait for it.
type Slot = Arc<Mutex<Option<Arc<LookupTable>>>>;

/// The tables of an executor.
#[derive(Debug)]
pub struct TableStore {
    scheduler: String,
    executor: String,
    /// The one asked for last is the last.
    slots: Mutex<Vec<(TableName, Slot)>>,
}

impl TableStore {
    /// The tables of the executor of this id, from the scheduler at `HOST:PORT`.
    pub fn new(scheduler: String, executor: String) -> Self {
        Self { scheduler, executor, slots: Mutex::default() }
    }

    fn slot(&self, name: TableName) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let known = slots.iter().position(|(known, _)| *known == name);
        let slot = known.map_or_else(|| (name, Slot::default()), |known| slots.remove(known));
        let found = Arc::clone(&slot.1);
        if slots.len() == MOST_TABLES {
            slots.remove(0);
        }
        slots.push(slot);
        found
    }

    fn fetch(&self, name: TableName) -> Result<LookupTable> {
        let began = Instant::now();
        let path = format!("/wangge/tables/{name}?executor={}", self.executor);
        let asked = in_own_runtime(&self.scheduler, path)?;
        let (status, bytes) = asked.map_err(|e| self.failed(name, &e))?;
        if status != StatusCode::OK {
            return Err(self.failed(name, &String::from_utf8_lossy(&bytes)));
        }
        let found = TableName::of(&bytes);
        if found != name {
            return Err(external(TableError::OtherTable { asked: name, found }));
        }
        let table = LookupTable::from_bytes(&bytes).map_err(external)?;
        let seconds = began.elapsed().as_secs_f64();
        tracing::info!(table = %name, bytes = bytes.len(), seconds, "a table was fetched");
        Ok(table)
    }

    fn failed(&self, name: TableName, detail: &str) -> DataFusionError {
        let Self { scheduler, .. } = self;
        exec_datafusion_err!("table {name} cannot be had from the scheduler {scheduler}: {detail}")
    }
}

impl TableSource for TableStore {
    fn table(&self, name: TableName) -> Result<Arc<LookupTable>> {
        let slot = self.slot(name);
        let mut held = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(table) = &*held {
            return Ok(Arc::clone(table));
        }
        let table = Arc::new(self.fetch(name)?);
        *held = Some(Arc::clone(&table));
        Ok(table)
    }
}

/// A function of the engine cannot wait for a future; a thread of its own can.
fn in_own_runtime(
    scheduler: &str,
    path: String,
) -> Result<std::result::Result<(StatusCode, Bytes), String>> {
    let asking = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let asked = http::ask(scheduler, Method::GET, &path, Bytes::new(), TRANSFER);
        Ok::<_, std::io::Error>(runtime.block_on(asked))
    };
    std::thread::scope(|scope| scope.spawn(asking).join())
        .map_err(|_| exec_datafusion_err!("the thread that fetches a table died"))?
        .map_err(external)
}

//! A store in PostgreSQL with PostGIS, for several servers at once.
//!
//! The driver runs on a small runtime of its own; callers wait for it on their thread.

mod error;
mod link;
mod listen;
mod read;
mod schema;
mod transfer;
mod write;

use super::Store;
use super::decide::Job;
use super::error::StoreError;
use super::group::Group;
use super::model::{Committed, Contents, Document, Entry, Head, PlacedShape, Range, Write};
use super::prepared::prepare;
use super::rows;
use super::sqlite::tell;
use deadpool_postgres::{Client, Manager, ManagerConfig, Pool, RecyclingMethod};
use error::{error, pool_error};
use jiff::civil::Date;
use link::{CONNECT_TIMEOUT, Link};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};
use write::Answer;

/// The most connections of one program, besides the one that listens.
const CONNECTIONS: usize = 8;

/// A store in a database.
pub struct PostgresStore {
    link: Link,
    pool: Pool,
    /// Commits wait here for one another; the connection is the pool's.
    group: Group<(), Job, Answer>,
    newest: Arc<watch::Sender<u64>>,
    /// Ends with the store; `None` only while it does.
    runtime: Option<Runtime>,
    handle: tokio::runtime::Handle,
}

impl PostgresStore {
    /// Connects, and makes the tables where there are none.
    ///
    /// # Errors
    /// When the database cannot be reached or used.
    pub(super) fn open(url: &str) -> Result<Self, StoreError> {
        let link = Link::parse(url)?;
        let other = |detail: String| StoreError::Other { store: link.name.clone(), detail };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("store")
            .enable_all()
            .build();
        let runtime = runtime.map_err(|e| other(e.to_string()))?;
        let recycling_method = RecyclingMethod::Fast;
        let manager = Manager::from_config(
            link.config.clone(),
            link.tls.clone(),
            ManagerConfig { recycling_method },
        );
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .runtime(deadpool_postgres::Runtime::Tokio1)
            .wait_timeout(Some(CONNECT_TIMEOUT))
            .create_timeout(Some(CONNECT_TIMEOUT))
            .recycle_timeout(Some(CONNECT_TIMEOUT))
            .build();
        let pool = pool.map_err(|e| other(e.to_string()))?;
        let handle = runtime.handle().clone();
        let (group, newest) = (Group::new(()), Arc::new(watch::Sender::new(0)));
        let store = Self { link, pool, group, newest, runtime: Some(runtime), handle };
        let mut client = store.client()?;
        store.block_on(schema::migrate(&mut client, &store.link.name))?;
        drop(client);
        tell(&store.newest, store.last_seq()?);
        store.handle.spawn(listen::listen(store.link.clone(), store.newest.clone()));
        Ok(store)
    }

    /// Waits on this thread, whatever it is, while the runtime works.
    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        let _inside = self.handle.enter();
        futures_executor::block_on(future)
    }

    /// The same for what the database can fail at.
    fn wait<T>(&self, future: impl Future<Output = Result<T, Error>>) -> Result<T, StoreError> {
        self.block_on(future).map_err(|e| error(&self.link.name, &e))
    }

    fn client(&self) -> Result<Client, StoreError> {
        self.block_on(self.pool.get()).map_err(|e| pool_error(&self.link.name, &e))
    }

    fn other(&self, detail: &str) -> StoreError {
        StoreError::Other { store: self.link.name.clone(), detail: detail.to_owned() }
    }

    fn query(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, StoreError> {
        let client = self.client()?;
        self.wait(async {
            let statement = client.prepare_cached(sql).await?;
            client.query(&statement, parameters).await
        })
    }

    /// The rows of a query, each as what `row_of` and `value_of` make of it.
    fn rows<R, T>(
        &self,
        sql: &str,
        parameters: &[&(dyn ToSql + Sync)],
        row_of: fn(&Row) -> Result<R, Error>,
        value_of: fn(R, &str) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.query(sql, parameters)?;
        let values = rows.iter().map(|row| {
            let row = row_of(row).map_err(|e| error(&self.link.name, &e))?;
            value_of(row, &self.link.name)
        });
        values.collect()
    }

    fn commit_group(&self, jobs: &[Job]) -> Vec<Answer> {
        let done = self.client().and_then(|mut client| self.wait(write::commit(&mut client, jobs)));
        match done {
            Ok(answers) => answers,
            Err(error) if jobs.len() == 1 => vec![Err(error)],
            Err(down @ StoreError::Unavailable { .. }) => {
                jobs.iter().map(|_| Err(down.clone())).collect()
            }
            // The whole group was undone: what one is refused for is not for the others to bear.
            Err(_) => jobs.chunks(1).flat_map(|job| self.commit_group(job)).collect(),
        }
    }
}

/// Whether a text can be in the database at all.
fn is_possible(text: &str) -> bool {
    !text.contains('\0')
}

impl Store for PostgresStore {
    fn name(&self) -> &str {
        &self.link.name
    }

    fn read_many(&self, keys: &[(&str, &str)]) -> Result<Vec<Option<Document>>, StoreError> {
        let possible = keys.iter().filter(|(kind, id)| is_possible(kind) && is_possible(id));
        let (kinds, ids): (Vec<&str>, Vec<&str>) = possible.copied().unzip();
        let documents =
            self.rows(read::MANY, &[&kinds, &ids], read::document_row, |row, store| {
                row.document(store)
            })?;
        let found: HashMap<(String, String), Document> =
            documents.into_iter().flatten().map(|d| ((d.kind.clone(), d.id.clone()), d)).collect();
        let key =
            |&(kind, id): &(&str, &str)| found.get(&(kind.to_owned(), id.to_owned())).cloned();
        Ok(keys.iter().map(key).collect())
    }

    fn list(&self, kind: &str, range: &Range) -> Result<Vec<Document>, StoreError> {
        let (after, from, to) = range.bounds();
        if ![kind, after, from].into_iter().all(is_possible) {
            return Ok(Vec::new());
        }
        let limit = read::at_most(range.limit);
        let documents = self.rows(
            read::LIST,
            &[&kind, &after, &from, &to, &limit],
            read::document_row,
            |row, store| row.document(store),
        )?;
        Ok(documents.into_iter().flatten().collect())
    }

    fn heads(&self, kind: &str, range: &Range) -> Result<Vec<Head>, StoreError> {
        let (after, from, to) = range.bounds();
        if ![kind, after, from].into_iter().all(is_possible) {
            return Ok(Vec::new());
        }
        let limit = read::at_most(range.limit);
        self.rows(read::HEADS, &[&kind, &after, &from, &to, &limit], read::head, |head, _| Ok(head))
    }

    fn commit(&self, by: &str, writes: &[Write]) -> Result<Committed, StoreError> {
        let job = Job { by: by.to_owned(), writes: prepare(by, writes)? };
        let logs = writes.iter().any(|write| write.log.is_some());
        let work = |(): &mut (), jobs: &[Job]| self.commit_group(jobs);
        let committed = self.group.run(job, work).unwrap_or_else(|| {
            // Another thread had taken this commit along and panicked.
            Err(self.other("the commit did not end; read the documents again"))
        })?;
        if logs {
            tell(&self.newest, committed.seq);
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
        if !is_possible(kind) || !is_possible(id) {
            return Ok(Vec::new());
        }
        let (after, limit) = (read::signed(after_version), read::at_most(limit));
        self.rows(read::LOG, &[&kind, &id, &after, &limit], read::entry_row, |row, store| {
            row.entry(store)
        })
    }

    fn events(&self, after_seq: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let (after, limit) = (read::signed(after_seq), read::at_most(limit));
        self.rows(read::EVENTS, &[&after, &limit], read::entry_row, |row, store| row.entry(store))
    }

    fn last_seq(&self) -> Result<u64, StoreError> {
        let rows = self.rows(read::COUNTERS, &[], read::counters, |counters, _| Ok(counters))?;
        rows.first().map(|counters| counters.last_seq).ok_or_else(|| self.without_counters())
    }

    fn subscribe(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }

    fn shapes(&self, layer: &str, on: Option<Date>) -> Result<Vec<PlacedShape>, StoreError> {
        if !is_possible(layer) {
            return Ok(Vec::new());
        }
        let sql = format!(
            "{} WHERE layer = $1 AND ($2::text IS NULL
                 OR (coalesce(valid_from <= $2::text::date, TRUE)
                 AND coalesce($2::text::date < valid_to, TRUE)))
             ORDER BY kind, id, number",
            read::SHAPE
        );
        let day = on.map(rows::day_text);
        self.rows(&sql, &[&layer, &day], read::shape_row, |row, store| row.shape(store))
    }

    fn shapes_of(&self, kind: &str, id: &str) -> Result<Vec<PlacedShape>, StoreError> {
        if !is_possible(kind) || !is_possible(id) {
            return Ok(Vec::new());
        }
        let sql = format!("{} WHERE kind = $1 AND id = $2 ORDER BY number", read::SHAPE);
        self.rows(&sql, &[&kind, &id], read::shape_row, |row, store| row.shape(store))
    }

    fn backup(&self, file: &Path) -> Result<Contents, StoreError> {
        if file.exists() {
            let (store, detail) = (
                file.display().to_string(),
                "exists already, and is not overwritten; give another name".to_owned(),
            );
            return Err(StoreError::Other { store, detail });
        }
        self.write_to(file)
    }

    fn check(&self) -> Result<Contents, StoreError> {
        self.look_through()
    }
}

impl PostgresStore {
    fn without_counters(&self) -> StoreError {
        let detail = "is damaged: the row of wangge.counters is gone; restore a backup".to_owned();
        StoreError::Damaged { store: self.link.name.clone(), detail }
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Also right on a thread of another runtime, which must not wait.
            runtime.shutdown_background();
        }
    }
}

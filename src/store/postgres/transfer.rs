//! All rows out of a database, and into one.

use super::PostgresStore;
use super::read::{self, COUNTERS, DOCUMENT, ENTRY, SHAPE};
use super::write;
use crate::store::census::Census;
use crate::store::decide::Counters;
use crate::store::error::StoreError;
use crate::store::model::Contents;
use crate::store::sqlite::{NewFile, Source};
use deadpool_postgres::Transaction;
use futures_util::{TryStreamExt, pin_mut};
use std::path::Path;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, IsolationLevel, Row};

/// Rows are sent when so many, or so many bytes, have come together.
const ROWS_AT_ONCE: usize = 500;
const BYTES_AT_ONCE: usize = 8 << 20;

impl PostgresStore {
    /// Writes everything to a new file.
    pub(super) fn write_to(&self, file: &Path) -> Result<Contents, StoreError> {
        let mut new = NewFile::create(file)?;
        new.fill(|rows| {
            self.at_one_moment(|moment| {
                self.each(moment, DOCUMENT, "kind, id", read::document_row, |r| rows.document(&r))?;
                self.each(moment, ENTRY, "seq", read::entry_row, |r| rows.entry(&r))?;
                let order = "kind, id, number";
                self.each(moment, SHAPE, order, read::shape_row, |r| rows.shape(&r))?;
                self.counters(moment)
            })
        })?;
        new.place(false)
    }

    /// Looks at all rows.
    pub(super) fn look_through(&self) -> Result<Contents, StoreError> {
        self.at_one_moment(|moment| {
            let mut census = Census::new(&self.link.name);
            let order = "kind, id";
            self.each(moment, DOCUMENT, order, read::document_row, |row| census.document(row))?;
            self.each(moment, ENTRY, "seq", read::entry_row, |row| census.entry(row))?;
            let order = "kind, id, number";
            self.each(moment, SHAPE, order, read::shape_row, |row| census.shape(row))?;
            census.finish(self.counters(moment)?)
        })
    }

    /// Takes all rows of a backup, in one transaction.
    ///
    /// # Errors
    /// When the database holds something and `replace` is not set, or it cannot be written.
    pub(in crate::store) fn take(&self, source: &Source, replace: bool) -> Result<(), StoreError> {
        let mut client = self.client()?;
        let transaction = self.wait(client.transaction())?;
        let lock = format!("{COUNTERS} FOR UPDATE");
        self.wait(transaction.query_one(&lock, &[]))?;
        let any = "SELECT EXISTS (SELECT FROM wangge.documents)";
        let any: bool = self.wait(async { transaction.query_one(any, &[]).await?.try_get(0) })?;
        if any && !replace {
            let detail = "it holds something already; name another, or ask to replace it \
                          (--replace)";
            return Err(self.other(detail));
        }
        let tables = "TRUNCATE wangge.shapes, wangge.log, wangge.documents";
        self.wait(transaction.batch_execute(tables))?;
        let mut batch = Batch::new(|rows: &[_]| {
            self.wait(write::put_documents(&transaction, &rows.iter().collect::<Vec<_>>()))
        });
        source.documents(|row| {
            let bytes = row.body.as_ref().map_or(0, String::len);
            batch.add(row, bytes)
        })?;
        batch.send()?;
        let mut batch = Batch::new(|rows: &[_]| {
            self.wait(write::put_entries(&transaction, &rows.iter().collect::<Vec<_>>()))
        });
        source.entries(|row| {
            let bytes = row.body.len();
            batch.add(row, bytes)
        })?;
        batch.send()?;
        let mut batch = Batch::new(|rows: &[_]| {
            self.wait(write::put_shapes(&transaction, &rows.iter().collect::<Vec<_>>()))
        });
        source.shapes(|row| {
            let bytes = row.geometry.len() + row.properties.len();
            batch.add(row, bytes)
        })?;
        batch.send()?;
        let counters = source.counters()?;
        self.wait(write::put_counters(&transaction, counters))?;
        self.wait(write::notify(&transaction, counters.last_seq))?;
        self.wait(transaction.commit())
    }

    /// Reads with a snapshot that others' commits do not change.
    fn at_one_moment<T>(
        &self,
        read: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut client = self.client()?;
        let moment = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead);
        read(&self.wait(moment.read_only(true).start())?)
    }

    fn counters(&self, moment: &Transaction<'_>) -> Result<Counters, StoreError> {
        self.wait(async { read::counters(&moment.query_one(COUNTERS, &[]).await?) })
    }

    /// All rows of a table, one after another as they arrive.
    fn each<T>(
        &self,
        moment: &Transaction<'_>,
        sql: &str,
        order: &str,
        row_of: fn(&Row) -> Result<T, Error>,
        mut take: impl FnMut(T) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let sql = format!("{sql} ORDER BY {order}");
        let none: [&(dyn ToSql + Sync); 0] = [];
        let rows = self.wait(moment.query_raw(&sql, none))?;
        pin_mut!(rows);
        while let Some(row) =
            self.wait(async { rows.try_next().await?.as_ref().map(row_of).transpose() })?
        {
            take(row)?;
        }
        Ok(())
    }
}

/// Rows that wait to be sent together.
struct Batch<T, S> {
    rows: Vec<T>,
    bytes: usize,
    send: S,
}

impl<T, S: FnMut(&[T]) -> Result<(), StoreError>> Batch<T, S> {
    fn new(send: S) -> Self {
        Self { rows: Vec::new(), bytes: 0, send }
    }

    fn add(&mut self, row: T, bytes: usize) -> Result<(), StoreError> {
        self.rows.push(row);
        self.bytes += bytes;
        if self.rows.len() < ROWS_AT_ONCE && self.bytes < BYTES_AT_ONCE {
            return Ok(());
        }
        self.send()
    }

    fn send(&mut self) -> Result<(), StoreError> {
        (self.send)(&self.rows)?;
        self.rows.clear();
        self.bytes = 0;
        Ok(())
    }
}

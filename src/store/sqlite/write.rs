//! Writing rows.

use super::place::Place;
use super::read;
use crate::store::decide::{Counters, Decided, Job, Versions, decide, keys};
use crate::store::error::StoreError;
use crate::store::model::Committed;
use crate::store::rows::{DocumentRow, EntryRow, ShapeRow};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Result, TransactionBehavior};

/// The answer to a commit.
pub(super) type Answer = Result<Committed, StoreError>;

/// Does commits in one transaction, in their order.
pub(super) fn commit(connection: &mut Connection, place: &Place, jobs: &[Job]) -> Vec<Answer> {
    let mut done = attempt(connection, jobs);
    if matches!(&done, Err(error) if is_full(error)) && fold_log_in(connection).is_ok() {
        done = attempt(connection, jobs);
    }
    match done {
        Ok(answers) => answers,
        Err(error) if jobs.len() == 1 => vec![Err(place.error(error))],
        // The whole group was undone. One that is too large for the disk must not keep small ones
        // from being written.
        Err(error) => match place.error(error) {
            busy @ StoreError::Unavailable { .. } => {
                jobs.iter().map(|_| Err(busy.clone())).collect()
            }
            _ => jobs.chunks(1).flat_map(|job| commit(connection, place, job)).collect(),
        },
    }
}

fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
}

/// Copies the log into the file and cuts it off: it may hold many forms of the same pages, whose
/// room a full disk needs.
fn fold_log_in(connection: &Connection) -> Result<()> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

fn attempt(connection: &mut Connection, jobs: &[Job]) -> Result<Vec<Answer>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut versions = Versions::new();
    for (kind, id) in keys(jobs) {
        let sql = "SELECT version, body IS NOT NULL FROM documents WHERE kind = ?1 AND id = ?2";
        let last = transaction
            .prepare_cached(sql)?
            .query_row((kind, id), |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        versions.extend(last.map(|last| ((kind.to_owned(), id.to_owned()), last)));
    }
    let decided = decide(jobs, versions, read::counters(&transaction)?);
    if !decided.is_empty() {
        apply(&transaction, &decided)?;
        transaction.commit()?;
    }
    Ok(decided.answers)
}

fn apply(connection: &Connection, decided: &Decided) -> Result<()> {
    for document in decided.documents.values() {
        put_document(connection, document)?;
    }
    for entry in &decided.entries {
        put_entry(connection, entry)?;
    }
    for ((kind, id), shapes) in &decided.shapes {
        let sql = "DELETE FROM shapes WHERE kind = ?1 AND id = ?2";
        connection.prepare_cached(sql)?.execute((kind, id))?;
        shapes.iter().try_for_each(|shape| put_shape(connection, shape))?;
    }
    put_counters(connection, decided.counters)
}

pub(super) fn put_document(connection: &Connection, row: &DocumentRow) -> Result<()> {
    let sql = "INSERT INTO documents (kind, id, version, at_ms, who, sum, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, at_ms = excluded.at_ms,
             who = excluded.who, sum = excluded.sum, body = excluded.body";
    let columns = (&row.kind, &row.id, row.version, row.at, &row.by, row.sum, &row.body);
    connection.prepare_cached(sql)?.execute(columns).map(|_| ())
}

pub(super) fn put_entry(connection: &Connection, row: &EntryRow) -> Result<()> {
    let sql = "INSERT INTO log (seq, kind, id, version, at_ms, who, action, sum, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let EntryRow { seq, kind, id, version, at, by, action, body, sum } = row;
    let columns = (seq, kind, id, version, at, by, action, sum, body);
    connection.prepare_cached(sql)?.execute(columns).map(|_| ())
}

pub(super) fn put_shape(connection: &Connection, row: &ShapeRow) -> Result<()> {
    let sql = "INSERT INTO shapes (kind, id, number, layer, feature, valid_from, valid_to, sum,
         properties, geometry) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let ShapeRow { kind, id, number, layer, feature, valid_from, valid_to, .. } = row;
    let (properties, geometry) = (&row.properties, &row.geometry);
    let columns =
        (kind, id, number, layer, feature, valid_from, valid_to, row.sum, properties, geometry);
    connection.prepare_cached(sql)?.execute(columns).map(|_| ())
}

pub(super) fn put_counters(connection: &Connection, counters: Counters) -> Result<()> {
    let sql = "UPDATE counters SET last_seq = ?1, last_at_ms = ?2 WHERE one = 1";
    let columns = (counters.last_seq, counters.last_at);
    connection.prepare_cached(sql)?.execute(columns).map(|_| ())
}

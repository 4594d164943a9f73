//! Reading rows.

use crate::store::decide::Counters;
use crate::store::model::{Head, Range};
use crate::store::rows::{DocumentRow, EntryRow, ShapeRow};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Result, Row};

pub(super) const DOCUMENT: &str = "SELECT kind, id, version, at_ms, who, sum, body FROM documents";
pub(super) const ENTRY: &str =
    "SELECT seq, kind, id, version, at_ms, who, action, sum, body FROM log";
pub(super) const SHAPE: &str = "SELECT kind, id, number, layer, feature, valid_from, valid_to, sum,
    properties, geometry FROM shapes";

pub(super) fn document_row(row: &Row<'_>) -> Result<DocumentRow> {
    Ok(DocumentRow {
        kind: row.get(0)?,
        id: row.get(1)?,
        version: row.get(2)?,
        at: row.get(3)?,
        by: row.get(4)?,
        sum: row.get(5)?,
        body: row.get(6)?,
    })
}

pub(super) fn entry_row(row: &Row<'_>) -> Result<EntryRow> {
    Ok(EntryRow {
        seq: row.get(0)?,
        kind: row.get(1)?,
        id: row.get(2)?,
        version: row.get(3)?,
        at: row.get(4)?,
        by: row.get(5)?,
        action: row.get(6)?,
        sum: row.get(7)?,
        body: row.get(8)?,
    })
}

pub(super) fn shape_row(row: &Row<'_>) -> Result<ShapeRow> {
    Ok(ShapeRow {
        kind: row.get(0)?,
        id: row.get(1)?,
        number: row.get(2)?,
        layer: row.get(3)?,
        feature: row.get(4)?,
        valid_from: row.get(5)?,
        valid_to: row.get(6)?,
        sum: row.get(7)?,
        properties: row.get(8)?,
        geometry: row.get(9)?,
    })
}

pub(super) fn document(
    connection: &Connection,
    kind: &str,
    id: &str,
) -> Result<Option<DocumentRow>> {
    let sql = format!("{DOCUMENT} WHERE kind = ?1 AND id = ?2");
    connection.prepare_cached(&sql)?.query_row((kind, id), document_row).optional()
}

/// The documents of a range that are there.
pub(super) fn list(connection: &Connection, kind: &str, range: &Range) -> Result<Vec<DocumentRow>> {
    let (after, from, to) = range.bounds();
    let sql = format!(
        "{DOCUMENT} WHERE kind = ?1 AND id > ?2 AND id >= ?3 AND id < ?4 AND body IS NOT NULL
         ORDER BY id LIMIT ?5"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map((kind, after, from, to, at_most(range.limit)), document_row)?.collect()
}

pub(super) fn heads(connection: &Connection, kind: &str, range: &Range) -> Result<Vec<Head>> {
    let (after, from, to) = range.bounds();
    let sql = "SELECT kind, id, version, at_ms, who FROM documents
         WHERE kind = ?1 AND id > ?2 AND id >= ?3 AND id < ?4 AND body IS NOT NULL
         ORDER BY id LIMIT ?5";
    let head = |row: &Row<'_>| {
        let at: i64 = row.get(3)?;
        let at = Timestamp::from_millisecond(at)
            .map_err(|_| rusqlite::Error::IntegralValueOutOfRange(3, at))?;
        Ok(Head { kind: row.get(0)?, id: row.get(1)?, version: row.get(2)?, at, by: row.get(4)? })
    };
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_map((kind, after, from, to, at_most(range.limit)), head)?.collect()
}

pub(super) fn log(
    connection: &Connection,
    kind: &str,
    id: &str,
    after: u64,
    limit: usize,
) -> Result<Vec<EntryRow>> {
    let sql =
        format!("{ENTRY} WHERE kind = ?1 AND id = ?2 AND version > ?3 ORDER BY version LIMIT ?4");
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map((kind, id, signed(after), at_most(limit)), entry_row)?.collect()
}

pub(super) fn events(connection: &Connection, after: u64, limit: usize) -> Result<Vec<EntryRow>> {
    let sql = format!("{ENTRY} WHERE seq > ?1 ORDER BY seq LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map((signed(after), at_most(limit)), entry_row)?.collect()
}

/// The shapes of a layer; those valid on `day` (`YYYY-MM-DD`), when it is given.
pub(super) fn shapes(
    connection: &Connection,
    layer: &str,
    day: Option<&str>,
) -> Result<Vec<ShapeRow>> {
    let sql = format!(
        "{SHAPE} WHERE layer = ?1 AND (?2 IS NULL
             OR (coalesce(valid_from <= ?2, TRUE) AND coalesce(?2 < valid_to, TRUE)))
         ORDER BY kind, id, number"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map((layer, day), shape_row)?.collect()
}

pub(super) fn shapes_of(connection: &Connection, kind: &str, id: &str) -> Result<Vec<ShapeRow>> {
    let sql = format!("{SHAPE} WHERE kind = ?1 AND id = ?2 ORDER BY number");
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map((kind, id), shape_row)?.collect()
}

pub(super) fn counters(connection: &Connection) -> Result<Counters> {
    let sql = "SELECT last_seq, last_at_ms FROM counters WHERE one = 1";
    connection
        .prepare_cached(sql)?
        .query_row([], |row| Ok(Counters { last_seq: row.get(0)?, last_at: row.get(1)? }))
}

/// As SQL counts: a number above all others is as good as the greatest.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn at_most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

//! Reading rows.

use crate::store::decide::Counters;
use crate::store::model::Head;
use crate::store::rows::{DocumentRow, EntryRow, ShapeRow};
use jiff::Timestamp;
use tokio_postgres::types::FromSql;
use tokio_postgres::{Error, Row};

pub(super) const DOCUMENT: &str =
    "SELECT kind, id, version, at_ms, who, sum, body::text FROM wangge.documents";
pub(super) const ENTRY: &str =
    "SELECT seq, kind, id, version, at_ms, who, action, sum, body::text FROM wangge.log";
pub(super) const SHAPE: &str = "SELECT kind, id, number, layer, feature,
    to_char(valid_from, 'YYYY-MM-DD'), to_char(valid_to, 'YYYY-MM-DD'), sum, properties::text,
    geojson FROM wangge.shapes";
pub(super) const COUNTERS: &str = "SELECT last_seq, last_at_ms FROM wangge.counters WHERE one";

/// The documents of two lists of the same length, kinds and keys.
pub(super) const MANY: &str = "SELECT kind, id, version, at_ms, who, sum, body::text
    FROM wangge.documents
    JOIN unnest($1::text[], $2::text[]) AS wanted (kind, id) USING (kind, id)";
/// A range: kind, after, from, to, limit.
pub(super) const LIST: &str = "SELECT kind, id, version, at_ms, who, sum, body::text
    FROM wangge.documents
    WHERE kind = $1 AND id > $2 AND id >= $3 AND id < $4 AND body IS NOT NULL
    ORDER BY id LIMIT $5";
pub(super) const HEADS: &str = "SELECT kind, id, version, at_ms, who FROM wangge.documents
    WHERE kind = $1 AND id > $2 AND id >= $3 AND id < $4 AND body IS NOT NULL
    ORDER BY id LIMIT $5";
/// Kind, key, after, limit.
pub(super) const LOG: &str =
    "SELECT seq, kind, id, version, at_ms, who, action, sum, body::text FROM wangge.log
    WHERE kind = $1 AND id = $2 AND version > $3 ORDER BY version LIMIT $4";
/// After, limit.
pub(super) const EVENTS: &str =
    "SELECT seq, kind, id, version, at_ms, who, action, sum, body::text FROM wangge.log
    WHERE seq > $1 ORDER BY seq LIMIT $2";

pub(super) fn document_row(row: &Row) -> Result<DocumentRow, Error> {
    Ok(DocumentRow {
        kind: row.try_get(0)?,
        id: row.try_get(1)?,
        version: count(row, 2)?,
        at: row.try_get(3)?,
        by: row.try_get(4)?,
        sum: sum(row, 5)?,
        body: row.try_get(6)?,
    })
}

pub(super) fn entry_row(row: &Row) -> Result<EntryRow, Error> {
    Ok(EntryRow {
        seq: count(row, 0)?,
        kind: row.try_get(1)?,
        id: row.try_get(2)?,
        version: count(row, 3)?,
        at: row.try_get(4)?,
        by: row.try_get(5)?,
        action: row.try_get(6)?,
        sum: sum(row, 7)?,
        body: row.try_get(8)?,
    })
}

pub(super) fn shape_row(row: &Row) -> Result<ShapeRow, Error> {
    Ok(ShapeRow {
        kind: row.try_get(0)?,
        id: row.try_get(1)?,
        number: count(row, 2)?,
        layer: row.try_get(3)?,
        feature: row.try_get(4)?,
        valid_from: row.try_get(5)?,
        valid_to: row.try_get(6)?,
        sum: sum(row, 7)?,
        properties: row.try_get(8)?,
        geometry: row.try_get(9)?,
    })
}

pub(super) fn head(row: &Row) -> Result<Head, Error> {
    // Whoever changed the column finds a time that stands out; `check` says so.
    let at = Timestamp::from_millisecond(row.try_get(3)?).unwrap_or(Timestamp::MAX);
    let (kind, id, by) = (row.try_get(0)?, row.try_get(1)?, row.try_get(4)?);
    Ok(Head { kind, id, version: count(row, 2)?, at, by })
}

pub(super) fn counters(row: &Row) -> Result<Counters, Error> {
    Ok(Counters { last_seq: count(row, 0)?, last_at: row.try_get(1)? })
}

/// A count; one that cannot be becomes 0, which the row's sum then shows.
pub(super) fn count(row: &Row, column: usize) -> Result<u64, Error> {
    number::<i64, u64>(row, column)
}

fn sum(row: &Row, column: usize) -> Result<u32, Error> {
    number::<i64, u32>(row, column)
}

fn number<'a, F: FromSql<'a>, T: TryFrom<F> + Default>(
    row: &'a Row,
    column: usize,
) -> Result<T, Error> {
    Ok(T::try_from(row.try_get::<_, F>(column)?).unwrap_or_default())
}

/// As SQL counts: a number above all others is as good as the greatest.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The same for a limit.
pub(super) fn at_most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

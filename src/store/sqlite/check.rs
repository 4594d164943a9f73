//! Whether a file is whole.

use super::place::Place;
use super::read;
use crate::store::census::Census;
use crate::store::error::{RESTORE, StoreError};
use crate::store::model::Contents;
use crate::store::rows::{DocumentRow, EntryRow, ShapeRow};
use rusqlite::{Connection, Row};

/// Up to this size a file's pages are looked through when it is opened, which takes less than a
/// second; a larger one is trusted until [`check`].
const LOOKED_THROUGH_BYTES: u64 = 256 << 20;

/// Reads everything.
///
/// # Errors
/// When something is not as it was written.
pub(super) fn check(connection: &Connection, place: &Place) -> Result<Contents, StoreError> {
    // One moment for all that is read.
    let moment = connection.unchecked_transaction().map_err(|e| place.error(e))?;
    pages(&moment, place, "integrity_check")?;
    let mut census = Census::new(&place.name);
    each_document(&moment, place, |row| census.document(row))?;
    each_entry(&moment, place, |row| census.entry(row))?;
    each_shape(&moment, place, |row| census.shape(row))?;
    census.finish(read::counters(&moment).map_err(|e| place.error(e))?)
}

/// What can be seen quickly when a file is opened.
///
/// # Errors
/// When something is not as it was written.
pub(super) fn glance(connection: &Connection, place: &Place) -> Result<(), StoreError> {
    let failed = |e| place.error(e);
    let moment = connection.unchecked_transaction().map_err(failed)?;
    let number = |pragma| moment.pragma_query_value(None, pragma, |row| row.get::<_, u64>(0));
    let bytes = number("page_count").and_then(|count| Ok(count * number("page_size")?));
    if bytes.map_err(failed)? <= LOOKED_THROUGH_BYTES {
        pages(&moment, place, "quick_check")?;
    }
    let counters = read::counters(&moment).map_err(failed)?;
    let last = read::events(&moment, counters.last_seq.saturating_sub(1), 1).map_err(failed)?;
    let last = last.into_iter().next().map(|row| row.entry(&place.name)).transpose()?;
    if last.map_or(0, |entry| entry.seq) != counters.last_seq {
        let detail = format!("is damaged: its log does not end where it should; {RESTORE}");
        return Err(place.damaged(&detail));
    }
    Ok(())
}

fn pages(connection: &Connection, place: &Place, pragma: &str) -> Result<(), StoreError> {
    let found: String = connection
        .query_row(&format!("PRAGMA {pragma}(1)"), [], |row| row.get(0))
        .map_err(|e| place.error(e))?;
    if found != "ok" {
        return Err(place.damaged(&format!("is damaged ({found}); {RESTORE}")));
    }
    Ok(())
}

/// All documents, the deleted ones as well.
pub(super) fn each_document(
    connection: &Connection,
    place: &Place,
    take: impl FnMut(DocumentRow) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let sql = format!("{} ORDER BY kind, id", read::DOCUMENT);
    each(connection, place, &sql, read::document_row, take)
}

/// The whole log in its order.
pub(super) fn each_entry(
    connection: &Connection,
    place: &Place,
    take: impl FnMut(EntryRow) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    each(connection, place, &format!("{} ORDER BY seq", read::ENTRY), read::entry_row, take)
}

/// All shapes.
pub(super) fn each_shape(
    connection: &Connection,
    place: &Place,
    take: impl FnMut(ShapeRow) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let sql = format!("{} ORDER BY kind, id, number", read::SHAPE);
    each(connection, place, &sql, read::shape_row, take)
}

fn each<T>(
    connection: &Connection,
    place: &Place,
    sql: &str,
    row_of: fn(&Row<'_>) -> rusqlite::Result<T>,
    mut take: impl FnMut(T) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare(sql).map_err(|e| place.error(e))?;
    let mut rows = statement.query([]).map_err(|e| place.error(e))?;
    while let Some(row) = rows.next().map_err(|e| place.error(e))? {
        take(row_of(row).map_err(|e| place.error(e))?)?;
    }
    Ok(())
}

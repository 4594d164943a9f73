//! The form of the tables, made by migrations that run forward only.

use super::place::Place;
use crate::store::error::{RESTORE, StoreError};
use rusqlite::{Connection, TransactionBehavior};

/// Marks a file as a store: "WANG". Other programs' SQLite files are refused by it.
const APPLICATION_ID: i32 = 0x5741_4E47;

/// All migrations in their order; the form of a store is how many it has had. One that was
/// released is never changed: a new form is a further migration.
pub(super) const MIGRATIONS: &[&str] = &[include_str!("1.sql")];

/// Brings a store to the form that this program knows.
///
/// # Errors
/// When it is newer, is not a store, or cannot be written.
pub(super) fn migrate(
    connection: &mut Connection,
    place: &Place,
    migrations: &[&str],
) -> Result<(), StoreError> {
    let known = migrations.len() as u32;
    if form(connection, place, known)? == known {
        return Ok(());
    }
    let failed = |e| place.error(e);
    for (done, sql) in (1..).zip(migrations) {
        // Another program may migrate at the same time: who waited for the lock looks again.
        let behavior = TransactionBehavior::Immediate;
        let step = connection.transaction_with_behavior(behavior).map_err(failed)?;
        if form(&step, place, known)? >= done {
            continue;
        }
        step.execute_batch(sql).map_err(failed)?;
        let record = "INSERT INTO migrations (number, at_ms, program) VALUES (?1, ?2, ?3)";
        let now = jiff::Timestamp::now().as_millisecond();
        step.execute(record, (done, now, env!("CARGO_PKG_VERSION"))).map_err(failed)?;
        step.pragma_update(None, "user_version", done).map_err(failed)?;
        step.commit().map_err(failed)?;
    }
    Ok(())
}

/// How many migrations a store has had.
///
/// # Errors
/// When they are more than `known`.
fn form(connection: &Connection, place: &Place, known: u32) -> Result<u32, StoreError> {
    let found: u32 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|e| place.error(e))?;
    if found > known {
        return Err(StoreError::Newer { store: place.name.clone(), found, known });
    }
    Ok(found)
}

/// Marks a new file as a store.
///
/// # Errors
/// When it cannot be written.
pub(super) fn mark(connection: &Connection, place: &Place) -> Result<(), StoreError> {
    let marked = connection.pragma_update(None, "application_id", APPLICATION_ID);
    marked.map_err(|e| place.error(e))
}

/// Refuses what is not a store at all.
///
/// # Errors
/// [`StoreError::Damaged`].
pub(super) fn recognise(connection: &Connection, place: &Place) -> Result<(), StoreError> {
    let pragma = |name: &str| {
        let read = connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
        read.map_err(|e| place.error(e))
    };
    if pragma("application_id")? != APPLICATION_ID {
        let detail = "is not a store of wangge, but another program's SQLite file; name another";
        return Err(place.damaged(detail));
    }
    if pragma("user_version")? == 0 {
        return Err(place.damaged(&format!("is damaged: it has no tables; {RESTORE}")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place::memory()
    }

    /// A store as the first version of the program made it.
    fn first() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &place(), &MIGRATIONS[..1]).unwrap();
        connection
    }

    #[test]
    fn a_store_of_the_first_form_is_brought_forward_and_keeps_its_rows() {
        let mut connection = first();
        let row = "INSERT INTO documents (kind, id, version, at_ms, who, sum, body)
                   VALUES ('plan', 'a', 3, 5, 'li', 7, '{}')";
        connection.execute_batch(row).unwrap();
        let further = [MIGRATIONS[0], "ALTER TABLE documents ADD COLUMN note TEXT"];
        migrate(&mut connection, &place(), &further).unwrap();
        migrate(&mut connection, &place(), &further).unwrap();
        let read = "SELECT version, note FROM documents WHERE id = 'a'";
        let row: (u32, Option<String>) =
            connection.query_row(read, [], |r| Ok((r.get(0)?, r.get(1)?))).unwrap();
        assert_eq!(row, (3, None));
        let recorded: Vec<u32> = connection
            .prepare("SELECT number FROM migrations ORDER BY number")
            .unwrap()
            .query_map([], |r| r.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(recorded, [1, 2]);
    }

    #[test]
    fn a_migration_that_fails_leaves_the_store_as_it_was() {
        let mut connection = first();
        let broken = [MIGRATIONS[0], "CREATE TABLE notes (id INTEGER); SELECT nonsense"];
        migrate(&mut connection, &place(), &broken).unwrap_err();
        assert_eq!(form(&connection, &place(), 9).unwrap(), 1);
        let tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'notes'";
        let left: u32 = connection.query_row(tables, [], |r| r.get(0)).unwrap();
        assert_eq!(left, 0);
    }

    #[test]
    fn a_store_of_a_newer_version_is_refused() {
        let mut connection = first();
        connection.pragma_update(None, "user_version", 7).unwrap();
        let refused = migrate(&mut connection, &place(), MIGRATIONS).unwrap_err();
        assert!(matches!(refused, StoreError::Newer { found: 7, .. }), "{refused}");
    }
}

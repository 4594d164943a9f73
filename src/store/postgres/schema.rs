//! The form of the tables, made by migrations that run forward only.

use super::error::error;
use crate::store::error::StoreError;
use tokio_postgres::{Client, GenericClient, Transaction};

/// All migrations in their order; one that was released is never changed.
pub(super) const MIGRATIONS: &[&str] = &[include_str!("1.sql")];

/// The lock that two programs which migrate at once contend for: "wangge" in ASCII.
const LOCK: i64 = 0x7761_6E67_6765;

/// Brings a database to the form that this program knows; the tables lie in the schema `wangge`.
///
/// # Errors
/// When it is newer, lacks PostGIS, or may not be changed.
pub(super) async fn migrate(client: &mut Client, store: &str) -> Result<(), StoreError> {
    let known = MIGRATIONS.len() as u32;
    if form(client, store, known).await? == known {
        return Ok(());
    }
    let failed = |e| error(store, &e);
    let all = client.transaction().await.map_err(failed)?;
    all.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await.map_err(failed)?;
    let done = form(&all, store, known).await?;
    if done == 0 {
        prepare_database(&all, store).await?;
    }
    for (number, sql) in (1..).zip(MIGRATIONS).skip(done as usize) {
        all.batch_execute(sql).await.map_err(failed)?;
        let number: i32 = number;
        let record = "INSERT INTO wangge.migrations (number, at_ms, program) VALUES ($1, $2, $3)";
        let now = jiff::Timestamp::now().as_millisecond();
        all.execute(record, &[&number, &now, &env!("CARGO_PKG_VERSION")]).await.map_err(failed)?;
    }
    all.commit().await.map_err(failed)
}

/// How many migrations a database has had.
///
/// # Errors
/// When they are more than `known`, or it cannot be read.
async fn form(client: &impl GenericClient, store: &str, known: u32) -> Result<u32, StoreError> {
    let failed = |e| error(store, &e);
    // Not `to_regclass`, which answers from a cache that may not know what others have just made.
    let there = "SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS t
         JOIN pg_catalog.pg_namespace AS s ON s.oid = t.relnamespace
         WHERE s.nspname = 'wangge' AND t.relname = 'migrations')";
    let there: bool = client.query_one(there, &[]).await.map_err(failed)?.get(0);
    if !there {
        return Ok(0);
    }
    let last = "SELECT coalesce(max(number), 0) FROM wangge.migrations";
    let last: i32 = client.query_one(last, &[]).await.map_err(failed)?.get(0);
    let found = u32::try_from(last).unwrap_or(0);
    if found > known {
        return Err(StoreError::Newer { store: store.to_owned(), found, known });
    }
    Ok(found)
}

/// What the tables need: UTF-8, PostGIS, and the schema.
async fn prepare_database(all: &Transaction<'_>, store: &str) -> Result<(), StoreError> {
    let failed = |e| error(store, &e);
    let other =
        |detail: &str| StoreError::Other { store: store.to_owned(), detail: detail.to_owned() };
    let encoding: String = all.query_one("SHOW server_encoding", &[]).await.map_err(failed)?.get(0);
    if encoding != "UTF8" {
        let detail = format!("its encoding is {encoding}; make one with ENCODING 'UTF8'");
        return Err(other(&detail));
    }
    let postgis = "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'postgis')";
    let postgis: bool = all.query_one(postgis, &[]).await.map_err(failed)?.get(0);
    if !postgis && let Err(cause) = all.batch_execute("CREATE EXTENSION postgis").await {
        let cause =
            cause.as_db_error().map_or_else(|| cause.to_string(), |e| e.message().to_owned());
        return Err(other(&format!(
            "it lacks PostGIS, which could not be added ({cause}); install it on the server \
             (Debian: postgresql-15-postgis-3) and let an administrator run CREATE EXTENSION postgis"
        )));
    }
    all.batch_execute("CREATE SCHEMA IF NOT EXISTS wangge").await.map_err(failed)
}

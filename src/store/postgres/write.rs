//! Writing rows, many a statement.

use super::read::{COUNTERS, count, counters, signed};
use crate::store::decide::{Counters, Decided, Job, Versions, decide, keys};
use crate::store::error::StoreError;
use crate::store::model::Committed;
use crate::store::rows::{DocumentRow, EntryRow, ShapeRow};
use deadpool_postgres::{Client, Transaction};
use tokio_postgres::Error;

/// The channel of NOTIFY.
pub(super) const CHANNEL: &str = "wangge";

/// The answer to a commit.
pub(super) type Answer = Result<Committed, StoreError>;

/// Does commits in one transaction, in their order.
pub(super) async fn commit(client: &mut Client, jobs: &[Job]) -> Result<Vec<Answer>, Error> {
    let transaction = client.transaction().await?;
    // Others wait here, so that numbers are given in the order in which commits can be seen.
    let lock = format!("{COUNTERS} FOR UPDATE");
    let lock = transaction.prepare_cached(&lock).await?;
    let before = counters(&transaction.query_one(&lock, &[]).await?)?;
    let decided = decide(jobs, versions(&transaction, jobs).await?, before);
    if !decided.is_empty() {
        apply(&transaction, &decided).await?;
        if decided.counters.last_seq > before.last_seq {
            notify(&transaction, decided.counters.last_seq).await?;
        }
        transaction.commit().await?;
    }
    Ok(decided.answers)
}

async fn versions(transaction: &Transaction<'_>, jobs: &[Job]) -> Result<Versions, Error> {
    let sql = "SELECT kind, id, version, body IS NOT NULL FROM wangge.documents
         JOIN unnest($1::text[], $2::text[]) AS wanted (kind, id) USING (kind, id)";
    let sql = transaction.prepare_cached(sql).await?;
    let (kinds, ids): (Vec<&str>, Vec<&str>) = keys(jobs).unzip();
    let rows = transaction.query(&sql, &[&kinds, &ids]).await?;
    let known = rows.iter().map(|row| {
        let key = (row.try_get(0)?, row.try_get(1)?);
        Ok((key, (count(row, 2)?, row.try_get(3)?)))
    });
    known.collect()
}

async fn apply(transaction: &Transaction<'_>, decided: &Decided) -> Result<(), Error> {
    let documents: Vec<&DocumentRow> = decided.documents.values().collect();
    put_documents(transaction, &documents).await?;
    let entries: Vec<&EntryRow> = decided.entries.iter().collect();
    put_entries(transaction, &entries).await?;
    if !decided.shapes.is_empty() {
        let sql = "DELETE FROM wangge.shapes
             USING unnest($1::text[], $2::text[]) AS wanted (kind, id)
             WHERE shapes.kind = wanted.kind AND shapes.id = wanted.id";
        let sql = transaction.prepare_cached(sql).await?;
        let (kinds, ids): (Vec<&String>, Vec<&String>) =
            decided.shapes.keys().map(|(kind, id)| (kind, id)).unzip();
        transaction.execute(&sql, &[&kinds, &ids]).await?;
        let shapes: Vec<&ShapeRow> = decided.shapes.values().flatten().collect();
        put_shapes(transaction, &shapes).await?;
    }
    put_counters(transaction, decided.counters).await
}

/// Tells all programs that listen, once the transaction is committed.
pub(super) async fn notify(transaction: &Transaction<'_>, seq: u64) -> Result<(), Error> {
    let notify = transaction.prepare_cached("SELECT pg_notify($1, $2)").await?;
    transaction.execute(&notify, &[&CHANNEL, &seq.to_string()]).await.map(|_| ())
}

pub(super) async fn put_documents(
    transaction: &Transaction<'_>,
    rows: &[&DocumentRow],
) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = "INSERT INTO wangge.documents (kind, id, version, at_ms, who, sum, body)
         SELECT kind, id, version, at_ms, who, sum, body::json FROM unnest(
             $1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[],
             $7::text[]) AS new (kind, id, version, at_ms, who, sum, body)
         ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, at_ms = excluded.at_ms,
             who = excluded.who, sum = excluded.sum, body = excluded.body";
    let sql = transaction.prepare_cached(sql).await?;
    let kinds: Vec<&String> = rows.iter().map(|row| &row.kind).collect();
    let ids: Vec<&String> = rows.iter().map(|row| &row.id).collect();
    let versions: Vec<i64> = rows.iter().map(|row| signed(row.version)).collect();
    let times: Vec<i64> = rows.iter().map(|row| row.at).collect();
    let by: Vec<&String> = rows.iter().map(|row| &row.by).collect();
    let sums: Vec<i64> = rows.iter().map(|row| row.sum.into()).collect();
    let bodies: Vec<Option<&String>> = rows.iter().map(|row| row.body.as_ref()).collect();
    let columns = [&kinds as _, &ids as _, &versions as _, &times as _, &by as _, &sums as _];
    let columns: Vec<_> = columns.into_iter().chain([&bodies as _]).collect();
    transaction.execute(&sql, &columns).await.map(|_| ())
}

pub(super) async fn put_entries(
    transaction: &Transaction<'_>,
    rows: &[&EntryRow],
) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = "INSERT INTO wangge.log (seq, kind, id, version, at_ms, who, action, sum, body)
         SELECT seq, kind, id, version, at_ms, who, action, sum, body::json FROM unnest(
             $1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[],
             $7::text[], $8::bigint[], $9::text[])
             AS new (seq, kind, id, version, at_ms, who, action, sum, body)";
    let sql = transaction.prepare_cached(sql).await?;
    let numbers: Vec<i64> = rows.iter().map(|row| signed(row.seq)).collect();
    let kinds: Vec<&String> = rows.iter().map(|row| &row.kind).collect();
    let ids: Vec<&String> = rows.iter().map(|row| &row.id).collect();
    let versions: Vec<i64> = rows.iter().map(|row| signed(row.version)).collect();
    let times: Vec<i64> = rows.iter().map(|row| row.at).collect();
    let by: Vec<&String> = rows.iter().map(|row| &row.by).collect();
    let actions: Vec<&String> = rows.iter().map(|row| &row.action).collect();
    let sums: Vec<i64> = rows.iter().map(|row| row.sum.into()).collect();
    let bodies: Vec<&String> = rows.iter().map(|row| &row.body).collect();
    let key = [&numbers as _, &kinds as _, &ids as _, &versions as _, &times as _, &by as _];
    let columns: Vec<_> =
        key.into_iter().chain([&actions as _, &sums as _, &bodies as _]).collect();
    transaction.execute(&sql, &columns).await.map(|_| ())
}

pub(super) async fn put_shapes(
    transaction: &Transaction<'_>,
    rows: &[&ShapeRow],
) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = "INSERT INTO wangge.shapes (kind, id, number, layer, feature, valid_from, valid_to,
             sum, properties, geojson)
         SELECT kind, id, number, layer, feature, valid_from::date, valid_to::date, sum,
             properties::json, geojson FROM unnest(
             $1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
             $8::bigint[], $9::text[], $10::text[])
             AS new (kind, id, number, layer, feature, valid_from, valid_to, sum, properties,
                 geojson)";
    let sql = transaction.prepare_cached(sql).await?;
    let kinds: Vec<&String> = rows.iter().map(|row| &row.kind).collect();
    let ids: Vec<&String> = rows.iter().map(|row| &row.id).collect();
    let numbers: Vec<i64> = rows.iter().map(|row| signed(row.number)).collect();
    let layers: Vec<&String> = rows.iter().map(|row| &row.layer).collect();
    let features: Vec<&String> = rows.iter().map(|row| &row.feature).collect();
    let from: Vec<Option<&String>> = rows.iter().map(|row| row.valid_from.as_ref()).collect();
    let to: Vec<Option<&String>> = rows.iter().map(|row| row.valid_to.as_ref()).collect();
    let sums: Vec<i64> = rows.iter().map(|row| row.sum.into()).collect();
    let properties: Vec<&String> = rows.iter().map(|row| &row.properties).collect();
    let geometries: Vec<&String> = rows.iter().map(|row| &row.geometry).collect();
    let key = [&kinds as _, &ids as _, &numbers as _, &layers as _, &features as _, &from as _];
    let rest = [&to as _, &sums as _, &properties as _, &geometries as _];
    let columns: Vec<_> = key.into_iter().chain(rest).collect();
    transaction.execute(&sql, &columns).await.map(|_| ())
}

pub(super) async fn put_counters(
    transaction: &Transaction<'_>,
    counters: Counters,
) -> Result<(), Error> {
    let sql = "UPDATE wangge.counters SET last_seq = $1, last_at_ms = $2 WHERE one";
    let sql = transaction.prepare_cached(sql).await?;
    let columns = (signed(counters.last_seq), counters.last_at);
    transaction.execute(&sql, &[&columns.0, &columns.1]).await.map(|_| ())
}

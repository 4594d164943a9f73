//! A batch from Parquet to Parquet, here or on a cluster. Rows come out in the order in which they
//! went in; a bounded number of pieces is on its way, however many there are.

use super::cluster::{NoTables, Scheduler, Session, Shares};
use super::error::EngineError;
use super::function::{LOCATE_AT, LookUp, Manner, TableOf};
use super::output::Output;
use super::plan::{plan, settings};
use super::points::{Piece, Points};
use super::table::{LookupTable, TableName};
use crate::locate::batch::Progress;
use axum::body::Bytes;
use ballista_core::extension::SessionConfigExt;
use ballista_core::serde::protobuf::PartitionLocation;
use datafusion::arrow::array::RecordBatch;
use datafusion::logical_expr::ScalarUDF;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::{StreamExt, TryStreamExt, stream};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::task::{JoinError, JoinHandle};

/// Jobs of a cluster on their way at once: while one is written the next is done.
const JOBS: usize = 2;
/// Pieces of a job for each core of the cluster, so that cores that are quicker take more.
const PIECES_A_CORE: usize = 4;
/// Times that a job is done before the batch is given up.
const TRIES: usize = 4;

/// What a batch came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EngineDone {
    /// Rows looked up.
    pub progress: Progress,
    /// Pieces that each executor did; empty without a cluster.
    pub shares: Shares,
}

/// Looks up the points of a Parquet file (or of a folder of them) with the table of these bytes, in
/// this process, on so many cores. `tell` hears how far it is.
///
/// # Errors
/// When something cannot be read or written.
pub async fn embedded(
    table: &[u8],
    manner: Manner,
    points: &Points,
    output: &Path,
    cores: usize,
    mut tell: impl FnMut(&Progress),
) -> Result<EngineDone, EngineError> {
    let table = Arc::new(LookupTable::from_bytes(table)?);
    let function = function(TableOf::Held(table), manner);
    let context = SessionContext::new_with_config(settings(SessionConfig::new())).task_ctx();
    let plan = plan(points, &points.pieces, &function)?;
    let mut output = Output::create(output, points)?;
    // Each piece on a task of its own, so that all cores are used.
    let piece = |n: usize| {
        let (plan, context) = (Arc::clone(&plan), Arc::clone(&context));
        AbortOnDrop(tokio::spawn(async move {
            let rows: Vec<RecordBatch> = plan.execute(n, context)?.try_collect().await?;
            Ok::<_, EngineError>(rows)
        }))
    };
    let mut pieces = stream::iter(0..points.pieces.len()).map(piece).buffered(cores.max(1));
    while let Some(rows) = pieces.next().await {
        for rows in &joined(rows)? {
            output.write(rows)?;
        }
        tell(&output.progress());
    }
    Ok(EngineDone { progress: output.finish()?, shares: Shares::new() })
}

/// Looks up the points on the cluster of a scheduler at `HOST:PORT`. The files of the points must be
/// there at the same path on every executor. `tell` hears how far it is.
///
/// # Errors
/// When something cannot be read or written, or the cluster cannot do it.
pub async fn on_cluster(
    address: &str,
    table: Vec<u8>,
    manner: Manner,
    points: &Points,
    output: &Path,
    mut tell: impl FnMut(&Progress),
) -> Result<EngineDone, EngineError> {
    let scheduler = Scheduler::meet(address).await?;
    let cores = scheduler.cores().await?;
    let name = TableName::of(&table);
    scheduler.bring(name, Bytes::from(table)).await?;
    let session = scheduler.session(settings(SessionConfig::new_with_ballista())).await?;
    let jobs = Jobs {
        points,
        session,
        function: function(TableOf::Named(name, Arc::new(NoTables)), manner),
    };
    let mut output = Output::create(output, points)?;
    let mut shares = Shares::new();
    let pieces: Vec<&[Piece]> = points.pieces.chunks((cores * PIECES_A_CORE).max(16)).collect();
    let mut running = stream::iter(&pieces).map(|pieces| jobs.start(pieces)).buffered(JOBS);
    for pieces in &pieces {
        let Some(done) = running.next().await else { break };
        for executor in jobs.write(pieces, joined(done)?, &mut output).await? {
            *shares.entry(executor).or_default() += 1;
        }
        tell(&output.progress());
    }
    drop(running);
    let progress = output.finish()?;
    jobs.session.end().await;
    Ok(EngineDone { progress, shares })
}

/// The jobs of a batch on a cluster.
struct Jobs<'p> {
    points: &'p Points,
    session: Session,
    function: Arc<ScalarUDF>,
}

type Partitions = Result<Vec<PartitionLocation>, EngineError>;

impl Jobs<'_> {
    /// Begins a job; it goes on while the results of the one before are written.
    fn start(&self, pieces: &[Piece]) -> AbortOnDrop<Partitions> {
        let (session, plan) = (self.session.clone(), plan(self.points, pieces, &self.function));
        AbortOnDrop(tokio::spawn(async move { session.run(plan?).await }))
    }

    /// Writes the rows of a job. What has been lost since it was done is done again. Gives the
    /// executor of each piece.
    async fn write(
        &self,
        pieces: &[Piece],
        mut partitions: Vec<PartitionLocation>,
        output: &mut Output,
    ) -> Result<Vec<String>, EngineError> {
        let before = output.progress().rows;
        for tries_left in (0..TRIES).rev() {
            match self.fetch(&partitions, before, output).await {
                Ok(()) => break,
                Err(error @ EngineError::Output { .. }) => return Err(error),
                Err(error) if tries_left == 0 => return Err(error),
                Err(error) => tracing::warn!(%error, "results were lost; the job is done again"),
            }
            partitions = joined(self.start(pieces).await)?;
        }
        let (asked, written) =
            (pieces.iter().map(|piece| piece.rows).sum::<u64>(), output.progress().rows - before);
        if asked != written {
            let detail = format!("{asked} rows were looked up, and {written} came back");
            return Err(self.session.failed(detail));
        }
        self.session.forget(&partitions).await;
        let executors = partitions.into_iter().filter_map(|p| p.executor_meta);
        Ok(executors.map(|executor| executor.id).collect())
    }

    /// Writes the rows of partitions, but for those that were written already.
    async fn fetch(
        &self,
        partitions: &[PartitionLocation],
        before: u64,
        output: &mut Output,
    ) -> Result<(), EngineError> {
        let mut written = output.progress().rows - before;
        for partition in partitions {
            let mut stream = self.session.fetch(partition).await?;
            while let Some(rows) = stream.try_next().await? {
                let known = written.min(rows.num_rows() as u64);
                written -= known;
                // A batch has fewer rows than fit in memory.
                let known = known as usize;
                if known < rows.num_rows() {
                    output.write(&rows.slice(known, rows.num_rows() - known))?;
                }
            }
        }
        Ok(())
    }
}

/// A task that ends with whoever waits for it.
struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<T> Future for AbortOnDrop<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context)
    }
}

fn joined<T>(done: Result<Result<T, EngineError>, JoinError>) -> Result<T, EngineError> {
    done.unwrap_or_else(|error| Err(EngineError::Setting(format!("a worker died: {error}"))))
}

/// The function whose record a batch adds.
#[allow(clippy::unwrap_used)] // LOCATE_AT is one of the names, so there is one
fn function(table: TableOf, manner: Manner) -> Arc<ScalarUDF> {
    Arc::new(LookUp::named(LOCATE_AT, table, manner).unwrap())
}

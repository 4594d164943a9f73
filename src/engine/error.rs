//! What can go wrong.

use super::table::TableName;
use crate::index::IndexFileError;
use crate::locate::batch::BatchError;
use datafusion::error::DataFusionError;
use std::path::PathBuf;

/// Why bytes are no table.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// They end too early.
    #[error("the look-up table is cut short")]
    Short,
    /// They are something else.
    #[error("these bytes are no look-up table: {0}")]
    Malformed(&'static str),
    /// They were written by another version.
    #[error(
        "the look-up table has form {found}, and this program knows {known}: run one version of wangge on all machines"
    )]
    OtherForm {
        /// What they say.
        found: u64,
        /// What is known.
        known: u64,
    },
    /// An index in it cannot be used.
    #[error("an index of the look-up table cannot be used: {0}")]
    Index(#[from] IndexFileError),
    /// They are another table than was asked for.
    #[error("the look-up table came as {found} where {asked} was asked for")]
    OtherTable {
        /// The name asked for.
        asked: TableName,
        /// The digest of what came.
        found: TableName,
    },
}

/// Why a batch could not be looked up.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The points cannot be read.
    #[error("{file}: {detail}")]
    Input {
        /// The file.
        file: PathBuf,
        /// What is wrong, and what to do.
        detail: String,
    },
    /// The points have no columns of numbers for a place, or too many.
    #[error("{file}: {source}")]
    Columns {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        source: BatchError,
    },
    /// The result cannot be written.
    #[error("{file} cannot be written: {detail}")]
    Output {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// The scheduler does not answer, or is none.
    #[error("no wangge scheduler answers at {address}: {detail}")]
    NoScheduler {
        /// Where it was looked for.
        address: String,
        /// What happened.
        detail: String,
    },
    /// The scheduler is of another version.
    #[error(
        "the scheduler at {address} runs wangge {theirs}, this is {ours}: run one version on all machines"
    )]
    OtherVersion {
        /// The scheduler.
        address: String,
        /// Its version.
        theirs: String,
        /// This program's.
        ours: String,
    },
    /// Nobody is there to do the work.
    #[error(
        "no executor has come to the scheduler at {address} within {seconds} s: start some with `wangge cluster executor --scheduler {address}`"
    )]
    NoExecutor {
        /// The scheduler.
        address: String,
        /// How long was waited.
        seconds: u64,
    },
    /// The cluster could not do the work.
    #[error("the cluster at {address} could not do the work: {detail}")]
    Cluster {
        /// The scheduler.
        address: String,
        /// What it says.
        detail: String,
    },
    /// An address or a folder of a process of the cluster cannot be used.
    #[error("{0}")]
    Setting(String),
    /// The table cannot be used.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The engine says so.
    #[error("the query engine: {0}")]
    Engine(#[from] DataFusionError),
}

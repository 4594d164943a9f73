//! Many look-ups: rows of CSV, NDJSON or Parquet, each with the grid, branch and compound of its
//! place or address appended, in the order and with all the columns that came in.
//!
//! # The way of a row
//! 1. text is brought to bytes in which rows can be cut ([`source`]) and cut into pieces of whole
//!    rows ([`text`]); Parquet comes in row groups ([`parquet`]);
//! 2. a worker reads what each row of a piece asks ([`csv`], [`ndjson`], [`question`]);
//! 3. the questions are answered block by block ([`lookup`]);
//! 4. the rows go out as the bytes that they were, with the answers behind them, in order
//!    ([`pipeline`]).
//!
//! Memory holds a few pieces a worker, whatever the length of the input. A row that cannot be read
//! goes out with a [`Reason`] and no answer.

mod columns;
mod csv;
mod error;
mod lookup;
mod ndjson;
mod parquet;
mod pipeline;
mod question;
mod reason;
mod scan;
mod source;
mod table;
mod text;

pub use columns::{ADDED, ColumnNames};
pub use error::BatchError;
pub use parquet::locate_parquet;
pub use reason::Reason;
pub use table::{BatchOptions, TextForm, locate_text};
pub use text::LONGEST_ROW;

use std::io;

/// How far a batch is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Progress {
    /// How much of the input is done: bytes of its text (in UTF-8 where it is UTF-16), or row
    /// groups.
    pub input: u64,
    /// Rows done.
    pub rows: u64,
    /// Rows of which the place or address was read, and no grid found.
    pub nowhere: u64,
    /// Rows with a reason.
    pub unreadable: u64,
}

/// Where answered rows go.
pub trait Sink {
    /// Takes the bytes of rows.
    ///
    /// # Errors
    /// When they cannot be written; the batch ends then.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Learns how far the batch is: all rows of `progress`, and no more, have been written.
    /// `state` gives what a run that goes on from here needs besides (see [`Done`]).
    ///
    /// # Errors
    /// When that cannot be kept; the batch ends then.
    fn tell(&mut self, progress: &Progress, state: &dyn Fn() -> Vec<u8>) -> io::Result<()>;

    /// Learns how large [`Progress::input`] will be at the end, where that is known.
    fn expect(&mut self, _input: u64) {}
}

/// What a run that was cut off has done, as its sink was told.
#[derive(Clone, Debug, Default)]
pub struct Done {
    /// How far it was.
    pub progress: Progress,
    /// What it had to keep besides.
    pub state: Vec<u8>,
}

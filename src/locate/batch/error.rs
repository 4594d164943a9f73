//! Why a batch could not be done. What is wrong with single rows is no error but their reason.

use parquet::errors::ParquetError;
use std::io;

/// Why a batch could not be done. The caller knows the names of the files and puts them before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// The input cannot be read.
    #[error("the input cannot be read: {0}")]
    Read(io::Error),
    /// The output cannot be written.
    #[error("the output cannot be written: {0}")]
    Write(#[source] io::Error),
    /// There is not even a header.
    #[error(
        "the input is empty. A table begins with the names of its columns, NDJSON has one object \
         a line"
    )]
    Empty,
    /// No column says where a row is.
    #[error(
        "no column says where a row is: it has {found}. Name the columns `lon` and `lat` (经度, \
         纬度), or `address` (地址), or say which they are"
    )]
    NoPlace {
        /// The columns.
        found: String,
    },
    /// One of the two columns of a place is missing.
    #[error(
        "no column for the {missing}: it has {found}. Name the column `{name}`, or say which it is"
    )]
    HalfAPlace {
        /// `longitude` or `latitude`.
        missing: &'static str,
        /// The canonical name.
        name: &'static str,
        /// The columns.
        found: String,
    },
    /// A column that was named is not there.
    #[error("there is no column `{name}`: it has {found}")]
    NoColumn {
        /// The name.
        name: String,
        /// The columns.
        found: String,
    },
    /// A column that the answer adds is there already.
    #[error(
        "column `{0}` is there already, and the answer adds one of this name. Rename or drop it"
    )]
    ColumnTaken(String),
    /// A column that cannot hold what it should.
    #[error("column `{column}` is {found}; it should be {should_be}")]
    ColumnType {
        /// The column.
        column: String,
        /// Its type.
        found: String,
        /// What can be read.
        should_be: &'static str,
    },
    /// Columns that cannot be told apart as members of an object.
    #[error(
        "two columns are named `{0}`, which the members of a JSON object cannot be. Rename one"
    )]
    SameName(String),
    /// A row of more bytes than a row may have.
    #[error(
        "byte {byte} (line {line}): a row of more than {} MiB. Is it the right separator, and text?",
        limit >> 20
    )]
    RowTooLong {
        /// Where the row begins, from 0.
        byte: u64,
        /// Its line, from 1.
        line: u64,
        /// The most bytes of a row.
        limit: usize,
    },
    /// The header cannot be read.
    #[error("the header cannot be read: {0}")]
    Header(&'static str),
    /// A Parquet file that is damaged, or uses what cannot be read.
    #[error("the Parquet file cannot be read: {0}")]
    Parquet(#[from] ParquetError),
    /// A row group of more rows than fit in memory.
    #[error(
        "row group {number} has {rows} rows; more than {limit} do not fit in memory. Write the \
         file with smaller row groups"
    )]
    RowGroupTooLarge {
        /// Number, from 0.
        number: usize,
        /// Its rows.
        rows: i64,
        /// The most that are read.
        limit: i64,
    },
    /// GeoParquet in a reference system that is not known.
    #[error(
        "the geometry is in {0}, which is not known. Say which it is with --crs, or convert it"
    )]
    Crs(String),
}

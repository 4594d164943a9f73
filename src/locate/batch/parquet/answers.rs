//! The answer's columns of a row group.

use super::schema;
use crate::check::Language;
use crate::locate::batch::Progress;
use crate::locate::batch::reason::Reason;
use crate::locate::{Locator, MatchKind, Owners};
use ::parquet::basic::Compression;
use ::parquet::data_type::{ByteArray, ByteArrayType};
use ::parquet::errors::{ParquetError, Result};
use ::parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use ::parquet::file::properties::{EnabledStatistics, WriterProperties};
use ::parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use bytes::Bytes;
use std::io::Write;
use std::sync::Arc;

/// Cells that are handed to the encoder at once.
const BLOCK: usize = 4096;

/// The texts that the columns hold, by position.
pub struct Tables {
    keys: [Vec<ByteArray>; 3],
    language: Language,
}

impl Tables {
    /// The keys of a dataset, and the language of reasons.
    pub fn new(locator: &Locator, language: Language) -> Self {
        Self {
            keys: locator.all_keys().map(|keys| keys.into_iter().map(ByteArray::from).collect()),
            language,
        }
    }
}

/// Answers as they are made.
pub struct Columns {
    owners: [Vec<u32>; 3],
    kinds: Vec<MatchKind>,
    /// Row and reason of those that have one.
    reasons: Vec<(u32, Reason)>,
    progress: Progress,
}

/// The columns encoded: a Parquet file of one row group in memory.
pub struct Answers {
    /// The file.
    pub bytes: Bytes,
    /// What its rows came to.
    pub progress: Progress,
    described: ParquetMetaData,
}

impl Answers {
    /// The chunks of the columns, in order.
    pub fn chunks(&self) -> &[ColumnChunkMetaData] {
        self.described.row_group(0).columns()
    }
}

impl Columns {
    /// For so many rows.
    pub fn with_capacity(rows: usize) -> Self {
        Self {
            owners: [(); 3].map(|()| Vec::with_capacity(rows)),
            kinds: Vec::with_capacity(rows),
            reasons: Vec::new(),
            progress: Progress::default(),
        }
    }

    /// Rows so far.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Adds the answer to the next row.
    pub fn push(&mut self, owners: Owners, reason: Option<Reason>) {
        self.progress.count_kind(owners.kind, reason.is_some());
        if let Some(reason) = reason {
            self.reasons.push((self.kinds.len() as u32, reason));
        }
        for (column, owner) in
            self.owners.iter_mut().zip([owners.grid, owners.branch, owners.compound])
        {
            column.push(owner);
        }
        self.kinds.push(owners.kind);
    }

    /// Encodes the columns, each dropped when it is done.
    ///
    /// # Errors
    /// Of the encoder.
    pub fn encode(self, tables: &Tables) -> Result<Answers> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .build();
        let mut file =
            SerializedFileWriter::new(Vec::new(), schema::answers()?, Arc::new(properties))?;
        let mut group = file.next_row_group()?;
        for (owners, keys) in self.owners.into_iter().zip(&tables.keys) {
            let cell = |row: usize| keys.get(owners[row] as usize).cloned();
            write_column(&mut group, owners.len(), cell)?;
        }
        // In the order of the enum, so that a kind is its own index.
        let kinds = [
            MatchKind::Inside,
            MatchKind::Border,
            MatchKind::Exact,
            MatchKind::Alias,
            MatchKind::Fuzzy,
            MatchKind::Nearest,
            MatchKind::None,
        ]
        .map(|kind| ByteArray::from(kind.name()));
        let kind = |row: usize| kinds.get(self.kinds[row] as usize).cloned();
        write_column(&mut group, self.kinds.len(), kind)?;
        let mut reasons = self.reasons.iter().peekable();
        let reason = |row: usize| {
            let (_, reason) = reasons.next_if(|(at, _)| *at as usize == row)?;
            Some(ByteArray::from(reason.words(tables.language).as_str()))
        };
        write_column(&mut group, self.kinds.len(), reason)?;
        group.close()?;
        let described = file.finish()?;
        let bytes = std::mem::take(file.inner_mut());
        Ok(Answers { bytes: bytes.into(), progress: self.progress, described })
    }
}

/// Writes the next column from the cells of rows in turn.
fn write_column<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    rows: usize,
    mut cell: impl FnMut(usize) -> Option<ByteArray>,
) -> Result<()> {
    let missing = || ParquetError::General("a column without a place in the schema".to_owned());
    let mut column = group.next_column()?.ok_or_else(missing)?;
    let (mut values, mut levels) = (Vec::with_capacity(BLOCK), Vec::with_capacity(BLOCK));
    for begin in (0..rows).step_by(BLOCK) {
        values.clear();
        levels.clear();
        for row in begin..rows.min(begin + BLOCK) {
            let value = cell(row);
            levels.push(i16::from(value.is_some()));
            values.extend(value);
        }
        column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None)?;
    }
    column.close()
}

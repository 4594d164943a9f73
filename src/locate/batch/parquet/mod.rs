//! Rows of Parquet. The column chunks go out as the bytes that they were, so every column keeps
//! its type, encoding and compression; each row group gets the answer's columns behind its own.
//!
//! Page indexes and Bloom filters of the input are left out: both only speed up later reading.

mod answers;
mod cells;
mod places;
mod schema;
mod wkb;

use super::error::BatchError;
use super::lookup::{Lookup, Scratch};
use super::pipeline;
use super::question::Question;
use super::table::BatchOptions;
use super::{Done, Progress, Sink};
use crate::locate::{Locator, MatchKind};
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::{
    ColumnChunkMetaData, FileMetaData, ParquetMetaData, ParquetMetaDataBuilder,
    ParquetMetaDataReader, ParquetMetaDataWriter, RowGroupMetaData,
};
use ::parquet::file::reader::{ChunkReader, FileReader, SerializedFileReader};
use ::parquet::file::writer::TrackedWrite;
use answers::{Answers, Tables};
use bytes::Bytes;
use places::{Places, RowReader};
use std::io::Read;
use std::sync::Arc;

/// The most rows of a row group: its answers take 13 bytes a row in memory.
const MOST_ROWS: i64 = 1 << 27;
/// Rows that are looked up together: enough to be worth sorting.
const BLOCK_ROWS: usize = 1 << 17;
/// Bytes copied at once.
const COPY: usize = 1 << 20;
/// First and last bytes of a Parquet file.
const MAGIC: &[u8; 4] = b"PAR1";

/// Answers every row of a Parquet file. With `done`, what a run that was cut off has told its
/// sink, it goes on behind that: then the sink already has what that run has written.
///
/// # Errors
/// When the file cannot be read or has no place, or the sink cannot be written.
pub fn locate_parquet<R: ChunkReader + 'static>(
    input: R,
    locator: &Locator,
    options: &BatchOptions,
    done: Option<&Done>,
    sink: &mut impl Sink,
) -> Result<Progress, BatchError> {
    let input = Arc::new(input);
    let reader = SerializedFileReader::new(Shared(Arc::clone(&input)))?;
    let own = reader.metadata();
    check_groups(own, input.len())?;
    let places = Places::find(own, options)?;
    let file = schema::with_answers(own.file_metadata())?;
    let rows = u64::try_from(own.file_metadata().num_rows()).unwrap_or(0);
    let lookup = Lookup::new(locator, options.on, rows);
    let tables = Tables::new(locator, options.language);
    let mut output = Output::begin(file, done, sink)?;
    sink.expect(own.num_row_groups() as u64);
    let mut groups = output.progress.input as usize..own.num_row_groups();
    // Few groups leave processors idle unless each is shared out.
    let threads = options.threads.min(groups.len()).max(1);
    let next = || Ok(groups.next());
    let work = |number: usize| {
        let group = Group { number, reader: &reader, places: &places, lookup: &lookup };
        group.answer(&tables, options.threads / threads)
    };
    pipeline::run(threads, next, work, |answers: Result<Answers, BatchError>| {
        let answers = answers?;
        let number = output.progress.input as usize;
        output.add(&*input, own.row_group(number), &answers, sink)?;
        sink.tell(&output.progress, &|| output.state()).map_err(BatchError::Write)
    })?;
    output.finish(sink)
}

/// A reader that is shared.
struct Shared<R>(Arc<R>);

impl<R: ChunkReader> ::parquet::file::reader::Length for Shared<R> {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl<R: ChunkReader> ChunkReader for Shared<R> {
    type T = R::T;

    fn get_read(&self, start: u64) -> ::parquet::errors::Result<R::T> {
        self.0.get_read(start)
    }

    fn get_bytes(&self, start: u64, length: usize) -> ::parquet::errors::Result<Bytes> {
        self.0.get_bytes(start, length)
    }
}

/// Refuses files whose footer cannot be true, before anything trusts its numbers.
fn check_groups(file: &ParquetMetaData, bytes: u64) -> Result<(), BatchError> {
    let mut rows = 0_i64;
    for (number, group) in file.row_groups().iter().enumerate() {
        if !(0..=MOST_ROWS).contains(&group.num_rows()) {
            let (rows, limit) = (group.num_rows(), MOST_ROWS);
            return Err(BatchError::RowGroupTooLarge { number, rows, limit });
        }
        rows += group.num_rows();
        for column in group.columns() {
            let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
            let end = start.checked_add(column.compressed_size());
            let fits = start >= 0
                && column.compressed_size() >= 0
                && end.is_some_and(|end| end as u64 <= bytes);
            if !fits {
                let name = column.column_path().string();
                return Err(damaged(format!("column `{name}` of row group {number} lies outside")));
            }
        }
    }
    if rows != file.file_metadata().num_rows() {
        return Err(damaged("the row groups have not as many rows as the file".to_owned()));
    }
    Ok(())
}

fn damaged(detail: String) -> BatchError {
    BatchError::Parquet(ParquetError::General(detail))
}

/// A row group to be answered.
struct Group<'g, R: ChunkReader + 'static> {
    number: usize,
    reader: &'g SerializedFileReader<Shared<R>>,
    places: &'g Places,
    lookup: &'g Lookup<'g>,
}

impl<R: ChunkReader + 'static> Group<'_, R> {
    /// Answers the rows; look-ups are shared out among `threads`.
    fn answer(&self, tables: &Tables, threads: usize) -> Result<Answers, BatchError> {
        let group = self.reader.get_row_group(self.number)?;
        let rows = group.metadata().num_rows() as usize;
        let mut reader = RowReader::new(self.places, &*group)?;
        let mut answers = answers::Columns::with_capacity(rows);
        let block = BLOCK_ROWS;
        let mut questions: Vec<Question> = Vec::with_capacity(block);
        while answers.len() < rows {
            reader.read(block.min(rows - answers.len()), &mut questions)?;
            if questions.is_empty() {
                return Err(damaged(format!("row group {} ends too early", self.number)));
            }
            self.answer_block(&mut questions, threads, &mut answers);
        }
        Ok(answers.encode(tables)?)
    }

    fn answer_block(
        &self,
        questions: &mut Vec<Question>,
        threads: usize,
        answers: &mut answers::Columns,
    ) {
        if threads <= 1 {
            let mut scratch = Scratch::default();
            self.lookup.answer(questions, &mut scratch, |_, owners, reason| {
                answers.push(owners, reason);
            });
            return;
        }
        let share = questions.len().div_ceil(threads);
        let mut parts: Vec<Vec<Question>> = Vec::new();
        while !questions.is_empty() {
            let rest = questions.split_off(share.min(questions.len()));
            parts.push(std::mem::replace(questions, rest));
        }
        std::thread::scope(|scope| {
            let answer = |mut part: Vec<Question>| {
                let mut found = Vec::with_capacity(part.len());
                self.lookup.answer(&mut part, &mut Scratch::default(), |_, owners, reason| {
                    found.push((owners, reason));
                });
                found
            };
            let workers: Vec<_> =
                parts.into_iter().map(|part| scope.spawn(move || answer(part))).collect();
            for worker in workers {
                let found = worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                found.into_iter().for_each(|(owners, reason)| answers.push(owners, reason));
            }
        });
    }
}

/// The file in the making: what has been written of it, for its footer.
struct Output {
    file: FileMetaData,
    groups: Vec<RowGroupMetaData>,
    bytes: u64,
    progress: Progress,
}

impl Output {
    fn begin(
        file: FileMetaData,
        done: Option<&Done>,
        sink: &mut impl Sink,
    ) -> Result<Self, BatchError> {
        let mut output = Self { file, groups: Vec::new(), bytes: 0, progress: Progress::default() };
        match done {
            None => output.write(MAGIC, sink)?,
            Some(done) => {
                output.progress = done.progress;
                let (bytes, footer) = done
                    .state
                    .split_first_chunk::<8>()
                    .ok_or_else(|| damaged("what was kept of the run is too short".to_owned()))?;
                output.bytes = u64::from_le_bytes(*bytes);
                let footer = Bytes::copy_from_slice(footer);
                let kept = ParquetMetaDataReader::new().parse_and_finish(&footer)?;
                output.groups = kept.row_groups().to_vec();
            }
        }
        Ok(output)
    }

    /// Adds a row group: the input's chunks as they are, the answer's behind them.
    fn add(
        &mut self,
        input: &impl ChunkReader,
        own: &RowGroupMetaData,
        answers: &Answers,
        sink: &mut impl Sink,
    ) -> Result<(), BatchError> {
        let mut chunks = Vec::with_capacity(own.num_columns() + answers.chunks().len());
        for chunk in own.columns() {
            chunks.push(self.copy(input, chunk, sink)?);
        }
        for chunk in answers.chunks() {
            chunks.push(self.copy(&answers.bytes, chunk, sink)?);
        }
        let size = chunks.iter().map(ColumnChunkMetaData::uncompressed_size).sum();
        let mut group = RowGroupMetaData::builder(self.file.schema_descr_ptr())
            .set_num_rows(own.num_rows())
            .set_total_byte_size(size)
            .set_sorting_columns(own.sorting_columns().cloned())
            .set_column_metadata(chunks);
        if let Ok(ordinal) = i16::try_from(self.groups.len()) {
            group = group.set_ordinal(ordinal);
        }
        self.groups.push(group.build()?);
        self.progress.add(Progress { input: self.progress.input + 1, ..answers.progress });
        Ok(())
    }

    /// Copies a column chunk; its description at its new place.
    fn copy(
        &mut self,
        from: &impl ChunkReader,
        chunk: &ColumnChunkMetaData,
        sink: &mut impl Sink,
    ) -> Result<ColumnChunkMetaData, BatchError> {
        let (start, length) = chunk.byte_range();
        let moved = |offset: i64| offset - start as i64 + self.bytes as i64;
        let copied = chunk
            .clone()
            .into_builder()
            .set_data_page_offset(moved(chunk.data_page_offset()))
            .set_dictionary_page_offset(chunk.dictionary_page_offset().map(moved))
            .set_index_page_offset(None)
            .set_bloom_filter_offset(None)
            .set_bloom_filter_length(None)
            .set_offset_index_offset(None)
            .set_offset_index_length(None)
            .set_column_index_offset(None)
            .set_column_index_length(None)
            .build()?;
        let mut reader = from.get_read(start)?.take(length);
        let mut block = vec![0; COPY.min(length as usize)];
        let mut left = length as usize;
        while left > 0 {
            let wanted = left.min(block.len());
            reader.read_exact(&mut block[..wanted]).map_err(BatchError::Read)?;
            self.write(&block[..wanted], sink)?;
            left -= wanted;
        }
        Ok(copied)
    }

    fn write(&mut self, bytes: &[u8], sink: &mut impl Sink) -> Result<(), BatchError> {
        self.bytes += bytes.len() as u64;
        sink.write(bytes).map_err(BatchError::Write)
    }

    /// The description of what has been written.
    fn described(&self) -> ParquetMetaData {
        let rows = self.groups.iter().map(RowGroupMetaData::num_rows).sum();
        let file = FileMetaData::new(
            self.file.version(),
            rows,
            self.file.created_by().map(str::to_owned),
            self.file.key_value_metadata().cloned(),
            self.file.schema_descr_ptr(),
            self.file.column_orders().cloned(),
        );
        ParquetMetaDataBuilder::new(file).set_row_groups(self.groups.clone()).build()
    }

    fn footer(&self) -> Result<Vec<u8>, ParquetError> {
        let mut footer = Vec::new();
        let described = self.described();
        ParquetMetaDataWriter::new_with_tracked(TrackedWrite::new(&mut footer), &described)
            .finish()?;
        Ok(footer)
    }

    /// What a run needs that goes on from here: the bytes written and a footer of them. Empty,
    /// and so refused then, should the footer not be writable.
    fn state(&self) -> Vec<u8> {
        let Ok(footer) = self.footer() else { return Vec::new() };
        let mut state = self.bytes.to_le_bytes().to_vec();
        state.extend(footer);
        state
    }

    fn finish(mut self, sink: &mut impl Sink) -> Result<Progress, BatchError> {
        let footer = self.footer()?;
        self.write(&footer, sink)?;
        Ok(self.progress)
    }
}

impl Progress {
    fn count_kind(&mut self, kind: MatchKind, is_unreadable: bool) {
        self.rows += 1;
        if is_unreadable {
            self.unreadable += 1;
        } else if kind == MatchKind::None {
            self.nowhere += 1;
        }
    }
}

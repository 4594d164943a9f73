//! The result: one Parquet file with the columns of the points and the answer's after them.

use super::error::EngineError;
use super::plan::result_schema;
use super::points::Points;
use crate::locate::batch::Progress;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::Compression;
use datafusion::parquet::file::properties::WriterProperties;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Rows of a row group of the result.
const ROWS_OF_A_GROUP: usize = 131_072;

/// The result, open for writing. It gets its name when it is whole.
pub struct Output {
    path: PathBuf,
    part: PathBuf,
    schema: SchemaRef,
    writer: Option<ArrowWriter<File>>,
    progress: Progress,
}

impl Output {
    /// A result for these points. A file of this name is replaced when the result is whole.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(path: &Path, points: &Points) -> Result<Self, EngineError> {
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let schema = result_schema(points);
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(ROWS_OF_A_GROUP))
            .set_key_value_metadata(Some(points.notes.clone()))
            .build();
        let file = File::create(&part).map_err(|e| failed(&part, e))?;
        let writer = ArrowWriter::try_new(file, SchemaRef::clone(&schema), Some(properties));
        let writer = writer.map_err(|e| failed(&part, e))?;
        Ok(Self {
            path: path.to_owned(),
            part,
            schema,
            writer: Some(writer),
            progress: Progress::default(),
        })
    }

    /// Rows written.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// Writes rows whose last column is the record of the answer.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write(&mut self, rows: &RecordBatch) -> Result<(), EngineError> {
        let Some((answer, own)) = rows.columns().split_last() else { return Ok(()) };
        let answer = answer.as_struct().columns();
        self.count(answer);
        let columns: Vec<ArrayRef> = own.iter().chain(answer).cloned().collect();
        let rows = RecordBatch::try_new(SchemaRef::clone(&self.schema), columns);
        let rows = rows.map_err(|e| failed(&self.part, e))?;
        if let Some(writer) = &mut self.writer {
            writer.write(&rows).map_err(|e| failed(&self.part, e))?;
        }
        self.progress.rows += rows.num_rows() as u64;
        Ok(())
    }

    fn count(&mut self, answer: &[ArrayRef]) {
        let (Some(grids), Some(reasons)) = (answer.first(), answer.last()) else { return };
        let unreadable = reasons.len() - reasons.null_count();
        self.progress.unreadable += unreadable as u64;
        // A row with a reason has no grid.
        self.progress.nowhere += (grids.null_count() - unreadable) as u64;
    }

    /// Closes the file and gives it its name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> Result<Progress, EngineError> {
        if let Some(writer) = &mut self.writer {
            writer.finish().map_err(|e| failed(&self.part, e))?;
            fs::rename(&self.part, &self.path).map_err(|e| failed(&self.path, e))?;
        }
        // Until here the half result is removed when this is dropped.
        self.writer = None;
        Ok(self.progress)
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if self.writer.take().is_some() {
            // Half a result is none; that it could not be removed changes nothing.
            let _ = fs::remove_file(&self.part);
        }
    }
}

fn failed(file: &Path, detail: impl ToString) -> EngineError {
    EngineError::Output { file: file.to_owned(), detail: detail.to_string() }
}

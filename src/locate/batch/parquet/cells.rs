//! Cells of a column as numbers, texts or bytes, whatever type they are stored as.

use crate::locate::batch::error::BatchError;
use ::parquet::basic::{ConvertedType, LogicalType};
use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use ::parquet::data_type::{ByteArray, DataType};
use ::parquet::errors::{ParquetError, Result};
use ::parquet::schema::types::ColumnDescriptor;

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// `null`.
    Null,
    /// A number.
    Number(f64),
    /// A text, or a geometry's bytes.
    Bytes(ByteArray),
}

/// A column that is read from its beginning.
pub struct Cells {
    reader: ColumnReader,
    /// Definition level of a cell that is not null.
    whole: i16,
    /// What a stored whole number is divided by.
    scale: Option<f64>,
    levels: Vec<i16>,
}

impl Cells {
    /// Over a column of a row group.
    pub fn new(reader: ColumnReader, column: &ColumnDescriptor) -> Self {
        Self {
            reader,
            whole: column.max_def_level(),
            scale: decimal_scale(column).map(|scale| 10_f64.powi(scale)),
            levels: Vec::new(),
        }
    }

    /// Appends the next `rows` cells, or as many as are left.
    ///
    /// # Errors
    /// When a page is damaged.
    pub fn read(&mut self, rows: usize, cells: &mut Vec<Cell>) -> Result<()> {
        let Self { reader, whole, scale, levels } = self;
        let (whole, scale) = (*whole, *scale);
        let divided = |number: f64| Cell::Number(scale.map_or(number, |scale| number / scale));
        let bytes = |value: ByteArray| match scale {
            Some(_) => divided(big_endian(value.data())),
            None => Cell::Bytes(value),
        };
        match reader {
            ColumnReader::DoubleColumnReader(r) => {
                fill(r, rows, whole, levels, cells, Cell::Number)
            }
            ColumnReader::FloatColumnReader(r) => {
                fill(r, rows, whole, levels, cells, |x| Cell::Number(f64::from(x)))
            }
            ColumnReader::Int32ColumnReader(r) => {
                fill(r, rows, whole, levels, cells, |x| divided(f64::from(x)))
            }
            ColumnReader::Int64ColumnReader(r) => {
                fill(r, rows, whole, levels, cells, |x| divided(x as f64))
            }
            ColumnReader::ByteArrayColumnReader(r) => fill(r, rows, whole, levels, cells, bytes),
            ColumnReader::FixedLenByteArrayColumnReader(r) => {
                fill(r, rows, whole, levels, cells, |x| bytes(x.into()))
            }
            ColumnReader::BoolColumnReader(_) | ColumnReader::Int96ColumnReader(_) => {
                Err(ParquetError::General("a column of truth values or times".to_owned()))
            }
        }
    }
}

/// Reads cells of a column without repetition.
fn fill<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    whole: i16,
    levels: &mut Vec<i16>,
    cells: &mut Vec<Cell>,
    cell: impl Fn(T::T) -> Cell,
) -> Result<()> {
    let mut left = rows;
    while left > 0 {
        levels.clear();
        let mut values: Vec<T::T> = Vec::with_capacity(left);
        let (read, _, _) = reader.read_records(left, Some(levels), None, &mut values)?;
        if read == 0 {
            break;
        }
        left -= read;
        let mut values = values.into_iter();
        if whole == 0 {
            cells.extend(values.map(&cell));
        } else {
            let next = |level: &i16| {
                let value = if *level == whole { values.next() } else { None };
                value.map_or(Cell::Null, &cell)
            };
            cells.extend(levels.iter().map(next));
        }
    }
    Ok(())
}

/// What a column can be read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Numbers, or texts of them.
    Number,
    /// Texts.
    Text,
    /// Geometries.
    Wkb,
}

/// Refuses a column of a type that cannot be read.
///
/// # Errors
/// With its name and type.
pub fn check(column: &ColumnDescriptor, wanted: Wanted) -> std::result::Result<(), BatchError> {
    use ::parquet::basic::Type::{BYTE_ARRAY, DOUBLE, FIXED_LEN_BYTE_ARRAY, FLOAT, INT32, INT64};
    let physical = column.physical_type();
    let is_time = !matches!(
        column.logical_type_ref(),
        None | Some(
            LogicalType::Decimal { .. } | LogicalType::Integer { .. } | LogicalType::String
        )
    );
    let (fits, should_be) = match wanted {
        Wanted::Number => (
            match physical {
                DOUBLE | FLOAT => true,
                INT32 | INT64 => !is_time,
                BYTE_ARRAY => true,
                FIXED_LEN_BYTE_ARRAY => decimal_scale(column).is_some(),
                _ => false,
            },
            "a number, a decimal or a text",
        ),
        Wanted::Text => (physical == BYTE_ARRAY && decimal_scale(column).is_none(), "a text"),
        Wanted::Wkb => (physical == BYTE_ARRAY, "well-known binary"),
    };
    if fits && column.max_rep_level() == 0 {
        return Ok(());
    }
    let found = if column.max_rep_level() > 0 {
        "a list".to_owned()
    } else {
        let logical = column.logical_type_ref().map(|kind| format!(" ({kind:?})"));
        format!("of type {physical}{}", logical.unwrap_or_default())
    };
    Err(BatchError::ColumnType { column: column.path().string(), found, should_be })
}

fn decimal_scale(column: &ColumnDescriptor) -> Option<i32> {
    match column.logical_type_ref() {
        Some(LogicalType::Decimal(decimal)) => Some(decimal.scale),
        None if column.converted_type() == ConvertedType::DECIMAL => Some(column.type_scale()),
        _ => None,
    }
}

/// A whole number in two's complement, the highest byte first.
fn big_endian(bytes: &[u8]) -> f64 {
    let is_negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
    let magnitude = bytes.iter().fold(0.0, |sum, byte| sum * 256.0 + f64::from(*byte));
    if is_negative { magnitude - 256_f64.powi(bytes.len() as i32) } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_of_decimals() {
        assert_eq!(big_endian(&[0x00, 0x01, 0x02]), 258.0);
        assert_eq!(big_endian(&[0xff, 0xfe]), -2.0);
        assert_eq!(big_endian(&[]), 0.0);
    }
}

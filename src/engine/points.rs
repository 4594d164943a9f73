//! The points of a batch: one Parquet file, or a folder of them in the order of their names, cut
//! into pieces of whole row groups.

use super::error::EngineError;
use crate::dataset::ledger::LedgerField;
use crate::locate::batch::{ColumnNames, refuse_taken};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::object_store::ObjectMeta;
use datafusion::object_store::path::Path as StorePath;
use datafusion::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use datafusion::parquet::file::metadata::{KeyValue, RowGroupMetaData};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Row groups are put together to pieces of about this many rows, enough that a piece is worth a
/// task …
const ROWS_OF_A_PIECE: u64 = 65_536;
/// … and to fewer where there would not be so many pieces, so that all cores have some.
const PIECES: u64 = 64;
/// Key of the metadata in which a writer keeps the Arrow schema of a file.
const ARROW_SCHEMA: &str = "ARROW:schema";

/// Neighbouring row groups of a file: what one task looks up.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Position in [`Points::files`].
    file: usize,
    /// Number of rows.
    pub rows: u64,
    /// From this byte on.
    start: u64,
    /// Up to this byte.
    end: u64,
}

#[derive(Debug)]
struct PointFile {
    path: PathBuf,
    meta: ObjectMeta,
}

/// The points of a batch.
#[derive(Debug)]
pub struct Points {
    files: Vec<PointFile>,
    /// The columns, the same in all files.
    pub schema: SchemaRef,
    /// Position of the column of the longitude, or easting.
    pub lon: usize,
    /// Position of the column of the latitude, or northing.
    pub lat: usize,
    /// The pieces, in order.
    pub pieces: Vec<Piece>,
    /// What the first file says of itself.
    pub notes: Vec<KeyValue>,
}

impl Points {
    /// Reads the heads of the files; the points themselves stay where they are. The columns of the
    /// place are found as in any batch.
    ///
    /// # Errors
    /// When a file cannot be read, has other columns than the first, or says the place otherwise
    /// than in two columns of numbers.
    pub fn open(path: &Path, columns: &ColumnNames) -> Result<Self, EngineError> {
        let heads: Vec<Head> =
            files(path)?.iter().map(|file| Head::read(file)).collect::<Result<_, _>>()?;
        let Some(first) = heads.first() else {
            return Err(input(path, "the folder has no file whose name ends in .parquet"));
        };
        let mut points = Self::begin(first, columns)?;
        let rows: u64 = heads.iter().flat_map(|head| &head.groups).map(|(_, rows)| rows).sum();
        let of_a_piece = (rows / PIECES).min(ROWS_OF_A_PIECE);
        for head in heads {
            points.add(head, of_a_piece)?;
        }
        Ok(points)
    }

    /// The points without their files.
    fn begin(head: &Head, columns: &ColumnNames) -> Result<Self, EngineError> {
        let names: Vec<String> = head.schema.fields().iter().map(|f| f.name().clone()).collect();
        let wrong = |source| EngineError::Columns { file: head.path.clone(), source };
        refuse_taken(&names).map_err(wrong)?;
        let find = |field| columns.find(&names, field).map_err(wrong);
        let place = find(LedgerField::Lon)?.zip(find(LedgerField::Lat)?);
        let is_geo = head.notes.iter().any(|note| note.key == "geo") && columns.lon.is_none();
        let other = match (place, find(LedgerField::Address)?) {
            (None, _) => Some("no two columns of numbers say the place".to_owned()),
            _ if is_geo => Some("its place is a geometry (or name --lon-column)".to_owned()),
            (_, Some(address)) => Some(format!("column `{}` has addresses", names[address])),
            (Some((lon, lat)), None) => {
                let is_text = |column: &usize| !head.schema.field(*column).data_type().is_numeric();
                let text = [lon, lat].into_iter().find(is_text);
                text.map(|column| format!("column `{}` is no column of numbers", names[column]))
            }
        };
        let (lon, lat) = match (place, other) {
            (Some(place), None) => place,
            (_, other) => {
                let detail = other.unwrap_or_default();
                let remedy = "only --batch without --engine and --cluster reads that";
                return Err(input(&head.path, format!("{detail}; {remedy}")));
            }
        };
        Ok(Self {
            files: Vec::new(),
            schema: head.schema.clone(),
            lon,
            lat,
            pieces: Vec::new(),
            notes: head.notes.clone(),
        })
    }

    fn add(&mut self, head: Head, rows_of_a_piece: u64) -> Result<(), EngineError> {
        if head.schema.fields() != self.schema.fields() {
            let first = self.files.first().map_or(&head.path, |first| &first.path).display();
            return Err(input(&head.path, format!("its columns are not those of {first}")));
        }
        let file = self.files.len();
        let mut open: Option<Piece> = None;
        for (n, (start, rows)) in head.groups.iter().enumerate() {
            let end = head.groups.get(n + 1).map_or(head.meta.size, |(start, _)| *start);
            match &mut open {
                Some(piece) if piece.rows + rows <= rows_of_a_piece => {
                    piece.rows += rows;
                    piece.end = end;
                }
                _ => {
                    self.pieces.extend(open.take());
                    open = Some(Piece { file, rows: *rows, start: *start, end });
                }
            }
        }
        self.pieces.extend(open);
        self.files.push(PointFile { path: head.path, meta: head.meta });
        Ok(())
    }

    /// Number of rows.
    pub fn rows(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.rows).sum()
    }

    /// A piece as the engine reads it.
    pub fn part(&self, piece: &Piece) -> PartitionedFile {
        let meta = self.files[piece.file].meta.clone();
        // No file of 2^63 bytes exists.
        PartitionedFile::new_from_meta(meta).with_range(piece.start as i64, piece.end as i64)
    }
}

/// What a file says of itself.
struct Head {
    path: PathBuf,
    meta: ObjectMeta,
    schema: SchemaRef,
    /// First byte and number of rows of each row group.
    groups: Vec<(u64, u64)>,
    notes: Vec<KeyValue>,
}

impl Head {
    fn read(path: &Path) -> Result<Self, EngineError> {
        let fails = |error: &dyn std::fmt::Display| input(path, error);
        let path = fs::canonicalize(path).map_err(|e| fails(&e))?;
        let file = File::open(&path).map_err(|e| fails(&e))?;
        let about = file.metadata().map_err(|e| fails(&e))?;
        let head = ArrowReaderMetadata::load(&file, ArrowReaderOptions::default())
            .map_err(|e| fails(&format!("it cannot be read as Parquet: {e}")))?;
        let modified = about.modified().map_err(|e| fails(&e))?;
        let meta = ObjectMeta {
            location: StorePath::from_absolute_path(&path).map_err(|e| fails(&e))?,
            last_modified: modified.into(),
            size: about.len(),
            e_tag: None,
            version: None,
        };
        let described = head.metadata();
        let groups = described.row_groups().iter().filter(|group| group.num_rows() > 0);
        let groups = groups.filter_map(|g| Some((first_byte(g)?, g.num_rows() as u64)));
        let notes = described.file_metadata().key_value_metadata().cloned().unwrap_or_default();
        Ok(Self {
            meta,
            schema: head.schema().clone(),
            groups: in_order(groups.collect()),
            notes: notes.into_iter().filter(|note| note.key != ARROW_SCHEMA).collect(),
            path,
        })
    }
}

/// Where the engine takes a row group to begin: a range reads the groups that begin in it.
fn first_byte(group: &RowGroupMetaData) -> Option<u64> {
    let column = group.columns().first()?;
    let first = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
    u64::try_from(first).ok()
}

/// The groups, or all as one where they do not lie in the file as they follow each other.
fn in_order(groups: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    if groups.is_sorted_by(|a, b| a.0 < b.0) {
        return groups;
    }
    vec![(0, groups.iter().map(|(_, rows)| rows).sum())]
}

fn files(path: &Path) -> Result<Vec<PathBuf>, EngineError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).map_err(|error| input(path, error))?;
    let mut files = Vec::new();
    for entry in entries {
        let file = entry.map_err(|error| input(path, error))?.path();
        if file.extension().is_some_and(|end| end.eq_ignore_ascii_case("parquet")) {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

fn input(file: &Path, detail: impl ToString) -> EngineError {
    EngineError::Input { file: file.to_owned(), detail: detail.to_string() }
}

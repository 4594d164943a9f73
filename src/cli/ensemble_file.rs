//! The file of an ensemble: a row a plan, written as the plans are drawn; CSV or Parquet, as the
//! file's name ends. Both have the same columns: `step`, `accepted_steps`, the figures, and one for
//! each unit when the assignments are asked for.

use super::language::Language;
use anyhow::Context;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{PrimitiveTypeBuilder, Type};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use wangge::balance::Problem;
use wangge::balance::ensemble::{Drawn, Figure};

/// The two columns before the figures.
const COUNTS: [&str; 2] = ["step", "accepted_steps"];
/// Cells of a row group: what a Parquet file of many plans holds in memory (4 bytes a cell with a
/// unit's grid). Few groups, because the end of the file lists every column of each.
const CELLS_OF_A_GROUP: usize = 8_000_000;
/// Rows of a row group at most.
const ROWS_OF_A_GROUP: usize = 65_536;

/// What a file is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Csv,
    Parquet,
}

impl Form {
    /// The form that the ending of a file's name asks for.
    ///
    /// # Errors
    /// For any other ending.
    pub fn of(path: &Path, language: Language) -> anyhow::Result<Self> {
        let ends_in = |e: &str| path.extension().is_some_and(|have| have.eq_ignore_ascii_case(e));
        if ends_in("csv") {
            return Ok(Self::Csv);
        }
        if ends_in("parquet") {
            return Ok(Self::Parquet);
        }
        let detail = language.pick(
            "随机方案以 CSV 或 Parquet 格式写出；请将文件名以 .csv 或 .parquet 结尾",
            "an ensemble is written as CSV or Parquet; let the file's name end in .csv or .parquet",
        );
        anyhow::bail!("{}: {detail}", path.display())
    }
}

/// The file, open for writing.
pub struct EnsembleFile<'a> {
    rows: Rows,
    path: &'a Path,
    assignments: bool,
    language: Language,
}

enum Rows {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    Parquet(Box<Columns>),
}

impl<'a> EnsembleFile<'a> {
    /// Makes the file, with a column for each unit when `assignments` are asked for.
    ///
    /// # Errors
    /// When the file cannot be written, or would have two columns of one name.
    pub fn create(
        path: &'a Path,
        problem: &Problem,
        assignments: bool,
        language: Language,
    ) -> anyhow::Result<Self> {
        let form = Form::of(path, language)?;
        let units = problem.units().iter().filter(|_| assignments).map(|unit| unit.id.as_str());
        let units: Vec<&str> = units.collect();
        let names: Vec<&str> = COUNTS.into_iter().chain(Figure::ALL.map(Figure::name)).collect();
        // Readers of Parquet find columns by name.
        if form == Form::Parquet
            && let Some(unit) = units.iter().find(|unit| names.contains(unit))
        {
            let detail = language.pick(
                "规划单元编号与数据列重名，请改名或改用 .csv",
                "the id of a planning unit is the name of another column; rename the unit, or write .csv",
            );
            anyhow::bail!("{}: {unit}: {detail}", path.display());
        }
        let write = || -> anyhow::Result<Rows> {
            let file = BufWriter::new(File::create(path)?);
            Ok(match form {
                Form::Csv => {
                    let mut rows = csv::Writer::from_writer(file);
                    rows.write_record(names.iter().chain(&units))?;
                    Rows::Csv(Box::new(rows))
                }
                Form::Parquet => Rows::Parquet(Box::new(Columns::begin(file, &units)?)),
            })
        };
        let rows = write().with_context(|| cannot_write(path, language))?;
        Ok(Self { rows, path, assignments, language })
    }

    /// Adds a plan.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn add(&mut self, drawn: &Drawn<'_>) -> anyhow::Result<()> {
        let added = match &mut self.rows {
            Rows::Csv(rows) => add_record(rows, drawn, self.assignments),
            Rows::Parquet(columns) => columns.add(drawn),
        };
        added.with_context(|| cannot_write(self.path, self.language))
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(self) -> anyhow::Result<()> {
        let finished = match self.rows {
            Rows::Csv(mut rows) => rows.flush().map_err(Into::into),
            Rows::Parquet(columns) => columns.finish(),
        };
        finished.with_context(|| cannot_write(self.path, self.language))
    }
}

fn cannot_write(path: &Path, language: Language) -> String {
    format!("{}: {}", path.display(), language.pick("无法写入", "cannot be written"))
}

fn add_record(
    rows: &mut csv::Writer<BufWriter<File>>,
    drawn: &Drawn<'_>,
    assignments: bool,
) -> anyhow::Result<()> {
    let mut row = vec![drawn.step.to_string(), drawn.accepted.to_string()];
    let value = |figure: &Figure| figure.of(drawn.score).map_or(String::new(), |v| v.to_string());
    row.extend(Figure::ALL.iter().map(value));
    if assignments {
        let code = |&grid: &u32| drawn.score.grids[grid as usize].code.clone();
        row.extend(drawn.owner.iter().map(code));
    }
    Ok(rows.write_record(&row)?)
}

/// A Parquet file and the rows of its next row group, column by column.
struct Columns {
    file: SerializedFileWriter<BufWriter<File>>,
    counts: [Vec<i64>; COUNTS.len()],
    figures: [Vec<Option<f64>>; Figure::ALL.len()],
    /// For each unit the code of its grid, as an index into `codes`; empty without assignments.
    units: Vec<Vec<u32>>,
    codes: Vec<ByteArray>,
    index_of: HashMap<String, u32>,
    rows_of_a_group: usize,
}

impl Columns {
    fn begin(file: BufWriter<File>, units: &[&str]) -> anyhow::Result<Self> {
        let mut fields = Vec::new();
        for name in COUNTS {
            fields.push(column(name, Physical::INT64, Repetition::REQUIRED).build()?);
        }
        for figure in Figure::ALL {
            let physical = if is_whole(figure) { Physical::INT64 } else { Physical::DOUBLE };
            fields.push(column(figure.name(), physical, Repetition::OPTIONAL).build()?);
        }
        for unit in units {
            let codes = column(unit, Physical::BYTE_ARRAY, Repetition::REQUIRED);
            fields.push(codes.with_logical_type(Some(LogicalType::String)).build()?);
        }
        let rows_of_a_group = (CELLS_OF_A_GROUP / fields.len()).clamp(1, ROWS_OF_A_GROUP);
        let fields = fields.into_iter().map(Arc::new).collect();
        let schema = Type::group_type_builder("ensemble").with_fields(fields).build()?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("wangge ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        Ok(Self {
            file: SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties))?,
            counts: Default::default(),
            figures: Default::default(),
            units: vec![Vec::new(); units.len()],
            codes: Vec::new(),
            index_of: HashMap::new(),
            rows_of_a_group,
        })
    }

    fn add(&mut self, drawn: &Drawn<'_>) -> anyhow::Result<()> {
        // Steps are counted one by one, so they stay below 2⁶³.
        self.counts[0].push(drawn.step as i64);
        self.counts[1].push(drawn.accepted as i64);
        for (values, figure) in self.figures.iter_mut().zip(Figure::ALL) {
            values.push(figure.of(drawn.score));
        }
        if !self.units.is_empty() {
            let grids = &drawn.score.grids;
            let codes: Vec<u32> = grids.iter().map(|grid| self.index_of_code(&grid.code)).collect();
            for (column, &grid) in self.units.iter_mut().zip(drawn.owner) {
                column.push(codes[grid as usize]);
            }
        }
        if self.counts[0].len() >= self.rows_of_a_group { self.write_group() } else { Ok(()) }
    }

    fn index_of_code(&mut self, code: &str) -> u32 {
        if let Some(&index) = self.index_of.get(code) {
            return index;
        }
        let index = self.codes.len() as u32;
        self.codes.push(ByteArray::from(code));
        self.index_of.insert(code.to_owned(), index);
        index
    }

    /// Writes the rows that are held, and forgets them.
    fn write_group(&mut self) -> anyhow::Result<()> {
        let mut group = self.file.next_row_group()?;
        // The columns come in the order of the schema.
        let missing = || anyhow::anyhow!("the file has fewer columns than its schema");
        for values in &mut self.counts {
            let mut column = group.next_column()?.ok_or_else(missing)?;
            column.typed::<Int64Type>().write_batch(values, None, None)?;
            column.close()?;
            values.clear();
        }
        for (values, figure) in self.figures.iter_mut().zip(Figure::ALL) {
            let mut column = group.next_column()?.ok_or_else(missing)?;
            let levels: Vec<i16> = values.iter().map(|value| value.is_some().into()).collect();
            let known = values.drain(..).flatten();
            if is_whole(figure) {
                let known: Vec<i64> = known.map(|value| value as i64).collect();
                column.typed::<Int64Type>().write_batch(&known, Some(&levels), None)?;
            } else {
                let known: Vec<f64> = known.collect();
                column.typed::<DoubleType>().write_batch(&known, Some(&levels), None)?;
            }
            column.close()?;
        }
        for values in &mut self.units {
            let mut column = group.next_column()?.ok_or_else(missing)?;
            let codes: Vec<ByteArray> =
                values.drain(..).map(|index| self.codes[index as usize].clone()).collect();
            column.typed::<ByteArrayType>().write_batch(&codes, None, None)?;
            column.close()?;
        }
        group.close()?;
        Ok(())
    }

    fn finish(mut self) -> anyhow::Result<()> {
        if !self.counts[0].is_empty() {
            self.write_group()?;
        }
        self.file.finish()?;
        Ok(self.file.inner_mut().flush()?)
    }
}

/// A column in the making.
fn column(name: &str, physical: Physical, repetition: Repetition) -> PrimitiveTypeBuilder<'_> {
    Type::primitive_type_builder(name, physical).with_repetition(repetition)
}

/// Whether a figure is a count.
fn is_whole(figure: Figure) -> bool {
    matches!(figure, Figure::CutEdges | Figure::CommunitiesSplit | Figure::HouseholdsMoved)
}

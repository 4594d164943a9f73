//! The look-up as functions of DataFusion: `grid_at(lon, lat)`, `branch_at`, `compound_at`,
//! `match_at` and `reason_at`, each a text or null, and `locate_at`, a record of the five.
//!
//! A function carries the table, or on a cluster the table's name and where tables are kept: a plan
//! that travels holds 32 bytes for it, whatever the table weighs.

use super::table::{Answer, LookupTable, TableName};
use crate::check::Language;
use crate::dataset::crs::Crs;
use crate::locate::batch::{ADDED, Question};
use datafusion::arrow::array::{ArrayRef, AsArray, StringBuilder, StructArray};
use datafusion::arrow::datatypes::{DataType, Field, Fields, Float64Type};
use datafusion::common::exec_err;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The functions: one for each column that a batch adds, in their order, and [`LOCATE_AT`].
pub const FUNCTIONS: [&str; 6] =
    ["grid_at", "branch_at", "compound_at", "match_at", "reason_at", LOCATE_AT];
/// The function that answers with all columns.
pub const LOCATE_AT: &str = "locate_at";

/// How numbers are taken and reasons are given.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Manner {
    /// The reference system of the two numbers.
    pub crs: Crs,
    /// The language of the reasons.
    pub language: Language,
}

/// Where a function finds a table that is not here yet.
pub trait TableSource: fmt::Debug + Send + Sync {
    /// The table of this name. It may take as long as a transfer takes.
    ///
    /// # Errors
    /// When it cannot be had.
    fn table(&self, name: TableName) -> Result<Arc<LookupTable>>;
}

/// The table of a function.
#[derive(Clone, Debug)]
pub enum TableOf {
    /// Here.
    Held(Arc<LookupTable>),
    /// To be had by name.
    Named(TableName, Arc<dyn TableSource>),
}

impl TableOf {
    /// Its name.
    pub fn name(&self) -> TableName {
        match self {
            Self::Held(table) => table.name(),
            Self::Named(name, _) => *name,
        }
    }

    fn get(&self) -> Result<Arc<LookupTable>> {
        match self {
            Self::Held(table) => Ok(Arc::clone(table)),
            Self::Named(name, source) => source.table(*name),
        }
    }
}

/// A look-up function.
#[derive(Debug)]
pub struct LookUp {
    /// Position in [`FUNCTIONS`].
    which: usize,
    table: TableOf,
    manner: Manner,
    signature: Signature,
}

impl LookUp {
    /// The function of this name over a table; `None` when there is none of this name.
    pub fn named(name: &str, table: TableOf, manner: Manner) -> Option<ScalarUDF> {
        let which = FUNCTIONS.iter().position(|known| *known == name)?;
        let place = vec![DataType::Float64, DataType::Float64];
        // The same place has the same answer as long as the table is the same.
        let signature = Signature::exact(place, Volatility::Immutable);
        Some(ScalarUDF::new_from_impl(Self { which, table, manner, signature }))
    }

    /// The name of its table.
    pub fn table(&self) -> TableName {
        self.table.name()
    }

    /// How it takes numbers and gives reasons.
    pub fn manner(&self) -> Manner {
        self.manner
    }

    /// The columns of an answer that it gives.
    fn columns(&self) -> std::ops::Range<usize> {
        if FUNCTIONS[self.which] == LOCATE_AT { 0..ADDED.len() } else { self.which..self.which + 1 }
    }
}

impl PartialEq for LookUp {
    fn eq(&self, other: &Self) -> bool {
        self.which == other.which && self.table() == other.table() && self.manner == other.manner
    }
}

impl Eq for LookUp {}

impl Hash for LookUp {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.which, self.table()).hash(state);
    }
}

/// The fields of the record.
pub fn answer_fields() -> Fields {
    ADDED.iter().map(|name| Field::new(*name, DataType::Utf8, true)).collect()
}

impl ScalarUDFImpl for LookUp {
    fn name(&self) -> &str {
        FUNCTIONS[self.which]
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        let is_record = self.columns().len() > 1;
        Ok(if is_record { DataType::Struct(answer_fields()) } else { DataType::Utf8 })
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&arguments.args)?;
        let [first, second] = arrays.as_slice() else {
            return exec_err!("{} takes a longitude and a latitude", self.name());
        };
        let table = self.table.get()?;
        let mut builders: Vec<_> =
            self.columns().map(|column| (column, StringBuilder::new())).collect();
        let numbers = first.as_primitive::<Float64Type>().iter();
        for (first, second) in numbers.zip(second.as_primitive::<Float64Type>()) {
            let row = Row::of(&table, first, second, self.manner);
            for (column, builder) in &mut builders {
                builder.append_option(row.cell(*column));
            }
        }
        let finished = builders.into_iter().map(|(_, mut builder)| Arc::new(builder.finish()) as _);
        let mut arrays: Vec<ArrayRef> = finished.collect();
        if arrays.len() == 1 {
            return Ok(ColumnarValue::Array(arrays.remove(0)));
        }
        let record = StructArray::try_new(answer_fields(), arrays, None)?;
        Ok(ColumnarValue::Array(Arc::new(record)))
    }
}

/// The answer to a row.
struct Row<'t> {
    answer: Answer<'t>,
    reason: Option<String>,
}

impl<'t> Row<'t> {
    fn of(table: &'t LookupTable, first: Option<f64>, second: Option<f64>, how: Manner) -> Self {
        match Question::of_cells(first, second, how.crs) {
            Question::Place(place) => Self { answer: table.at(place), reason: None },
            // Numbers are no address.
            Question::Address(_) => Self { answer: Answer::NONE, reason: None },
            Question::Unreadable(reason) => {
                Self { answer: Answer::NONE, reason: Some(reason.words(how.language)) }
            }
        }
    }

    fn cell(&self, column: usize) -> Option<&str> {
        match column {
            0 => self.answer.grid_code,
            1 => self.answer.branch_id,
            2 => self.answer.compound_id,
            3 => Some(self.answer.kind.name()),
            _ => self.reason.as_deref(),
        }
    }
}

/// An error of ours as one of DataFusion's.
pub fn external(error: impl std::error::Error + Send + Sync + 'static) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

//! The schema with the answer's columns.

use crate::locate::batch::columns::{ADDED, refuse_taken};
use crate::locate::batch::error::BatchError;
use ::parquet::arrow::{ARROW_SCHEMA_META_KEY, encode_arrow_schema, parquet_to_arrow_schema};
use ::parquet::basic::{LogicalType, Repetition, Type as Physical};
use ::parquet::errors::Result;
use ::parquet::file::metadata::{FileMetaData, KeyValue};
use ::parquet::schema::types::{SchemaDescriptor, Type, TypePtr};
use arrow_schema::{DataType, Field, Schema};
use std::sync::Arc;

/// The answer's columns as a schema of their own.
pub fn answers() -> Result<TypePtr> {
    let fields = ADDED.into_iter().map(field).collect::<Result<Vec<_>>>()?;
    Ok(Arc::new(Type::group_type_builder("answers").with_fields(fields).build()?))
}

fn field(name: &str) -> Result<TypePtr> {
    let field = Type::primitive_type_builder(name, Physical::BYTE_ARRAY)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(Some(LogicalType::String));
    Ok(Arc::new(field.build()?))
}

/// A file's description with the answer's columns behind its own, without row groups.
///
/// # Errors
/// When a column is there already.
pub fn with_answers(own: &FileMetaData) -> std::result::Result<FileMetaData, BatchError> {
    let root = own.schema();
    let names: Vec<&str> = root.get_fields().iter().map(|field| field.name()).collect();
    refuse_taken(&names)?;
    let mut fields = root.get_fields().to_vec();
    fields.extend(answers()?.get_fields().iter().cloned());
    let root = Type::group_type_builder(root.name()).with_fields(fields).build()?;
    let metadata = own.key_value_metadata().map(|pairs| {
        pairs.iter().filter_map(|pair| with_arrow_answers(own, pair)).collect::<Vec<_>>()
    });
    Ok(FileMetaData::new(
        own.version(),
        0,
        own.created_by().map(str::to_owned),
        metadata,
        Arc::new(SchemaDescriptor::new(Arc::new(root))),
        None,
    ))
}

/// A pair of the file's metadata; Arrow's own schema, which holds what Parquet's cannot say (time
/// zones, categories), gets the answer's columns, since readers refuse one that does not fit. It
/// is dropped where it cannot be read.
fn with_arrow_answers(own: &FileMetaData, pair: &KeyValue) -> Option<KeyValue> {
    if pair.key != ARROW_SCHEMA_META_KEY {
        return Some(pair.clone());
    }
    let only = vec![pair.clone()];
    let schema = parquet_to_arrow_schema(own.schema_descr(), Some(&only)).ok()?;
    let added = ADDED.map(|name| Arc::new(Field::new(name, DataType::Utf8, true)));
    let fields: Vec<_> = schema.fields().iter().cloned().chain(added).collect();
    let schema = Schema::new_with_metadata(fields, schema.metadata().clone());
    Some(KeyValue::new(pair.key.clone(), encode_arrow_schema(&schema)))
}

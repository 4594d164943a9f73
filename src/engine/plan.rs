//! The plan of a batch: read pieces of Parquet, add the record of the answer as a last column.

use super::error::EngineError;
use super::function::LOCATE_AT;
use super::points::{Piece, Points};
use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::common::config::ConfigOptions;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::Result;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::ScalarUDF;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::ScalarFunctionExpr;
use datafusion::physical_expr::expressions::{CastExpr, Column};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::prelude::SessionConfig;
use std::sync::Arc;

/// The settings under which a batch runs.
pub fn settings(config: SessionConfig) -> SessionConfig {
    // Streams that read each other's files would return rows in another order.
    config
        .set_bool("datafusion.execution.enable_file_stream_work_stealing", false)
        // Texts come and go as the file has them.
        .set_bool("datafusion.execution.parquet.schema_force_view_types", false)
}

/// The plan that looks pieces up; its partitions are the pieces, in order.
///
/// # Errors
/// When the engine refuses it.
pub fn plan(
    points: &Points,
    pieces: &[Piece],
    function: &Arc<ScalarUDF>,
) -> Result<Arc<dyn ExecutionPlan>, EngineError> {
    let source = Arc::new(ParquetSource::new(Arc::clone(&points.schema)));
    let groups = pieces.iter().map(|piece| FileGroup::new(vec![points.part(piece)])).collect();
    let scan = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), source)
        .with_file_groups(groups)
        .build();
    let scan = DataSourceExec::from_data_source(scan);
    let columns = points.schema.fields().iter().enumerate();
    let mut columns: Vec<(Arc<dyn PhysicalExpr>, String)> = columns
        .map(|(n, field)| (Arc::new(Column::new(field.name(), n)) as _, field.name().clone()))
        .collect();
    columns.push((located(points, function)?, LOCATE_AT.to_owned()));
    Ok(Arc::new(ProjectionExec::try_new(columns, scan)?))
}

fn located(points: &Points, function: &Arc<ScalarUDF>) -> Result<Arc<dyn PhysicalExpr>> {
    let schema: &Schema = &points.schema;
    let degrees = |column: usize| -> Arc<dyn PhysicalExpr> {
        let field = schema.field(column);
        let read: Arc<dyn PhysicalExpr> = Arc::new(Column::new(field.name(), column));
        match field.data_type() {
            DataType::Float64 => read,
            _ => Arc::new(CastExpr::new(read, DataType::Float64, None)),
        }
    };
    let place = vec![degrees(points.lon), degrees(points.lat)];
    let options = Arc::new(ConfigOptions::default());
    Ok(Arc::new(ScalarFunctionExpr::try_new(Arc::clone(function), place, schema, options)?))
}

/// The columns of a result: those of the points, then the answer's.
pub fn result_schema(points: &Points) -> SchemaRef {
    let fields = points.schema.fields().iter().cloned();
    let answer = super::function::answer_fields();
    let fields: Vec<_> = fields.chain(answer.iter().cloned()).collect();
    Arc::new(Schema::new_with_metadata(fields, points.schema.metadata().clone()))
}

//! The look-up of points in a query engine: functions of DataFusion, and a batch over Parquet files
//! here or on a Ballista cluster. In the feature `cluster`.
//!
//! - `table`: what is looked up in, as bytes that can be sent;
//! - `function`: the functions `grid_at`, `branch_at`, `compound_at`, `match_at`, `reason_at`, `locate_at`;
//! - `points`, `plan`, `output`: from Parquet to Parquet;
//! - `run`: a batch, in this process or on a cluster;
//! - [`cluster`]: scheduler and executors.

mod bytes;
pub mod cluster;
mod error;
mod function;
mod output;
mod plan;
mod points;
mod run;
mod table;

pub use error::{EngineError, TableError};
pub use function::{FUNCTIONS, LookUp, Manner, TableOf, TableSource};
pub use points::Points;
pub use run::{EngineDone, embedded, on_cluster};
pub use table::{Answer, LookupTable, TableName, table_of};

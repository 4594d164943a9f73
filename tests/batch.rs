//! Whole ledgers: `wangge locate --batch` as people run it.

mod common;
#[path = "batch/csv.rs"]
mod csv_files;
#[path = "batch/hostile.rs"]
mod hostile;
#[path = "batch/ledger.rs"]
mod ledger;
#[path = "batch/memory.rs"]
mod memory;
#[path = "batch/ndjson.rs"]
mod ndjson;
#[path = "batch/parquet_files.rs"]
mod parquet_files;
mod program;
#[path = "batch/resume.rs"]
mod resume;

//! Points in Parquet files, and the answers that they should get.

use datafusion::arrow::array::{
    Array, AsArray, Float64Array, Int64Array, RecordBatch, StringArray, UInt32Array,
};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::Float64Type;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::file::metadata::KeyValue;
use datafusion::parquet::file::properties::WriterProperties;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use wangge::domain::LonLat;
use wangge::locate::Locator;

/// The demo dataset.
pub const DATASET: &str = "data/shuangshan";
/// The day of all look-ups.
pub const DAY: &str = "2026-01-01";
/// A note that a writer of Parquet left.
pub const NOTE: &str = "written by a test";

/// Numbers that are the same each time (splitmix64).
fn number(n: u64) -> f64 {
    let mut z = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Rows `from..to`: most places lie in and around the dataset, some on its corners, and some are
/// none.
fn rows(corners: &[LonLat], from: u64, to: u64) -> RecordBatch {
    let place = |n: u64| match n % 50 {
        0 => (None, Some(36.1)),
        1 => (Some(f64::NAN), Some(36.1)),
        2 => (Some(200.0), Some(36.1)),
        3..=9 => {
            let corner = corners[(number(n) * corners.len() as f64) as usize];
            (Some(corner.lon()), Some(corner.lat()))
        }
        _ => (Some(120.36 + 0.06 * number(2 * n)), Some(36.09 + 0.06 * number(2 * n + 1))),
    };
    let (lon, lat): (Vec<_>, Vec<_>) = (from..to).map(place).unzip();
    let notes = (from..to).map(|n| (n % 3 > 0).then(|| format!("第{n}户")));
    RecordBatch::try_from_iter_with_nullable([
        ("编号", Arc::new(Int64Array::from_iter_values((from..to).map(|n| n as i64))) as _, false),
        ("lat", Arc::new(Float64Array::from(lat)) as _, true),
        ("note", Arc::new(notes.collect::<StringArray>()) as _, true),
        ("lon", Arc::new(Float64Array::from(lon)) as _, true),
        (
            "n",
            Arc::new(UInt32Array::from_iter_values((from..to).map(|n| n as u32 % 7))) as _,
            false,
        ),
    ])
    .unwrap()
}

/// A folder of four files of points, in row groups of 3,000.
pub fn folder(rows_in_all: u64) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let dataset = wangge::dataset::load(Path::new(DATASET)).unwrap();
    let corners: Vec<LonLat> = dataset.grids.iter().flat_map(|g| g.geometry.corners()).collect();
    for file in 0..4 {
        let rows = rows(&corners, file * rows_in_all / 4, (file + 1) * rows_in_all / 4);
        let properties = WriterProperties::builder()
            .set_max_row_group_row_count(Some(3000))
            .set_key_value_metadata(Some(vec![KeyValue::new("note".into(), NOTE.to_owned())]))
            .build();
        // The names of files in a Chinese office.
        let path = folder.path().join(format!("台账 {file}%.parquet"));
        let file = File::create(path).unwrap();
        let mut writer = ArrowWriter::try_new(file, rows.schema(), Some(properties)).unwrap();
        writer.write(&rows).unwrap();
        writer.close().unwrap();
    }
    folder
}

/// All rows of a Parquet file.
pub fn read(path: &Path) -> RecordBatch {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let schema = reader.schema().clone();
    let rows: Vec<_> = reader.build().unwrap().map(Result::unwrap).collect();
    concat_batches(&schema, &rows).unwrap()
}

/// All rows of a folder.
pub fn read_folder(path: &Path) -> RecordBatch {
    let mut files: Vec<_> = path.read_dir().unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let rows: Vec<_> = files.iter().map(|file| read(file)).collect();
    concat_batches(&rows[0].schema(), &rows).unwrap()
}

/// Asserts that a result has the rows of its points in their order, and to each the answer of the
/// look-up of single places.
pub fn assert_answered(points: &RecordBatch, result: &RecordBatch) {
    let own = points.num_columns();
    assert_eq!(result.num_rows(), points.num_rows());
    for (column, field) in points.schema().fields().iter().enumerate() {
        assert_eq!(result.schema().field(column), field.as_ref());
        // NaN is equal to itself here.
        assert_eq!(result.column(column).to_data(), points.column(column).to_data(), "{field}");
    }
    let dataset = wangge::dataset::load(Path::new(DATASET)).unwrap();
    let locator = Locator::new(Arc::new(dataset));
    let column = |name: &str| points.column_by_name(name).unwrap().as_primitive::<Float64Type>();
    let (lon, lat) = (column("lon"), column("lat"));
    let text = |n: usize| result.column(own + n).as_string::<i32>();
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    for row in 0..points.num_rows() {
        let place = (lon.is_valid(row) && lat.is_valid(row))
            .then(|| LonLat::new(lon.value(row), lat.value(row)).ok())
            .flatten();
        let expected = match place {
            Some(place) => {
                let found = locator.at(place, Some(DAY.parse().unwrap()));
                let kind = serde_json::to_value(found.kind).unwrap();
                let kind = kind.as_str().unwrap().to_owned();
                [found.grid_code, found.branch_id, found.compound_id, Some(kind)]
            }
            None => [None, None, None, Some("none".to_owned())],
        };
        for (n, expected) in expected.iter().enumerate() {
            let column = text(n);
            let found = column.is_valid(row).then(|| column.value(row));
            assert_eq!(found, expected.as_deref(), "row {row} at {place:?}");
        }
        assert_eq!(text(4).is_valid(row), place.is_none(), "reason of row {row}");
        *seen.entry(text(3).value(row).to_owned()).or_default() += 1;
    }
    let all = points.num_rows();
    for kind in ["inside", "border", "none"] {
        assert!(seen.get(kind).is_some_and(|n| *n > all / 100), "{kind} of {seen:?}");
    }
}

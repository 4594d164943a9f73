//! The engine in the process that asks.

use crate::common;
use crate::dataset::{add_compound, with_branches, with_grids};
use crate::points::{self, DATASET, DAY, NOTE};
use crate::program::wangge;
use datafusion::arrow::array::AsArray;
use datafusion::parquet::file::reader::{FileReader, SerializedFileReader};
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use proptest::prelude::*;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use wangge::domain::{LonLat, Place};
use wangge::engine::{LookUp, LookupTable, Manner, TableOf, table_of};
use wangge::locate::Locator;

fn table() -> (Locator, Vec<u8>) {
    let dataset = wangge::dataset::load(Path::new(DATASET)).unwrap();
    let bytes = table_of(&dataset, Some(DAY.parse().unwrap()));
    (Locator::new(Arc::new(dataset)), bytes)
}

#[test]
fn a_batch_has_the_answers_of_single_look_ups_in_its_order() {
    let folder = points::folder(40_000);
    let out = tempfile::tempdir().unwrap();
    let out = out.path().join("结果.parquet");
    let (input, output) = (folder.path().to_str().unwrap(), out.to_str().unwrap());
    let done = wangge(&[
        "locate",
        DATASET,
        "--batch",
        input,
        "-o",
        output,
        "--engine",
        "datafusion",
        "--on",
        DAY,
    ]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    points::assert_answered(&points::read_folder(folder.path()), &points::read(&out));
    // What the first file says of itself is kept.
    let reader = SerializedFileReader::new(File::open(&out).unwrap()).unwrap();
    let notes = reader.metadata().file_metadata().key_value_metadata().unwrap();
    assert!(notes.iter().any(|note| note.value.as_deref() == Some(NOTE)), "{notes:?}");
}

#[test]
fn the_engine_answers_as_the_program_itself() {
    let folder = points::folder(20_000);
    let input = folder.path().join("台账 1%.parquet");
    let run = |name: &str, engine: &[&str]| {
        let out = folder.path().join(name);
        let (input, output) = (input.to_str().unwrap(), out.to_str().unwrap());
        let common = ["locate", DATASET, "--batch", input, "-o", output, "--on", DAY];
        let done = wangge(&[&common[..], engine].concat());
        assert_eq!(done.code, 0, "{}", done.stderr);
        let numbers = done.stderr.split_once('；').unwrap().0.to_owned();
        (points::read(&out), numbers)
    };
    for options in [&[][..], &["--lang", "zh", "--crs", "gcj02"]] {
        let (own, own_said) = run("own.parquet", options);
        let (found, said) = run("engine.parquet", &[options, &["--engine", "datafusion"]].concat());
        assert_eq!(found.schema().fields(), own.schema().fields());
        for (n, (found, own)) in found.columns().iter().zip(own.columns()).enumerate() {
            assert_eq!(found.to_data(), own.to_data(), "column {n}");
        }
        assert_eq!(said, own_said);
    }
}

#[test]
fn functions_answer_in_sql() {
    let (locator, bytes) = table();
    let table = Arc::new(LookupTable::from_bytes(&bytes).unwrap());
    let context = SessionContext::new();
    for name in ["grid_at", "branch_at", "compound_at", "match_at", "reason_at", "locate_at"] {
        let table = TableOf::Held(Arc::clone(&table));
        context.register_udf(LookUp::named(name, table, Manner::default()).unwrap());
    }
    let folder = points::folder(4_000);
    let file = folder.path().join("台账 0%.parquet");
    let copy = folder.path().join("points.parquet");
    std::fs::rename(file, &copy).unwrap();
    let sql = "select lon, lat, grid_at(lon, lat), branch_at(lon, lat), locate_at(lon, lat)['grid_code'] \
               from points where match_at(lon, lat) = 'inside'";
    let asked = async {
        let options = ParquetReadOptions::default();
        context.register_parquet("points", copy.to_str().unwrap(), options).await?;
        context.sql(sql).await?.collect().await
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let batches = runtime.block_on(asked).unwrap();
    let mut rows = 0;
    for batch in batches {
        let number =
            |n: usize| batch.column(n).as_primitive::<datafusion::arrow::datatypes::Float64Type>();
        let text = |n: usize| batch.column(n).as_string::<i32>();
        for row in 0..batch.num_rows() {
            let place = LonLat::new(number(0).value(row), number(1).value(row)).unwrap();
            let found = locator.at(place, Some(DAY.parse().unwrap()));
            assert_eq!(Some(text(2).value(row)), found.grid_code.as_deref());
            assert_eq!(Some(text(3).value(row)), found.branch_id.as_deref());
            assert_eq!(text(4).value(row), text(2).value(row));
            rows += 1;
        }
    }
    assert!(rows > 100, "{rows} rows");
}

#[test]
fn what_is_wrong_with_the_points_is_said() {
    let folder = points::folder(400);
    let out = folder.path().join("out.parquet");
    let run = |input: &Path| {
        let (input, out) = (input.to_str().unwrap(), out.to_str().unwrap());
        wangge(&[
            "locate",
            DATASET,
            "--batch",
            input,
            "-o",
            out,
            "--engine",
            "datafusion",
            "--lang",
            "en",
        ])
    };
    let text = folder.path().join("text.txt");
    std::fs::write(&text, "lon,lat\n1,2\n").unwrap();
    let empty = tempfile::tempdir().unwrap();
    for (input, says) in [
        (text.as_path(), "cannot be read as Parquet"),
        (empty.path(), "no file whose name ends in .parquet"),
        (Path::new("no/such.parquet"), "no/such.parquet"),
    ] {
        let done = run(input);
        assert_eq!(done.code, 2);
        assert!(done.stderr.contains(says), "{}", done.stderr);
    }
    // Nothing was begun.
    assert!(!out.exists() && !folder.path().join("out.parquet.part").exists());
}

proptest! {
    #![proptest_config(common::cases(24))]

    /// At the corners of random tessellations, where most can go wrong.
    #[test]
    fn tables_answer_as_the_locator(made in common::tessellations(5)) {
        let mut made_up = with_branches(with_grids(&made.faces), &made.faces);
        add_compound(&mut made_up, Place::Area(made.faces[0].clone()));
        let corner = made.faces[0].corners().next().unwrap();
        add_compound(&mut made_up, Place::Point(corner));
        let dataset = Arc::new(made_up);
        let table = LookupTable::from_bytes(&table_of(&dataset, None)).unwrap();
        let locator = Locator::new(Arc::clone(&dataset));
        let keys = locator.all_keys();
        let key = |of: usize, number: u32| keys[of].get(number as usize).copied();
        for place in made.faces.iter().flat_map(|face| face.corners()) {
            let owners = locator.owners(place, None);
            let found = table.at(place);
            prop_assert_eq!(found.grid_code, key(0, owners.grid));
            prop_assert_eq!(found.branch_id, key(1, owners.branch));
            prop_assert_eq!(found.compound_id, key(2, owners.compound));
            prop_assert_eq!(found.kind, owners.kind);
        }
    }

    /// Bytes that a machine sends may be anything.
    #[test]
    fn damaged_tables_are_refused(at in 0.0..1.0_f64, byte: u8, cut in 0.0..1.0_f64) {
        let (_, mut bytes) = table();
        let cut = (cut * bytes.len() as f64) as usize;
        prop_assert!(LookupTable::from_bytes(&bytes[..cut]).is_err());
        let at = (at * bytes.len() as f64) as usize;
        bytes[at] = byte;
        // A number may be another number and still a table; nothing may panic.
        let _ = LookupTable::from_bytes(&bytes);
    }
}

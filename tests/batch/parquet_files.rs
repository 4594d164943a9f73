//! Parquet and GeoParquet.

use crate::ledger::{ADDED, Files, expected, expected_of_address, places};
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::Field;
use parquet::schema::types::Type;
use serde_json::{Value, json};
use std::sync::Arc;
use wangge::domain::LonLat;

/// A row as it is written: number, place or none, text.
type Row = (i64, Option<LonLat>, &'static str);

/// How a file is made.
struct Make<'m> {
    compression: Compression,
    group: usize,
    /// As geometries, with this metadata; else as two columns of numbers.
    geo: Option<&'m str>,
}

fn column(
    name: &str,
    kind: Physical,
    repetition: Repetition,
    of: Option<LogicalType>,
) -> Arc<Type> {
    let column = Type::primitive_type_builder(name, kind).with_repetition(repetition);
    Arc::new(column.with_logical_type(of).build().expect("a column"))
}

fn wkb(place: &LonLat) -> ByteArray {
    let mut bytes = vec![1, 1, 0, 0, 0];
    [place.lon(), place.lat()].iter().for_each(|x| bytes.extend(x.to_le_bytes()));
    bytes.into()
}

/// A file with a moment, a list, a place and a text.
fn write(files: &Files, name: &str, rows: &[Row], make: &Make<'_>) {
    const OPTIONAL: Repetition = Repetition::OPTIONAL;
    const REPEATED: Repetition = Repetition::REPEATED;
    const REQUIRED: Repetition = Repetition::REQUIRED;
    let moment = LogicalType::timestamp(true, TimeUnit::MICROS);
    let tags = column("element", Physical::INT64, REPEATED, None);
    let tags = Type::group_type_builder("tags").with_repetition(OPTIONAL).with_fields(vec![tags]);
    let mut fields = vec![
        column("编号", Physical::INT64, REQUIRED, None),
        column("when", Physical::INT64, OPTIONAL, Some(moment)),
        Arc::new(tags.build().expect("a group")),
    ];
    match make.geo {
        Some(_) => fields.push(column("geometry", Physical::BYTE_ARRAY, OPTIONAL, None)),
        None => {
            fields.push(column("经度", Physical::DOUBLE, OPTIONAL, None));
            fields.push(column("纬度", Physical::DOUBLE, OPTIONAL, None));
        }
    }
    fields.push(column("address", Physical::BYTE_ARRAY, OPTIONAL, Some(LogicalType::String)));
    let schema = Type::group_type_builder("ledger").with_fields(fields).build().expect("a schema");
    let metadata = make.geo.map(|geo| vec![KeyValue::new("geo".into(), geo.to_owned())]);
    let properties = WriterProperties::builder()
        .set_compression(make.compression)
        .set_key_value_metadata(metadata)
        .build();
    let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))
        .expect("a writer");
    for rows in rows.chunks(make.group) {
        let mut group = file.next_row_group().expect("a group");
        let numbers: Vec<i64> = rows.iter().map(|row| row.0).collect();
        let mut next = group.next_column().expect("a column").expect("a column");
        next.typed::<Int64Type>().write_batch(&numbers, None, None).expect("numbers");
        next.close().expect("closed");
        let levels: Vec<i16> = numbers.iter().map(|n| i16::from(n % 3 != 0)).collect();
        let some: Vec<i64> =
            numbers.iter().filter(|n| *n % 3 != 0).map(|n| n * 1_000_000).collect();
        let mut next = group.next_column().expect("a column").expect("a column");
        next.typed::<Int64Type>().write_batch(&some, Some(&levels), None).expect("moments");
        next.close().expect("closed");
        // Two elements a list.
        let twice: Vec<i64> = numbers.iter().flat_map(|n| [*n, -n]).collect();
        let levels = vec![2_i16; twice.len()];
        let repeated: Vec<i16> = (0..twice.len()).map(|n| (n % 2) as i16).collect();
        let mut next = group.next_column().expect("a column").expect("a column");
        next.typed::<Int64Type>()
            .write_batch(&twice, Some(&levels), Some(&repeated))
            .expect("lists");
        next.close().expect("closed");
        let levels: Vec<i16> = rows.iter().map(|row| i16::from(row.1.is_some())).collect();
        let known: Vec<LonLat> = rows.iter().filter_map(|row| row.1).collect();
        let mut next = group.next_column().expect("a column").expect("a column");
        if make.geo.is_some() {
            let known: Vec<ByteArray> = known.iter().map(wkb).collect();
            next.typed::<ByteArrayType>().write_batch(&known, Some(&levels), None).expect("points");
        } else {
            let lon: Vec<f64> = known.iter().map(|place| place.lon()).collect();
            next.typed::<DoubleType>().write_batch(&lon, Some(&levels), None).expect("numbers");
            next.close().expect("closed");
            next = group.next_column().expect("a column").expect("a column");
            let lat: Vec<f64> = known.iter().map(|place| place.lat()).collect();
            next.typed::<DoubleType>().write_batch(&lat, Some(&levels), None).expect("numbers");
        }
        next.close().expect("closed");
        let texts: Vec<ByteArray> = rows.iter().map(|row| ByteArray::from(row.2)).collect();
        let levels = vec![1_i16; texts.len()];
        let mut next = group.next_column().expect("a column").expect("a column");
        next.typed::<ByteArrayType>().write_batch(&texts, Some(&levels), None).expect("texts");
        next.close().expect("closed");
        group.close().expect("closed");
    }
    file.finish().expect("a footer");
    files.write(name, file.inner());
}

fn rows(count: usize) -> Vec<Row> {
    let addresses = ["鸿仕雅居3号楼", "没有这个地方", "双山馨城"];
    let row = |(number, place): (usize, LonLat)| {
        let place = (number % 10 != 9).then_some(place);
        (number as i64, place, addresses[number % 3])
    };
    places(count, 21).into_iter().enumerate().map(row).collect()
}

fn open(files: &Files, name: &str) -> SerializedFileReader<bytes::Bytes> {
    SerializedFileReader::new(files.read(name).into()).expect("a Parquet file")
}

/// Every value of a file by column.
fn cells(file: &SerializedFileReader<bytes::Bytes>) -> Vec<Vec<(String, Field)>> {
    let rows = file.get_row_iter(None).expect("rows");
    rows.map(|row| row.expect("a row").into_columns()).collect()
}

/// The output has all of the input, and the answers that the rows should have.
fn check(files: &Files, input: &str, output: &str, rows: &[Row]) {
    let (own, out) = (open(files, input), open(files, output));
    let fields = |file: &SerializedFileReader<_>| {
        file.metadata().file_metadata().schema().get_fields().to_vec()
    };
    let (own_fields, out_fields) = (fields(&own), fields(&out));
    let width = own_fields.len();
    assert_eq!(out_fields[..width], own_fields[..], "columns, types and order");
    let added: Vec<&str> = out_fields[width..].iter().map(|field| field.name()).collect();
    assert_eq!(added, ADDED);
    for (own, out) in own.metadata().row_groups().iter().zip(out.metadata().row_groups()) {
        for (own, out) in own.columns().iter().zip(out.columns()) {
            assert_eq!(own.compression(), out.compression());
            assert_eq!(own.statistics(), out.statistics());
        }
    }
    let (own, out) = (cells(&own), cells(&out));
    assert_eq!((own.len(), out.len()), (rows.len(), rows.len()));
    for ((own, out), (number, place, address)) in own.iter().zip(&out).zip(rows) {
        assert_eq!(own[..], out[..width], "row {number}");
        let answer = place.map_or_else(|| expected_of_address(address), expected);
        for ((name, value), answer) in out[width..].iter().zip(answer) {
            let text = match value {
                Field::Str(text) => text.as_str(),
                Field::Null => "",
                other => panic!("{name} is {other}"),
            };
            assert_eq!(text, answer, "row {number}, {name}");
        }
        assert_eq!(out[width + 4].1, Field::Null, "row {number}");
    }
}

#[test]
fn every_column_and_type_is_kept() {
    let files = Files::new();
    let rows = rows(5000);
    let zstd = Compression::ZSTD(ZstdLevel::default());
    for (compression, group) in [
        (Compression::UNCOMPRESSED, 700),
        (Compression::SNAPPY, 5000),
        (zstd, 1),
        (Compression::GZIP(Default::default()), 2048),
        (Compression::LZ4_RAW, 1 << 20),
        (Compression::BROTLI(Default::default()), 4999),
    ] {
        let rows = if group == 1 { &rows[..60] } else { &rows[..] };
        write(&files, "in.parquet", rows, &Make { compression, group, geo: None });
        files.located("in.parquet", "out.parquet", &["--threads", "3"]);
        check(&files, "in.parquet", "out.parquet", rows);
    }
    assert_eq!(files.names(), ["in.parquet", "out.parquet"]);
}

/// The metadata of GeoParquet with a reference system.
fn geo(crs: Value) -> String {
    let column = json!({ "encoding": "WKB", "geometry_types": ["Point"], "crs": crs });
    json!({ "version": "1.1.0", "primary_column": "geometry", "columns": { "geometry": column } })
        .to_string()
}

#[test]
fn geoparquet_stays_geoparquet() {
    let files = Files::new();
    let rows = rows(1000);
    let geo = geo(Value::Null);
    let make = Make { compression: Compression::SNAPPY, group: 300, geo: Some(&geo) };
    write(&files, "in.parquet", &rows, &make);
    files.located("in.parquet", "out.parquet", &[]);
    check(&files, "in.parquet", "out.parquet", &rows);
    let out = open(&files, "out.parquet");
    let pairs = out.metadata().file_metadata().key_value_metadata().expect("metadata");
    let kept = pairs.iter().find(|pair| pair.key == "geo").expect("geo");
    assert_eq!(kept.value.as_deref(), Some(geo.as_str()));
}

#[test]
fn the_reference_system_of_geoparquet_is_believed() {
    let files = Files::new();
    let system = wangge::dataset::crs::Crs::parse("EPSG:4549").expect("a system");
    let places = places(200, 31);
    let metres: Vec<ByteArray> = places
        .iter()
        .map(|place| {
            let (x, y) = system.from_degrees(*place);
            let mut bytes = vec![1, 1, 0, 0, 0];
            [x, y].iter().for_each(|x| bytes.extend(x.to_le_bytes()));
            bytes.into()
        })
        .collect();
    for (code, known) in [(4549, true), (3857, false)] {
        let geo = geo(json!({ "name": "x", "id": { "authority": "EPSG", "code": code } }));
        let schema = Type::group_type_builder("points")
            .with_fields(vec![column("geometry", Physical::BYTE_ARRAY, Repetition::REQUIRED, None)])
            .build()
            .expect("a schema");
        let properties = WriterProperties::builder()
            .set_key_value_metadata(Some(vec![KeyValue::new("geo".into(), geo)]))
            .build();
        let mut file =
            SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))
                .expect("a writer");
        let mut group = file.next_row_group().expect("a group");
        let mut next = group.next_column().expect("a column").expect("a column");
        next.typed::<ByteArrayType>().write_batch(&metres, None, None).expect("points");
        next.close().expect("closed");
        group.close().expect("closed");
        file.finish().expect("a footer");
        files.write("in.parquet", file.inner());
        if !known {
            let done = files.batch("in.parquet", "out.parquet", &[]);
            assert!(done.code == 2 && done.stderr.contains("3857"), "{}", done.stderr);
            continue;
        }
        files.located("in.parquet", "out.parquet", &[]);
        for (row, place) in cells(&open(&files, "out.parquet")).iter().zip(&places) {
            let (x, y) = system.from_degrees(*place);
            let place = system.to_degrees(x, y).expect("a place");
            let Field::Str(kind) = &row[4].1 else { panic!("no match in {row:?}") };
            assert_eq!(*kind, expected(place)[3]);
        }
    }
}

#[test]
fn a_damaged_file_is_refused() {
    let files = Files::new();
    let rows = rows(3000);
    write(
        &files,
        "in.parquet",
        &rows,
        &Make { compression: Compression::SNAPPY, group: 500, geo: None },
    );
    let whole = files.read("in.parquet");
    for length in [4, 11, whole.len() / 2, whole.len() - 1] {
        files.write("cut.parquet", &whole[..length]);
        let done = files.batch("cut.parquet", "out.parquet", &[]);
        assert_eq!(done.code, 2, "{length} bytes: {}", done.stderr);
        assert!(done.stderr.contains("cut.parquet"), "{}", done.stderr);
    }
    // The footer speaks of bytes that were cut out of the middle.
    let mut holed = whole[..100].to_vec();
    holed.extend(&whole[whole.len() - 5000..]);
    files.write("cut.parquet", &holed);
    assert_eq!(files.batch("cut.parquet", "out.parquet", &[]).code, 2);
    assert!(!files.names().iter().any(|name| name.starts_with("out")), "{:?}", files.names());
}

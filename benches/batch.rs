//! Whole ledgers, whole processes: `wangge locate --batch` against DuckDB's spatial join and
//! geopandas' `sjoin` on the same file, and Parquet to Parquet against many grids.
//!
//! `WANGGE_JOINS` names a Python with duckdb, duckdb-extension-spatial, geopandas and pyarrow;
//! without it the peers are left out. `WANGGE_ROWS` (1,000,000) points are drawn at random over
//! `WANGGE_SIDE` (100) squared grids, which have 100 vertices, or 16 where there are more.

mod support;

use parquet::basic::{Repetition, Type as Physical};
use parquet::data_type::{DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::timing::is_wanted;
use wangge::domain::BBox;

/// Rows of a row group, as pyarrow writes.
const GROUP: usize = 1 << 20;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let (rows, side) = (number("WANGGE_ROWS", 1_000_000), number("WANGGE_SIDE", 100));
    let dataset = folder.join("grids.geojson");
    let window = write_grids(&dataset, side, if side > 100 { 4 } else { 25 });
    if is_wanted("csv") {
        csv_to_csv(folder, &dataset, window, rows);
    }
    if is_wanted("parquet") {
        parquet_to_parquet(folder, &dataset, window, rows);
    }
}

/// Writes `side` × `side` grids whose neighbours share winding borders of so many pieces a side.
fn write_grids(path: &Path, side: usize, pieces: usize) -> BBox {
    // As wide as they may be for the largest city to stay on the map of one place.
    let step = 0.005 / pieces as f64 * (100.0 / side as f64).min(1.0);
    let corner = |column: usize, row: usize| {
        // A number that depends on the corner alone, so that neighbours agree (splitmix64).
        let mut mixed = ((row << 32 | column) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        let share = |bits: u64| (bits & 0xffff) as f64 / 65_536.0 * 0.6 - 0.3;
        let lon = 120.0 + step * (column as f64 + share(mixed));
        format!("[{lon:.9},{:.9}]", 36.0 + step * (row as f64 + share(mixed >> 16)))
    };
    let mut file = BufWriter::new(File::create(path).expect("a file"));
    write!(file, "{{\"type\":\"FeatureCollection\",\"features\":[").expect("it is written");
    for number in 0..side * side {
        let (x, y) = (number % side * pieces, number / side * pieces);
        let south = (0..pieces).map(|n| corner(x + n, y));
        let east = (0..pieces).map(|n| corner(x + pieces, y + n));
        let north = (0..pieces).map(|n| corner(x + pieces - n, y + pieces));
        let west = (0..=pieces).map(|n| corner(x, y + pieces - n));
        let ring: Vec<String> = south.chain(east).chain(north).chain(west).collect();
        let (comma, ring) = (if number > 0 { "," } else { "" }, ring.join(","));
        write!(
            file,
            "{comma}{{\"type\":\"Feature\",\"properties\":{{\"code\":\"{number:015}\",\"name\":\"{number}\"}},\
             \"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[{ring}]]}}}}"
        )
        .expect("it is written");
    }
    write!(file, "]}}").and_then(|()| file.flush()).expect("it is written");
    let width = step * (side * pieces) as f64;
    BBox { west: 120.0, south: 36.0, east: 120.0 + width, north: 36.0 + width }
}

fn number(name: &str, default: usize) -> usize {
    let asked = std::env::var(name).ok();
    asked.map_or(default, |text| text.parse().expect("a number"))
}

/// Points in a window, the same for a number of rows.
fn points(window: BBox, rows: usize) -> impl Iterator<Item = (usize, f64, f64)> {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    (0..rows).map(move |row| {
        let lon = random.random_range(window.west..window.east);
        (row, lon, random.random_range(window.south..window.north))
    })
}

fn csv_to_csv(folder: &Path, dataset: &Path, window: BBox, rows: usize) {
    let input = folder.join("points.csv");
    let mut file = BufWriter::new(File::create(&input).expect("a file"));
    writeln!(file, "id,lon,lat,note").expect("it is written");
    for (row, lon, lat) in points(window, rows) {
        writeln!(file, "{row},{lon:.7},{lat:.7},some note").expect("it is written");
    }
    file.flush().expect("it is written");
    println!("CSV to CSV, {rows} rows, whole process");
    let output = folder.join("wangge.csv");
    let ours = best_of(3, || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wangge"));
        command.arg("locate").arg(dataset).arg("--batch").arg(&input).arg("-o").arg(&output);
        command
    });
    report("wangge", ours, rows, None);
    let found = count_found(&output);
    for (name, script) in [("DuckDB spatial", DUCKDB), ("geopandas sjoin", GEOPANDAS)] {
        let Some(python) = python(name) else { continue };
        let output = folder.join("peer.csv");
        let peer = best_of(2, || {
            let mut command = Command::new(&python);
            command.args(["-c", script]).arg(dataset).arg(&input).arg(&output);
            command
        });
        report(name, peer, rows, Some(ours.0));
        let theirs = count_found(&output);
        println!("    rows with a grid: {found}, the peer's {theirs}");
    }
}

fn parquet_to_parquet(folder: &Path, dataset: &Path, window: BBox, rows: usize) {
    let input = folder.join("points.parquet");
    write_points(&input, window, rows);
    println!("Parquet to Parquet, {rows} rows, whole process");
    let output = folder.join("out.parquet");
    let ours = best_of(2, || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wangge"));
        command.arg("locate").arg(dataset).arg("--batch").arg(&input).arg("-o").arg(&output);
        command
    });
    report("wangge", ours, rows, None);
}

fn write_points(path: &Path, window: BBox, rows: usize) {
    let column = |name: &str, kind| {
        let column = Type::primitive_type_builder(name, kind);
        Arc::new(column.with_repetition(Repetition::REQUIRED).build().expect("a column"))
    };
    let fields = vec![
        column("id", Physical::INT64),
        column("lon", Physical::DOUBLE),
        column("lat", Physical::DOUBLE),
    ];
    let schema = Type::group_type_builder("points").with_fields(fields).build().expect("a schema");
    let file = BufWriter::new(File::create(path).expect("a file"));
    let properties = WriterProperties::builder().set_dictionary_enabled(false).build();
    let mut file =
        SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties)).expect("a writer");
    let mut points = points(window, rows).peekable();
    while points.peek().is_some() {
        let group: Vec<_> = points.by_ref().take(GROUP).collect();
        let ids: Vec<i64> = group.iter().map(|point| point.0 as i64).collect();
        let lon: Vec<f64> = group.iter().map(|point| point.1).collect();
        let lat: Vec<f64> = group.iter().map(|point| point.2).collect();
        let mut writer = file.next_row_group().expect("a group");
        let mut next = writer.next_column().expect("a column").expect("a column");
        next.typed::<Int64Type>().write_batch(&ids, None, None).expect("numbers");
        next.close().expect("closed");
        for values in [lon, lat] {
            let mut next = writer.next_column().expect("a column").expect("a column");
            next.typed::<DoubleType>().write_batch(&values, None, None).expect("numbers");
            next.close().expect("closed");
        }
        writer.close().expect("closed");
    }
    file.close().expect("a footer");
}

/// Time and peak memory in MB of the fastest run.
fn best_of(runs: usize, command: impl Fn() -> Command) -> (Duration, u64) {
    let run = |_| {
        let begin = Instant::now();
        let mut child = command().stderr(Stdio::piped()).spawn().expect("it starts");
        let mut peak = 0;
        let status = loop {
            peak = peak.max(peak_mb(child.id()));
            match child.try_wait().expect("it can be asked") {
                Some(status) => break status,
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        };
        let time = begin.elapsed();
        let mut told = String::new();
        let stderr = child.stderr.take().expect("it is piped");
        // What a peer says is only of use when it fails.
        let _ = std::io::Read::read_to_string(&mut { stderr }, &mut told);
        assert!(status.success(), "{told}");
        (time, peak)
    };
    (0..runs).map(run).min().expect("a run")
}

fn peak_mb(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|kb| kb.trim().strip_suffix(" kB")?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn report(name: &str, (time, peak): (Duration, u64), rows: usize, ours: Option<Duration>) {
    let seconds = time.as_secs_f64();
    let rate = rows as f64 / seconds / 1e6;
    let ratio = ours.map(|ours| format!(", {:.1} times as long", seconds / ours.as_secs_f64()));
    println!(
        "  {name:<16} {seconds:8.2} s {rate:7.2} million rows/s, peak {peak} MB{}",
        ratio.unwrap_or_default()
    );
}

/// Rows of a table with a grid, in its last columns.
fn count_found(path: &Path) -> usize {
    let mut reader = csv::Reader::from_path(path).expect("a table");
    let header = reader.headers().expect("a header").clone();
    let grid = header.iter().position(|name| name == "grid_code").expect("the column");
    let mut row = csv::StringRecord::new();
    let mut found = 0;
    while reader.read_record(&mut row).expect("a row") {
        found += usize::from(!row[grid].is_empty());
    }
    found
}

fn python(name: &str) -> Option<PathBuf> {
    let python = std::env::var_os("WANGGE_JOINS").map(PathBuf::from);
    if python.is_none() {
        println!("  {name}: skipped, WANGGE_JOINS names no Python that has it");
    }
    python
}

const DUCKDB: &str = r#"
import glob, os, sys
import duckdb, duckdb_extension_spatial
here = os.path.dirname(duckdb_extension_spatial.__file__)
duck = duckdb.connect()
duck.execute(f"LOAD '{glob.glob(here + '/**/*.duckdb_extension', recursive=True)[0]}'")
duck.execute(f"CREATE TABLE grids AS SELECT code AS grid_code, geom FROM ST_Read('{sys.argv[1]}')")
duck.execute(f"""COPY (SELECT p.*, g.grid_code
    FROM read_csv('{sys.argv[2]}') p LEFT JOIN grids g ON ST_Intersects(g.geom, ST_Point(p.lon, p.lat)))
    TO '{sys.argv[3]}' (HEADER)""")
"#;

const GEOPANDAS: &str = r#"
import sys
import geopandas, pandas
grids = geopandas.read_file(sys.argv[1])[["code", "geometry"]].rename(columns={"code": "grid_code"})
rows = pandas.read_csv(sys.argv[2])
points = geopandas.GeoDataFrame(rows, geometry=geopandas.points_from_xy(rows.lon, rows.lat), crs=grids.crs)
joined = points.sjoin(grids, how="left", predicate="intersects")
joined.drop(columns=["geometry", "index_right"]).to_csv(sys.argv[3], index=False)
"#;

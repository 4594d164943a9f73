//! CSV to records: a header, then a row a feature, with a place from longitude and latitude.

use super::catalogue::{self, LayerKind};
use super::error::LoadError;
use super::record::{Columns, RawGeometry, Record, Words};
use super::value;
use serde_json::{Map, Value};
use std::path::Path;

/// Reads the text of a table. Blank rows, which spreadsheets leave at the end, are passed over.
///
/// # Errors
/// When it has no header, or no columns for the places that the layer needs.
pub(super) fn read(
    file: &Path,
    text: &str,
    kind: LayerKind,
    columns: &Columns,
) -> Result<Vec<Record>, LoadError> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| unreadable(file, &error))?;
    let header: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
    if header.iter().all(String::is_empty) {
        return Err(LoadError::Csv {
            file: file.to_owned(),
            line: 1,
            detail: "the table is empty: no column names".to_owned(),
            remedy: "The first line names the columns, each further line is a row".to_owned(),
        });
    }
    let place = place_columns(file, kind, &header, columns)?;
    let mut records = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| unreadable(file, &error))?;
        if row.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let line = row.position().map(csv::Position::line);
        records.push(record(records.len(), line, &header, &row, place));
    }
    Ok(records)
}

/// The mark between cells: the one of comma, tab and semicolon that the header has most of.
pub(super) fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |mark: u8| header.bytes().filter(|b| *b == mark).count();
    // The last of equals wins, so the comma stands last.
    [b';', b'\t', b','].into_iter().max_by_key(|mark| count(*mark)).unwrap_or(b',')
}

fn unreadable(file: &Path, error: &csv::Error) -> LoadError {
    LoadError::Csv {
        file: file.to_owned(),
        line: error.position().map_or(1, csv::Position::line),
        detail: error.to_string(),
        remedy: "Save the table again as \"CSV UTF-8\"".to_owned(),
    }
}

/// Where the header has longitude and latitude; `None` for a layer whose rows need no place.
fn place_columns(
    file: &Path,
    kind: LayerKind,
    header: &[String],
    columns: &Columns,
) -> Result<Option<[usize; 2]>, LoadError> {
    let find = |field: &str| {
        let names = columns.names(field);
        names.iter().find_map(|name| header.iter().position(|h| h.eq_ignore_ascii_case(name)))
    };
    let has_place = catalogue::fields(kind).iter().any(|field| field.canonical == "lon");
    match (find("lon"), find("lat")) {
        _ if !has_place => Ok(None),
        (Some(lon), Some(lat)) => Ok(Some([lon, lat])),
        (None, None) if kind == LayerKind::Buildings => Ok(None),
        (lon, _) => {
            let missing = if lon.is_none() { "longitude" } else { "latitude" };
            let field = if lon.is_none() { "lon" } else { "lat" };
            Err(LoadError::Csv {
                file: file.to_owned(),
                line: 1,
                detail: format!("no column for the {missing}; it has {}", header.join(", ")),
                remedy: format!(
                    "Name the column `{field}`, or map it in wangge.toml: fields = {{ {field} = \
                     \"your column\" }}"
                ),
            })
        }
    }
}

fn record(
    index: usize,
    line: Option<u64>,
    header: &[String],
    row: &csv::StringRecord,
    place: Option<[usize; 2]>,
) -> Record {
    let surplus = row.iter().skip(header.len()).any(|cell| !cell.trim().is_empty());
    if surplus || row.len() < header.len() {
        let why = Words::new(
            format!("the row has {} cells, the header {}", row.len(), header.len()),
            format!("该行有 {} 列，表头有 {} 列", row.len(), header.len()),
        );
        return Record::broken(index, line, why);
    }
    let mut properties = Map::with_capacity(header.len());
    for (name, cell) in header.iter().zip(row) {
        if !name.is_empty() && !properties.contains_key(name) {
            properties.insert(name.clone(), Value::String(cell.to_owned()));
        }
    }
    let geometry = place.map_or(RawGeometry::Missing, |[lon, lat]| point(&row[lon], &row[lat]));
    Record { index, line, id: None, properties, geometry, broken: None }
}

/// The place of two cells; missing when both are blank.
fn point(lon: &str, lat: &str) -> RawGeometry {
    if lon.trim().is_empty() && lat.trim().is_empty() {
        return RawGeometry::Missing;
    }
    let number = |cell: &str| value::coordinate(&Value::String(cell.to_owned()));
    match (number(lon), number(lat)) {
        (Some(lon), Some(lat)) => RawGeometry::Point([lon, lat]),
        _ => RawGeometry::Malformed(Words::new(
            format!("`{lon}`, `{lat}` are not numbers"),
            format!("“{lon}”、“{lat}” 不是数字"),
        )),
    }
}

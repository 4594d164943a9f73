//! From a path to a [`Dataset`].
//!
//! The way of a layer: file → text ([`text`]) → records ([`geojson`], [`table`]) → reference
//! system ([`reference`]) → the gate and the fields ([`build`]) → references between layers
//! ([`references`]).

use super::catalogue::LayerKind;
use super::error::LoadError;
use super::layer::LayerReader;
use super::manifest::{Document, MANIFEST_NAME, Manifest};
use super::model::{Dataset, LayerInfo, LayerShape};
use super::record::{Columns, Record};
use super::source::{self, LayerSource};
use super::{build, geojson, reference, references, table, text};
use crate::domain::{Finding, Net, Severity};
use std::path::Path;

/// Loads a dataset: a folder with or without `wangge.toml`, the manifest itself, or one polygon
/// file that stands for a folder with only `grids`.
///
/// What is wrong with single features is in [`Dataset::findings`]; the rest is used.
///
/// # Errors
/// When the path is missing, a file as a whole cannot be used, the manifest is wrong, or neither
/// grids nor units remain. The message names the file and what to do.
pub fn load(path: &Path) -> Result<Dataset, LoadError> {
    let about = std::fs::metadata(path).map_err(|error| LoadError::io(path, error))?;
    if about.is_dir() {
        return load_folder(path);
    }
    if path.file_name().is_some_and(|name| name == MANIFEST_NAME) {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
        return load_folder(folder.unwrap_or(Path::new(".")));
    }
    let source = source::single_file(path)?;
    let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let found = source::Found { sources: vec![source], findings: Vec::new() };
    read_layers(&name, Manifest::default(), found, None)
}

fn load_folder(folder: &Path) -> Result<Dataset, LoadError> {
    // `.` and `..` have no name of their own.
    let full = std::fs::canonicalize(folder).map_err(|error| LoadError::io(folder, error))?;
    let name = full.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let path = folder.join(MANIFEST_NAME);
    if !path.exists() {
        return read_layers(&name, Manifest::default(), source::discover(folder)?, None);
    }
    let bytes = text::read_bytes(&path)?;
    let manifest = text::decode(&path, bytes, None, text::Undeclared::Refuse)?;
    let document = Document::parse(&path, manifest.as_str())?;
    let found = document.sources(folder)?;
    read_layers(&name, document.manifest.clone(), found, Some(&document))
}

fn read_layers(
    name: &str,
    manifest: Manifest,
    found: source::Found,
    document: Option<&Document<'_>>,
) -> Result<Dataset, LoadError> {
    let title = manifest.title.or_else(|| manifest.title_zh.clone());
    let title = title.unwrap_or_else(|| name.to_owned());
    let mut dataset = Dataset {
        name: name.to_owned(),
        title_zh: manifest.title_zh.unwrap_or_else(|| title.clone()),
        title,
        synthetic: manifest.synthetic,
        rules: manifest.rules,
        findings: found.findings,
        ..Dataset::default()
    };
    let has_grids = found.sources.iter().any(|source| source.kind == LayerKind::Grids);
    for source in &found.sources {
        let info = read_layer(&mut dataset, source, document)?;
        let essential = match source.kind {
            LayerKind::Grids => true,
            LayerKind::Units => !has_grids,
            _ => false,
        };
        if essential && info.features == 0 {
            return Err(no_usable_feature(source, &dataset.findings));
        }
        dataset.layers.push(info);
    }
    references::settle(&mut dataset);
    for finding in &mut dataset.findings {
        finding.severity = dataset.rules.severity(&finding.rule, finding.severity);
    }
    Ok(dataset)
}

fn no_usable_feature(source: &LayerSource, findings: &[Finding]) -> LoadError {
    let of_layer = |f: &&Finding| f.layer == source.name && f.severity == Severity::Error;
    let reasons = findings.iter().filter(of_layer).take(5).map(|finding| match &finding.mend {
        Some(mend) => format!("{}. {mend}", finding.message),
        None => finding.message.clone(),
    });
    LoadError::NoUsableFeature {
        file: source.path.clone(),
        layer: source.name.clone(),
        reasons: reasons.collect(),
    }
}

/// Reads one layer into the dataset.
fn read_layer(
    dataset: &mut Dataset,
    source: &LayerSource,
    document: Option<&Document<'_>>,
) -> Result<LayerInfo, LoadError> {
    let columns = Columns::new(source.kind, &source.columns);
    let bytes = text::read_bytes(&source.path)?;
    // GeoJSON is UTF-8 by its standard; a table is whatever the spreadsheet made of it.
    let undeclared = match source.is_table() {
        true => text::Undeclared::TryGb18030,
        false => text::Undeclared::Refuse,
    };
    let content = text::decode(&source.path, bytes, source.encoding, undeclared)?;
    let (records, crs) = if source.is_table() {
        (table::read(&source.path, content.as_str(), source.kind, &columns)?, None)
    } else {
        let collection = geojson::read(&source.path, content.as_str())?;
        (collection.records, collection.crs)
    };
    check_mapped_columns(source, &records, document)?;
    let (projection, decided) = reference::resolve(source, &records, crs)?;
    let mut findings: Vec<Finding> = decided.into_iter().collect();
    findings.extend(content.guessed.map(|encoding| guessed_encoding(source, encoding)));
    let mut reader = LayerReader { source, columns, projection, findings };
    let (geometry, features) = fill(dataset, &mut reader, &records);
    dataset.findings.append(&mut reader.findings);
    Ok(LayerInfo {
        id: source.name.clone(),
        title: source.title.clone(),
        title_zh: source.title_zh.clone(),
        geometry,
        features,
        net: source.kind == LayerKind::Net,
        file: source.file.to_string(),
    })
}

/// Builds the features of a layer; gives what it draws and how many features it has.
fn fill(
    dataset: &mut Dataset,
    reader: &mut LayerReader<'_>,
    records: &[Record],
) -> (LayerShape, usize) {
    match reader.source.kind {
        LayerKind::Subdistrict => {
            dataset.subdistrict = build::subdistrict(reader, records);
            (LayerShape::Polygon, usize::from(dataset.subdistrict.is_some()))
        }
        LayerKind::Communities => {
            dataset.communities = build::communities(reader, records);
            (LayerShape::Polygon, dataset.communities.len())
        }
        LayerKind::Grids => {
            dataset.grids = build::grids(reader, records);
            (LayerShape::Polygon, dataset.grids.len())
        }
        LayerKind::Net => {
            let features = build::net(reader, records);
            let count = features.len();
            let name = reader.source.name.clone();
            let correspondence = reader.source.correspondence;
            dataset.nets.push(Net { name, correspondence, features });
            (LayerShape::Polygon, count)
        }
        LayerKind::Compounds => {
            dataset.compounds = build::compounds(reader, records);
            (build::shape_of_compounds(&dataset.compounds), dataset.compounds.len())
        }
        LayerKind::Units => {
            dataset.units = build::units(reader, records);
            (LayerShape::Polygon, dataset.units.len())
        }
        LayerKind::Roads => {
            dataset.roads = build::lines(reader, records);
            (build::shape_of_lines(&dataset.roads), dataset.roads.len())
        }
        LayerKind::Barriers => {
            dataset.barriers = build::lines(reader, records);
            (build::shape_of_lines(&dataset.barriers), dataset.barriers.len())
        }
        LayerKind::Buildings => {
            dataset.buildings = build::buildings(reader, records);
            let placed = dataset.buildings.iter().any(|building| building.place.is_some());
            let shape = if placed { LayerShape::Point } else { LayerShape::Table };
            (shape, dataset.buildings.len())
        }
        LayerKind::Doors => {
            dataset.doors = build::doors(reader, records);
            (LayerShape::Table, dataset.doors.len())
        }
        LayerKind::Landmarks => {
            dataset.landmarks = build::landmarks(reader, records);
            (LayerShape::Point, dataset.landmarks.len())
        }
    }
}

/// Refuses a field map that names a column which no feature has: a slip that would otherwise
/// look like a layer full of missing values.
fn check_mapped_columns(
    source: &LayerSource,
    records: &[Record],
    document: Option<&Document<'_>>,
) -> Result<(), LoadError> {
    let Some(document) = document else { return Ok(()) };
    let readable = || records.iter().filter(|record| record.broken.is_none());
    for (field, column) in &source.columns {
        let is_it = |key: &String| key.trim().eq_ignore_ascii_case(column.trim());
        let mut some = readable().peekable();
        if some.peek().is_some() && !some.any(|record| record.properties.keys().any(is_it)) {
            let first = readable().next().map(|record| &record.properties);
            let has: Vec<_> = first.into_iter().flat_map(|p| p.keys().cloned()).collect();
            return Err(document.no_such_column(&source.name, field, column, &has.join(", ")));
        }
    }
    Ok(())
}

fn guessed_encoding(source: &LayerSource, encoding: &str) -> Finding {
    let file = &source.file;
    Finding::new(
        "encoding.guessed",
        Severity::Info,
        &source.name,
        format!("{file}: the bytes are not UTF-8 and were read as {encoding}"),
        format!("{file}：内容不是 UTF-8，已按 {encoding} 读取"),
    )
    .with_file(&**file)
    .with_mend(
        "Say so in wangge.toml (`encoding = \"gbk\"`), or save the file as UTF-8.",
        "可在 wangge.toml 中写明 encoding = \"gbk\"，或将文件另存为 UTF-8。",
    )
}

//! Which file each layer comes from, and how it is to be read.

use super::catalogue::{self, LayerKind};
use super::crs::Crs;
use super::error::LoadError;
use crate::domain::{Correspondence, Finding, Severity};
use encoding_rs::Encoding;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A layer to read.
#[derive(Clone, Debug)]
pub(super) struct LayerSource {
    /// Layer name.
    pub name: String,
    pub kind: LayerKind,
    pub title: String,
    pub title_zh: String,
    /// The file as the user would name it.
    pub path: PathBuf,
    /// The file relative to the folder.
    pub file: Arc<str>,
    /// Declared system.
    pub crs: Option<Crs>,
    /// Declared encoding.
    pub encoding: Option<&'static Encoding>,
    /// How a net must fit.
    pub correspondence: Correspondence,
    /// Canonical field → column of the file.
    pub columns: BTreeMap<String, String>,
}

impl LayerSource {
    /// A conventional layer from a file, nothing declared.
    pub fn conventional(layer: &catalogue::Conventional, folder: &Path, file: &str) -> Self {
        Self {
            name: layer.name.to_owned(),
            kind: layer.kind,
            title: layer.title.to_owned(),
            title_zh: layer.title_zh.to_owned(),
            path: folder.join(file),
            file: file.into(),
            crs: None,
            encoding: None,
            correspondence: Correspondence::default(),
            columns: BTreeMap::new(),
        }
    }

    /// Whether the file is a table.
    pub fn is_table(&self) -> bool {
        extension(&self.file) == "csv"
    }
}

/// The extension of a file name in small letters, without the dot; empty when it has none.
pub(super) fn extension(file: &str) -> String {
    let name = Path::new(file).extension().map(|e| e.to_string_lossy().to_lowercase());
    name.unwrap_or_default()
}

/// Names of the files in a folder, sorted; hidden ones left out.
pub(super) fn list(folder: &Path) -> Result<Vec<String>, LoadError> {
    let entries = std::fs::read_dir(folder).map_err(|source| LoadError::io(folder, source))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|source| LoadError::io(folder, source))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// The file among `files` that is the layer's by its name: GeoJSON before CSV.
pub(super) fn file_of<'a>(layer: &catalogue::Conventional, files: &'a [String]) -> Option<&'a str> {
    let formats: &[&str] = if catalogue::reads_csv(layer.kind) {
        &["geojson", "json", "csv"]
    } else {
        &["geojson", "json"]
    };
    formats.iter().find_map(|format| {
        let wanted = format!("{}.{format}", layer.name);
        files.iter().map(String::as_str).find(|file| file.eq_ignore_ascii_case(&wanted))
    })
}

/// Formats that hold layers but are not read yet; their sidecars (.dbf, .prj, …) are not listed.
const OTHER_FORMATS: [&str; 16] = [
    "shp", "gpkg", "xlsx", "xls", "csv", "kml", "kmz", "dxf", "gdb", "tab", "mif", "fgb",
    "parquet", "gml", "topojson", "zip",
];

/// How to convert a file of another format into the file of a layer.
pub(super) fn conversion(file: &str, layer: &str, kind: LayerKind) -> String {
    match extension(file).as_str() {
        "xlsx" | "xls" if catalogue::reads_csv(kind) => {
            format!("Save the sheet as {layer}.csv, or: `ogr2ogr -f CSV {layer}.csv {file}`.")
        }
        "csv" | "xlsx" | "xls" => {
            format!("A table has no outlines: the layer {layer} must be GeoJSON, {layer}.geojson.")
        }
        "zip" | "kmz" => format!(
            "Unpack it first, then convert: `ogr2ogr -f GeoJSON -t_srs EPSG:4490 {layer}.geojson FILE`."
        ),
        _ => format!(
            "Convert it: `ogr2ogr -f GeoJSON -t_srs EPSG:4490 {layer}.geojson {file}`{}.",
            match extension(file).as_str() {
                "shp" => " (add `-oo ENCODING=GBK` if Chinese names come out wrong)",
                "gpkg" | "gdb" => " (add the name of the layer at the end if it holds several)",
                _ => "",
            }
        ),
    }
}

/// What a folder without a manifest holds.
pub(super) struct Found {
    pub sources: Vec<LayerSource>,
    pub findings: Vec<Finding>,
}

/// The layers of a folder by the conventional names.
///
/// # Errors
/// When there is neither a grids nor a units file that can be read, nor compounds with an area.
pub(super) fn discover(folder: &Path) -> Result<Found, LoadError> {
    let files = list(folder)?;
    if files.is_empty() {
        let path = folder.to_owned();
        return Err(LoadError::EmptyFolder { path, looked_for: catalogue::looked_for() });
    }
    let mut found = Found { sources: Vec::new(), findings: Vec::new() };
    for layer in &catalogue::LAYERS {
        let read = file_of(layer, &files);
        if let Some(file) = read {
            found.sources.push(LayerSource::conventional(layer, folder, file));
        }
        found.findings.extend(passed_over(layer, read, &files));
    }
    if suffices(&found.sources) {
        return Ok(found);
    }
    Err(nothing_to_load(folder, &files))
}

/// Whether a dataset can be made of these layers: with grids or units, or with compounds and an
/// area, of which units can be made.
pub(super) fn suffices(sources: &[LayerSource]) -> bool {
    let has = |kind| sources.iter().any(|source| source.kind == kind);
    let has_area = has(LayerKind::Subdistrict) || has(LayerKind::Communities);
    has(LayerKind::Grids) || has(LayerKind::Units) || (has(LayerKind::Compounds) && has_area)
}

/// The other files of a layer's name.
fn others<'a>(layer: &catalogue::Conventional, files: &'a [String]) -> Vec<&'a str> {
    let same_stem = |file: &str| {
        let stem = Path::new(file).file_stem().map(|s| s.to_string_lossy().to_lowercase());
        stem.as_deref() == Some(layer.name)
    };
    let holds_a_layer = |file: &str| {
        let extension = extension(file);
        matches!(extension.as_str(), "geojson" | "json") || OTHER_FORMATS.contains(&&*extension)
    };
    files.iter().map(String::as_str).filter(|file| same_stem(file) && holds_a_layer(file)).collect()
}

/// A finding for each file of the layer's name that is not read.
fn passed_over(
    layer: &catalogue::Conventional,
    read: Option<&str>,
    files: &[String],
) -> Vec<Finding> {
    let others = others(layer, files).into_iter().filter(|file| Some(*file) != read);
    let finding = |file: &str| match read {
        Some(read) => Finding::new(
            "file.ignored",
            Severity::Info,
            layer.name,
            format!("{file} is not read, because {read} is"),
            format!("已读取 {read}，未读取 {file}"),
        ),
        None => Finding::new(
            "file.ignored",
            Severity::Warning,
            layer.name,
            format!(
                "{file} is not read: this version reads GeoJSON and, for points and tables, CSV"
            ),
            format!("未读取 {file}：本版本只读取 GeoJSON，点和表格可用 CSV"),
        )
        .with_mend(
            conversion(file, layer.name, layer.kind),
            format!("请用 ogr2ogr 转换为 {}.geojson。", layer.name),
        ),
    };
    others.map(|file| finding(file).with_file(file)).collect()
}

/// The error for a folder that has neither grids nor units to read: a file in another format, or
/// other names.
fn nothing_to_load(folder: &Path, files: &[String]) -> LoadError {
    for name in ["grids", "units"] {
        let Some(layer) = catalogue::conventional(name) else { continue };
        if let Some(file) = others(layer, files).first() {
            let remedy = conversion(file, name, layer.kind);
            return LoadError::UnsupportedFormat { file: folder.join(file), remedy };
        }
    }
    let unreadable = files.iter().find(|file| {
        let extension = extension(file);
        extension != "csv" && OTHER_FORMATS.contains(&&*extension)
    });
    let mut found = files.iter().take(10).cloned().collect::<Vec<_>>().join(", ");
    if files.len() > 10 {
        found.push_str(&format!(" and {} more", files.len() - 10));
    }
    if let Some(file) = unreadable {
        found.push_str(&format!(
            " (this version reads GeoJSON and CSV, not {file}. {})",
            conversion(file, "grids", LayerKind::Grids)
        ));
    }
    LoadError::NothingToLoad { path: folder.to_owned(), looked_for: catalogue::looked_for(), found }
}

/// The sources of a single file that stands for a folder with only grids.
///
/// # Errors
/// When the format is not read.
pub(super) fn single_file(path: &Path) -> Result<LayerSource, LoadError> {
    let file = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let grids = catalogue::conventional("grids")
        .filter(|_| matches!(extension(&file).as_str(), "geojson" | "json"));
    let Some(grids) = grids else {
        let remedy = conversion(&file, "grids", LayerKind::Grids);
        return Err(LoadError::UnsupportedFormat { file: path.to_owned(), remedy });
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    Ok(LayerSource::conventional(grids, folder, &file))
}

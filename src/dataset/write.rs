//! Writing a dataset with changes into another folder.
//!
//! The files are read again, not the loaded dataset: columns that the program does not know, the
//! order of features and members, and every number of a feature that does not change stay as the
//! file has them. A layer without changes is copied byte for byte. A layer with changes is written
//! as GeoJSON in degrees and UTF-8, whatever it was before, and the manifest says so.

use super::edit::{AddedFeature, Inserter, LayerEdit};
use super::error::LoadError;
use super::gate::Projection;
use super::layer_text::{Members, members, object, with_member};
use super::manifest::{Document, MANIFEST_NAME};
use super::record::Columns;
use super::source::{self, Found, LayerSource, extension};
use super::{geojson, reference, text};
use crate::domain::MultiPolygon;
use serde_json::value::RawValue;
use std::path::{Component, Path, PathBuf};

/// The file that marks a folder as the result of a repair, and holds its report.
pub const RESULT_NAME: &str = "wangge-repair.json";

/// Why a dataset could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The original cannot be read again.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The result would lie over the original.
    #[error("{}: is the dataset's own folder; name another one for the result", folder.display())]
    OwnFolder {
        /// The folder given.
        folder: PathBuf,
    },
    /// The folder holds something else.
    #[error(
        "{}: is not empty and not the result of an earlier repair (it has no {RESULT_NAME}); name an empty or a new folder",
        folder.display()
    )]
    NotEmpty {
        /// The folder given.
        folder: PathBuf,
    },
    /// The operating system refuses to write.
    #[error("{}: cannot be written: {source}", file.display())]
    Unwritable {
        /// The file or folder.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// The files of a dataset with changes, ready to be written.
struct Files {
    /// Name relative to the folder, and content.
    contents: Vec<(String, Vec<u8>)>,
}

/// Writes the dataset at `path` with changes into the folder `to`, so that it can be loaded from
/// there, and `report` (JSON) beside it as [`RESULT_NAME`]. Gives the names of the files written.
///
/// The folder is made when it is not there. Files of an earlier result are replaced, and those that
/// the new one does not have are deleted; nothing else in the folder is touched.
///
/// # Errors
/// When `to` is the dataset's own folder, or holds something that is no earlier result; when a file
/// cannot be read or written.
pub fn write_edited(
    path: &Path,
    edits: &[LayerEdit],
    to: &Path,
    report: &str,
) -> Result<Vec<String>, WriteError> {
    let folder = folder_of(path);
    let earlier = check_target(&folder, to)?;
    let files = collect(path, &folder, edits)?;
    let mut names: Vec<String> = files.contents.iter().map(|(name, _)| name.clone()).collect();
    names.push(RESULT_NAME.to_owned());
    for stale in earlier.iter().filter(|name| !names.contains(name)) {
        // One that is gone already is as good as deleted.
        let _ = std::fs::remove_file(to.join(stale));
    }
    for (name, content) in &files.contents {
        put(&to.join(name), content)?;
    }
    let listed = serde_json::to_string(&names).unwrap_or_default();
    put(
        &to.join(RESULT_NAME),
        format!("{{\"files\":{listed},\n\"report\":{report}}}\n").as_bytes(),
    )?;
    Ok(names)
}

/// The folder that a dataset's path stands for.
fn folder_of(path: &Path) -> PathBuf {
    if path.is_dir() {
        return path.to_owned();
    }
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty());
    parent.unwrap_or(Path::new(".")).to_owned()
}

/// Whether the result may be written there; gives the files of an earlier result.
fn check_target(folder: &Path, to: &Path) -> Result<Vec<String>, WriteError> {
    let unwritable = |source| WriteError::Unwritable { file: to.to_owned(), source };
    let Ok(there) = std::fs::canonicalize(to) else { return Ok(Vec::new()) };
    if std::fs::canonicalize(folder).is_ok_and(|own| own == there) {
        return Err(WriteError::OwnFolder { folder: to.to_owned() });
    }
    let mut entries = std::fs::read_dir(&there).map_err(unwritable)?;
    if entries.next().is_none() {
        return Ok(Vec::new());
    }
    let earlier = std::fs::read_to_string(there.join(RESULT_NAME)).ok();
    let earlier = earlier.and_then(|text| {
        let value: serde_json::Value = serde_json::from_str(&text).ok()?;
        let names = value.get("files")?.as_array()?;
        Some(names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect::<Vec<_>>())
    });
    let Some(names) = earlier else { return Err(WriteError::NotEmpty { folder: to.to_owned() }) };
    // The list is a file like any other: it must not lead out of the folder.
    Ok(names.into_iter().filter(|name| is_inside(name)).collect())
}

/// Whether a name stays inside the folder that it is relative to.
fn is_inside(name: &str) -> bool {
    let path = Path::new(name);
    path.components().all(|part| matches!(part, Component::Normal(_))) && !name.is_empty()
}

/// Writes a file by way of a temporary one, so that it is either whole or not there, and so that a
/// link in its place is replaced and not followed.
fn put(file: &Path, content: &[u8]) -> Result<(), WriteError> {
    let unwritable = |source| WriteError::Unwritable { file: file.to_owned(), source };
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(unwritable)?;
    }
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = file.with_file_name(name);
    std::fs::write(&part, content).map_err(unwritable)?;
    std::fs::rename(&part, file).map_err(unwritable)
}

/// The files of the dataset with changes.
fn collect(path: &Path, folder: &Path, edits: &[LayerEdit]) -> Result<Files, WriteError> {
    let manifest_path = folder.join(MANIFEST_NAME);
    let is_single = path.is_file() && path.file_name().is_some_and(|name| name != MANIFEST_NAME);
    if is_single {
        let source = source::single_file(path)?;
        return files_of(&[source], edits, None);
    }
    if !manifest_path.exists() {
        let Found { sources, .. } = source::discover(folder)?;
        return files_of(&sources, edits, None);
    }
    let bytes = text::read_bytes(&manifest_path)?;
    let manifest = text::decode(&manifest_path, bytes, None, text::Undeclared::Refuse)?;
    let document = Document::parse(&manifest_path, manifest.as_str())?;
    let Found { sources, .. } = document.sources(folder)?;
    files_of(&sources, edits, Some(manifest.as_str()))
}

fn files_of(
    sources: &[LayerSource],
    edits: &[LayerEdit],
    manifest: Option<&str>,
) -> Result<Files, WriteError> {
    let mut files = Files { contents: Vec::new() };
    let mut rewritten: Vec<Rewritten> = Vec::new();
    for source in sources {
        let edit = edits.iter().find(|edit| edit.layer == source.name && !edit.is_empty());
        // A single file may go by any name; in a folder without manifest the name says what it is.
        let keeps_name = is_inside(&source.file) && (manifest.is_some() || is_conventional(source));
        let name = if keeps_name {
            source.file.to_string()
        } else {
            format!("{}.{}", source.name, extension(&source.file))
        };
        let content = match edit {
            Some(edit) => edited(source, edit)?,
            None => text::read_bytes(&source.path)?,
        };
        let is_declared = source.crs.is_some() || source.encoding.is_some();
        if name != *source.file || (edit.is_some() && is_declared) {
            let layer = source.name.clone();
            rewritten.push(Rewritten { layer, file: name.clone(), plain: edit.is_some() });
        }
        // Two layers may come from one file; a changed one then needs a file of its own.
        match files.contents.iter().position(|(known, _)| *known == name) {
            Some(at) if files.contents[at].1 == content => {}
            Some(_) => {
                let own = format!("{}-{}.{}", source.name, "repaired", extension(&name));
                let layer = source.name.clone();
                rewritten.retain(|one| one.layer != layer);
                rewritten.push(Rewritten { layer, file: own.clone(), plain: edit.is_some() });
                files.contents.push((own, content));
            }
            None => files.contents.push((name, content)),
        }
    }
    if let Some(text) = manifest {
        let text = if rewritten.is_empty() { text.to_owned() } else { rewrite(text, &rewritten) };
        files.contents.push((MANIFEST_NAME.to_owned(), text.into_bytes()));
    }
    Ok(files)
}

fn is_conventional(source: &LayerSource) -> bool {
    let stem = Path::new(&*source.file).file_stem().map(|s| s.to_string_lossy().to_lowercase());
    stem.as_deref() == Some(source.name.as_str())
}

/// A layer that the manifest must describe otherwise.
struct Rewritten {
    layer: String,
    file: String,
    /// Whether it is in degrees and UTF-8 now.
    plain: bool,
}

/// The manifest with other files, and without the reference system and encoding of layers that
/// have been written anew. Comments are lost.
fn rewrite(text: &str, rewritten: &[Rewritten]) -> String {
    // The text was parsed before.
    let Ok(mut table) = text.parse::<toml::Table>() else { return text.to_owned() };
    let layers = table.entry("layers").or_insert_with(|| toml::Table::new().into());
    if let Some(layers) = layers.as_table_mut() {
        for one in rewritten {
            let layer = layers.entry(&one.layer).or_insert_with(|| toml::Table::new().into());
            if let Some(layer) = layer.as_table_mut() {
                layer.insert("file".to_owned(), one.file.clone().into());
                if one.plain {
                    layer.remove("crs");
                    layer.remove("encoding");
                }
            }
        }
    }
    let head = "# Written by `wangge repair` after the original; its comments are there.\n";
    match toml::to_string(&table) {
        Ok(body) => format!("{head}{body}"),
        Err(_) => text.to_owned(),
    }
}

/// The text of a GeoJSON layer with changes.
fn edited(source: &LayerSource, edit: &LayerEdit) -> Result<Vec<u8>, WriteError> {
    let bytes = text::read_bytes(&source.path)?;
    let content = text::decode(&source.path, bytes, source.encoding, text::Undeclared::Refuse)?;
    let content = content.as_str();
    let collection = geojson::read(&source.path, content)?;
    let (projection, _) = reference::resolve(source, &collection.records, collection.crs)?;
    let in_degrees = projection.crs == super::crs::Crs::Degrees;
    let columns = Columns::new(source.kind, &source.columns);
    // `read` has seen that it is a collection with features.
    let Some((head, features, tail)) = parted(content, in_degrees) else {
        return Ok(content.as_bytes().to_vec());
    };
    let inserter = Inserter::new(&edit.inserted);
    let mut written = Vec::with_capacity(features.len());
    for (i, (raw, record)) in features.iter().zip(&collection.records).enumerate() {
        if edit.removed.contains(&i) {
            continue;
        }
        let area = || projection.area(&record.geometry).ok();
        let new = match edit.areas.get(&i) {
            Some(area) => Some(area.clone()),
            None if !edit.inserted.is_empty() => area().and_then(|area| inserter.area(&area)),
            None => None,
        };
        let new = new.or_else(|| if in_degrees { None } else { degrees(&projection, record) });
        let codes = edit.grid_codes.get(&i).map(|codes| codes.as_slice());
        written.push(feature(raw.get(), new.as_ref(), |properties| {
            codes.map(|codes| with_codes(properties, &columns, codes))
        }));
    }
    let model =
        |added: &AddedFeature| added.like.and_then(|i| features.get(i)).map(|raw| raw.get());
    let sample = features.first().map(|raw| raw.get());
    written.extend(edit.added.iter().map(|one| added(one, model(one), sample, &columns)));
    let body = written.join(",\n");
    Ok(format!("{head}[\n{body}\n]{tail}\n").into_bytes())
}

/// A feature's area in degrees, for a file that is written in degrees now.
fn degrees(projection: &Projection, record: &super::record::Record) -> Option<MultiPolygon> {
    projection.area(&record.geometry).ok()
}

/// The text of a collection before, in and after its list of features. Other members stay; `crs`
/// only when the numbers are degrees already.
fn parted(content: &str, in_degrees: bool) -> Option<(String, Vec<Box<RawValue>>, String)> {
    let Members(all) = serde_json::from_str(content).ok()?;
    let at = all.iter().position(|(name, _)| name == "features")?;
    let kept = |(name, _): &&(String, Box<RawValue>)| in_degrees || name != "crs";
    let write = |part: &[(String, Box<RawValue>)]| -> Vec<String> {
        let member = |(name, value): &(String, Box<RawValue>)| {
            format!("{}:{}", super::layer_text::quoted(name), value.get())
        };
        part.iter().filter(kept).map(member).collect()
    };
    let (before, after) = (write(&all[..at]), write(&all[at + 1..]));
    let comma = if before.is_empty() { "" } else { "," };
    let head = format!("{{{}{comma}\"features\":", before.join(","));
    let tail = after.iter().map(|member| format!(",{member}")).collect::<String>() + "}";
    Some((head, serde_json::from_str(all[at].1.get()).ok()?, tail))
}

/// The text of a feature with another area and other properties; as it is without either.
fn feature(
    text: &str,
    area: Option<&MultiPolygon>,
    properties: impl Fn(&str) -> Option<String>,
) -> String {
    // One that cannot be read as an object stays, as the loader passes over it.
    let Some(all) = members(text) else { return text.to_owned() };
    let own = all.iter().find(|(name, _)| name == "properties").map_or("null", |one| one.1.get());
    let changed = properties(own);
    if area.is_none() && changed.is_none() {
        return text.to_owned();
    }
    let mut all: Vec<(String, String)> =
        all.into_iter().map(|(name, value)| (name, value.get().to_owned())).collect();
    if let Some(area) = area {
        with_member(&mut all, "geometry", geometry(area));
        // A window that the file gave would no longer hold.
        all.retain(|(name, _)| name != "bbox");
    }
    if let Some(changed) = changed {
        with_member(&mut all, "properties", changed);
    }
    object(&all)
}

fn geometry(area: &MultiPolygon) -> String {
    serde_json::to_string(&area.to_geometry()).unwrap_or_else(|_| "null".to_owned())
}

/// The names that a file uses for a field: those of its columns that it is read from.
fn own_names(all: &[(String, String)], columns: &Columns, field: &str) -> Option<String> {
    let is_it = |name: &str| {
        columns.names(field).iter().any(|known| name.trim().eq_ignore_ascii_case(known))
    };
    all.iter().map(|(name, _)| name).find(|name| is_it(name)).cloned()
}

fn plain(text: &str) -> Vec<(String, String)> {
    let all = members(text).unwrap_or_default();
    all.into_iter().map(|(name, value)| (name, value.get().to_owned())).collect()
}

/// Grid codes in the form that the file gives them in: a list, or one text.
fn codes_like(before: Option<&str>, codes: &[String]) -> String {
    let as_text = before.is_some_and(|value| !value.trim_start().starts_with('['));
    if as_text {
        super::layer_text::quoted(&codes.join("、"))
    } else {
        serde_json::to_string(codes).unwrap_or_default()
    }
}

fn with_codes(properties: &str, columns: &Columns, codes: &[String]) -> String {
    let mut all = plain(properties);
    let name = own_names(&all, columns, "grid_codes").unwrap_or_else(|| "grid_codes".to_owned());
    let before = all.iter().find(|(known, _)| *known == name).map(|one| one.1.clone());
    with_member(&mut all, &name, codes_like(before.as_deref(), codes));
    object(&all)
}

/// The text of a new feature, with the other columns of the feature that it was made after; else
/// with the column names of the file's first feature.
fn added(
    new: &AddedFeature,
    model: Option<&str>,
    sample: Option<&str>,
    columns: &Columns,
) -> String {
    let properties_of = |text: Option<&str>| {
        let all = text.and_then(members).unwrap_or_default();
        all.iter().find(|(name, _)| name == "properties").map(|one| plain(one.1.get()))
    };
    let mut properties = properties_of(model).unwrap_or_default();
    let names = properties_of(model.or(sample)).unwrap_or_default();
    let before = own_names(&names, columns, "grid_codes")
        .and_then(|name| names.iter().find(|one| one.0 == name).map(|one| one.1.clone()));
    let mut set = |field: &str, value: String| {
        let name = own_names(&names, columns, field).unwrap_or_else(|| field.to_owned());
        with_member(&mut properties, &name, value);
    };
    set("id", super::layer_text::quoted(&new.id));
    set("name", super::layer_text::quoted(&new.name));
    set("grid_codes", codes_like(before.as_deref(), &new.grid_codes));
    object(&[
        ("type".to_owned(), "\"Feature\"".to_owned()),
        ("properties".to_owned(), object(&properties)),
        ("geometry".to_owned(), geometry(&new.area)),
    ])
}

//! `wangge.toml`: title, layers and rules of a dataset. An unknown key is refused by its name, so
//! that a slip of the pen never passes for a setting.

use super::catalogue::{self, LayerKind};
use super::crs::{CRS_NAMES, Crs};
use super::error::LoadError;
use super::source::{self, LayerSource};
use crate::domain::{Correspondence, Finding, RuleSettings, Severity};
use encoding_rs::Encoding;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// File name of the manifest.
pub const MANIFEST_NAME: &str = "wangge.toml";

/// The manifest as written.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Manifest {
    pub title: Option<String>,
    pub title_zh: Option<String>,
    pub synthetic: bool,
    pub layers: BTreeMap<String, LayerTable>,
    pub rules: RuleSettings,
}

/// `[layers.NAME]`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct LayerTable {
    pub file: Option<String>,
    pub crs: Option<String>,
    pub encoding: Option<String>,
    pub net: Option<bool>,
    pub correspondence: Option<CorrespondenceName>,
    pub title: Option<String>,
    pub title_zh: Option<String>,
    pub fields: BTreeMap<String, String>,
}

/// The names of [`Correspondence`] in the manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CorrespondenceName {
    OneToOne,
    ManyToOne,
}

impl From<CorrespondenceName> for Correspondence {
    fn from(name: CorrespondenceName) -> Self {
        match name {
            CorrespondenceName::OneToOne => Self::OneToOne,
            CorrespondenceName::ManyToOne => Self::ManyToOne,
        }
    }
}

/// A manifest with its text, so that errors can name the line of a key.
pub(super) struct Document<'a> {
    pub manifest: Manifest,
    path: &'a Path,
    text: &'a str,
}

impl<'a> Document<'a> {
    /// Parses the text of a manifest and checks the numbers of its rules.
    ///
    /// # Errors
    /// Names file, line and key of what is wrong.
    pub fn parse(path: &'a Path, text: &'a str) -> Result<Self, LoadError> {
        let manifest = toml::from_str(text).map_err(|error| syntax_error(path, text, &error))?;
        let document = Self { manifest, path, text };
        document.check_rules()?;
        Ok(document)
    }

    /// The error about the key `key` of the table `table`.
    fn wrong(&self, table: &str, key: &str, detail: impl Into<String>) -> LoadError {
        let full = match (table, key) {
            ("", key) => key.to_owned(),
            (table, "") => table.to_owned(),
            (table, key) => format!("{table}.{key}"),
        };
        let line = line_of(self.text, table, key);
        LoadError::Manifest { file: self.path.to_owned(), line, key: full, detail: detail.into() }
    }

    fn check_rules(&self) -> Result<(), LoadError> {
        let rules = &self.manifest.rules;
        if !(rules.tolerance_m.is_finite() && rules.tolerance_m >= 0.0) {
            return Err(self.wrong("rules", "tolerance_m", "must be metres, 0 or more"));
        }
        if !(rules.max_deviation.is_finite() && rules.max_deviation >= 0.0) {
            let detail = "must be a share, 0 or more (0.1 is ±10 %)";
            return Err(self.wrong("rules", "max_deviation", detail));
        }
        for (key, band) in
            [("size_households", rules.size_households), ("size_residents", rules.size_residents)]
        {
            if band[0] > band[1] {
                return Err(self.wrong("rules", key, "must be [least, greatest]"));
            }
        }
        for rule in rules.severity.keys() {
            let family = rule.split_once('.').map_or(rule.as_str(), |(family, _)| family);
            if !RULE_FAMILIES.contains(&family) {
                let detail = format!(
                    "no such rule; rules are named like `size.households`, with {}",
                    RULE_FAMILIES.join(", ")
                );
                return Err(self.wrong("rules.severity", rule, detail));
            }
        }
        Ok(())
    }

    /// The layers to read. Where the manifest names none, the folder's conventional names are
    /// taken; where it names some, those are all, and a conventional file beside them is reported.
    ///
    /// # Errors
    /// When a layer is not known, its file does not exist, or a setting does not fit it.
    pub fn sources(&self, folder: &Path) -> Result<source::Found, LoadError> {
        if self.manifest.layers.is_empty() {
            return source::discover(folder);
        }
        let files = source::list(folder)?;
        let mut found = source::Found { sources: Vec::new(), findings: Vec::new() };
        for (name, table) in &self.manifest.layers {
            found.sources.push(self.layer(folder, &files, name, table)?);
        }
        found.sources.sort_by_key(|source| catalogue::order(&source.name));
        if !source::suffices(&found.sources) {
            let detail = "names neither grids nor units (nor compounds with a subdistrict or communities, of which units can be made): add [layers.grids] or [layers.units]";
            return Err(self.wrong("layers", "", detail));
        }
        for layer in &catalogue::LAYERS {
            let Some(file) = source::file_of(layer, &files) else { continue };
            if !found.sources.iter().any(|s| &*s.file == file || s.name == layer.name) {
                found.findings.push(not_listed(layer.name, file));
            }
        }
        Ok(found)
    }

    fn layer(
        &self,
        folder: &Path,
        files: &[String],
        name: &str,
        table: &LayerTable,
    ) -> Result<LayerSource, LoadError> {
        let at = format!("layers.{name}");
        let known = catalogue::conventional(name);
        let kind = self.kind(&at, name, table)?;
        let file = match (&table.file, known) {
            (Some(file), _) => file.clone(),
            (None, Some(layer)) => source::file_of(layer, files)
                .map(str::to_owned)
                .unwrap_or_else(|| format!("{name}.geojson")),
            (None, None) => format!("{name}.geojson"),
        };
        self.check_file(&at, folder, &file, name, kind)?;
        if table.correspondence.is_some() && kind != LayerKind::Net {
            return Err(self.wrong(&at, "correspondence", "only a net has one"));
        }
        let title = table.title.clone().or_else(|| known.map(|layer| layer.title.to_owned()));
        let title_zh = (table.title_zh.clone())
            .or_else(|| known.map(|layer| layer.title_zh.to_owned()))
            .or_else(|| title.clone());
        Ok(LayerSource {
            name: name.to_owned(),
            kind,
            title: title.or_else(|| table.title_zh.clone()).unwrap_or_else(|| name.to_owned()),
            title_zh: title_zh.unwrap_or_else(|| name.to_owned()),
            path: folder.join(&file),
            file: file.into(),
            crs: self.crs(&at, table)?,
            encoding: self.encoding(&at, table)?,
            correspondence: table.correspondence.map(Into::into).unwrap_or_default(),
            columns: self.columns(&at, kind, table)?,
        })
    }

    fn kind(&self, at: &str, name: &str, table: &LayerTable) -> Result<LayerKind, LoadError> {
        let good_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        if name.is_empty() || !name.chars().all(good_name) {
            let detail = "a layer's name is made of letters, digits, _ and -";
            return Err(self.wrong(at, "", detail));
        }
        match (catalogue::conventional(name).map(|layer| layer.kind), table.net) {
            (Some(LayerKind::Net), Some(false)) => Err(self.wrong(
                at,
                "net",
                "this layer is a net; leave it out if it is not to be held against the grids",
            )),
            (Some(kind), None) => Ok(kind),
            (Some(LayerKind::Net), Some(true)) | (None, Some(true)) => Ok(LayerKind::Net),
            (Some(kind), Some(false)) => Ok(kind),
            (Some(_), Some(true)) => {
                let detail =
                    format!("{name} has its own meaning and is no net; give the net another name");
                Err(self.wrong(at, "net", detail))
            }
            (None, _) => {
                let names: Vec<_> = catalogue::LAYERS.iter().map(|layer| layer.name).collect();
                let detail = format!(
                    "unknown layer. Set `net = true` if it must coincide with the grids, or use one of {}",
                    names.join(", ")
                );
                Err(self.wrong(at, "", detail))
            }
        }
    }

    fn check_file(
        &self,
        at: &str,
        folder: &Path,
        file: &str,
        layer: &str,
        kind: LayerKind,
    ) -> Result<(), LoadError> {
        let path = folder.join(file);
        if !path.exists() {
            let detail = format!(
                "{} does not exist: correct the name, or leave the layer out",
                path.display()
            );
            return Err(self.wrong(at, "file", detail));
        }
        let readable = match source::extension(file).as_str() {
            "geojson" | "json" => true,
            "csv" => catalogue::reads_csv(kind),
            _ => false,
        };
        if readable {
            return Ok(());
        }
        let remedy = source::conversion(file, layer, kind);
        Err(LoadError::UnsupportedFormat { file: path, remedy })
    }

    fn crs(&self, at: &str, table: &LayerTable) -> Result<Option<Crs>, LoadError> {
        let Some(name) = &table.crs else { return Ok(None) };
        let detail = || format!("`{name}` is not a known reference system; known are {CRS_NAMES}");
        Crs::parse(name).map(Some).ok_or_else(|| self.wrong(at, "crs", detail()))
    }

    fn encoding(
        &self,
        at: &str,
        table: &LayerTable,
    ) -> Result<Option<&'static Encoding>, LoadError> {
        let Some(name) = &table.encoding else { return Ok(None) };
        let detail =
            || format!("`{name}` is not a known encoding; use \"utf-8\", \"gbk\" or \"gb18030\"");
        Encoding::for_label(name.as_bytes())
            .map(Some)
            .ok_or_else(|| self.wrong(at, "encoding", detail()))
    }

    fn columns(
        &self,
        at: &str,
        kind: LayerKind,
        table: &LayerTable,
    ) -> Result<BTreeMap<String, String>, LoadError> {
        let known: Vec<_> = catalogue::fields(kind).iter().map(|field| field.canonical).collect();
        match table.fields.keys().find(|field| !known.contains(&field.as_str())) {
            None => Ok(table.fields.clone()),
            Some(field) => {
                let detail = format!(
                    "the layer has no field of this name; its fields are {} (write canonical = \"your column\")",
                    known.join(", ")
                );
                Err(self.wrong(&format!("{at}.fields"), field, detail))
            }
        }
    }

    /// The error for a mapped column that no feature of the file has.
    pub fn no_such_column(&self, layer: &str, field: &str, column: &str, has: &str) -> LoadError {
        let detail = format!("no feature of the file has a column `{column}`; it has {has}");
        self.wrong(&format!("layers.{layer}.fields"), field, detail)
    }
}

/// First parts of the names of rules.
const RULE_FAMILIES: [&str; 15] = [
    "coverage", "compound", "geometry", "net", "grid", "balance", "size", "staffing", "code",
    "date", "field", "feature", "crs", "encoding", "file",
];

fn not_listed(layer: &str, file: &str) -> Finding {
    Finding::new(
        "file.ignored",
        Severity::Info,
        layer,
        format!("{file} is not read, because {MANIFEST_NAME} does not name it"),
        format!("{MANIFEST_NAME} 未列出 {file}，未读取"),
    )
    .with_file(file)
    .with_mend(
        format!("Add [layers.{layer}] to {MANIFEST_NAME} if it is to be read."),
        format!("如需读取，请在 {MANIFEST_NAME} 中添加 [layers.{layer}]。"),
    )
}

/// An error of the TOML parser, with line and key from its place in the text.
fn syntax_error(path: &Path, text: &str, error: &toml::de::Error) -> LoadError {
    let at = error.span().map_or(0, |span| span.start.min(text.len()));
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let table = before.lines().rev().map(str::trim).find(|l| l.starts_with('[') && l.contains(']'));
    let table = table.map_or("", |l| l.trim_matches(|c| matches!(c, '[' | ']')));
    let here = text.lines().nth(line - 1).unwrap_or_default();
    let key = here.split('=').next().unwrap_or_default().trim();
    let key = match (table, key) {
        ("", key) => key.to_owned(),
        (table, key) if key.starts_with('[') || key.is_empty() => table.to_owned(),
        (table, key) => format!("{table}.{key}"),
    };
    let detail = error.message().trim().to_owned();
    LoadError::Manifest { file: path.to_owned(), line, key, detail }
}

/// The line, from 1, of a key of a table: of its own line, else of the table's head, else 1.
fn line_of(text: &str, table: &str, key: &str) -> usize {
    let plain = |name: &str| name.replace(['"', '\'', ' '], "");
    let mut inside = table.is_empty();
    let mut head = None;
    for (i, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            inside = plain(line.trim_matches(|c| matches!(c, '[' | ']'))) == plain(table);
            if inside {
                head = Some(i + 1);
            }
        } else if inside
            && !key.is_empty()
            && line.split_once('=').is_some_and(|(name, _)| plain(name) == plain(key))
        {
            return i + 1;
        }
    }
    head.unwrap_or(1)
}

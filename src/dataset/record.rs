//! A feature as the file has it, before the gate: properties under the file's own names, and
//! coordinates that may be anything.

use super::catalogue::{self, LayerKind};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Two numbers of a position, in the order of the file.
pub(super) type Position = [f64; 2];

/// Coordinates as read: any number of positions in any rings.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum RawGeometry {
    /// `null`, absent, or no coordinates in the row.
    Missing,
    /// Malformed, with the words for it.
    Malformed(Words),
    /// A type that no layer is made of.
    Other(String),
    Point(Position),
    MultiPoint(Vec<Position>),
    LineString(Vec<Position>),
    MultiLineString(Vec<Vec<Position>>),
    Polygon(Vec<Vec<Position>>),
    MultiPolygon(Vec<Vec<Vec<Position>>>),
}

/// A text in English and Chinese.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Words {
    pub en: String,
    pub zh: String,
}

impl Words {
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }
}

impl RawGeometry {
    /// GeoJSON's name of the type.
    pub fn type_name(&self) -> &str {
        match self {
            Self::Missing | Self::Malformed(_) => "null",
            Self::Other(name) => name,
            Self::Point(_) => "Point",
            Self::MultiPoint(_) => "MultiPoint",
            Self::LineString(_) => "LineString",
            Self::MultiLineString(_) => "MultiLineString",
            Self::Polygon(_) => "Polygon",
            Self::MultiPolygon(_) => "MultiPolygon",
        }
    }

    /// Calls `visit` with every position.
    pub fn each_position(&self, visit: &mut impl FnMut(Position)) {
        match self {
            Self::Missing | Self::Malformed(_) | Self::Other(_) => {}
            Self::Point(p) => visit(*p),
            Self::MultiPoint(line) | Self::LineString(line) => line.iter().for_each(|p| visit(*p)),
            Self::MultiLineString(lines) | Self::Polygon(lines) => {
                lines.iter().flatten().for_each(|p| visit(*p));
            }
            Self::MultiPolygon(parts) => parts.iter().flatten().flatten().for_each(|p| visit(*p)),
        }
    }
}

/// A feature or row as read.
#[derive(Clone, Debug)]
pub(super) struct Record {
    /// Place in the file, from 0.
    pub index: usize,
    /// Line of a table's row, from 1.
    pub line: Option<u64>,
    /// The feature's own `id` member.
    pub id: Option<Value>,
    /// Values under the file's names.
    pub properties: Map<String, Value>,
    /// Where.
    pub geometry: RawGeometry,
    /// Why the record as a whole cannot be used.
    pub broken: Option<Words>,
}

impl Record {
    /// A record that cannot be used.
    pub fn broken(index: usize, line: Option<u64>, why: Words) -> Self {
        let (properties, geometry) = (Map::new(), RawGeometry::Missing);
        Self { index, line, id: None, properties, geometry, broken: Some(why) }
    }

    /// How messages name a record without a key.
    pub fn number(&self) -> String {
        format!("#{}", self.index)
    }
}

/// Which names of the file each canonical field may have.
pub(super) struct Columns {
    names: Vec<(&'static str, Vec<String>)>,
}

impl Columns {
    /// The names of a kind of layer; `mapped` (canonical → column, from the manifest) replaces
    /// the recognised ones.
    pub fn new(kind: LayerKind, mapped: &BTreeMap<String, String>) -> Self {
        let names = catalogue::fields(kind).iter().map(|field| {
            let names = match mapped.get(field.canonical) {
                Some(column) => vec![column.trim().to_owned()],
                None => std::iter::once(field.canonical)
                    .chain(field.others.iter().copied())
                    .map(str::to_owned)
                    .collect(),
            };
            (field.canonical, names)
        });
        Self { names: names.collect() }
    }

    /// The names under which `field` is looked for.
    pub fn names(&self, field: &str) -> &[String] {
        self.names.iter().find(|(name, _)| *name == field).map_or(&[], |(_, names)| names)
    }

    /// The value of `field`; `None` where the record has none, `null`, blank text or a dash.
    pub fn value<'r>(&self, record: &'r Record, field: &str) -> Option<&'r Value> {
        self.names(field)
            .iter()
            .find_map(|name| record.properties.get(name).filter(|v| !is_blank(v)))
            .or_else(|| self.value_by_other_case(record, field))
    }

    /// Columns of shapefiles and spreadsheets are often in capitals or padded.
    fn value_by_other_case<'r>(&self, record: &'r Record, field: &str) -> Option<&'r Value> {
        let names = self.names(field);
        names.iter().find_map(|name| {
            let same = |key: &str| key.trim().eq_ignore_ascii_case(name);
            let found = record.properties.iter().find(|(key, v)| same(key) && !is_blank(v));
            found.map(|(_, value)| value)
        })
    }
}

/// Whether a value says nothing.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => matches!(text.trim(), "" | "-" | "—" | "/" | "无" | "N/A" | "null"),
        _ => false,
    }
}

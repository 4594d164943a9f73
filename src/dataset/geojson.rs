//! GeoJSON to records.
//!
//! The way of a file:
//! 1. the envelope is parsed with every feature left as text, so that a file that is not JSON is
//!    refused as a whole, with line and column;
//! 2. each feature's text is parsed on its own, so that one bad feature does not spoil the rest;
//! 3. its coordinates are read by [`Coordinates`], without conversion.
//!
//! Nothing here recurses deeper than the parser's own limit.

use super::coordinates::Coordinates;
use super::crs::Crs;
use super::error::LoadError;
use super::record::{RawGeometry, Record, Words};
use rayon::prelude::*;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::path::Path;

/// What a file holds.
pub(super) struct Collection {
    /// Its features in the order of the file.
    pub records: Vec<Record>,
    /// The system that its `crs` member names.
    pub crs: Option<Crs>,
}

#[derive(serde::Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    features: Option<Vec<&'a RawValue>>,
    crs: Option<Value>,
}

#[derive(serde::Deserialize)]
struct FeatureText<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<Cow<'a, str>>,
    id: Option<Value>,
    properties: Option<Map<String, Value>>,
    #[serde(borrow)]
    geometry: Option<GeometryText<'a>>,
}

/// A geometry with its coordinates as text; read in the same pass as its feature, since most of a
/// file is coordinates.
enum GeometryText<'a> {
    Object { kind: Option<Value>, coordinates: Option<&'a RawValue> },
    NoObject,
}

impl<'de: 'a, 'a> Deserialize<'de> for GeometryText<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(GeometryVisitor(PhantomData))
    }
}

struct GeometryVisitor<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for GeometryVisitor<'a> {
    type Value = GeometryText<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a geometry")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let (mut kind, mut coordinates) = (None, None);
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            match name.as_ref() {
                "type" => kind = members.next_value()?,
                "coordinates" => coordinates = members.next_value()?,
                _ => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(GeometryText::Object { kind, coordinates })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(GeometryText::NoObject)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(GeometryText::NoObject)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(GeometryText::NoObject)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(GeometryText::NoObject)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(GeometryText::NoObject)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(GeometryText::NoObject)
    }
}

/// Reads the text of a FeatureCollection.
///
/// # Errors
/// When it is not JSON, not a FeatureCollection, or names a reference system that is not known.
pub(super) fn read(file: &Path, text: &str) -> Result<Collection, LoadError> {
    if !text.trim_start().starts_with('{') {
        return Err(not_an_object(file, text));
    }
    let envelope: Envelope = serde_json::from_str(text).map_err(|e| not_json(file, &e))?;
    let kind = envelope.kind.as_deref();
    let (Some("FeatureCollection"), Some(features)) = (kind, envelope.features) else {
        let found = match kind {
            Some("FeatureCollection") => "a collection without `features`".to_owned(),
            Some(kind) => format!("a {kind}"),
            None => "an object without `type`".to_owned(),
        };
        return Err(LoadError::NotFeatureCollection { file: file.to_owned(), found });
    };
    let crs = declared_crs(file, envelope.crs.as_ref())?;
    let records = features.par_iter().enumerate().map(|(i, raw)| feature(i, raw.get()));
    Ok(Collection { records: records.collect(), crs })
}

/// The error for a text whose first mark is not a brace: another JSON value, or no JSON.
fn not_an_object(file: &Path, text: &str) -> LoadError {
    match serde_json::from_str::<&RawValue>(text) {
        Ok(_) => LoadError::NotFeatureCollection {
            file: file.to_owned(),
            found: "a list or a plain value".to_owned(),
        },
        Err(error) => not_json(file, &error),
    }
}

/// A parser's error as ours, with the remedy for its kind.
fn not_json(file: &Path, error: &serde_json::Error) -> LoadError {
    let full = error.to_string();
    let detail = full.split(" at line ").next().unwrap_or(&full).to_owned();
    if error.classify() == serde_json::error::Category::Data {
        let found = format!("something else ({full})");
        return LoadError::NotFeatureCollection { file: file.to_owned(), found };
    }
    let remedy = if error.is_eof() {
        "The file is empty or was cut short: copy or export it again"
    } else {
        "Mend the text there, or export the file again (JSON has no NaN, no Infinity and no \
         comments)"
    };
    let file = file.to_owned();
    LoadError::Json { file, line: error.line(), column: error.column(), detail, remedy }
}

/// The system of a `crs` member: absent and `null` mean degrees, as RFC 7946 has it.
fn declared_crs(file: &Path, member: Option<&Value>) -> Result<Option<Crs>, LoadError> {
    let Some(member) = member.filter(|value| !value.is_null()) else { return Ok(None) };
    let name = member.pointer("/properties/name").and_then(Value::as_str);
    // An older form: {"type": "EPSG", "properties": {"code": 4549}}.
    let code = member.pointer("/properties/code").and_then(Value::as_u64);
    let name = name.map(str::to_owned).or_else(|| code.map(|code| format!("EPSG:{code}")));
    let crs = name.as_deref().and_then(Crs::parse);
    crs.map(Some).ok_or_else(|| LoadError::Crs {
        file: file.to_owned(),
        detail: match name {
            Some(name) => format!("its `crs` member names `{name}`, which is not known"),
            None => "its `crs` member names no reference system".to_owned(),
        },
        remedy: format!(
            "Known are {}. Set `crs` of the layer in wangge.toml, or convert: `ogr2ogr -t_srs \
             EPSG:4490 new.geojson {}`",
            super::crs::CRS_NAMES,
            file.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned()),
        ),
    })
}

/// One feature of its text.
fn feature(index: usize, text: &str) -> Record {
    let broken = |en: String, zh: &str| Record::broken(index, None, Words::new(en, zh));
    if !text.starts_with('{') {
        return broken("the feature is not an object".to_owned(), "要素不是对象");
    }
    let parsed: FeatureText = match serde_json::from_str(text) {
        Ok(parsed) => parsed,
        Err(error) => {
            return broken(format!("the feature cannot be read: {error}"), "要素无法读取");
        }
    };
    if parsed.kind.as_deref() != Some("Feature") {
        return broken("its type is not \"Feature\"".to_owned(), "其 type 不是 \"Feature\"");
    }
    Record {
        index,
        line: None,
        id: parsed.id,
        properties: parsed.properties.unwrap_or_default(),
        geometry: parsed.geometry.map_or(RawGeometry::Missing, geometry),
        broken: None,
    }
}

/// A geometry of its parts.
fn geometry(text: GeometryText<'_>) -> RawGeometry {
    let malformed = |en: &str, zh: &str| RawGeometry::Malformed(Words::new(en, zh));
    let GeometryText::Object { kind, coordinates } = text else {
        return malformed("the geometry is not an object", "几何不是对象");
    };
    let Some(Value::String(kind)) = kind else {
        return malformed("the geometry has no type", "几何缺少 type");
    };
    let Some(raw) = coordinates else {
        if kind == "GeometryCollection" {
            return RawGeometry::Other(kind);
        }
        return malformed("the geometry has no coordinates", "几何缺少坐标");
    };
    let mut coordinates = Coordinates::new(raw.get());
    let read = match kind.as_str() {
        "Point" => coordinates.position().map(RawGeometry::Point),
        "MultiPoint" => coordinates.line().map(RawGeometry::MultiPoint),
        "LineString" => coordinates.line().map(RawGeometry::LineString),
        "MultiLineString" => coordinates.lines().map(RawGeometry::MultiLineString),
        "Polygon" => coordinates.lines().map(RawGeometry::Polygon),
        "MultiPolygon" => coordinates.polygons().map(RawGeometry::MultiPolygon),
        other => Ok(RawGeometry::Other(other.to_owned())),
    };
    read.unwrap_or_else(RawGeometry::Malformed)
}

//! Rows as both databases keep them, each with a sum over its columns: a bit that the disk
//! changed is an error, not an answer.

use super::error::{RESTORE, StoreError};
use super::model::{Document, Entry, PlacedShape, Shape};
use crate::domain::{Geometry, LonLat, MultiPolygon, Polygon, Ring, ShapeError, ValidityPeriod};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

/// A document, or what is left of a deleted one: its version.
#[derive(Clone, Debug)]
pub(super) struct DocumentRow {
    pub kind: String,
    pub id: String,
    pub version: u64,
    /// Milliseconds since 1970.
    pub at: i64,
    pub by: String,
    pub body: Option<String>,
    pub sum: u32,
}

/// An entry of the log.
#[derive(Clone, Debug)]
pub(super) struct EntryRow {
    pub seq: u64,
    pub kind: String,
    pub id: String,
    pub version: u64,
    /// Milliseconds since 1970.
    pub at: i64,
    pub by: String,
    pub action: String,
    pub body: String,
    pub sum: u32,
}

/// A shape of a document.
#[derive(Clone, Debug)]
pub(super) struct ShapeRow {
    pub kind: String,
    pub id: String,
    /// Its place among the document's shapes, from 0.
    pub number: u64,
    pub layer: String,
    pub feature: String,
    /// `YYYY-MM-DD`.
    pub valid_from: Option<String>,
    /// `YYYY-MM-DD`.
    pub valid_to: Option<String>,
    pub properties: String,
    /// GeoJSON.
    pub geometry: String,
    pub sum: u32,
}

/// The sum of columns; each is closed by its length, so that text cannot move from one to the
/// next unseen.
struct Sum(crc32fast::Hasher);

impl Sum {
    fn new() -> Self {
        Self(crc32fast::Hasher::new())
    }

    fn text(mut self, text: &str) -> Self {
        self.0.update(text.as_bytes());
        self.number(text.len() as u64)
    }

    fn maybe(self, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(text).number(1),
            None => self.number(0),
        }
    }

    fn number(mut self, number: u64) -> Self {
        self.0.update(&number.to_le_bytes());
        self
    }

    fn done(self) -> u32 {
        self.0.finalize()
    }
}

impl DocumentRow {
    pub(super) fn computed_sum(&self) -> u32 {
        let sum = Sum::new().text(&self.kind).text(&self.id).number(self.version);
        sum.number(self.at as u64).text(&self.by).maybe(self.body.as_deref()).done()
    }

    /// As a document; `None` when it is deleted.
    pub(super) fn document(self, store: &str) -> Result<Option<Document>, StoreError> {
        let what = || format!("{} `{}`", self.kind, self.id);
        check(store, self.sum == self.computed_sum(), what)?;
        let Some(body) = &self.body else { return Ok(None) };
        let (body, at) = (json(store, body, what)?, time(store, self.at, what)?);
        let Self { kind, id, version, by, .. } = self;
        Ok(Some(Document { kind, id, version, at, by, body }))
    }
}

impl EntryRow {
    pub(super) fn computed_sum(&self) -> u32 {
        let sum = Sum::new().number(self.seq).text(&self.kind).text(&self.id).number(self.version);
        sum.number(self.at as u64).text(&self.by).text(&self.action).text(&self.body).done()
    }

    pub(super) fn entry(self, store: &str) -> Result<Entry, StoreError> {
        let what = || format!("entry {} of the log", self.seq);
        check(store, self.sum == self.computed_sum(), what)?;
        let (body, at) = (json(store, &self.body, what)?, time(store, self.at, what)?);
        let Self { seq, kind, id, version, by, action, .. } = self;
        Ok(Entry { seq, kind, id, version, at, by, action, body })
    }
}

impl ShapeRow {
    pub(super) fn computed_sum(&self) -> u32 {
        let sum = Sum::new().text(&self.kind).text(&self.id).number(self.number);
        let sum = sum.text(&self.layer).text(&self.feature).maybe(self.valid_from.as_deref());
        let sum = sum.maybe(self.valid_to.as_deref()).text(&self.properties);
        sum.text(&self.geometry).done()
    }

    pub(super) fn shape(self, store: &str) -> Result<PlacedShape, StoreError> {
        let what = || format!("shape {} of {} `{}`", self.number, self.kind, self.id);
        check(store, self.sum == self.computed_sum(), what)?;
        let properties = json(store, &self.properties, what)?;
        let day = |text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => text.parse::<Date>().map(Some).map_err(|_| damaged(store, &what())),
        };
        let validity = ValidityPeriod { from: day(&self.valid_from)?, to: day(&self.valid_to)? };
        let text: GeometryText =
            serde_json::from_str(&self.geometry).map_err(|_| damaged(store, &what()))?;
        let geometry = text.geometry().map_err(|_| damaged(store, &what()))?;
        let Self { kind, id, layer, feature, .. } = self;
        let shape = Shape { layer, id: feature, properties, geometry, validity };
        Ok(PlacedShape { kind, id, shape })
    }
}

/// A day as both databases write it, with four digits for the year.
pub(super) fn day_text(day: Date) -> String {
    day.strftime("%Y-%m-%d").to_string()
}

/// GeoJSON's geometry (RFC 7946).
#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum GeometryText {
    Point(LonLat),
    MultiPoint(Vec<LonLat>),
    LineString(Vec<LonLat>),
    MultiLineString(Vec<Vec<LonLat>>),
    Polygon(Vec<Vec<LonLat>>),
    MultiPolygon(Vec<Vec<Vec<LonLat>>>),
}

impl GeometryText {
    fn geometry(self) -> Result<Geometry, ShapeError> {
        Ok(match self {
            Self::Point(place) => Geometry::Point(place),
            Self::MultiPoint(places) => Geometry::MultiPoint(places),
            Self::LineString(line) => Geometry::LineString(line),
            Self::MultiLineString(lines) => Geometry::MultiLineString(lines),
            Self::Polygon(rings) => Geometry::Polygon(polygon(rings)?),
            Self::MultiPolygon(parts) => {
                let parts: Result<_, _> = parts.into_iter().map(polygon).collect();
                Geometry::MultiPolygon(MultiPolygon::new(parts?)?)
            }
        })
    }
}

fn polygon(rings: Vec<Vec<LonLat>>) -> Result<Polygon, ShapeError> {
    let mut rings = rings.into_iter();
    let exterior = Ring::new(rings.next().ok_or(ShapeError::Empty)?)?;
    let holes: Result<_, _> = rings.map(Ring::new).collect();
    Ok(Polygon::new(exterior, holes?))
}

fn check(store: &str, good: bool, what: impl Fn() -> String) -> Result<(), StoreError> {
    if good { Ok(()) } else { Err(damaged(store, &what())) }
}

fn damaged(store: &str, what: &str) -> StoreError {
    let detail = format!("is damaged: {what} is not as it was written; {RESTORE}");
    StoreError::Damaged { store: store.to_owned(), detail }
}

fn json(store: &str, text: &str, what: impl Fn() -> String) -> Result<Value, StoreError> {
    serde_json::from_str(text).map_err(|_| damaged(store, &what()))
}

fn time(store: &str, at: i64, what: impl Fn() -> String) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(at).map_err(|_| damaged(store, &what()))
}

//! Writes checked against the bounds and made into rows, before any lock is taken. Both stores
//! share this, so that they decide alike.

use super::error::StoreError;
use super::model::{Expect, Shape, Write};
use super::rows::{self, ShapeRow};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;
use std::collections::HashSet;

/// The most that a body, the particulars of a log entry, or a shape's geometry or properties may
/// be, in bytes of JSON.
pub const MAX_BODY_BYTES: usize = 64 << 20;

/// The most that one commit may hold, in bytes of JSON.
pub const MAX_COMMIT_BYTES: usize = 256 << 20;

/// The most writes in one commit.
pub const MAX_WRITES: usize = 100_000;

/// How deep lists and objects may lie in one another: readers of JSON stop soon behind it.
const MAX_DEPTH: usize = 100;

/// The longest kind, action or layer.
pub const MAX_NAME_BYTES: usize = 64;

/// The longest key of a document or feature, or name of a person.
pub const MAX_ID_BYTES: usize = 256;

/// A write as text.
pub(super) struct Prepared {
    pub kind: String,
    pub id: String,
    pub expect: Expect,
    pub body: Option<String>,
    pub log: Option<(String, String)>,
    pub shapes: Option<Vec<ShapeRow>>,
}

/// Checks the bounds and makes text of the values.
///
/// # Errors
/// [`StoreError::Invalid`].
pub(super) fn prepare(by: &str, writes: &[Write]) -> Result<Vec<Prepared>, StoreError> {
    id("the name of who writes", by)?;
    if writes.len() > MAX_WRITES {
        let detail = format!("{} writes in one commit; at most {MAX_WRITES}", writes.len());
        return Err(StoreError::Invalid(detail));
    }
    let mut seen = HashSet::new();
    let mut bytes = 0;
    let mut prepared = Vec::with_capacity(writes.len());
    for write in writes {
        name("the kind", &write.kind)?;
        id(&format!("the id of a {}", write.kind), &write.id)?;
        if !seen.insert((&write.kind, &write.id)) {
            let detail = format!("{} `{}` is written twice in one commit", write.kind, write.id);
            return Err(StoreError::Invalid(detail));
        }
        if write.body.is_none() && write.shapes.as_ref().is_some_and(|shapes| !shapes.is_empty()) {
            let detail = format!("{} `{}` is deleted, but given shapes", write.kind, write.id);
            return Err(StoreError::Invalid(detail));
        }
        let text = |value: &Value| text(&write.kind, &write.id, value);
        let log = write.log.as_ref().map(|(action, particulars)| {
            name("the action", action)?;
            Ok((action.clone(), text(particulars)?))
        });
        // A document that is deleted leaves no shape behind.
        let shapes = if write.body.is_none() { Some(&[][..]) } else { write.shapes.as_deref() };
        let ready = Prepared {
            kind: write.kind.clone(),
            id: write.id.clone(),
            expect: write.expect,
            body: write.body.as_ref().map(text).transpose()?,
            log: log.transpose()?,
            shapes: shapes.map(|shapes| shape_rows(&write.kind, &write.id, shapes)).transpose()?,
        };
        bytes += ready.bytes();
        if bytes > MAX_COMMIT_BYTES {
            let detail = format!("a commit of more than {MAX_COMMIT_BYTES} bytes; divide it");
            return Err(StoreError::Invalid(detail));
        }
        prepared.push(ready);
    }
    Ok(prepared)
}

impl Prepared {
    fn bytes(&self) -> usize {
        let shapes = self.shapes.iter().flatten().map(|s| s.geometry.len() + s.properties.len());
        self.body.as_ref().map_or(0, String::len)
            + self.log.as_ref().map_or(0, |(_, text)| text.len())
            + shapes.sum::<usize>()
    }

    /// The version that the document gets, when it is now at `last` (the version, and whether the
    /// document is there rather than deleted).
    ///
    /// # Errors
    /// When the write expects something else.
    pub(super) fn next_version(&self, last: Option<(u64, bool)>) -> Result<u64, StoreError> {
        let (kind, id) = (self.kind.clone(), self.id.clone());
        let live = last.and_then(|(version, live)| live.then_some(version));
        match (self.expect, live) {
            (Expect::Absent, Some(version)) => {
                return Err(StoreError::Exists { kind, id, version });
            }
            (Expect::Version(wanted), _) if live != Some(wanted) => {
                return Err(StoreError::Stale { kind, id, version: live });
            }
            (Expect::Absent | Expect::Any, None) if self.body.is_none() => {
                return Err(StoreError::NotFound { kind, id });
            }
            _ => {}
        }
        Ok(last.map_or(0, |(version, _)| version) + 1)
    }
}

/// The time of a commit in milliseconds since 1970: now, but not before the commit before.
pub(super) fn commit_time(last_at: i64) -> i64 {
    Timestamp::now().as_millisecond().max(last_at)
}

fn text(kind: &str, key: &str, value: &Value) -> Result<String, StoreError> {
    if is_deeper(value, MAX_DEPTH) {
        let detail = format!("{kind} `{key}`: its JSON lies more than {MAX_DEPTH} levels deep");
        return Err(StoreError::Invalid(detail));
    }
    let text = value.to_string();
    if text.len() > MAX_BODY_BYTES {
        let size = text.len();
        let detail =
            format!("{kind} `{key}`: {size} bytes in one piece; the store takes {MAX_BODY_BYTES}");
        return Err(StoreError::Invalid(detail));
    }
    Ok(text)
}

fn is_deeper(value: &Value, depth: usize) -> bool {
    let Some(inside) = depth.checked_sub(1) else { return true };
    match value {
        Value::Array(items) => items.iter().any(|item| is_deeper(item, inside)),
        Value::Object(members) => members.values().any(|member| is_deeper(member, inside)),
        _ => false,
    }
}

fn shape_rows(kind: &str, key: &str, shapes: &[Shape]) -> Result<Vec<ShapeRow>, StoreError> {
    let numbered = shapes.iter().enumerate();
    numbered
        .map(|(number, shape)| {
            name("the layer", &shape.layer)?;
            id(&format!("the id of a feature of {}", shape.layer), &shape.id)?;
            let day = |day: Option<Date>| day.map(year_in_bounds).transpose();
            let geometry = serde_json::to_value(&shape.geometry)
                .map_err(|e| StoreError::Invalid(format!("a shape of {kind} `{key}`: {e}")))?;
            let row = ShapeRow {
                kind: kind.to_owned(),
                id: key.to_owned(),
                // At most as many as memory holds.
                number: number as u64,
                layer: shape.layer.clone(),
                feature: shape.id.clone(),
                valid_from: day(shape.validity.from)?,
                valid_to: day(shape.validity.to)?,
                properties: text(kind, key, &shape.properties)?,
                geometry: text(kind, key, &geometry)?,
                sum: 0,
            };
            Ok(ShapeRow { sum: row.computed_sum(), ..row })
        })
        .collect()
}

fn year_in_bounds(day: Date) -> Result<String, StoreError> {
    if !(1..=9999).contains(&day.year()) {
        let detail = format!("the day {day} of a shape lies outside the years 1 to 9999");
        return Err(StoreError::Invalid(detail));
    }
    Ok(rows::day_text(day))
}

fn name(what: &str, text: &str) -> Result<(), StoreError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    if text.is_empty() || text.len() > MAX_NAME_BYTES || !text.bytes().all(plain) {
        return Err(StoreError::Invalid(format!(
            "{what} is {:?}; it must be 1 to {MAX_NAME_BYTES} letters, digits, `_`, `-` or `.`",
            excerpt(text)
        )));
    }
    Ok(())
}

fn id(what: &str, text: &str) -> Result<(), StoreError> {
    if text.is_empty() || text.len() > MAX_ID_BYTES || text.chars().any(char::is_control) {
        return Err(StoreError::Invalid(format!(
            "{what} is {:?}; it must be 1 to {MAX_ID_BYTES} bytes without control characters",
            excerpt(text)
        )));
    }
    Ok(())
}

/// The beginning of a text that may be long.
fn excerpt(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

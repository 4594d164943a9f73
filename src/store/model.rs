//! What a store keeps and takes.

use super::prepared::MAX_ID_BYTES;
use crate::domain::{Geometry, ValidityPeriod};
use jiff::Timestamp;
use serde_json::Value;

/// A document as it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// What sort of thing it is, for example `plan`.
    pub kind: String,
    /// Its key within the kind.
    pub id: String,
    /// How often it was written, from 1. A document that was deleted and comes back goes on
    /// counting, so that no version ever means two things.
    pub version: u64,
    /// When it was last written, to the millisecond.
    pub at: Timestamp,
    /// Who wrote it last.
    pub by: String,
    /// What it says.
    pub body: Value,
}

/// A document without its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The kind.
    pub kind: String,
    /// The key within the kind.
    pub id: String,
    /// The version, as in [`Document::version`].
    pub version: u64,
    /// When it was last written.
    pub at: Timestamp,
    /// Who wrote it last.
    pub by: String,
}

/// An entry of the log: what was done to a document. Entries are never changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its number among all entries of the store: 1, 2, 3, … without a gap, in the order in which
    /// they can be seen.
    pub seq: u64,
    /// The document's kind.
    pub kind: String,
    /// The document's key.
    pub id: String,
    /// The version that the document had after it.
    pub version: u64,
    /// When, to the millisecond; never earlier than the entry before.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What was done, for example `edit`.
    pub action: String,
    /// The particulars.
    pub body: Value,
}

/// What a write expects to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// No such document (one that was deleted counts as none).
    Absent,
    /// The document at this version.
    Version(u64),
    /// Either.
    Any,
}

/// A change to one document.
#[derive(Clone, Debug)]
pub struct Write {
    /// The document's kind: 1 to 64 letters, digits, `_`, `-` and `.` of ASCII.
    pub kind: String,
    /// The document's key: 1 to 256 bytes without control characters.
    pub id: String,
    /// What must be there for the write to be done.
    pub expect: Expect,
    /// The new body; `None` deletes the document and its shapes.
    pub body: Option<Value>,
    /// The action and the particulars for the log. `None` leaves no trace in the log and wakes
    /// nobody: for sessions and the like.
    pub log: Option<(String, Value)>,
    /// The shapes that the document has from now on; `None` leaves them as they are.
    pub shapes: Option<Vec<Shape>>,
}

impl Write {
    /// A write that is not logged yet.
    pub fn put(kind: &str, id: &str, expect: Expect, body: Value) -> Self {
        Self { body: Some(body), ..Self::delete(kind, id, expect) }
    }

    /// A deletion that is not logged yet.
    pub fn delete(kind: &str, id: &str, expect: Expect) -> Self {
        let (kind, id) = (kind.to_owned(), id.to_owned());
        Self { kind, id, expect, body: None, log: None, shapes: None }
    }

    /// The same, logged.
    #[must_use]
    pub fn logged(self, action: &str, particulars: Value) -> Self {
        Self { log: Some((action.to_owned(), particulars)), ..self }
    }

    /// The same, with these shapes.
    #[must_use]
    pub fn with_shapes(self, shapes: Vec<Shape>) -> Self {
        Self { shapes: Some(shapes), ..self }
    }
}

/// A feature on the map that belongs to a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// The layer, for example `grids`; named as a kind is.
    pub layer: String,
    /// The feature's id within the layer.
    pub id: String,
    /// Its properties.
    pub properties: Value,
    /// Its geometry in degrees.
    pub geometry: Geometry,
    /// The days on which it is valid; the years are 1 to 9999.
    pub validity: ValidityPeriod,
}

/// A shape and the document that it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedShape {
    /// The document's kind.
    pub kind: String,
    /// The document's key.
    pub id: String,
    /// The shape.
    pub shape: Shape,
}

/// Which documents of a kind to list, in the order of their keys (by code points).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// Only keys that begin so.
    pub prefix: String,
    /// Only keys behind this one: the last of the page before.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

impl Default for Range {
    fn default() -> Self {
        Self { prefix: String::new(), after: None, limit: usize::MAX }
    }
}

impl Range {
    /// All keys that begin with `prefix`.
    pub fn prefix(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), ..Self::default() }
    }

    /// The keys k with `after < k`, `from <= k` and `k < to` are those of the range, by the order
    /// of UTF-8's bytes, which is that of code points.
    pub(super) fn bounds(&self) -> (&str, &str, String) {
        let mut end: Vec<char> = self.prefix.chars().collect();
        while let Some(last) = end.pop() {
            // The code point behind 0xD7FF is 0xE000; behind the last there is none.
            let next = (last as u32 + 1..=last as u32 + 0x801).find_map(char::from_u32);
            if let Some(next) = next {
                end.push(next);
                return (self.after.as_deref().unwrap_or(""), &self.prefix, end.iter().collect());
            }
        }
        // No prefix, or one of nothing but the last code point: behind every key.
        let to = char::MAX.to_string().repeat(MAX_ID_BYTES);
        (self.after.as_deref().unwrap_or(""), &self.prefix, to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_bounds_of_a_prefix_hold_the_keys_that_begin_with_it(
            prefix in "[a\u{D7FF}\u{E000}\u{10FFFF}网]{0,3}",
            key in "[ab\u{D7FF}\u{E000}\u{10FFFF}网]{1,5}",
        ) {
            let range = Range::prefix(&prefix);
            let (after, from, to) = range.bounds();
            let within = after < key.as_str() && from <= key.as_str() && key < to;
            prop_assert_eq!(within, key.starts_with(&prefix));
        }
    }
}

/// What a commit has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The number of its last log entry; of the store's last one when it logged nothing.
    pub seq: u64,
    /// When: the same for all its writes.
    pub at: Timestamp,
    /// The version of each document, in the order of the writes. For a deletion the version that
    /// the deletion counts as.
    pub versions: Vec<u64>,
}

/// How much a store holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Documents that are there.
    pub documents: u64,
    /// Entries of the log.
    pub entries: u64,
    /// Shapes.
    pub shapes: u64,
}

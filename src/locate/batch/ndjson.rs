//! Rows of NDJSON: an object a line. Its bytes go out as they came in, the answer's members behind
//! its own.
//!
//! A line that is no object goes out as the text of a member `unreadable`.

use super::columns::{ADDED, ColumnNames, Places, is_added, refuse_taken};
use super::error::BatchError;
use super::lookup::Answer;
use super::question::{Question, short};
use super::reason::Reason;
use super::scan;
use super::text::{Rows, Span};
use crate::check::Language;
use crate::dataset::crs::Crs;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::io::Write as _;

/// Objects of which the first has been seen.
pub struct NdjsonRows {
    lon: Field,
    lat: Field,
    address: Field,
    crs: Crs,
    language: Language,
    /// For a table: its columns, which are the members of the first object.
    columns: Option<Vec<String>>,
}

/// The names of a member in the order of trust.
struct Field(Vec<String>);

/// How objects are read and written.
#[derive(Clone, Copy, Debug)]
pub struct NdjsonOptions<'o> {
    /// Members that the user names.
    pub columns: &'o ColumnNames,
    /// Reference system of the places.
    pub crs: Crs,
    /// Language of the reasons.
    pub language: Language,
    /// Whether the rows go out as a table.
    pub as_table: bool,
}

/// The members of an object as they stand, in their order.
struct Members<'t>(Vec<(Cow<'t, str>, &'t RawValue)>);

impl NdjsonRows {
    /// Looks at the first object of a text: a member of it must say where it is, and a table has
    /// its members for columns. Where the first line is no object nothing is known yet.
    ///
    /// # Errors
    /// When it has no such member, or a member of the answer's.
    pub fn new(text: &[u8], options: NdjsonOptions<'_>) -> Result<Self, BatchError> {
        let mut lines = text.split(|b| *b == b'\n').filter(|line| !line.trim_ascii().is_empty());
        let first = lines.next().ok_or(BatchError::Empty)?;
        let names = members_of(first).map(|members| {
            members.0.into_iter().map(|(name, _)| name.into_owned()).collect::<Vec<String>>()
        });
        if let Ok(names) = &names {
            refuse_taken(names)?;
            Places::find(names, options.columns)?;
        }
        let columns = match names {
            Ok(names) => Some(names),
            Err(_) if options.as_table => {
                return Err(BatchError::Header("the first line is not a JSON object"));
            }
            Err(_) => None,
        };
        use crate::dataset::ledger::LedgerField::{Address, Lat, Lon};
        let field = |field| match options.columns.of(field) {
            Some(name) => Field(vec![name.to_owned()]),
            None => Field(field.all_names().map(str::to_owned).collect()),
        };
        Ok(Self {
            lon: field(Lon),
            lat: field(Lat),
            address: field(Address),
            crs: options.crs,
            language: options.language,
            columns: columns.filter(|_| options.as_table),
        })
    }

    /// What goes out before the rows: the header of a table.
    pub fn header(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if let Some(columns) = &self.columns {
            for name in columns.iter().map(String::as_str).chain(ADDED) {
                if !out.is_empty() {
                    out.push(b',');
                }
                scan::push_cell(&mut out, name.as_bytes(), b',');
            }
            out.push(b'\n');
        }
        out
    }

    fn question(&self, members: &Members<'_>) -> Question {
        if let Some((name, _)) = members.0.iter().find(|(name, _)| is_added(name)) {
            return Question::Unreadable(Reason::HasMember(short(name)));
        }
        let lon = self.lon.of(members).map(text_of).unwrap_or_default();
        let lat = self.lat.of(members).map(text_of).unwrap_or_default();
        let address = self.address.of(members).map(text_of);
        Question::of_texts(Some([&lon, &lat]), address.as_deref(), self.crs)
    }

    /// An object as a row of the table.
    fn write_cells(
        &self,
        columns: &[String],
        object: &[u8],
        answer: &Answer<'_>,
        out: &mut Vec<u8>,
    ) {
        let mut reason = answer.reason.clone();
        match members_of(object).ok().filter(|_| !answer.reason.as_ref().is_some_and(is_broken)) {
            Some(mut members) => {
                for (number, column) in columns.iter().enumerate() {
                    if number > 0 {
                        out.push(b',');
                    }
                    let found = members.0.iter().position(|(name, _)| name == column);
                    let value = found.map(|n| text_of(members.0.remove(n).1)).unwrap_or_default();
                    scan::push_cell(out, value.as_bytes(), b',');
                }
                if let Some(beyond) = members.as_json() {
                    reason = reason.or(Some(Reason::NoColumn(beyond.into())));
                }
            }
            None => {
                scan::push_cell(out, object, b',');
                out.resize(out.len() + columns.len() - 1, b',');
            }
        }
        for key in [answer.grid, answer.branch, answer.compound, Some(answer.kind.name())] {
            out.push(b',');
            scan::push_cell(out, key.unwrap_or_default().as_bytes(), b',');
        }
        out.push(b',');
        let words = reason.map(|reason| reason.words(self.language)).unwrap_or_default();
        scan::push_cell(out, words.as_bytes(), b',');
        out.push(b'\n');
    }
}

impl Rows for NdjsonRows {
    type Memory = ();

    fn whole_rows(&self, text: &[u8]) -> usize {
        memchr::memrchr(b'\n', text).map_or(0, |end| end + 1)
    }

    fn broken_row(&self, _: &[u8]) -> usize {
        0
    }

    fn read(&self, text: &[u8], at: usize, (): &mut ()) -> (Span, Question) {
        let line = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |mark| at + mark);
        let next = (line + 1).min(text.len());
        let own = &text[at..line];
        let begin = at + own.len() - own.trim_ascii_start().len();
        let end = at + own.trim_ascii_end().len().max(begin - at);
        let question = if begin == end {
            Question::Unreadable(Reason::Blank)
        } else {
            match members_of(&text[begin..end]) {
                Ok(members) => self.question(&members),
                Err(error) => Question::Unreadable(Reason::NotAnObject(error.to_string().into())),
            }
        };
        (Span { begin, end, next }, question)
    }

    fn write(&self, text: &[u8], span: Span, answer: &Answer<'_>, out: &mut Vec<u8>) {
        let own = &text[span.begin..span.end];
        if let Some(columns) = &self.columns {
            return self.write_cells(columns, own, answer, out);
        }
        let mut has_members = true;
        if answer.reason.as_ref().is_some_and(is_broken) {
            push_unreadable(out, &String::from_utf8_lossy(own));
        } else {
            // The object has been read: its last byte is the brace that closes it.
            let open = &own[..own.len() - 1];
            has_members = !open.trim_ascii_end().ends_with(b"{");
            out.extend_from_slice(open);
        }
        push_answer(out, answer, has_members, self.language);
        out.extend_from_slice(b"}\n");
    }
}

impl Field {
    /// The member under the first of the names that the object has.
    fn of<'t>(&self, members: &Members<'t>) -> Option<&'t RawValue> {
        let named = |name: &str| {
            let found = members.0.iter().find(|(own, _)| own.trim().eq_ignore_ascii_case(name));
            found.map(|(_, value)| *value)
        };
        self.0.iter().find_map(|name| named(name))
    }
}

impl Members<'_> {
    /// The members as an object; none when there are none.
    fn as_json(&self) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let mut out = Vec::new();
        for (name, value) in &self.0 {
            out.push(if out.is_empty() { b'{' } else { b',' });
            push_string(&mut out, name);
            out.push(b':');
            out.extend_from_slice(value.get().as_bytes());
        }
        out.push(b'}');
        String::from_utf8(out).ok()
    }
}

/// The text of a value: of a string its content, nothing of `null`, else the value as it stands.
fn text_of(value: &RawValue) -> Cow<'_, str> {
    match value.get() {
        "null" => Cow::Borrowed(""),
        text if text.starts_with('"') => {
            let plain = &text[1..text.len() - 1];
            if plain.contains('\\') {
                serde_json::from_str(text).map_or(Cow::Borrowed(plain), Cow::Owned)
            } else {
                Cow::Borrowed(plain)
            }
        }
        text => Cow::Borrowed(text),
    }
}

fn members_of(line: &[u8]) -> Result<Members<'_>, serde_json::Error> {
    let text = std::str::from_utf8(line).map_err(serde_json::Error::custom)?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let members = reader.deserialize_map(ReadMembers)?;
    reader.end()?;
    Ok(members)
}

struct ReadMembers;

impl<'t> Visitor<'t> for ReadMembers {
    type Value = Members<'t>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Members<'t>, A::Error> {
        let mut members = Vec::with_capacity(8);
        while let Some(Name(name)) = map.next_key()? {
            members.push((name, map.next_value()?));
        }
        Ok(Members(members))
    }
}

/// A name that is borrowed where it has no escape.
#[derive(serde::Deserialize)]
struct Name<'t>(#[serde(borrow)] Cow<'t, str>);

/// Whether a line cannot go out as an object of its own.
fn is_broken(reason: &Reason) -> bool {
    matches!(reason, Reason::NotAnObject(_) | Reason::HasMember(_))
}

/// Appends a JSON string.
pub fn push_string(out: &mut Vec<u8>, text: &str) {
    // Writing to memory cannot fail, and a string is always JSON.
    let _ = serde_json::to_writer(&mut *out, text);
}

/// Appends the beginning of an object that holds a row as text.
pub fn push_unreadable(out: &mut Vec<u8>, row: &str) {
    out.extend_from_slice(b"{\"unreadable\":");
    push_string(out, row);
}

/// Appends the answer's members, behind a comma where the object has others.
pub fn push_answer(out: &mut Vec<u8>, answer: &Answer<'_>, has_members: bool, language: Language) {
    let reason = answer.reason.as_ref().map(|reason| reason.words(language));
    let kind = Some(answer.kind.name());
    let values = [answer.grid, answer.branch, answer.compound, kind, reason.as_deref()];
    for (number, (name, value)) in ADDED.iter().zip(values).enumerate() {
        if number > 0 || has_members {
            out.push(b',');
        }
        // Writing to memory cannot fail.
        let _ = write!(out, "\"{name}\":");
        match value {
            Some(value) => push_string(out, value),
            None => out.extend_from_slice(b"null"),
        }
    }
}

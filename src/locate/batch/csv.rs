//! Rows of CSV. Their bytes go out as they came in; the answer is appended.
//!
//! A row that is broken (an open quote, too few or too many cells) goes out as one quoted cell in
//! the first column, so that no cell stands under another column's name and nothing is lost.

use super::columns::{ADDED, ColumnNames, Places, refuse_taken};
use super::error::BatchError;
use super::lookup::Answer;
use super::ndjson::{push_answer, push_string, push_unreadable};
use super::question::Question;
use super::reason::Reason;
use super::scan;
use super::text::{Rows, Span};
use crate::check::Language;
use crate::dataset::crs::Crs;
use crate::dataset::ledger;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// A table of which the header has been read.
pub struct CsvRows {
    separator: u8,
    /// Encoding of the bytes as rows see them: UTF-8 or GB18030.
    encoding: &'static Encoding,
    /// UTF-16 that they were and will be again.
    wide: Option<&'static Encoding>,
    width: usize,
    places: Places,
    crs: Crs,
    language: Language,
    /// For objects: the beginnings of the members, `"name":`.
    members: Option<Vec<Vec<u8>>>,
    header: Vec<u8>,
}

/// How a table is read and written.
#[derive(Clone, Copy, Debug)]
pub struct CsvOptions<'o> {
    /// Encoding of the file.
    pub encoding: &'static Encoding,
    /// The mark between cells; by the header when not given.
    pub separator: Option<u8>,
    /// Columns that the user names.
    pub columns: &'o ColumnNames,
    /// Reference system of the places.
    pub crs: Crs,
    /// Language of the reasons.
    pub language: Language,
    /// Whether the rows go out as objects of NDJSON.
    pub as_objects: bool,
}

impl CsvRows {
    /// Reads the header at the beginning of a text (without byte-order mark) that holds it whole;
    /// also where the first row begins.
    ///
    /// # Errors
    /// When there is none, or its columns are not what is needed.
    pub fn new(text: &[u8], options: CsvOptions<'_>) -> Result<(Self, usize), BatchError> {
        let wide = [UTF_16LE, UTF_16BE].contains(&options.encoding).then_some(options.encoding);
        let encoding = if wide.is_some() { UTF_8 } else { options.encoding };
        let begin = text.iter().position(|b| !matches!(b, b'\n' | b'\r')).unwrap_or(text.len());
        if begin == text.len() {
            return Err(BatchError::Empty);
        }
        let separator = options.separator.unwrap_or_else(|| {
            let line = &text[begin..physical_line(text, begin).0];
            ledger::separator(&encoding.decode_without_bom_handling(line).0)
        });
        let mut cells = Vec::new();
        let (end, next) = match scan::row(text, begin, separator, &mut cells) {
            scan::Row::Whole { end, next } => (end, next),
            scan::Row::Unfinished => (text.len(), text.len()),
            scan::Row::Quoted => return Err(BatchError::Header("a quote is not closed")),
        };
        let name = |cell| {
            let content = scan::content(scan::raw(text, &cells, end, cell));
            encoding.decode_without_bom_handling(&content).0.trim().to_owned()
        };
        let names: Vec<String> = (0..cells.len()).map(name).collect();
        refuse_taken(&names)?;
        let places = Places::find(&names, options.columns)?;
        let mut rows = Self {
            separator,
            encoding,
            wide,
            width: names.len(),
            places,
            crs: options.crs,
            language: options.language,
            members: options.as_objects.then(|| members(&names)).transpose()?,
            header: Vec::new(),
        };
        rows.header = rows.header_bytes(&text[begin..end], &text[end..next]);
        Ok((rows, next))
    }

    /// What goes out before the rows: the header with the added columns; nothing for objects.
    pub fn header(&self) -> &[u8] {
        &self.header
    }

    fn header_bytes(&self, own: &[u8], line_end: &[u8]) -> Vec<u8> {
        if self.members.is_some() {
            return Vec::new();
        }
        let mut out = own.to_vec();
        for name in ADDED {
            out.push(self.separator);
            out.extend_from_slice(name.as_bytes());
        }
        out.extend_from_slice(if line_end.is_empty() { b"\n" } else { line_end });
        self.encoded(out)
    }

    fn text<'t>(&self, bytes: &'t [u8]) -> Cow<'t, str> {
        if let Ok(text) = std::str::from_utf8(bytes)
            && (self.encoding == UTF_8 || text.is_ascii())
        {
            return Cow::Borrowed(text);
        }
        self.encoding.decode_without_bom_handling(bytes).0
    }

    /// The content of a cell of a row.
    fn cell<'t>(&self, text: &'t [u8], cells: &[usize], end: usize, cell: usize) -> Cow<'t, str> {
        match scan::content(scan::raw(text, cells, end, cell)) {
            Cow::Borrowed(bytes) => self.text(bytes),
            Cow::Owned(bytes) => Cow::Owned(self.text(&bytes).into_owned()),
        }
    }

    fn question(&self, text: &[u8], cells: &[usize], end: usize) -> Question {
        let cell = |n: usize| self.cell(text, cells, end, n);
        let place = self.places.place.map(|columns| columns.map(cell));
        let place = place.as_ref().map(|[lon, lat]| [lon.as_ref(), lat.as_ref()]);
        // An address is only read where there is no place.
        match place {
            Some([lon, lat]) if !(lon.trim().is_empty() && lat.trim().is_empty()) => {
                Question::of_texts(place, None, self.crs)
            }
            _ => Question::of_address(self.places.address.map(cell).as_deref()),
        }
    }

    /// Why a row of other width than the header's is broken. Blank cells beyond it, which
    /// spreadsheets leave, are no fault.
    fn surplus(&self, text: &[u8], cells: &[usize], end: usize) -> Option<Reason> {
        let beyond = (self.width..cells.len()).any(|n| !scan::raw(text, cells, end, n).is_empty());
        (cells.len() < self.width || beyond)
            .then_some(Reason::Cells { found: cells.len(), expected: self.width })
    }

    fn push_text(&self, out: &mut Vec<u8>, text: &str) {
        if self.encoding == UTF_8 || text.is_ascii() {
            scan::push_cell(out, text.as_bytes(), self.separator);
        } else {
            scan::push_cell(out, &self.encoding.encode(text).0, self.separator);
        }
    }

    fn write_table(&self, text: &[u8], span: Span, answer: &Answer<'_>, out: &mut Vec<u8>) {
        let own = &text[span.begin..span.end];
        if answer.reason.as_ref().is_some_and(is_broken) {
            scan::push_cell(out, own, self.separator);
            out.resize(out.len() + self.width - 1, self.separator);
        } else {
            out.extend_from_slice(&own[..self.width_of(text, span)]);
        }
        for key in [answer.grid, answer.branch, answer.compound] {
            out.push(self.separator);
            self.push_text(out, key.unwrap_or_default());
        }
        out.push(self.separator);
        out.extend_from_slice(answer.kind.name().as_bytes());
        out.push(self.separator);
        if let Some(reason) = &answer.reason {
            self.push_text(out, &reason.words(self.language));
        }
        let line_end = &text[span.end..span.next];
        out.extend_from_slice(if line_end.is_empty() { b"\n" } else { line_end });
    }

    /// Bytes of a row up to the end of the last column: blank cells beyond are left out.
    fn width_of(&self, text: &[u8], span: Span) -> usize {
        let own = &text[span.begin..span.end];
        if own.last() != Some(&self.separator) {
            return own.len();
        }
        let mut cells = Vec::new();
        scan::row(&text[..span.next], span.begin, self.separator, &mut cells);
        cells.get(self.width).map_or(own.len(), |beyond| beyond - 1 - span.begin)
    }

    fn write_object(
        &self,
        members: &[Vec<u8>],
        text: &[u8],
        span: Span,
        answer: &Answer<'_>,
        out: &mut Vec<u8>,
    ) {
        if answer.reason.as_ref().is_some_and(is_broken) {
            push_unreadable(out, &self.text(&text[span.begin..span.end]));
        } else {
            let mut cells = Vec::new();
            scan::row(&text[..span.next], span.begin, self.separator, &mut cells);
            out.push(b'{');
            for (column, member) in members.iter().enumerate() {
                if column > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(member);
                push_string(out, &self.cell(text, &cells, span.end, column));
            }
        }
        push_answer(out, answer, true, self.language);
        out.extend_from_slice(b"}\n");
    }
}

impl Rows for CsvRows {
    type Memory = Vec<usize>;

    fn whole_rows(&self, text: &[u8]) -> usize {
        scan::whole_rows(text, self.separator)
    }

    fn broken_row(&self, text: &[u8]) -> usize {
        let (end, next) = physical_line(text, 0);
        // Without a line end the row may go on; it is only too long.
        if next > end { next } else { 0 }
    }

    fn read(&self, text: &[u8], at: usize, cells: &mut Vec<usize>) -> (Span, Question) {
        let blank = text[at..].iter().take_while(|b| matches!(b, b'\n' | b'\r')).count();
        let begin = at + blank;
        let (end, next) = match scan::row(text, begin, self.separator, cells) {
            scan::Row::Whole { end, next } => (end, next),
            scan::Row::Unfinished => (text.len(), text.len()),
            scan::Row::Quoted => {
                let (end, next) = physical_line(text, begin);
                let question = Question::Unreadable(Reason::OpenQuote);
                return (Span { begin, end, next }, question);
            }
        };
        let question = match self.surplus(text, cells, end) {
            Some(reason) => Question::Unreadable(reason),
            None => self.question(text, cells, end),
        };
        (Span { begin, end, next }, question)
    }

    fn write(&self, text: &[u8], span: Span, answer: &Answer<'_>, out: &mut Vec<u8>) {
        match &self.members {
            Some(members) => self.write_object(members, text, span, answer, out),
            None => self.write_table(text, span, answer, out),
        }
    }

    fn encoded(&self, out: Vec<u8>) -> Vec<u8> {
        let Some(wide) = self.wide.filter(|_| self.members.is_none()) else { return out };
        let text = String::from_utf8_lossy(&out);
        let bytes = if wide == UTF_16LE { u16::to_le_bytes } else { u16::to_be_bytes };
        text.encode_utf16().flat_map(bytes).collect()
    }
}

/// Whether the cells of a row cannot be trusted to stand under their columns.
fn is_broken(reason: &Reason) -> bool {
    matches!(reason, Reason::OpenQuote | Reason::Cells { .. })
}

/// Where the line of `at` ends, and where the next one begins.
fn physical_line(text: &[u8], at: usize) -> (usize, usize) {
    let Some(mark) = memchr::memchr2(b'\n', b'\r', &text[at..]) else {
        return (text.len(), text.len());
    };
    let end = at + mark;
    let is_pair = text[end] == b'\r' && text.get(end + 1) == Some(&b'\n');
    (end, end + 1 + usize::from(is_pair))
}

/// The beginnings of the members of objects that have these names.
fn members(names: &[String]) -> Result<Vec<Vec<u8>>, BatchError> {
    for (position, name) in names.iter().enumerate() {
        if names[..position].contains(name) {
            return Err(BatchError::SameName(name.clone()));
        }
    }
    let member = |name: &String| {
        let mut member = Vec::new();
        push_string(&mut member, name);
        member.push(b':');
        member
    };
    Ok(names.iter().map(member).collect())
}

//! A text from its first byte to its last: the encoding, the header, the rows.

use super::columns::ColumnNames;
use super::csv::{CsvOptions, CsvRows};
use super::error::BatchError;
use super::lookup::Lookup;
use super::ndjson::{NdjsonOptions, NdjsonRows};
use super::source::{Decoded, read_more};
use super::text::{Pieces, Rows, run};
use super::{Done, Progress, Sink};
use crate::check::Language;
use crate::dataset::crs::Crs;
use crate::dataset::ledger::encoding_of;
use crate::locate::Locator;
use encoding_rs::{Encoding, GB18030, UTF_8};
use jiff::civil::Date;
use std::io::{self, Read};

/// Bytes of a text that are looked at for its encoding.
const SAMPLE: usize = 1 << 20;

/// A form of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextForm {
    /// A table: comma, tab or semicolon.
    Csv,
    /// A JSON object a line.
    Ndjson,
}

/// How a batch is read, answered and written.
#[derive(Clone, Debug)]
pub struct BatchOptions {
    /// Reference system of the places. Without it, that which GeoParquet declares, else degrees.
    pub crs: Option<Crs>,
    /// Only grids that are valid on this day count.
    pub on: Option<Date>,
    /// Columns that are not recognised by their names.
    pub columns: ColumnNames,
    /// Encoding of the text, where it is known.
    pub encoding: Option<&'static Encoding>,
    /// Language of the reasons.
    pub language: Language,
    /// Threads that look up.
    pub threads: usize,
    /// Bytes of text that a worker takes at once.
    pub piece: usize,
    /// Bytes of the whole text, where that is known.
    pub length: Option<u64>,
}

impl Default for BatchOptions {
    fn default() -> Self {
        Self {
            crs: None,
            on: None,
            columns: ColumnNames::default(),
            encoding: None,
            language: Language::default(),
            threads: 1,
            piece: 1 << 20,
            length: None,
        }
    }
}

/// Answers every row of a text. With `done`, the progress of a run that was cut off, it goes on
/// behind that: then the sink already has what that run has written.
///
/// # Errors
/// When the text cannot be read or has no place, or the sink cannot be written.
pub fn locate_text<R: Read + Send>(
    mut source: R,
    [from, to]: [TextForm; 2],
    locator: &Locator,
    options: &BatchOptions,
    done: Option<&Done>,
    sink: &mut impl Sink,
) -> Result<Progress, BatchError> {
    let mut sample = Vec::new();
    let mut ended = false;
    while !ended && sample.len() < SAMPLE {
        let wanted = SAMPLE - sample.len();
        ended = read_more(&mut source, &mut sample, wanted.max(16)).map_err(BatchError::Read)?;
    }
    let (encoding, mark) = encoding_of(&sample, options.encoding);
    let keeps_bytes = encoding == UTF_8 || (encoding == GB18030 && from == TextForm::Csv);
    let head = if keeps_bytes { mark } else { 0 };
    let mark = sample[..mark].to_vec();
    let whole = io::Cursor::new(sample.split_off(head)).chain(source);
    let run = Run { encoding, mark, to, locator, options, done };
    match (keeps_bytes, from) {
        (true, TextForm::Csv) => run.csv(whole, sink),
        (true, TextForm::Ndjson) => run.ndjson(whole, sink),
        (false, TextForm::Csv) => run.csv(Decoded::new(whole, encoding), sink),
        (false, TextForm::Ndjson) => run.ndjson(Decoded::new(whole, encoding), sink),
    }
}

/// About so many bytes has a row with a place.
const BYTES_OF_A_ROW: u64 = 50;

/// A run over a text whose encoding is known.
struct Run<'r> {
    encoding: &'static Encoding,
    /// Its byte-order mark.
    mark: Vec<u8>,
    to: TextForm,
    locator: &'r Locator,
    options: &'r BatchOptions,
    done: Option<&'r Done>,
}

impl Run<'_> {
    fn csv<R: Read + Send>(&self, source: R, sink: &mut impl Sink) -> Result<Progress, BatchError> {
        let mut pieces = Pieces::new(source, self.options.piece);
        let options = CsvOptions {
            encoding: self.encoding,
            separator: None,
            columns: &self.options.columns,
            crs: self.options.crs.unwrap_or_default(),
            language: self.options.language,
            as_objects: self.to == TextForm::Ndjson,
        };
        // The separator is not known yet; it makes no difference to where a line ends, unless a
        // quote stands inside a cell of the header, and then more is read than would be needed.
        let text = pieces.peek(first_line)?;
        let (rows, first) = CsvRows::new(text, options)?;
        let mut head = rows.header().to_vec();
        if self.to == TextForm::Csv {
            head.splice(0..0, self.mark.iter().copied());
        }
        self.rows(pieces, first, &rows, &head, sink)
    }

    fn ndjson<R: Read + Send>(
        &self,
        source: R,
        sink: &mut impl Sink,
    ) -> Result<Progress, BatchError> {
        let mut pieces = Pieces::new(source, self.options.piece);
        let options = NdjsonOptions {
            columns: &self.options.columns,
            crs: self.options.crs.unwrap_or_default(),
            language: self.options.language,
            as_table: self.to == TextForm::Csv,
        };
        let rows = NdjsonRows::new(pieces.peek(first_line)?, options)?;
        let head = rows.header();
        self.rows(pieces, 0, &rows, &head, sink)
    }

    /// Answers the rows that begin `first` bytes ahead.
    fn rows<R: Read + Send>(
        &self,
        mut pieces: Pieces<R>,
        first: usize,
        rows: &impl Rows,
        head: &[u8],
        sink: &mut impl Sink,
    ) -> Result<Progress, BatchError> {
        pieces.pass(first);
        let progress = match self.done {
            Some(done) => {
                pieces.pass_to(done.progress.input)?;
                done.progress
            }
            None => {
                let begun = Progress { input: pieces.at(), ..Progress::default() };
                sink.write(head)
                    .and_then(|()| sink.tell(&begun, &Vec::new))
                    .map_err(BatchError::Write)?;
                begun
            }
        };
        let expected = self.options.length.map_or(0, |bytes| bytes / BYTES_OF_A_ROW);
        let lookup = Lookup::new(self.locator, self.options.on, expected);
        run(pieces, rows, &lookup, self.options.threads, progress, sink)
    }
}

/// Whether a text holds its first line that is not blank, outside of quotes: the length of a
/// beginning of it, 0 for no.
fn first_line(text: &[u8]) -> usize {
    let blank = text.iter().take_while(|b| b.is_ascii_whitespace()).count();
    let mut is_quoted = false;
    let end = text[blank..].iter().position(|byte| {
        is_quoted ^= *byte == b'"';
        !is_quoted && *byte == b'\n'
    });
    end.map_or(0, |end| blank + end + 1)
}

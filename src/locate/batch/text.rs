//! Rows of a text, piece by piece: cut, answered, written.

use super::error::BatchError;
use super::lookup::{Answer, Lookup, Scratch};
use super::pipeline;
use super::question::Question;
use super::source::read_more;
use super::{Progress, Sink};
use crate::locate::MatchKind;
use std::io::Read;

/// Bytes of a row at most.
pub const LONGEST_ROW: usize = 16 << 20;
/// Rows that are looked up together.
const BLOCK_ROWS: usize = 512;

/// A text format that the rows come in, and the one that they go out in.
pub trait Rows: Sync {
    /// What a worker keeps between rows.
    type Memory: Default;

    /// Length of the longest beginning of `text` that ends with the end of a row; 0 for none.
    fn whole_rows(&self, text: &[u8]) -> usize;

    /// Length of what stands at the beginning of `text` and will be no row, however much follows;
    /// 0 when the row is only too long.
    fn broken_row(&self, text: &[u8]) -> usize;

    /// Reads the row at `at` of a text that ends with a row.
    fn read(&self, text: &[u8], at: usize, memory: &mut Self::Memory) -> (Span, Question);

    /// Writes a row with its answer.
    fn write(&self, text: &[u8], span: Span, answer: &Answer<'_>, out: &mut Vec<u8>);

    /// What goes out for the bytes written: the same in another encoding, where that is needed.
    fn encoded(&self, out: Vec<u8>) -> Vec<u8> {
        out
    }
}

/// Where a row stands in its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First byte; blank lines may stand before it.
    pub begin: usize,
    /// Behind its content.
    pub end: usize,
    /// Behind its line end.
    pub next: usize,
}

/// A text from which pieces of whole rows are cut.
pub struct Pieces<R> {
    source: R,
    /// Bytes read and not given yet; they begin where a row begins.
    ahead: Vec<u8>,
    /// Where they begin in the text.
    at: u64,
    /// Line of that place, from 1.
    line: u64,
    size: usize,
    ended: bool,
}

/// Rows of a text.
pub struct Piece {
    text: Vec<u8>,
    /// Where they end in the text.
    end: u64,
}

impl<R: Read> Pieces<R> {
    /// Cuts a text into pieces of about `size` bytes.
    pub fn new(source: R, size: usize) -> Self {
        Self { source, ahead: Vec::new(), at: 0, line: 1, size, ended: false }
    }

    /// Reads on until a row has ended, and gives the text that has been read and not been passed.
    ///
    /// # Errors
    /// Of the source, and when the row is too long.
    pub fn peek(&mut self, whole_rows: impl Fn(&[u8]) -> usize) -> Result<&[u8], BatchError> {
        while !self.ended && whole_rows(&self.ahead) == 0 {
            self.refuse_long_row()?;
            self.fill()?;
        }
        Ok(&self.ahead)
    }

    /// Goes on to behind the next `bytes`.
    pub fn pass(&mut self, bytes: usize) {
        let passed = self.ahead.drain(..bytes);
        self.line += memchr::memchr_iter(b'\n', passed.as_slice()).count() as u64;
        self.at += bytes as u64;
    }

    /// Goes on to `to`, a place behind which a row begins.
    ///
    /// # Errors
    /// Of the source; and when the text ends before.
    pub fn pass_to(&mut self, to: u64) -> Result<(), BatchError> {
        while self.at < to {
            if self.ahead.is_empty() {
                if self.ended {
                    let short = std::io::Error::other("it is shorter than it was");
                    return Err(BatchError::Read(short));
                }
                self.fill()?;
            }
            let left = usize::try_from(to - self.at).unwrap_or(usize::MAX);
            self.pass(left.min(self.ahead.len()));
        }
        Ok(())
    }

    /// Where the text has been read to.
    pub fn at(&self) -> u64 {
        self.at
    }

    fn fill(&mut self) -> Result<(), BatchError> {
        let read = read_more(&mut self.source, &mut self.ahead, self.size);
        self.ended = read.map_err(BatchError::Read)?;
        Ok(())
    }

    fn refuse_long_row(&self) -> Result<(), BatchError> {
        if self.ahead.len() < LONGEST_ROW {
            return Ok(());
        }
        Err(BatchError::RowTooLong { byte: self.at, line: self.line, limit: LONGEST_ROW })
    }

    /// The next piece; none at the end.
    fn next(&mut self, rows: &impl Rows) -> Result<Option<Piece>, BatchError> {
        let cut = loop {
            if self.ended {
                break self.ahead.len();
            }
            self.fill()?;
            let cut = if self.ended { self.ahead.len() } else { rows.whole_rows(&self.ahead) };
            if cut > 0 {
                break cut;
            }
            if self.ahead.len() >= LONGEST_ROW {
                let broken = rows.broken_row(&self.ahead);
                if broken == 0 {
                    self.refuse_long_row()?;
                }
                break broken;
            }
        };
        if cut == 0 {
            return Ok(None);
        }
        // What is left is short: the text is handed over, not copied.
        let rest = self.ahead[cut..].to_vec();
        let mut text = std::mem::replace(&mut self.ahead, rest);
        text.truncate(cut);
        self.line += memchr::memchr_iter(b'\n', &text).count() as u64;
        self.at += cut as u64;
        Ok(Some(Piece { text, end: self.at }))
    }
}

/// Rows that have been answered.
struct Answered {
    bytes: Vec<u8>,
    progress: Progress,
}

/// Answers the rows of a text to its end. `progress` is what has been done before.
///
/// # Errors
/// When the text cannot be read, or the sink cannot be written.
pub fn run<R: Read + Send>(
    mut pieces: Pieces<R>,
    rows: &impl Rows,
    lookup: &Lookup<'_>,
    threads: usize,
    mut progress: Progress,
    sink: &mut impl Sink,
) -> Result<Progress, BatchError> {
    let next = || pieces.next(rows);
    let work = |piece: Piece| answer(rows, lookup, &piece);
    pipeline::run(threads, next, work, |done: Answered| {
        sink.write(&done.bytes).map_err(BatchError::Write)?;
        progress.add(done.progress);
        sink.tell(&progress, &Vec::new).map_err(BatchError::Write)
    })?;
    Ok(progress)
}

fn answer<F: Rows>(rows: &F, lookup: &Lookup<'_>, piece: &Piece) -> Answered {
    let text = &piece.text;
    let mut out = Vec::with_capacity(text.len() * 2);
    let mut progress = Progress { input: piece.end, ..Progress::default() };
    let (mut memory, mut scratch) = (F::Memory::default(), Scratch::default());
    let mut spans: Vec<Span> = Vec::with_capacity(BLOCK_ROWS);
    let mut questions = Vec::with_capacity(BLOCK_ROWS);
    let mut at = 0;
    while at < text.len() {
        spans.clear();
        while at < text.len() && spans.len() < BLOCK_ROWS {
            let (span, question) = rows.read(text, at, &mut memory);
            // Blank lines at the end of a piece are no row.
            if span.begin < span.end {
                spans.push(span);
                questions.push(question);
            }
            at = span.next;
        }
        lookup.answer(&mut questions, &mut scratch, |number, owners, reason| {
            let answer = Answer { reason, ..lookup.keys(owners) };
            progress.count(&answer);
            rows.write(text, spans[number], &answer, &mut out);
        });
    }
    Answered { bytes: rows.encoded(out), progress }
}

impl Progress {
    fn count(&mut self, answer: &Answer<'_>) {
        self.rows += 1;
        if answer.reason.is_some() {
            self.unreadable += 1;
        } else if answer.kind == MatchKind::None {
            self.nowhere += 1;
        }
    }

    /// Adds what came after.
    pub(super) fn add(&mut self, later: Self) {
        self.input = later.input;
        self.rows += later.rows;
        self.nowhere += later.nowhere;
        self.unreadable += later.unreadable;
    }
}

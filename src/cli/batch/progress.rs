//! How far a batch is: a bar on a terminal, and a line at the end.

use super::output::Output;
use crate::cli::language::Language;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use wangge::locate::batch::{Progress, Sink};

/// Draws of the bar a second, at most.
const DRAWS: u8 = 5;

/// A source that counts the bytes read from it.
pub struct Counted<R> {
    source: R,
    count: Arc<AtomicU64>,
}

impl<R> Counted<R> {
    pub fn new(source: R) -> Self {
        Self { source, count: Arc::default() }
    }

    /// The count, to be read while others read the source.
    pub fn count(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.count)
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(out)?;
        self.count.fetch_add(read as u64, Relaxed);
        Ok(read)
    }
}

/// The output with a bar that tells of it.
pub struct Telling<'o> {
    output: &'o mut Output,
    bar: ProgressBar,
    /// Bytes read so far, where the bar is of bytes.
    read: Option<Arc<AtomicU64>>,
    began: Instant,
    /// Rows that an earlier run has done.
    before: u64,
    language: Language,
}

impl<'o> Telling<'o> {
    /// A bar over the bytes of a file, or one without an end. It is drawn on a terminal only.
    pub fn new(
        output: &'o mut Output,
        file: Option<(Arc<AtomicU64>, u64)>,
        before: u64,
        language: Language,
    ) -> Self {
        let target = if io::stderr().is_terminal() {
            ProgressDrawTarget::stderr_with_hz(DRAWS)
        } else {
            ProgressDrawTarget::hidden()
        };
        let (read, bytes) = file.unzip();
        let bar = ProgressBar::with_draw_target(bytes, target);
        let template = match bytes {
            Some(_) => "{wide_bar} {percent:>3} %  {msg}  {eta}",
            None => "{spinner} {msg}  {elapsed}",
        };
        // The template is right; without it the bar would only look plainer.
        bar.set_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        Self { output, bar, read, began: Instant::now(), before, language }
    }
}

impl Sink for Telling<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.output.write(bytes)
    }

    fn tell(&mut self, progress: &Progress, state: &dyn Fn() -> Vec<u8>) -> io::Result<()> {
        self.output.tell(progress, state)?;
        if !self.bar.is_hidden() {
            let position = self.read.as_ref().map_or(progress.input, |read| read.load(Relaxed));
            self.bar.set_position(position);
            let rate = a_second(progress.rows - self.before, self.began.elapsed());
            let rows = with_commas(progress.rows);
            self.bar.set_message(match self.language {
                Language::Zh => format!("{rows} 行，每秒 {rate}"),
                Language::En => format!("{rows} rows, {rate}/s"),
            });
        }
        Ok(())
    }

    fn expect(&mut self, input: u64) {
        if self.read.is_none() {
            self.bar.set_length(input);
            if let Ok(style) =
                ProgressStyle::with_template("{wide_bar} {percent:>3} %  {msg}  {eta}")
            {
                self.bar.set_style(style);
            }
        }
    }
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// The line at the end of a batch; `fresh` of its rows were made in `time`.
pub fn summary(done: &Progress, fresh: u64, time: Duration, language: Language) -> String {
    let [rows, nowhere, unreadable] = [done.rows, done.nowhere, done.unreadable].map(with_commas);
    let (found, rate) =
        (with_commas(done.rows - done.nowhere - done.unreadable), a_second(fresh, time));
    let seconds = time.as_secs_f64();
    match language {
        Language::Zh => format!(
            "{rows} 行：{found} 行有网格，{nowhere} 行不在网格内或未找到，{unreadable} 行无法读取\
             （见 reason 列）；{seconds:.1} 秒，每秒 {rate} 行"
        ),
        Language::En => format!(
            "{rows} rows: {found} with a grid, {nowhere} without, {unreadable} unreadable (see \
             column reason); {seconds:.1} s, {rate} rows/s"
        ),
    }
}

fn a_second(rows: u64, time: Duration) -> String {
    with_commas((rows as f64 / time.as_secs_f64().max(1e-3)) as u64)
}

fn with_commas(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_parted() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1234567, "1,234,567")] {
            assert_eq!(with_commas(number), text);
        }
    }
}

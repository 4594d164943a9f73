//! Where results and messages go.

use anyhow::Context;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

/// Writes a result to a file, or to standard output without one. A reader who has seen enough
/// (`wangge … | head`) closes the pipe: that is no error.
///
/// # Errors
/// When the file or the output cannot be written.
pub fn write(to: Option<&Path>, result: &str) -> anyhow::Result<()> {
    let mut result = std::borrow::Cow::Borrowed(result);
    if !result.ends_with('\n') {
        result.to_mut().push('\n');
    }
    if let Some(path) = to {
        return std::fs::write(path, result.as_bytes())
            .with_context(|| format!("{}: cannot be written", path.display()));
    }
    let mut out = io::stdout().lock();
    match out.write_all(result.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done.context("standard output cannot be written"),
    }
}

/// Writes a message to standard error. Nobody could be told of a failure here.
pub fn tell(message: &str) {
    let _ = writeln!(io::stderr().lock(), "{message}");
}

/// An error and its causes on one line, without saying twice what a message repeats of its cause.
pub fn with_causes(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            let _ = write!(text, ": {cause}");
        }
    }
    text
}

/// A share as a signed percentage with one decimal: `-12.3 %`.
pub fn percent(share: f64) -> String {
    format!("{:+.1} %", share * 100.0)
}

/// Text padded to a width in columns; a Chinese character takes two.
pub fn pad(text: &str, width: usize) -> String {
    let wide = |c: char| matches!(c as u32, 0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x20000..=0x3fffd);
    let columns: usize = text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum();
    format!("{text}{}", " ".repeat(width.saturating_sub(columns)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_with_chinese() {
        assert_eq!(pad("ab", 6), "ab    ");
        assert_eq!(pad("网格", 6), "网格  ");
        assert_eq!(pad("too long", 3), "too long");
    }

    #[test]
    fn causes_are_told_once() {
        let cause = anyhow::anyhow!("no such file").context("grids.geojson: no such file");
        assert_eq!(with_causes(&cause), "grids.geojson: no such file");
        let cause = anyhow::anyhow!("denied").context("grids.geojson");
        assert_eq!(with_causes(&cause), "grids.geojson: denied");
    }
}

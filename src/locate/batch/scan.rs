//! The cells of CSV, without copying them: where each begins, where the row ends.
//!
//! The rules are those of crate `csv`, which reads the layers: a cell is quoted when it begins
//! with a quote, a doubled quote stands for one, what follows a closing quote belongs to the cell,
//! and a row ends at `\n`, `\r\n` or `\r`. The bytes may be UTF-8 or GB18030: in neither does a
//! character of several bytes hold a quote, a separator or a line end.

use std::borrow::Cow;

/// The row that begins at some place of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// Its cells end at `end`, the next row begins at `next`.
    Whole {
        /// Behind the last byte of the last cell.
        end: usize,
        /// Behind the line end.
        next: usize,
    },
    /// The text ends before the row's line end.
    Unfinished,
    /// The text ends inside a quoted cell.
    Quoted,
}

/// Finds the end of the row at `at` and puts the beginnings of its cells into `cells`.
pub fn row(text: &[u8], mut at: usize, separator: u8, cells: &mut Vec<usize>) -> Row {
    cells.clear();
    loop {
        cells.push(at);
        if text.get(at) == Some(&b'"') {
            match closing_quote(text, at + 1) {
                Some(close) => at = close + 1,
                None => return Row::Quoted,
            }
        }
        let rest = &text[at..];
        let mark = rest.iter().position(|b| *b == separator || *b == b'\n' || *b == b'\r');
        let Some(mark) = mark else { return Row::Unfinished };
        at += mark;
        if text[at] != separator {
            return Row::Whole { end: at, next: line_end(text, at) };
        }
        at += 1;
    }
}

/// The quote that closes a cell whose content begins at `at`.
fn closing_quote(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr::memchr(b'"', &text[at..])?;
        if text.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// Behind the line end at `at`.
fn line_end(text: &[u8], at: usize) -> usize {
    if text[at] == b'\r' && text.get(at + 1) == Some(&b'\n') { at + 2 } else { at + 1 }
}

/// The bytes of a cell as they stand, for the row that ends at `end`.
pub fn raw<'t>(text: &'t [u8], cells: &[usize], end: usize, cell: usize) -> &'t [u8] {
    let stop = cells.get(cell + 1).map_or(end, |next| next - 1);
    &text[cells[cell]..stop]
}

/// The content of a cell: without its quotes.
pub fn content(raw: &[u8]) -> Cow<'_, [u8]> {
    let Some(inside) = raw.strip_prefix(b"\"") else { return Cow::Borrowed(raw) };
    if let Some(plain) = inside.strip_suffix(b"\"")
        && !plain.contains(&b'"')
    {
        return Cow::Borrowed(plain);
    }
    let Some(close) = closing_quote(raw, 1) else { return Cow::Borrowed(inside) };
    let mut content = Vec::with_capacity(raw.len());
    let mut is_second = false;
    for byte in &raw[1..close] {
        is_second = *byte == b'"' && !is_second;
        if !is_second {
            content.push(*byte);
        }
    }
    content.extend_from_slice(&raw[close + 1..]);
    Cow::Owned(content)
}

/// Appends a cell, quoted where it must be.
pub fn push_cell(out: &mut Vec<u8>, content: &[u8], separator: u8) {
    let special = |b: &u8| matches!(*b, b'"' | b'\n' | b'\r') || *b == separator;
    if !content.iter().any(special) {
        out.extend_from_slice(content);
        return;
    }
    out.push(b'"');
    for byte in content {
        if *byte == b'"' {
            out.push(b'"');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

/// The length of the longest beginning of `text` that ends with a row's end; 0 when no row ends
/// in it. The text begins where a row begins.
pub fn whole_rows(text: &[u8], separator: u8) -> usize {
    if memchr::memchr(b'"', text).is_none() {
        let end = memchr::memrchr(b'\n', text).or_else(|| last_return(text));
        return end.map_or(0, |end| end + 1);
    }
    let (mut cells, mut at) = (Vec::new(), 0);
    while let Row::Whole { next, .. } = row(text, at, separator, &mut cells) {
        // A return at the very end may be half a line end.
        if next == text.len() && text[next - 1] == b'\r' {
            break;
        }
        at = next;
    }
    at
}

/// The last return that is not the last byte: there it may be half a line end.
fn last_return(text: &[u8]) -> Option<usize> {
    memchr::memrchr(b'\r', &text[..text.len().saturating_sub(1)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The rows of a text as this module reads them, a line end added where the last has none.
    fn rows(text: &[u8]) -> Option<Vec<Vec<Vec<u8>>>> {
        let mut text = text.to_vec();
        if !matches!(text.last(), None | Some(b'\n' | b'\r')) {
            text.push(b'\n');
        }
        let (mut cells, mut at, mut found) = (Vec::new(), 0, Vec::new());
        while at < text.len() {
            let Row::Whole { end, next } = row(&text, at, b',', &mut cells) else { return None };
            if end > at {
                let cell = |n| content(raw(&text, &cells, end, n)).into_owned();
                found.push((0..cells.len()).map(cell).collect());
            }
            at = next;
        }
        Some(found)
    }

    proptest! {
        #[test]
        fn cells_are_those_of_crate_csv(text in "[a,\"\n\r ]{0,40}") {
            // An open quote is an error here; csv takes what is left of the file for the cell.
            let Some(ours) = rows(text.as_bytes()) else { return Ok(()) };
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let theirs: Vec<Vec<Vec<u8>>> = reader
                .byte_records()
                .map(|row| row.expect("no error of reading").iter().map(<[u8]>::to_vec).collect())
                .collect();
            prop_assert_eq!(ours, theirs);
        }

        #[test]
        fn a_text_is_cut_where_a_row_ends(text in "[a,\"\n\r]{0,40}", at in 0..41usize) {
            let Some(all) = rows(text.as_bytes()) else { return Ok(()) };
            let seen = &text.as_bytes()[..at.min(text.len())];
            let cut = whole_rows(seen, b',');
            let (first, second) = text.as_bytes().split_at(cut);
            let mut parts = rows(first).expect("whole rows");
            parts.extend(rows(second).expect("the rest of whole rows"));
            prop_assert_eq!(parts, all);
        }

        #[test]
        fn a_cell_that_was_written_is_read_again(content in "[a,\"\n\r;]{0,12}") {
            let mut out = Vec::new();
            push_cell(&mut out, content.as_bytes(), b',');
            out.push(b'\n');
            let mut cells = Vec::new();
            let Row::Whole { end, next } = row(&out, 0, b',', &mut cells) else { panic!("open") };
            prop_assert_eq!((cells.len(), next), (1, out.len()));
            let read = super::content(raw(&out, &cells, end, 0)).into_owned();
            prop_assert_eq!(read, content.as_bytes());
        }
    }
}

//! Bytes of a file to text: size limit and encoding.

use super::error::LoadError;
use encoding_rs::{Encoding, GB18030, UTF_8};
use std::path::Path;

/// The largest file that is read, in bytes: 2 GiB.
pub const MAX_FILE_BYTES: u64 = 2 << 30;

/// What to do with bytes that are not UTF-8 when nobody has said what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Undeclared {
    /// Take GB18030, of which GBK is a part: what Excel in Chinese writes as CSV.
    TryGb18030,
    /// Refuse: the format is UTF-8 by its standard.
    Refuse,
}

/// Text of a file.
pub(super) struct FileText {
    text: String,
    /// The encoding, when it was found by trial.
    pub guessed: Option<&'static str>,
}

impl FileText {
    /// The text without a byte-order mark.
    pub fn as_str(&self) -> &str {
        self.text.strip_prefix('\u{feff}').unwrap_or(&self.text)
    }
}

/// Reads a whole file.
///
/// # Errors
/// When it cannot be read, is no plain file or is larger than [`MAX_FILE_BYTES`].
pub(super) fn read_bytes(path: &Path) -> Result<Vec<u8>, LoadError> {
    let about = std::fs::metadata(path).map_err(|source| LoadError::io(path, source))?;
    if !about.is_file() {
        let source = std::io::Error::other("it is not a plain file");
        return Err(LoadError::Unreadable { file: path.to_owned(), source });
    }
    if about.len() > MAX_FILE_BYTES {
        let file = path.to_owned();
        return Err(LoadError::TooLarge { file, bytes: about.len(), limit: MAX_FILE_BYTES });
    }
    std::fs::read(path).map_err(|source| LoadError::io(path, source))
}

/// Bytes to text: the declared encoding, else UTF-8 by a strict test, else as `undeclared` says.
/// A byte-order mark of UTF-16 ("Unicode text" of Excel) is always believed.
///
/// # Errors
/// When the bytes are no text of the encoding.
pub(super) fn decode(
    path: &Path,
    bytes: Vec<u8>,
    declared: Option<&'static Encoding>,
    undeclared: Undeclared,
) -> Result<FileText, LoadError> {
    let wrong = |detail: String, remedy: &str| LoadError::Encoding {
        file: path.to_owned(),
        detail,
        remedy: remedy.to_owned(),
    };
    let marked = Encoding::for_bom(&bytes).map(|(encoding, _)| encoding);
    let named = marked.filter(|e| *e != UTF_8).or(declared).filter(|e| *e != UTF_8);
    if let Some(encoding) = named {
        let (text, had_errors) = encoding.decode_with_bom_removal(&bytes);
        if had_errors {
            let detail = format!("holds bytes that are not {}", encoding.name());
            return Err(wrong(detail, "Set `encoding` of the layer in wangge.toml to what it is."));
        }
        return Ok(FileText { text: text.into_owned(), guessed: None });
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Ok(FileText { text, guessed: None }),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            let promised = marked.is_some() || declared.is_some();
            if promised || undeclared == Undeclared::Refuse {
                let line = bytes[..good].iter().filter(|b| **b == b'\n').count() + 1;
                let detail = format!("byte {good} (line {line}) is not UTF-8");
                let remedy = "Save the file as UTF-8, or say what it is in wangge.toml, for \
                              example `encoding = \"gbk\"`.";
                return Err(wrong(detail, remedy));
            }
            bytes
        }
    };
    let (text, had_errors) = GB18030.decode_without_bom_handling(&bytes);
    if had_errors {
        let detail = "is neither UTF-8 nor GBK".to_owned();
        return Err(wrong(detail, "Save it as UTF-8, or set `encoding` in wangge.toml."));
    }
    Ok(FileText { text: text.into_owned(), guessed: Some("GBK/GB18030") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(bytes: &[u8], declared: Option<&str>, undeclared: Undeclared) -> Option<String> {
        let declared = declared.and_then(|label| Encoding::for_label(label.as_bytes()));
        let text = decode(Path::new("x.csv"), bytes.to_vec(), declared, undeclared).ok()?;
        Some(text.as_str().to_owned())
    }

    #[test]
    fn encodings() {
        let gbk: &[u8] = b"\xd0\xa1\xc7\xf8"; // 小区
        let try_it = Undeclared::TryGb18030;
        assert_eq!(text_of("小区".as_bytes(), None, try_it).as_deref(), Some("小区"));
        assert_eq!(text_of("\u{feff}小区".as_bytes(), None, try_it).as_deref(), Some("小区"));
        assert_eq!(text_of(gbk, None, try_it).as_deref(), Some("小区"));
        assert_eq!(text_of(gbk, Some("gbk"), Undeclared::Refuse).as_deref(), Some("小区"));
        assert_eq!(text_of(gbk, None, Undeclared::Refuse), None);
        assert_eq!(text_of(gbk, Some("utf-8"), try_it), None);
        assert_eq!(text_of(b"\xff\xfe\x0f\x5c\x3a\x53", None, try_it).as_deref(), Some("小区"));
        assert_eq!(text_of(b"\xff\xff\xff", None, try_it), None);
    }

    #[test]
    fn a_bom_with_broken_utf8_is_not_taken_for_gbk() {
        assert_eq!(text_of(b"\xef\xbb\xbf\xc7\xf8", None, Undeclared::TryGb18030), None);
    }
}

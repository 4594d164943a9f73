//! Tables that are no layer: a ledger of places and addresses, looked up row by row. What they
//! share with layers: encodings, separators, the names of columns, numbers as people write them.

use super::catalogue::{FieldNames, LAT, LON};
use super::{table, value};
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// Where a row may say its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerField {
    /// Longitude or easting.
    Lon,
    /// Latitude or northing.
    Lat,
    /// An address.
    Address,
}

const ADDRESS: FieldNames = FieldNames {
    canonical: "address",
    others: &[
        "地址",
        "详细地址",
        "标准地址",
        "门牌地址",
        "小区地址",
        "所在地址",
        "居住地址",
        "住址",
        "addr",
    ],
};

impl LedgerField {
    /// The name that messages use.
    pub fn name(self) -> &'static str {
        self.names().canonical
    }

    /// The column of the field among these names: the canonical name first, then the other names
    /// in the order of trust; case and blanks around do not count.
    pub fn column<S: AsRef<str>>(self, header: &[S]) -> Option<usize> {
        self.all_names().find_map(|name| {
            header.iter().position(|own| own.as_ref().trim().eq_ignore_ascii_case(name))
        })
    }

    /// The names that are recognised, in the order of trust.
    pub fn all_names(self) -> impl Iterator<Item = &'static str> {
        let names = self.names();
        std::iter::once(names.canonical).chain(names.others.iter().copied())
    }

    fn names(self) -> &'static FieldNames {
        match self {
            Self::Lon => &LON,
            Self::Lat => &LAT,
            Self::Address => &ADDRESS,
        }
    }
}

/// A number in a cell, as people write it: full-width digits, a degree sign.
pub fn coordinate(cell: &str) -> Option<f64> {
    let plain = cell.trim_matches([' ', '\t']);
    match plain.parse() {
        Ok(number) => Some(number),
        Err(_) => value::coordinate(&serde_json::Value::String(cell.to_owned())),
    }
}

/// The mark between cells that a header has most of: comma, tab or semicolon.
pub fn separator(header: &str) -> u8 {
    table::delimiter(header)
}

/// The encoding of a text, from a sample of its beginning, and the bytes of its byte-order mark:
/// a mark is believed, then what was `declared`, then UTF-8 by a strict test (a character cut at
/// the end of the sample is none), then GB18030, of which GBK is a part.
pub fn encoding_of(
    sample: &[u8],
    declared: Option<&'static Encoding>,
) -> (&'static Encoding, usize) {
    if let Some((encoding, mark)) = Encoding::for_bom(sample) {
        return (encoding, mark);
    }
    if let Some(encoding) = declared {
        return (encoding, 0);
    }
    match std::str::from_utf8(sample) {
        Err(error) if error.error_len().is_some() => (GB18030, 0),
        _ => (UTF_8, 0),
    }
}

/// The encoding of a name, if it is one that tables come in: UTF-8, GBK and GB18030 (read as the
/// latter), UTF-16.
pub fn encoding_named(label: &str) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label(label.trim().as_bytes())?;
    match encoding {
        e if e == encoding_rs::GBK || e == GB18030 => Some(GB18030),
        e if [UTF_8, UTF_16LE, UTF_16BE].contains(&e) => Some(e),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_known_by_their_names() {
        let header = ["编号", " 经度 ", "LAT", "详细地址"];
        assert_eq!(LedgerField::Lon.column(&header), Some(1));
        assert_eq!(LedgerField::Lat.column(&header), Some(2));
        assert_eq!(LedgerField::Address.column(&header), Some(3));
        assert_eq!(LedgerField::Lon.column(&["x", "lon"]), Some(1), "the canonical name first");
        assert_eq!(LedgerField::Address.column(&["name"]), None);
    }

    #[test]
    fn encodings_of_samples() {
        let named = |sample: &[u8], declared: Option<&str>| {
            let (encoding, mark) = encoding_of(sample, declared.and_then(encoding_named));
            (encoding.name(), mark)
        };
        assert_eq!(named("小区".as_bytes(), None), ("UTF-8", 0));
        assert_eq!(named(&"小区".as_bytes()[..4], None), ("UTF-8", 0), "cut in a character");
        assert_eq!(named(b"\xef\xbb\xbfa", None), ("UTF-8", 3));
        assert_eq!(named(b"\xd0\xa1\xc7\xf8", None), ("gb18030", 0));
        assert_eq!(named(b"abc", Some("gbk")), ("gb18030", 0));
        assert_eq!(named(b"\xff\xfea\0", Some("gbk")), ("UTF-16LE", 2));
        assert!(encoding_named("latin1").is_none());
    }

    #[test]
    fn coordinates_as_people_write_them() {
        for (cell, number) in
            [("120.5", 120.5), (" 36 ", 36.0), ("１２０．５", 120.5), ("36.1°", 36.1)]
        {
            assert_eq!(coordinate(cell), Some(number), "{cell}");
        }
        for cell in ["", "120,5", "abc", "1 2"] {
            assert_eq!(coordinate(cell), None, "{cell}");
        }
    }
}

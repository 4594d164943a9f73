//! Reading and writing of a table's bytes: little-endian numbers, texts and lists with their length
//! before them.

use super::error::TableError;
use crate::domain::LonLat;

/// What is written.
#[derive(Debug, Default)]
pub struct Writer {
    /// The bytes so far.
    pub bytes: Vec<u8>,
}

impl Writer {
    /// A number.
    pub fn number(&mut self, number: u64) {
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }

    /// How many follow.
    pub fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    /// A text.
    pub fn text(&mut self, text: &str) {
        self.count(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// A place: longitude and latitude in degrees, 8 bytes each.
    pub fn place(&mut self, place: LonLat) {
        self.bytes.extend_from_slice(&place.lon().to_le_bytes());
        self.bytes.extend_from_slice(&place.lat().to_le_bytes());
    }

    /// Bytes of another kind.
    pub fn block(&mut self, block: &[u8]) {
        self.count(block.len());
        self.bytes.extend_from_slice(block);
    }
}

/// What is read, from the front. Every length is held to what is left, so that bytes from outside
/// cannot ask for more memory than they have themselves.
#[derive(Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader of these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next bytes.
    pub fn take(&mut self, length: usize) -> Result<&'a [u8], TableError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(TableError::Short)?;
        self.rest = rest;
        Ok(taken)
    }

    fn eight(&mut self) -> Result<[u8; 8], TableError> {
        self.take(8)?.try_into().map_err(|_| TableError::Short)
    }

    /// A number that is no length.
    pub fn number(&mut self) -> Result<u64, TableError> {
        Ok(u64::from_le_bytes(self.eight()?))
    }

    /// A count of things that take `bytes_each` at least.
    pub fn count(&mut self, bytes_each: usize) -> Result<usize, TableError> {
        let count = self.number()?;
        let most = self.rest.len() / bytes_each.max(1);
        usize::try_from(count).ok().filter(|count| *count <= most).ok_or(TableError::Short)
    }

    /// A text.
    pub fn text(&mut self) -> Result<String, TableError> {
        let length = self.count(1)?;
        let bytes = self.take(length)?.to_vec();
        String::from_utf8(bytes).map_err(|_| TableError::Malformed("a text is not UTF-8"))
    }

    /// A list, each of whose things takes `bytes_each` at least.
    pub fn list<T>(
        &mut self,
        bytes_each: usize,
        mut next: impl FnMut(&mut Self) -> Result<T, TableError>,
    ) -> Result<Vec<T>, TableError> {
        let count = self.count(bytes_each)?;
        (0..count).map(|_| next(self)).collect()
    }

    /// A place.
    pub fn place(&mut self) -> Result<LonLat, TableError> {
        let (lon, lat) = (f64::from_le_bytes(self.eight()?), f64::from_le_bytes(self.eight()?));
        LonLat::new(lon, lat).map_err(|_| TableError::Malformed("a place is no place"))
    }

    /// Bytes of another kind.
    pub fn block(&mut self) -> Result<&'a [u8], TableError> {
        let length = self.count(1)?;
        self.take(length)
    }

    /// That nothing is left.
    pub fn end(&self) -> Result<(), TableError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(TableError::Malformed("bytes are left over"))
        }
    }
}

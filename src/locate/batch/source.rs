//! The bytes of a text as rows can be cut from them.

use encoding_rs::{CoderResult, Decoder, Encoding};
use std::io::{self, Read};

/// Bytes read at once where they must be decoded.
const BLOCK: usize = 64 << 10;

/// A text in another encoding, as UTF-8. Bytes that are no character become U+FFFD.
pub struct Decoded<R> {
    bytes: R,
    decoder: Decoder,
    block: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: Read> Decoded<R> {
    /// Decodes what `bytes` gives; a byte-order mark is passed over.
    pub fn new(bytes: R, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        Self { bytes, decoder, block: Vec::new(), at: 0, ended: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.block.resize(BLOCK, 0);
        let read = loop {
            match self.bytes.read(&mut self.block) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.block.truncate(read);
        self.at = 0;
        self.ended = read == 0;
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // A character takes up to four bytes; less room would not let the decoder move.
        debug_assert!(out.len() >= 16, "callers read blocks");
        loop {
            if self.at == self.block.len() && !self.ended {
                self.refill()?;
            }
            let (result, read, written, _) =
                self.decoder.decode_to_utf8(&self.block[self.at..], out, self.ended);
            self.at += read;
            if written > 0 || self.ended && result == CoderResult::InputEmpty {
                return Ok(written);
            }
        }
    }
}

/// Reads until `buffer` holds `wanted` bytes more or the source ends; whether it ended.
///
/// # Errors
/// Of the source.
pub fn read_more(source: &mut impl Read, buffer: &mut Vec<u8>, wanted: usize) -> io::Result<bool> {
    let begin = buffer.len();
    buffer.resize(begin + wanted, 0);
    let mut filled = begin;
    let mut ended = false;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..]) {
            Ok(0) => {
                ended = true;
                break;
            }
            // Small rests are left, so that a decoder always has room for a character.
            Ok(read) => {
                filled += read;
                if buffer.len() - filled < 16 {
                    break;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                buffer.truncate(filled);
                return Err(error);
            }
        }
    }
    buffer.truncate(filled);
    Ok(ended)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its bytes one by one.
    struct Trickle<'a>(&'a [u8]);

    impl Read for Trickle<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            out[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    #[test]
    fn characters_that_come_in_pieces() {
        let text = "小区🏙,a\r\n";
        let mut utf16 = vec![0xff, 0xfe];
        utf16.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        let mut found = Vec::new();
        let mut source = Decoded::new(Trickle(&utf16), encoding_rs::UTF_16LE);
        while !read_more(&mut source, &mut found, 64).expect("no error") {}
        assert_eq!(String::from_utf8(found).expect("UTF-8"), text);
    }

    #[test]
    fn what_is_no_character_does_not_end_the_text() {
        let mut found = Vec::new();
        let mut source = Decoded::new(&b"a\x00\x00\xd8b\x00"[..], encoding_rs::UTF_16LE);
        while !read_more(&mut source, &mut found, 64).expect("no error") {}
        assert_eq!(String::from_utf8(found).expect("UTF-8"), "a\u{fffd}b");
    }
}

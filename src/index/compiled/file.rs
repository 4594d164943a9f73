//! Index files: written whole or not at all, and mapped instead of read.
#![allow(unsafe_code)] // one call, see `Mapped::open`

use memmap2::Mmap;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// A file in memory that the system reads where it is needed.
#[derive(Debug)]
pub struct Mapped(Mmap);

impl Mapped {
    /// Maps a file.
    ///
    /// # Errors
    /// When it cannot be opened or mapped.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        // SAFETY: the one danger of a mapping is that somebody changes the file while it is used.
        // The bytes are read as integers only, of which every pattern is a value, each look-up
        // checks its own bounds, and `save` never writes into a file in place but puts a new one
        // under its name, which leaves a mapped one as it is. A program of others that writes into
        // or shortens the file all the same can make answers wrong or end this process (SIGBUS),
        // as it could by changing the program; it cannot make it read outside of the mapping.
        unsafe { Mmap::map(&file) }.map(Self)
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As words; `None` when the length is no multiple of 8. (Mappings begin at a page.)
    #[inline]
    pub fn words(&self) -> Option<&[u64]> {
        bytemuck::try_cast_slice(&self.0).ok()
    }
}

/// Writes a file under another name and then puts it in its place, so that nobody sees half of it
/// and whoever has mapped the old one keeps it.
///
/// # Errors
/// When the folder cannot be written.
pub fn save(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = File::create(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let done = written.and_then(|()| std::fs::rename(&part, path));
    if done.is_err() {
        // What is half written is of no use; that it cannot be removed changes nothing.
        let _ = std::fs::remove_file(&part);
    }
    done
}

//! The words of an index: in memory and in a file the same.
//!
//! # Words (64 bits, little-endian)
//! | word | holds |
//! |---|---|
//! | 0 | `WANGGEIX` |
//! | 1 | version of this format |
//! | 2 | number of words |
//! | 3 | fingerprint of the areas |
//! | 4 | checksum of the words from 16 on |
//! | 5–10 | west, south, units a degree of longitude, of latitude, margins in degrees |
//! | 11 | columns (bits 0–31), rows (32–63) of root cells |
//! | 12 | one more than the greatest number of an area |
//! | 13 | number of cells: root cells, row by row from the south-west, filled up to a multiple of 16; then blocks of 16 |
//! | 14 | number of words of leaves |
//! | 15 | checksum of the words before |
//! | … | cells, two to a word ([`super::entry`]) |
//! | … | leaves ([`super::leaf`]) |

use super::checksum::checksum;
use super::entry::Entry;
use super::file::Mapped;
use super::lattice::{BLOCK, Lattice};
use super::leaf::Leaf;
use super::room::Room;
use std::ops::Range;

const MAGIC: u64 = u64::from_le_bytes(*b"WANGGEIX");
const VERSION: u64 = 1;
const HEAD: usize = 16;

/// Why bytes are not an index that can be used.
#[derive(Debug, thiserror::Error)]
pub enum IndexFileError {
    /// The file cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The bytes begin otherwise.
    #[error("this is no index made by `wangge index`")]
    NotAnIndex,
    /// Another version of the format.
    #[error(
        "the index has version {0} of the format, this program reads {VERSION}; make it again with `wangge index`"
    )]
    OtherVersion(u64),
    /// Fewer or more bytes than were written, or others.
    #[error("the index is damaged ({0}); make it again with `wangge index`")]
    Damaged(&'static str),
    /// Made from other areas.
    #[error(
        "the index was made from other grids than the dataset has now; make it again with `wangge index`"
    )]
    Stale,
}

/// Where the words are.
#[derive(Debug)]
enum Words {
    Owned(Room),
    Mapped(Mapped),
}

/// What the head says beside the numbers of words.
#[derive(Clone, Copy, Debug)]
pub struct Parts {
    pub lattice: Lattice,
    /// One more than the greatest number of an area.
    pub numbers: u32,
    pub fingerprint: u64,
}

/// The words of an index that have been found sound.
#[derive(Debug)]
pub struct Image {
    words: Words,
    parts: Parts,
    cells: Range<usize>,
    leaves: Range<usize>,
}

/// An image's parts for look-ups.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    pub lattice: &'a Lattice,
    pub cells: &'a [u32],
    pub leaves: &'a [u64],
}

impl Image {
    /// The head and the room for so many cells (a multiple of 16) and words of leaves.
    pub fn start(parts: &Parts, cells: usize, leaf_words: usize) -> Room {
        let lattice = &parts.lattice;
        let length = HEAD + cells / 2 + leaf_words;
        let mut words = Room::for_words(length);
        words.extend([MAGIC, VERSION, length as u64, parts.fingerprint, 0]);
        let [[a, b], [c, d]] = [lattice.per_degree, lattice.margin];
        words.extend([lattice.west, lattice.south, a, b, c, d].map(f64::to_bits));
        let size = u64::from(lattice.columns) | u64::from(lattice.rows) << 32;
        words.extend([size, u64::from(parts.numbers), cells as u64, leaf_words as u64, 0]);
        words
    }

    /// The image when all words are there.
    pub fn finish(mut words: Room, parts: Parts) -> Self {
        let all = words.words_mut();
        sign(all);
        let cells = HEAD..HEAD + all[13] as usize / 2;
        let leaves = cells.end..all.len();
        Self { words: Words::Owned(words), parts, cells, leaves }
    }

    /// The image of bytes in memory.
    ///
    /// # Errors
    /// When they are no index, are damaged or of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, IndexFileError> {
        if !bytes.len().is_multiple_of(8) {
            return Err(cut_off(bytes));
        }
        let mut words = Room::for_words(bytes.len() / 8);
        words.extend(bytes.chunks_exact(8).map(bytemuck::pod_read_unaligned));
        Self::open(Words::Owned(words))
    }

    /// The image of a mapped file.
    ///
    /// # Errors
    /// As [`Self::from_bytes`].
    pub fn from_mapped(mapped: Mapped) -> Result<Self, IndexFileError> {
        match mapped.words() {
            Some(_) => Self::open(Words::Mapped(mapped)),
            None => Err(cut_off(mapped.bytes())),
        }
    }

    fn open(words: Words) -> Result<Self, IndexFileError> {
        let all = words.all();
        let (parts, cells, leaves) = read_head(all)?;
        if checksum(&all[HEAD..]) != all[4] {
            return Err(IndexFileError::Damaged("its checksum is another"));
        }
        let image = Self { words, parts, cells, leaves };
        image.check_references()?;
        Ok(image)
    }

    /// Every number in the cells and leaves points to what is there.
    fn check_references(&self) -> Result<(), IndexFileError> {
        let View { lattice, cells, leaves } = self.view();
        let blocks = (cells.len() - lattice.len().next_multiple_of(BLOCK)) / BLOCK;
        let is_sound = |code: &u32| match Entry::read(*code) {
            Entry::Nobody => true,
            Entry::Owner(area) => area < self.parts.numbers,
            Entry::Block(number) => (number as usize) < blocks,
            Entry::Leaf(word) => {
                let mut at = Some(word as usize);
                while let Some(word) = at {
                    let Some(leaf) = Leaf::read(leaves, word) else { return false };
                    let known = leaf.areas().all(|area| area < self.parts.numbers);
                    if !known || !leaf.has_sound_bits() {
                        return false;
                    }
                    at = leaf.next;
                }
                true
            }
        };
        let sound = cells.iter().all(is_sound);
        if sound { Ok(()) } else { Err(IndexFileError::Damaged("a reference leads nowhere")) }
    }

    #[inline]
    pub fn view(&self) -> View<'_> {
        let words = self.words.all();
        // A mapped file that has been cut since it was opened must not end the process here.
        let part = |range: &Range<usize>| words.get(range.clone()).unwrap_or_default();
        View {
            lattice: &self.parts.lattice,
            cells: bytemuck::cast_slice(part(&self.cells)),
            leaves: part(&self.leaves),
        }
    }

    /// Fingerprint of the areas that it was made from.
    pub fn fingerprint(&self) -> u64 {
        self.parts.fingerprint
    }

    /// All its bytes.
    pub fn bytes(&self) -> &[u8] {
        bytemuck::cast_slice(self.words.all())
    }
}

impl Words {
    #[inline]
    fn all(&self) -> &[u64] {
        match self {
            Self::Owned(room) => room.words(),
            Self::Mapped(mapped) => mapped.words().unwrap_or_default(),
        }
    }
}

impl Default for Image {
    /// The image of no area.
    fn default() -> Self {
        let nowhere = crate::domain::BBox { west: 0.0, south: 0.0, east: 0.0, north: 0.0 };
        let parts = Parts { lattice: Lattice::over(nowhere, 1.0), numbers: 0, fingerprint: 0 };
        let mut words = Self::start(&parts, BLOCK, 0);
        words.extend([0; BLOCK / 2]);
        Self::finish(words, parts)
    }
}

/// Puts the checksums of words into their head.
pub fn sign(words: &mut [u64]) {
    words[4] = checksum(&words[HEAD..]);
    words[HEAD - 1] = checksum(&words[..HEAD - 1]);
}

/// The cells, two to a word.
pub fn words_of_cells(cells: &[u32]) -> impl Iterator<Item = u64> + '_ {
    cells.chunks_exact(2).map(|two| u64::from(two[0]) | u64::from(two[1]) << 32)
}

/// What is wrong with bytes that are not whole words.
fn cut_off(bytes: &[u8]) -> IndexFileError {
    match bytes.strip_prefix(&MAGIC.to_le_bytes()) {
        Some(_) => IndexFileError::Damaged("it is cut off"),
        None => IndexFileError::NotAnIndex,
    }
}

type Head = (Parts, Range<usize>, Range<usize>);

fn read_head(words: &[u64]) -> Result<Head, IndexFileError> {
    match words.first() {
        Some(&MAGIC) => {}
        _ => return Err(IndexFileError::NotAnIndex),
    }
    let head = words.get(..HEAD).ok_or(IndexFileError::Damaged("it is cut off"))?;
    if head[1] != VERSION {
        return Err(IndexFileError::OtherVersion(head[1]));
    }
    if checksum(&head[..HEAD - 1]) != head[HEAD - 1] {
        return Err(IndexFileError::Damaged("its head has another checksum"));
    }
    if head[2] != words.len() as u64 {
        return Err(IndexFileError::Damaged("it is cut off"));
    }
    let number = |word: usize| f64::from_bits(head[word]);
    let lattice = Lattice {
        west: number(5),
        south: number(6),
        per_degree: [number(7), number(8)],
        margin: [number(9), number(10)],
        columns: head[11] as u32,
        rows: (head[11] >> 32) as u32,
    };
    let parts = Parts {
        lattice,
        numbers: u32::try_from(head[12]).map_err(|_| IndexFileError::Damaged("its head"))?,
        fingerprint: head[3],
    };
    let length = words.len() as u64 - HEAD as u64;
    let (cells, leaves) = (head[13], head[14]);
    let least = u64::from(lattice.columns) * u64::from(lattice.rows);
    let fits = cells.is_multiple_of(BLOCK as u64)
        && cells >= least
        && lattice.columns > 0
        && lattice.rows > 0
        && (cells / 2).checked_add(leaves) == Some(length);
    if !fits {
        return Err(IndexFileError::Damaged("its head"));
    }
    let end = HEAD + cells as usize / 2;
    Ok((parts, HEAD..end, end..words.len()))
}

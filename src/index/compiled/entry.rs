//! What a cell holds, in 32 bits.
//!
//! | bits | means |
//! |---|---|
//! | all 0 | nobody's, and no border within the tolerance |
//! | `00`, number + 1 | one area's, and no border within the tolerance |
//! | `01`, number | a block of 16 smaller cells |
//! | `1`, word | a leaf: edges, or several owners |

const BLOCK: u32 = 1 << 30;
const LEAF: u32 = 1 << 31;

/// One more than the greatest number that an area may have.
pub const MOST_AREAS: usize = (BLOCK - 1) as usize;
/// Words that leaves may take.
pub const MOST_LEAF_WORDS: usize = LEAF as usize;
/// Blocks that there may be.
pub const MOST_BLOCKS: usize = BLOCK as usize;

/// What a cell holds, read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    Nobody,
    Owner(u32),
    Block(u32),
    Leaf(u32),
}

impl Entry {
    #[inline]
    pub fn read(code: u32) -> Self {
        if code & LEAF != 0 {
            Self::Leaf(code & !LEAF)
        } else if code & BLOCK != 0 {
            Self::Block(code & !BLOCK)
        } else if code == 0 {
            Self::Nobody
        } else {
            Self::Owner(code - 1)
        }
    }

    pub fn code(self) -> u32 {
        match self {
            Self::Nobody => 0,
            Self::Owner(area) => area + 1,
            Self::Block(number) => BLOCK | number,
            Self::Leaf(word) => LEAF | word,
        }
    }

    /// The same cell where the leaves and blocks before it are that many more.
    pub fn moved(self, blocks: u32, words: u32) -> Self {
        match self {
            Self::Block(number) => Self::Block(number + blocks),
            Self::Leaf(word) => Self::Leaf(word + words),
            other => other,
        }
    }
}

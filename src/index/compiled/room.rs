//! Memory for the words of an index.

use memmap2::MmapMut;
use std::alloc::{Layout, handle_alloc_error};

/// Words in memory of which the system may make large pages. Look-ups jump about in a gigabyte;
/// with small pages they wait for the tables of the pages more than for the words.
#[derive(Debug)]
pub struct Room {
    memory: MmapMut,
    /// Words that are there.
    filled: usize,
}

impl Room {
    /// Room for so many words. The program ends where the system has no memory left, as with
    /// any other list.
    pub fn for_words(words: usize) -> Self {
        let bytes = words.max(1) * size_of::<u64>();
        let no_memory = |_| match Layout::array::<u64>(words) {
            Ok(layout) => handle_alloc_error(layout),
            Err(_) => handle_alloc_error(Layout::new::<u64>()),
        };
        let memory = MmapMut::map_anon(bytes).unwrap_or_else(no_memory);
        // A system without large pages has small ones.
        #[cfg(target_os = "linux")]
        let _ = memory.advise(memmap2::Advice::HugePage);
        Self { memory, filled: 0 }
    }

    /// Puts words behind those that are there; what there is no room for is left out.
    pub fn extend(&mut self, words: impl IntoIterator<Item = u64>) {
        let all: &mut [u64] = bytemuck::cast_slice_mut(&mut self.memory);
        let mut count = 0;
        for (to, word) in all[self.filled..].iter_mut().zip(words) {
            *to = word;
            count += 1;
        }
        self.filled += count;
    }

    /// The words that are there.
    #[inline]
    pub fn words(&self) -> &[u64] {
        // Mappings begin at a page, so their bytes are words.
        let all: &[u64] = bytemuck::try_cast_slice(&self.memory).unwrap_or_default();
        &all[..self.filled]
    }

    pub fn words_mut(&mut self) -> &mut [u64] {
        let all: &mut [u64] = bytemuck::cast_slice_mut(&mut self.memory);
        &mut all[..self.filled]
    }
}

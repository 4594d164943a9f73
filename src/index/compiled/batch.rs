//! Many places at once: in small blocks, step by step, so that the processor waits for the memory
//! of all of them together.
//!
//! Sorting the places into tiles first was measured, too: with a million places on a million grids it
//! costs as much as it saves, since hardly two of them meet the same cell.

use super::View;
use super::entry::Entry;
use crate::domain::LonLat;

/// Places that are looked up side by side.
const BLOCK: usize = 64;
/// Words of a line of the caches; most leaves lie on two.
const LINE: usize = 8;

/// Appends the owner of each place; `u32::MAX` for none.
pub fn owners(view: &View<'_>, places: &[LonLat], out: &mut Vec<u32>) {
    let first = out.len();
    out.resize(first + places.len(), u32::MAX);
    for (places, out) in places.chunks(BLOCK).zip(out[first..].chunks_mut(BLOCK)) {
        view.block(places, out);
    }
}

impl View<'_> {
    /// The owners of at most [`BLOCK`] places.
    fn block(&self, places: &[LonLat], out: &mut [u32]) {
        for (place, code) in places.iter().zip(&mut *out) {
            let units = self.lattice.units(place.lon(), place.lat());
            let root = units.map_or(usize::MAX, |units| self.lattice.root(units));
            *code = self.cells.get(root).copied().unwrap_or_default();
        }
        // Where the leaves are, gathered without a branch.
        let (mut found, mut count) = ([(0_u8, 0_u32); BLOCK], 0);
        for (n, (place, code)) in places.iter().zip(&mut *out).enumerate() {
            let mut entry = Entry::read(*code);
            if let Entry::Block(_) = entry
                && let Some(units) = self.lattice.units(place.lon(), place.lat())
            {
                entry = self.descend(units, entry);
            }
            // For a leaf the number is put right below; one less than nobody's code is none.
            *code = entry.code().wrapping_sub(1);
            let (is_leaf, word) = match entry {
                Entry::Leaf(word) => (true, word),
                _ => (false, 0),
            };
            if let Some(slot) = found.get_mut(count) {
                *slot = (n as u8, word);
            }
            count += usize::from(is_leaf);
        }
        let found = &found[..count.min(BLOCK)];
        // Asks for the memory of all leaves before the first is read.
        let ask = |word: usize| self.leaves.get(word).copied().unwrap_or_default();
        let asked = found.iter().map(|(_, word)| ask(*word as usize) ^ ask(*word as usize + LINE));
        std::hint::black_box(asked.fold(0, |all, word| all ^ word));
        for (n, word) in found {
            let n = usize::from(*n);
            out[n] = self.owner_in_leaf(*word, places[n]).unwrap_or(u32::MAX);
        }
    }
}

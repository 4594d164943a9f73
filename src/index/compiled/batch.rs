//! Many places at once: in small blocks, step by step, so that the processor waits for the memory
//! of all of them together; and with an index beyond its caches, tile by tile.

use super::View;
use super::entry::Entry;
use super::lattice::UNIT_BITS;
use crate::domain::LonLat;

/// Places that are looked up side by side.
const BLOCK: usize = 64;
/// Places that are sorted at once.
const SORTED: usize = 1 << 20;
/// Fewer places are not worth sorting.
const WORTH_SORTING: usize = 4096;
/// Bytes of an index that processors keep near.
const CACHE: usize = 16 << 20;
/// Tiles a side that places are sorted into, as a power of two.
const TILE_BITS: u32 = 6;

/// Appends the owner of each place; `u32::MAX` for none.
pub fn owners(view: &View<'_>, places: &[LonLat], out: &mut Vec<u32>) {
    let first = out.len();
    out.resize(first + places.len(), u32::MAX);
    let out = &mut out[first..];
    let is_large = view.cells.len() * 4 + view.leaves.len() * 8 > CACHE;
    for (places, out) in places.chunks(SORTED).zip(out.chunks_mut(SORTED)) {
        if is_large && places.len() >= WORTH_SORTING && !view.is_near_by(places) {
            view.by_tiles(places, out);
        } else {
            view.in_blocks(places, out);
        }
    }
}

impl View<'_> {
    fn in_blocks(&self, places: &[LonLat], out: &mut [u32]) {
        for (places, out) in places.chunks(BLOCK).zip(out.chunks_mut(BLOCK)) {
            self.block(places, out);
        }
    }

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
        let asked = found.iter().map(|(_, word)| self.leaves.get(*word as usize + 8).copied());
        std::hint::black_box(asked.fold(0, |all, word| all ^ word.unwrap_or_default()));
        for (n, word) in found {
            let n = usize::from(*n);
            out[n] = self.owner_in_leaf(*word, places[n]).unwrap_or(u32::MAX);
        }
    }

    /// The places sorted into tiles, looked up, and the owners put in their order.
    fn by_tiles(&self, places: &[LonLat], out: &mut [u32]) {
        let mut ends = vec![0_u32; (1 << (2 * TILE_BITS)) + 2];
        let tiles: Vec<u16> = places.iter().map(|place| self.tile(*place)).collect();
        for tile in &tiles {
            ends[usize::from(*tile) + 2] += 1;
        }
        for n in 2..ends.len() {
            ends[n] += ends[n - 1];
        }
        let mut sorted = vec![(LonLat::ORIGIN, 0_u32); places.len()];
        for (n, (place, tile)) in places.iter().zip(&tiles).enumerate() {
            let next = &mut ends[usize::from(*tile) + 1];
            sorted[*next as usize] = (*place, n as u32);
            *next += 1;
        }
        let mut block = ([LonLat::ORIGIN; BLOCK], [0_u32; BLOCK]);
        for some in sorted.chunks(BLOCK) {
            some.iter().zip(&mut block.0).for_each(|((place, _), to)| *to = *place);
            self.block(&block.0[..some.len()], &mut block.1[..some.len()]);
            some.iter().zip(block.1).for_each(|((_, n), owner)| out[*n as usize] = owner);
        }
    }

    /// The tile of a place: 64 × 64 over the window, those side by side in a row.
    fn tile(&self, place: LonLat) -> u16 {
        let Some([u, v]) = self.lattice.units(place.lon(), place.lat()) else { return 0 };
        let part = |unit: u64, cells: u32| (unit << TILE_BITS) / (u64::from(cells) << UNIT_BITS);
        let [x, y] = [part(u, self.lattice.columns), part(v, self.lattice.rows)];
        (y << TILE_BITS | x) as u16
    }

    /// Whether most places lie in the same tile as the one before: they come sorted.
    fn is_near_by(&self, places: &[LonLat]) -> bool {
        let step = (places.len() / 256).max(2);
        let pairs = places.chunks_exact(step);
        let same = pairs.clone().filter(|some| self.tile(some[0]) == self.tile(some[1])).count();
        2 * same > pairs.len()
    }
}

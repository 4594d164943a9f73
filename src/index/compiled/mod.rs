//! A compiled index over a settled set of areas: who owns a place, in most cells without a test.
//!
//! The window of the areas is cut into cells ([`lattice`]), small ones where there are many edges. A
//! cell that no border comes near knows its owner ([`entry`]); one with borders holds the few edges
//! that decide ([`leaf`]). The answers are those of [`super::AreaIndex`], bit for bit: the half-open
//! rule with exact predicates ([`side`]), then the order of precedence, then the nearness to borders.
//!
//! Everything is in one row of words ([`image`]) that can be saved, mapped and shared.

mod batch;
mod build;
mod checksum;
mod corners;
mod divide;
mod entry;
mod file;
mod image;
mod lattice;
mod leaf;
mod room;
mod settled;
mod side;

pub use image::IndexFileError;
pub use settled::Settled;

use super::Claims;
use crate::domain::{LonLat, MultiPolygon};
use checksum::Checksum;
use corners::Corners;
use entry::{Entry, MOST_AREAS};
use file::Mapped;
use image::{Image, View};
use lattice::{BLOCK, LEVEL_BITS, UNIT_BITS};
use leaf::Leaf;
use std::path::Path;
use std::sync::Arc;

/// A compiled index. A copy shares its memory.
#[derive(Clone, Debug)]
pub struct CompiledIndex {
    image: Arc<Image>,
}

impl CompiledIndex {
    /// An index over areas, given in the order of precedence with the caller's numbers: where
    /// several own a place, the earlier is the owner. O(n) for n corners of even borders, and 75 to
    /// 120 bytes a corner.
    ///
    /// # Panics
    /// When a number is 2³⁰ − 1 or more, or the areas have several hundred million corners.
    pub fn build<'a>(areas: impl Iterator<Item = (usize, &'a MultiPolygon)>) -> Self {
        let number = |number: usize| {
            assert!(number < MOST_AREAS, "an area has the number {number}");
            number as u32
        };
        let areas: Vec<_> = areas.map(|(n, area)| (number(n), area)).collect();
        let numbers = areas.iter().map(|(number, _)| number + 1).max().unwrap_or(0);
        let fingerprint = fingerprint(&areas);
        let image = build::build(Corners::of(&areas), numbers, fingerprint);
        Self { image: Arc::new(image) }
    }

    /// The number of the area that owns a place: of those that own it by the half-open rule the
    /// first in the order of precedence; where none does, of those that have a border within
    /// [`super::BORDER_TOLERANCE_M`].
    pub fn owner(&self, place: LonLat) -> Option<usize> {
        let view = self.image.view();
        view.owner(place).map(|number| number as usize)
    }

    /// [`Self::owner`] of many places, appended to `out` in their order; `u32::MAX` for none.
    /// Faster than one at a time, from about 64 places on.
    pub fn owners(&self, places: &[LonLat], out: &mut Vec<u32>) {
        batch::owners(&self.image.view(), places, out);
    }

    /// All areas that own the place or have a border within [`super::BORDER_TOLERANCE_M`].
    pub fn claims(&self, place: LonLat) -> Claims {
        self.image.view().claims(place)
    }

    /// Bytes that it takes, in memory and as a file.
    pub fn size(&self) -> usize {
        self.image.bytes().len()
    }

    /// Its bytes, for another process.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.image.bytes().to_vec()
    }

    /// The index of bytes from [`Self::to_bytes`] or a file.
    ///
    /// # Errors
    /// When they are no index, are damaged or of another version.
    pub fn from_bytes(bytes: impl AsRef<[u8]>) -> Result<Self, IndexFileError> {
        Ok(Self { image: Arc::new(Image::from_bytes(bytes.as_ref())?) })
    }

    /// Writes it to a file, whole or not at all.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), IndexFileError> {
        file::save(path, self.image.bytes()).map_err(|source| io_error(path, source))
    }

    /// Maps a saved index; every byte is looked at once.
    ///
    /// # Errors
    /// When the file cannot be read, is no index, is damaged or of another version.
    pub fn open(path: &Path) -> Result<Self, IndexFileError> {
        let mapped = Mapped::open(path).map_err(|source| io_error(path, source))?;
        Ok(Self { image: Arc::new(Image::from_mapped(mapped)?) })
    }

    /// Makes sure that the index was made from these areas, in this order and with these numbers.
    ///
    /// # Errors
    /// [`IndexFileError::Stale`] when it was not.
    pub fn require_made_from<'a>(
        &self,
        areas: impl Iterator<Item = (usize, &'a MultiPolygon)>,
    ) -> Result<(), IndexFileError> {
        let areas: Vec<_> = areas.map(|(n, area)| (n as u32, area)).collect();
        let fits = fingerprint(&areas) == self.image.fingerprint();
        if fits { Ok(()) } else { Err(IndexFileError::Stale) }
    }
}

fn io_error(path: &Path, source: std::io::Error) -> IndexFileError {
    IndexFileError::Io { path: path.display().to_string(), source }
}

/// A hash of the numbers and corners of areas and of the order that they are in.
fn fingerprint(areas: &[(u32, &MultiPolygon)]) -> u64 {
    let mut sum = Checksum::new();
    sum.add(areas.len() as u64);
    for (number, area) in areas {
        sum.add(u64::from(*number) << 32 | area.polygons().len() as u64);
        for polygon in area.polygons() {
            sum.add(polygon.rings().count() as u64);
            for ring in polygon.rings() {
                sum.add(ring.corners().len() as u64);
                for corner in ring.corners() {
                    sum.add(corner.lon().to_bits());
                    sum.add(corner.lat().to_bits());
                }
            }
        }
    }
    sum.value()
}

impl View<'_> {
    /// The entry of the cell of a place, which is no block.
    #[inline]
    fn entry(&self, place: LonLat) -> Entry {
        let Some([u, v]) = self.lattice.units(place.lon(), place.lat()) else {
            return Entry::Nobody;
        };
        let code = self.cells.get(self.lattice.root([u, v]));
        self.descend([u, v], Entry::read(code.copied().unwrap_or_default()))
    }

    /// From the entry of a root cell to that of the smallest cell of a unit.
    #[inline]
    fn descend(&self, [u, v]: [u64; 2], mut entry: Entry) -> Entry {
        let mut bits = UNIT_BITS;
        while let Entry::Block(number) = entry {
            if bits == 0 {
                return Entry::Nobody;
            }
            bits -= LEVEL_BITS;
            let low = |unit: u64| (unit >> bits) as usize & ((1 << LEVEL_BITS) - 1);
            let first = self.lattice.len().next_multiple_of(BLOCK) + number as usize * BLOCK;
            let code = self.cells.get(first + (low(v) << LEVEL_BITS | low(u)));
            entry = Entry::read(code.copied().unwrap_or_default());
        }
        entry
    }

    #[inline]
    fn owner(&self, place: LonLat) -> Option<u32> {
        match self.entry(place) {
            Entry::Owner(number) => Some(number),
            Entry::Leaf(word) => self.owner_in_leaf(word, place),
            Entry::Nobody | Entry::Block(_) => None,
        }
    }

    /// The leaves of a cell.
    fn leaves_from(&self, word: u32) -> impl Iterator<Item = Leaf<'_>> {
        let first = Leaf::read(self.leaves, word as usize);
        std::iter::successors(first, |leaf| Leaf::read(self.leaves, leaf.next?))
    }

    #[inline]
    fn owner_in_leaf(&self, word: u32, place: LonLat) -> Option<u32> {
        let leaf = Leaf::read(self.leaves, word as usize)?;
        let owners = leaf.owners(place.lon(), place.lat());
        if owners != 0 {
            return Some(leaf.area(owners.trailing_zeros()));
        }
        self.rare_owner(word, place)
    }

    /// The owner where it is none of the first leaf's areas by the half-open rule.
    #[cold]
    fn rare_owner(&self, word: u32, place: LonLat) -> Option<u32> {
        let first =
            |leaf: Leaf<'_>, bits: u32| (bits != 0).then(|| leaf.area(bits.trailing_zeros()));
        let owner = self
            .leaves_from(word)
            .find_map(|leaf| first(leaf, leaf.owners(place.lon(), place.lat())));
        let margin = self.lattice.margin;
        owner.or_else(|| {
            self.leaves_from(word).find_map(|leaf| first(leaf, leaf.touching(place, margin)))
        })
    }

    fn claims(&self, place: LonLat) -> Claims {
        let mut claims = Claims::default();
        match self.entry(place) {
            Entry::Owner(number) => claims.owners.push(number as usize),
            Entry::Leaf(word) => {
                for leaf in self.leaves_from(word) {
                    let owners = leaf.owners(place.lon(), place.lat());
                    let touching = leaf.touching(place, self.lattice.margin);
                    add(&mut claims.owners, &leaf, owners);
                    add(&mut claims.touching, &leaf, touching);
                }
            }
            Entry::Nobody | Entry::Block(_) => {}
        }
        claims
    }
}

/// Appends the areas of some bits, each area once: its parts follow each other.
fn add(areas: &mut Vec<usize>, leaf: &Leaf<'_>, mut bits: u32) {
    while bits != 0 {
        let area = leaf.area(bits.trailing_zeros()) as usize;
        if areas.last() != Some(&area) {
            areas.push(area);
        }
        bits &= bits - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Polygon, Ring};

    fn place(x: f64, y: f64) -> LonLat {
        LonLat::new(120.0 + x / 1000.0, 36.0 + y / 1000.0).expect("a place of the test")
    }

    fn star(x: f64, y: f64, points: usize) -> MultiPolygon {
        let corner = |n: usize| {
            let turn = n as f64 / points as f64 * std::f64::consts::TAU;
            let reach = if n.is_multiple_of(2) { 1.0 } else { 0.4 };
            place(x + reach * turn.cos(), y + reach * turn.sin())
        };
        let ring = Ring::new((0..points).map(corner).collect()).expect("a ring");
        MultiPolygon::new(vec![Polygon::new(ring, Vec::new())]).expect("a part")
    }

    /// Whoever makes a file on purpose gets its checksums right.
    #[test]
    fn a_forged_index_is_refused_or_answers_something() {
        let stars: Vec<_> = (0..5).map(|n| star(f64::from(n), 0.3 * f64::from(n), 10)).collect();
        let areas = stars.iter().enumerate();
        let words = bytemuck::pod_collect_to_vec(&CompiledIndex::build(areas).to_bytes());
        let places: Vec<_> =
            (0..60).map(|n| place(f64::from(n % 12) / 2.0, f64::from(n / 12) / 3.0)).collect();
        let mut opened = 0;
        for at in 0..words.len() {
            for bit in (at % 3..64).step_by(3) {
                let mut forged: Vec<u64> = words.clone();
                forged[at] ^= 1 << bit;
                image::sign(&mut forged);
                let bytes: &[u8] = bytemuck::cast_slice(&forged);
                let Ok(index) = CompiledIndex::from_bytes(bytes) else { continue };
                opened += 1;
                let mut owners = Vec::new();
                index.owners(&places, &mut owners);
                for (place, owner) in places.iter().zip(&owners) {
                    assert_eq!(index.owner(*place).map_or(u32::MAX, |n| n as u32), *owner);
                    index.claims(*place);
                }
            }
        }
        assert!(opened > 1000, "{opened} forged files were opened");
    }
}

//! What a cell knows of a place without looking at a border.

use super::CompiledIndex;
use super::entry::Entry;
use crate::domain::LonLat;

/// What a cell knows of a place without looking at a border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// No area owns the place, and no border is near.
    Nobody,
    /// One area owns it, and no border is near.
    Owner(u32),
    /// Borders run through the cell, or areas overlap there: ask for [`CompiledIndex::claims`].
    Open,
}

impl CompiledIndex {
    /// What the cell of a place knows without looking at a border.
    #[inline]
    pub fn settled(&self, place: LonLat) -> Settled {
        match self.image.view().entry(place) {
            Entry::Owner(number) => Settled::Owner(number),
            Entry::Nobody | Entry::Block(_) => Settled::Nobody,
            Entry::Leaf(_) => Settled::Open,
        }
    }
}

//! Units by number.

use super::super::ground::{Ground, NONE};
use super::super::nets::NetShare;
use crate::domain::LonLat;
use rustc_hash::FxHashMap;

/// What a unit of the plan's own has of each kind of thing; a dataset's unit has it in the ground.
#[derive(Clone, Debug)]
pub struct OwnFacts {
    /// Present grids with the households that are there today.
    pub present: Vec<(u32, u64)>,
    /// Compounds whose inmost point it owns.
    pub homes: Vec<u32>,
    /// Compounds that it shares.
    pub sharing: Vec<u32>,
    /// How it lies in each net.
    pub nets: Vec<NetShare>,
    /// Centre.
    pub centroid: LonLat,
}

/// The units of a draft. Vectors have an entry for each number ever given.
#[derive(Debug)]
pub struct Slots {
    /// Numbers and ids of units that the dataset does not have.
    pub extra: FxHashMap<String, u32>,
    pub extra_ids: Vec<String>,
    pub alive: Vec<bool>,
    pub owner: Vec<u32>,
    /// Place of a unit in its grid's members.
    pub place: Vec<u32>,
    pub households: Vec<u64>,
    pub community: Vec<u32>,
    pub area_m2: Vec<f64>,
    pub perimeter_m: Vec<f64>,
    /// Neighbours of units whose neighbours are not as in the dataset.
    rows: FxHashMap<u32, Vec<(u32, f64)>>,
    pub own: FxHashMap<u32, OwnFacts>,
    /// Units that share a compound, for those where they are not as in the dataset.
    sharers: FxHashMap<u32, Vec<u32>>,
    /// How many of the plan's own units a dataset's unit is a source of.
    pub covered: FxHashMap<u32, u32>,
}

impl Slots {
    /// The dataset's units, in no grid.
    pub fn of(ground: &Ground) -> Self {
        let units = ground.ids.len();
        Self {
            extra: FxHashMap::default(),
            extra_ids: Vec::new(),
            alive: vec![true; units],
            owner: vec![NONE; units],
            place: vec![NONE; units],
            households: ground.households.clone(),
            community: ground.community.clone(),
            area_m2: ground.area_m2.clone(),
            perimeter_m: ground.perimeter_m.clone(),
            rows: FxHashMap::default(),
            own: FxHashMap::default(),
            sharers: FxHashMap::default(),
            covered: FxHashMap::default(),
        }
    }

    /// The number for a unit, a new one if it never had any.
    pub fn number(&mut self, ground: &Ground, id: &str) -> u32 {
        if let Some(&known) = ground.numbers.get(id).or_else(|| self.extra.get(id)) {
            return known;
        }
        let slot = self.alive.len() as u32;
        self.extra.insert(id.to_owned(), slot);
        self.extra_ids.push(id.to_owned());
        self.alive.push(false);
        self.owner.push(NONE);
        self.place.push(NONE);
        self.households.push(0);
        self.community.push(NONE);
        self.area_m2.push(0.0);
        self.perimeter_m.push(0.0);
        self.rows.insert(slot, Vec::new());
        slot
    }

    /// Neighbours of a unit with the metres of common border.
    pub fn row<'a>(&'a self, ground: &'a Ground, slot: u32) -> &'a [(u32, f64)] {
        if self.rows.is_empty() {
            return ground.rows.get(slot);
        }
        self.rows.get(&slot).map_or_else(|| ground.rows.get(slot), Vec::as_slice)
    }

    /// The same, to be changed.
    pub fn row_mut(&mut self, ground: &Ground, slot: u32) -> &mut Vec<(u32, f64)> {
        self.rows.entry(slot).or_insert_with(|| ground.rows.get(slot).to_vec())
    }

    /// Compounds that a unit shares.
    pub fn sharing<'a>(&'a self, ground: &'a Ground, slot: u32) -> &'a [u32] {
        self.own.get(&slot).map_or_else(|| ground.sharing.get(slot), |own| &own.sharing)
    }

    /// Compounds whose inmost point a unit owns.
    pub fn homes<'a>(&'a self, ground: &'a Ground, slot: u32) -> &'a [u32] {
        self.own.get(&slot).map_or_else(|| ground.homes.get(slot), |own| &own.homes)
    }

    /// Units that share a compound.
    pub fn sharers<'a>(&'a self, ground: &'a Ground, compound: u32) -> &'a [u32] {
        self.sharers.get(&compound).map_or_else(|| ground.sharers.get(compound), Vec::as_slice)
    }

    /// The same, to be changed.
    pub fn sharers_mut(&mut self, ground: &Ground, compound: u32) -> &mut Vec<u32> {
        self.sharers.entry(compound).or_insert_with(|| ground.sharers.get(compound).to_vec())
    }

    /// Centre of a unit.
    pub fn centroid(&self, ground: &Ground, slot: u32) -> LonLat {
        match self.own.get(&slot) {
            Some(own) => own.centroid,
            None => ground.centroid.get(slot as usize).copied().unwrap_or(LonLat::ORIGIN),
        }
    }

    /// Present grids of a unit's households: (number of the present grid, households).
    pub fn present(&self, ground: &Ground, slot: u32) -> impl Iterator<Item = (u32, u64)> + '_ {
        let own = self.own.get(&slot);
        let whole = || (ground.present[slot as usize], self.households[slot as usize]);
        let single = own.is_none().then(whole);
        let parts = own.map_or(&[][..], |own| &own.present);
        parts.iter().copied().chain(single).filter(|&(grid, _)| grid != NONE)
    }

    /// Whether the number of different grids that share a compound is above one, and the number.
    pub fn grids_of_compound(&self, ground: &Ground, compound: u32) -> Vec<u32> {
        let mut grids: Vec<u32> = self
            .sharers(ground, compound)
            .iter()
            .map(|&unit| self.owner[unit as usize])
            .filter(|&grid| grid != NONE)
            .collect();
        grids.sort_unstable();
        grids.dedup();
        grids
    }

    /// Whether units of different grids share a compound.
    pub fn is_divided(&self, ground: &Ground, compound: u32) -> bool {
        let mut owners =
            self.sharers(ground, compound).iter().map(|&unit| self.owner[unit as usize]);
        let mut owners = owners.by_ref().filter(|&grid| grid != NONE);
        owners.next().is_some_and(|first| owners.any(|grid| grid != first))
    }
}

//! The answers to the questions of many rows.

use super::question::Question;
use super::reason::Reason;
use crate::domain::{BBox, LonLat};
use crate::index::CompiledDataset;
use crate::locate::{Locator, MatchKind, Owners};
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// To compile the indexes takes as long as they save over the trees on one look-up for this many
/// corners of their areas.
const CORNERS_PER_PLACE: u64 = 2;
/// Fewer places are not worth sorting.
const WORTH_SORTING: usize = 1 << 15;
/// Bytes of an index that processors keep near.
const CACHE: usize = 16 << 20;
/// Tiles a side that places are sorted into.
const TILES: f64 = 256.0;

/// Answers rows for one dataset and day.
#[derive(Debug)]
pub struct Lookup<'l> {
    locator: &'l Locator,
    on: Option<Date>,
    /// Made once it pays.
    compiled: OnceLock<Arc<CompiledDataset>>,
    /// Places looked up.
    asked: AtomicU64,
    /// Number of them from which on compiled indexes pay.
    worth_compiling: u64,
    /// The keys by position, side by side: a row's are then near those of the rows before it.
    keys: OnceLock<[Keys; 3]>,
    /// Positions by key, for what addresses name.
    positions: OnceLock<[FxHashMap<&'l str, u32>; 3]>,
}

/// The answer to a row: the four columns of the contract, and why there is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer<'l> {
    /// Code of the grid.
    pub grid: Option<&'l str>,
    /// Id of the branch.
    pub branch: Option<&'l str>,
    /// Id of the compound.
    pub compound: Option<&'l str>,
    /// How the answer was come by.
    pub kind: MatchKind,
    /// Why the row could not be looked up.
    pub reason: Option<Reason>,
}

impl<'l> Lookup<'l> {
    /// Answers as `locator` does. With `on`, grids that are not valid on that day do not count.
    /// About `rows` will be asked for, 0 when that is not known.
    pub fn new(locator: &'l Locator, on: Option<Date>, rows: u64) -> Self {
        let pays = locator.corners() as u64 / CORNERS_PER_PLACE;
        let pays_at_once = locator.is_settled(on) || rows >= pays;
        Self {
            locator,
            on,
            compiled: OnceLock::new(),
            asked: AtomicU64::new(0),
            worth_compiling: if pays_at_once { 0 } else { pays },
            keys: OnceLock::new(),
            positions: OnceLock::new(),
        }
    }

    /// The compiled indexes, once as many places have been asked for as it takes to pay for them.
    /// Who asks then waits for them; so no ledger takes twice as long as it had to.
    fn compiled(&self, places: usize) -> Option<&CompiledDataset> {
        let asked = self.asked.fetch_add(places as u64, Ordering::Relaxed) + places as u64;
        if places == 0 || asked < self.worth_compiling {
            return self.compiled.get().map(Arc::as_ref);
        }
        Some(self.compiled.get_or_init(|| self.locator.compile(self.on)))
    }

    /// Puts the owners of places into `owners`, in their order. Many places over an index beyond
    /// the processor's caches are taken tile by tile, so that the cells of a tile are read once.
    pub fn owners(&self, places: &[LonLat], owners: &mut Vec<Owners>) {
        owners.clear();
        let Some(compiled) = self.compiled(places.len()) else {
            owners.extend(places.iter().map(|place| self.locator.owners(*place, self.on)));
            return;
        };
        let of = |place: &LonLat| self.locator.owners_by(compiled, *place);
        if places.len() < WORTH_SORTING || compiled.largest() <= CACHE {
            owners.extend(places.iter().map(of));
            return;
        }
        let mut order: Vec<(u32, u32)> = Vec::with_capacity(places.len());
        let tiles = Tiles::over(places);
        order.extend(places.iter().enumerate().map(|(n, place)| (tiles.of(*place), n as u32)));
        order.sort_unstable();
        owners.resize(places.len(), Owners::NONE);
        for (_, n) in order {
            owners[n as usize] = of(&places[n as usize]);
        }
    }

    /// The keys of owners.
    pub fn keys(&self, owners: Owners) -> Answer<'_> {
        let keys = || self.locator.all_keys().map(|keys| Keys::of(&keys));
        let [grids, branches, compounds] = self.keys.get_or_init(keys);
        Answer {
            grid: grids.get(owners.grid),
            branch: branches.get(owners.branch),
            compound: compounds.get(owners.compound),
            kind: owners.kind,
            reason: None,
        }
    }

    /// Answers questions in their order, each place with its neighbours in the list, and empties
    /// the list.
    pub fn answer(
        &self,
        questions: &mut Vec<Question>,
        scratch: &mut Scratch,
        mut each: impl FnMut(usize, Owners, Option<Reason>),
    ) {
        scratch.places.clear();
        let place = |question: &Question| match question {
            Question::Place(place) => Some(*place),
            _ => None,
        };
        scratch.places.extend(questions.iter().filter_map(place));
        self.owners(&scratch.places, &mut scratch.owners);
        let mut owners = scratch.owners.iter();
        for (number, question) in questions.drain(..).enumerate() {
            match question {
                // There is an owner for each place.
                Question::Place(_) => {
                    each(number, owners.next().copied().unwrap_or(Owners::NONE), None);
                }
                Question::Address(text) => each(number, self.address(&text), None),
                Question::Unreadable(reason) => each(number, Owners::NONE, Some(reason)),
            }
        }
    }

    fn address(&self, text: &str) -> Owners {
        let found = self.locator.address(text, self.on);
        let [grids, branches, compounds] =
            self.positions.get_or_init(|| self.locator.positions_of_keys());
        let position = |keys: &FxHashMap<&str, u32>, key: &Option<String>| {
            let key = key.as_deref().and_then(|key| keys.get(key));
            key.copied().unwrap_or(Owners::NOBODY)
        };
        Owners {
            grid: position(grids, &found.grid_code),
            branch: position(branches, &found.branch_id),
            compound: position(compounds, &found.compound_id),
            kind: found.kind,
        }
    }
}

/// Texts, one behind the other.
#[derive(Debug)]
struct Keys {
    text: String,
    /// Where each begins, and the last ends.
    marks: Vec<usize>,
}

impl Keys {
    fn of(keys: &[&str]) -> Self {
        let mut marks = Vec::with_capacity(keys.len() + 1);
        let mut text = String::new();
        marks.push(0);
        for key in keys {
            text.push_str(key);
            marks.push(text.len());
        }
        Self { text, marks }
    }

    fn get(&self, number: u32) -> Option<&str> {
        let begin = *self.marks.get(number as usize)?;
        self.text.get(begin..*self.marks.get(number as usize + 1)?)
    }
}

/// Memory that is used again for each block of questions.
#[derive(Debug, Default)]
pub struct Scratch {
    places: Vec<LonLat>,
    owners: Vec<Owners>,
}

/// Squares over the window of some places.
struct Tiles {
    west: f64,
    south: f64,
    per_lon: f64,
    per_lat: f64,
}

impl Tiles {
    fn over(places: &[LonLat]) -> Self {
        let window = BBox::around(places.iter().copied());
        let (west, south) = window.map_or((0.0, 0.0), |b| (b.west, b.south));
        let size = |from: f64, to: f64| TILES / (to - from).max(1e-9);
        Self {
            west,
            south,
            per_lon: window.map_or(0.0, |b| size(b.west, b.east)),
            per_lat: window.map_or(0.0, |b| size(b.south, b.north)),
        }
    }

    /// The number of a place's tile, row by row.
    fn of(&self, place: LonLat) -> u32 {
        let column = (place.lon() - self.west) * self.per_lon;
        let row = (place.lat() - self.south) * self.per_lat;
        (row as u32) << 16 | column as u32
    }
}

//! The answers to the questions of many rows.

use super::question::Question;
use super::reason::Reason;
use crate::domain::LonLat;
use crate::index::CompiledDataset;
use crate::locate::{Locator, MatchKind, Owners};
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// Answers rows for one dataset and day.
#[derive(Debug)]
pub struct Lookup<'l> {
    locator: &'l Locator,
    on: Option<Date>,
    compiled: CompiledDataset,
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
    pub fn new(locator: &'l Locator, on: Option<Date>) -> Self {
        Self { locator, on, compiled: locator.compile(on), positions: OnceLock::new() }
    }

    /// Puts the owners of places into `owners`, in their order.
    pub fn owners(&self, places: &[LonLat], owners: &mut Vec<Owners>) {
        owners.clear();
        let of = |place: &LonLat| self.locator.owners_by(&self.compiled, *place);
        owners.extend(places.iter().map(of));
    }

    /// The keys of owners.
    pub fn keys(&self, owners: Owners) -> Answer<'l> {
        let [grid, branch, compound] = self.locator.keys(owners);
        Answer { grid, branch, compound, kind: owners.kind, reason: None }
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

/// Memory that is used again for each block of questions.
#[derive(Debug, Default)]
pub struct Scratch {
    places: Vec<LonLat>,
    owners: Vec<Owners>,
}

//! The answer to an address: the best candidate, if it stands out.

use super::gazetteer::Target;
use super::location::{Location, MatchKind};
use super::normalize::normalize;
use super::parse::parse;
use super::rank::{Candidate, EQUAL, Knowledge, THRESHOLD, read};
use super::{Locator, MOST_CANDIDATES};
use crate::domain::LonLat;
use jiff::civil::Date;

/// A share of its score that a candidate of several equal ones keeps, divided by their number:
/// two equals fall below the threshold.
const SHARED: f64 = 0.9;

impl Locator {
    /// The grid of an address. With `on`, grids that are not valid on that day do not count.
    ///
    /// The match is `none` when nothing is found, when the score is below 0.5, when several
    /// places fit equally well and lie in different grids, and when the address names another
    /// city, district or subdistrict than the dataset's own. A named place that lies in no grid
    /// is found, with the grid null.
    pub fn address(&self, text: &str, on: Option<Date>) -> Location {
        let normal = normalize(text);
        let tokens = parse(&normal, &self.gazetteer);
        let known = Knowledge { gazetteer: &self.gazetteer, doors: &self.doors, own: &self.own };
        let reading = read(&normal, &tokens, &known);
        let mut found: Vec<Location> = reading
            .candidates
            .iter()
            .filter_map(|candidate| {
                let (location, compound) = self.locate_candidate(text, candidate, on)?;
                Some(self.weigh_community(location, compound, &reading.communities))
            })
            .collect();
        sort(&mut found);
        share_among_equals(&mut found);
        sort(&mut found);
        found.truncate(MOST_CANDIDATES + 1);
        let answered = found.first().is_some_and(|best| best.score >= THRESHOLD);
        let mut answer = if answered { found.remove(0) } else { Location::none(text, on) };
        answer.candidates = found;
        answer
    }

    /// The candidate as a location: at its building where the dataset has it.
    fn locate_candidate(
        &self,
        text: &str,
        candidate: &Candidate,
        on: Option<Date>,
    ) -> Option<(Location, Option<usize>)> {
        let (mut place, compound) = self.place_of(candidate.target)?;
        let mut score = candidate.score;
        if let (Some(compound), Some(label)) = (compound, &candidate.building) {
            match self.buildings.get(&(compound, label.clone())) {
                Some(building) => place = building.unwrap_or(place),
                None if self.has_buildings[compound] => score *= 0.9,
                None => {}
            }
        }
        let grid = match candidate.target {
            Target::Grid(grid) => Some(grid).filter(|grid| self.is_valid(*grid, on)),
            _ => self.grid_of(place, on),
        };
        if matches!(candidate.target, Target::Grid(_)) && grid.is_none() {
            return None;
        }
        let described = self.describe(text, place, grid, compound, on);
        Some((Location { kind: candidate.kind, score, ..described }, compound))
    }

    pub(super) fn grid_of(&self, place: LonLat, on: Option<Date>) -> Option<usize> {
        self.index.grid_at(place, |grid| self.is_valid(grid, on)).map(|hit| hit.grid)
    }

    /// A community named in the address speaks against places of another.
    fn weigh_community(
        &self,
        mut location: Location,
        compound: Option<usize>,
        named: &[usize],
    ) -> Location {
        let of_compound = compound.and_then(|c| self.dataset.compounds[c].community_code.as_ref());
        let of_place = location.community_code.as_ref();
        let fits = named.iter().any(|community| {
            let code = Some(&self.dataset.communities[*community].code);
            code == of_compound || code == of_place
        });
        if !named.is_empty() && !fits {
            location.score *= 0.6;
        }
        location
    }
}

/// Best first; equals by grid, compound and place, so that the order of the file plays no part.
fn sort(found: &mut [Location]) {
    let place = |l: &Location| (l.lon.unwrap_or_default(), l.lat.unwrap_or_default());
    found.sort_by(|a, b| {
        let keys = (&a.grid_code, &a.compound_id).cmp(&(&b.grid_code, &b.compound_id));
        let places = place(a).partial_cmp(&place(b)).unwrap_or(std::cmp::Ordering::Equal);
        b.score.total_cmp(&a.score).then(keys).then(places)
    });
}

/// Several places that fit equally well: one grid is as sure as one place; different grids are a
/// guess, and lose so much that none of them is the answer.
fn share_among_equals(found: &mut [Location]) {
    let Some(best) = found.first() else { return };
    let least = best.score - EQUAL;
    let equals = found.iter().take_while(|l| l.score > least).count();
    let one_grid = found[..equals].iter().all(|l| l.grid_code == found[0].grid_code);
    if equals < 2 || (one_grid && found[0].grid_code.is_some()) {
        return;
    }
    // What was worse than the equals does not become the answer by their doubt.
    let most = found[equals - 1].score * SHARED / equals as f64;
    for location in &mut found[equals..] {
        location.score = location.score.min(most);
    }
    for location in &mut found[..equals] {
        location.score *= SHARED / equals as f64;
        if location.kind == MatchKind::Exact || location.kind == MatchKind::Alias {
            location.kind = MatchKind::Fuzzy;
        }
    }
}

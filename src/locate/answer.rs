//! The answer to an address: the best candidate, if it stands out.

use super::areas::{Head, ROOT, Spelling};
use super::candidate::Candidate;
use super::gazetteer::Target;
use super::location::{Location, MatchKind};
use super::normalize::normalize;
use super::parse::{parse, part_latin};
use super::rank::{EQUAL, Knowledge, THRESHOLD, read};
use super::similar::{Similar, similar};
use super::{Locator, MOST_CANDIDATES};
use crate::domain::LonLat;
use jiff::civil::Date;
use std::ops::Range;

/// A candidate as sure as this ends the reading: no other spelling is tried.
const SURE: f64 = 0.88;
/// With another spelling, as sure as this is enough.
const SURE_MENDED: f64 = 0.75;
/// Readings of the head that are tried with other spellings, at most.
const MOST_HEADS_MENDED: usize = 3;
/// Names that are put in the place of what was typed, at most.
const MOST_MENDED: usize = 6;
/// Likeness from which a name is offered, though not answered.
const OFFERED: f64 = 0.2;
/// What remains of the score of a mended name beside which something is not understood.
const BESIDE: f64 = 0.6;
/// Candidates of which the grid is looked up, at most.
const MOST_LOCATED: usize = 16;

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
        let normal = part_latin(&normalize(text));
        let mut found: Vec<Location> = self
            .candidates(&normal)
            .iter()
            .filter_map(|(candidate, communities)| {
                let (mut location, compound) = self.locate_candidate(text, candidate, on)?;
                location.used.clone_from(&candidate.used);
                location.ignored.clone_from(&candidate.ignored);
                Some(self.weigh_community(location, compound, communities))
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

    /// What a normalised address may mean, with the communities that it names: each reading of
    /// its head as it is written, then with the spelling of the head mended, then with that of the
    /// rest; as far as doubt remains.
    fn candidates(&self, normal: &str) -> Vec<(Candidate, Vec<usize>)> {
        let areas = self.names().gazetteer.areas();
        let mut found: Vec<(Candidate, Vec<usize>)> = Vec::new();
        let mut open: Vec<(Head, Knowledge<'_>, Vec<Range<usize>>)> = Vec::new();
        for spelling in [Spelling::AsWritten, Spelling::Mended] {
            // Nothing to mend in a head that is right to the last area, nor in pinyin.
            let is_right = matches!(open.as_slice(), [(head, ..)] if areas.is_whole(head));
            if spelling == Spelling::Mended && (is_right || normal.is_ascii()) {
                break;
            }
            for head in areas.heads(normal, &self.names().own, spelling) {
                if open.iter().any(|(known, ..)| (known.end, known.area) == (head.end, head.area)) {
                    continue;
                }
                let known = Knowledge {
                    gazetteer: &self.names().gazetteer,
                    doors: &self.names().doors,
                    own: &self.names().own,
                    scope: self.names().gazetteer.scope(head.area),
                    in_area: head.area != ROOT,
                };
                let rest = &normal[head.end..];
                let reading =
                    read(rest, &parse(rest, &self.names().gazetteer, &known.scope), &known);
                if reading.foreign {
                    continue;
                }
                for mut candidate in reading.candidates {
                    candidate.score *= head.score;
                    keep(&mut found, with_head(candidate, normal, &head), &reading.communities);
                }
                if found.iter().any(|(candidate, _)| candidate.score >= SURE) {
                    return found;
                }
                open.push((head, known, reading.cores));
            }
        }
        open.sort_by(|(a, ..), (b, ..)| b.end.cmp(&a.end).then(b.score.total_cmp(&a.score)));
        for (head, known, cores) in open.iter().take(MOST_HEADS_MENDED) {
            self.add_mended(normal, head, known, cores, &mut found);
            if found.iter().any(|(candidate, _)| candidate.score >= SURE_MENDED) {
                break;
            }
        }
        found.sort_by(|(a, _), (b, _)| b.score.total_cmp(&a.score).then(a.target.cmp(&b.target)));
        found.truncate(MOST_LOCATED);
        found
    }

    /// Adds what the address means when a part of it is replaced by a name that is like it.
    fn add_mended(
        &self,
        normal: &str,
        head: &Head,
        known: &Knowledge<'_>,
        cores: &[Range<usize>],
        found: &mut Vec<(Candidate, Vec<usize>)>,
    ) {
        let rest = &normal[head.end..];
        let area = known.in_area.then(|| self.names().gazetteer.names_in(head.area));
        for core in cores {
            let text = &rest[core.clone()];
            let mut mended_any = false;
            for alike in similar(text, &self.names().gazetteer, &known.scope, area.clone())
                .iter()
                .take(MOST_MENDED)
            {
                let part = core.start + alike.part.start..core.start + alike.part.end;
                if alike.likeness >= THRESHOLD {
                    mended_any = true;
                    self.add_with_name(normal, head, known, (part, alike), found);
                } else if alike.likeness >= OFFERED {
                    self.offer(normal, head, &rest[part], alike, found);
                }
            }
            if mended_any {
                return;
            }
        }
    }

    /// Adds what the address means with a name in the place of a part of it.
    fn add_with_name(
        &self,
        normal: &str,
        head: &Head,
        known: &Knowledge<'_>,
        (part, alike): (Range<usize>, &Similar),
        found: &mut Vec<(Candidate, Vec<usize>)>,
    ) {
        let rest = &normal[head.end..];
        let key = self.names().gazetteer.key(alike.name);
        // "chuzhoulu 167" is 滁州路167.
        let [before, after] = [rest[..part.start].trim_end(), rest[part.end..].trim_start()];
        let mended = [before, key, after].concat();
        let reading = read(&mended, &parse(&mended, &self.names().gazetteer, &known.scope), known);
        let target = self.names().gazetteer.name(alike.name).target;
        let by_road = matches!(target, Target::Road(_));
        for mut candidate in reading.candidates {
            if candidate.target != target && !by_road {
                continue;
            }
            // A mended name with something unknown beside it is too much.
            let beside = candidate.kind == MatchKind::Fuzzy && !by_road;
            candidate.score *= head.score * alike.likeness * if beside { BESIDE } else { 1.0 };
            if candidate.kind != MatchKind::Nearest {
                candidate.kind = MatchKind::Fuzzy;
            }
            if let Some(used) = candidate.used.iter_mut().find(|used| *used == key) {
                rest[part.clone()].trim().clone_into(used);
            }
            keep(found, with_head(candidate, normal, head), &reading.communities);
        }
    }

    /// Adds a place that is too little like what was typed to be the answer.
    fn offer(
        &self,
        normal: &str,
        head: &Head,
        part: &str,
        alike: &Similar,
        found: &mut Vec<(Candidate, Vec<usize>)>,
    ) {
        let target = self.names().gazetteer.name(alike.name).target;
        if target.is_place() {
            let candidate = Candidate::offered(target, head.score * alike.likeness, part);
            keep(found, with_head(candidate, normal, head), &[]);
        }
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
            match self.names().buildings.get(&(compound, label.clone())) {
                Some(building) => place = building.unwrap_or(place),
                None if self.names().has_buildings[compound] => score *= 0.9,
                None => {}
            }
        }
        let grid = match candidate.target {
            Target::Grid(grid) => Some(grid).filter(|grid| self.ground.is_valid(*grid, on)),
            _ => self.grid_of(place, on),
        };
        if matches!(candidate.target, Target::Grid(_)) && grid.is_none() {
            return None;
        }
        let described = self.describe(text, place, grid, compound, on);
        Some((Location { kind: candidate.kind, score, ..described }, compound))
    }

    pub(super) fn grid_of(&self, place: LonLat, on: Option<Date>) -> Option<usize> {
        self.ground.grid_at(place, on).map(|hit| hit.grid)
    }

    /// A community named in the address speaks against places of another.
    fn weigh_community(
        &self,
        mut location: Location,
        compound: Option<usize>,
        named: &[usize],
    ) -> Location {
        let of_compound =
            compound.and_then(|c| self.ground.dataset.compounds[c].community_code.as_ref());
        let of_place = location.community_code.as_ref();
        let fits = named.iter().any(|community| {
            let code = Some(&self.ground.dataset.communities[*community].code);
            code == of_compound || code == of_place
        });
        if !named.is_empty() && !fits {
            location.score *= 0.6;
        }
        location
    }
}

/// With what the head says before it.
fn with_head(mut candidate: Candidate, normal: &str, head: &Head) -> Candidate {
    let mut used: Vec<String> = head.used.iter().map(|r| normal[r.clone()].to_owned()).collect();
    used.append(&mut candidate.used);
    candidate.used = used;
    candidate
}

/// Adds a candidate; of two for one target the better stays.
fn keep(found: &mut Vec<(Candidate, Vec<usize>)>, new: Candidate, communities: &[usize]) {
    match found.iter_mut().find(|(known, _)| known.target == new.target) {
        Some((known, _)) if known.score >= new.score => {}
        Some(known) => *known = (new, communities.to_vec()),
        None => found.push((new, communities.to_vec())),
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

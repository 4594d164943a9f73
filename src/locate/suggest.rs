//! Type-ahead: what people might mean while they type, from the first letter.

use super::Locator;
use super::areas::ROOT;
use super::gazetteer::Target;
use super::ground::middle;
use super::location::{Location, MatchKind, Suggestion, SuggestionKind, SuggestionMatch};
use super::normalize::normalize_typed;
use super::parse::{Meaning, parse};
use crate::domain::LonLat;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;

/// Order of suggestions: whole names first, what is picked most, class of the match, kind, the
/// shorter name, then name and key.
type Rank<'n> = (bool, Reverse<u32>, u8, SuggestionKind, usize, &'n str, &'n str);

/// How often people chose a place: by its kind and its key, which is a compound's id, a grid's or
/// a community's code, and the name of a landmark or a road.
pub type PickCount<'p> = &'p dyn Fn(SuggestionKind, &str) -> u32;

impl Locator {
    /// At most `limit` suggestions for something half typed: first what it is the name of, then
    /// names that begin with it, then names that have it inside; compounds before landmarks,
    /// grids, communities and roads. Where no name has it inside, it is read as an address.
    /// Latin letters are read as pinyin and initials too.
    pub fn suggest(&self, text: &str, limit: usize) -> Vec<Suggestion> {
        self.suggest_picked(text, limit, &|_, _| 0)
    }

    /// As [`Locator::suggest`]; of names that are not typed in full, those that people picked most
    /// come first.
    pub fn suggest_picked(
        &self,
        text: &str,
        limit: usize,
        picks: PickCount<'_>,
    ) -> Vec<Suggestion> {
        let typed = normalize_typed(text);
        let mut best: FxHashMap<Target, (Rank<'_>, u32, SuggestionMatch)> = FxHashMap::default();
        for part in &typed {
            for searched in [part.as_str(), self.after_head(part)] {
                self.collect(searched, picks, &mut best);
            }
        }
        let mut ranked: Vec<_> = best.into_values().collect();
        ranked.sort_by(|a, b| a.0.cmp(&b.0));
        ranked.truncate(limit);
        if ranked.is_empty() {
            return self.suggest_by_address(text, limit);
        }
        ranked.into_iter().filter_map(|(_, name, matched)| self.suggestion(name, matched)).collect()
    }

    /// What follows the names of the own city, district and subdistrict, and words like 我在.
    fn after_head<'t>(&self, text: &'t str) -> &'t str {
        let tokens = parse(text, &self.names().gazetteer, &self.names().gazetteer.scope(ROOT));
        let head = tokens.iter().take_while(|token| match &token.meaning {
            Meaning::Names(numbers) => {
                let mut targets = numbers.iter().map(|n| self.names().gazetteer.name(*n).target);
                targets.all(|target| matches!(target, Target::Own(_)))
            }
            Meaning::Filler => token.letters() > 1,
            _ => false,
        });
        &text[head.map(|token| token.text.len()).sum::<usize>()..]
    }

    fn collect<'l>(
        &'l self,
        part: &str,
        picks: PickCount<'_>,
        best: &mut FxHashMap<Target, (Rank<'l>, u32, SuggestionMatch)>,
    ) {
        if part.is_empty() {
            return;
        }
        let scope = self.names().gazetteer.scope(ROOT);
        let holding = self.names().gazetteer.containing(part, &scope).map(|n| (n, false));
        let spelt = self.names().typed.beginning_with(part, &self.names().gazetteer);
        for (number, by_letters) in holding.chain(spelt.into_iter().map(|n| (n, true))) {
            let (name, key) =
                (self.names().gazetteer.name(number), self.names().gazetteer.key(number));
            let Some(kind) = kind_of(name.target) else { continue };
            let (whole, begins) = (key == part, key.starts_with(part));
            let (class, matched) = match (name.alias, whole, begins) {
                _ if by_letters => (6, SuggestionMatch::Pinyin),
                (false, true, _) => (0, SuggestionMatch::Exact),
                (true, true, _) => (1, SuggestionMatch::Alias),
                (false, _, true) => (2, SuggestionMatch::Prefix),
                (true, _, true) => (3, SuggestionMatch::Alias),
                (false, ..) => (4, SuggestionMatch::Contains),
                (true, ..) => (5, SuggestionMatch::Alias),
            };
            let length = key.chars().count();
            let picked = Reverse(picks(kind, self.pick_key(name.target)));
            let id = self.key_of(name.target);
            let rank = (class > 1, picked, class, kind, length, key, id);
            let entry = best.entry(name.target).or_insert((rank, number, matched));
            if rank < entry.0 {
                *entry = (rank, number, matched);
            }
        }
    }

    /// Whether the dataset has a place of this kind and key.
    pub fn has_place(&self, kind: SuggestionKind, key: &str) -> bool {
        let data = &self.ground.dataset;
        match kind {
            SuggestionKind::Compound => self.names().compound_by_id.contains_key(key),
            SuggestionKind::Grid => data.grids.iter().any(|grid| grid.code == key),
            SuggestionKind::Community => data.communities.iter().any(|c| c.code == key),
            SuggestionKind::Landmark => data.landmarks.iter().any(|l| l.name == key),
            SuggestionKind::Road => {
                self.names().gazetteer.road_names().iter().any(|road| road == key)
            }
        }
    }

    /// The key under which a target's picks are counted.
    fn pick_key(&self, target: Target) -> &str {
        match target {
            Target::Landmark(_) | Target::Road(_) => self.shown_name(target).unwrap_or_default(),
            other => self.key_of(other),
        }
    }

    /// Kind, key and shown name of a target.
    pub(super) fn shown_place(&self, target: Target) -> Option<(SuggestionKind, String, String)> {
        let shown = self.shown_name(target)?.to_owned();
        Some((kind_of(target)?, self.pick_key(target).to_owned(), shown))
    }

    fn suggestion(&self, number: u32, matched: SuggestionMatch) -> Option<Suggestion> {
        let name = self.names().gazetteer.name(number);
        let kind = kind_of(name.target)?;
        let place = self.place_to_show(name.target);
        let grid = match name.target {
            Target::Grid(grid) => Some(grid),
            Target::Compound(_) | Target::Landmark(_) => place.and_then(|p| self.grid_of(p, None)),
            Target::Community(_) | Target::Road(_) | Target::Own(_) => None,
        };
        let shown = self.shown_name(name.target)?;
        let mut detail: Vec<&str> = Vec::new();
        detail.extend(self.names().gazetteer.written(number).filter(|written| *written != shown));
        detail.extend(self.detail(name.target, grid));
        let detail = detail.join(" · ");
        Some(Suggestion {
            name: shown.to_owned(),
            kind,
            key: self.pick_key(name.target).to_owned(),
            matched,
            compound_id: match name.target {
                Target::Compound(n) => Some(self.ground.dataset.compounds[n].id.clone()),
                _ => None,
            },
            grid_code: grid.map(|grid| self.ground.dataset.grids[grid].code.clone()),
            lon: place.map(LonLat::lon),
            lat: place.map(LonLat::lat),
            detail,
        })
    }

    /// What tells targets of one name apart whatever the file's order.
    fn key_of(&self, target: Target) -> &str {
        let data = &self.ground.dataset;
        match target {
            Target::Compound(n) => &data.compounds[n].id,
            Target::Grid(n) => &data.grids[n].code,
            Target::Community(n) => &data.communities[n].code,
            Target::Landmark(_) | Target::Road(_) | Target::Own(_) => "",
        }
    }

    fn shown_name(&self, target: Target) -> Option<&str> {
        let data = &self.ground.dataset;
        Some(match target {
            Target::Compound(n) => &data.compounds[n].name,
            Target::Landmark(n) => &data.landmarks[n].name,
            Target::Grid(n) => &data.grids[n].name,
            Target::Community(n) => &data.communities[n].name,
            Target::Road(n) => &self.names().gazetteer.road_names()[n],
            Target::Own(_) => return None,
        })
    }

    /// Grid, community and address of a target, as far as they say something new.
    fn detail(&self, target: Target, grid: Option<usize>) -> Vec<&str> {
        let data = &self.ground.dataset;
        let mut detail = Vec::new();
        let code = match target {
            Target::Grid(n) => {
                detail.push(data.grids[n].code.as_str());
                data.grids[n].community_code.as_deref()
            }
            Target::Community(n) => {
                detail.push(data.communities[n].code.as_str());
                None
            }
            _ => {
                detail.extend(grid.map(|grid| data.grids[grid].name.as_str()));
                let own = match target {
                    Target::Compound(n) => data.compounds[n].community_code.as_deref(),
                    _ => None,
                };
                own.or_else(|| data.grids[grid?].community_code.as_deref())
            }
        };
        let community = code.and_then(|code| data.communities.iter().find(|c| c.code == code));
        detail.extend(community.map(|community| community.name.as_str()));
        if let Target::Compound(n) = target {
            detail.extend(data.compounds[n].address.as_deref());
        }
        detail
    }

    /// Where the map flies to.
    fn place_to_show(&self, target: Target) -> Option<LonLat> {
        match target {
            Target::Community(n) => Some(middle(&self.ground.dataset.communities[n].geometry)),
            Target::Road(n) => self.middle_of_road(n),
            other => self.place_of(other).map(|(place, _)| place),
        }
    }

    /// The middle corner of the road's longest drawn piece, or a compound along it.
    fn middle_of_road(&self, road: usize) -> Option<LonLat> {
        let name = self.names().gazetteer.road_names().get(road)?;
        let drawn = self.ground.dataset.roads.iter().filter(|r| r.name.as_ref() == Some(name));
        let corners = drawn.map(|r| r.geometry.corners()).max_by_key(Vec::len);
        let middle = corners.and_then(|corners| corners.get(corners.len() / 2).copied());
        middle
            .or_else(|| Some(self.ground.compound_place(*self.names().doors.along(road).first()?)))
    }

    /// The compounds that the text means when read as an address.
    fn suggest_by_address(&self, text: &str, limit: usize) -> Vec<Suggestion> {
        let mut answer = self.address(text, None);
        let others = std::mem::take(&mut answer.candidates);
        let all = std::iter::once(answer).chain(others);
        all.filter_map(|found| self.suggestion_of(&found)).take(limit).collect()
    }

    fn suggestion_of(&self, found: &Location) -> Option<Suggestion> {
        let id = found.compound_id.as_deref()?;
        let position = *self.names().compound_by_id.get(id)?;
        let compound = &self.ground.dataset.compounds[position];
        let grid = found.grid_code.as_deref();
        let grid =
            grid.and_then(|code| self.ground.dataset.grids.iter().position(|g| g.code == code));
        Some(Suggestion {
            name: compound.name.clone(),
            kind: SuggestionKind::Compound,
            key: id.to_owned(),
            matched: match found.kind {
                MatchKind::Exact => SuggestionMatch::Exact,
                MatchKind::Alias => SuggestionMatch::Alias,
                _ => SuggestionMatch::Contains,
            },
            compound_id: Some(id.to_owned()),
            grid_code: found.grid_code.clone(),
            lon: found.lon,
            lat: found.lat,
            detail: self.detail(Target::Compound(position), grid).join(" · "),
        })
    }
}

fn kind_of(target: Target) -> Option<SuggestionKind> {
    Some(match target {
        Target::Compound(_) => SuggestionKind::Compound,
        Target::Landmark(_) => SuggestionKind::Landmark,
        Target::Grid(_) => SuggestionKind::Grid,
        Target::Community(_) => SuggestionKind::Community,
        Target::Road(_) => SuggestionKind::Road,
        Target::Own(_) => return None,
    })
}

//! From pieces to units.

use super::input::Input;
use super::pieces::Piece;
use crate::domain::MultiPolygon;
use crate::geometry::{Coverage, GridPoint};
use std::collections::{BTreeMap, BTreeSet};

/// A block without compounds is a unit of its own from this many square metres on.
const SMALLEST_M2: f64 = 2_000.0;
/// … and from this mean width in metres on.
const NARROWEST_M: f64 = 8.0;
/// A strip of a community, cut off from the rest of it and narrower than this, is an inaccuracy
/// of drawing, and goes to a neighbour in another community.
const HAIR_M: f64 = 2.0;

/// A unit, still without an id.
pub(super) struct Joined {
    pub geometry: MultiPolygon,
    pub community: Option<usize>,
    /// Its compounds, ascending.
    pub compounds: Vec<usize>,
}

/// A set of pieces that are one unit, or on the way to be.
#[derive(Clone, Default)]
struct Part {
    community: Option<usize>,
    compounds: Vec<usize>,
    /// Whether it may stand alone.
    stands: bool,
    area_m2: f64,
    /// Mean width in metres of its widest piece.
    width_m: f64,
    /// Metres of common border with other parts, by their numbers.
    borders: BTreeMap<usize, f64>,
}

/// Joins pieces of one group that touch, then every part that may not stand alone to the
/// neighbour in its community with which it has the longest border, the smallest part first.
pub(super) fn join(input: &Input<'_>, pieces: &[Piece]) -> Vec<Joined> {
    let shapes: Vec<&MultiPolygon> = pieces.iter().map(|piece| &piece.geometry).collect();
    let coverage = Coverage::build(&input.frame, &shapes);
    let mut parts = Parts::of(input, pieces, &coverage);
    for border in coverage.adjacency() {
        let (a, b) = (&pieces[border.a], &pieces[border.b]);
        if a.group.is_some() && (a.group, a.community) == (b.group, b.community) {
            parts.merge(border.a, border.b);
        }
    }
    parts.join_rest();
    parts.units(input, pieces, &coverage)
}

struct Parts {
    /// The part of each piece: another piece of it, in the end itself.
    leads_to: Vec<usize>,
    /// By the number of their leading piece.
    parts: Vec<Part>,
    /// Whether communities bind the units.
    has_communities: bool,
}

impl Parts {
    fn of(input: &Input<'_>, pieces: &[Piece], coverage: &Coverage) -> Self {
        let (areas, perimeters) = (coverage.areas_m2(), coverage.perimeters_m());
        let has_communities = !input.communities.is_empty();
        let mut parts: Vec<Part> = (pieces.iter().enumerate())
            .map(|(p, piece)| {
                let width_m = 2.0 * areas[p] / perimeters[p].max(1e-3);
                let is_block = piece.group.is_none()
                    && areas[p] >= SMALLEST_M2
                    && width_m >= NARROWEST_M
                    && (piece.community.is_some() || !has_communities);
                Part {
                    community: piece.community,
                    compounds: piece.compounds.clone(),
                    stands: is_block || !piece.compounds.is_empty(),
                    area_m2: areas[p],
                    width_m,
                    borders: BTreeMap::new(),
                }
            })
            .collect();
        for border in coverage.adjacency() {
            parts[border.a].borders.insert(border.b, border.length_m);
            parts[border.b].borders.insert(border.a, border.length_m);
        }
        Self { leads_to: (0..pieces.len()).collect(), parts, has_communities }
    }

    fn find(&mut self, mut piece: usize) -> usize {
        while self.leads_to[piece] != piece {
            self.leads_to[piece] = self.leads_to[self.leads_to[piece]];
            piece = self.leads_to[piece];
        }
        piece
    }

    /// Makes one part of two; its number is the lower one.
    fn merge(&mut self, a: usize, b: usize) -> usize {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return a;
        }
        let (keep, gone) = (a.min(b), a.max(b));
        self.leads_to[gone] = keep;
        let other = std::mem::take(&mut self.parts[gone]);
        for (&neighbour, &length) in &other.borders {
            let theirs = &mut self.parts[neighbour].borders;
            theirs.remove(&gone);
            if neighbour != keep {
                *theirs.entry(keep).or_default() += length;
            }
        }
        let part = &mut self.parts[keep];
        part.borders.remove(&gone);
        for (neighbour, length) in other.borders {
            if neighbour != keep {
                *part.borders.entry(neighbour).or_default() += length;
            }
        }
        part.community = part.community.or(other.community);
        part.compounds.extend(other.compounds);
        part.stands |= other.stands;
        part.area_m2 += other.area_m2;
        part.width_m = part.width_m.max(other.width_m);
        keep
    }

    /// Joins every part that may not stand alone to a neighbour, as far as there is one.
    fn join_rest(&mut self) {
        // Areas are not negative, so their bits are in their order.
        let key = |parts: &[Part], p: usize| (parts[p].area_m2.to_bits(), p);
        let weak =
            (0..self.parts.len()).filter(|&p| self.leads_to[p] == p && !self.parts[p].stands);
        let mut queue: BTreeSet<(u64, usize)> = weak.map(|p| key(&self.parts, p)).collect();
        while let Some((_, part)) = queue.pop_first() {
            let Some(neighbour) = self.best_neighbour(part) else { continue };
            queue.remove(&key(&self.parts, neighbour));
            let community = self.parts[neighbour].community.or(self.parts[part].community);
            let joined = self.merge(part, neighbour);
            self.parts[joined].community = community;
            if !self.parts[joined].stands {
                queue.insert(key(&self.parts, joined));
            }
        }
    }

    /// The neighbour to join: in the same community before one in none, then with the longest
    /// border, then the first.
    fn best_neighbour(&self, part: usize) -> Option<usize> {
        let own = &self.parts[part];
        let is_hair = own.width_m < HAIR_M && self.has_communities;
        let nearness = |other: &Part| match (own.community, other.community) {
            (a, b) if a == b => Some(2),
            (None, _) | (_, None) => Some(1),
            _ => is_hair.then_some(0),
        };
        let eligible = own.borders.iter().filter_map(|(&neighbour, &length)| {
            Some((nearness(&self.parts[neighbour])?, length, neighbour))
        });
        let better = |a: &(i32, f64, usize), b: &(i32, f64, usize)| {
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(b.2.cmp(&a.2))
        };
        eligible.max_by(better).map(|(_, _, neighbour)| neighbour)
    }

    /// The units: those with compounds in the order of these, then the others by community and
    /// from west to east.
    fn units(mut self, input: &Input<'_>, pieces: &[Piece], coverage: &Coverage) -> Vec<Joined> {
        let leaders: Vec<usize> = (0..pieces.len()).map(|piece| self.find(piece)).collect();
        let mut numbers: Vec<usize> = leaders.clone();
        numbers.sort_unstable();
        numbers.dedup();
        let group: Vec<Option<usize>> =
            leaders.iter().map(|leader| numbers.binary_search(leader).ok()).collect();
        let shapes = coverage.dissolve(&group, numbers.len());
        let mut units: Vec<Joined> = (numbers.iter().zip(shapes))
            .filter_map(|(&leader, geometry)| {
                let part = std::mem::take(&mut self.parts[leader]);
                let mut compounds = part.compounds;
                compounds.sort_unstable();
                let said = || {
                    let code =
                        compounds.iter().find_map(|&c| input.compounds[c].community_code.as_ref());
                    code.and_then(|code| input.communities.iter().position(|c| c.code == *code))
                };
                let community = part.community.or_else(said);
                Some(Joined { geometry: geometry?, community, compounds })
            })
            .collect();
        let lowest = |unit: &Joined| -> Option<GridPoint> {
            unit.geometry.corners().map(|p| input.frame.to_grid(p)).min()
        };
        units.sort_by_cached_key(|unit| {
            let first = unit.compounds.first().copied();
            (first.is_none(), first, unit.community.map_or(usize::MAX, |c| c), lowest(unit))
        });
        units
    }
}

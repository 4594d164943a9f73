//! Votes: from a grid to a feature that may be meant for it.

use super::super::named::Named;
use super::Search;
use super::shape::Figure;
use crate::geometry::GridPoint;

/// The centres of a grid and of a feature that may be meant for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vote {
    pub grid: GridPoint,
    pub feature: GridPoint,
    /// Whether both are the same shape.
    pub is_exact: bool,
}

/// The votes of the features that were asked.
pub(super) struct Votes<'s, 'c, 'a> {
    search: &'s Search<'c, 'a>,
    of_feature: Vec<Vec<Vote>>,
}

/// Features asked at most; they are taken evenly from all.
const ASKED: usize = 256;
/// Grids that a feature is held against at most: those nearest to it in size.
const HELD_AGAINST: usize = 32;
/// Features whose votes are tried as the common shift, those with the fewest votes first.
const TRIED: usize = 64;

impl Vote {
    /// The vote of two shapes.
    pub fn between(grid: &Figure, feature: &Figure) -> Self {
        let is_exact = grid.is_same_as(feature);
        Self { grid: grid.centre, feature: feature.centre, is_exact }
    }

    /// Steps east and north from the grid to the feature.
    pub fn step(&self) -> (i64, i64) {
        (self.feature.x - self.grid.x, self.feature.y - self.grid.y)
    }
}

/// Asks the features: each votes for every grid of its size and outline, and for the grids that
/// it names, taken together, when they have its size.
pub(super) fn cast<'s, 'c, 'a>(
    search: &'s Search<'c, 'a>,
    named: &Named,
    order: &[usize],
) -> Votes<'s, 'c, 'a> {
    let mut by_area: Vec<(f64, usize)> = (search.grids.iter().enumerate())
        .filter_map(|(g, figure)| figure.map(|figure| (figure.area, g)))
        .collect();
    by_area.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let stride = order.len().div_ceil(ASKED).max(1);
    let asked = order.iter().step_by(stride);
    let of_feature = asked.map(|&f| {
        let Some(figure) = &search.features[f] else { return Vec::new() };
        let named = named.grids(f);
        let together = Figure::sum(named.iter().filter_map(|&g| search.grids[g].as_ref()));
        let together = together.filter(|_| named.len() > 1).filter(|t| t.is_as_large_as(figure));
        let alike = alike(search, &by_area, figure);
        let grids = named.iter().chain(&alike).filter_map(|&g| search.grids[g].as_ref());
        let like = grids.filter(|grid| grid.is_like(figure));
        like.chain(&together).map(|grid| Vote::between(grid, figure)).collect()
    });
    Votes { search, of_feature: of_feature.collect() }
}

/// The grids like a figure, those nearest in size first.
fn alike(search: &Search, by_area: &[(f64, usize)], figure: &Figure) -> Vec<usize> {
    let middle = by_area.partition_point(|&(area, _)| area < figure.area);
    let (mut below, mut above) = (by_area[..middle].iter().rev(), by_area[middle..].iter());
    let (mut low, mut high) = (below.next(), above.next());
    let mut found = Vec::new();
    while found.len() < HELD_AGAINST {
        let off = |side: Option<&(f64, usize)>| side.map(|s| (s.0 - figure.area).abs());
        let next = match (off(low), off(high)) {
            (Some(a), Some(b)) if a <= b => std::mem::replace(&mut low, below.next()),
            (Some(_), None) => std::mem::replace(&mut low, below.next()),
            (_, Some(_)) => std::mem::replace(&mut high, above.next()),
            (None, None) => break,
        };
        let Some(&(_, grid)) = next else { break };
        let Some(other) = &search.grids[grid] else { break };
        if !other.is_as_large_as(figure) {
            break;
        }
        if other.is_like(figure) {
            found.push(grid);
        }
    }
    found
}

impl Votes<'_, '_, '_> {
    /// Share of the features asked that are where a grid like them is.
    pub fn share_in_place(&self) -> f64 {
        let tolerance = self.search.context.tolerance_m;
        let in_place = |votes: &&Vec<Vote>| {
            votes.iter().any(|vote| self.search.length_m(vote.step()) <= tolerance)
        };
        self.of_feature.iter().filter(in_place).count() as f64 / self.of_feature.len().max(1) as f64
    }

    /// The shift on which most features agree, of equal ones the shortest.
    pub fn most_common(&self) -> Option<(i64, i64)> {
        let mut tried: Vec<&Vec<Vote>> = self.of_feature.iter().filter(|v| !v.is_empty()).collect();
        tried.sort_by_key(|votes| votes.len());
        let shifts = tried.iter().take(TRIED).flat_map(|votes| votes.iter().map(Vote::step));
        let search = self.search;
        let count = |shift: (i64, i64)| {
            let reach = search.reach_m(shift);
            let off = |v: &Vote| search.length_m((v.step().0 - shift.0, v.step().1 - shift.1));
            self.of_feature.iter().filter(|votes| votes.iter().any(|v| off(v) <= reach)).count()
        };
        shifts
            .map(|shift| (count(shift), search.length_m(shift), shift))
            .min_by(|a, b| b.0.cmp(&a.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)))
            .map(|(_, _, shift)| shift)
    }

    /// The best vote of each feature for which what is `left` of it `may` be left, when so many
    /// features have one that the shift is common to the net.
    pub fn agreed(
        &self,
        left: impl Fn(&Vote) -> f64,
        may: impl Fn(&Vote) -> f64,
    ) -> Option<Vec<Vote>> {
        let best = |votes: &Vec<Vote>| {
            let best = votes.iter().min_by(|a, b| left(a).total_cmp(&left(b)))?;
            (left(best) <= may(best)).then_some(*best)
        };
        let agreed: Vec<Vote> = self.of_feature.iter().filter_map(best).collect();
        let able = self.of_feature.iter().filter(|votes| !votes.is_empty()).count();
        let enough = super::SHARE_IN_COMMON * able.max(self.of_feature.len().div_ceil(2)) as f64;
        (!agreed.is_empty() && agreed.len() as f64 >= enough).then_some(agreed)
    }
}

/// The median shift of votes, east and north on their own.
pub(super) fn median(votes: &[Vote]) -> (i64, i64) {
    let middle = |of: fn(&Vote) -> i64| {
        let mut values: Vec<i64> = votes.iter().map(of).collect();
        values.sort_unstable();
        values.get(values.len() / 2).copied().unwrap_or(0)
    };
    (middle(|vote| vote.step().0), middle(|vote| vote.step().1))
}

//! Exact cover: choose grids that hold each unit once, within a budget of reduced cost.

use super::columns::{Column, NO_LABEL, Set};

/// A column with its reduced cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Priced {
    /// Number of the column.
    pub id: u32,
    /// Its reduced cost.
    pub reduced: f64,
}

/// A search for covers of `all` by `grids` columns.
pub(super) struct Cover<'c> {
    columns: &'c [Column],
    all: Set,
    grids: usize,
    /// The candidates that hold each unit, cheapest first.
    by_unit: Vec<Vec<Priced>>,
    /// Least reduced cost of any candidate, if negative.
    least: f64,
    /// Nodes that may still be visited.
    nodes: u64,
    chosen: Vec<u32>,
}

/// How a search for covers ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ended {
    /// A cover within the budget, by column numbers.
    Found(Vec<u32>),
    /// There is none.
    None,
    /// The nodes were used up.
    Exhausted,
}

impl<'c> Cover<'c> {
    /// A search among `candidates`.
    pub fn new(
        columns: &'c [Column],
        all: Set,
        grids: usize,
        mut candidates: Vec<Priced>,
        nodes: u64,
    ) -> Self {
        candidates.sort_by(|a, b| a.reduced.total_cmp(&b.reduced).then(a.id.cmp(&b.id)));
        let least = candidates.first().map_or(0.0, |c| c.reduced.min(0.0));
        let mut by_unit = vec![Vec::new(); all.count_ones() as usize];
        for candidate in candidates {
            for unit in super::columns::units(columns[candidate.id as usize].set) {
                by_unit[unit].push(candidate);
            }
        }
        Self { columns, all, grids, by_unit, least, nodes, chosen: Vec::new() }
    }

    /// Looks for a cover whose reduced costs sum to at most `budget`, for which `accept` says
    /// yes.
    pub fn search(&mut self, budget: f64, accept: &mut dyn FnMut(&[u32]) -> bool) -> Ended {
        self.chosen.clear();
        match self.descend(0, 0, budget, accept) {
            Some(true) => Ended::Found(self.chosen.clone()),
            Some(false) => Ended::None,
            None => Ended::Exhausted,
        }
    }

    /// Nodes that are left.
    pub fn nodes_left(&self) -> u64 {
        self.nodes
    }

    fn fits(
        &self,
        candidate: &Priced,
        covered: Set,
        labels: u128,
        budget: f64,
        left: usize,
    ) -> bool {
        let column = &self.columns[candidate.id as usize];
        column.set & covered == 0
            && (column.label == NO_LABEL || labels >> column.label & 1 == 0)
            && candidate.reduced + (left - 1) as f64 * self.least <= budget
    }

    /// `Some(true)` when a cover was found, `Some(false)` when there is none, `None` when the
    /// nodes are used up.
    fn descend(
        &mut self,
        covered: Set,
        labels: u128,
        budget: f64,
        accept: &mut dyn FnMut(&[u32]) -> bool,
    ) -> Option<bool> {
        let left = self.grids - self.chosen.len();
        if covered == self.all {
            return Some(left == 0 && accept(&self.chosen));
        }
        if left == 0 {
            return Some(false);
        }
        if self.nodes == 0 {
            return None;
        }
        self.nodes -= 1;
        // The unit with the fewest columns left.
        let mut fewest: Option<(usize, usize)> = None;
        for unit in super::columns::units(self.all & !covered) {
            let most = fewest.map_or(usize::MAX, |(count, _)| count);
            let fits = |c: &&Priced| self.fits(c, covered, labels, budget, left);
            let count = self.by_unit[unit].iter().filter(fits).take(most).count();
            if count < most {
                fewest = Some((count, unit));
                if count == 0 {
                    return Some(false);
                }
            }
        }
        let (_, unit) = fewest?;
        for index in 0..self.by_unit[unit].len() {
            let candidate = self.by_unit[unit][index];
            if candidate.reduced + (left - 1) as f64 * self.least > budget {
                break;
            }
            if !self.fits(&candidate, covered, labels, budget, left) {
                continue;
            }
            let column = self.columns[candidate.id as usize];
            let label = if column.label == NO_LABEL { 0 } else { 1 << column.label };
            self.chosen.push(candidate.id);
            let deeper = self.descend(
                covered | column.set,
                labels | label,
                budget - candidate.reduced,
                accept,
            );
            match deeper {
                Some(false) => self.chosen.pop(),
                _ => return deeper,
            };
        }
        Some(false)
    }
}

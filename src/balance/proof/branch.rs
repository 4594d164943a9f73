//! Branch and bound over the set-partition problem of a region.

use super::columns::{Column, Ground, NO_LABEL, large, units};
use super::cover::{Cover, Ended, Priced};
use super::master::{Duals, Master};
use super::{Limits, Proof, SLACK};
use crate::balance::search::partition::Partition;
use crate::balance::search::restart::Found;

/// Columns left at a node below which the exact-cover search takes over.
const FEW: usize = 4_000;
/// Nodes of one exact-cover search before the problem is split instead.
const COVER_NODES: u64 = 200_000;
/// Columns brought in for each lowest unit at each pricing.
const BATCH: usize = 3;

/// A part of the problem: columns that it may use, and those that its parent used.
struct Node {
    candidates: Vec<u32>,
    warm: Vec<u32>,
    bound: f64,
}

/// The best division known.
struct Incumbent {
    /// Whether all costs are whole numbers.
    whole: bool,
    /// Its cost; infinite when none is known.
    best: f64,
    /// The division, when it was found here.
    better: Option<Found>,
    /// More than any division can cost.
    large: f64,
}

/// The search.
pub(super) struct Branch<'g> {
    ground: &'g Ground<'g>,
    columns: Vec<Column>,
    limits: Limits,
    incumbent: Incumbent,
}

/// The outcome of the linear programme of a node.
struct Relaxation {
    bound: f64,
    duals: Duals,
    /// Columns brought in.
    active: Vec<u32>,
    /// Columns in use, with their values.
    in_use: Vec<(u32, f64)>,
}

impl<'g> Branch<'g> {
    /// A search for divisions that are better than `known`.
    pub fn new(ground: &'g Ground<'g>, known: Option<&Found>, limits: &Limits) -> Self {
        let region = ground.region;
        let whole = ground.unit_costs
            && !ground.homes
            && region.moments.is_none()
            && region.communities.is_none();
        let best = known.map_or(f64::INFINITY, |found| found.cost);
        let incumbent = Incumbent { whole, best, better: None, large: large(ground) };
        Self { ground, columns: Vec::new(), limits: *limits, incumbent }
    }

    /// The most that a better division may cost.
    pub fn goal(&self) -> f64 {
        self.incumbent.goal()
    }

    /// Whether all costs are whole numbers.
    pub fn is_whole(&self) -> bool {
        self.incumbent.whole
    }

    /// Searches to the end, or until the work is done. `columns` are all those that a better
    /// division can use.
    pub fn run(
        &mut self,
        columns: Vec<Column>,
        limits: &mut Limits,
        stop: &dyn Fn() -> bool,
    ) -> Proof {
        self.columns = columns;
        self.limits = *limits;
        #[cfg(feature = "highs")]
        if let Some(proof) = self.by_highs() {
            return proof;
        }
        let all: Vec<u32> = (0..self.columns.len() as u32).collect();
        let warm = if all.len() <= FEW { all.clone() } else { Vec::new() };
        let mut open = vec![Node { candidates: all, warm, bound: f64::NEG_INFINITY }];
        let mut unfinished = f64::INFINITY;
        while let Some(node) = open.pop() {
            if node.bound > self.incumbent.goal() + SLACK {
                continue;
            }
            if stop() || self.limits.nodes == 0 || self.limits.pivots == 0 {
                unfinished = unfinished.min(node.bound);
                continue;
            }
            self.limits.nodes -= 1;
            match self.visit(node, stop) {
                Ok(children) => open.extend(children),
                Err(bound) => unfinished = unfinished.min(bound),
            }
        }
        *limits = self.limits;
        let complete = unfinished > self.incumbent.goal() + SLACK;
        // Nothing below the goal is left in what was finished.
        let proven = self.incumbent.best;
        let open = if self.incumbent.whole { (unfinished - SLACK).ceil() } else { unfinished };
        let bound = if complete { proven } else { proven.min(open) };
        Proof { bound: bound.max(0.0), complete, better: self.incumbent.better.take() }
    }

    /// The whole integer program at once; `None` when HiGHS does not come to an end.
    #[cfg(feature = "highs")]
    fn by_highs(&mut self) -> Option<Proof> {
        use super::highs::{Answer, choose};
        // A second for the two million nodes of the first level of effort.
        let seconds = self.limits.nodes as f64 / 2e6;
        match choose(self.ground, &self.columns, self.goal(), seconds) {
            Answer::Division(chosen) => {
                if !self.incumbent.take(self.ground, &self.columns, &chosen) {
                    return None;
                }
            }
            Answer::None => {}
            Answer::Unknown => return None,
        }
        let bound = self.incumbent.best.max(0.0);
        Some(Proof { bound, complete: true, better: self.incumbent.better.take() })
    }

    /// Works on one node: its children, or the bound that it was left with.
    fn visit(&mut self, node: Node, stop: &dyn Fn() -> bool) -> Result<Vec<Node>, f64> {
        let relaxation = self.relax(&node, stop);
        let bound = relaxation.bound.max(node.bound);
        if bound > self.incumbent.goal() + SLACK {
            return Ok(Vec::new());
        }
        if self.limits.pivots == 0 || stop() {
            return Err(bound);
        }
        self.try_integral(&relaxation);
        let priced = self.fix(&node, &relaxation);
        let first: Vec<u32> = priced.iter().map(|p| p.id).collect();
        let pair = self.branching_pair(&relaxation);
        let few = priced.len() <= FEW || pair.is_none();
        if few && self.cover(&relaxation, priced, pair.is_none(), stop) {
            return Ok(Vec::new());
        }
        let Some((u, v)) = pair else { return Err(bound) };
        let side = |together: bool| {
            let keep = |id: &u32| {
                let set = self.columns[*id as usize].set;
                let (has_u, has_v) = (set >> u & 1 == 1, set >> v & 1 == 1);
                if together { has_u == has_v } else { !(has_u && has_v) }
            };
            Node {
                candidates: first.iter().copied().filter(&keep).collect(),
                warm: relaxation.active.iter().copied().filter(&keep).collect(),
                bound,
            }
        };
        // The last is visited first: neighbours mostly belong together.
        Ok(vec![side(false), side(true)])
    }

    /// The linear relaxation of a node.
    fn relax(&mut self, node: &Node, stop: &dyn Fn() -> bool) -> Relaxation {
        let region = self.ground.region;
        let labels = if self.ground.homes { region.grids } else { 0 };
        let mut master = Master::new(region.units(), region.grids, labels, self.incumbent.large);
        let mut active = Vec::with_capacity(node.warm.len());
        let mut is_active = rustc_hash::FxHashSet::default();
        for &id in &node.warm {
            master.add(&self.columns[id as usize]);
            active.push(id);
            is_active.insert(id);
        }
        let mut bound = f64::NEG_INFINITY;
        loop {
            let duals = master.solve(&mut self.limits.pivots);
            let (least, entering) = self.price(&node.candidates, &duals);
            let value = duals.sum(region.grids) + region.grids as f64 * least.min(0.0);
            bound = bound.max(value);
            let fresh: Vec<u32> = entering.into_iter().filter(|&id| is_active.insert(id)).collect();
            let hopeless = bound > self.incumbent.goal() + SLACK;
            if hopeless || fresh.is_empty() || self.limits.pivots == 0 || stop() {
                let in_use = master.in_use().map(|(index, x)| (active[index], x)).collect();
                return Relaxation { bound, duals, active, in_use };
            }
            for id in fresh {
                master.add(&self.columns[id as usize]);
                active.push(id);
            }
            debug_assert_eq!(master.len(), active.len());
        }
    }

    /// The least reduced cost, and the columns of least reduced cost for each lowest unit.
    fn price(&self, candidates: &[u32], duals: &Duals) -> (f64, Vec<u32>) {
        let mut least = f64::INFINITY;
        let mut best: Vec<[(f64, u32); BATCH]> =
            vec![[(-SLACK, u32::MAX); BATCH]; self.ground.region.units()];
        for &id in candidates {
            let column = &self.columns[id as usize];
            let reduced = duals.reduced_cost(column);
            least = least.min(reduced);
            let group = &mut best[column.set.trailing_zeros() as usize];
            if reduced < group[BATCH - 1].0 {
                group[BATCH - 1] = (reduced, id);
                group.sort_by(|a, b| a.0.total_cmp(&b.0));
            }
        }
        let entering = best.into_iter().flatten().filter(|(_, id)| *id != u32::MAX);
        (least, entering.map(|(_, id)| id).collect())
    }

    /// The columns that can still be in a better division.
    fn fix(&self, node: &Node, relaxation: &Relaxation) -> Vec<Priced> {
        let grids = self.ground.region.grids as f64;
        let duals = &relaxation.duals;
        let priced = node.candidates.iter().map(|&id| {
            let reduced = duals.reduced_cost(&self.columns[id as usize]);
            Priced { id, reduced }
        });
        let priced: Vec<Priced> = priced.collect();
        let least = priced.iter().map(|p| p.reduced).fold(0.0, f64::min);
        let base = duals.sum(self.ground.region.grids) + (grids - 1.0) * least;
        let goal = self.incumbent.goal() + SLACK;
        priced.into_iter().filter(|p| base + p.reduced <= goal).collect()
    }

    /// Takes the solution of the relaxation when it is a division.
    fn try_integral(&mut self, relaxation: &Relaxation) {
        let chosen: Vec<u32> =
            relaxation.in_use.iter().filter(|(_, x)| *x > 0.5).map(|(id, _)| *id).collect();
        self.incumbent.take(self.ground, &self.columns, &chosen);
    }

    /// Searches for better divisions among a few columns; whether it came to an end.
    fn cover(
        &mut self,
        relaxation: &Relaxation,
        priced: Vec<Priced>,
        to_the_end: bool,
        stop: &dyn Fn() -> bool,
    ) -> bool {
        let grids = self.ground.region.grids;
        let nodes = if to_the_end { self.limits.nodes } else { COVER_NODES.min(self.limits.nodes) };
        let columns = &self.columns;
        let mut cover = Cover::new(columns, self.ground.all, grids, priced, nodes);
        let sum = relaxation.duals.sum(grids);
        let ended = loop {
            let goal = self.incumbent.goal() + SLACK;
            // Reduced costs bound the cost from below; the cost itself decides.
            let mut accept = |chosen: &[u32]| {
                chosen.iter().map(|&id| columns[id as usize].cost).sum::<f64>() <= goal
            };
            match cover.search(goal - sum, &mut accept) {
                Ended::Found(chosen) if !stop() => {
                    if !self.incumbent.take(self.ground, columns, &chosen) {
                        break false;
                    }
                }
                Ended::None => break true,
                _ => break false,
            }
        };
        self.limits.nodes -= (nodes - cover.nodes_left()).min(self.limits.nodes);
        ended
    }

    /// Two neighbours that share a grid in about half of the relaxation; `None` when each pair
    /// does or does not.
    fn branching_pair(&self, relaxation: &Relaxation) -> Option<(usize, usize)> {
        let mut best: Option<(f64, (usize, usize))> = None;
        for u in 0..self.ground.region.units() {
            for v in units(self.ground.near[u] >> u >> 1 << u << 1) {
                let share: f64 = relaxation
                    .in_use
                    .iter()
                    .filter(|(id, _)| {
                        let set = self.columns[*id as usize].set;
                        set >> u & 1 == 1 && set >> v & 1 == 1
                    })
                    .map(|(_, x)| x)
                    .sum();
                let off = (share - 0.5).abs();
                if off < 0.499 && best.is_none_or(|(least, _)| off < least) {
                    best = Some((off, (u, v)));
                }
            }
        }
        best.map(|(_, pair)| pair)
    }
}

impl Incumbent {
    /// The most that a better division may cost.
    fn goal(&self) -> f64 {
        if self.best.is_infinite() {
            self.large
        } else if self.whole {
            self.best - 1.0
        } else {
            self.best - SLACK * self.best.abs().max(1.0)
        }
    }

    /// Takes a set of columns as the best division, if it is one and better.
    fn take(&mut self, ground: &Ground, columns: &[Column], chosen: &[u32]) -> bool {
        let region = ground.region;
        let mut covered = 0;
        let mut labels = vec![false; region.grids];
        for &id in chosen {
            let column = &columns[id as usize];
            let label = labels.get_mut(column.label as usize);
            if covered & column.set != 0 || label.is_some_and(|used| std::mem::replace(used, true))
            {
                return false;
            }
            covered |= column.set;
        }
        if covered != ground.all || chosen.len() != region.grids {
            return false;
        }
        let mut owner = vec![u32::MAX; region.units()];
        for &id in chosen {
            let column = &columns[id as usize];
            let label = if column.label == NO_LABEL {
                // One that no grid continues: there are as many labels as grids.
                labels.iter().position(|used| !used).unwrap_or(0)
            } else {
                column.label as usize
            };
            labels[label] = true;
            units(column.set).for_each(|u| owner[u] = label as u32);
        }
        let cost = Partition::new(region, owner.clone()).cost;
        // (A tie with the best is none: the goal lies below it by no more than the slack.)
        if cost > self.goal() + SLACK || cost >= self.best - SLACK / 2.0 {
            return false;
        }
        self.best = cost;
        self.better = Some(Found { owner, cost });
        true
    }
}

//! Mixed objectives: plans improved by terms that do not add up over edges, units and grids (the
//! worst deviation, Polsby–Popper), and by terms that count one after the other.
//!
//! The search of the regions ([`super::solve`]) minimises the linear part of a mix, and proves a
//! bound on it, which is a bound on the whole since no other term is negative. From each of its
//! plans an annealing over flips and swaps of whole nodes then minimises the whole mix; every
//! plan on its way keeps the bounds, the constraints and one piece a grid.

use super::options::{CommunityRule, Mix, Options, Term};
use super::parts::border_cost;
use super::problem::Problem;
use super::search::rng::Rng;
use std::f64::consts::PI;

/// Flips and swaps tried in one cooling: at most, and times units and edges at most.
const STEPS: (u64, u64) = (30_000, 30_000_000);
/// Coolings from each plan.
const COOLINGS: u64 = 2;
/// Stream of random numbers, apart from those of the regions.
const STREAM: u64 = 0x7265_6669_6e65;

/// What a plan is worth by each term of a mix.
pub(super) struct Terms<'a> {
    problem: &'a Problem,
    mix: &'a Mix,
    places: Vec<[f64; 2]>,
    inertia_unit: f64,
}

/// Sums over the units of one grid.
#[derive(Clone, Copy, Default)]
struct Sums {
    households: f64,
    area: f64,
    perimeter: f64,
    moments: [f64; 4],
    community: Option<u32>,
    is_mixed: bool,
}

impl<'a> Terms<'a> {
    pub fn new(problem: &'a Problem, mix: &'a Mix) -> Self {
        let mut terms = Self { problem, mix, places: Vec::new(), inertia_unit: 1.0 };
        if mix.terms.iter().any(|(term, _)| *term == Term::Inertia) {
            terms.places = super::parts::places(problem);
            let one = vec![0; problem.units().len()];
            let edges = problem.graph().edges().len().max(1);
            let grids = problem.number_of_grids();
            let unit = terms.sums(&one, 1)[0].inertia() / (grids * edges) as f64;
            terms.inertia_unit = if unit > 0.0 { unit } else { 1.0 };
        }
        terms
    }

    /// The value of each term of the mix, in its own unit. O(units + edges).
    pub fn values(&self, owner: &[u32]) -> Vec<f64> {
        let problem = self.problem;
        let sums = self.sums(owner, problem.number_of_grids());
        let mean = problem.mean_households();
        let cut = || {
            let edges = problem.graph().edges().iter();
            edges.filter(|e| owner[e.a as usize] != owner[e.b as usize])
        };
        let value = |&(term, _): &(Term, f64)| match term {
            Term::Deviation => {
                let off = |sum: &Sums| (sum.households / mean - 1.0).abs();
                100.0 * sums.iter().map(off).fold(0.0, f64::max)
            }
            Term::CutEdges => cut().count() as f64,
            Term::BorderLength => cut().map(border_cost).sum::<f64>() * 1e-3,
            Term::Inertia => sums.iter().map(Sums::inertia).sum::<f64>() / self.inertia_unit,
            Term::PolsbyPopper => sums.iter().map(|sum| 1.0 - sum.polsby_popper()).sum(),
            Term::Moved => {
                let units = problem.units().iter().zip(owner);
                let moved = units.filter(|(u, grid)| u.present.is_some_and(|home| home != **grid));
                moved.map(|(unit, _)| unit.households as f64).sum::<f64>() / mean
            }
            Term::CommunitiesSplit => sums.iter().filter(|sum| sum.is_mixed).count() as f64,
        };
        self.mix.terms.iter().map(value).collect()
    }

    /// The value of the mix: the weighted sum, or the first of terms that follow each other.
    pub fn total(&self, values: &[f64]) -> f64 {
        if self.mix.lexicographic {
            return values.first().copied().unwrap_or(0.0);
        }
        values.iter().zip(&self.mix.terms).map(|(value, (_, weight))| value * weight).sum()
    }

    fn sums(&self, owner: &[u32], grids: usize) -> Vec<Sums> {
        let mut sums = vec![Sums::default(); grids];
        for (u, (unit, &grid)) in self.problem.units().iter().zip(owner).enumerate() {
            let sum = &mut sums[grid as usize];
            let households = unit.households as f64;
            sum.households += households;
            sum.area += unit.area_m2.unwrap_or(0.0);
            sum.perimeter += unit.outer_border_m.unwrap_or(0.0);
            if let Some(&[x, y]) = self.places.get(u) {
                let more =
                    [households, households * x, households * y, households * (x * x + y * y)];
                sum.moments.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
            }
            if let Some(community) = unit.community {
                sum.is_mixed |= *sum.community.get_or_insert(community) != community;
            }
        }
        for edge in self.problem.graph().edges() {
            let (a, b) = (owner[edge.a as usize], owner[edge.b as usize]);
            if a != b {
                sums[a as usize].perimeter += edge.length_m.unwrap_or(0.0);
                sums[b as usize].perimeter += edge.length_m.unwrap_or(0.0);
            }
        }
        sums
    }
}

impl Sums {
    fn inertia(&self) -> f64 {
        let m = &self.moments;
        m[3] - (m[1] * m[1] + m[2] * m[2]) / m[0].max(1.0)
    }

    fn polsby_popper(&self) -> f64 {
        if self.perimeter > 0.0 {
            (4.0 * PI * self.area / (self.perimeter * self.perimeter)).min(1.0)
        } else {
            0.0
        }
    }
}

/// The units of a change with the grids that they had, and the two grids concerned.
type Change = (Vec<(u32, u32)>, [u32; 2]);

/// What a plan must keep on its way, and whether it does.
struct Keeper<'a> {
    problem: &'a Problem,
    rule: CommunityRule,
    bounds: (i64, i64),
    /// Units of each node.
    nodes: Vec<Vec<u32>>,
}

impl<'a> Keeper<'a> {
    fn new(problem: &'a Problem, options: &Options) -> Self {
        let mut nodes = vec![Vec::new(); problem.units().len()];
        for u in 0..problem.units().len() {
            nodes[problem.rules.node(u) as usize].push(u as u32);
        }
        let bounds = problem.bounds(options.max_deviation);
        Self { problem, rule: options.communities, bounds, nodes }
    }

    /// Whether the grids named are within the bounds and in one piece, and all rules hold.
    fn keeps(&self, owner: &[u32], grids: [u32; 2]) -> bool {
        let (lower, upper) = self.bounds;
        let within = grids.iter().all(|&grid| {
            let units = self.problem.units().iter().zip(owner).filter(|(_, g)| **g == grid);
            let households: u64 = units.map(|(unit, _)| unit.households).sum();
            (lower..=upper).contains(&(households as i64)) && self.is_one_piece(owner, grid)
        });
        within && (!self.problem.is_constrained() || self.problem.rules.hold(owner, true))
    }

    fn is_one_piece(&self, owner: &[u32], grid: u32) -> bool {
        let Some(first) = owner.iter().position(|&g| g == grid) else { return false };
        let all = owner.iter().filter(|&&g| g == grid).count();
        let mut seen = vec![first as u32];
        let mut head = 0;
        while head < seen.len() {
            for &(v, _) in self.problem.graph().neighbours(seen[head] as usize) {
                if owner[v as usize] == grid && !seen.contains(&v) {
                    seen.push(v);
                }
            }
            head += 1;
        }
        seen.len() == all
    }

    /// Whether a unit may join a grid, as far as communities and locks say.
    fn may_join(&self, owner: &[u32], unit: usize, grid: u32) -> bool {
        let rules = &self.problem.rules;
        if rules.is_kept(grid) || rules.is_out(unit) {
            return false;
        }
        let community = |u: usize| self.problem.units()[u].community;
        let of_grid = || owner.iter().position(|&g| g == grid).and_then(community);
        self.rule != CommunityRule::Whole || community(unit) == of_grid()
    }

    /// A flip, or a swap, at a random common border of two grids; the change is made, and what it
    /// was before is returned.
    fn change(&self, owner: &mut [u32], rng: &mut Rng) -> Option<Change> {
        let edges = self.problem.graph().edges();
        let edge = (0..32).map(|_| edges[rng.below(edges.len())]);
        let edge = edge.into_iter().find(|e| owner[e.a as usize] != owner[e.b as usize])?;
        let (u, v) = if rng.below(2) == 0 { (edge.a, edge.b) } else { (edge.b, edge.a) };
        let (from, to) = (owner[u as usize], owner[v as usize]);
        if !self.may_join(owner, u as usize, to) {
            return None;
        }
        let mut changed = self.nodes[self.problem.rules.node(u as usize) as usize].clone();
        let mut back = Vec::new();
        if rng.below(2) == 0 {
            // Another unit of the second grid that touches the first one.
            let touching = edges[rng.below(edges.len())];
            let ends = [(touching.a, touching.b), (touching.b, touching.a)];
            let found = ends
                .into_iter()
                .find(|&(a, b)| owner[a as usize] == to && owner[b as usize] == from);
            let (a, _) = found?;
            if !self.may_join(owner, a as usize, from) {
                return None;
            }
            back = self.nodes[self.problem.rules.node(a as usize) as usize].clone();
        }
        changed.retain(|&u| owner[u as usize] == from);
        back.retain(|&u| owner[u as usize] == to);
        let before: Vec<(u32, u32)> =
            (changed.iter().map(|&u| (u, from))).chain(back.iter().map(|&u| (u, to))).collect();
        changed.iter().for_each(|&u| owner[u as usize] = to);
        back.iter().for_each(|&u| owner[u as usize] = from);
        Some((before, [from, to]))
    }
}

/// A plan improved by a mix.
pub(super) struct Refined {
    pub owner: Vec<u32>,
    /// Value of the mix.
    pub total: f64,
}

/// The best plan by the mix that is found from any of `starts`, each of which keeps the bounds
/// and the constraints. The result depends on the arguments only, unless it is stopped.
pub(super) fn refine(
    problem: &Problem,
    options: &Options,
    mix: &Mix,
    starts: &[Vec<u32>],
    stop: &dyn Fn() -> bool,
) -> Option<Refined> {
    let terms = Terms::new(problem, mix);
    let keeper = Keeper::new(problem, options);
    let mut best: Option<(Vec<f64>, Vec<u32>)> = None;
    let stages = if mix.lexicographic { mix.terms.len() } else { 1 };
    for (number, start) in starts.iter().enumerate() {
        let mut owner = start.clone();
        for stage in 0..stages {
            for cooling in 0..COOLINGS {
                let stream = STREAM ^ ((number as u64) << 16 | (stage as u64) << 8 | cooling);
                let mut rng = Rng::new(options.seed, stream);
                owner = cool(&terms, &keeper, owner, stage, &mut rng, stop);
            }
        }
        let values = terms.values(&owner);
        if best.as_ref().is_none_or(|(least, _)| is_better(&terms, &values, least)) {
            best = Some((values, owner));
        }
    }
    best.map(|(values, owner)| Refined { total: terms.total(&values), owner })
}

/// Whether a plan is better by the mix.
fn is_better(terms: &Terms, values: &[f64], than: &[f64]) -> bool {
    if !terms.mix.lexicographic {
        return terms.total(values) < terms.total(than) - 1e-9;
    }
    let differs = values.iter().zip(than).find(|(a, b)| (**a - **b).abs() > 1e-9);
    differs.is_some_and(|(a, b)| a < b)
}

/// Cools once, by the whole mix or by the term of a stage, the terms before it being kept.
fn cool(
    terms: &Terms,
    keeper: &Keeper,
    start: Vec<u32>,
    stage: usize,
    rng: &mut Rng,
    stop: &dyn Fn() -> bool,
) -> Vec<u32> {
    let problem = terms.problem;
    let size = (problem.units().len() + problem.graph().edges().len()) as u64;
    if problem.graph().edges().is_empty() {
        return start;
    }
    let steps = STEPS.0.min(STEPS.1 / size.max(1)).max(1000);
    let lexicographic = terms.mix.lexicographic;
    let first = terms.values(&start);
    let value = |values: &[f64]| if lexicographic { values[stage] } else { terms.total(values) };
    let keeps_earlier =
        |values: &[f64]| !lexicographic || (0..stage).all(|i| values[i] <= first[i] + 1e-9);
    let (mut owner, mut now) = (start.clone(), value(&first));
    let (mut best, mut least) = (start, now);
    let hot = 0.02 * now.abs().max(1e-6);
    for step in 0..steps {
        if step % 64 == 0 && stop() {
            break;
        }
        let temperature = hot * 0.01f64.powf(step as f64 / steps as f64);
        let Some((before, grids)) = keeper.change(&mut owner, rng) else { continue };
        let values = terms.values(&owner);
        let next = value(&values);
        let wanted = next <= now || next - now < temperature * rng.exponential();
        if wanted && keeps_earlier(&values) && keeper.keeps(&owner, grids) {
            now = next;
            if now < least - 1e-9 {
                least = now;
                best.clone_from(&owner);
            }
        } else {
            before.iter().for_each(|&(u, grid)| owner[u as usize] = grid);
        }
    }
    best
}

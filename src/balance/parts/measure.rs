//! What a search minimises, and the regions that carry its costs.

use super::Part;
use super::nodes::{Nodes, add_home, home_labels, main_home};
use crate::balance::constraints::FREE;
use crate::balance::graph::Edge;
use crate::balance::options::{CommunityRule, Mix, Objective, Options, Term};
use crate::balance::problem::{Problem, ProblemUnit};
use crate::balance::score::mixed_grids;
use crate::balance::search::communities::Communities;
use crate::balance::search::region::{Moments, NOWHERE, Region};
use crate::geometry::Frame;
use std::collections::BTreeMap;

/// Cost of a cut edge when inertia is minimised: it settles the units without households.
pub(in crate::balance) const TIE_BREAK: f64 = 1e-3;

/// What a metre of border along a road or a barrier costs, a metre through a courtyard costing 1.
const BARRIER_COST: f64 = 0.25;

/// Cost of a common border in metres: borders along roads and barriers are cheap to follow.
pub(in crate::balance) fn border_cost(edge: &Edge) -> f64 {
    edge.length_m.unwrap_or(0.0) * if edge.barrier { BARRIER_COST } else { 1.0 }
}

/// How the objective is measured in a search: everything in units of one cut edge.
#[derive(Clone, Debug)]
pub(in crate::balance) struct Measure {
    /// What is minimised, when it is one thing.
    objective: Objective,
    /// What is minimised, when it is a mix.
    mix: Option<Linear>,
    /// The objective's value of one cut edge of mean length.
    pub unit: f64,
    /// Cost of moving the households of one mean grid away from home, in units.
    pub keep: f64,
    /// Cost of a grid in more than one community, in units.
    community_cost: f64,
    /// Whether homes count units rather than households.
    counts_units: bool,
    /// Places in metres from the common centre, for inertia.
    places: Vec<[f64; 2]>,
}

impl Measure {
    /// The measure of a problem under some options.
    pub fn new(problem: &Problem, options: &Options) -> Self {
        let edges = problem.graph().edges();
        let mut measure = Self {
            objective: options.objective,
            mix: options.whole_mix().as_ref().map(Linear::of),
            unit: 1.0,
            keep: options.keep,
            community_cost: 0.0,
            counts_units: false,
            places: Vec::new(),
        };
        if let Some(mix) = &mut measure.mix {
            measure.keep += mix.moved;
            measure.community_cost = mix.communities;
            if mix.inertia > 0.0 {
                measure.places = places(problem);
                let scale = measure.mean_inertia(problem);
                if let Some(mix) = &mut measure.mix {
                    mix.inertia /= scale;
                }
            }
            return measure;
        }
        match options.objective {
            Objective::CutEdges => {}
            Objective::BorderLength => {
                let total: f64 = edges.iter().map(border_cost).sum();
                measure.unit = total / edges.len().max(1) as f64;
            }
            Objective::Inertia => {
                measure.places = places(problem);
                measure.unit = measure.mean_inertia(problem);
            }
        }
        if measure.unit <= 0.0 || !measure.unit.is_finite() {
            measure.unit = 1.0;
        }
        if options.communities == CommunityRule::Soft {
            // Said in edges, kilometres, or the search's own unit of inertia.
            let one = match options.objective {
                Objective::BorderLength => 1e3 / measure.unit,
                Objective::CutEdges | Objective::Inertia => 1.0,
            };
            measure.community_cost = options.community_cost * one;
        }
        measure
    }

    /// Inertia of the whole area, for each grid and edge: its unit in a search.
    fn mean_inertia(&self, problem: &Problem) -> f64 {
        let all = (0..problem.units().len()).map(|u| self.moment(problem, u));
        let total = inertia(all.fold([0.0; 4], plus));
        let edges = problem.graph().edges().len().max(1);
        let mean = total / (problem.number_of_grids() * edges) as f64;
        if mean > 0.0 && mean.is_finite() { mean } else { 1.0 }
    }

    /// The same measure with another pull towards the present plan.
    pub fn with_pull(&self, keep: f64) -> Self {
        Self { keep, ..self.clone() }
    }

    /// The same measure with a pull towards the present plan for each unit, whatever it weighs:
    /// `keep` for a mean grid's units.
    pub fn with_unit_pull(&self, keep: f64) -> Self {
        Self { keep, counts_units: true, ..self.clone() }
    }

    /// The least that one move more costs, when the pull counts units: a household's share.
    pub fn least_step(&self, problem: &Problem) -> f64 {
        let per_grid = problem.units().len() as f64 / problem.number_of_grids() as f64;
        self.keep * 0.5 / problem.households() as f64 / per_grid
    }

    /// Whether every value is a whole number.
    pub fn is_whole(&self) -> bool {
        self.objective == Objective::CutEdges
            && self.mix.is_none()
            && self.keep + self.community_cost == 0.0
    }

    /// Moments of one unit, unscaled: households, and those times x, y, x² + y².
    fn moment(&self, problem: &Problem, u: usize) -> [f64; 4] {
        let m = problem.units()[u].households as f64;
        let [x, y] = self.places[u];
        [m, m * x, m * y, m * (x * x + y * y)]
    }

    /// Cost of cutting an edge, in units.
    pub fn edge_cost(&self, edge: &Edge) -> f64 {
        if let Some(mix) = &self.mix {
            return mix.cut + mix.border * border_cost(edge);
        }
        match self.objective {
            Objective::CutEdges => 1.0,
            Objective::BorderLength => border_cost(edge) / self.unit,
            Objective::Inertia => TIE_BREAK,
        }
    }

    /// What inertia is multiplied by, in units; 0 when it does not count.
    fn inertia_scale(&self) -> f64 {
        match &self.mix {
            Some(mix) => mix.inertia,
            None if self.objective == Objective::Inertia => 1.0 / self.unit,
            None => 0.0,
        }
    }

    /// What a unit's leaving home costs, in units.
    fn home_cost(&self, problem: &Problem, u: usize) -> f64 {
        let households = problem.units()[u].households as f64;
        if !self.counts_units {
            return self.keep * households / problem.mean_households();
        }
        // All households together cost less than half a unit's move.
        let tie = 0.5 * households / problem.households() as f64;
        let per_grid = problem.units().len() as f64 / problem.number_of_grids() as f64;
        self.keep * (1.0 + tie) / per_grid
    }

    /// The value of the objective, in its own unit (edges, metres, household·m²), of the pull
    /// towards the present plan, and of the grids in more than one community.
    pub fn value(&self, problem: &Problem, owner: &[u32]) -> f64 {
        let cut = problem.graph().edges().iter();
        let cut = cut.filter(|e| owner[e.a as usize] != owner[e.b as usize]);
        let own = match self.objective {
            _ if self.mix.is_some() => {
                let inertia = self.inertia_scale() * self.inertia(problem, owner);
                cut.map(|e| self.edge_cost(e)).sum::<f64>() + inertia
            }
            Objective::CutEdges => cut.count() as f64,
            Objective::BorderLength => cut.map(border_cost).sum(),
            Objective::Inertia => {
                self.inertia(problem, owner) + TIE_BREAK * self.unit * cut.count() as f64
            }
        };
        let moved = problem.units().iter().zip(owner);
        let moved = moved.filter(|(unit, grid)| unit.present.is_some_and(|home| home != **grid));
        let moved: u64 = moved.map(|(unit, _)| unit.households).sum();
        let mixed =
            if self.community_cost > 0.0 { mixed_grids(problem, owner) } else { Vec::new() };
        let mixed = mixed.into_iter().filter(|&mixed| mixed).count();
        own + self.keep * self.unit * moved as f64 / problem.mean_households()
            + self.community_cost * self.unit * mixed as f64
    }

    /// The moment of inertia of all grids together; 0 when it does not count.
    fn inertia(&self, problem: &Problem, owner: &[u32]) -> f64 {
        if self.inertia_scale() == 0.0 {
            return 0.0;
        }
        let mut sums = vec![[0.0; 4]; problem.number_of_grids()];
        for (u, &grid) in owner.iter().enumerate() {
            let sum = &mut sums[grid as usize];
            *sum = plus(*sum, self.moment(problem, u));
        }
        sums.into_iter().map(inertia).sum()
    }

    /// What every plan costs besides the regions and the edges between them, in units: the
    /// inertia of locked grids and what their communities cost, and the moves that units which
    /// stay together cannot avoid.
    pub fn constant(&self, problem: &Problem) -> f64 {
        let rules = &problem.rules;
        let scale = self.inertia_scale();
        let mut constant = 0.0;
        if self.community_cost > 0.0 {
            let fixed = |u: usize| if rules.is_out(u) { rules.fixed(u) } else { FREE };
            let locked: Vec<u32> = (0..problem.units().len()).map(fixed).collect();
            let mixed = mixed_grids(problem, &locked).into_iter().filter(|&mixed| mixed);
            constant += self.community_cost * mixed.count() as f64;
        }
        if scale > 0.0 {
            for grid in rules.kept() {
                let units = (0..problem.units().len()).filter(|&u| rules.fixed(u) == grid);
                constant +=
                    scale * inertia(units.map(|u| self.moment(problem, u)).fold([0.0; 4], plus));
            }
        }
        if self.keep > 0.0 && problem.is_constrained() {
            // Of each node a unit, and the homes of all.
            let mut nodes: BTreeMap<u32, (usize, Vec<(u32, f64)>)> = BTreeMap::new();
            for u in (0..problem.units().len()).filter(|&u| !rules.is_out(u)) {
                let (_, homes) = nodes.entry(rules.node(u)).or_insert((u, Vec::new()));
                add_home(homes, problem.units()[u].present, self.home_cost(problem, u));
            }
            for (u, homes) in nodes.into_values() {
                constant += main_home(&homes, rules.fixed(u)).map_or(0.0, |home| home.2);
            }
        }
        constant
    }

    /// The region of a part that is to have `grids` grids within `bounds`.
    pub fn region(
        &self,
        problem: &Problem,
        part: &Part,
        grids: usize,
        bounds: (i64, i64),
    ) -> Region {
        let nodes = Nodes::of(problem, part);
        let labels = home_labels(problem, part, grids);
        let label_of = |grid: u32| labels.iter().position(|&l| l == Some(grid)).map(|l| l as u32);
        let mut region = Region {
            units: part.units.clone(),
            node_of: nodes.of_unit.clone(),
            offsets: vec![0],
            grids,
            lower: bounds.0,
            upper: bounds.1,
            mean: problem.mean_households(),
            ..Region::default()
        };
        let mut moments = Vec::new();
        for (node, members) in nodes.members.iter().enumerate() {
            for (target, cost) in self.slots(problem, &nodes, node) {
                region.targets.push(target);
                region.costs.push(cost);
            }
            region.offsets.push(region.targets.len() as u32);
            let units = || members.iter().map(|&u| u as usize);
            let weights = units().map(|u| problem.units()[u].households as i64);
            region.weight.push(weights.sum());
            let mut homes = Vec::new();
            units().for_each(|u| {
                add_home(&mut homes, problem.units()[u].present, self.home_cost(problem, u));
            });
            let home = main_home(&homes, problem.rules.fixed(members[0] as usize));
            let label = home.and_then(|(grid, ..)| label_of(grid));
            region.home.push(label.unwrap_or(NOWHERE));
            region.home_cost.push(home.map_or(0.0, |(_, cost, _)| cost));
            if self.inertia_scale() > 0.0 {
                let all = units().map(|u| self.moment(problem, u)).fold([0.0; 4], plus);
                moments.push(all.map(|m| m * self.inertia_scale()));
            }
        }
        if !moments.is_empty() {
            region.moments = Some(Moments { unit: moments });
        }
        if self.community_cost > 0.0 {
            let community = |&u: &u32| problem.units()[u as usize].community;
            let of = nodes.members.iter().map(|node| node.iter().filter_map(community).collect());
            region.communities = Communities::new(of, self.community_cost);
        }
        region.side = nodes.side(problem, &region, label_of);
        region.complete();
        region
    }

    /// The neighbours of a node, each with the cost of cutting all that joins them.
    fn slots(&self, problem: &Problem, nodes: &Nodes, node: usize) -> Vec<(u32, f64)> {
        let mut slots: Vec<(u32, f64)> = Vec::new();
        for &u in &nodes.members[node] {
            for &(v, edge) in problem.graph().neighbours(u as usize) {
                let Some(target) = nodes.node(v).filter(|&target| target as usize != node) else {
                    continue;
                };
                let cost = self.edge_cost(&problem.graph().edges()[edge as usize]);
                match slots.iter_mut().find(|(known, _)| *known == target) {
                    Some((_, sum)) => *sum += cost,
                    None => slots.push((target, cost)),
                }
            }
        }
        slots.sort_unstable_by_key(|slot| slot.0);
        slots
    }
}

/// A mix of the objectives that add up over edges, units and grids; costs in its own value.
#[derive(Clone, Copy, Debug)]
struct Linear {
    /// Of one cut edge.
    cut: f64,
    /// Of one metre of border, roads and barriers counting a quarter.
    border: f64,
    /// Of the moment of inertia, in the search's own unit of it.
    inertia: f64,
    /// Of the households of a mean grid away from home.
    moved: f64,
    /// Of a grid in more than one community.
    communities: f64,
}

impl Linear {
    fn of(mix: &Mix) -> Self {
        let of = |term| mix.linear_weight(term);
        let (cut, border) = (of(Term::CutEdges), of(Term::BorderLength) * 1e-3);
        let (inertia, moved) = (of(Term::Inertia), of(Term::Moved));
        let cut = if cut + border == 0.0 { TIE_BREAK } else { cut };
        Self { cut, border, inertia, moved, communities: of(Term::CommunitiesSplit) }
    }
}

fn plus(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    std::array::from_fn(|i| a[i] + b[i])
}

/// Inertia about the centre, from moments.
fn inertia(m: [f64; 4]) -> f64 {
    m[3] - (m[1] * m[1] + m[2] * m[2]) / m[0].max(1.0)
}

/// Centres of the units in metres from the middle of them all.
pub(in crate::balance) fn places(problem: &Problem) -> Vec<[f64; 2]> {
    let centres = || problem.units().iter().filter_map(|unit| unit.centroid);
    let Some(window) = crate::domain::BBox::around(centres()) else {
        return vec![[0.0; 2]; problem.units().len()];
    };
    let frame = Frame::for_bbox(window);
    let place = |unit: &ProblemUnit| {
        let point = unit.centroid.map(|c| frame.to_grid(c)).unwrap_or_default();
        [point.x as f64 * 1e-3, point.y as f64 * 1e-3]
    };
    problem.units().iter().map(place).collect()
}

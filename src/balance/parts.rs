//! The parts of a problem that are searched alone, and the regions made of them.

use super::graph::Edge;
use super::options::{CommunityRule, Objective, Options};
use super::problem::Problem;
use super::search::region::{Moments, NOWHERE, Region};
use crate::geometry::Frame;

/// Cost of a cut edge when inertia is minimised: it settles the units without households.
const TIE_BREAK: f64 = 1e-3;

/// What a metre of border along a road or a barrier costs, a metre through a courtyard costing 1.
const BARRIER_COST: f64 = 0.25;

/// Cost of a common border in metres: borders along roads and barriers are cheap to follow.
fn border_cost(edge: &Edge) -> f64 {
    edge.length_m.unwrap_or(0.0) * if edge.barrier { BARRIER_COST } else { 1.0 }
}

/// A connected set of units that no grid leaves: a community, or a piece of one, or a component
/// of the graph.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Indices of the units, ascending.
    pub units: Vec<u32>,
    /// Its community, when communities are kept whole.
    pub community: Option<u32>,
    /// Number of parts that its community falls into.
    pub siblings: usize,
    /// Households of all its units.
    pub households: i64,
}

/// The parts, in the order of their first units.
pub(super) fn parts(problem: &Problem, rule: CommunityRule) -> Vec<Part> {
    let class = |u: usize| match rule {
        CommunityRule::Whole => problem.units()[u].community,
        CommunityRule::Ignore => None,
    };
    let (piece, count) = problem.graph().pieces(class);
    let mut parts: Vec<Part> = (0..count)
        .map(|_| Part { units: Vec::new(), community: None, siblings: 1, households: 0 })
        .collect();
    for (u, &p) in piece.iter().enumerate() {
        let part = &mut parts[p as usize];
        part.units.push(u as u32);
        part.community = class(u);
        part.households += problem.units()[u].households as i64;
    }
    let communities: Vec<Option<u32>> = parts.iter().map(|part| part.community).collect();
    for part in &mut parts {
        part.siblings = communities.iter().filter(|&&c| c == part.community).count();
    }
    parts
}

/// How the objective is measured in a search: everything in units of one cut edge.
#[derive(Clone, Debug)]
pub(super) struct Measure {
    /// What is minimised.
    pub objective: Objective,
    /// The objective's value of one cut edge of mean length.
    pub unit: f64,
    /// Cost of moving the households of one mean grid away from home, in units.
    pub keep: f64,
    /// Places in metres from the common centre, for inertia.
    places: Vec<[f64; 2]>,
}

impl Measure {
    /// The measure of a problem under some options.
    pub fn new(problem: &Problem, options: &Options) -> Self {
        let edges = problem.graph().edges();
        let mut measure = Self {
            objective: options.objective,
            unit: 1.0,
            keep: options.keep,
            places: Vec::new(),
        };
        match options.objective {
            Objective::CutEdges => {}
            Objective::BorderLength => {
                let total: f64 = edges.iter().map(border_cost).sum();
                measure.unit = total / edges.len().max(1) as f64;
            }
            Objective::Inertia => {
                measure.places = places(problem);
                let all = (0..problem.units().len()).map(|u| measure.moment(problem, u));
                let sum = all.fold([0.0; 4], |a, b| std::array::from_fn(|i| a[i] + b[i]));
                let total = sum[3] - (sum[1] * sum[1] + sum[2] * sum[2]) / sum[0].max(1.0);
                measure.unit = total / (problem.number_of_grids() * edges.len().max(1)) as f64;
            }
        }
        if measure.unit <= 0.0 || !measure.unit.is_finite() {
            measure.unit = 1.0;
        }
        measure
    }

    /// The same measure with another pull towards the present plan.
    pub fn with_pull(&self, keep: f64) -> Self {
        Self { keep, ..self.clone() }
    }

    /// Moments of one unit, unscaled: households, and those times x, y, x² + y².
    fn moment(&self, problem: &Problem, u: usize) -> [f64; 4] {
        let m = problem.units()[u].households as f64;
        let [x, y] = self.places[u];
        [m, m * x, m * y, m * (x * x + y * y)]
    }

    /// Cost of cutting an edge, in units.
    pub fn edge_cost(&self, edge: &Edge) -> f64 {
        match self.objective {
            Objective::CutEdges => 1.0,
            Objective::BorderLength => border_cost(edge) / self.unit,
            Objective::Inertia => TIE_BREAK,
        }
    }

    /// The value of the objective, in its own unit (edges, metres, household·m²), and of the pull
    /// towards the present plan.
    pub fn value(&self, problem: &Problem, owner: &[u32]) -> f64 {
        let cut = problem.graph().edges().iter();
        let cut = cut.filter(|e| owner[e.a as usize] != owner[e.b as usize]);
        let own = match self.objective {
            Objective::CutEdges => cut.count() as f64,
            Objective::BorderLength => cut.map(border_cost).sum(),
            Objective::Inertia => {
                let mut sums = vec![[0.0; 4]; problem.number_of_grids()];
                for (u, &grid) in owner.iter().enumerate() {
                    let m = self.moment(problem, u);
                    let sum = &mut sums[grid as usize];
                    *sum = std::array::from_fn(|i| sum[i] + m[i]);
                }
                let one = |m: &[f64; 4]| m[3] - (m[1] * m[1] + m[2] * m[2]) / m[0].max(1.0);
                sums.iter().map(one).sum::<f64>() + TIE_BREAK * self.unit * cut.count() as f64
            }
        };
        let moved = problem.units().iter().zip(owner);
        let moved = moved.filter(|(unit, grid)| unit.present.is_some_and(|home| home != **grid));
        let moved: u64 = moved.map(|(unit, _)| unit.households).sum();
        own + self.keep * self.unit * moved as f64 / problem.mean_households()
    }

    /// The region of a part that is to have `grids` grids within `bounds`.
    pub fn region(
        &self,
        problem: &Problem,
        part: &Part,
        grids: usize,
        bounds: (i64, i64),
    ) -> Region {
        let mut local = vec![u32::MAX; problem.units().len()];
        for (index, &u) in part.units.iter().enumerate() {
            local[u as usize] = index as u32;
        }
        let homes = home_labels(problem, part, grids);
        let mean = problem.mean_households();
        let mut region = Region {
            units: part.units.clone(),
            offsets: vec![0],
            grids,
            lower: bounds.0,
            upper: bounds.1,
            mean,
            ..Region::default()
        };
        for &u in &part.units {
            let unit = &problem.units()[u as usize];
            for &(v, edge) in problem.graph().neighbours(u as usize) {
                if local[v as usize] != u32::MAX {
                    region.targets.push(local[v as usize]);
                    let edge = &problem.graph().edges()[edge as usize];
                    region.costs.push(self.edge_cost(edge));
                }
            }
            region.offsets.push(region.targets.len() as u32);
            region.weight.push(unit.households as i64);
            let home = homes.iter().position(|&h| h.is_some() && h == unit.present);
            region.home.push(home.map_or(NOWHERE, |h| h as u32));
            region.home_cost.push(self.keep * unit.households as f64 / mean);
        }
        if self.objective == Objective::Inertia {
            let scaled = |&u: &u32| self.moment(problem, u as usize).map(|m| m / self.unit);
            region.moments = Some(Moments { unit: part.units.iter().map(scaled).collect() });
        }
        region.complete();
        region
    }
}

/// The present grids that the labels of a part stand for: those with most households in it.
fn home_labels(problem: &Problem, part: &Part, grids: usize) -> Vec<Option<u32>> {
    let mut households = vec![0u64; problem.number_of_grids()];
    for &u in &part.units {
        let unit = &problem.units()[u as usize];
        if let Some(home) = unit.present {
            households[home as usize] += unit.households + 1;
        }
    }
    let mut present: Vec<u32> =
        (0..households.len() as u32).filter(|&g| households[g as usize] > 0).collect();
    present.sort_by_key(|&g| (std::cmp::Reverse(households[g as usize]), g));
    present.truncate(grids);
    present.sort_unstable();
    let mut labels: Vec<Option<u32>> = present.into_iter().map(Some).collect();
    labels.resize(grids, None);
    labels
}

/// Centres of the units in metres from the middle of them all.
fn places(problem: &Problem) -> Vec<[f64; 2]> {
    let centres = || problem.units().iter().filter_map(|unit| unit.centroid);
    let Some(window) = crate::domain::BBox::around(centres()) else {
        return vec![[0.0; 2]; problem.units().len()];
    };
    let frame = Frame::for_bbox(window);
    let place = |unit: &super::problem::ProblemUnit| {
        let point = unit.centroid.map(|c| frame.to_grid(c)).unwrap_or_default();
        [point.x as f64 * 1e-3, point.y as f64 * 1e-3]
    };
    problem.units().iter().map(place).collect()
}

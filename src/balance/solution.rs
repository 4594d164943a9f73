//! What a search hands back: plans with their figures, or why there is none.

use super::cells::Cell;
use super::parts::Part;
use super::problem::{Problem, ProblemUnit};
use super::score::Score;
use super::shares::least_deviation;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// What is known about the best plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The first plan is proven to be optimal.
    Optimal,
    /// There are plans; whether better ones exist is not proven.
    Feasible,
    /// Proven: no plan keeps the bounds.
    Infeasible,
    /// No plan was found, and none was proven not to exist: the search was cut short, or the
    /// bounds are very tight.
    Unknown,
}

/// The answer of a search; serializes to the JSON of `wangge balance`.
#[derive(Clone, Debug, Serialize)]
pub struct Solution {
    /// What is known.
    pub status: Status,
    /// Seed of the search.
    pub seed: u64,
    /// Seconds that it took.
    pub elapsed_s: f64,
    /// Greatest deviation allowed.
    pub max_deviation: f64,
    /// What was minimised.
    pub objective: super::options::Objective,
    /// What was minimised instead, when it was several things.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mix: Option<super::options::Mix>,
    /// Distinct plans, the best by the objective first.
    pub plans: Vec<Plan>,
    /// Why there is no plan.
    pub reason: Option<Reason>,
    /// Where there is no plan: the best-balanced one found all the same.
    pub nearest: Option<Plan>,
}

/// What a plan is good at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// Best by the objective.
    Objective,
    /// Smallest worst deviation.
    Balance,
    /// Fewest households moved from the present plan.
    FewestMoves,
    /// Fewest units moved from the present plan, whatever they hold.
    FewestUnits,
    /// Shortest border between grids.
    Border,
    /// Between the others: not beaten by any in balance, moves and border at once.
    Compromise,
    /// As good as the first within a few per cent, and different.
    Alternative,
}

/// A plan with its figures.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// Code of the grid of each unit, units left out of the balance included.
    pub assignment: Assignment,
    /// Index of the grid of each unit of the problem, in the problem's order.
    #[serde(skip)]
    pub owner: Vec<u32>,
    /// What it is good at.
    pub good_for: Vec<Strength>,
    /// At what it is proven that no plan is better.
    pub proven_for: Vec<Strength>,
    /// Its figures.
    #[serde(flatten)]
    pub score: Score,
    /// Value of the objective (edges, metres or household·m², and the pull to the present plan).
    pub objective: f64,
    /// No plan within the bounds has a lower value; proven.
    pub bound: Option<f64>,
    /// (objective − bound) / objective.
    pub gap: Option<f64>,
}

/// Unit ids and grid codes in the order of the units; serializes as an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment(pub Vec<(String, String)>);

impl Serialize for Assignment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (unit, grid) in &self.0 {
            map.serialize_entry(unit, grid)?;
        }
        map.end()
    }
}

/// Which constraint cannot hold (or was not met), with the evidence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reason {
    /// Name of the constraint: `grids`, `unit`, `share`, `shares`, `contiguity`, `search`,
    /// `option`.
    pub constraint: String,
    /// Whether it is proven that no plan exists.
    pub proven: bool,
    /// In words a planner can read.
    pub message: String,
    /// The same in Chinese.
    pub message_zh: String,
    /// Code of the community concerned.
    pub community: Option<String>,
    /// Units concerned, the first few.
    pub units: Vec<String>,
    /// Households concerned.
    pub households: Option<u64>,
    /// No plan exists with a smaller deviation; proven.
    pub least_deviation: Option<f64>,
}

/// A share as a planner writes it: 6.2 %, rounded up so that it is not below the truth.
fn percent(share: f64) -> String {
    format!("{:.2} %", (share * 10_000.0 - 1e-6).ceil() / 100.0)
}

/// The first few ids of units.
fn some_ids(problem: &Problem, units: &[u32]) -> Vec<String> {
    units.iter().take(5).map(|&u| problem.units()[u as usize].id.clone()).collect()
}

/// The name of a part for messages, in English and Chinese.
fn part_name(problem: &Problem, part: &Part) -> (String, String) {
    let ids = some_ids(problem, &part.units).join(", ");
    let community = part.community.map(|c| &problem.communities()[c as usize]);
    match (community, part.siblings) {
        (Some(c), 1) => {
            (format!("community {} ({})", c.name, c.code), format!("{}（{}）", c.name, c.code))
        }
        (Some(c), n) => (
            format!("one of the {n} pieces of community {} (units {ids} …)", c.name),
            format!("{}的{n}块之一（单元 {ids} …）", c.name),
        ),
        (None, 1) => ("the area".to_owned(), "全域".to_owned()),
        (None, n) => (
            format!("one of the {n} unconnected parts of the area (units {ids} …)"),
            format!("互不相连的{n}部分之一（单元 {ids} …）"),
        ),
    }
}

impl Reason {
    fn new(constraint: &str, proven: bool, message: String, message_zh: String) -> Self {
        Self {
            constraint: constraint.to_owned(),
            proven,
            message,
            message_zh,
            community: None,
            units: Vec::new(),
            households: None,
            least_deviation: None,
        }
    }

    /// The nearest deviation that arithmetic does not exclude, as a field and as words.
    fn with_least(mut self, problem: &Problem, parts: &[Part]) -> Self {
        let least = least_deviation(problem, parts);
        if least.is_finite() {
            self.least_deviation = Some(least);
            self.message += &format!("; no plan exists below ±{}", percent(least));
            self.message_zh += &format!("；偏差低于±{}时无解", percent(least));
        }
        self
    }

    /// More parts than grids.
    pub(super) fn too_many_parts(problem: &Problem, parts: &[Part]) -> Option<Self> {
        let (k, n) = (problem.grids_to_make(), parts.len());
        if k >= n {
            return None;
        }
        let (what, what_zh) = if parts.iter().any(|part| part.community.is_some()) {
            (
                "communities, or pieces of them, that no grid may leave",
                "个不可跨越的社区（或其分块）",
            )
        } else {
            ("parts that do not touch", "个互不相连的部分")
        };
        let message = format!("{k} grids cannot cover {n} {what}: each needs a grid of its own");
        let message_zh = format!("{k}个网格无法覆盖{n}{what_zh}：每一个至少需要一个网格");
        let small = parts.iter().min_by_key(|part| part.units.len());
        let units = small.map(|part| some_ids(problem, &part.units)).unwrap_or_default();
        Some(Self { units, ..Self::new("grids", true, message, message_zh) })
    }

    /// One unit is heavier than any grid may be.
    pub(super) fn heavy_unit(
        problem: &Problem,
        parts: &[Part],
        unit: &ProblemUnit,
        bounds: (i64, i64),
    ) -> Self {
        let (id, households, most) = (&unit.id, unit.households, bounds.1);
        let message = format!(
            "unit {id} alone holds {households} households, more than the {most} that a grid may \
             hold"
        );
        let message_zh = format!("单元{id}本身有{households}户，超过一个网格的上限{most}户");
        let mut reason = Self::new("unit", true, message, message_zh).with_least(problem, parts);
        reason.units = vec![id.clone()];
        reason.households = Some(households);
        reason
    }

    /// A part that no whole number of grids fits.
    pub(super) fn no_share(
        problem: &Problem,
        parts: &[Part],
        part: &Part,
        (lower, upper): (i64, i64),
    ) -> Self {
        let (name, name_zh) = part_name(problem, part);
        let households = part.households;
        let fair = (households as f64 / problem.mean_households()).round().max(1.0);
        let each = households as f64 / fair;
        let message = format!(
            "{name} holds {households} households in {} units, which no number of grids of {lower} \
             to {upper} households divides ({fair} would hold {each:.0} on average)",
            part.units.len()
        );
        let message_zh = format!(
            "{name_zh}共{households}户、{}个单元，无法分成若干个{lower}至{upper}户的网格\
             （分成{fair}个时平均{each:.0}户）",
            part.units.len()
        );
        let mut reason = Self::new("share", true, message, message_zh).with_least(problem, parts);
        reason.community = part.community.map(|c| problem.communities()[c as usize].code.clone());
        reason.units = some_ids(problem, &part.units);
        reason.households = Some(households as u64);
        reason
    }

    /// Every part could be divided, but not into `k` grids in all.
    pub(super) fn shares_do_not_add_up(
        problem: &Problem,
        parts: &[Part],
        (lower, upper): (i64, i64),
        least: usize,
        most: usize,
    ) -> Self {
        let k = problem.grids_to_make();
        let n = parts.len();
        let message = format!(
            "grids of {lower} to {upper} households that stay inside the {n} communities or \
             pieces can number {least} to {most} in all, not {k}"
        );
        let message_zh = format!(
            "在{n}个社区（或分块）内按每网格{lower}至{upper}户划分，总数只能是{least}至{most}个，而非{k}个"
        );
        Self::new("shares", true, message, message_zh).with_least(problem, parts)
    }

    /// The search found nothing.
    pub(super) fn not_found(problem: &Problem, parts: &[Part], max_deviation: f64) -> Self {
        let within = percent(max_deviation);
        let message = format!(
            "no plan within ±{within} was found, nor is it proven that there is none; search \
             longer (--time-limit) or allow more"
        );
        let message_zh =
            format!("未找到偏差在±{within}以内的方案，也未证明其不存在；请延长搜索时间或放宽偏差");
        Self::new("search", false, message, message_zh).with_least(problem, parts)
    }

    /// A part that no connected grids divide.
    pub(super) fn contiguity(
        problem: &Problem,
        parts: &[Part],
        cell: &Cell,
        max_deviation: f64,
    ) -> Self {
        let part = &parts[cell.part];
        let (name, name_zh) = part_name(problem, part);
        let (lower, upper) = (cell.region.lower, cell.region.upper);
        let (grids, within) = (cell.grids, percent(max_deviation));
        let message = format!(
            "{name} cannot be divided into {grids} grids, each in one piece and of {lower} to \
             {upper} households (±{within}): all possible grids were listed and no choice of them \
             fits together"
        );
        let message_zh = format!(
            "{name_zh}无法分成{grids}个各自连成一片、户数在{lower}至{upper}之间（±{within}）的网格：\
             已列出所有可能的网格，没有任何组合成立"
        );
        let community = part.community.map(|c| problem.communities()[c as usize].code.clone());
        let households = Some(part.households as u64);
        let reason = Self::new("contiguity", true, message, message_zh);
        Self { community, households, least_deviation: Some(max_deviation), ..reason }
    }

    /// Adds the nearest plan that was found.
    pub(super) fn with_nearest(mut self, nearest: Option<&Plan>) -> Self {
        if let Some(plan) = nearest {
            let found = percent(plan.score.max_deviation);
            self.message += &format!("; the nearest plan found is within ±{found}");
            self.message_zh += &format!("；找到的最接近方案偏差为±{found}");
        }
        self
    }

    /// A setting that makes no sense.
    pub(super) fn option(error: &super::error::BalanceError) -> Self {
        Self::new("option", true, error.to_string(), format!("设置无效：{error}"))
    }
}

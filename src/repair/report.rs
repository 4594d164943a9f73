//! What a repair does, what it leaves to people, and what changes for each grid.

use crate::domain::{Finding, Geometry};
use serde::Serialize;
use std::collections::BTreeMap;

/// What is done in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum ActionKind {
    /// Repeated corners, spikes and self-crossings are taken out of a ring, rings turned the right
    /// way, corners that differ by less than a millimetre given the same numbers.
    #[serde(rename = "ring.clean")]
    CleanRing,
    /// A border gets corners that its neighbour has.
    #[serde(rename = "edge.match")]
    MatchEdge,
    /// What several grids hold is left to one of them.
    #[serde(rename = "overlap.assign")]
    AssignOverlap,
    /// What lies beyond the outline is cut off.
    #[serde(rename = "outside.cut")]
    CutOutside,
    /// What no grid holds goes to one.
    #[serde(rename = "gap.fill")]
    FillGap,
    /// A piece that the mending has cut off from its grid goes to a neighbour.
    #[serde(rename = "piece.move")]
    MovePiece,
    /// A feature of a net takes over the border of its grid.
    #[serde(rename = "net.snap")]
    SnapNet,
    /// Features of a net that divide one grid are united.
    #[serde(rename = "net.unite")]
    UniteNet,
    /// A feature of a net is divided along the borders of its grids.
    #[serde(rename = "net.divide")]
    DivideNet,
    /// A grid gets the feature that it lacks.
    #[serde(rename = "net.add")]
    AddToNet,
}

impl ActionKind {
    /// The kind as it is written in the report.
    pub fn name(self) -> &'static str {
        match self {
            Self::CleanRing => "ring.clean",
            Self::MatchEdge => "edge.match",
            Self::AssignOverlap => "overlap.assign",
            Self::CutOutside => "outside.cut",
            Self::FillGap => "gap.fill",
            Self::MovePiece => "piece.move",
            Self::SnapNet => "net.snap",
            Self::UniteNet => "net.unite",
            Self::DivideNet => "net.divide",
            Self::AddToNet => "net.add",
        }
    }
}

/// Why something is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It would move a corner of a locked grid.
    Locked,
    /// It would split a compound among grids, or leave it without one.
    SplitsCompound,
    /// It would leave a polygon without area.
    Empties,
    /// It is larger than may be given away without being asked.
    TooLarge,
    /// No grid borders on it.
    NoNeighbour,
    /// Which feature belongs to which grid is for people to say.
    AskIds,
    /// Where a border is to run is for people to say.
    AskBorder,
    /// The whole layer is shifted: its reference system has to be set first.
    WrongSystem,
}

/// One mend.
#[derive(Clone, Debug, Serialize)]
pub struct Action {
    /// What is done.
    pub kind: ActionKind,
    /// The rule of the check whose finding it mends.
    pub rule: String,
    /// Layer that changes.
    pub layer: String,
    /// Keys of the features concerned; the one that wins first.
    pub features: Vec<String>,
    /// Area that changes hands, in m².
    pub area_m2: Option<f64>,
    /// Households of the compounds there.
    pub households: u64,
    /// Those compounds.
    pub compounds: Vec<String>,
    /// What is done, in English.
    pub message: String,
    /// What is done, in Chinese.
    pub message_zh: String,
    /// Why so, in English.
    pub why: String,
    /// Why so, in Chinese.
    pub why_zh: String,
    /// Whether a person should confirm it: ids come or go.
    pub confirm: bool,
    /// Where.
    pub geometry: Option<Geometry>,
}

/// What is left as it is.
#[derive(Clone, Debug, Serialize)]
pub struct Refusal {
    /// Why, as a word for programs.
    pub reason: Reason,
    /// The rule of the check whose finding stays.
    pub rule: String,
    /// Layer.
    pub layer: String,
    /// Keys of the features concerned.
    pub features: Vec<String>,
    /// Area concerned, in m².
    pub area_m2: Option<f64>,
    /// Households concerned.
    pub households: u64,
    /// Compounds concerned.
    pub compounds: Vec<String>,
    /// What is left, in English.
    pub message: String,
    /// What is left, in Chinese.
    pub message_zh: String,
    /// Why, in English.
    pub why: String,
    /// Why, in Chinese.
    pub why_zh: String,
    /// What a person can do, in English.
    pub advice: String,
    /// What a person can do, in Chinese.
    pub advice_zh: String,
    /// Values that would settle it, where they are known: the `grid_codes` of each feature.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub suggestion: BTreeMap<String, Vec<String>>,
    /// Where.
    pub geometry: Option<Geometry>,
}

/// What changes for one grid.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GridChange {
    /// Grid code.
    pub code: String,
    /// Grid name.
    pub name: String,
    /// Whether the grid was locked.
    pub locked: bool,
    /// Whether its border is another line, or has other corners.
    pub changed: bool,
    /// Area before, in m².
    pub area_before_m2: f64,
    /// Area after.
    pub area_after_m2: f64,
    /// Households of its compounds before.
    pub households_before: u64,
    /// Households of its compounds after.
    pub households_after: u64,
    /// Corners that its border no longer has.
    pub vertices_moved: usize,
    /// The furthest that a corner of one of its two borders lies off the other, in metres.
    pub greatest_movement_m: f64,
    /// Compounds that come to it.
    pub compounds_gained: Vec<String>,
    /// Compounds that leave it.
    pub compounds_lost: Vec<String>,
    /// Findings of the check that name it before; `None` when the check was not run.
    pub findings_before: Option<usize>,
    /// Findings that name it after.
    pub findings_after: Option<usize>,
}

impl GridChange {
    /// Counts the findings that name the grid.
    pub(super) fn count(&mut self, before: &[Finding], after: &[Finding]) {
        let naming = |findings: &[Finding]| {
            findings.iter().filter(|finding| finding.features.contains(&self.code)).count()
        };
        (self.findings_before, self.findings_after) = (Some(naming(before)), Some(naming(after)));
    }
}

/// What changes in one layer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LayerChange {
    /// Layer name.
    pub layer: String,
    /// Keys of the features with another border.
    pub changed: Vec<String>,
    /// Keys of new features.
    pub added: Vec<String>,
    /// Keys of features that are left out.
    pub removed: Vec<String>,
    /// Corners that edges of the layer get, where its features do not change otherwise.
    pub corners_inserted: usize,
}

/// How often the check finds something before and after.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RuleCount {
    /// Rule of the check.
    pub rule: String,
    /// Findings before.
    pub before: usize,
    /// Findings after.
    pub after: usize,
}

impl RuleCount {
    /// The counts of each rule that one of the two reports names, in the order of the rules.
    pub(super) fn of(before: &[Finding], after: &[Finding]) -> Vec<Self> {
        let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        before.iter().for_each(|f| counts.entry(&f.rule).or_default().0 += 1);
        after.iter().for_each(|f| counts.entry(&f.rule).or_default().1 += 1);
        let count = |(rule, (before, after)): (&str, (usize, usize))| Self {
            rule: rule.to_owned(),
            before,
            after,
        };
        counts.into_iter().map(count).collect()
    }
}

/// The plan of a repair with its effect on each grid.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// Name of the dataset.
    pub dataset: String,
    /// Tolerance used, in metres.
    pub tolerance_m: f64,
    /// Greatest share of a grid that one mend may move; `None` when the limits are set aside.
    pub max_share: Option<f64>,
    /// Most households that one mend may give away; `None` when the limits are set aside.
    pub max_households: Option<u64>,
    /// What is done, in the order in which it is done.
    pub actions: Vec<Action>,
    /// What is left to people.
    pub refusals: Vec<Refusal>,
    /// Every grid before and after, by code.
    pub grids: Vec<GridChange>,
    /// The layers that change.
    pub layers: Vec<LayerChange>,
    /// The findings of the check before and after, by rule; empty when it was not run.
    pub findings: Vec<RuleCount>,
}

impl Plan {
    /// Whether there is anything to do.
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }
}

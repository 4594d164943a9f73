//! Actions about grids, in words.

use super::homes::Homes;
use super::mends::{Fault, Outcome, Why};
use super::report::{Action, ActionKind};
use super::rings::RingFaults;
use crate::check::names::{self, Words as Said};
use crate::dataset::{Dataset, Insertion};
use crate::domain::{Geometry, LonLat};

/// A text in English and Chinese.
pub(super) type Both = (String, String);

/// The words for a dataset's grids.
pub(super) struct Words<'a> {
    pub dataset: &'a Dataset,
    /// The layer of the outline; empty without one.
    pub outline: &'static str,
}

/// The outline in English and Chinese.
pub(super) fn outline_title(layer: &str) -> (&'static str, &'static str) {
    match layer {
        "communities" => ("the communities", "社区范围"),
        "units" => ("the planning units", "规划单元范围"),
        _ => ("the subdistrict", "街道边界"),
    }
}

impl Words<'_> {
    /// A grid by name and code.
    pub fn title(&self, grid: usize) -> Said {
        let grid = &self.dataset.grids[grid];
        Said::title(&grid.name, &grid.code)
    }

    /// Grids that stand over against each other: A与B.
    pub fn titles(&self, grids: &[usize]) -> Said {
        Said::among(grids.iter().map(|&grid| self.title(grid)))
    }

    /// The grids of a place: the winner, then the others.
    fn around(&self, outcome: &Outcome) -> Said {
        Said::among(outcome.winner.iter().chain(&outcome.others).map(|&grid| self.title(grid)))
    }

    /// The same for a sentence that goes on with 与.
    fn listed(&self, outcome: &Outcome) -> Said {
        Said::list(outcome.winner.iter().chain(&outcome.others).map(|&grid| self.title(grid)))
    }

    pub fn code(&self, grid: usize) -> String {
        self.dataset.grids[grid].code.clone()
    }

    pub fn codes(&self, outcome: &Outcome) -> Vec<String> {
        outcome.winner.iter().chain(&outcome.others).map(|&g| self.code(g)).collect()
    }

    /// A place that was given away.
    pub fn given(&self, outcome: &Outcome, why: Why, homes: &Homes<'_>) -> Action {
        let households = homes.households(outcome.compounds.iter().copied());
        let (message, message_zh) = self.given_message(outcome, households);
        let (why, why_zh) = self.why(outcome, why);
        let (kind, rule) = match outcome.fault {
            Fault::Overlap => (ActionKind::AssignOverlap, "coverage.overlap"),
            Fault::Outside => (ActionKind::CutOutside, "coverage.outside"),
            Fault::Gap { .. } => (ActionKind::FillGap, "coverage.gap"),
            Fault::CutOff => (ActionKind::MovePiece, "coverage.multipart"),
            Fault::Needle { .. } => (ActionKind::CleanRing, "geometry.spike"),
        };
        Action {
            kind,
            rule: rule.into(),
            layer: "grids".into(),
            features: self.codes(outcome),
            area_m2: Some(outcome.region.area_m2),
            households,
            compounds: homes.ids(&outcome.compounds),
            message,
            message_zh,
            why,
            why_zh,
            confirm: false,
            geometry: Some(outcome.region.shape.to_geometry()),
        }
    }

    /// What is given to whom, and how many households live there.
    fn given_message(&self, outcome: &Outcome, households: u64) -> Both {
        let area = names::area(outcome.region.area_m2);
        let Said { en: all, zh: all_zh } = self.around(outcome);
        let Said { en: others, zh: others_zh } = self.titles(&outcome.others);
        let Said { en: winner, zh: winner_zh } =
            outcome.winner.map(|grid| self.title(grid)).unwrap_or_default();
        let (beyond, beyond_zh) = outline_title(self.outline);
        let said = match outcome.fault {
            Fault::Overlap => Said::new(
                format!("the overlap of {all} ({area} m²) goes to {winner}"),
                format!("{all_zh}重叠的 {area} 平方米划归{winner_zh}"),
            ),
            Fault::Outside => Said::new(
                format!("{area} m² of {others} beyond {beyond} are cut off"),
                format!("裁去{others_zh}超出{beyond_zh}的 {area} 平方米"),
            ),
            Fault::Gap { inlet: true } => Said::new(
                format!("an inlet between {all} and {beyond} ({area} m²) goes to {winner}"),
                format!(
                    "{}与{beyond_zh}之间 {area} 平方米的缺口划归{winner_zh}",
                    self.listed(outcome).zh
                ),
            ),
            Fault::Gap { .. } if outcome.others.is_empty() => Said::new(
                format!("a gap in {winner} ({area} m²) goes to it"),
                format!("{winner_zh}内部 {area} 平方米的空隙划归该网格"),
            ),
            Fault::Gap { .. } => Said::new(
                format!("a gap between {all} ({area} m²) goes to {winner}"),
                format!("{all_zh}之间 {area} 平方米的空隙划归{winner_zh}"),
            ),
            Fault::CutOff => Said::new(
                format!("a piece of {area} m² cut off from {others} goes to {winner}"),
                format!("{others_zh}被断开的 {area} 平方米划归{winner_zh}"),
            ),
            Fault::Needle { .. } if outcome.winner.is_none() => Said::new(
                format!("a needle of {others} ({area} m²) is cut off"),
                format!("削去{others_zh}的尖刺（{area} 平方米）"),
            ),
            Fault::Needle { notch: true } => Said::new(
                format!("a notch like a needle ({area} m²) goes to {winner}"),
                format!("{area} 平方米的针状缺口划归{winner_zh}"),
            ),
            Fault::Needle { notch: false } => Said::new(
                format!("a needle of {others} ({area} m²) goes to {winner}"),
                format!("{others_zh}的尖刺（{area} 平方米）划归{winner_zh}"),
            ),
        };
        let there = names::concerned(Some(households));
        let Said { en, zh } = said.then(&there.en, &there.zh);
        (en, zh)
    }

    fn why(&self, outcome: &Outcome, why: Why) -> Both {
        let Said { en: winner, zh: winner_zh } =
            outcome.winner.map(|grid| self.title(grid)).unwrap_or_default();
        match why {
            Why::Households(n) => (
                format!("compounds of {winner} with {} lie there", names::households(n)),
                format!("该处小区（{n}户）属于{winner_zh}"),
            ),
            Why::MoreHouseholds(n) => (
                format!("{winner} has more households ({n})"),
                format!("{winner_zh}户数较多（{n}户）"),
            ),
            Why::LongestBorder(length) => (
                format!("{winner} has the longest border with it ({length:.1} m)"),
                format!("{winner_zh}与该处的共用边界最长（{length:.1} 米）"),
            ),
            Why::LowerCode => (
                format!("the borders are equally long; {winner} has the lower code"),
                format!("共用边界等长，{winner_zh}编码较小"),
            ),
            Why::Locked => (
                format!("{winner} is locked and keeps its border"),
                format!("{winner_zh}已锁定，边界不变"),
            ),
            Why::OnlyOne => (
                format!("no other grid than {winner} may have it"),
                format!("只有{winner_zh}可以接收"),
            ),
            Why::NobodyElse => {
                ("no other grid borders on it".into(), "没有其他网格与其相邻".into())
            }
            Why::BeyondOutline => {
                let (beyond, beyond_zh) = outline_title(self.outline);
                (format!("grids end at {beyond}"), format!("网格以{beyond_zh}为界"))
            }
        }
    }

    /// A ring that is cleaned.
    pub fn ring_cleaned(&self, grid: usize, faults: &RingFaults) -> Action {
        let (mut words, mut words_zh) = (Vec::new(), Vec::new());
        let mut add = |n: usize, one: &str, many: &str, zh: [&str; 2]| {
            if n > 0 {
                words.push(names::count(n as u64, one, many));
                words_zh.push(format!("{}{n}{}", zh[0], zh[1]));
            }
        };
        let (repeated, spikes) = (faults.repeated.len(), faults.spikes.len());
        let deleted = ["repeated corner deleted", "repeated corners deleted"];
        add(repeated, deleted[0], deleted[1], ["删除", "个重复顶点"]);
        add(spikes, "spike deleted", "spikes deleted", ["删除", "处尖刺"]);
        add(faults.turned, "ring turned round", "rings turned round", ["改正", "个环的方向"]);
        if faults.crosses {
            words.push("self-crossings resolved".into());
            words_zh.push("消除自相交".into());
        }
        if faults.open {
            words.push("rings closed".into());
            words_zh.push("闭合未封闭的环".into());
        }
        let rule = if faults.crosses {
            "geometry.invalid"
        } else if !faults.spikes.is_empty() {
            "geometry.spike"
        } else if !faults.repeated.is_empty() {
            "geometry.duplicate_vertex"
        } else if faults.open {
            "geometry.unclosed"
        } else {
            "geometry.orientation"
        };
        let places: Vec<LonLat> = faults.repeated.iter().chain(&faults.spikes).copied().collect();
        let geometry = if places.is_empty() {
            self.dataset.grids[grid].geometry.to_geometry()
        } else {
            Geometry::MultiPoint(places)
        };
        let Said { en: title, zh: title_zh } = self.title(grid);
        let message = (
            format!("{title}: {}", words.join(", ")),
            format!("{title_zh}：{}", words_zh.join("，")),
        );
        let why = ("a border is a simple closed line", "边界应为简单闭合线");
        self.of_ring(ActionKind::CleanRing, rule, grid, message, why, geometry)
    }

    /// A border that gets its neighbour's corners.
    pub fn edge_matched(&self, grid: usize, places: Vec<LonLat>) -> Action {
        let (Said { en: title, zh: title_zh }, n) = (self.title(grid), places.len());
        let corners = names::count(n as u64, "corner", "corners");
        let message = (
            format!("{title} gets {corners} that its neighbours have"),
            format!("{title_zh}补入相邻边界上的{n}个顶点"),
        );
        let why = (
            "both sides of a border must have the same corners, or an edit of one tears it",
            "边界两侧顶点应一致，否则修改一侧会产生裂缝",
        );
        let geometry = Geometry::MultiPoint(places);
        self.of_ring(
            ActionKind::MatchEdge,
            "coverage.mismatched_edge",
            grid,
            message,
            why,
            geometry,
        )
    }

    /// A ring that is written anew for another reason.
    pub fn ring_rewritten(&self, grid: usize) -> Action {
        let Said { en: title, zh: title_zh } = self.title(grid);
        let message = (
            format!(
                "{title}: parts that touch are united, corners a hair apart get the same numbers"
            ),
            format!("{title_zh}：合并相接的部分，相距约 1 毫米的顶点统一坐标"),
        );
        let why = ("neighbours share their corners exactly", "相邻网格的顶点应完全一致");
        let geometry = self.dataset.grids[grid].geometry.to_geometry();
        self.of_ring(ActionKind::CleanRing, "coverage.near_miss", grid, message, why, geometry)
    }

    fn of_ring(
        &self,
        kind: ActionKind,
        rule: &'static str,
        grid: usize,
        (message, message_zh): Both,
        (why, why_zh): (&str, &str),
        geometry: Geometry,
    ) -> Action {
        Action {
            kind,
            rule: rule.into(),
            layer: "grids".into(),
            features: vec![self.code(grid)],
            area_m2: None,
            households: 0,
            compounds: Vec::new(),
            message,
            message_zh,
            why: why.into(),
            why_zh: why_zh.into(),
            confirm: false,
            geometry: Some(geometry),
        }
    }

    /// The outline gets corners.
    pub fn outline_matched(&self, inserted: &[Insertion]) -> Action {
        let places: Vec<LonLat> =
            inserted.iter().flat_map(|one| one.places.iter().copied()).collect();
        let n = places.len();
        let (title, title_zh) = outline_title(self.outline);
        Action {
            kind: ActionKind::MatchEdge,
            rule: "coverage.mismatched_edge".into(),
            layer: self.outline.into(),
            features: Vec::new(),
            area_m2: None,
            households: 0,
            compounds: Vec::new(),
            message: format!(
                "the edges of {title} get {} of the grids",
                names::count(n as u64, "corner", "corners")
            ),
            message_zh: format!("{title_zh}补入网格边界上的{n}个顶点"),
            why: "a border between grids ends there; no corner of the outline moves".into(),
            why_zh: "网格之间的边界止于该处；原有顶点不移动".into(),
            confirm: false,
            geometry: Some(Geometry::MultiPoint(places)),
        }
    }
}

//! Actions and refusals about grids, in words.

use super::homes::Homes;
use super::mends::{Fault, Outcome, Why};
use super::options::RepairOptions;
use super::report::{Action, ActionKind, Reason, Refusal};
use super::rings::RingFaults;
use crate::dataset::{Dataset, Insertion};
use crate::domain::{Finding, Geometry, LonLat, MultiPolygon};

/// A text in English and Chinese.
pub(super) type Both = (String, String);

/// The words for a dataset's grids.
pub(super) struct Words<'a> {
    pub dataset: &'a Dataset,
    /// The layer of the outline; empty without one.
    pub outline: &'static str,
}

/// The outline in English and Chinese.
fn outline_title(layer: &str) -> (&'static str, &'static str) {
    match layer {
        "communities" => ("the communities", "社区范围"),
        "units" => ("the planning units", "规划单元范围"),
        _ => ("the subdistrict", "街道边界"),
    }
}

impl Words<'_> {
    /// A grid by name and code.
    pub fn title(&self, grid: usize) -> String {
        let grid = &self.dataset.grids[grid];
        if grid.name.is_empty() || grid.name == grid.code {
            grid.code.clone()
        } else {
            format!("{} ({})", grid.name, grid.code)
        }
    }

    fn titles(&self, grids: &[usize]) -> Both {
        let titles: Vec<String> = grids.iter().map(|&g| self.title(g)).collect();
        (titles.join(", "), titles.join("、"))
    }

    fn code(&self, grid: usize) -> String {
        self.dataset.grids[grid].code.clone()
    }

    fn codes(&self, outcome: &Outcome) -> Vec<String> {
        outcome.winner.iter().chain(&outcome.others).map(|&g| self.code(g)).collect()
    }

    /// A place that was given away.
    pub fn given(&self, outcome: &Outcome, why: Why, homes: &Homes<'_>) -> Action {
        let area = outcome.region.area_m2;
        let (others, others_zh) = self.titles(&outcome.others);
        let winner = outcome.winner.map(|g| self.title(g)).unwrap_or_default();
        let (beyond, beyond_zh) = outline_title(self.outline);
        let (kind, rule, (message, message_zh)) = match outcome.fault {
            Fault::Overlap => (
                ActionKind::AssignOverlap,
                "coverage.overlap",
                (
                    format!("{area:.1} m² that {others} also holds are left to {winner}"),
                    format!("{winner}与{others_zh}重叠的 {area:.1} 平方米归{winner}"),
                ),
            ),
            Fault::Outside => (
                ActionKind::CutOutside,
                "coverage.outside",
                (
                    format!("{area:.1} m² of {others} beyond {beyond} are cut off"),
                    format!("裁去{others_zh}超出{beyond_zh}的 {area:.1} 平方米"),
                ),
            ),
            Fault::Gap { inlet } => (
                ActionKind::FillGap,
                "coverage.gap",
                if inlet {
                    (
                        format!("an inlet of {area:.1} m² at {beyond} goes to {winner}"),
                        format!("{beyond_zh}处 {area:.1} 平方米的缺口划入{winner}"),
                    )
                } else {
                    (
                        format!("a gap of {area:.1} m² goes to {winner}"),
                        format!("{area:.1} 平方米的空隙划入{winner}"),
                    )
                },
            ),
            Fault::CutOff => (
                ActionKind::MovePiece,
                "coverage.multipart",
                (
                    format!("a piece of {area:.1} m² cut off from {others} goes to {winner}"),
                    format!("从{others_zh}断开的 {area:.1} 平方米划入{winner}"),
                ),
            ),
        };
        let (why, why_zh) = self.why(outcome, why);
        Action {
            kind,
            rule: rule.into(),
            layer: "grids".into(),
            features: self.codes(outcome),
            area_m2: Some(area),
            households: homes.households(outcome.compounds.iter().copied()),
            compounds: homes.ids(&outcome.compounds),
            message,
            message_zh,
            why,
            why_zh,
            confirm: false,
            geometry: Some(outcome.region.shape.to_geometry()),
        }
    }

    fn why(&self, outcome: &Outcome, why: Why) -> Both {
        let winner = outcome.winner.map(|g| self.title(g)).unwrap_or_default();
        match why {
            Why::Households(n) => (
                format!("compounds of {winner} with {n} households lie there"),
                format!("该处小区（{n}户）属于{winner}"),
            ),
            Why::MoreHouseholds(n) => (
                format!("{winner} has more households ({n})"),
                format!("{winner}户数较多（{n}户）"),
            ),
            Why::LongestBorder(length) => (
                format!("{winner} has the longest border with it ({length:.1} m)"),
                format!("{winner}与其共用边界最长（{length:.1} 米）"),
            ),
            Why::LowerCode => (
                format!("the borders are equally long; {winner} has the lower code"),
                format!("共用边界等长，{winner}编码较小"),
            ),
            Why::Locked => (
                format!("{winner} is locked and keeps its border"),
                format!("{winner}已锁定，边界不变"),
            ),
            Why::OnlyOne => {
                (format!("no other grid may have it than {winner}"), format!("仅{winner}可接收"))
            }
            Why::BeyondOutline => {
                let (beyond, beyond_zh) = outline_title(self.outline);
                (format!("grids end at {beyond}"), format!("网格以{beyond_zh}为界"))
            }
        }
    }

    /// A place that is left as it is.
    pub fn left(
        &self,
        outcome: &Outcome,
        reason: Reason,
        options: &RepairOptions,
        homes: &Homes<'_>,
    ) -> Refusal {
        let area = outcome.region.area_m2;
        let (grids, grids_zh) = self.titles(&outcome.others);
        let (beyond, beyond_zh) = outline_title(self.outline);
        let (rule, (message, message_zh)) = match outcome.fault {
            Fault::Overlap => (
                "coverage.overlap",
                (
                    format!("the overlap of {grids} stays ({area:.1} m²)"),
                    format!("{grids_zh}之间 {area:.1} 平方米的重叠未处理"),
                ),
            ),
            Fault::Outside => (
                "coverage.outside",
                (
                    format!("{grids} still reaches beyond {beyond} ({area:.1} m²)"),
                    format!("{grids_zh}超出{beyond_zh}的 {area:.1} 平方米未处理"),
                ),
            ),
            Fault::Gap { .. } | Fault::CutOff if outcome.others.is_empty() => (
                "coverage.gap",
                (
                    format!("a gap that touches no grid stays ({area:.1} m²)"),
                    format!("一处不与任何网格相邻的空隙未处理（{area:.1} 平方米）"),
                ),
            ),
            Fault::Gap { .. } | Fault::CutOff => (
                "coverage.gap",
                (
                    format!("the gap beside {grids} stays ({area:.1} m²)"),
                    format!("{grids_zh}旁 {area:.1} 平方米的空隙未处理"),
                ),
            ),
        };
        let names = homes.names(&outcome.compounds);
        let (why, why_zh) = self.why_not(reason, options, &names);
        let (advice, advice_zh) = advice(reason);
        Refusal {
            reason,
            rule: rule.into(),
            layer: "grids".into(),
            features: self.codes(outcome),
            area_m2: Some(area),
            households: homes.households(outcome.compounds.iter().copied()),
            compounds: homes.ids(&outcome.compounds),
            message,
            message_zh,
            why,
            why_zh,
            advice: advice.into(),
            advice_zh: advice_zh.into(),
            suggestion: Default::default(),
            geometry: Some(outcome.region.shape.to_geometry()),
        }
    }

    fn why_not(&self, reason: Reason, options: &RepairOptions, compounds: &[&str]) -> Both {
        let (names, names_zh) = (compounds.join(", "), compounds.join("、"));
        match reason {
            Reason::Locked => ("it would move a locked border".into(), "将移动已锁定的边界".into()),
            Reason::SplitsCompound => (
                format!("it would split a compound or leave it without a grid: {names}"),
                format!("将切开小区或使其不属于任何网格：{names_zh}"),
            ),
            Reason::Empties => {
                ("it would leave a grid without area".into(), "将使某个网格失去全部范围".into())
            }
            Reason::NoNeighbour => ("no grid borders on it".into(), "没有与其相邻的网格".into()),
            _ => {
                let share = options.max_share * 100.0;
                let most = options.max_households;
                (
                    format!(
                        "it is more than {share:.0} % of a grid, or decides more than {most} households"
                    ),
                    format!("超过某个网格面积的 {share:.0} %，或涉及 {most} 户以上的归属"),
                )
            }
        }
    }

    /// A ring that is cleaned.
    pub fn ring_cleaned(&self, grid: usize, faults: &RingFaults) -> Action {
        let (mut words, mut words_zh) = (Vec::new(), Vec::new());
        let mut add = |n: usize, english: &str, chinese: &str| {
            if n > 0 {
                words.push(format!("{n} {english}"));
                words_zh.push(format!("{n} {chinese}"));
            }
        };
        add(faults.repeated.len(), "repeated corners deleted", "个重复顶点删除");
        add(faults.spikes.len(), "spikes deleted", "处尖刺删除");
        add(faults.turned, "rings turned round", "个环改正方向");
        add(usize::from(faults.crosses), "self-crossing resolved", "处自相交消除");
        add(usize::from(faults.open), "ring closed", "个环闭合");
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
        let title = self.title(grid);
        let message =
            (format!("{title}: {}", words.join(", ")), format!("{title}：{}", words_zh.join("，")));
        let why = ("a border is a simple closed line", "边界应为简单闭合线");
        self.of_ring(ActionKind::CleanRing, rule, grid, message, why, geometry)
    }

    /// A border that gets its neighbour's corners.
    pub fn edge_matched(&self, grid: usize, places: Vec<LonLat>) -> Action {
        let (title, n) = (self.title(grid), places.len());
        let message = (
            format!("{title} gets {n} corners that its neighbours have"),
            format!("{title}补入邻接边界的{n}个顶点"),
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
        let title = self.title(grid);
        let message = (
            format!(
                "{title}: parts that touch are united, corners within 1 mm get the same numbers"
            ),
            format!("{title}：合并相接部分，1 毫米内的顶点统一坐标"),
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
            message: format!("the edges of {title} get {n} corners of the grids"),
            message_zh: format!("{title_zh}的边补入网格的{n}个顶点"),
            why: "a border between grids ends there; no corner of the outline moves".into(),
            why_zh: "网格间的边界止于该处；原有顶点不动".into(),
            confirm: false,
            geometry: Some(Geometry::MultiPoint(places)),
        }
    }

    /// A grid whose area the millimetre grid swallows, or that has none left.
    pub fn without_area(&self, grid: usize) -> Refusal {
        let title = self.title(grid);
        let (advice, advice_zh) = advice(Reason::Empties);
        let shape: &MultiPolygon = &self.dataset.grids[grid].geometry;
        Refusal {
            reason: Reason::Empties,
            rule: "geometry.invalid".into(),
            layer: "grids".into(),
            features: vec![self.code(grid)],
            area_m2: None,
            households: 0,
            compounds: Vec::new(),
            message: format!("{title} is left as it is: it has no area"),
            message_zh: format!("{title}没有面积，未处理"),
            why: "its corners lie on one line".into(),
            why_zh: "其顶点在一条线上".into(),
            advice: advice.into(),
            advice_zh: advice_zh.into(),
            suggestion: Default::default(),
            geometry: Some(shape.to_geometry()),
        }
    }
}

/// What the check still finds and only people can settle, as a refusal; `None` for a finding of
/// another kind, or one that is among the refusals already.
pub(super) fn left_to_people(finding: &Finding) -> Option<Refusal> {
    let (why, why_zh) = match finding.rule.as_str() {
        "compound.split" => (
            "which way the border goes around the compound is for people to say",
            "边界应从小区哪一侧绕行，须由人决定",
        ),
        "compound.outside" => (
            "which grid the compound belongs to is for people to say",
            "小区应归哪个网格，须由人决定",
        ),
        "coverage.multipart" => (
            "which pieces go to which grid is for people to say",
            "各分离部分应归哪个网格，须由人决定",
        ),
        "coverage.hole" => (
            "how the grid in the hole is to be opened is for people to say",
            "空洞内的网格应如何与外部相连，须由人决定",
        ),
        "grid.crosses_community" => (
            "whether the grid or the community is wrong is for people to say",
            "网格与社区的边界何者有误，须由人决定",
        ),
        _ => return None,
    };
    let (fallback, fallback_zh) = advice(Reason::AskBorder);
    let english = finding.mend.clone().unwrap_or_else(|| fallback.into());
    Some(Refusal {
        reason: Reason::AskBorder,
        rule: finding.rule.clone(),
        layer: finding.layer.clone(),
        features: finding.features.clone(),
        area_m2: finding.measure.area_m2,
        households: finding.measure.households.unwrap_or(0),
        compounds: match finding.layer.as_str() {
            "compounds" => finding.features.clone(),
            _ => Vec::new(),
        },
        message: finding.message.clone(),
        message_zh: finding.message_zh.clone(),
        why: why.into(),
        why_zh: why_zh.into(),
        advice: english,
        advice_zh: finding.mend_zh.clone().unwrap_or_else(|| fallback_zh.into()),
        suggestion: Default::default(),
        geometry: finding.geometry.clone(),
    })
}

/// What a person can do about a refusal, in English and Chinese.
pub(super) fn advice(reason: Reason) -> (&'static str, &'static str) {
    match reason {
        Reason::Locked => (
            "unlock one of the grids, or draw the border by hand",
            "解除其中一个网格的锁定，或手工绘制边界",
        ),
        Reason::SplitsCompound => (
            "decide which grid the compound belongs to, and draw the border around it",
            "先确定该小区归属，再将边界绕过小区",
        ),
        Reason::Empties => {
            ("delete one of the grids, or draw it anew", "删除其中一个网格，或重新绘制")
        }
        Reason::TooLarge => {
            ("draw the border by hand, or repair with --force", "手工绘制边界，或使用 --force 修复")
        }
        Reason::NoNeighbour => ("draw the grid that is missing", "补绘缺失的网格"),
        Reason::AskIds => (
            "say which feature belongs to which grid (grid_codes)",
            "确认各要素对应的网格（grid_codes）",
        ),
        Reason::AskBorder => ("draw the border by hand", "手工绘制边界"),
        Reason::WrongSystem => (
            "set crs of the layer in wangge.toml, then repair again",
            "在 wangge.toml 中设置该图层的 crs 后重新修复",
        ),
    }
}

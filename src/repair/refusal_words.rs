//! Refusals about grids, in words.

use super::homes::Homes;
use super::mends::{Fault, Outcome};
use super::options::RepairOptions;
use super::report::{Reason, Refusal};
use super::words::{Both, Words, outline_title};
use crate::check::names::{self, Words as Said};
use crate::domain::{Finding, MultiPolygon};

impl Words<'_> {
    /// A place that is left as it is.
    pub fn left(
        &self,
        outcome: &Outcome,
        reason: Reason,
        options: &RepairOptions,
        homes: &Homes<'_>,
    ) -> Refusal {
        let area = names::area(outcome.region.area_m2);
        let households = homes.households(outcome.compounds.iter().copied());
        let Said { en: grids, zh: grids_zh } = self.titles(&outcome.others);
        let (beyond, beyond_zh) = outline_title(self.outline);
        let (rule, said) = match outcome.fault {
            Fault::Overlap => (
                "coverage.overlap",
                Said::new(
                    format!("the overlap of {grids} stays ({area} m²)"),
                    format!("{grids_zh}重叠的 {area} 平方米未处理"),
                ),
            ),
            Fault::Outside => (
                "coverage.outside",
                Said::new(
                    format!("{grids} still reaches beyond {beyond} ({area} m²)"),
                    format!("{grids_zh}超出{beyond_zh}的 {area} 平方米未处理"),
                ),
            ),
            _ if outcome.others.is_empty() => (
                "coverage.gap",
                Said::new(
                    format!("a gap that touches no grid stays ({area} m²)"),
                    format!("一处不与任何网格相邻的空隙（{area} 平方米）未处理"),
                ),
            ),
            _ if outcome.others.len() == 1 => (
                "coverage.gap",
                Said::new(
                    format!("the gap beside {grids} stays ({area} m²)"),
                    format!("{grids_zh}旁 {area} 平方米的空隙未处理"),
                ),
            ),
            _ => (
                "coverage.gap",
                Said::new(
                    format!("the gap between {grids} stays ({area} m²)"),
                    format!("{grids_zh}之间 {area} 平方米的空隙未处理"),
                ),
            ),
        };
        let there = names::concerned(Some(households));
        let Said { en: message, zh: message_zh } = said.then(&there.en, &there.zh);
        let compounds = homes.names(&outcome.compounds);
        let (why, why_zh) = why_not(reason, options, &compounds);
        let (advice, advice_zh) = advice(reason);
        Refusal {
            reason,
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
            advice: advice.into(),
            advice_zh: advice_zh.into(),
            suggestion: Default::default(),
            geometry: Some(outcome.region.shape.to_geometry()),
        }
    }

    /// A grid whose area the millimetre grid swallows, or that has none left.
    pub fn without_area(&self, grid: usize) -> Refusal {
        let Said { en: title, zh: title_zh } = self.title(grid);
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
            message_zh: format!("{title_zh}没有面积，未处理"),
            why: "its corners lie on one line".into(),
            why_zh: "其顶点都在一条线上".into(),
            advice: advice.into(),
            advice_zh: advice_zh.into(),
            suggestion: Default::default(),
            geometry: Some(shape.to_geometry()),
        }
    }
}

/// Why a place is left.
fn why_not(reason: Reason, options: &RepairOptions, compounds: &[&str]) -> Both {
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
                format!("超过某个网格面积的 {share:.0}%，或涉及{most}户以上的归属"),
            )
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
        "coverage.near_miss" => (
            "the strip is open to the outside, and no outline says that it is a gap",
            "此窄缝通向外部，又没有街道边界可据以认定为空隙",
        ),
        "geometry.spike" if finding.layer == "grids" => (
            "it lies along the outline or a locked grid, holds a compound, or is too large",
            "尖刺沿街道边界或已锁定网格的边界，或内有小区，或面积过大，无法自动去除",
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
        Reason::TooLarge => (
            "draw the border by hand, or repair without the limits (--force)",
            "手工绘制边界，或不设上限修复（--force）",
        ),
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

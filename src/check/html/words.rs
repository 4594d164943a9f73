//! What the page calls rules, classes and severities. The viewer says the same.

use crate::check::{Language, MatchClass};
use crate::dataset::Dataset;
use crate::domain::Severity;

/// A rule in words: (name, English, Chinese).
const RULES: [(&str, &str, &str); 41] = [
    ("coverage.gap", "Gap in the coverage", "覆盖有缝隙"),
    ("coverage.overlap", "Overlap", "范围重叠"),
    ("coverage.mismatched_edge", "Shared border differs", "共用边界不一致"),
    ("coverage.multipart", "In several parts", "由多块组成"),
    ("coverage.hole", "Hole inside", "内有空洞"),
    ("coverage.outside", "Beyond the subdistrict", "超出街道范围"),
    ("coverage.near_miss", "Borders nearly meet", "边界几乎相接"),
    ("compound.undecidable", "Compound cannot be assigned", "小区归属无法判定"),
    ("compound.split", "Compound cut by a border", "小区被边界切开"),
    ("compound.outside", "Compound in no grid", "小区在网格之外"),
    ("geometry.orientation", "Ring direction set right", "环的方向已规范"),
    ("geometry.duplicate_vertex", "Repeated vertex", "重复顶点"),
    ("geometry.spike", "Spike", "尖刺"),
    ("geometry.invalid", "Invalid shape", "图形无效"),
    ("net.displaced", "Border displaced", "边界位移"),
    ("net.split", "One grid, several features", "一格被拆分"),
    ("net.merged", "Several grids, one feature", "多格被合并"),
    ("net.redrawn", "Borders redrawn", "边界重划"),
    ("net.swapped", "Codes swapped", "编号互换"),
    ("net.missing", "No feature for the grid", "缺少对应范围"),
    ("net.extra", "Feature without a grid", "多出的范围"),
    ("net.within_tolerance", "Slightly off, within tolerance", "在容差内略有不同"),
    ("grid.crosses_community", "Grid across communities", "网格跨社区"),
    ("balance.deviation", "Too far from the mean", "户数偏差过大"),
    ("size.households", "Outside the size band", "户数不在规模范围内"),
    ("code.community", "Another community's code", "所属社区编码不符"),
    ("code.grid_codes", "Names other grids too", "多填网格编码"),
    ("code.format", "Code not of 15 digits", "编码不是15位"),
    ("code.prefix", "Code of another community", "编码与社区不符"),
    ("code.duplicate", "Code given twice", "编码重复"),
    ("code.unknown", "Unknown code", "编码不存在"),
    ("geometry.missing", "No shape", "缺少图形"),
    ("geometry.wrong_type", "Wrong type of shape", "图形类型不符"),
    ("geometry.out_of_range", "Not a place", "坐标超出范围"),
    ("geometry.unclosed", "Ring not closed", "环未闭合"),
    ("field.missing", "Field missing", "字段缺失"),
    ("field.invalid", "Field cannot be read", "字段无效"),
    ("feature.invalid", "Feature cannot be read", "要素无效"),
    ("date.invalid", "Not a date", "日期无效"),
    ("date.order", "Dates in the wrong order", "日期先后颠倒"),
    ("crs.axis_order", "Order of the axes", "坐标轴顺序"),
];

/// A rule in words; its own name where there are none.
pub(super) fn rule(name: &str, language: Language) -> &str {
    let known = RULES.iter().find(|rule| rule.0 == name);
    known.map_or(name, |&(_, english, chinese)| language.pick(english, chinese))
}

/// A class of a net's match in words.
pub(super) fn class(class: MatchClass, language: Language) -> &'static str {
    let (english, chinese) = match class {
        MatchClass::Identical => ("identical", "完全一致"),
        MatchClass::WithinTolerance => ("within tolerance", "在容差内"),
        MatchClass::Displaced => ("displaced", "位移"),
        MatchClass::Split => ("split", "拆分"),
        MatchClass::Merged => ("merged", "合并"),
        MatchClass::Redrawn => ("redrawn", "重划"),
        MatchClass::Swapped => ("swapped", "编号互换"),
        MatchClass::Missing => ("missing", "缺失"),
        MatchClass::Extra => ("extra", "多余"),
    };
    language.pick(english, chinese)
}

/// A severity: (sign, word, CSS class). The sign tells it without colour.
pub(super) fn severity(
    severity: Severity,
    language: Language,
) -> (&'static str, &'static str, &'static str) {
    match severity {
        Severity::Error => ("✕", language.pick("error", "错误"), "error"),
        Severity::Warning => ("!", language.pick("warning", "警告"), "warning"),
        Severity::Info => ("i", language.pick("note", "提示"), "info"),
    }
}

/// A layer's title; its name where the dataset has none.
pub(super) fn layer<'a>(dataset: &'a Dataset, name: &'a str, language: Language) -> &'a str {
    let title = dataset.layer(name).map(|layer| language.pick(&layer.title, &layer.title_zh));
    title.filter(|title| !title.is_empty()).unwrap_or(name)
}

/// The dataset's title; its name where it has none.
pub(super) fn title(dataset: &Dataset, language: Language) -> &str {
    let titles = match language {
        Language::Chinese => [&dataset.title_zh, &dataset.title],
        Language::English => [&dataset.title, &dataset.title_zh],
    };
    titles.into_iter().find(|title| !title.is_empty()).unwrap_or(&dataset.name)
}

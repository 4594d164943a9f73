//! Actions and refusals about nets, in words.

use super::refusal_words::advice;
use super::report::{Action, ActionKind, Reason, Refusal};
use super::words::Both;
use crate::check::names::{self, Words as Said};
use crate::check::{MatchClass, NetMatch, Offset};
use crate::dataset::{AddedFeature, Dataset};
use crate::domain::{Geometry, Net};

/// The words for a net.
pub(super) struct NetWords<'a> {
    pub dataset: &'a Dataset,
    pub net: &'a Net,
}

/// The rule of the check that a class breaks.
fn rule(class: MatchClass) -> &'static str {
    match class {
        MatchClass::Identical => "coverage.mismatched_edge",
        MatchClass::WithinTolerance => "net.within_tolerance",
        MatchClass::Displaced => "net.displaced",
        MatchClass::Split => "net.split",
        MatchClass::Merged => "net.merged",
        MatchClass::Redrawn => "net.redrawn",
        MatchClass::Swapped => "net.swapped",
        MatchClass::Missing => "net.missing",
        MatchClass::Extra => "net.extra",
    }
}

impl NetWords<'_> {
    fn grid_title(&self, one: &NetMatch) -> Said {
        let code = one.grid.as_deref().unwrap_or_default();
        let grid = self.dataset.grids.iter().find(|grid| grid.code == code);
        Said::title(grid.map_or("", |grid| &grid.name), code)
    }

    fn grid_titles(&self, group: &[&NetMatch]) -> Said {
        Said::among(group.iter().map(|one| self.grid_title(one)))
    }

    fn feature_title(&self, id: &str) -> Said {
        let feature = self.net.features.iter().find(|feature| feature.id == id);
        Said::title(feature.map_or("", |feature| &feature.name), id)
    }

    fn feature_titles<'s>(&self, ids: impl IntoIterator<Item = &'s str>) -> Said {
        Said::among(ids.into_iter().map(|id| self.feature_title(id)))
    }

    fn features(&self, one: &NetMatch) -> Said {
        self.feature_titles(one.features.iter().map(String::as_str))
    }

    /// A text continued by the households of a match.
    fn with_households(&self, one: &NetMatch, en: String, zh: String) -> Both {
        let there = names::concerned(Some(one.households_affected));
        let Said { en, zh } = Said::new(en, zh).then(&there.en, &there.zh);
        (en, zh)
    }

    /// Where a match is: the lines that only one side has, else the whole grid or feature.
    fn place(&self, one: &NetMatch) -> Option<Geometry> {
        let lines: Vec<_> = one.disagreeing_arcs.iter().map(|arc| arc.line.clone()).collect();
        if !lines.is_empty() {
            return Some(Geometry::MultiLineString(lines));
        }
        let code = one.grid.as_deref()?;
        let grid = self.dataset.grids.iter().find(|grid| grid.code == code)?;
        Some(grid.geometry.to_geometry())
    }

    fn keys(&self, one: &NetMatch) -> Vec<String> {
        one.features.iter().cloned().chain(one.grid.clone()).collect()
    }

    fn of_match(
        &self,
        kind: ActionKind,
        one: &NetMatch,
        (message, message_zh): Both,
        (why, why_zh): (&str, &str),
    ) -> Action {
        Action {
            kind,
            rule: rule(one.class).into(),
            layer: self.net.name.clone(),
            features: self.keys(one),
            area_m2: one.symmetric_difference_m2,
            households: one.households_affected,
            compounds: one.compounds_affected.clone(),
            message,
            message_zh,
            why: why.into(),
            why_zh: why_zh.into(),
            confirm: false,
            geometry: self.place(one),
        }
    }

    /// A feature takes over the border of its grid.
    pub fn action(&self, kind: ActionKind, one: &NetMatch) -> Action {
        let (Said { en: features, zh: features_zh }, grid) =
            (self.features(one), self.grid_title(one));
        let (grid, grid_zh) = (grid.en, grid.zh);
        let distance = one.hausdorff_m.unwrap_or(0.0);
        let message = if one.class == MatchClass::Identical {
            (
                format!("{features} takes over the corners of {grid}; the line stays"),
                format!("{features_zh}改用{grid_zh}的顶点，边界线不变"),
            )
        } else {
            self.with_households(
                one,
                format!("{features} takes over the border of {grid}, up to {distance:.2} m off"),
                format!("{features_zh}改用{grid_zh}的边界，最大移动 {distance:.2} 米"),
            )
        };
        let why = ("nets follow the governance grids", "各网以治理网格边界为准");
        self.of_match(kind, one, message, why)
    }

    /// Parts become one feature.
    pub fn united(&self, one: &NetMatch, kept: usize, dropped: &[usize]) -> Action {
        let id = |f: usize| self.net.features[f].id.as_str();
        let Said { en: kept, zh: kept_zh } = self.feature_title(id(kept));
        let Said { en: gone, zh: gone_zh } = self.feature_titles(dropped.iter().map(|&f| id(f)));
        let Said { en: grid, zh: grid_zh } = self.grid_title(one);
        let message = (
            format!("{kept} gets the whole of {grid}; {gone} is left out"),
            format!("{kept_zh}扩至整个{grid_zh}，不再保留{gone_zh}"),
        );
        let why = (
            "one feature a grid; the one with the most area keeps its id",
            "每个网格对应一个要素，保留面积最大者的编号",
        );
        Action { confirm: true, ..self.of_match(ActionKind::UniteNet, one, message, why) }
    }

    /// A feature is divided.
    pub fn divided(&self, group: &[&NetMatch], main: usize, added: &[AddedFeature]) -> Action {
        let one = group[0];
        let Said { en: feature, zh: feature_zh } = self.features(one);
        let main = &self.dataset.grids[main].code;
        let new = |join: &str| {
            let new = added.iter().map(|f| format!("{} → {}", f.id, f.grid_codes.join(", ")));
            new.collect::<Vec<_>>().join(join)
        };
        let message = (
            format!("{feature} is divided: it keeps {main}; new are {}", new(", ")),
            format!("拆分{feature_zh}：原编号保留于{main}，新增{}", new("、")),
        );
        let why = (
            "one feature a grid; the grid with the most of it keeps the id",
            "每个网格对应一个要素，原编号归面积最大的网格",
        );
        let action = self.of_match(ActionKind::DivideNet, one, message, why);
        let grids = group.iter().filter_map(|one| one.grid.clone());
        let new_ids = added.iter().map(|f| f.id.clone());
        let features = one.features.iter().cloned().chain(new_ids).chain(grids).collect();
        let households = group.iter().map(|one| one.households_affected).sum();
        let mut compounds: Vec<String> =
            group.iter().flat_map(|one| one.compounds_affected.iter().cloned()).collect();
        compounds.sort_unstable();
        compounds.dedup();
        Action { confirm: true, features, households, compounds, ..action }
    }

    /// A grid gets a feature.
    pub fn added(&self, one: &NetMatch, added: &AddedFeature) -> Action {
        let Said { en: grid, zh: grid_zh } = self.grid_title(one);
        let message = (
            format!("{} is new, with the border of {grid}", added.id),
            format!("按{grid_zh}的边界新增{}", added.id),
        );
        let why = ("each grid has its feature", "每个网格应有对应要素");
        let action = self.of_match(ActionKind::AddToNet, one, message, why);
        let features = std::iter::once(added.id.clone()).chain(action.features.clone()).collect();
        Action { confirm: true, features, ..action }
    }

    /// A feature of a group drawn otherwise takes over the grid that it names.
    pub fn redrawn_by_codes(&self, one: &NetMatch, id: &str) -> Action {
        let (feature, grid) = (self.feature_title(id), self.grid_title(one));
        let message = self.with_households(
            one,
            format!("{} takes over the border of {}, which it names", feature.en, grid.en),
            format!("{}改用其所填网格{}的边界", feature.zh, grid.zh),
        );
        let why = ("each grid is named by one feature", "每个网格恰有一个要素与其编码对应");
        let action = self.of_match(ActionKind::SnapNet, one, message, why);
        let features = std::iter::once(id.to_owned()).chain(one.grid.clone()).collect();
        Action { confirm: true, features, ..action }
    }

    fn refusal(
        &self,
        reason: Reason,
        one: &NetMatch,
        (message, message_zh): Both,
        (why, why_zh): Both,
    ) -> Refusal {
        let (advice, advice_zh) = advice(reason);
        Refusal {
            reason,
            rule: rule(one.class).into(),
            layer: self.net.name.clone(),
            features: self.keys(one),
            area_m2: one.symmetric_difference_m2,
            households: one.households_affected,
            compounds: one.compounds_affected.clone(),
            message,
            message_zh,
            why,
            why_zh,
            advice: advice.into(),
            advice_zh: advice_zh.into(),
            suggestion: Default::default(),
            geometry: self.place(one),
        }
    }

    /// A feature that names another grid than the one that it covers.
    pub fn swapped(&self, group: &[&NetMatch]) -> Refusal {
        let one = group[0];
        let Said { en: feature, zh: feature_zh } = self.features(one);
        let Said { en: grid, zh: grid_zh } = self.grid_titles(group);
        let codes = |id: &String| {
            let feature = self.net.features.iter().find(|feature| feature.id == *id);
            feature.map(|feature| feature.grid_codes.clone()).unwrap_or_default()
        };
        let named: Vec<String> = one.features.iter().flat_map(codes).collect();
        let (named, named_zh) = (named.join(", "), named.join("、"));
        let message = (
            format!("{feature} covers {grid}, but says that it belongs to {named}"),
            format!("{feature_zh}的范围是{grid_zh}，但所填网格编码为{named_zh}"),
        );
        let why = (
            "whether the ids or the borders are wrong is for people to say".to_owned(),
            "编号与边界何者有误，须由人确认".to_owned(),
        );
        let codes: Vec<String> = group.iter().filter_map(|one| one.grid.clone()).collect();
        let suggestion = one.features.iter().map(|id| (id.clone(), codes.clone())).collect();
        let code = codes.join(", ");
        let advice = format!("if the borders are right, set grid_codes of {feature} to {code}");
        let advice_zh = format!("若边界无误，请将{feature_zh}的 grid_codes 改为 {code}");
        Refusal { suggestion, advice, advice_zh, ..self.refusal(Reason::AskIds, one, message, why) }
    }

    /// A feature that fits no grid.
    pub fn extra(&self, one: &NetMatch) -> Refusal {
        let Said { en: feature, zh: feature_zh } = self.features(one);
        let message = (
            format!("{feature} fits no grid and stays"),
            format!("{feature_zh}不与任何网格对应，未处理"),
        );
        let why =
            ("nothing is deleted without being asked".to_owned(), "未经确认不删除要素".to_owned());
        self.refusal(Reason::AskIds, one, message, why)
    }

    /// A grid without a feature, which a feature elsewhere names.
    pub fn missing_but_named(&self, one: &NetMatch) -> Refusal {
        let code = one.grid.as_deref().unwrap_or_default();
        let names = |f: &&crate::domain::NetFeature| f.grid_codes.iter().any(|c| c == code);
        let claimants = self.net.features.iter().filter(names).map(|f| f.id.as_str());
        let Said { en: features, zh: features_zh } = self.feature_titles(claimants);
        let Said { en: grid, zh: grid_zh } = self.grid_title(one);
        let Said { en: net, zh: net_zh } = names::layer(self.dataset, &self.net.name);
        let message = (
            format!("{grid} has no feature in {net}"),
            format!("{grid_zh}在{net_zh}中没有对应要素"),
        );
        let why = (
            format!("{features} names it, but lies elsewhere"),
            format!("{features_zh}填有该网格编码，但位于别处"),
        );
        self.refusal(Reason::AskIds, one, message, why)
    }

    /// Parts in one grid, some of which name another.
    pub fn parts_of_others(&self, one: &NetMatch) -> Refusal {
        let Said { en: features, zh: features_zh } = self.features(one);
        let Said { en: grid, zh: grid_zh } = self.grid_title(one);
        let message = self.with_households(
            one,
            format!("{grid} stays divided among {features}"),
            format!("{grid_zh}仍分属{features_zh}"),
        );
        let why = (
            "not all of them name this grid in grid_codes".to_owned(),
            "其中有要素的 grid_codes 指向其他网格".to_owned(),
        );
        self.refusal(Reason::AskIds, one, message, why)
    }

    /// Grids that are drawn otherwise, without ids that would settle it.
    pub fn redrawn(&self, group: &[&NetMatch]) -> Refusal {
        let Said { en: grids, zh: grids_zh } = self.grid_titles(group);
        let mut ids: Vec<&str> =
            group.iter().flat_map(|one| one.features.iter().map(String::as_str)).collect();
        ids.sort_unstable();
        ids.dedup();
        let Said { en: features, zh: features_zh } = self.feature_titles(ids.iter().copied());
        let message = (
            format!("{grids} stay drawn otherwise: {features}"),
            format!("{features_zh}的划分与{grids_zh}不同，未处理"),
        );
        let why = (
            "grid_codes do not name one feature for each grid".to_owned(),
            "grid_codes 未能使网格与要素一一对应".to_owned(),
        );
        let refusal = self.refusal(Reason::AskIds, group[0], message, why);
        let codes = group.iter().filter_map(|one| one.grid.clone());
        let features = ids.into_iter().map(str::to_owned).chain(codes).collect();
        let households = group.iter().map(|one| one.households_affected).sum();
        Refusal { features, households, ..refusal }
    }

    /// A feature that has too little in common with its grid.
    pub fn too_different(&self, one: &NetMatch) -> Refusal {
        let Said { en: feature, zh: feature_zh } = self.features(one);
        let Said { en: grid, zh: grid_zh } = self.grid_title(one);
        let share = one.iou.unwrap_or(0.0) * 100.0;
        let message = (
            format!("{feature} stays, which has little in common with {grid}"),
            format!("{feature_zh}与{grid_zh}差异过大，未处理"),
        );
        let why = (
            format!("they have {share:.0} % of their area in common"),
            format!("二者重合的面积仅占 {share:.0}%"),
        );
        self.refusal(Reason::TooLarge, one, message, why)
    }

    /// The whole net is shifted.
    pub fn shifted(&self, offset: &Offset) -> Refusal {
        let distance = offset.distance_m();
        let Said { en: net, zh: net_zh } = names::layer(self.dataset, &self.net.name);
        let (advice, advice_zh) = match &offset.suspected_crs {
            Some(crs) => (
                format!(
                    "set crs = \"{crs}\" for [layers.{}] in wangge.toml, then repair again",
                    self.net.name
                ),
                format!(
                    "请在 wangge.toml 的 [layers.{}] 中设置 crs = \"{crs}\"，然后重新修复",
                    self.net.name
                ),
            ),
            None => {
                let (advice, advice_zh) = advice(Reason::WrongSystem);
                (advice.into(), advice_zh.into())
            }
        };
        Refusal {
            reason: Reason::WrongSystem,
            rule: "net.displaced".into(),
            layer: self.net.name.clone(),
            features: self.net.features.iter().map(|f| f.id.clone()).collect(),
            area_m2: None,
            households: 0,
            compounds: Vec::new(),
            message: format!("all of {net} stays shifted by {distance:.1} m"),
            message_zh: format!("{net_zh}整体偏移 {distance:.1} 米，未处理"),
            why: "a common shift is the mark of another reference system; moving the features would hide it".into(),
            why_zh: "整体偏移说明坐标系有误，逐个移动要素只会掩盖原因".into(),
            advice,
            advice_zh,
            suggestion: Default::default(),
            geometry: None,
        }
    }
}

//! The findings of a net, in words.

mod sentences;
mod shifted;

use super::super::context::Context;
use super::super::names::{self, Words};
use super::MatchClass;
use super::figures::arcs;
use super::matches::{Matched, Matcher};
use super::named::Circle;
use super::offset::Offset;
use super::overlay::Group;
use crate::domain::{Finding, Geometry, Measure, MultiPolygon, Net, Severity};
use std::collections::BTreeMap;

/// What a feature of a net is called.
struct Noun {
    one: String,
    many: String,
    zh: String,
}

impl Noun {
    fn of(context: &Context, net: &Net) -> Self {
        let noun = |one: &str, many: &str, zh: &str| Self {
            one: one.into(),
            many: many.into(),
            zh: zh.into(),
        };
        match net.name.as_str() {
            "branches" => noun("branch", "branches", "党支部"),
            "emergency_grids" => noun("emergency grid", "emergency grids", "应急网格"),
            "urban_management_grids" => {
                noun("urban-management grid", "urban-management grids", "城管网格")
            }
            name => {
                let title = context.dataset.layer(name).map(|layer| layer.title_zh.as_str());
                noun(
                    &format!("feature of {name}"),
                    &format!("features of {name}"),
                    &format!("{}要素", title.unwrap_or(name)),
                )
            }
        }
    }
}

/// Says what is wrong with one net.
pub(super) struct Speaker<'s, 'c, 'a> {
    matcher: &'s Matcher<'c, 'a>,
    context: &'c Context<'a>,
    net: &'c Net,
    /// Features that hold each other's grids in turn.
    circles: BTreeMap<usize, Circle>,
    is_shifted: bool,
    noun: Noun,
    /// The net's own name.
    title: Words,
}

impl<'s, 'c, 'a> Speaker<'s, 'c, 'a> {
    pub fn new(matcher: &'s Matcher<'c, 'a>, groups: &'s [Group], offset: Option<&Offset>) -> Self {
        let (context, net) = (matcher.context, matcher.net);
        let (title, is_shifted) = (names::layer(context.dataset, &net.name), offset.is_some());
        let circles = matcher.named.circles(groups);
        Self { matcher, context, net, circles, is_shifted, noun: Noun::of(context, net), title }
    }

    /// One finding a group, since one act mends it, and one more where its feature names other
    /// grids than it covers.
    pub fn findings(&self, matched: &[Matched]) -> Vec<Finding> {
        if self.net.features.is_empty() {
            return vec![self.empty()];
        }
        let mut findings = Vec::new();
        for one in matched {
            findings.extend(self.geometry(one));
            if one.is_misnamed {
                findings.push(self.swapped(one));
            } else {
                findings.extend(self.names_more(one));
            }
        }
        findings
    }

    /// The fault of a group's geometry. A hair within the tolerance is not worth a word while the
    /// whole net lies elsewhere.
    fn geometry(&self, matched: &Matched) -> Option<Finding> {
        let severity = match matched.class {
            MatchClass::Identical => return None,
            MatchClass::WithinTolerance if self.is_shifted || matched.is_misnamed => return None,
            MatchClass::WithinTolerance => Severity::Warning,
            _ => Severity::Error,
        };
        let (message, mend) = self.sentences(matched);
        let message = if self.is_shifted {
            Words::new("apart from the shift, ", "除整体偏移外，").then(&message.en, &message.zh)
        } else {
            message
        };
        let whole = &matched.whole;
        let both = !matched.group.grids.is_empty() && !matched.group.features.is_empty();
        let distance = whole.hausdorff_m().filter(|d| both && *d > 0.0);
        let measure = Measure {
            area_m2: Some(self.area_changed(matched)),
            length_m: (both && whole.beyond_m > 0.0).then_some(whole.beyond_m),
            distance_m: distance,
            households: self.told(self.context.homes.households(matched.homes.iter().copied())),
            ..Measure::default()
        };
        let rule = format!("net.{}", matched.class.name());
        let finding = self.finding(&rule, severity, message, mend, &matched.group);
        Some(with_place(finding.with_measure(measure), self.place(matched)))
    }

    fn finding(
        &self,
        rule: &str,
        severity: Severity,
        message: Words,
        mend: Words,
        group: &Group,
    ) -> Finding {
        let features = group.features.iter().map(|&f| self.net.features[f].id.clone());
        let grids = group.grids.iter().map(|&g| self.context.code(g).to_string());
        Finding::new(rule, severity, &self.net.name, message.en, message.zh)
            .with_file(self.context.file(&self.net.name))
            .with_features(features.chain(grids))
            .with_mend(mend.en, mend.zh)
    }

    /// Households, as far as the dataset tells of any.
    fn told(&self, households: u64) -> Option<u64> {
        self.context.homes.are_told().then_some(households)
    }

    /// The area in m² that has another owner in the net than in the grids.
    fn area_changed(&self, matched: &Matched) -> f64 {
        let (overlay, residents) = (self.matcher.overlay, self.matcher.residents);
        match matched.class {
            MatchClass::Split | MatchClass::Merged | MatchClass::Redrawn => {
                let lost = |&g: &usize| {
                    let partner = residents.partner(g);
                    overlay.grid_area(g) - partner.map_or(0.0, |f| overlay.common_area(g, f))
                };
                let lost: f64 = matched.group.grids.iter().map(lost).sum();
                lost.max(0.0) + matched.whole.areas.features_only
            }
            _ => matched.whole.symmetric_difference_m2(),
        }
    }

    /// Where the finding is drawn: the lines that only one side has, or the whole area.
    fn place(&self, matched: &Matched) -> Option<Geometry> {
        match matched.class {
            MatchClass::Missing => {
                return matched.group.grids.first().map(|&g| self.context.grids[g].to_geometry());
            }
            MatchClass::Extra => {
                let feature = matched.group.features.first();
                return feature.map(|&f| self.net.features[f].geometry.to_geometry());
            }
            _ => {}
        }
        let lines = arcs(self.matcher.overlay, &matched.disagreeing);
        let lines: Vec<_> = lines.into_iter().map(|arc| arc.line).collect();
        (!lines.is_empty()).then_some(Geometry::MultiLineString(lines))
    }

    /// Where the grids of a group are.
    fn area(&self, group: &Group) -> Option<Geometry> {
        let parts = group.grids.iter().flat_map(|&g| self.context.grids[g].polygons());
        MultiPolygon::new(parts.cloned().collect()).ok().map(|shape| shape.to_geometry())
    }

    /// A net without a feature: one finding, not one for every grid.
    fn empty(&self) -> Finding {
        let all: Vec<usize> = (0..self.context.grids.len()).collect();
        let group = Group { grids: all, features: Vec::new() };
        let (n, noun) = (group.grids.len(), &self.noun);
        let message = Words::new(
            format!("{} has no feature: none of {n} grids has its {}", self.title.en, noun.one),
            format!("{}图层中没有要素：{n}个网格都没有对应的{}", self.title.zh, noun.zh),
        );
        let mend = Words::new(
            format!("draw one {} for each grid, with its border", noun.one),
            format!("按各网格的边界逐一补划{}", noun.zh),
        );
        let households = self.told(self.context.homes.households(0..self.context.homes.len()));
        let measure = Measure { households, value: Some(n as f64), ..Measure::default() };
        let finding = self.finding("net.missing", Severity::Error, message, mend, &group);
        with_place(finding.with_measure(measure), self.area(&group))
    }

    /// ": 紫荆小区" with its households, for a sentence about those concerned.
    fn concerned(&self, homes: &[usize]) -> Option<(u64, Words)> {
        let households = self.told(self.context.homes.households(homes.iter().copied()))?;
        Some((households, names::homes(self.context, homes)))
    }
}

fn with_place(finding: Finding, place: Option<Geometry>) -> Finding {
    match place {
        Some(place) => finding.with_geometry(place),
        None => finding,
    }
}

//! What is wrong with a group, and what to do about it: one pair of sentences a class.

use super::super::super::names::{self, Words};
use super::super::matches::Matched;
use super::super::{MatchClass, allows_many};
use super::{Speaker, with_place};
use crate::domain::{Finding, Measure, Severity};

/// Areas below this many m² are not told beside a greater one.
const WORTH_TELLING_M2: f64 = 1.0;

impl Speaker<'_, '_, '_> {
    /// The message and the mend of a fault of geometry.
    pub(super) fn sentences(&self, matched: &Matched) -> (Words, Words) {
        match matched.class {
            MatchClass::WithinTolerance => self.within_tolerance(matched),
            MatchClass::Split => self.split(matched),
            MatchClass::Merged => self.merged(matched),
            MatchClass::Redrawn => self.redrawn(matched),
            MatchClass::Missing => self.missing(matched),
            MatchClass::Extra => self.extra(matched),
            _ => self.displaced(matched),
        }
    }

    fn grids(&self, matched: &Matched) -> Words {
        Words::list(matched.group.grids.iter().map(|&g| Words::grid(self.context, g)))
    }

    fn features(&self, matched: &Matched) -> Words {
        let feature = |&f: &usize| Words::feature(&self.net.features[f]);
        Words::list(matched.group.features.iter().map(feature))
    }

    /// The households that change their owner.
    fn whom(&self, matched: &Matched) -> Words {
        let noun = &self.noun;
        match self.concerned(&matched.homes) {
            None => Words::default(),
            Some(_) if matched.homes.is_empty() => {
                Words::new(format!("; no household changes its {}", noun.one), "；不涉及住户")
            }
            Some((n, who)) => Words::new(
                format!(
                    "; {} {} {} ({})",
                    names::households(n),
                    if n == 1 { "changes its" } else { "change their" },
                    noun.one,
                    who.en
                ),
                format!("；{n}户归属改变（{}）", who.zh),
            ),
        }
    }

    fn within_tolerance(&self, matched: &Matched) -> (Words, Words) {
        let (grids, features) = (self.grids(matched), self.features(matched));
        let (most, tolerance) =
            (matched.whole.hausdorff_m().unwrap_or(0.0), self.context.tolerance_m);
        let whom = if matched.homes.is_empty() { Words::default() } else { self.whom(matched) };
        let message = Words::new(
            format!(
                "the border of {} is not quite that of {}: up to {most:.3} m apart, within the tolerance of {tolerance} m",
                features.en, grids.en
            ),
            format!(
                "{}的边界与{}略有出入：最大相差 {most:.3} 米，未超出 {tolerance} 米容差",
                features.zh, grids.zh
            ),
        );
        let mend = Words::new(
            "snap it to the border of the grid, vertex by vertex, so that both are one line",
            "将其顶点逐一捕捉到网格边界上，使两者成为同一条线",
        );
        (message.then(&whom.en, &whom.zh), mend)
    }

    fn displaced(&self, matched: &Matched) -> (Words, Words) {
        let (grids, features) = (self.grids(matched), self.features(matched));
        let whole = &matched.whole;
        let (most, long) = (whole.hausdorff_m().unwrap_or(0.0), whole.beyond_m);
        let (less, more) = (whole.areas.grids_only, whole.areas.features_only);
        let mut sizes = Vec::new();
        if less > WORTH_TELLING_M2 || less >= more {
            let less = names::area(less);
            sizes.push(Words::new(format!("{less} m² too little"), format!("少划 {less} 平方米")));
        }
        if more > WORTH_TELLING_M2 || more > less {
            let more = names::area(more);
            sizes.push(Words::new(format!("{more} m² too much"), format!("多划 {more} 平方米")));
        }
        let (sizes, own, whom) = (Words::list(sizes), self.own_faults(matched), self.whom(matched));
        let message = Words::new(
            format!(
                "the border of {} is not that of {}: up to {most:.1} m apart along {long:.0} m, {}",
                features.en, grids.en, sizes.en
            ),
            format!(
                "{}的边界与{}不一致：不一致段长 {long:.0} 米，最大相差 {most:.1} 米，{}",
                features.zh, grids.zh, sizes.zh
            ),
        );
        let mend = Words::new(
            format!("redraw it along the border of {}", grids.en),
            format!("按{}的边界重划", grids.zh),
        );
        (message.then(&own.en, &own.zh).then(&whom.en, &whom.zh), mend)
    }

    /// Gaps and overlaps of the net itself on the grids of a group.
    fn own_faults(&self, matched: &Matched) -> Words {
        let sum = |of: fn(&super::super::NetMatch) -> Option<f64>| -> f64 {
            matched.rows.iter().filter_map(|(_, row)| of(row)).sum()
        };
        let (none, several) = (sum(|row| row.uncovered_m2), sum(|row| row.doubly_covered_m2));
        let noun = &self.noun;
        let mut words = Words::default();
        if none > WORTH_TELLING_M2 {
            let none = names::area(none);
            words = words.then(
                &format!("; {none} m² of the grid have no {} at all", noun.one),
                &format!("；网格内有 {none} 平方米没有任何{}", noun.zh),
            );
        }
        if several > WORTH_TELLING_M2 {
            let several = names::area(several);
            words = words.then(
                &format!("; {several} m² of the grid lie in several {}", noun.many),
                &format!("；网格内有 {several} 平方米同属多个{}", noun.zh),
            );
        }
        words
    }

    /// A share of a grid, by area and by households.
    fn share(&self, grid: usize, feature: usize) -> (String, String) {
        let (overlay, residents) = (self.matcher.overlay, self.matcher.residents);
        let share = overlay.common_area(grid, feature) / overlay.grid_area(grid).max(1e-9);
        let percent = names::percent(share);
        match self.told(residents.in_common(grid, feature)) {
            Some(n) => (
                format!("({percent} of its area, {})", names::households(n)),
                format!("（占面积 {percent}，{n}户）"),
            ),
            None => (format!("({percent} of its area)"), format!("（占面积 {percent}）")),
        }
    }

    fn split(&self, matched: &Matched) -> (Words, Words) {
        let (grids, noun) = (self.grids(matched), &self.noun);
        let (group, n) = (&matched.group, matched.group.features.len());
        let parts = Words::list(group.features.iter().map(|&f| {
            let (en, zh) = self.share(group.grids[0], f);
            Words::feature(&self.net.features[f]).then(&format!(" {en}"), &zh)
        }));
        let rest = matched.whole.symmetric_difference_m2();
        let rest = if rest > WORTH_TELLING_M2 {
            let rest = names::area(rest);
            Words::new(
                format!("; together they still differ from it by {rest} m²"),
                format!("；合并后与网格仍相差 {rest} 平方米"),
            )
        } else {
            Words::default()
        };
        let message = Words::new(
            format!("{} is divided among {n} {}: {}", grids.en, noun.many, parts.en),
            format!("{}被划给{n}个{}：{}", grids.zh, noun.zh, parts.zh),
        );
        let mend = Words::new(
            format!("unite them into one {} with the border of {}", noun.one, grids.en),
            format!("将其合并为一个{}，边界与{}一致", noun.zh, grids.zh),
        );
        (message.then(&rest.en, &rest.zh), mend)
    }

    fn merged(&self, matched: &Matched) -> (Words, Words) {
        let (features, noun) = (self.features(matched), &self.noun);
        let (group, n) = (&matched.group, matched.group.grids.len());
        let parts = Words::list(group.grids.iter().map(|&g| {
            let households = self.context.homes.households(self.context.homes.of_grid(g));
            let title = Words::grid(self.context, g);
            match self.told(households) {
                Some(n) => {
                    title.then(&format!(" ({})", names::households(n)), &format!("（{n}户）"))
                }
                None => title,
            }
        }));
        let alone = self.context.homes.households(matched.homes.iter().copied());
        let whom = self.told(alone).filter(|n| *n > 0).map_or_else(Words::default, |n| {
            Words::new(
                format!("; {} have no {} of their own", names::households(n), noun.one),
                format!("；其中{n}户没有本网格自己的{}", noun.zh),
            )
        });
        let message = Words::new(
            format!("{} covers {n} grids: {}", features.en, parts.en),
            format!("{}覆盖了{n}个网格：{}", features.zh, parts.zh),
        );
        let net = &self.net.name;
        let mend = Words::new(
            format!(
                "divide it into {n} along the borders of the grids; or, if several grids may share one, set correspondence = \"many_to_one\" for [layers.{net}] in wangge.toml"
            ),
            format!(
                "按网格边界将其拆分为{n}个；若允许多个网格共用一个，则在 wangge.toml 的 [layers.{net}] 中设置 correspondence = \"many_to_one\""
            ),
        );
        (message.then(&whom.en, &whom.zh), mend)
    }

    fn redrawn(&self, matched: &Matched) -> (Words, Words) {
        let (grids, features) = (self.grids(matched), self.features(matched));
        let (noun, whom) = (&self.noun, self.whom(matched));
        let (n, m) = (matched.group.grids.len(), matched.group.features.len());
        let message = Words::new(
            format!("{} are divided otherwise, into {m} {}: {}", grids.en, noun.many, features.en),
            format!("{}另行划成了{m}个{}：{}", grids.zh, noun.zh, features.zh),
        );
        let mend = if allows_many(self.net) {
            Words::new(
                format!("redraw the {} so that each holds whole grids", noun.many),
                format!("重划这些{}，使每个都由完整的网格组成", noun.zh),
            )
        } else {
            Words::new(
                format!("redraw the {} along the borders of the {n} grids, one each", noun.many),
                format!("按{n}个网格的边界重划，每个网格一个{}", noun.zh),
            )
        };
        (message.then(&whom.en, &whom.zh), mend)
    }

    fn missing(&self, matched: &Matched) -> (Words, Words) {
        let (grids, noun) = (self.grids(matched), &self.noun);
        let households = self.context.homes.households(matched.homes.iter().copied());
        let whom = self.told(households).map_or_else(Words::default, |n| {
            Words::new(format!("; {} live there", names::households(n)), format!("，涉及{n}户"))
        });
        let message = Words::new(
            format!("{} has no {}", grids.en, noun.one),
            format!("{}没有对应的{}", grids.zh, noun.zh),
        );
        let mend = Words::new(
            format!("draw a {} with the border of the grid", noun.one),
            format!("按该网格的边界补划{}", noun.zh),
        );
        let partly = self.partly(matched.group.grids[0]);
        (message.then(&whom.en, &whom.zh).then(&partly.en, &partly.zh), mend)
    }

    /// The feature that reaches furthest into a grid that none fits.
    fn partly(&self, grid: usize) -> Words {
        let overlay = self.matcher.overlay;
        let reaches = overlay.common().range((grid, 0)..(grid + 1, 0));
        let most = reaches.max_by(|a, b| a.1.total_cmp(b.1));
        let Some((&(_, feature), &area)) = most.filter(|(_, area)| **area > WORTH_TELLING_M2)
        else {
            return Words::default();
        };
        let share = names::percent(area / overlay.grid_area(grid).max(1e-9));
        let title = Words::feature(&self.net.features[feature]);
        Words::new(
            format!("; {} reaches into {share} of it", title.en),
            format!("；{}伸入其中 {share}", title.zh),
        )
    }

    fn extra(&self, matched: &Matched) -> (Words, Words) {
        let overlay = self.matcher.overlay;
        let feature = matched.group.features[0];
        let title = Words::feature(&self.net.features[feature]);
        let size = overlay.feature_area(feature);
        let (mut outside, mut below) = (0.0, std::collections::BTreeMap::new());
        for (face, area) in overlay.feature_faces(feature) {
            if overlay.grids_at(face).next().is_none() {
                outside += area;
            }
            for other in overlay.features_at(face).filter(|&f| f != feature) {
                *below.entry(other).or_insert(0.0) += area;
            }
        }
        let below = below.into_iter().filter(|&(_, area)| area > size / 10.0);
        let below: Vec<usize> = below.map(|(other, _)| other).collect();
        let (why, why_zh) = if size > 0.0 && outside > size / 2.0 {
            match names::percent(outside / size).as_str() {
                "100 %" => ("it lies outside the grids".into(), "它完全位于网格之外".into()),
                share => (
                    format!("{share} of it lies outside the grids"),
                    format!("其 {share} 位于网格之外"),
                ),
            }
        } else if below.is_empty() {
            ("it lies in no grid for the most part".into(), "大部分不在任何一个网格内".into())
        } else {
            let others = below.iter().map(|&f| Words::feature(&self.net.features[f]));
            let others = Words::list(others);
            (format!("it lies on top of {}", others.en), format!("它与{}重叠", others.zh))
        };
        let message = Words::new(
            format!("{} stands for no grid: {why}", title.en),
            format!("{}不对应任何网格：{why_zh}", title.zh),
        );
        let mend = Words::new(
            "delete it, or draw the grid that it stands for",
            "删除该要素；若确有其网格，则补划该网格",
        );
        (message, mend)
    }

    /// A feature that covers one grid and names another.
    pub(super) fn swapped(&self, matched: &Matched) -> Finding {
        let group = &matched.group;
        let feature = group.features[0];
        let one = &self.net.features[feature];
        let (title, grids) = (Words::feature(one), self.grids(matched));
        let from_id = one.grid_codes.is_empty();
        let codes = if from_id { std::slice::from_ref(&one.id) } else { &one.grid_codes[..] };
        let named = Words::list(codes.iter().map(|code| self.named_grid(code)));
        let exchange = self.exchanged(matched);
        let homes: Vec<usize> =
            group.grids.iter().flat_map(|&g| self.matcher.residents.of_grid(g)).copied().collect();
        let households = self.told(self.context.homes.households(homes));
        let whom = households.map_or_else(Words::default, |n| {
            Words::new(format!("; {} live there", names::households(n)), format!("；涉及{n}户"))
        });
        let message = Words::new(
            format!("{} covers {}, but names {}", title.en, grids.en, named.en),
            format!("{}的范围是{}，所填的网格却是{}", title.zh, grids.zh, named.zh),
        )
        .then(&exchange.en, &exchange.zh)
        .then(&whom.en, &whom.zh);
        let field = if from_id { "id" } else { "grid_codes" };
        let right: Vec<&str> = group.grids.iter().map(|&g| self.context.code(g)).collect();
        let mend = Words::new(
            format!(
                "set its {field} to {}; or, if its outline is the wrong one, redraw that",
                right.join(", ")
            ),
            format!("将其 {field} 改为 {}；若是范围画错，则改正范围", right.join("、")),
        );
        let finding = self.finding("net.swapped", Severity::Error, message, mend, group);
        let measure = Measure { households, ..Measure::default() };
        with_place(finding.with_field(field).with_measure(measure), self.area(group))
    }

    /// A grid as a feature names it.
    fn named_grid(&self, code: &str) -> Words {
        let grids = &self.context.dataset.grids;
        match grids.iter().position(|grid| grid.code == code) {
            Some(grid) => Words::grid(self.context, grid),
            None => Words::new(format!("{code} (no such grid)"), format!("{code}（无此网格）")),
        }
    }

    /// With whom a feature has exchanged its names.
    fn exchanged(&self, matched: &Matched) -> Words {
        let feature = matched.group.features[0];
        let title = |f: &usize| Words::feature(&self.net.features[*f]);
        let Some(circle) = self.circles.get(&feature) else { return Words::default() };
        let others = Words::list(circle.others.iter().map(title));
        match circle.size {
            2 => Words::new(
                format!(": exchanged with {}", others.en),
                format!("：与{}互换了", others.zh),
            ),
            n if n > circle.others.len() + 1 => Words::new(
                format!(": {n} {} are moved round in a circle", self.noun.many),
                format!("：共{n}个{}依次错位", self.noun.zh),
            ),
            _ => Words::new(
                format!(": moved round in a circle with {}", others.en),
                format!("：与{}依次错位", others.zh),
            ),
        }
    }

    /// A feature that names its grid and others too.
    pub(super) fn names_more(&self, matched: &Matched) -> Option<Finding> {
        let ([feature], false) = (matched.group.features.as_slice(), allows_many(self.net)) else {
            return None;
        };
        let known = self.matcher.named.grids(*feature);
        let own = |g: &usize| matched.group.grids.contains(g);
        if !known.iter().any(own) || known.iter().all(own) {
            return None;
        }
        let title = Words::feature(&self.net.features[*feature]);
        let others = known.iter().filter(|g| !own(g)).map(|&g| Words::grid(self.context, g));
        let (others, grids) = (Words::list(others), self.grids(matched));
        let message = Words::new(
            format!("{} covers {}, but also names {}", title.en, grids.en, others.en),
            format!("{}的范围是{}，所填网格编码却还有{}", title.zh, grids.zh, others.zh),
        );
        let right: Vec<&str> = matched.group.grids.iter().map(|&g| self.context.code(g)).collect();
        let mend = Words::new(
            format!("leave only {} in its grid_codes", right.join(", ")),
            format!("grid_codes 中只保留 {}", right.join("、")),
        );
        let group = &matched.group;
        let finding = self.finding("code.grid_codes", Severity::Warning, message, mend, group);
        Some(with_place(finding.with_field("grid_codes"), self.area(group)))
    }
}

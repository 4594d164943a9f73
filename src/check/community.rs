//! `grid.crosses_community`: each grid lies whole inside one community.

use super::context::{Context, Region, measured_regions};
use super::homes::Ownership;
use super::names::{self, Words};
use crate::domain::{Community, Finding, Measure, MultiPolygon, Severity};
use crate::geometry::{Arrangement, measure, overlap_areas};

/// Share of a grid from which on a second community is no stray part: the grid lies in both.
const LIES_IN_BOTH: f64 = 1.0 / 3.0;

pub(super) fn check(context: &Context) -> Vec<Finding> {
    let communities: Vec<&MultiPolygon> =
        context.dataset.communities.iter().map(|c| &c.geometry).collect();
    if communities.is_empty() || context.grids.is_empty() {
        return Vec::new();
    }
    let mut shares: Vec<Vec<(usize, f64)>> = vec![Vec::new(); context.grids.len()];
    for (grid, community, area) in overlap_areas(&context.frame, &context.grids, &communities) {
        shares[grid].push((community, area));
    }
    let crosses = |grid: usize| shares[grid].len() > 1;
    let wanted = |home: usize| context.homes.grid(home).is_some_and(crosses);
    let mut order: Vec<usize> = (0..communities.len()).collect();
    order.sort_by_key(|&c| &context.dataset.communities[c].code);
    let homes = context.homes.in_layer(wanted, &communities, &order);
    let rule = Rule { context, communities, homes };
    let mut findings = Vec::new();
    for (grid, mut shares) in shares.into_iter().enumerate() {
        shares.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        rule.check(grid, &shares, &mut findings);
    }
    findings
}

struct Rule<'c, 'a> {
    context: &'c Context<'a>,
    communities: Vec<&'a MultiPolygon>,
    /// How the homes of grids in several communities lie in these.
    homes: Vec<Ownership>,
}

impl<'a> Rule<'_, 'a> {
    fn community(&self, community: usize) -> &'a Community {
        &self.context.dataset.communities[community]
    }

    fn title(&self, community: usize) -> Words {
        let community = self.community(community);
        Words::title(&community.name, &community.code)
    }

    /// The community of a grid: the one with most of it, or the one that it names where it lies
    /// in both.
    fn home(&self, grid: usize, shares: &[(usize, f64)]) -> Option<usize> {
        let all: f64 = shares.iter().map(|share| share.1).sum();
        let named = self.context.dataset.grids[grid].community_code.as_deref();
        let is_named = |c: usize| named == Some(self.community(c).code.as_str());
        let large = shares.iter().filter(|share| share.1 >= LIES_IN_BOTH * all);
        let named = large.map(|share| share.0).find(|&c| is_named(c));
        named.or(shares.first().map(|share| share.0))
    }

    fn check(&self, grid: usize, shares: &[(usize, f64)], findings: &mut Vec<Finding>) {
        let Some(home) = self.home(grid, shares) else {
            findings.push(self.in_none(grid));
            return;
        };
        let all: f64 = shares.iter().map(|share| share.1).sum();
        for &(other, area) in shares.iter().filter(|share| share.0 != home) {
            let in_both = area >= LIES_IN_BOTH * all;
            let of_home = shares.iter().find(|share| share.0 == home).map_or(0.0, |share| share.1);
            findings.extend(self.crossing(grid, home, other, in_both.then_some(of_home / all)));
        }
        findings.extend(self.beyond_all(grid, shares));
        findings.extend(self.code_of_home(grid, home));
    }

    fn finding(&self, rule: &str, severity: Severity, grid: usize, words: Words) -> Finding {
        Finding::new(rule, severity, "grids", words.en, words.zh)
            .with_file(self.context.file("grids"))
            .with_features([self.context.code(grid)])
    }

    /// The part of a grid in a second community, when it is wider than the tolerance somewhere.
    /// `in_both`: the share of its own community, where the grid lies in both.
    fn crossing(
        &self,
        grid: usize,
        home: usize,
        other: usize,
        in_both: Option<f64>,
    ) -> Option<Finding> {
        let context = self.context;
        let pair = [context.grids[grid], self.communities[other]];
        let arrangement = Arrangement::build(&context.frame, &pair);
        let common = |face| (arrangement.owners(face).len() == 2).then_some(());
        let regions = measured_regions(&arrangement, common, |_| true);
        let part = WidePart::of(regions, context.tolerance_m)?;
        let homes: Vec<usize> = (context.homes.of_grid(grid))
            .filter(|&h| self.homes[h].owner() == Some(other))
            .collect();
        let share = part.area_m2 / arrangement_area(&arrangement).max(1e-9);
        let (title, home, other) =
            (Words::grid(context, grid), self.title(home), self.title(other));
        let (words, mend) = match in_both {
            Some(of_home) => two_communities(&title, (&home, of_home), (&other, share)),
            None => stray_part(&title, &home, &other, &part),
        };
        let whom = self.whom(&homes);
        let words = words.then(&whom.en, &whom.zh);
        let finding = self.finding("grid.crosses_community", Severity::Error, grid, words);
        let told = context.homes.are_told();
        Some(part.place(finding.with_mend(mend.en, mend.zh).with_measure(Measure {
            area_m2: Some(part.area_m2),
            width_m: Some(part.width_m),
            households: told.then(|| context.homes.households(homes)),
            value: Some(share),
            ..Measure::default()
        })))
    }

    /// Who lives in a part of a grid.
    fn whom(&self, homes: &[usize]) -> Words {
        let homes_of = &self.context.homes;
        if !homes_of.are_told() {
            return Words::default();
        }
        if homes.is_empty() {
            return Words::new("; no household lives there", "；不涉及住户");
        }
        let n = homes_of.households(homes.iter().copied());
        let who = names::homes(self.context, homes);
        Words::new(
            format!("; {} live there ({})", names::households(n), who.en),
            format!("；涉及{n}户（{}）", who.zh),
        )
    }

    /// A grid that no community holds.
    fn in_none(&self, grid: usize) -> Finding {
        let title = Words::grid(self.context, grid);
        let words = Words::new(
            format!("{} lies in no community", title.en),
            format!("{}不在任何社区内", title.zh),
        );
        self.finding("grid.crosses_community", Severity::Error, grid, words)
            .with_geometry(self.context.grids[grid].to_geometry())
            .with_mend(
                "check the coordinates of grids and communities and their reference systems",
                "核对网格与社区图层的坐标与坐标系",
            )
    }

    /// The part of a grid in no community. Where the communities are the outline, it lies outside
    /// of that, and is reported so.
    fn beyond_all(&self, grid: usize, shares: &[(usize, f64)]) -> Option<Finding> {
        let context = self.context;
        if context.outline.as_ref().is_some_and(|(layer, _)| *layer == "communities") {
            return None;
        }
        // A part wider than the tolerance holds a circle of that width.
        let circle = std::f64::consts::FRAC_PI_4 * context.tolerance_m.powi(2);
        let inside: f64 = shares.iter().map(|share| share.1).sum();
        if measure::area_m2(context.grids[grid]) - inside < circle {
            return None;
        }
        let mut polygons = vec![context.grids[grid]];
        polygons.extend(shares.iter().map(|share| self.communities[share.0]));
        let arrangement = Arrangement::build(&context.frame, &polygons);
        let alone = |face| (arrangement.owners(face) == [0]).then_some(());
        let part =
            WidePart::of(measured_regions(&arrangement, alone, |_| true), context.tolerance_m)?;
        let (title, size) = (Words::grid(context, grid), names::area(part.area_m2));
        let words = Words::new(
            format!(
                "{size} m² of {} (up to {:.1} m wide) lie in no community",
                title.en, part.width_m
            ),
            format!("{}有 {size} 平方米（最宽 {:.1} 米）不在任何社区内", title.zh, part.width_m),
        );
        let finding = self
            .finding("grid.crosses_community", Severity::Error, grid, words)
            .with_measure(Measure {
                area_m2: Some(part.area_m2),
                width_m: Some(part.width_m),
                ..Measure::default()
            })
            .with_mend(
                "extend the community over it, or draw the grid's border back",
                "将社区边界扩展至此，或收回网格边界",
            );
        Some(part.place(finding))
    }

    /// A grid that names another community than the one it lies in.
    fn code_of_home(&self, grid: usize, home: usize) -> Option<Finding> {
        let home = self.community(home);
        let named = self.context.dataset.grids[grid].community_code.as_ref()?;
        if *named == home.code {
            return None;
        }
        let known = self.context.dataset.communities.iter().find(|c| c.code == *named);
        let named =
            known.map_or_else(|| Words::new(named, named), |c| Words::title(&c.name, &c.code));
        let (title, place) =
            (Words::grid(self.context, grid), Words::title(&home.name, &home.code));
        let words = Words::new(
            format!("{} names the community {}, but lies in {}", title.en, named.en, place.en),
            format!("{}所填社区为{}，实际却位于{}", title.zh, named.zh, place.zh),
        );
        Some(
            self.finding("code.community", Severity::Warning, grid, words)
                .with_field("community_code")
                .with_geometry(self.context.grids[grid].to_geometry())
                .with_mend(
                    format!("set its community_code to {}", home.code),
                    format!("将其 community_code 改为 {}", home.code),
                ),
        )
    }
}

/// A grid that lies in two communities, and what to do about it.
fn two_communities(title: &Words, home: (&Words, f64), other: (&Words, f64)) -> (Words, Words) {
    let ((home, of_home), (other, of_other)) = (home, other);
    let (of_home, of_other) = (names::percent(of_home), names::percent(of_other));
    let words = Words::new(
        format!(
            "{} lies in two communities: {} ({of_home} of it) and {} ({of_other})",
            title.en, home.en, other.en
        ),
        format!("{}横跨两个社区：{}（{of_home}）、{}（{of_other}）", title.zh, home.zh, other.zh),
    );
    let mend = Words::new(
        "divide it along the border of the communities, or decide for one of them and redraw it",
        "沿两社区的分界将其拆分，或确定归属后重划",
    );
    (words, mend)
}

/// A grid of which a part strays into a second community, and what to do about it.
fn stray_part(title: &Words, home: &Words, other: &Words, part: &WidePart) -> (Words, Words) {
    let (size, width) = (names::area(part.area_m2), part.width_m);
    let words = Words::new(
        format!(
            "{} lies in {}, but {size} m² of it (up to {width:.1} m wide) lie in {}",
            title.en, home.en, other.en
        ),
        format!(
            "{}位于{}，但有 {size} 平方米（最宽 {width:.1} 米）越入{}",
            title.zh, home.zh, other.zh
        ),
    );
    let mend = Words::new(
        format!("draw the grid's border back to that of {}", home.en),
        format!("将网格边界收回至{}边界", home.zh),
    );
    (words, mend)
}

/// Regions together that are wider than the tolerance somewhere.
struct WidePart {
    regions: Vec<Region>,
    area_m2: f64,
    width_m: f64,
}

impl WidePart {
    fn of(regions: Vec<Region>, tolerance_m: f64) -> Option<Self> {
        let regions: Vec<Region> =
            regions.into_iter().filter(|region| region.width_m > tolerance_m).collect();
        let width_m = regions.iter().map(|region| region.width_m).fold(0.0, f64::max);
        let area_m2 = regions.iter().map(|region| region.area_m2).sum();
        (!regions.is_empty()).then_some(Self { regions, area_m2, width_m })
    }

    fn place(&self, finding: Finding) -> Finding {
        let parts = self.regions.iter().flat_map(|r| r.shape.polygons().iter().cloned());
        match MultiPolygon::new(parts.collect()) {
            Ok(place) => finding.with_geometry(place.to_geometry()),
            Err(_) => finding,
        }
    }
}

/// Area in m² of the first polygon of an arrangement.
fn arrangement_area(arrangement: &Arrangement) -> f64 {
    let areas = arrangement.face_areas_m2();
    let held = (0..areas.len()).filter(|&face| arrangement.owners(face as u32).first() == Some(&0));
    held.map(|face| areas[face]).sum()
}

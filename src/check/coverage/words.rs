//! The findings of the coverage, in words.

use super::super::concern::households_in;
use super::super::context::Terms;
use super::{Fault, FaultKind};
use crate::domain::{Finding, Geometry, LonLat, Measure, MultiPolygon, Severity};

/// Who should keep a place, and for what reason.
struct Heir {
    grid: usize,
    why: &'static str,
    why_zh: &'static str,
}

impl Fault {
    /// The fault in words. `households` tells those of a grid.
    pub fn finding(&self, terms: &Terms, households: &dyn Fn(usize) -> u64) -> Finding {
        let finding = match self.kind {
            FaultKind::Gap => self.gap(terms),
            FaultKind::Overlap => self.overlap(terms, households),
            FaultKind::Outside => self.outside(terms),
        };
        finding
            .with_file(terms.file("grids"))
            .with_features(self.grids.iter().map(|&g| terms.code(g)))
            .with_measure(Measure {
                area_m2: Some(self.area_m2),
                width_m: Some(self.width_m),
                length_m: Some(self.length_m),
                households: self.households_concerned(terms),
                ..Measure::default()
            })
            .with_geometry(self.shape.to_geometry())
    }

    /// Households in it; `None` when the dataset tells of none.
    fn households_concerned(&self, terms: &Terms) -> Option<u64> {
        *self.households.get_or_init(|| households_in(terms.dataset, &self.shape))
    }

    fn gap(&self, terms: &Terms) -> Finding {
        let titles = titles(terms, &self.grids);
        let (place, place_zh) = match (titles.len(), self.at_edge) {
            (0, _) => ("that touches no grid", "未与任何网格相邻"),
            (_, true) => ("at the outer boundary, beside", "位于外边界，邻接"),
            _ => ("between", "位于"),
        };
        let size = self.size_words(terms.tolerance_m);
        let finding = Finding::new(
            "coverage.gap",
            Severity::Error,
            "grids",
            format!("a gap of {} {place} {}: no grid owns it", size.0, titles.join(", ")),
            format!("空隙{}，{place_zh}{}：此处不属于任何网格", size.1, titles.join("、")),
        );
        let Some(heir) = titles.first() else { return finding };
        finding.with_mend(
            format!("give it to {heir}, which has the longest border with it"),
            format!("并入与其共用边界最长的{heir}"),
        )
    }

    fn overlap(&self, terms: &Terms, households: &dyn Fn(usize) -> u64) -> Finding {
        let titles = titles(terms, &self.grids);
        let size = self.size_words(terms.tolerance_m);
        let heir = self.heir(households);
        Finding::new(
            "coverage.overlap",
            Severity::Error,
            "grids",
            format!("an overlap of {}: {} both own it", size.0, titles.join(" and ")),
            format!("重叠{}：{}同时占有此处", size.1, titles.join("与")),
        )
        .with_mend(
            format!("leave it to {}, which has {}", terms.title(heir.grid), heir.why),
            format!("归{}的{}", heir.why_zh, terms.title(heir.grid)),
        )
    }

    /// Who should keep an overlap: the grid with the most households, of several that with the
    /// longest border with it, of several the first.
    fn heir(&self, households: &dyn Fn(usize) -> u64) -> Heir {
        let most = self.grids.iter().map(|&g| households(g)).max().unwrap_or(0);
        let mut largest = self.grids.iter().copied().filter(|&g| households(g) == most);
        let first = largest.next().unwrap_or_default();
        let others = self.grids.iter().any(|&g| households(g) < most);
        match self.leaning {
            _ if others && largest.next().is_none() => {
                Heir { grid: first, why: "more households", why_zh: "户数较多" }
            }
            Some(grid) if households(grid) == most => {
                Heir { grid, why: "the longest border with it", why_zh: "与其共用边界最长" }
            }
            _ => Heir { grid: first, why: "the lowest code", why_zh: "编码最小" },
        }
    }

    fn outside(&self, terms: &Terms) -> Finding {
        let titles = titles(terms, &self.grids);
        let size = self.size_words(terms.tolerance_m);
        let layer = terms.outline.unwrap_or_default();
        let layer_zh = match layer {
            "subdistrict" => "街道边界",
            "communities" => "社区范围",
            _ => "规划单元范围",
        };
        Finding::new(
            "coverage.outside",
            Severity::Error,
            "grids",
            format!("{} reaches {} beyond the {layer}", titles.join(", "), size.0),
            format!("{}超出{layer_zh}{}", titles.join("、"), size.1),
        )
        .with_mend(
            "draw the grid's border back to the boundary, or mend the boundary",
            "将网格边界收回至街道边界，或订正街道边界",
        )
    }

    /// The size in English and Chinese; what is no wider than the tolerance is called a sliver.
    fn size_words(&self, tolerance_m: f64) -> (String, String) {
        let sliver = self.width_m <= tolerance_m;
        let (area, width) = (self.area_m2, self.width_m);
        (
            format!("{area:.1} m² ({width:.2} m wide{})", if sliver { ", a sliver" } else { "" }),
            format!("{area:.1} 平方米（宽 {width:.2} 米{}）", if sliver { "，狭缝" } else { "" }),
        )
    }
}

fn titles(terms: &Terms, grids: &[usize]) -> Vec<String> {
    grids.iter().map(|&g| terms.title(g)).collect()
}

/// The places where the borders of `grids` run within the tolerance of each other without
/// coinciding.
pub(in crate::check) fn near_miss(terms: &Terms, grids: &[usize], faults: &[&Fault]) -> Finding {
    let titles = titles(terms, grids);
    let width = faults.iter().map(|fault| fault.width_m).fold(0.0, f64::max);
    let beside = if titles.len() == 1 { "the boundary" } else { "each other" };
    let parts = faults.iter().flat_map(|fault| fault.shape.polygons().iter().cloned()).collect();
    let finding = Finding::new(
        "coverage.near_miss",
        Severity::Warning,
        "grids",
        format!(
            "the borders of {} run within {width:.3} m of {beside} without coinciding",
            titles.join(" and ")
        ),
        format!("{}的边界相距不足 {width:.3} 米却不重合", titles.join("与")),
    )
    .with_file(terms.file("grids"))
    .with_features(grids.iter().map(|&g| terms.code(g)))
    .with_measure(Measure {
        distance_m: Some(width),
        length_m: Some(faults.iter().map(|fault| fault.length_m).sum()),
        area_m2: Some(faults.iter().map(|fault| fault.area_m2).sum()),
        households: faults.iter().map(|fault| fault.households_concerned(terms)).sum(),
        ..Measure::default()
    })
    .with_mend("snap the borders together", "将两侧边界捕捉为同一条线");
    match MultiPolygon::new(parts) {
        Ok(place) => finding.with_geometry(place.to_geometry()),
        Err(_) => finding,
    }
}

/// A border that two polygons share, where the first lacks vertices of the second at `places`.
/// Polygons beyond the grids are the outline's.
pub(in crate::check) fn mismatched_edge(
    terms: &Terms,
    (lacking, having): (usize, usize),
    places: &[LonLat],
) -> Finding {
    let grids = terms.dataset.grids.len();
    let title = |polygon: usize| match terms.outline {
        Some(layer) if polygon >= grids => layer.to_string(),
        _ => terms.title(polygon),
    };
    let features = [lacking, having].into_iter().filter(|&p| p < grids).map(|p| terms.code(p));
    let (lacking, having, n) = (title(lacking), title(having), places.len());
    Finding::new(
        "coverage.mismatched_edge",
        Severity::Warning,
        "grids",
        format!("{lacking} and {having} share a border, but {lacking} lacks {n} of its vertices"),
        format!("{lacking}与{having}共用边界，但{lacking}缺少其中{n}个顶点"),
    )
    .with_file(terms.file("grids"))
    .with_features(features)
    .with_measure(Measure { value: Some(n as f64), ..Measure::default() })
    .with_geometry(Geometry::MultiPoint(places.to_vec()))
    .with_mend(
        "add the missing vertices, so that both sides of the border stay the same line",
        "补上缺少的顶点，使边界两侧保持同一条线",
    )
}

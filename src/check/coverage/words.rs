//! The findings of the coverage, in words.

use super::super::concern::households_in;
use super::super::context::Terms;
use super::super::names::{self, Words};
use super::{Fault, FaultKind};
use crate::domain::{Finding, Geometry, LonLat, Measure, MultiPolygon, Severity};

/// Who should keep a place, and for what reason.
struct Heir {
    grid: usize,
    why: (&'static str, &'static str),
}

impl Fault {
    /// The fault in words, if it is told by itself. `households` tells those of a grid.
    pub fn finding(&self, terms: &Terms, households: &dyn Fn(usize) -> u64) -> Option<Finding> {
        let finding = match self.kind {
            FaultKind::Gap => self.gap(terms),
            FaultKind::Overlap => self.overlap(terms, households),
            FaultKind::Outside => self.outside(terms),
            FaultKind::Strip => return None,
        };
        let finding = finding
            .with_file(terms.file("grids"))
            .with_features(self.grids.iter().map(|&g| terms.code(g)))
            .with_measure(Measure {
                area_m2: Some(self.area_m2),
                width_m: Some(self.width_m),
                length_m: Some(self.length_m),
                households: self.households_concerned(terms),
                ..Measure::default()
            })
            .with_geometry(self.shape.to_geometry());
        Some(finding)
    }

    /// Households in it; `None` when the dataset tells of none.
    fn households_concerned(&self, terms: &Terms) -> Option<u64> {
        *self.households.get_or_init(|| households_in(terms.dataset, &self.shape))
    }

    fn gap(&self, terms: &Terms) -> Finding {
        let place = Words::among(self.grids.iter().map(|&g| terms.title(g)));
        let place = match (self.grids.len(), self.at_edge) {
            (0, _) => Words::new("beside no grid", "周围没有网格"),
            (_, true) => Words::new(
                format!("at the outer boundary, beside {}", place.en),
                format!("位于外边界，邻接{}", place.zh),
            ),
            (1, false) => {
                Words::new(format!("inside {}", place.en), format!("位于{}内部", place.zh))
            }
            _ => Words::new(format!("between {}", place.en), format!("位于{}之间", place.zh)),
        };
        let size = self.size(terms.tolerance_m);
        let concerned = names::concerned(self.households_concerned(terms));
        let finding = Finding::new(
            "coverage.gap",
            Severity::Error,
            "grids",
            format!("a gap of {} {}: no grid owns it{}", size.en, place.en, concerned.en),
            format!("空隙{}，{}，不属于任何网格{}", size.zh, place.zh, concerned.zh),
        );
        let Some(&heir) = self.grids.first() else {
            return finding.with_mend("draw a grid there", "在此处划设网格");
        };
        let heir = terms.title(heir);
        finding.with_mend(
            format!("give it to {}, which has the longest border with it", heir.en),
            format!("并入与其共用边界最长的{}", heir.zh),
        )
    }

    fn overlap(&self, terms: &Terms, households: &dyn Fn(usize) -> u64) -> Finding {
        let owners = Words::among(self.grids.iter().map(|&g| terms.title(g)));
        let (both, both_zh) =
            if self.grids.len() == 2 { ("both", "同时") } else { ("all", "均") };
        let size = self.size(terms.tolerance_m);
        let concerned = names::concerned(self.households_concerned(terms));
        let heir = self.heir(households);
        let title = terms.title(heir.grid);
        Finding::new(
            "coverage.overlap",
            Severity::Error,
            "grids",
            format!("an overlap of {}: {} {both} own it{}", size.en, owners.en, concerned.en),
            format!("重叠{}：{}{both_zh}占有此处{}", size.zh, owners.zh, concerned.zh),
        )
        .with_mend(
            format!("leave it to {}, which has {}", title.en, heir.why.0),
            format!("归{}的{}", heir.why.1, title.zh),
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
                Heir { grid: first, why: ("more households", "户数较多") }
            }
            Some(grid) if households(grid) == most => {
                Heir { grid, why: ("the longest border with it", "与其共用边界最长") }
            }
            _ => Heir { grid: first, why: ("the lowest code", "编码最小") },
        }
    }

    fn outside(&self, terms: &Terms) -> Finding {
        let owners = Words::among(self.grids.iter().map(|&g| terms.title(g)));
        let reach = if self.grids.len() == 1 { "reaches" } else { "reach" };
        let size = self.size(terms.tolerance_m);
        let concerned = names::concerned(self.households_concerned(terms));
        let outline = terms.outline_title();
        Finding::new(
            "coverage.outside",
            Severity::Error,
            "grids",
            format!("{} {reach} {} beyond {}{}", owners.en, size.en, outline.en, concerned.en),
            format!("{}超出{}{}{}", owners.zh, outline.zh, size.zh, concerned.zh),
        )
        .with_mend(
            format!("draw the border of the grid back to {}, or mend that", outline.en),
            format!("将网格边界收回至{0}，或订正{0}", outline.zh),
        )
    }

    /// The size in words; what is no wider than the tolerance is called a sliver.
    fn size(&self, tolerance_m: f64) -> Words {
        let sliver = self.width_m <= tolerance_m;
        let (area, width) = (names::area(self.area_m2), names::fine(self.width_m));
        Words::new(
            format!("{area} m² ({width} m wide{})", if sliver { ", a sliver" } else { "" }),
            format!("{area}平方米（宽{width}米{}）", if sliver { "，狭缝" } else { "" }),
        )
    }
}

/// The places where the borders of `grids` run within the tolerance of each other without
/// coinciding.
pub(in crate::check) fn near_miss(terms: &Terms, grids: &[usize], faults: &[&Fault]) -> Finding {
    let titles = grids.iter().map(|&g| terms.title(g));
    let titles = match grids {
        [_] => Words::among(titles.chain([terms.outline_title()])),
        _ => Words::among(titles),
    };
    let width = faults.iter().map(|fault| fault.width_m).fold(0.0, f64::max);
    let near = names::fine(width);
    let households: Option<u64> =
        faults.iter().map(|fault| fault.households_concerned(terms)).sum();
    let concerned = names::concerned(households);
    let parts = faults.iter().flat_map(|fault| fault.shape.polygons().iter().cloned()).collect();
    let finding = Finding::new(
        "coverage.near_miss",
        Severity::Warning,
        "grids",
        format!(
            "the borders of {} run within {near} m of each other without coinciding{}",
            titles.en, concerned.en
        ),
        format!("{}的边界相距最多{near}米，却不重合{}", titles.zh, concerned.zh),
    )
    .with_file(terms.file("grids"))
    .with_features(grids.iter().map(|&g| terms.code(g)))
    .with_measure(Measure {
        distance_m: Some(width),
        width_m: Some(width),
        length_m: Some(faults.iter().map(|fault| fault.length_m).sum()),
        area_m2: Some(faults.iter().map(|fault| fault.area_m2).sum()),
        households,
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
    let title =
        |polygon| if polygon < grids { terms.title(polygon) } else { terms.outline_title() };
    let features = [lacking, having].into_iter().filter(|&p| p < grids).map(|p| terms.code(p));
    let (lacking, having, n) = (title(lacking), title(having), places.len());
    let (vertices, are) = if n == 1 { ("vertex", "is") } else { ("vertices", "are") };
    Finding::new(
        "coverage.mismatched_edge",
        Severity::Warning,
        "grids",
        format!(
            "{0} and {1} share a border, but {n} {vertices} of it {are} missing from {0}",
            lacking.en, having.en
        ),
        format!("{0}与{1}共用边界，但{0}缺少其中{n}个顶点", lacking.zh, having.zh),
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

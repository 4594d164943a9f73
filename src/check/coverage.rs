//! `coverage.*`: the grids cover the outline without gap or overlap, and neighbours have the
//! same vertices.

use super::context::{Context, Region, measured_regions};
use crate::domain::{Finding, Geometry, LonLat, Measure, MultiPolygon, Severity};
use crate::geometry::{Arrangement, FaceId};
use std::collections::BTreeMap;

/// The grids and the outline in one arrangement.
struct Tiling<'c, 'a> {
    context: &'c Context<'a>,
    arrangement: &'c Arrangement,
    grids: usize,
}

pub(super) fn check(context: &Context) -> Vec<Finding> {
    if context.grids.is_empty() {
        return Vec::new();
    }
    let arrangement = context.coverage.arrangement();
    let tiling = Tiling { context, arrangement, grids: context.grids.len() };
    let mut findings = Vec::new();
    let mut near_misses = NearMisses::default();
    tiling.gaps(&mut findings, &mut near_misses);
    tiling.overlaps(&mut findings, &mut near_misses);
    tiling.outside(&mut findings, &mut near_misses);
    findings.extend(near_misses.findings(context));
    tiling.mismatched_edges(&mut findings);
    findings
}

impl Tiling<'_, '_> {
    /// The grids that hold a face, and whether the outline does.
    fn holders(&self, face: FaceId) -> (&[u32], bool) {
        let owners = self.arrangement.owners(face);
        let split = owners.partition_point(|&p| (p as usize) < self.grids);
        let outlined = self.context.outline.is_none() || split < owners.len();
        (&owners[..split], outlined)
    }

    /// The grids along a region's border with the length they share, longest first.
    fn neighbours(&self, region: &Region) -> Vec<(usize, f64)> {
        let mut lengths: BTreeMap<usize, f64> = BTreeMap::new();
        for &edge in &region.border {
            for &grid in self.holders(self.arrangement.face(edge ^ 1)).0 {
                *lengths.entry(grid as usize).or_default() += self.arrangement.length_m(edge);
            }
        }
        let mut neighbours: Vec<(usize, f64)> = lengths.into_iter().collect();
        neighbours.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        neighbours
    }

    fn codes(&self, grids: impl IntoIterator<Item = usize>) -> Vec<String> {
        grids.into_iter().map(|g| self.context.code(g).to_string()).collect()
    }

    fn gaps(&self, findings: &mut Vec<Finding>, near: &mut NearMisses) {
        let label = |face| matches!(self.holders(face), ([], true)).then_some(());
        for region in measured_regions(self.arrangement, label) {
            let neighbours = self.neighbours(&region);
            let around: Vec<usize> = neighbours.iter().map(|n| n.0).collect();
            let titles: Vec<String> = around.iter().map(|&g| self.context.title(g)).collect();
            let at_edge =
                region.border.iter().any(|&e| !self.holders(self.arrangement.face(e ^ 1)).1);
            let (place, place_zh) = match (around.len(), at_edge) {
                (0, _) => ("that touches no grid", "未与任何网格相邻"),
                (_, true) => ("at the outer boundary, beside", "位于外边界，邻接"),
                _ => ("between", "位于"),
            };
            let size = size_words(&region, self.context.tolerance_m);
            let mut finding = Finding::new(
                "coverage.gap",
                Severity::Error,
                "grids",
                format!("a gap of {} {place} {}: no grid owns it", size.0, titles.join(", ")),
                format!("空隙{}，{place_zh}{}：此处不属于任何网格", size.1, titles.join("、")),
            )
            .with_file(self.context.file("grids"))
            .with_features(self.codes(around.iter().copied()))
            .with_measure(region_measure(&region))
            .with_geometry(region.shape.to_geometry());
            if let Some(&heir) = around.first() {
                let heir = self.context.title(heir);
                finding = finding.with_mend(
                    format!("give it to {heir}, which has the longest border with it"),
                    format!("并入与其共用边界最长的{heir}"),
                );
            }
            near.note(&around, &region, self.context.tolerance_m);
            findings.push(finding);
        }
    }

    fn overlaps(&self, findings: &mut Vec<Finding>, near: &mut NearMisses) {
        let label = |face| Some(self.holders(face).0).filter(|grids| grids.len() > 1);
        for region in measured_regions(self.arrangement, label) {
            let grids: Vec<usize> =
                self.holders(region.faces[0]).0.iter().map(|&g| g as usize).collect();
            let titles: Vec<String> = grids.iter().map(|&g| self.context.title(g)).collect();
            let size = size_words(&region, self.context.tolerance_m);
            let heir = grids
                .iter()
                .copied()
                .max_by_key(|&g| (self.context.households_of_grid(g), std::cmp::Reverse(g)));
            let heir = heir.map(|g| self.context.title(g)).unwrap_or_default();
            findings.push(
                Finding::new(
                    "coverage.overlap",
                    Severity::Error,
                    "grids",
                    format!("an overlap of {}: {} both own it", size.0, titles.join(" and ")),
                    format!("重叠{}：{}同时占有此处", size.1, titles.join("与")),
                )
                .with_file(self.context.file("grids"))
                .with_features(self.codes(grids.iter().copied()))
                .with_measure(region_measure(&region))
                .with_geometry(region.shape.to_geometry())
                .with_mend(
                    format!("leave it to {heir}, which has more households"),
                    format!("归户数较多的{heir}"),
                ),
            );
            near.note(&grids, &region, self.context.tolerance_m);
        }
    }

    fn outside(&self, findings: &mut Vec<Finding>, near: &mut NearMisses) {
        let Some((layer, _)) = self.context.outline else { return };
        let label = |face| match self.holders(face) {
            (grids, false) if !grids.is_empty() => Some(grids),
            _ => None,
        };
        for region in measured_regions(self.arrangement, label) {
            let grids: Vec<usize> =
                self.holders(region.faces[0]).0.iter().map(|&g| g as usize).collect();
            let titles: Vec<String> = grids.iter().map(|&g| self.context.title(g)).collect();
            let size = size_words(&region, self.context.tolerance_m);
            let outline_zh = match layer {
                "subdistrict" => "街道边界",
                "communities" => "社区范围",
                _ => "规划单元范围",
            };
            findings.push(
                Finding::new(
                    "coverage.outside",
                    Severity::Error,
                    "grids",
                    format!("{} reaches {} beyond the {layer}", titles.join(", "), size.0),
                    format!("{}超出{outline_zh}{}", titles.join("、"), size.1),
                )
                .with_file(self.context.file("grids"))
                .with_features(self.codes(grids.iter().copied()))
                .with_measure(region_measure(&region))
                .with_geometry(region.shape.to_geometry())
                .with_mend(
                    "draw the grid's border back to the boundary, or mend the boundary",
                    "将网格边界收回至街道边界，或订正街道边界",
                ),
            );
            near.note(&grids, &region, self.context.tolerance_m);
        }
    }

    /// Borders that two polygons share, where one has a vertex that the other lacks: the line is
    /// the same, but an edit of one would tear it.
    fn mismatched_edges(&self, findings: &mut Vec<Finding>) {
        let passed = self.arrangement.passed();
        let lacks = |polygon: u32, vertex: u32| passed.binary_search(&(polygon, vertex)).is_ok();
        let mut pairs: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
        for &(polygon, vertex) in passed {
            for &edge in self.arrangement.around(vertex) {
                let along: Vec<u32> = self.arrangement.rings_along(edge).map(|(p, _)| p).collect();
                if !along.contains(&polygon) {
                    continue;
                }
                for &other in along.iter().filter(|&&p| p != polygon && !lacks(p, vertex)) {
                    // The outline's own vertices concern it only where a grid runs along it.
                    if (polygon as usize) < self.grids || (other as usize) < self.grids {
                        let vertices = pairs.entry((polygon, other)).or_default();
                        if !vertices.contains(&vertex) {
                            vertices.push(vertex);
                        }
                    }
                }
            }
        }
        for ((lacking, having), vertices) in pairs {
            findings.push(self.mismatched_edge(lacking as usize, having as usize, &vertices));
        }
    }

    fn mismatched_edge(&self, lacking: usize, having: usize, vertices: &[u32]) -> Finding {
        let outline = self.context.outline.as_ref().map_or("", |(layer, _)| *layer);
        let title =
            |p: usize| if p < self.grids { self.context.title(p) } else { outline.to_string() };
        let places: Vec<LonLat> = vertices.iter().map(|&v| self.arrangement.place(v)).collect();
        let features = self.codes([lacking, having].into_iter().filter(|&p| p < self.grids));
        let (lacking, having, n) = (title(lacking), title(having), vertices.len());
        Finding::new(
            "coverage.mismatched_edge",
            Severity::Warning,
            "grids",
            format!(
                "{lacking} and {having} share a border, but {lacking} lacks {n} of its vertices"
            ),
            format!("{lacking}与{having}共用边界，但{lacking}缺少其中{n}个顶点"),
        )
        .with_file(self.context.file("grids"))
        .with_features(features)
        .with_measure(Measure { value: Some(n as f64), ..Measure::default() })
        .with_geometry(Geometry::MultiPoint(places))
        .with_mend(
            "add the missing vertices, so that both sides of the border stay the same line",
            "补上缺少的顶点，使边界两侧保持同一条线",
        )
    }
}

/// A region's size in English and Chinese; slivers are called so, whatever their width.
fn size_words(region: &Region, tolerance_m: f64) -> (String, String) {
    let sliver = region.width_m <= tolerance_m.max(1.0);
    (
        format!(
            "{:.1} m² ({:.2} m wide{})",
            region.area_m2,
            region.width_m,
            if sliver { ", a sliver" } else { "" }
        ),
        format!(
            "{:.1} 平方米（宽 {:.2} 米{}）",
            region.area_m2,
            region.width_m,
            if sliver { "，狭缝" } else { "" }
        ),
    )
}

fn region_measure(region: &Region) -> Measure {
    Measure { area_m2: Some(region.area_m2), width_m: Some(region.width_m), ..Measure::default() }
}

/// Borders within the tolerance of each other that do not coincide, gathered by pair.
#[derive(Default)]
struct NearMisses {
    pairs: BTreeMap<Vec<usize>, (f64, Vec<MultiPolygon>)>,
}

impl NearMisses {
    fn note(&mut self, grids: &[usize], region: &Region, tolerance_m: f64) {
        if region.width_m <= tolerance_m && !grids.is_empty() {
            let mut key = grids.to_vec();
            key.sort_unstable();
            let entry = self.pairs.entry(key).or_default();
            entry.0 = entry.0.max(region.width_m);
            entry.1.push(region.shape.clone());
        }
    }

    fn findings(self, context: &Context) -> Vec<Finding> {
        let finding = |(grids, (width, shapes)): (Vec<usize>, (f64, Vec<MultiPolygon>))| {
            let titles: Vec<String> = grids.iter().map(|&g| context.title(g)).collect();
            let beside = if titles.len() == 1 { "the boundary" } else { "each other" };
            let parts = shapes.iter().flat_map(|s| s.polygons().iter().cloned()).collect();
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
            .with_file(context.file("grids"))
            .with_features(grids.iter().map(|&g| context.code(g)))
            .with_measure(Measure { distance_m: Some(width), ..Measure::default() })
            .with_mend("snap the borders together", "将两侧边界捕捉为同一条线");
            match MultiPolygon::new(parts) {
                Ok(place) => finding.with_geometry(place.to_geometry()),
                Err(_) => finding,
            }
        };
        self.pairs.into_iter().map(finding).collect()
    }
}

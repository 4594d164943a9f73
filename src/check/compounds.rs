//! `compound.*`: each compound lies whole inside one grid.

use super::context::Context;
use crate::domain::{Compound, Finding, LonLat, Measure, MultiPolygon, Place, Severity};
use crate::geometry::{Coverage, SegmentSet, measure, overlap_shape};

pub(super) fn check(context: &Context) -> Vec<Finding> {
    if context.grids.is_empty() {
        return Vec::new();
    }
    let borders = Borders::of(context, &context.coverage);
    let compounds = context.dataset.compounds.iter().enumerate();
    compounds
        .flat_map(|(c, compound)| match &compound.place {
            Place::Area(area) => outline(context, c, compound, area),
            Place::Point(place) => point(context, &borders, c, compound, *place),
        })
        .collect()
}

/// The borders between grids, to ask how near a point is.
struct Borders {
    set: SegmentSet,
    scale: (f64, f64),
}

impl Borders {
    fn of(context: &Context, coverage: &Coverage) -> Self {
        let scale = context.frame.scale(Default::default());
        let metres = |v: u32| {
            let p = coverage.point(v);
            [p.x as f64 * scale.0, p.y as f64 * scale.1]
        };
        let inner = coverage.arcs().iter().filter(|arc| arc.left.is_some() && arc.right.is_some());
        let segments: Vec<_> = inner
            .flat_map(|arc| arc.vertices.windows(2).map(|pair| [metres(pair[0]), metres(pair[1])]))
            .collect();
        Self { set: SegmentSet::new(&segments), scale }
    }

    fn distance_m(&self, context: &Context, place: LonLat) -> f64 {
        let p = context.frame.to_grid(place);
        self.set.distance([p.x as f64 * self.scale.0, p.y as f64 * self.scale.1])
    }
}

fn finding(
    context: &Context,
    rule: &str,
    severity: Severity,
    compound: &Compound,
    words: (String, String),
) -> Finding {
    Finding::new(rule, severity, "compounds", words.0, words.1)
        .with_file(context.file("compounds"))
        .with_features([compound.id.as_str()])
        .with_geometry(compound.place.to_geometry())
}

/// A compound with an outline: the parts outside its grid count when they are wider than the
/// tolerance, so that a border drawn along the compound's wall is no fault.
fn outline(context: &Context, c: usize, compound: &Compound, area: &MultiPolygon) -> Vec<Finding> {
    let shares = &context.compounds[c].shares;
    let Some(&(best, best_share)) = shares.first() else {
        return vec![outside(context, c, compound)];
    };
    let total = measure::area_m2(area);
    let is_wide = |grid: usize| {
        let common = overlap_shape(&context.frame, area, context.grids[grid]);
        let circle = common.and_then(|s| measure::inscribed_circle(&context.frame, &s, 0.05));
        circle.is_some_and(|c| c.diameter_m > context.tolerance_m)
    };
    let others: Vec<(usize, f64)> =
        shares[1..].iter().copied().filter(|&(g, _)| is_wide(g)).collect();
    let households = context.households(c);
    let mut findings = Vec::new();
    if !others.is_empty() {
        let parts: Vec<(usize, f64)> = std::iter::once((best, best_share)).chain(others).collect();
        let list = |join: &str| {
            let one =
                |&(g, share): &(usize, f64)| format!("{} {:.0} %", context.title(g), share * 100.0);
            parts.iter().map(one).collect::<Vec<_>>().join(join)
        };
        let words = (
            format!(
                "{} ({households} households) is cut by a grid border: {}",
                compound.name,
                list(", ")
            ),
            format!("{}（{households}户）被网格边界切开：{}", compound.name, list("、")),
        );
        let best_title = context.title(best);
        findings.push(
            finding(context, "compound.split", Severity::Error, compound, words)
                .with_measure(Measure {
                    area_m2: Some(total * (1.0 - best_share)),
                    households: Some(households),
                    value: Some(best_share),
                    ..Measure::default()
                })
                .with_mend(
                    format!("draw the border around the compound, so that all of it lies in {best_title}"),
                    format!("将边界绕过该小区，使其整体划入{best_title}"),
                ),
        );
    }
    let covered: f64 = shares.iter().map(|s| s.1).sum();
    // A thousandth of a compound is a hair along its wall.
    if covered < 0.999
        && findings.is_empty()
        && (1.0 - covered) * total > context.tolerance_m.powi(2)
    {
        let words = (
            format!("{:.1} % of {} lies in no grid", (1.0 - covered) * 100.0, compound.name),
            format!("{}有 {:.1} % 不在任何网格内", compound.name, (1.0 - covered) * 100.0),
        );
        findings.push(
            finding(context, "compound.outside", Severity::Warning, compound, words)
                .with_measure(Measure {
                    area_m2: Some((1.0 - covered) * total),
                    households: Some(households),
                    ..Measure::default()
                })
                .with_mend("extend the grid over the whole compound", "将网格扩展至整个小区"),
        );
    }
    findings
}

/// A compound with a point: in no grid, or so near a border that the point cannot decide.
fn point(
    context: &Context,
    borders: &Borders,
    c: usize,
    compound: &Compound,
    place: LonLat,
) -> Vec<Finding> {
    let Some(owner) = context.compounds[c].owner() else {
        return vec![outside(context, c, compound)];
    };
    let distance = borders.distance_m(context, place);
    if distance > context.tolerance_m {
        return Vec::new();
    }
    let (title, households) = (context.title(owner), context.households(c));
    let words = (
        format!(
            "{} ({households} households) stands {distance:.2} m from a grid border; it is counted in {title}, but the point cannot decide",
            compound.name
        ),
        format!(
            "{}（{households}户）距网格边界仅 {distance:.2} 米，暂计入{title}，但仅凭该点无法判定归属",
            compound.name
        ),
    );
    vec![
        finding(context, "compound.undecidable", Severity::Warning, compound, words)
            .with_measure(Measure {
                distance_m: Some(distance),
                households: Some(households),
                ..Measure::default()
            })
            .with_mend(
                "give the compound its outline, or move its point to its middle",
                "为该小区补充轮廓，或将点移至小区中部",
            ),
    ]
}

fn outside(context: &Context, c: usize, compound: &Compound) -> Finding {
    let households = context.households(c);
    let words = (
        format!("{} ({households} households) lies in no grid", compound.name),
        format!("{}（{households}户）不在任何网格内", compound.name),
    );
    finding(context, "compound.outside", Severity::Error, compound, words)
        .with_measure(Measure { households: Some(households), ..Measure::default() })
        .with_mend(
            "check its coordinates and their reference system, or extend a grid over it",
            "核对其坐标与坐标系，或扩展网格将其覆盖",
        )
}

//! `compound.*`: each compound lies whole inside one grid.

use super::context::{Context, Terms};
use crate::domain::{Compound, Finding, LonLat, Measure, MultiPolygon, Place, Severity};
use crate::geometry::{Coverage, Frame, SegmentSet, measure, overlap_shape};

pub(super) fn check(context: &Context) -> Vec<Finding> {
    if context.grids.is_empty() {
        return Vec::new();
    }
    let borders = Borders::of(&context.coverage);
    let lie = Lie {
        terms: context.terms(),
        frame: &context.frame,
        borders: &borders,
        grid: &|g| context.grids[g],
    };
    let compounds = context.dataset.compounds.iter().zip(&context.compounds);
    compounds.flat_map(|(compound, owned)| lie.findings(compound, &owned.shares)).collect()
}

/// The lie of the land around compounds.
pub(super) struct Lie<'l> {
    pub terms: Terms<'l>,
    pub frame: &'l Frame,
    pub borders: &'l Borders,
    /// The area of a grid.
    pub grid: &'l dyn Fn(usize) -> &'l MultiPolygon,
}

impl Lie<'_> {
    /// What is wrong with a compound that lies in the grids with these shares.
    pub fn findings(&self, compound: &Compound, shares: &[(usize, f64)]) -> Vec<Finding> {
        match &compound.place {
            Place::Area(area) => outline(self, compound, shares, area),
            Place::Point(place) => point(self, compound, shares, *place).into_iter().collect(),
        }
    }
}

/// The borders between grids, to ask how near a point is.
pub(super) struct Borders {
    set: SegmentSet,
    frame: Frame,
    scale: (f64, f64),
}

impl Borders {
    pub fn of(coverage: &Coverage) -> Self {
        let frame = *coverage.frame();
        let scale = frame.scale(Default::default());
        let metres = |v: u32| {
            let p = coverage.point(v);
            [p.x as f64 * scale.0, p.y as f64 * scale.1]
        };
        let inner = coverage.arcs().iter().filter(|arc| arc.left.is_some() && arc.right.is_some());
        let segments: Vec<_> = inner
            .flat_map(|arc| arc.vertices.windows(2).map(|pair| [metres(pair[0]), metres(pair[1])]))
            .collect();
        Self { set: SegmentSet::new(&segments), frame, scale }
    }

    fn distance_m(&self, place: LonLat) -> f64 {
        let p = self.frame.to_grid(place);
        self.set.distance([p.x as f64 * self.scale.0, p.y as f64 * self.scale.1])
    }
}

/// Households of a compound; none when its file does not say.
fn households(compound: &Compound) -> u64 {
    u64::from(compound.households.unwrap_or(0))
}

fn finding(
    terms: &Terms,
    rule: &str,
    severity: Severity,
    compound: &Compound,
    words: (String, String),
) -> Finding {
    Finding::new(rule, severity, "compounds", words.0, words.1)
        .with_file(terms.file("compounds"))
        .with_features([compound.id.as_str()])
        .with_geometry(compound.place.to_geometry())
}

/// A compound with an outline: the parts outside its grid count when they are wider than the
/// tolerance, so that a border drawn along the compound's wall is no fault.
fn outline(
    lie: &Lie,
    compound: &Compound,
    shares: &[(usize, f64)],
    area: &MultiPolygon,
) -> Vec<Finding> {
    let terms = &lie.terms;
    let Some(&(best, best_share)) = shares.first() else {
        return vec![outside(terms, compound)];
    };
    let total = measure::area_m2(area);
    let is_wide = |grid: usize| {
        let common = overlap_shape(lie.frame, area, (lie.grid)(grid));
        let circle = common.and_then(|s| measure::inscribed_circle(lie.frame, &s, 0.05));
        circle.is_some_and(|c| c.diameter_m > terms.tolerance_m)
    };
    let others: Vec<(usize, f64)> =
        shares[1..].iter().copied().filter(|&(g, _)| is_wide(g)).collect();
    let households = households(compound);
    let mut findings = Vec::new();
    if !others.is_empty() {
        let parts: Vec<(usize, f64)> = std::iter::once((best, best_share)).chain(others).collect();
        let list = |join: &str| {
            let one =
                |&(g, share): &(usize, f64)| format!("{} {:.0} %", terms.title(g), share * 100.0);
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
        let best_title = terms.title(best);
        findings.push(
            finding(terms, "compound.split", Severity::Error, compound, words)
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
    if covered < 0.999 && findings.is_empty() && (1.0 - covered) * total > terms.tolerance_m.powi(2)
    {
        let words = (
            format!("{:.1} % of {} lies in no grid", (1.0 - covered) * 100.0, compound.name),
            format!("{}有 {:.1} % 不在任何网格内", compound.name, (1.0 - covered) * 100.0),
        );
        findings.push(
            finding(terms, "compound.outside", Severity::Warning, compound, words)
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
    lie: &Lie,
    compound: &Compound,
    shares: &[(usize, f64)],
    place: LonLat,
) -> Option<Finding> {
    let terms = &lie.terms;
    let Some(&(owner, _)) = shares.first() else { return Some(outside(terms, compound)) };
    let distance = lie.borders.distance_m(place);
    if distance > terms.tolerance_m {
        return None;
    }
    let (title, households) = (terms.title(owner), households(compound));
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
    Some(
        finding(terms, "compound.undecidable", Severity::Warning, compound, words)
            .with_measure(Measure {
                distance_m: Some(distance),
                households: Some(households),
                ..Measure::default()
            })
            .with_mend(
                "give the compound its outline, or move its point to its middle",
                "为该小区补充轮廓，或将点移至小区中部",
            ),
    )
}

fn outside(terms: &Terms, compound: &Compound) -> Finding {
    let households = households(compound);
    let words = (
        format!("{} ({households} households) lies in no grid", compound.name),
        format!("{}（{households}户）不在任何网格内", compound.name),
    );
    finding(terms, "compound.outside", Severity::Error, compound, words)
        .with_measure(Measure { households: Some(households), ..Measure::default() })
        .with_mend(
            "check its coordinates and their reference system, or extend a grid over it",
            "核对其坐标与坐标系，或扩展网格将其覆盖",
        )
}

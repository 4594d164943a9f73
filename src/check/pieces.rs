//! `coverage.multipart`, `coverage.hole`: a grid is one piece without holes.

use super::concern::households_in;
use super::context::{Context, Terms};
use super::names;
use super::validity;
use crate::domain::{Finding, Geometry, Measure, MultiPolygon, Polygon, Ring, Severity};
use crate::geometry::{Arrangement, Coverage, Frame, measure, overlap_areas};

pub(super) fn check(context: &Context) -> Vec<Finding> {
    let mut findings = Vec::new();
    let suspects = suspects(context.coverage.arrangement(), &context.grids);
    if !suspects.contains(&true) {
        return findings;
    }
    let terms = context.terms();
    let units: Vec<&MultiPolygon> = context.dataset.units.iter().map(|u| &u.geometry).collect();
    for grid in (0..context.grids.len()).filter(|&g| suspects[g]) {
        let among = Among { coverage: &context.coverage, number: grid, units: &units };
        findings.extend(of_grid(&terms, grid, context.grids[grid], &among));
    }
    findings
}

/// Where a grid lies: a coverage of it and its neighbours, with the grid's number there, and
/// the planning units around it.
pub(super) struct Among<'c> {
    pub coverage: &'c Coverage,
    pub number: usize,
    pub units: &'c [&'c MultiPolygon],
}

/// What is wrong with the pieces of one grid.
pub(super) fn of_grid(
    terms: &Terms,
    grid: usize,
    drawn: &MultiPolygon,
    among: &Among,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Parts that touch along a border are one piece: unite them before counting.
    let alone = Arrangement::build(among.coverage.frame(), &[drawn]);
    let inside: Vec<Option<u32>> = (0..alone.faces() as u32)
        .map(|face| (!alone.owners(face).is_empty()).then_some(0))
        .collect();
    let Some(Some(shape)) = alone.polygons_of(&inside, 1).pop() else { return findings };
    if shape.polygons().len() > 1 {
        findings.push(multipart(terms, grid, &shape, among));
    }
    for polygon in shape.polygons() {
        findings.extend(polygon.holes().iter().filter_map(|ring| hole(terms, grid, ring, among)));
    }
    findings
}

/// Which grids, the first polygons of an arrangement, may be in several pieces or have holes:
/// those of several rings, and those whose ring meets itself without crossing itself.
pub(super) fn suspects(arrangement: &Arrangement, grids: &[&MultiPolygon]) -> Vec<bool> {
    let mut suspects = validity::suspects(arrangement, 0..grids.len());
    for &(_, polygon, _) in arrangement.irregular() {
        if let Some(suspect) = suspects.get_mut(polygon as usize) {
            *suspect = false;
        }
    }
    for (suspect, shape) in suspects.iter_mut().zip(grids) {
        let parts = shape.polygons();
        *suspect |= parts.len() > 1 || parts.iter().any(|p| !p.holes().is_empty());
    }
    suspects
}

/// Whether a grid is one of the [`suspects`], looked at by itself.
pub(super) fn is_suspect(frame: &Frame, shape: &MultiPolygon) -> bool {
    suspects(&Arrangement::build(frame, &[shape]), &[shape])[0]
}

/// A grid in several parts. Parts that border on no other grid are islands, and parts of one
/// planning unit are as nature made them (a warning); any other part was cut off by drawing (an
/// error).
fn multipart(terms: &Terms, grid: usize, shape: &MultiPolygon, among: &Among) -> Finding {
    let mut parts: Vec<(f64, &Polygon)> = shape
        .polygons()
        .iter()
        .map(|p| (MultiPolygon::new(vec![p.clone()]).map_or(0.0, |one| measure::area_m2(&one)), p))
        .collect();
    parts.sort_by(|a, b| b.0.total_cmp(&a.0));
    let by_nature = joined_by_units(among, &parts)
        || parts.iter().skip(1).all(|(_, part)| !borders_on_another(among, part));
    let rest: f64 = parts.iter().skip(1).map(|p| p.0).sum();
    let title = terms.title(grid);
    let count = parts.len();
    let (severity, why, why_zh) = if by_nature {
        (Severity::Warning, "the other parts are islands", "其余部分为岛屿")
    } else {
        (Severity::Error, "other grids lie between them", "各部分之间隔有其他网格")
    };
    let away = MultiPolygon::new(parts.iter().skip(1).map(|(_, p)| (*p).clone()).collect()).ok();
    let households = away.as_ref().and_then(|place| households_in(terms.dataset, place));
    let concerned = names::concerned(households);
    let finding = Finding::new(
        "coverage.multipart",
        severity,
        "grids",
        format!(
            "{} is in {count} parts ({why}; {} m² outside the largest){}",
            title.en,
            names::area(rest),
            concerned.en
        ),
        format!(
            "{}由{count}块组成（{why_zh}，最大一块之外共{}平方米）{}",
            title.zh,
            names::area(rest),
            concerned.zh
        ),
    )
    .with_file(terms.file("grids"))
    .with_features([terms.code(grid)])
    .with_measure(Measure {
        area_m2: Some(rest),
        value: Some(count as f64),
        ..away.as_ref().map_or_else(Measure::default, |place| extent(among, place, households))
    })
    .with_mend(
        "join the parts, or give the smaller ones to the grids around them",
        "使各部分相连，或将较小部分划归周边网格",
    );
    match away {
        Some(place) => finding.with_geometry(place.to_geometry()),
        None => finding,
    }
}

/// Whether planning units that are in several parts themselves join all parts of a grid.
fn joined_by_units(among: &Among, parts: &[(f64, &Polygon)]) -> bool {
    let units = among.units;
    let shapes: Vec<MultiPolygon> =
        parts.iter().filter_map(|(_, p)| MultiPolygon::new(vec![(*p).clone()]).ok()).collect();
    let mut parts_of_unit: Vec<Vec<usize>> = vec![Vec::new(); units.len()];
    let shapes: Vec<&MultiPolygon> = shapes.iter().collect();
    for (part, unit, area) in overlap_areas(among.coverage.frame(), &shapes, units) {
        // A sliver of a neighbouring unit joins nothing.
        if area > 0.5 * parts[part].0.min(measure::area_m2(units[unit])) {
            parts_of_unit[unit].push(part);
        }
    }
    let mut joined = vec![false; parts.len()];
    let mut todo = vec![0];
    while let Some(part) = todo.pop() {
        if !std::mem::replace(&mut joined[part], true) {
            let shared = parts_of_unit.iter().filter(|here| here.contains(&part));
            todo.extend(shared.flatten().copied().filter(|&other| !joined[other]));
        }
    }
    joined.into_iter().all(|one| one)
}

/// Whether a part of a grid has a common border with another grid.
fn borders_on_another(among: &Among, part: &Polygon) -> bool {
    let (coverage, grid) = (among.coverage, among.number);
    let corners: std::collections::BTreeSet<_> =
        part.rings().flat_map(|r| r.corners()).map(|&p| coverage.frame().to_grid(p)).collect();
    coverage.arcs_of(grid).any(|arc| {
        let both = arc.left.is_some() && arc.right.is_some();
        both && arc.vertices.iter().filter(|&&v| corners.contains(&coverage.point(v))).count() > 1
    })
}

fn hole(terms: &Terms, grid: usize, ring: &Ring, among: &Among) -> Option<Finding> {
    let place = Polygon::new(ring.clone(), Vec::new());
    let shape = MultiPolygon::new(vec![place.clone()]).ok()?;
    let area = measure::area_m2(&shape);
    let households = households_in(terms.dataset, &shape);
    let (title, concerned) = (terms.title(grid), names::concerned(households));
    let finding = Finding::new(
        "coverage.hole",
        Severity::Error,
        "grids",
        format!("{} has a hole of {} m²{}", title.en, names::area(area), concerned.en),
        format!("{}内有空洞，面积{}平方米{}", title.zh, names::area(area), concerned.zh),
    )
    .with_file(terms.file("grids"))
    .with_features([terms.code(grid)])
    .with_measure(Measure { area_m2: Some(area), ..extent(among, &shape, households) })
    .with_geometry(Geometry::Polygon(place))
    .with_mend(
        "fill the hole, or open it to the grid that lies in it",
        "填补空洞，或使空洞内的网格与外部相连",
    );
    Some(finding)
}

/// How wide and how long a place is, and whom it concerns.
fn extent(among: &Among, shape: &MultiPolygon, households: Option<u64>) -> Measure {
    let width = measure::greatest_width_m(among.coverage.frame(), shape, 0.01);
    let rings = shape.polygons().iter().flat_map(|polygon| polygon.rings());
    let around: f64 = rings
        .map(|ring| {
            let closed: Vec<_> =
                ring.corners().iter().chain(ring.corners().first()).copied().collect();
            measure::length_m(&closed)
        })
        .sum();
    let length = measure::strip_length_m(around, width);
    Measure { width_m: Some(width), length_m: Some(length), households, ..Measure::default() }
}

//! `compound.*`: each compound lies whole inside one grid.
//!
//! What counts is width: a part of an outline that is nowhere wider than the tolerance is the hair
//! between a wall and a border drawn along it. A point within the tolerance of a second grid
//! decides nothing; it keeps the owner that a look-up gives it, and the finding says so.

use super::context::{Context, Terms, measured_regions};
use super::homes::{Ownership, Site, ownership};
use super::names::{self, Words};
use crate::domain::{BBox, Compound, Finding, LonLat, Measure, MultiPolygon, Place, Severity};
use crate::geometry::{Arrangement, FaceId, Frame, half_open, measure, metres_per_degree};
use crate::index::AreaIndex;

pub(super) fn check(context: &Context) -> Vec<Finding> {
    of_each(context).into_iter().flatten().collect()
}

/// What is wrong with each compound.
pub(super) fn of_each(context: &Context) -> Vec<Vec<Finding>> {
    let compounds = context.dataset.compounds.iter();
    if context.grids.is_empty() || compounds.len() == 0 {
        return compounds.map(|_| Vec::new()).collect();
    }
    let index = AreaIndex::build(context.grids.iter().copied().enumerate());
    let lie = Lie {
        terms: context.terms(),
        frame: &context.frame,
        near: &|window| index.in_window(window),
        grid: &|g| context.grids[g],
    };
    let owned = compounds.zip(&context.compounds);
    owned.map(|(compound, owned)| lie.findings(compound, owned)).collect()
}

/// The lie of the land around compounds.
pub(super) struct Lie<'l> {
    pub terms: Terms<'l>,
    pub frame: &'l Frame,
    /// The grids whose window meets a window, by code; more of them do no harm.
    pub near: &'l dyn Fn(BBox) -> Vec<usize>,
    /// The area of a grid.
    pub grid: &'l dyn Fn(usize) -> &'l MultiPolygon,
}

impl Lie<'_> {
    /// What is wrong with a compound that lies so in the grids.
    pub fn findings(&self, compound: &Compound, owned: &Ownership) -> Vec<Finding> {
        match &compound.place {
            Place::Area(area) => Outline { lie: self, compound, area }.check(owned),
            Place::Point(place) => {
                point(self, compound, *place, owned.owner()).into_iter().collect()
            }
        }
    }

    fn title(&self, grid: usize) -> Words {
        let grid = &self.terms.dataset.grids[grid];
        Words::title(&grid.name, &grid.code)
    }
}

fn finding(
    lie: &Lie,
    rule: &str,
    severity: Severity,
    compound: &Compound,
    words: Words,
) -> Finding {
    Finding::new(rule, severity, "compounds", words.en, words.zh)
        .with_file(lie.terms.file("compounds"))
        .with_features([compound.id.as_str()])
        .with_geometry(compound.place.to_geometry())
}

/// A compound with its households, if it tells them.
fn title(compound: &Compound) -> Words {
    let name = &compound.name;
    match compound.households {
        Some(n) => Words::new(
            format!("{name} ({})", names::households(u64::from(n))),
            format!("{name}（{n}户）"),
        ),
        None => Words::new(name, name),
    }
}

/// A compound with an outline.
struct Outline<'o, 'l> {
    lie: &'o Lie<'l>,
    compound: &'o Compound,
    area: &'o MultiPolygon,
}

/// A part of an outline that is wider than the tolerance.
struct Part {
    /// The grid that holds it; `None` for no grid.
    grid: Option<usize>,
    area_m2: f64,
    width_m: f64,
}

impl Outline<'_, '_> {
    fn check(&self, owned: &Ownership) -> Vec<Finding> {
        let Some(&(best, share)) = owned.shares.first() else {
            return vec![outside(self.lie, self.compound, None)];
        };
        // A part wider than the tolerance holds a circle of that width.
        let circle = std::f64::consts::FRAC_PI_4 * self.lie.terms.tolerance_m.powi(2);
        if (1.0 - share) * measure::area_m2(self.area) < circle {
            return Vec::new();
        }
        let grids: Vec<usize> = owned.shares.iter().map(|one| one.0).collect();
        let parts = self.parts(&grids);
        let others: Vec<&Part> = parts.iter().filter(|part| part.grid.is_some()).collect();
        let mut findings = Vec::new();
        if !others.is_empty() {
            let width = others.iter().map(|part| part.width_m).fold(0.0, f64::max);
            let others: Vec<usize> = others.iter().filter_map(|part| part.grid).collect();
            findings.push(self.split(owned, best, &others, width));
        }
        let free = parts.iter().filter(|part| part.grid.is_none());
        let (area, width) = free.fold((0.0, 0.0f64), |(area, width), part| {
            (area + part.area_m2, width.max(part.width_m))
        });
        if area > 0.0 {
            findings.push(self.partly_outside(best, area, width));
        }
        findings
    }

    /// The wide parts outside the first of `grids`, which holds most.
    fn parts(&self, grids: &[usize]) -> Vec<Part> {
        let mut polygons = vec![self.area];
        polygons.extend(grids.iter().map(|&g| (self.lie.grid)(g)));
        let arrangement = Arrangement::build(self.lie.frame, &polygons);
        let label = |face: FaceId| match arrangement.owners(face) {
            [0, rest @ ..] if rest.first() != Some(&1) => {
                Some(rest.first().map(|&p| grids[p as usize - 1]))
            }
            _ => None,
        };
        let regions = measured_regions(&arrangement, label, |_| true);
        let wide = regions.into_iter().filter(|r| r.width_m > self.lie.terms.tolerance_m);
        wide.map(|region| Part {
            grid: label(region.faces[0]).flatten(),
            area_m2: region.area_m2,
            width_m: region.width_m,
        })
        .collect()
    }

    /// How many of the compound's buildings lie in each grid, and how many there are; `None` when
    /// no building's place is known.
    fn buildings_in(&self, grids: &[usize]) -> Option<(Vec<usize>, usize)> {
        let ours = self.lie.terms.dataset.buildings.iter();
        let ours = ours.filter(|building| building.compound_id == self.compound.id);
        let sites: Vec<Site> = ours.filter_map(|b| b.place).map(Site::Point).collect();
        let shapes: Vec<&MultiPolygon> = grids.iter().map(|&g| (self.lie.grid)(g)).collect();
        let order: Vec<usize> = (0..grids.len()).collect();
        let owned = ownership(self.lie.frame, &sites, &shapes, &order);
        let count = |g: usize| owned.iter().filter(|one| one.owner() == Some(g)).count();
        let counts = order.iter().map(|&g| count(g)).collect();
        (!sites.is_empty()).then_some((counts, sites.len()))
    }

    fn split(&self, owned: &Ownership, best: usize, others: &[usize], width_m: f64) -> Finding {
        let mut grids: Vec<usize> = owned.shares.iter().map(|share| share.0).collect();
        grids.retain(|g| *g == best || others.contains(g));
        let share = |g: usize| owned.shares.iter().find(|s| s.0 == g).map_or(0.0, |s| s.1);
        let buildings = self.buildings_in(&grids);
        // People live in the buildings; where these are not known, they are taken as evenly spread.
        let of_households = |place: usize| match &buildings {
            Some((counts, all)) => counts[place] as f64 / *all as f64,
            None => share(grids[place]),
        };
        let part = |place: usize| {
            let percent = names::percent(share(grids[place]));
            let (mut en, mut zh) = (format!("{percent} of its area"), format!("面积 {percent}"));
            if let Some((counts, all)) = &buildings {
                en += &format!(", {} of {all} buildings", counts[place]);
                zh += &format!("、{all}栋楼中的{}栋", counts[place]);
            }
            if let Some(n) = self.compound.households {
                let n = f64::from(n) * of_households(place);
                en += &format!(", about {n:.0} households");
                zh += &format!("、约{n:.0}户");
            }
            let title = self.lie.title(grids[place]);
            Words::new(format!("{} ({en})", title.en), format!("{}（{zh}）", title.zh))
        };
        let (title, parts) = (title(self.compound), Words::list((0..grids.len()).map(part)));
        let words = Words::new(
            format!("{} is cut by a grid border; it lies in {}", title.en, parts.en),
            format!("{}被网格边界切开，分属{}", title.zh, parts.zh),
        );
        let home = self.lie.title(best);
        let measure = Measure {
            area_m2: Some(measure::area_m2(self.area) * (1.0 - share(best))),
            width_m: Some(width_m),
            households: self.compound.households.map(u64::from),
            value: Some(share(best)),
            share_area: Some(share(best)),
            share_households: Some(of_households(0)),
            ..Measure::default()
        };
        finding(self.lie, "compound.split", Severity::Error, self.compound, words)
            .with_measure(measure)
            .with_mend(
                format!(
                    "draw the border around the compound, so that all of it lies in {}",
                    home.en
                ),
                format!("将边界绕过该小区，使其整体划入{}", home.zh),
            )
    }

    fn partly_outside(&self, best: usize, area: f64, width: f64) -> Finding {
        let total = measure::area_m2(self.area).max(1e-9);
        let (title, home) = (title(self.compound), self.lie.title(best));
        let (percent, size) = (names::percent(area / total), names::area(area));
        let words = Words::new(
            format!(
                "{percent} of {} lies in no grid ({size} m², up to {width:.1} m wide); most of it lies in {}",
                title.en, home.en
            ),
            format!(
                "{}有 {percent} 不在任何网格内（{size} 平方米，最宽 {width:.1} 米），其余主要在{}",
                title.zh, home.zh
            ),
        );
        let measure = Measure {
            area_m2: Some(area),
            width_m: Some(width),
            households: self.compound.households.map(u64::from),
            share_area: Some(1.0 - area / total),
            ..Measure::default()
        };
        finding(self.lie, "compound.outside", Severity::Error, self.compound, words)
            .with_measure(measure)
            .with_mend(
                format!("extend {} over the whole compound, or correct its outline", home.en),
                format!("将{}扩展至整个小区，或订正小区轮廓", home.zh),
            )
    }
}

/// A grid near a point.
struct Near {
    grid: usize,
    distance_m: f64,
    /// Whether the point lies in it.
    owns: bool,
}

/// A compound with a point: in no grid, or so near a second grid that the point cannot decide.
fn point(lie: &Lie, compound: &Compound, place: LonLat, owner: Option<usize>) -> Option<Finding> {
    let tolerance = lie.terms.tolerance_m;
    let near: Vec<Near> = (lie.near)(around(place, tolerance))
        .into_iter()
        .filter(|&g| Some(g) != owner)
        .map(|grid| {
            let shape = (lie.grid)(grid);
            let owns = half_open::owns(shape, place);
            let distance_m = if owns { 0.0 } else { distance_m(lie.frame, place, shape) };
            Near { grid, distance_m, owns }
        })
        .filter(|near| near.distance_m <= tolerance)
        .collect();
    match owner {
        Some(_) if near.is_empty() => None,
        None if near.len() < 2 => Some(outside(lie, compound, near.first())),
        owner => Some(undecidable(lie, compound, owner, &near)),
    }
}

/// The window of places within some metres.
fn around(place: LonLat, metres: f64) -> BBox {
    let (per_lon, per_lat) = metres_per_degree(place.lat().clamp(-89.0, 89.0));
    let (east, north) = (metres / per_lon, metres / per_lat);
    BBox {
        west: place.lon() - east,
        south: place.lat() - north,
        east: place.lon() + east,
        north: place.lat() + north,
    }
}

/// Metres from a place to the border of an area.
fn distance_m(frame: &Frame, place: LonLat, shape: &MultiPolygon) -> f64 {
    let (at, mut least) = (frame.to_grid(place), f64::INFINITY);
    let (sx, sy) = frame.scale(at);
    for ring in shape.polygons().iter().flat_map(|polygon| polygon.rings()) {
        let metres = |p: &LonLat| {
            let p = frame.to_grid(*p);
            ((p.x - at.x) as f64 * sx, (p.y - at.y) as f64 * sy)
        };
        let corners = ring.corners();
        let mut from = metres(&corners[corners.len() - 1]);
        for to in corners.iter().map(metres) {
            let (dx, dy) = (to.0 - from.0, to.1 - from.1);
            let long = dx * dx + dy * dy;
            let t = if long > 0.0 { -(from.0 * dx + from.1 * dy) / long } else { 0.0 };
            let t = t.clamp(0.0, 1.0);
            least = least.min((from.0 + t * dx).hypot(from.1 + t * dy));
            from = to;
        }
    }
    least
}

/// A point within the tolerance of grids other than its owner.
fn undecidable(lie: &Lie, compound: &Compound, owner: Option<usize>, near: &[Near]) -> Finding {
    let title = title(compound);
    let distance = near.iter().map(|n| n.distance_m).fold(f64::INFINITY, f64::min);
    let others = || near.iter().map(|n| lie.title(n.grid));
    let why = if near.iter().any(|n| n.owns) {
        let all = Words::list(owner.map(|g| lie.title(g)).into_iter().chain(others()));
        Words::new(format!("stands where {} overlap", all.en), format!("位于{}的重叠处", all.zh))
    } else {
        let (others, metres) = (Words::list(others()), names::near(distance));
        match owner {
            Some(_) if metres == "0" => Words::new(
                format!("stands on the border with {}", others.en),
                format!("恰在与{}的边界上", others.zh),
            ),
            Some(_) => Words::new(
                format!("stands {metres} m from the border with {}", others.en),
                format!("距与{}的边界仅 {metres} 米", others.zh),
            ),
            None => Words::new(
                format!("stands in a gap between {}", others.en),
                format!("位于{}之间的空隙", others.zh),
            ),
        }
    };
    let count = match owner.map(|g| lie.title(g)) {
        Some(home) => Words::new(
            format!("; it is counted in {} for now", home.en),
            format!("，暂计入{}", home.zh),
        ),
        None => Words::new("; it is counted in no grid", "，未计入任何网格"),
    };
    let words = title
        .then(" ", "")
        .then(&why.en, &why.zh)
        .then(": its point cannot decide where it belongs", "，仅凭该点无法判定归属")
        .then(&count.en, &count.zh);
    let severity = if owner.is_some() { Severity::Warning } else { Severity::Error };
    let measure = Measure {
        distance_m: Some(distance),
        households: compound.households.map(u64::from),
        ..Measure::default()
    };
    finding(lie, "compound.undecidable", severity, compound, words).with_measure(measure).with_mend(
        "give the compound its outline, or move its point to the middle of its buildings",
        "为该小区补充轮廓，或将点移至其楼栋中央",
    )
}

/// A compound in no grid; `nearest` is a grid within the tolerance.
fn outside(lie: &Lie, compound: &Compound, nearest: Option<&Near>) -> Finding {
    let words = title(compound).then(" lies in no grid", "不在任何网格内");
    let (words, mend) = match nearest {
        Some(near) => {
            let (grid, metres) = (lie.title(near.grid), names::near(near.distance_m));
            (
                words.then(
                    &format!(", {metres} m outside {}", grid.en),
                    &format!("，在{}界外 {metres} 米", grid.zh),
                ),
                Words::new(
                    "move its point to the middle of its buildings, or extend the grid over it",
                    "将点移至其楼栋中央，或扩展网格将其覆盖",
                ),
            )
        }
        None => (
            words,
            Words::new(
                "check its coordinates and their reference system, or extend a grid over it",
                "核对其坐标与坐标系，或扩展网格将其覆盖",
            ),
        ),
    };
    let measure = Measure {
        distance_m: nearest.map(|near| near.distance_m),
        households: compound.households.map(u64::from),
        ..Measure::default()
    };
    finding(lie, "compound.outside", Severity::Error, compound, words)
        .with_measure(measure)
        .with_mend(mend.en, mend.zh)
}

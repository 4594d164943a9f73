//! The map of all grids, with the findings marked by their numbers.

use super::canvas::{PX, Spot, View};
use super::escape::{Escaped, shortened};
use super::{Page, furniture, words};
use crate::check::Language;
use crate::domain::{BBox, Finding, Geometry, LonLat, MultiPolygon, Polygon, Severity};
use crate::geometry::{Frame, measure};
use std::fmt::{Result, Write};

/// Width of the drawing in pixels, and the bounds of its height.
const WIDTH: f64 = 760.0;
const HEIGHTS: (f64, f64) = (300.0, 900.0);
/// More marks than these would hide the map.
const MOST_MARKS: usize = 200;
/// More grids than these are drawn without their names, and more than those without a number.
const MOST_NAMES: usize = 60;
const MOST_NUMBERS: usize = 400;

/// A mark: the findings at one place.
struct Mark {
    at: Spot,
    numbers: Vec<usize>,
    severity: Severity,
}

/// Boxes on the drawing that nothing else may cover: (left, top, right, bottom).
pub(super) type Box4 = (f64, f64, f64, f64);

pub(super) fn write(out: &mut String, page: &Page) -> Result {
    let Some(window) = page.dataset.bbox() else { return Ok(()) };
    let height = (WIDTH * View::aspect(window)).clamp(HEIGHTS.0, HEIGHTS.1);
    let view = View::fit(window, (WIDTH, height), 14.0, 1.0);
    let frame = Frame::for_bbox(window);
    let marks = marks(page, &view, &frame);
    let shown = marks.len().min(MOST_MARKS);
    let language = page.language;
    write!(out, r#"<figure class="whole-map">"#)?;
    let alt = language.pick("The grids with numbered findings", "网格总图，问题按序号标注");
    furniture::open(out, &view, alt)?;
    base(out, page, &view)?;
    let mut taken = labels(out, page, &view, &frame)?;
    for mark in &marks[..shown] {
        write_mark(out, &view, mark, &mut taken)?;
    }
    furniture::tools(out, &view, language)?;
    write!(out, "</svg><figcaption>")?;
    legend(out, page)?;
    if shown < marks.len() {
        let (all, chinese) = (marks.len(), language == Language::Chinese);
        if chinese {
            write!(out, "<p>图上仅标注前 {shown} 处（共 {all} 处）。</p>")?;
        } else {
            write!(out, "<p>Only the first {shown} of {all} places are marked.</p>")?;
        }
    }
    write!(out, "</figcaption></figure>")
}

/// Roads, grids, communities and the outline.
fn base(out: &mut String, page: &Page, view: &View) -> Result {
    let data = page.dataset;
    for road in &data.roads {
        let path = view.outline(&road.geometry);
        if !path.is_empty() {
            write!(out, r#"<path class="road" d="{path}"/>"#)?;
        }
    }
    for grid in &data.grids {
        write!(
            out,
            r#"<path class="grid" d="{}"><title>{} {}</title></path>"#,
            view.area(&grid.geometry),
            Escaped(&grid.name),
            Escaped(&grid.code),
        )?;
    }
    for community in &data.communities {
        write!(out, r#"<path class="community" d="{}"/>"#, view.area(&community.geometry))?;
    }
    if let Some(outline) = &data.subdistrict {
        write!(out, r#"<path class="outline" d="{}"/>"#, view.area(&outline.geometry))?;
    }
    Ok(())
}

/// The grids' names or the ends of their codes; gives the boxes that they take.
fn labels(
    out: &mut String,
    page: &Page,
    view: &View,
    frame: &Frame,
) -> std::result::Result<Vec<Box4>, std::fmt::Error> {
    let grids = &page.dataset.grids;
    let mut taken = furniture::boxes(view).to_vec();
    if grids.len() > MOST_NUMBERS {
        return Ok(taken);
    }
    for grid in grids {
        let name = if grids.len() <= MOST_NAMES {
            shortened(&grid.name, 12)
        } else {
            let code: Vec<char> = grid.code.chars().collect();
            code[code.len().saturating_sub(3)..].iter().collect()
        };
        let (x, y) = view.spot(measure::label_point(frame, &grid.geometry));
        write!(out, r#"<text class="label" x="{x:.0}" y="{y:.0}">{}</text>"#, Escaped(&name))?;
        let half = width_of(&name) / 2.0;
        taken.push((x - half, y - 11.0 * PX, x + half, y + 3.0 * PX));
    }
    Ok(taken)
}

/// Width of a text in units, by full-width and other characters.
pub(super) fn width_of(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { 6.3 } else { 11.2 }).sum::<f64>() * PX
}

/// The findings that have a place, gathered by it.
fn marks(page: &Page, view: &View, frame: &Frame) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    let mut known = rustc_hash::FxHashMap::default();
    for (i, finding) in page.report.findings.iter().enumerate() {
        let Some(geometry) = &finding.geometry else { continue };
        let mut at = view.spot(anchor(frame, geometry));
        if is_whole_grid(finding) {
            // Below the grid's name.
            at.1 += 15.0 * PX;
        }
        let cell = ((at.0 / 30.0).round() as i64, (at.1 / 30.0).round() as i64);
        let mark = *known.entry(cell).or_insert(marks.len());
        if mark == marks.len() {
            marks.push(Mark { at, numbers: Vec::new(), severity: finding.severity });
        }
        marks[mark].numbers.push(i + 1);
    }
    marks
}

/// Whether a finding is about a grid as a whole and not about a place.
pub(super) fn is_whole_grid(finding: &Finding) -> bool {
    let prefix = finding.rule.split('.').next().unwrap_or_default();
    matches!(prefix, "balance" | "size" | "code" | "staffing" | "date")
}

/// The place of a geometry that a mark points at.
fn anchor(frame: &Frame, geometry: &Geometry) -> LonLat {
    let largest = |polygons: &[Polygon]| {
        let parts = polygons.iter().filter_map(|p| MultiPolygon::new(vec![p.clone()]).ok());
        let sized = parts.map(|part| (measure::area_m2(&part), part));
        let largest = sized.max_by(|a, b| a.0.total_cmp(&b.0));
        largest.map(|(_, part)| measure::label_point(frame, &part))
    };
    let found = match geometry {
        Geometry::Polygon(polygon) => largest(std::slice::from_ref(polygon)),
        Geometry::MultiPolygon(area) => largest(area.polygons()),
        Geometry::LineString(line) => line.get(line.len() / 2).copied(),
        Geometry::MultiLineString(lines) => {
            let longest =
                lines.iter().max_by(|a, b| measure::length_m(a).total_cmp(&measure::length_m(b)));
            longest.and_then(|line| line.get(line.len() / 2).copied())
        }
        Geometry::Point(_) | Geometry::MultiPoint(_) => None,
    };
    found.or_else(|| geometry.corners().first().copied()).unwrap_or(LonLat::ORIGIN)
}

fn write_mark(out: &mut String, view: &View, mark: &Mark, taken: &mut Vec<Box4>) -> Result {
    let first = mark.numbers.first().copied().unwrap_or(0);
    let mut text = mark.numbers.iter().take(4).map(usize::to_string).collect::<Vec<_>>().join("·");
    if mark.numbers.len() > 4 {
        text.push('…');
    }
    let (half, tall) = (width_of(&text) / 2.0 + 5.0 * PX, 8.0 * PX);
    let (x, y) = free_place(view, mark.at, (half, tall), taken);
    taken.push((x - half, y - tall, x + half, y + tall));
    let (_, _, class) = words::severity(mark.severity, Language::English);
    if (x, y) != mark.at {
        let (ax, ay) = mark.at;
        write!(out, r#"<path class="leader" d="M{ax:.0} {ay:.0}L{x:.0} {y:.0}"/>"#)?;
        write!(out, r#"<circle class="tool" cx="{ax:.0}" cy="{ay:.0}" r="22"/>"#)?;
    }
    let round = if mark.severity == Severity::Error { 20.0 } else { tall };
    write!(
        out,
        r##"<a href="#f{first}"><rect class="pill {class}" x="{:.0}" y="{:.0}" width="{:.0}" height="{:.0}" rx="{round:.0}"/><text class="number {class}" x="{x:.0}" y="{:.0}">{text}</text></a>"##,
        x - half,
        y - tall,
        2.0 * half,
        2.0 * tall,
        y + 40.0,
    )
}

/// The nearest place to `at` where a box of a half size covers nothing else; `at` itself when
/// there is none near.
fn free_place(view: &View, at: Spot, (half, tall): (f64, f64), taken: &[Box4]) -> Spot {
    let is_free = |&(x, y): &Spot| {
        let inside = x > half && y > tall && x < view.width - half && y < view.height - tall;
        let own = (x - half, y - tall, x + half, y + tall);
        let apart =
            |other: &Box4| own.2 < other.0 || other.2 < own.0 || own.3 < other.1 || other.3 < own.1;
        inside && taken.iter().all(apart)
    };
    let ring = |r: i32| {
        let corners = if r == 0 { 1 } else { 16 };
        (0..corners).map(move |turn| {
            let angle = f64::from(turn) * std::f64::consts::TAU / f64::from(corners);
            let distance = f64::from(r) * 11.0 * PX;
            (at.0 + distance * angle.cos(), at.1 + distance * angle.sin())
        })
    };
    (0..12).flat_map(ring).find(is_free).unwrap_or(at)
}

fn legend(out: &mut String, page: &Page) -> Result {
    let language = page.language;
    let say = |english: &'static str, chinese: &'static str| language.pick(english, chinese);
    let key = |out: &mut String, drawing: &str, words: &str| {
        write!(
            out,
            r#"<span><svg class="key" viewBox="0 0 260 110" aria-hidden="true">{drawing}</svg>{words}</span>"#
        )
    };
    let line = |class: &str| format!(r#"<path class="{class}" d="M0 55H260"/>"#);
    if page.dataset.subdistrict.is_some() {
        key(out, &line("outline"), say("boundary of the subdistrict", "街道边界"))?;
    }
    if !page.dataset.communities.is_empty() {
        key(out, &line("community"), say("community", "社区边界"))?;
    }
    key(out, &line("grid"), say("grid", "网格边界"))?;
    if !page.dataset.roads.is_empty() {
        key(out, &line("road"), say("road", "道路"))?;
    }
    for (severity, round) in [(Severity::Error, 20), (Severity::Warning, 50), (Severity::Info, 50)]
    {
        if page.report.count(severity) > 0 {
            let (_, word, class) = words::severity(severity, language);
            let pill = format!(
                r#"<rect class="pill {class}" x="10" y="8" width="240" height="94" rx="{round}"/>"#
            );
            key(out, &pill, &format!("{word}{}", say(" number", "序号")))?;
        }
    }
    Ok(())
}

/// The window around geometries; `None` when there is none.
pub(super) fn window_of<'g>(geometries: impl IntoIterator<Item = &'g Geometry>) -> Option<BBox> {
    geometries.into_iter().filter_map(Geometry::bbox).reduce(BBox::union)
}

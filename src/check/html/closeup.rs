//! The close-up of one finding: the polygons around, what disagrees in two line styles, and
//! the fault itself.

use super::canvas::{PX, Spot, View, distance_to_segment};
use super::escape::{Escaped, count, shortened};
use super::overview::{Box4, is_whole_grid, width_of, window_of};
use super::{Page, furniture, words};
use crate::check::{Language, NetMatch, Side};
use crate::domain::{BBox, Finding, Geometry, LonLat, MultiPolygon, Place};
use std::fmt::{Result, Write};

/// Size of a drawing in pixels.
const SIZE: (f64, f64) = (340.0, 222.0);
/// What a close-up shows at least, in metres across.
const LEAST_M: f64 = 60.0;
/// An area thinner than this, in units, is drawn on a broad band.
const THIN: f64 = 5.0 * PX;
/// Most labels of compounds, and most points drawn.
const MOST_COMPOUNDS: usize = 8;
const MOST_POINTS: usize = 300;

/// What the pictures are drawn from, gathered once.
pub(super) struct Atlas<'p> {
    page: &'p Page<'p>,
    grids: Vec<Option<BBox>>,
    roads: Vec<Option<BBox>>,
}

/// A part of the legend: drawing and words, both ready to be written.
type Key = (String, String);

impl<'p> Atlas<'p> {
    pub fn new(page: &'p Page<'p>) -> Self {
        let grids = page.dataset.grids.iter().map(|g| BBox::around(g.geometry.corners()));
        let roads = page.dataset.roads.iter().map(|road| road.geometry.bbox());
        Self { page, grids: grids.collect(), roads: roads.collect() }
    }

    /// The picture of a finding with its legend; `false` for one without a place.
    pub fn draw(
        &self,
        out: &mut String,
        number: usize,
        finding: &Finding,
    ) -> std::result::Result<bool, std::fmt::Error> {
        let matches = self.matches_of(finding);
        let Some(window) = self.window(finding, &matches) else { return Ok(false) };
        let view = self.view(window);
        let language = self.page.language;
        write!(out, "<figure>")?;
        let alt = match language {
            Language::Chinese => format!("第 {number} 项的局部图"),
            Language::English => format!("Close-up of No. {number}"),
        };
        furniture::open(out, &view, &alt)?;
        self.surroundings(out, &view)?;
        let mut keys = Vec::new();
        if matches.is_empty() {
            self.fault(out, &view, finding, &mut keys)?;
        } else {
            self.borders(out, &view, finding, &matches, &mut keys)?;
        }
        self.names(out, &view, finding)?;
        furniture::tools(out, &view, language)?;
        write!(out, "</svg><figcaption>")?;
        for (drawing, words) in keys {
            write!(
                out,
                r#"<span><svg class="key" viewBox="0 0 260 110" aria-hidden="true">{drawing}</svg>{words}</span>"#
            )?;
        }
        let (lon, lat) = ((window.west + window.east) / 2.0, (window.south + window.north) / 2.0);
        let middle = language.pick("centre", "中心");
        write!(out, r#"<span class="soft">{middle} {lon:.6}, {lat:.6}</span>"#)?;
        write!(out, "</figcaption></figure>")?;
        Ok(true)
    }

    /// The matches of the net that a finding speaks of.
    fn matches_of(&self, finding: &Finding) -> Vec<&'p NetMatch> {
        let net = self.page.report.nets.iter().find(|net| net.net == finding.layer);
        let Some(net) = net.filter(|_| finding.rule.starts_with("net.")) else {
            return Vec::new();
        };
        let concerned = |one: &&NetMatch| {
            let named = |id: &String| finding.features.contains(id);
            one.grid.as_ref().is_some_and(named) || one.features.iter().any(named)
        };
        net.matches.iter().filter(concerned).collect()
    }

    /// What the picture shows: what disagrees, else the finding's own place.
    fn window(&self, finding: &Finding, matches: &[&NetMatch]) -> Option<BBox> {
        let lines = matches.iter().flat_map(|one| {
            [one.border_of(Side::Grid), one.border_of(Side::Net), one.furthest()]
                .into_iter()
                .flatten()
        });
        let lines: Vec<Geometry> = lines.collect();
        window_of(lines.iter().chain(&finding.geometry)).or_else(|| {
            let concerned = matches.iter().filter_map(|one| self.grid(one.grid.as_deref()?));
            concerned.filter_map(|grid| self.grids[grid]).reduce(BBox::union)
        })
    }

    /// The view of a window, grown until it shows a part of a grid: a compound that stands alone
    /// on white paper could be anywhere.
    fn view(&self, window: BBox) -> View {
        const MOST_DOUBLINGS: usize = 12;
        let mut view = View::fit(window, SIZE, 36.0, LEAST_M);
        for _ in 0..MOST_DOUBLINGS {
            if self.grids.iter().flatten().any(|grid| grid.intersects(view.window)) {
                break;
            }
            view = View::fit(doubled(view.window), SIZE, 0.0, LEAST_M);
        }
        view
    }

    fn grid(&self, code: &str) -> Option<usize> {
        // Sorted by code when loaded.
        let grids = &self.page.dataset.grids;
        grids.binary_search_by(|grid| grid.code.as_str().cmp(code)).ok()
    }

    fn surroundings(&self, out: &mut String, view: &View) -> Result {
        let data = self.page.dataset;
        let near = |window: &Option<BBox>| window.is_some_and(|w| w.intersects(view.window));
        for (road, _) in data.roads.iter().zip(&self.roads).filter(|(_, window)| near(window)) {
            let path = view.outline(&road.geometry);
            if !path.is_empty() {
                write!(out, r#"<path class="road" d="{path}"/>"#)?;
            }
        }
        for (grid, _) in data.grids.iter().zip(&self.grids).filter(|(_, window)| near(window)) {
            write!(out, r#"<path class="grid" d="{}"/>"#, view.area(&grid.geometry))?;
        }
        if let Some(outline) = &data.subdistrict {
            let path = view.area(&outline.geometry);
            if !path.is_empty() {
                write!(out, r#"<path class="outline" d="{path}"/>"#)?;
            }
        }
        Ok(())
    }

    /// The fault of a rule that is not about nets.
    fn fault(
        &self,
        out: &mut String,
        view: &View,
        finding: &Finding,
        keys: &mut Vec<Key>,
    ) -> Result {
        let Some(geometry) = &finding.geometry else { return Ok(()) };
        let language = self.page.language;
        let name = words::rule(&finding.rule, language);
        if finding.rule == "grid.crosses_community" {
            for community in &self.page.dataset.communities {
                write!(out, r#"<path class="community" d="{}"/>"#, view.area(&community.geometry))?;
            }
            keys.push((line("community"), language.pick("community", "社区边界").into()));
        } else if finding.rule.starts_with("geometry.") && finding.layer == "grids" {
            self.sides(out, view, finding, keys)?;
        }
        match geometry {
            Geometry::Point(place) => points(out, view, &[*place])?,
            Geometry::MultiPoint(places) => {
                if finding.rule.starts_with("coverage.") {
                    self.sides(out, view, finding, keys)?;
                }
                points(out, view, places)?;
            }
            _ if is_whole_grid(finding) => {
                write!(out, r#"<path class="whole" d="{}"/>"#, view.outline(geometry))?;
                return Ok(());
            }
            shape => {
                let pattern = pattern_of(&finding.rule);
                let path = view.outline(shape);
                // A sliver would vanish between the lines at its sides.
                let width = finding.measure.width_m.or(finding.measure.distance_m);
                if width.is_some_and(|metres| metres / view.metres < THIN) {
                    write!(out, r#"<path class="band" d="{path}"/>"#)?;
                }
                write!(out, r#"<path class="place" fill="{pattern}" d="{path}"/>"#)?;
                // Over the fault, so that both sides of it are told apart.
                if finding.rule.starts_with("coverage.") {
                    self.sides(out, view, finding, keys)?;
                }
                if finding.rule.starts_with("compound.") {
                    self.grid_borders(out, view, keys)?;
                }
                let sample = format!(
                    r#"<rect class="place" fill="{pattern}" x="10" y="10" width="240" height="90"/>"#
                );
                keys.push((sample, name.into()));
                return Ok(());
            }
        }
        keys.push((r#"<circle class="point" cx="130" cy="55" r="42"/>"#.into(), name.into()));
        Ok(())
    }

    /// The borders of all grids in view, as lines over the rest.
    fn grid_borders(&self, out: &mut String, view: &View, keys: &mut Vec<Key>) -> Result {
        for (grid, window) in self.page.dataset.grids.iter().zip(&self.grids) {
            if window.is_some_and(|w| w.intersects(view.window)) {
                write!(out, r#"<path class="ours" d="{}"/>"#, view.area(&grid.geometry))?;
            }
        }
        let words = self.page.language.pick("border of the grids", "网格边界");
        keys.push((line("ours"), words.into()));
        Ok(())
    }

    /// The borders of the first two grids that a finding names, in two styles.
    fn sides(
        &self,
        out: &mut String,
        view: &View,
        finding: &Finding,
        keys: &mut Vec<Key>,
    ) -> Result {
        let named = finding.features.iter().filter_map(|code| self.grid(code));
        for (grid, class) in named.zip(["ours", "theirs"]) {
            let grid = &self.page.dataset.grids[grid];
            let path = view.area(&grid.geometry);
            write!(out, r#"<path class="{class}" d="{path}"/>"#)?;
            keys.push((line(class), Escaped(&grid.name).to_string()));
        }
        Ok(())
    }

    /// What grids and net do not have in common: the grids' side solid, the net's dashed.
    fn borders(
        &self,
        out: &mut String,
        view: &View,
        finding: &Finding,
        matches: &[&NetMatch],
        keys: &mut Vec<Key>,
    ) -> Result {
        let (data, language) = (self.page.dataset, self.page.language);
        let join = |side: Side| -> String {
            matches.iter().filter_map(|one| one.border_of(side)).map(|g| view.outline(&g)).collect()
        };
        let title = Escaped(words::layer(data, &finding.layer, language)).to_string();
        let ours = join(Side::Grid);
        let theirs = join(Side::Net);
        // Same lines, other codes or other pieces: the area is the matter.
        let same = ours.is_empty() && theirs.is_empty();
        if let Some(geometry) = finding.geometry.as_ref().filter(|_| same) {
            write!(out, r#"<path class="whole" d="{}"/>"#, view.outline(geometry))?;
        }
        let net = data.nets.iter().find(|net| net.name == finding.layer);
        let features = net.into_iter().flat_map(|net| &net.features);
        let style = if same { "theirs" } else { "net" };
        for feature in features.filter(|feature| finding.features.contains(&feature.id)) {
            write!(out, r#"<path class="{style}" d="{}"/>"#, view.area(&feature.geometry))?;
        }
        let only = language.pick("only", "独有的边界");
        if !ours.is_empty() {
            let path = format!(r#"<path class="halo" d="{ours}"/><path class="ours" d="{ours}"/>"#);
            out.push_str(&path);
            let grids = language.pick("grids", "网格");
            keys.push((line("ours"), format!("{grids}{}{only}", space(language))));
        }
        if !theirs.is_empty() {
            write!(out, r#"<path class="theirs" d="{theirs}"/>"#)?;
            keys.push((line("theirs"), format!("{title}{}{only}", space(language))));
        }
        if same {
            keys.push((line(style), title));
        }
        self.furthest(out, view, finding, matches, keys)?;
        self.compounds(out, view, matches)
    }

    /// Where the two borders are furthest apart.
    fn furthest(
        &self,
        out: &mut String,
        view: &View,
        finding: &Finding,
        matches: &[&NetMatch],
        keys: &mut Vec<Key>,
    ) -> Result {
        // The one that the finding tells.
        let told = finding.measure.distance_m;
        let far = matches.iter().find(|one| {
            let same = |(a, b): (f64, f64)| (a - b).abs() < 1e-3;
            one.hausdorff_witness.is_some() && one.hausdorff_m.zip(told).is_some_and(same)
        });
        let Some((ends, metres)) =
            far.and_then(|one| Some((one.hausdorff_witness?, one.hausdorff_m?)))
        else {
            return Ok(());
        };
        let path = view.lines([ends.as_slice()]);
        write!(out, r#"<path class="far" d="{path}"/>"#)?;
        for end in ends {
            let (x, y) = view.spot(end);
            write!(out, r#"<circle class="tool" cx="{x:.0}" cy="{y:.0}" r="26"/>"#)?;
        }
        let drawing = r#"<path class="far" d="M30 55H230"/><circle class="tool" cx="30" cy="55" r="26"/><circle class="tool" cx="230" cy="55" r="26"/>"#;
        let digits = if metres < 10.0 { 2 } else { 1 };
        let words = match self.page.language {
            Language::Chinese => format!("最大相距 {metres:.digits$} 米"),
            Language::English => format!("furthest apart: {metres:.digits$} m"),
        };
        keys.push((drawing.into(), words));
        Ok(())
    }

    /// The compounds that change owner, with their names.
    fn compounds(&self, out: &mut String, view: &View, matches: &[&NetMatch]) -> Result {
        let compounds = &self.page.dataset.compounds;
        let named = |id: &String| matches.iter().any(|one| one.compounds_affected.contains(id));
        let affected = compounds.iter().filter(|compound| named(&compound.id));
        let mut drawn = 0;
        for compound in affected {
            let at = match &compound.place {
                Place::Point(place) => view.spot(*place),
                Place::Area(area) => match roomiest(view, area) {
                    Some((spot, _)) => spot,
                    None => continue,
                },
            };
            if drawn == MOST_COMPOUNDS || !view.holds(at, 10.0 * PX) {
                continue;
            }
            drawn += 1;
            let (x, y) = at;
            write!(out, r#"<circle class="home" cx="{x:.0}" cy="{y:.0}" r="40"/>"#)?;
            let name = shortened(&compound.name, 10);
            write!(
                out,
                r#"<text class="label soft" x="{x:.0}" y="{:.0}">{}</text>"#,
                y + 150.0,
                Escaped(&name)
            )?;
        }
        Ok(())
    }

    /// The names of the grids in view, where there is room; with their households where these
    /// are the matter.
    fn names(&self, out: &mut String, view: &View, finding: &Finding) -> Result {
        let data = self.page.dataset;
        let sizes = is_whole_grid(finding) && data.grids.len() == self.page.report.grids.len();
        let near = |g: &usize| self.grids[*g].is_some_and(|w| w.intersects(view.window));
        let mut near: Vec<(bool, usize)> = (0..data.grids.len())
            .filter(near)
            .map(|g| (!finding.features.contains(&data.grids[g].code), g))
            .collect();
        near.sort_unstable();
        let mut taken = furniture::boxes(view).to_vec();
        for (beside, g) in near {
            let name = shortened(&data.grids[g].name, 12);
            let Some((spot, room)) = roomiest(view, &data.grids[g].geometry) else { continue };
            let (half, tall) = (width_of(&name) / 2.0, if sizes { 27.0 * PX } else { 14.0 * PX });
            if room < 9.0 * PX || (beside && room < half * 0.55) {
                continue;
            }
            let edge = half + 2.0 * PX;
            let x = spot.0.clamp(edge, (view.width - edge).max(edge));
            let y = spot.1.clamp(12.0 * PX, view.height - tall);
            let own = (x - half, y - 11.0 * PX, x + half, y - 11.0 * PX + tall);
            let apart = |o: &Box4| own.2 < o.0 || o.2 < own.0 || own.3 < o.1 || o.3 < own.1;
            if beside && !taken.iter().all(apart) {
                continue;
            }
            taken.push(own);
            let class = if beside { "label soft" } else { "label strong" };
            let name = Escaped(&name);
            write!(out, r#"<text class="{class}" x="{x:.0}" y="{y:.0}">{name}</text>"#)?;
            if sizes {
                let households = count(self.page.report.grids[g].households);
                let unit = self.page.language.pick(" households", "户");
                let below = y + 13.5 * PX;
                write!(
                    out,
                    r#"<text class="{class}" x="{x:.0}" y="{below:.0}">{households}{unit}</text>"#
                )?;
            }
        }
        if finding.layer == "compounds" {
            self.compound_names(out, view, finding)?;
        }
        Ok(())
    }

    fn compound_names(&self, out: &mut String, view: &View, finding: &Finding) -> Result {
        let compounds = &self.page.dataset.compounds;
        for compound in compounds.iter().filter(|c| finding.features.contains(&c.id)) {
            let (x, y) = match &compound.place {
                Place::Point(place) => view.spot(*place),
                Place::Area(area) => match roomiest(view, area) {
                    Some((spot, _)) => spot,
                    None => continue,
                },
            };
            let name = shortened(&compound.name, 12);
            write!(
                out,
                r#"<text class="label strong" x="{x:.0}" y="{:.0}">{}</text>"#,
                y - 60.0,
                Escaped(&name)
            )?;
        }
        Ok(())
    }
}

/// A window of twice the size around the same place.
fn doubled(window: BBox) -> BBox {
    let (lon, lat) = ((window.east - window.west) / 2.0, (window.north - window.south) / 2.0);
    BBox {
        west: window.west - lon,
        south: window.south - lat,
        east: window.east + lon,
        north: window.north + lat,
    }
}

fn space(language: Language) -> &'static str {
    language.pick(" ", "")
}

fn line(class: &str) -> String {
    format!(r#"<path class="{class}" d="M0 55H260"/>"#)
}

/// The fill that shows what kind of fault an area is.
fn pattern_of(rule: &str) -> &'static str {
    match rule {
        "coverage.overlap" => "url(#overlap)",
        "coverage.outside" | "coverage.multipart" | "grid.crosses_community" => "url(#outside)",
        _ if rule.starts_with("coverage.") => "url(#gap)",
        _ if rule.starts_with("compound.") => "url(#compound)",
        _ => "none",
    }
}

fn points(out: &mut String, view: &View, places: &[LonLat]) -> Result {
    for &place in places.iter().take(MOST_POINTS) {
        let (x, y) = view.spot(place);
        write!(out, r#"<circle class="point" cx="{x:.0}" cy="{y:.0}" r="55"/>"#)?;
    }
    Ok(())
}

/// The spot of an area's visible part that is furthest from its border, on a raster, and its
/// distance from the border in units.
fn roomiest(view: &View, area: &MultiPolygon) -> Option<(Spot, f64)> {
    const COLUMNS: usize = 24;
    const ROWS: usize = 18;
    let rings: Vec<Vec<Spot>> = area.polygons().iter().flat_map(|p| view.rings(p)).collect();
    let edges: Vec<(Spot, Spot)> = rings
        .iter()
        .flat_map(|ring| (0..ring.len()).map(|i| (ring[i], ring[(i + 1) % ring.len()])))
        .collect();
    let room = |p: Spot| {
        let mut inside = false;
        let mut least = f64::INFINITY;
        for &(a, b) in &edges {
            if (a.1 > p.1) != (b.1 > p.1) && p.0 < (b.0 - a.0) * (p.1 - a.1) / (b.1 - a.1) + a.0 {
                inside = !inside;
            }
            least = least.min(distance_to_segment(p, a, b));
        }
        if inside { least } else { -1.0 }
    };
    let xs = rings.iter().flatten().map(|p| p.0.clamp(0.0, view.width));
    let (left, right) = xs.fold((view.width, 0.0f64), |(l, r), x| (l.min(x), r.max(x)));
    let ys = rings.iter().flatten().map(|p| p.1.clamp(0.0, view.height));
    let (top, bottom) = ys.fold((view.height, 0.0f64), |(t, b), y| (t.min(y), b.max(y)));
    let spots = (0..COLUMNS * ROWS).map(|i| {
        let across = ((i % COLUMNS) as f64 + 0.5) / COLUMNS as f64;
        let down = ((i / COLUMNS) as f64 + 0.5) / ROWS as f64;
        (left + (right - left) * across, top + (bottom - top) * down)
    });
    let sized = spots.map(|spot| (spot, room(spot))).filter(|&(_, room)| room >= 0.0);
    sized.max_by(|a, b| a.1.total_cmp(&b.1))
}

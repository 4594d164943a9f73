//! A window of the map on a drawing: degrees to whole tenths of a pixel, cut and thinned so that
//! a picture holds no more than can be seen.

use crate::domain::{BBox, Geometry, LonLat, MultiPolygon, Polygon};
use crate::geometry::metres_per_degree;
use std::fmt::Write;

/// Units of a drawing in a pixel. Whole units keep paths short.
pub(super) const PX: f64 = 10.0;
/// A line is thinned by no more than this, in units: below what a screen or a printer shows.
const THINNED_BY: f64 = 3.0;
/// Shapes are cut this far outside of the window, so that the cut's own line is not seen.
const BEYOND: f64 = 60.0;

/// A place on the drawing, in units from its upper left corner.
pub(super) type Spot = (f64, f64);

/// A window of the map on a drawing.
pub(super) struct View {
    /// Width of the drawing in units.
    pub width: f64,
    /// Height of the drawing in units.
    pub height: f64,
    /// Metres that a unit stands for.
    pub metres: f64,
    /// What the drawing shows, in degrees.
    pub window: BBox,
    centre: (f64, f64),
    per_degree: (f64, f64),
}

impl View {
    /// The view of `window` in the middle of a drawing of a size in pixels, `margin` pixels from
    /// its edges, and at least `least_m` metres wide.
    pub fn fit(window: BBox, size: (f64, f64), margin: f64, least_m: f64) -> Self {
        let centre = ((window.west + window.east) / 2.0, (window.south + window.north) / 2.0);
        let (per_lon, per_lat) = metres_per_degree(centre.1.clamp(-85.0, 85.0));
        let (width, height) = (size.0 * PX, size.1 * PX);
        let across = ((window.east - window.west) * per_lon).max(least_m);
        let up = ((window.north - window.south) * per_lat).max(least_m * size.1 / size.0);
        let inner = |length: f64| (length - 2.0 * margin * PX).max(PX);
        let metres = (across / inner(width)).max(up / inner(height));
        let per_degree = (per_lon / metres, per_lat / metres);
        let half = (width / per_degree.0 / 2.0, height / per_degree.1 / 2.0);
        let window = BBox {
            west: centre.0 - half.0,
            south: centre.1 - half.1,
            east: centre.0 + half.0,
            north: centre.1 + half.1,
        };
        Self { width, height, metres, window, centre, per_degree }
    }

    /// Height over width of a window on the ground.
    pub fn aspect(window: BBox) -> f64 {
        let middle = (window.south + window.north) / 2.0;
        let (per_lon, per_lat) = metres_per_degree(middle.clamp(-85.0, 85.0));
        let (across, up) = (window.east - window.west, window.north - window.south);
        let aspect = up * per_lat / (across * per_lon);
        if aspect.is_finite() { aspect } else { 1.0 }
    }

    /// A place on the drawing.
    pub fn spot(&self, place: LonLat) -> Spot {
        (
            self.width / 2.0 + (place.lon() - self.centre.0) * self.per_degree.0,
            self.height / 2.0 - (place.lat() - self.centre.1) * self.per_degree.1,
        )
    }

    /// Whether a spot lies on the drawing, `margin` units from its edges.
    pub fn holds(&self, (x, y): Spot, margin: f64) -> bool {
        let across = margin..=self.width - margin;
        across.contains(&x) && (margin..=self.height - margin).contains(&y)
    }

    /// The rings of a polygon that reach the drawing, cut at its edges.
    pub fn rings(&self, polygon: &Polygon) -> Vec<Vec<Spot>> {
        let spots = |ring: &crate::domain::Ring| {
            let ring: Vec<Spot> = ring.corners().iter().map(|&p| self.spot(p)).collect();
            self.cut_ring(ring)
        };
        polygon.rings().map(spots).filter(|ring| ring.len() > 2).collect()
    }

    /// An area as path data; empty when nothing of it reaches the drawing.
    pub fn area(&self, area: &MultiPolygon) -> String {
        let mut path = String::new();
        for ring in area.polygons().iter().flat_map(|polygon| self.rings(polygon)) {
            write_path(&mut path, &thinned(&ring, true), true);
        }
        path
    }

    /// Lines as path data.
    pub fn lines<'l>(&self, lines: impl IntoIterator<Item = &'l [LonLat]>) -> String {
        let mut path = String::new();
        for line in lines {
            let spots: Vec<Spot> = line.iter().map(|&p| self.spot(p)).collect();
            for run in self.runs(&spots) {
                write_path(&mut path, &thinned(run, false), false);
            }
        }
        path
    }

    /// Lines or the borders of areas as path data; empty for points.
    pub fn outline(&self, geometry: &Geometry) -> String {
        match geometry {
            Geometry::Point(_) | Geometry::MultiPoint(_) => String::new(),
            Geometry::LineString(line) => self.lines([line.as_slice()]),
            Geometry::MultiLineString(lines) => self.lines(lines.iter().map(Vec::as_slice)),
            Geometry::Polygon(polygon) => MultiPolygon::new(vec![polygon.clone()])
                .map_or_else(|_| String::new(), |area| self.area(&area)),
            Geometry::MultiPolygon(area) => self.area(area),
        }
    }

    /// Cuts a ring at the four edges of the drawing (Sutherland & Hodgman 1974).
    fn cut_ring(&self, mut ring: Vec<Spot>) -> Vec<Spot> {
        let (right, bottom) = (self.width + BEYOND, self.height + BEYOND);
        let within = |&(x, y): &Spot| x >= -BEYOND && x <= right && y >= -BEYOND && y <= bottom;
        if ring.iter().all(within) {
            return ring;
        }
        // How far inside of an edge a spot lies.
        let edges: [&dyn Fn(Spot) -> f64; 4] =
            [&|p| p.0 + BEYOND, &|p| right - p.0, &|p| p.1 + BEYOND, &|p| bottom - p.1];
        for inside in edges {
            let mut kept = Vec::with_capacity(ring.len() + 4);
            for (i, &to) in ring.iter().enumerate() {
                let from = ring[(i + ring.len() - 1) % ring.len()];
                let (a, b) = (inside(from), inside(to));
                if (a < 0.0) != (b < 0.0) {
                    let t = a / (a - b);
                    kept.push((from.0 + (to.0 - from.0) * t, from.1 + (to.1 - from.1) * t));
                }
                if b >= 0.0 {
                    kept.push(to);
                }
            }
            ring = kept;
        }
        ring
    }

    /// The runs of a line whose segments come near the drawing.
    fn runs<'l>(&self, line: &'l [Spot]) -> Vec<&'l [Spot]> {
        let near = |a: Spot, b: Spot| {
            a.0.max(b.0) >= -BEYOND
                && a.0.min(b.0) <= self.width + BEYOND
                && a.1.max(b.1) >= -BEYOND
                && a.1.min(b.1) <= self.height + BEYOND
        };
        let mut runs = Vec::new();
        let mut start = None;
        for i in 1..line.len() {
            if near(line[i - 1], line[i]) {
                start.get_or_insert(i - 1);
            } else if let Some(first) = start.take() {
                runs.push(&line[first..i]);
            }
        }
        runs.extend(start.map(|first| &line[first..]));
        runs
    }
}

/// A line without the corners that nobody would miss (Douglas & Peucker 1973).
fn thinned(line: &[Spot], closed: bool) -> Vec<Spot> {
    let mut line = line.to_vec();
    if closed {
        line.extend(line.first().copied());
    }
    let mut kept = vec![false; line.len()];
    let Some(last) = line.len().checked_sub(1) else { return line };
    (kept[0], kept[last]) = (true, true);
    let mut todo = vec![(0, last)];
    while let Some((from, to)) = todo.pop() {
        let distance = |i: usize| distance_to_segment(line[i], line[from], line[to]);
        let furthest = (from + 1..to).map(|i| (distance(i), i)).max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((far, middle)) = furthest
            && far > THINNED_BY
        {
            kept[middle] = true;
            todo.extend([(from, middle), (middle, to)]);
        }
    }
    let mut kept = kept.into_iter();
    line.retain(|_| kept.next().unwrap_or(false));
    if closed {
        line.pop();
    }
    line
}

/// Distance of a spot from a line between two others.
pub(super) fn distance_to_segment(p: Spot, a: Spot, b: Spot) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length2 = dx * dx + dy * dy;
    let along = (p.0 - a.0) * dx + (p.1 - a.1) * dy;
    let t = if length2 > 0.0 { (along / length2).clamp(0.0, 1.0) } else { 0.0 };
    (p.0 - a.0 - t * dx).hypot(p.1 - a.1 - t * dy)
}

/// Appends a line to path data, in whole units from corner to corner.
fn write_path(path: &mut String, line: &[Spot], closed: bool) {
    let mut corners = line.iter().map(|&(x, y)| (x.round() as i64, y.round() as i64));
    let Some(mut here) = corners.next() else { return };
    // Writing into a String cannot fail.
    let _ = write!(path, "M{} {}l", here.0, here.1);
    let mut steps = 0;
    for next in corners {
        let (dx, dy) = (next.0 - here.0, next.1 - here.1);
        if (dx, dy) != (0, 0) {
            let space = if steps > 0 && dx >= 0 { " " } else { "" };
            let gap = if dy >= 0 { " " } else { "" };
            let _ = write!(path, "{space}{dx}{gap}{dy}");
            (here, steps) = (next, steps + 1);
        }
    }
    if steps == 0 {
        // A shape too small to be seen is a dot: a round cap makes one of no length visible.
        path.push_str("0 0");
    }
    if closed {
        path.push('z');
    }
}

/// A round length for a scale bar of at most `most_m` metres: 1, 2 or 5 times a power of ten.
pub(super) fn round_length(most_m: f64) -> f64 {
    let power = 10f64.powf(most_m.max(1e-3).log10().floor());
    let fits = [5.0, 2.0, 1.0].into_iter().find(|step| step * power <= most_m);
    fits.unwrap_or(1.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Ring;

    fn window(west: f64, south: f64, east: f64, north: f64) -> BBox {
        BBox { west, south, east, north }
    }

    fn square(west: f64, south: f64, size: f64) -> MultiPolygon {
        let at = |x: f64, y: f64| LonLat::new(west + x * size, south + y * size).unwrap();
        let ring = Ring::new(vec![at(0.0, 0.0), at(1.0, 0.0), at(1.0, 1.0), at(0.0, 1.0)]);
        MultiPolygon::new(vec![Polygon::new(ring.unwrap(), Vec::new())]).unwrap()
    }

    #[test]
    fn a_window_is_centred_with_one_scale_for_both_directions() {
        let view = View::fit(window(120.0, 36.0, 120.01, 36.001), (400.0, 300.0), 20.0, 1.0);
        let west = view.spot(LonLat::new(120.0, 36.0005).unwrap());
        assert!((west.0 - 200.0).abs() < 1e-6 && (west.1 - 1500.0).abs() < 1e-6, "{west:?}");
        // 0.01° of longitude at 36° are 901.6 m on 360 px.
        assert!((view.metres * 3600.0 - 901.6).abs() < 1.0, "{}", view.metres);
    }

    #[test]
    fn what_lies_outside_is_cut_and_what_covers_the_window_stays() {
        let view = View::fit(window(120.0, 36.0, 120.001, 36.001), (100.0, 100.0), 0.0, 1.0);
        assert_eq!(view.area(&square(121.0, 36.0, 0.001)), "");
        let around = view.area(&square(119.0, 35.0, 2.0));
        assert_eq!(around.matches('z').count(), 1);
        for number in around.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()) {
            assert!(number.parse::<i64>().unwrap() < 1200, "{around}");
        }
    }

    #[test]
    fn corners_that_nobody_sees_are_left_out() {
        let straight: Vec<Spot> = (0..1000).map(|i| (f64::from(i), f64::from(i % 2))).collect();
        assert_eq!(thinned(&straight, false).len(), 2);
        let bent = [(0.0, 0.0), (50.0, 40.0), (100.0, 0.0)];
        assert_eq!(thinned(&bent, false).len(), 3);
        assert_eq!(thinned(&bent, true).len(), 3);
    }

    #[test]
    fn scale_bars_have_round_lengths() {
        for (most, expected) in [(1.0, 1.0), (4.9, 2.0), (70.0, 50.0), (999.0, 500.0)] {
            assert!((round_length(most) - expected).abs() < 1e-9, "{most}");
        }
    }
}

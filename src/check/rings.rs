//! `geometry.*`: each ring is a simple closed line.

use super::context::Context;
use crate::domain::{Finding, Geometry, LonLat, Measure, MultiPolygon, Origin, Ring, Severity};
use crate::geometry::{Arrangement, FaceId, GridPoint};
use std::collections::BTreeSet;

/// A polygon layer as the ring rules see it.
struct Layer<'a> {
    name: &'a str,
    ids: Vec<&'a str>,
    shapes: Vec<&'a MultiPolygon>,
    origin: Option<&'a Origin>,
}

pub(super) fn check(context: &Context) -> Vec<Finding> {
    let mut findings = Vec::new();
    for layer in layers(context) {
        findings.extend(orientation(&layer));
        for (id, shape) in layer.ids.iter().zip(&layer.shapes) {
            findings.extend(corners(context, &layer, id, shape));
        }
        findings.extend(crossings(context, &layer));
    }
    findings
}

fn layers<'a>(context: &Context<'a>) -> Vec<Layer<'a>> {
    let data = context.dataset;
    let mut layers = Vec::new();
    if let Some(boundary) = &data.subdistrict {
        layers.push(Layer {
            name: "subdistrict",
            ids: vec!["subdistrict"],
            shapes: vec![&boundary.geometry],
            origin: Some(&boundary.origin),
        });
    }
    layers.push(Layer {
        name: "communities",
        ids: data.communities.iter().map(|c| c.code.as_str()).collect(),
        shapes: data.communities.iter().map(|c| &c.geometry).collect(),
        origin: data.communities.first().map(|c| &c.origin),
    });
    layers.push(Layer {
        name: "grids",
        ids: data.grids.iter().map(|g| g.code.as_str()).collect(),
        shapes: data.grids.iter().map(|g| &g.geometry).collect(),
        origin: data.grids.first().map(|g| &g.origin),
    });
    for net in &data.nets {
        layers.push(Layer {
            name: &net.name,
            ids: net.features.iter().map(|f| f.id.as_str()).collect(),
            shapes: net.features.iter().map(|f| &f.geometry).collect(),
            origin: net.features.first().map(|f| &f.origin),
        });
    }
    layers.push(Layer {
        name: "units",
        ids: data.units.iter().map(|u| u.id.as_str()).collect(),
        shapes: data.units.iter().map(|u| &u.geometry).collect(),
        origin: data.units.first().map(|u| &u.origin),
    });
    layers
}

impl Layer<'_> {
    fn finding(&self, rule: &str, severity: Severity, words: (String, String)) -> Finding {
        let file = self.origin.map_or(self.name, |origin| &*origin.file);
        Finding::new(rule, severity, self.name, words.0, words.1).with_file(file)
    }
}

/// Exteriors should run counter-clockwise and holes clockwise (RFC 7946); the rest is turned on
/// load, so one note a layer is enough.
fn orientation(layer: &Layer) -> Option<Finding> {
    let area = |ring: &Ring| {
        let corners = ring.corners();
        let first = corners[0];
        let relative = |p: LonLat| (p.lon() - first.lon(), p.lat() - first.lat());
        let mut sum = 0.0;
        for (a, b) in corners.iter().zip(corners.iter().cycle().skip(1)) {
            let ((ax, ay), (bx, by)) = (relative(*a), relative(*b));
            sum += ax * by - bx * ay;
        }
        sum
    };
    let turned: Vec<&str> = layer
        .ids
        .iter()
        .zip(&layer.shapes)
        .filter(|(_, shape)| {
            shape
                .polygons()
                .iter()
                .any(|p| area(p.exterior()) < 0.0 || p.holes().iter().any(|hole| area(hole) > 0.0))
        })
        .map(|(id, _)| *id)
        .collect();
    let n = turned.len();
    (n > 0).then(|| {
        let words = (
            format!(
                "{n} features of {} have rings in the other direction; they were turned on load",
                layer.name
            ),
            format!("{}图层有{n}个要素的环方向相反，已在载入时调整", layer.name),
        );
        layer.finding("geometry.orientation", Severity::Info, words).with_features(turned)
    })
}

/// Repeated corners, and spikes: places where a ring turns back upon itself.
fn corners(context: &Context, layer: &Layer, id: &str, shape: &MultiPolygon) -> Vec<Finding> {
    let (mut repeated, mut spikes) = (Vec::new(), Vec::new());
    for ring in shape.polygons().iter().flat_map(|p| p.rings()) {
        let places = ring.corners();
        let points: Vec<GridPoint> = places.iter().map(|&p| context.frame.to_grid(p)).collect();
        let n = points.len();
        let previous_other =
            |i: usize| (1..n).map(|k| points[(i + n - k) % n]).find(|&p| p != points[i]);
        let next_other = |i: usize| (1..n).map(|k| points[(i + k) % n]).find(|&p| p != points[i]);
        for i in 0..n {
            if points[i] == points[(i + n - 1) % n] {
                repeated.push(places[i]);
                continue;
            }
            if let (Some(a), Some(b)) = (previous_other(i), next_other(i))
                && turns_back(a, points[i], b)
            {
                spikes.push(places[i]);
            }
        }
    }
    let mut findings = Vec::new();
    let mut report = |rule: &str,
                      severity,
                      places: Vec<LonLat>,
                      english: &str,
                      chinese: &str,
                      mend: (&str, &str)| {
        if places.is_empty() {
            return;
        }
        let n = places.len();
        let words = (format!("{id}: {n} {english}"), format!("{id}：{n}{chinese}"));
        findings.push(
            layer
                .finding(rule, severity, words)
                .with_features([id])
                .with_measure(Measure { value: Some(n as f64), ..Measure::default() })
                .with_geometry(Geometry::MultiPoint(places))
                .with_mend(mend.0, mend.1),
        );
    };
    report(
        "geometry.duplicate_vertex",
        Severity::Warning,
        repeated,
        "vertices repeat the one before them",
        "个顶点与前一顶点重复",
        ("delete the repeated vertices", "删除重复的顶点"),
    );
    report(
        "geometry.spike",
        Severity::Warning,
        spikes,
        "spikes: the border runs out and back on the same line",
        "处尖刺：边界沿同一条线往返",
        ("delete the vertex at the tip of each spike", "删除尖刺顶端的顶点"),
    );
    findings
}

/// Whether a way from `a` over `b` to `c` turns back by 180 degrees.
fn turns_back(a: GridPoint, b: GridPoint, c: GridPoint) -> bool {
    let (ux, uy) = (i128::from(b.x - a.x), i128::from(b.y - a.y));
    let (vx, vy) = (i128::from(c.x - b.x), i128::from(c.y - b.y));
    ux * vy - uy * vx == 0 && ux * vx + uy * vy < 0
}

/// Rings that cross themselves and parts that overlap. Crossing strands always enclose a place
/// around which the rings wind other than once, so the arrangement's irregular faces find all.
fn crossings(context: &Context, layer: &Layer) -> Vec<Finding> {
    if layer.shapes.is_empty() {
        return Vec::new();
    }
    let arrangement = Arrangement::build(&context.frame, &layer.shapes);
    let polygons: BTreeSet<u32> = arrangement.irregular().iter().map(|&(_, p, _)| p).collect();
    polygons
        .into_iter()
        .map(|polygon| {
            let faces: BTreeSet<FaceId> =
                arrangement.irregular().iter().filter(|i| i.1 == polygon).map(|i| i.0).collect();
            let places = self_crossings(&arrangement, polygon, &faces);
            let id = layer.ids[polygon as usize];
            let at = places
                .first()
                .map_or(String::new(), |p| format!(" ({:.7}, {:.7})", p.lon(), p.lat()));
            let words = (format!("{id} crosses itself{at}"), format!("{id}的边界自相交{at}"));
            layer
                .finding("geometry.invalid", Severity::Error, words)
                .with_features([id])
                .with_geometry(Geometry::MultiPoint(places))
                .with_mend(
                    "redraw the border so that it does not cross itself",
                    "重绘边界，消除自相交",
                )
        })
        .collect()
}

/// Vertices of irregular faces where four or more strands of the polygon meet.
fn self_crossings(
    arrangement: &Arrangement,
    polygon: u32,
    faces: &BTreeSet<FaceId>,
) -> Vec<LonLat> {
    let mut vertices = BTreeSet::new();
    for edge in 0..arrangement.half_edges() {
        if faces.contains(&arrangement.face(edge)) {
            vertices.insert(arrangement.origin(edge));
        }
    }
    let strands = |v: u32| {
        let along = |&&e: &&u32| arrangement.rings_along(e).any(|(p, _)| p == polygon);
        arrangement.around(v).iter().filter(along).count()
    };
    vertices.into_iter().filter(|&v| strands(v) >= 4).map(|v| arrangement.place(v)).collect()
}

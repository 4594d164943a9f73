//! `geometry.*`: each ring is a simple closed line.

use super::context::Context;
use crate::dataset::Dataset;
use crate::domain::{
    Finding, Geometry, LonLat, Measure, MultiPolygon, Origin, Polygon, Ring, Severity,
};
use crate::geometry::{Arrangement, FaceId, Frame, GridPoint};
use std::collections::{BTreeMap, BTreeSet};

/// A polygon layer as the ring rules see it.
struct Layer<'a> {
    source: Source<'a>,
    ids: Vec<&'a str>,
    shapes: Vec<&'a MultiPolygon>,
}

/// What findings say of a layer.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub name: &'a str,
    /// Of its first feature.
    pub origin: Option<&'a Origin>,
}

pub(super) fn check(context: &Context) -> Vec<Finding> {
    let mut findings = Vec::new();
    for layer in layers(context) {
        let turned = layer.ids.iter().zip(&layer.shapes).filter(|(_, shape)| is_turned(shape));
        findings.extend(layer.source.orientation(turned.map(|(id, _)| *id).collect()));
        for (id, shape) in layer.ids.iter().zip(&layer.shapes) {
            findings.extend(layer.source.corners(&context.frame, id, shape));
        }
        findings.extend(crossings(context, &layer));
    }
    findings
}

/// The layer of the grids.
pub(super) fn grids(data: &Dataset) -> Source<'_> {
    Source { name: "grids", origin: data.grids.first().map(|g| &g.origin) }
}

fn layers<'a>(context: &Context<'a>) -> Vec<Layer<'a>> {
    let data = context.dataset;
    let mut layers = Vec::new();
    if let Some(boundary) = &data.subdistrict {
        layers.push(Layer {
            source: Source { name: "subdistrict", origin: Some(&boundary.origin) },
            ids: vec!["subdistrict"],
            shapes: vec![&boundary.geometry],
        });
    }
    layers.push(Layer {
        source: Source { name: "communities", origin: data.communities.first().map(|c| &c.origin) },
        ids: data.communities.iter().map(|c| c.code.as_str()).collect(),
        shapes: data.communities.iter().map(|c| &c.geometry).collect(),
    });
    layers.push(Layer {
        source: grids(data),
        ids: data.grids.iter().map(|g| g.code.as_str()).collect(),
        shapes: context.grids.clone(),
    });
    for net in &data.nets {
        layers.push(Layer {
            source: Source { name: &net.name, origin: net.features.first().map(|f| &f.origin) },
            ids: net.features.iter().map(|f| f.id.as_str()).collect(),
            shapes: net.features.iter().map(|f| &f.geometry).collect(),
        });
    }
    layers.push(Layer {
        source: Source { name: "units", origin: data.units.first().map(|u| &u.origin) },
        ids: data.units.iter().map(|u| u.id.as_str()).collect(),
        shapes: data.units.iter().map(|u| &u.geometry).collect(),
    });
    layers
}

/// Whether a ring runs the other way than RFC 7946 wants: exteriors counter-clockwise, holes
/// clockwise.
pub(super) fn is_turned(shape: &MultiPolygon) -> bool {
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
    let turned = |p: &Polygon| area(p.exterior()) < 0.0 || p.holes().iter().any(|h| area(h) > 0.0);
    shape.polygons().iter().any(turned)
}

impl Source<'_> {
    fn finding(&self, rule: &str, severity: Severity, words: (String, String)) -> Finding {
        let file = self.origin.map_or(self.name, |origin| &*origin.file);
        Finding::new(rule, severity, self.name, words.0, words.1).with_file(file)
    }

    /// Rings that run the other way are turned on load, so one note a layer is enough.
    pub fn orientation(&self, turned: Vec<&str>) -> Option<Finding> {
        let (n, name) = (turned.len(), self.name);
        (n > 0).then(|| {
            let words = (
                format!(
                    "{n} features of {name} have rings in the other direction; they were turned on load"
                ),
                format!("{name}图层有{n}个要素的环方向相反，已在载入时调整"),
            );
            self.finding("geometry.orientation", Severity::Info, words).with_features(turned)
        })
    }

    /// A feature that crosses itself at `places`.
    pub fn crossing(&self, id: &str, places: Vec<LonLat>) -> Finding {
        let at =
            places.first().map_or(String::new(), |p| format!(" ({:.7}, {:.7})", p.lon(), p.lat()));
        let words = (format!("{id} crosses itself{at}"), format!("{id}的边界自相交{at}"));
        self.finding("geometry.invalid", Severity::Error, words)
            .with_features([id])
            .with_geometry(Geometry::MultiPoint(places))
            .with_mend("redraw the border so that it does not cross itself", "重绘边界，消除自相交")
    }

    /// Repeated corners, and spikes: places where a ring turns back upon itself.
    pub fn corners(&self, frame: &Frame, id: &str, shape: &MultiPolygon) -> Vec<Finding> {
        let (repeated, spikes) = repeated_and_spikes(frame, shape);
        let report = |rule: &str, places: Vec<LonLat>, words: (&str, &str), mend: (&str, &str)| {
            let n = places.len();
            (n > 0).then(|| {
                let words = (format!("{id}: {n} {}", words.0), format!("{id}：{n}{}", words.1));
                self.finding(rule, Severity::Warning, words)
                    .with_features([id])
                    .with_measure(Measure { value: Some(n as f64), ..Measure::default() })
                    .with_geometry(Geometry::MultiPoint(places))
                    .with_mend(mend.0, mend.1)
            })
        };
        let repeated = report(
            "geometry.duplicate_vertex",
            repeated,
            ("vertices repeat the one before them", "个顶点与前一顶点重复"),
            ("delete the repeated vertices", "删除重复的顶点"),
        );
        let spikes = report(
            "geometry.spike",
            spikes,
            ("spikes: the border runs out and back on the same line", "处尖刺：边界沿同一条线往返"),
            ("delete the vertex at the tip of each spike", "删除尖刺顶端的顶点"),
        );
        repeated.into_iter().chain(spikes).collect()
    }
}

/// Corners that repeat the one before them, and corners at which a ring turns back.
fn repeated_and_spikes(frame: &Frame, shape: &MultiPolygon) -> (Vec<LonLat>, Vec<LonLat>) {
    let (mut repeated, mut spikes) = (Vec::new(), Vec::new());
    for ring in shape.polygons().iter().flat_map(|p| p.rings()) {
        let places = ring.corners();
        let points: Vec<GridPoint> = places.iter().map(|&p| frame.to_grid(p)).collect();
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
    (repeated, spikes)
}

/// Whether a way from `a` over `b` to `c` turns back by 180 degrees.
fn turns_back(a: GridPoint, b: GridPoint, c: GridPoint) -> bool {
    let (ux, uy) = (i128::from(b.x - a.x), i128::from(b.y - a.y));
    let (vx, vy) = (i128::from(c.x - b.x), i128::from(c.y - b.y));
    ux * vy - uy * vx == 0 && ux * vx + uy * vy < 0
}

/// Rings that cross themselves and parts that overlap.
fn crossings(context: &Context, layer: &Layer) -> Vec<Finding> {
    if layer.shapes.is_empty() {
        return Vec::new();
    }
    let alone;
    let arrangement = if layer.source.name == "grids" {
        context.coverage.arrangement()
    } else {
        alone = Arrangement::build(&context.frame, &layer.shapes);
        &alone
    };
    irregular_corners(arrangement, layer.shapes.len())
        .into_iter()
        .map(|(polygon, corners)| {
            let crossings = corners.into_iter().filter(|corner| corner.is_crossing);
            let places = crossings.map(|corner| arrangement.place(corner.vertex)).collect();
            layer.source.crossing(layer.ids[polygon as usize], places)
        })
        .collect()
}

/// A vertex of a face around which the rings of a polygon wind other than once.
#[derive(Clone, Copy, Debug)]
pub(super) struct IrregularCorner {
    pub vertex: u32,
    /// Whether four or more strands of the polygon meet there.
    pub is_crossing: bool,
}

/// For each of the first `polygons` polygons of an arrangement that has one, the vertices of its
/// irregular faces, from west to east. Crossing strands always enclose a place around which the
/// rings wind other than once, so the irregular faces find all.
pub(super) fn irregular_corners(
    arrangement: &Arrangement,
    polygons: usize,
) -> BTreeMap<u32, Vec<IrregularCorner>> {
    let mut faces: BTreeMap<u32, BTreeSet<FaceId>> = BTreeMap::new();
    for &(face, polygon, _) in arrangement.irregular() {
        if (polygon as usize) < polygons {
            faces.entry(polygon).or_default().insert(face);
        }
    }
    if faces.is_empty() {
        return BTreeMap::new();
    }
    let mut vertices_of: BTreeMap<FaceId, BTreeSet<u32>> =
        faces.values().flatten().map(|&face| (face, BTreeSet::new())).collect();
    for edge in 0..arrangement.half_edges() {
        if let Some(vertices) = vertices_of.get_mut(&arrangement.face(edge)) {
            vertices.insert(arrangement.origin(edge));
        }
    }
    let corner = |polygon: u32, vertex: u32| {
        let along = |&&e: &&u32| arrangement.rings_along(e).any(|(p, _)| p == polygon);
        let strands = arrangement.around(vertex).iter().filter(along).count();
        IrregularCorner { vertex, is_crossing: strands >= 4 }
    };
    faces
        .into_iter()
        .map(|(polygon, faces)| {
            let mut vertices: Vec<u32> =
                faces.iter().flat_map(|face| &vertices_of[face]).copied().collect();
            vertices.sort_unstable_by_key(|&v| arrangement.point(v));
            vertices.dedup();
            (polygon, vertices.into_iter().map(|v| corner(polygon, v)).collect())
        })
        .collect()
}

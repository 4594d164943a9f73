//! `geometry.*`: each ring is a simple closed line, without repeated corners and spikes.
//!
//! What counts as what, in millimetres as the file draws them:
//! - a corner *repeats* the one before it when it is nearer to it than a grid step;
//! - a *spike* is a corner at which the ring turns back: the end of the shorter leg lies within a
//!   fiftieth of its length (but no more than half a metre), or within the rounding of the grid,
//!   of the longer leg;
//! - a ring that crosses, touches or doubles itself is [`super::validity`]'s.

mod uneven;

pub(crate) use uneven::spikes;

use super::context::Context;
use super::names::{self, Words};
use super::validity;
use crate::dataset::Dataset;
use crate::domain::{
    Finding, Geometry, LonLat, Measure, MultiPolygon, Origin, Polygon, Ring, Severity,
};
use crate::geometry::{Arrangement, Frame};
use std::ops::Range;
use uneven::{Uneven, uneven};

/// A polygon layer as the ring rules see it.
struct Layer<'a> {
    source: Source<'a>,
    ids: Vec<&'a str>,
    shapes: Vec<&'a MultiPolygon>,
    /// An arrangement that has the layer's polygons, and their numbers in it.
    shared: Option<(&'a Arrangement, Range<usize>)>,
}

/// What findings say of a layer.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    data: &'a Dataset,
    name: &'a str,
    /// Of its first feature.
    origin: Option<&'a Origin>,
}

pub(super) fn check(context: &Context) -> Vec<Finding> {
    let mut findings = Vec::new();
    for layer in layers(context).iter().filter(|layer| !layer.shapes.is_empty()) {
        let turned = layer.ids.iter().zip(&layer.shapes).filter(|(_, shape)| is_turned(shape));
        findings.extend(layer.source.orientation(turned.map(|(id, _)| *id).collect()));
        let alone;
        let (arrangement, polygons) = match &layer.shared {
            Some((arrangement, polygons)) => (*arrangement, polygons.clone()),
            None => {
                alone = Arrangement::build(&context.frame, &layer.shapes);
                (&alone, 0..layer.shapes.len())
            }
        };
        let suspects = validity::suspects(arrangement, polygons.clone());
        for (i, (id, shape)) in layer.ids.iter().zip(&layer.shapes).enumerate() {
            findings.extend(layer.source.corners(&context.frame, id, shape, suspects[i]));
        }
        for (polygon, corners) in validity::irregular(arrangement, polygons) {
            let crossings = corners.into_iter().filter(|corner| corner.is_crossing);
            let places = crossings.map(|corner| arrangement.place(corner.vertex)).collect();
            findings.push(layer.source.crossing(layer.ids[polygon], places));
        }
    }
    findings
}

/// The layer of the grids.
pub(super) fn grids(data: &Dataset) -> Source<'_> {
    Source { data, name: "grids", origin: data.grids.first().map(|g| &g.origin) }
}

fn layers<'a>(context: &'a Context) -> Vec<Layer<'a>> {
    let data = context.dataset;
    let grids_shared = 0..context.grids.len();
    let outline = |layer: &str| {
        let (_, polygons) = context.outline.as_ref().filter(|(name, _)| *name == layer)?;
        let numbers = grids_shared.end..grids_shared.end + polygons.len();
        Some((context.coverage.arrangement(), numbers))
    };
    let mut layers = Vec::new();
    if let Some(boundary) = &data.subdistrict {
        layers.push(Layer {
            source: Source { data, name: "subdistrict", origin: Some(&boundary.origin) },
            ids: vec!["subdistrict"],
            shapes: vec![&boundary.geometry],
            shared: outline("subdistrict"),
        });
    }
    layers.push(Layer {
        source: Source {
            data,
            name: "communities",
            origin: data.communities.first().map(|c| &c.origin),
        },
        ids: data.communities.iter().map(|c| c.code.as_str()).collect(),
        shapes: data.communities.iter().map(|c| &c.geometry).collect(),
        shared: outline("communities"),
    });
    layers.push(Layer {
        source: grids(data),
        ids: data.grids.iter().map(|g| g.code.as_str()).collect(),
        shapes: context.grids.clone(),
        shared: Some((context.coverage.arrangement(), grids_shared.clone())),
    });
    for (number, net) in data.nets.iter().enumerate() {
        let numbers = grids_shared.end..grids_shared.end + net.features.len();
        layers.push(Layer {
            source: Source {
                data,
                name: &net.name,
                origin: net.features.first().map(|f| &f.origin),
            },
            ids: net.features.iter().map(|f| f.id.as_str()).collect(),
            shapes: net.features.iter().map(|f| &f.geometry).collect(),
            shared: context.overlay_if_built(number).map(|overlay| (overlay, numbers)),
        });
    }
    layers.push(Layer {
        source: Source { data, name: "units", origin: data.units.first().map(|u| &u.origin) },
        ids: data.units.iter().map(|u| u.id.as_str()).collect(),
        shapes: data.units.iter().map(|u| &u.geometry).collect(),
        shared: outline("units"),
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
    /// A feature of the layer in words.
    fn title(&self, id: &str) -> Words {
        match self.name {
            "subdistrict" => Words::new("the subdistrict's boundary", "街道边界"),
            "communities" => Words::new(format!("community {id}"), format!("社区{id}")),
            "grids" => Words::new(format!("grid {id}"), format!("网格{id}")),
            "units" => Words::new(format!("planning unit {id}"), format!("规划单元{id}")),
            net => {
                let layer = names::layer(self.data, net);
                Words::new(format!("{}, {id}", layer.en), format!("{}{id}", layer.zh))
            }
        }
    }

    fn finding(&self, rule: &str, severity: Severity, words: (String, String)) -> Finding {
        let file = self.origin.map_or(self.name, |origin| &*origin.file);
        Finding::new(rule, severity, self.name, words.0, words.1).with_file(file)
    }

    /// Rings that run the other way are turned on load, so one note a layer is enough.
    pub fn orientation(&self, turned: Vec<&str>) -> Option<Finding> {
        let (n, name) = (turned.len(), self.name);
        (n > 0).then(|| {
            let title = names::layer(self.data, name);
            let have = if n == 1 { "has a ring" } else { "have rings" };
            let words = (
                format!(
                    "{}: {} {have} in the other direction; turned on load",
                    title.en,
                    names::count(n as u64, "feature", "features")
                ),
                format!("{}图层有{n}个要素的环方向相反，已在载入时调整", title.zh),
            );
            self.finding("geometry.orientation", Severity::Info, words).with_features(turned)
        })
    }

    /// A feature that crosses itself at `places`.
    pub fn crossing(&self, id: &str, places: Vec<LonLat>) -> Finding {
        let at = at_words(&places);
        let title = self.title(id);
        let words = (
            format!("{} crosses itself{}", title.en, at.en),
            format!("{}的边界自相交{}", title.zh, at.zh),
        );
        self.finding("geometry.invalid", Severity::Error, words)
            .with_features([id])
            .with_geometry(Geometry::MultiPoint(places))
            .with_mend("redraw the border so that it does not cross itself", "重绘边界，消除自相交")
    }

    /// What a feature has wrong by itself, but for crossings: repeated corners, spikes and, of a
    /// suspect, whatever else makes it invalid.
    pub fn corners(
        &self,
        frame: &Frame,
        id: &str,
        shape: &MultiPolygon,
        is_suspect: bool,
    ) -> Vec<Finding> {
        let mut findings = self.uneven_corners(frame, id, shape);
        if is_suspect {
            findings.extend(self.invalid_alone(frame, id, shape));
        }
        findings
    }

    /// Rings that touch or double themselves, and features that enclose nothing.
    fn invalid_alone(&self, frame: &Frame, id: &str, shape: &MultiPolygon) -> Vec<Finding> {
        let found = validity::alone(frame, shape);
        let report = |words: (&str, &str), mend: (&str, &str), places: Vec<LonLat>| {
            let at = at_words(&places);
            let title = self.title(id);
            let words = (
                format!("{} {}{}", title.en, words.0, at.en),
                format!("{}{}{}", title.zh, words.1, at.zh),
            );
            self.finding("geometry.invalid", Severity::Error, words)
                .with_features([id])
                .with_geometry(Geometry::MultiPoint(places))
                .with_mend(mend.0, mend.1)
        };
        let mut findings = Vec::new();
        if found.is_empty {
            findings.push(report(
                ("encloses no area", "未围成任何面积"),
                ("draw the feature again, or delete it", "重新绘制或删除该要素"),
                shape.corners().collect(),
            ));
        }
        if !found.touches.is_empty() {
            findings.push(report(
                ("touches itself", "的边界自相接触"),
                (
                    "write what the ring encloses a second time as a hole, or as a part of its own",
                    "将环再次围合的部分改写为内环（洞）或独立部分",
                ),
                found.touches,
            ));
        }
        if !found.doubled.is_empty() {
            findings.push(report(
                ("runs along itself in both directions", "的边界有一段往返重合"),
                (
                    "delete the doubled line; write what it leads to as a hole, or as a part of its own",
                    "删除往返重合的线段，将其所连部分改写为内环（洞）或独立部分",
                ),
                found.doubled,
            ));
        }
        findings
    }

    /// Repeated corners, and spikes: places where a ring turns back upon itself.
    fn uneven_corners(&self, frame: &Frame, id: &str, shape: &MultiPolygon) -> Vec<Finding> {
        let Uneven { repeated, spikes, longest_mm } = uneven(frame, shape);
        let report = |rule: &str,
                      places: Vec<LonLat>,
                      words: (&str, &str, &str, &str),
                      mend: (&str, &str)| {
            let n = places.len();
            let title = self.title(id);
            let counted = names::count(n as u64, words.0, words.1);
            let words = (
                format!("{}: {counted}{}", title.en, words.2),
                format!("{}有{n}{}", title.zh, words.3),
            );
            self.finding(rule, Severity::Warning, words)
                .with_features([id])
                .with_measure(Measure { value: Some(n as f64), ..Measure::default() })
                .with_geometry(Geometry::MultiPoint(places))
                .with_mend(mend.0, mend.1)
        };
        let mut findings = Vec::new();
        if !repeated.is_empty() {
            findings.push(report(
                "geometry.duplicate_vertex",
                repeated,
                (
                    "vertex repeats the one before it",
                    "vertices repeat the one before them",
                    "",
                    "个顶点与前一顶点重复",
                ),
                ("delete the repeated vertices", "删除重复的顶点"),
            ));
        }
        if !spikes.is_empty() {
            let mut spikes = report(
                "geometry.spike",
                spikes,
                (
                    "spike",
                    "spikes",
                    ": the border runs out and back on the same line",
                    "处尖刺：边界沿同一条线往返",
                ),
                ("delete the vertex at the tip of each spike", "删除尖刺顶端的顶点"),
            );
            spikes.measure.length_m = Some(longest_mm / 1000.0);
            findings.push(spikes);
        }
        findings
    }
}

/// The first of some places, in words.
fn at_words(places: &[LonLat]) -> Words {
    places.first().map_or_else(Words::default, |p| {
        let at = format!("{:.7}, {:.7}", p.lon(), p.lat());
        Words::new(format!(" ({at})"), format!("（{at}）"))
    })
}

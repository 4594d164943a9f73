//! GeoJSON, one feature a line, coordinates in degrees with seven decimals.

use super::plane::Vertex;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

/// A geometry.
pub enum Shape {
    /// A point.
    Point(Vertex),
    /// A line.
    Line(Vec<Vertex>),
    /// A polygon without holes.
    Polygon(Vec<Vertex>),
}

fn position(out: &mut String, vertex: Vertex) {
    const DEGREE: i64 = 10_000_000;
    let (lon, lat) = (vertex.lon, vertex.lat);
    // Both are positive here; writing to a string cannot fail.
    let _ =
        write!(out, "[{}.{:07},{}.{:07}]", lon / DEGREE, lon % DEGREE, lat / DEGREE, lat % DEGREE);
}

fn positions<'a>(out: &mut String, line: impl Iterator<Item = &'a Vertex>) {
    for (i, &vertex) in line.enumerate() {
        out.push(if i == 0 { '[' } else { ',' });
        position(out, vertex);
    }
    out.push(']');
}

impl Shape {
    fn write(&self, out: &mut String) {
        match self {
            Self::Point(vertex) => {
                out.push_str(r#"{"type":"Point","coordinates":"#);
                position(out, *vertex);
            }
            Self::Line(line) => {
                out.push_str(r#"{"type":"LineString","coordinates":"#);
                positions(out, line.iter());
            }
            Self::Polygon(ring) => {
                out.push_str(r#"{"type":"Polygon","coordinates":["#);
                positions(out, ring.iter().chain(ring.first()));
                out.push(']');
            }
        }
        out.push('}');
    }
}

/// A layer in the making.
pub struct Layer {
    text: String,
    count: usize,
}

impl Layer {
    /// A layer with the seed that it was made from.
    pub fn new(name: &str, seed: u64) -> Self {
        let source = format!(
            "synthetic, made by the generator generate_shuangshan with seed {seed}; what is true is listed in README.md"
        );
        let text = format!(
            "{{\"type\":\"FeatureCollection\",\"name\":\"{name}\",\"wangge:source\":\"{source}\",\"features\":["
        );
        Self { text, count: 0 }
    }

    /// Adds a feature; every feature is marked as synthetic.
    pub fn add(&mut self, shape: &Shape, properties: Value) {
        // A map of our own: the order of serde_json's depends on the features it is built with.
        let mut marked: BTreeMap<String, Value> = properties
            .as_object()
            .into_iter()
            .flatten()
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        marked.insert("synthetic".to_owned(), json!(true));
        let marked = serde_json::to_string(&marked).unwrap_or_default();
        self.text.push_str(if self.count == 0 { "\n" } else { ",\n" });
        self.count += 1;
        let _ = write!(self.text, r#"{{"type":"Feature","properties":{},"geometry":"#, marked);
        shape.write(&mut self.text);
        self.text.push('}');
    }

    /// The file's text.
    pub fn finish(mut self) -> String {
        self.text.push_str("\n]}\n");
        self.text
    }
}

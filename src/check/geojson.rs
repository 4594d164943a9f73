//! The findings as GeoJSON, to be opened beside the layers in any GIS.

use super::nets::{DisagreeingArc, NetMatch, NetReport};
use super::report::Report;
use serde_json::{Value, json};

impl Report {
    /// A FeatureCollection with one feature a finding (those without a place have a null geometry),
    /// then one for each piece of border that only a net or only a grid has: these have the
    /// property `side`, `net` or `grid`, and no message.
    pub fn to_geojson(&self) -> Value {
        let mut features: Vec<Value> = self
            .findings
            .iter()
            .enumerate()
            .map(|(i, finding)| {
                let mut properties = json!({
                    "rule": finding.rule,
                    "severity": finding.severity,
                    "layer": finding.layer,
                    "file": finding.file,
                    "field": finding.field,
                    "features": finding.features.join(","),
                    "message": finding.message,
                    "message_zh": finding.message_zh,
                    "mend": finding.mend,
                    "mend_zh": finding.mend_zh,
                });
                // Figures as columns of their own, which GIS tables can sort.
                if let (Value::Object(row), Value::Object(measure)) =
                    (&mut properties, json!(finding.measure))
                {
                    row.extend(measure);
                }
                json!({"type": "Feature", "id": i, "geometry": finding.geometry, "properties": properties})
            })
            .collect();
        for net in &self.nets {
            for one in &net.matches {
                for arc in &one.disagreeing_arcs {
                    let id = features.len();
                    features.push(arc_feature(id, net, one, arc));
                }
            }
        }
        json!({"type": "FeatureCollection", "features": features})
    }
}

/// A piece of border that only one side has.
fn arc_feature(id: usize, net: &NetReport, one: &NetMatch, arc: &DisagreeingArc) -> Value {
    let mut feature = arc.to_feature();
    feature["id"] = json!(id);
    feature["properties"] = json!({
        "rule": format!("net.{}", one.class.name()),
        "layer": net.net,
        "grid": one.grid,
        "features": one.features.join(","),
        "side": arc.side,
        "length_m": arc.length_m,
    });
    feature
}

//! The findings as GeoJSON, to be opened beside the layers in any GIS.

use super::report::Report;
use serde_json::{Value, json};

impl Report {
    /// A FeatureCollection with one feature a finding; those without a place have a null geometry.
    pub fn to_geojson(&self) -> Value {
        let features: Vec<Value> = self
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
        json!({"type": "FeatureCollection", "features": features})
    }
}

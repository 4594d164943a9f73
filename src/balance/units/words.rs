//! Units that were made, for reports and for a GIS.

use super::{LISTED, MadeUnits};
use crate::domain::{Finding, Severity, Unit};
use serde_json::{Value, json};

impl MadeUnits {
    /// What is to be said of the units: `units.made`, and `units.outside` where it applies.
    pub fn findings(&self) -> Vec<Finding> {
        let units = self.units.len();
        let empty = self.compounds.iter().filter(|inside| inside.is_empty()).count();
        let compounds: usize = self.compounds.iter().map(Vec::len).sum();
        let mut findings = vec![
        Finding::new(
            "units.made",
            Severity::Info,
            "units",
            format!(
                "there is no layer units: {units} planning units were made from {compounds} compounds, the roads and the barriers; {empty} of them hold no compound"
            ),
            format!(
                "数据中没有规划单元图层：已由 {compounds} 个小区、道路和阻隔生成 {units} 个规划单元，其中 {empty} 个没有小区"
            ),
        )
        .with_mend(
            "To correct them, write them with `wangge units DATASET -o units.geojson`, edit that file in a GIS and put it into the dataset's folder.",
            "如需修改，请用 wangge units 数据目录 -o units.geojson 导出，在 GIS 中编辑后放入数据目录。",
        ),
    ];
        if !self.outside.is_empty() {
            let listed: Vec<&str> = self.outside.iter().take(LISTED).map(String::as_str).collect();
            let (count, listed) = (self.outside.len(), listed.join(", "));
            findings.push(
                Finding::new(
                    "units.outside",
                    Severity::Warning,
                    "compounds",
                    format!(
                        "{count} compounds lie outside the boundary and are in no unit: {listed}"
                    ),
                    format!("{count} 个小区在边界之外，未计入任何规划单元：{listed}"),
                )
                .with_features(self.outside.clone())
                .with_mend(
                    "Check their places and the boundary; their households are not counted.",
                    "请核对小区位置与边界；其户数未计入。",
                ),
            );
        }
        findings
    }

    /// The units as GeoJSON, with the fields that a layer `units` is read by, and the ids of
    /// their compounds.
    pub fn to_geojson(&self) -> Value {
        let feature = |(unit, compounds): (&Unit, &Vec<String>)| {
            json!({
                "type": "Feature",
                "id": unit.id,
                "properties": {
                    "id": unit.id,
                    "name": unit.name,
                    "households": unit.households,
                    "community_code": unit.community_code,
                    "compounds": compounds.join(","),
                },
                "geometry": unit.geometry.to_geometry(),
            })
        };
        let features: Vec<Value> = self.units.iter().zip(&self.compounds).map(feature).collect();
        json!({"type": "FeatureCollection", "features": features})
    }
}

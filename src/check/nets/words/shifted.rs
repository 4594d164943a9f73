//! The finding of a net that is shifted as a whole.

use super::super::super::names::{self, Words};
use super::super::offset::Offset;
use super::{Speaker, with_place};
use crate::domain::{BBox, Finding, Geometry, Measure, Severity};
use crate::geometry::{Frame, GridPoint};

impl Speaker<'_, '_, '_> {
    /// One finding for a net that is shifted as a whole; `households` would get another owner if
    /// it were taken as drawn.
    pub fn offset(&self, offset: &Offset, households: u64) -> Finding {
        let distance = offset.distance_m();
        let way = direction(offset);
        let (suspicion, mend) = self.explain(offset);
        let told = self.told(households).filter(|n| *n > 0);
        let whom = told.map_or_else(Words::default, |n| {
            Words::new(
                format!("; as drawn, {} would fall to another grid", names::households(n)),
                format!("；照此使用，将有{n}户归属错误"),
            )
        });
        let message = Words::new(
            format!(
                "the whole layer {} lies {distance:.1} m off the grids ({})",
                self.title.en, way.en
            ),
            format!("{}图层相对网格整体偏移 {distance:.1} 米（{}）", self.title.zh, way.zh),
        )
        .then(&suspicion.en, &suspicion.zh)
        .then(&whom.en, &whom.zh);
        let finding =
            Finding::new("net.displaced", Severity::Error, &self.net.name, message.en, message.zh)
                .with_file(self.context.file(&self.net.name))
                .with_features(self.net.features.iter().map(|f| f.id.as_str()))
                .with_measure(Measure {
                    distance_m: Some(distance),
                    households: self.told(households),
                    ..Measure::default()
                })
                .with_mend(mend.en, mend.zh);
        with_place(finding, self.arrow(offset))
    }

    /// What reference system would explain the shift, and what to do about it.
    fn explain(&self, offset: &Offset) -> (Words, Words) {
        let net = &self.net.name;
        let set = |layer: &str, crs: &str| format!("[layers.{layer}] crs = \"{crs}\"");
        match (offset.net_crs.as_deref(), offset.grids_crs.as_deref()) {
            (Some(system), Some("wgs84")) => (
                Words::new(
                    format!(": its coordinates are probably {}", known_as(system).en),
                    format!("：其坐标很可能是{}", known_as(system).zh),
                ),
                Words::new(
                    format!(
                        "set {} in wangge.toml; it is then converted on load",
                        set(net, system)
                    ),
                    format!("在 wangge.toml 中设置 {}，载入时即自动转换", set(net, system)),
                ),
            ),
            (Some("wgs84"), Some(system)) => (
                Words::new(
                    format!(
                        ": either the grids' coordinates are {}, or this layer's are WGS 84 but were converted as if they were {}",
                        known_as(system).en,
                        known_as(system).en
                    ),
                    format!(
                        "：可能是网格采用了{}，也可能是本图层本为 WGS 84（CGCS2000）坐标、却按{}转换过",
                        known_as(system).zh,
                        known_as(system).zh
                    ),
                ),
                Words::new(
                    format!(
                        "set {} in wangge.toml (and of every layer from the same source), or take crs out of [layers.{net}]",
                        set("grids", system)
                    ),
                    format!(
                        "在 wangge.toml 中设置 {}（同一来源的图层一并设置），或删去 [layers.{net}] 中的 crs",
                        set("grids", system)
                    ),
                ),
            ),
            (Some(system), Some(other)) => (
                Words::new(
                    format!(
                        ": its coordinates are probably {}, and the grids' {}",
                        known_as(system).en,
                        known_as(other).en
                    ),
                    format!(
                        "：其坐标很可能是{}，而网格很可能是{}",
                        known_as(system).zh,
                        known_as(other).zh
                    ),
                ),
                Words::new(
                    format!("set {} and {} in wangge.toml", set(net, system), set("grids", other)),
                    format!(
                        "在 wangge.toml 中设置 {} 和 {}",
                        set(net, system),
                        set("grids", other)
                    ),
                ),
            ),
            _ => (
                Words::new(
                    ": it probably comes in another reference system, neither GCJ-02 nor BD-09",
                    "：该图层可能采用了另一坐标系（不是 GCJ-02 或 BD-09）",
                ),
                Words::new(
                    format!(
                        "ask its source for the reference system and set crs for [layers.{net}] in wangge.toml, or move the whole layer back by this shift"
                    ),
                    format!(
                        "向数据来源核实坐标系，在 wangge.toml 的 [layers.{net}] 中设置 crs；或按上述偏移量将整个图层移回"
                    ),
                ),
            ),
        }
    }

    /// A line from the middle of the grids along the shift.
    fn arrow(&self, offset: &Offset) -> Option<Geometry> {
        let window = BBox::around(self.context.grids.iter().flat_map(|shape| shape.corners()))?;
        let frame = Frame::for_bbox(window);
        let millimetres = |metres: f64| (metres * 1000.0).round() as i64;
        let tip = GridPoint { x: millimetres(offset.east_m), y: millimetres(offset.north_m) };
        Some(Geometry::LineString(vec![
            frame.to_lonlat(GridPoint::default()),
            frame.to_lonlat(tip),
        ]))
    }
}

/// A shift in words.
fn direction(offset: &Offset) -> Words {
    let (east, north) = (offset.east_m, offset.north_m);
    Words::new(
        format!(
            "{:.1} m {}, {:.1} m {}",
            east.abs(),
            if east >= 0.0 { "east" } else { "west" },
            north.abs(),
            if north >= 0.0 { "north" } else { "south" }
        ),
        format!(
            "偏{} {:.1} 米、偏{} {:.1} 米",
            if east >= 0.0 { "东" } else { "西" },
            east.abs(),
            if north >= 0.0 { "北" } else { "南" },
            north.abs()
        ),
    )
}

/// A system under the names that people know it by.
fn known_as(system: &str) -> Words {
    match system {
        "gcj02" => Words::new("GCJ-02 (AMap, Tencent)", " GCJ-02（高德、腾讯）坐标"),
        "bd09" => Words::new("BD-09 (Baidu)", " BD-09（百度）坐标"),
        other => Words::new(other, other),
    }
}

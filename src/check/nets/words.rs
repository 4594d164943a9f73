//! The findings of a net, in words.

use super::super::context::Context;
use super::offset::Offset;
use super::overlay::Group;
use super::{MatchClass, NetMatch};
use crate::domain::{Finding, Geometry, Measure, Net, Severity};

/// The findings of a group: one for the whole group, since one act mends it.
pub(super) fn findings(
    context: &Context,
    net: &Net,
    group: &Group,
    matches: &[(usize, NetMatch)],
    offset: Option<&Offset>,
) -> Option<Finding> {
    let (_, first) = matches.iter().find(|(_, m)| m.class != MatchClass::Identical)?;
    let class = first.class;
    if offset.is_some() && class == MatchClass::Displaced {
        return None;
    }
    let titles: Vec<String> = group.grids.iter().map(|&g| context.title(g)).collect();
    let names: Vec<String> = group
        .features
        .iter()
        .map(|&f| {
            let feature = &net.features[f];
            if feature.name.is_empty() {
                feature.id.clone()
            } else {
                format!("{} ({})", feature.name, feature.id)
            }
        })
        .collect();
    let households: u64 = matches.iter().map(|(_, m)| m.households_affected).sum();
    let (english, chinese) = words(net, class, first, (&titles, &names), group);
    let concerned = if households > 0 {
        (format!("; {households} households concerned"), format!("，涉及{households}户"))
    } else {
        (String::new(), String::new())
    };
    let severity = match class {
        MatchClass::WithinTolerance => Severity::Warning,
        _ => Severity::Error,
    };
    let features = group.features.iter().map(|&f| net.features[f].id.clone());
    let ids: Vec<String> =
        features.chain(group.grids.iter().map(|&g| context.code(g).to_string())).collect();
    let (mend, mend_zh) = mend(class, &titles);
    let finding = Finding::new(
        format!("net.{}", class.name()),
        severity,
        &net.name,
        english + &concerned.0,
        chinese + &concerned.1,
    )
    .with_file(context.file(&net.name))
    .with_features(ids)
    .with_measure(Measure {
        area_m2: Some(matches.iter().filter_map(|(_, m)| m.symmetric_difference_m2).sum()),
        length_m: first.disagreeing_length_m,
        distance_m: first.hausdorff_m,
        households: Some(households),
        ..Measure::default()
    })
    .with_mend(mend, mend_zh);
    let finding =
        if class == MatchClass::Swapped { finding.with_field("grid_codes") } else { finding };
    Some(match place(context, net, group, matches) {
        Some(place) => finding.with_geometry(place),
        None => finding,
    })
}

/// What is wrong, in English and Chinese.
fn words(
    net: &Net,
    class: MatchClass,
    one: &NetMatch,
    (titles, names): (&[String], &[String]),
    group: &Group,
) -> (String, String) {
    let distance = one.hausdorff_m.unwrap_or(0.0);
    let area = one.symmetric_difference_m2.unwrap_or(0.0);
    let (grids, grids_zh) = (titles.join(", "), titles.join("、"));
    let (features, features_zh) = (names.join(", "), names.join("、"));
    match class {
        MatchClass::Identical => (String::new(), String::new()),
        MatchClass::WithinTolerance => (
            format!(
                "the border of {features} is up to {distance:.2} m from that of {grids}: within tolerance, but not the same line"
            ),
            format!(
                "{features_zh}的边界与{grids_zh}最大相差 {distance:.2} 米：在容差内，但不是同一条线"
            ),
        ),
        MatchClass::Displaced => (
            format!(
                "the border of {features} is up to {distance:.1} m off that of {grids} ({area:.0} m² differ)"
            ),
            format!(
                "{features_zh}的边界偏离{grids_zh}最大 {distance:.1} 米（相差 {area:.0} 平方米）"
            ),
        ),
        MatchClass::Split => (
            format!("{grids} is split among {} features: {features}", group.features.len()),
            format!("{grids_zh}被拆分为{}块：{features_zh}", group.features.len()),
        ),
        MatchClass::Merged => (
            format!("{features} covers {} grids: {grids}", group.grids.len()),
            format!("{features_zh}合并了{}个网格：{grids_zh}", group.grids.len()),
        ),
        MatchClass::Redrawn => (
            format!("{grids} are drawn otherwise: {features}"),
            format!("{grids_zh}被重新划分为：{features_zh}"),
        ),
        MatchClass::Swapped => {
            let named: Vec<&str> = group
                .features
                .iter()
                .flat_map(|&f| net.features[f].grid_codes.iter().map(String::as_str))
                .collect();
            let named = named.join(", ");
            (
                format!("{features} has the area of {grids}, but says that it belongs to {named}"),
                format!("{features_zh}的范围是{grids_zh}，但所填网格编码为{named}"),
            )
        }
        MatchClass::Missing => (
            format!("{grids} has none in {}", net.name),
            format!("{grids_zh}在{}中没有对应要素", net.name),
        ),
        MatchClass::Extra => {
            (format!("{features} fits no grid"), format!("{features_zh}不与任何网格对应"))
        }
    }
}

fn mend(class: MatchClass, titles: &[String]) -> (String, String) {
    let (grids, grids_zh) = (titles.join(", "), titles.join("、"));
    match class {
        MatchClass::Split => (
            format!("unite the parts to one feature with the border of {grids}"),
            format!("将各部分合并为一个要素，边界与{grids_zh}一致"),
        ),
        MatchClass::Merged => (
            format!("divide the feature along the borders of {grids}"),
            format!("按{grids_zh}的边界拆分该要素"),
        ),
        MatchClass::Swapped => (
            format!("correct grid_codes to the grid that it covers: {grids}"),
            format!("将 grid_codes 更正为其实际覆盖的网格：{grids_zh}"),
        ),
        MatchClass::Missing => (
            format!("add a feature with the border of {grids}"),
            format!("按{grids_zh}的边界补充要素"),
        ),
        MatchClass::Extra => (
            "delete the feature, or draw the grid that it stands for".into(),
            "删除该要素，或补划其对应的网格".into(),
        ),
        _ => (format!("take over the border of {grids}"), format!("改用{grids_zh}的边界")),
    }
}

/// Where the finding is drawn: the lines of the net that the grids do not have, and those of the
/// grids that the net does not have; the whole area when all lines agree.
fn place(
    context: &Context,
    net: &Net,
    group: &Group,
    matches: &[(usize, NetMatch)],
) -> Option<Geometry> {
    let mut lines: Vec<Vec<_>> = Vec::new();
    for (_, one) in matches {
        for side in [&one.net_only, &one.grid_only].into_iter().flatten() {
            match side {
                Geometry::MultiLineString(parts) => {
                    lines.extend(
                        parts.iter().filter(|p| !lines.contains(p)).cloned().collect::<Vec<_>>(),
                    );
                }
                other => return Some(other.clone()),
            }
        }
    }
    if !lines.is_empty() {
        return Some(Geometry::MultiLineString(lines));
    }
    // A split without another line: the border between the parts is inside the grid.
    match group.features.as_slice() {
        [_, smaller @ ..] if !smaller.is_empty() => {
            let parts =
                smaller.iter().flat_map(|&f| net.features[f].geometry.polygons().iter().cloned());
            crate::domain::MultiPolygon::new(parts.collect()).ok().map(|s| s.to_geometry())
        }
        _ => group.grids.first().map(|&g| context.grids[g].to_geometry()),
    }
}

/// One finding for a net that is shifted as a whole.
pub(super) fn offset(context: &Context, net: &Net, offset: &Offset) -> Finding {
    let distance = offset.distance_m();
    let (east, north) = (offset.east_m, offset.north_m);
    let direction = format!(
        "{:.1} m {}, {:.1} m {}",
        east.abs(),
        if east >= 0.0 { "east" } else { "west" },
        north.abs(),
        if north >= 0.0 { "north" } else { "south" }
    );
    let direction_zh = format!(
        "向{} {:.1} 米、向{} {:.1} 米",
        if east >= 0.0 { "东" } else { "西" },
        east.abs(),
        if north >= 0.0 { "北" } else { "南" },
        north.abs()
    );
    let (system, system_zh) = match offset.suspected_crs.as_deref() {
        Some("gcj02") => (
            ": the file is probably in GCJ-02 (AMap, Tencent)",
            "：该文件很可能是 GCJ-02 坐标（高德、腾讯）",
        ),
        Some("bd09") => {
            (": the file is probably in BD-09 (Baidu)", "：该文件很可能是 BD-09 坐标（百度）")
        }
        _ => {
            (": the file is probably in another reference system", "：该文件很可能采用了另一坐标系")
        }
    };
    let crs = offset.suspected_crs.as_deref().unwrap_or("…");
    Finding::new(
        "net.displaced",
        Severity::Error,
        &net.name,
        format!("all of {} is shifted by {distance:.1} m ({direction}){system}", net.name),
        format!("{}整体偏移 {distance:.1} 米（{direction_zh}）{system_zh}", net.name),
    )
    .with_file(context.file(&net.name))
    .with_features(net.features.iter().map(|f| f.id.as_str()))
    .with_measure(Measure { distance_m: Some(distance), ..Measure::default() })
    .with_mend(
        format!("set crs = \"{crs}\" for [layers.{}] in wangge.toml", net.name),
        format!("在 wangge.toml 的 [layers.{}] 中设置 crs = \"{crs}\"", net.name),
    )
}

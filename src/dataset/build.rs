//! Records → the features of the domain, one function a layer.

use super::layer::{LayerReader, Subject};
use super::model::{Boundary, LayerShape};
use super::record::{RawGeometry, Record, Words};
use crate::domain::{
    Building, Community, Compound, Door, DoorSide, Finding, Geometry, Grid, GridKind, Landmark,
    Line, MultiPolygon, NetFeature, Place, Severity, Unit, ValidityPeriod,
};

/// No stand-in for a missing key.
fn none(_: &LayerReader<'_>, _: &Record) -> Option<String> {
    None
}

/// The name stands in for a missing id, as lists from a street office seldom have one.
fn by_name(reader: &LayerReader<'_>, record: &Record) -> Option<String> {
    reader.text(record, "name")
}

fn area(reader: &mut LayerReader<'_>, subject: Subject<'_>) -> Option<MultiPolygon> {
    let passed = reader.projection.area(&subject.record.geometry);
    reader.shape(subject, passed)
}

/// The outline of the subdistrict from all features of the file.
pub(super) fn subdistrict(reader: &mut LayerReader<'_>, records: &[Record]) -> Option<Boundary> {
    let mut polygons = Vec::new();
    let mut origin = None;
    for record in records {
        if reader.is_whole(record) {
            let key = reader.text(record, "code").or_else(|| reader.text(record, "name"));
            if let Some(part) = area(reader, Subject { record, key: key.as_deref() }) {
                polygons.extend_from_slice(part.polygons());
                origin.get_or_insert_with(|| reader.origin(record));
            }
        }
    }
    Some(Boundary { geometry: MultiPolygon::new(polygons).ok()?, origin: origin? })
}

/// Communities; a name that is missing is the code.
pub(super) fn communities(reader: &mut LayerReader<'_>, records: &[Record]) -> Vec<Community> {
    reader.keyed(records, "code", none, |reader, subject, code| {
        let geometry = area(reader, subject)?;
        let name = reader.text(subject.record, "name").unwrap_or_else(|| code.clone());
        Some(Community { code, name, geometry, origin: reader.origin(subject.record) })
    })
}

/// Grids, sorted by code; a name that is missing is the code.
pub(super) fn grids(reader: &mut LayerReader<'_>, records: &[Record]) -> Vec<Grid> {
    let mut grids = reader.keyed(records, "code", none, |reader, subject, code| {
        let geometry = area(reader, subject)?;
        let record = subject.record;
        Some(Grid {
            name: reader.text(record, "name").unwrap_or_else(|| code.clone()),
            code,
            community_code: reader.text(record, "community_code"),
            kind: grid_kind(reader, subject),
            validity: validity(reader, subject),
            geometry,
            origin: reader.origin(record),
        })
    });
    grids.sort_by(|a, b| a.code.cmp(&b.code));
    grids
}

fn grid_kind(reader: &mut LayerReader<'_>, subject: Subject<'_>) -> GridKind {
    let Some(word) = reader.text(subject.record, "kind") else { return GridKind::default() };
    match word.to_lowercase().as_str() {
        "base" | "基础网格" | "基础" => GridKind::Base,
        "dedicated" | "专属网格" | "专属" => GridKind::Dedicated,
        "micro" | "微网格" => GridKind::Micro,
        _ => {
            let known = Words::new(
                "base (基础网格), dedicated (专属网格), micro (微网格)",
                "base（基础网格）、dedicated（专属网格）、micro（微网格）",
            );
            reader.unknown_word(subject, "kind", &word, &known);
            GridKind::default()
        }
    }
}

fn validity(reader: &mut LayerReader<'_>, subject: Subject<'_>) -> ValidityPeriod {
    let from = reader.date(subject, "valid_from");
    let to = reader.date(subject, "valid_to");
    if let (Some(first), Some(last)) = (from, to)
        && last <= first
    {
        let words = Words::new(
            format!("valid_to {last} is not after valid_from {first}: it is valid on no day"),
            format!("失效日期 {last} 不晚于生效日期 {first}，没有任何一天有效"),
        );
        let mend = Words::new("Correct one of the two dates.", "请更正其中一个日期。");
        reader.report(subject, ("date.order", Severity::Error), Some("valid_to"), &words, &mend);
    }
    ValidityPeriod { from, to }
}

/// The features of a net.
pub(super) fn net(reader: &mut LayerReader<'_>, records: &[Record]) -> Vec<NetFeature> {
    reader.keyed(records, "id", by_name, |reader, subject, id| {
        let geometry = area(reader, subject)?;
        let record = subject.record;
        Some(NetFeature {
            name: reader.text(record, "name").unwrap_or_else(|| id.clone()),
            id,
            grid_codes: reader.list(record, "grid_codes"),
            geometry,
            origin: reader.origin(record),
        })
    })
}

/// Residential compounds.
pub(super) fn compounds(reader: &mut LayerReader<'_>, records: &[Record]) -> Vec<Compound> {
    let mut unknown = Vec::new();
    let compounds = reader.keyed(records, "id", by_name, |reader, subject, id| {
        let passed = reader.projection.place_or_area(&subject.record.geometry);
        let place = reader.shape(subject, passed)?;
        let record = subject.record;
        if reader.columns.value(record, "households").is_none() {
            unknown.push((record.index, id.clone()));
        }
        Some(Compound {
            name: compound_name(reader, subject, &id),
            aliases: reader.list(record, "aliases"),
            address: reader.text(record, "address"),
            community_code: reader.text(record, "community_code"),
            households: reader.count(subject, "households"),
            residents: reader.count(subject, "residents"),
            party_members: reader.count(subject, "party_members"),
            buildings: reader.count(subject, "buildings"),
            kind: reader.text(record, "kind"),
            synthetic: reader.flag(record, "synthetic"),
            place,
            origin: reader.origin(record),
            id,
        })
    });
    report_unknown_households(reader, records, &unknown, compounds.len(), Severity::Warning);
    compounds
}

fn compound_name(reader: &mut LayerReader<'_>, subject: Subject<'_>, id: &str) -> String {
    reader.text(subject.record, "name").unwrap_or_else(|| {
        let words = Words::new("is missing; the id stands for it", "缺失，暂以编号代替");
        let mend = Words::new(
            "Fill in the name, so that addresses can be found.",
            "请填写小区名称，以便按地址查询。",
        );
        reader.report(subject, ("field.missing", Severity::Warning), Some("name"), &words, &mend);
        id.to_owned()
    })
}

/// Planning units.
pub(super) fn units(reader: &mut LayerReader<'_>, records: &[Record]) -> Vec<Unit> {
    let mut unknown = Vec::new();
    let units = reader.keyed(records, "id", none, |reader, subject, id| {
        let geometry = area(reader, subject)?;
        let record = subject.record;
        if reader.columns.value(record, "households").is_none() {
            unknown.push((record.index, id.clone()));
        }
        Some(Unit {
            name: reader.text(record, "name"),
            households: reader.count(subject, "households"),
            community_code: reader.text(record, "community_code"),
            geometry,
            origin: reader.origin(record),
            id,
        })
    });
    report_unknown_households(reader, records, &unknown, units.len(), Severity::Error);
    units
}

/// Reports the features without households: each, or once where the whole layer has none.
fn report_unknown_households(
    reader: &mut LayerReader<'_>,
    records: &[Record],
    unknown: &[(usize, String)],
    features: usize,
    severity: Severity,
) {
    let mend = Words::new(
        "Fill in the number of households; it counts as 0 in the balance until then.",
        "请填写户数；填写前在均衡计算中按 0 户计。",
    );
    if unknown.len() == features && features > 1 {
        let names = reader.columns.names("households");
        let (names, names_zh) = (names.join(", "), names.join("、"));
        let (layer, file) = (&reader.source.name, &reader.source.file);
        let finding = Finding::new(
            "field.missing",
            severity,
            layer,
            format!("{file}: no feature has the field households (looked for {names})"),
            format!("{file}：所有要素都缺少户数字段（可用列名：{names_zh}）"),
        );
        let finding = finding.with_file(&**file).with_field("households");
        reader.findings.push(finding.with_mend(mend.en, mend.zh));
        return;
    }
    let words = Words::new("is missing", "缺失");
    for (index, key) in unknown {
        let subject = Subject { record: &records[*index], key: Some(key) };
        reader.report(subject, ("field.missing", severity), Some("households"), &words, &mend);
    }
}

/// Roads or barriers.
pub(super) fn lines(reader: &mut LayerReader<'_>, records: &[Record]) -> Vec<Line> {
    let mut lines = Vec::with_capacity(records.len());
    for record in records {
        if !reader.is_whole(record) {
            continue;
        }
        let id =
            reader.text(record, "id").or_else(|| record.id.as_ref().and_then(super::value::text));
        let name = reader.text(record, "name");
        let passed = reader.projection.line_or_area(&record.geometry);
        let key = id.as_deref().or(name.as_deref());
        if let Some(geometry) = reader.shape(Subject { record, key }, passed) {
            let kind = reader.text(record, "kind");
            lines.push(Line { id, name, kind, geometry, origin: reader.origin(record) });
        }
    }
    lines
}

/// Buildings; one without a place is kept, for its address.
pub(super) fn buildings(reader: &mut LayerReader<'_>, records: &[Record]) -> Vec<Building> {
    // A building's name is unique within its compound at most.
    let stand_in = |reader: &LayerReader<'_>, record: &Record| {
        let name = reader.text(record, "name")?;
        let compound = reader.text(record, "compound_id").unwrap_or_default();
        Some(format!("{compound}/{name}"))
    };
    reader.keyed(records, "id", stand_in, |reader, subject, id| {
        let record = subject.record;
        let compound_id = reader.required(subject, "compound_id")?;
        let place = match &record.geometry {
            RawGeometry::Missing => None,
            raw => {
                let passed = reader.projection.point(raw);
                Some(reader.shape(subject, passed)?)
            }
        };
        let name = reader.text(record, "name").unwrap_or_else(|| id.clone());
        Some(Building { id, name, compound_id, place, origin: reader.origin(record) })
    })
}

/// Ranges of door numbers.
pub(super) fn doors(reader: &mut LayerReader<'_>, records: &[Record]) -> Vec<Door> {
    records.iter().filter_map(|record| door(reader, record)).collect()
}

fn door(reader: &mut LayerReader<'_>, record: &Record) -> Option<Door> {
    if !reader.is_whole(record) {
        return None;
    }
    let named = reader.text(record, "road");
    let subject = Subject { record, key: named.as_deref() };
    let road = reader.required(subject, "road")?;
    let compound_id = reader.required(subject, "compound_id")?;
    reader.required(subject, "from")?;
    let from = reader.count(subject, "from")?;
    // A single door number has no end of its own.
    let to = match reader.columns.value(record, "to") {
        Some(_) => reader.count(subject, "to")?,
        None => from,
    };
    if to < from {
        let words = Words::new(
            format!("the last number {to} is smaller than the first, {from}"),
            format!("止号 {to} 小于起号 {from}"),
        );
        let mend = Words::new(
            "Correct the range; the row was left out.",
            "请更正门牌范围；该行未被采用。",
        );
        reader.report(subject, ("field.invalid", Severity::Error), Some("to"), &words, &mend);
        return None;
    }
    let side = match reader.text(record, "side") {
        None => DoorSide::Both,
        Some(word) => match word.to_lowercase().as_str() {
            "odd" | "单" | "单号" | "奇" | "奇数" => DoorSide::Odd,
            "even" | "双" | "双号" | "偶" | "偶数" => DoorSide::Even,
            "both" | "全部" | "单双号" | "单双" => DoorSide::Both,
            _ => {
                let known = Words::new(
                    "odd (单号), even (双号), both (单双号)",
                    "odd（单号）、even（双号）、both（单双号）",
                );
                reader.unknown_word(subject, "side", &word, &known);
                return None;
            }
        },
    };
    Some(Door { road, from, to, side, compound_id, origin: reader.origin(record) })
}

/// Landmarks; an outline is reduced to the middle of its window.
pub(super) fn landmarks(reader: &mut LayerReader<'_>, records: &[Record]) -> Vec<Landmark> {
    let mut landmarks = Vec::with_capacity(records.len());
    for record in records {
        if !reader.is_whole(record) {
            continue;
        }
        let Some(name) = reader.required(Subject { record, key: None }, "name") else { continue };
        let passed = reader.projection.point(&record.geometry);
        if let Some(place) = reader.shape(Subject { record, key: Some(&name) }, passed) {
            let aliases = reader.list(record, "aliases");
            landmarks.push(Landmark { name, aliases, place, origin: reader.origin(record) });
        }
    }
    landmarks
}

/// What a layer of lines draws: areas when most of its features are areas.
pub(super) fn shape_of_lines(lines: &[Line]) -> LayerShape {
    let is_area =
        |line: &&Line| matches!(line.geometry, Geometry::Polygon(_) | Geometry::MultiPolygon(_));
    majority(lines.iter().filter(is_area).count(), lines.len(), LayerShape::Line)
}

/// What a layer of compounds draws: areas when most of them have an outline.
pub(super) fn shape_of_compounds(compounds: &[Compound]) -> LayerShape {
    let areas = compounds.iter().filter(|c| matches!(c.place, Place::Area(_))).count();
    majority(areas, compounds.len(), LayerShape::Point)
}

fn majority(areas: usize, all: usize, otherwise: LayerShape) -> LayerShape {
    if areas * 2 > all { LayerShape::Polygon } else { otherwise }
}

//! References between layers: a code that one layer names and another should have.
//!
//! Lists from a street office often give a name where a code belongs (所属社区 holds 双山社区): a
//! name that exactly one feature has is replaced by its code. What remains unknown is a finding.

use super::model::Dataset;
use crate::domain::{Finding, Origin, Severity};
use rustc_hash::{FxHashMap, FxHashSet};

/// The keys of a layer, and the names that stand for exactly one of them.
struct Directory {
    keys: FxHashSet<String>,
    by_name: FxHashMap<String, Option<String>>,
}

impl Directory {
    fn new<'a>(entries: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut directory = Self { keys: FxHashSet::default(), by_name: FxHashMap::default() };
        for (key, name) in entries {
            directory.keys.insert(key.to_owned());
            directory
                .by_name
                .entry(name.to_owned())
                .and_modify(|known| *known = None)
                .or_insert_with(|| Some(key.to_owned()));
        }
        directory
    }

    /// Brings a reference to a key; false when it is unknown.
    fn settle(&self, reference: &mut String) -> bool {
        if self.keys.contains(reference) {
            return true;
        }
        match self.by_name.get(reference) {
            Some(Some(key)) => {
                reference.clone_from(key);
                true
            }
            _ => false,
        }
    }
}

/// A reference that names nothing.
struct Unknown<'a> {
    layer: &'a str,
    key: &'a str,
    origin: &'a Origin,
    field: &'a str,
    value: &'a str,
    target: (&'a str, &'a str),
    severity: Severity,
}

impl Unknown<'_> {
    fn into_finding(self) -> Finding {
        let Self { layer, key, origin, field, value, target: (target, target_zh), severity } = self;
        let (file, number) = (&origin.file, origin.feature);
        Finding::new(
            "code.unknown",
            severity,
            layer,
            format!(
                "{file}, feature #{number} ({key}), field {field}: there is no {target} `{value}`"
            ),
            format!("{file}，要素 #{number}（{key}），字段 {field}：没有{target_zh}“{value}”"),
        )
        .with_file(&**file)
        .with_field(field)
        .with_features([key])
        .with_mend(
            format!("Correct the code, or add the {target}."),
            format!("请更正编码，或补充该{target_zh}。"),
        )
    }
}

/// Settles the references of a dataset and reports the unknown ones. A layer that the dataset
/// does not have, or that has no usable feature, is not asked.
pub(super) fn settle(dataset: &mut Dataset) {
    let mut findings = Vec::new();
    if !dataset.communities.is_empty() {
        settle_communities(dataset, &mut findings);
    }
    if !dataset.grids.is_empty() {
        let names = dataset.grids.iter().map(|g| (g.code.as_str(), g.name.as_str()));
        let grids = Directory::new(names);
        for net in &mut dataset.nets {
            for feature in &mut net.features {
                for code in &mut feature.grid_codes {
                    if !grids.settle(code) {
                        findings.push(
                            Unknown {
                                layer: &net.name,
                                key: &feature.id,
                                origin: &feature.origin,
                                field: "grid_codes",
                                value: code,
                                target: ("grid", "网格"),
                                severity: Severity::Error,
                            }
                            .into_finding(),
                        );
                    }
                }
            }
        }
    }
    if !dataset.compounds.is_empty() {
        settle_compounds(dataset, &mut findings);
    }
    dataset.findings.append(&mut findings);
}

fn settle_communities(dataset: &mut Dataset, findings: &mut Vec<Finding>) {
    let names = dataset.communities.iter().map(|c| (c.code.as_str(), c.name.as_str()));
    let communities = Directory::new(names);
    let mut ask = |layer, key: &str, origin: &Origin, code: &mut Option<String>, severity| {
        let Some(code) = code.as_mut() else { return };
        if !communities.settle(code) {
            let target = ("community", "社区");
            let field = "community_code";
            let unknown = Unknown { layer, key, origin, field, value: code, target, severity };
            findings.push(unknown.into_finding());
        }
    };
    for grid in &mut dataset.grids {
        ask("grids", &grid.code, &grid.origin, &mut grid.community_code, Severity::Error);
    }
    for compound in &mut dataset.compounds {
        let code = &mut compound.community_code;
        ask("compounds", &compound.id, &compound.origin, code, Severity::Warning);
    }
    for unit in &mut dataset.units {
        ask("units", &unit.id, &unit.origin, &mut unit.community_code, Severity::Warning);
    }
}

fn settle_compounds(dataset: &mut Dataset, findings: &mut Vec<Finding>) {
    let names = dataset.compounds.iter().map(|c| (c.id.as_str(), c.name.as_str()));
    let compounds = Directory::new(names);
    let mut ask = |layer, key: &str, origin: &Origin, id: &mut String| {
        if !compounds.settle(id) {
            let (target, severity) = (("compound", "小区"), Severity::Warning);
            let field = "compound_id";
            let unknown = Unknown { layer, key, origin, field, value: id, target, severity };
            findings.push(unknown.into_finding());
        }
    };
    for building in &mut dataset.buildings {
        ask("buildings", &building.id, &building.origin, &mut building.compound_id);
    }
    for door in &mut dataset.doors {
        ask("doors", &door.road, &door.origin, &mut door.compound_id);
    }
}

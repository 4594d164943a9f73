//! The planning rules' numbers, each a setting of the dataset's manifest.

use super::finding::Severity;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A band of sizes, both ends included: households or residents of a grid.
pub type SizeBand = [u32; 2];

/// Numbers of the planning rules and the severity of each rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RuleSettings {
    /// Borders closer than this, in metres, are meant to be the same.
    pub tolerance_m: f64,
    /// Greatest share by which a grid's households may lie off the mean.
    pub max_deviation: f64,
    /// Households a grid should hold.
    pub size_households: SizeBand,
    /// Residents a grid should hold.
    pub size_residents: SizeBand,
    /// Severity by rule name; the rules' own where nothing is said.
    pub severity: BTreeMap<String, Severity>,
}

impl Default for RuleSettings {
    fn default() -> Self {
        Self {
            tolerance_m: 0.5,
            max_deviation: 0.1,
            size_households: [300, 500],
            size_residents: [1000, 1500],
            severity: BTreeMap::new(),
        }
    }
}

impl RuleSettings {
    /// The severity of `rule`: the manifest's, or `default`.
    pub fn severity(&self, rule: &str, default: Severity) -> Severity {
        self.severity.get(rule).copied().unwrap_or(default)
    }
}

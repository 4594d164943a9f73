//! The state of a plan: plain data, as it is stored.

use super::shape_json;
use crate::domain::{GridKind, MultiPolygon};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// Most characters of a plan's notes.
pub const LONGEST_NOTES: usize = 20_000;

/// A grid of a plan, without its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GridInfo {
    /// Name.
    pub name: String,
    /// Code of the community that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub community_code: Option<String>,
    /// base, dedicated or micro.
    #[serde(default)]
    #[schema(value_type = String)]
    pub kind: GridKind,
    /// Colour on the map, `#rrggbb`; the viewer's choice without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// Whether it is to stay as it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub locked: bool,
    /// Code of the present grid that it continues: without, the present grid of its own code, if
    /// there is one; empty for a grid that is new. It keeps a recoded grid's households from
    /// counting as moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<String>,
}

impl GridInfo {
    /// A grid with a name, a community and a kind, and nothing else.
    pub fn new(name: String, community_code: Option<String>, kind: GridKind) -> Self {
        Self { name, community_code, kind, colour: None, locked: false, continues: None }
    }
}

/// A planning unit whose shape or count is the plan's own: split, merged, or with a vertex moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnUnit {
    /// Its area.
    #[serde(with = "shape_json")]
    #[schema(value_type = Object)]
    pub geometry: MultiPolygon,
    /// Code of its community.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub community_code: Option<String>,
    /// The dataset's units that it is made of, each with the households that it has from there.
    pub from: BTreeMap<String, u64>,
}

impl OwnUnit {
    /// Its households.
    pub fn households(&self) -> u64 {
        self.from.values().sum()
    }
}

/// A plan: who gets which unit, what the grids are called, what is to stay, and units of its own.
/// Equal states give equal JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanState {
    /// The grids by code, those outside the balance included.
    pub grids: BTreeMap<String, GridInfo>,
    /// The code of each unit's grid; a unit that is not in it has none (yet).
    pub assignment: BTreeMap<String, String>,
    /// Units that are to stay in their grid and as they are.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub locked_units: BTreeSet<String>,
    /// What planners want to remember.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
    /// Units that are not as the dataset has them, by id. A unit of the dataset that one of them
    /// is made of exists in the plan only where it is in this map itself.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub own_units: BTreeMap<String, OwnUnit>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_without_extras_is_short_json() {
        let mut state = PlanState::default();
        state.grids.insert("G1".into(), GridInfo::new("一".into(), None, GridKind::Base));
        state.assignment.insert("U1".into(), "G1".into());
        let json = serde_json::to_string(&state).unwrap();
        assert_eq!(
            json,
            r#"{"grids":{"G1":{"name":"一","kind":"base"}},"assignment":{"U1":"G1"}}"#
        );
        assert_eq!(serde_json::from_str::<PlanState>(&json).unwrap(), state);
    }
}

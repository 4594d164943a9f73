//! The nets' part of the report.

use super::super::context::Context;
use super::super::names;
use super::figures::{DisagreeingArc, Side, as_collection};
use super::matches::Matched;
use super::offset::Offset;
use crate::domain::{Geometry, LonLat, Net};
use serde::Serialize;
use std::collections::BTreeMap;

/// How a grid and the features that lie in it fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchClass {
    /// The same area and the same border.
    Identical,
    /// No place of one border is further than the tolerance from the other.
    WithinTolerance,
    /// One feature for the grid, with another border.
    Displaced,
    /// Several features where there is one grid.
    Split,
    /// One feature where there are several grids.
    Merged,
    /// Several features where there are several grids, cut otherwise.
    Redrawn,
    /// The geometry fits, but the feature names another grid.
    Swapped,
    /// A grid that no feature fits.
    Missing,
    /// A feature that fits no grid.
    Extra,
}

impl MatchClass {
    /// The class as it is written in the report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::WithinTolerance => "within_tolerance",
            Self::Displaced => "displaced",
            Self::Split => "split",
            Self::Merged => "merged",
            Self::Redrawn => "redrawn",
            Self::Swapped => "swapped",
            Self::Missing => "missing",
            Self::Extra => "extra",
        }
    }

    /// The class in words: English and Chinese.
    pub(super) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Identical => ("identical", "完全一致"),
            Self::WithinTolerance => ("within tolerance", "在容差内"),
            Self::Displaced => ("displaced", "位移"),
            Self::Split => ("split", "拆分"),
            Self::Merged => ("merged", "合并"),
            Self::Redrawn => ("redrawn", "重划"),
            Self::Swapped => ("swapped", "编号互换"),
            Self::Missing => ("missing", "缺失"),
            Self::Extra => ("extra", "多余"),
        }
    }
}

/// What a grid and a feature have in common.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CommonPart {
    /// Id of the feature.
    pub feature: String,
    /// Area in square metres.
    pub area_m2: f64,
    /// Households that both hold.
    pub households: u64,
}

/// A match with the net's common offset taken back.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WithoutOffset {
    /// How they fit then.
    pub class: MatchClass,
    /// As in [`NetMatch`].
    pub iou: Option<f64>,
    /// As in [`NetMatch`].
    pub symmetric_difference_m2: Option<f64>,
    /// As in [`NetMatch`].
    pub hausdorff_m: Option<f64>,
    /// As in [`NetMatch`].
    pub disagreeing_length_m: Option<f64>,
    /// As in [`NetMatch`].
    pub households_affected: u64,
}

/// One grid against the net, or one feature that fits none; as drawn, also where the net has a
/// common offset.
#[derive(Clone, Debug, Serialize)]
pub struct NetMatch {
    /// Code of the grid; `None` for an extra feature.
    pub grid: Option<String>,
    /// The features that lie in it.
    pub features: Vec<String>,
    /// How they fit.
    pub class: MatchClass,
    /// Area in common over area of both together, 0 to 1. Of a feature that may hold several
    /// grids, and does, all of them are meant here and below.
    pub iou: Option<f64>,
    /// Area that only one of them has, in square metres.
    pub symmetric_difference_m2: Option<f64>,
    /// Greatest distance of a place of one border from the other, both ways, in metres.
    pub hausdorff_m: Option<f64>,
    /// The same from the grid's border to the net's alone.
    pub hausdorff_grid_to_net_m: Option<f64>,
    /// The same from the net's border to the grid's alone.
    pub hausdorff_net_to_grid_m: Option<f64>,
    /// Where the greatest distance is: a place of the grid's border and one of the net's.
    pub hausdorff_witness: Option<[LonLat; 2]>,
    /// Length of border further than the tolerance from the other, both ways together, in metres.
    pub disagreeing_length_m: Option<f64>,
    /// Ids of compounds that the grid has and its feature has not, or the other way round. Where
    /// several features or grids are joined, its feature is the one with most of its households.
    pub compounds_affected: Vec<String>,
    /// The same of planning units, in a dataset whose compounds tell no households.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub units_affected: Vec<String>,
    /// Households of those.
    pub households_affected: u64,
    /// What the grid has in common with each of the features.
    pub common: Vec<CommonPart>,
    /// Area of the grid that no feature of the net holds, in square metres.
    pub uncovered_m2: Option<f64>,
    /// Area of the grid that several features of the net hold, more than there are grids.
    pub doubly_covered_m2: Option<f64>,
    /// The pieces of border that only one side has, as a GeoJSON FeatureCollection whose features
    /// have the property `side`: `grid` or `net`.
    #[serde(serialize_with = "as_collection")]
    pub disagreeing_arcs: Vec<DisagreeingArc>,
    /// The match once the net's common offset is taken back; only where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without_offset: Option<WithoutOffset>,
}

impl NetMatch {
    /// The pieces of border that only one side has, as lines; `None` when there are none.
    pub fn border_of(&self, side: Side) -> Option<Geometry> {
        let arcs = self.disagreeing_arcs.iter().filter(|arc| arc.side == side);
        let lines: Vec<Vec<LonLat>> = arcs.map(|arc| arc.line.clone()).collect();
        (!lines.is_empty()).then_some(Geometry::MultiLineString(lines))
    }

    /// Where the borders are furthest apart, as a line from the grid's to the net's.
    pub fn furthest(&self) -> Option<Geometry> {
        self.hausdorff_witness.map(|ends| Geometry::LineString(ends.to_vec()))
    }
}

/// One net against the grids.
#[derive(Clone, Debug, Serialize)]
pub struct NetReport {
    /// Layer name.
    pub net: String,
    /// Title of the layer in English.
    pub title: String,
    /// Title of the layer in Chinese.
    pub title_zh: String,
    /// Whether every grid has its one feature with the same border and name.
    pub coincides: bool,
    /// A shift that the whole net has in common.
    pub offset: Option<Offset>,
    /// Households that have another owner in the net than in the grids.
    pub households_affected: u64,
    /// Every grid, in order of code, then the extra features.
    pub matches: Vec<NetMatch>,
}

impl NetReport {
    pub(super) fn of(
        context: &Context,
        net: &Net,
        offset: Option<Offset>,
        matched: &[Matched],
        households_affected: u64,
    ) -> Self {
        let mut rows: Vec<&(usize, NetMatch)> = matched.iter().flat_map(|m| &m.rows).collect();
        rows.sort_by_key(|(place, _)| *place);
        let matches: Vec<NetMatch> = rows.into_iter().map(|(_, row)| row.clone()).collect();
        let coincides =
            offset.is_none() && matches.iter().all(|m| m.class == MatchClass::Identical);
        let title = names::layer(context.dataset, &net.name);
        Self {
            net: net.name.clone(),
            title: title.en,
            title_zh: title.zh,
            coincides,
            offset,
            households_affected,
            matches,
        }
    }

    /// The classes with their numbers, in English and Chinese: "14 identical, 2 displaced".
    pub fn summary(&self) -> (String, String) {
        let mut counts: BTreeMap<MatchClass, usize> = BTreeMap::new();
        for one in &self.matches {
            *counts.entry(one.class).or_default() += 1;
        }
        let (en, zh): (Vec<String>, Vec<String>) = (counts.iter())
            .map(|(class, n)| {
                let (en, zh) = class.words();
                (format!("{n} {en}"), format!("{zh} {n}"))
            })
            .unzip();
        (en.join(", "), zh.join("，"))
    }
}

//! What a check or a load has found: which rule, where, how much, and what to do.

use super::shape::Geometry;
use serde::Serialize;

/// How grave a finding is. The order is that of reports: errors first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A rule that must hold does not.
    Error,
    /// Worth a look.
    Warning,
    /// For information: something was normalised on load.
    Info,
}

/// The figures of a finding, each only where it applies.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(default)]
pub struct Measure {
    /// Area in square metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_m2: Option<f64>,
    /// Length in metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length_m: Option<f64>,
    /// Width in metres: the diameter of the largest inscribed circle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width_m: Option<f64>,
    /// Distance in metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<f64>,
    /// Households concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub households: Option<u64>,
    /// The value that broke the rule, in the rule's own unit (a share, a count).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Share of the area, 0 to 1, that lies where most of it lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_area: Option<f64>,
    /// Share of the households, 0 to 1, that live there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_households: Option<f64>,
}

/// One finding, in the form of the report's JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Rule name: `coverage.gap`, `net.split`, …
    pub rule: String,
    /// How grave.
    pub severity: Severity,
    /// Layer concerned: `grids`, `branches`, …
    pub layer: String,
    /// File concerned, relative to the dataset's folder.
    pub file: Option<String>,
    /// Field concerned.
    pub field: Option<String>,
    /// Keys of the features concerned (`#3` for the fourth feature of a file when it has no key).
    pub features: Vec<String>,
    /// Figures.
    pub measure: Measure,
    /// What is wrong, in English.
    pub message: String,
    /// What is wrong, in Chinese.
    pub message_zh: String,
    /// What would mend it.
    pub mend: Option<String>,
    /// What would mend it, in Chinese.
    pub mend_zh: Option<String>,
    /// Where.
    pub geometry: Option<Geometry>,
}

impl Finding {
    /// A finding with its words; the rest is filled in by the `with_…` methods.
    pub fn new(
        rule: impl Into<String>,
        severity: Severity,
        layer: impl Into<String>,
        message: impl Into<String>,
        message_zh: impl Into<String>,
    ) -> Self {
        Self {
            rule: rule.into(),
            severity,
            layer: layer.into(),
            file: None,
            field: None,
            features: Vec::new(),
            measure: Measure::default(),
            message: message.into(),
            message_zh: message_zh.into(),
            mend: None,
            mend_zh: None,
            geometry: None,
        }
    }

    /// Names the file.
    #[must_use]
    pub fn with_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Names the field.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Names the features.
    #[must_use]
    pub fn with_features<S: Into<String>>(mut self, ids: impl IntoIterator<Item = S>) -> Self {
        self.features = ids.into_iter().map(Into::into).collect();
        self
    }

    /// Gives the figures.
    #[must_use]
    pub fn with_measure(mut self, measure: Measure) -> Self {
        self.measure = measure;
        self
    }

    /// Says what to do, in English and Chinese.
    #[must_use]
    pub fn with_mend(mut self, mend: impl Into<String>, mend_zh: impl Into<String>) -> Self {
        self.mend = Some(mend.into());
        self.mend_zh = Some(mend_zh.into());
        self
    }

    /// Says where.
    #[must_use]
    pub fn with_geometry(mut self, geometry: Geometry) -> Self {
        self.geometry = Some(geometry);
        self
    }
}

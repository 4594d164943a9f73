//! The report, in the form of its JSON.

use super::nets::NetReport;
use crate::domain::{Finding, Severity};
use serde::Serialize;

/// What can be chosen for one run.
#[derive(Clone, Copy, Debug, Default)]
pub struct CheckOptions {
    /// Tolerance in metres, instead of the dataset's.
    pub tolerance_m: Option<f64>,
}

/// Language of text for people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// 中文
    #[default]
    Chinese,
    /// English
    English,
}

impl Language {
    /// The text in this language.
    pub fn pick<'a>(self, english: &'a str, chinese: &'a str) -> &'a str {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }
}

/// One grid's figures.
#[derive(Clone, Debug, Serialize)]
pub struct GridReport {
    /// Grid code.
    pub code: String,
    /// Grid name.
    pub name: String,
    /// Households of the compounds it owns (of the units, where no compound tells any).
    pub households: u64,
    /// Share by which the households lie off the mean of the grids in the balance: base grids, or
    /// micro-grids where there are no others. `None` for the rest, and without any household.
    pub deviation: Option<f64>,
    /// Area in square metres.
    pub area_m2: f64,
    /// Polsby-Popper compactness 4π·area / perimeter², 1 for a circle (Polsby & Popper 1991).
    pub compactness: f64,
}

/// The report of a check.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Name of the dataset.
    pub dataset: String,
    /// Tolerance used, in metres.
    pub tolerance_m: f64,
    /// Whether there is no finding of severity error.
    pub clean: bool,
    /// The findings, errors first.
    pub findings: Vec<Finding>,
    /// The nets against the grids.
    pub nets: Vec<NetReport>,
    /// The grids' figures, by code.
    pub grids: Vec<GridReport>,
}

impl Report {
    /// A report of sorted findings: by severity, then in the order of the rules' run, which is
    /// the order in which they are best mended.
    pub(super) fn new(
        dataset: String,
        tolerance_m: f64,
        mut findings: Vec<Finding>,
        nets: Vec<NetReport>,
        grids: Vec<GridReport>,
    ) -> Self {
        findings.sort_by_key(|finding| finding.severity);
        let clean = findings.iter().all(|finding| finding.severity != Severity::Error);
        Self { dataset, tolerance_m, clean, findings, nets, grids }
    }

    /// Number of findings of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

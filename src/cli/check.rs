//! `wangge check`.

use super::Exit;
use super::arguments::{CheckArguments, ReportFormat};
use super::language::Language;
use super::output;
use wangge::check::{self, CheckOptions, HtmlOptions};

/// Prints the report; [`Exit::Findings`] when it is not clean.
pub fn run(arguments: &CheckArguments, language: Language) -> anyhow::Result<Exit> {
    let dataset = wangge::dataset::load(&arguments.dataset)?;
    let report = check::run(&dataset, &CheckOptions { tolerance_m: arguments.tolerance_m });
    let text = match arguments.format {
        ReportFormat::Text => report.to_text(language.into()),
        ReportFormat::Json => serde_json::to_string_pretty(&report)?,
        ReportFormat::Geojson => serde_json::to_string(&report.to_geojson())?,
        ReportFormat::Html => {
            let day = Some(jiff::ZonedDateTime::now().date());
            report.to_html(&dataset, &HtmlOptions { language: language.into(), day })
        }
    };
    output::write(arguments.output.as_deref(), &text)?;
    Ok(if report.clean { Exit::Clean } else { Exit::Findings })
}

//! `wangge repair`.

use super::Exit;
use super::arguments::{Format, RepairArguments};
use super::language::Language;
use super::output::{self, tell};
use wangge::repair::{self, RepairOptions};

/// Writes the repaired dataset and prints the report; [`Exit::Findings`] when something is left
/// to people.
pub fn run(arguments: &RepairArguments, language: Language) -> anyhow::Result<Exit> {
    let dataset = wangge::dataset::load(&arguments.dataset)?;
    let some = |names: &[String]| names.iter().cloned().collect();
    let options = RepairOptions {
        layers: (!arguments.layer.is_empty()).then(|| some(&arguments.layer)),
        locked: some(&arguments.lock),
        tolerance_m: arguments.tolerance_m,
        max_share: arguments.max_share,
        max_households: arguments.max_households,
        force: arguments.force,
    };
    let repair = repair::run(&dataset, &options)?;
    let report = serde_json::to_string_pretty(&repair.plan)?;
    if let (false, Some(folder)) = (arguments.dry_run, &arguments.output) {
        wangge::dataset::write_edited(&arguments.dataset, &repair.edits, folder, &report)?;
        tell(&format!("{} {}", language.pick("已写入", "written:"), folder.display()));
    }
    let text = match arguments.format {
        Format::Text => repair.plan.to_text(language.into()),
        Format::Json => report,
    };
    output::write(None, &text)?;
    Ok(if repair.plan.refusals.is_empty() { Exit::Clean } else { Exit::Findings })
}

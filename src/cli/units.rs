//! `wangge units`, and datasets for whoever needs units.

use super::Exit;
use super::language::Language;
use super::output;
use clap::Args;
use std::path::{Path, PathBuf};
use wangge::balance::units::{make_units, with_units};
use wangge::dataset::{Dataset, LoadError};

/// Makes planning units where a dataset has none: blocks between roads, barriers and the borders
/// of communities, divided where several compounds share one. `balance` and `serve` do so by
/// themselves; write them to a file to correct them in a GIS.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  wangge units my-street -o my-street/units.geojson")]
pub struct UnitsArguments {
    /// Folder of the dataset
    pub dataset: PathBuf,
    /// Write the units to a file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Writes the units as GeoJSON.
pub fn run(arguments: &UnitsArguments, language: Language) -> anyhow::Result<Exit> {
    let dataset = wangge::dataset::load(&arguments.dataset)?;
    let made = make_units(&dataset)?;
    if !dataset.units.is_empty() {
        output::tell(language.pick(
            "注意：数据已有规划单元图层；这里是重新生成的，原有图层未被使用。",
            "note: the dataset has a layer units of its own; these are made anew, without it.",
        ));
    }
    output::write(arguments.output.as_deref(), &made.to_geojson().to_string())?;
    made.findings().iter().for_each(|finding| {
        output::tell(language.pick(&finding.message_zh, &finding.message));
    });
    Ok(Exit::Clean)
}

/// A dataset with planning units; says so when they were made.
///
/// # Errors
/// When the dataset cannot be loaded.
pub fn load(path: &Path, language: Language) -> Result<Dataset, LoadError> {
    let dataset = wangge::dataset::load(path)?;
    let had = dataset.findings.len();
    let dataset = with_units(dataset);
    for finding in &dataset.findings[had..] {
        let label = language.pick("注意：", "note: ");
        output::tell(&format!("{label}{}", language.pick(&finding.message_zh, &finding.message)));
    }
    Ok(dataset)
}

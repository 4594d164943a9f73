//! `wangge index`, and `--index` of other commands.

use super::Exit;
use super::language::Language;
use super::output::tell;
use anyhow::Context;
use clap::Args;
use std::path::{Path, PathBuf};
use wangge::index::{CompiledIndex, IndexFileError};

/// Compiles the grids of a dataset to a file that `locate` and `serve` open at once (`--index`).
/// It holds until the grids change; then it is refused, and is to be made again.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  wangge index data/shuangshan -o shuangshan.index\n  wangge serve data/shuangshan --index shuangshan.index"
)]
pub struct IndexArguments {
    /// Folder of the dataset, or a file of polygons
    pub dataset: PathBuf,
    /// The file
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
}

/// Writes the index.
pub fn run(arguments: &IndexArguments, language: Language) -> anyhow::Result<Exit> {
    let dataset = wangge::dataset::load(&arguments.dataset)?;
    let index = CompiledIndex::of_grids(&dataset);
    index.save(&arguments.output)?;
    let (grids, bytes) = (dataset.grids.len(), index.size());
    let file = arguments.output.display();
    tell(&match language {
        Language::Zh => format!("已写入 {file}：{grids} 个网格，{bytes} 字节"),
        Language::En => format!("written: {file}, {grids} grids, {bytes} bytes"),
    });
    Ok(Exit::Clean)
}

/// Opens an index and uses it; errors name the file.
pub fn with_index<T>(
    file: &Path,
    work: impl FnOnce(CompiledIndex) -> Result<T, IndexFileError>,
) -> anyhow::Result<T> {
    // An error of reading names the file itself; the printed text does not say it twice.
    CompiledIndex::open(file).and_then(work).with_context(|| file.display().to_string())
}

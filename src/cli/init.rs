//! `wangge init`.

use super::Exit;
use super::arguments::InitArguments;
use super::language::Language;
use super::output::tell;

/// Writes the manifest, never over one that is there.
pub fn run(arguments: &InitArguments, language: Language) -> anyhow::Result<Exit> {
    let path = wangge::dataset::init(&arguments.folder)?;
    tell(&format!("{} {}", language.pick("已写入", "written:"), path.display()));
    Ok(Exit::Clean)
}

//! `wangge backup` and `wangge restore`.

use super::Exit;
use super::language::Language;
use super::output::tell;
use clap::Args;
use std::path::PathBuf;
use wangge::store::{self, Contents};

/// The store where none is named.
const STORE: &str = "wangge.db";

/// Writes all that a store holds to a new file, while others go on writing. The file is checked
/// before it gets its name, and never takes the place of another.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  wangge backup wangge-2026-11-27.db --store wangge.db\n  wangge backup wangge-2026-11-27.db --store postgres://wangge@db.office/wangge"
)]
pub struct BackupArguments {
    /// File to write
    pub file: PathBuf,
    /// The store: a file, or postgres://…
    #[arg(long, value_name = "FILE|URL", default_value = STORE)]
    pub store: String,
}

/// Makes a store of a backup, which is checked first. End the servers that use the store.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  wangge restore wangge-2026-11-27.db --store wangge.db --replace"
)]
pub struct RestoreArguments {
    /// File that `wangge backup` wrote
    pub file: PathBuf,
    /// The store: a file, or postgres://…
    #[arg(long, value_name = "FILE|URL", default_value = STORE)]
    pub store: String,
    /// Put it in the place of a store that holds something; a file stays beside under another name
    #[arg(long)]
    pub replace: bool,
}

/// Writes a backup.
pub fn backup(arguments: &BackupArguments, language: Language) -> anyhow::Result<Exit> {
    // Opening would make a store where there is none.
    let is_url = arguments.store.contains("://");
    if !is_url && !PathBuf::from(&arguments.store).exists() {
        anyhow::bail!(
            "{}: {}",
            arguments.store,
            language.pick(
                "没有这个存储文件；请用 --store 指定",
                "there is no such store; name it with --store",
            )
        );
    }
    let contents = store::open(&arguments.store)?.backup(&arguments.file)?;
    let written = language.pick("已备份到", "backed up to");
    tell(&format!("{written} {}{}", arguments.file.display(), counts(contents, language)));
    Ok(Exit::Clean)
}

/// Restores one.
pub fn restore(arguments: &RestoreArguments, language: Language) -> anyhow::Result<Exit> {
    let done = store::restore(&arguments.file, &arguments.store, arguments.replace)?;
    let restored = language.pick("已从备份恢复：", "restored from");
    tell(&format!("{restored} {}{}", arguments.file.display(), counts(done.contents, language)));
    if let Some(kept) = done.kept {
        let kept_as = language.pick("原存储保留为", "the store that was there is kept as");
        tell(&format!("{kept_as} {}", kept.display()));
    }
    Ok(Exit::Clean)
}

fn counts(contents: Contents, language: Language) -> String {
    let Contents { documents, entries, .. } = contents;
    language.pick(
        format!("（{documents} 个文档，{entries} 条记录）"),
        format!(" ({documents} documents, {entries} entries of the log)"),
    )
}

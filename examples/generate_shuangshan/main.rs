//! Writes the demo dataset of Shuangshan Subdistrict (双山街道) to a folder.
//!
//! ```text
//! cargo run --release --example generate_shuangshan -- data/shuangshan [--seed N]
//! ```
//! The same seed gives the same bytes; `data/shuangshan` is made with the default one.

mod generator;

use anyhow::{Context, anyhow};
use clap::Parser;
use std::path::PathBuf;

/// Make the demo dataset of Shuangshan Subdistrict.
#[derive(Parser)]
struct Arguments {
    /// The folder to write to; it is made if it is missing.
    folder: PathBuf,
    /// What the invented part of the map follows from.
    #[arg(long, default_value_t = generator::DEFAULT_SEED)]
    seed: u64,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let files = generator::generate(arguments.seed).map_err(|reason| {
        anyhow!("seed {} makes no dataset: {reason}; try another", arguments.seed)
    })?;
    std::fs::create_dir_all(&arguments.folder)
        .with_context(|| format!("cannot make the folder {}", arguments.folder.display()))?;
    for (name, text) in files {
        let path = arguments.folder.join(name);
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

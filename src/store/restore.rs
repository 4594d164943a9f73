//! A backup into a store of either kind.

use super::error::StoreError;
use super::model::Contents;
use super::sqlite::Source;
use super::{IN_MEMORY, Spec, postgres};
use std::path::{Path, PathBuf};

/// What a restoration has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// What the store holds now.
    pub contents: Contents,
    /// The file that was replaced, under its new name.
    pub kept: Option<PathBuf>,
}

/// Makes a store at `target` (as for [`super::open`]) of a backup, which is checked as a whole
/// first and is not changed. A file that is replaced is kept beside under another name; what a
/// database held is gone.
///
/// # Errors
/// When the backup is not whole, `target` holds something and `replace` is not set, a file is in
/// use, or the store cannot be written. In all these cases `target` is as it was.
pub fn restore(backup: &Path, target: &str, replace: bool) -> Result<Restored, StoreError> {
    let spec = Spec::parse(target)?;
    if matches!(spec, Spec::Memory) {
        let store = IN_MEMORY.to_owned();
        let detail = "would be gone at once; name a file or a database".to_owned();
        return Err(StoreError::Other { store, detail });
    }
    let source = Source::open(backup)?;
    let contents = source.contents();
    let kept = match spec {
        Spec::Memory => None,
        Spec::File(file) => source.put(file, replace)?,
        Spec::Postgres(url) => {
            postgres::PostgresStore::open(url)?.take(&source, replace)?;
            None
        }
    };
    Ok(Restored { contents, kept })
}

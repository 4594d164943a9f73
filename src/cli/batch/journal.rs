//! What is kept beside an unfinished output, so that it can be gone on with.
//!
//! A line of JSON (settings, progress, bytes of the output that are safe on the disk), then the
//! state that the format needs. It is written to another file first and renamed, so that it is
//! whole at any moment, and only after the output's bytes have reached the disk.

use super::forms::Form;
use crate::cli::arguments::LocateArguments;
use crate::cli::language::Language;
use anyhow::Context;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::UNIX_EPOCH;
use wangge::locate::batch::{Done, Progress};

/// What must be the same for an output to be gone on with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    version: String,
    input: FileState,
    dataset: Vec<FileState>,
    forms: [Form; 2],
    crs: Option<String>,
    encoding: Option<String>,
    columns: [Option<String>; 3],
    language: String,
    /// The day; without one that of the first run.
    on: Option<Date>,
}

/// A file as it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct FileState {
    name: String,
    bytes: u64,
    /// Nanoseconds since 1970.
    changed: u128,
}

impl FileState {
    fn of(path: &Path) -> anyhow::Result<Self> {
        let about = fs::metadata(path)?;
        let changed = about.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Ok(Self { name, bytes: about.len(), changed: changed.as_nanos() })
    }

    /// The files of a dataset: the folder's own, or the one.
    fn of_dataset(path: &Path) -> anyhow::Result<Vec<Self>> {
        if !path.is_dir() {
            return Ok(vec![Self::of(path)?]);
        }
        let mut files = Vec::new();
        for entry in fs::read_dir(path)? {
            let path = entry?.path();
            if path.is_file() {
                files.push(Self::of(&path)?);
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(files)
    }
}

impl Settings {
    /// The settings of a run.
    ///
    /// # Errors
    /// When the input or the dataset is not there.
    pub fn of(
        arguments: &LocateArguments,
        input: &Path,
        forms: [Form; 2],
        language: Language,
    ) -> anyhow::Result<Self> {
        let batch = &arguments.batch_arguments;
        let unreadable = |path: &Path| {
            format!("{}: {}", path.display(), language.pick("无法读取", "cannot be read"))
        };
        let input = if input == Path::new("-") {
            FileState { name: "-".into(), bytes: 0, changed: 0 }
        } else {
            FileState::of(input).with_context(|| unreadable(input))?
        };
        let dataset = &arguments.dataset;
        Ok(Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            input,
            dataset: FileState::of_dataset(dataset).with_context(|| unreadable(dataset))?,
            forms,
            crs: batch.crs.map(|crs| crs.to_string()),
            encoding: batch.encoding.map(str::to_owned),
            columns: [&batch.lon_column, &batch.lat_column, &batch.address_column]
                .map(Clone::clone),
            language: format!("{language:?}"),
            on: arguments.on,
        })
    }

    /// Whether a run with these settings may go on with what `before` began.
    pub fn goes_on_from(&self, before: &Self) -> bool {
        let on = self.on.or(before.on);
        Self { on, ..self.clone() } == *before
    }

    /// Fills in the day of the run.
    pub fn keep_day(&mut self, on: Date) {
        self.on = Some(on);
    }
}

/// The line of JSON.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    settings: Settings,
    progress: Progress,
    output_bytes: u64,
    state_bytes: usize,
}

/// An unfinished run.
#[derive(Debug)]
pub struct Journal {
    line: Line,
    state: Vec<u8>,
}

impl Journal {
    /// Reads what a run has kept; `None` when there is nothing, or nothing whole.
    pub fn read(path: &Path) -> Option<Self> {
        let bytes = fs::read(path).ok()?;
        let end = bytes.iter().position(|b| *b == b'\n')?;
        let line: Line = serde_json::from_slice(&bytes[..end]).ok()?;
        let state = bytes[end + 1..].to_vec();
        (state.len() == line.state_bytes).then_some(Self { line, state })
    }

    /// Writes how far a run is.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(
        path: &Path,
        settings: &Settings,
        progress: &Progress,
        output_bytes: u64,
        state: &[u8],
    ) -> std::io::Result<()> {
        let line = Line {
            settings: settings.clone(),
            progress: *progress,
            output_bytes,
            state_bytes: state.len(),
        };
        let mut bytes = serde_json::to_vec(&line)?;
        bytes.push(b'\n');
        bytes.extend_from_slice(state);
        let fresh = path.with_extension("json.new");
        let mut file = File::create(&fresh)?;
        file.write_all(&bytes)?;
        file.sync_data()?;
        fs::rename(fresh, path)
    }

    /// The settings of the run.
    pub fn settings(&self) -> &Settings {
        &self.line.settings
    }

    /// Rows that are done.
    pub fn rows(&self) -> u64 {
        self.line.progress.rows
    }

    /// Bytes of the output that are done.
    pub fn output_bytes(&self) -> u64 {
        self.line.output_bytes
    }

    /// The day that the run looks up. (It is kept before the first row.)
    pub fn on(&self) -> Date {
        self.line.settings.on.unwrap_or_default()
    }

    /// What the library goes on from.
    pub fn into_done(self) -> Done {
        Done { progress: self.line.progress, state: self.state }
    }
}

//! Where rows go: standard output, or a file that is written beside its place and put there when
//! it is whole.

use super::journal::{Journal, Settings};
use crate::cli::language::Language;
use crate::cli::output::tell;
use anyhow::Context;
use jiff::civil::Date;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Seek, SeekFrom, StdoutLock, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use wangge::locate::batch::{Progress, Sink};

/// Time to the first note of how far a run is, and the longest between two.
const FIRST_NOTE: Duration = Duration::from_millis(100);
const LONGEST_BETWEEN_NOTES: Duration = Duration::from_secs(5);

/// Where rows go.
pub enum Output {
    Standard(StdoutLock<'static>),
    File(Box<OutputFile>),
}

/// A file in the making.
pub struct OutputFile {
    file: BufWriter<File>,
    target: PathBuf,
    partial: PathBuf,
    journal: PathBuf,
    settings: Settings,
    bytes: u64,
    rows: u64,
    noted: Instant,
    pause: Duration,
}

impl OutputFile {
    /// Opens the output for `target`; with `resume` where a run was cut off, at its end.
    ///
    /// # Errors
    /// When it cannot be written, another run writes it, or what a run has left would be lost.
    pub fn open(
        target: &Path,
        settings: Settings,
        resume: bool,
        language: Language,
    ) -> anyhow::Result<(Output, Option<Journal>)> {
        let beside = |ending: &str| {
            let mut name = target.as_os_str().to_owned();
            name.push(ending);
            PathBuf::from(name)
        };
        let (partial, journal_path) = (beside(".partial"), beside(".partial.json"));
        if target.is_dir() {
            let detail =
                language.pick("是文件夹，请给出文件名", "is a folder; give the name of a file");
            anyhow::bail!("{}: {detail}", target.display());
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&partial)
            .with_context(|| cannot_write(target, language))?;
        // On file systems without locks a run goes without.
        if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
            let detail = language.pick("另一进程正在写入", "another run is writing it");
            anyhow::bail!("{}: {detail}", partial.display());
        }
        let journal = Journal::read(&journal_path);
        if let Some(journal) = &journal {
            check_resume(journal, &settings, resume, &partial, language)?;
        }
        let bytes = journal.as_ref().map_or(0, Journal::output_bytes);
        if file.metadata().with_context(|| cannot_write(&partial, language))?.len() < bytes {
            let detail = language.pick(
                "比记录的短，无法继续；请删除该文件及其 .json 后重来",
                "is shorter than it was; delete it and its .json, and begin again",
            );
            anyhow::bail!("{}: {detail}", partial.display());
        }
        // What came after the last note is made again.
        file.set_len(bytes)
            .and_then(|()| file.seek(SeekFrom::Start(bytes)))
            .with_context(|| cannot_write(&partial, language))?;
        let output = Self {
            file: BufWriter::with_capacity(256 << 10, file),
            target: target.to_owned(),
            partial,
            journal: journal_path,
            settings,
            bytes,
            rows: journal.as_ref().map_or(0, Journal::rows),
            noted: Instant::now(),
            pause: FIRST_NOTE,
        };
        Ok((Output::File(Box::new(output)), journal))
    }

    fn note(&mut self, progress: &Progress, state: &[u8]) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().sync_data()?;
        Journal::write(&self.journal, &self.settings, progress, self.bytes, state)?;
        (self.noted, self.rows) = (Instant::now(), progress.rows);
        self.pause = (self.pause * 2).min(LONGEST_BETWEEN_NOTES);
        Ok(())
    }

    fn forget_journal(&self) -> io::Result<()> {
        match fs::remove_file(&self.journal) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl Output {
    /// Keeps the day that is looked up with what is noted.
    pub fn keep_day(&mut self, on: Date) {
        if let Self::File(file) = self {
            file.settings.keep_day(on);
        }
    }

    /// Puts the whole output in its place.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self, language: Language) -> anyhow::Result<()> {
        match self {
            Self::Standard(mut out) => Ok(out.flush()?),
            Self::File(mut output) => {
                let target = output.target.clone();
                let finish = |output: &mut OutputFile| -> io::Result<()> {
                    output.file.flush()?;
                    output.file.get_ref().sync_all()?;
                    fs::rename(&output.partial, &output.target)?;
                    output.forget_journal()
                };
                finish(&mut output).with_context(|| cannot_write(&target, language))
            }
        }
    }

    /// Leaves what can be gone on with, and says so; removes what cannot.
    pub fn give_up(self, language: Language) {
        let Self::File(output) = self else { return };
        if output.rows == 0 {
            // Nobody misses them; a failure here would hide the error that led here.
            let _ = fs::remove_file(&output.partial);
            let _ = output.forget_journal();
            return;
        }
        let (kept, rows) = (output.partial.display(), output.rows);
        tell(&match language {
            Language::Zh => format!("{kept}: 已完成的 {rows} 行仍保留；可用 --resume 继续"),
            Language::En => format!("{kept}: {rows} rows are done and kept; --resume goes on"),
        });
    }
}

impl Sink for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Standard(out) => out.write_all(bytes),
            Self::File(output) => {
                output.bytes += bytes.len() as u64;
                output.file.write_all(bytes)
            }
        }
    }

    fn tell(&mut self, progress: &Progress, state: &dyn Fn() -> Vec<u8>) -> io::Result<()> {
        match self {
            Self::File(output) if output.noted.elapsed() >= output.pause => {
                output.note(progress, &state())
            }
            _ => Ok(()),
        }
    }
}

/// Refuses to go on with what was begun otherwise, and to begin again over what is there.
fn check_resume(
    journal: &Journal,
    settings: &Settings,
    resume: bool,
    partial: &Path,
    language: Language,
) -> anyhow::Result<()> {
    if !resume {
        anyhow::bail!(
            "{}: {}",
            partial.display(),
            language.pick(
                "有未完成的结果；请用 --resume 继续，或删除该文件及其 .json 后重来",
                "an unfinished output is there; go on with --resume, or delete it and its .json",
            )
        );
    }
    if !settings.goes_on_from(journal.settings()) {
        anyhow::bail!(
            "{}: {}",
            partial.display(),
            language.pick(
                "未完成的结果来自其他输入、数据集或选项，不能继续；请删除该文件及其 .json 后重来",
                "it was begun with another input, dataset or options and cannot be gone on with; \
                 delete it and its .json, and begin again",
            )
        );
    }
    Ok(())
}

/// Refuses to write over the input.
///
/// # Errors
/// When both are one file, under whatever names.
pub fn refuse_same(input: &Path, target: &Path, language: Language) -> anyhow::Result<()> {
    let same = match (fs::canonicalize(input), fs::canonicalize(target)) {
        (Ok(input), Ok(target)) => input == target || is_linked(&input, &target),
        _ => false,
    };
    if same {
        let detail = language.pick(
            "输出与输入是同一文件，请换一个文件名",
            "the output is the input itself; give another name",
        );
        anyhow::bail!("{}: {detail}", target.display());
    }
    Ok(())
}

#[cfg(unix)]
fn is_linked(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let place = |path| fs::metadata(path).map(|about| (about.dev(), about.ino())).ok();
    place(a).is_some_and(|a| Some(a) == place(b))
}

#[cfg(not(unix))]
fn is_linked(_: &Path, _: &Path) -> bool {
    false
}

fn cannot_write(path: &Path, language: Language) -> String {
    format!("{}: {}", path.display(), language.pick("无法写入", "cannot be written"))
}

//! `wangge locate --batch`: files in, files out.

mod forms;
mod journal;
mod output;
mod positioned;
mod progress;

use super::Exit;
use super::arguments::LocateArguments;
use super::language::Language;
use super::output::tell;
use anyhow::Context;
use clap::Args;
use forms::Form;
use journal::{Journal, Settings};
use output::{Output, OutputFile};
use positioned::Positioned;
pub use progress::summary;
use progress::{Counted, Telling};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;
use wangge::dataset::crs::{CRS_NAMES, Crs};
use wangge::dataset::ledger::encoding_named;
use wangge::locate::Locator;
use wangge::locate::batch::{
    BatchError, BatchOptions, ColumnNames, Done, Progress, locate_parquet, locate_text,
};

/// Bytes of text that a thread takes at once: a few thousand rows, so that addresses, which take
/// longer, are noted and shown often enough.
const PIECE: usize = 256 << 10;

/// The arguments of a batch.
#[derive(Args, Debug)]
pub struct BatchArguments {
    /// Write the rows to a file; it appears when it is whole [default: standard output]
    #[arg(short, long, value_name = "FILE", requires = "batch")]
    pub output: Option<PathBuf>,
    /// Reference system of the places: gcj02, bd09, EPSG:4549 … [default: WGS 84, or what
    /// GeoParquet declares]
    #[arg(long, value_name = "CRS", requires = "batch", value_parser = crs)]
    pub crs: Option<Crs>,
    /// Go on with an output that was cut off
    #[arg(long, requires_all = ["batch", "output"])]
    pub resume: bool,
    /// Encoding of a CSV: utf-8, gbk or utf-16 [default: found by trial]
    #[arg(long, value_name = "NAME", requires = "batch", value_parser = encoding)]
    pub encoding: Option<&'static str>,
    /// Column of the longitude or easting, where its name is not recognised
    #[arg(long, value_name = "NAME", requires_all = ["batch", "lat_column"])]
    pub lon_column: Option<String>,
    /// Column of the latitude or northing
    #[arg(long, value_name = "NAME", requires_all = ["batch", "lon_column"])]
    pub lat_column: Option<String>,
    /// Column of the address
    #[arg(long, value_name = "NAME", requires = "batch")]
    pub address_column: Option<String>,
    /// What the input is, where its name does not tell
    #[arg(long, value_enum, value_name = "FORM", requires = "batch")]
    pub input_form: Option<Form>,
    /// What the output is to be, where its name does not tell [default: as the input]
    #[arg(long, value_enum, value_name = "FORM", requires = "batch")]
    pub output_form: Option<Form>,
    /// Threads that look up [default: 1 a processor]
    #[arg(long, value_name = "N", requires = "batch", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

fn crs(name: &str) -> Result<Crs, String> {
    Crs::parse(name).ok_or_else(|| format!("known are {CRS_NAMES}"))
}

fn encoding(name: &str) -> Result<&'static str, String> {
    let known = encoding_named(name).map(|encoding| encoding.name());
    known.ok_or_else(|| "known are utf-8, gbk, gb18030, utf-16le and utf-16be".to_owned())
}

/// Looks up every row of a file.
pub fn run(arguments: &LocateArguments, input: &Path, language: Language) -> anyhow::Result<Exit> {
    let batch = &arguments.batch_arguments;
    #[cfg(feature = "cluster")]
    if let (true, Some(target)) = (arguments.engine.is_asked(), &batch.output) {
        output::refuse_same(input, target, language)?;
        if [input, target].contains(&Path::new("-")) {
            anyhow::bail!(language.pick(
                "--engine 与 --cluster 只能从文件读、写到文件",
                "--engine and --cluster read a file and write a file; name them instead of `-`",
            ));
        }
        return super::cluster::locate(arguments, (input, target), language);
    }
    let forms = forms::of(batch, input, language)?;
    let is_stream = input == Path::new("-");
    let target = batch.output.as_deref().filter(|path| *path != Path::new("-"));
    if let Some(target) = target {
        output::refuse_same(input, target, language)?;
    }
    if batch.resume && (is_stream || target.is_none()) {
        anyhow::bail!(language.pick(
            "只有从文件到文件的处理才能用 --resume 继续",
            "--resume goes on from a file to a file; standard input and output cannot be read again",
        ));
    }
    let settings = Settings::of(arguments, input, forms, language)?;
    let locator = super::locate::locator(arguments)?;
    let (mut output, journal) = match target {
        Some(target) => OutputFile::open(target, settings, batch.resume, language)?,
        None => (Output::Standard(std::io::stdout().lock()), None),
    };
    let today = || jiff::ZonedDateTime::now().date();
    // A run that goes on past midnight stays with its day.
    let on = journal.as_ref().map_or_else(|| arguments.on.unwrap_or_else(today), Journal::on);
    output.keep_day(on);
    let options = BatchOptions {
        crs: batch.crs,
        on: Some(on),
        columns: ColumnNames {
            lon: batch.lon_column.clone(),
            lat: batch.lat_column.clone(),
            address: batch.address_column.clone(),
        },
        encoding: batch.encoding.and_then(encoding_named),
        language: language.into(),
        threads: batch.threads.map_or_else(processors, usize::from),
        piece: PIECE,
        length: std::fs::metadata(input)
            .ok()
            .filter(std::fs::Metadata::is_file)
            .map(|file| file.len()),
    };
    // Freed with the process, in one piece.
    let locator = std::mem::ManuallyDrop::new(locator);
    let job = Job { input, target, forms, locator: &locator, options: &options, language };
    let (began, before) = (Instant::now(), journal.as_ref().map_or(0, Journal::rows));
    let done = job.run(&mut output, journal.map(Journal::into_done));
    let progress = match done {
        Ok(progress) => progress,
        Err(error) if is_closed_pipe(&error) => return Ok(Exit::Clean),
        Err(error) => {
            output.give_up(language);
            return Err(error);
        }
    };
    output.finish(language)?;
    tell(&summary(&progress, progress.rows - before, began.elapsed(), language));
    Ok(Exit::Clean)
}

/// One run over the rows.
struct Job<'j> {
    input: &'j Path,
    target: Option<&'j Path>,
    forms: [Form; 2],
    locator: &'j Locator,
    options: &'j BatchOptions,
    language: Language,
}

impl Job<'_> {
    fn run(&self, output: &mut Output, done: Option<Done>) -> anyhow::Result<Progress> {
        let (rows, done) = (done.as_ref().map_or(0, |d| d.progress.rows), done.as_ref());
        if self.input == Path::new("-") {
            let mut sink = Telling::new(output, None, rows, self.language);
            return self.text(std::io::stdin(), done, &mut sink);
        }
        let unreadable = || {
            let what = self.language.pick("无法读取", "cannot be read");
            format!("{}: {what}", self.input.display())
        };
        let file = File::open(self.input).with_context(unreadable)?;
        let bytes = file.metadata().with_context(unreadable)?.len();
        if self.forms[0] == Form::Parquet {
            let mut sink = Telling::new(output, None, rows, self.language);
            let input = Positioned::new(file, bytes);
            let located = locate_parquet(input, self.locator, self.options, done, &mut sink);
            return located.map_err(|error| self.named(error));
        }
        let counted = Counted::new(file);
        let mut sink = Telling::new(output, Some((counted.count(), bytes)), rows, self.language);
        self.text(counted, done, &mut sink)
    }

    fn text<R: Read + Send>(
        &self,
        source: R,
        done: Option<&Done>,
        sink: &mut Telling<'_>,
    ) -> anyhow::Result<Progress> {
        let forms = forms::as_text(self.forms, self.language)?;
        let located = locate_text(source, forms, self.locator, self.options, done, sink);
        located.map_err(|error| self.named(error))
    }

    /// An error with the file that it is about.
    fn named(&self, error: BatchError) -> anyhow::Error {
        let file = match error {
            BatchError::Write(_) => self.target.unwrap_or(Path::new("-")),
            _ => self.input,
        };
        anyhow::Error::new(error).context(file.display().to_string())
    }
}

pub fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Whether a reader of standard output has seen enough.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<std::io::Error>();
        io.is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

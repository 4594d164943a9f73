//! `wangge cluster`, and `wangge locate --batch` with `--engine datafusion` or `--cluster`.

use super::Exit;
use super::arguments::LocateArguments;
use super::language::Language;
use super::output::tell;
use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Instant;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;
use wangge::engine::cluster::{self, ExecutorOptions};
use wangge::engine::{self, Manner, Points};
use wangge::locate::batch::{ColumnNames, Progress};

/// Who looks up the rows of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// This program
    #[default]
    Native,
    /// The query engine DataFusion, in this process or with --cluster
    Datafusion,
}

/// Options of `locate --batch` for other engines.
#[derive(Args, Debug)]
pub struct EngineArguments {
    /// Who looks up the rows of a batch of Parquet
    #[arg(long, value_enum, default_value_t, requires_all = ["batch", "output"],
        conflicts_with_all = ["resume", "index", "encoding", "address_column", "input_form", "output_form"])]
    pub engine: Engine,
    /// Have a batch of Parquet looked up by the executors of this scheduler (集群查询)
    #[arg(long, value_name = "HOST:PORT", requires_all = ["batch", "output"],
        conflicts_with_all = ["resume", "index", "encoding", "address_column", "input_form", "output_form", "threads"])]
    pub cluster: Option<String>,
}

impl EngineArguments {
    /// Whether another engine than this program is asked for.
    pub fn is_asked(&self) -> bool {
        self.cluster.is_some() || self.engine == Engine::Datafusion
    }
}

/// Runs the processes of a cluster: one scheduler, and an executor on each machine that works.
/// `wangge locate --batch … --cluster HOST:PORT` has points looked up by them. The ports have no
/// password: keep them inside the intranet (see docs/cluster.md).
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  wangge cluster scheduler --addr 10.0.0.5:50050\n  wangge cluster executor --scheduler 10.0.0.5:50050 --bind 0.0.0.0\n  wangge locate data/shuangshan --batch points.parquet -o found.parquet --cluster 10.0.0.5:50050"
)]
pub struct ClusterArguments {
    #[command(subcommand)]
    process: Process,
}

#[derive(Debug, Subcommand)]
enum Process {
    /// Give work to executors, and keep the look-up tables for them (调度)
    Scheduler {
        /// Address and port that executors and clients call; port 0 takes a free one
        #[arg(long, default_value = "127.0.0.1:50050")]
        addr: SocketAddr,
        /// An executor that is not heard of for so long is taken for dead, and its work goes to
        /// others
        #[arg(long, default_value_t = 20, value_name = "SECONDS",
            value_parser = clap::value_parser!(u64).range(6..=3600))]
        executor_timeout: u64,
    },
    /// Do work for a scheduler (执行)
    Executor {
        /// The scheduler
        #[arg(long, value_name = "HOST:PORT")]
        scheduler: String,
        /// Address to listen on
        #[arg(long, default_value = "127.0.0.1", value_name = "ADDRESS")]
        bind: String,
        /// Name or address by which the scheduler reaches this machine [default: the one that the
        /// scheduler sees it call from]
        #[arg(long)]
        host: Option<String>,
        /// Port from which the scheduler fetches results; 0 takes a free one
        #[arg(long, default_value_t = 50051)]
        port: u16,
        /// Pieces looked up at once; 0 for one a core
        #[arg(long, default_value_t = 0, value_name = "N")]
        cores: usize,
        /// Folder for results until they are fetched [default: one of its own among the temporary
        /// files]
        #[arg(long, value_name = "FOLDER")]
        work_dir: Option<PathBuf>,
    },
}

/// Runs a process of a cluster until SIGTERM or Ctrl-C.
pub fn run(arguments: &ClusterArguments, language: Language) -> anyhow::Result<Exit> {
    log_to_stderr();
    let runtime = runtime()?;
    match &arguments.process {
        Process::Scheduler { addr, executor_timeout } => {
            runtime.block_on(schedule(*addr, *executor_timeout, language))?;
        }
        Process::Executor { scheduler, bind, host, port, cores, work_dir } => {
            // Removed when it goes out of scope.
            let own = tempfile::tempdir().context("a folder among the temporary files")?;
            let work_dir = work_dir.as_deref().unwrap_or(own.path()).to_owned();
            std::fs::create_dir_all(&work_dir)
                .with_context(|| format!("{}: cannot be made", work_dir.display()))?;
            let options = ExecutorOptions {
                scheduler: scheduler.clone(),
                bind: bind.clone(),
                host: host.clone(),
                port: *port,
                cores: *cores,
                work_dir,
            };
            runtime.block_on(cluster::work(options))?;
        }
    }
    Ok(Exit::Clean)
}

async fn schedule(
    address: SocketAddr,
    executor_timeout: u64,
    language: Language,
) -> anyhow::Result<()> {
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("{address} cannot be listened on; another program may hold the port (see --addr)")
    })?;
    let stop = wangge::http::server::StopSignal::listen().context("signals cannot be heard")?;
    let address = listener.local_addr().context("the listener's address")?;
    let ready = language.pick("调度已就绪：", "scheduling at");
    tell(&format!("{ready} {address}"));
    cluster::serve(listener, executor_timeout, stop.wait()).await?;
    Ok(())
}

/// Looks up a batch of Parquet with DataFusion, here or on a cluster.
pub fn locate(
    arguments: &LocateArguments,
    (input, output): (&Path, &Path),
    language: Language,
) -> anyhow::Result<Exit> {
    let began = Instant::now();
    let batch = &arguments.batch_arguments;
    let dataset = wangge::dataset::load(&arguments.dataset)?;
    let on = arguments.on.unwrap_or_else(|| jiff::ZonedDateTime::now().date());
    let table = engine::table_of(&dataset, Some(on));
    drop(dataset);
    let columns =
        ColumnNames { lon: batch.lon_column.clone(), lat: batch.lat_column.clone(), address: None };
    let points = Points::open(input, &columns)?;
    let manner = Manner { crs: batch.crs.unwrap_or_default(), language: language.into() };
    let bar = ProgressBar::new(points.rows());
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {percent:>3} %  {per_sec}  {eta}") {
        bar.set_style(style);
    }
    let tell_bar = |progress: &Progress| bar.set_position(progress.rows);
    let runtime = runtime()?;
    let done = match &arguments.engine.cluster {
        Some(address) => {
            runtime.block_on(engine::on_cluster(address, table, manner, &points, output, tell_bar))
        }
        None => {
            let threads = batch.threads.map_or_else(super::batch::processors, usize::from);
            runtime.block_on(engine::embedded(&table, manner, &points, output, threads, tell_bar))
        }
    };
    bar.finish_and_clear();
    let done = done?;
    tell(&super::batch::summary(&done.progress, done.progress.rows, began.elapsed(), language));
    for (executor, pieces) in &done.shares {
        tell(&language.pick(
            format!("  执行进程 {executor}：{pieces} 块"),
            format!("  executor {executor}: {pieces} pieces"),
        ));
    }
    Ok(Exit::Clean)
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("tokio")
}

fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("WANGGE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // A second subscriber cannot exist here: this is the process's only call.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init();
}

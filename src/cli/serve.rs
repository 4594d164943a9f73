//! `wangge serve`.

use super::Exit;
use super::arguments::ServeArguments;
use super::index;
use super::language::Language;
use super::output::tell;
use anyhow::Context;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;
use wangge::balance::units;
use wangge::http::middleware::Limits;
use wangge::http::server::{self, ConnectionLimits, StopSignal};
use wangge::http::{AppState, SharedState, Snapshot};
use wangge::plan::store::Plans;
use wangge::store::IN_MEMORY;

/// Most plans that are kept.
const MOST_PLANS: usize = 1000;
/// Time for searches to see that they are cancelled, after the last request has ended.
const LAST_WORK: Duration = Duration::from_secs(2);

/// Serves until SIGTERM or Ctrl-C.
pub fn run(arguments: &ServeArguments, language: Language) -> anyhow::Result<Exit> {
    let filter = EnvFilter::try_from_env("WANGGE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // A second subscriber cannot exist here: this is the process's only call.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("tokio")?;
    let done = runtime.block_on(serve(arguments, language));
    runtime.shutdown_timeout(LAST_WORK);
    done.map(|()| Exit::Clean)
}

async fn serve(arguments: &ServeArguments, language: Language) -> anyhow::Result<()> {
    let (stop, stopping) = watch::channel(false);
    let source = Source { dataset: arguments.dataset.clone(), index: arguments.index.clone() };
    let snapshot = tokio::task::spawn_blocking({
        let source = source.clone();
        move || source.load()
    });
    let snapshot = snapshot.await??;
    let place = arguments.store.clone().unwrap_or_else(|| IN_MEMORY.to_owned());
    let store = tokio::task::spawn_blocking(move || wangge::store::open(&place)).await??;
    if arguments.store.is_none() {
        tell(language.pick(
            "注意：未指定 --store，方案只保存在内存中，程序结束即消失。",
            "note: without --store plans are kept in memory only; they are gone when this program ends.",
        ));
    }
    let plans = Arc::new(Plans::new(store, MOST_PLANS));
    let state = AppState::new(snapshot, plans, stopping.clone());
    let listener = listen(arguments.addr).await?;
    // Before anybody is told that the server is there: who is told may end it at once.
    let stop_signal = StopSignal::listen().context("signals cannot be listened to")?;
    #[cfg(unix)]
    let hangup = signal(SignalKind::hangup()).context("signals cannot be listened to")?;
    let address = listener.local_addr().context("the listener's address")?;
    let ready = language.pick("请在浏览器打开", "open in a browser:");
    tell(&format!("{ready} http://{address}/"));
    let app = wangge::http::router(Arc::clone(&state), Limits::default());
    let limits = ConnectionLimits::default();
    let serving = tokio::spawn(server::serve(listener, app, stopping, limits));
    #[cfg(unix)]
    tokio::spawn(reload_on_hangup(hangup, Arc::clone(&state), source));
    stop_signal.wait().await;
    tracing::info!("ending");
    // Nobody listening any more is as good as an orderly end.
    let _ = stop.send(true);
    state.jobs.cancel_all();
    serving.await.context("the server stopped")
}

/// What is served.
#[derive(Clone)]
struct Source {
    dataset: PathBuf,
    index: Option<PathBuf>,
}

impl Source {
    fn load(&self) -> anyhow::Result<Snapshot> {
        let dataset = units::with_units(wangge::dataset::load(&self.dataset)?);
        match &self.index {
            None => Ok(Snapshot::new(dataset)),
            Some(file) => index::with_index(file, |index| Snapshot::with_index(dataset, index)),
        }
    }
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("{address} cannot be listened on; another program may hold the port (see --addr)")
    })
}

/// Loads the dataset anew at each SIGHUP. Requests go on with the old one until the new one is
/// there; a dataset that cannot be loaded changes nothing.
#[cfg(unix)]
async fn reload_on_hangup(mut hangup: Signal, state: SharedState, source: Source) {
    while hangup.recv().await.is_some() {
        let source = source.clone();
        match tokio::task::spawn_blocking(move || source.load()).await {
            Ok(Ok(snapshot)) => {
                state.swap(snapshot);
                tracing::info!("the dataset was loaded anew");
            }
            Ok(Err(error)) => {
                let error = super::output::with_causes(&error);
                tracing::error!(%error, "the dataset could not be loaded anew; the old one stays");
            }
            Err(error) => tracing::error!(%error, "loading failed; the old dataset stays"),
        }
    }
}

//! The executor: Ballista's, with the tables that it fetches.

use super::client::Scheduler;
use super::codec::Codec;
use super::scheduler::MOST_MESSAGE_BYTES;
use super::store::TableStore;
use crate::engine::error::EngineError;
use ballista_core::config::TaskSchedulingPolicy;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use std::path::PathBuf;
use std::sync::Arc;

/// How an executor is set up.
#[derive(Clone, Debug)]
pub struct ExecutorOptions {
    /// `HOST:PORT` of the scheduler.
    pub scheduler: String,
    /// Address to listen on.
    pub bind: String,
    /// Name or address by which the scheduler reaches it; `None` for the one it calls from.
    pub host: Option<String>,
    /// Port from which results are fetched; 0 takes a free one.
    pub port: u16,
    /// Tasks done at once; 0 for one a core.
    pub cores: usize,
    /// Folder for results until they are fetched.
    pub work_dir: PathBuf,
}

/// Works for the scheduler until SIGTERM or Ctrl-C.
///
/// # Errors
/// When the scheduler does not answer or is of another version, or the port is taken.
pub async fn work(options: ExecutorOptions) -> Result<(), EngineError> {
    let scheduler = Scheduler::meet(&options.scheduler).await?;
    let (host, port) = scheduler.host_and_port();
    let defaults = ExecutorProcessConfig::default();
    let id = defaults.executor_id.clone();
    let store = TableStore::new(options.scheduler.clone(), id.clone());
    tracing::info!(executor = %id, scheduler = %options.scheduler, "working");
    let config = ExecutorProcessConfig {
        executor_id: id,
        bind_host: options.bind.clone(),
        external_host: options.host,
        port: free_port(&options.bind, options.port)?,
        scheduler_host: host.to_owned(),
        scheduler_port: port,
        vcores: options.cores,
        task_scheduling_policy: TaskSchedulingPolicy::PullStaged,
        work_dir: Some(options.work_dir.to_string_lossy().into_owned()),
        grpc_max_decoding_message_size: MOST_MESSAGE_BYTES as u32,
        grpc_max_encoding_message_size: MOST_MESSAGE_BYTES as u32,
        override_physical_codec: Some(Arc::new(Codec::new(Arc::new(store)))),
        ..defaults
    };
    let done = start_executor_process(Arc::new(config)).await;
    done.map_err(|error| EngineError::Setting(error.to_string()))
}

/// The port, or a free one for 0. Ballista tells the port to the scheduler before it opens it.
///
/// # Errors
/// When it is taken.
fn free_port(address: &str, port: u16) -> Result<u16, EngineError> {
    let listener = std::net::TcpListener::bind((address, port));
    let bound = listener.and_then(|listener| listener.local_addr());
    bound.map(|bound| bound.port()).map_err(|error| {
        let detail = "another program may hold the port (see --port)";
        EngineError::Setting(format!("{address}:{port} cannot be listened on ({error}); {detail}"))
    })
}

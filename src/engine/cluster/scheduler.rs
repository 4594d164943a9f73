//! The scheduler: Ballista's, with the tables beside it on the same port.

use super::codec::{Codec, VERSION};
use super::shelf::{Shelf, TableInfo};
use crate::engine::error::EngineError;
use arrow_flight::flight_service_server::FlightServiceServer;
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use ballista_core::BALLISTA_VERSION;
use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::flight_proxy_service::BallistaFlightProxyService;
use ballista_core::serde::protobuf::scheduler_grpc_server::SchedulerGrpcServer;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::{SchedulerConfig, TaskDistributionPolicy};
use ballista_scheduler::scheduler_process::create_scheduler;
use ballista_scheduler::scheduler_server::SchedulerServer;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Most bytes of a message between machines. A batch of 8,192 rows must fit.
pub const MOST_MESSAGE_BYTES: usize = 256 << 20;
/// Most bytes of a table: some 100 million corners.
const MOST_TABLE_BYTES: usize = 4 << 30;
/// How often it is looked for executors that are dead.
const LOOK_AT_EXECUTORS_S: u64 = 2;
/// Results that nobody has fetched are kept so long.
const KEEP_RESULTS_S: u64 = 3600;

type Scheduler = SchedulerServer<LogicalPlanNode, PhysicalPlanNode>;

/// An executor, as the scheduler knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutorInfo {
    /// Its id.
    pub id: String,
    /// `HOST:PORT` from which its results are fetched.
    pub address: String,
    /// Tasks that it does at once.
    pub cores: u32,
}

/// What a scheduler says of itself at `/wangge`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchedulerInfo {
    /// Its version of wangge.
    pub wangge: String,
    /// Its version of Ballista.
    pub ballista: String,
    /// Executors at work.
    pub executors: Vec<ExecutorInfo>,
    /// Tables kept.
    pub tables: Vec<TableInfo>,
}

/// Schedules until the future `stop` is there. The listener's address is what executors and
/// clients call. An executor that has not been heard of for `executor_timeout_s` seconds is taken
/// for dead, and its tasks go to others; executors are heard of every 5 seconds.
///
/// # Errors
/// When Ballista cannot start.
pub async fn serve(
    listener: TcpListener,
    executor_timeout_s: u64,
    stop: impl Future<Output = ()>,
) -> Result<(), EngineError> {
    let fails = |error: &dyn std::fmt::Display| EngineError::Setting(error.to_string());
    let address = listener.local_addr().map_err(|e| fails(&e))?;
    let config = Arc::new(config(address, executor_timeout_s));
    let cluster = BallistaCluster::new_from_config(&config).await.map_err(|e| fails(&e))?;
    let scheduler: Scheduler = create_scheduler(cluster, config).await.map_err(|e| fails(&e))?;
    let router = router(scheduler).into_make_service_with_connect_info::<SocketAddr>();
    tokio::select! {
        // Executors ask again and again, so that there is no moment without a connection.
        () = stop => Ok(()),
        served = axum::serve(listener, router) => served.map_err(|e| fails(&e)),
    }
}

fn config(address: SocketAddr, executor_timeout_s: u64) -> SchedulerConfig {
    let most = MOST_MESSAGE_BYTES as u32;
    SchedulerConfig {
        bind_host: address.ip().to_string(),
        external_host: address.ip().to_string(),
        bind_port: address.port(),
        // Executors call, so that only results need a way to them.
        scheduling_policy: TaskSchedulingPolicy::PullStaged,
        task_distribution: TaskDistributionPolicy::RoundRobin,
        // Clients fetch results through the scheduler: one port for them.
        enable_embedded_flight_proxy: true,
        executor_timeout_seconds: executor_timeout_s,
        no_executors_grace_period_seconds: executor_timeout_s,
        expire_dead_executor_interval_seconds: LOOK_AT_EXECUTORS_S,
        finished_job_data_clean_up_interval_seconds: KEEP_RESULTS_S,
        finished_job_state_clean_up_interval_seconds: KEEP_RESULTS_S,
        grpc_server_max_decoding_message_size: most,
        grpc_server_max_encoding_message_size: most,
        grpc_client_max_message_size: most,
        override_physical_codec: Some(Arc::new(Codec::passing())),
        ..SchedulerConfig::default()
    }
}

fn router(scheduler: Scheduler) -> Router {
    let proxy =
        BallistaFlightProxyService::new(MOST_MESSAGE_BYTES, MOST_MESSAGE_BYTES, false, None);
    let proxy = FlightServiceServer::new(proxy)
        .max_decoding_message_size(MOST_MESSAGE_BYTES)
        .max_encoding_message_size(MOST_MESSAGE_BYTES);
    let grpc = SchedulerGrpcServer::new(scheduler.clone())
        .max_decoding_message_size(MOST_MESSAGE_BYTES)
        .max_encoding_message_size(MOST_MESSAGE_BYTES);
    let mut services = tonic::service::RoutesBuilder::default();
    services.add_service(grpc).add_service(proxy);
    let shelf = Shelf::default();
    let about = Router::new().route("/wangge", get(about)).with_state((scheduler, shelf.clone()));
    about.merge(shelf.routes(MOST_TABLE_BYTES)).merge(services.routes().into_axum_router())
}

async fn about(State((scheduler, shelf)): State<(Scheduler, Shelf)>) -> Json<SchedulerInfo> {
    let known = scheduler.state.executor_manager.get_executors_state().await;
    let executors = known.unwrap_or_default().into_iter().map(|(executor, ..)| ExecutorInfo {
        id: executor.id,
        address: format!("{}:{}", executor.host, executor.port),
        cores: executor.specification.vcores,
    });
    Json(SchedulerInfo {
        wangge: VERSION.to_owned(),
        ballista: BALLISTA_VERSION.to_owned(),
        executors: executors.collect(),
        tables: shelf.tables(),
    })
}

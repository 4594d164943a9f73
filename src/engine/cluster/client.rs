//! The client of a cluster.

use super::codec::{Codec, VERSION};
use super::http;
use super::scheduler::{MOST_MESSAGE_BYTES, SchedulerInfo};
use crate::engine::error::EngineError;
use crate::engine::table::TableName;
use ballista_core::client::BallistaClient;
use ballista_core::extension::SessionConfigHelperExt;
use ballista_core::serde::protobuf::execute_query_params::Query;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::protobuf::{
    CancelJobParams, CleanJobDataParams, ExecuteQueryParams, GetJobStatusParams, PartitionLocation,
    RemoveSessionParams, execute_query_result, job_status,
};
use ballista_core::serde::scheduler::PartitionId;
use ballista_core::version::insert_version_header;
use datafusion::physical_plan::{ExecutionPlan, SendableRecordBatchStream};
use datafusion::prelude::SessionConfig;
use datafusion_proto::physical_plan::AsExecutionPlan;
use datafusion_proto::protobuf::PhysicalPlanNode;
use hyper::body::Bytes;
use hyper::{Method, StatusCode};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tonic::transport::Channel;

/// Time for the scheduler to say what it is.
const GREETING: Duration = Duration::from_secs(5);
/// Time for a table to be brought.
const TRANSFER: Duration = Duration::from_secs(600);
/// Time for a first executor to come.
const EXECUTOR: Duration = Duration::from_secs(15);
/// How often a job is asked whether it is done.
const ASK_EVERY: Duration = Duration::from_millis(50);
/// Times that a fetch is tried before its job is done again, and the pause between.
const FETCHES: (u8, u64) = (2, 500);

/// Pieces that each executor looked up.
pub type Shares = BTreeMap<String, usize>;

/// A scheduler that has been greeted.
#[derive(Clone, Debug)]
pub struct Scheduler {
    address: String,
    host: String,
    port: u16,
}

impl Scheduler {
    /// Asks at `HOST:PORT` whether a scheduler of this version is there.
    ///
    /// # Errors
    /// Within seconds, when there is none or one of another version.
    pub async fn meet(address: &str) -> Result<Self, EngineError> {
        let split = address.rsplit_once(':');
        let parts = split.and_then(|(host, port)| Some((host, port.parse::<u16>().ok()?)));
        let Some((host, port)) = parts.filter(|(host, _)| !host.is_empty()) else {
            let detail = format!("`{address}` is no HOST:PORT like 10.0.0.5:50050");
            return Err(EngineError::Setting(detail));
        };
        let scheduler = Self { address: address.to_owned(), host: host.to_owned(), port };
        let theirs = scheduler.about().await?.wangge;
        if theirs != VERSION {
            let address = scheduler.address;
            return Err(EngineError::OtherVersion { address, theirs, ours: VERSION.to_owned() });
        }
        Ok(scheduler)
    }

    /// Where it is.
    pub fn host_and_port(&self) -> (&str, u16) {
        (&self.host, self.port)
    }

    /// What it says of itself.
    ///
    /// # Errors
    /// When it does not answer as a scheduler does.
    pub async fn about(&self) -> Result<SchedulerInfo, EngineError> {
        let absent =
            |detail: String| EngineError::NoScheduler { address: self.address.clone(), detail };
        let asked = http::ask(&self.address, Method::GET, "/wangge", Bytes::new(), GREETING);
        let (status, body) = asked.await.map_err(absent)?;
        let said = serde_json::from_slice(&body).ok().filter(|_| status == StatusCode::OK);
        said.ok_or_else(|| absent(format!("something else answers there ({status})")))
    }

    /// Waits for the first executor. Gives the number of cores of all that are there.
    ///
    /// # Errors
    /// When none comes.
    pub async fn cores(&self) -> Result<usize, EngineError> {
        let began = Instant::now();
        loop {
            let cores: u32 = self.about().await?.executors.iter().map(|e| e.cores).sum();
            if cores > 0 {
                return Ok(cores as usize);
            }
            if began.elapsed() > EXECUTOR {
                let (address, seconds) = (self.address.clone(), EXECUTOR.as_secs());
                return Err(EngineError::NoExecutor { address, seconds });
            }
            tokio::time::sleep(ASK_EVERY).await;
        }
    }

    /// Brings a table, unless the scheduler has it.
    ///
    /// # Errors
    /// When it does not take it.
    pub async fn bring(&self, name: TableName, table: Bytes) -> Result<(), EngineError> {
        let text = name.to_string();
        if self.about().await?.tables.iter().any(|known| known.name == text) {
            return Ok(());
        }
        let path = format!("/wangge/tables/{name}");
        let (status, body) = http::ask(&self.address, Method::PUT, &path, table, TRANSFER)
            .await
            .map_err(|e| self.failed(format!("the table could not be brought: {e}")))?;
        if status.is_success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&body);
        Err(self.failed(format!("it does not take the table: {said} ({status})")))
    }

    /// A session, in which jobs are done.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn session(&self, config: SessionConfig) -> Result<Session, EngineError> {
        let endpoint = Channel::from_shared(format!("http://{}", self.address))
            .map_err(|e| EngineError::Setting(e.to_string()))?
            .connect_timeout(GREETING)
            .tcp_nodelay(true);
        let channel = endpoint.connect().await.map_err(|e| self.failed(e))?;
        let client = SchedulerGrpcClient::new(channel)
            .max_decoding_message_size(MOST_MESSAGE_BYTES)
            .max_encoding_message_size(MOST_MESSAGE_BYTES);
        // Two clients of one machine and moment do not have one process number.
        let moment = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let moment = moment.map_or(0, |moment| moment.as_nanos());
        let id = format!("wangge-{}-{moment:x}", std::process::id());
        Ok(Session { scheduler: self.clone(), client, id, config })
    }

    fn failed(&self, detail: impl ToString) -> EngineError {
        EngineError::Cluster { address: self.address.clone(), detail: detail.to_string() }
    }
}

/// Jobs of one client.
#[derive(Clone)]
pub struct Session {
    scheduler: Scheduler,
    client: SchedulerGrpcClient<Channel>,
    id: String,
    config: SessionConfig,
}

impl Session {
    /// Does a job and says where its partitions are, in order.
    ///
    /// # Errors
    /// When the cluster cannot do it.
    pub async fn run(
        &self,
        plan: Arc<dyn ExecutionPlan>,
    ) -> Result<Vec<PartitionLocation>, EngineError> {
        let mut client = self.client.clone();
        let mut bytes = Vec::new();
        PhysicalPlanNode::try_from_physical_plan(plan, &Codec::passing())?
            .try_encode(&mut bytes)?;
        let mut request = tonic::Request::new(ExecuteQueryParams {
            query: Some(Query::PhysicalPlan(bytes)),
            settings: self.config.to_key_value_pairs(),
            session_id: self.id.clone(),
            operation_id: String::new(),
        });
        insert_version_header(request.metadata_mut());
        let answer = client.execute_query(request).await.map_err(|e| self.failed(e.message()))?;
        let job = match answer.into_inner().result {
            Some(execute_query_result::Result::Success(job)) => job.job_id,
            Some(execute_query_result::Result::Failure(why)) => {
                return Err(self.failed(format!("{:?}", why.failure)));
            }
            None => return Err(self.failed("an empty answer")),
        };
        let mut guard = CancelOnDrop { client: Some(self.client.clone()), job: job.clone() };
        let mut partitions = self.wait_for(&job).await?;
        guard.client = None;
        // They come in the order in which they were done.
        partitions.sort_by_key(|p| p.partition_id.as_ref().map(|id| id.partition_id));
        Ok(partitions)
    }

    async fn wait_for(&self, job: &str) -> Result<Vec<PartitionLocation>, EngineError> {
        let mut client = self.client.clone();
        loop {
            let request = GetJobStatusParams { job_id: job.to_owned() };
            let said =
                client.get_job_status(request).await.map_err(|e| self.failed(e.message()))?;
            match said.into_inner().status.and_then(|status| status.status) {
                Some(job_status::Status::Failed(why)) => return Err(self.failed(why.error)),
                Some(job_status::Status::Successful(done)) => return Ok(done.partition_location),
                _ => tokio::time::sleep(ASK_EVERY).await,
            }
        }
    }

    /// The rows of a partition, by way of the scheduler.
    ///
    /// # Errors
    /// When they cannot be had any more.
    pub async fn fetch(
        &self,
        partition: &PartitionLocation,
    ) -> Result<SendableRecordBatchStream, EngineError> {
        let (Some(holder), Some(id)) = (&partition.executor_meta, &partition.partition_id) else {
            return Err(self.failed("a partition without a place"));
        };
        let id: PartitionId = id.clone().into();
        let (host, port) = self.scheduler.host_and_port();
        let (times, pause_ms) = FETCHES;
        let client = BallistaClient::try_new(
            host,
            port,
            MOST_MESSAGE_BYTES,
            false,
            None,
            times,
            pause_ms,
            0,
            0,
        );
        let mut client = client.await.map_err(|e| self.failed(e))?;
        let fetched = client.fetch_partition_proxied(
            &holder.id,
            &id,
            partition.file_id,
            partition.layout(),
            &holder.host,
            holder.port as u16,
            true,
        );
        fetched.await.map_err(|e| self.failed(e))
    }

    /// Has the results of a job removed. What cannot be removed now is removed an hour later.
    pub async fn forget(&self, partitions: &[PartitionLocation]) {
        let id = partitions.first().and_then(|partition| partition.partition_id.as_ref());
        let Some(job_id) = id.map(|id| id.job_id.clone()) else { return };
        let request = CleanJobDataParams { job_id, remove_stage_ids: Vec::new() };
        if let Err(error) = self.client.clone().clean_job_data(request).await {
            tracing::debug!(%error, "results could not be removed");
        }
    }

    /// Ends the session. That it could not be ended harms nobody.
    pub async fn end(mut self) {
        let request = RemoveSessionParams { session_id: self.id.clone() };
        if let Err(error) = self.client.remove_session(request).await {
            tracing::debug!(%error, "the session could not be ended");
        }
    }

    /// An error of the cluster.
    pub fn failed(&self, detail: impl ToString) -> EngineError {
        self.scheduler.failed(detail)
    }
}

/// Cancels a job that nobody waits for any more.
struct CancelOnDrop {
    client: Option<SchedulerGrpcClient<Channel>>,
    job: String,
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        let Some(mut client) = self.client.take() else { return };
        let job_id = std::mem::take(&mut self.job);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { client.cancel_job(CancelJobParams { job_id }).await });
        }
    }
}

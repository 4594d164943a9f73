//! The server as a client sees it: the real program on a small dataset, over loopback.

#[path = "server/client.rs"]
mod client;
#[path = "server/connections.rs"]
mod connections;
#[path = "server/jobs.rs"]
mod jobs;
#[path = "server/plans.rs"]
mod plans;
mod program;
#[path = "server/repair.rs"]
mod repair;
#[path = "server/resources.rs"]
mod resources;

//! The server as a client sees it: the real program on a small dataset, over loopback.

#[path = "server/client.rs"]
mod client;
#[path = "server/connections.rs"]
mod connections;
#[path = "server/history.rs"]
mod history;
#[path = "server/jobs.rs"]
mod jobs;
#[path = "server/ledgers.rs"]
mod ledgers;
#[path = "server/moves.rs"]
mod moves;
#[path = "server/names.rs"]
mod names;
#[path = "server/plans.rs"]
mod plans;
#[path = "server/preview.rs"]
mod preview;
mod program;
#[path = "server/repair.rs"]
mod repair;
#[path = "server/report.rs"]
mod report;
#[path = "server/resources.rs"]
mod resources;

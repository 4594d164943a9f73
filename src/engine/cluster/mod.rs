//! The engine on several machines: Ballista with a scheduler and executors of our own program, which
//! know the look-up functions and share out tables.
//!
//! A client brings the table to the scheduler, once. It cuts the points into jobs of some hundred
//! pieces and sends each as a physical plan, in which a function is the name of its table
//! ([`codec`]). An executor that is given a piece fetches the table from the scheduler when it sees
//! the name for the first time ([`store`], [`shelf`]), reads its rows of the Parquet files, which it
//! must have at the same path, and keeps the result until the client has fetched it by way of the
//! scheduler.
//!
//! # When a machine fails
//! Tasks of an executor that dies are given to others by Ballista; a job whose results were lost
//! with it is done again by the client, from the first row that it has not got.

mod client;
mod codec;
mod executor;
mod http;
mod scheduler;
mod shelf;
mod store;

pub use client::{Scheduler, Session, Shares};
pub use codec::NoTables;
pub use executor::{ExecutorOptions, work};
pub use scheduler::{ExecutorInfo, SchedulerInfo, serve};
pub use shelf::TableInfo;

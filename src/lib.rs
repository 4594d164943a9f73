//! wangge (网格): plan, check and look up the governance grids of a subdistrict.
//!
//! Data flows one way, and a module imports only from those above it in this list:
//!
//! - [`domain`]: grids, branches, compounds, units, nets, plans: plain types
//! - [`geometry`]: the metric plane, the arrangement of polygons, the coverage of arcs and faces
//! - [`dataset`]: a folder of layers → [`dataset::Dataset`]
//! - [`index`]: R-trees over a dataset
//! - [`check`]: one file per rule; the report
//! - [`repair`]: what can be mended, and the changes that mend it
//! - [`balance`]: graph, score, search
//! - [`locate`]: point and address to grid
//! - `engine`: the look-up of points in DataFusion, here or on a cluster (feature `cluster`)
//! - [`store`]: documents, their log and their shapes, in SQLite or PostgreSQL
//! - [`plan`]: edits, scores and differences of plans; the store
//! - [`http`]: the server

pub mod balance;
pub mod check;
pub mod dataset;
pub mod domain;
#[cfg(feature = "cluster")]
pub mod engine;
pub mod geometry;
pub mod http;
pub mod index;
pub mod locate;
pub mod plan;
pub mod repair;
pub mod store;

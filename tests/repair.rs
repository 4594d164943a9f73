//! Repair: shapes with one fault each, random tessellations with seeded faults, nets, folders and
//! the demo data.

#![allow(clippy::unwrap_used)] // a test may fail by panicking

mod common;
#[path = "repair/demo.rs"]
mod demo;
#[path = "repair/faults.rs"]
mod faults;
#[path = "repair/folder.rs"]
mod folder;
#[path = "repair/geos.rs"]
mod geos;
#[path = "repair/nets.rs"]
mod nets;
#[path = "common/peers.rs"]
mod peers;
#[path = "repair/shapes.rs"]
mod shapes;
#[path = "repair/street.rs"]
mod street;

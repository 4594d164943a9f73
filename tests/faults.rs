//! The check against faults whose kind, place and size are known, and against another library.
//!
//! - `kinds`: the kinds of faults, and the rules that name them;
//! - `plant`: a town of random cells, and one fault after another planted in it;
//! - `people`: compounds that a border cuts or that lie on one, grids across communities;
//! - `recall`: every planted fault is found, as what it is, and clean towns have none;
//! - `invariance`: what is found does not depend on how the same thing is written;
//! - `oracle`: shapely (GEOS) says the same wherever the definitions coincide.

#![allow(clippy::unwrap_used)] // a test may fail by panicking

mod common;
#[path = "faults/invariance.rs"]
mod invariance;
#[path = "faults/kinds.rs"]
mod kinds;
#[path = "common/dataset.rs"]
mod made;
#[path = "faults/oracle.rs"]
mod oracle;
#[path = "common/peers.rs"]
mod peers;
#[path = "faults/people.rs"]
mod people;
#[path = "faults/plant.rs"]
mod plant;
#[path = "faults/recall.rs"]
mod recall;

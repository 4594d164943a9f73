//! Staff ask which grid owns a place or an address.

#[path = "locate/address.rs"]
mod address;
#[path = "locate/compiled.rs"]
mod compiled;
#[path = "common/dataset.rs"]
mod dataset;
#[path = "locate/ownership.rs"]
mod ownership;
#[path = "locate/point.rs"]
mod point;
#[path = "locate/suggest.rs"]
mod suggest;
#[path = "locate/tessellation.rs"]
mod tessellation;
#[path = "locate/town.rs"]
mod town;

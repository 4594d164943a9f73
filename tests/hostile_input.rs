//! Hostile input: whatever the bytes are, loading says what is wrong and where, and never panics.

#[path = "hostile_input/support.rs"]
mod support;

#[path = "hostile_input/fields.rs"]
mod fields;
#[path = "hostile_input/files.rs"]
mod files;
#[path = "hostile_input/fuzz.rs"]
mod fuzz;
#[path = "hostile_input/geometries.rs"]
mod geometries;
#[path = "hostile_input/manifests.rs"]
mod manifests;
#[path = "hostile_input/systems.rs"]
mod systems;

//! A dataset: a folder of layers, read once and then immutable.
//!
//! [`load`] is the one way in. A file that is bad as a whole is a [`LoadError`]; a bad feature is
//! left out with a finding, and the rest is used. Only the fields of the domain are read: other
//! columns of a file (names of residents, telephone numbers) never enter the program.

mod build;
mod catalogue;
mod coordinates;
pub mod crs;
mod edit;
mod error;
mod gate;
mod geojson;
mod layer;
mod layer_text;
pub mod ledger;
mod load;
mod manifest;
mod model;
mod record;
mod reference;
mod references;
mod source;
mod table;
mod template;
mod text;
mod value;
mod write;

pub use edit::{AddedFeature, Insertion, LayerEdit};
pub use error::LoadError;
pub use load::load;
pub use manifest::MANIFEST_NAME;
pub use model::{Boundary, Dataset, LayerInfo, LayerShape};
pub use template::{InitError, init, manifest_template};
pub use text::MAX_FILE_BYTES;
pub use write::{RESULT_NAME, WriteError, write_edited};

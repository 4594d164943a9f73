//! Why a dataset could not be loaded at all. What is wrong with single features is not an error
//! but a finding of the dataset ([`crate::domain::Finding`]): the rest of the file is used.
//!
//! Every message names the file as the user gave it and ends with what to do.

use std::path::{Path, PathBuf};

/// Why a dataset could not be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The path does not exist.
    #[error(
        "{}: no such file or folder. Give the folder of a dataset, or one GeoJSON file of grids.",
        path.display()
    )]
    NotFound {
        /// The path given.
        path: PathBuf,
    },
    /// The operating system refuses to read.
    #[error("{}: cannot be read: {source}. Check that it is a file and that you may read it.", file.display())]
    Unreadable {
        /// The file or folder.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The folder holds nothing.
    #[error(
        "{}: the folder is empty. Put grids.geojson or units.geojson there ({looked_for}), or name \
         your files in a wangge.toml (`wangge init FOLDER` writes one).",
        path.display()
    )]
    EmptyFolder {
        /// The folder.
        path: PathBuf,
        /// The names that are read without a manifest.
        looked_for: String,
    },
    /// No layer that a dataset can be made of.
    #[error(
        "{}: has neither grids nor units (nor compounds with a subdistrict or communities, of which \
         units can be made). Looked for {looked_for}; found {found}. Rename the \
         files, or name them in a wangge.toml (`wangge init FOLDER` writes one).",
        path.display()
    )]
    NothingToLoad {
        /// The folder.
        path: PathBuf,
        /// The names looked for.
        looked_for: String,
        /// The files that are there.
        found: String,
    },
    /// The file is larger than is sensible.
    #[error(
        "{}: {bytes} bytes are more than the limit of {limit}. Split the file, or drop what a \
         subdistrict does not need.",
        file.display()
    )]
    TooLarge {
        /// The file.
        file: PathBuf,
        /// Its size.
        bytes: u64,
        /// The greatest size that is read.
        limit: u64,
    },
    /// A format that this version does not read.
    #[error(
        "{}: this version reads GeoJSON and, for points and tables, CSV. {remedy}",
        file.display()
    )]
    UnsupportedFormat {
        /// The file.
        file: PathBuf,
        /// How to convert it.
        remedy: String,
    },
    /// The text is not JSON.
    #[error("{}, line {line}, column {column}: not valid JSON: {detail}. {remedy}", file.display())]
    Json {
        /// The file.
        file: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
        /// What the parser says.
        detail: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The JSON is something else than a FeatureCollection.
    #[error(
        "{}: not a GeoJSON FeatureCollection but {found}. Export the layer as GeoJSON: \
         {{\"type\": \"FeatureCollection\", \"features\": [...]}}.",
        file.display()
    )]
    NotFeatureCollection {
        /// The file.
        file: PathBuf,
        /// What it is.
        found: String,
    },
    /// The CSV cannot be used as a whole.
    #[error("{}, line {line}: {detail}. {remedy}", file.display())]
    Csv {
        /// The file.
        file: PathBuf,
        /// Line, from 1.
        line: u64,
        /// What is wrong.
        detail: String,
        /// What to do.
        remedy: String,
    },
    /// The bytes are not text in the encoding.
    #[error("{}: {detail}. {remedy}", file.display())]
    Encoding {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        detail: String,
        /// What to do.
        remedy: String,
    },
    /// The manifest is wrong.
    #[error("{}, line {line}, key `{key}`: {detail}", file.display())]
    Manifest {
        /// The manifest.
        file: PathBuf,
        /// Line, from 1.
        line: usize,
        /// The key, with the names of its tables: `layers.grids.crs`.
        key: String,
        /// What is wrong and what to do.
        detail: String,
    },
    /// The coordinates are not of the system that the file or the manifest declares.
    #[error("{}: {detail}. {remedy}", file.display())]
    Crs {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        detail: String,
        /// What to do.
        remedy: String,
    },
    /// A layer that the dataset stands on has no feature that can be used.
    #[error("{}: no usable feature in the layer {layer}{}", file.display(), listed(reasons))]
    NoUsableFeature {
        /// The file.
        file: PathBuf,
        /// The layer: `grids` or `units`.
        layer: String,
        /// What is wrong with the features, the first few.
        reasons: Vec<String>,
    },
}

/// The reasons as the end of a sentence.
fn listed(reasons: &[String]) -> String {
    if reasons.is_empty() {
        ": the file holds none. Export it again with its features.".to_owned()
    } else {
        format!(":\n  {}", reasons.join("\n  "))
    }
}

impl LoadError {
    /// The file or folder that the error is about.
    pub fn file(&self) -> &Path {
        match self {
            Self::NotFound { path }
            | Self::EmptyFolder { path, .. }
            | Self::NothingToLoad { path, .. } => path,
            Self::Unreadable { file, .. }
            | Self::TooLarge { file, .. }
            | Self::UnsupportedFormat { file, .. }
            | Self::Json { file, .. }
            | Self::NotFeatureCollection { file, .. }
            | Self::Csv { file, .. }
            | Self::Encoding { file, .. }
            | Self::Manifest { file, .. }
            | Self::Crs { file, .. }
            | Self::NoUsableFeature { file, .. } => file,
        }
    }

    /// An error of the operating system about a file.
    pub(super) fn io(file: &Path, source: std::io::Error) -> Self {
        if source.kind() == std::io::ErrorKind::NotFound {
            Self::NotFound { path: file.to_owned() }
        } else {
            Self::Unreadable { file: file.to_owned(), source }
        }
    }
}

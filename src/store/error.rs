//! Why a store did not do something.

/// Why a store did not do something. `store` names the file or the database, never a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The document is not at the version that a write expects. Nothing was changed.
    #[error("{kind} `{id}` {}; read it again", at_version(*.version))]
    Stale {
        /// The document's kind.
        kind: String,
        /// The document's key.
        id: String,
        /// Its version now; `None` when it is gone.
        version: Option<u64>,
    },
    /// A write expects that there is no such document, and there is. Nothing was changed.
    #[error("{kind} `{id}` exists already, at version {version}; choose another id")]
    Exists {
        /// The document's kind.
        kind: String,
        /// The document's key.
        id: String,
        /// Its version.
        version: u64,
    },
    /// A document to delete is not there. Nothing was changed.
    #[error("there is no {kind} `{id}`")]
    NotFound {
        /// The document's kind.
        kind: String,
        /// The document's key.
        id: String,
    },
    /// What was asked is outside the store's bounds. Nothing was changed.
    #[error("{0}")]
    Invalid(String),
    /// The disk is full. Nothing was changed, and what is there can be read.
    #[error("{store}: the disk is full; make room, then try again")]
    Full {
        /// The store.
        store: String,
    },
    /// A newer version of the program made it.
    #[error(
        "{store} was made by a newer version of wangge (its form is {found}, this program knows \
         {known}); use that version"
    )]
    Newer {
        /// The store.
        store: String,
        /// The number of its last migration.
        found: u32,
        /// The number of the last migration that this program knows.
        known: u32,
    },
    /// It is not a store, or a broken one.
    #[error("{store} {detail}")]
    Damaged {
        /// The store.
        store: String,
        /// What is wrong, and what to do.
        detail: String,
    },
    /// It cannot be reached now, or others keep it busy. A commit that ends so may have been done:
    /// read the document again.
    #[error("{store} cannot be reached at the moment: {detail}")]
    Unavailable {
        /// The store.
        store: String,
        /// What happened.
        detail: String,
    },
    /// Something else: no permission, a setting that is missing.
    #[error("{store}: {detail}")]
    Other {
        /// The store.
        store: String,
        /// What happened, and what to do.
        detail: String,
    },
}

fn at_version(version: Option<u64>) -> String {
    match version {
        Some(version) => format!("is at version {version} now"),
        None => "is not there (any more)".to_owned(),
    }
}

/// The remedy for a damaged store.
pub(super) const RESTORE: &str = "keep the file, and restore a backup (`wangge restore`)";

//! What PostgreSQL's errors mean for a store.

use crate::store::error::StoreError;
use deadpool_postgres::PoolError;
use std::error::Error as _;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

/// An error of the database or of the connection to it.
pub(super) fn error(store: &str, error: &Error) -> StoreError {
    let store = store.to_owned();
    let Some(code) = error.code() else {
        // No answer: the connection was never there, or broke.
        return match error.source().and_then(|cause| cause.downcast_ref::<std::io::Error>()) {
            Some(cause) if is_refusal(cause) => {
                StoreError::Other { store, detail: format!("{error}: {cause}") }
            }
            Some(cause) => StoreError::Unavailable { store, detail: format!("{error}: {cause}") },
            None if error.is_closed() => {
                StoreError::Unavailable { store, detail: "the connection broke".to_owned() }
            }
            None => unanswered(store, error),
        };
    };
    let detail = error.as_db_error().map_or_else(|| error.to_string(), |e| e.message().to_owned());
    if *code == SqlState::DISK_FULL {
        return StoreError::Full { store };
    }
    match &code.code()[..2] {
        // The connection, a deadlock or a lock that was waited for in vain, too many connections,
        // a server that stops or starts.
        "08" | "40" | "53" | "55" | "57" | "25" => StoreError::Unavailable { store, detail },
        // Data or an index that cannot be read.
        "XX" if matches!(code.code(), "XX001" | "XX002") => {
            StoreError::Damaged { store, detail: format!("is damaged: {detail}") }
        }
        _ => StoreError::Other { store, detail },
    }
}

/// Neither an answer nor an error of the network: a handshake, a password or a bad message.
fn unanswered(store: String, error: &Error) -> StoreError {
    let detail = match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    };
    // The driver says so only in words.
    if error.to_string().starts_with("error connecting") || error.to_string().starts_with("timeout")
    {
        return StoreError::Unavailable { store, detail };
    }
    StoreError::Other { store, detail }
}

/// Whether trying again is in vain, as when a certificate is not trusted.
fn is_refusal(cause: &std::io::Error) -> bool {
    use std::io::ErrorKind::{InvalidData, InvalidInput, PermissionDenied};
    matches!(cause.kind(), InvalidData | InvalidInput | PermissionDenied)
}

/// An error of the pool.
pub(super) fn pool_error(store: &str, failure: &PoolError) -> StoreError {
    match failure {
        PoolError::Backend(cause) => error(store, cause),
        other => StoreError::Unavailable { store: store.to_owned(), detail: other.to_string() },
    }
}

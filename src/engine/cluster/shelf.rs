//! The tables that a scheduler keeps for its executors. A client brings a table once; each executor
//! fetches it once, and the shelf counts.
//!
//! | request | does |
//! |---|---|
//! | `PUT /wangge/tables/NAME` | takes a table whose digest is NAME |
//! | `GET /wangge/tables/NAME?executor=ID` | gives it |

use crate::engine::error::TableError;
use crate::engine::table::TableName;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Most tables kept; the one that was brought or sent longest ago gives way.
const MOST_TABLES: usize = 4;

/// What a scheduler says of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableInfo {
    /// Its digest.
    pub name: String,
    /// Its size.
    pub bytes: usize,
    /// How often it was sent to each executor.
    pub sent: BTreeMap<String, u64>,
}

struct Kept {
    name: TableName,
    bytes: Bytes,
    sent: BTreeMap<String, u64>,
}

/// The tables of a scheduler.
#[derive(Clone, Default)]
pub struct Shelf(Arc<Mutex<Vec<Kept>>>);

#[derive(Deserialize)]
struct Asked {
    executor: String,
}

impl Shelf {
    /// What is kept.
    pub fn tables(&self) -> Vec<TableInfo> {
        let info = |kept: &Kept| TableInfo {
            name: kept.name.to_string(),
            bytes: kept.bytes.len(),
            sent: kept.sent.clone(),
        };
        self.with(|tables| tables.iter().map(info).collect())
    }

    fn with<T>(&self, work: impl FnOnce(&mut Vec<Kept>) -> T) -> T {
        // A panic elsewhere leaves the list whole: every change is one push or remove.
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, name: TableName, bytes: Bytes) -> Result<(), TableError> {
        let found = TableName::of(&bytes);
        if found != name {
            return Err(TableError::OtherTable { asked: name, found });
        }
        self.with(|tables| {
            if last(tables, name).is_some() {
                return;
            }
            if tables.len() == MOST_TABLES {
                tables.remove(0);
            }
            tracing::info!(table = %name, bytes = bytes.len(), "a table was brought");
            tables.push(Kept { name, bytes, sent: BTreeMap::new() });
        });
        Ok(())
    }

    fn get(&self, name: TableName, executor: &str) -> Option<Bytes> {
        self.with(|tables| {
            let kept = last(tables, name)?;
            let times = kept.sent.entry(executor.to_owned()).or_default();
            *times += 1;
            tracing::info!(table = %name, executor, times = *times, "a table is sent");
            Some(kept.bytes.clone())
        })
    }

    /// The pages for tables of at most so many bytes.
    pub fn routes(&self, most_bytes: usize) -> Router {
        Router::new()
            .route("/wangge/tables/{name}", get(give).put(take))
            .layer(DefaultBodyLimit::max(most_bytes))
            .with_state(self.clone())
    }
}

/// Makes a table that is kept the last to give way.
fn last(tables: &mut Vec<Kept>, name: TableName) -> Option<&mut Kept> {
    let position = tables.iter().position(|kept| kept.name == name)?;
    let kept = tables.remove(position);
    tables.push(kept);
    tables.last_mut()
}

type Refusal = (StatusCode, String);

fn name_of(text: &str) -> Result<TableName, Refusal> {
    text.parse().map_err(|error: TableError| (StatusCode::BAD_REQUEST, error.to_string()))
}

async fn take(
    State(shelf): State<Shelf>,
    Path(name): Path<String>,
    bytes: Bytes,
) -> Result<StatusCode, Refusal> {
    let name = name_of(&name)?;
    // Digesting a gigabyte takes a second.
    let done = tokio::task::spawn_blocking(move || shelf.put(name, bytes)).await;
    done.map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?
        .map_err(|error| (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn give(
    State(shelf): State<Shelf>,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Bytes, Refusal> {
    let found = shelf.get(name_of(&name)?, &asked.executor);
    found.ok_or_else(|| (StatusCode::NOT_FOUND, "this table was not brought here".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shelf_counts_and_takes_nothing_under_a_wrong_name() {
        let shelf = Shelf::default();
        let name = TableName::of(b"one");
        assert!(shelf.put(name, Bytes::from_static(b"two")).is_err());
        assert!(shelf.get(name, "a").is_none());
        shelf.put(name, Bytes::from_static(b"one")).unwrap();
        shelf.put(name, Bytes::from_static(b"one")).unwrap();
        assert_eq!(shelf.get(name, "a").as_deref(), Some(&b"one"[..]));
        assert!(shelf.get(name, "a").is_some() && shelf.get(name, "b").is_some());
        let tables = shelf.tables();
        assert_eq!(tables.len(), 1);
        assert_eq!(tables[0].sent, BTreeMap::from([("a".to_owned(), 2), ("b".to_owned(), 1)]));
    }

    #[test]
    fn the_table_that_is_longest_out_of_use_gives_way() {
        let shelf = Shelf::default();
        for n in 0..MOST_TABLES as u8 {
            shelf.put(TableName::of(&[n]), Bytes::from(vec![n])).unwrap();
        }
        // The first is sent, the second brought again: the third is out of use.
        assert!(shelf.get(TableName::of(&[0]), "a").is_some());
        shelf.put(TableName::of(&[1]), Bytes::from(vec![1])).unwrap();
        shelf.put(TableName::of(b"new"), Bytes::from_static(b"new")).unwrap();
        assert_eq!(shelf.tables().len(), MOST_TABLES);
        let is_kept = |n: u8| shelf.get(TableName::of(&[n]), "a").is_some();
        assert!(is_kept(0) && is_kept(1) && !is_kept(2) && is_kept(3));
    }
}

//! The SQLite store: the suite that every adapter passes, and what is only SQLite's: files, locks,
//! crashes, full disks, sweeping, copies.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a helper of a test fails by panicking, and the suite says how many cases it ran"
)]

mod child;
mod conformance;
mod crash;
mod full;
mod opening;
mod upkeep;

use cws_embedded::sqlite::{Durability, Options, SqliteStore};
use cws_model::{Timestamp, id::CommitId};
use cws_store::{Commit, Consistency, Expect, Key, Op, Store, Value};
use std::{path::Path, sync::Arc};

/// Not synchronised to the disk: for everything but durability.
fn quick() -> Options {
    Options { durability: Durability::TestOnly, ..Options::default() }
}

fn open(data: &Path) -> Arc<SqliteStore> {
    SqliteStore::open(data, quick()).unwrap()
}

fn key(sort: &str) -> Key {
    Key::new("usr#uni", sort)
}

fn put_at(key: Key, json: &str) -> Op {
    Op::Put { key, expect: Expect::Any, value: Value::Json(json.to_owned()), schema: 1, expires_at: None }
}

fn put(sort: &str, json: &str) -> Op {
    put_at(key(sort), json)
}

fn add(sort: &str, by: i64) -> Op {
    Op::Add { key: key(sort), by, at_least: None, at_most: None }
}

/// A commit whose id is a number.
fn commit(number: u64, ops: Vec<Op>) -> Commit {
    let mut random = [0; 10];
    random[..8].copy_from_slice(&number.to_be_bytes());
    Commit { id: CommitId::new(Timestamp::from_millis(1), random), ops }
}

async fn value(store: &dyn Store, sort: &str) -> Option<Value> {
    let items = store.get(&[key(sort)], Consistency::Strong).await.unwrap();
    items.into_iter().next().flatten().map(|item| item.value)
}

fn json(text: &str) -> Option<Value> {
    Some(Value::Json(text.to_owned()))
}

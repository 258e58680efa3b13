//! What the store crate itself can show without a database: the suite against its own model, the suite
//! against stores that are wrong on purpose, the decorators, and cursors.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a helper of a test fails by panicking, and the suite says how many cases it ran"
)]

mod cursor;
mod faults;
mod mutants;
mod reference;
mod retrying;
mod rows;

use cws_model::{Timestamp, id::CommitId};
use cws_store::{Commit, Expect, Key, Op, Store, Value, conformance::Reference};
use futures::executor::block_on;
use std::sync::Arc;

fn key(sort: &str) -> Key {
    Key::new("usr#uni", sort)
}

fn put(sort: &str, json: &str) -> Op {
    Op::Put {
        key: key(sort),
        expect: Expect::Any,
        value: Value::Json(json.to_owned()),
        schema: 1,
        expires_at: None,
    }
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

fn reference() -> Arc<Reference> {
    Arc::new(Reference::new())
}

/// The value at a key, read strongly.
fn value(store: &dyn Store, sort: &str) -> Option<Value> {
    let items = block_on(store.get(&[key(sort)], cws_store::Consistency::Strong)).unwrap();
    items.into_iter().next().flatten().map(|item| item.value)
}

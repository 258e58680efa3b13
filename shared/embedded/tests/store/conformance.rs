//! The suite, on one database file.

use super::{open, quick};
use cws_embedded::sqlite::{Options, SqliteStore};
use cws_store::{
    Store,
    conformance::{self, Scale},
    faults::{Conflict, FailAfterCommit, FailBeforeCommit, Stale, Throttle, When},
    retry::{Retrying, Rule},
};
use futures::future::ready;
use std::sync::Arc;

async fn holds_for(what: &str, store: Arc<dyn Store>, scale: Scale) {
    let report = conformance::run(store, 1, scale, |_| true).await;
    println!("{what}: {} cases passed, {} failed", report.passed, report.failed.len());
    assert!(report.failed.is_empty(), "{what}: {:#?}", report.failed);
    assert_eq!(report.passed, conformance::cases().len());
}

/// More retries than the product's rule: here a fault strikes one call in four, for thousands of calls.
fn patient(store: impl Store) -> Arc<dyn Store> {
    let rule = Rule { retries: 24, ..Rule::new(Arc::new(|_| Box::pin(ready(()))), 7) };
    Arc::new(Retrying::new(Arc::new(store), rule))
}

#[tokio::test]
async fn the_store_passes_the_suite_at_full_scale() {
    let data = tempfile::tempdir().unwrap();
    holds_for("sqlite", open(data.path()), Scale::FULL).await;
}

#[tokio::test]
async fn the_store_passes_the_suite_as_it_is_shipped() {
    let data = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(data.path(), Options::default()).unwrap();
    holds_for("sqlite, durable", store, Scale::SMALL).await;
}

#[tokio::test]
async fn the_store_passes_the_suite_with_one_reader() {
    let data = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(data.path(), Options { readers: 1, ..quick() }).unwrap();
    holds_for("sqlite, one reader", store, Scale::SMALL).await;
}

#[tokio::test]
async fn the_store_passes_the_suite_behind_every_fault() {
    let data = tempfile::tempdir().unwrap();
    let store = open(data.path());
    let faulty: [(&str, Arc<dyn Store>); 5] = [
        ("throttle", patient(Throttle::new(Arc::clone(&store), When::one_in(4, 1)))),
        ("fail after commit", patient(FailAfterCommit::new(Arc::clone(&store), When::one_in(4, 2)))),
        ("fail before commit", patient(FailBeforeCommit::new(Arc::clone(&store), When::one_in(4, 3)))),
        ("conflict", patient(Conflict::new(Arc::clone(&store), When::one_in(5, 4)))),
        ("stale", Arc::new(Stale::new(store, 5, 5))),
    ];
    for (salt, (what, store)) in (1..).zip(faulty) {
        let report = conformance::run(store, salt, Scale::SMALL, |_| true).await;
        println!("sqlite, {what}: {} cases passed, {} failed", report.passed, report.failed.len());
        assert!(report.failed.is_empty(), "{what}: {:#?}", report.failed);
    }
}

/// Many short ones find other mistakes than a few long ones.
#[tokio::test]
async fn ten_thousand_random_sequences_agree_with_the_model() {
    let data = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = open(data.path());
    let scale = Scale { commits: 8, ..Scale::SMALL };
    let mut passed = 0;
    for salt in 0..1_000 {
        let report =
            conformance::run(store.clone(), salt, scale, |name| name.starts_with("sequences::")).await;
        assert!(report.failed.is_empty(), "salt {salt}: {:#?}", report.failed);
        passed += report.passed;
    }
    assert_eq!(passed, 10_000);
}

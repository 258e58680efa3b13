//! The suite holds for its own model, bare and behind every decorator.

use super::reference;
use cws_store::{
    Store,
    conformance::{self, Scale},
    faults::{Conflict, FailAfterCommit, FailBeforeCommit, Stale, Throttle, When},
    retry::{Retrying, Rule},
};
use futures::{executor::block_on, future::ready};
use std::sync::Arc;

fn holds_for(what: &str, store: Arc<dyn Store>) {
    let report = block_on(conformance::run(store, 1, Scale::SMALL, |_| true));
    println!("{what}: {} cases passed, {} failed", report.passed, report.failed.len());
    assert!(report.failed.is_empty(), "{what}: {:#?}", report.failed);
    assert_eq!(report.passed, conformance::cases().len());
}

/// More retries than the product's rule: here a fault strikes one call in four, for thousands of calls.
fn patient(store: impl Store) -> Arc<dyn Store> {
    let rule = Rule { retries: 24, ..Rule::new(Arc::new(|_| Box::pin(ready(()))), 7) };
    Arc::new(Retrying::new(Arc::new(store), rule))
}

#[test]
fn the_model_passes_the_suite() {
    holds_for("model", reference());
}

#[test]
fn the_suite_passes_behind_throttling() {
    holds_for("throttle", patient(Throttle::new(reference(), When::one_in(4, 1))));
}

#[test]
fn the_suite_passes_when_answers_are_lost_after_the_commit() {
    holds_for("fail after commit", patient(FailAfterCommit::new(reference(), When::one_in(4, 2))));
}

#[test]
fn the_suite_passes_when_commits_are_lost_before_they_happen() {
    holds_for("fail before commit", patient(FailBeforeCommit::new(reference(), When::one_in(4, 3))));
}

#[test]
fn the_suite_passes_behind_contention() {
    holds_for("conflict", patient(Conflict::new(reference(), When::one_in(4, 4))));
}

#[test]
fn the_suite_passes_with_stale_eventual_reads() {
    holds_for("stale", Arc::new(Stale::new(reference(), 5, 5)));
}

#[test]
fn the_suite_passes_with_everything_at_once() {
    let stale = Arc::new(Stale::new(reference(), 5, 6));
    let unknown = Arc::new(FailAfterCommit::new(stale, When::one_in(5, 7)));
    let conflict = Arc::new(Conflict::new(unknown, When::one_in(5, 8)));
    holds_for("everything", patient(Throttle::new(conflict, When::one_in(5, 9))));
}

//! The retry rule: what is sent again, how often, after how long, and what a caller is told at the end.

use super::{add, commit, key, reference, value};
use cws_store::{
    Commit, Consistency, Expect, Op, Store, StoreError, Value,
    faults::{Conflict, Crash, FailAfterCommit, FailBeforeCommit, Recording, Throttle, When},
    retry::{Retrying, Rule},
};
use futures::{executor::block_on, future::ready};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

type Waits = Arc<Mutex<Vec<Duration>>>;

/// The product's rule, with a sleeper that only writes down.
fn rule() -> (Rule, Waits) {
    let waits = Waits::default();
    let to = Arc::clone(&waits);
    let rule = Rule::new(
        Arc::new(move |wait| {
            to.lock().unwrap().push(wait);
            Box::pin(ready(()))
        }),
        1,
    );
    (rule, waits)
}

fn send_by(store: Arc<dyn Store>, commit: &Commit, rule: Rule) -> Result<(), StoreError> {
    block_on(Retrying::new(store, rule).commit(commit))
}

/// Sends one addition; answers the result and how often it was sent.
fn send(store: Arc<dyn Store>) -> (Result<(), StoreError>, u64, Vec<Duration>) {
    let (rule, waits) = rule();
    let recording = Arc::new(Recording::new(store));
    let result = send_by(recording.clone(), &commit(1, vec![add("n", 1)]), rule);
    let waits = waits.lock().unwrap().clone();
    (result, recording.take().commits, waits)
}

#[test]
fn a_lost_answer_is_asked_for_again_and_the_commit_happens_once() {
    for nth in 1..=4 {
        let inner = reference();
        let store: Arc<dyn Store> = Arc::new(FailAfterCommit::new(Arc::clone(&inner), When::nth(nth)));
        for n in 1..=4 {
            send_by(Arc::clone(&store), &commit(n, vec![add("n", 1)]), rule().0).unwrap();
        }
        assert_eq!(value(inner.as_ref(), "n"), Some(Value::Count(4)), "lost at {nth}");
    }
}

#[test]
fn a_commit_is_sent_four_times_at_most() {
    let (result, sent, waits) = send(Arc::new(FailBeforeCommit::new(reference(), When::Always)));
    assert!(matches!(result, Err(StoreError::Unknown(_))), "{result:?}");
    assert_eq!((sent, waits.len()), (4, 3));
}

#[test]
fn waits_double_with_full_jitter_up_to_a_second() {
    let (mut rule, waits) = rule();
    rule.retries = 12;
    for n in 0..200 {
        let store = Arc::new(Throttle::new(reference(), When::Always));
        let result = send_by(store, &commit(n, vec![add("n", 1)]), rule.clone());
        assert!(matches!(result, Err(StoreError::Throttled)));
    }
    let waits = waits.lock().unwrap().clone();
    for retry in 0..12 {
        let bound = Duration::from_millis(25 << retry).min(Duration::from_secs(1));
        let of_retry: Vec<Duration> = waits.iter().skip(retry).step_by(12).copied().collect();
        let longest = of_retry.iter().max().copied().unwrap();
        assert!(longest <= bound && longest > bound / 2, "retry {retry}: {longest:?} of {bound:?}");
        assert!(of_retry.iter().min().copied().unwrap() < bound / 4, "retry {retry} has no jitter");
    }
}

#[test]
fn a_failed_condition_is_never_sent_again() {
    let recording = Arc::new(Recording::new(reference()));
    let check = Op::Check { key: key("n"), expect: Expect::Present };
    let result = send_by(recording.clone(), &commit(1, vec![check]), rule().0);
    assert!(matches!(result, Err(StoreError::Conflict { failed }) if failed == [0]));
    assert_eq!(recording.take().commits, 1);
}

#[test]
fn contention_is_sent_again() {
    let (result, sent, _) = send(Arc::new(Conflict::new(reference(), When::nth(1))));
    assert!(result.is_ok());
    assert_eq!(sent, 2);
}

#[test]
fn a_store_that_went_away_is_not_asked_again() {
    let (result, sent, _) = send(Arc::new(Crash::after(reference(), 0)));
    assert!(matches!(result, Err(StoreError::Unavailable(_))));
    assert_eq!(sent, 1);
}

#[test]
fn once_an_outcome_was_unknown_the_caller_is_not_told_that_nothing_changed() {
    // The first answer is lost after the commit; from the second call on the store is away.
    let crash = Arc::new(Crash::after(reference(), 1));
    let (result, sent, _) = send(Arc::new(FailAfterCommit::new(crash, When::nth(1))));
    assert!(matches!(result, Err(StoreError::Unknown(_))), "{result:?}");
    assert_eq!(sent, 2);
}

#[test]
fn reads_are_retried_too() {
    let store = Arc::new(Throttle::new(reference(), When::nth(1)));
    let retrying = Retrying::new(store, rule().0);
    assert_eq!(block_on(retrying.get(&[key("a")], Consistency::Strong)).unwrap(), vec![None]);
}

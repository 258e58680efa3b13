//! Each decorator does what it says, and the same each time.

use super::{add, commit, key, put, reference, value};
use cws_store::{
    Consistency, Expect, Key, Op, Page, Range, Store, StoreError, Value,
    conformance::Reference,
    faults::{Conflict, Crash, Dice, FailAfterCommit, FailBeforeCommit, Recording, Stale, Throttle, When},
};
use futures::executor::block_on;
use std::sync::Arc;

#[test]
fn dice_roll_the_same_from_the_same_seed_and_reach_every_side() {
    let (a, b, other) = (Dice::new(7), Dice::new(7), Dice::new(8));
    let rolls: Vec<u64> = (0..1000).map(|_| a.below(6)).collect();
    assert!(rolls.iter().all(|roll| *roll == b.below(6)));
    assert!(rolls.iter().any(|roll| *roll != other.below(6)));
    for side in 0..6 {
        let times = rolls.iter().filter(|roll| **roll == side).count();
        assert!((100..240).contains(&times), "side {side} came {times} times");
    }
}

#[test]
fn a_throttled_call_changes_nothing() {
    let inner = reference();
    let store = Throttle::new(Arc::clone(&inner), When::Always);
    assert!(matches!(block_on(store.commit(&commit(1, vec![put("a", "1")]))), Err(StoreError::Throttled)));
    assert!(matches!(block_on(store.get(&[key("a")], Consistency::Strong)), Err(StoreError::Throttled)));
    assert_eq!(value(inner.as_ref(), "a"), None);
}

#[test]
fn a_commit_whose_answer_is_lost_is_applied_or_not_as_the_decorator_says() {
    let (after, before) = (reference(), reference());
    let unknown = |store: &dyn Store| match block_on(store.commit(&commit(1, vec![put("a", "1")]))) {
        Err(StoreError::Unknown(_)) => {}
        other => panic!("{other:?}"),
    };
    unknown(&FailAfterCommit::new(Arc::clone(&after), When::Always));
    unknown(&FailBeforeCommit::new(Arc::clone(&before), When::Always));
    assert_eq!(value(after.as_ref(), "a"), Some(Value::Json("1".to_owned())));
    assert_eq!(value(before.as_ref(), "a"), None);
}

#[test]
fn a_commit_that_fails_is_told_as_it_is_even_when_answers_get_lost() {
    let store = FailAfterCommit::new(reference(), When::Always);
    let check = Op::Check { key: key("a"), expect: Expect::Present };
    let found = block_on(store.commit(&commit(1, vec![check])));
    assert!(matches!(found, Err(StoreError::Conflict { failed }) if failed == [0]));
}

#[test]
fn contention_names_no_position_and_strikes_at_the_call_named() {
    let store = Conflict::new(reference(), When::nth(2));
    let found: Vec<bool> =
        (1..=3).map(|n| block_on(store.commit(&commit(n, vec![add("n", 1)]))).is_ok()).collect();
    assert_eq!(found, [true, false, true]);
    assert_eq!(value(&store, "n"), Some(Value::Count(2)));
}

#[test]
fn after_the_crash_nothing_answers_and_what_was_done_stays() {
    let inner = reference();
    let store = Crash::after(Arc::clone(&inner), 2);
    block_on(store.commit(&commit(1, vec![put("a", "1")]))).unwrap();
    block_on(store.health()).unwrap();
    for _ in 0..3 {
        let found = block_on(store.commit(&commit(2, vec![put("a", "2")])));
        assert!(matches!(found, Err(StoreError::Unavailable(_))), "{found:?}");
    }
    assert_eq!(value(inner.as_ref(), "a"), Some(Value::Json("1".to_owned())));
}

#[test]
fn a_recording_counts_by_kind_and_starts_again_when_taken() {
    let store = Recording::new(reference());
    block_on(async {
        let keys = [key("a"), key("b"), Key::new("prj#uni", "p")];
        store.get(&keys, Consistency::Strong).await.unwrap();
        store.range(&Range::all("mem#uni#p"), Consistency::Eventual).await.unwrap();
        let delete = Op::Delete { key: Key::new("prj#uni", "p"), expect: Expect::Any };
        store.commit(&commit(1, vec![put("a", "1"), put("b", "1"), add("n", 1), delete])).await.unwrap();
    });
    let tally = store.take();
    assert_eq!(
        (tally.reads(), tally.gets, tally.commits, tally.eventual, tally.operations()),
        (2, 1, 1, 1, 4)
    );
    assert_eq!((tally.keys["usr"], tally.keys["prj"], tally.ranges["mem"]), (2, 1, 1));
    assert_eq!((tally.ops["put usr"], tally.ops["add usr"], tally.ops["delete prj"]), (2, 1, 1));
    assert_eq!(store.take().operations(), 0);
}

/// What an eventual reader may see of a counter after each of its commits.
fn seen_counts(store: &Stale<Reference>) -> Vec<i64> {
    (0..200)
        .map(|_| match block_on(store.get(&[key("n")], Consistency::Eventual)).unwrap().remove(0) {
            Some(item) => match item.value {
                Value::Count(count) => count,
                other => panic!("{other:?}"),
            },
            None => 0,
        })
        .collect()
}

#[test]
fn an_eventual_read_lags_by_at_most_the_commits_named_and_a_strong_one_never() {
    let store = Stale::new(reference(), 3, 1);
    for n in 1..=10 {
        block_on(store.commit(&commit(n, vec![add("n", 1)]))).unwrap();
        let count = i64::try_from(n).unwrap();
        let mut seen = seen_counts(&store);
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, ((count - 3).max(0)..=count).collect::<Vec<_>>());
        assert_eq!(value(&store, "n"), Some(Value::Count(count)));
    }
}

/// Every eventual page must be a page of some moment of the last five, in full.
#[test]
fn an_eventual_range_is_the_range_of_a_moment() {
    let store = Stale::new(reference(), 4, 2);
    let mut moments: Vec<Page> = Vec::new();
    let dice = Dice::new(3);
    for n in 1..=60 {
        let sort = format!("{}", dice.below(8));
        let delete = Op::Delete { key: key(&sort), expect: Expect::Any };
        let op = if dice.below(3) == 0 { delete } else { put(&sort, &n.to_string()) };
        block_on(store.commit(&commit(n, vec![op]))).unwrap();
        let range = Range::all("usr#uni");
        moments.push(block_on(store.range(&range, Consistency::Strong)).unwrap());
        for _ in 0..20 {
            let page = block_on(store.range(&range, Consistency::Eventual)).unwrap();
            assert!(moments.iter().rev().take(5).any(|moment| *moment == page) || n <= 4, "{page:?}");
        }
    }
}

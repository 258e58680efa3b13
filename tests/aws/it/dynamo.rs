//! The DynamoDB store beyond the conformance suite: what only this adapter can get wrong.

use cws_model::{Timestamp, id::CommitId};
use cws_store::{Commit, Consistency, Expect, Key, Op, Range, Span, Store as _, StoreError, Value};
use cws_tests_aws::Emulator;

fn commit(seed: u8, ops: Vec<Op>) -> Commit {
    Commit { id: CommitId::new(Timestamp::from_millis(1_795_430_000_000), [seed; 10]), ops }
}

fn put(sort: &str, expect: Expect) -> Op {
    let (key, value) = (Key::new("usr#local", sort), Value::Json(format!("\"{sort}\"")));
    Op::Put { key, expect, value, schema: 1, expires_at: None }
}

fn add(by: i64, at_most: Option<i64>) -> Op {
    Op::Add { key: Key::new("tpc#t", "total"), by, at_least: None, at_most }
}

#[tokio::test]
async fn one_operation_sent_twice_has_one_effect() {
    let emulator = Emulator::start().await;
    let store = emulator.store();
    let first = commit(1, vec![put("a", Expect::Absent)]);
    store.commit(&first).await.unwrap();
    store.commit(&commit(2, vec![put("a", Expect::Present)])).await.unwrap();
    store.commit(&first).await.unwrap();
    let found = store.get(&[Key::new("usr#local", "a")], Consistency::Strong).await.unwrap();
    assert_eq!(found[0].as_ref().unwrap().revision, commit(2, Vec::new()).revision());
}

#[tokio::test]
async fn a_counter_added_to_twice_by_one_commit_counts_once() {
    let emulator = Emulator::start().await;
    let store = emulator.store();
    for _ in 0..3 {
        store.commit(&commit(7, vec![add(5, None)])).await.unwrap();
    }
    let found = store.get(&[Key::new("tpc#t", "total")], Consistency::Strong).await.unwrap();
    assert_eq!(found[0].as_ref().unwrap().value, Value::Count(5));
}

#[tokio::test]
async fn a_counter_keeps_to_the_range_of_its_type() {
    let emulator = Emulator::start().await;
    let store = emulator.store();
    store.commit(&commit(1, vec![add(i64::MAX, None)])).await.unwrap();
    let over = store.commit(&commit(2, vec![add(1, None)])).await.unwrap_err();
    assert!(matches!(over, StoreError::Conflict { failed } if failed == [0]));
    store.commit(&commit(3, vec![add(i64::MIN, None)])).await.unwrap();
    let found = store.get(&[Key::new("tpc#t", "total")], Consistency::Strong).await.unwrap();
    assert_eq!(found[0].as_ref().unwrap().value, Value::Count(-1));
}

#[tokio::test]
async fn a_batch_over_sixteen_megabytes_is_read_whole_and_in_order() {
    let emulator = Emulator::start().await;
    let store = emulator.store();
    let keys: Vec<Key> = (0..60).map(|n| Key::new("tpb#d", format!("{n:02}"))).collect();
    for (seed, keys) in (0..).zip(keys.chunks(10)) {
        let large = |key: &Key| Op::Put {
            key: key.clone(),
            expect: Expect::Any,
            value: Value::Bytes(vec![seed; 390 * 1024]),
            schema: 1,
            expires_at: None,
        };
        store.commit(&commit(seed, keys.iter().map(large).collect())).await.unwrap();
    }
    let mut asked = keys.clone();
    asked.reverse();
    asked.insert(3, Key::new("tpb#d", "missing"));
    let found = store.get(&asked, Consistency::Strong).await.unwrap();
    assert!(found[3].is_none());
    for (key, item) in asked.iter().zip(&found).filter(|(key, _)| key.sort != "missing") {
        assert_eq!(&item.as_ref().unwrap().key, key);
    }
}

#[tokio::test]
async fn pages_of_every_span_read_in_both_directions_hold_each_row_once() {
    let emulator = Emulator::start().await;
    let store = emulator.store();
    let sorts = ["a", "b", "b/1", "b/2", "b/é", "b/\u{10ffff}", "c", "d"];
    store.commit(&commit(1, sorts.iter().map(|sort| put(sort, Expect::Any)).collect())).await.unwrap();
    let between = |from: &str, to: &str| Span::Between(from.to_owned(), to.to_owned());
    let spans = [
        Span::All,
        Span::Prefix("b/".to_owned()),
        between("b", "c"),
        between("a", "b/2"),
        between("b/0", "zz"),
    ];
    for span in spans {
        for (reverse, limit) in [(false, 1), (false, 3), (true, 1), (true, 3), (false, 100), (true, 100)] {
            let mut range = Range { span: span.clone(), reverse, limit, ..Range::all("usr#local") };
            let mut expected: Vec<&str> = sorts.into_iter().filter(|sort| range.holds(sort)).collect();
            if reverse {
                expected.reverse();
            }
            let mut found = Vec::new();
            loop {
                let page = store.range(&range, Consistency::Strong).await.unwrap();
                assert!(page.items.len() <= limit as usize);
                found.extend(page.items.into_iter().map(|item| item.key.sort));
                let Some(next) = page.next else { break };
                range.after = Some(next);
            }
            assert_eq!(found, expected, "{span:?} reverse {reverse} limit {limit}");
        }
    }
}

#[tokio::test]
async fn a_full_page_at_the_end_says_that_it_is_the_end() {
    let emulator = Emulator::start().await;
    let store = emulator.store();
    store.commit(&commit(1, vec![put("a", Expect::Any), put("b", Expect::Any)])).await.unwrap();
    for reverse in [false, true] {
        let range = Range { limit: 2, reverse, ..Range::all("usr#local") };
        let page = store.range(&range, Consistency::Strong).await.unwrap();
        assert_eq!((page.items.len(), page.next), (2, None));
    }
}

#[tokio::test]
async fn a_missing_table_is_said_and_nothing_is_unknown() {
    let emulator = Emulator::start().await;
    let store = cws_aws::DynamoStore::new(emulator.client(), "no-such-table");
    let error = store.commit(&commit(1, vec![put("a", Expect::Any)])).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    assert!(matches!(store.health().await.unwrap_err(), StoreError::Unavailable(_)));
}

#[tokio::test]
async fn without_an_answer_the_outcome_of_a_commit_is_unknown() {
    let emulator = Emulator::start().await;
    let store = emulator.store();
    drop(emulator);
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let error = store.commit(&commit(1, vec![put("a", Expect::Any)])).await.unwrap_err();
    assert!(matches!(error, StoreError::Unknown(_)), "{error}");
    let error = store.range(&Range::all("usr#local"), Consistency::Strong).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let emulator = Emulator::start().await;
    let store = emulator.store();
    assert_eq!(store.health().await.unwrap().schema, cws_aws::dynamo::SCHEMA);
    let key = Key::new("met#store", "schema");
    let value = Value::Json("99".to_owned());
    let mark = Op::Put { key, expect: Expect::Any, value, schema: 1, expires_at: None };
    store.commit(&commit(1, vec![mark])).await.unwrap();
    let error = store.health().await.unwrap_err();
    assert!(matches!(error, StoreError::NewerSchema { found: 99, .. }), "{error}");
}

//! Typed rows: expiry is the reader's, and code fails closed on rows that are newer than it.

use super::{key, reference};
use cws_model::{Timestamp, id::CommitId};
use cws_store::{
    Commit, Consistency, Expect, Item, Kind, Op, Record, Revision, Slot, Store, StoreError, Value, Writes,
    kind,
};
use futures::executor::block_on;
use serde::{Deserialize, Serialize};

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Person {
    full_name: String,
}

impl Record for Person {
    const KIND: Kind = kind::USER;
    const SCHEMA: u32 = 2;

    fn upgrade(from: u32, json: serde_json::Value) -> Option<serde_json::Value> {
        let name = json.get("name")?.clone();
        (from == 1).then(|| serde_json::json!({ "full_name": name }))
    }
}

fn item(json: &str, schema: u32, expires_at: Option<Timestamp>) -> Item {
    let value = Value::Json(json.to_owned());
    Item { key: key("a"), revision: Revision("com_1".to_owned()), schema, value, expires_at }
}

fn read(item: Item) -> Result<Slot<Person>, StoreError> {
    Slot::read(key("a"), Some(item), NOW)
}

#[test]
fn a_row_of_the_version_before_is_upgraded_when_read() {
    let slot = read(item(r#"{"name":"Ada"}"#, 1, None)).unwrap();
    assert_eq!(slot.value(), Some(&Person { full_name: "Ada".to_owned() }));
}

#[test]
fn a_row_of_a_newer_version_is_refused_even_when_it_looks_familiar() {
    let found = read(item(r#"{"full_name":"Ada"}"#, 3, None));
    assert!(matches!(found, Err(StoreError::NewerSchema { found: 3, known: 2, .. })), "{found:?}");
}

#[test]
fn a_row_that_is_no_json_of_its_type_is_corrupt_and_shows_no_content() {
    for json in ["", "{", "17", r#"{"name":"secret"}"#] {
        match read(item(json, 2, None)) {
            Err(e @ StoreError::Corrupt { .. }) => assert!(!e.to_string().contains("secret"), "{e}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_row_is_gone_at_its_instant_and_writing_over_it_is_still_checked() {
    let at = |millis| Some(Timestamp::from_millis(NOW.millis() + millis));
    let json = r#"{"full_name":"Ada"}"#;
    assert!(read(item(json, 2, at(1))).unwrap().value().is_some());
    for expired in [at(0), at(-1)] {
        let slot = read(item(json, 2, expired)).unwrap();
        assert!(slot.value().is_none());
        assert_eq!(slot.unchanged(), Expect::Revision(Revision("com_1".to_owned())));
    }
}

#[test]
fn an_expired_row_that_was_swept_meanwhile_is_a_conflict_not_a_silent_write() {
    let store = reference();
    let expired = Op::Put {
        key: key("a"),
        expect: Expect::Any,
        value: Value::Json(r#"{"full_name":"Ada"}"#.to_owned()),
        schema: 2,
        expires_at: Some(NOW),
    };
    let id = |n| CommitId::new(NOW, [n; 10]);
    block_on(async {
        store.commit(&Commit { id: id(1), ops: vec![expired] }).await.unwrap();
        let row = store.get(&[key("a")], Consistency::Strong).await.unwrap().remove(0);
        let slot = Slot::<Person>::read(key("a"), row, NOW).unwrap();
        let swept = Op::Delete { key: key("a"), expect: Expect::Any };
        store.commit(&Commit { id: id(2), ops: vec![swept] }).await.unwrap();
        let mut writes = Writes::new();
        writes.put(&slot, &Person { full_name: "Eve".to_owned() }).unwrap();
        let found = store.commit(&writes.into_commit(id(3))).await;
        assert!(matches!(found, Err(StoreError::Conflict { .. })), "{found:?}");
    });
}

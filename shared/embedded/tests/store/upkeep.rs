//! Sweeping, forgetting, copying, and the notice of the outbox.

use super::{Options, SqliteStore, add, commit, json, key, open, put, put_at, quick, value};
use cws_model::Timestamp;
use cws_store::{Consistency, Expect, Key, Op, Range, Store, StoreError, Value, outbox};
use futures::future::join_all;
use std::fs;

const MINUTE_MS: i64 = 60_000;

fn expiring(sort: &str, at_ms: i64) -> Op {
    let value = Value::Json("1".to_owned());
    let expires_at = Some(Timestamp::from_millis(at_ms));
    Op::Put { key: key(sort), expect: Expect::Any, value, schema: 1, expires_at }
}

#[tokio::test]
async fn a_sweep_removes_what_expired_to_the_millisecond_and_nothing_else() {
    let data = tempfile::tempdir().unwrap();
    let store = open(data.path());
    let ops =
        vec![expiring("before", 999), expiring("now", 1000), expiring("after", 1001), put("never", "1")];
    store.commit(&commit(1, ops)).await.unwrap();
    assert_eq!(store.sweep(Timestamp::from_millis(1000)).await.unwrap(), 2);
    assert_eq!(store.sweep(Timestamp::from_millis(1000)).await.unwrap(), 0);
    let left = store.range(&Range::all("usr#uni"), Consistency::Strong).await.unwrap().items;
    assert_eq!(left.iter().map(|item| item.key.sort.as_str()).collect::<Vec<_>>(), ["after", "never"]);
}

#[tokio::test]
async fn a_sweep_of_many_rows_lets_commits_through_in_between() {
    let data = tempfile::tempdir().unwrap();
    let store = open(data.path());
    for n in 0..21 {
        store
            .commit(&commit(n + 1, (0..100).map(|m| expiring(&format!("{n}/{m}"), 5)).collect()))
            .await
            .unwrap();
    }
    let sweep = store.sweep(Timestamp::from_millis(1000));
    let writes = async {
        for n in 100..120 {
            store.commit(&commit(n, vec![add("n", 1)])).await.unwrap();
        }
    };
    let (swept, ()) = futures::join!(sweep, writes);
    assert_eq!(swept.unwrap(), 2100);
    assert_eq!(value(store.as_ref(), "n").await, Some(Value::Count(20)));
}

/// Sweeps once a minute, as the program does, and sends an old commit again.
#[tokio::test]
async fn a_commit_is_remembered_for_ten_minutes_and_forgotten_some_time_later() {
    let data = tempfile::tempdir().unwrap();
    let store = open(data.path());
    let (mut forgotten_after, start) = (Vec::new(), 1_700_000_000_000);
    for first in 0..12 {
        let began = start + first * 1_000 * MINUTE_MS + first * MINUTE_MS / 3;
        store.sweep(Timestamp::from_millis(began - 37 * MINUTE_MS * first)).await.unwrap();
        let (id, sort) = (u64::try_from(first).unwrap() + 1, format!("n/{first}"));
        store.commit(&commit(id, vec![add(&sort, 1)])).await.unwrap();
        for minute in 0..40 {
            store.sweep(Timestamp::from_millis(began + minute * MINUTE_MS)).await.unwrap();
            store.commit(&commit(id, vec![add(&sort, 1)])).await.unwrap();
            if value(store.as_ref(), &sort).await != Some(Value::Count(1)) {
                forgotten_after.push(minute);
                break;
            }
        }
    }
    assert_eq!(forgotten_after.len(), 12, "some id was never forgotten");
    assert!(forgotten_after.iter().all(|minute| (10..=21).contains(minute)), "{forgotten_after:?}");
}

#[tokio::test]
async fn subscribers_hear_of_commits_to_the_outbox_and_of_no_others() {
    let data = tempfile::tempdir().unwrap();
    let store = open(data.path());
    let mut heard = store.subscribe();
    let event = |n: u32| put_at(Key::new(outbox::partition(n), format!("evt_{n}")), "{}");
    store.commit(&commit(1, vec![put("a", "1")])).await.unwrap();
    assert!(!heard.has_changed().unwrap());
    let refused = Op::Check { key: key("nothing"), expect: Expect::Present };
    assert!(store.commit(&commit(2, vec![event(1), refused])).await.is_err());
    assert!(!heard.has_changed().unwrap());
    store.commit(&commit(3, vec![put("a", "2"), event(1)])).await.unwrap();
    tokio::time::timeout(std::time::Duration::from_secs(5), heard.changed()).await.unwrap().unwrap();
    assert_eq!(*heard.borrow_and_update(), 1);
    let delete = Op::Delete { key: Key::new(outbox::partition(1), "evt_1"), expect: Expect::Any };
    store.commit(&commit(4, vec![delete])).await.unwrap();
    store.commit(&commit(3, vec![put("a", "2"), event(1)])).await.unwrap();
    assert!(!heard.has_changed().unwrap(), "a hand-over or a repeat woke the relay");
}

#[tokio::test]
async fn a_copy_made_while_others_write_is_of_one_moment() {
    let data = tempfile::tempdir().unwrap();
    let store = open(data.path());
    let target = data.path().join("copies");
    fs::create_dir(&target).unwrap();
    let file = target.join("cws.db");
    let pairs =
        |n: u64| commit(n, vec![put("left", &n.to_string()), put("right", &n.to_string()), add("n", 1)]);
    store.commit(&pairs(1)).await.unwrap();
    let writes = async {
        for n in 2..300 {
            store.commit(&pairs(n)).await.unwrap();
        }
    };
    let (copied, ()) = futures::join!(store.backup_to(&file), writes);
    copied.unwrap();
    assert_eq!(value(store.as_ref(), "left").await, json("299"));
    let copy = open(&target);
    let (left, right) = (value(copy.as_ref(), "left").await, value(copy.as_ref(), "right").await);
    assert!(left.is_some());
    assert_eq!(left, right);
    copy.commit(&commit(1000, vec![put("left", "\"goes on\"")])).await.unwrap();
}

#[tokio::test]
async fn a_copy_never_overwrites_and_leaves_nothing_half_done() {
    let data = tempfile::tempdir().unwrap();
    let store = open(data.path());
    store.commit(&commit(1, vec![put("a", "1")])).await.unwrap();
    let file = data.path().join("copy.db");
    fs::write(&file, "precious").unwrap();
    assert!(matches!(store.backup_to(&file).await, Err(StoreError::Unavailable(_))));
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
    let nowhere = data.path().join("missing/copy.db");
    assert!(matches!(store.backup_to(&nowhere).await, Err(StoreError::Unavailable(_))));
    fs::remove_file(&file).unwrap();
    store.backup_to(&file).await.unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let partial = fs::read_dir(data.path())
        .unwrap()
        .any(|entry| entry.unwrap().file_name().to_string_lossy().contains("partial"));
    assert!(!partial);
}

#[tokio::test]
async fn the_size_grows_with_what_is_stored() {
    let data = tempfile::tempdir().unwrap();
    let store = open(data.path());
    let before = store.size_bytes();
    for n in 1..=20 {
        store.commit(&commit(n, vec![put(&n.to_string(), &"x".repeat(100_000))])).await.unwrap();
    }
    assert!(store.size_bytes() >= before + 2_000_000, "{} bytes", store.size_bytes());
}

#[tokio::test]
async fn dropping_the_store_finishes_what_was_sent() {
    let data = tempfile::tempdir().unwrap();
    let store = open(data.path());
    let commits: Vec<_> = (1..=200).map(|n| commit(n, vec![add("n", 1)])).collect();
    let answers = join_all(commits.iter().map(|commit| store.commit(commit))).await;
    assert!(answers.iter().all(Result::is_ok));
    drop(store);
    let store = SqliteStore::open(data.path(), Options { readers: 3, ..quick() }).unwrap();
    assert_eq!(value(store.as_ref(), "n").await, Some(Value::Count(200)));
}

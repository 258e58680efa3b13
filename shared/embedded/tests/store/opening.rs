//! Opening: one process at a time, private files, and no guessing at files that are not understood.

use super::{commit, open, put, quick};
use cws_embedded::sqlite::{OpenError, SqliteStore};
use cws_store::{Consistency, Range, Store, StoreError, Value};
use std::{fs, path::Path};

fn refused(data: &Path) -> OpenError {
    match SqliteStore::open(data, quick()) {
        Err(error) => error,
        Ok(_) => panic!("the store opened"),
    }
}

fn with_file(data: &Path, sql: &str) {
    rusqlite::Connection::open(data.join("cws.db")).unwrap().execute_batch(sql).unwrap();
}

#[tokio::test]
async fn what_was_written_is_there_after_opening_again() {
    let data = tempfile::tempdir().unwrap();
    for n in 1..=5 {
        let store = open(data.path());
        store.commit(&commit(n, vec![put(&n.to_string(), "1")])).await.unwrap();
        let rows = store.range(&Range::all("usr#uni"), Consistency::Strong).await.unwrap();
        assert_eq!(rows.items.len() as u64, n);
    }
}

#[tokio::test]
async fn a_commit_is_known_again_after_opening_again() {
    let data = tempfile::tempdir().unwrap();
    for _ in 0..3 {
        open(data.path()).commit(&commit(1, vec![super::add("n", 1)])).await.unwrap();
    }
    assert_eq!(super::value(open(data.path()).as_ref(), "n").await, Some(Value::Count(1)));
}

#[tokio::test]
async fn closing_folds_the_log_into_one_file() {
    let data = tempfile::tempdir().unwrap();
    let store = open(data.path());
    store.commit(&commit(1, vec![put("a", "1")])).await.unwrap();
    drop(store);
    let mut names: Vec<_> = fs::read_dir(data.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["cws.db", "lock"]);
}

#[test]
fn a_directory_in_use_is_refused_with_the_process_that_has_it() {
    let data = tempfile::tempdir().unwrap();
    let _store = open(data.path());
    match refused(data.path()) {
        error @ OpenError::InUse { .. } => {
            let text = error.to_string();
            assert!(text.contains(&format!("process {}", std::process::id())), "{text}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_lock_file_that_nobody_holds_does_not_stand_in_the_way() {
    let data = tempfile::tempdir().unwrap();
    fs::write(data.path().join("lock"), "4194304\n").unwrap();
    drop(open(data.path()));
    assert_eq!(fs::read_to_string(data.path().join("lock")).unwrap(), format!("{}\n", std::process::id()));
}

#[cfg(unix)]
#[tokio::test]
async fn files_and_directory_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("deep/data");
    let store = open(&data);
    store.commit(&commit(1, vec![put("a", "1")])).await.unwrap();
    assert_eq!(mode(&data), 0o700);
    for name in ["cws.db", "cws.db-wal", "cws.db-shm", "lock"] {
        assert_eq!(mode(&data.join(name)), 0o600, "{name}");
    }
    drop(store);
    fs::set_permissions(data.join("cws.db"), fs::Permissions::from_mode(0o644)).unwrap();
    let _store = open(&data);
    assert_eq!(mode(&data.join("cws.db")), 0o600);
}

#[test]
fn a_file_of_a_newer_program_is_refused_and_left_as_it_is() {
    let data = tempfile::tempdir().unwrap();
    drop(open(data.path()));
    with_file(data.path(), "PRAGMA user_version = 99");
    let before = fs::read(data.path().join("cws.db")).unwrap();
    match refused(data.path()) {
        e @ OpenError::NewerSchema { found: 99, known: 1, .. } => {
            assert!(e.to_string().contains("newer program"))
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(fs::read(data.path().join("cws.db")).unwrap(), before);
}

#[test]
fn a_file_of_another_program_is_refused() {
    let data = tempfile::tempdir().unwrap();
    with_file(data.path(), "CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)");
    assert!(matches!(refused(data.path()), OpenError::Damaged { .. }));
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_as_it_is() {
    let data = tempfile::tempdir().unwrap();
    let text = "Dear diary, ".repeat(1000);
    fs::write(data.path().join("cws.db"), &text).unwrap();
    let error = refused(data.path());
    assert!(matches!(error, OpenError::Damaged { .. }), "{error:?}");
    assert!(error.to_string().contains("restore a backup"));
    assert_eq!(fs::read_to_string(data.path().join("cws.db")).unwrap(), text);
}

/// Damages one page after the other. SQLite sees damage to its own structure, not to a byte in the
/// middle of a value; but it must always answer, and must not answer another row.
#[tokio::test]
async fn a_damaged_page_ends_in_errors_and_in_no_crash_and_no_foreign_row() {
    let data = tempfile::tempdir().unwrap();
    let store = open(data.path());
    let rows: Vec<String> = (0..200).map(|n| format!("{n:03}")).collect();
    for (number, group) in (1..).zip(rows.chunks(100)) {
        let ops = group.iter().map(|sort| put(sort, &sort.repeat(200))).collect();
        store.commit(&commit(number, ops)).await.unwrap();
    }
    drop(store);
    let file = data.path().join("cws.db");
    let whole = fs::read(&file).unwrap();
    let (mut refused, mut answered) = (0, 0);
    for page in 2..whole.len() / 4096 {
        let mut damaged = whole.clone();
        damaged[page * 4096..page * 4096 + 64].fill(0xa5);
        fs::write(&file, &damaged).unwrap();
        let Ok(store) = SqliteStore::open(data.path(), quick()) else { continue };
        for sort in rows.iter().step_by(17) {
            match value(store.get(&[super::key(sort)], Consistency::Strong).await) {
                Ok(None) => {}
                Ok(Some(text)) => {
                    answered += 1;
                    assert!(
                        rows.iter().all(|other| other == sort || text != other.repeat(200)),
                        "{sort}: {text}"
                    );
                }
                Err(StoreError::Unavailable(_) | StoreError::Corrupt { .. }) => refused += 1,
                Err(other) => panic!("{other:?}"),
            }
        }
    }
    assert!(refused > 0 && answered > 0, "{refused} refused, {answered} answered");
}

fn value(found: Result<Vec<Option<cws_store::Item>>, StoreError>) -> Result<Option<String>, StoreError> {
    Ok(found?.remove(0).map(|item| match item.value {
        Value::Json(text) => text,
        other => panic!("{other:?}"),
    }))
}

#[tokio::test]
async fn health_says_which_schema_the_file_has() {
    let data = tempfile::tempdir().unwrap();
    let health = open(data.path()).health().await.unwrap();
    assert_eq!((health.adapter, health.schema), ("sqlite", 1));
}

#[tokio::test]
async fn a_row_that_makes_no_sense_is_corrupt_and_its_key_is_not_told() {
    let data = tempfile::tempdir().unwrap();
    let store = open(data.path());
    store.commit(&commit(1, vec![put("secret", "1")])).await.unwrap();
    drop(store);
    for sql in
        ["UPDATE rows SET form = 7", "UPDATE rows SET form = 0, value = x'ff'", "UPDATE rows SET value = 1.5"]
    {
        with_file(data.path(), sql);
        let store = open(data.path());
        match store.get(&[super::key("secret")], Consistency::Strong).await {
            Err(e @ StoreError::Corrupt { .. }) => assert!(!e.to_string().contains("secret"), "{e}"),
            other => panic!("{sql}: {other:?}"),
        }
    }
}

//! No room, no permission, no sense in the file: the error says so, nothing is lost, and work goes on
//! where it can.

use super::{Options, SqliteStore, add, child, commit, json, put, quick, value};
use cws_embedded::sqlite::OpenError;
use cws_store::{Store, StoreError, Value};
use futures::future::join_all;
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

fn bulk(number: u64) -> cws_store::Commit {
    commit(number, vec![put(&format!("bulk/{number}"), &"x".repeat(50_000)), add("count", 1)])
}

/// Writes until there is no room; answers how many commits were done.
async fn fill(store: &SqliteStore) -> u64 {
    for number in 1..10_000 {
        match store.commit(&bulk(number)).await {
            Ok(()) => {}
            Err(StoreError::Full(_)) => return number - 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    panic!("the store never filled up");
}

/// What was done is there, what was refused is not, and small things still work.
async fn is_sound(store: &SqliteStore, done: u64) {
    assert!(done > 5, "only {done} commits fit");
    assert_eq!(value(store, "count").await, Some(Value::Count(i64::try_from(done).unwrap())));
    assert!(value(store, &format!("bulk/{done}")).await.is_some());
    assert_eq!(value(store, &format!("bulk/{}", done + 1)).await, None);
}

#[tokio::test]
async fn a_full_store_says_so_and_loses_nothing() {
    let data = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(data.path(), Options { max_bytes: Some(2_000_000), ..quick() }).unwrap();
    let done = fill(&store).await;
    is_sound(&store, done).await;
    drop(store);
    let store = SqliteStore::open(data.path(), quick()).unwrap();
    is_sound(&store, done).await;
    store.commit(&bulk(done + 1)).await.unwrap();
}

#[tokio::test]
async fn a_full_store_can_be_emptied() {
    let data = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(data.path(), Options { max_bytes: Some(2_000_000), ..quick() }).unwrap();
    let done = fill(&store).await;
    let delete = cws_store::Op::Delete { key: super::key("bulk/1"), expect: cws_store::Expect::Present };
    store.commit(&commit(20_000, vec![delete])).await.unwrap();
    store.commit(&bulk(done + 1)).await.unwrap();
    assert!(value(store.as_ref(), &format!("bulk/{}", done + 1)).await.is_some());
}

#[tokio::test]
async fn a_commit_that_does_not_fit_fails_alone_in_its_group() {
    let data = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(data.path(), Options { max_bytes: Some(2_000_000), ..quick() }).unwrap();
    let huge = |number| {
        let rows = (0..9).map(|n| put(&format!("huge/{number}/{n}"), &"x".repeat(400_000)));
        commit(number, rows.collect())
    };
    // All are sent before the first is answered, so they share transactions.
    let commits: Vec<_> = (1..=40)
        .map(|n| if n % 4 == 0 { huge(n) } else { commit(n, vec![put(&format!("{n}"), "1")]) })
        .collect();
    let answers = join_all(commits.iter().map(|commit| store.commit(commit))).await;
    for (n, answer) in (1..=40).zip(answers) {
        match (n % 4, answer) {
            (0, Err(StoreError::Full(_))) => {
                assert_eq!(value(store.as_ref(), &format!("huge/{n}/0")).await, None)
            }
            (1..=3, Ok(())) => assert_eq!(value(store.as_ref(), &n.to_string()).await, json("1")),
            (_, other) => panic!("commit {n}: {other:?}"),
        }
    }
}

/// Runs where no file may pass 1 MiB: the operating system refuses, as a full disk does.
#[tokio::test]
async fn child_fills_its_disk() {
    let Some(data) = child::data() else { return };
    let store = SqliteStore::open(&data, Options::default()).unwrap();
    let mut done = 0;
    let error = loop {
        match store.commit(&bulk(done + 1)).await {
            Ok(()) => done += 1,
            Err(error) => break error,
        }
    };
    assert!(done > 5, "{error:?}");
    assert!(!error.to_string().is_empty());
    // Again, with the same id: the answer is the same or it is done; it is never done twice.
    drop(store.commit(&bulk(done + 1)).await);
    println!("done {done} {error:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_disk_that_takes_no_more_loses_nothing_that_was_acknowledged() {
    let data = tempfile::tempdir().unwrap();
    let child = child::command("full::child_fills_its_disk", data.path());
    let program = child.get_program().to_owned();
    // Units of 512 bytes; the signal is ignored, so that the write itself is refused.
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 2048; exec \"$0\" \"$@\""])
        .arg(program)
        .args(child.get_args())
        .envs(child.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let said = text.lines().find_map(|line| line.split_once("done ")).unwrap().1.to_owned();
    println!("the child was told: {said}");
    let done: u64 = said.split(' ').next().unwrap().parse().unwrap();
    let store = SqliteStore::open(data.path(), Options::default()).unwrap();
    for number in 1..=done {
        assert!(
            value(store.as_ref(), &format!("bulk/{number}")).await.is_some(),
            "{number} of {done} is lost"
        );
    }
    let Some(Value::Count(count)) = value(store.as_ref(), "count").await else { panic!("no counter") };
    let count = u64::try_from(count).unwrap();
    assert!(count == done || count == done + 1, "{count} counted, {done} acknowledged");
}

#[test]
fn a_data_directory_that_cannot_be_made_is_named() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("file");
    fs::write(&file, "not a directory").unwrap();
    let found = SqliteStore::open(&file.join("data"), quick());
    match found {
        Err(e @ OpenError::Directory { .. }) => assert!(e.to_string().contains("file/data"), "{e}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "not a directory");
}

/// Opens a directory that this process may read but not write.
#[test]
fn child_opens_what_it_may_not_write() {
    let Some(data) = child::data() else { return };
    match SqliteStore::open(&data, quick()) {
        Err(e @ OpenError::Directory { .. }) => println!("refused {e}"),
        other => panic!("{other:?}"),
    }
}

/// The superuser may write anywhere, so the child gives that up where it is run by it.
#[cfg(unix)]
#[test]
fn a_read_only_data_directory_is_refused_with_its_name_and_left_as_it_is() {
    use std::os::unix::{fs::PermissionsExt, process::CommandExt};
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    drop(SqliteStore::open(&data, quick()).unwrap());
    let before = contents(&data);
    let open_to_all =
        |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    open_to_all(place.path(), 0o755);
    open_to_all(&data, 0o555);
    let program = place.path().join("test-program");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    open_to_all(&program, 0o755);
    let child = child::command("full::child_opens_what_it_may_not_write", &data);
    let mut command = Command::new(&program);
    command.args(child.get_args()).envs(child.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if fs::File::create(data.join("probe")).is_ok() {
        fs::remove_file(data.join("probe")).unwrap();
        command.uid(65_534).gid(65_534);
    }
    let output = command.current_dir(place.path()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("refused cannot use the data directory"), "{text}");
    open_to_all(&data, 0o755);
    assert_eq!(contents(&data), before);
}

fn contents(data: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(data).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.map(|path| (path.display().to_string(), fs::read(&path).unwrap())).collect();
    files.sort();
    files
}

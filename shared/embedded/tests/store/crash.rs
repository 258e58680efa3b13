//! A process that is killed while it writes loses nothing that it was told is done.

use super::{Durability, Options, SqliteStore, add, child, commit, key, put, value};
use cws_store::{Consistency, Range, Store, Value, faults::Dice, key::read_all};
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command},
    thread,
    time::Duration,
};

const KILLS: usize = 200;

/// Writes as fast as it can, four commits at a time, and prints each number once it is acknowledged.
/// Each commit is a row and an addition to a counter, so that a torn one would show.
#[tokio::test]
async fn child_writes_until_it_is_killed() {
    let Some(data) = child::data() else { return };
    let store =
        SqliteStore::open(&data, Options { durability: Durability::Full, ..Options::default() }).unwrap();
    let first = match value(store.as_ref(), "count").await {
        Some(Value::Count(count)) => u64::try_from(count).unwrap(),
        _ => 0,
    };
    println!("open");
    for round in 0.. {
        let numbers = (0..4).map(|n| first + round * 4 + n);
        let writes = numbers.map(|number| {
            let store = &store;
            async move {
                let row = put(&format!("row/{number:010}"), &number.to_string());
                let (id, bulk) = (number + 1, put(&format!("bulk/{}", number % 50), &"x".repeat(2000)));
                store.commit(&commit(id, vec![row, bulk, add("count", 1)])).await.unwrap();
                println!("done {number}");
                std::io::stdout().flush().unwrap();
            }
        });
        futures::future::join_all(writes).await;
    }
}

/// Starts the child, kills it after a while, and answers the numbers that were acknowledged.
fn killed_after(data: &Path, wait: Duration) -> Vec<u64> {
    let mut child: Child = started(child::command("crash::child_writes_until_it_is_killed", data));
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    // The time runs from when the child has the file open, so that every kill meets a writer.
    let opened = lines.by_ref().find(|line| line.ends_with("open"));
    assert!(opened.is_some(), "the child did not open: {:?}", child.wait_with_output());
    let reader = thread::spawn(move || {
        lines.filter_map(|line| line.strip_prefix("done ").and_then(|number| number.parse().ok())).collect()
    });
    thread::sleep(wait);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

fn started(mut command: Command) -> Child {
    command.spawn().unwrap()
}

#[tokio::test]
async fn nothing_acknowledged_is_missing_after_200_kills() {
    let data = tempfile::tempdir().unwrap();
    let dice = Dice::new(1);
    let (mut acknowledged, mut with_log) = (0, 0);
    for kill in 0..KILLS {
        let numbers = killed_after(data.path(), Duration::from_micros(dice.below(40_000)));
        acknowledged += numbers.len();
        with_log += usize::from(fs::metadata(data.path().join("cws.db-wal")).is_ok_and(|log| log.len() > 0));
        let store = SqliteStore::open(data.path(), Options::default()).unwrap();
        let count = match value(store.as_ref(), "count").await {
            Some(Value::Count(count)) => u64::try_from(count).unwrap(),
            None => 0,
            other => panic!("{other:?}"),
        };
        for number in &numbers {
            let row = value(store.as_ref(), &format!("row/{number:010}")).await;
            assert_eq!(row, Some(Value::Json(number.to_string())), "kill {kill} lost {number}");
        }
        if kill % 20 == 19 {
            whole(&store, count).await;
        }
    }
    println!("{KILLS} kills, {acknowledged} acknowledged commits, {with_log} times with a log to recover");
    assert!(acknowledged > KILLS && with_log > KILLS / 2, "the kills met no writer");
}

/// Every row of every commit is there, once, and the file is sound.
async fn whole(store: &SqliteStore, count: u64) {
    let rows =
        read_all(store, Range::prefix("usr#uni", "row/").limit(1000), Consistency::Strong).await.unwrap();
    assert_eq!(rows.len() as u64, count);
    let file = rusqlite::Connection::open(store.path()).unwrap();
    let check: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    assert_eq!(rows.iter().filter(|row| row.key == key(&row.key.sort)).count(), rows.len());
}

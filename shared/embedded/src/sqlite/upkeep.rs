//! What keeps the file small and safe: sweeping, forgetting old commit ids, backup.

use super::{directory, error, schema};
use cws_model::Timestamp;
use cws_store::StoreError;
use rusqlite::{
    Connection, Transaction, TransactionBehavior,
    backup::{Backup, StepResult},
    params,
};
use std::{
    fs, io,
    path::{Path, PathBuf},
    thread,
};
use tokio::sync::oneshot;

/// Rows removed in one transaction.
pub(super) const SWEEP_BATCH_ROWS: u32 = 500;
/// How long a commit id is remembered at least, milliseconds.
const REMEMBERED_MS: i64 = 10 * 60 * 1000;

/// Removes one batch of rows that expired by `now`; answers how many.
pub(super) fn sweep(connection: &mut Connection, now: Timestamp) -> Result<u64, StoreError> {
    try_sweep(connection, now).map_err(|e| error::unchanged(&e))
}

fn try_sweep(connection: &mut Connection, now: Timestamp) -> rusqlite::Result<u64> {
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    let swept = transaction
        .prepare_cached(
            "DELETE FROM rows WHERE number IN (SELECT number FROM rows WHERE expires_ms <= ?1 LIMIT ?2)",
        )?
        .execute(params![now.millis(), SWEEP_BATCH_ROWS])?;
    forget(&transaction, now)?;
    transaction.commit()?;
    Ok(swept as u64)
}

/// Ten minutes after the last turn, the older generation of commit ids is emptied and becomes the
/// one that is filled. So every id is remembered for ten minutes at least, and no clock is needed at a
/// commit.
fn forget(transaction: &Transaction<'_>, now: Timestamp) -> rusqlite::Result<()> {
    let mark = |name: &str| -> rusqlite::Result<i64> {
        transaction
            .prepare_cached("SELECT value FROM marks WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
    };
    if now.millis().saturating_sub(mark("rotated_ms")?) < REMEMBERED_MS {
        return Ok(());
    }
    let next = 1 - mark("generation")?;
    transaction.execute_batch(if next == 0 { "DELETE FROM commits_0" } else { "DELETE FROM commits_1" })?;
    transaction.execute("UPDATE marks SET value = ?1 WHERE name = 'generation'", [next])?;
    transaction.execute("UPDATE marks SET value = ?1 WHERE name = 'rotated_ms'", [now.millis()])?;
    Ok(())
}

/// Copies a database on a thread of its own.
pub(super) async fn backup(from: PathBuf, to: PathBuf) -> Result<(), StoreError> {
    let (answer, answered) = oneshot::channel();
    thread::Builder::new()
        .name("store-backup".to_owned())
        .spawn(move || drop(answer.send(copy(&from, &to))))
        .map_err(|e| StoreError::Unavailable(e.to_string()))?;
    answered.await.map_err(|_| error::closed())?
}

fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    if to.exists() {
        return Err(StoreError::Unavailable(format!("`{}` exists already", to.display())));
    }
    let mut partial = to.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let done = copy_whole(from, &partial).and_then(|()| publish(&partial, to).map_err(said));
    if done.is_err() {
        drop(fs::remove_file(&partial));
    }
    done
}

/// One step copies everything in one snapshot; commits go on beside it.
fn copy_whole(from: &Path, to: &Path) -> Result<(), StoreError> {
    directory::private_file(to).and_then(|file| file.set_len(0)).map_err(said)?;
    let copied = || -> rusqlite::Result<bool> {
        let source = schema::open_reader(from)?;
        let mut target = Connection::open(to)?;
        let step = Backup::new(&source, &mut target)?.step(-1)?;
        Ok(step == StepResult::Done)
    };
    let done = copied().map_err(|e| error::unchanged(&e))?;
    if done { Ok(()) } else { Err(StoreError::Throttled) }
}

fn publish(partial: &Path, to: &Path) -> io::Result<()> {
    directory::private_file(partial)?.sync_all()?;
    fs::rename(partial, to)?;
    directory::sync(to.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")))
}

fn said(error: io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full(error.to_string()),
        _ => StoreError::Unavailable(error.to_string()),
    }
}

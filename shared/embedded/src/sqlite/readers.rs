//! The readers: a few connections that callers borrow, each read on the caller's own thread.
//!
//! A read is microseconds of work on pages that are in memory nearly always, less than handing it to
//! another thread and back would cost. A snapshot begins after the call that it answers was made, so it
//! holds every commit acknowledged before.

use super::{
    OpenError, Options, error,
    read::{self, ReadError},
    schema,
};
use cws_store::{Item, Key, Page, Range, StoreError};
use rusqlite::Connection;
use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
};
use tokio::sync::Semaphore;

/// The idle connections, and how many callers may borrow one.
#[derive(Debug)]
pub(super) struct Readers {
    idle: Mutex<Vec<Connection>>,
    free: Semaphore,
}

impl Readers {
    /// Opens the connections.
    pub(super) fn open(path: &Path, options: &Options) -> Result<Self, OpenError> {
        let count = match options.readers {
            0 => thread::available_parallelism().map_or(2, |n| n.get().clamp(2, 6)),
            count => count,
        };
        let open = |_| schema::open_reader(path).map_err(|e| schema::refused(path, &e));
        let idle = (0..count).map(open).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { idle: Mutex::new(idle), free: Semaphore::new(count) })
    }

    /// Opens one connection that cannot write, to a file of the current schema.
    pub(super) fn of_read_only(path: &Path) -> Result<Self, OpenError> {
        let connection = schema::open_read_only(path)?;
        Ok(Self { idle: Mutex::new(vec![connection]), free: Semaphore::new(1) })
    }

    /// Reads keys, all from one snapshot.
    pub(super) async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StoreError> {
        self.read(|connection| match keys {
            // A single statement is a snapshot of its own.
            [_] => read::get(connection, keys),
            _ => {
                let _snapshot = Snapshot::begin(connection)?;
                read::get(connection, keys)
            }
        })
        .await
    }

    /// Reads one page.
    pub(super) async fn range(&self, range: &Range) -> Result<Page, StoreError> {
        self.read(|connection| read::range(connection, range)).await
    }

    /// Schema version of the file.
    pub(super) async fn schema(&self) -> Result<u32, StoreError> {
        self.read(|connection| schema::version(connection).map_err(ReadError::from)).await
    }

    /// Borrows a connection. Nothing is awaited while it is out, and it comes back whatever happens.
    async fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T, ReadError>) -> Result<T, StoreError> {
        let _turn = self.free.acquire().await.map_err(|_| error::closed())?;
        let connection = self.idle().pop().ok_or_else(error::closed)?;
        let borrowed = Borrowed { connection: Some(connection), from: self };
        let connection = borrowed.connection.as_ref().ok_or_else(error::closed)?;
        read(connection).map_err(|why| match why {
            ReadError::Database(e) => error::unchanged(&e),
            ReadError::Row(e) => e,
        })
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What several statements read as of one moment. Its own two statements are prepared once.
struct Snapshot<'a>(&'a Connection);

impl<'a> Snapshot<'a> {
    fn begin(connection: &'a Connection) -> rusqlite::Result<Self> {
        connection.prepare_cached("BEGIN DEFERRED")?.execute([])?;
        Ok(Self(connection))
    }
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        let ended = self.0.prepare_cached("COMMIT").and_then(|mut end| end.execute([]));
        if let Err(error) = ended {
            tracing::error!(%error, "a snapshot of the store did not end");
        }
    }
}

/// A connection that is given back when it goes out of scope, also by a panic.
struct Borrowed<'a> {
    connection: Option<Connection>,
    from: &'a Readers,
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        self.from.idle().extend(self.connection.take());
    }
}

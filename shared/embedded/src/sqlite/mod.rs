//! The SQLite store: one file, one writer thread with group commit, and connections to read on.
//!
//! What is acknowledged is on the disk: a commit is answered after the transaction that holds it was
//! synchronised. A read begins its snapshot after it was asked for, so that it sees every commit
//! acknowledged before.

mod apply;
mod directory;
mod error;
mod read;
mod read_only;
mod readers;
mod schema;
mod upkeep;
mod writer;

pub use directory::OpenError;
pub use read_only::ReadOnlyStore;

use cws_model::Timestamp;
use cws_store::{Commit, Consistency, Health, Item, Key, Page, Range, Store, StoreError, limits};
use directory::Directory;
use futures::future::BoxFuture;
use readers::Readers;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::watch;
use writer::Writer;

/// When a commit counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// After the disk has it: survives a power cut.
    #[default]
    Full,
    /// After the operating system has it: survives the end of the process only. For tests.
    TestOnly,
}

/// How to open a store.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// When a commit counts as done.
    pub durability: Durability,
    /// Connections that read at the same time; 0 takes one per processor, 2 to 6.
    pub readers: usize,
    /// Largest size of the database file, bytes; rounded down to whole pages of 4 KiB. A commit that
    /// would pass it answers `Full`.
    pub max_bytes: Option<u64>,
}

/// A store in one SQLite file, `<data>/cws.db`.
#[derive(Debug)]
pub struct SqliteStore {
    // Fields are dropped in this order: readers first, so that the writer's connection is the last
    // one and folds the log into the file as it closes; then the lock.
    readers: Readers,
    writer: Writer,
    outbox: watch::Receiver<u64>,
    directory: Directory,
}

impl SqliteStore {
    /// Opens or creates the store in a directory and takes its lock. Blocks while older data is
    /// brought to the current schema.
    ///
    /// # Errors
    /// The directory cannot be used, another process has it, or the file is damaged or too new.
    pub fn open(data: &Path, options: Options) -> Result<Arc<Self>, OpenError> {
        let directory = Directory::lock(data)?;
        let connection = schema::prepare(&directory.database(), &options)?;
        let (written, outbox) = watch::channel(0);
        let writer = Writer::start(connection, written)?;
        let readers = Readers::open(&directory.database(), &options)?;
        Ok(Arc::new(Self { readers, writer, outbox, directory }))
    }

    /// A receiver that changes after every commit that wrote to the outbox; the value counts them.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.outbox.clone()
    }

    /// The database file.
    pub fn path(&self) -> PathBuf {
        self.directory.database()
    }

    /// Size of the database file and its log, bytes.
    pub fn size_bytes(&self) -> u64 {
        self.directory.size_bytes()
    }

    /// Removes rows that expired by `now`, a few at a time so that commits go on in between, and
    /// forgets commit ids older than ten minutes. Answers how many rows went.
    ///
    /// # Errors
    /// What the store says; rows removed before stay removed.
    pub async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut swept = 0;
        loop {
            let batch = self.writer.sweep(now).await?;
            swept += batch;
            if batch < u64::from(upkeep::SWEEP_BATCH_ROWS) {
                return Ok(swept);
            }
        }
    }

    /// Writes a consistent copy to a file, while commits go on. The file appears whole or not at all
    /// and must not exist.
    ///
    /// # Errors
    /// `Unavailable` or `Full`; no file is left behind.
    pub async fn backup_to(&self, path: &Path) -> Result<(), StoreError> {
        upkeep::backup(self.path(), path.to_owned()).await
    }
}

impl Store for SqliteStore {
    fn get<'a>(
        &'a self,
        keys: &'a [Key],
        _consistency: Consistency,
    ) -> BoxFuture<'a, Result<Vec<Option<Item>>, StoreError>> {
        Box::pin(async move {
            limits::check_get(keys)?;
            self.readers.get(keys).await
        })
    }

    fn range<'a>(
        &'a self,
        range: &'a Range,
        _consistency: Consistency,
    ) -> BoxFuture<'a, Result<Page, StoreError>> {
        Box::pin(async move {
            limits::check_range(range)?;
            self.readers.range(range).await
        })
    }

    fn commit<'a>(&'a self, commit: &'a Commit) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            limits::check_commit(commit)?;
            self.writer.commit(commit.clone()).await
        })
    }

    fn health(&self) -> BoxFuture<'_, Result<Health, StoreError>> {
        Box::pin(async move {
            let schema = self.readers.schema().await?;
            Ok(Health { adapter: "sqlite", schema })
        })
    }
}

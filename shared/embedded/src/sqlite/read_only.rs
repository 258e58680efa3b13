//! A store that is only looked into: nothing is made, migrated or written, and a commit is refused.

use super::{OpenError, directory::Directory, readers::Readers};
use cws_store::{Commit, Consistency, Health, Item, Key, Page, Range, Store, StoreError, limits};
use futures::future::{BoxFuture, ready};
use std::{fs::File, path::Path, sync::Arc};

/// The SQLite file of a data directory that no process has open.
#[derive(Debug)]
pub struct ReadOnlyStore {
    readers: Readers,
    /// Held for as long as the store is.
    _lock: Option<File>,
}

impl ReadOnlyStore {
    /// Opens the store in a directory.
    ///
    /// # Errors
    /// There is none, a process has it open, or its schema is not the one known here.
    pub fn open(data: &Path) -> Result<Arc<Self>, OpenError> {
        let lock = Directory::look(data)?;
        let readers = Readers::of_read_only(&data.join("cws.db"))?;
        Ok(Arc::new(Self { readers, _lock: lock }))
    }
}

impl Store for ReadOnlyStore {
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

    fn commit<'a>(&'a self, _: &'a Commit) -> BoxFuture<'a, Result<(), StoreError>> {
        let refused = StoreError::Unavailable("the store was opened to be read".to_owned());
        Box::pin(ready(Err(refused)))
    }

    fn health(&self) -> BoxFuture<'_, Result<Health, StoreError>> {
        Box::pin(async move { Ok(Health { adapter: "sqlite", schema: self.readers.schema().await? }) })
    }
}

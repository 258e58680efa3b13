//! A store in which other transactions are often in the way.

use super::When;
use crate::{Commit, Consistency, Health, Item, Key, Page, Range, Store, StoreError};
use futures::future::{BoxFuture, ready};
use std::sync::Arc;

/// Answers a commit with `Conflict` and no positions now and then; it does nothing then.
#[derive(Debug)]
pub struct Conflict<S: ?Sized> {
    when: When,
    inner: Arc<S>,
}

impl<S: Store + ?Sized> Conflict<S> {
    /// Around a store.
    pub fn new(inner: Arc<S>, when: When) -> Self {
        Self { when, inner }
    }
}

impl<S: Store + ?Sized> Store for Conflict<S> {
    fn get<'a>(
        &'a self,
        keys: &'a [Key],
        consistency: Consistency,
    ) -> BoxFuture<'a, Result<Vec<Option<Item>>, StoreError>> {
        self.inner.get(keys, consistency)
    }

    fn range<'a>(
        &'a self,
        range: &'a Range,
        consistency: Consistency,
    ) -> BoxFuture<'a, Result<Page, StoreError>> {
        self.inner.range(range, consistency)
    }

    fn commit<'a>(&'a self, commit: &'a Commit) -> BoxFuture<'a, Result<(), StoreError>> {
        if self.when.strikes() {
            return Box::pin(ready(Err(StoreError::Conflict { failed: Vec::new() })));
        }
        self.inner.commit(commit)
    }

    fn health(&self) -> BoxFuture<'_, Result<Health, StoreError>> {
        self.inner.health()
    }
}

//! A store that asks for less now and then.

use super::When;
use crate::{Commit, Consistency, Health, Item, Key, Page, Range, Store, StoreError};
use futures::future::{BoxFuture, ready};
use std::sync::Arc;

/// Answers `Throttled` at some calls, of every sort; the call does nothing then.
#[derive(Debug)]
pub struct Throttle<S: ?Sized> {
    when: When,
    inner: Arc<S>,
}

impl<S: Store + ?Sized> Throttle<S> {
    /// Around a store.
    pub fn new(inner: Arc<S>, when: When) -> Self {
        Self { when, inner }
    }

    fn or<'a, T: Send + 'a>(
        &self,
        call: impl FnOnce() -> BoxFuture<'a, Result<T, StoreError>>,
    ) -> BoxFuture<'a, Result<T, StoreError>> {
        if self.when.strikes() { Box::pin(ready(Err(StoreError::Throttled))) } else { call() }
    }
}

impl<S: Store + ?Sized> Store for Throttle<S> {
    fn get<'a>(
        &'a self,
        keys: &'a [Key],
        consistency: Consistency,
    ) -> BoxFuture<'a, Result<Vec<Option<Item>>, StoreError>> {
        self.or(|| self.inner.get(keys, consistency))
    }

    fn range<'a>(
        &'a self,
        range: &'a Range,
        consistency: Consistency,
    ) -> BoxFuture<'a, Result<Page, StoreError>> {
        self.or(|| self.inner.range(range, consistency))
    }

    fn commit<'a>(&'a self, commit: &'a Commit) -> BoxFuture<'a, Result<(), StoreError>> {
        self.or(|| self.inner.commit(commit))
    }

    fn health(&self) -> BoxFuture<'_, Result<Health, StoreError>> {
        self.or(|| self.inner.health())
    }
}

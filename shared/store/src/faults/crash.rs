//! A store that goes away in the middle.

use crate::{Commit, Consistency, Health, Item, Key, Page, Range, Store, StoreError};
use futures::future::{BoxFuture, ready};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Works for a number of calls; from then on every call answers `Unavailable`.
#[derive(Debug)]
pub struct Crash<S: ?Sized> {
    left: AtomicU64,
    inner: Arc<S>,
}

impl<S: Store + ?Sized> Crash<S> {
    /// Around a store that works for this many calls, of any sort.
    pub fn after(inner: Arc<S>, calls: u64) -> Self {
        Self { left: AtomicU64::new(calls), inner }
    }

    fn or<'a, T: Send + 'a>(
        &self,
        call: impl FnOnce() -> BoxFuture<'a, Result<T, StoreError>>,
    ) -> BoxFuture<'a, Result<T, StoreError>> {
        let one_less = |left: u64| left.checked_sub(1);
        match self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less) {
            Ok(_) => call(),
            Err(_) => Box::pin(ready(Err(StoreError::Unavailable("the store went away".to_owned())))),
        }
    }
}

impl<S: Store + ?Sized> Store for Crash<S> {
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

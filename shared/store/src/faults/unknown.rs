//! Stores whose answer to a commit gets lost: after it was applied, or before.

use super::When;
use crate::{Commit, Consistency, Health, Item, Key, Page, Range, Store, StoreError, limits};
use futures::future::BoxFuture;
use std::sync::Arc;

macro_rules! loses_answers {
    ($(#[$doc:meta])* $name:ident, $applies:literal) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<S: ?Sized> {
            when: When,
            inner: Arc<S>,
        }

        impl<S: Store + ?Sized> $name<S> {
            /// Around a store.
            pub fn new(inner: Arc<S>, when: When) -> Self {
                Self { when, inner }
            }
        }

        impl<S: Store + ?Sized> Store for $name<S> {
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
                Box::pin(async move {
                    // Found before any I/O, so no answer can get lost.
                    limits::check_commit(commit)?;
                    if !self.when.strikes() {
                        return self.inner.commit(commit).await;
                    }
                    if $applies {
                        self.inner.commit(commit).await?;
                    }
                    Err(StoreError::Unknown("the answer was lost".to_owned()))
                })
            }

            fn health(&self) -> BoxFuture<'_, Result<Health, StoreError>> {
                self.inner.health()
            }
        }
    };
}

loses_answers!(
    /// Applies a commit and then answers `Unknown`, now and then. A commit that fails is told as it is.
    FailAfterCommit,
    true
);
loses_answers!(
    /// Does not apply a commit and answers `Unknown`, now and then.
    FailBeforeCommit,
    false
);

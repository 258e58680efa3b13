//! What a program does about a store's bad day, in one place: a laptop puts its store into [`Retrying`];
//! on AWS the SDK does the same below the store, with the same number of tries. Nothing above sends a call
//! again: a handler that lost a race is run again over fresh rows, and makes another commit.
//!
//! - `Unknown`: the same commit again, with the same id, so that it happens once.
//! - `Throttled`, and `Conflict` without positions (only contention is known): the same again, later.
//! - `Conflict` with positions: never here; the caller has to read and decide again.

use crate::{Commit, Consistency, Health, Item, Key, Page, Range, Store, StoreError, dice::Dice};
use futures::future::BoxFuture;
use std::{sync::Arc, time::Duration};

/// Waits; a test passes one that does not.
pub type Sleep = Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>;

/// How often to try again, and how long to wait in between.
#[derive(Clone)]
pub struct Rule {
    /// Tries after the first one.
    pub retries: u32,
    /// Longest wait before the first retry; it doubles with each. The wait is a random part of it.
    pub base: Duration,
    /// Longest wait at all.
    pub longest: Duration,
    /// Waits.
    pub sleep: Sleep,
    /// Where the random part comes from.
    pub jitter: Arc<Dice>,
}

impl Rule {
    /// The product's rule: 3 retries, so 4 tries in all, 25 ms doubling up to 1 s, full jitter.
    pub fn new(sleep: Sleep, jitter_seed: u64) -> Self {
        let (base, longest) = (Duration::from_millis(25), Duration::from_secs(1));
        Self { retries: 3, base, longest, sleep, jitter: Arc::new(Dice::new(jitter_seed)) }
    }

    async fn wait(&self, retry: u32) {
        let most = self.base.saturating_mul(2_u32.saturating_pow(retry)).min(self.longest);
        let micros = u64::try_from(most.as_micros()).unwrap_or(u64::MAX);
        (self.sleep)(Duration::from_micros(self.jitter.below(micros.saturating_add(1)))).await;
    }

    async fn call<'a, T>(
        &self,
        call: impl Fn() -> BoxFuture<'a, Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let mut retry = 0;
        let mut unsure = None;
        loop {
            let error = match call().await {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            match &error {
                StoreError::Unknown(why) => unsure = Some(why.clone()),
                _ if passes(&error) => {}
                _ => return Err(sure(error, unsure)),
            }
            if retry == self.retries {
                return Err(sure(error, unsure));
            }
            self.wait(retry).await;
            retry += 1;
        }
    }
}

/// Whether the same call may well succeed a little later.
fn passes(error: &StoreError) -> bool {
    match error {
        StoreError::Throttled => true,
        StoreError::Conflict { failed } => failed.is_empty(),
        _ => false,
    }
}

/// INVARIANT (no false comfort): once an outcome was unknown, only success or a failed condition
/// makes it known again; "nothing was changed" is true of the last try only.
fn sure(error: StoreError, unsure: Option<String>) -> StoreError {
    match (error, unsure) {
        (known @ StoreError::Conflict { .. }, _) if !passes(&known) => known,
        (_, Some(why)) => StoreError::Unknown(why),
        (error, None) => error,
    }
}

/// A store that is called by the rule.
pub struct Retrying<S: ?Sized> {
    rule: Rule,
    inner: Arc<S>,
}

impl<S: Store + ?Sized> Retrying<S> {
    /// Around a store.
    pub fn new(inner: Arc<S>, rule: Rule) -> Self {
        Self { rule, inner }
    }
}

impl<S: Store + ?Sized> Store for Retrying<S> {
    fn get<'a>(
        &'a self,
        keys: &'a [Key],
        consistency: Consistency,
    ) -> BoxFuture<'a, Result<Vec<Option<Item>>, StoreError>> {
        Box::pin(self.rule.call(move || self.inner.get(keys, consistency)))
    }

    fn range<'a>(
        &'a self,
        range: &'a Range,
        consistency: Consistency,
    ) -> BoxFuture<'a, Result<Page, StoreError>> {
        Box::pin(self.rule.call(move || self.inner.range(range, consistency)))
    }

    fn commit<'a>(&'a self, commit: &'a Commit) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(self.rule.call(move || self.inner.commit(commit)))
    }

    fn health(&self) -> BoxFuture<'_, Result<Health, StoreError>> {
        Box::pin(self.rule.call(move || self.inner.health()))
    }
}

//! A store whose eventual reads lag behind, as those of replicas do.

use super::Dice;
use crate::{Commit, Consistency, Health, Item, Key, Op, Page, Range, Store, StoreError};
use futures::{future::BoxFuture, lock::Mutex};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// What the rows of one commit were before it.
type Before = Vec<(Key, Option<Item>)>;

/// Strong reads see everything; an eventual read sees the store as it was up to so many commits ago,
/// each time another number of them. Writers take turns here, so that the past is known exactly.
#[derive(Debug)]
pub struct Stale<S: ?Sized> {
    dice: Dice,
    lag_max: usize,
    past: Mutex<VecDeque<Before>>,
    inner: Arc<S>,
}

impl<S: Store + ?Sized> Stale<S> {
    /// Around a store; eventual reads lag by 0 to `lag_max` commits.
    pub fn new(inner: Arc<S>, lag_max: usize, seed: u64) -> Self {
        Self { dice: Dice::new(seed), lag_max, past: Mutex::default(), inner }
    }

    /// The rows that differ now from what they were some commits ago, as they were then.
    fn differences(&self, past: &VecDeque<Before>) -> BTreeMap<Key, Option<Item>> {
        let lag = usize::try_from(self.dice.below(self.lag_max as u64 + 1)).unwrap_or_default();
        // From the newest to the oldest: the oldest has the last word.
        past.iter().rev().take(lag).flatten().cloned().collect()
    }

    async fn old_get(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StoreError> {
        let past = self.past.lock().await;
        let items = self.inner.get(keys, Consistency::Strong).await?;
        let was = self.differences(&past);
        let old = |(key, now): (&Key, Option<Item>)| was.get(key).cloned().unwrap_or(now);
        Ok(keys.iter().zip(items).map(old).collect())
    }

    async fn old_range(&self, range: &Range) -> Result<Page, StoreError> {
        let past = self.past.lock().await;
        let page = self.inner.range(range, Consistency::Strong).await?;
        Ok(as_it_was(page, range, self.differences(&past)))
    }

    async fn remembered_commit(&self, commit: &Commit) -> Result<(), StoreError> {
        let mut past = self.past.lock().await;
        let keys: Vec<Key> = commit.ops.iter().map(Op::key).cloned().collect();
        crate::limits::check_commit(commit)?;
        let items = self.inner.get(&keys, Consistency::Strong).await?;
        self.inner.commit(commit).await?;
        past.push_back(keys.into_iter().zip(items).collect());
        while past.len() > self.lag_max {
            past.pop_front();
        }
        Ok(())
    }
}

/// A page with some rows as they were. Rows beyond the page's end are the next page's matter.
fn as_it_was(page: Page, range: &Range, was: BTreeMap<Key, Option<Item>>) -> Page {
    let Page { items, mut next } = page;
    let end = next.clone();
    let inside =
        |sort: &str| end.as_deref().is_none_or(|end| if range.reverse { end <= sort } else { sort <= end });
    let mut rows: BTreeMap<String, Item> =
        items.into_iter().map(|item| (item.key.sort.clone(), item)).collect();
    for (key, item) in was {
        if key.partition == range.partition && range.holds(&key.sort) && inside(&key.sort) {
            match item {
                Some(item) => drop(rows.insert(key.sort, item)),
                None => drop(rows.remove(&key.sort)),
            }
        }
    }
    let mut items: Vec<Item> = rows.into_values().collect();
    if range.reverse {
        items.reverse();
    }
    if items.len() > range.limit as usize {
        items.truncate(range.limit as usize);
        next = items.last().map(|last| last.key.sort.clone());
    }
    Page { items, next }
}

impl<S: Store + ?Sized> Store for Stale<S> {
    fn get<'a>(
        &'a self,
        keys: &'a [Key],
        consistency: Consistency,
    ) -> BoxFuture<'a, Result<Vec<Option<Item>>, StoreError>> {
        match consistency {
            Consistency::Strong => self.inner.get(keys, consistency),
            Consistency::Eventual => Box::pin(self.old_get(keys)),
        }
    }

    fn range<'a>(
        &'a self,
        range: &'a Range,
        consistency: Consistency,
    ) -> BoxFuture<'a, Result<Page, StoreError>> {
        match consistency {
            Consistency::Strong => self.inner.range(range, consistency),
            Consistency::Eventual => Box::pin(self.old_range(range)),
        }
    }

    fn commit<'a>(&'a self, commit: &'a Commit) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(self.remembered_commit(commit))
    }

    fn health(&self) -> BoxFuture<'_, Result<Health, StoreError>> {
        self.inner.health()
    }
}

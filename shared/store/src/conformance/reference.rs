//! The words of the trait as plain code over a sorted map: what random sequences are compared with,
//! and a store in memory for tests of what stands on stores.

use crate::{
    Commit, Consistency, Expect, Health, Item, Key, Op, Page, Range, Store, StoreError, Value, limits,
};
use futures::future::BoxFuture;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

/// Rows in a sorted map. Text in Rust sorts by its UTF-8 bytes.
#[derive(Debug, Default)]
pub struct Model {
    rows: BTreeMap<Key, Item>,
    commits: BTreeSet<String>,
}

impl Model {
    /// The row at a key.
    pub fn get(&self, key: &Key) -> Option<Item> {
        self.rows.get(key).cloned()
    }

    /// Every row of a range in the order asked for, whatever its limit.
    pub fn rows(&self, range: &Range) -> Vec<Item> {
        let inside = |item: &&Item| item.key.partition == range.partition && range.holds(&item.key.sort);
        let upwards: Vec<Item> = self.rows.values().filter(inside).cloned().collect();
        if range.reverse { upwards.into_iter().rev().collect() } else { upwards }
    }

    /// One page of a range.
    pub fn page(&self, range: &Range) -> Page {
        let mut items = Vec::new();
        let mut bytes = 0;
        for item in self.rows(range) {
            bytes += limits::item_bytes(&item);
            if !items.is_empty() && (items.len() >= range.limit as usize || bytes > limits::PAGE_MAX_BYTES) {
                let next = items.last().map(|last: &Item| last.key.sort.clone());
                return Page { items, next };
            }
            items.push(item);
        }
        Page { items, next: None }
    }

    /// Applies a commit, or answers the positions whose conditions do not hold.
    ///
    /// # Errors
    /// Those positions.
    pub fn commit(&mut self, commit: &Commit) -> Result<(), Vec<usize>> {
        if self.commits.contains(commit.id.as_str()) {
            return Ok(());
        }
        let failed: Vec<usize> = commit
            .ops
            .iter()
            .enumerate()
            .filter(|(_, op)| !self.allows(op))
            .map(|(place, _)| place)
            .collect();
        if !failed.is_empty() {
            return Err(failed);
        }
        commit.ops.iter().for_each(|op| self.apply(op, commit));
        self.commits.insert(commit.id.to_string());
        Ok(())
    }

    fn allows(&self, op: &Op) -> bool {
        match op {
            Op::Check { key, expect } | Op::Put { key, expect, .. } | Op::Delete { key, expect } => {
                let row = self.rows.get(key);
                match expect {
                    Expect::Any => true,
                    Expect::Absent => row.is_none(),
                    Expect::Present => row.is_some(),
                    Expect::Revision(wanted) => row.is_some_and(|row| row.revision == *wanted),
                }
            }
            Op::Add { key, by, at_least, at_most } => self.sum(key, *by).is_some_and(|sum| {
                at_least.is_none_or(|least| sum >= least) && at_most.is_none_or(|most| sum <= most)
            }),
        }
    }

    fn sum(&self, key: &Key, by: i64) -> Option<i64> {
        match self.rows.get(key).map(|row| &row.value) {
            None => Some(by),
            Some(Value::Count(count)) => count.checked_add(by),
            Some(_) => None,
        }
    }

    fn apply(&mut self, op: &Op, commit: &Commit) {
        let revision = commit.revision();
        match op {
            Op::Check { .. } => {}
            Op::Put { key, value, schema, expires_at, .. } => {
                let (value, expires_at) = (value.clone(), *expires_at);
                let item = Item { key: key.clone(), revision, schema: *schema, value, expires_at };
                self.rows.insert(key.clone(), item);
            }
            Op::Delete { key, .. } => drop(self.rows.remove(key)),
            Op::Add { key, by, .. } => {
                let value = Value::Count(self.sum(key, *by).unwrap_or_default());
                let item = Item { key: key.clone(), revision, schema: 1, value, expires_at: None };
                self.rows.insert(key.clone(), item);
            }
        }
    }
}

/// The model as a store. It forgets everything when it is dropped.
#[derive(Debug, Default)]
pub struct Reference(Mutex<Model>);

impl Reference {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    fn with<T>(&self, call: impl FnOnce(&mut Model) -> T) -> T {
        call(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Store for Reference {
    fn get<'a>(
        &'a self,
        keys: &'a [Key],
        _consistency: Consistency,
    ) -> BoxFuture<'a, Result<Vec<Option<Item>>, StoreError>> {
        Box::pin(async move {
            limits::check_get(keys)?;
            Ok(self.with(|model| keys.iter().map(|key| model.get(key)).collect()))
        })
    }

    fn range<'a>(
        &'a self,
        range: &'a Range,
        _consistency: Consistency,
    ) -> BoxFuture<'a, Result<Page, StoreError>> {
        Box::pin(async move {
            limits::check_range(range)?;
            Ok(self.with(|model| model.page(range)))
        })
    }

    fn commit<'a>(&'a self, commit: &'a Commit) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            limits::check_commit(commit)?;
            self.with(|model| model.commit(commit)).map_err(|failed| StoreError::Conflict { failed })
        })
    }

    fn health(&self) -> BoxFuture<'_, Result<Health, StoreError>> {
        Box::pin(async { Ok(Health { adapter: "memory", schema: 1 }) })
    }
}

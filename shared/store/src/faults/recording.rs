//! A store that counts what it is asked: what a route costs.

use crate::{Commit, Consistency, Health, Item, Key, Op, Page, Range, Store, StoreError};
use futures::future::BoxFuture;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Counts of calls. Failed calls count too: they cost as much.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tally {
    /// Calls of `get`.
    pub gets: u64,
    /// Keys asked for by `get`, by kind of row.
    pub keys: BTreeMap<String, u64>,
    /// Calls of `range`, by kind of row.
    pub ranges: BTreeMap<String, u64>,
    /// Calls of `commit`.
    pub commits: u64,
    /// Operations, by `check`, `put`, `delete` or `add` and kind of row, such as `put usr`.
    pub ops: BTreeMap<String, u64>,
    /// Reads that may lag: calls of `get` and `range` with `Consistency::Eventual`.
    pub eventual: u64,
}

impl Tally {
    /// Round trips to read: calls of `get` and of `range`.
    pub fn reads(&self) -> u64 {
        self.gets + self.ranges.values().sum::<u64>()
    }

    /// Operations in all commits.
    pub fn operations(&self) -> u64 {
        self.ops.values().sum()
    }
}

/// Passes everything on and counts it.
#[derive(Debug)]
pub struct Recording<S: ?Sized> {
    tally: Mutex<Tally>,
    inner: Arc<S>,
}

impl<S: Store + ?Sized> Recording<S> {
    /// Around a store.
    pub fn new(inner: Arc<S>) -> Self {
        Self { tally: Mutex::default(), inner }
    }

    /// What was counted since the last time, and starts again from nothing.
    pub fn take(&self) -> Tally {
        std::mem::take(&mut self.tally.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, change: impl FnOnce(&mut Tally)) {
        change(&mut self.tally.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

fn count(counts: &mut BTreeMap<String, u64>, what: String) {
    *counts.entry(what).or_default() += 1;
}

fn name_of(op: &Op) -> String {
    let verb = match op {
        Op::Check { .. } => "check",
        Op::Put { .. } => "put",
        Op::Delete { .. } => "delete",
        Op::Add { .. } => "add",
    };
    format!("{verb} {}", op.key().kind())
}

impl<S: Store + ?Sized> Store for Recording<S> {
    fn get<'a>(
        &'a self,
        keys: &'a [Key],
        consistency: Consistency,
    ) -> BoxFuture<'a, Result<Vec<Option<Item>>, StoreError>> {
        self.note(|tally| {
            tally.gets += 1;
            tally.eventual += u64::from(consistency == Consistency::Eventual);
            keys.iter().for_each(|key| count(&mut tally.keys, key.kind().to_owned()));
        });
        self.inner.get(keys, consistency)
    }

    fn range<'a>(
        &'a self,
        range: &'a Range,
        consistency: Consistency,
    ) -> BoxFuture<'a, Result<Page, StoreError>> {
        self.note(|tally| {
            tally.eventual += u64::from(consistency == Consistency::Eventual);
            let kind = range.partition.split('#').next().unwrap_or_default();
            count(&mut tally.ranges, kind.to_owned());
        });
        self.inner.range(range, consistency)
    }

    fn commit<'a>(&'a self, commit: &'a Commit) -> BoxFuture<'a, Result<(), StoreError>> {
        self.note(|tally| {
            tally.commits += 1;
            commit.ops.iter().for_each(|op| count(&mut tally.ops, name_of(op)));
        });
        self.inner.commit(commit)
    }

    fn health(&self) -> BoxFuture<'_, Result<Health, StoreError>> {
        self.inner.health()
    }
}

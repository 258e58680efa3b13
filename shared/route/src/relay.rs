//! The relay: takes events from the outbox and hands each to the consumers that want it.
//!
//! At least once, resumable: a row leaves the outbox only after every consumer has it or has parked it.
//! - A consumer that fails is tried again later, five times, each wait longer than the last; then the
//!   event is parked with the reason: listed, retried at a start or by command, never lost.
//! - Something that does not answer (the store, a port) is no fault of the event: it is tried again
//!   later and not counted, and its consumer is left alone for the rest of the pass.
//! - Whatever is wrong with one row, one mark or one consumer holds up no other.

mod give;
mod parked;
mod rows;

pub use parked::{ParkedEvent, Retried};
pub use rows::{Parked, event_of};

use crate::{consumer::AnyConsumer, shell::ShellParts};
use cws_cloud::clock;
use cws_model::{Event, id::CommitKind};
use cws_store::{
    Consistency, Expect, Item, Key, Op, Range, StoreError, Writes,
    outbox::{self, SHARDS},
};
use give::{Handed, Pace};
use rows::{Parked as ParkedRow, UNREADABLE, parked_key};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

/// How often a consumer may fail on an event before the event is parked.
pub const TRIES: u32 = 5;
/// Rows read at once; what is done of them leaves the outbox in one commit.
const PAGE_ROWS: u32 = 50;
/// Failures of the store in a row after which a pass ends.
const STORE_FAILURES_MAX: u32 = 3;

/// What one pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Passed {
    /// Events that left the outbox.
    pub handed: u32,
    /// Hand-overs that failed and will be tried again.
    pub failed: u32,
    /// Hand-overs that wait for their next try.
    pub waiting: u32,
    /// Hand-overs that were given up.
    pub parked: u32,
    /// Whether the pass ended before it had seen everything; the next one goes on from there.
    pub more: bool,
}

/// Hands events over.
pub struct Relay {
    parts: Arc<ShellParts>,
    consumers: Vec<Arc<dyn AnyConsumer>>,
    place: Mutex<Place>,
}

/// Where the next pass begins.
#[derive(Debug, Default)]
struct Place {
    shard: u32,
    after: Option<String>,
}

/// What a pass knows while it runs.
#[derive(Default)]
struct Run {
    passed: Passed,
    /// Consumers that miss something they need.
    away: BTreeSet<&'static str>,
    store_failures: u32,
}

impl Relay {
    /// A relay to these consumers.
    pub fn new(parts: Arc<ShellParts>, consumers: Vec<Arc<dyn AnyConsumer>>) -> Self {
        Self { parts, consumers, place: Mutex::default() }
    }

    /// Goes through the outbox once, looking at `budget` events at most, for as long as `go_on` says so.
    ///
    /// # Errors
    /// What the store says; the next pass goes on from there.
    pub async fn pass(&self, budget: u32, go_on: &(dyn Fn() -> bool + Sync)) -> Result<Passed, StoreError> {
        let mut run = Run::default();
        let mut left = budget;
        let mut place = std::mem::take(&mut *self.place());
        while place.shard < SHARDS {
            if left == 0 || !go_on() {
                run.passed.more = true;
                *self.place() = place;
                break;
            }
            let range = Range::all(outbox::partition(place.shard)).limit(left.min(PAGE_ROWS));
            let range = range.after(place.after.clone());
            let page = self.parts.store.range(&range, Consistency::Strong).await?;
            let looked = self.page(&page.items, go_on, &mut run).await?;
            left = left.saturating_sub(u32::try_from(looked).unwrap_or(u32::MAX));
            if looked == page.items.len() && page.next.is_none() {
                place = Place { shard: place.shard + 1, after: None };
            } else if let Some(last) = looked.checked_sub(1).and_then(|last| page.items.get(last)) {
                place.after = Some(last.key.sort.clone());
            }
        }
        Ok(run.passed)
    }

    fn place(&self) -> std::sync::MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works through a page; answers how many rows it looked at.
    async fn page(
        &self,
        items: &[Item],
        go_on: &(dyn Fn() -> bool + Sync),
        run: &mut Run,
    ) -> Result<usize, StoreError> {
        let (mut done, mut looked) = (Vec::new(), 0);
        for item in items.iter().take_while(|_| go_on()) {
            looked += 1;
            match self.hand_over(item, run).await {
                Ok(true) => done.push(item.key.clone()),
                Ok(false) => {}
                Err(error) => {
                    run.passed.failed += 1;
                    run.store_failures += 1;
                    if run.store_failures >= STORE_FAILURES_MAX {
                        return Err(error);
                    }
                    continue;
                }
            }
            run.store_failures = 0;
        }
        run.passed.handed += u32::try_from(done.len()).unwrap_or(u32::MAX);
        self.remove(done).await?;
        Ok(looked)
    }

    async fn remove(&self, done: Vec<Key>) -> Result<(), StoreError> {
        let mut writes = Writes::new();
        for key in done {
            writes.op(Op::Delete { key, expect: Expect::Any });
        }
        if writes.is_empty() { Ok(()) } else { self.commit(writes).await }
    }

    /// Hands one outbox row over; answers whether it is done with.
    async fn hand_over(&self, item: &Item, run: &mut Run) -> Result<bool, StoreError> {
        match event_of(item) {
            Ok(event) => self.to_all(&event, Pace::Backoff, run).await,
            Err(StoreError::Corrupt { reason, .. }) => {
                self.park_unreadable(item, &reason).await?;
                run.passed.parked += 1;
                Ok(false)
            }
            Err(error) => {
                tracing::warn!(event = item.key.sort, %error, "an event waits for a newer program");
                run.passed.waiting += 1;
                Ok(false)
            }
        }
    }

    /// A row that holds no event: kept with those that were given up, since nobody can consume it.
    async fn park_unreadable(&self, item: &Item, reason: &str) -> Result<(), StoreError> {
        let id = item.key.sort.as_str();
        tracing::error!(event = id, reason, "an outbox row holds no event; it is parked");
        let parked = ParkedRow::unreadable(item, reason, self.parts.clock.now());
        let mut writes = Writes::new();
        // Such a row need not have an id of its own, so it is told apart by its whole place.
        let place = format!("{}/{id}", item.key.partition);
        writes.overwrite(parked_key(UNREADABLE, &place), &parked, None)?;
        writes.op(Op::Delete { key: item.key.clone(), expect: Expect::Any });
        self.commit(writes).await
    }

    /// Hands one event to those of the consumers that want it: what a queue's message leads to on AWS,
    /// where the queue says when it is tried again. Answers whether every one of them is done with it.
    ///
    /// # Errors
    /// What the store says.
    pub async fn deliver(&self, event: &Event, passed: &mut Passed) -> Result<bool, StoreError> {
        let mut run = Run { passed: *passed, ..Run::default() };
        let done = self.to_all(event, Pace::AtOnce, &mut run).await;
        *passed = run.passed;
        done
    }

    async fn to_all(&self, event: &Event, pace: Pace, run: &mut Run) -> Result<bool, StoreError> {
        let mut done = true;
        for consumer in self.consumers.iter().filter(|c| c.spec().wants(&event.kind)) {
            let name = consumer.spec().name;
            let handed = if run.away.contains(name) {
                Handed::Waiting
            } else {
                self.give(consumer.as_ref(), event, pace).await?
            };
            done &= matches!(handed, Handed::Done | Handed::Parked);
            match handed {
                Handed::Done => {}
                Handed::Parked => run.passed.parked += 1,
                Handed::Failed => run.passed.failed += 1,
                Handed::Waiting => run.passed.waiting += 1,
                Handed::Away => {
                    run.passed.failed += 1;
                    run.away.insert(name);
                }
            }
        }
        Ok(done)
    }

    async fn commit(&self, writes: Writes) -> Result<(), StoreError> {
        let id = clock::new_id::<CommitKind>(self.parts.clock.now(), self.parts.entropy.as_ref());
        self.parts.store.commit(&writes.into_commit(id)).await
    }
}

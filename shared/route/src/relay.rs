//! The relay: takes events from the outbox and hands each to the consumers that want it.
//!
//! At least once, resumable: a row leaves the outbox only after every consumer has it. A consumer that
//! fails five times has the event parked, with the reason, and holds up nobody else.

use crate::{
    consumer::{AnyConsumer, ConsumeError, SystemCtx},
    shell::ShellParts,
};
use cws_cloud::clock;
use cws_model::{Event, Timestamp, id::CommitKind};
use cws_store::{
    Commit, Consistency, Expect, Item, Key, Kind, Op, Range, Record, StoreError, Value, Writes, kind,
    outbox::{self, SHARDS},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How often a consumer may fail on an event before the event is parked.
pub const TRIES: u32 = 5;

/// How long a consumer remembers an event, seconds: longer than an event can come again.
const REMEMBER_S: i64 = 7 * 24 * 3600;

/// What one pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Passed {
    /// Events that left the outbox.
    pub handed: u32,
    /// Hand-overs that failed and will be tried again.
    pub failed: u32,
    /// Hand-overs that were given up.
    pub parked: u32,
}

/// What a consumer knows of an event.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Consumed {
    /// Failed tries so far; the event is done when `done`.
    tries: u32,
    done: bool,
}

impl Record for Consumed {
    const KIND: Kind = kind::CONSUMED;
}

/// An event that a consumer gave up on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Parked {
    /// The event.
    pub event: Event,
    /// Why, from the last try.
    pub reason: String,
    /// When it was parked.
    pub at: Timestamp,
}

impl Record for Parked {
    const KIND: Kind = kind::PARKED;
}

/// Hands events over.
pub struct Relay {
    parts: Arc<ShellParts>,
    consumers: Vec<Arc<dyn AnyConsumer>>,
}

/// How one hand-over ended.
enum Handed {
    Done,
    Failed,
    Parked,
}

impl Relay {
    /// A relay to these consumers.
    pub fn new(parts: Arc<ShellParts>, consumers: Vec<Arc<dyn AnyConsumer>>) -> Self {
        Self { parts, consumers }
    }

    /// Goes once through the outbox, or through as much as there is.
    ///
    /// # Errors
    /// What the store says; the next pass goes on from there.
    pub async fn pass(&self) -> Result<Passed, StoreError> {
        let mut passed = Passed::default();
        for shard in 0..SHARDS {
            let mut after = None;
            loop {
                let range = Range::all(outbox::partition(shard)).after(after);
                let page = self.parts.store.range(&range, Consistency::Strong).await?;
                for item in &page.items {
                    self.hand_over(item, &mut passed).await?;
                }
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(passed)
    }

    /// Hands one outbox row over: what a stream record leads to on AWS.
    ///
    /// # Errors
    /// What the store says.
    pub async fn hand_over(&self, item: &Item, passed: &mut Passed) -> Result<(), StoreError> {
        let event = event_of(item)?;
        if self.deliver(&event, passed).await? {
            let op = Op::Delete { key: item.key.clone(), expect: Expect::Any };
            self.commit(vec![op]).await?;
            passed.handed += 1;
        }
        Ok(())
    }

    /// Hands one event to those of the consumers that want it: what a queue's message leads to on AWS.
    /// Answers whether every one of them is done with it.
    ///
    /// # Errors
    /// What the store says.
    pub async fn deliver(&self, event: &Event, passed: &mut Passed) -> Result<bool, StoreError> {
        let mut done = true;
        for consumer in self.consumers.iter().filter(|c| c.spec().wants(&event.kind)) {
            match self.give(consumer.as_ref(), event).await? {
                Handed::Done => {}
                Handed::Parked => passed.parked += 1,
                Handed::Failed => {
                    done = false;
                    passed.failed += 1;
                }
            }
        }
        Ok(done)
    }

    async fn give(&self, consumer: &dyn AnyConsumer, event: &Event) -> Result<Handed, StoreError> {
        let spec = consumer.spec();
        let key = seen_key(spec.name, event);
        for _ in 0..4 {
            let ctx = SystemCtx::new(self.parts.clone(), spec);
            let seen = self.read_seen(&key, ctx.now()).await?;
            if seen.value().is_some_and(|seen| seen.done) {
                return Ok(Handed::Done);
            }
            let tries = seen.value().map_or(0, |seen| seen.tries);
            let (mut writes, handed, mark) = match consumer.handle(&ctx, event).await {
                Ok(writes) => (writes, Handed::Done, Consumed { tries, done: true }),
                Err(error) => failed(spec.name, event, &error, tries, ctx.now())?,
            };
            writes.put_until(&seen, &mark, Some(ctx.now().plus_seconds(REMEMBER_S)))?;
            match self.parts.store.commit(&writes.into_commit(ctx.commit_id())).await {
                Ok(()) => return Ok(handed),
                Err(StoreError::Conflict { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Handed::Failed)
    }

    async fn read_seen(&self, key: &Key, now: Timestamp) -> Result<cws_store::Slot<Consumed>, StoreError> {
        let items = self.parts.store.get(std::slice::from_ref(key), Consistency::Strong).await?;
        cws_store::Slot::read(key.clone(), items.into_iter().next().flatten(), now)
    }

    async fn commit(&self, ops: Vec<Op>) -> Result<(), StoreError> {
        let id = clock::new_id::<CommitKind>(self.parts.clock.now(), self.parts.entropy.as_ref());
        self.parts.store.commit(&Commit { id, ops }).await
    }
}

fn failed(
    consumer: &str,
    event: &Event,
    error: &ConsumeError,
    tries: u32,
    now: Timestamp,
) -> Result<(Writes, Handed, Consumed), StoreError> {
    let tries = tries + 1;
    let mut writes = Writes::new();
    if tries < TRIES {
        tracing::warn!(consumer, event = %event.id, kind = event.kind, tries, %error, "a consumer failed; it is tried again");
        return Ok((writes, Handed::Failed, Consumed { tries, done: false }));
    }
    tracing::error!(consumer, event = %event.id, kind = event.kind, tries, %error, "a consumer failed too often; the event is parked");
    let parked = Parked { event: event.clone(), reason: error.to_string(), at: now };
    writes.overwrite(Key::new(kind::PARKED.part(consumer), event.id.as_str()), &parked, None)?;
    Ok((writes, Handed::Parked, Consumed { tries, done: true }))
}

fn seen_key(consumer: &str, event: &Event) -> Key {
    let part = format!("{consumer}#{:x}", outbox::shard_of(event));
    Key::new(kind::CONSUMED.part(&part), event.id.as_str())
}

/// The event in an outbox row.
///
/// # Errors
/// `Corrupt`.
pub fn event_of(item: &Item) -> Result<Event, StoreError> {
    let corrupt = |reason: String| StoreError::Corrupt { kind: kind::OUTBOX.prefix.to_owned(), reason };
    match &item.value {
        Value::Json(text) => serde_json::from_str(text).map_err(|e| corrupt(e.to_string())),
        _ => Err(corrupt("not JSON".to_owned())),
    }
}

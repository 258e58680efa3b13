//! Handing one event to one consumer: once in effect, later when it failed, parked when it fails too often.

use super::{
    Relay, TRIES,
    rows::{Consumed, Parked, parked_key, seen_key},
};
use crate::consumer::{AnyConsumer, ConsumeError, SystemCtx};
use cws_model::{Event, Timestamp};
use cws_store::{Consistency, Key, Slot, StoreError, Writes};
use futures::FutureExt;
use std::panic::AssertUnwindSafe;

/// How long a consumer remembers an event, seconds: longer than an event can come again.
pub(super) const REMEMBER_S: i64 = 7 * 24 * 3600;
/// Runs of a consumer whose commit met a conflict, before that counts as a failed try.
const CONFLICTS_MAX: u32 = 4;
/// The wait before the second try, seconds; each further one is five times as long.
const FIRST_WAIT_S: i64 = 2;
/// The longest wait while something does not answer, seconds.
const OUTAGE_WAIT_MAX_S: i64 = 60;

/// How one hand-over ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Handed {
    Done,
    /// It is not its time yet.
    Waiting,
    Failed,
    /// The consumer misses something that it needs.
    Away,
    Parked,
}

/// Who says when a failed event is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// The mark: not before its time.
    Backoff,
    /// Whoever calls.
    AtOnce,
}

/// Why a run of a consumer came to nothing.
pub(super) enum Missed {
    /// Others were in the way; it is run again over what they wrote.
    Conflict,
    /// Something does not answer.
    Outage(String),
    /// It is the event's, or the consumer's, own fault.
    Fault(String),
}

impl From<StoreError> for Missed {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { .. } => Self::Conflict,
            error if is_outage(&error) => Self::Outage(error.to_string()),
            error => Self::Fault(error.to_string()),
        }
    }
}

impl From<ConsumeError> for Missed {
    fn from(error: ConsumeError) -> Self {
        match error {
            ConsumeError::Store(error) => error.into(),
            ConsumeError::Away(reason) => Self::Outage(reason),
            ConsumeError::Other(reason) => Self::Fault(reason),
        }
    }
}

/// Whether the store itself is in trouble, and not what was asked of it.
pub(super) fn is_outage(error: &StoreError) -> bool {
    use StoreError::{Full, Throttled, Unavailable, Unknown};
    matches!(error, Throttled | Unknown(_) | Unavailable(_) | Full(_))
}

impl Relay {
    pub(super) async fn give(
        &self,
        consumer: &dyn AnyConsumer,
        event: &Event,
        pace: Pace,
    ) -> Result<Handed, StoreError> {
        let key = seen_key(consumer.spec().name, event);
        for _ in 0..CONFLICTS_MAX {
            let ctx = SystemCtx::new(self.parts.clone(), consumer.spec());
            let seen = match self.seen(&key, ctx.now()).await {
                Err(StoreError::Corrupt { reason, .. }) => {
                    return self.park_unmarked(consumer, event, key, &reason).await;
                }
                // A newer program is at it as well; it knows better.
                Err(StoreError::NewerSchema { .. }) => return Ok(Handed::Waiting),
                seen => seen?,
            };
            if let Some(early) = seen.value().and_then(|mark| not_now(mark, ctx.now(), pace)) {
                return Ok(early);
            }
            let mark = Consumed { done: true, ..seen.value().cloned().unwrap_or_default() };
            match run_and_commit(&ctx, consumer, event, &seen, &mark, Writes::new()).await {
                Ok(()) => return Ok(Handed::Done),
                Err(Missed::Conflict) => {}
                Err(missed) => return self.missed(consumer, event, &seen, missed).await,
            }
        }
        let seen = self.seen(&key, self.parts.clock.now()).await?;
        let conflict = Missed::Fault(format!("its commit met a conflict {CONFLICTS_MAX} times in a row"));
        self.missed(consumer, event, &seen, conflict).await
    }

    pub(super) async fn seen(&self, key: &Key, now: Timestamp) -> Result<Slot<Consumed>, StoreError> {
        let items = self.parts.store.get(std::slice::from_ref(key), Consistency::Strong).await?;
        Slot::read(key.clone(), items.into_iter().next().flatten(), now)
    }

    /// Notes a try that came to nothing, and parks the event when it was the last one.
    async fn missed(
        &self,
        consumer: &dyn AnyConsumer,
        event: &Event,
        seen: &Slot<Consumed>,
        missed: Missed,
    ) -> Result<Handed, StoreError> {
        let (name, now) = (consumer.spec().name, self.parts.clock.now());
        let before = seen.value().cloned().unwrap_or_default();
        if before.done {
            return Ok(Handed::Done);
        }
        let mut writes = Writes::new();
        let (mark, handed) = judged(name, event, before, missed, now, &mut writes)?;
        writes.put_until(seen, &mark, Some(now.plus_seconds(REMEMBER_S)))?;
        match self.commit(writes).await {
            Ok(()) => Ok(handed),
            // Another relay was faster, or the note itself cannot be kept: the event stays where it is.
            Err(error) if !is_outage(&error) => {
                tracing::error!(consumer = name, event = %event.id, %error, "a failed try could not be noted");
                Ok(Handed::Failed)
            }
            Err(error) => Err(error),
        }
    }

    /// A mark that cannot be read does not say whether the event was consumed. INVARIANT (once): it is
    /// not consumed again on a guess; whoever reads the parked events decides.
    async fn park_unmarked(
        &self,
        consumer: &dyn AnyConsumer,
        event: &Event,
        key: Key,
        reason: &str,
    ) -> Result<Handed, StoreError> {
        let (name, now) = (consumer.spec().name, self.parts.clock.now());
        tracing::error!(consumer = name, event = %event.id, reason, "a mark cannot be read; the event is parked");
        let reason = format!("the mark that says whether it was consumed cannot be read: {reason}");
        let mut writes = Writes::new();
        let mark = Consumed { done: true, ..Consumed::default() };
        writes.overwrite(key, &mark, Some(now.plus_seconds(REMEMBER_S)))?;
        let parked = Parked::new(event, &reason, now);
        writes.overwrite(parked_key(name, event.id.as_str()), &parked, None)?;
        self.commit(writes).await?;
        Ok(Handed::Parked)
    }
}

/// What a try that came to nothing means: the new mark, and the parked event when it was the last one.
fn judged(
    consumer: &str,
    event: &Event,
    before: Consumed,
    missed: Missed,
    now: Timestamp,
    writes: &mut Writes,
) -> Result<(Consumed, Handed), StoreError> {
    let (id, kind, tries) = (&event.id, &event.kind, before.tries + 1);
    match missed {
        Missed::Outage(reason) => {
            tracing::warn!(consumer, event = %id, kind, reason, "a consumer misses something it needs; the event waits");
            Ok((after_outage(before, now), Handed::Away))
        }
        Missed::Fault(reason) if tries < TRIES => {
            tracing::warn!(consumer, event = %id, kind, tries, reason, "a consumer failed; it is tried again");
            Ok((after_fault(before, now), Handed::Failed))
        }
        Missed::Fault(reason) => {
            tracing::error!(consumer, event = %id, kind, reason, "a consumer failed too often; the event is parked");
            writes.overwrite(parked_key(consumer, id.as_str()), &Parked::new(event, &reason, now), None)?;
            Ok((Consumed { tries, done: true, ..before }, Handed::Parked))
        }
        Missed::Conflict => Ok((before, Handed::Failed)),
    }
}

/// Runs a consumer, and commits what it decided together with the mark. INVARIANT (one bad consumer): a
/// panic is its own failure and ends nothing else.
pub(super) async fn run_and_commit(
    ctx: &SystemCtx,
    consumer: &dyn AnyConsumer,
    event: &Event,
    seen: &Slot<Consumed>,
    mark: &Consumed,
    with: Writes,
) -> Result<(), Missed> {
    let run = AssertUnwindSafe(async { consumer.handle(ctx, event).await }).catch_unwind();
    let mut writes = run.await.unwrap_or_else(|panic| Err(ConsumeError::Other(panicked(panic.as_ref()))))?;
    writes.extend(with);
    writes.put_until(seen, mark, Some(ctx.now().plus_seconds(REMEMBER_S)))?;
    Ok(ctx.store().commit(&writes.into_commit(ctx.commit_id())).await?)
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().map(str::to_owned);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("the consumer panicked: {}", text.unwrap_or_default())
}

fn not_now(mark: &Consumed, now: Timestamp, pace: Pace) -> Option<Handed> {
    let early = pace == Pace::Backoff && mark.next_try.is_some_and(|at| now < at);
    match (mark.done, early) {
        (true, _) => Some(Handed::Done),
        (false, true) => Some(Handed::Waiting),
        (false, false) => None,
    }
}

fn after_fault(before: Consumed, now: Timestamp) -> Consumed {
    let wait_s = FIRST_WAIT_S * 5_i64.saturating_pow(before.tries);
    Consumed { tries: before.tries + 1, next_try: Some(now.plus_seconds(wait_s)), ..before }
}

fn after_outage(before: Consumed, now: Timestamp) -> Consumed {
    let outages = before.outages.saturating_add(1);
    let wait_s = 2_i64.saturating_pow(before.outages.min(10)).min(OUTAGE_WAIT_MAX_S);
    Consumed { outages, next_try: Some(now.plus_seconds(wait_s)), ..before }
}

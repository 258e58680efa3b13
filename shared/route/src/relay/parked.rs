//! Events that were given up: listed for a person, and tried again when somebody thinks that they will do.

use super::{
    Relay,
    give::{Missed, REMEMBER_S, run_and_commit},
    rows::{Consumed, Parked, UNREADABLE, event_in, parked_key, seen_key},
};
use crate::consumer::{AnyConsumer, SystemCtx};
use cws_model::{Event, Timestamp};
use cws_store::{
    Consistency, Expect, Item, Op, Range, Slot, StoreError, Writes, key::read_all, kind, outbox,
    record::decode,
};

/// A parked event, to be read by a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedEvent {
    /// Who gave it up.
    pub consumer: String,
    /// The event.
    pub id: String,
    /// Its type; none when the outbox row held no event.
    pub kind: Option<String>,
    /// Why.
    pub reason: String,
    /// When; none when the row cannot be read.
    pub at: Option<Timestamp>,
}

/// What became of parked events that were tried again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retried {
    /// Consumed, or put back into the outbox.
    pub done: u32,
    /// Still parked.
    pub parked: u32,
}

impl Relay {
    /// The parked events of all consumers.
    ///
    /// # Errors
    /// What the store says.
    pub async fn parked(&self) -> Result<Vec<ParkedEvent>, StoreError> {
        let names = self.consumers.iter().map(|consumer| consumer.spec().name);
        let mut found = Vec::new();
        for part in names.chain([UNREADABLE]) {
            found.extend(self.rows(part).await?.iter().map(|item| told(part, item)));
        }
        Ok(found)
    }

    /// Tries every parked event once more. One that fails again stays parked, with the new reason.
    ///
    /// # Errors
    /// What the store says; what was not tried stays parked.
    pub async fn retry_parked(&self) -> Result<Retried, StoreError> {
        let mut retried = Retried::default();
        for consumer in &self.consumers {
            for item in self.rows(consumer.spec().name).await? {
                let done = self.retry(consumer.as_ref(), &item).await?;
                retried.done += u32::from(done);
                retried.parked += u32::from(!done);
            }
        }
        for item in self.rows(UNREADABLE).await? {
            let done = self.put_back(&item).await?;
            retried.done += u32::from(done);
            retried.parked += u32::from(!done);
        }
        Ok(retried)
    }

    async fn rows(&self, part: &str) -> Result<Vec<Item>, StoreError> {
        let range = Range::all(kind::PARKED.part(part));
        read_all(self.parts.store.as_ref(), range, Consistency::Strong).await
    }

    /// Only the consumer that gave the event up sees it again. INVARIANT (once): its writes, its mark and
    /// the end of the parking are one commit.
    async fn retry(&self, consumer: &dyn AnyConsumer, item: &Item) -> Result<bool, StoreError> {
        let Some(event) = decode::<Parked>(item).ok().and_then(|parked| parked.event) else {
            return Ok(false);
        };
        let ctx = SystemCtx::new(self.parts.clone(), consumer.spec());
        let seen = self.any_mark(consumer, &event, ctx.now()).await?;
        let mark = Consumed { done: true, ..Consumed::default() };
        let mut taken = Writes::new();
        let expect = Expect::Revision(item.revision.clone());
        taken.op(Op::Delete { key: item.key.clone(), expect });
        match run_and_commit(&ctx, consumer, &event, &seen, &mark, taken).await {
            Ok(()) => Ok(true),
            Err(Missed::Conflict) => Ok(false),
            Err(Missed::Outage(reason) | Missed::Fault(reason)) => {
                tracing::error!(consumer = consumer.spec().name, event = %event.id, kind = event.kind, reason, "a parked event failed again");
                self.park_again(consumer, &event, item, &reason).await?;
                Ok(false)
            }
        }
    }

    async fn park_again(
        &self,
        consumer: &dyn AnyConsumer,
        event: &Event,
        item: &Item,
        reason: &str,
    ) -> Result<(), StoreError> {
        let now = self.parts.clock.now();
        let key = parked_key(consumer.spec().name, item.key.sort.as_str());
        let slot = Slot::<Parked>::read(key, Some(item.clone()), now)?;
        let mut writes = Writes::new();
        writes.put(&slot, &Parked::new(event, reason, now))?;
        match self.commit(writes).await {
            Err(StoreError::Conflict { .. }) => Ok(()),
            outcome => outcome,
        }
    }

    /// The mark of an event, or a fresh one in place of one that cannot be read.
    async fn any_mark(
        &self,
        consumer: &dyn AnyConsumer,
        event: &Event,
        now: Timestamp,
    ) -> Result<Slot<Consumed>, StoreError> {
        let key = seen_key(consumer.spec().name, event);
        match self.seen(&key, now).await {
            Err(StoreError::Corrupt { .. }) => {
                let mut writes = Writes::new();
                let mark = Consumed { done: true, ..Consumed::default() };
                writes.overwrite(key.clone(), &mark, Some(now.plus_seconds(REMEMBER_S)))?;
                self.commit(writes).await?;
                self.seen(&key, now).await
            }
            seen => seen,
        }
    }

    /// A row that held no event may hold one for a newer program.
    async fn put_back(&self, item: &Item) -> Result<bool, StoreError> {
        let text = decode::<Parked>(item).ok().and_then(|parked| parked.row);
        let Some(event) = text.and_then(|text| event_in(&text).ok()) else { return Ok(false) };
        let mut writes = Writes::new();
        writes.op(outbox::put(&event)?);
        writes.op(Op::Delete { key: item.key.clone(), expect: Expect::Revision(item.revision.clone()) });
        match self.commit(writes).await {
            Ok(()) => Ok(true),
            Err(StoreError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn told(part: &str, item: &Item) -> ParkedEvent {
    let (consumer, id) = (part.to_owned(), item.key.sort.clone());
    match decode::<Parked>(item) {
        Ok(Parked { event, reason, at, .. }) => {
            ParkedEvent { consumer, id, kind: event.map(|event| event.kind), reason, at: Some(at) }
        }
        Err(error) => ParkedEvent { consumer, id, kind: None, reason: error.to_string(), at: None },
    }
}

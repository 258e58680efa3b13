//! The relay on AWS: takes events from the outbox and puts each on the bus, whose rules lead to the
//! queues of the consumers. The table's stream wakes it; a schedule has it look for what was left over.
//!
//! At least once: a row leaves the outbox after the bus has its event. Nothing is marked or parked
//! here; consumers drop what they have seen, and a row that cannot be handed over stays and is told of.

use crate::{
    Failure, Settings,
    event::{BatchAnswer, StreamBatch, StreamRecord},
    parts, variable,
};
use cws_aws::{
    EventBus,
    system::{SystemClock, SystemEntropy},
};
use cws_cloud::{Clock as _, clock};
use cws_model::id::CommitKind;
use cws_route::relay::event_of;
use cws_store::{
    Commit, Consistency, Expect, Item, Key, Op, Range, Store, kind,
    outbox::{self, SHARDS},
};
use std::sync::Arc;

/// Handler of the function that the stream wakes.
pub const RELAY_HANDLER: &str = "outbox_relay";
/// Handler of the function that looks for what was left over.
pub const SWEEP_HANDLER: &str = "outbox_sweep";

/// The function.
pub(crate) struct Relaying {
    store: Arc<dyn Store>,
    bus: EventBus,
    entropy: SystemEntropy,
}

impl Relaying {
    /// With a bus and the store.
    pub(crate) fn new(settings: &Settings) -> Result<Self, Failure> {
        let bus = EventBus::new(&settings.access, settings.need(variable::BUS)?);
        Ok(Self { store: parts::store(settings)?, bus, entropy: SystemEntropy::default() })
    }

    /// Hands over what the stream tells of. The first failure ends the batch: the stream delivers
    /// again from there.
    pub(crate) async fn woken(&self, batch: StreamBatch) -> Result<BatchAnswer, Failure> {
        let mut answer = BatchAnswer::default();
        for record in batch.records.into_iter().filter(StreamRecord::is_new_event) {
            if let Err(error) = self.told_of(&record).await {
                tracing::warn!(sequence = record.dynamodb.sequence_number, %error, "a hand-over comes again");
                answer.again(record.dynamodb.sequence_number);
                break;
            }
        }
        Ok(answer)
    }

    /// Hands over everything that waits; one event that cannot be handed over holds up no other.
    pub(crate) async fn swept(&self) -> Result<(), Failure> {
        let (mut handed, mut failed) = (0, 0);
        for shard in 0..SHARDS {
            let mut range = Range::all(outbox::partition(shard));
            loop {
                let page = self.store.range(&range, Consistency::Strong).await?;
                for item in &page.items {
                    match self.hand_over(item).await {
                        Ok(()) => handed += 1,
                        Err(error) => {
                            failed += 1;
                            tracing::error!(event = item.key.sort, %error, "an event stays in the outbox");
                        }
                    }
                }
                range.after = page.next;
                if range.after.is_none() {
                    break;
                }
            }
        }
        tracing::info!(handed, failed, "looked for what was left over");
        Ok(())
    }

    async fn told_of(&self, record: &StreamRecord) -> Result<(), Failure> {
        let key = [Key::new(&record.dynamodb.keys.pk.s, &record.dynamodb.keys.sk.s)];
        let found = self.store.get(&key, Consistency::Strong).await?;
        // Gone: the stream told of it before, or the schedule came first.
        let Some(item) = found.into_iter().next().flatten() else { return Ok(()) };
        self.hand_over(&item).await
    }

    async fn hand_over(&self, item: &Item) -> Result<(), Failure> {
        self.bus.put(&event_of(item)?).await?;
        let id = clock::new_id::<CommitKind>(SystemClock.now(), &self.entropy);
        let ops = vec![Op::Delete { key: item.key.clone(), expect: Expect::Any }];
        Ok(self.store.commit(&Commit { id, ops }).await?)
    }
}

impl StreamRecord {
    fn is_new_event(&self) -> bool {
        let key = &self.dynamodb.keys;
        self.event_name == "INSERT" && Key::new(&key.pk.s, &key.sk.s).kind() == kind::OUTBOX.prefix
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_new_rows_of_the_outbox_wake_it() {
        let of = |name: &str, pk: &str| json!({"eventName": name, "dynamodb": {"Keys": {"pk": {"S": pk}, "sk": {"S": "evt_1"}}, "SequenceNumber": "7"}});
        let batch = json!({"Records": [
            of("INSERT", "out#3"), of("REMOVE", "out#3"), of("INSERT", "usr#local"), of("INSERT", "outer#3")
        ]});
        let batch: StreamBatch = serde_json::from_value(batch).unwrap();
        let new: Vec<bool> = batch.records.iter().map(StreamRecord::is_new_event).collect();
        assert_eq!(new, [true, false, false, false]);
    }

    #[test]
    fn a_record_without_keys_is_no_event() {
        let batch: StreamBatch =
            serde_json::from_value(json!({"Records": [{"eventName": "INSERT", "dynamodb": {}}]})).unwrap();
        assert!(!batch.records[0].is_new_event());
    }
}

//! One consumer as a function: messages of its queue in, those that are to come again out.

use crate::{
    Failure, Settings,
    event::{BatchAnswer, BusEnvelope, QueueBatch, QueueMessage},
    parts::{self, OwnPort},
};
use cws_cloud::clock;
use cws_model::Event;
use cws_route::{
    ShellParts,
    consumer::AnyConsumer,
    relay::{Passed, Relay},
};
use std::sync::Arc;

/// A function that runs one consumer.
pub(crate) struct Consume {
    relay: Relay,
    parts: Arc<ShellParts>,
}

impl Consume {
    /// Builds everything that the consumer needs, and nothing else.
    pub(crate) fn new(
        settings: &Settings,
        consumer: Arc<dyn AnyConsumer>,
        own: OwnPort,
    ) -> Result<Self, Failure> {
        let parts = Arc::new(parts::build(settings, consumer.spec().calls, own, String::new())?);
        Ok(Self { relay: Relay::new(parts.clone(), vec![consumer]), parts })
    }

    /// Works through a batch. INVARIANT (one bad message): each message fails alone, and goes to the
    /// queue's dead letters alone.
    pub(crate) async fn batch(&self, batch: QueueBatch) -> Result<BatchAnswer, Failure> {
        if let Some(kind) = batch.wake {
            self.deliver(&self.due(kind)).await?;
        }
        let mut answer = BatchAnswer::default();
        for message in batch.records {
            if let Err(error) = self.one(&message).await {
                tracing::warn!(message = message.message_id, %error, "a message comes again");
                answer.again(message.message_id);
            }
        }
        Ok(answer)
    }

    async fn one(&self, message: &QueueMessage) -> Result<(), Failure> {
        self.deliver(&serde_json::from_str::<BusEnvelope>(&message.body)?.detail).await
    }

    /// The event that a schedule stands for: of the deployment's home, about everything.
    fn due(&self, kind: String) -> Event {
        let now = self.parts.clock.now();
        Event {
            specversion: "1.0".to_owned(),
            id: clock::new_id(now, self.parts.entropy.as_ref()),
            kind,
            source: "/cloudworkstation".to_owned(),
            subject: "all".to_owned(),
            time: now,
            institution: self.parts.home.clone(),
            data: serde_json::Value::Null,
        }
    }

    async fn deliver(&self, event: &Event) -> Result<(), Failure> {
        let mut passed = Passed::default();
        let done = self.relay.deliver(event, &mut passed).await?;
        if done { Ok(()) } else { Err("the consumer failed".into()) }
    }
}

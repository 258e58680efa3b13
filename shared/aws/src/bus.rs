//! The event bus: what the relay hands events to on AWS. Rules on the bus lead to the queues of the
//! consumers.

use crate::Access;
use aws_sdk_eventbridge::{
    Client,
    config::{BehaviorVersion, Builder, Region, retry::RetryConfig},
    error::DisplayErrorContext,
    types::PutEventsRequestEntry,
};
use cws_cloud::Port;
use cws_model::Event;
use thiserror::Error;

/// Largest entry, bytes: the limit of `PutEvents`, less what surrounds the event.
pub const EVENT_MAX_BYTES: usize = 255 * 1024;

/// Why an event is not on the bus.
#[derive(Debug, Error)]
pub enum BusError {
    /// Over the limit.
    #[error("an event of {0} bytes is over the limit of {EVENT_MAX_BYTES}")]
    TooLarge(usize),
    /// The bus did not take it.
    #[error("the bus did not take the event: {0}")]
    Refused(String),
}

/// An EventBridge bus.
#[derive(Debug, Clone)]
pub struct EventBus {
    client: Client,
    name: String,
}

impl Port for EventBus {
    const NAME: &'static str = "bus";
}

impl EventBus {
    /// The bus of a name.
    pub fn new(access: &Access, name: impl Into<String>) -> Self {
        let mut config = Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(access.region().to_owned()))
            .credentials_provider(access.credentials())
            .retry_config(RetryConfig::standard().with_max_attempts(crate::connect::CALL_MAX_TRIES))
            .timeout_config(access.timeouts());
        config.set_endpoint_url(access.endpoint("EVENTBRIDGE").map(str::to_owned));
        Self { client: Client::from_conf(config.build()), name: name.into() }
    }

    /// Puts one event on the bus, whole: the detail is the CloudEvent.
    ///
    /// # Errors
    /// `BusError`; the event may be on the bus all the same, and consumers drop what they have seen.
    pub async fn put(&self, event: &Event) -> Result<(), BusError> {
        let detail = serde_json::to_string(event).map_err(|error| BusError::Refused(error.to_string()))?;
        if detail.len() > EVENT_MAX_BYTES {
            return Err(BusError::TooLarge(detail.len()));
        }
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name(&self.name)
            .source("cloudworkstation")
            .detail_type(&event.kind)
            .detail(detail)
            .build();
        let answer = self.client.put_events().entries(entry).send().await;
        let answer = answer.map_err(|error| BusError::Refused(DisplayErrorContext(error).to_string()))?;
        match answer.entries().iter().find_map(|entry| entry.error_code()) {
            Some(code) => Err(BusError::Refused(code.to_owned())),
            None => Ok(()),
        }
    }
}

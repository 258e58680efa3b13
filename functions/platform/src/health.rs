//! How the deployment is, as a port: a route has no handle on the store as a whole, and none on the work
//! that goes on in the background.

use cws_cloud::Port;
use cws_model::Timestamp;
use cws_store::{Health, Store, StoreError};
use futures::future::BoxFuture;
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// Asks the parts of a deployment how they are.
pub trait HealthProbe: Send + Sync + 'static {
    /// Adapter and schema.
    fn store(&self) -> BoxFuture<'_, Result<Health, StoreError>>;

    /// The work that goes on in the background of this process; none where it goes on elsewhere.
    fn background(&self, _now: Timestamp) -> Option<BackgroundHealth> {
        None
    }
}

impl Port for dyn HealthProbe {
    const NAME: &'static str = "health_probe";
}

/// The work in the background.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BackgroundHealth {
    /// Its parts.
    pub parts: Vec<WorkHealth>,
    /// Events that a consumer gave up on; `cws events` shows them.
    pub parked_events: u64,
}

impl BackgroundHealth {
    /// Whether a part of the work is stuck.
    pub fn is_stuck(&self) -> bool {
        self.parts.iter().any(|part| part.stuck)
    }
}

/// One part of the work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WorkHealth {
    /// `hand_over` of events, `logs` that are signed, or `sweep` of expired rows, which goes through the
    /// store's writer.
    pub name: &'static str,
    /// When it last came to a good end; null before the first time.
    pub last_done_at: Option<Timestamp>,
    /// Whether that is longer ago than it may be.
    pub stuck: bool,
}

/// The probe of a store.
pub struct StoreProbe(pub Arc<dyn Store>);

impl HealthProbe for StoreProbe {
    fn store(&self) -> BoxFuture<'_, Result<Health, StoreError>> {
        self.0.health()
    }
}

//! Whether the store answers, as a port: a route has no handle on the store as a whole.

use cws_cloud::Port;
use cws_store::{Health, Store, StoreError};
use futures::future::BoxFuture;
use std::sync::Arc;

/// Asks the store how it is.
pub trait HealthProbe: Send + Sync + 'static {
    /// Adapter and schema.
    fn store(&self) -> BoxFuture<'_, Result<Health, StoreError>>;
}

impl Port for dyn HealthProbe {
    const NAME: &'static str = "health_probe";
}

/// The probe of a store.
pub struct StoreProbe(pub Arc<dyn Store>);

impl HealthProbe for StoreProbe {
    fn store(&self) -> BoxFuture<'_, Result<Health, StoreError>> {
        self.0.health()
    }
}

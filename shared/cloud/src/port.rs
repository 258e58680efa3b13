//! The set of ports that a deployment offers. A route reaches only those that its SPEC names.

use crate::stage::Stage;
use std::{any::Any, collections::BTreeMap, sync::Arc};

/// A port: a trait object with a name. The name is what a SPEC lists and what a role is made from.
pub trait Port: Send + Sync + 'static {
    /// Name, such as `identity`.
    const NAME: &'static str;

    /// The port as one request uses it: one whose rows are in the store of the routes holds its writes back
    /// for the request's own commit, every other is used as it is.
    fn staged(port: Arc<Self>, _stage: &Stage) -> Arc<Self> {
        port
    }
}

/// Ports by name.
#[derive(Default, Clone)]
pub struct Ports {
    by_name: BTreeMap<&'static str, Arc<dyn Any + Send + Sync>>,
}

impl Ports {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Offers a port.
    #[must_use]
    pub fn with<P: Port + ?Sized>(mut self, port: Arc<P>) -> Self {
        self.by_name.insert(P::NAME, Arc::new(port));
        self
    }

    /// The port of a type, if it is offered.
    pub fn get<P: Port + ?Sized>(&self) -> Option<Arc<P>> {
        self.by_name.get(P::NAME)?.downcast_ref::<Arc<P>>().cloned()
    }

    /// Names of all that are offered.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.by_name.keys().copied()
    }
}

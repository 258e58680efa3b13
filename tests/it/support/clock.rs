//! A clock that a test moves.

use cws_cloud::Clock;
use cws_embedded::system::SystemClock;
use cws_model::Timestamp;
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// Stands still, begins now.
#[derive(Debug, Clone)]
pub struct MovedClock(Arc<AtomicI64>);

impl MovedClock {
    /// A clock.
    pub fn new() -> Self {
        Self(Arc::new(AtomicI64::new(SystemClock.now().millis())))
    }

    /// Moves it.
    pub fn advance_s(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

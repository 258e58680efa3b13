//! The stage of one request: what a port would write, held back for the commit that the request makes.
//!
//! INVARIANT (one commit): a port whose rows are in the same store writes nothing while a route runs. So a
//! new password, the record that it was set, and the end of the sessions before it happen together or not at
//! all, and a handler that runs again after a conflict finds everything as it was.

use crate::token::VerifiedToken;
use cws_store::Writes;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What is held back. One for each request, whose handler may run more than once.
#[derive(Debug, Default, Clone)]
pub struct Stage(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    writes: Writes,
    tried: bool,
    bought: Option<VerifiedToken>,
}

impl Stage {
    /// Holds writes back. A commit has one operation for each key: of the calls that change one person, a
    /// handler makes one.
    pub fn hold(&self, writes: Writes) {
        self.held().writes.extend(writes);
    }

    /// What was held back, for the commit; nothing is held back after it.
    pub fn take(&self) -> Writes {
        std::mem::take(&mut self.held().writes)
    }

    /// Whether the request tries a secret for the first time: a handler that runs again makes no second
    /// attempt of it.
    pub fn is_first_try(&self) -> bool {
        !std::mem::replace(&mut self.held().tried, true)
    }

    /// Remembers what a code bought, since a code works once: a handler that runs again does not spend it again.
    pub fn remember(&self, bought: VerifiedToken) {
        self.held().bought = Some(bought);
    }

    /// What a code bought when the handler ran before.
    pub fn remembered(&self) -> Option<VerifiedToken> {
        self.held().bought.clone()
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

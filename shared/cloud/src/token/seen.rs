//! Bearer tokens that were checked whole: the next request that brings one costs a digest instead of a
//! signature. Whether it is still good at this moment is asked every time.

use super::{VerifiedToken, claims::Times};
use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use cws_model::Timestamp;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How many tokens are kept, some 2 MB of them. When there are more, it begins anew: nobody can make it grow.
const KEPT_MAX: usize = 4096;

/// What is known of a token.
pub(super) struct Seen {
    pub(super) token: VerifiedToken,
    pub(super) times: Times,
    /// Place of its issuer, and which set of that issuer's keys it was checked with.
    pub(super) issuer: usize,
    pub(super) key_set: u64,
}

/// A token's digest; the token itself is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Mark([u8; SHA256_OUTPUT_LEN]);

impl Mark {
    /// Of a token as it was sent, signature and all.
    pub(super) fn of(token: &str) -> Option<Self> {
        digest(&SHA256, token.as_bytes()).as_ref().try_into().ok().map(Self)
    }
}

/// The tokens.
#[derive(Default)]
pub(super) struct SeenTokens(Mutex<HashMap<Mark, Seen>>);

impl SeenTokens {
    /// The token, if it was checked with the keys that its issuer still has, and is good now.
    ///
    /// INVARIANT (no stale key): a token whose issuer's keys were fetched anew since is checked anew.
    pub(super) fn find(
        &self,
        mark: &Mark,
        now: Timestamp,
        key_set: impl Fn(usize) -> Option<u64>,
    ) -> Option<VerifiedToken> {
        let mut kept = self.kept();
        let seen = kept.get(mark)?;
        if key_set(seen.issuer) == Some(seen.key_set) && seen.times.check(now).is_ok() {
            return Some(seen.token.clone());
        }
        kept.remove(mark);
        None
    }

    /// Keeps a token that was just checked.
    pub(super) fn keep(&self, mark: Mark, seen: Seen) {
        let mut kept = self.kept();
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(mark, seen);
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<Mark, Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

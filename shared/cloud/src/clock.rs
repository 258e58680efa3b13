//! Time, randomness and the ids made of both: injected, so that a test says what they are.

use cws_model::{Id, Timestamp, id::Kind};

/// What time it is.
pub trait Clock: Send + Sync + 'static {
    /// Now, UTC.
    fn now(&self) -> Timestamp;
}

/// Random bytes, fit for keys.
pub trait Entropy: Send + Sync + 'static {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// `N` random bytes.
pub fn random<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

/// A new id of a kind.
pub fn new_id<K: Kind>(now: Timestamp, entropy: &dyn Entropy) -> Id<K> {
    Id::new(now, random(entropy))
}

//! Events on their way out: ordinary rows in one of sixteen partitions, deleted after hand-over.

use crate::{Expect, Key, Op, StoreError, Value, kind};
use cws_model::Event;

/// How many partitions the outbox is spread over.
pub const SHARDS: u32 = 16;

/// Partition of a shard.
pub fn partition(shard: u32) -> String {
    kind::OUTBOX.part(&format!("{:x}", shard % SHARDS))
}

/// Shard of an event: the last character of its id, which is random.
pub fn shard_of(event: &Event) -> u32 {
    crate::key::spread(event.id.as_str(), SHARDS)
}

/// Key of the row of an event.
pub fn key_of(event: &Event) -> Key {
    Key::new(partition(shard_of(event)), event.id.as_str())
}

/// The operation that hands an event to the relay.
///
/// # Errors
/// `Corrupt` when the event is no JSON, which its type excludes.
pub fn put(event: &Event) -> Result<Op, StoreError> {
    let text = serde_json::to_string(event)
        .map_err(|e| StoreError::Corrupt { kind: kind::OUTBOX.prefix.to_owned(), reason: e.to_string() })?;
    Ok(Op::Put {
        key: key_of(event),
        expect: Expect::Absent,
        value: Value::Json(text),
        schema: 1,
        expires_at: None,
    })
}

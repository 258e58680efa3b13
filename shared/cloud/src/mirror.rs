//! A second place for signed checkpoints, beyond the reach of whoever can write to the store: an
//! append-only file on a laptop, a bucket with object lock on AWS. What is there shows a rollback.

use crate::Port;
use futures::future::BoxFuture;
use thiserror::Error;

/// Why a checkpoint could not be kept or read.
#[derive(Debug, Error)]
pub enum MirrorError {
    /// The second place does not answer, or has no room.
    #[error("the copy of the checkpoints of log `{log}` cannot be used: {reason}")]
    Unavailable {
        /// Log.
        log: String,
        /// Why.
        reason: String,
    },
    /// The name of a log would leave the place that is meant for it.
    #[error("`{0}` is no name of a log: 1 to 40 characters of a-z and hyphens")]
    LogName(String),
}

/// Reads what was kept in the second place.
pub trait CheckpointCopies: Send + Sync + 'static {
    /// The note that was kept last; `None` when there is none.
    fn latest<'a>(&'a self, log: &'a str) -> BoxFuture<'a, Result<Option<String>, MirrorError>>;
}

/// Keeps every signed checkpoint a second time. Nothing that was kept is ever changed or removed.
pub trait CheckpointMirror: CheckpointCopies {
    /// Keeps a signed note; durable before it answers. The same note twice is kept once.
    fn keep<'a>(&'a self, log: &'a str, note: &'a str) -> BoxFuture<'a, Result<(), MirrorError>>;
}

impl Port for dyn CheckpointCopies {
    const NAME: &'static str = "checkpoint_copies";
}

impl Port for dyn CheckpointMirror {
    const NAME: &'static str = "checkpoint_mirror";
}

/// Whether a text may name a log, and so a file or an object.
pub fn is_log_name(log: &str) -> bool {
    (1..=40).contains(&log.len()) && log.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

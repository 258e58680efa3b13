//! What can be wrong with a log, as precisely as the signed checkpoint allows to say.

use crate::path::TilePath;
use crate::tiles::TileError;

/// The first thing found wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogFault {
    /// A checkpoint seen before is of another log.
    #[error("the checkpoint is of log `{origin}`, the one seen before of `{seen}`")]
    OtherLog {
        /// Origin of the checkpoint seen before.
        seen: String,
        /// Origin of the checkpoint checked against.
        origin: String,
    },
    /// A larger checkpoint was seen before: the log, or the database under it, was rolled back.
    #[error("the log was rolled back: it had {seen} records and now has {size}")]
    RolledBack {
        /// Records in the checkpoint seen before.
        seen: u64,
        /// Records now.
        size: u64,
    },
    /// The log does not begin with the records of a checkpoint seen before: its history was rewritten.
    #[error("the first {seen} records are not the ones a checkpoint was signed over before")]
    Rewritten {
        /// Records in the checkpoint seen before.
        seen: u64,
    },
    /// A tile is missing or malformed.
    #[error(transparent)]
    Tile(#[from] TileError),
    /// A tile is not the one the checkpoint was signed over.
    #[error("tile `{0}` was changed")]
    TileChanged(TilePath),
    /// Neither the records nor the tiles hash to the checkpoint, so what was changed cannot be told.
    #[error("neither the records nor the tiles hash to the checkpoint")]
    Unprovable,
    /// A record has other content than when it was logged.
    #[error("record {index} was edited")]
    Edited {
        /// Its place in the log.
        index: u64,
    },
    /// A record is gone.
    #[error("record {index} is missing")]
    Missing {
        /// Its place in the log.
        index: u64,
    },
    /// A record stands here that was never logged here.
    #[error("the record at {index} was inserted")]
    Inserted {
        /// Where it stands.
        index: u64,
    },
    /// A record stands before others that were logged earlier.
    #[error("the record at {index} belongs at {belongs}")]
    Reordered {
        /// Where it stands.
        index: u64,
        /// Where it was logged.
        belongs: u64,
    },
}

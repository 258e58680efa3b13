//! The Merkle logs in the store: their rows, how they are read, and how they grow.
//!
//! | row | partition | sort | value |
//! |---|---|---|---|
//! | a leaf that waits | `lgp#<log>#<shard>` | its order | the leaf's text |
//! | the head | `lgh#<log>` | `head` | [`rows::Head`] |
//! | who is at work | `lgh#<log>` | `lease` | [`rows::Lease`] |
//! | the newest checkpoint | `lgh#<log>` | `checkpoint` | [`rows::StoredCheckpoint`] |
//! | every checkpoint | `lgh#<log>` | `checkpoint/<size, 20 digits>` | [`rows::StoredCheckpoint`] |
//! | a tile of hashes | `lgt#<log>#<level>` | `TilePath::row()` | bytes |
//! | leaves, 256 a bundle | `lgt#<log>#entries` | `TilePath::row()`, then `…/001`, `…/002` | bytes |
//! | where a leaf stands | `lgi#<log>#<2 hex digits>` | its order | [`rows::Place`] |
//!
//! A tile keeps one row while it grows. A bundle may reach 16 MiB and a row 400 KB, so the bytes of a
//! bundle are cut between leaves into chunks of at most 128 KiB ([`chunks`]); in practice there is one.

mod append;
pub mod chunks;
mod lease;
pub mod read;
pub mod rows;
pub mod sequence;
mod sign;

pub use read::LogReader;
pub use rows::Log;
pub use sequence::{Pass, SequenceError, Sequencer, Signing};

//! Merkle logs that anyone can check offline: one library under the template log and the audit log.
//!
//! A log is a list of records that only grows. Its head is a size and a hash over all records; a signed head is
//! a [`Checkpoint`]. Hashing is RFC 6962; tiles, checkpoints and proof files are the C2SP formats `tlog-tiles`,
//! `tlog-checkpoint`, `signed-note` and `tlog-proof@v1`, so tools written for those read our logs.
//!
//! Everything here is a function of its arguments: the caller is told which tiles are needed, fetches them, and
//! stores what comes back.
//!
//! | to | ask | then call |
//! |---|---|---|
//! | add records | [`append_needs`] | [`append`], [`append_bundles`] |
//! | prove a record | [`inclusion_needs`] | [`inclusion_proof`], checked by [`verify_inclusion`] |
//! | prove growth | [`consistency_needs`] | [`consistency_proof`], checked by [`verify_consistency`] |
//! | sign the head | – | [`advance`], then [`Unsigned::to_be_signed`] and [`Unsigned::attach`] |
//! | read a head | – | [`Checkpoint::open`] |
//! | prove offline | – | [`ProofFile`] |
//!
//! Written on `aws-lc-rs` and not on the crate `tlog_tiles`, which asserts on its input, has no signed notes or
//! proof files, and would bring a second hash library and older copies of `base64` and `thiserror`.

mod advance;
mod append;
mod checkpoint;
mod hash;
mod key;
mod note;
mod path;
mod proof;
mod proof_file;
mod tiles;
mod tree;

pub use advance::{AdvanceError, Unsigned, advance};
pub use append::{AppendError, Appended, append, append_bundles, append_leaves, append_needs, bundle_needs};
pub use checkpoint::{Checkpoint, CheckpointError, MAX_ORIGIN_BYTES};
pub use hash::{HASH_BYTES, Hash, HashTextError};
pub use key::{KeyError, SIGNATURE_BYTES, VerifierKey};
pub use note::{MAX_NOTE_BYTES, MAX_NOTE_SIGNATURES, NoteError, SignedNote};
pub use path::{MAX_LOG_RECORDS, TILE_WIDTH, TileKind, TilePath, TilePathError};
pub use proof::{
    ProofError, consistency_needs, consistency_proof, inclusion_needs, inclusion_proof, root_at, root_needs,
    verify_consistency, verify_inclusion,
};
pub use proof_file::{MAX_EXTRA_BYTES, ProofFile, ProofFileError};
pub use tiles::{TileError, TileRow, TileSource, Tiles, read_entries, read_hashes, write_entries};
pub use tree::TreeHead;

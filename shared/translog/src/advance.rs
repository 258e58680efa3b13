//! The one way to a checkpoint that may be signed: forward from the last one, proven to contain it.

use crate::checkpoint::Checkpoint;
use crate::hash::Hash;
use crate::key::{SIGNATURE_BYTES, VerifierKey};
use crate::note::{NoteError, write_note};
use crate::proof::verify_consistency;
use crate::tree::TreeHead;

/// Why a log must not sign a head.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AdvanceError {
    /// The new head has fewer records than one already signed.
    #[error("the log was rolled back from {old} to {new} records")]
    Rollback {
        /// Records in the checkpoint already signed.
        old: u64,
        /// Records in the head to be signed.
        new: u64,
    },
    /// The new head does not contain the one already signed.
    #[error("the log of {new} records does not begin with the {old} records already signed")]
    Fork {
        /// Records in the checkpoint already signed.
        old: u64,
        /// Records in the head to be signed.
        new: u64,
    },
}

/// A checkpoint that may be signed, because it contains everything its predecessor did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsigned(Checkpoint);

/// Allows the head `new` to be signed as the successor of `old`, the last checkpoint of the log; for a new log
/// that is [`Checkpoint::empty`].
///
/// INVARIANT (one history): no [`Unsigned`] exists that is inconsistent with the checkpoint it follows. For the
/// log as a whole this holds if the caller makes the head and its tiles durable before it asks for a signature,
/// and after a crash signs the head it finds stored instead of computing another.
///
/// # Errors
/// The new head is smaller, or the proof (of [`crate::consistency_proof`]) does not show that it contains `old`.
pub fn advance(old: &Checkpoint, new: TreeHead, proof: &[Hash]) -> Result<Unsigned, AdvanceError> {
    let (old_size, new_size) = (old.size(), new.size);
    if new_size < old_size {
        return Err(AdvanceError::Rollback { old: old_size, new: new_size });
    }
    let fork = AdvanceError::Fork { old: old_size, new: new_size };
    verify_consistency(&old.head(), &new, proof).map_err(|_| fork.clone())?;
    Checkpoint::new(old.origin(), new).map(Unsigned).map_err(|_| fork)
}

impl Unsigned {
    /// The checkpoint to be signed.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.0
    }

    /// The bytes to be signed with Ed25519, under 400.
    #[must_use]
    pub fn to_be_signed(&self) -> Vec<u8> {
        self.0.text().into_bytes()
    }

    /// The signed note, ready to be served.
    ///
    /// # Errors
    /// The signature is not this key's over these bytes, or the key is not named like the log.
    pub fn attach(&self, key: &VerifierKey, signature: &[u8; SIGNATURE_BYTES]) -> Result<String, NoteError> {
        let text = self.0.text();
        if key.name() != self.0.origin() || !key.signed(text.as_bytes(), signature) {
            return Err(NoteError::BadSignature(key.name().to_owned()));
        }
        Ok(write_note(&text, key, signature))
    }
}

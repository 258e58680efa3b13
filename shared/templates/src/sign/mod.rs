//! Signatures: a DSSE envelope over a small statement that names a version and the digest of its stored bytes.
//!
//! The registry and, if they wish, publishers sign with Ed25519. Nothing here holds a private key: the caller signs
//! what [`to_be_signed`] returns and hands back 64 bytes. Verification works on stored bytes and needs no network.

mod envelope;
mod statement;

pub use envelope::{Envelope, KEY_BYTES, PublicKey, SIGNATURE_BYTES, Signature, pae, verify};
pub use statement::{
    PAYLOAD_TYPE, PREDICATE_TYPE, STATEMENT_TYPE, Statement, VersionFacts, statement_bytes, to_be_signed,
    verify_version,
};

/// Most bytes that are handed to a signer: the most that a cloud key service signs as they are.
pub const MAX_SIGNED_BYTES: usize = 4096;

/// Why a signature does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// A public key is not 32 bytes.
    #[error("an Ed25519 public key has 32 bytes")]
    KeyLength,
    /// A signature is not 64 bytes.
    #[error("an Ed25519 signature has 64 bytes")]
    SignatureLength,
    /// What would be signed is larger than [`MAX_SIGNED_BYTES`].
    #[error("a signed statement may have 4096 bytes, this one has {0}")]
    TooLarge(usize),
    /// Payload or signature is not strict base64.
    #[error("the envelope holds text that is not base64")]
    Encoding,
    /// The envelope is of another kind.
    #[error("the payload type is not that of a template version")]
    PayloadType,
    /// A signature by a trusted key is wrong: the content was changed.
    #[error("the signature by key {0} does not match the content")]
    Forged(String),
    /// Too few distinct trusted keys signed.
    #[error("{found} of {needed} needed keys signed")]
    Threshold {
        /// Distinct trusted keys with a good signature.
        found: usize,
        /// How many are needed.
        needed: usize,
    },
    /// The payload is not a statement about a template version.
    #[error("the payload is not a statement about a template version")]
    Statement,
    /// The bytes are not those that the statement names.
    #[error("the bytes have the digest {found}, the statement names {named}")]
    Digest {
        /// Of the bytes.
        found: crate::Digest,
        /// In the statement.
        named: crate::Digest,
    },
}

//! Signing with the registry's keys: Ed25519, a key file on a laptop, KMS on AWS, one verifier for both.

use crate::Port;
use futures::future::BoxFuture;
use thiserror::Error;

/// Which of the deployment's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyName {
    /// Signs the statement of every published template version.
    Registry,
    /// Signs checkpoints of the template log.
    TemplateLog,
    /// Signs checkpoints of the audit log.
    AuditLog,
}

impl KeyName {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Registry, Self::TemplateLog, Self::AuditLog];

    /// Name as it is stored and served.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::TemplateLog => "template-log",
            Self::AuditLog => "audit-log",
        }
    }
}

/// Why nothing was signed.
#[derive(Debug, Error)]
pub enum SignError {
    /// More than KMS takes in one call.
    #[error("a message of {0} bytes is over the limit of 4096")]
    TooLong(usize),
    /// The key cannot be used.
    #[error("the signing key is not available: {0}")]
    Unavailable(String),
}

/// Longest message, bytes: the limit of AWS KMS for raw messages.
pub const MESSAGE_MAX_BYTES: usize = 4096;

/// Tells what to verify the registry's signatures with. A port of its own, so that who only shows or checks
/// signatures has no way to make one.
pub trait PublicKeys: Send + Sync + 'static {
    /// The raw Ed25519 public key, 32 bytes.
    fn public_key(&self, key: KeyName) -> BoxFuture<'_, Result<[u8; 32], SignError>>;
}

/// Signs with the registry's keys.
pub trait Signer: PublicKeys {
    /// Ed25519 signature over the message, 64 bytes.
    fn sign<'a>(&'a self, key: KeyName, message: &'a [u8]) -> BoxFuture<'a, Result<[u8; 64], SignError>>;
}

impl Port for dyn PublicKeys {
    const NAME: &'static str = "public_keys";
}

impl Port for dyn Signer {
    const NAME: &'static str = "signer";
}

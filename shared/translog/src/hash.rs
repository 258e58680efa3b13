//! The hashes a Merkle log is made of: SHA-256 with the two prefixes of RFC 6962, and their text form.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// Bytes in a hash.
pub const HASH_BYTES: usize = 32;

/// Bytes in the base64 form of a hash.
const HASH_TEXT_BYTES: usize = 44;

/// RFC 6962 section 2.1: a leaf and a node never hash to the same value, because their first byte differs.
const LEAF_PREFIX: u8 = 0x00;
const NODE_PREFIX: u8 = 0x01;

/// A SHA-256 hash; written as standard base64 in every text format of the log.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Hash([u8; HASH_BYTES]);

/// A text that is not the base64 of exactly 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a hash is 32 bytes in standard base64 with padding")]
pub struct HashTextError;

impl Hash {
    /// The hash with these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; HASH_BYTES]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; HASH_BYTES] {
        &self.0
    }

    /// The root of a log without records: the SHA-256 of nothing (RFC 6962 section 2.1).
    #[must_use]
    pub fn empty_root() -> Self {
        sha256(&[])
    }

    /// The hash of one record as a leaf of the tree.
    #[must_use]
    pub fn leaf(entry: &[u8]) -> Self {
        sha256(&[&[LEAF_PREFIX], entry])
    }

    /// The hash of the node over two subtrees.
    #[must_use]
    pub fn node(left: &Self, right: &Self) -> Self {
        sha256(&[&[NODE_PREFIX], &left.0, &right.0])
    }
}

/// SHA-256 over the parts, one after the other.
pub(crate) fn sha256(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut bytes = [0; HASH_BYTES];
    bytes.copy_from_slice(context.finish().as_ref());
    Hash(bytes)
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl FromStr for Hash {
    type Err = HashTextError;

    fn from_str(text: &str) -> Result<Self, HashTextError> {
        if text.len() != HASH_TEXT_BYTES {
            return Err(HashTextError);
        }
        let bytes = STANDARD.decode(text).map_err(|_| HashTextError)?;
        bytes.try_into().map(Self).map_err(|_| HashTextError)
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for Hash {
    type Error = HashTextError;

    fn try_from(text: String) -> Result<Self, HashTextError> {
        text.parse()
    }
}

//! The public key of a log as C2SP `signed-note` writes it: `<name>+<key id>+<base64 of type and key>`.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::hash::sha256;

/// Bytes in an Ed25519 signature.
pub const SIGNATURE_BYTES: usize = 64;

/// Bytes in an Ed25519 public key.
const PUBLIC_KEY_BYTES: usize = 32;

/// Bytes of a key's id.
pub(crate) const KEY_ID_BYTES: usize = 4;

/// The longest key name, in bytes.
pub(crate) const MAX_NAME_BYTES: usize = 255;

/// The longest verifier key text, in bytes: name, id, 33 bytes in base64, two plus signs.
const MAX_KEY_TEXT_BYTES: usize = MAX_NAME_BYTES + 8 + 44 + 2;

/// `signed-note`: the type byte of a plain Ed25519 signature over the note text.
const ED25519_TYPE: u8 = 0x01;

/// A named Ed25519 public key that checks signatures on notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct VerifierKey {
    name: String,
    id: [u8; KEY_ID_BYTES],
    public: [u8; PUBLIC_KEY_BYTES],
}

/// Why a text or name makes no verifier key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The name is empty, too long, or holds a space, a plus sign or a control character.
    #[error("a key name has 1 to {MAX_NAME_BYTES} bytes without spaces, plus signs and control characters")]
    Name,
    /// The text is not of the form `<name>+<8 hex digits>+<base64>`.
    #[error("a verifier key is a name, 8 hex digits and base64, joined by plus signs")]
    Format,
    /// The key is not Ed25519.
    #[error("only Ed25519 verifier keys (type 1) are accepted")]
    Type,
    /// The id in the text is not the id of this name and key.
    #[error("the key id does not belong to the name and key beside it")]
    Id,
}

impl VerifierKey {
    /// The Ed25519 public key (RFC 8032 encoding) under a name, by which its signatures are found.
    ///
    /// A log's key is named like the log's origin.
    ///
    /// # Errors
    /// The name is not one a note can carry.
    pub fn ed25519(name: &str, public: &[u8; PUBLIC_KEY_BYTES]) -> Result<Self, KeyError> {
        if !is_key_name(name) {
            return Err(KeyError::Name);
        }
        Ok(Self { name: name.to_owned(), id: key_id(name, public), public: *public })
    }

    /// The name on its signature lines.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first four bytes of SHA-256 over name, newline, type and key; a hint, no fingerprint.
    #[must_use]
    pub const fn id(&self) -> [u8; KEY_ID_BYTES] {
        self.id
    }

    /// The public key itself.
    #[must_use]
    pub const fn public(&self) -> &[u8; PUBLIC_KEY_BYTES] {
        &self.public
    }

    /// Whether `signature` is this key's over `text`.
    #[must_use]
    pub fn signed(&self, text: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.public).verify(text, signature).is_ok()
    }
}

/// Whether a note can carry this key name.
pub(crate) fn is_key_name(name: &str) -> bool {
    let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    !name.is_empty() && name.len() <= MAX_NAME_BYTES && !name.contains(bad)
}

fn key_id(name: &str, public: &[u8; PUBLIC_KEY_BYTES]) -> [u8; KEY_ID_BYTES] {
    let hash = sha256(&[name.as_bytes(), b"\n", &[ED25519_TYPE], public]);
    hash.as_bytes().first_chunk().copied().unwrap_or_default()
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![ED25519_TYPE];
        key.extend_from_slice(&self.public);
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id), STANDARD.encode(key))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        if text.len() > MAX_KEY_TEXT_BYTES {
            return Err(KeyError::Format);
        }
        // Base64 may hold plus signs itself, so the text is divided from the left.
        let (name, rest) = text.split_once('+').ok_or(KeyError::Format)?;
        let (id, key) = rest.split_once('+').ok_or(KeyError::Format)?;
        let key = STANDARD.decode(key).map_err(|_| KeyError::Format)?;
        let public = match key.split_first() {
            Some((&ED25519_TYPE, public)) => public.try_into().map_err(|_| KeyError::Format)?,
            Some(_) => return Err(KeyError::Type),
            None => return Err(KeyError::Format),
        };
        let verifier = Self::ed25519(name, &public)?;
        if hex::encode(verifier.id) == id { Ok(verifier) } else { Err(KeyError::Id) }
    }
}

impl From<VerifierKey> for String {
    fn from(key: VerifierKey) -> Self {
        key.to_string()
    }
}

impl TryFrom<String> for VerifierKey {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, KeyError> {
        text.parse()
    }
}

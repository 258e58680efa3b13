//! The DSSE envelope: pre-authentication encoding, JSON form, and the count of distinct keys.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::SignError;
use crate::digest::Digest;

/// Bytes of a raw Ed25519 public key.
pub const KEY_BYTES: usize = 32;
/// Bytes of an Ed25519 signature.
pub const SIGNATURE_BYTES: usize = 64;

/// A raw Ed25519 public key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; KEY_BYTES]);

impl PublicKey {
    /// A key from its 32 raw bytes.
    ///
    /// # Errors
    /// [`SignError::KeyLength`].
    pub fn from_raw(bytes: &[u8]) -> Result<Self, SignError> {
        bytes.try_into().map(Self).map_err(|_| SignError::KeyLength)
    }

    /// The 32 raw bytes.
    #[must_use]
    pub fn raw(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// The key id: the whole SHA-256 of the raw key, hexadecimal. A part of it would invite look-alikes.
    #[must_use]
    pub fn key_id(&self) -> String {
        Digest::of(&self.0).as_str().to_owned()
    }

    /// Whether `signature` over `message` was made with this key.
    #[must_use]
    pub fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(message, signature).is_ok()
    }
}

/// One signature in an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// [`PublicKey::key_id`] of the signer.
    pub keyid: String,
    /// The 64 bytes, base64.
    pub sig: String,
}

impl Signature {
    /// A signature as a signer returned it.
    ///
    /// # Errors
    /// [`SignError::SignatureLength`].
    pub fn new(key: &PublicKey, signature: &[u8]) -> Result<Self, SignError> {
        if signature.len() != SIGNATURE_BYTES {
            return Err(SignError::SignatureLength);
        }
        Ok(Self { keyid: key.key_id(), sig: STANDARD.encode(signature) })
    }
}

/// A DSSE envelope, in its JSON form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// What the payload is.
    #[serde(rename = "payloadType")]
    pub payload_type: String,
    /// The signed bytes, base64.
    pub payload: String,
    /// Who signed.
    pub signatures: Vec<Signature>,
}

impl Envelope {
    /// An envelope around a payload.
    #[must_use]
    pub fn new(payload_type: &str, payload: &[u8], signatures: Vec<Signature>) -> Self {
        Self { payload_type: payload_type.to_owned(), payload: STANDARD.encode(payload), signatures }
    }

    /// The signed bytes.
    ///
    /// # Errors
    /// [`SignError::Encoding`].
    pub fn payload_bytes(&self) -> Result<Vec<u8>, SignError> {
        STANDARD.decode(&self.payload).map_err(|_| SignError::Encoding)
    }
}

/// The DSSE pre-authentication encoding: what is really signed.
#[must_use]
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

/// Checks an envelope against trusted keys and returns the payload.
///
/// INVARIANT (distinct keys): the same key counts once, however often it signed. A wrong signature under a trusted
/// key's id refuses the envelope whole; signatures of unknown keys are passed over.
///
/// # Errors
/// [`SignError`].
pub fn verify(envelope: &Envelope, keys: &[PublicKey], threshold: usize) -> Result<Vec<u8>, SignError> {
    let payload = envelope.payload_bytes()?;
    let message = pae(&envelope.payload_type, &payload);
    let trusted: BTreeMap<String, &PublicKey> = keys.iter().map(|key| (key.key_id(), key)).collect();
    let mut signers = BTreeSet::new();
    for signature in &envelope.signatures {
        let Some(key) = trusted.get(&signature.keyid) else { continue };
        let bytes = STANDARD.decode(&signature.sig).map_err(|_| SignError::Encoding)?;
        if !key.signed(&message, &bytes) {
            return Err(SignError::Forged(signature.keyid.clone()));
        }
        signers.insert(&signature.keyid);
    }
    let needed = threshold.max(1);
    if signers.len() < needed {
        return Err(SignError::Threshold { found: signers.len(), needed });
    }
    Ok(payload)
}

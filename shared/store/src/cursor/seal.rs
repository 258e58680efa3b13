//! Sealing and opening: ChaCha20-Poly1305 under a key made for the binding.

use super::{Binding, Cursor, CursorError, TEXT_MAX_BYTES};
use aws_lc_rs::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey},
    hmac,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cws_model::Timestamp;
use std::fmt;

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 12;
const EXPIRY_BYTES: usize = 8;

/// Seals and opens the cursors of a deployment.
#[derive(Clone)]
pub struct Sealer(hmac::Key);

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(..)")
    }
}

impl Sealer {
    /// A sealer with the deployment's secret key, the same in every process of it.
    pub fn new(key: [u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, &key))
    }

    /// Seals a cursor into URL-safe text. The nonce is random and used once.
    ///
    /// # Errors
    /// `TooLong` when the text would pass 2 KiB.
    pub fn seal(&self, cursor: &Cursor<'_>, nonce: [u8; NONCE_BYTES]) -> Result<String, CursorError> {
        let mut body = cursor.expires_at.millis().to_be_bytes().to_vec();
        body.extend_from_slice(cursor.position.as_bytes());
        let bound = bytes_of(&cursor.binding);
        self.key(&bound)?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(&bound), &mut body)
            .map_err(|_| CursorError::TooLong)?;
        let sealed = [&[VERSION], nonce.as_slice(), &body].concat();
        let text = URL_SAFE_NO_PAD.encode(sealed);
        if text.len() > TEXT_MAX_BYTES { Err(CursorError::TooLong) } else { Ok(text) }
    }

    /// Opens a cursor that was made for this binding; answers its position.
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn open(&self, text: &str, binding: &Binding<'_>, now: Timestamp) -> Result<String, CursorError> {
        if text.len() > TEXT_MAX_BYTES {
            return Err(CursorError::Malformed);
        }
        // The decoder refuses padding and stray trailing bits, so one cursor has one text.
        let mut sealed = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError::Malformed)?;
        let (head, body) = sealed.split_at_mut_checked(1 + NONCE_BYTES).ok_or(CursorError::Malformed)?;
        let (version, nonce) = head.split_first().ok_or(CursorError::Malformed)?;
        if *version != VERSION {
            return Err(CursorError::Malformed);
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| CursorError::Malformed)?;
        let bound = bytes_of(binding);
        let plain = self
            .key(&bound)?
            .open_in_place(nonce, Aad::from(&bound), body)
            .map_err(|_| CursorError::Refused)?;
        read(plain, now)
    }

    /// A key for one binding. Random nonces then could repeat only among the cursors of one list of
    /// one caller, which stay far below what 96 bits allow.
    fn key(&self, bound: &[u8]) -> Result<LessSafeKey, CursorError> {
        let tag = hmac::sign(&self.0, &[b"cursor/1\0", bound].concat());
        let key = UnboundKey::new(&CHACHA20_POLY1305, tag.as_ref()).map_err(|_| CursorError::Refused)?;
        Ok(LessSafeKey::new(key))
    }
}

fn read(plain: &[u8], now: Timestamp) -> Result<String, CursorError> {
    let (expiry, position) = plain.split_first_chunk::<EXPIRY_BYTES>().ok_or(CursorError::Malformed)?;
    if Timestamp::from_millis(i64::from_be_bytes(*expiry)) <= now {
        return Err(CursorError::Expired);
    }
    String::from_utf8(position.to_vec()).map_err(|_| CursorError::Malformed)
}

/// The binding as bytes; lengths first, so that no two bindings look the same.
fn bytes_of(binding: &Binding<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in [binding.query, binding.principal.as_bytes(), binding.institution.as_bytes()] {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

//! Cursors: where a list goes on, sealed so that a caller can neither read nor change it, nor use it
//! for another list, another caller or another institution.
//!
//! Text of a cursor: base64url of version (1 byte), nonce (12), ciphertext, tag (16). The ciphertext is
//! the expiry (8 bytes) and the position; the binding is authenticated and part of the key, but not
//! in the text.

mod seal;

pub use seal::Sealer;

use cws_model::Timestamp;
use thiserror::Error;

/// How long a cursor can be used, seconds.
pub const LIFETIME_SECONDS: i64 = 24 * 3600;
/// Longest text of a cursor, bytes.
pub const TEXT_MAX_BYTES: usize = 2048;

/// What a cursor is good for, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding<'a> {
    /// Hash of operation, filters and order: everything but the cursor and the page size.
    pub query: &'a [u8],
    /// Who asked.
    pub principal: &'a str,
    /// Whose rows.
    pub institution: &'a str,
}

/// A cursor before it is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor<'a> {
    /// Where the list goes on, such as a sort key; at most 1,400 bytes.
    pub position: String,
    /// What it is good for.
    pub binding: Binding<'a>,
    /// When it ends; `LIFETIME_SECONDS` from now.
    pub expires_at: Timestamp,
}

/// Why a cursor was not made or not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CursorError {
    /// The text is no cursor.
    #[error("the cursor is malformed")]
    Malformed,
    /// It was changed, or made for another list, caller, institution or deployment. Which, is not said.
    #[error("the cursor is not valid for this list and caller")]
    Refused,
    /// It is too old.
    #[error("the cursor has expired; start the list again")]
    Expired,
    /// The position does not fit into a cursor.
    #[error("the position is too long for a cursor")]
    TooLong,
}

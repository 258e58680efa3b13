//! The operator's key: what the person who owns the data directory calls with, before there is
//! anybody to sign in as. The file holds the key, the store its SHA-256.

use super::hash::{random_text, same, sha256_hex};
use crate::keys::file::{KeyFileError, read_private, write_private};
use cws_cloud::{Entropy, clock::new_id};
use cws_model::Timestamp;
use cws_store::{Consistency, Key, Kind, Record, Slot, Store, StoreError, Writes, kind};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// File in the data directory.
pub const OPERATOR_FILE: &str = "admin.key";
/// What every operator key starts with.
pub const OPERATOR_PREFIX: &str = "cwsop_";
/// Characters after the prefix: 32 random bytes in base64url.
const BODY_CHARS: usize = 43;

/// Where the key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorKey {
    /// Whether it was made just now.
    pub created: bool,
    /// Its file.
    pub path: PathBuf,
}

/// Why there is no operator key.
#[derive(Debug, Error)]
pub enum OperatorError {
    /// The file cannot be used.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Serialize, Deserialize)]
struct Hash {
    sha256: String,
}

impl Record for Hash {
    const KIND: Kind = kind::SECRET;
}

fn key() -> Key {
    Key::new(kind::SECRET.part("deployment"), "operator")
}

/// Makes the operator key when there is none. The file decides: a removed file means a new key, and
/// a file put in its place is the key from the next start on.
///
/// # Errors
/// The file or the store cannot be used.
pub async fn ensure_operator_key(
    data_dir: &Path,
    store: &dyn Store,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<OperatorKey, OperatorError> {
    let path = data_dir.join(OPERATOR_FILE);
    let found = match read_private(&path)? {
        Some(bytes) => Some(well_formed(&path, bytes)?),
        None => None,
    };
    let created = found.is_none();
    let text = found.unwrap_or_else(|| format!("{OPERATOR_PREFIX}{}", random_text::<32>(entropy)));
    if created {
        write_private(&path, format!("{text}\n").as_bytes())?;
    }
    let hash = Hash { sha256: sha256_hex(text.as_bytes()) };
    if stored(store).await?.is_none_or(|known| known.sha256 != hash.sha256) {
        let mut writes = Writes::new();
        writes.overwrite(key(), &hash, None)?;
        store.commit(&writes.into_commit(new_id(now, entropy))).await?;
    }
    Ok(OperatorKey { created, path })
}

fn well_formed(path: &Path, bytes: Vec<u8>) -> Result<String, KeyFileError> {
    let text = String::from_utf8(bytes).unwrap_or_default().trim_end().to_owned();
    if is_formed(&text) { Ok(text) } else { Err(KeyFileError::Form(path.to_owned())) }
}

fn is_formed(text: &str) -> bool {
    let body = text.strip_prefix(OPERATOR_PREFIX).unwrap_or_default();
    body.len() == BODY_CHARS && body.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

async fn stored(store: &dyn Store) -> Result<Option<Hash>, StoreError> {
    let item = store.get(&[key()], Consistency::Strong).await?.into_iter().next().flatten();
    // The row has no expiry, so the instant does not matter.
    Ok(Slot::<Hash>::read(key(), item, Timestamp::from_millis(0))?.into_value())
}

/// Whether a text is the operator key. Text of another form costs no store read.
///
/// # Errors
/// What the store says.
pub async fn verify_operator(store: &dyn Store, token: &str) -> Result<bool, StoreError> {
    if !is_formed(token) {
        return Ok(false);
    }
    let known = stored(store).await?;
    Ok(known.is_some_and(|known| same(&known.sha256, &sha256_hex(token.as_bytes()))))
}

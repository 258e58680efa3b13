//! What a deployment is known by and seals with: random, made once at the first start, kept in the store.

use cws_cloud::{Clock, Entropy, clock};
use cws_model::id::CommitKind;
use cws_store::{Consistency, Key, Kind, Record, Slot, Store, StoreError, Writes, kind};
use serde::{Deserialize, Serialize};

/// 32 random bytes.
#[derive(Serialize, Deserialize)]
struct Secret {
    /// Hex.
    key: String,
}

impl Record for Secret {
    const KIND: Kind = kind::SECRET;
}

/// The key that cursors are sealed with.
///
/// # Errors
/// What the store says.
pub async fn cursor_key(
    store: &dyn Store,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<[u8; 32], StoreError> {
    let text = random_once("cursor", store, clock, entropy).await?;
    let corrupt =
        || StoreError::Corrupt { kind: kind::SECRET.prefix.to_owned(), reason: "not 32 bytes".to_owned() };
    let bytes: Option<Vec<u8>> = (0..text.len())
        .step_by(2)
        .map(|at| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect();
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or_else(corrupt)
}

/// Issuer of access tokens: a name that stays when port or host change.
///
/// # Errors
/// What the store says.
pub async fn issuer(
    store: &dyn Store,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<String, StoreError> {
    let text = random_once("deployment", store, clock, entropy).await?;
    Ok(format!("urn:cloudworkstation:{}", text.get(..16).unwrap_or_default()))
}

async fn random_once(
    name: &str,
    store: &dyn Store,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<String, StoreError> {
    let key = Key::new(kind::SECRET.part("deployment"), name);
    loop {
        let items = store.get(std::slice::from_ref(&key), Consistency::Strong).await?;
        let slot = Slot::<Secret>::read(key.clone(), items.into_iter().next().flatten(), clock.now())?;
        if let Some(secret) = slot.value() {
            return Ok(secret.key.clone());
        }
        let fresh: [u8; 32] = clock::random(entropy);
        let secret = Secret { key: fresh.iter().map(|byte| format!("{byte:02x}")).collect() };
        let mut writes = Writes::new();
        writes.put(&slot, &secret)?;
        match store.commit(&writes.into_commit(clock::new_id::<CommitKind>(clock.now(), entropy))).await {
            Ok(()) => return Ok(secret.key),
            Err(StoreError::Conflict { .. }) => {}
            Err(error) => return Err(error),
        }
    }
}
